//! Property models: trained on a table, with calibrated intervals, a domain, and a file that says where they come from.

mod columns;
mod device;
mod domain;
mod evaluate;
mod explain;
mod file;
mod groups;
mod inputs;
mod interval;
mod kept;
mod learner;
mod shapley;
mod tensors;
mod train;

pub use columns::Columns;
pub use device::ModelPlace;
pub use domain::Domain;
pub use evaluate::{Evaluation, Scores};
pub use explain::{Contribution, Explanation, Nearest};
pub use groups::{GroupBy, elements_to_leave_out};
pub use inputs::{DescriptorSet, Inputs, Rows, STATES};
pub use learner::Kind;
pub use train::{TrainOptions, TrainingData};

use columns::Fast;
use inputs::Design;
use interval::Rules;
use kept::Kept;
use learner::Learner;
use std::sync::OnceLock;

use crate::SurrogateError;

/// What a model says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The name of the property and its unit.
    pub target: String,
    pub unit: String,
    /// The training data: name of the table, SHA-256 of its bytes, licence.
    pub data: String,
    pub sha256: String,
    pub licence: String,
    /// How confidential the training data are: `open`, or a label that everything derived from the model takes on.
    pub label: String,
}

impl Default for About {
    /// Nothing is said; the label is `open`.
    fn default() -> Self {
        Self {
            target: String::new(),
            unit: String::new(),
            data: String::new(),
            sha256: String::new(),
            licence: String::new(),
            label: "open".to_owned(),
        }
    }
}

/// A trained model of one property.
pub struct PropertyModel {
    pub(crate) about: About,
    pub(crate) inputs: Inputs,
    pub(crate) learner: Learner,
    pub(crate) domain: Domain,
    pub(crate) inside: Rules,
    pub(crate) outside: Rules,
    /// Standard deviation of the training targets.
    pub(crate) spread: f64,
    /// The smallest value that the property can have: 0 where no training target is negative.
    pub(crate) floor: f64,
    pub(crate) rows: usize,
    pub(crate) seed: u64,
    pub(crate) scores: Option<Scores>,
    /// Whether many training targets are exactly zero, so that zero has a probability of its own.
    pub(crate) zero_inflated: bool,
    pub(crate) kept: Option<Kept>,
    pub(crate) fast: OnceLock<Fast>,
}

/// What a model predicts of one candidate, in the property's unit; all NaN where it can say nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The best guess under squared errors, with its standard deviation.
    pub mean: f64,
    pub std: f64,
    /// The best guess under absolute errors.
    pub median: f64,
    /// Central intervals that hold the property with a probability of 68 and 95 %.
    pub interval_68: (f64, f64),
    pub interval_95: (f64, f64),
    /// The probability of exactly zero: of a metal where the property is a band gap.
    pub probability_of_zero: f64,
    /// Outside the training data, so less certain; the reason is in `notes`.
    pub outside: bool,
    pub notes: String,
}

/// Rows that are predicted at a time, which bounds the memory.
const CHUNK: usize = 8192;

impl PropertyModel {
    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// What it is fed with.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// Which learner it uses.
    pub fn kind(&self) -> Kind {
        self.learner.kind()
    }

    /// Where it has seen data.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Number of training rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The seed of its training.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Its cross-validated errors and coverage, if these were computed.
    pub fn scores(&self) -> Option<&Scores> {
        self.scores.as_ref()
    }

    /// Whether many training targets are exactly zero (metals among band gaps), so that zero has a probability of its own.
    pub fn is_zero_inflated(&self) -> bool {
        self.zero_inflated
    }

    /// States the errors and coverage that [`TrainingData::evaluate`] has found for models trained in this way.
    pub fn set_scores(&mut self, scores: Scores) {
        self.scores = Some(scores);
    }

    /// Predicts a batch.
    ///
    /// # Errors
    ///
    /// Inputs of another kind than the model's, a column that is not there, cancelled.
    pub fn predict(&self, rows: Rows, job: &job::Job) -> Result<Vec<Prediction>, SurrogateError> {
        let mut out = Vec::with_capacity(rows.len());
        for start in (0..rows.len()).step_by(CHUNK) {
            let end = (start + CHUNK).min(rows.len());
            let design = self.inputs.design_of(rows, start..end)?;
            out.extend(self.predict_design(&design, job)?);
        }
        Ok(out)
    }

    pub(crate) fn predict_design(
        &self,
        design: &Design,
        job: &job::Job,
    ) -> Result<Vec<Prediction>, SurrogateError> {
        self.learner.predict(design, job, |row, predicted| {
            let unknown = unknown(&self.inputs, design, row);
            let mean = predicted.mean();
            if unknown.is_some() || !mean.is_finite() {
                return Prediction::unknown(unknown.unwrap_or("no prediction"));
            }
            let outside = self.domain.excludes(design, row);
            let rules = if outside { &self.outside } else { &self.inside };
            let interval = |k: usize| rules.interval(k, predicted, self.spread, self.floor);
            Prediction {
                mean,
                std: rules.std(predicted.std()),
                median: predicted.quantile(0.5),
                interval_68: interval(0),
                interval_95: interval(1),
                probability_of_zero: predicted.probability_of(0.0),
                outside,
                notes: if outside {
                    self.domain.reason(&self.inputs, design, row)
                } else {
                    String::new()
                },
            }
        })
    }
}

/// Why nothing can be said of a row.
fn unknown(inputs: &Inputs, design: &Design, row: usize) -> Option<&'static str> {
    match inputs {
        Inputs::Composition(_) => (design.elements[row] == 0).then_some("no composition"),
        Inputs::Columns(_) => {
            let all = design.row(row).iter().all(|x| x.is_nan());
            all.then_some("no input is known")
        }
    }
}

impl Prediction {
    fn unknown(notes: &str) -> Self {
        Self {
            mean: f64::NAN,
            std: f64::NAN,
            median: f64::NAN,
            interval_68: (f64::NAN, f64::NAN),
            interval_95: (f64::NAN, f64::NAN),
            probability_of_zero: f64::NAN,
            outside: true,
            notes: notes.to_owned(),
        }
    }
}
