//! What has been tried: inputs, outcomes, failures, and what is still in flight.

use super::SuggestError;
use serde::{Deserialize, Serialize};

/// Everything that is known so far, in columns over `n` rows: one row an experiment, repeats included.
///
/// Inputs are points of the search space, each coordinate scaled by the space's (or the pool's) bounds, not by the data:
/// 0 to 1, so that a lengthscale means the same in every round. A row with an input that is not finite is set aside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// `d`, the number of inputs.
    pub dimensions: usize,
    /// `n x d`, row after row: what was made, where that differs from what was suggested.
    pub inputs: Vec<f64>,
    /// `n x k`, row after row: the pool's further columns (see [`super::Pool::extras`]) at the tried rows; NaN unknown.
    pub extras: Vec<f64>,
    pub outcomes: Vec<OutcomeColumn>,
    /// For each row: the experiment worked, failed, or nobody can say. Empty: nobody can say of any.
    pub viable: Vec<Option<bool>>,
    /// `p x d`, row after row: experiments in flight, whose outcomes are not known yet.
    pub pending: Vec<f64>,
    /// `p x k`.
    pub pending_extras: Vec<f64>,
}

/// One outcome over the `n` rows of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeColumn {
    /// Its full name, for messages and reports.
    pub name: String,
    /// In the outcome's unit; NaN: not measured in this row. Failed experiments have NaN here and `Some(false)` above.
    pub values: Vec<f64>,
    /// Standard deviations of the measurements, in the outcome's unit; NaN unknown, 0 exact. `None`: all unknown.
    pub std: Option<Vec<f64>>,
    pub transform: Transform,
}

/// What the surrogate of an outcome is fitted to. Expectations and improvements are in transformed units; means and
/// standard deviations are told in the outcome's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Transform {
    /// The outcome itself.
    #[default]
    None,
    /// The natural logarithm; for positive outcomes over decades.
    Log,
    /// `sign(y) ln(1 + |y|/unit)`; for outcomes of both signs over decades.
    BiLog { unit: f64 },
    /// `ln((y - lower) / (upper - y))`; for outcomes that cannot leave an interval.
    Logit { lower: f64, upper: f64 },
    /// I.-K. Yeo and R. A. Johnson's power transform of `(y - centre)/unit`: see [`surrogate::Outcome::YeoJohnson`]. A question
    /// may find one by itself: [`super::Question::straighten`].
    YeoJohnson { centre: f64, unit: f64, power: f64 },
}

impl Transform {
    pub(crate) fn outcome(self) -> surrogate::Outcome {
        match self {
            Self::None => surrogate::Outcome::Identity,
            Self::Log => surrogate::Outcome::Log,
            Self::BiLog { unit } => surrogate::Outcome::BiLog { unit },
            Self::Logit { lower, upper } => surrogate::Outcome::Logit { lower, upper },
            Self::YeoJohnson {
                centre,
                unit,
                power,
            } => surrogate::Outcome::YeoJohnson {
                centre,
                unit,
                power,
            },
        }
    }
}

impl Study {
    /// A study of `dimensions` inputs and these outcomes in which nothing was tried.
    pub fn new(dimensions: usize, outcomes: &[&str]) -> Self {
        Self {
            dimensions,
            outcomes: outcomes
                .iter()
                .map(|name| OutcomeColumn {
                    name: (*name).to_owned(),
                    values: Vec::new(),
                    std: None,
                    transform: Transform::None,
                })
                .collect(),
            ..Self::default()
        }
    }

    /// `n`.
    pub fn rows(&self) -> usize {
        self.inputs.len().checked_div(self.dimensions).unwrap_or(0)
    }

    /// `p`.
    pub fn in_flight(&self) -> usize {
        self.pending.len().checked_div(self.dimensions).unwrap_or(0)
    }

    /// The inputs of a row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.inputs[row * self.dimensions..(row + 1) * self.dimensions]
    }

    /// Whether a row failed.
    pub fn failed(&self, row: usize) -> bool {
        self.viable.get(row) == Some(&Some(false))
    }

    /// Checks lengths and values against a pool of `extras` further columns.
    pub(crate) fn check(&self, dimensions: usize, extras: usize) -> Result<(), SuggestError> {
        if self.dimensions == 0 {
            return Err(SuggestError::Option {
                what: "the number of inputs".into(),
                value: "0".into(),
                remedy: "name at least one column that describes the candidates",
            });
        }
        let (n, p) = (self.rows(), self.in_flight());
        let length = |what: String, found: usize, expected: usize| {
            if found == expected {
                Ok(())
            } else {
                Err(SuggestError::Length {
                    what,
                    found,
                    expected,
                })
            }
        };
        length("a row of the study".into(), self.dimensions, dimensions)?;
        length(
            "the block of inputs".into(),
            self.inputs.len(),
            n * dimensions,
        )?;
        length(
            "the block of inputs in flight".into(),
            self.pending.len(),
            p * dimensions,
        )?;
        length(
            "the block of further columns".into(),
            self.extras.len(),
            n * extras,
        )?;
        length(
            "the block of further columns in flight".into(),
            self.pending_extras.len(),
            p * extras,
        )?;
        if !self.viable.is_empty() {
            length("the column of failures".into(), self.viable.len(), n)?;
        }
        for outcome in &self.outcomes {
            let name = &outcome.name;
            length(format!("the column of {name}"), outcome.values.len(), n)?;
            let Some(std) = &outcome.std else { continue };
            length(
                format!("the column of standard deviations of {name}"),
                std.len(),
                n,
            )?;
            if let Some(row) = std.iter().position(|std| *std < 0.0) {
                return Err(SuggestError::Value {
                    what: format!("the standard deviation of {name}"),
                    row,
                    value: std[row],
                    remedy: "give a positive number, 0 for an exact value, or NaN for an unknown one",
                });
            }
        }
        Ok(())
    }
}
