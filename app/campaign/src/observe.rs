//! Results that come back: a table with suggestions' names or candidates' columns, compared with what is known already.

use crate::create::label;
use crate::event::{Candidate, Entry, Observed, Outcome, Reading, Source, Status};
use crate::matcher::{Description, Matcher};
use crate::number::Number;
use crate::pool::Pool;
use crate::state::{Experiment, Key, State};
use crate::{CampaignError, Event};
use std::collections::HashMap;
use table::{Conversion, Table, convert_factor, is_missing, parse_number};

/// The headers that a worksheet has for the suggestion's name.
const SUGGESTION: [&str; 3] = ["suggestion", "suggestion_id", "id"];

/// What a table of results says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results {
    pub rows: Vec<Row>,
    /// What the user should know of how the table was understood.
    pub messages: Vec<String>,
}

/// One row of results.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The line of the file.
    pub line: u64,
    /// The row as it stands there.
    pub text: String,
    pub verdict: Verdict,
}

/// What a row means to the campaign.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Something that was not known.
    New(Entry),
    /// Something that was known otherwise; what was, and is, in words.
    Changed(Entry, String),
    /// What is known already.
    Known,
    /// Nothing is filled in.
    Blank,
    /// It cannot be used, and why.
    Refused(String),
}

impl Results {
    fn count(&self, test: impl Fn(&Verdict) -> bool) -> usize {
        self.rows.iter().filter(|row| test(&row.verdict)).count()
    }

    pub fn new_ones(&self) -> usize {
        self.count(|v| matches!(v, Verdict::New(_)))
    }

    pub fn changed(&self) -> usize {
        self.count(|v| matches!(v, Verdict::Changed(..)))
    }

    pub fn known(&self) -> usize {
        self.count(|v| matches!(v, Verdict::Known))
    }

    pub fn blank(&self) -> usize {
        self.count(|v| matches!(v, Verdict::Blank))
    }

    pub fn refused(&self) -> impl Iterator<Item = (&Row, &str)> {
        self.rows.iter().filter_map(|row| match &row.verdict {
            Verdict::Refused(why) => Some((row, why.as_str())),
            _ => None,
        })
    }

    /// The event that tells what is new or changed; none where nothing is.
    pub fn event(&self, source: Source) -> Option<Event> {
        let entries = self.rows.iter().filter_map(|row| match &row.verdict {
            Verdict::New(entry) | Verdict::Changed(entry, _) => Some(entry.clone()),
            _ => None,
        });
        let entries: Vec<Entry> = entries.collect();
        (!entries.is_empty()).then_some(Event::Observed(Observed { source, entries }))
    }
}

/// A column of the table, and how its unit is converted.
type Place = Option<(usize, Conversion)>;

/// Where the table has what.
struct Columns {
    suggestion: Option<usize>,
    replicate: Option<usize>,
    status: Option<usize>,
    note: Option<usize>,
    /// For each outcome: column and conversion of the value, and of its standard deviation.
    outcomes: Vec<(Place, Place)>,
    /// For each input.
    inputs: Vec<Option<usize>>,
    /// Columns that only name candidates: here, and in the pool's table.
    labels: Vec<(usize, usize)>,
}

/// Reads results; nothing is written.
///
/// # Errors
/// No column says which candidate a row is about, none has an outcome, or a unit cannot be converted.
pub fn read_results(state: &State, pool: &Pool, table: &Table) -> Result<Results, CampaignError> {
    let wrong = |why: String| CampaignError::Results {
        path: table.source_name().to_owned(),
        why,
    };
    let mut messages = table.messages().to_vec();
    let columns = Columns::find(state, pool, table, &mut messages).map_err(wrong)?;
    let described = (0..table.len()).filter_map(|row| columns.description(pool, table, row));
    let matcher = Matcher::find(pool, described)?;
    let mut seen: HashMap<(Candidate, Option<String>), u32> = HashMap::new();
    let mut here: HashMap<Key, usize> = HashMap::new();
    let experiments = state.experiments.iter().enumerate();
    let known: HashMap<Key, usize> = experiments.map(|(at, e)| (e.key(), at)).collect();
    let mut rows: Vec<Row> = table
        .rejected()
        .iter()
        .map(|rejected| Row {
            line: rejected.line,
            text: rejected.text.to_string(),
            verdict: Verdict::Refused(rejected.reason.to_string()),
        })
        .collect();
    for row in 0..table.len() {
        let read = columns.entry(state, pool, table, row, &matcher, &mut seen);
        let verdict = match read {
            Err(why) => Verdict::Refused(why),
            Ok(None) => Verdict::Blank,
            Ok(Some(entry)) => {
                let key = (
                    entry.candidate.clone(),
                    entry.suggestion.clone(),
                    entry.replicate,
                );
                match here.insert(key.clone(), row) {
                    Some(other) => Verdict::Refused(format!(
                        "the same candidate and replicate stand in line {} too; number repeated measurements in a column `replicate`",
                        table.line(other)
                    )),
                    None => compare(
                        state,
                        known.get(&key).map(|&at| &state.experiments[at]),
                        entry,
                    ),
                }
            }
        };
        rows.push(Row {
            line: table.line(row),
            text: table.row_text(row),
            verdict,
        });
    }
    rows.sort_by_key(|row| row.line);
    Ok(Results { rows, messages })
}

