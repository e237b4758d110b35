//! Some rows at a time through a gated layer, forth and back: what fits into the processor's nearest memory.
//!
//! All of it is inlined into a [`Work`](crate::math::Work), whose vectors it takes.

use crate::basis::BASIS;
use crate::math::Real;
use crate::network::split;
use crate::scratch::{Lent, Scratch};
use crate::weights::{BRANCHES, FEATURES, Gated, Row, Wide};
use std::ops::Range;

/// Rows of a tile, a whole number of [`HEIGHT`]s.
pub(crate) const TILE: usize = 32;
/// Rows that a product keeps in registers.
const HEIGHT: usize = 4;
/// The variance's ground in a layer norm.
const EPSILON: f64 = 1e-5;

/// `out += x W`, where the product reads columns `from..from + K` of x and adds to columns `to..to + N` of out. Each element is
/// summed in the order of K.
#[inline(always)]
pub(crate) fn product<
    T: Real,
    const K: usize,
    const N: usize,
    const X: usize,
    const Y: usize,
    const STRIP: usize,
>(
    x: &[[T; X]],
    from: usize,
    weights: &[[T; N]; K],
    out: &mut [[T; Y]],
    to: usize,
) {
    if N.is_multiple_of(STRIP) {
        strips::<T, K, N, X, Y, STRIP>(x, from, weights, None, out, to);
    } else {
        strips::<T, K, N, X, Y, BASIS>(x, from, weights, None, out, to);
    }
}

/// As [`product`], `out = start + x W` in the columns of out, whatever was there.
#[inline(always)]
pub(crate) fn fresh_product<
    T: Real,
    const K: usize,
    const N: usize,
    const X: usize,
    const Y: usize,
    const STRIP: usize,
>(
    x: &[[T; X]],
    from: usize,
    weights: &[[T; N]; K],
    start: &[T; Y],
    out: &mut [[T; Y]],
    to: usize,
) {
    strips::<T, K, N, X, Y, STRIP>(x, from, weights, Some(start), out, to);
}

#[inline(always)]
fn strips<
    T: Real,
    const K: usize,
    const N: usize,
    const X: usize,
    const Y: usize,
    const STRIP: usize,
>(
    x: &[[T; X]],
    from: usize,
    weights: &[[T; N]; K],
    start: Option<&[T; Y]>,
    out: &mut [[T; Y]],
    to: usize,
) {
    let (xs, last) = x.as_chunks::<HEIGHT>();
    let (ys, last_out) = out.as_chunks_mut::<HEIGHT>();
    for (x, y) in xs.iter().zip(ys) {
        panel::<T, K, N, X, Y, STRIP, HEIGHT>(x, from, weights, start, y, to);
    }
    for (x, y) in last.iter().zip(last_out) {
        let (x, y) = (std::array::from_ref(x), std::array::from_mut(y));
        panel::<T, K, N, X, Y, STRIP, 1>(x, from, weights, start, y, to);
    }
}

#[inline(always)]
fn panel<
    T: Real,
    const K: usize,
    const N: usize,
    const X: usize,
    const Y: usize,
    const STRIP: usize,
    const H: usize,
>(
    x: &[[T; X]; H],
    from: usize,
    weights: &[[T; N]; K],
    begin: Option<&[T; Y]>,
    out: &mut [[T; Y]; H],
    to: usize,
) {
    for start in (0..N).step_by(STRIP) {
        let mut sums = [[T::ZERO; STRIP]; H];
        for k in 0..K {
            let Some(row) = weights[k][start..start + STRIP].as_array::<STRIP>() else {
                unreachable!("a strip is as wide as it is");
            };
            for h in 0..H {
                let factor = x[h][from + k];
                for c in 0..STRIP {
                    sums[h][c] = factor.fma(row[c], sums[h][c]);
                }
            }
        }
        for h in 0..H {
            let Some(out) = out[h][to + start..][..STRIP].as_mut_array::<STRIP>() else {
                unreachable!("a strip is as wide as it is");
            };
            match begin {
                None => {
                    for c in 0..STRIP {
                        out[c] += sums[h][c];
                    }
                }
                Some(begin) => {
                    let begin = &begin[to + start..][..STRIP];
                    for c in 0..STRIP {
                        out[c] = begin[c] + sums[h][c];
                    }
                }
            }
        }
    }
}

