//! Evaluation by folds: each row is predicted by a model that was selected, calibrated and trained without its fold.

use matter::Compositions;

use super::inputs::Rows;
use super::train::{TrainOptions, TrainingData};
use super::{About, Prediction};
use crate::SurrogateError;

/// Errors of predictions, and how often the observation fell into the stated interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    pub count: usize,
    /// Of the medians.
    pub mae: f64,
    /// Of the means.
    pub rmse: f64,
    pub r2: f64,
    pub coverage_68: f64,
    pub coverage_95: f64,
}

/// The predictions of all folds.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// For each row of the table; `None` for rows that took no part.
    pub predictions: Vec<Option<Prediction>>,
    /// Over all predicted rows.
    pub scores: Scores,
    /// For each fold, in their order.
    pub folds: Vec<Scores>,
}

impl Scores {
    /// Of observations and predictions; rows without a prediction are passed over. NaN without rows.
    pub fn of<'a>(rows: impl IntoIterator<Item = (f64, &'a Prediction)>) -> Self {
        let rows: Vec<(f64, &Prediction)> = rows
            .into_iter()
            .filter(|(y, p)| y.is_finite() && p.mean.is_finite())
            .collect();
        let n = rows.len() as f64;
        let average = |f: &dyn Fn(f64, &Prediction) -> f64| {
            rows.iter().map(|(y, p)| f(*y, p)).sum::<f64>() / n
        };
        let centre = average(&|y, _| y);
        let mse = average(&|y, p| (y - p.mean).powi(2));
        let within = |y: f64, (low, high): (f64, f64)| f64::from(u8::from(low <= y && y <= high));
        Self {
            count: rows.len(),
            mae: average(&|y, p| (y - p.median).abs()),
            rmse: mse.sqrt(),
            r2: 1.0 - mse / average(&|y, _| (y - centre).powi(2)),
            coverage_68: average(&|y, p| within(y, p.interval_68)),
            coverage_95: average(&|y, p| within(y, p.interval_95)),
        }
    }
}

impl TrainingData<'_> {
    /// Trains once for each fold without its rows and predicts these. `folds` holds the fold of each row, from
    /// [`crate::k_folds`] (as matbench divides) or [`crate::grouped_folds`].
    ///
    /// # Errors
    ///
    /// As [`TrainingData::train`].
    pub fn evaluate(
        &self,
        folds: &[usize],
        options: &TrainOptions,
        job: &job::Job,
    ) -> Result<Evaluation, SurrogateError> {
        let n = self.rows.len();
        if folds.len() != n {
            return Err(SurrogateError::Length {
                what: "the list of folds",
                found: folds.len(),
                expected: n,
            });
        }
        let count = folds.iter().max().map_or(0, |last| last + 1);
        let tests = (0..count).map(|fold| (0..n).filter(|row| folds[*row] == fold).collect());
        self.evaluate_tests(tests, options, job)
    }

    /// Leaves out, in turn, all compositions that hold each of the elements. A row counts in the test of each of its
    /// elements; `predictions` keeps the last.
    ///
    /// # Errors
    ///
    /// As [`TrainingData::train`]; columns instead of compositions.
    pub fn evaluate_without_elements(
        &self,
        elements: &[matter::Element],
        options: &TrainOptions,
        job: &job::Job,
    ) -> Result<Evaluation, SurrogateError> {
        let Rows::Compositions(compositions) = self.rows else {
            return Err(SurrogateError::Inputs {
                needed: "a column of formulas".to_owned(),
            });
        };
        let holds =
            |compositions: &Compositions, row, element| compositions.get(row).contains(element);
        let tests = elements.iter().map(|element| {
            (0..compositions.len())
                .filter(|row| holds(compositions, *row, *element))
                .collect()
        });
        self.evaluate_tests(tests, options, job)
    }

    fn evaluate_tests(
        &self,
        tests: impl Iterator<Item = Vec<usize>>,
        options: &TrainOptions,
        job: &job::Job,
    ) -> Result<Evaluation, SurrogateError> {
        let prepared = self.prepare(options)?;
        let mut predictions = vec![None; self.rows.len()];
        let mut folds = Vec::new();
        let mut pooled = Vec::new();
        for table_rows in tests {
            let mut tested = vec![false; self.rows.len()];
            table_rows.iter().for_each(|row| tested[*row] = true);
            let (test, train): (Vec<usize>, Vec<usize>) =
                (0..prepared.origin.len()).partition(|row| tested[prepared.origin[*row]]);
            if test.is_empty() || train.len() < 10 {
                continue;
            }
            let model = prepared.train(&train, About::default(), options.seed, job)?;
            // All variants of one table hold the same rows; the model knows which one it was trained on.
            let design = prepared
                .variants
                .iter()
                .find(|(inputs, ..)| *inputs == model.inputs)
                .map(|(.., design)| design.select(&test))
                .ok_or(SurrogateError::NoInputs)?;
            let predicted = model.predict_design(&design, job)?;
            let observed = || test.iter().map(|row| prepared.targets[*row]);
            folds.push(Scores::of(observed().zip(&predicted)));
            pooled.extend(observed().zip(predicted.iter().cloned()));
            for (row, prediction) in test.iter().zip(predicted) {
                predictions[prepared.origin[*row]] = Some(prediction);
            }
        }
        Ok(Evaluation {
            scores: Scores::of(pooled.iter().map(|(y, p)| (*y, p))),
            predictions,
            folds,
        })
    }
}
