//! What becomes of the answers of workers.

use crate::error::WorkbenchError;
use crate::parallel::Parallel;
use crate::state::LogLevel;
use crate::structure::SelectedStructure;
use crate::work::{Done, Workbench};
use screening::ScreeningError;
use std::sync::Arc;
use table::{FormulaHint, TableError};

impl Workbench {
    pub(crate) fn take_over(&mut self, done: Done) {
        match done {
            Done::Plugins(loaded) => self.take_plugins(loaded),
            Done::Explained(explained) => self.state.models.explained = explained,
            Done::Looked(looked) => self.take_look(looked),
            Done::Shelf(subject, done) => self.take_shelf(subject, done),
            Done::Preview(preview) => {
                if let Some(import) = &mut self.state.import {
                    import.preview = Some(preview.map_err(|error| error.to_string()));
                }
            }
            Done::Table(Ok(opened)) => {
                let table = opened.results.table().clone();
                let rows = table.len();
                for message in table.messages() {
                    self.log(LogLevel::Note, message.clone());
                }
                self.state.table = Some(table);
                self.state.results = Some(opened.results);
                self.structures = opened.structures;
                self.offer_trajectory(opened.frames);
                self.keep_rows(rows);
                // Where there are structures, the first is there to be looked at.
                if self.structures.is_some() && rows > 0 && self.state.project.selection.is_empty()
                {
                    self.state.project.selection = Arc::new(vec![0]);
                }
                self.show_structure();
                self.sort();
                self.screen();
            }
            Done::Table(Err(error)) => {
                self.log(LogLevel::Error, error.to_string());
                self.state.table_error = Some(error.to_string());
            }
            Done::Results(Ok(results)) => {
                for message in results.messages() {
                    self.log(LogLevel::Warning, message);
                }
                let counts = results.counts();
                if results.is_ranked() {
                    self.log(
                        LogLevel::Note,
                        format!(
                            "ranked {} of {} candidates, {} on the first front",
                            counts.feasible, counts.candidates, counts.front
                        ),
                    );
                }
                self.state.question_error = None;
                self.state.results = Some(Arc::new(*results));
                self.count_feasible(true);
                self.sort();
            }
            Done::Results(Err(WorkbenchError::Screening(ScreeningError::Cancelled))) => {
                // Where it was overtaken by another question, its answer was dropped: this was the user's wish.
                self.state.question_error = Some(CANCELLED.to_owned());
            }
            // Who asks for nothing is told, but did nothing wrong: structures are there to be looked at, too.
            Done::Results(Err(WorkbenchError::Screening(
                error @ ScreeningError::NothingApplies { .. },
            ))) if self.state.project.constraints.is_empty() => {
                self.log(LogLevel::Note, error.to_string());
                self.state.question_error = None;
            }
            // Settings of a process hold no formulas; they are there for a campaign.
            Done::Results(Err(WorkbenchError::Screening(ScreeningError::Table(
                error @ TableError::NoFormulaColumn {
                    hint: FormulaHint::None | FormulaHint::FirstLineIsRow,
                    ..
                },
            )))) if self.asks_for_columns_alone() => {
                let text = WorkbenchError::from(error).to_string();
                self.log(LogLevel::Note, text);
                self.state.question_error = None;
            }
            Done::Results(Err(error)) => {
                self.log(LogLevel::Error, error.to_string());
                self.state.question_error = Some(error.to_string());
            }
            Done::Rows(Some((rows, counts))) => {
                self.state.rows = Arc::new(rows);
                self.state.element_counts = Arc::new(counts);
                self.view += 1;
                self.plot();
                self.lay_hull();
            }
            Done::Structure(row, structure) => {
                let series = self.next_series();
                self.state.structure = Some(SelectedStructure {
                    row,
                    structure,
                    series,
                });
            }
            Done::Points(points) => {
                self.state.points = points;
                let key = |parallel: &Arc<Parallel>| parallel.key;
                let made_of = self
                    .state
                    .results
                    .as_ref()
                    .map(|r| (r.generation, self.view));
                if self.state.parallel.as_ref().map(key) != made_of {
                    self.lay_parallel();
                }
            }
            Done::Feasible(feasible) => self.state.feasible = feasible,
            Done::Elements(counts) => self.state.element_counts = Arc::new(counts),
            Done::Copied(Ok(text)) => {
                self.state.clipboard = (self.state.clipboard.0 + 1, text);
            }
            Done::Copied(Err(error)) => self.log(LogLevel::Error, error.to_string()),
            Done::Parallel(parallel) => self.state.parallel = parallel,
            Done::Rows(None) => {}
            Done::Exported(path, Ok(())) => {
                self.log(LogLevel::Note, format!("written: {}", path.display()));
            }
            Done::Exported(_, Err(error)) => self.log(LogLevel::Error, error.to_string()),
            Done::Models(used) => self.take_models(used),
            Done::Learnt(learnt) => self.take_learnt(learnt),
            Done::Begun(path, begun) => self.take_begun(path, begun),
            Done::Campaign(did) => self.take_campaign(*did),
            Done::Compared(faster) => self.state.campaigns.faster = faster,
            Done::Drill(drill) => self.take_drill(drill),
            Done::Relaxed(ran) => self.take_relaxed(ran),
            Done::Trajectory(read) => self.take_trajectory(read),
            Done::Prototypes(all) => self.state.generated.prototypes = Some(all),
            Done::Generated(made, folder) => self.take_generated(made, folder),
            Done::Written(written, next) => self.take_written(written, next),
            Done::Parent(found) => self.take_parent(found),
            Done::Hull(hull) => self.state.hull = hull.unwrap_or_default(),
        }
    }

    /// Whether nothing is wanted but of columns of the table.
    fn asks_for_columns_alone(&self) -> bool {
        let (project, table) = (&self.state.project, &self.state.table);
        let is_column = |name: &str| {
            table
                .as_ref()
                .is_some_and(|table| table.find_column(name).is_ok())
        };
        project.constraints.is_empty()
            && project.elements.is_empty()
            && project.objectives.iter().all(|o| is_column(&o.property))
    }

    /// Selections must not reach past the table, which may have become shorter since they were made.
    fn keep_rows(&mut self, rows: usize) {
        let gone = self.state.project.keep_rows(rows);
        self.history.change_all(|project| {
            project.keep_rows(rows);
        });
        if gone > 0 {
            self.log(
                LogLevel::Warning,
                format!("{gone} of the selected rows are not there any more: the table has {rows}"),
            );
        }
    }
}

/// What stands beside an answer to another question than the one that stands there.
const CANCELLED: &str = "cancelled: what is shown is no answer to this question; change it, or undo and redo, to ask again";