impl Columns {
    fn find(
        state: &State,
        pool: &Pool,
        table: &Table,
        messages: &mut Vec<String>,
    ) -> Result<Self, String> {
        let named = |name: &str| {
            let same = |c: &table::ColumnInfo| c.name.trim().eq_ignore_ascii_case(name);
            table.columns().iter().position(same)
        };
        let input_names = || pool.inputs.iter().map(|input| input.name.as_str());
        let of_pool = |name: &str| {
            let same = |c: &table::ColumnInfo| c.name.trim().eq_ignore_ascii_case(name.trim());
            pool.headers().iter().position(same)
        };
        // A column `id` of the candidates is theirs.
        let own = SUGGESTION.iter().filter(|name| of_pool(name).is_none());
        let suggestion = own.filter_map(|name| named(name)).next();
        let mut outcomes = Vec::new();
        for outcome in &state.created.outcomes {
            if outcome.known {
                outcomes.push((None, None));
                continue;
            }
            let value = with_unit(table, named(&outcome.name), outcome, messages)?;
            let std = with_unit(
                table,
                named(&format!("{}_std", outcome.name)),
                outcome,
                &mut Vec::new(),
            )?;
            outcomes.push((value, std));
        }
        let inputs: Vec<Option<usize>> =
            pool.inputs.iter().map(|input| named(&input.name)).collect();
        let status = named("status");
        if outcomes.iter().all(|(value, _)| value.is_none()) && status.is_none() {
            let wanted = state
                .created
                .outcomes
                .iter()
                .filter(|o| !o.known)
                .map(label);
            return Err(format!(
                "no column holds an outcome; the campaign asks for {}",
                wanted.collect::<Vec<_>>().join(", ")
            ));
        }
        let is_outcome = |name: &str| {
            let of = |o: &Outcome| name == o.name || name.strip_suffix("_std") == Some(&o.name);
            state.created.outcomes.iter().any(of)
        };
        let others = table.columns().iter().enumerate();
        let others = others.filter(|(at, c)| !inputs.contains(&Some(*at)) && !is_outcome(&c.name));
        let labels: Vec<(usize, usize)> = others
            .filter_map(|(at, c)| Some((at, of_pool(&c.name)?)))
            .collect();
        if suggestion.is_none() && inputs.iter().all(Option::is_none) && labels.is_empty() {
            let names: Vec<&str> = input_names().collect();
            return Err(format!(
                "no column says which candidate a row is about; give `suggestion` (s1, s2, ...), or the candidates' own columns: {}",
                names.join(", ")
            ));
        }
        for (input, column) in pool.inputs.iter().zip(&inputs) {
            let unit = column.and_then(|column| table.columns()[column].unit.as_deref());
            if let Some(unit) = unit.filter(|unit| *unit != input.unit) {
                return Err(format!(
                    "column {:?} is in {unit}, and the candidates' own is {}; write it in their unit",
                    input.name,
                    if input.unit.is_empty() {
                        "without a unit".to_owned()
                    } else {
                        format!("in {}", input.unit)
                    }
                ));
            }
        }
        Ok(Self {
            suggestion,
            replicate: named("replicate"),
            status,
            note: named("note").or_else(|| named("notes")),
            outcomes,
            inputs,
            labels,
        })
    }

