//! Memory that outlives an evaluation, so that the next one, of a relaxation or a batch, need not ask the system for it again.

use crate::basis::BASIS;
use crate::weights::{BRANCHES, FEATURES};
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// More than this is given back to the system, bytes.
const KEPT: usize = 256 << 20;

/// Lists of one kind that nobody uses now.
pub(crate) struct Pool<U>(Mutex<Vec<Vec<U>>>);

/// A list out of a pool, into which it goes back.
pub(crate) struct Lent<'a, U> {
    list: Vec<U>,
    home: &'a Pool<U>,
}

/// The pools of an evaluation.
pub(crate) struct Scratch<T> {
    pub rows: Pool<[T; FEATURES]>,
    pub wide: Pool<[T; BRANCHES]>,
    pub basis: Pool<[T; BASIS]>,
    pub inverse: Pool<[T; 2]>,
}

impl<U> Default for Pool<U> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self {
            rows: Pool::default(),
            wide: Pool::default(),
            basis: Pool::default(),
            inverse: Pool::default(),
        }
    }
}

impl<U: Copy> Pool<U> {
    /// The smallest list that is large enough, else the largest, emptied.
    fn take(&self, count: usize) -> Vec<U> {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |list: &Vec<U>| (list.capacity() < count, list.capacity().abs_diff(count));
        let best = (0..lists.len()).min_by_key(|&at| fits(&lists[at]));
        best.map(|at| lists.swap_remove(at)).unwrap_or_default()
    }

    /// A list of so many, each this.
    pub(crate) fn filled(&self, count: usize, with: U) -> Lent<'_, U> {
        let mut list = self.take(count);
        list.clear();
        list.resize(count, with);
        Lent { list, home: self }
    }

    /// A list of so many, to be written over: some are `with`, some what was there.
    pub(crate) fn any(&self, count: usize, with: U) -> Lent<'_, U> {
        let mut list = self.take(count);
        list.truncate(count);
        list.resize(count, with);
        Lent { list, home: self }
    }

    /// A list of these.
    pub(crate) fn of(&self, items: impl ExactSizeIterator<Item = U>) -> Lent<'_, U> {
        let mut list = self.take(items.len());
        list.clear();
        list.extend(items);
        Lent { list, home: self }
    }

    fn bytes(&self) -> usize {
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists
            .iter()
            .map(|list| list.capacity() * size_of::<U>())
            .sum()
    }
}

impl<T: Copy> Scratch<T> {
    /// Whether it is small enough to be kept.
    pub(crate) fn is_modest(&self) -> bool {
        self.rows.bytes() + self.wide.bytes() + self.basis.bytes() + self.inverse.bytes() <= KEPT
    }
}

impl<U> Deref for Lent<'_, U> {
    type Target = [U];

    fn deref(&self) -> &[U] {
        &self.list
    }
}

impl<U> DerefMut for Lent<'_, U> {
    fn deref_mut(&mut self) -> &mut [U] {
        &mut self.list
    }
}

impl<U> Drop for Lent<'_, U> {
    fn drop(&mut self) {
        let list = std::mem::take(&mut self.list);
        self.home
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(list);
    }
}
