//! The posterior of a large pool in f32, strip by strip: nothing of the size of pool times observations is ever stored.
//!
//! Distances are summed directly, not by expanding the square, so close candidates lose no digits; `L⁻¹` comes from f64.

use std::sync::Arc;

use compute::Device;
use compute::lanes::{Panels, multiply, strip, width};
use compute::math::exp;
use pulp::{Arch, Simd, WithSimd};
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
    /// The inverse factor as the processor takes it.
    panels: Arc<Panels>,
}

/// The posterior of a pool: mean and standard deviation of the noise-free transformed target; NaN where unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PoolPosterior {
    pub mean: Vec<f64>,
    pub std: Vec<f64>,
}

impl Gp {
    /// What a device needs to compute the posterior; `None` without observations.
    pub fn posterior_weights(&self) -> Option<PosteriorWeights> {
        let conditioned = self.conditioned.as_ref()?;
        let d = self.data.dimensions;
        let lengthscales = &self.hyper.lengthscales;
        let scale: Vec<f64> = (0..d)
            .map(|k| 1.0 / (self.bounds.width(k) * lengthscales[k]))
            .collect();
        let n = self.data.len();
        let inverse_factor: Vec<f32> = conditioned
            .inverse_factor
            .iter()
            .map(|w| *w as f32)
            .collect();
        Some(PosteriorWeights {
            kernel: self.kernel,
            observations: n,
            dimensions: d,
            inputs: super::likelihood::scaled_columns(&self.data, lengthscales)
                .iter()
                .flatten()
                .map(|x| *x as f32)
                .collect(),
            shift: (0..d).map(|k| -self.bounds.lower[k] * scale[k]).collect(),
            scale,
            weights: conditioned.weights.iter().map(|w| *w as f32).collect(),
            panels: Arc::new(Panels::lower_triangle(n, |row, column| {
                inverse_factor[column * n + row]
            })),
            inverse_factor,
            mean: conditioned.mean as f32,
            centre: self.data.centre,
            spread: self.data.spread,
        })
    }

    /// The posterior of a large pool (`N x d`, row after row) in f32, on a device. Standard deviations below a thousandth of
    /// the spread are not resolved: rescore the best candidates with [`Gp::predict`].
    ///
    /// # Errors
    ///
    /// A block that is no whole number of rows, cancelled.
    pub fn predict_pool(
        &self,
        inputs: &[f64],
        device: &Device,
        job: &job::Job,
    ) -> Result<PoolPosterior, SurrogateError> {
        self.check_pool(inputs)?;
        match self.posterior_weights() {
            Some(weights) => weights.posterior(inputs, device, job),
            None => Ok(PoolPosterior::unknown(inputs.len() / self.data.dimensions)),
        }
    }
}

impl PoolPosterior {
    pub(crate) fn unknown(count: usize) -> Self {
        Self {
            mean: vec![f64::NAN; count],
            std: vec![f64::NAN; count],
        }
    }
}

/// Farther from the observations than this, in lengthscales, nothing is correlated; squares stay within f32.
const FAR: f64 = 1e15;

/// Rows that one task predicts.
const ROWS: usize = 512;

impl PosteriorWeights {
    /// A candidate's input as the kernels take it.
    #[inline(always)]
    pub(crate) fn scaled(&self, dimension: usize, x: f64) -> f32 {
        (x * self.scale[dimension] + self.shift[dimension]).clamp(-FAR, FAR) as f32
    }

    /// Mean and standard deviation in the transformed target's unit, from what the kernels give; unknown for a candidate
    /// with an input that is not finite.
    #[inline(always)]
    pub(crate) fn finished(&self, row: &[f64], value: f32, square: f32) -> (f64, f64) {
        if !value.is_finite() || row.iter().any(|x| !x.is_finite()) {
            return (f64::NAN, f64::NAN);
        }
        let variance = (1.0 - square).max(SMALLEST_VARIANCE);
        (
            self.centre + self.spread * f64::from(value),
            self.spread * f64::from(variance).sqrt(),
        )
    }

