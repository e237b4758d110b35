//! The work that workers are given: reading, asking, sorting, counting, laying out, writing.

use crate::chart::PlotRange;
use crate::parallel::Parallel;
use crate::points::Points;
use crate::project::Project;
use crate::results::Results;
use crate::state::TaskKind;
use crate::structure::{self, SelectedStructure};
use crate::work::{Done, Opened, Workbench};
use crate::{export, feasible, points, read, screen, view};
use plugin_host::Plugin;
use std::path::PathBuf;
use std::sync::Arc;

impl Workbench {
    pub(crate) fn read_table(&mut self) {
        self.forget_candidates();
        let Some(source) = self.state.project.source.clone() else {
            return;
        };
        let formula = self.state.project.formula_column.clone();
        self.start(TaskKind::Read, move |job| {
            Done::Table(read::read(&source, job).map(|candidates| {
                let table = Arc::new(candidates.table);
                Box::new(Opened {
                    results: Arc::new(Results::of_table(0, table, formula.as_deref())),
                    structures: candidates.structures,
                    frames: candidates.frames,
                })
            }))
        });
    }

    fn forget_candidates(&mut self) {
        for kind in [
            TaskKind::Read,
            TaskKind::Structure,
            TaskKind::Screen,
            TaskKind::Sort,
            TaskKind::Plot,
            TaskKind::Parallel,
            TaskKind::Elements,
            TaskKind::Count,
            TaskKind::Parent,
        ] {
            self.stop(kind);
        }
        let state = &mut self.state;
        state.table = None;
        state.results = None;
        state.rows = Arc::default();
        state.points = None;
        state.feasible = None;
        state.parallel = None;
        state.element_counts = Arc::default();
        state.question_error = None;
        state.table_error = None;
        state.structure = None;
        state.generated.parent = None;
        self.structures = None;
        self.forget_trajectory();
        self.lay_hull();
    }

    /// Asks the plugins, once they and the table are there.
    pub(crate) fn screen(&mut self) {
        let Some(table) = self.state.table.clone() else {
            return;
        };
        if !(self.plugins_ready && self.models_ready) {
            return;
        }
        let project = self.state.project.clone();
        let on = |id: &str| !project.plugins_off.contains(id);
        let plugins: Vec<Plugin> = self
            .state
            .plugins
            .iter()
            .map(|loaded| loaded.plugin.clone())
            .filter(|plugin| on(plugin.id()))
            .collect();
        let structures = self.structures.clone();
        let models = self.models_in_use();
        let generation = self.state.results.as_ref().map_or(0, |r| r.generation) + 1;
        self.start(TaskKind::Screen, move |job| {
            Done::Results(
                screen::screen(
                    generation, &project, plugins, models, table, structures, job,
                )
                .map(Box::new),
            )
        });
    }

    /// Finds the rows to show.
    pub(crate) fn sort(&mut self) {
        let Some(results) = self.state.results.clone() else {
            return;
        };
        let project = self.state.project.clone();
        self.start(TaskKind::Sort, move |job| {
            let rows = view::rows(&results, &project, job).ok();
            Done::Rows(rows.map(|rows| {
                let counts = element_counts(&results, &project, &rows);
                (rows, counts)
            }))
        });
    }

    /// Finds the structure of the first of the selected candidates.
    pub(crate) fn show_structure(&mut self) {
        self.stop(TaskKind::Structure);
        let project = &self.state.project;
        let (Some(results), Some(source), Some(&row)) = (
            self.state.results.clone(),
            project.source.clone(),
            project.selection.first(),
        ) else {
            self.state.structure = None;
            return;
        };
        if self.state.structure.as_ref().is_some_and(|s| s.row == row) {
            return;
        }
        let Some(place) = structure::place_of(results.table(), &source, row) else {
            self.state.structure = Some(SelectedStructure {
                row,
                structure: None,
                series: 0,
            });
            return;
        };
        self.start(TaskKind::Structure, move |_| {
            let structure = Some(place.read());
            Done::Structure(row, structure)
        });
    }

    /// Writes a file that the window makes, a picture of a structure for example, on a worker thread.
    pub fn write_file(
        &mut self,
        path: PathBuf,
        contents: impl FnOnce() -> Result<Vec<u8>, String> + Send + 'static,
    ) {
        self.start(TaskKind::Export, move |_| {
            let written = export::file(&path, contents);
            Done::Exported(path, written)
        });
    }

