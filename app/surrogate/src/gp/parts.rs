//! What the posterior is made of, in f64, for whoever needs more of it than means and standard deviations: covariances
//! between candidates, draws of functions.

use nalgebra::{DMatrix, DVector};

use super::{Gp, Kernel};

/// A conditioned Gaussian process in standardised units. With `k_j = k(|x - inputs_j|²)` over inputs divided by their
/// lengthscales and `v(x) = inverse_factor k(x)`, the mean is `mean + weights·k(x)` and the covariance of two candidates
/// `k(x, x') - v(x)·v(x')`.
#[derive(Clone, Copy, Debug)]
pub struct PosteriorParts<'a> {
    pub kernel: Kernel,
    /// One for each of `d` inputs, on the unit cube.
    pub lengthscales: &'a [f64],
    /// `n x d`: distinct observed candidates, row after row, on the unit cube.
    pub inputs: &'a [f64],
    /// `K⁻¹ (y - mean)`, K with its noise.
    pub weights: &'a DVector<f64>,
    /// `L⁻¹` of `K = L Lᵀ`, lower triangular.
    pub inverse_factor: &'a DMatrix<f64>,
    pub mean: f64,
    /// The transformed target is `centre + spread` times the standardised one.
    pub centre: f64,
    pub spread: f64,
}

impl Gp {
    /// What the posterior is made of; `None` without observations.
    pub fn posterior_parts(&self) -> Option<PosteriorParts<'_>> {
        let conditioned = self.conditioned.as_ref()?;
        Some(PosteriorParts {
            kernel: self.kernel,
            lengthscales: &self.hyper.lengthscales,
            inputs: &self.data.x,
            weights: &conditioned.weights,
            inverse_factor: &conditioned.inverse_factor,
            mean: conditioned.mean,
            centre: self.data.centre,
            spread: self.data.spread,
        })
    }
}
