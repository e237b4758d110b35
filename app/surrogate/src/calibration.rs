//! How right predictions are, and how right their standard deviations.

use crate::normal;

/// Errors of predictions against observations, and how often the observation fell within the stated uncertainty.
///
/// Coverage says how the intervals did on these rows. It promises the same for later ones only if those are drawn alike;
/// the picks of an optimisation are not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Rows in which observation, prediction and standard deviation are all known.
    pub count: usize,
    pub mae: f64,
    pub rmse: f64,
    /// 1 minus the mean squared error over the variance of the observations; NaN where these are all equal.
    pub r2: f64,
    /// Share of observations within 1 standard deviation (68.3 % if normal and right) and within 1.96 (95 %).
    pub coverage_68: f64,
    pub coverage_95: f64,
    /// The factor by which the standard deviations would have to be multiplied for the intervals of one and 1.96 of them
    /// to hold 68.3 and 95 % of these observations: above 1 for an overconfident model.
    pub scale_68: f64,
    pub scale_95: f64,
    /// Mean log density of the observations under normal predictions; the unit is that of `ln(1/target)`.
    pub log_density: f64,
}

/// The two-sided probability within one standard deviation.
const ONE_SIGMA: f64 = 0.682_689_492_137_085_9;

impl Calibration {
    /// Of columns of the same length; rows with a NaN in any are passed over. All figures are NaN without rows.
    pub fn of(observed: &[f64], mean: &[f64], std: &[f64]) -> Self {
        let rows: Vec<(f64, f64, f64)> = observed
            .iter()
            .zip(mean)
            .zip(std)
            .map(|((y, m), s)| (*y, *m, *s))
            .filter(|(y, m, s)| y.is_finite() && m.is_finite() && *s >= 0.0)
            .collect();
        let n = rows.len() as f64;
        let average = |f: &dyn Fn(&(f64, f64, f64)) -> f64| rows.iter().map(f).sum::<f64>() / n;
        let centre = average(&|row| row.0);
        let variance = average(&|row| (row.0 - centre).powi(2));
        let mse = average(&|row| (row.0 - row.1).powi(2));
        let z95 = normal::quantile(0.975);
        let mut z: Vec<f64> = rows
            .iter()
            .map(|(y, m, s)| if y == m { 0.0 } else { (y - m).abs() / s })
            .collect();
        z.sort_by(f64::total_cmp);
        let within = |limit: f64| z.iter().filter(|z| **z <= limit).count() as f64 / n;
        Self {
            count: rows.len(),
            mae: average(&|row| (row.0 - row.1).abs()),
            rmse: mse.sqrt(),
            r2: if variance > 0.0 {
                1.0 - mse / variance
            } else {
                f64::NAN
            },
            coverage_68: within(1.0),
            coverage_95: within(z95),
            scale_68: conformal_quantile(&z, ONE_SIGMA),
            scale_95: conformal_quantile(&z, 0.95) / z95,
            log_density: average(&|(y, m, s)| normal::log_density(*y, *m, s * s)),
        }
    }
}

/// The value that a further draw from the same distribution does not exceed with probability at least `p`: the
/// `⌈(n + 1) p⌉`-th smallest (V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World, Springer 2005); the
/// largest where `n` is too small for the promise; NaN of none. `sorted` ascends.
pub fn conformal_quantile(sorted: &[f64], p: f64) -> f64 {
    let rank = ((sorted.len() + 1) as f64 * p).ceil() as usize;
    match sorted.len() {
        0 => f64::NAN,
        n => sorted[rank.clamp(1, n) - 1],
    }
}
