//! Why a screening cannot be made.

use crate::UnknownQuantity;

/// Why a screening cannot be made; each says what would be right.
#[derive(Debug, thiserror::Error)]
pub enum ScreeningError {
    #[error("cancelled")]
    Cancelled,
    #[error(transparent)]
    Table(#[from] table::TableError),
    #[error(transparent)]
    Device(#[from] compute::ComputeError),
    #[error("objective {objective}: {error}")]
    Objective {
        objective: String,
        error: UnknownQuantity,
    },
    #[error(transparent)]
    Constraint(#[from] optimize::ParseError),
    #[error(transparent)]
    Parameter(#[from] plugin_host::ParameterError),
    #[error("setting {setting}: no plugin {plugin:?} takes part; {hint}")]
    SettingPlugin {
        setting: String,
        plugin: String,
        hint: String,
    },
    #[error(
        "two plugins or models are called {0:?}; a property's name would not say which is meant"
    )]
    SameName(String),
    #[error("column {column:?}: {error}")]
    Unit {
        column: String,
        error: table::UnitError,
    },
    #[error(
        "plugin {plugin} needs a column {column:?} [{unit}], and the table has none: {summary}"
    )]
    MissingColumn {
        plugin: String,
        column: String,
        unit: String,
        summary: String,
    },
    #[error(
        "plugin {plugin} asks for the descriptor {name:?}, which this version does not know; {hint}"
    )]
    UnknownDescriptor {
        plugin: String,
        name: String,
        hint: String,
    },
    #[error("folder {folder}: {why}")]
    Folder { folder: String, why: String },
    #[error(
        "plugin {plugin} needs crystal structures: rank a folder of structure files, or a table with a column of their paths (--structure-column)"
    )]
    NoStructures { plugin: String },
    #[error(
        "plugin {plugin} asks the potential for {name:?}, which this version does not know; it gives {known}"
    )]
    UnknownOutput {
        plugin: String,
        name: String,
        known: String,
    },
    #[error(
        "the potential speaks of crystal structures: rank a folder of structure files, or a table with a column of their paths (--structure-column)"
    )]
    PotentialStructures,
    #[error(
        "setting {0}: the potential has potential.compute=yes|no (whether plugins are given what it says) and potential.relax=yes|no"
    )]
    PotentialSetting(String),
    #[error(transparent)]
    Potential(potential::PotentialError),
    #[error("a batch could not be put together: {0}")]
    Batch(String),
    #[error(
        "none of the {rows} rows holds a formula that can be read in column {column:?} (line {line}: {reason}){}",
        looks_more(guess)
    )]
    NoFormula {
        rows: usize,
        column: String,
        line: u64,
        reason: String,
        /// The header of a column that looks more like formulas.
        guess: Option<String>,
        /// All rows.
        rejected: Vec<crate::Rejected<'static>>,
    },
    #[error(
        "there is nothing to rank by: {names} declares no objective; name one with -O, for example -O 'max:{example}'"
    )]
    NoObjective { names: String, example: String },
    #[error("model {model} needs a column {column:?}: {error}")]
    ModelColumn {
        model: String,
        column: String,
        error: Box<table::TableError>,
    },
    #[error(
        "model {model} needs crystal structures: give a folder of structure files, or a table with a column of their paths (--structure-column)"
    )]
    ModelStructures { model: String },
    #[error(
        "nothing can be learnt: none of the {rows} rows has both inputs and the target {target:?} (line {line}: {reason})"
    )]
    NothingToLearn {
        target: String,
        rows: usize,
        line: u64,
        reason: String,
    },
    #[error("none of the {rows} rows holds a formula that can be read (line {line}: {reason})")]
    NoCandidate {
        rows: usize,
        line: u64,
        reason: String,
    },
    #[error("{0:?} is the target, so it cannot be an input too")]
    TargetIsInput(String),
    #[error("plugin {plugin}: {error}")]
    Carried {
        plugin: String,
        error: crate::CarriedError,
    },
    #[error("model {model}: {error}")]
    Model {
        model: String,
        error: surrogate::SurrogateError,
    },
    #[error(
        "no plugin applies to any of the {rows} candidates ({tried}); name an objective with -O"
    )]
    NothingApplies { rows: usize, tried: String },
    #[error("the table has {rows} rows; at most {limit} can be ranked at once: split the file")]
    TooManyRows { rows: usize, limit: usize },
}

fn looks_more(guess: &Option<String>) -> String {
    guess.as_ref().map_or_else(String::new, |column| {
        format!("; column {column:?} looks more like formulas: --formula-column")
    })
}

impl From<job::Cancelled> for ScreeningError {
    fn from(_: job::Cancelled) -> Self {
        Self::Cancelled
    }
}

impl ScreeningError {
    /// Whether a plugin and a table do not fit together, and nothing else is wrong.
    pub(crate) fn is_misfit(&self) -> bool {
        matches!(
            self,
            Self::Unit { .. }
                | Self::MissingColumn { .. }
                | Self::UnknownDescriptor { .. }
                | Self::NoStructures { .. }
                | Self::ModelColumn { .. }
                | Self::ModelStructures { .. }
                | Self::Carried { .. }
                | Self::UnknownOutput { .. }
        )
    }
}
