//! Some rows at a time through a gated layer, forth and back: what fits into the processor's nearest memory.
//!
//! All of it is inlined into a [`Work`](crate::math::Work), whose vectors it takes.

use crate::math::Real;
use crate::weights::{BRANCHES, FEATURES, Gated, Row, Wide};

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
    let (xs, last) = x.as_chunks::<HEIGHT>();
    let (ys, last_out) = out.as_chunks_mut::<HEIGHT>();
    for (x, y) in xs.iter().zip(ys) {
        panel::<T, K, N, X, Y, STRIP, HEIGHT>(x, from, weights, y, to);
    }
    for (x, y) in last.iter().zip(last_out) {
        panel::<T, K, N, X, Y, STRIP, 1>(
            std::array::from_ref(x),
            from,
            weights,
            std::array::from_mut(y),
            to,
        );
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
            for c in 0..STRIP {
                out[c] += sums[h][c];
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
    // Written out: of a loop over the halves the compiler makes one over single numbers.
    for l in 0..8 {
        lanes[l] += lanes[l + 8];
    }
    for l in 0..4 {
        lanes[l] += lanes[l + 4];
    }
    lanes[0] += lanes[2];
    lanes[1] += lanes[3];
    lanes[0] + lanes[1]
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

/// The rows of one tile at each step of a gated layer.
pub(crate) struct Tile<T> {
    /// What the first linear layer gives; after [`Tile::back`] the derivative by it.
    pub z: [Wide<T>; TILE],
    /// The logistic function of it.
    gate: [Wide<T>; TILE],
    /// `silu` of it; on the way back the derivative by that.
    s: [Wide<T>; TILE],
    /// What the second linear layer gives, then normalised; on the way back the derivative by it.
    y: [Wide<T>; TILE],
    /// One over the spread of both branches before they were normalised.
    inverse: [[T; 2]; TILE],
    /// The logistic function of both normalised branches.
    open: [Wide<T>; TILE],
    /// The messages.
    pub message: [Row<T>; TILE],
    /// What the derivative by the messages is, filled before [`Tile::back`].
    pub slope: [Row<T>; TILE],
}

impl<T: Real> Tile<T> {
    pub(crate) fn new() -> Box<Self> {
        Box::new(Self {
            z: [[T::ZERO; BRANCHES]; TILE],
            gate: [[T::ZERO; BRANCHES]; TILE],
            s: [[T::ZERO; BRANCHES]; TILE],
            y: [[T::ZERO; BRANCHES]; TILE],
            inverse: [[T::ZERO; 2]; TILE],
            open: [[T::ZERO; BRANCHES]; TILE],
            message: [[T::ZERO; FEATURES]; TILE],
            slope: [[T::ZERO; FEATURES]; TILE],
        })
    }

    /// From `z` to the messages of the first `rows` rows.
    #[inline(always)]
    pub(crate) fn forth<const STRIP: usize>(&mut self, rows: usize, layer: &Gated<T>) {
        match &layer.second {
            Some(second) => {
                for r in 0..rows {
                    for i in 0..BRANCHES {
                        let gate = self.z[r][i].sigmoid();
                        self.gate[r][i] = gate;
                        self.s[r][i] = self.z[r][i] * gate;
                    }
                    self.y[r] = second.bias;
                }
                let (s, y) = (&self.s[..rows], &mut self.y[..rows]);
                product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(
                    s,
                    0,
                    &second.core.forth,
                    y,
                    0,
                );
                product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(
                    s,
                    FEATURES,
                    &second.gate.forth,
                    y,
                    FEATURES,
                );
            }
            None => self.y[..rows].copy_from_slice(&self.z[..rows]),
        }
        for r in 0..rows {
            let (core, core_inverse) = normalised(branch(&self.y[r], 0));
            let (gate, gate_inverse) = normalised(branch(&self.y[r], FEATURES));
            self.inverse[r] = [core_inverse, gate_inverse];
            let (y, open) = (&mut self.y[r], &mut self.open[r]);
            y[..FEATURES].copy_from_slice(&core);
            y[FEATURES..].copy_from_slice(&gate);
            let mut affine = [T::ZERO; BRANCHES];
            for i in 0..BRANCHES {
                affine[i] = y[i].fma(layer.scale[i], layer.shift[i]);
                open[i] = affine[i].sigmoid();
            }
            for i in 0..FEATURES {
                self.message[r][i] = affine[i] * open[i] * open[FEATURES + i];
            }
        }
    }

    /// From `slope` to the derivative by what stood in `z`, which it replaces; [`Tile::forth`] went before.
    #[inline(always)]
    pub(crate) fn back<const STRIP: usize>(&mut self, rows: usize, layer: &Gated<T>) {
        for r in 0..rows {
            let (core, gate) = (branch(&self.y[r], 0), branch(&self.y[r], FEATURES));
            let (core_open, gate_open) =
                (branch(&self.open[r], 0), branch(&self.open[r], FEATURES));
            let [core_inverse, gate_inverse] = self.inverse[r];
            let (mut core_slope, mut gate_slope) = ([T::ZERO; FEATURES], [T::ZERO; FEATURES]);
            for i in 0..FEATURES {
                let slope = self.slope[r][i] * gate_open[i] * core_open[i];
                let c = core[i].fma(layer.scale[i], layer.shift[i]);
                core_slope[i] = slope * (T::ONE + c * (T::ONE - core_open[i])) * layer.scale[i];
                gate_slope[i] = slope * c * (T::ONE - gate_open[i]) * layer.scale[FEATURES + i];
            }
            let core = normalised_back(&core_slope, core, core_inverse);
            let gate = normalised_back(&gate_slope, gate, gate_inverse);
            self.y[r][..FEATURES].copy_from_slice(&core);
            self.y[r][FEATURES..].copy_from_slice(&gate);
        }
        let Some(second) = &layer.second else {
            self.z[..rows].copy_from_slice(&self.y[..rows]);
            return;
        };
        self.s[..rows].fill([T::ZERO; BRANCHES]);
        let (y, s) = (&self.y[..rows], &mut self.s[..rows]);
        product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(y, 0, &second.core.back, s, 0);
        product::<T, FEATURES, FEATURES, BRANCHES, BRANCHES, STRIP>(
            y,
            FEATURES,
            &second.gate.back,
            s,
            FEATURES,
        );
        for r in 0..rows {
            for i in 0..BRANCHES {
                let (z, gate) = (self.z[r][i], self.gate[r][i]);
                self.z[r][i] = self.s[r][i] * gate * (T::ONE + z * (T::ONE - gate));
            }
        }
    }
}
