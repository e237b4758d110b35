//! Everything that a user can do, as values. The window, a script and a test speak to the workbench with these alone.

use crate::campaigns::{CampaignPage, CampaignPlot, CampaignSettings, LabSettings, TypedResult};
use crate::challenge::Challenge;
use crate::chart::PlotRange;
use crate::filter::Filter;
use crate::generated::GenerateSettings;
use crate::kind::FileKind;
use crate::models::{ModelChoice, ModelSettings};
use crate::project::{ColourBy, ElementRule, ObjectiveChoice, ParallelAxis, Sort};
use crate::relaxation::{FrameChoice, RelaxationSettings};
use crate::state::{Panel, Theme};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use words::Language;

/// How a selection joins the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectMode {
    Replace,
    Add,
    /// Those that were selected are not any more, and the other way round.
    Toggle,
}

/// One thing to do. `serde` gives each its name: `{"command": "exclude", ...}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    // Projects.
    OpenChallenge {
        challenge: Challenge,
    },
    /// Crystals that the program carries: the one of a CIF file's name, or all.
    OpenCrystals {
        only: Option<String>,
    },
    /// A table, a project or a plugin, by what its name ends in; a table is previewed first. Here and elsewhere a path of
    /// `None` means that the window asks for one.
    Open {
        path: Option<PathBuf>,
    },
    /// Previews the table once more with another column of formulas.
    PreviewFormulaColumn {
        column: Option<String>,
    },
    /// Takes a table in.
    ImportTable {
        path: PathBuf,
        formula_column: Option<String>,
    },
    CancelImport,
    CloseProject,
    /// Under its own name.
    Save,
    SaveAs {
        path: Option<PathBuf>,
    },
    Recover,
    DiscardRecovery,
    ForgetRecent {
        path: PathBuf,
    },

    // The question.
    AddObjective {
        objective: ObjectiveChoice,
    },
    SetObjective {
        index: usize,
        objective: ObjectiveChoice,
    },
    RemoveObjective {
        index: usize,
    },
    AddConstraint {
        text: String,
    },
    SetConstraint {
        index: usize,
        text: String,
    },
    RemoveConstraint {
        index: usize,
    },
    /// `None`: nothing is said of it any more.
    SetElement {
        symbol: String,
        rule: Option<ElementRule>,
    },
    ClearElements,
    EnablePlugin {
        plugin: String,
        on: bool,
    },
    /// `None`: the default.
    SetParameter {
        plugin: String,
        parameter: String,
        value: Option<String>,
    },
    /// A component file takes part in this project.
    AddPlugin {
        path: Option<PathBuf>,
    },
    RemovePlugin {
        path: PathBuf,
    },

    // Plugins of all projects; what is installed and whom the user trusts is not undone.
    /// A component's file, or `REGISTRY/NAME` with or without `@VERSION`. `new_owner`: also where the name belongs to
    /// another key.
    InstallPlugin {
        what: String,
        new_owner: bool,
    },
    UpdatePlugin {
        name: String,
    },
    UninstallPlugin {
        name: String,
    },
    /// The component file that was brought is neither used nor installed.
    DismissPlugin,
    /// Lists what a registry has: a folder, or an address.
    BrowseRegistry {
        place: String,
    },
    ForgetRegistry {
        place: String,
    },
    /// `key`: its base64, or its `.pub` file.
    TrustKey {
        key: String,
        label: String,
    },
    RevokeKey {
        key: String,
    },

    // Models.
    /// Whether a model predicts beside the plugins.
    UseModel {
        model: ModelChoice,
        on: bool,
    },
    /// Uses a model file.
    AddModel {
        path: Option<PathBuf>,
    },
    /// Judges by folds how well a model of a column of the open table would predict.
    EvaluateModel {
        settings: Box<ModelSettings>,
    },
    /// The same, and trains it on all rows and writes its file.
    TrainModel {
        settings: Box<ModelSettings>,
        path: Option<PathBuf>,
    },
    /// Why the models predict what they predict of the first of the selected candidates.
    ExplainSelected,
    /// Predicted over observed values of the last training or evaluation, as .svg or .png.
    ExportParity {
        path: Option<PathBuf>,
    },

    // Campaigns; what stands in one is not undone, but retracted.
    /// Begins one over the candidates that are open, in a new file.
    NewCampaign {
        settings: Box<CampaignSettings>,
        path: Option<PathBuf>,
    },
    OpenCampaign {
        path: Option<PathBuf>,
    },
    CloseCampaign,
    /// Once more, as where the command line added to it.
    ReadCampaign,
    /// `None`: as many as the campaign has in a round.
    SuggestNext {
        count: Option<u32>,
    },
    /// The open suggestions as a table to fill in: .csv, .tsv or .parquet.
    WriteWorksheet {
        path: Option<PathBuf>,
    },
    /// Takes in a table of results.
    ImportResults {
        path: Option<PathBuf>,
    },
    /// Takes in results that were typed.
    EnterResults {
        results: Vec<TypedResult>,
    },
    /// The loop with a lab.
    RunCampaign {
        settings: Box<LabSettings>,
    },
    /// An event, or one of its entries (from 1), counts no longer.
    RetractEvent {
        event: u64,
        entry: Option<u32>,
        reason: String,
    },
    /// The chain of events, the file's bytes, and every suggestion made again.
    VerifyCampaign,
    /// As .html or .md.
    ReportCampaign {
        path: Option<PathBuf>,
    },
    /// What was observed, in the order in which it was acknowledged, as .csv.
    ExportObservations {
        path: Option<PathBuf>,
    },
    /// A plot of the campaign as .svg or .png.
    ExportCampaignPlot {
        plot: CampaignPlot,
        path: Option<PathBuf>,
    },
    ShowCampaignPage {
        page: CampaignPage,
    },
    /// A made-up lab fails in every way, with so many milliseconds between two lines.
    StartDrill {
        pace: u32,
    },

    // Relaxations and trajectories; a run changes nothing of the project, so that there is nothing to undo.
    /// Of the next run.
    SetRelaxation {
        settings: Box<RelaxationSettings>,
    },
    /// Relaxes the structure of the first of the selected candidates.
    RelaxSelected,
    /// What was reached is kept.
    StopRelaxation,
    /// An extended XYZ of frames, to be played.
    OpenTrajectory {
        path: Option<PathBuf>,
    },
    /// The structure that playback stands at: .cif, .vasp, .extxyz.
    SaveRelaxed {
        path: Option<PathBuf>,
    },
    /// What the run passed, as .extxyz.
    SaveTrajectory {
        path: Option<PathBuf>,
    },
    /// Energy and largest force over the steps, as .svg or .png.
    ExportRelaxationPlot {
        path: Option<PathBuf>,
    },
    /// Whether the structure view shows the trajectory instead of the candidate's own structure.
    ShowTrajectory {
        on: bool,
    },
    PlayTrajectory {
        on: bool,
    },
    ShowFrame {
        frame: FrameChoice,
    },
    /// Structures a second, 1 to 60, and whether playing begins again at the end.
    SetPlayback {
        rate: f64,
        repeat: bool,
    },
    /// Whether magnetic moments are drawn as arrows.
    ShowMoments {
        on: bool,
    },
    // Hulls of chemical systems.
    /// The elements of the hull's plot: `Fe-N`, `Li-Fe-O`, a formula; nothing: none.
    SetHullSystem {
        system: String,
    },
    /// The elements of the first of the selected candidates.
    HullOfSelected,
    /// The elements that the periodic table requires, or else allows.
    HullOfElements,
    /// How far above the hull what is drawn may lie, eV/atom.
    SetHullLimit {
        limit: f64,
    },
    /// The hull as .svg or .png, or its points as .csv.
    ExportHull {
        path: Option<PathBuf>,
    },

    // Candidates out of structure types.
    /// Lists the structure types that come with the program.
    ListPrototypes,
    Generate {
        settings: Box<GenerateSettings>,
    },
    /// Writes what was made into a folder, which must be empty or new, and opens it as candidates.
    ScreenGenerated {
        path: Option<PathBuf>,
    },
    /// Shows the structure of a parent; `None`: that of the first of the selected candidates.
    ShowParent {
        prototype: Option<String>,
    },
    /// Shows the candidate's own structure again.
    ShowCandidate,

    // The view.
    SortBy {
        sort: Option<Sort>,
    },
    SetSearch {
        text: String,
    },
    AddFilter {
        filter: Filter,
    },
    SetFilter {
        index: usize,
        filter: Filter,
    },
    RemoveFilter {
        index: usize,
    },
    ClearFilters,
    ShowColumn {
        column: String,
        shown: bool,
    },
    ColourColumn {
        column: Option<String>,
    },
    /// `None`: as it is.
    SetAxes {
        x: Option<String>,
        y: Option<String>,
    },
    /// Linear axes, or by powers of ten. `None`: as it is.
    SetAxisScales {
        x_log: Option<bool>,
        y_log: Option<bool>,
    },
    /// The parallel axes from left to right; `None`: the objectives, and some properties more.
    SetParallelAxes {
        axes: Option<Vec<ParallelAxis>>,
    },
    /// Selects by a range of values of one of the parallel axes; what lies in the ranges of all axes is selected. `None`: any
    /// value will do.
    BrushAxis {
        column: String,
        range: Option<[f64; 2]>,
    },
    ClearBrushes,
    ColourElements {
        by: ColourBy,
    },
    SetStructureStyle {
        style: Box<scene::Style>,
    },
    Select {
        rows: Arc<Vec<u32>>,
        mode: SelectMode,
    },
    SelectAll,
    /// The first front of the ranking.
    SelectFront,
    ClearSelection,
    /// The arrangement of the panels, as the window writes it; not undone, like the size of a window.
    SetLayout {
        layout: serde_json::Value,
    },

    // Results out.
    /// The rows shown, or the selected ones, as .csv, .tsv, .parquet or .json.
    ExportTable {
        path: Option<PathBuf>,
        selected: bool,
    },
    /// The same as CSV to the clipboard.
    CopyRows {
        selected: bool,
    },
    /// The plot as .svg or .png.
    ExportPlot {
        path: Option<PathBuf>,
        /// The part shown; `None`: all points.
        range: Option<PlotRange>,
    },
    /// The plot with parallel axes as .svg or .png.
    ExportParallel {
        path: Option<PathBuf>,
    },

    // The session.
    Undo,
    Redo,
    Cancel {
        task: u64,
    },
    CancelAll,
    ClearLog,
    ShowPanel {
        panel: Panel,
    },
    SetLanguage {
        language: Language,
    },
    SetTheme {
        theme: Theme,
    },
    /// Points of the text of the body, 8 to 32.
    SetFontSize {
        points: f32,
    },
    EndTour,
}

