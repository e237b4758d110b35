//! Spaces as TOML; the head of `space` shows how it looks.

use super::error::SpaceError;
use super::{Category, Group, Input, Levels, Mixture, Part, Range, Space};
use crate::constraint::Constraint;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    input: Vec<Spanned<Entry>>,
    #[serde(default)]
    constraints: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Spanned<String>,
    unit: Option<Spanned<String>>,
    range: Option<Spanned<[f64; 2]>>,
    step: Option<Spanned<f64>>,
    scale: Option<Spanned<String>>,
    category: Option<Spanned<Vec<Label>>>,
    levels: Option<Spanned<Vec<Label>>>,
    mixture: Option<Spanned<Vec<String>>>,
    total: Option<Spanned<f64>>,
    at_least: Option<Spanned<usize>>,
    at_most: Option<Spanned<usize>>,
    least: Option<Spanned<f64>>,
    bounds: Option<Spanned<BTreeMap<String, [f64; 2]>>>,
    groups: Option<Spanned<Vec<Bundle>>>,
}

/// A value of a category or of levels: a text, or a number as it is written.
#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Text(String),
    Whole(i64),
    Number(f64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    parts: Vec<String>,
    range: [f64; 2],
}

impl Label {
    fn text(self) -> String {
        match self {
            Label::Text(text) => text,
            Label::Whole(number) => number.to_string(),
            Label::Number(number) => number.to_string(),
        }
    }
}

/// Larger texts are refused unread.
const LONGEST: usize = 4 << 20;

impl Space {
    /// Reads a space; errors name the line.
    pub fn from_toml(text: &str) -> Result<Space, SpaceError> {
        if text.len() > LONGEST {
            return Err(SpaceError::of_space(
                "the text is longer than 4 MiB",
                "bring the candidates as a pool",
            ));
        }
        let document: Document = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line_at(text, span.start));
            let problem = error.message().trim().replace('\n', " ");
            SpaceError {
                line,
                ..SpaceError::of_space(problem, "see the example under `lodestone help campaign`")
            }
        })?;
        let mut inputs = Vec::with_capacity(document.input.len());
        let mut lines: Vec<BTreeMap<&'static str, usize>> = vec![];
        for entry in document.input {
            let start = line_at(text, entry.span().start);
            let entry = entry.into_inner();
            let mut known = entry.lines(text);
            known.insert("", start);
            inputs.push(entry.input(&known)?);
            lines.push(known);
        }
        let mut constraints = vec![];
        let mut constraint_lines = vec![];
        for constraint in document.constraints {
            let line = line_at(text, constraint.span().start);
            constraint_lines.push(line);
            let parsed = Constraint::parse(constraint.get_ref());
            constraints.push(parsed.map_err(|error| SpaceError {
                line: Some(line),
                input: None,
                problem: format!(
                    "{} `{}`, character {}: {}",
                    error.subject, error.text, error.position, error.problem
                ),
                remedy: error.remedy,
            })?);
        }
        Space::located(inputs, constraints, &|input, key| match input {
            Some(input) => {
                let known = lines.get(input)?;
                known.get(key).or_else(|| known.get("")).copied()
            }
            None => constraint_lines.get(key.parse::<usize>().ok()?).copied(),
        })
    }

    /// The space as TOML, which reads back as the same space.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        if !self.constraints.is_empty() {
            let all: Vec<String> = self
                .constraints
                .iter()
                .map(|c| quoted(&c.to_string()))
                .collect();
            line(&mut text, "constraints", &format!("[{}]", all.join(", ")));
        }
        for input in &self.inputs {
            text.push_str(if text.is_empty() {
                "[[input]]\n"
            } else {
                "\n[[input]]\n"
            });
            line(&mut text, "name", &quoted(input.name()));
            match input {
                Input::Range(range) => {
                    unit(&mut text, &range.unit);
                    line(&mut text, "range", &pair(range.low, range.high));
                    if let Some(step) = range.step {
                        line(&mut text, "step", &number(step));
                    }
                    if range.log {
                        line(&mut text, "scale", "\"log\"");
                    }
                }
                Input::Category(category) => line(&mut text, "category", &list(&category.values)),
                Input::Levels(levels) => {
                    unit(&mut text, &levels.unit);
                    line(&mut text, "levels", &list(&levels.values));
                }
                Input::Mixture(mixture) => write_mixture(&mut text, mixture),
            }
        }
        text
    }
}

