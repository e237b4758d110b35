//! The workbench itself, and its worker threads. Each kind of work has a generation: when the question changes, the running
//! work is cancelled, the new one gets the next number, and an answer with an older number is dropped.

use crate::campaigns::{Acceleration, CampaignsState, Did, Drill, Feed};
use crate::error::WorkbenchError;
use crate::explain::ExplainedRow;
use crate::feasible::Feasible;
use crate::generated::{GeneratedState, Made, PrototypeLine, ShownParent};
use crate::hull::HullState;
use crate::models::{ModelReport, ModelsState, UsedModel};
use crate::parallel::Parallel;
use crate::plugins::{Loaded, Offered, ShelfDone, ShelfState, Subject};
use crate::points::Points;
use crate::project::Project;
use crate::read::Preview;
use crate::relaxation::{Ran, RelaxationState, Trajectory};
use crate::results::Results;
use crate::shelf::Shelf;
use crate::state::{LogLevel, LogLine, Preferences, State, Task, TaskKind};
use crate::store::{Folders, Left};
use crate::undo::History;
use crystal::Structure;
use job::Job;
use plugin_host::Host;
use screening::Structures;
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
    Structure(u32, Option<Result<Arc<Structure>, String>>),
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
    /// A campaign's file, and what is to be known of how it was begun.
    Begun(PathBuf, Result<Vec<String>, WorkbenchError>),
    Campaign(Box<Did>),
    /// `None`: cancelled.
    Compared(Option<Result<Acceleration, String>>),
    Drill(Arc<Drill>),
    Relaxed(Ran),
    Trajectory(Result<Box<Trajectory>, WorkbenchError>),
    /// `None`: cancelled.
    Hull(Option<HullState>),
    Prototypes(Arc<Vec<PrototypeLine>>),
    /// Beside it, a folder that does not exist yet.
    Generated(Made, Option<PathBuf>),
    /// The table of what was written, and a folder for what is written next.
    Written(Result<PathBuf, WorkbenchError>, Option<PathBuf>),
    Parent(Result<ShownParent, String>),
}

/// A table that was read, the view of it before any prediction, and structures of its rows.
pub(crate) struct Opened {
    pub results: Arc<Results>,
    pub structures: Option<Arc<Structures>>,
    pub frames: Option<usize>,
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
    pub(crate) view: u64,
    series: u64,
    pub(crate) structures: Option<Arc<Structures>>,
    pub(crate) feed: Arc<Feed>,
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
            series: 0,
            structures: None,
            feed: Arc::default(),
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

    /// A number for a structure that was not shown before.
    pub(crate) fn next_series(&mut self) -> u64 {
        self.series += 1;
        self.series
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
        let mut changed = self.take_feed() | self.follow_trajectory();
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
        campaigns: CampaignsState::default(),
        relaxation: RelaxationState::default(),
        hull: HullState::default(),
        generated: GeneratedState::default(),
        browsing: false,
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
