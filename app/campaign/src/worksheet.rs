//! The worksheet: suggestions as a table that a person fills in and gives back.

use crate::create::label;
use crate::pool::Pool;
use crate::state::{State, Suggestion};
use crate::{CampaignError, Candidate};
use job::Job;
use screening::label as with_unit;
use std::io::Write;
use table::{OutputFormat, OutputTable, Values};

/// Writes suggestions: their names, the candidates' columns, empty cells for what is measured, what is expected, and why.
///
/// # Errors
/// The writer fails.
pub fn write_worksheet(
    writer: &mut dyn Write,
    state: &State,
    pool: &Pool,
    suggestions: &[&Suggestion],
    format: OutputFormat,
    job: &Job,
) -> Result<(), CampaignError> {
    let order: Vec<u32> = (0..suggestions.len() as u32).collect();
    let mut out = OutputTable::new(&order);
    let texts = |cells: Vec<String>| Values::Text(cells.into());
    out.push(
        "suggestion",
        texts(suggestions.iter().map(|s| s.pick.id.clone()).collect()),
    );
    for (name, cells) in candidate_columns(state, pool, suggestions) {
        out.push(name, texts(cells));
    }
    let blank = || texts(vec![String::new(); suggestions.len()]);
    for outcome in state.created.outcomes.iter().filter(|o| !o.known) {
        out.push(label(outcome), blank());
        out.push(
            with_unit(&format!("{}_std", outcome.name), &outcome.unit),
            blank(),
        );
    }
    out.push("status", blank());
    out.push("note", blank());
    for (place, outcome) in state.created.outcomes.iter().enumerate() {
        let mean = suggestions.iter().map(|s| s.pick.mean[place].0);
        let std = suggestions.iter().map(|s| s.pick.std[place].0);
        let name = format!("expected {}", outcome.name);
        out.push(with_unit(&name, &outcome.unit), Values::F64(mean.collect()));
        let name = format!("expected {}_std", outcome.name);
        out.push(with_unit(&name, &outcome.unit), Values::F64(std.collect()));
    }
    let feasible = suggestions.iter().map(|s| s.pick.feasible.0);
    out.push("probability_feasible", Values::F64(feasible.collect()));
    out.push(
        "why",
        texts(suggestions.iter().map(|s| s.pick.why.clone()).collect()),
    );
    Ok(out.write(writer, format, job)?)
}

/// The columns that people know a candidate by: all of the table, but the outcomes.
pub(crate) fn candidate_columns(
    state: &State,
    pool: &Pool,
    suggestions: &[&Suggestion],
) -> Vec<(String, Vec<String>)> {
    let outcomes = &state.created.outcomes;
    let is_outcome = |name: &str| {
        outcomes
            .iter()
            .any(|o| name == o.name || name.strip_suffix("_std") == Some(&o.name))
    };
    let mut columns = Vec::new();
    for (column, info) in pool.headers().iter().enumerate() {
        // A column of these names would be taken for the worksheet's own when it comes back.
        let own = ["suggestion", "status", "note", "notes", "replicate"];
        if is_outcome(&info.name) || own.contains(&info.name.to_lowercase().as_str()) {
            continue;
        }
        let input = pool.inputs.iter().position(|input| input.name == info.name);
        let cell = |s: &&Suggestion| match (&s.pick.candidate, input) {
            (Candidate::Row(row), _) => pool.text(column, *row),
            (Candidate::Cells(cells), Some(input)) => cells[input].clone(),
            (Candidate::Cells(_), None) => String::new(),
        };
        let header = match info.header.trim() {
            "" => info.name.clone(),
            header => header.to_owned(),
        };
        columns.push((header, suggestions.iter().map(cell).collect()));
    }
    columns
}
