//! What there is to see: the project, its candidates and results, tasks, messages, preferences. Panels read it and change
//! nothing in it.

use crate::campaigns::CampaignsState;
use crate::crystals::Crystal;
use crate::feasible::Feasible;
use crate::generated::GeneratedState;
use crate::hull::HullState;
use crate::models::ModelsState;
use crate::parallel::Parallel;
use crate::plugins::{LoadedPlugin, RefusedPlugin, ShelfState};
use crate::points::Points;
use crate::project::{Project, ProjectSource};
use crate::read::Preview;
use crate::relaxation::RelaxationState;
use crate::results::Results;
use crate::structure::SelectedStructure;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use table::Table;
use words::Language;

/// The panels of the workbench, by name; the window draws them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    Candidates,
    Pareto,
    Parallel,
    Objectives,
    Inspector,
    PeriodicTable,
    Structure,
    Relaxation,
    Plugins,
    Models,
    Hull,
    Generate,
    Campaign,
    Tasks,
}

impl Panel {
    /// All panels.
    pub const ALL: [Self; 14] = [
        Self::Candidates,
        Self::Pareto,
        Self::Parallel,
        Self::Objectives,
        Self::Inspector,
        Self::PeriodicTable,
        Self::Structure,
        Self::Relaxation,
        Self::Plugins,
        Self::Models,
        Self::Hull,
        Self::Generate,
        Self::Campaign,
        Self::Tasks,
    ];
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    Light,
    Dark,
    /// As the system is set.
    #[default]
    System,
}

impl Theme {
    /// All themes.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];
}

/// What holds for all projects of a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub language: Language,
    pub theme: Theme,
    /// Points of the text of the body.
    pub font_size: f32,
    /// The newest first.
    pub recent: Vec<PathBuf>,
    /// Places of registries, the newest first.
    pub registries: Vec<String>,
    /// Whether the three steps of the tour were seen to their end.
    pub tour_seen: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: Theme::default(),
            font_size: 14.0,
            recent: Vec::new(),
            registries: Vec::new(),
            tour_seen: false,
        }
    }
}

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    Note,
    Warning,
    Error,
}

/// A message.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// Counts up over the session.
    pub number: u64,
    pub level: LogLevel,
    pub text: String,
    /// Since the start of the program.
    pub at: Duration,
}

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskKind {
    LoadPlugins,
    LookAtPlugin,
    /// Something about the plugins' places: installing, asking a registry, trusting a key.
    Shelf,
    Preview,
    Read,
    Screen,
    Structure,
    Sort,
    Plot,
    Parallel,
    /// Counting the elements of what is selected.
    Elements,
    Copy,
    /// Counting the candidates that satisfy the constraints.
    Count,
    Export,
    LoadModels,
    /// Training a model, or judging one by folds.
    TrainModel,
    Explain,
    /// Relaxing a structure.
    Relax,
    ReadTrajectory,
    /// Anything about a campaign's file.
    Campaign,
    /// How many times faster than random search the campaign was.
    Compare,
    /// The fire drill.
    Drill,
    /// The hull of a chemical system.
    Hull,
    /// Listing structure types, making candidates of them, writing these, finding a parent.
    Prototypes,
    Generate,
    WriteGenerated,
    Parent,
}

/// Work on a worker thread.
#[derive(Clone)]
pub struct Task {
    pub id: u64,
    pub kind: TaskKind,
    pub job: job::Job,
    pub started: Instant,
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Task {} {:?}", self.id, self.kind)
    }
}

impl Task {
    /// The share of the present stage that is done, 0 to 1, where it can be known.
    pub fn fraction(&self) -> Option<f32> {
        let now = self.job.snapshot();
        let total = now.total.filter(|&total| total > 0)?;
        Some((now.done as f32 / total as f32).min(1.0))
    }

    /// How long the present stage will go on if it goes on as it did, where that can be said.
    pub fn time_left(&self) -> Option<Duration> {
        let fraction = self.fraction().filter(|&fraction| fraction > 0.02)?;
        Some(self.started.elapsed().mul_f32((1.0 - fraction) / fraction))
    }
}

