//! The log marginal likelihood of a Gaussian process and its gradient.
//!
//! C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, equations 2.30 and 5.9. One
//! factorisation and one inverse a call: `n³` flop, and `3 n² d` for the lengthscales.

use nalgebra::{DMatrix, DVector};

use super::data::{Data, Pooled};
use super::kernel::Kernel;
use crate::linalg::{Cholesky, gram_of_lower};

/// A Gaussian process conditioned on its observations at given hyperparameters.
pub(crate) struct Conditioned {
    pub pooled: Pooled,
    pub mean: f64,
    /// `K⁻¹ (y - mean)`, K with its noise.
    pub weights: DVector<f64>,
    pub inverse: DMatrix<f64>,
    pub inverse_factor: DMatrix<f64>,
    /// What the diagonal needed beyond its noise; 0 nearly always.
    pub jitter: f64,
    /// The log marginal likelihood of all observations, in standardised units.
    pub log_likelihood: f64,
}

/// Derivatives of the log marginal likelihood.
pub(crate) struct Gradient {
    pub log_lengthscales: Vec<f64>,
    pub noise: f64,
}

/// The kernel matrix of the scaled inputs and, where asked for, `h` of [`Kernel::value_and_slope`]; lower triangles.
fn kernel_matrix(
    kernel: Kernel,
    columns: &[Vec<f64>],
    n: usize,
    slopes: bool,
) -> (DMatrix<f64>, DMatrix<f64>) {
    let mut k = DMatrix::zeros(n, n);
    let mut h = DMatrix::zeros(if slopes { n } else { 0 }, if slopes { n } else { 0 });
    let mut r2 = vec![0.0; n];
    for j in 0..n {
        let below = &mut r2[j..n];
        below.fill(0.0);
        for column in columns {
            add_squares(below, &column[j..n], column[j]);
        }
        for (i, r2) in (j..n).zip(below.iter()) {
            if slopes {
                (k[(i, j)], h[(i, j)]) = kernel.value_and_slope(*r2);
            } else {
                k[(i, j)] = kernel.value(*r2);
            }
        }
    }
    (k, h)
}

fn add_squares(sums: &mut [f64], column: &[f64], at: f64) {
    for (sum, x) in sums.iter_mut().zip(column) {
        let off = x - at;
        *sum += off * off;
    }
}

/// Inputs divided by their lengthscales, one vector for each input.
pub(crate) fn scaled_columns(data: &Data, lengthscales: &[f64]) -> Vec<Vec<f64>> {
    let d = data.dimensions;
    lengthscales
        .iter()
        .enumerate()
        .map(|(k, l)| {
            data.x
                .iter()
                .skip(k)
                .step_by(d)
                .map(|x| x / l)
                .collect::<Vec<f64>>()
        })
        .collect()
}

/// Conditions on the data. `mean`: the constant mean, or `None` for the one that makes the data most probable. `None` comes
/// back if the kernel matrix is not finite.
pub(crate) fn condition(
    data: &Data,
    kernel: Kernel,
    lengthscales: &[f64],
    noise: f64,
    mean: Option<f64>,
    with_gradient: bool,
) -> Option<(Conditioned, Option<Gradient>)> {
    let n = data.len();
    let columns = scaled_columns(data, lengthscales);
    let pooled = data.pool(noise);
    let (mut k, h) = kernel_matrix(kernel, &columns, n, with_gradient);
    for i in 0..n {
        k[(i, i)] += pooled.variance[i];
    }
    let cholesky = Cholesky::new(&k)?;
    let inverse_factor = cholesky.inverse_factor();
    let inverse = gram_of_lower(&inverse_factor);
    let y = DVector::from_column_slice(&pooled.y);
    let mean = mean.unwrap_or_else(|| {
        let weights = inverse.column_sum();
        let total = weights.sum();
        if total > 0.0 {
            weights.dot(&y) / total
        } else {
            0.0
        }
    });
    let off = y.add_scalar(-mean);
    // Two triangular products are more exact than one with the inverse.
    let half = &inverse_factor * off;
    let weights = inverse_factor.tr_mul(&half);
    let log_likelihood = -0.5
        * (half.norm_squared() + cholesky.log_determinant() + n as f64 * super::hyper::LN_2PI)
        + pooled.extra;
    let gradient = with_gradient.then(|| Gradient {
        log_lengthscales: lengthscale_gradient(&columns, &weights, &inverse, h),
        noise: (0..n)
            .map(|i| {
                0.5 * (weights[i] * weights[i] - inverse[(i, i)]) * pooled.variance_slope[i]
                    - weights[i] * pooled.y_slope[i]
            })
            .sum::<f64>()
            + pooled.extra_slope,
    });
    let conditioned = Conditioned {
        pooled,
        mean,
        weights,
        inverse,
        inverse_factor,
        jitter: cholesky.jitter,
        log_likelihood,
    };
    log_likelihood
        .is_finite()
        .then_some((conditioned, gradient))
}

