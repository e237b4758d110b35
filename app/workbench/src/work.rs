//! The workbench itself, and its worker threads. Each kind of work has a generation: when the question changes, the running
//! work is cancelled, the new one gets the next number, and an answer with an older number is dropped.

use crate::chart::PlotRange;
use crate::error::WorkbenchError;
use crate::explain::ExplainedRow;
use crate::feasible::{self, Feasible};
use crate::models::{ModelReport, ModelsState, UsedModel};
use crate::parallel::Parallel;
use crate::plugins::{Loaded, Offered, ShelfDone, ShelfState, Subject};
use crate::points::Points;
use crate::project::Project;
use crate::read::Preview;
use crate::results::Results;
use crate::shelf::Shelf;
use crate::state::{LogLevel, LogLine, Preferences, State, Task, TaskKind};
use crate::store::{Folders, Left};
use crate::structure::{self, SelectedStructure};
use crate::undo::History;
use crate::{export, points, read, screen, view};
use job::Job;
use plugin_host::{Host, Plugin};
use screening::{ScreeningError, Structures};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Makes the host that plugins run in; called once, on a worker thread.
pub type MakeHost = Arc<dyn Fn() -> Result<Host, String> + Send + Sync>;

/// What the program that opens a workbench hands in.
#[derive(Clone)]
pub struct Setup {
    pub host: MakeHost,
    /// Where plugins are.
    pub shelf: Shelf,
    pub folders: Folders,
    /// TrueType or OpenType fonts for plots that are written as pictures.
    pub fonts: Vec<&'static [u8]>,
    /// Called by a worker when [`Workbench::poll`] has something to take over.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

/// The host, made by the first worker that needs it.
#[derive(Clone)]
pub(crate) struct SharedHost {
    made: Arc<OnceLock<Result<Host, String>>>,
    make: MakeHost,
}

impl SharedHost {
    /// The host, or why there is none; for worker threads.
    pub fn get(&self) -> Result<&Host, String> {
        let made = self.made.get_or_init(|| (self.make)());
        made.as_ref().map_err(Clone::clone)
    }
}

/// What a worker finished.
pub(crate) enum Done {
    Plugins(Result<Box<Loaded>, String>),
    /// `None`: cancelled.
    Explained(Option<ExplainedRow>),
    Looked(Result<Box<Offered>, String>),
    /// Why not, and whether only because a name belongs to another key.
    Shelf(Subject, Result<ShelfDone, (String, bool)>),
    Preview(Result<Arc<Preview>, WorkbenchError>),
    Table(Result<Box<Opened>, WorkbenchError>),
    /// The structure of a row.
    Structure(SelectedStructure),
    Results(Result<Box<Results>, WorkbenchError>),
    Rows(Option<(Vec<u32>, Vec<u32>)>),
    Points(Option<Arc<Points>>),
    Parallel(Option<Arc<Parallel>>),
    Elements(Vec<u32>),
    Feasible(Option<Feasible>),
    Copied(Result<String, WorkbenchError>),
    Exported(PathBuf, Result<(), WorkbenchError>),
    Models(Vec<UsedModel>),
    Learnt(Result<Box<ModelReport>, WorkbenchError>),
}

/// A table that was read, the view of it before any prediction, and structures of its rows.
pub(crate) struct Opened {
    results: Arc<Results>,
    structures: Option<Arc<Structures>>,
}

struct Message {
    task: u64,
    kind: TaskKind,
    generation: u64,
    /// `None`: the worker broke down; says so.
    done: Result<Done, String>,
}

/// How long after a change the unsaved work is written down.
const AUTOSAVE: Duration = Duration::from_secs(2);

/// State, and the one place where it changes.
pub struct Workbench {
    pub(crate) state: State,
    pub(crate) history: History,
    /// Unsaved work that is offered, the newest last.
    pub(crate) left: Vec<Left>,
    pub(crate) setup: Setup,
    pub(crate) host: SharedHost,
    generations: HashMap<TaskKind, u64>,
    next_task: u64,
    next_line: u64,
    view: u64,
    structures: Option<Arc<Structures>>,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    started: Instant,
    /// When the project changed without having been written down.
    pub(crate) changed: Option<Instant>,
    /// Whether the plugins were loaded, or refused.
    pub(crate) plugins_ready: bool,
    /// Whether the project's models were read, or refused.
    pub(crate) models_ready: bool,
}

impl Workbench {
    /// An empty workbench that begins to load its plugins.
    pub fn new(setup: Setup) -> Self {
        let (sender, receiver) = channel();
        let preferences = setup.folders.read_preferences();
        let (left, left_errors) = setup.folders.take_left();
        let mut workbench = Self {
            state: empty_state(preferences),
            history: History::default(),
            left,
            host: SharedHost {
                made: Arc::default(),
                make: setup.host.clone(),
            },
            setup,
            generations: HashMap::new(),
            next_task: 0,
            next_line: 0,
            view: 0,
            structures: None,
            sender,
            receiver,
            started: Instant::now(),
            changed: None,
            plugins_ready: false,
            models_ready: true,
        };
        workbench.offer_left();
        for error in left_errors {
            workbench.log(LogLevel::Warning, error.to_string());
        }
        workbench.load_plugins();
        workbench
    }

    /// What there is to see.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Tells the user something.
    pub fn log(&mut self, level: LogLevel, text: impl Into<String>) {
        const KEPT: usize = 1000;
        let text = text.into();
        if self.state.log.len() == KEPT {
            self.state.log.remove(0);
        }
        self.state.log.push(LogLine {
            number: self.next_line,
            level,
            text,
            at: self.started.elapsed(),
        });
        self.next_line += 1;
    }

