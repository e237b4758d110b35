//! The answer: what to try next, why, and what is needed to find the same answer again.

use super::Acquisition;
use serde::{Deserialize, Serialize};

/// A batch of candidates, and why. Numbers that cannot be had are `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What was used; never `Auto`.
    pub acquisition: Acquisition,
    /// In the order in which they were chosen; fewer than asked for where the pool has no more.
    pub picks: Vec<Pick>,
    /// One for each outcome.
    pub models: Vec<ModelReport>,
    /// What was learned of failures; `None` where nothing failed.
    pub viability: Option<ViabilityReport>,
    /// The point that hypervolume is measured from, in the outcomes' units, one value for each objective; `None` with fewer
    /// than two objectives.
    pub reference: Option<Vec<f64>>,
    /// The hypervolume of the front of what was observed, in the product of the (transformed) objectives' units.
    pub hypervolume: Option<f64>,
    /// Rows of the study that no other observed and acceptable row dominates; one objective: the best.
    pub front: Vec<usize>,
    /// What proves the picks; `None` for baselines and for draws, where there is nothing to prove.
    pub certificate: Option<Certificate>,
    /// What a reader should know: fall-backs, rows set aside, jitter.
    pub notes: Vec<String>,
    /// The question's seed, and the draws that were used.
    pub seed: u64,
    pub samples: usize,
}

/// One suggested candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// Its place in the pool.
    pub index: usize,
    /// Its inputs.
    pub inputs: Vec<f64>,
    /// The acquisition function's value when it was chosen, given the picks before it; for `Log...` a natural logarithm.
    /// `None` for baselines.
    pub acquisition: Option<f64>,
    /// One for each outcome: what is expected before it is measured, given what was observed.
    pub outcomes: Vec<Belief>,
    /// The probability that every constraint on outcomes holds and the experiment works; 1 without constraints.
    pub probability_feasible: f64,
    /// The expected improvement of the objective (of the hypervolume), if it is feasible, beyond what was observed and what
    /// the picks before it are expected to bring; in the objective's (transformed) unit, or the product of them.
    pub expected_improvement: Option<f64>,
    /// What trying it costs.
    pub cost: Option<f64>,
    /// The tried row that is nearest to it.
    pub nearest: Option<NearestRow>,
}

/// What is expected of one outcome of a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// In the outcome's unit, without the noise of a measurement. `None`: nothing is known.
    pub mean: Option<f64>,
    pub std: Option<f64>,
    /// The probability that its threshold is passed; `None` without a threshold.
    pub passes: Option<f64>,
    /// What each input contributes to `mean - base`, on the scale of a given transform; where one was found, to the median in the
    /// outcome's own unit: Shapley values against the mean of the tried
    /// rows (exact up to 12 inputs, drawn beyond). Empty where not asked for or nothing is known.
    pub drivers: Vec<f64>,
    /// What the model expects of the mean of the tried rows, on the same scale.
    pub base: Option<f64>,
}

/// A tried row near a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearestRow {
    /// Its place in the study.
    pub row: usize,
    /// Euclidean, in the scaled inputs.
    pub distance: f64,
}

/// What was fitted for one outcome.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelReport {
    pub name: String,
    /// The kernel's name; empty where the outcome is known and nothing was fitted.
    pub kernel: String,
    /// One for each input, in units of the input's range: the smaller, the more the outcome depends on it.
    pub lengthscales: Vec<f64>,
    /// The standard deviation of the noise, on the transformed scale.
    pub noise_std: Option<f64>,
    /// The constant mean, on the transformed scale.
    pub mean: Option<f64>,
    /// Rows that were used, and distinct candidates among them.
    pub used: usize,
    pub distinct: usize,
    /// What the kernel matrix needed beyond the noise to be factored; 0 nearly always.
    pub jitter: f64,
    /// Fewer than two different values were measured, so standard deviations mean little.
    pub spread_unknown: bool,
    /// Leave-one-out: the mean log predictive density, the root mean square error in the transformed outcome's unit, and the
    /// share of the observations within the central 68 % and 95 % intervals.
    pub loo_log_density: Option<f64>,
    pub loo_rmse: Option<f64>,
    pub loo_coverage_68: Option<f64>,
    pub loo_coverage_95: Option<f64>,
    /// The power of the transform that was found for it; `None` where it was left as it is, or was given a transform.
    #[serde(default)]
    pub power: Option<f64>,
    /// Sets of hyperparameters that predictions were averaged over; 0: the ones above alone.
    #[serde(default)]
    pub members: usize,
}

/// What was learned of failures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViabilityReport {
    pub worked: usize,
    pub failed: usize,
    /// One for all inputs, in units of their ranges.
    pub lengthscale: f64,
}

/// What proves that no candidate outside those examined exactly could have been picked.
///
/// Adding a candidate to a batch never makes another's improvement larger, so the value that a candidate has alone bounds
/// what it adds later. All candidates are bounded in single precision; those whose bound reaches the best are examined in
/// double precision until none is left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// Candidates that could be suggested.
    pub candidates: usize,
    /// Candidates examined in double precision.
    pub examined: usize,
    /// For each pick: how far (in the logarithm of the acquisition function) the largest bound of a candidate not examined
    /// lies below the pick's value; `None` where all were examined. Never negative where `holds`.
    pub margins: Vec<Option<f64>>,
    /// The largest excess of an examined candidate's value over its bound, which the bounds were widened by.
    pub excess: f64,
    /// Whether the proof is complete. Where it is not, a note says why.
    pub holds: bool,
}
