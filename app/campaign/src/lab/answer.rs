//! What a lab says it measured, and what of it can be used.

use super::{Order, Trouble};
use serde_json::{Map, Value as Json};
use table::convert_factor;

/// What a lab reports of one experiment, as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reported {
    /// By the outcome's name.
    pub values: Vec<(String, Value)>,
    /// Inputs that were made otherwise than ordered, by name, in the ordered unit.
    pub made: Vec<(String, String)>,
    pub note: Option<String>,
}

/// One reported number.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// NaN: the lab says that it does not know.
    pub value: f64,
    /// Standard deviation; NaN not known.
    pub std: f64,
    /// `None`: the unit that was asked for.
    pub unit: Option<String>,
}

/// What can be used of a report, in the units that were asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Value and standard deviation for each outcome of the order; NaN not known.
    pub values: Vec<(f64, f64)>,
    /// A text for each input of the order, where something else was made.
    pub made: Option<Vec<String>>,
    pub note: Option<String>,
}

/// The longest note that is kept, characters.
const NOTE: usize = 500;

/// A text of at most so many characters, without line breaks.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let mut short: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(most)
        .collect();
    if text.chars().nth(most).is_some() {
        short.push_str("...");
    }
    short
}

impl Reported {
    /// Reads a report from JSON: `values` as an object of numbers, or of objects with `value`, `std` and `unit`; `made` as an
    /// object; `note` as a text. A number `NAME_std` is the standard deviation of `NAME`.
    pub(super) fn from_json(report: &Map<String, Json>) -> Result<Reported, String> {
        let mut reported = Reported {
            note: report
                .get("note")
                .and_then(Json::as_str)
                .map(|note| shortened(note, NOTE)),
            ..Reported::default()
        };
        match report.get("values") {
            Some(Json::Object(values)) => reported.values = values_of(values)?,
            Some(other) => return Err(format!("`values` is {}, no object", kind(other))),
            None => return Err("it has no `values`".to_owned()),
        }
        match report.get("made") {
            None | Some(Json::Null) => {}
            Some(Json::Object(made)) => {
                for (name, value) in made {
                    let text = match value {
                        Json::String(text) => text.trim().to_owned(),
                        Json::Number(number) => number.to_string(),
                        other => return Err(format!("`{name}` under `made` is {}", kind(other))),
                    };
                    reported.made.push((name.clone(), text));
                }
            }
            Some(other) => return Err(format!("`made` is {}, no object", kind(other))),
        }
        Ok(reported)
    }

    /// What can be used of it for this order.
    ///
    /// # Errors
    /// Nothing can: why.
    pub fn check(&self, order: &Order) -> Result<(Measured, Vec<(Trouble, String)>), String> {
        let mut troubles = Vec::new();
        let mut values = Vec::with_capacity(order.outcomes.len());
        for wanted in &order.outcomes {
            let name = &wanted.name;
            let found: Vec<&Value> = self
                .values
                .iter()
                .filter(|(it, _)| it == name)
                .map(|(_, value)| value)
                .collect();
            let [value] = found.as_slice() else {
                if found.len() > 1 {
                    return Err(format!("it has `{name}` {} times", found.len()));
                }
                values.push((f64::NAN, f64::NAN));
                continue;
            };
            if value.value.is_infinite() {
                return Err(format!("`{name}` is infinite"));
            }
            let sound = value.std >= 0.0 && value.std.is_finite();
            if !(value.std.is_nan() || sound) {
                return Err(format!(
                    "the standard deviation of `{name}` is {}",
                    value.std
                ));
            }
            let (mut number, mut std) = (value.value, value.std);
            if let Some(unit) = &value.unit {
                let conversion = convert_factor(unit, &wanted.unit).map_err(|error| {
                    format!(
                        "`{name}` comes in {unit} instead of {}: {error}",
                        wanted.unit
                    )
                })?;
                std = (conversion.apply(number + std) - conversion.apply(number)).abs();
                number = conversion.apply(number);
            }
            values.push((number, std));
        }
        let missing: Vec<&str> = order
            .outcomes
            .iter()
            .zip(&values)
            .filter(|(_, (value, _))| value.is_nan())
            .map(|(wanted, _)| wanted.name.as_str())
            .collect();
        if missing.len() == order.outcomes.len() {
            let names: Vec<&str> = self.values.iter().map(|(name, _)| name.as_str()).collect();
            return Err(format!(
                "it has none of {}, but {}",
                missing.join(", "),
                if names.is_empty() {
                    "no value at all".to_owned()
                } else {
                    shortened(&names.join(", "), 200)
                }
            ));
        }
        if !missing.is_empty() {
            troubles.push((Trouble::Partial, format!("without {}", missing.join(", "))));
        }
        let extra = self.values.iter().map(|(name, _)| name);
        let extra: Vec<&str> = extra
            .filter(|name| order.outcomes.iter().all(|wanted| wanted.name != **name))
            .map(String::as_str)
            .collect();
        if !extra.is_empty() {
            let text = format!("{} was not asked for", shortened(&extra.join(", "), 200));
            troubles.push((Trouble::Unknown, text));
        }
        let made = self.made(order)?;
        let note = self.note.clone();
        Ok((Measured { values, made, note }, troubles))
    }

