//! The `workbench` room: what a user does with candidates, without a window.
//!
//! A [`Workbench`] holds a [`State`] that anyone may read and that changes in one place only, [`Workbench::apply`], by a
//! [`Command`]. Commands are values: they can be written down, sent, listed in a palette and undone. Long work (reading,
//! predicting, sorting a million rows) runs on worker threads; [`Workbench::poll`] takes over what they finished, and drops
//! what belongs to a question that is no longer asked.

mod apply;
mod begin;
mod campaigns;
mod challenge;
pub mod chart;
mod command;
mod crystals;
mod error;
mod explain;
mod export;
mod feasible;
mod filter;
mod generated;
mod hull;
mod kind;
mod models;
mod parallel;
mod places;
mod plugins;
mod points;
mod project;
mod read;
mod relaxation;
mod results;
mod screen;
mod select;
pub mod shelf;
mod spreadsheet;
mod state;
mod store;
mod structure;
mod take;
mod undo;
mod view;
mod work;

pub use campaigns::{
    Acceleration, Basis, BestView, Calibration, CampaignPage, CampaignPlot, CampaignSettings,
    CampaignView, CampaignsState, Drill, DrillEnd, DrillLine, Estimate, Fault, HistoryLine,
    LabOrigin, LabSettings, Speaker, SuggestionView, TypedResult, in_words_of,
};
pub use challenge::Challenge;
pub use command::{Command, SelectMode};
pub use crystals::Crystal;
pub use error::WorkbenchError;
pub use explain::{Explained, ExplainedRow};
pub use feasible::Feasible;
pub use filter::{Comparison, Filter};
pub use generated::{
    GenerateSettings, GeneratedLine, GeneratedState, GeneratedView, ParentOf, PrototypeLine,
    ShownParent,
};
pub use hull::{
    Covered, HullChoice, HullPlot, HullPoint, HullSource, HullState, SystemError, formula_of,
    in_text, read_system,
};
pub use kind::FileKind;
pub use models::{
    ElementResidual, ModelChoice, ModelReport, ModelSettings, ModelsState, UsedModel,
};
pub use parallel::{Parallel, ParallelColumn};
pub use plugins::{LoadedPlugin, Offer, Offered, Problem, RefusedPlugin, ShelfState, Subject};
pub use points::{Points, PointsKey};
pub use project::{
    ColourBy, ElementRule, ObjectiveChoice, ParallelAxis, ParallelPlot, PlotAxes, Project,
    ProjectSource, Sort, Wanted,
};
pub use read::Preview;
pub use relaxation::{
    Ending, Figures, FrameChoice, KEPT as TRAJECTORY_BYTES, Playback, RelaxationMethod,
    RelaxationSettings, RelaxationState, RunEnd, Trajectory, TrajectorySource, Viewed, Weights,
};
pub use results::{Column, ColumnKind, Counts, Results, Value};
pub use state::{
    Import, LogLevel, LogLine, Panel, Preferences, Recovery, State, Task, TaskKind, Theme,
};
pub use store::Folders;
pub use structure::SelectedStructure;
pub use work::{MakeHost, Setup, Workbench};

// What the panels need of the rooms below, so that they name this room alone.
pub use crystal::Structure;
pub use matter::Element;
pub use optimize::{Constraint, Direction, Objective};
pub use plugin_host::{
    Direction as NaturalDirection, Limits, Need, Origin, Parameter, ParameterKind, ParameterValue,
};
pub use potential::Model as PotentialModel;
pub use potential::trust::{FORMATION_ENERGY, Trust};
pub use prototype::{Measure, Rejection};
pub use scene::Style as StructureStyle;
pub use screening::Model;
pub use surrogate::model::{Explanation, Scores};
pub use words::Language;