fn line_at(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// What an input of each kind may say beside its name.
const RANGE: &[&str] = &["range", "unit", "step", "scale"];
const CATEGORY: &[&str] = &["category"];
const LEVELS: &[&str] = &["levels", "unit"];
const MIXTURE: &[&str] = &[
    "mixture", "unit", "step", "total", "at_least", "at_most", "least", "bounds", "groups",
];

impl Entry {
    /// The line of each setting that is there.
    fn lines(&self, text: &str) -> BTreeMap<&'static str, usize> {
        let mut lines = BTreeMap::from([("name", line_at(text, self.name.span().start))]);
        macro_rules! note {
            ($($key:ident),*) => {
                $(if let Some(setting) = &self.$key {
                    lines.insert(stringify!($key), line_at(text, setting.span().start));
                })*
            };
        }
        note!(unit, range, step, scale, category, levels, mixture);
        note!(total, at_least, at_most, least, bounds, groups);
        lines
    }

    fn input(self, lines: &BTreeMap<&'static str, usize>) -> Result<Input, SpaceError> {
        let name = self.name.get_ref().clone();
        let fail = |key: &str, problem: String, remedy: String| SpaceError {
            line: lines.get(key).or_else(|| lines.get("")).copied(),
            input: Some(name.clone()),
            problem,
            remedy,
        };
        let kinds: Vec<&str> = ["range", "category", "levels", "mixture"]
            .into_iter()
            .filter(|kind| lines.contains_key(kind))
            .collect();
        let allowed = match kinds.as_slice() {
            ["range"] => RANGE,
            ["category"] => CATEGORY,
            ["levels"] => LEVELS,
            ["mixture"] => MIXTURE,
            [] => {
                let remedy =
                    "write one of range = [..], category = [..], levels = [..], mixture = [..]";
                return Err(fail(
                    "",
                    "it is not said what the input is".into(),
                    remedy.into(),
                ));
            }
            several => {
                return Err(fail(
                    several[1],
                    format!("an input is a {} or {}, not both", several[0], several[1]),
                    "write two inputs".into(),
                ));
            }
        };
        if let Some(key) = lines
            .keys()
            .find(|key| !allowed.contains(*key) && **key != "name" && !key.is_empty())
        {
            return Err(fail(
                key,
                format!("`{key}` says nothing of a {}", allowed[0]),
                format!("leave it out; a {} has {}", allowed[0], allowed.join(", ")),
            ));
        }
        let unit = self.unit.map(Spanned::into_inner);
        let step = self.step.map(Spanned::into_inner);
        let texts = |labels: Spanned<Vec<Label>>| -> Vec<String> {
            labels.into_inner().into_iter().map(Label::text).collect()
        };
        if let Some(range) = self.range {
            let [low, high] = range.into_inner();
            let log = match self.scale.as_ref().map(|scale| scale.get_ref().as_str()) {
                None | Some("linear") => false,
                Some("log") => true,
                Some(other) => {
                    let remedy = "write scale = \"log\", or leave it out";
                    return Err(fail(
                        "scale",
                        format!("there is no scale `{other}`"),
                        remedy.into(),
                    ));
                }
            };
            return Ok(Input::Range(Range {
                name,
                unit,
                low,
                high,
                step,
                log,
            }));
        }
        if let Some(values) = self.category {
            let values = texts(values);
            return Ok(Input::Category(Category { name, values }));
        }
        if let Some(values) = self.levels {
            return Ok(Input::Levels(Levels::new(name, unit, texts(values))));
        }
        let names = self.mixture.map(Spanned::into_inner).unwrap_or_default();
        let total = self.total.map_or(1.0, Spanned::into_inner);
        let bounds = self.bounds.map(Spanned::into_inner).unwrap_or_default();
        let unknown = |key: &str, part: &str| {
            let near = crate::suggest_nearest(part, &names);
            fail(
                key,
                format!("`{part}` is no part of the mixture"),
                near.map_or("list it under mixture".into(), |near| {
                    format!("did you mean `{near}`?")
                }),
            )
        };
        if let Some(part) = bounds.keys().find(|part| !names.contains(part)) {
            return Err(unknown("bounds", part));
        }
        let mut groups = vec![];
        for group in self.groups.map(Spanned::into_inner).unwrap_or_default() {
            let mut parts = vec![];
            for part in &group.parts {
                let at = names.iter().position(|name| name == part);
                parts.push(at.ok_or_else(|| unknown("groups", part))?);
            }
            let [low, high] = group.range;
            groups.push(Group { parts, low, high });
        }
        let least = self.least.map_or(0.0, Spanned::into_inner);
        let part = |name: &String| {
            let [low, high] = bounds.get(name).copied().unwrap_or([0.0, total]);
            Part {
                name: name.clone(),
                low,
                high,
                least,
            }
        };
        Ok(Input::Mixture(Mixture {
            name,
            unit,
            total,
            step,
            at_least: self.at_least.map_or(1, Spanned::into_inner),
            at_most: self.at_most.map_or(names.len(), Spanned::into_inner),
            parts: names.iter().map(part).collect(),
            groups,
        }))
    }
}

