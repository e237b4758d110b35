//! Which lab is meant: `manual`, `table:FILE`, `command:PROGRAM`, `rest:URL`.

use super::{CommandLab, Lab, LabError, RestLab, TableLab, TableLabOptions};
use job::Job;
use std::path::PathBuf;
use std::str::FromStr;

/// A lab by its text on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabChoice {
    /// A person with a worksheet.
    Manual,
    Table(PathBuf),
    Command(String),
    Rest(String),
}

impl FromStr for LabChoice {
    type Err = LabError;

    fn from_str(text: &str) -> Result<Self, LabError> {
        let known = "write manual, table:FILE, command:PROGRAM or rest:URL";
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        if kind != "manual" && rest.trim().is_empty() {
            return Err(LabError::Setup(format!("`{text}` is no lab; {known}")));
        }
        match kind {
            "manual" if rest.is_empty() => Ok(Self::Manual),
            "table" => Ok(Self::Table(rest.into())),
            "command" => Ok(Self::Command(rest.to_owned())),
            "rest" => Ok(Self::Rest(rest.to_owned())),
            _ => Err(LabError::Setup(format!("`{text}` is no lab; {known}"))),
        }
    }
}

impl LabChoice {
    /// The lab; `None` for `manual`, which a loop cannot wait for.
    ///
    /// # Errors
    /// Its table cannot be read, or its address is none.
    pub fn open(
        &self,
        options: TableLabOptions,
        job: &Job,
    ) -> Result<Option<Box<dyn Lab>>, LabError> {
        Ok(match self {
            Self::Manual => None,
            Self::Table(path) => Some(Box::new(TableLab::open(path, options, job)?)),
            Self::Command(line) => Some(Box::new(CommandLab::new(line)?)),
            Self::Rest(url) => Some(Box::new(RestLab::new(url)?)),
        })
    }
}
