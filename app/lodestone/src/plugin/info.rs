//! `lodestone plugin info`: all that a plugin says of itself.

use super::check::{carried, errors};
use super::keys::{key_json, lines};
use super::tried::{Tried, tried};
use super::{one_line, paragraph, pretty, print};
use crate::plugins::host;
use crate::{Failure, progress};
use anyhow::anyhow;
use plugin_host::{CheckReport, Description, Direction, Need, ParameterKind, Plugin};
use screening::CarriedModel;
use serde_json::json;
use workbench::shelf::{Location, Standing};

pub(super) fn info(location: &Location, as_json: bool) -> Result<(), Failure> {
    let host = host()?;
    let (plugin, standing, bytes) = location.load_whole(&host)?;
    let (job, shown) = progress::start();
    let checked = host.check_carrying(&bytes, &location.describe(), &carried, &job);
    let tried = tried(&plugin, &job);
    drop(shown);
    if job.is_cancelled() {
        return Err(Failure::Failed(anyhow!("cancelled")));
    }
    let checked = checked.map_err(|e| Failure::Failed(e.into()))?;
    let models = screening::carried_models(&plugin).map_err(|e| Failure::Failed(e.into()))?;
    if as_json {
        let value = json!({
            "origin": plugin.origin(),
            "sha256": plugin.sha256(),
            "interface": plugin.interface(),
            "trust": trust_json(&standing),
            "check": { "passed": checked.passed.len(), "to_fix": errors(&checked) },
            "description": plugin.description(),
            "models": models.iter().map(|carried| crate::model::as_json(carried.model())).collect::<Vec<_>>(),
            "tried_on": tried.iter().map(|t| t.json(&plugin)).collect::<Vec<_>>(),
        });
        return print(pretty(&value)?);
    }
    print(lines(&info_text(
        &plugin, &standing, &checked, &tried, &models,
    )))
}

/// Who vouches for a plugin, for machines.
pub(super) fn trust_json(standing: &Standing) -> serde_json::Value {
    match standing {
        Standing::Shipped => json!({ "standing": "shipped" }),
        Standing::Signed(key) => json!({ "standing": "signed", "key": key_json(key) }),
        Standing::UnknownSigner(id) => json!({ "standing": "unknown signer", "key_id": id }),
        Standing::Unsigned => json!({ "standing": "unsigned" }),
    }
}

/// The same in words.
fn trust_text(standing: &Standing) -> String {
    match standing {
        Standing::Shipped => "shipped with this program".to_owned(),
        Standing::Signed(key) => {
            format!("key {}, trusted since {}", key.describe(), key.since)
        }
        unknown => unknown.mark().unwrap_or_default(),
    }
}

/// What trying it on random and hostile candidates showed, in a line.
fn verdict(report: &CheckReport) -> String {
    let passed = report.passed.len();
    match errors(report) {
        0 => format!("sound: it passed {passed} tests on random and hostile candidates"),
        errors => format!(
            "{errors} to fix, {passed} tests passed; `lodestone plugin check` says what is wrong"
        ),
    }
}

fn info_text(
    plugin: &Plugin,
    standing: &Standing,
    checked: &CheckReport,
    tried: &[Tried],
    models: &[CarriedModel],
) -> String {
    let d = plugin.description();
    let mut text = format!("{} {}: {}\n\n", d.id, d.version, one_line(&d.summary));
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
    say("signed by", &trust_text(standing));
    say("SHA-256", plugin.sha256());
    say(
        "may do",
        "nothing but compute on what it is given: no file, no network, no clock",
    );
    say("check", &verdict(checked));
    say("reads", &inputs(d));
    // Under a heading of their own and behind a mark: a key must not pass for what this program says.
    if !d.extensions.is_empty() {
        text.push_str("\nwhat it adds of itself\n");
        for (key, value) in &d.extensions {
            let line = format!("{}: {}", one_line(key), one_line(value));
            text.push_str(&paragraph("  - ", &line, 4));
        }
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
    if !models.is_empty() {
        text.push_str("\nmodels (evaluated by this program, given to the plugin)\n");
        for model in models.iter().map(CarriedModel::model) {
            let head = format!("  {:<24} ", model.name());
            text.push_str(&paragraph(&head, &crate::model::in_a_line(model), 27));
        }
    }
    text.push_str("\ntried on the lists that come with this program\n");
    for list in tried {
        let head = format!("  {:<24} ", list.file());
        text.push_str(&paragraph(&head, &list.text(plugin), 27));
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