/// The sum of a row in an order that vectors of any width can keep.
#[inline(always)]
pub(crate) fn sum<T: Real, const N: usize>(row: [T; N]) -> T {
    let mut lanes = [T::ZERO; 16];
    for part in row.as_chunks::<16>().0 {
        for l in 0..16 {
            lanes[l] += part[l];
        }
    }
    T::total(lanes)
}

/// The sum of products of two rows.
#[inline(always)]
pub(crate) fn dot<T: Real, const N: usize>(a: &[T; N], b: &[T; N]) -> T {
    let mut products = [T::ZERO; N];
    for i in 0..N {
        products[i] = a[i] * b[i];
    }
    sum(products)
}

/// `a += b`.
#[inline(always)]
pub(crate) fn add<T: Real, const N: usize>(a: &mut [T; N], b: &[T; N]) {
    for i in 0..N {
        a[i] += b[i];
    }
}

/// A row freed of mean and spread, and one over the spread.
#[inline(always)]
pub(crate) fn normalised<T: Real>(x: &Row<T>) -> (Row<T>, T) {
    let part = T::of(1.0 / FEATURES as f64);
    let mean = sum(*x) * part;
    let mut out = [T::ZERO; FEATURES];
    for i in 0..FEATURES {
        out[i] = x[i] - mean;
    }
    let variance = dot(&out, &out) * part;
    let inverse = (variance + T::of(EPSILON)).sqrt().reciprocal();
    for value in &mut out {
        *value = *value * inverse;
    }
    (out, inverse)
}

/// The derivative by what was normalised, from that by the normalised row.
#[inline(always)]
pub(crate) fn normalised_back<T: Real>(slope: &Row<T>, normal: &Row<T>, inverse: T) -> Row<T> {
    let part = T::of(1.0 / FEATURES as f64);
    let mean = sum(*slope) * part;
    let along = dot(slope, normal) * part;
    let mut out = [T::ZERO; FEATURES];
    for i in 0..FEATURES {
        out[i] = (slope[i] - mean - normal[i] * along) * inverse;
    }
    out
}

/// The left or the right half of a row.
#[inline(always)]
fn branch<T: Real>(row: &Wide<T>, from: usize) -> &Row<T> {
    match row[from..from + FEATURES].as_array() {
        Some(part) => part,
        None => unreachable!("two branches make a row"),
    }
}

/// What the way back needs to know of rows of a gated layer.
pub(crate) struct Inside<'a, T> {
    /// What the first linear layer gives; none where there is no second.
    pub z: &'a [Wide<T>],
    /// What the second one gives, both branches normalised.
    pub y: &'a [Wide<T>],
    /// One over the spread of both branches before they were normalised.
    pub inverse: &'a [[T; 2]],
}

/// The same to be written.
pub(crate) struct InsideMut<'a, T> {
    pub z: &'a mut [Wide<T>],
    pub y: &'a mut [Wide<T>],
    pub inverse: &'a mut [[T; 2]],
}

impl<'a, T> InsideMut<'a, T> {
    #[inline(always)]
    pub(crate) fn read(self) -> Inside<'a, T> {
        Inside {
            z: self.z,
            y: self.y,
            inverse: self.inverse,
        }
    }
}

/// That of all rows of a layer, kept from the way forth to the way back.
pub(crate) struct Kept<'s, T> {
    /// None where it is made again.
    z: Lent<'s, Wide<T>>,
    y: Lent<'s, Wide<T>>,
    inverse: Lent<'s, [T; 2]>,
}

impl<'s, T: Real> Kept<'s, T> {
    pub(crate) fn new(scratch: &'s Scratch<T>, rows: usize, with_z: bool) -> Self {
        let zero = [T::ZERO; BRANCHES];
        Self {
            z: scratch.wide.any(if with_z { rows } else { 0 }, zero),
            y: scratch.wide.any(rows, zero),
            inverse: scratch.inverse.any(rows, [T::ZERO; 2]),
        }
    }

