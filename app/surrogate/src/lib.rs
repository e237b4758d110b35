//! The `surrogate` room: models that learn properties from data, and say how sure they are.
//!
//! - [`gp`]: Gaussian process regression in f64: fit, predict, leave one out.
//! - [`forest`]: trees that predict whole distributions.
//! - [`trees`]: ensembles of trees as flat lists.
//! - [`boosted`]: boosted trees for large tables.
//! - [`network`]: ensembles of small neural networks.
//! - [`model`]: property models: train, evaluate, predict, files.
//! - [`Outcome`]: transforms of the target, with mean, median and quantiles on the way back.
//! - [`Calibration`]: errors, coverage, and the scale of the standard deviations.
//!
//! Same input, options and seed give the same bytes for any number of threads.

pub mod boosted;
mod calibration;
mod error;
mod folds;
pub mod forest;
pub mod gp;
mod lbfgs;
mod linalg;
pub mod model;
pub mod network;
mod normal;
mod outcome;
mod random;
mod safetensors;
pub mod trees;

pub use calibration::{Calibration, conformal_quantile};
pub use error::SurrogateError;
pub use folds::{grouped_folds, k_folds};
pub use outcome::{Moments, Outcome};