    /// What a row says; `None` where nothing is filled in.
    fn entry(
        &self,
        state: &State,
        pool: &Pool,
        table: &Table,
        row: usize,
        matcher: &Matcher,
        seen: &mut HashMap<(Candidate, Option<String>), u32>,
    ) -> Result<Option<Entry>, String> {
        let cell = |column: Option<usize>| self.cell(table, row, column);
        let values = self.readings(state, table, row)?;
        let said = cell(self.status);
        if values.is_empty() && said.is_none() {
            return Ok(None);
        }
        let status = status(said.as_deref(), !values.is_empty())?;
        let cells: Vec<Option<String>> = self.inputs.iter().map(|column| cell(*column)).collect();
        let (candidate, suggestion, made) = match cell(self.suggestion) {
            Some(id) => {
                let Some(found) = state.suggestion(&id) else {
                    return Err(format!("there is no suggestion {id:?} in this campaign"));
                };
                let made = made(pool, &found.pick.candidate, &cells)?;
                (found.pick.candidate.clone(), Some(id), made)
            }
            None => {
                let description = self.description(pool, table, row);
                let candidate = matcher.candidate(pool, description.as_ref(), &cells)?;
                let mut answering = state
                    .suggestions
                    .iter()
                    .filter(|s| s.pick.candidate == candidate);
                let suggestion = answering.next().map(|s| s.pick.id.clone());
                (candidate, suggestion, None)
            }
        };
        let count = seen
            .entry((candidate.clone(), suggestion.clone()))
            .or_insert(0);
        *count += 1;
        let replicate = match cell(self.replicate) {
            None => *count,
            Some(text) => match text.parse::<u32>() {
                Ok(number) if number > 0 => number,
                _ => return Err(format!("replicate {text:?} is no number from 1 on")),
            },
        };
        Ok(Some(Entry {
            candidate,
            suggestion,
            replicate,
            made,
            status,
            values,
            note: cell(self.note),
        }))
    }

    fn cell(&self, table: &Table, row: usize, column: Option<usize>) -> Option<String> {
        let text = column.map(|column| table.text(column, row).trim().to_owned());
        text.filter(|text| !is_missing(text))
    }

    /// What a row without a suggestion's name says of its candidate: by its inputs, else by columns that only name it.
    fn description(&self, pool: &Pool, table: &Table, row: usize) -> Option<Description> {
        if self.cell(table, row, self.suggestion).is_some() {
            return None;
        }
        let inputs = self.inputs.iter().enumerate();
        let mut description: Description = inputs
            .filter_map(|(k, column)| {
                let text = self.cell(table, row, *column)?;
                Some((pool.column(k), pool.normal_cell(k, &text)))
            })
            .collect();
        if description.is_empty() {
            let labels = self.labels.iter();
            description = labels
                .filter_map(|&(here, there)| Some((there, self.cell(table, row, Some(here))?)))
                .collect();
        }
        (!description.is_empty()).then_some(description)
    }

    fn readings(&self, state: &State, table: &Table, row: usize) -> Result<Vec<Reading>, String> {
        let number = |column: &(usize, Conversion), std: bool| -> Result<Option<f64>, String> {
            let text = table.text(column.0, row);
            let number = parse_number(&text, table.has_decimal_comma());
            let number = number.map_err(|error| {
                format!(
                    "`{}` is {text:?}: {error}",
                    table.columns()[column.0].header
                )
            })?;
            Ok(number.map(|x| {
                if std {
                    column.1.apply_std(x)
                } else {
                    column.1.apply(x)
                }
            }))
        };
        let mut readings = Vec::new();
        for (place, (value, std)) in (0..).zip(&self.outcomes) {
            let value = value
                .as_ref()
                .map(|column| number(column, false))
                .transpose()?
                .flatten();
            let std = std
                .as_ref()
                .map(|column| number(column, true))
                .transpose()?
                .flatten();
            let name = &state.created.outcomes[place as usize].name;
            match (value, std) {
                (_, Some(std)) if std < 0.0 => {
                    return Err(format!(
                        "the standard deviation of {name} is negative: {std}"
                    ));
                }
                (None, Some(_)) => {
                    return Err(format!("{name} has a standard deviation and no value"));
                }
                (Some(value), std) => readings.push(Reading {
                    outcome: place,
                    value: Number(value),
                    std: Number(std.unwrap_or(f64::NAN)),
                }),
                (None, None) => {}
            }
        }
        Ok(readings)
    }
}

