//! Leave-one-out predictions in closed form, and what they say of the model's errors and of its standard deviations.
//!
//! C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, MIT Press 2006, equations 5.10 to 5.12; the
//! hyperparameters, the mean among them, are those of the fit with all observations.

use super::Gp;
use crate::calibration::Calibration;
use crate::normal;

/// Predictions for each distinct candidate by the model conditioned on all others: all observations of a candidate are
/// left out together. Units are those of the transformed target.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaveOneOut {
    /// The observed values, pooled over repeats, in the order in which the candidates first occur.
    pub observed: Vec<f64>,
    pub mean: Vec<f64>,
    /// With the noise of the pooled observation: comparable with `observed`.
    pub std: Vec<f64>,
    /// The mean over candidates of the log predictive density, per unit of the standardised target; larger is better.
    pub log_density: f64,
    pub calibration: Calibration,
}

impl Gp {
    /// Leave-one-out predictions; `None` for fewer than two distinct candidates.
    pub fn leave_one_out(&self) -> Option<LeaveOneOut> {
        let conditioned = self.conditioned.as_ref()?;
        let n = self.data.len();
        if n < 2 {
            return None;
        }
        let (centre, spread) = self.standardisation();
        let (mut observed, mut mean, mut std) = (Vec::new(), Vec::new(), Vec::new());
        let mut log_density = 0.0;
        for i in 0..n {
            let variance = 1.0 / conditioned.inverse[(i, i)];
            let y = conditioned.pooled.y[i];
            let m = y - conditioned.weights[i] * variance;
            log_density += normal::log_density(y, m, variance) / n as f64;
            observed.push(centre + spread * y);
            mean.push(centre + spread * m);
            std.push(spread * variance.sqrt());
        }
        Some(LeaveOneOut {
            calibration: Calibration::of(&observed, &mean, &std),
            observed,
            mean,
            std,
            log_density,
        })
    }
}
