//! Many rows times one matrix, and slices shared out among threads.

use crate::math::{Real, Work};
use crate::scratch::{Lent, Pool};
use crate::tile::{InsideMut, Kept, fresh_product, product};
use rayon::prelude::*;

/// Rows that a thread takes at once.
pub(crate) const CHUNK: usize = 256;

struct Product<'a, T, const K: usize, const N: usize> {
    x: &'a [[T; K]],
    weights: &'a [[T; N]; K],
    out: &'a mut [[T; N]],
}

impl<T: Real, const K: usize, const N: usize> Work for Product<'_, T, K, N> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        product::<T, K, N, K, N, STRIP>(self.x, 0, self.weights, self.out, 0);
    }
}

struct FreshProduct<'a, T, const K: usize, const N: usize> {
    x: &'a [[T; K]],
    weights: &'a [[T; N]; K],
    start: &'a [T; N],
    out: &'a mut [[T; N]],
}

impl<T: Real, const K: usize, const N: usize> Work for FreshProduct<'_, T, K, N> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        fresh_product::<T, K, N, K, N, STRIP>(self.x, 0, self.weights, self.start, self.out, 0);
    }
}

/// `out += x W`, row by row.
pub(crate) fn add_product<T: Real, const K: usize, const N: usize>(
    x: &[[T; K]],
    weights: &[[T; N]; K],
    out: &mut [[T; N]],
) {
    in_chunks(x, out, |_, x, out| T::run(Product { x, weights, out }));
}

/// `x W`, each row begun with `start`.
pub(crate) fn times<'p, T: Real, const K: usize, const N: usize>(
    pool: &'p Pool<[T; N]>,
    x: &[[T; K]],
    weights: &[[T; N]; K],
    start: [T; N],
) -> Lent<'p, [T; N]> {
    let mut out = pool.any(x.len(), start);
    set_product(x, weights, start, &mut out);
    out
}

/// As [`times`], written where there is room.
pub(crate) fn set_product<T: Real, const K: usize, const N: usize>(
    x: &[[T; K]],
    weights: &[[T; N]; K],
    start: [T; N],
    out: &mut [[T; N]],
) {
    in_chunks(x, out, |_, x, out| {
        T::run(FreshProduct {
            x,
            weights,
            start: &start,
            out,
        });
    });
}

/// Calls for chunks of rows of a list and of another of the same length, with the number of the first; on threads where
/// there are several.
pub(crate) fn in_chunks<A: Sync, B: Send>(
    x: &[A],
    out: &mut [B],
    work: impl Fn(usize, &[A], &mut [B]) + Sync,
) {
    if x.len() <= CHUNK {
        work(0, x, out);
        return;
    }
    x.par_chunks(CHUNK)
        .zip(out.par_chunks_mut(CHUNK))
        .enumerate()
        .for_each(|(at, (x, out))| work(at * CHUNK, x, out));
}

/// The parts of a slice that end at these places, the last at its end.
pub(crate) fn split<U>(mut all: &mut [U], ends: impl Iterator<Item = usize>) -> Vec<&mut [U]> {
    let mut start = 0;
    ends.map(|end| {
        let (part, rest) = std::mem::take(&mut all).split_at_mut(end - start);
        (start, all) = (end, rest);
        part
    })
    .collect()
}

/// Calls for each, on threads where there are several.
pub(crate) fn for_each<U: Send>(parts: Vec<U>, work: impl Fn(U) + Send + Sync) {
    if parts.len() == 1 {
        parts.into_iter().for_each(work);
    } else {
        parts.into_par_iter().for_each(work);
    }
}

/// What is kept of each block of rows, where something is.
pub(crate) fn kept_parts<'a, T: Real>(
    kept: &'a mut Option<Kept<'_, T>>,
    ends: &[usize],
) -> Vec<Option<InsideMut<'a, T>>> {
    match kept {
        Some(kept) => kept.split(ends).into_iter().map(Some).collect(),
        None => ends.iter().map(|_| None).collect(),
    }
}
