//! Why the project's models predict what they predict of the selected candidate.

use crate::error::WorkbenchError;
use crate::state::TaskKind;
use crate::work::{Done, Workbench};
use screening::{ScreeningError, explain_row};
use surrogate::model::Explanation;

/// Training rows that an explanation names.
const NEAREST: usize = 5;

/// One model's explanation.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The model's property: `band_gap.band_gap`.
    pub property: String,
    pub unit: String,
    /// The explanation, or why there is none.
    pub explanation: Result<Explanation, String>,
}

/// What all models of the project say of a row.
#[derive(Clone, Debug)]
pub struct ExplainedRow {
    pub row: u32,
    pub models: Vec<Explained>,
}

impl Workbench {
    /// Explains the first of the selected candidates, on a worker thread.
    pub(crate) fn explain_selected(&mut self) -> Result<(), WorkbenchError> {
        let Some(results) = self.state.results.clone() else {
            return Err(WorkbenchError::NothingOpen);
        };
        let Some(&row) = self.state.project.selection.first() else {
            return Err(WorkbenchError::NothingSelected);
        };
        let (models, structures) = (self.models_in_use(), self.structures());
        self.start(TaskKind::Explain, move |job| {
            let mut explained = Vec::new();
            for model in models {
                let found = explain_row(
                    &model,
                    results.table(),
                    row as usize,
                    results.composition(row),
                    structures.as_deref(),
                    NEAREST,
                    job,
                );
                if matches!(found, Err(ScreeningError::Cancelled)) {
                    return Done::Explained(None);
                }
                explained.push(Explained {
                    property: model.property(),
                    unit: model.unit().to_owned(),
                    explanation: found.map_err(|error| error.to_string()),
                });
            }
            let models = explained;
            Done::Explained(Some(ExplainedRow { row, models }))
        });
        Ok(())
    }
}
