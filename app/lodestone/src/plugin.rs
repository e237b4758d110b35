//! `lodestone plugin`: which plugins there are, what one predicts, and whether it is sound.

use crate::args::PluginCommand;
use crate::plugins::{Location, host, installed, locate};
use crate::{Failure, progress};
use anyhow::{Context, anyhow};
use plugin_host::{CheckReport, Description, Direction, Need, ParameterKind, Plugin, Severity};
use serde_json::json;
use std::io::Write;
use table::{Destination, TableError};

pub fn run(command: &PluginCommand) -> Result<(), Failure> {
    match command {
        PluginCommand::List { json } => list(*json),
        PluginCommand::Info { plugin, json } => {
            info(&locate(plugin).map_err(Failure::Usage)?, *json)
        }
        PluginCommand::Check { plugin, json } => {
            check(&locate(plugin).map_err(Failure::Usage)?, *json)
        }
    }
}

fn list(as_json: bool) -> Result<(), Failure> {
    let host = host()?;
    let (mut lines, mut entries) = (String::new(), Vec::new());
    for (id, location) in installed()? {
        match location.load(&host) {
            Ok(plugin) => {
                let d = plugin.description();
                lines.push_str(&format!(
                    "{:<12} {:<8} {} ({} properties, {}, {})\n",
                    d.id,
                    d.version,
                    d.summary,
                    d.properties.len(),
                    d.licence,
                    plugin.origin()
                ));
                entries.push(json!({ "origin": plugin.origin(), "sha256": plugin.sha256(), "description": d }));
            }
            Err(error) => {
                lines.push_str(&format!("{id:<12} refused: {error:#}\n"));
                entries.push(json!({ "id": id, "origin": location.describe(), "refused": format!("{error:#}") }));
            }
        }
    }
    print(if as_json {
        pretty(&json!(entries))?
    } else {
        lines
    })
}

fn info(location: &Location, as_json: bool) -> Result<(), Failure> {
    let plugin = location.load(&host()?)?;
    if as_json {
        let value = json!({
            "origin": plugin.origin(),
            "sha256": plugin.sha256(),
            "interface": plugin.interface(),
            "description": plugin.description(),
        });
        return print(pretty(&value)?);
    }
    print(info_text(&plugin))
}

fn check(location: &Location, as_json: bool) -> Result<(), Failure> {
    let host = host()?;
    let bytes = location.read(&host)?;
    let (job, shown) = progress::start();
    let report = host
        .check(&bytes, &location.describe(), &job)
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
    let errors = report
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Error)
        .count();
    Err(Failure::Failed(anyhow!(
        "{}: {errors} to fix",
        report.origin
    )))
}

fn pretty(value: &serde_json::Value) -> Result<String, anyhow::Error> {
    Ok(serde_json::to_string_pretty(value).context("cannot write JSON")? + "\n")
}

fn print(text: String) -> Result<(), Failure> {
    let write = |w: &mut dyn Write| {
        w.write_all(text.as_bytes())
            .map_err(|error| TableError::io("write", "standard output", error))
    };
    Destination::Stdout
        .write(write)
        .map_err(|e| Failure::Failed(e.into()))
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

fn info_text(plugin: &Plugin) -> String {
    let d = plugin.description();
    let mut text = format!("{} {}: {}\n\n", d.id, d.version, d.summary);
    let mut say = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&paragraph(&format!("{name:<11} "), value, 12));
        }
    };
    say("applies to", &d.domain);
    say("authors", &d.authors.join(", "));
    say("licence", &d.licence);
    say("cite", &d.citation);
    say("interface", plugin.interface());
    say("from", plugin.origin());
    say("SHA-256", plugin.sha256());
    say(
        "may do",
        "nothing but compute on what it is given: no file, no network, no clock",
    );
    say("reads", &inputs(d));
    for (key, value) in &d.extensions {
        say(key, value);
    }
    if !d.parameters.is_empty() {
        text.push_str(&format!("\nparameters (--set {}.NAME=VALUE)\n", d.id));
        for p in &d.parameters {
            let allowed = match &p.kind {
                ParameterKind::Number { min, max } => {
                    format!("number from {min} to {max} {}", p.unit)
                }
                ParameterKind::Choice { words } => words.join(" | "),
                ParameterKind::Flag => "yes | no".to_owned(),
            };
            let line = format!(
                "{} ({}; default {})",
                p.summary,
                allowed.trim_end(),
                p.default
            );
            text.push_str(&paragraph(&format!("  {:<10} ", p.name), &line, 12));
        }
    }
    text.push_str("\nproperties\n");
    for p in &d.properties {
        let unit = if p.unit.is_empty() {
            String::new()
        } else {
            format!(" [{}]", p.unit)
        };
        let wish = match p.direction {
            Direction::Maximize => ", more is better",
            Direction::Minimize => ", less is better",
            Direction::None => "",
        };
        let objective = if p.default_objective {
            ", objective by default"
        } else {
            ""
        };
        text.push_str(&format!(
            "\n  {}.{}{unit}  ({}{wish}{objective})\n",
            d.id, p.name, p.origin
        ));
        let range = match (p.valid_min, p.valid_max) {
            (None, None) => String::new(),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (Some(min), Some(max)) => format!("{min} to {max}"),
        };
        let parts = [
            ("", &p.summary),
            ("method: ", &p.method),
            ("source: ", &p.source),
            ("uncertainty: ", &p.uncertainty),
            ("valid: ", &range),
        ];
        for (name, value) in parts.into_iter().filter(|(_, v)| !v.is_empty()) {
            text.push_str(&paragraph(&format!("    {name}"), value, 6));
        }
    }
    text
}

fn inputs(d: &Description) -> String {
    let need = |need: Need| {
        if need == Need::Required {
            ""
        } else {
            " (optional)"
        }
    };
    let mut all = Vec::new();
    for (what, needed) in [
        ("composition", d.inputs.composition),
        ("structure", d.inputs.structure),
    ] {
        if needed != Need::Unused {
            all.push(format!("{what}{}", need(needed)));
        }
    }
    for c in &d.inputs.columns {
        let label = screening::label(&c.name, &c.unit);
        all.push(format!("column {label}{}: {}", need(c.need), c.summary));
    }
    all.extend(
        d.inputs
            .descriptors
            .iter()
            .map(|name| format!("descriptor {name}")),
    );
    all.extend(
        d.inputs
            .potential
            .iter()
            .map(|name| format!("potential's {name}")),
    );
    all.join("; ")
}

/// A text wrapped at 110 columns, `indent` blanks before every line but the first, which begins with `head`.
fn paragraph(head: &str, text: &str, indent: usize) -> String {
    const WIDTH: usize = 110;
    let mut out = head.to_owned();
    let mut column = head.chars().count();
    let mut first = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !first && column + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else if !first {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        first = false;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_wrapped_under_its_indent() {
        let text = paragraph("  name  ", &"word ".repeat(40), 8);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|l| l.chars().count() <= 110), "{text}");
        assert!(lines[1].starts_with("        word"), "{text}");
    }
}
