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
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub outcome: usize,
    /// 1: at least, -1: at most.
    side: f64,
    bound: f64,
    /// Beside at least: at most this.
    upper: Option<f64>,
}

impl Limit {
    /// The logarithm of the probability that it holds.
    pub fn log_probability(&self, mean: f64, sd: f64) -> f64 {
        match self.upper {
            None => self.log_one_sided(mean, sd),
            Some(upper) if sd > 0.0 => {
                let (a, b) = ((self.bound - mean) / sd, (upper - mean) / sd);
                // In the tail that is not near one, where the difference keeps its digits.
                let (a, b) = if a > 0.0 { (-b, -a) } else { (a, b) };
                let (below, within) = (log_cdf(a), log_cdf(b));
                if within == f64::NEG_INFINITY {
                    return within;
                }
                within + libm::log(-libm::expm1(below - within))
            }
            Some(upper) if mean.is_nan() || upper.is_nan() => f64::NAN,
            Some(upper) if self.bound <= mean && mean <= upper => 0.0,
            Some(_) => f64::NEG_INFINITY,
        }
    }

    /// What the logarithm of the probability cannot exceed where the mean is known to `error` and the variance to
    /// `variance_error`. A window is never more probable than either of its sides.
    pub fn log_bound(&self, mean: f64, sd: f64, error: f64, variance_error: f64) -> f64 {
        let one = |limit: &Self| {
            let mean = mean + limit.side * error;
            let widened = [variance_error, -variance_error]
                .map(|error| limit.log_one_sided(mean, (sd * sd + error).max(0.0).sqrt()));
            widened[0].max(widened[1])
        };
        match self.upper {
            None => one(self),
            Some(upper) => {
                let above = Self {
                    side: -1.0,
                    bound: upper,
                    ..*self
                };
                one(self).min(one(&above))
            }
        }
    }

    fn log_one_sided(&self, mean: f64, sd: f64) -> f64 {
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
    let place = |bound: f64, never: f64| {
        let standardised = model.standardised(bound);
        if !standardised.is_nan() {
            return standardised;
        }
        // A bound that the transform has no value for lies below everything that it has one for (the logarithm of a negative
        // number), or above (the logit beyond its interval).
        match model.transform {
            super::Transform::Logit { upper, .. } if bound >= upper => f64::INFINITY,
            super::Transform::Log | super::Transform::Logit { .. } => f64::NEG_INFINITY,
            _ => never,
        }
    };
    let (side, bound, upper) = match threshold {
        Threshold::AtLeast(bound) => (1.0, place(bound, f64::NEG_INFINITY), None),
        Threshold::AtMost(bound) => (-1.0, place(bound, f64::INFINITY), None),
        Threshold::Between(low, high) => (
            1.0,
            place(low, f64::NEG_INFINITY),
            Some(place(high, f64::INFINITY)),
        ),
    };
    Limit {
        outcome,
        side,
        bound,
        upper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_s_probability_is_the_difference_of_its_sides() {
        let window = Limit {
            outcome: 0,
            side: 1.0,
            bound: -0.5,
            upper: Some(1.25),
        };
        for mean in [-40.0, -3.0, -0.6, 0.0, 0.4, 1.3, 5.0, 40.0] {
            for sd in [0.0, 0.01, 0.7, 3.0, 50.0] {
                let found = window.log_probability(mean, sd);
                // The normal density's sum over the window in steps, as the truth.
                let steps = 200_000;
                let step = 1.75 / f64::from(steps);
                let density = |i: i32| {
                    let z = (-0.5 + (f64::from(i) + 0.5) * step - mean) / sd;
                    libm::exp(-0.5 * z * z) / (sd * std::f64::consts::TAU.sqrt())
                };
                let truth = match sd > 0.0 {
                    true => (0..steps).map(density).sum::<f64>() * step,
                    false => f64::from(u8::from((-0.5..=1.25).contains(&mean))),
                };
                assert!(
                    (libm::exp(found) - truth).abs() < 1e-6 * truth + 1e-12,
                    "{mean} {sd}: {found} {truth}"
                );
                assert!(!found.is_nan() && found <= window.log_bound(mean, sd, 1e-6, 1e-6) + 1e-9);
            }
        }
    }
}
