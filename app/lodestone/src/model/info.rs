//! `lodestone model info`: all that a model says of itself.

use super::learn::{scores_as_json, scores_in_words};
use super::list::find;
use super::{print, print_json};
use crate::{Failure, show};
use screening::{Model, label};
use serde_json::{Value, json};
use surrogate::model::Inputs;

pub fn info(name_or_file: &str, json: bool) -> Result<(), Failure> {
    let model = find(name_or_file)?;
    if json {
        return print_json(&as_json(&model));
    }
    print(&in_words(&model))
}

/// For people: a line a fact.
pub fn in_words(model: &Model) -> String {
    let said = model.model();
    let about = said.about();
    let stated = |text: &str, otherwise: &str| match text {
        "" => otherwise.to_owned(),
        text => text.to_owned(),
    };
    let mut lines: Vec<(&str, String)> = vec![
        ("model", format!("{} ({})", model.name(), model.origin())),
        ("property", label(&model.property(), model.unit())),
        ("kind", said.kind().name().to_owned()),
        ("inputs", inputs(said.inputs())),
        (
            "trained on",
            format!("{}, {} rows", stated(&about.data, "no name"), said.rows()),
        ),
        ("  SHA-256", stated(&about.sha256, "not stated")),
        ("  licence", stated(&about.licence, "not stated")),
        ("  label", about.label.clone()),
        ("  seed", said.seed().to_string()),
        (
            "errors",
            said.scores().map_or_else(
                || "not cross-validated".to_owned(),
                |s| {
                    let words = scores_in_words(s, model.unit());
                    format!("cross-validated on {} rows: {words}", s.count)
                },
            ),
        ),
    ];
    let elements: Vec<&str> = said.domain().elements().map(|e| e.symbol()).collect();
    if !elements.is_empty() {
        lines.push((
            "holds for",
            format!("{} elements: {}", elements.len(), elements.join(" ")),
        ));
    }
    let ranges = ranges(model);
    for (index, (name, low, high)) in ranges.iter().enumerate() {
        let head = if index == 0 { "holds for" } else { "" };
        lines.push((head, format!("{name} from {low} to {high}")));
    }
    lines.push(("SHA-256", model.sha256().to_owned()));
    lines.push(("size", format!("{} kB", model.bytes().div_ceil(1000))));
    let mut text = String::new();
    for (head, line) in lines {
        text.push_str(&crate::plugin::paragraph(
            &format!("{head:<12}"),
            &show::visible(&line),
            12,
        ));
    }
    text
}

/// What a model is fed with, in words.
pub fn inputs(inputs: &Inputs) -> String {
    match inputs {
        Inputs::Composition(set) => format!(
            "composition, as {} descriptors: {}",
            inputs.width(),
            set.name()
        ),
        Inputs::Columns(names) => format!("columns {}", names.join(", ")),
    }
}

/// The range of each numeric input in the training data.
fn ranges(model: &Model) -> Vec<(String, f64, f64)> {
    let Inputs::Columns(names) = model.model().inputs() else {
        return Vec::new();
    };
    let ranges = model.model().domain().ranges();
    let all = names.iter().zip(ranges);
    all.map(|(name, (low, high))| (name.clone(), low, high))
        .collect()
}

/// For machines.
pub fn as_json(model: &Model) -> Value {
    let said = model.model();
    let about = said.about();
    let elements: Vec<&str> = said.domain().elements().map(|e| e.symbol()).collect();
    let ranges = ranges(model).into_iter();
    let ranges: Vec<Value> = ranges
        .map(|(name, low, high)| json!({ "name": name, "min": low, "max": high }))
        .collect();
    json!({
        "name": model.name(),
        "origin": model.origin(),
        "property": model.property(),
        "unit": model.unit(),
        "kind": said.kind().name(),
        "inputs": match said.inputs() {
            Inputs::Composition(set) => json!({ "composition": set.name() }),
            Inputs::Columns(names) => json!({ "columns": names }),
        },
        "training": {
            "data": about.data,
            "rows": said.rows(),
            "sha256": about.sha256,
            "licence": about.licence,
            "label": about.label,
            "seed": said.seed(),
        },
        "cross_validation": said.scores().map(scores_as_json),
        "domain": { "elements": elements, "ranges": ranges },
        "sha256": model.sha256(),
        "bytes": model.bytes(),
    })
}
