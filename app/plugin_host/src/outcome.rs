//! What came back from a plugin, after the host has judged it: every column of the right length, no infinity, nothing
//! outside a declared range, notes few and safe to print.

use std::collections::HashMap;
use std::ops::Range;

use crate::bindings::wire;
use crate::description::{Description, Property};
use crate::error::Fault;
use crate::limits::Limits;
use crate::text::{clean, number};

/// One standard deviation of each value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Spread {
    /// Exact arithmetic: zero.
    Exact,
    /// Not known for any value.
    Unknown,
    /// n numbers, NaN where unknown.
    Each(Vec<f64>),
}

/// One predicted property over the rows of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyColumn {
    /// n numbers, NaN where missing, never infinite.
    pub mean: Vec<f64>,
    pub std: Spread,
}

impl PropertyColumn {
    /// The standard deviation at `row`: NaN where it is unknown or the value itself is missing.
    pub fn std_at(&self, row: usize) -> f64 {
        match &self.std {
            _ if self.mean[row].is_nan() => f64::NAN,
            Spread::Exact => 0.0,
            Spread::Unknown => f64::NAN,
            Spread::Each(std) => std[row],
        }
    }
}

/// Who made a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// The plugin.
    Plugin,
    /// The host, on a value or standard deviation it withheld.
    Withheld,
    /// The host, on a row for which the plugin failed.
    Lost,
}

/// A remark on one row of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Row of the batch.
    pub row: u32,
    /// Index of the property it concerns; `None`: the candidate as a whole.
    pub property: Option<u32>,
    /// Index into [`BatchOutcome::texts`].
    pub text: u32,
    pub kind: NoteKind,
}

/// The predictions for one batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchOutcome {
    /// One for each declared property, in that order.
    pub columns: Vec<PropertyColumn>,
    /// The different texts of the notes: one line each, without control characters.
    pub texts: Vec<String>,
    /// By row, then as the plugin gave them.
    pub notes: Vec<Note>,
    /// Rows for which the plugin failed, ascending; each has a note of kind [`NoteKind::Lost`].
    pub lost: Vec<u32>,
    /// Notes left out because a row had too many.
    pub dropped_notes: u64,
}

impl BatchOutcome {
    /// The notes on one row, with their texts.
    pub fn notes_at(&self, row: u32) -> impl Iterator<Item = (&Note, &str)> {
        let from = self.notes.partition_point(|n| n.row < row);
        self.notes[from..]
            .iter()
            .take_while(move |n| n.row == row)
            .map(|n| (n, self.texts[n.text as usize].as_str()))
    }
}

/// The texts of an outcome, each kept once.
#[derive(Default)]
struct Dictionary {
    texts: Vec<String>,
    index: HashMap<String, u32>,
}

impl Dictionary {
    fn add(&mut self, text: String) -> u32 {
        let next = self.texts.len() as u32;
        *self.index.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            next
        })
    }
}

/// What a plugin returned for `rows` rows, judged.
pub(crate) struct Judged {
    columns: Vec<PropertyColumn>,
    texts: Dictionary,
    notes: Vec<Note>,
    dropped_notes: u64,
}

impl Judged {
    /// `Err` where the whole answer cannot be used.
    pub(crate) fn new(
        answer: wire::Predictions,
        description: &Description,
        rows: usize,
        limits: &Limits,
    ) -> Result<Self, Fault> {
        let properties = &description.properties;
        if answer.columns.len() != properties.len() {
            return Err(Fault::Wrong(format!(
                "{} columns for its {} properties",
                answer.columns.len(),
                properties.len()
            )));
        }
        let mut judged = Self {
            columns: Vec::with_capacity(properties.len()),
            texts: Dictionary::default(),
            notes: Vec::new(),
            dropped_notes: 0,
        };
        for (index, (column, property)) in answer.columns.into_iter().zip(properties).enumerate() {
            let column = judged.column(column, property, index as u32, rows)?;
            judged.columns.push(column);
        }
        judged.plugin_notes(&answer.notes, properties.len(), rows, limits)?;
        judged.notes.sort_by_key(|note| note.row);
        Ok(judged)
    }

    fn column(
        &mut self,
        column: wire::Column,
        property: &Property,
        index: u32,
        rows: usize,
    ) -> Result<PropertyColumn, Fault> {
        let wrong = |what: &str, n: usize| {
            Err(Fault::Wrong(format!(
                "{n} {what} of {:?} for {rows} candidates",
                property.name
            )))
        };
        let mut mean = column.mean;
        if mean.len() != rows {
            return wrong("values", mean.len());
        }
        let (min, max) = (
            property.valid_min.unwrap_or(f64::NEG_INFINITY),
            property.valid_max.unwrap_or(f64::INFINITY),
        );
        for (row, value) in mean.iter_mut().enumerate() {
            if value.is_finite() && min <= *value && *value <= max || value.is_nan() {
                continue;
            }
            let (what, bound) = if value.is_infinite() {
                ("it is infinite", None)
            } else if *value < min {
                ("is below the valid minimum", Some(min))
            } else {
                ("is above the valid maximum", Some(max))
            };
            let name = &property.name;
            let text = match bound {
                None => format!("{name} withheld: {what}"),
                Some(bound) => {
                    let (value, bound) = (number(*value), number(bound));
                    format!("{name} withheld: {value} {what} {bound} {}", property.unit)
                }
            };
            *value = f64::NAN;
            self.withheld(row, index, text.trim_end().to_owned());
        }
        let std = match column.std {
            wire::Spread::Exact => Spread::Exact,
            wire::Spread::Unknown => Spread::Unknown,
            wire::Spread::Each(mut std) => {
                if std.len() != rows {
                    return wrong("standard deviations", std.len());
                }
                for (row, s) in std.iter_mut().enumerate() {
                    if mean[row].is_nan() {
                        *s = f64::NAN;
                    } else if *s < 0.0 || s.is_infinite() {
                        let name = &property.name;
                        self.withheld(row, index, format!("{name}: its standard deviation {s} is impossible and taken as unknown"));
                        *s = f64::NAN;
                    }
                }
                Spread::Each(std)
            }
        };
        Ok(PropertyColumn { mean, std })
    }

