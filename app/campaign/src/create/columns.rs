//! Which columns of a table describe its candidates, and what it knows of the outcomes already.

use super::{Wanted, question};
use crate::CampaignError;
use crate::event::{
    Candidate, Entry, Input, InputKind, Observed, Outcome, Reading, Source, Status,
};
use crate::number::Number;
use crate::pool::MOST_LEVELS;
use std::collections::BTreeSet;
use table::{Conversion, Table, convert_factor};

/// The columns that describe a candidate.
pub(super) fn inputs(
    table: &Table,
    wanted: &Wanted,
    outcomes: &[Outcome],
    messages: &mut Vec<String>,
) -> Result<Vec<Input>, CampaignError> {
    let find = |names: &[String]| -> Result<BTreeSet<usize>, CampaignError> {
        Ok(names
            .iter()
            .map(|name| table.find_column(name))
            .collect::<Result<_, _>>()?)
    };
    let (named, ignored) = (find(&wanted.inputs)?, find(&wanted.ignored)?);
    let cost = wanted
        .cost
        .as_deref()
        .map(|name| table.find_column(name))
        .transpose()?;
    let formula = match &wanted.request.formula_column {
        Some(name) => Some(table.formula_column(Some(name))?),
        None => table.formula_column(None).ok(),
    };
    let (mut inputs, mut left) = (Vec::new(), Vec::new());
    for (column, info) in table.columns().iter().enumerate() {
        let is_outcome = outcomes
            .iter()
            .any(|o| info.name == o.name || info.name == format!("{}_std", o.name));
        let asked = named.contains(&column);
        if is_outcome || ignored.contains(&column) || (!named.is_empty() && !asked) {
            continue;
        }
        if cost == Some(column) && !asked {
            continue;
        }
        let kind = if formula == Some(column) {
            Some(InputKind::Formula)
        } else {
            kind_of(table, column, asked)
        };
        match kind {
            Some(kind) => inputs.push(Input {
                name: info.name.clone(),
                unit: info.unit.clone().unwrap_or_default(),
                kind,
            }),
            None => left.push(info.name.as_str()),
        }
    }
    if !left.is_empty() {
        messages.push(format!(
            "columns that only name the candidates, or are the same for all, are no inputs: {} (--input makes one of them an input)",
            left.join(", ")
        ));
    }
    if inputs.is_empty() {
        return Err(question(
            "no column describes the candidates: give columns of numbers, categories or formulas"
                .to_owned(),
        ));
    }
    let listed: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    messages.push(format!("inputs: {}", listed.join(", ")));
    Ok(inputs)
}

/// Headers of columns that count the rows.
const COUNTING: [&str; 9] = [
    "id",
    "index",
    "no",
    "no.",
    "nr",
    "#",
    "number",
    "row",
    "unnamed: 0",
];

/// What a column holds; none where it only names candidates or never varies.
fn kind_of(table: &Table, column: usize, asked: bool) -> Option<InputKind> {
    let info = &table.columns()[column];
    if table.is_numeric(column) {
        let values = table.numbers(column).values;
        let (low, high) = crate::pool::bounds(&values);
        let name = info.name.trim().to_lowercase();
        let counts = (COUNTING.contains(&name.as_str()) || info.header.trim().is_empty())
            && values.iter().all(|value| value.fract() == 0.0);
        return (low < high && (asked || !counts)).then_some(InputKind::Number);
    }
    let mut levels = BTreeSet::new();
    for text in table.texts(column, 0..table.len()) {
        let text = text.trim();
        if !table::is_missing(text) && !levels.contains(text) {
            levels.insert(text.to_owned());
        }
        if levels.len() > MOST_LEVELS {
            return None;
        }
    }
    let repeats = 2 * levels.len() <= table.len();
    (levels.len() > 1 && (asked || repeats)).then_some(InputKind::Category)
}

/// What the table already says of the outcomes.
pub(super) fn observed(
    table: &Table,
    wanted: &Wanted,
    outcomes: &[Outcome],
    messages: &mut Vec<String>,
) -> Result<Observed, CampaignError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut columns = Vec::new();
    for (place, outcome) in (0..).zip(outcomes).filter(|(_, o)| !o.known) {
        let Some(column) = table.columns().iter().position(|c| c.name == outcome.name) else {
            continue;
        };
        let numbers = table.numbers(column);
        if let Some(bad) = numbers.bad.first() {
            messages.push(format!(
                "column {:?}: {} cells are no number and count as not measured (line {}: {:?}: {})",
                outcome.name, numbers.bad_count, bad.line, bad.text, bad.error
            ));
        }
        columns.push((place, numbers.values, stds(table, outcome)?));
    }
    let known = |row: usize| columns.iter().any(|(_, values, _)| !values[row].is_nan());
    if wanted.blind {
        let count = (0..table.len()).filter(|row| known(*row)).count();
        if count > 0 {
            messages.push(format!(
                "blind: what the table says of the objectives ({count} rows) is not looked at"
            ));
        }
        columns.clear();
    }
    for row in 0..table.len() {
        let values: Vec<Reading> = columns
            .iter()
            .filter(|(_, values, _)| !values[row].is_nan())
            .map(|(place, values, stds)| Reading {
                outcome: *place,
                value: Number(values[row]),
                std: Number(stds.as_ref().map_or(f64::NAN, |stds| stds[row])),
            })
            .collect();
        if !values.is_empty() {
            entries.push(Entry {
                candidate: Candidate::Row(row as u32),
                suggestion: None,
                replicate: 1,
                made: None,
                status: Status::Measured,
                values,
                note: None,
            });
        }
    }
    if entries.len() == table.len() {
        messages.push("every candidate has a value already, so there is nothing left to suggest; for a replay, --blind hides them".to_owned());
    }
    Ok(Observed {
        source: Source::Pool,
        entries,
    })
}

/// The column `<outcome>_std` in the outcome's unit.
fn stds(table: &Table, outcome: &Outcome) -> Result<Option<Vec<f64>>, CampaignError> {
    let name = format!("{}_std", outcome.name);
    let Some(column) = table.columns().iter().position(|c| c.name == name) else {
        return Ok(None);
    };
    let mut values = table.numbers(column).values;
    let conversion = match &table.columns()[column].unit {
        Some(unit) => convert_factor(unit, &outcome.unit)
            .map_err(|error| question(format!("column {name:?}: {error}")))?,
        None => Conversion::IDENTITY,
    };
    for value in &mut values {
        // A negative standard deviation is none.
        *value = if *value < 0.0 {
            f64::NAN
        } else {
            conversion.apply_std(*value)
        };
    }
    Ok(Some(values))
}
