//! The posterior of a large pool in f32, tile by tile: nothing of the size of pool times observations is ever stored.
//!
//! Distances are summed directly, not by expanding the square, so close candidates lose no digits; `L⁻¹` comes from f64.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::{Gp, Kernel};
use crate::SurrogateError;

/// Smallest variance that f32 resolves, in standardised units: `1 - |v|²` of numbers near 1 is uncertain by about this.
pub const SMALLEST_VARIANCE: f32 = 1e-6;

/// Everything that a device needs for the posterior of a Gaussian process, in f32. With `k_j = k(|x·scale + shift -
/// inputs_j|²)` and `v = inverse_factor k`, the transformed target has mean `centre + spread (mean + weights·k)` and standard
/// deviation `spread √(1 - |v|²)`.
#[derive(Clone, Debug)]
pub struct PosteriorWeights {
    pub kernel: Kernel,
    /// `n`, the number of distinct observed candidates.
    pub observations: usize,
    /// `d`.
    pub dimensions: usize,
    /// `d x n`: input after input, scaled to the unit cube and divided by its lengthscale.
    pub inputs: Vec<f32>,
    /// For each input; applied to candidates in f64, before they are rounded.
    pub scale: Vec<f64>,
    pub shift: Vec<f64>,
    /// `n`.
    pub weights: Vec<f32>,
    /// `n x n` lower triangular, column after column.
    pub inverse_factor: Vec<f32>,
    pub mean: f32,
    pub centre: f64,
    pub spread: f64,
}

/// The posterior of a pool: mean and standard deviation of the noise-free transformed target; NaN where unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PoolPosterior {
    pub mean: Vec<f64>,
    pub std: Vec<f64>,
}

/// Rows of `inverse_factor` that one product takes.
const PANEL: usize = 64;

impl Gp {
    /// What a device needs to compute the posterior; `None` without observations.
    pub fn posterior_weights(&self) -> Option<PosteriorWeights> {
        let conditioned = self.conditioned.as_ref()?;
        let d = self.data.dimensions;
        let lengthscales = &self.hyper.lengthscales;
        let scale: Vec<f64> = (0..d)
            .map(|k| 1.0 / (self.bounds.width(k) * lengthscales[k]))
            .collect();
        Some(PosteriorWeights {
            kernel: self.kernel,
            observations: self.data.len(),
            dimensions: d,
            inputs: super::likelihood::scaled_columns(&self.data, lengthscales)
                .iter()
                .flatten()
                .map(|x| *x as f32)
                .collect(),
            shift: (0..d).map(|k| -self.bounds.lower[k] * scale[k]).collect(),
            scale,
            weights: conditioned.weights.iter().map(|w| *w as f32).collect(),
            inverse_factor: conditioned
                .inverse_factor
                .iter()
                .map(|w| *w as f32)
                .collect(),
            mean: conditioned.mean as f32,
            centre: self.data.centre,
            spread: self.data.spread,
        })
    }

    /// The posterior of a large pool (`N x d`, row after row) in f32. Standard deviations below a thousandth of the spread
    /// are not resolved: rescore the best candidates with [`Gp::predict`].
    ///
    /// # Errors
    ///
    /// A block that is no whole number of rows, cancelled.
    pub fn predict_pool(
        &self,
        inputs: &[f64],
        job: &job::Job,
    ) -> Result<PoolPosterior, SurrogateError> {
        self.check_pool(inputs)?;
        let count = inputs.len() / self.data.dimensions;
        let mut out = PoolPosterior {
            mean: vec![f64::NAN; count],
            std: vec![f64::NAN; count],
        };
        if let Some(weights) = self.posterior_weights() {
            weights.predict(inputs, &mut out.mean, &mut out.std, job)?;
        }
        Ok(out)
    }
}

/// The memory of one task.
struct Tile {
    /// `n x rows`.
    k: DMatrix<f32>,
    panel: DMatrix<f32>,
}

impl PosteriorWeights {
    /// Rows of a tile: about a quarter of a megabyte of kernel values.
    fn tile_rows(&self) -> usize {
        (65_536 / self.observations.max(1)).clamp(32, 512)
    }

    /// The CPU's form of the kernel: writes means and standard deviations of the rows of `inputs` (`N x d`).
    pub(crate) fn predict(
        &self,
        inputs: &[f64],
        mean: &mut [f64],
        std: &mut [f64],
        job: &job::Job,
    ) -> Result<(), SurrogateError> {
        let (n, d) = (self.observations, self.dimensions);
        let rows = self.tile_rows();
        let factor = DMatrix::from_column_slice(n, n, &self.inverse_factor);
        inputs
            .par_chunks(rows * d)
            .zip(mean.par_chunks_mut(rows))
            .zip(std.par_chunks_mut(rows))
            .try_for_each_init(
                || Tile {
                    k: DMatrix::zeros(n, rows),
                    panel: DMatrix::zeros(PANEL, rows),
                },
                |tile, ((inputs, mean), std)| {
                    job.check()?;
                    self.predict_tile(tile, &factor, inputs, mean, std);
                    job.advance(mean.len() as u64);
                    Ok(())
                },
            )
    }

