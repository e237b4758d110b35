//! One model over a whole table, without a ranking.

use crate::formulas::Formulas;
use crate::model::{Model, ModelInputs, ModelPlan};
use crate::outcome::rejected;
use crate::{Rejected, ScreeningError, Structures};
use compute::Device;
use job::Job;
use matter::Compositions;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;
use surrogate::SurrogateError;
use surrogate::model::{Columns, Explanation, Prediction};
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

/// A model with its inputs found in a table.
struct OnTable<'a> {
    table: &'a Table,
    plan: ModelPlan,
    /// Where the inputs need them.
    formulas: Option<Formulas>,
    structures: Option<Arc<Structures>>,
    messages: Vec<String>,
}

/// Rows of the table whose inputs can be read, their compositions, and the rows whose inputs cannot.
type Batch = (Vec<usize>, Compositions, Vec<(usize, String)>);

impl<'a> OnTable<'a> {
    fn new(
        table: &'a Table,
        model: &Model,
        formula_column: Option<&str>,
        structures: Option<Arc<Structures>>,
    ) -> Result<Self, ScreeningError> {
        let mut messages = Vec::new();
        let wanted = model.model().inputs();
        let inputs = ModelInputs::of_model(model.name(), wanted, table, &mut messages)?;
        if inputs.need_structures() && structures.is_none() {
            return Err(ScreeningError::ModelStructures {
                model: model.name().to_owned(),
            });
        }
        let formulas = match inputs.need_formulas() {
            false => None,
            true => Some(Formulas::find(table, formula_column, structures.clone())?),
        };
        let model = model.clone();
        Ok(Self {
            table,
            // Medians and intervals are the processor's work.
            plan: ModelPlan::new(model, inputs, table.len(), &Device::cpu()),
            formulas,
            structures,
            messages,
        })
    }

    fn chunk(&self, chunk: usize) -> Batch {
        let all = self.table.chunk_rows(chunk);
        let (first, count) = (all.start, all.len());
        let (accepted, compositions, rejected) = match &self.formulas {
            None => (None, Compositions::new(), Vec::new()),
            Some(formulas) => {
                let read = formulas.read(self.table, all);
                (read.accepted, read.compositions, read.rejected)
            }
        };
        let rows = match accepted {
            None => (first..first + count).collect(),
            Some(accepted) => accepted.iter().map(|at| first + *at as usize).collect(),
        };
        (rows, compositions, rejected)
    }

    /// The error where not one row can be used: most likely the wrong column.
    fn some(&self, rows: usize, rejected: &[(usize, String)]) -> Result<(), ScreeningError> {
        match rejected.first() {
            Some((row, reason)) if rows == 0 => Err(ScreeningError::NoCandidate {
                rows: self.table.len(),
                line: self.table.line(*row),
                reason: reason.clone(),
            }),
            _ => Ok(()),
        }
    }
}

/// Predicts a table with a model; `intervals` asks for medians and intervals too, which takes longer. Works on the threads
/// of the rayon pool it is called in.
///
/// # Errors
///
/// Inputs that the table does not have, no row that can be used, cancelled.
pub fn predict_table(
    table: &Table,
    model: &Model,
    formula_column: Option<&str>,
    structures: Option<Arc<Structures>>,
    intervals: bool,
    job: &Job,
) -> Result<PredictedRows, ScreeningError> {
    let on_table = OnTable::new(table, model, formula_column, structures)?;
    let (plan, structures) = (&on_table.plan, on_table.structures.as_deref());
    job.stage("predicting", Some(table.len() as u64));
    let chunks = (0..table.chunk_count()).into_par_iter().map(|chunk| {
        let (rows, compositions, rejected) = on_table.chunk(chunk);
        let said = plan.predict(&compositions, &rows, structures, job)?;
        let whole = match intervals {
            true => plan.predict_whole(&compositions, &rows, structures, job)?,
            false => Vec::new(),
        };
        job.advance(table.chunk_rows(chunk).len() as u64);
        Ok((rows, said, whole, rejected))
    });
    let chunks = chunks.collect::<Result<Vec<_>, ScreeningError>>()?;
    let mut all = PredictedRows {
        rows: Vec::new(),
        columns: Columns::default(),
        whole: intervals.then(Vec::new),
        messages: Vec::new(),
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
    on_table.some(all.rows.len(), &all.rejected)?;
    all.messages = on_table.messages;
    Ok(all)
}

/// Why a model predicts what it predicts of rows of a table.
pub struct ExplainedRows {
    /// Row of the table, and the explanation, or why there is none.
    pub rows: Vec<(u32, Result<Explanation, String>)>,
    /// What the user should know of how the table was understood.
    pub messages: Vec<String>,
    rejected: Vec<(usize, String)>,
}

impl ExplainedRows {
    /// The rows that could not be used, those that could not be read included.
    pub fn rejected<'t>(&'t self, table: &'t Table) -> Vec<Rejected<'t>> {
        rejected(table, self.rejected.iter())
    }
}

/// Explains what a model predicts of some rows of a table, with so many of the nearest training rows.
///
/// # Errors
///
/// As [`predict_table`].
pub fn explain_table(
    table: &Table,
    model: &Model,
    formula_column: Option<&str>,
    structures: Option<Arc<Structures>>,
    wanted: Range<usize>,
    nearest: usize,
    job: &Job,
) -> Result<ExplainedRows, ScreeningError> {
    let on_table = OnTable::new(table, model, formula_column, structures)?;
    job.stage("explaining", Some(wanted.len() as u64));
    let mut all = ExplainedRows {
        rows: Vec::new(),
        messages: Vec::new(),
        rejected: Vec::new(),
    };
    let overlaps = |chunk: &usize| {
        let rows = table.chunk_rows(*chunk);
        rows.start < wanted.end && wanted.start < rows.end
    };
    for chunk in (0..table.chunk_count()).filter(overlaps) {
        let (rows, compositions, rejected) = on_table.chunk(chunk);
        let rejected = rejected.into_iter();
        all.rejected
            .extend(rejected.filter(|(row, _)| wanted.contains(row)));
        let structures = on_table.structures.as_deref();
        let inputs = &on_table.plan.inputs;
        let candidates = inputs.candidates(&compositions, &rows, structures, job)?;
        let chosen = rows.par_iter().enumerate();
        let chosen = chosen.filter(|(_, row)| wanted.contains(*row));
        let explained = chosen.map(|(at, row)| {
            let told = model
                .model()
                .explain(candidates.rows(), at, nearest, &job.part());
            job.advance(1);
            match told {
                Err(SurrogateError::Cancelled) => Err(ScreeningError::Cancelled),
                told => Ok((*row as u32, told.map_err(|error| error.to_string()))),
            }
        });
        let explained = explained.collect::<Result<Vec<_>, ScreeningError>>()?;
        all.rows.extend(explained);
    }
    on_table.some(all.rows.len(), &all.rejected)?;
    all.messages = on_table.messages;
    Ok(all)
}