fn line(text: &mut String, key: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{key} = {value}");
}

fn unit(text: &mut String, unit: &Option<String>) {
    if let Some(unit) = unit {
        line(text, "unit", &quoted(unit));
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A float of TOML that reads back as the same number.
fn number(number: f64) -> String {
    format!("{number:?}")
}

fn pair(low: f64, high: f64) -> String {
    format!("[{}, {}]", number(low), number(high))
}

fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", values.join(", "))
}

fn write_mixture(text: &mut String, mixture: &Mixture) {
    let names: Vec<String> = mixture.parts.iter().map(|part| part.name.clone()).collect();
    unit(text, &mixture.unit);
    line(text, "mixture", &list(&names));
    line(text, "total", &number(mixture.total));
    if let Some(step) = mixture.step {
        line(text, "step", &number(step));
    }
    if mixture.at_least != 1 {
        line(text, "at_least", &mixture.at_least.to_string());
    }
    if mixture.at_most != mixture.parts.len() {
        line(text, "at_most", &mixture.at_most.to_string());
    }
    if let Some(part) = mixture.parts.first().filter(|part| part.least > 0.0) {
        line(text, "least", &number(part.least));
    }
    let bounded = mixture
        .parts
        .iter()
        .filter(|part| part.low != 0.0 || part.high != mixture.total)
        .map(|part| format!("{} = {}", quoted(&part.name), pair(part.low, part.high)));
    let bounded: Vec<String> = bounded.collect();
    if !bounded.is_empty() {
        line(text, "bounds", &format!("{{ {} }}", bounded.join(", ")));
    }
    if !mixture.groups.is_empty() {
        let group = |group: &Group| {
            let parts: Vec<String> = group.parts.iter().map(|&i| names[i].clone()).collect();
            format!(
                "{{ parts = {}, range = {} }}",
                list(&parts),
                pair(group.low, group.high)
            )
        };
        let groups: Vec<String> = mixture.groups.iter().map(group).collect();
        line(text, "groups", &format!("[{}]", groups.join(", ")));
    }
}
