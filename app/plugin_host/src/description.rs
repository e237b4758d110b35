//! What a plugin says of itself, in plain types.

use serde::{Deserialize, Serialize};

/// Which way a property is naturally better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Maximize,
    Minimize,
    /// Neither, or it depends on the use.
    None,
}

/// Where the values of a property come from; values of different origin never share a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Arithmetic on the input alone.
    Exact,
    /// Looked up: an experiment.
    Measured,
    /// Looked up: a simulation.
    Computed,
    /// A model's estimate, with its error.
    Predicted,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Measured => "measured",
            Self::Computed => "computed",
            Self::Predicted => "predicted",
        })
    }
}

/// One column a plugin predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Property {
    /// Lower-case letters, digits and underscores, unique in the plugin.
    pub name: String,
    /// As the field writes it; empty for a pure number.
    pub unit: String,
    pub summary: String,
    pub direction: Direction,
    /// Ranked by when the user names no objective.
    pub default_objective: bool,
    pub origin: Origin,
    /// How it is obtained, with the figures of its validation.
    pub method: String,
    /// Data sets and papers it rests on.
    pub source: String,
    /// What the standard deviation means, or why there is none.
    pub uncertainty: String,
    /// Values below are withheld.
    pub valid_min: Option<f64>,
    /// Values above are withheld.
    pub valid_max: Option<f64>,
}

/// The values a parameter may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ParameterKind {
    /// Any number from `min` to `max`, both included.
    Number { min: f64, max: f64 },
    /// One of these words.
    Choice { words: Vec<String> },
    /// Yes or no.
    Flag,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    Flag(bool),
    Number(f64),
    Choice(String),
}

impl std::fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Self::Number(x) => write!(f, "{x}"),
            Self::Choice(word) => f.write_str(word),
        }
    }
}

/// A setting the user may change for a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    pub name: String,
    /// Empty for a pure number, a choice or a flag.
    pub unit: String,
    pub summary: String,
    #[serde(flatten)]
    pub kind: ParameterKind,
    pub default: ParameterValue,
}

/// Whether a plugin can do without an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    Unused,
    Optional,
    Required,
}

/// A numeric column of the user's table that the plugin can use, converted to `unit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WantedColumn {
    pub name: String,
    pub unit: String,
    pub summary: String,
    pub need: Need,
}

/// The inputs a plugin works on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WantedInputs {
    pub composition: Need,
    pub structure: Need,
    pub columns: Vec<WantedColumn>,
    /// Names of the host's descriptors, given as columns of those names.
    pub descriptors: Vec<String>,
    /// Outputs of the host's interatomic potential, given as columns of those names.
    pub potential: Vec<String>,
}

/// What a plugin says of itself; checked when it is loaded, see [`crate::Host::load`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// Lower-case letters, digits and underscores: `battery`.
    pub id: String,
    /// Semantic version of the plugin.
    pub version: String,
    pub summary: String,
    /// Which candidates it applies to, and which not.
    pub domain: String,
    /// SPDX expression.
    pub licence: String,
    pub authors: Vec<String>,
    pub citation: String,
    pub inputs: WantedInputs,
    pub parameters: Vec<Parameter>,
    /// In the order of the predicted columns.
    pub properties: Vec<Property>,
    /// Keys the host does not know are shown, never acted upon.
    pub extensions: Vec<(String, String)>,
}

impl Description {
    /// The column index of the property of that name.
    pub fn property_index(&self, name: &str) -> Option<usize> {
        self.properties.iter().position(|p| p.name == name)
    }

    /// The properties to rank by when the user names no objective.
    pub fn default_objectives(&self) -> impl Iterator<Item = &Property> {
        self.properties.iter().filter(|p| p.default_objective)
    }
}
