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
/// Half a branch: of four numbers so far apart the logistic function is taken at once.
const QUARTER: usize = BRANCHES / 4;
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

/// The numbers of both branches whose logistic functions are taken together.
#[inline(always)]
fn four<T: Real>(row: &Wide<T>, at: usize) -> [T; 4] {
    [
        row[at],
        row[at + QUARTER],
        row[at + 2 * QUARTER],
        row[at + 3 * QUARTER],
    ]
}

/// See [`Real::held`].
#[inline(always)]
fn held<T: Real>(mut x: [T; 4]) -> [T; 4] {
    for x in &mut x {
        *x = x.held();
    }
    x
}

/// `x * scale + shift`, held.
#[inline(always)]
fn affine<T: Real>(mut x: [T; 4], scale: [T; 4], shift: [T; 4]) -> [T; 4] {
    for k in 0..4 {
        x[k] = x[k].fma(scale[k], shift[k]);
    }
    held(x)
}

/// What the way back needs to know of rows of a gated layer.
pub(crate) struct Inside<'a, T> {
    /// The derivative of the silu of what the first linear layer gives; none where there is no second.
    pub turn: &'a [Wide<T>],
    /// What the second one gives, both branches normalised.
    pub y: &'a [Wide<T>],
    /// One over the spread of both branches before they were normalised.
    pub inverse: &'a [[T; 2]],
}

/// The same to be written.
pub(crate) struct InsideMut<'a, T> {
    pub turn: &'a mut [Wide<T>],
    pub y: &'a mut [Wide<T>],
    pub inverse: &'a mut [[T; 2]],
}

impl<'a, T> InsideMut<'a, T> {
    #[inline(always)]
    pub(crate) fn read(self) -> Inside<'a, T> {
        Inside {
            turn: self.turn,
            y: self.y,
            inverse: self.inverse,
        }
    }
}

/// That of all rows of a layer, kept from the way forth to the way back.
pub(crate) struct Kept<'s, T> {
    turn: Lent<'s, Wide<T>>,
    y: Lent<'s, Wide<T>>,
    inverse: Lent<'s, [T; 2]>,
}

impl<'s, T: Real> Kept<'s, T> {
    /// What so many rows take, bytes.
    pub(crate) fn bytes(rows: usize, second: bool) -> usize {
        rows * ((1 + usize::from(second)) * size_of::<Wide<T>>() + size_of::<[T; 2]>())
    }

    pub(crate) fn new(scratch: &'s Scratch<T>, rows: usize, second: bool) -> Self {
        let zero = [T::ZERO; BRANCHES];
        Self {
            turn: scratch.wide.any(if second { rows } else { 0 }, zero),
            y: scratch.wide.any(rows, zero),
            inverse: scratch.inverse.any(rows, [T::ZERO; 2]),
        }
    }

    /// Of some rows.
    #[inline(always)]
    pub(crate) fn rows(&self, rows: Range<usize>) -> Inside<'_, T> {
        Inside {
            turn: if self.turn.is_empty() {
                &[]
            } else {
                &self.turn[rows.clone()]
            },
            y: &self.y[rows.clone()],
            inverse: &self.inverse[rows],
        }
    }

    /// The parts that end at these rows.
    pub(crate) fn split(&mut self, ends: &[usize]) -> Vec<InsideMut<'_, T>> {
        let second = !self.turn.is_empty();
        let turn = split(
            &mut self.turn,
            ends.iter().map(|&end| if second { end } else { 0 }),
        );
        let y = split(&mut self.y, ends.iter().copied());
        let inverse = split(&mut self.inverse, ends.iter().copied());
        turn.into_iter()
            .zip(y)
            .zip(inverse)
            .map(|((turn, y), inverse)| InsideMut { turn, y, inverse })
            .collect()
    }
}

/// The rows of one tile.
pub(crate) struct Tile<T> {
    /// What the first linear layer gives.
    pub z: [Wide<T>; TILE],
    pub own: Own<T>,
    pub desk: Desk<T>,
}

/// What the way back needs to know, where it is not kept.
pub(crate) struct Own<T> {
    pub turn: [Wide<T>; TILE],
    pub y: [Wide<T>; TILE],
    pub inverse: [[T; 2]; TILE],
}

