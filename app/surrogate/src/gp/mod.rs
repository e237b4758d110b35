//! Gaussian process regression.
//!
//! Fitted in f64: constant mean, a stationary kernel of unit variance on inputs in the unit cube, outcomes transformed and
//! standardised, known and inferred noise, the priors of [`Priors`]. Rows with the same inputs are pooled, which is exact.

mod data;
mod device;
mod fit;
mod hyper;
mod kernel;
mod likelihood;
mod loo;
mod parts;
mod pool;
mod sample;

pub use data::{Bounds, Observations, Usage};
pub use device::POSTERIOR;
pub use hyper::{Hyperparameters, LogNormal, Priors};
pub use kernel::Kernel;
pub use loo::LeaveOneOut;
pub use parts::PosteriorParts;
pub use pool::{PoolPosterior, PosteriorWeights, SMALLEST_VARIANCE};

use data::Data;
use likelihood::{Conditioned, condition};
use rayon::prelude::*;

use crate::SurrogateError;
use crate::outcome::{Moments, Outcome};

/// Which kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KernelChoice {
    /// This one.
    Fixed(Kernel),
    /// Of Matérn-5/2 and RBF the one with the better leave-one-out predictive density.
    ByLeaveOneOut,
}

/// Which noise the outcomes carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// What is inferred, and on top of it what is given for single observations.
    Inferred,
    /// Only what is given; rows without it count as exact.
    AsGiven,
}

/// How to fit.
#[derive(Clone, Debug)]
pub struct GpOptions {
    pub kernel: KernelChoice,
    /// The candidates' range; `None`: the observations' own.
    pub bounds: Option<Bounds>,
    pub outcome: Outcome,
    pub noise: Noise,
    /// `None`: [`Priors::for_dimension`].
    pub priors: Option<Priors>,
    /// Hyperparameters of an earlier fit, tried as one more start.
    pub warm: Option<Hyperparameters>,
    pub random_starts: usize,
    pub seed: u64,
}

impl Default for GpOptions {
    fn default() -> Self {
        Self {
            kernel: KernelChoice::Fixed(Kernel::Matern52),
            bounds: None,
            outcome: Outcome::Identity,
            noise: Noise::Inferred,
            priors: None,
            warm: None,
            random_starts: 3,
            seed: 0,
        }
    }
}

/// A fitted Gaussian process for one target. Several targets are several of these: each uses the rows that know it.
///
/// Every set of observations has an answer. None at all: mean and standard deviation unknown (NaN) everywhere. One, or
/// several that are all equal: their value, with a standard deviation that grows away from them to the size of the value
/// ([`Gp::spread_unknown`] says so). Repeated candidates: pooled. Candidates as good as equal: the noise keeps the matrix
/// regular, and where there is none a jitter ([`Gp::jitter`]).
pub struct Gp {
    kernel: Kernel,
    bounds: Bounds,
    outcome: Outcome,
    noise: Noise,
    priors: Priors,
    hyper: Hyperparameters,
    data: Data,
    /// `None` without observations.
    conditioned: Option<Conditioned>,
}

/// Rows that one task predicts.
const TILE: usize = 256;

impl Gp {
    /// Fits hyperparameters to the observations and conditions on them.
    ///
    /// # Errors
    ///
    /// Lengths that do not fit, no inputs, a negative standard deviation, a bad option, cancelled.
    pub fn fit(
        observations: Observations,
        options: &GpOptions,
        job: &job::Job,
    ) -> Result<Self, SurrogateError> {
        match options.kernel {
            KernelChoice::Fixed(kernel) => Self::fit_kernel(observations, kernel, options, job),
            KernelChoice::ByLeaveOneOut => {
                let matern = Self::fit_kernel(observations, Kernel::Matern52, options, job)?;
                let rbf = Self::fit_kernel(observations, Kernel::Rbf, options, job)?;
                let score = |gp: &Self| gp.leave_one_out().map(|loo| loo.log_density);
                Ok(if score(&rbf) > score(&matern) {
                    rbf
                } else {
                    matern
                })
            }
        }
    }

