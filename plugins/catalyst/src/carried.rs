//! What the models that the plugin carries say of a candidate.

use plugin_sdk::InputColumn;

/// Names of the carried models, which are those of the columns that the host makes of them.
pub const GAP_MODEL: &str = "predicted_band_gap";
/// The host's column with the probability that the gap is exactly zero.
pub const METAL_COLUMN: &str = "predicted_band_gap_probability_of_zero";
/// See [`GAP_MODEL`]; eV per five-atom cell.
pub const STABILITY_MODEL: &str = "predicted_perovskite_stability";
/// Energy to bring a dopant from the bulk of its host to the surface, eV; of host and dopant alone, whatever their amounts.
pub const SEGREGATION_MODEL: &str = "predicted_segregation_energy";

/// Cross-validated figures of a carried model, in the unit of its target.
#[derive(Clone, Copy, Debug)]
pub struct Scores {
    /// Rows that were predicted by a model without them.
    pub rows: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Root mean square error.
    pub rmse: f64,
    /// Share of the variance that is explained.
    pub r2: f64,
    /// Share of the rows within their interval of 95 %.
    pub coverage_95: f64,
}

include!(concat!(env!("OUT_DIR"), "/scores.rs"));

/// Value and standard deviation (NaN where unknown) of a row; `None` where there is no value.
pub fn value(column: Option<InputColumn>, row: usize) -> Option<(f64, f64)> {
    let column = column?;
    let mean = column.mean.get(row).copied().filter(|x| x.is_finite())?;
    let std = column.std.and_then(|all| all.get(row).copied());
    Some((mean, std.unwrap_or(f64::NAN)))
}

/// Mean and standard deviation of a gap given that there is one, from those over metals (gap 0) and semiconductors together;
/// `None` where a metal is at least as likely.
pub fn gap_if_open(mean: f64, std: f64, metal: f64) -> Option<(f64, f64)> {
    let open = 1.0 - metal;
    if open.is_nan() || open <= 0.5 || mean <= 0.0 {
        return None;
    }
    // mean = open * centre, mean2 + std2 = open * (centre2 + variance)
    let centre = mean / open;
    let variance = (mean * mean + std * std) / open - centre * centre;
    Some((centre, libm::sqrt(variance.max(0.0))))
}
