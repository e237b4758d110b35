//! The values of a plugin's parameters, checked against what it declares.

use crate::description::{Description, Parameter, ParameterKind, ParameterValue};

/// A setting that does not fit the plugin; each says what would be right.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// The plugin has no parameter of that name.
    #[error("plugin {plugin} has no parameter {name:?}; {known}")]
    Unknown {
        plugin: String,
        name: String,
        /// "it has: a, b" or "it has none"
        known: String,
    },
    /// The value is of the wrong kind or out of range.
    #[error("{plugin}.{name} = {value}: {why}")]
    Value {
        plugin: String,
        name: String,
        value: String,
        why: String,
    },
    /// The same parameter is set twice.
    #[error("{plugin}.{name} is set twice")]
    Twice { plugin: String, name: String },
}

/// `Err` with the reason where `value` is not one that `kind` allows.
pub(crate) fn fits(kind: &ParameterKind, value: &ParameterValue) -> Result<(), String> {
    match (kind, value) {
        (ParameterKind::Number { min, max }, ParameterValue::Number(x)) => {
            if x.is_finite() && min <= x && x <= max {
                Ok(())
            } else {
                Err(format!("must be a number from {min} to {max}"))
            }
        }
        (ParameterKind::Choice { words }, ParameterValue::Choice(word)) if words.contains(word) => {
            Ok(())
        }
        (ParameterKind::Flag, ParameterValue::Flag(_)) => Ok(()),
        (kind, _) => Err(wanted(kind)),
    }
}

fn wanted(kind: &ParameterKind) -> String {
    match kind {
        ParameterKind::Number { min, max } => format!("must be a number from {min} to {max}"),
        ParameterKind::Choice { words } => format!("must be one of: {}", words.join(", ")),
        ParameterKind::Flag => "must be yes or no".to_owned(),
    }
}

impl Parameter {
    /// The value a user wrote as text: a number, one of the words, or yes/no/true/false.
    pub fn parse(&self, text: &str) -> Result<ParameterValue, String> {
        let text = text.trim();
        let value = match &self.kind {
            ParameterKind::Number { .. } => text.parse().ok().map(ParameterValue::Number),
            ParameterKind::Choice { .. } => Some(ParameterValue::Choice(text.to_owned())),
            ParameterKind::Flag => match text.to_ascii_lowercase().as_str() {
                "yes" | "true" | "on" | "1" => Some(ParameterValue::Flag(true)),
                "no" | "false" | "off" | "0" => Some(ParameterValue::Flag(false)),
                _ => None,
            },
        };
        let value = value.ok_or_else(|| wanted(&self.kind))?;
        fits(&self.kind, &value)?;
        Ok(value)
    }
}

impl Description {
    /// The value of parameter `name` that a user wrote as `text`.
    pub fn parse_parameter(
        &self,
        name: &str,
        text: &str,
    ) -> Result<ParameterValue, ParameterError> {
        let parameter = self.find_parameter(name)?;
        parameter.parse(text).map_err(|why| ParameterError::Value {
            plugin: self.id.clone(),
            name: name.to_owned(),
            value: text.to_owned(),
            why,
        })
    }

    /// Every declared parameter in its order: as given, or its default.
    pub(crate) fn complete(
        &self,
        given: &[(String, ParameterValue)],
    ) -> Result<Vec<(String, ParameterValue)>, ParameterError> {
        for (at, (name, value)) in given.iter().enumerate() {
            let parameter = self.find_parameter(name)?;
            fits(&parameter.kind, value).map_err(|why| ParameterError::Value {
                plugin: self.id.clone(),
                name: name.clone(),
                value: value.to_string(),
                why,
            })?;
            if given[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(ParameterError::Twice {
                    plugin: self.id.clone(),
                    name: name.clone(),
                });
            }
        }
        let value = |p: &Parameter| {
            let set = given.iter().find(|(name, _)| *name == p.name);
            set.map_or_else(|| p.default.clone(), |(_, value)| value.clone())
        };
        Ok(self
            .parameters
            .iter()
            .map(|p| (p.name.clone(), value(p)))
            .collect())
    }

    fn find_parameter(&self, name: &str) -> Result<&Parameter, ParameterError> {
        self.parameters
            .iter()
            .find(|p| p.name == name)
            .ok_or_else(|| {
                let names: Vec<&str> = self.parameters.iter().map(|p| p.name.as_str()).collect();
                ParameterError::Unknown {
                    plugin: self.id.clone(),
                    name: name.to_owned(),
                    known: if names.is_empty() {
                        "it has none".to_owned()
                    } else {
                        format!("it has: {}", names.join(", "))
                    },
                }
            })
    }
}