    fn predict_tile(
        &self,
        tile: &mut Tile,
        factor: &DMatrix<f32>,
        inputs: &[f64],
        mean: &mut [f64],
        std: &mut [f64],
    ) {
        let (n, d, count) = (self.observations, self.dimensions, mean.len());
        let arch = pulp::Arch::new();
        let mut at = vec![0.0_f32; d];
        for (row, k) in inputs
            .chunks_exact(d)
            .zip(tile.k.as_mut_slice().chunks_exact_mut(n))
        {
            for (at, (x, (scale, shift))) in at
                .iter_mut()
                .zip(row.iter().zip(self.scale.iter().zip(&self.shift)))
            {
                *at = (x * scale + shift) as f32;
            }
            arch.dispatch(|| {
                squared_distances(&at, &self.inputs, k);
                correlations(self.kernel, k);
            });
        }
        let mut squares = vec![0.0_f32; count];
        for start in (0..n).step_by(PANEL) {
            let height = PANEL.min(n - start);
            // Rows start.. of a lower triangle reach no further than the end of this panel.
            let reach = start + height;
            let mut panel = tile.panel.view_mut((0, 0), (height, count));
            panel.gemm(
                1.0,
                &factor.view((start, 0), (height, reach)),
                &tile.k.view((0, 0), (reach, count)),
                0.0,
            );
            for (square, column) in squares.iter_mut().zip(panel.column_iter()) {
                *square += column.norm_squared();
            }
        }
        for (row, k) in tile.k.as_slice().chunks_exact(n).take(count).enumerate() {
            let value = self.mean + arch.dispatch(|| dot(k, &self.weights));
            if value.is_finite() {
                let variance = (1.0 - squares[row]).max(SMALLEST_VARIANCE);
                mean[row] = self.centre + self.spread * f64::from(value);
                std[row] = self.spread * f64::from(variance).sqrt();
            }
        }
    }
}

/// Writes `Σ_d (at_d - inputs_dj)²` for each j; `inputs` is `d x n`.
#[inline(always)]
fn squared_distances(at: &[f32], inputs: &[f32], out: &mut [f32]) {
    out.fill(0.0);
    for (at, column) in at.iter().zip(inputs.chunks_exact(out.len())) {
        for (sum, x) in out.iter_mut().zip(column) {
            let off = at - x;
            *sum += off * off;
        }
    }
}

/// Replaces squared distances by correlations.
#[inline(always)]
fn correlations(kernel: Kernel, r2: &mut [f32]) {
    const SQRT_3: f32 = 1.732_050_8;
    const SQRT_5: f32 = 2.236_068;
    match kernel {
        Kernel::Matern12 => r2.iter_mut().for_each(|r2| *r2 = exp(-r2.sqrt())),
        Kernel::Matern32 => r2.iter_mut().for_each(|r2| {
            let s = SQRT_3 * r2.sqrt();
            *r2 = (1.0 + s) * exp(-s);
        }),
        Kernel::Matern52 => r2.iter_mut().for_each(|r2| {
            let s = SQRT_5 * r2.sqrt();
            *r2 = (1.0 + s + s * s * (1.0 / 3.0)) * exp(-s);
        }),
        Kernel::Rbf => r2.iter_mut().for_each(|r2| *r2 = exp(-0.5 * *r2)),
    }
}

/// `exp(x)` of `x <= 0` to 2 parts in 10⁷, 0 below -87; NaN stays NaN. Without branches, so that it runs on vectors.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding 1.5 * 2²³ rounds to a whole number, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let clamped = if x < -87.0 { -87.0 } else { x };
    let rounded = clamped * std::f32::consts::LOG2_E + ROUND;
    let whole = rounded - ROUND;
    let r = clamped - whole * LN_2_HIGH - whole * LN_2_LOW;
    let series = 1.0
        + r * (1.0
            + r * (0.5
                + r * (1.666_666_5e-1
                    + r * (4.166_579_6e-2 + r * (8.333_452e-3 + r * 1.393_33e-3)))));
    let power = f32::from_bits(rounded.to_bits().wrapping_add(127) << 23);
    if x < -87.0 { 0.0 } else { series * power }
}

/// A sum of products in sixteen interleaved parts.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_blocks, a_rest) = a.as_chunks::<16>();
    let (b_blocks, b_rest) = b.as_chunks::<16>();
    let mut sums = [0.0_f32; 16];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..16 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_exponential_keeps_to_f32() {
        for i in 0..=870_000 {
            let x = -(i as f32) * 1e-4;
            let error = (f64::from(exp(x)) / libm::exp(f64::from(x)) - 1.0).abs();
            assert!(error < 3e-7, "{x}: {error}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert!(exp(f32::NAN).is_nan());
    }
}
