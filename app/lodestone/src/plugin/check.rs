//! `lodestone plugin check`: what the author of a plugin must mend.

use super::{pretty, print};
use crate::plugins::host;
use crate::{Failure, progress};
use anyhow::{Context, anyhow};
use plugin_host::{CheckReport, Plugin, Severity, WantedColumn};
use workbench::shelf::Location;

pub(super) fn check(location: &Location, as_json: bool) -> Result<(), Failure> {
    let host = host()?;
    let bytes = location.read(&host)?;
    let (job, shown) = progress::start();
    let report = host
        .check_carrying(&bytes, &location.describe(), &carried, &job)
        .map_err(|e| Failure::Failed(e.into()))?;
    drop(shown);
    let text = if as_json {
        pretty(&serde_json::to_value(&report).context("the report cannot be written as JSON")?)?
    } else {
        check_text(&report)
    };
    print(text)?;
    if report.is_ok() {
        return Ok(());
    }
    let errors = errors(&report);
    Err(Failure::Failed(anyhow!(
        "{}: {errors} to fix",
        report.origin
    )))
}

/// The columns that a plugin's models become, or why one is refused.
pub(super) fn carried(plugin: &Plugin) -> Result<Vec<WantedColumn>, String> {
    screening::carried_columns(plugin).map_err(|error| error.to_string())
}

/// How many findings an author must mend.
pub(super) fn errors(report: &CheckReport) -> usize {
    let errors = report.findings.iter();
    errors.filter(|f| f.severity == Severity::Error).count()
}

fn check_text(report: &CheckReport) -> String {
    let mut text = format!("{}\n", report.origin);
    for passed in &report.passed {
        text.push_str(&format!("  ok       {passed}\n"));
    }
    for finding in &report.findings {
        let kind = if finding.severity == Severity::Error {
            "FIX"
        } else {
            "consider"
        };
        text.push_str(&format!(
            "  {kind:<8} {}\n           -> {}\n",
            finding.what, finding.fix
        ));
    }
    text
}