/// What the observations say of lengthscales and noise when the constant mean is integrated out, under a standard normal prior.
pub(crate) struct Evidence {
    pub log_likelihood: f64,
    /// The mean given them.
    pub mean: f64,
    pub mean_deviation: f64,
}

/// The evidence of hyperparameters: a factorisation and two solutions, `n³/3` flop. `None` if the matrix is not finite.
///
/// The outcomes are normal with covariance `K + 1 1ᵀ`: C. E. Rasmussen, C. K. I. Williams (2006), equations 2.43 to 2.45 with
/// a single constant function.
pub(crate) fn evidence(
    data: &Data,
    kernel: Kernel,
    lengthscales: &[f64],
    noise: f64,
) -> Option<Evidence> {
    let n = data.len();
    let columns = scaled_columns(data, lengthscales);
    let pooled = data.pool(noise);
    let (mut k, _) = kernel_matrix(kernel, &columns, n, false);
    for i in 0..n {
        k[(i, i)] += pooled.variance[i];
    }
    let cholesky = Cholesky::new(&k)?;
    let mut sides = DMatrix::from_element(n, 2, 1.0);
    sides.column_mut(0).copy_from_slice(&pooled.y);
    if !cholesky.lower.solve_lower_triangular_mut(&mut sides) {
        return None;
    }
    let (y, one) = (sides.column(0), sides.column(1));
    let precision = 1.0 + one.norm_squared();
    let mean = one.dot(&y) / precision;
    let log_likelihood = -0.5
        * (y.norm_squared() - mean * mean * precision
            + cholesky.log_determinant()
            + libm::log(precision)
            + n as f64 * super::hyper::LN_2PI)
        + pooled.extra;
    log_likelihood.is_finite().then_some(Evidence {
        log_likelihood,
        mean,
        mean_deviation: 1.0 / precision.sqrt(),
    })
}

/// `Σ_{i>j} (α_i α_j - K⁻¹_ij) h_ij Δ²_ij / l²` for each input.
fn lengthscale_gradient(
    columns: &[Vec<f64>],
    weights: &DVector<f64>,
    inverse: &DMatrix<f64>,
    mut h: DMatrix<f64>,
) -> Vec<f64> {
    let n = weights.len();
    for j in 0..n {
        for i in j + 1..n {
            h[(i, j)] *= weights[i] * weights[j] - inverse[(i, j)];
        }
    }
    let arch = pulp::Arch::new();
    columns
        .iter()
        .map(|column| {
            arch.dispatch(|| {
                (0..n)
                    .map(|j| {
                        let w = &h.as_slice()[j * n + j + 1..(j + 1) * n];
                        weighted_squares(w, &column[j + 1..], column[j])
                    })
                    .sum()
            })
        })
        .collect()
}

/// `Σ w (x - at)²` in eight interleaved sums, which the compiler keeps in vector registers.
#[inline(always)]
fn weighted_squares(w: &[f64], x: &[f64], at: f64) -> f64 {
    let (w_blocks, w_rest) = w.as_chunks::<8>();
    let (x_blocks, x_rest) = x.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (w, x) in w_blocks.iter().zip(x_blocks) {
        for lane in 0..8 {
            let off = x[lane] - at;
            sums[lane] += w[lane] * off * off;
        }
    }
    let rest: f64 = w_rest
        .iter()
        .zip(x_rest)
        .map(|(w, x)| w * (x - at) * (x - at))
        .sum();
    sums.iter().sum::<f64>() + rest
}
