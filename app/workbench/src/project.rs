//! What belongs to a project: everything that undo brings back and that its file holds.

use crate::challenge::Challenge;
use crate::filter::Filter;
use crate::hull::HullChoice;
use crate::models::ModelChoice;
use matter::Element;
use optimize::{Direction, Objective};
use screening::Setting;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Where the candidates come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectSource {
    Challenge(Challenge),
    /// Crystals that the program carries: the one of a CIF file's name, or all.
    Crystals(Option<String>),
    File(PathBuf),
}

/// Which values of an objective's property are better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    Maximize,
    Minimize,
    /// As close as possible to this value, in the property's unit.
    Target(f64),
}

impl From<Wanted> for Direction {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Maximize => Self::Maximize,
            Wanted::Minimize => Self::Minimize,
            Wanted::Target(value) => Self::Target(value),
        }
    }
}

impl From<Direction> for Wanted {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Maximize => Self::Maximize,
            Direction::Minimize => Self::Minimize,
            Direction::Target(value) => Self::Target(value),
        }
    }
}

/// A property and what is wanted of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectiveChoice {
    /// The full name of a plugin's property, or the name of a column.
    pub property: String,
    pub wanted: Wanted,
}

impl From<&ObjectiveChoice> for Objective {
    fn from(choice: &ObjectiveChoice) -> Self {
        Self {
            property: choice.property.clone(),
            direction: choice.wanted.into(),
        }
    }
}

/// What is said of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElementRule {
    /// Every candidate must hold it.
    Require,
    /// Of all elements, only the allowed and the required ones may occur.
    Allow,
    /// No candidate may hold it.
    Exclude,
}

/// The order of the rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The name of a column.
    pub column: String,
    pub descending: bool,
}

/// The columns that the plot's axes show; `None`: the first two objectives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlotAxes {
    pub x: Option<String>,
    pub y: Option<String>,
    /// Whether an axis runs by powers of ten; `None`: where the values span more than three of them.
    pub x_log: Option<bool>,
    pub y_log: Option<bool>,
}

/// One of the parallel axes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ParallelAxis {
    /// The name of a column.
    pub column: String,
    /// Whether values fall upwards; `None`: where smaller is better.
    pub flipped: Option<bool>,
    /// Whether it runs by powers of ten; `None`: where the values span more than three of them.
    pub log: Option<bool>,
}

impl ParallelAxis {
    /// The axis of a column, as it is best seen.
    pub fn of(column: &str) -> Self {
        Self {
            column: column.to_owned(),
            ..Self::default()
        }
    }
}

/// The plot with parallel axes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ParallelPlot {
    /// From left to right; `None`: the objectives, and some properties more.
    pub axes: Option<Vec<ParallelAxis>>,
    /// Ranges of values, lower first, by column; what lies in all of them is selected.
    pub brushes: BTreeMap<String, [f64; 2]>,
}

/// What the periodic table's colours tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourBy {
    #[default]
    Occurrence,
    Price,
    SupplyRisk,
    Abundance,
    Hazard,
}

impl ColourBy {
    /// All choices.
    pub const ALL: [Self; 5] = [
        Self::Occurrence,
        Self::Price,
        Self::SupplyRisk,
        Self::Abundance,
        Self::Hazard,
    ];
}

/// A project: the question, and how its answer is looked at. Cheap to clone where it is large.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Project {
    pub source: Option<ProjectSource>,
    /// The column of formulas; `None`: found by its header.
    pub formula_column: Option<String>,
    pub objectives: Vec<ObjectiveChoice>,
    /// Constraints as they are written on the command line.
    pub constraints: Vec<String>,
    pub elements: BTreeMap<String, ElementRule>,
    /// Ids of plugins that may not take part.
    pub plugins_off: BTreeSet<String>,
    /// Component files that were added.
    pub plugin_files: Vec<PathBuf>,
    /// Models that predict beside the plugins.
    pub models: Vec<ModelChoice>,
    /// The campaign that is looked at beside the candidates.
    pub campaign: Option<PathBuf>,
    /// Parameters that differ from their defaults: plugin, parameter, value as text.
    pub settings: Vec<(String, String, String)>,
    pub sort: Option<Sort>,
    pub filters: Vec<Filter>,
    /// A formula, elements or any text that the rows shown must hold.
    pub search: String,
    pub hidden_columns: BTreeSet<String>,
    /// The column whose values colour its cells.
    pub coloured_column: Option<String>,
    pub axes: PlotAxes,
    pub parallel: ParallelPlot,
    /// The system whose hull is drawn.
    pub hull: HullChoice,
    pub element_colours: ColourBy,
    /// How structures are drawn.
    pub structure_style: scene::Style,
    /// Rows of the table, ascending.
    pub selection: Arc<Vec<u32>>,
    /// The arrangement of the panels, as the window wrote it.
    pub layout: Option<serde_json::Value>,
}

