//! Memory that outlives an evaluation, so that the next one, of a relaxation or a batch, need not ask the system for it again,
//! and how much of it may hold what need not be held.

use crate::basis::BASIS;
use crate::weights::{BRANCHES, FEATURES};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Lists of one kind that nobody uses now.
pub(crate) struct Pool<U>(Mutex<Vec<Vec<U>>>);

/// A list out of a pool, into which it goes back.
pub(crate) struct Lent<'a, U> {
    /// At least as long as asked for: what lies beyond was written once and need not be again.
    list: Vec<U>,
    count: usize,
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
    /// The smallest list that is large enough, else the largest.
    fn take(&self, count: usize) -> Vec<U> {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |list: &Vec<U>| (list.capacity() < count, list.capacity().abs_diff(count));
        let best = (0..lists.len()).min_by_key(|&at| fits(&lists[at]));
        best.map(|at| lists.swap_remove(at)).unwrap_or_default()
    }

    /// A list of so many, each this.
    pub(crate) fn filled(&self, count: usize, with: U) -> Lent<'_, U> {
        let mut lent = self.any(count, with);
        lent.fill(with);
        lent
    }

    /// A list of so many, to be written over: some are `with`, some what was there.
    pub(crate) fn any(&self, count: usize, with: U) -> Lent<'_, U> {
        let mut list = self.take(count);
        if list.len() < count {
            // Nothing of it is wanted: a larger one need not begin as a copy.
            if list.capacity() < count {
                list = Vec::with_capacity(count);
            }
            list.resize(count, with);
        }
        Lent {
            list,
            count,
            home: self,
        }
    }

    /// A copy.
    pub(crate) fn copy(&self, of: &[U]) -> Lent<'_, U> {
        let mut list = self.take(of.len());
        if list.len() < of.len() {
            list.clear();
            list.extend_from_slice(of);
        } else {
            list[..of.len()].copy_from_slice(of);
        }
        Lent {
            list,
            count: of.len(),
            home: self,
        }
    }

    /// A list of these.
    pub(crate) fn of(&self, items: impl ExactSizeIterator<Item = U>) -> Lent<'_, U> {
        let count = items.len();
        let mut list = self.take(count);
        if list.len() < count {
            list.clear();
            list.extend(items);
        } else {
            for (place, item) in list.iter_mut().zip(items) {
                *place = item;
            }
        }
        Lent {
            list,
            count,
            home: self,
        }
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
    /// How much it holds, bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.rows.bytes() + self.wide.bytes() + self.basis.bytes() + self.inverse.bytes()
    }
}

/// Room for what is kept from the way forth to the way back so as not to be computed again.
pub(crate) struct Store {
    most: usize,
    taken: AtomicUsize,
}

/// Room in a store, given back when dropped.
pub(crate) struct Room {
    store: &'static Store,
    bytes: usize,
}

/// What is kept, and its room.
pub(crate) struct Stored<L> {
    pub what: L,
    _room: Room,
}

/// That of all evaluations of this process: to compute a layer again takes a fifth longer, to run out of memory for ever.
pub(crate) static STORE: Store = Store::of(3 << 30);

impl Store {
    /// Of so many bytes.
    pub(crate) const fn of(most: usize) -> Self {
        Self {
            most,
            taken: AtomicUsize::new(0),
        }
    }

    /// Room for so many bytes, if there is.
    pub(crate) fn room(&'static self, bytes: usize) -> Option<Room> {
        let with = |taken: usize| taken.checked_add(bytes).filter(|&all| all <= self.most);
        let found = self
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, with);
        found.ok().map(|_| Room { store: self, bytes })
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.taken.load(Ordering::Relaxed) == 0
    }
}

impl Room {
    /// Given to what is kept.
    pub(crate) fn for_the<L>(self, what: L) -> Stored<L> {
        Stored { what, _room: self }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.store.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl<U> Deref for Lent<'_, U> {
    type Target = [U];

    fn deref(&self) -> &[U] {
        &self.list[..self.count]
    }
}

impl<U> DerefMut for Lent<'_, U> {
    fn deref_mut(&mut self) -> &mut [U] {
        &mut self.list[..self.count]
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