/// A column with the way from its unit to the outcome's.
fn with_unit(
    table: &Table,
    column: Option<usize>,
    outcome: &Outcome,
    messages: &mut Vec<String>,
) -> Result<Option<(usize, Conversion)>, String> {
    let Some(column) = column else {
        return Ok(None);
    };
    let info = &table.columns()[column];
    let conversion = match info.unit.as_deref() {
        Some(unit) => convert_factor(unit, &outcome.unit).map_err(|error| {
            format!(
                "column {:?}: {error}; the campaign counts in {}",
                info.header,
                label(outcome)
            )
        })?,
        None => {
            if !outcome.unit.is_empty() {
                messages.push(format!(
                    "column {:?} states no unit and is taken as {}",
                    info.header, outcome.unit
                ));
            }
            Conversion::IDENTITY
        }
    };
    Ok(Some((column, conversion)))
}

/// What a word in the column `status` means.
fn status(said: Option<&str>, has_values: bool) -> Result<Status, String> {
    let Some(said) = said else {
        return Ok(Status::Measured);
    };
    let status = match said.to_lowercase().as_str() {
        "measured" | "done" | "ok" => Status::Measured,
        "failed" | "fail" => Status::Failed,
        "abandoned" | "skipped" | "cancelled" | "canceled" => Status::Abandoned,
        "pending" | "running" | "open" => Status::Pending,
        _ => {
            return Err(format!(
                "status {said:?} is not known; write measured, failed, abandoned or pending"
            ));
        }
    };
    match (status, has_values) {
        (Status::Measured, false) => Err("it is said to be measured, and has no value".to_owned()),
        (Status::Failed | Status::Abandoned | Status::Pending, true) => Err(format!(
            "it is said to be {said}, and has a value; leave out one of the two"
        )),
        _ => Ok(status),
    }
}

/// What was made in place of a suggestion; none where it is what was suggested.
fn made(
    pool: &Pool,
    candidate: &Candidate,
    cells: &[Option<String>],
) -> Result<Option<Vec<String>>, String> {
    let mut whole = pool.cells(candidate);
    let mut differs = false;
    for (input, (cell, said)) in whole.iter_mut().zip(cells).enumerate() {
        if let Some(said) = said
            && !pool.same_cell(input, cell, said)
        {
            cell.clone_from(said);
            differs = true;
        }
    }
    if !differs {
        return Ok(None);
    }
    // That it can be learnt from is known now, not when the next suggestion is asked for.
    pool.point(candidate, Some(&whole))?;
    Ok(Some(whole))
}

/// What an entry adds to what is known of its experiment.
fn compare(state: &State, known: Option<&Experiment>, entry: Entry) -> Verdict {
    let Some(known) = known else {
        return Verdict::New(entry);
    };
    let (mut added, mut changes) = (false, Vec::new());
    for reading in &entry.values {
        let outcome = &state.created.outcomes[reading.outcome as usize];
        let (value, std) = known.values[reading.outcome as usize];
        if value.is_nan() {
            added = true;
        } else if Number(value) != reading.value {
            changes.push(format!(
                "{} was {value:?} and is {:?}",
                outcome.name, reading.value.0
            ));
        } else if Number(std) != reading.std && !reading.std.0.is_nan() {
            if std.is_nan() {
                added = true;
            } else {
                changes.push(format!(
                    "the standard deviation of {} was {std:?} and is {:?}",
                    outcome.name, reading.std.0
                ));
            }
        }
    }
    if entry.status != known.status {
        let waited = matches!(known.status, Status::Pending);
        match waited {
            true => added = true,
            false => changes.push(format!(
                "it was {} and is {}",
                word(known.status),
                word(entry.status)
            )),
        }
    }
    if entry.made.is_some() && entry.made != known.made {
        changes.push("what was made is another".to_owned());
    }
    if entry.note.is_some() && entry.note != known.note {
        added = true;
    }
    match (changes.is_empty(), added) {
        (true, false) => Verdict::Known,
        (true, true) => Verdict::New(entry),
        (false, _) => Verdict::Changed(entry, changes.join("; ")),
    }
}

/// A status as worksheets write it.
pub fn word(status: Status) -> &'static str {
    match status {
        Status::Measured => "measured",
        Status::Failed => "failed",
        Status::Abandoned => "abandoned",
        Status::Pending => "pending",
    }
}