impl Command {
    /// Milliseconds between two lines of a fire drill that one can follow.
    pub const DRILL_PACE: u32 = 350;

    /// The commands that need nothing more, for the palette.
    pub fn palette() -> Vec<Self> {
        let mut commands: Vec<Self> = Challenge::ALL
            .iter()
            .map(|&challenge| Self::OpenChallenge { challenge })
            .collect();
        commands.extend([
            Self::OpenCrystals { only: None },
            Self::Open { path: None },
            Self::Save,
            Self::SaveAs { path: None },
            Self::CloseProject,
            Self::Recover,
            Self::Undo,
            Self::Redo,
            Self::SelectAll,
            Self::SelectFront,
            Self::ClearSelection,
            Self::ClearFilters,
            Self::ClearElements,
            Self::CopyRows { selected: true },
            Self::ExportTable {
                path: None,
                selected: false,
            },
            Self::ExportTable {
                path: None,
                selected: true,
            },
            Self::ExportPlot {
                path: None,
                range: None,
            },
            Self::ExportParallel { path: None },
            Self::AddModel { path: None },
            Self::ExportParity { path: None },
            Self::ExplainSelected,
            Self::OpenCampaign { path: None },
            Self::SuggestNext { count: None },
            Self::WriteWorksheet { path: None },
            Self::ImportResults { path: None },
            Self::VerifyCampaign,
            Self::ReportCampaign { path: None },
            Self::ExportObservations { path: None },
            Self::ExportCampaignPlot {
                plot: CampaignPlot::Convergence,
                path: None,
            },
            Self::ReadCampaign,
            Self::CloseCampaign,
            Self::StartDrill {
                pace: Self::DRILL_PACE,
            },
            Self::RelaxSelected,
            Self::StopRelaxation,
            Self::OpenTrajectory { path: None },
            Self::SaveRelaxed { path: None },
            Self::SaveTrajectory { path: None },
            Self::ExportRelaxationPlot { path: None },
            Self::PlayTrajectory { on: true },
            Self::PlayTrajectory { on: false },
            Self::ShowTrajectory { on: true },
            Self::ShowTrajectory { on: false },
            Self::ShowMoments { on: true },
            Self::ShowMoments { on: false },
            Self::ScreenGenerated { path: None },
            Self::ShowParent { prototype: None },
            Self::ShowCandidate,
            Self::HullOfSelected,
            Self::HullOfElements,
            Self::ExportHull { path: None },
            Self::SetParallelAxes { axes: None },
            Self::ClearBrushes,
            Self::AddPlugin { path: None },
            Self::CancelAll,
            Self::ClearLog,
        ]);
        commands.extend(Panel::ALL.map(|panel| Self::ShowPanel { panel }));
        commands.extend(FrameChoice::NAMED.map(|frame| Self::ShowFrame { frame }));
        commands.extend(CampaignPage::ALL.map(|page| Self::ShowCampaignPage { page }));
        commands.extend(ColourBy::ALL.map(|by| Self::ColourElements { by }));
        commands.extend(Language::ALL.map(|language| Self::SetLanguage { language }));
        commands.extend(Theme::ALL.map(|theme| Self::SetTheme { theme }));
        commands
    }

    /// What a command does that leaves it to the kind of a file: a campaign joins the project, and that can be undone.
    pub(crate) fn meant(self) -> Self {
        match self {
            Self::Open { path: Some(path) } if FileKind::of(&path) == FileKind::Campaign => {
                Self::OpenCampaign { path: Some(path) }
            }
            other => other,
        }
    }

    /// Its name, as `serde` writes it.
    pub fn name(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value["command"].as_str().unwrap_or_default().to_owned()
    }

    /// Commands of the same key that follow each other are undone as one: typing a word is one step, not one a letter.
    pub(crate) fn merge_key(&self) -> Option<String> {
        let key = match self {
            Self::SetObjective { index, .. }
            | Self::SetConstraint { index, .. }
            | Self::SetFilter { index, .. } => index.to_string(),
            Self::SetParameter {
                plugin, parameter, ..
            } => format!("{plugin}.{parameter}"),
            Self::BrushAxis { column, .. } => column.clone(),
            Self::SetSearch { .. } | Self::SetStructureStyle { .. } | Self::SetHullLimit { .. } => {
                String::new()
            }
            _ => return None,
        };
        Some(format!("{}:{key}", self.name()))
    }
}
