//! Why a model predicts what it predicts of a row of a table.

use crate::model::ModelInputs;
use crate::{Model, ScreeningError, Structures};
use job::Job;
use matter::{CompositionRef, Compositions};
use surrogate::model::Explanation;
use table::Table;

/// What each input adds to a model's prediction of a row, and so many of the nearest training rows. `composition` is that of
/// the row's formula; it may be empty where the model's inputs are columns alone.
///
/// # Errors
///
/// A table that lacks what the model needs, a row of which nothing can be predicted; cancelled.
pub fn explain_row(
    model: &Model,
    table: &Table,
    row: usize,
    composition: CompositionRef<'_>,
    structures: Option<&Structures>,
    nearest: usize,
    job: &Job,
) -> Result<Explanation, ScreeningError> {
    let mut messages = Vec::new();
    let inputs = ModelInputs::of_model(model.name(), model.model().inputs(), table, &mut messages)?;
    let mut compositions = Compositions::new();
    compositions.push(composition);
    let candidates = inputs.candidates(&compositions, &[row], structures, job)?;
    let explained = model.model().explain(candidates.rows(), 0, nearest, job);
    explained.map_err(|error| match error {
        surrogate::SurrogateError::Cancelled => ScreeningError::Cancelled,
        error => ScreeningError::Model {
            model: model.name().to_owned(),
            error,
        },
    })
}