    /// Of some rows.
    #[inline(always)]
    pub(crate) fn rows(&self, rows: Range<usize>) -> Inside<'_, T> {
        Inside {
            z: if self.z.is_empty() {
                &[]
            } else {
                &self.z[rows.clone()]
            },
            y: &self.y[rows.clone()],
            inverse: &self.inverse[rows],
        }
    }

    /// The parts that end at these rows.
    pub(crate) fn split(&mut self, ends: &[usize]) -> Vec<InsideMut<'_, T>> {
        let with_z = !self.z.is_empty();
        let z = split(
            &mut self.z,
            ends.iter().map(|&end| if with_z { end } else { 0 }),
        );
        let y = split(&mut self.y, ends.iter().copied());
        let inverse = split(&mut self.inverse, ends.iter().copied());
        z.into_iter()
            .zip(y)
            .zip(inverse)
            .map(|((z, y), inverse)| InsideMut { z, y, inverse })
            .collect()
    }
}

/// The rows of one tile.
pub(crate) struct Tile<T> {
    pub own: Own<T>,
    pub desk: Desk<T>,
}

/// What is not kept.
pub(crate) struct Own<T> {
    pub z: [Wide<T>; TILE],
    pub y: [Wide<T>; TILE],
    pub inverse: [[T; 2]; TILE],
}

/// What lives for one tile only.
pub(crate) struct Desk<T> {
    /// `silu` of what the first linear layer gives; on the way back the derivative by that.
    s: [Wide<T>; TILE],
    /// The logistic function of both normalised branches; on the way back the derivative by what the second layer gives.
    open: [Wide<T>; TILE],
    /// The messages.
    pub message: [Row<T>; TILE],
    /// What the derivative by the messages is, filled before [`Desk::back`].
    pub slope: [Row<T>; TILE],
}

impl<T: Real> Own<T> {
    /// Where so many rows are written: among what is kept from row `start`, else here.
    #[inline(always)]
    pub(crate) fn place<'a>(
        &'a mut self,
        kept: &'a mut Option<InsideMut<'_, T>>,
        start: usize,
        count: usize,
    ) -> InsideMut<'a, T> {
        let here = start..start + count;
        match kept {
            Some(kept) => InsideMut {
                z: if kept.z.is_empty() {
                    &mut self.z[..count]
                } else {
                    &mut kept.z[here.clone()]
                },
                y: &mut kept.y[here.clone()],
                inverse: &mut kept.inverse[here],
            },
            None => self.first(count),
        }
    }

    /// The first rows of it.
    #[inline(always)]
    pub(crate) fn first(&mut self, count: usize) -> InsideMut<'_, T> {
        InsideMut {
            z: &mut self.z[..count],
            y: &mut self.y[..count],
            inverse: &mut self.inverse[..count],
        }
    }
}

impl<T: Real> Tile<T> {
    pub(crate) fn new() -> Box<Self> {
        let wide = [[T::ZERO; BRANCHES]; TILE];
        let row = [[T::ZERO; FEATURES]; TILE];
        Box::new(Self {
            own: Own {
                z: wide,
                y: wide,
                inverse: [[T::ZERO; 2]; TILE],
            },
            desk: Desk {
                s: wide,
                open: wide,
                message: row,
                slope: row,
            },
        })
    }
}