/// A table that is looked at before it is taken in.
#[derive(Clone, Debug)]
pub struct Import {
    pub path: PathBuf,
    /// The column of formulas that the user chose.
    pub formula_column: Option<String>,
    /// `None` while it is being read.
    pub preview: Option<Result<Arc<Preview>, String>>,
}

/// Work that was not saved when the program last ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    pub project: Project,
    /// The file it belongs to, where it has one.
    pub path: Option<PathBuf>,
}

/// All there is to see.
#[derive(Debug)]
pub struct State {
    pub project: Project,
    /// The file of the project, once it was saved.
    pub project_path: Option<PathBuf>,
    /// Whether something changed since.
    pub unsaved: bool,
    /// The candidates as they were read.
    pub table: Option<Arc<Table>>,
    /// The structure of the first of the selected candidates.
    pub structure: Option<SelectedStructure>,
    /// The last screening. It stays while the next one runs, and where that one fails.
    pub results: Option<Arc<Results>>,
    /// How many candidates satisfy the constraints as they are now, where that can be counted without a screening.
    pub feasible: Option<Feasible>,
    /// Why the last screening could not be made.
    pub question_error: Option<String>,
    /// Why the table could not be read.
    pub table_error: Option<String>,
    /// The rows shown, in their order.
    pub rows: Arc<Vec<u32>>,
    /// Where the plot shows them.
    pub points: Option<Arc<Points>>,
    /// The same over parallel axes.
    pub parallel: Option<Arc<Parallel>>,
    /// How many of the selected candidates, or of those shown where none is selected, hold each element, by atomic number.
    pub element_counts: Arc<Vec<u32>>,
    pub plugins: Vec<LoadedPlugin>,
    /// Plugins that are refused, and why.
    pub refused_plugins: Vec<RefusedPlugin>,
    /// What is installed and available, and whom the user trusts.
    pub shelf: ShelfState,
    pub models: ModelsState,
    pub campaigns: CampaignsState,
    pub relaxation: RelaxationState,
    /// The hull of the chosen system.
    pub hull: HullState,
    /// Candidates that are made of structure types.
    pub generated: GeneratedState,
    /// Whether a panel is looked at that needs no candidates.
    pub browsing: bool,
    pub tasks: Vec<Task>,
    pub log: Vec<LogLine>,
    pub preferences: Preferences,
    pub recovery: Option<Recovery>,
    pub import: Option<Import>,
    /// Text for the clipboard, and how often there was one: a window copies it when the number changes.
    pub clipboard: (u64, String),
    /// The names of the commands that undo and redo would take back and do again.
    pub undo: Option<String>,
    pub redo: Option<String>,
    /// The panel that was asked for, and how often one was: a window brings it to the front when the number changes.
    pub wanted_panel: (u64, Option<Panel>),
    /// Whether a worked challenge was opened in this session whose tour has not ended.
    pub tour: bool,
}

impl State {
    /// Whether any candidates or a campaign are open or being opened, a fire drill or anything else that needs no
    /// candidates is shown.
    pub fn is_open(&self) -> bool {
        self.project.source.is_some()
            || self.project.campaign.is_some()
            || self.campaigns.drill.is_some()
            || self.relaxation.trajectory.is_some()
            || self.browsing
    }

    /// What the window's title calls the project.
    pub fn title(&self) -> Option<String> {
        let name = |path: &PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
        if let Some(path) = &self.project_path {
            return name(path);
        }
        let Some(source) = &self.project.source else {
            return name(self.project.campaign.as_ref()?);
        };
        match source {
            ProjectSource::Challenge(challenge) => Some(challenge.file_name().to_owned()),
            ProjectSource::Crystals(only) => {
                let crystal = only.as_deref().and_then(Crystal::of_file);
                Some(crystal.map_or("structures", |c| &c.title).to_owned())
            }
            ProjectSource::File(path) => name(path),
        }
    }

    /// Whether a task of this kind is at work.
    pub fn is_busy(&self, kind: TaskKind) -> bool {
        self.tasks.iter().any(|task| task.kind == kind)
    }

    /// Whether a row is selected.
    pub fn is_selected(&self, row: u32) -> bool {
        self.project.selection.binary_search(&row).is_ok()
    }
}
