//! What a check says: findings by severity, and what the author must do.

use crate::description::Description;
use crate::error::LoadError;
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The plugin cannot be relied on until it is mended.
    Error,
    /// It works, but its users will wonder.
    Warning,
}

/// One thing the author should look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub severity: Severity,
    /// What was seen.
    pub what: String,
    /// What the author must do about it.
    pub fix: String,
}

/// What [`Host::check`] found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Where the component is from.
    pub origin: String,
    /// `None` where it could not be loaded.
    pub interface: Option<String>,
    pub sha256: Option<String>,
    pub description: Option<Description>,
    /// What was tried and found in order.
    pub passed: Vec<String>,
    pub findings: Vec<Finding>,
}

impl CheckReport {
    /// Whether nothing worse than a warning was found.
    pub fn is_ok(&self) -> bool {
        self.findings.iter().all(|f| f.severity != Severity::Error)
    }

    pub(super) fn error(&mut self, what: impl Into<String>, fix: &str) {
        self.finding(Severity::Error, what.into(), fix);
    }

    pub(super) fn warning(&mut self, what: impl Into<String>, fix: &str) {
        self.finding(Severity::Warning, what.into(), fix);
    }

    /// A lapse that shows under many settings and on many candidates is told once, by how it begins.
    pub(super) fn warning_once(&mut self, what: &str, place: &str, fix: &str) {
        if self.findings.iter().all(|f| !f.what.starts_with(what)) {
            self.warning(format!("{what}{place}"), fix);
        }
    }

    fn finding(&mut self, severity: Severity, what: String, fix: &str) {
        let finding = Finding {
            severity,
            what,
            fix: fix.to_owned(),
        };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}

/// What the author must do about a component that does not load.
pub(super) fn advice(e: &LoadError) -> &'static str {
    match e {
        LoadError::Read { .. } => "give the path of a readable file",
        LoadError::NotWasm(_) | LoadError::CoreModule | LoadError::Truncated { .. } => {
            "give the component that the build wrote last, whole"
        }
        LoadError::TooBig { .. } | LoadError::CompileTime(_) | LoadError::CompileMemory(_) => {
            "make it smaller: split large functions, carry large data as models"
        }
        LoadError::Imports { .. } => {
            "build for wasm32-unknown-unknown and call nothing of the system; data comes in columns and parameters"
        }
        LoadError::NoInterface { .. }
        | LoadError::InterfaceVersion { .. }
        | LoadError::InterfaceMismatch { .. }
        | LoadError::WrongTypes(_) => "build it against the plugin-sdk of this release",
        LoadError::Describe(_) | LoadError::Unsteady(_) => {
            "`describe` must return the same constant description every time"
        }
        LoadError::Description(_) => "mend the description",
        LoadError::Models(_) => "`models` must return a list, empty where there is none",
        LoadError::ModelNames(_) => "give every model a plain name of its own",
        LoadError::Invalid { .. } | LoadError::Compile(_) => {
            "build it for WebAssembly 2.0 without threads, relaxed SIMD or async"
        }
        LoadError::Compiler(_) => "this is not the plugin's fault: look at the machine",
    }
}