    /// The observed inputs, `n x d`.
    pub(crate) fn points(&self) -> Vec<f32> {
        let (n, d) = (self.observations, self.dimensions);
        (0..n * d)
            .map(|at| self.inputs[at % d * n + at / d])
            .collect()
    }

    /// The processor's form of the kernel: writes means and standard deviations of the rows of `inputs` (`N x d`).
    pub(crate) fn predict(
        &self,
        inputs: &[f64],
        mean: &mut [f64],
        std: &mut [f64],
        job: &job::Job,
    ) -> Result<(), SurrogateError> {
        let d = self.dimensions;
        let points = self.points();
        let arch = Arch::new();
        inputs
            .par_chunks(ROWS * d)
            .zip(mean.par_chunks_mut(ROWS))
            .zip(std.par_chunks_mut(ROWS))
            .try_for_each(|((inputs, mean), std)| {
                job.check()?;
                job.advance(mean.len() as u64);
                arch.dispatch(Tile {
                    weights: self,
                    points: &points,
                    inputs,
                    mean,
                    std,
                });
                Ok(())
            })
    }
}

/// Some candidates: their inputs, and where their results go.
struct Tile<'a> {
    weights: &'a PosteriorWeights,
    /// `n x d`.
    points: &'a [f32],
    inputs: &'a [f64],
    mean: &'a mut [f64],
    std: &'a mut [f64],
}

impl WithSimd for Tile<'_> {
    type Output = ();

    /// A strip of candidates at a time, one in each lane: their kernel values stay in the first cache.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let weights = self.weights;
        let (n, d, wide) = (weights.observations, weights.dimensions, width::<S>());
        let mut at = vec![0.0_f32; d * wide];
        let mut k = vec![0.0_f32; n * wide];
        for ((inputs, mean), std) in self
            .inputs
            .chunks(wide * d)
            .zip(self.mean.chunks_mut(wide))
            .zip(self.std.chunks_mut(wide))
        {
            for (lane, row) in inputs.chunks_exact(d).enumerate() {
                for (dimension, x) in row.iter().enumerate() {
                    at[dimension * wide + lane] = weights.scaled(dimension, *x);
                }
            }
            let at = strip::<S>(&at);
            for (k, point) in k.chunks_exact_mut(wide).zip(self.points.chunks_exact(d)) {
                squared_distances(simd, at, point, k);
            }
            correlations(weights.kernel, &mut k);
            let k = strip::<S>(&k);
            let mut values = [simd.splat_f32s(weights.mean); 2];
            for (k, weight) in k.iter().zip(&weights.weights) {
                let weight = simd.splat_f32s(*weight);
                values[0] = simd.mul_add_f32s(weight, k[0], values[0]);
                values[1] = simd.mul_add_f32s(weight, k[1], values[1]);
            }
            let mut squares = [simd.splat_f32s(0.0); 2];
            for panel in weights.panels.iter() {
                for sum in multiply(simd, panel, k) {
                    squares[0] = simd.mul_add_f32s(sum[0], sum[0], squares[0]);
                    squares[1] = simd.mul_add_f32s(sum[1], sum[1], squares[1]);
                }
            }
            let (values, squares) = (
                bytemuck::cast_slice(&values),
                bytemuck::cast_slice(&squares),
            );
            for (lane, row) in inputs.chunks_exact(d).enumerate() {
                (mean[lane], std[lane]) = weights.finished(row, values[lane], squares[lane]);
            }
        }
    }
}

/// Writes the squared distances of a strip of candidates (`d` rows) to an observed point.
#[inline(always)]
fn squared_distances<S: Simd>(simd: S, at: &[[S::f32s; 2]], point: &[f32], out: &mut [f32]) {
    let mut sums = [simd.splat_f32s(0.0); 2];
    for (at, x) in at.iter().zip(point) {
        let x = simd.splat_f32s(*x);
        let off = [simd.sub_f32s(at[0], x), simd.sub_f32s(at[1], x)];
        sums[0] = simd.mul_add_f32s(off[0], off[0], sums[0]);
        sums[1] = simd.mul_add_f32s(off[1], off[1], sums[1]);
    }
    out.copy_from_slice(bytemuck::cast_slice(&sums));
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