    fn withheld(&mut self, row: usize, property: u32, text: String) {
        self.notes.push(Note {
            row: row as u32,
            property: Some(property),
            text: self.texts.add(text),
            kind: NoteKind::Withheld,
        });
    }

    fn plugin_notes(
        &mut self,
        notes: &wire::Notes,
        properties: usize,
        rows: usize,
        limits: &Limits,
    ) -> Result<(), Fault> {
        let n = notes.row.len();
        if notes.text.len() != n || notes.property.len() != n {
            return Err(Fault::Wrong(format!(
                "notes of unequal lengths ({n} rows, {} texts, {} properties)",
                notes.text.len(),
                notes.property.len()
            )));
        }
        // A text is cleaned and entered only when a note first uses it.
        let mut codes: Vec<Option<u32>> = vec![None; notes.texts.len()];
        let mut on_row = vec![0usize; rows];
        for ((&row, &text), &property) in notes.row.iter().zip(&notes.text).zip(&notes.property) {
            let candidate = property == u32::MAX;
            let (Some(count), Some(code)) =
                (on_row.get_mut(row as usize), codes.get_mut(text as usize))
            else {
                return Err(Fault::Wrong(format!(
                    "a note with text {text} of {} on candidate {row} of {rows}",
                    notes.texts.len()
                )));
            };
            if !candidate && property as usize >= properties {
                return Err(Fault::Wrong(format!(
                    "a note on property {property} of {properties}"
                )));
            }
            *count += 1;
            if *count > limits.notes_per_row {
                self.dropped_notes += 1;
                continue;
            }
            let text = *code.get_or_insert_with(|| {
                self.texts
                    .add(clean(&notes.texts[text as usize], limits.note_chars))
            });
            self.notes.push(Note {
                row,
                property: (!candidate).then_some(property),
                text,
                kind: NoteKind::Plugin,
            });
        }
        Ok(())
    }
}

/// Puts the answers for parts of a batch, and the rows lost between them, together.
#[derive(Default)]
pub(crate) struct Assembly {
    parts: Vec<(Range<usize>, Judged)>,
    lost: Vec<(Range<usize>, String)>,
}

impl Assembly {
    pub(crate) fn part(&mut self, rows: Range<usize>, judged: Judged) {
        self.parts.push((rows, judged));
    }

    pub(crate) fn lost(&mut self, rows: Range<usize>, why: String) {
        self.lost.push((rows, why));
    }

    pub(crate) fn finish(mut self, properties: usize, rows: usize) -> BatchOutcome {
        if self.lost.is_empty()
            && let [_] = self.parts[..]
            && let Some((_, whole)) = self.parts.pop()
        {
            return BatchOutcome {
                columns: whole.columns,
                texts: whole.texts.texts,
                notes: whole.notes,
                lost: Vec::new(),
                dropped_notes: whole.dropped_notes,
            };
        }
        self.parts.sort_by_key(|(rows, _)| rows.start);
        self.lost.sort_by_key(|(rows, _)| rows.start);
        let columns = (0..properties)
            .map(|index| self.column(index, rows))
            .collect();
        let mut texts = Dictionary::default();
        let mut notes = Vec::new();
        let mut dropped_notes = 0;
        for (rows, part) in &self.parts {
            dropped_notes += part.dropped_notes;
            notes.extend(part.notes.iter().map(|note| Note {
                row: note.row + rows.start as u32,
                text: texts.add(part.texts.texts[note.text as usize].clone()),
                ..*note
            }));
        }
        let mut lost = Vec::new();
        for (rows, why) in self.lost {
            let text = texts.add(why);
            for row in rows.start as u32..rows.end as u32 {
                lost.push(row);
                notes.push(Note {
                    row,
                    property: None,
                    text,
                    kind: NoteKind::Lost,
                });
            }
        }
        notes.sort_by_key(|note| note.row);
        BatchOutcome {
            columns,
            texts: texts.texts,
            notes,
            lost,
            dropped_notes,
        }
    }

    fn column(&self, index: usize, rows: usize) -> PropertyColumn {
        let mut mean = vec![f64::NAN; rows];
        let columns = || {
            self.parts
                .iter()
                .map(|(rows, part)| (rows, &part.columns[index]))
        };
        for (rows, column) in columns() {
            mean[rows.clone()].copy_from_slice(&column.mean);
        }
        let all = |kind: &Spread| columns().all(|(_, c)| c.std == *kind);
        let std = if self.parts.is_empty() || all(&Spread::Unknown) {
            Spread::Unknown
        } else if all(&Spread::Exact) {
            Spread::Exact
        } else {
            let mut std = vec![f64::NAN; rows];
            for (rows, column) in columns() {
                for (at, s) in std[rows.clone()].iter_mut().enumerate() {
                    *s = column.std_at(at);
                }
            }
            Spread::Each(std)
        };
        PropertyColumn { mean, std }
    }
}