    fn made(&self, order: &Order) -> Result<Option<Vec<String>>, String> {
        let mut cells: Vec<String> = order.inputs.iter().map(|cell| cell.text.clone()).collect();
        let mut differs = false;
        for (name, text) in &self.made {
            let Some(at) = order.inputs.iter().position(|cell| cell.name == *name) else {
                return Err(format!(
                    "it says what was made of `{}`, which is no input",
                    shortened(name, 60)
                ));
            };
            let cell = &order.inputs[at];
            let number: Option<f64> = text.parse().ok().filter(|n: &f64| n.is_finite());
            if cell.number().is_some() && number.is_none() {
                return Err(format!(
                    "`{name}` was made as `{}`, which is no number",
                    shortened(text, 60)
                ));
            }
            if number.is_none() || number != cell.number() {
                differs |= *text != cell.text;
                cells[at].clone_from(text);
            }
        }
        Ok(differs.then_some(cells))
    }
}

/// Values out of a JSON object.
pub(super) fn values_of(values: &Map<String, Json>) -> Result<Vec<(String, Value)>, String> {
    let mut read: Vec<(String, Value)> = Vec::new();
    for (name, value) in values {
        let named = |key: &str| format!("`{}` of `{}`", key, shortened(name, 60));
        let value = match value {
            Json::Object(parts) => {
                let number = |key: &str| match parts.get(key) {
                    None | Some(Json::Null) => Ok(f64::NAN),
                    Some(part) => part
                        .as_f64()
                        .ok_or_else(|| format!("{} is {}, no number", named(key), kind(part))),
                };
                let unit = match parts.get("unit") {
                    None | Some(Json::Null) => None,
                    Some(Json::String(unit)) => Some(unit.clone()),
                    Some(other) => return Err(format!("{} is {}", named("unit"), kind(other))),
                };
                Value {
                    value: number("value")?,
                    std: number("std")?,
                    unit,
                }
            }
            Json::Null => Value {
                value: f64::NAN,
                std: f64::NAN,
                unit: None,
            },
            Json::Number(number) => Value {
                value: number.as_f64().unwrap_or(f64::NAN),
                std: f64::NAN,
                unit: None,
            },
            other => {
                let name = shortened(name, 60);
                return Err(format!("`{name}` is {}, no number", kind(other)));
            }
        };
        read.push((name.clone(), value));
    }
    let stds: Vec<(String, f64)> = read
        .iter()
        .filter_map(|(name, value)| Some((name.strip_suffix("_std")?.to_owned(), value.value)))
        .collect();
    for (name, std) in stds {
        if let Some((_, value)) = read.iter_mut().find(|(other, _)| *other == name) {
            value.std = std;
            read.retain(|(other, _)| other.strip_suffix("_std") != Some(&name));
        }
    }
    Ok(read)
}

/// What a piece of JSON is, in words, with its beginning.
pub(super) fn kind(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => format!("`{value}`"),
        Json::Number(number) => format!("the number {number}"),
        Json::String(text) => format!("the text \"{}\"", shortened(text, 60)),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    }
}
