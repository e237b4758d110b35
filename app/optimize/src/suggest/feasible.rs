//! What stands between a candidate and its success: constraints on outcomes, failures, known probabilities; and its cost.

use super::model::Model;
use super::normal::log_cdf;
use super::question::{Question, Threshold};
use super::viability::Viability;
use crate::Direction;

/// Everything that a candidate's improvement is multiplied by.
pub(crate) struct Feasibility {
    constraints: Vec<Limit>,
    pub viability: Option<Viability>,
    log_probabilities: Vec<usize>,
    cost: Option<usize>,
}

/// A bound on an outcome, in standardised units.
pub(crate) struct Limit {
    pub outcome: usize,
    /// 1: at least, -1: at most.
    pub side: f64,
    pub bound: f64,
}

impl Limit {
    /// The logarithm of the probability that it holds.
    pub fn log_probability(&self, mean: f64, sd: f64) -> f64 {
        let off = self.side * (mean - self.bound);
        if sd > 0.0 {
            log_cdf(off / sd)
        } else if off >= 0.0 {
            0.0
        } else if off < 0.0 {
            f64::NEG_INFINITY
        } else {
            f64::NAN
        }
    }
}

/// Whether a threshold lies on the side that is wanted anyway.
pub(crate) fn is_wanted_side(objective: Option<Direction>, threshold: Threshold) -> bool {
    matches!(
        (objective, threshold),
        (Some(Direction::Maximize), Threshold::AtLeast(_))
            | (Some(Direction::Minimize), Threshold::AtMost(_))
    )
}

impl Feasibility {
    /// Thresholds on the wanted side of an objective are left to the objectives; those on outcomes of which nothing is known
    /// to nobody: `unknown` names them.
    pub fn new(
        question: &Question,
        models: &[Model],
        viability: Option<Viability>,
        unknown: &mut Vec<String>,
    ) -> Self {
        let mut constraints = Vec::new();
        for (outcome, (aim, model)) in question.aims.iter().zip(models).enumerate() {
            let Some(threshold) = aim.threshold else {
                continue;
            };
            if is_wanted_side(aim.objective, threshold) {
                continue;
            }
            if matches!(model.kind, super::model::Kind::Nothing) {
                unknown.push(model.name.clone());
                continue;
            }
            constraints.push(limit(outcome, model, threshold));
        }
        Self {
            constraints,
            viability,
            log_probabilities: question.log_probabilities.clone(),
            cost: question.cost,
        }
    }

    pub fn constraints(&self) -> &[Limit] {
        &self.constraints
    }

    /// The logarithm of the probability that all is well, from each outcome's mean and standard deviation; NaN where
    /// something needed is not known.
    pub fn log_probability(
        &self,
        inputs: &[f64],
        extras: &[f64],
        outcome: impl Fn(usize) -> (f64, f64),
    ) -> f64 {
        let outcomes: f64 = self
            .constraints
            .iter()
            .map(|limit| {
                let (mean, sd) = outcome(limit.outcome);
                limit.log_probability(mean, sd)
            })
            .sum();
        outcomes + self.log_probability_beside_outcomes(inputs, extras)
    }

    /// The part of it that does not depend on surrogates of outcomes.
    pub fn log_probability_beside_outcomes(&self, inputs: &[f64], extras: &[f64]) -> f64 {
        let mut sum = 0.0;
        if let Some(viability) = &self.viability {
            sum += libm::log(viability.probability(inputs));
        }
        for column in &self.log_probabilities {
            // Probabilities do not exceed one.
            let log = extras[*column];
            sum += if log > 0.0 { 0.0 } else { log };
        }
        sum
    }

    /// The logarithm of the cost; NaN for one that is not known or not positive.
    pub fn log_cost(&self, extras: &[f64]) -> f64 {
        match self.cost {
            None => 0.0,
            Some(column) if extras[column] > 0.0 => libm::log(extras[column]),
            Some(_) => f64::NAN,
        }
    }
}

pub(crate) fn limit(outcome: usize, model: &Model, threshold: Threshold) -> Limit {
    let bound = model.standardised(threshold.bound());
    let (side, never) = match threshold {
        Threshold::AtLeast(_) => (1.0, f64::NEG_INFINITY),
        Threshold::AtMost(_) => (-1.0, f64::INFINITY),
    };
    Limit {
        outcome,
        side,
        // A bound that the transform has no value for lies below everything that it has one for (the logarithm of a negative
        // number), or above (the logit beyond its interval).
        bound: if bound.is_nan() {
            match model.transform {
                super::Transform::Logit { upper, .. } if threshold.bound() >= upper => {
                    f64::INFINITY
                }
                super::Transform::Log | super::Transform::Logit { .. } => f64::NEG_INFINITY,
                _ => never,
            }
        } else {
            bound
        },
    }
}