    /// Counts elements anew where the selection changed: at once where a click selects some, else beside the window.
    pub(crate) fn count_elements(&mut self) {
        const AT_ONCE: usize = 20_000;
        let Some(results) = self.state.results.clone() else {
            return;
        };
        self.stop(TaskKind::Elements);
        let (project, rows) = (self.state.project.clone(), self.state.rows.clone());
        let counted = match project.selection.len() {
            0 => rows.len(),
            selected => selected,
        };
        if counted <= AT_ONCE {
            self.state.element_counts = Arc::new(element_counts(&results, &project, &rows));
            return;
        }
        self.start(TaskKind::Elements, move |_| {
            Done::Elements(element_counts(&results, &project, &rows))
        });
    }

    /// Counts the candidates that satisfy the constraints, where the predictions at hand are those that are asked for.
    pub(crate) fn count_feasible(&mut self, same_predictions: bool) {
        self.stop(TaskKind::Count);
        let (Some(results), true) = (self.state.results.clone(), same_predictions) else {
            self.state.feasible = None;
            return;
        };
        let project = self.state.project.clone();
        self.start(TaskKind::Count, move |job| {
            Done::Feasible(feasible::feasible(&results, &project, job).ok().flatten())
        });
    }

    /// Rows as text for the clipboard.
    pub(crate) fn copy(&mut self, results: Arc<Results>, rows: Arc<Vec<u32>>) {
        self.start(TaskKind::Copy, move |job| {
            Done::Copied(export::csv(&results, &rows, job))
        });
    }

    /// Places the points of the plot.
    pub(crate) fn plot(&mut self) {
        let Some(results) = self.state.results.clone() else {
            return;
        };
        let (project, rows, view) = (
            self.state.project.clone(),
            self.state.rows.clone(),
            self.view,
        );
        self.start(TaskKind::Plot, move |job| {
            let points = points::points(&results, &project, &rows, view, job);
            Done::Points(points.ok().flatten().map(Arc::new))
        });
    }

    /// Lays the rows over the parallel axes.
    pub(crate) fn lay_parallel(&mut self) {
        let Some(results) = self.state.results.clone() else {
            return;
        };
        let (project, rows, view) = (
            self.state.project.clone(),
            self.state.rows.clone(),
            self.view,
        );
        self.start(TaskKind::Parallel, move |job| {
            let parallel = Parallel::new(&results, &project, rows, view, job);
            Done::Parallel(parallel.ok().flatten().map(Arc::new))
        });
    }

    pub(crate) fn export_parallel(&mut self, path: PathBuf, parallel: Arc<Parallel>) {
        let fonts = self.setup.fonts.clone();
        let project = self.state.project.clone();
        self.start(TaskKind::Export, move |_| {
            let written = export::parallel(&parallel, &project, &fonts, &path);
            Done::Exported(path, written)
        });
    }

    pub(crate) fn export(&mut self, path: PathBuf, rows: Arc<Vec<u32>>, results: Arc<Results>) {
        self.start(TaskKind::Export, move |job| {
            let written = export::table(&results, &rows, &path, job);
            Done::Exported(path, written)
        });
    }

    pub(crate) fn export_plot(
        &mut self,
        path: PathBuf,
        points: Arc<Points>,
        range: Option<PlotRange>,
    ) {
        let fonts = self.setup.fonts.clone();
        let selection = self.state.project.selection.clone();
        self.start(TaskKind::Export, move |_| {
            let written = export::plot(&points, range, &selection, &fonts, &path);
            Done::Exported(path, written)
        });
    }

    /// Reads the table that may be imported.
    pub(crate) fn preview(&mut self) {
        let Some(import) = &self.state.import else {
            return;
        };
        let (path, formula) = (import.path.clone(), import.formula_column.clone());
        self.start(TaskKind::Preview, move |job| {
            Done::Preview(read::preview(&path, formula.as_deref(), job).map(Arc::new))
        });
    }
}

/// The elements of the selected rows, or of all shown where none is selected.
fn element_counts(results: &Results, project: &Project, rows: &[u32]) -> Vec<u32> {
    if project.selection.is_empty() {
        view::element_counts(results, rows)
    } else {
        view::element_counts(results, &project.selection)
    }
}