    fn fit_kernel(
        observations: Observations,
        kernel: Kernel,
        options: &GpOptions,
        job: &job::Job,
    ) -> Result<Self, SurrogateError> {
        let mut gp = Self::prepare(observations, kernel, options)?;
        let search = fit::Search {
            kernel,
            priors: gp.priors,
            infer_noise: options.noise == Noise::Inferred,
            warm: options.warm.as_ref(),
            random_starts: options.random_starts,
            seed: options.seed,
            job,
        };
        gp.hyper = fit::fit(&gp.data, &search)?;
        gp.condition(None);
        Ok(gp)
    }

    /// Conditions on the observations with these hyperparameters, taken as they are.
    ///
    /// # Errors
    ///
    /// As [`Gp::fit`]; and hyperparameters of another number of inputs, or not positive.
    pub fn with_hyperparameters(
        observations: Observations,
        kernel: Kernel,
        hyper: Hyperparameters,
        options: &GpOptions,
    ) -> Result<Self, SurrogateError> {
        if hyper.lengthscales.len() != observations.dimensions {
            return Err(SurrogateError::Length {
                what: "the list of lengthscales",
                found: hyper.lengthscales.len(),
                expected: observations.dimensions,
            });
        }
        let positive = hyper.lengthscales.iter().all(|l| *l > 0.0 && l.is_finite())
            && hyper.noise >= 0.0
            && hyper.noise.is_finite()
            && hyper.mean.is_finite();
        if !positive {
            return Err(SurrogateError::Option {
                what: "a set of hyperparameters",
                value: format!("{hyper:?}"),
                remedy: "lengthscales must be positive, the noise not negative, all finite",
            });
        }
        let mut gp = Self::prepare(observations, kernel, options)?;
        let mean = hyper.mean;
        gp.hyper = hyper;
        gp.condition(Some(mean));
        Ok(gp)
    }

    /// The model before its hyperparameters: bounds and data.
    fn prepare(
        observations: Observations,
        kernel: Kernel,
        options: &GpOptions,
    ) -> Result<Self, SurrogateError> {
        let outcome = options.outcome.validate()?;
        let bounds = options
            .bounds
            .clone()
            .unwrap_or_else(|| Bounds::of(observations.inputs, observations.dimensions));
        let data = Data::new(observations, &bounds, outcome)?;
        Ok(Self {
            kernel,
            bounds,
            outcome,
            noise: options.noise,
            priors: options
                .priors
                .unwrap_or_else(|| Priors::for_dimension(observations.dimensions)),
            hyper: Hyperparameters {
                lengthscales: Vec::new(),
                noise: 0.0,
                mean: 0.0,
            },
            data,
            conditioned: None,
        })
    }

    fn condition(&mut self, mean: Option<f64>) {
        if self.data.len() == 0 {
            return;
        }
        self.conditioned = condition(
            &self.data,
            self.kernel,
            &self.hyper.lengthscales,
            self.hyper.noise,
            mean,
            false,
        )
        .map(|(conditioned, _)| conditioned);
        if let Some(conditioned) = &self.conditioned {
            self.hyper.mean = conditioned.mean;
        }
    }

    /// The kernel in use.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// The hyperparameters in use, in the model's own units.
    pub fn hyperparameters(&self) -> &Hyperparameters {
        &self.hyper
    }

    /// Which rows took part.
    pub fn usage(&self) -> Usage {
        self.data.usage
    }

    /// Mean and standard deviation of the transformed target that became 0 and 1.
    pub fn standardisation(&self) -> (f64, f64) {
        (self.data.centre, self.data.spread)
    }

    /// The data did not say how much the target varies (fewer than two different values): standard deviations are of the
    /// order of the value itself and mean little.
    pub fn spread_unknown(&self) -> bool {
        self.data.spread_unknown
    }

    /// What the diagonal of the kernel matrix needed beyond the noise to be factored, in standardised units; 0 nearly
    /// always.
    pub fn jitter(&self) -> f64 {
        self.conditioned.as_ref().map_or(0.0, |c| c.jitter)
    }

    /// The log marginal likelihood of all observations in standardised units; 0 without observations.
    pub fn log_marginal_likelihood(&self) -> f64 {
        self.conditioned.as_ref().map_or(0.0, |c| c.log_likelihood)
    }