impl Project {
    /// A challenge as it is opened.
    pub fn of_challenge(challenge: Challenge) -> Self {
        let excluded = challenge.excluded().iter();
        Self {
            source: Some(ProjectSource::Challenge(challenge)),
            objectives: challenge.objectives(),
            constraints: challenge.constraints(),
            elements: excluded
                .map(|&symbol| (symbol.to_owned(), ElementRule::Exclude))
                .collect(),
            ..Self::default()
        }
    }

    /// The constraint that the rules of the elements make, in the language of constraints; `None` where there are none.
    pub fn element_constraint(&self) -> Option<String> {
        let with = |rule: ElementRule| {
            let rules = self.elements.iter().filter(move |(_, r)| **r == rule);
            rules.map(|(symbol, _)| symbol.as_str())
        };
        let mut terms: Vec<String> = Vec::new();
        terms.extend(with(ElementRule::Require).map(|e| format!("has {e}")));
        terms.extend(with(ElementRule::Exclude).map(|e| format!("not has {e}")));
        if with(ElementRule::Allow).next().is_some() {
            let others = Element::all().filter(|e| !self.elements.contains_key(e.symbol()));
            terms.extend(others.map(|e| format!("not has {}", e.symbol())));
        }
        (!terms.is_empty()).then(|| terms.join(" and "))
    }

    /// The plugins' parameters, as a screening takes them, of the plugins that may take part.
    pub fn screening_settings(&self) -> Vec<Setting> {
        let on = |plugin: &String| !self.plugins_off.contains(plugin);
        let settings = self.settings.iter().filter(|(plugin, ..)| on(plugin));
        let settings = settings.map(|(plugin, parameter, value)| Setting {
            plugin: plugin.clone(),
            parameter: parameter.clone(),
            value: value.clone(),
        });
        settings.collect()
    }

    /// Whether two projects ask the same of the plugins, so that one screening answers both.
    pub fn same_question(&self, other: &Self) -> bool {
        self.same_predictions(other)
            && self.objectives == other.objectives
            && self.constraints == other.constraints
            && self.elements == other.elements
    }

    /// Whether the same is predicted of the same candidates for two projects, whatever is wanted of them.
    pub fn same_predictions(&self, other: &Self) -> bool {
        self.source == other.source
            && self.formula_column == other.formula_column
            && self.plugins_off == other.plugins_off
            && self.plugin_files == other.plugin_files
            && self.models == other.models
            && self.settings == other.settings
    }

    /// Takes what is not among the first `rows` rows out of the selection, and puts the rest in order: the table may have
    /// become shorter since the project was saved. How many were taken out.
    pub(crate) fn keep_rows(&mut self, rows: usize) -> usize {
        let selection = &self.selection;
        let in_order = selection.windows(2).all(|pair| pair[0] < pair[1]);
        if in_order && selection.last().is_none_or(|&row| (row as usize) < rows) {
            return 0;
        }
        let all = selection.iter().copied().collect::<BTreeSet<u32>>();
        let kept = all.iter().copied().filter(|&row| (row as usize) < rows);
        self.selection = Arc::new(kept.collect());
        all.len() - self.selection.len()
    }

    /// Whether two projects show the same rows in the same order.
    pub fn same_view(&self, other: &Self) -> bool {
        self.sort == other.sort && self.filters == other.filters && self.search == other.search
    }
}

/// Paths of a project's files, as they are in memory and in its file.
impl Project {
    fn map_paths(mut self, map: impl Fn(PathBuf) -> PathBuf) -> Self {
        if let Some(ProjectSource::File(path)) = self.source {
            self.source = Some(ProjectSource::File(map(path)));
        }
        self.campaign = self.campaign.map(&map);
        self.plugin_files = self.plugin_files.into_iter().map(&map).collect();
        let models = self.models.into_iter().map(|model| match model {
            ModelChoice::File(path) => ModelChoice::File(map(path)),
            shipped @ ModelChoice::Shipped(_) => shipped,
        });
        self.models = models.collect();
        self
    }

    /// Relative paths are meant from `folder`.
    pub(crate) fn with_paths_from(self, folder: Option<&std::path::Path>) -> Self {
        match folder {
            Some(folder) => self.map_paths(|path| folder.join(path)),
            None => self,
        }
    }

    /// Files in `folder` or below it are named relative to it.
    pub(crate) fn with_paths_relative_to(self, folder: Option<&std::path::Path>) -> Self {
        let Some(folder) = folder else { return self };
        self.map_paths(|path| match path.strip_prefix(folder) {
            Ok(inner) => inner.to_path_buf(),
            Err(_) => path,
        })
    }
}
