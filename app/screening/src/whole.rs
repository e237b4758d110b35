//! One model over a whole table, without a ranking.

use crate::formulas::Formulas;
use crate::model::{Model, ModelInputs, ModelPlan};
use crate::outcome::rejected;
use crate::{Rejected, ScreeningError, Structures};
use job::Job;
use matter::Compositions;
use rayon::prelude::*;
use std::sync::Arc;
use surrogate::model::{Columns, Prediction};
use table::Table;

/// What a model says of the rows of a table.
pub struct PredictedRows {
    /// Rows of the table, ascending; those whose inputs cannot be read are left out.
    pub rows: Vec<u32>,
    /// What is said of each of these rows.
    pub columns: Columns,
    /// The same with medians and intervals, where these were asked for.
    pub whole: Option<Vec<Prediction>>,
    /// What the user should know of how the table was understood.
    pub messages: Vec<String>,
    rejected: Vec<(usize, String)>,
}

impl PredictedRows {
    /// The rows that could not be used, those that could not be read included.
    pub fn rejected<'t>(&'t self, table: &'t Table) -> Vec<Rejected<'t>> {
        rejected(table, self.rejected.iter())
    }
}

/// Predicts a table with a model; `intervals` asks for medians and intervals too, which takes longer. Works on the threads of the rayon pool it is called in.
///
/// # Errors
///
/// Inputs that the table does not have, cancelled.
pub fn predict_table(
    table: &Table,
    model: &Model,
    formula_column: Option<&str>,
    structures: Option<Arc<Structures>>,
    intervals: bool,
    job: &Job,
) -> Result<PredictedRows, ScreeningError> {
    let mut messages = Vec::new();
    let inputs = ModelInputs::of_model(model.name(), model.model().inputs(), table, &mut messages)?;
    if inputs.need_structures() && structures.is_none() {
        return Err(ScreeningError::ModelStructures {
            model: model.name().to_owned(),
        });
    }
    let formulas = match inputs.need_formulas() {
        false => None,
        true => Some(Formulas::find(table, formula_column, structures.clone())?),
    };
    let plan = ModelPlan {
        model: model.clone(),
        inputs,
    };
    job.stage("predicting", Some(table.len() as u64));
    let chunks = (0..table.chunk_count()).into_par_iter().map(|chunk| {
        let all = table.chunk_rows(chunk);
        let (first, count) = (all.start, all.len());
        let (accepted, compositions, rejected) = match &formulas {
            None => (None, Compositions::new(), Vec::new()),
            Some(formulas) => {
                let read = formulas.read(table, all);
                (read.accepted, read.compositions, read.rejected)
            }
        };
        let rows: Vec<usize> = match accepted {
            None => (first..first + count).collect(),
            Some(accepted) => accepted.iter().map(|at| first + *at as usize).collect(),
        };
        let said = plan.predict(&compositions, &rows, structures.as_deref(), job)?;
        let whole = match intervals {
            true => plan.predict_whole(&compositions, &rows, structures.as_deref(), job)?,
            false => Vec::new(),
        };
        job.advance(count as u64);
        Ok((rows, said, whole, rejected))
    });
    let chunks = chunks.collect::<Result<Vec<_>, ScreeningError>>()?;
    let mut all = PredictedRows {
        rows: Vec::new(),
        columns: Columns::default(),
        whole: intervals.then(Vec::new),
        messages,
        rejected: Vec::new(),
    };
    for (rows, said, whole, rejected) in chunks {
        let before = all.rows.len();
        all.rows.extend(rows.iter().map(|row| *row as u32));
        all.columns.mean.extend(said.mean);
        all.columns.std.extend(said.std);
        all.columns.outside.extend(said.outside);
        let notes = said.notes.into_iter();
        let notes = notes.map(|(row, text)| (before + row, text));
        all.columns.notes.extend(notes);
        if let Some(zero) = said.probability_of_zero {
            let known = all.columns.probability_of_zero.get_or_insert_default();
            known.extend(zero);
        }
        if let Some(all) = &mut all.whole {
            all.extend(whole);
        }
        all.rejected.extend(rejected);
    }
    if all.rows.is_empty() {
        let first = all.rejected.first();
        let (line, reason) = first.map_or((0, String::new()), |(row, why)| {
            (table.line(*row), why.clone())
        });
        return Err(ScreeningError::NoCandidate {
            rows: table.len(),
            line,
            reason,
        });
    }
    Ok(all)
}