    /// The log marginal likelihood plus the log density of the priors: what a fit makes largest.
    pub fn log_posterior(&self) -> f64 {
        self.log_marginal_likelihood()
            + self
                .priors
                .log_density(&self.hyper, self.noise == Noise::Inferred)
    }

    /// Mean and standard deviation of the noise-free transformed target at each candidate of `inputs` (`N x d`, row after
    /// row), in f64; NaN for a candidate with an input that is not finite.
    ///
    /// # Errors
    ///
    /// A block that is no whole number of rows, cancelled.
    pub fn predict_transformed(
        &self,
        inputs: &[f64],
        job: &job::Job,
    ) -> Result<Vec<(f64, f64)>, SurrogateError> {
        let d = self.data.dimensions;
        self.check_pool(inputs)?;
        let mut out = vec![(f64::NAN, f64::NAN); inputs.len() / d];
        let Some(conditioned) = &self.conditioned else {
            return Ok(out);
        };
        let columns = likelihood::scaled_columns(&self.data, &self.hyper.lengthscales);
        out.par_chunks_mut(TILE)
            .zip(inputs.par_chunks(TILE * d))
            .try_for_each(|(out, rows)| {
                job.check()?;
                let (mean, variance) = self.tile(conditioned, &columns, rows);
                for (out, (mean, variance)) in out.iter_mut().zip(mean.iter().zip(variance)) {
                    if mean.is_finite() {
                        *out = (
                            self.data.centre + self.data.spread * mean,
                            self.data.spread * variance.sqrt(),
                        );
                    }
                }
                job.advance(out.len() as u64);
                Ok::<_, SurrogateError>(())
            })?;
        Ok(out)
    }

    /// Mean, standard deviation and median of the noise-free target, in its own unit, at each candidate of `inputs`
    /// (`N x d`, row after row), in f64; unknown for a candidate with an input that is not finite.
    ///
    /// # Errors
    ///
    /// A block that is no whole number of rows, cancelled.
    pub fn predict(&self, inputs: &[f64], job: &job::Job) -> Result<Vec<Moments>, SurrogateError> {
        let transformed = self.predict_transformed(inputs, job)?;
        Ok(transformed
            .par_iter()
            .map(|(mean, std)| {
                if mean.is_finite() {
                    self.outcome.moments(*mean, *std)
                } else {
                    Moments::UNKNOWN
                }
            })
            .collect())
    }

    /// The outcome transform in use; its [`Outcome::quantile`] turns a transformed mean and standard deviation into
    /// quantiles of the target.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn check_pool(&self, inputs: &[f64]) -> Result<(), SurrogateError> {
        let d = self.data.dimensions;
        if inputs.len().is_multiple_of(d) {
            Ok(())
        } else {
            Err(SurrogateError::Length {
                what: "the block of candidates",
                found: inputs.len(),
                expected: inputs.len() / d * d,
            })
        }
    }

    /// Standardised means and variances of a few rows.
    fn tile(
        &self,
        conditioned: &Conditioned,
        columns: &[Vec<f64>],
        rows: &[f64],
    ) -> (Vec<f64>, Vec<f64>) {
        let d = self.data.dimensions;
        let n = self.data.len();
        let count = rows.len() / d;
        let mut k = nalgebra::DMatrix::zeros(n, count);
        for (row, mut k) in rows.chunks_exact(d).zip(k.column_iter_mut()) {
            for (dim, column) in columns.iter().enumerate() {
                let at = self.bounds.scale(dim, row[dim]) / self.hyper.lengthscales[dim];
                for (sum, x) in k.iter_mut().zip(column) {
                    let off = at - x;
                    *sum += off * off;
                }
            }
            k.iter_mut().for_each(|k| *k = self.kernel.value(*k));
        }
        let mean = k.tr_mul(&conditioned.weights);
        let half = &conditioned.inverse_factor * k;
        let mean = mean.iter().map(|m| m + conditioned.mean).collect();
        let variance = half
            .column_iter()
            // Close to exact observations the difference is below its rounding error.
            .map(|half| (1.0 - half.norm_squared()).max(0.0))
            .collect();
        (mean, variance)
    }
}
