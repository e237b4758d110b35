//! Why a model predicts what it predicts: what each of its inputs adds to the mean, and the training rows nearest to the
//! candidate.

use super::inputs::{Design, Rows};
use super::kept::KeptRows;
use super::learner::Learner;
use super::shapley::{self, Parts};
use super::{Prediction, PropertyModel};
use crate::SurrogateError;

/// What one input adds to the mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    pub name: String,
    /// Of the candidate; NaN where it is not known.
    pub value: f64,
    /// In the property's unit.
    pub amount: f64,
    /// The standard error of `amount` where coalitions were sampled; 0 where it is exact.
    pub error: f64,
}

/// A training row.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// Its place among the training rows that the model keeps.
    pub row: usize,
    /// Its formula, or its columns.
    pub name: String,
    pub target: f64,
    /// Root mean square over the inputs of the difference, in standard deviations of the training rows.
    pub distance: f64,
}

/// Why a model predicts what it predicts of one candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub prediction: Prediction,
    /// The mean where no input is known; with all contributions it sums to the mean of the prediction.
    pub base: f64,
    /// By falling size.
    pub contributions: Vec<Contribution>,
    /// How they were found, for people.
    pub method: String,
    /// By rising distance; empty where the model keeps no training rows.
    pub nearest: Vec<Nearest>,
}

impl PropertyModel {
    /// Explains the prediction of one row of a batch, with so many of the nearest training rows.
    ///
    /// # Errors
    ///
    /// As [`PropertyModel::predict`]; a row that is not there or of which nothing can be predicted.
    pub fn explain(
        &self,
        rows: Rows,
        row: usize,
        nearest: usize,
        job: &job::Job,
    ) -> Result<Explanation, SurrogateError> {
        if row >= rows.len() {
            return Err(SurrogateError::Length {
                what: "the batch",
                found: rows.len(),
                expected: row + 1,
            });
        }
        let design = self.inputs.design_of(rows, row..row + 1)?;
        let prediction = self.predict_design(&design, job)?.swap_remove(0);
        if !prediction.mean.is_finite() {
            return Err(SurrogateError::Option {
                what: "the candidate to explain",
                value: prediction.notes,
                remedy: "choose one that the model predicts",
            });
        }
        let reference = self.reference()?;
        let parts = match &self.learner {
            Learner::Forest(forest) => shapley::of_forest(forest, design.row(0)),
            Learner::Boosted(boosted) => shapley::of_boosted(boosted, design.row(0)),
            learner => shapley::of_any(learner, &design, &reference, self.seed, job)?,
        };
        let Parts {
            base,
            amounts,
            errors,
            method,
        } = parts;
        let values = design.wide();
        let mut contributions: Vec<Contribution> = self
            .inputs
            .names()
            .into_iter()
            .zip(values.iter().zip(amounts.iter().zip(&errors)))
            .map(|(name, (value, (amount, error)))| Contribution {
                name,
                value: *value,
                amount: *amount,
                error: *error,
            })
            .collect();
        // What the learner does after its trees are summed.
        let rest = prediction.mean - base - amounts.iter().sum::<f64>();
        if rest.abs() > 1e-6 * self.spread {
            contributions.push(Contribution {
                name: "the property is not negative".to_owned(),
                value: f64::NAN,
                amount: rest,
                error: 0.0,
            });
        }
        contributions.sort_by(|a, b| b.amount.abs().total_cmp(&a.amount.abs()));
        Ok(Explanation {
            prediction,
            base,
            contributions,
            method,
            nearest: self.nearest(&design, &reference, nearest),
        })
    }

    /// The training rows that the model keeps, as the learner sees them; without any, none.
    fn reference(&self) -> Result<Design, SurrogateError> {
        match &self.kept {
            Some(kept) => self.inputs.design(kept.rows(self.inputs.columns())),
            None => Ok(Design {
                width: self.inputs.width(),
                ..Design::default()
            }),
        }
    }

    fn nearest(&self, design: &Design, reference: &Design, count: usize) -> Vec<Nearest> {
        let Some(kept) = &self.kept else {
            return Vec::new();
        };
        let (n, width) = (reference.len(), reference.width);
        let (all, candidate) = (&reference.values, &design.values);
        let mut sums = vec![0.0; n];
        for k in 0..width {
            let known = || {
                let column = all.iter().skip(k).step_by(width).map(|x| f64::from(*x));
                column.filter(|x| x.is_finite())
            };
            let count = known().count() as f64;
            let mean = known().sum::<f64>() / count;
            let variance = known().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
            if variance.is_nan() || variance <= 0.0 {
                continue;
            }
            // An unknown number is as far from any known one as two standard deviations, and near other unknown ones.
            for (row, sum) in sums.iter_mut().enumerate() {
                let (a, b) = (f64::from(all[row * width + k]), f64::from(candidate[k]));
                *sum += match (a.is_finite(), b.is_finite()) {
                    (true, true) => (a - b) * (a - b) / variance,
                    (false, false) => 0.0,
                    _ => 4.0,
                };
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|a, b| sums[*a].total_cmp(&sums[*b]).then(a.cmp(b)));
        order.truncate(count);
        let name = |row: usize| match &kept.rows {
            KeptRows::Compositions(compositions) => compositions.get(row).reduced_formula(),
            KeptRows::Columns(values) => {
                let columns = self.inputs.columns();
                let values = &values[row * columns.len()..(row + 1) * columns.len()];
                let parts = columns.iter().zip(values);
                let parts: Vec<String> = parts
                    .map(|(name, x)| format!("{name} {}", *x as f32))
                    .collect();
                parts.join(", ")
            }
        };
        order
            .into_iter()
            .map(|row| Nearest {
                row,
                name: name(row),
                target: kept.targets[row],
                distance: (sums[row] / width as f64).sqrt(),
            })
            .collect()
    }
}
