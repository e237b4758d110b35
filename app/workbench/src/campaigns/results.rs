//! Results that are typed in, as the table that a worksheet would be.

use super::settings::TypedResult;
use crate::error::WorkbenchError;
use ::campaign::{State, label};
use job::Job;
use table::{OutputFormat, OutputTable, Values};

/// A worksheet of what was typed, as CSV: a campaign reads it as it reads any other.
///
/// # Errors
/// It cannot be written.
pub fn worksheet(
    state: &State,
    results: &[TypedResult],
    job: &Job,
) -> Result<Vec<u8>, WorkbenchError> {
    let order: Vec<u32> = (0..results.len() as u32).collect();
    let mut out = OutputTable::new(&order);
    let mut push = |header: String, cell: &dyn Fn(&TypedResult) -> String| {
        let cells: Vec<String> = results.iter().map(cell).collect();
        out.push(header, Values::Text(cells.into()));
    };
    push("suggestion".to_owned(), &|typed| typed.suggestion.clone());
    let measured = state.created.outcomes.iter().filter(|o| !o.known);
    for (place, outcome) in measured.enumerate() {
        let cell = |typed: &TypedResult, part: usize| {
            let value = typed.values.get(place);
            value.map_or_else(String::new, |value| value[part].trim().to_owned())
        };
        push(label(outcome), &|typed| cell(typed, 0));
        let std = screening::label(&format!("{}_std", outcome.name), &outcome.unit);
        push(std, &|typed| cell(typed, 1));
    }
    push("status".to_owned(), &|typed| typed.status.trim().to_owned());
    push("note".to_owned(), &|typed| typed.note.trim().to_owned());
    let mut bytes = Vec::new();
    out.write(&mut bytes, OutputFormat::Csv, job)?;
    Ok(bytes)
}