    /// The structures of the table's rows.
    pub(crate) fn structures(&self) -> Option<Arc<Structures>> {
        self.structures.clone()
    }

    /// Whether any work is under way.
    pub fn is_busy(&self) -> bool {
        !self.state.tasks.is_empty()
    }

    /// Whether a change waits to be written down by a later [`Workbench::poll`].
    pub fn has_unwritten_work(&self) -> bool {
        self.changed.is_some()
    }

    /// Takes over what the workers finished, and writes unsaved work down now and then. Whether anything changed.
    pub fn poll(&mut self) -> bool {
        let mut changed = false;
        while let Ok(message) = self.receiver.try_recv() {
            self.state.tasks.retain(|task| task.id != message.task);
            changed = true;
            if self.generations.get(&message.kind) != Some(&message.generation) {
                continue;
            }
            match message.done {
                Ok(done) => self.take_over(done),
                Err(panic) => self.log(LogLevel::Error, panic),
            }
        }
        if self
            .changed
            .is_some_and(|since| since.elapsed() >= AUTOSAVE)
        {
            self.write_recovery();
        }
        changed
    }

    /// Waits until no work is under way, at most so long; whether that is so. For scripts and tests.
    pub fn wait(&mut self, most: Duration) -> bool {
        let until = Instant::now() + most;
        loop {
            self.poll();
            if !self.is_busy() {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Writes unsaved work down now; called when the program ends, too. Whether that went well.
    pub fn write_recovery(&mut self) -> bool {
        if self.changed.take().is_none() {
            return true;
        }
        let (project, path) = (&self.state.project, self.state.project_path.as_deref());
        let written = self.setup.folders.write_recovery(path, project);
        if let Err(error) = &written {
            let text = format!("unsaved work is not kept: {error}");
            self.log(LogLevel::Warning, text);
        }
        written.is_ok()
    }

    /// Starts work of a kind; work of that kind that is still under way is cancelled and its answer dropped, unless it is an
    /// export: a second file does not replace the first.
    pub(crate) fn start(
        &mut self,
        kind: TaskKind,
        work: impl FnOnce(&Job) -> Done + Send + 'static,
    ) {
        if kind != TaskKind::Export {
            self.stop(kind);
        }
        let generation = *self.generations.entry(kind).or_insert(0);
        let task = Task {
            id: self.next_task,
            kind,
            job: Job::new(),
            started: Instant::now(),
        };
        self.next_task += 1;
        let (id, job) = (task.id, task.job.clone());
        let (sender, wake) = (self.sender.clone(), self.setup.wake.clone());
        let spawned = std::thread::Builder::new()
            .name(format!("{kind:?}"))
            .spawn(move || {
                let done = catch_unwind(AssertUnwindSafe(|| work(&job)));
                let done = done.map_err(|panic| breakdown(kind, &*panic));
                let message = Message {
                    task: id,
                    kind,
                    generation,
                    done,
                };
                // Nobody listens once the workbench is gone.
                let _ = sender.send(message);
                wake();
            });
        match spawned {
            Ok(_) => self.state.tasks.push(task),
            Err(error) => self.log(
                LogLevel::Error,
                format!("cannot start a worker thread: {error}"),
            ),
        }
    }

    /// Cancels the work of a kind; its answer will be dropped.
    pub(crate) fn stop(&mut self, kind: TaskKind) {
        *self.generations.entry(kind).or_insert(0) += 1;
        for task in self.state.tasks.iter().filter(|task| task.kind == kind) {
            task.job.cancel();
        }
    }

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
        self.structures = None;
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
            });
            return;
        };
        self.start(TaskKind::Structure, move |_| {
            let structure = Some(place.read());
            Done::Structure(SelectedStructure { row, structure })
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

    fn take_over(&mut self, done: Done) {
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
            Done::Results(Err(error)) => {
                self.log(LogLevel::Error, error.to_string());
                self.state.question_error = Some(error.to_string());
            }
            Done::Rows(Some((rows, counts))) => {
                self.state.rows = Arc::new(rows);
                self.state.element_counts = Arc::new(counts);
                self.view += 1;
                self.plot();
            }
            Done::Structure(structure) => self.state.structure = Some(structure),
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
        }
    }
}

/// What stands beside an answer to another question than the one that stands there.
const CANCELLED: &str = "cancelled: what is shown is no answer to this question; change it, or undo and redo, to ask again";

/// The elements of the selected rows, or of all shown where none is selected.
fn element_counts(results: &Results, project: &Project, rows: &[u32]) -> Vec<u32> {
    if project.selection.is_empty() {
        view::element_counts(results, rows)
    } else {
        view::element_counts(results, &project.selection)
    }
}

fn breakdown(kind: TaskKind, panic: &(dyn std::any::Any + Send)) -> String {
    let why = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason given");
    format!("{kind:?} broke down, which is an error of this program: {why}")
}

fn empty_state(preferences: Preferences) -> State {
    State {
        project: Project::default(),
        project_path: None,
        unsaved: false,
        table: None,
        structure: None,
        results: None,
        feasible: None,
        question_error: None,
        table_error: None,
        rows: Arc::default(),
        points: None,
        parallel: None,
        element_counts: Arc::default(),
        models: ModelsState::default(),
        plugins: Vec::new(),
        refused_plugins: Vec::new(),
        shelf: ShelfState::default(),
        tasks: Vec::new(),
        log: Vec::new(),
        preferences,
        recovery: None,
        import: None,
        clipboard: (0, String::new()),
        undo: None,
        redo: None,
        wanted_panel: (0, None),
        tour: false,
    }
}
