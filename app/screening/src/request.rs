//! What a user asks of a screening.

use crate::{Model, Structures};
use compute::Choice;
use optimize::{Constraint, Objective};
use plugin_host::Plugin;
use std::str::FromStr;
use std::sync::Arc;

/// A screening to be made of a table.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The plugins that may predict.
    pub plugins: Vec<Plugin>,
    /// Whether the user named the plugins: then all of them predict. Otherwise those that objectives, constraints or
    /// settings speak of, or, where there are no objectives, those that apply to some candidate.
    pub plugins_are_named: bool,
    /// The models that predict, each under its name.
    pub models: Vec<Model>,
    /// Values for the plugins' parameters.
    pub settings: Vec<Setting>,
    /// What is wanted; empty: the plugins' declared objectives.
    pub objectives: Vec<Objective>,
    /// What must hold, all of them.
    pub constraints: Vec<Constraint>,
    /// The column of formulas, by name; found by its header where not given.
    pub formula_column: Option<String>,
    /// The structures of the candidates, where there are any. Without a column of formulas they tell the formulas.
    pub structures: Option<Arc<Structures>>,
    /// Give only the best so many.
    pub top: Option<usize>,
    /// Decides the draws of the front probability.
    pub seed: u64,
    /// Where models predict.
    pub device: Choice,
}

/// A value for a plugin's parameter: `battery.state=charged`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub plugin: String,
    pub parameter: String,
    pub value: String,
}

/// A text that is no setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("setting `{0}`: write PLUGIN.PARAM=VALUE, as in battery.state=charged")]
pub struct SettingError(String);

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let error = || SettingError(text.to_owned());
        let (name, value) = text.split_once('=').ok_or_else(error)?;
        let (plugin, parameter) = name.trim().split_once('.').ok_or_else(error)?;
        if plugin.is_empty() || parameter.is_empty() || value.trim().is_empty() {
            return Err(error());
        }
        Ok(Self {
            plugin: plugin.to_owned(),
            parameter: parameter.to_owned(),
            value: value.trim().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_names_plugin_parameter_and_value() {
        let setting: Setting = "battery.state = charged".parse().unwrap();
        assert_eq!(
            (setting.plugin.as_str(), setting.parameter.as_str()),
            ("battery", "state")
        );
    }

    #[test]
    fn a_setting_without_a_part_is_refused_with_the_right_form() {
        for text in [
            "",
            "battery",
            "battery.state",
            "state=charged",
            ".x=1",
            "battery.=1",
            "battery.state=",
        ] {
            let error = text.parse::<Setting>().unwrap_err().to_string();
            assert!(error.contains("PLUGIN.PARAM=VALUE"), "{text}: {error}");
        }
    }
}