/// What lives for one tile only.
pub(crate) struct Desk<T> {
    /// The silu of what the first linear layer gives; on the way back the derivative by that.
    s: [Wide<T>; TILE],
    /// The derivative of the messages by both normalised branches, then that of the energy by what the second layer gives.
    turn: [Wide<T>; TILE],
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
                turn: if kept.turn.is_empty() {
                    &mut []
                } else {
                    &mut kept.turn[here.clone()]
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
            turn: &mut self.turn[..count],
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
            z: wide,
            own: Own {
                turn: wide,
                y: wide,
                inverse: [[T::ZERO; 2]; TILE],
            },
            desk: Desk {
                s: wide,
                turn: wide,
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
        z: &[Wide<T>],
        inside: &mut InsideMut<'_, T>,
    ) {
        let y = &mut *inside.y;
        match &layer.second {
            Some(second) => {
                for ((z, s), turn) in z.iter().zip(&mut self.s).zip(&mut *inside.turn) {
                    for i in 0..QUARTER {
                        let z = held(four(z, i));
                        let open = T::sigmoids(z);
                        for k in 0..4 {
                            let silu = z[k] * open[k];
                            s[i + k * QUARTER] = silu;
                            turn[i + k * QUARTER] = silu.fma(T::ONE - open[k], open[k]);
                        }
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
        // The weights see to it that both branches have no mean.
        for (y, inverse) in y.iter().zip(&mut *inside.inverse) {
            let (core, gate) = (branch(y, 0), branch(y, FEATURES));
            *inverse = [dot(core, core), dot(gate, gate)];
        }
        let part = T::of(1.0 / FEATURES as f64);
        for inverse in inside.inverse.as_flattened_mut() {
            *inverse = inverse.fma(part, T::of(EPSILON)).sqrt().reciprocal();
        }
        for (y, &[core, gate]) in y.iter_mut().zip(&*inside.inverse) {
            for i in 0..FEATURES {
                y[i] = y[i] * core;
                y[FEATURES + i] = y[FEATURES + i] * gate;
            }
        }
    }

    /// From the normalised branches to the messages.
    #[inline(always)]
    pub(crate) fn speak(&mut self, layer: &Gated<T>, y: &[Wide<T>]) {
        for (y, message) in y.iter().zip(&mut self.message) {
            let y = *y;
            for i in 0..QUARTER {
                let x = affine(four(&y, i), four(&layer.scale, i), four(&layer.shift, i));
                let open = T::sigmoids(x);
                for k in 0..2 {
                    message[i + k * QUARTER] = x[k] * open[k] * open[k + 2];
                }
            }
        }
    }

    /// As [`Desk::speak`], and how the messages change with the normalised branches.
    #[inline(always)]
    pub(crate) fn speak_and_turn(&mut self, layer: &Gated<T>, y: &[Wide<T>]) {
        for ((y, message), turn) in y.iter().zip(&mut self.message).zip(&mut self.turn) {
            let y = *y;
            for i in 0..QUARTER {
                let scale = four(&layer.scale, i);
                let x = affine(four(&y, i), scale, four(&layer.shift, i));
                let open = T::sigmoids(x);
                for k in 0..2 {
                    let both = open[k] * open[k + 2];
                    let said = x[k] * both;
                    message[i + k * QUARTER] = said;
                    turn[i + k * QUARTER] = said.fma(T::ONE - open[k], both) * scale[k];
                    turn[i + (k + 2) * QUARTER] = said * (T::ONE - open[k + 2]) * scale[k + 2];
                }
            }
        }
    }

    /// From `slope` to the derivative by what the first linear layer gives; [`Desk::speak_and_turn`] went before.
    #[inline(always)]
    pub(crate) fn back<const STRIP: usize>(
        &mut self,
        layer: &Gated<T>,
        inside: &Inside<T>,
        out: &mut [Wide<T>],
    ) {
        let rows = out.len();
        let part = T::of(1.0 / FEATURES as f64);
        let Self { s, turn, slope, .. } = self;
        for r in 0..rows {
            let (core, gate) = (branch(&inside.y[r], 0), branch(&inside.y[r], FEATURES));
            let [core_inverse, gate_inverse] = inside.inverse[r];
            let (mut core_slope, mut gate_slope) = ([T::ZERO; FEATURES], [T::ZERO; FEATURES]);
            for i in 0..FEATURES {
                core_slope[i] = slope[r][i] * turn[r][i];
                gate_slope[i] = slope[r][i] * turn[r][FEATURES + i];
            }
            let row = match layer.second {
                Some(_) => &mut turn[r],
                None => &mut out[r],
            };
            // What the mean of the slope would take away, the weights take away.
            let core_along = dot(&core_slope, core) * part;
            let gate_along = dot(&gate_slope, gate) * part;
            for i in 0..FEATURES {
                row[i] = (core_slope[i] - core[i] * core_along) * core_inverse;
                row[FEATURES + i] = (gate_slope[i] - gate[i] * gate_along) * gate_inverse;
            }
        }
        let Some(second) = &layer.second else {
            return;
        };
        let (y, s) = (&turn[..rows], &mut s[..rows]);
        let (zero, core, gate) = (&[T::ZERO; BRANCHES], &second.core.back, &second.gate.back);
        fresh_product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(y, 0, core, zero, s, 0);
        fresh_product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(
            y, FEATURES, gate, zero, s, FEATURES,
        );
        for ((turn, s), out) in inside.turn.iter().zip(s.iter()).zip(out) {
            for i in 0..BRANCHES {
                out[i] = s[i] * turn[i];
            }
        }
    }
}