impl<T: Real> Desk<T> {
    /// From `z` to the normalised branches.
    #[inline(always)]
    pub(crate) fn settle<const STRIP: usize>(
        &mut self,
        layer: &Gated<T>,
        inside: &mut InsideMut<'_, T>,
    ) {
        let (z, y) = (&*inside.z, &mut *inside.y);
        match &layer.second {
            Some(second) => {
                for (z, s) in z.iter().zip(&mut self.s) {
                    for i in 0..FEATURES {
                        let (core, gate) = (z[i], z[FEATURES + i]);
                        let [core_open, gate_open] = T::sigmoids(core, gate);
                        s[i] = core * core_open;
                        s[FEATURES + i] = gate * gate_open;
                    }
                }
                let (s, bias) = (&self.s[..z.len()], &second.bias);
                let (core, gate) = (&second.core.forth, &second.gate.forth);
                fresh_product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(
                    s, 0, core, bias, y, 0,
                );
                fresh_product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(
                    s, FEATURES, gate, bias, y, FEATURES,
                );
            }
            None => {
                for (y, z) in y.iter_mut().zip(z) {
                    *y = *z;
                }
            }
        }
        for (y, inverse) in y.iter_mut().zip(&mut *inside.inverse) {
            let (core, core_inverse) = normalised(branch(y, 0));
            let (gate, gate_inverse) = normalised(branch(y, FEATURES));
            *inverse = [core_inverse, gate_inverse];
            y[..FEATURES].copy_from_slice(&core);
            y[FEATURES..].copy_from_slice(&gate);
        }
    }

    /// From the normalised branches to the messages.
    #[inline(always)]
    pub(crate) fn speak(&mut self, layer: &Gated<T>, y: &[Wide<T>]) {
        for (r, y) in y.iter().enumerate() {
            let (open, message) = (&mut self.open[r], &mut self.message[r]);
            let y = *y;
            for i in 0..FEATURES {
                let core = y[i].fma(layer.scale[i], layer.shift[i]);
                let gate =
                    y[FEATURES + i].fma(layer.scale[FEATURES + i], layer.shift[FEATURES + i]);
                let [core_open, gate_open] = T::sigmoids(core, gate);
                open[i] = core_open;
                open[FEATURES + i] = gate_open;
                message[i] = core * core_open * gate_open;
            }
        }
    }

    /// From `slope` to the derivative by `z`; [`Desk::speak`] went before.
    #[inline(always)]
    pub(crate) fn back<const STRIP: usize>(
        &mut self,
        layer: &Gated<T>,
        inside: &Inside<T>,
        out: &mut [Wide<T>],
    ) {
        let rows = out.len();
        let Self { s, open, slope, .. } = self;
        for r in 0..rows {
            let (core, gate) = (branch(&inside.y[r], 0), branch(&inside.y[r], FEATURES));
            let [core_inverse, gate_inverse] = inside.inverse[r];
            let (mut core_slope, mut gate_slope) = ([T::ZERO; FEATURES], [T::ZERO; FEATURES]);
            for i in 0..FEATURES {
                let (core_open, gate_open) = (open[r][i], open[r][FEATURES + i]);
                let slope = slope[r][i] * gate_open * core_open;
                let c = core[i].fma(layer.scale[i], layer.shift[i]);
                core_slope[i] = slope * c.fma(T::ONE - core_open, T::ONE) * layer.scale[i];
                gate_slope[i] = slope * c * (T::ONE - gate_open) * layer.scale[FEATURES + i];
            }
            let core = normalised_back(&core_slope, core, core_inverse);
            let gate = normalised_back(&gate_slope, gate, gate_inverse);
            let row = match layer.second {
                Some(_) => &mut open[r],
                None => &mut out[r],
            };
            row[..FEATURES].copy_from_slice(&core);
            row[FEATURES..].copy_from_slice(&gate);
        }
        let Some(second) = &layer.second else {
            return;
        };
        let (y, s) = (&open[..rows], &mut s[..rows]);
        let (zero, core, gate) = (&[T::ZERO; BRANCHES], &second.core.back, &second.gate.back);
        fresh_product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(y, 0, core, zero, s, 0);
        fresh_product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(
            y, FEATURES, gate, zero, s, FEATURES,
        );
        for ((z, s), out) in inside.z.iter().zip(s.iter()).zip(out) {
            let mut gates = [T::ZERO; BRANCHES];
            for i in 0..FEATURES {
                [gates[i], gates[FEATURES + i]] = T::sigmoids(z[i], z[FEATURES + i]);
            }
            for i in 0..BRANCHES {
                out[i] = s[i] * gates[i] * z[i].fma(T::ONE - gates[i], T::ONE);
            }
        }
    }
}
