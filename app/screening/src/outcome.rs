//! What came out of a screening, and how it becomes a table.

use crate::chunk::Chunk;
use crate::plan::Plan;
use crate::quantity::{Origin, Quantity, label};
use optimize::Direction;
use plugin_host::PropertyColumn;
use rayon::prelude::*;
use std::borrow::Cow;
use table::{CHUNK, OutputTable, Table, Values};

/// How far a plugin or model applies to the candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The plugin's id, or the model's name.
    pub plugin: String,
    /// Which of the two it is, and its name: `plugin battery`.
    pub title: String,
    /// Candidates with a value for every objective that is its property; where none is, for every objective it declares; where
    /// it declares none, for any property.
    pub covered: usize,
    /// Candidates for which it failed.
    pub lost: usize,
    /// Batches in which it failed.
    pub faulty_batches: u32,
    /// One of its failures, in words; which one depends on the threads.
    pub fault: Option<String>,
    /// How long the calls of a plugin took, those of all threads together.
    pub time: Option<std::time::Duration>,
}

/// A row that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected<'a> {
    /// The line of the file it starts at, counted from 1.
    pub line: u64,
    pub reason: Cow<'a, str>,
    /// The row as it stands in the file.
    pub text: Cow<'a, str>,
}

/// A predicted property of the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredictedProperty {
    /// `battery.specific_energy`
    pub name: String,
    pub unit: String,
    predictor: usize,
    property: usize,
}

impl PredictedProperty {
    /// The column of values: `battery.specific_energy [Wh/kg]`.
    pub fn header(&self) -> String {
        label(&self.name, &self.unit)
    }

    /// Its predictions for a chunk, where they were kept.
    fn column<'a>(&self, chunk: &'a Chunk) -> Option<&'a PropertyColumn> {
        let columns = &chunk.predicted.get(self.predictor)?.columns;
        columns.get(self.property)?.as_ref()
    }

    /// The column of standard deviations: `battery.specific_energy_std [Wh/kg]`.
    pub fn std_header(&self) -> String {
        label(&format!("{}_std", self.name), &self.unit)
    }
}

/// A ranking of the candidates of a table, with all that was predicted of them.
pub struct Outcome<'t> {
    table: &'t Table,
    /// Rows of the table, best first.
    pub order: Vec<u32>,
    /// The front of each row of `order`; `None` where an objective is not known.
    pub front: Vec<Option<u32>>,
    /// The probability of each row of `order` to be on the first front; NaN where an objective is not known.
    pub front_probability: Vec<f64>,
    pub coverage: Vec<Coverage>,
    /// Plugins that failed too often, in words.
    pub switched_off: Vec<String>,
    /// Objectives' values whose standard deviation is not known; the front probability takes them as exact.
    pub unknown_spread: usize,
    /// How many rows have a formula that could be read.
    pub candidates: usize,
    /// How many candidates were ranked; `order` may hold only the best of them.
    pub ranked: usize,
    /// How many candidates do not satisfy a constraint.
    pub violated: usize,
    /// For how many candidates a constraint cannot be judged because a value is not known.
    pub undecided: usize,
    /// What the user should know of how the table was understood.
    pub messages: Vec<String>,
    objectives: Vec<(Direction, Quantity)>,
    plan: Option<Plan>,
    chunks: Vec<Chunk>,
}

impl Rejected<'_> {
    /// The same without the table.
    pub(crate) fn into_owned(self) -> Rejected<'static> {
        Rejected {
            line: self.line,
            reason: self.reason.into_owned().into(),
            text: self.text.into_owned().into(),
        }
    }
}

impl<'t> Outcome<'t> {
    pub(crate) fn new(
        table: &'t Table,
        coverage: Vec<Coverage>,
        switched_off: Vec<String>,
    ) -> Self {
        Self {
            table,
            order: Vec::new(),
            front: Vec::new(),
            front_probability: Vec::new(),
            coverage,
            switched_off,
            unknown_spread: 0,
            candidates: 0,
            ranked: 0,
            violated: 0,
            undecided: 0,
            messages: Vec::new(),
            objectives: Vec::new(),
            plan: None,
            chunks: Vec::new(),
        }
    }

    pub(crate) fn finish(&mut self, mut plan: Plan, chunks: Vec<Chunk>) {
        self.messages = std::mem::take(&mut plan.messages);
        for (index, predictor) in plan.predictors.iter().enumerate() {
            let left_out = chunks.iter().map(|c| c.predicted[index].left_out);
            let left_out: usize = left_out.sum();
            if left_out > 0 {
                self.messages.push(format!(
                    "{}: {left_out} of its notes are left out, as together they are too long",
                    predictor.predictor.title()
                ));
            }
        }
        self.objectives = std::mem::take(&mut plan.objectives);
        self.plan = Some(plan);
        self.chunks = chunks;
    }

    /// What was ranked by.
    pub fn objectives(&self) -> &[(Direction, Quantity)] {
        &self.objectives
    }

    /// The predicted properties, in the order of the plugins and of their descriptions, then of the models; plugins that turned out to apply
    /// to no candidate, and that nobody asked for, are left out.
    pub fn properties(&self) -> Vec<PredictedProperty> {
        let Some(plan) = &self.plan else {
            return Vec::new();
        };
        let shown = plan.predictors.iter().enumerate();
        let shown = shown.filter(|&(index, _)| self.is_shown(index));
        let properties = shown.flat_map(|(index, plan)| {
            let quantities = plan.predictor.quantities(index).enumerate();
            quantities.map(move |(property, (_, quantity))| PredictedProperty {
                name: quantity.name,
                unit: quantity.unit,
                predictor: index,
                property,
            })
        });
        properties.collect()
    }

    /// Value and standard deviation of a property at a row of the table; NaN where missing or unknown.
    pub fn value(&self, property: &PredictedProperty, row: u32) -> (f64, f64) {
        let chunk = self.chunks.get(row as usize / CHUNK);
        let column = chunk.and_then(|chunk| Some((chunk, property.column(chunk)?)));
        value_at(column, row)
    }

    /// Value and standard deviation of an objective at a row of the table; NaN where missing or unknown.
    pub fn objective_value(&self, objective: usize, row: u32) -> (f64, f64) {
        let quantity = &self.objectives[objective].1;
        match (quantity.origin, &self.plan) {
            (
                Origin::Property {
                    predictor,
                    property,
                },
                _,
            ) => {
                let property = PredictedProperty {
                    name: String::new(),
                    unit: String::new(),
                    predictor,
                    property,
                };
                self.value(&property, row)
            }
            (Origin::Column { column }, Some(plan)) => {
                plan.columns.get(&column).map_or((f64::NAN, f64::NAN), |c| {
                    (
                        c.mean[row as usize],
                        c.std.as_ref().map_or(f64::NAN, |s| s[row as usize]),
                    )
                })
            }
            (Origin::Column { .. }, None) => (f64::NAN, f64::NAN),
        }
    }

    /// The formula of a row of the table, as written.
    pub fn formula(&self, row: u32) -> Cow<'_, str> {
        let plan = self.plan.as_ref();
        let formula = plan.and_then(|plan| plan.formulas.text(self.table, row as usize).ok());
        formula.unwrap_or_default()
    }

    /// Appends all notes on a row of the table: `battery.average_voltage: from ...; battery: ...`.
    pub fn push_notes(&self, row: u32, out: &mut String) {
        self.push_notes_of(row, out, |predictor| self.is_shown(predictor));
    }

    /// As [`Outcome::push_notes`], of the plugins and models alone whose properties were ranked by.
    pub fn push_objective_notes(&self, row: u32, out: &mut String) {
        let origins = || self.objectives.iter().map(|(_, quantity)| quantity.origin);
        let decides = |index| {
            origins().any(|o| matches!(o, Origin::Property { predictor, .. } if predictor == index))
        };
        self.push_notes_of(row, out, decides);
    }

    /// Whether a predictor's properties and notes are part of the result.
    fn is_shown(&self, predictor: usize) -> bool {
        self.plan
            .as_ref()
            .is_some_and(|plan| !plan.by_coverage || self.coverage[predictor].covered > 0)
    }

    fn push_notes_of(&self, row: u32, out: &mut String, of: impl Fn(usize) -> bool) {
        let (Some(chunk), Some(plan)) = (self.chunks.get(row as usize / CHUNK), &self.plan) else {
            return;
        };
        let Some(position) = chunk.position(row as usize) else {
            return;
        };
        let separate = |out: &mut String| {
            if !out.is_empty() {
                out.push_str("; ");
            }
        };
        let charge = chunk.charge(position);
        if charge != 0.0 {
            separate(out);
            out.push_str(&format!(
                "the formula carries a charge of {charge:+}, which plugins do not see"
            ));
        }
        if let Some(structures) = &plan.formulas.structures {
            for note in structures.notes(row as usize) {
                separate(out);
                // Why a file cannot be read begins with the word itself.
                out.push_str(if structures.get(row as usize).is_ok() {
                    "structure: "
                } else {
                    ""
                });
                out.push_str(note);
            }
        }
        let said = chunk.predicted.iter().zip(&plan.predictors).enumerate();
        for (_, (said, plan)) in said.filter(|&(index, _)| of(index)) {
            let Some(notes) = &said.notes else { continue };
            let properties = plan.predictor.properties();
            let here = notes.at(position);
            for (index, note) in here.iter().enumerate() {
                if here[..index]
                    .iter()
                    .any(|earlier| earlier.text == note.text)
                {
                    continue;
                }
                separate(out);
                // One text about several properties is said once.
                for (count, same) in here[index..]
                    .iter()
                    .filter(|n| n.text == note.text)
                    .enumerate()
                {
                    out.push_str(if count > 0 { ", " } else { "" });
                    out.push_str(plan.predictor.name());
                    if let Some(property) = same.property.and_then(|p| properties.get(p as usize)) {
                        out.push('.');
                        out.push_str(property.name);
                    }
                }
                out.push_str(": ");
                out.push_str(notes.text(note));
            }
        }
    }

    /// How many rows could not be used.
    pub fn rejected_count(&self) -> usize {
        self.table.rejected().len() + self.chunks.iter().map(|c| c.rejected.len()).sum::<usize>()
    }

    /// The rows that could not be used, in the order of the file.
    pub fn rejected(&self) -> Vec<Rejected<'_>> {
        rejected(self.table, self.chunks.iter().flat_map(|c| &c.rejected))
    }

    /// Values and standard deviations of a property in the order of the ranking.
    fn gather(&self, property: &PredictedProperty) -> (Vec<f64>, Vec<f64>) {
        // Found once a chunk, for the million look-ups that follow.
        let column = |chunk| Some((chunk, property.column(chunk)?));
        let columns: Vec<_> = self.chunks.iter().map(column).collect();
        let rows = self.order.par_iter();
        rows.map(|&row| value_at(columns[row as usize / CHUNK], row))
            .unzip()
    }

    /// The result as a table: `rank`, `front`, `front_probability`, the input's columns, every predicted property with its
    /// standard deviation, `notes`.
    pub fn output(&self) -> OutputTable<'_> {
        let mut out = OutputTable::new(&self.order);
        out.push(
            "rank",
            Values::U32((1..=self.order.len() as u32).collect::<Vec<_>>().into()),
        );
        out.push("front", Values::OptionalU32(Cow::Borrowed(&self.front)));
        out.push(
            "front_probability",
            Values::F64(Cow::Borrowed(&self.front_probability)),
        );
        out.push_input(self.table);
        if self
            .plan
            .as_ref()
            .is_some_and(|plan| plan.formulas.column.is_none())
        {
            // The formulas of the structures, which the input lacks.
            let formula =
                |index: usize, text: &mut String| text.push_str(&self.formula(self.order[index]));
            out.push("formula", Values::Written(Box::new(formula)));
        }
        for property in self.properties() {
            let (mean, std): (Vec<f64>, Vec<f64>) = self.gather(&property);
            out.push(property.header(), Values::F64(mean.into()));
            out.push(property.std_header(), Values::F64(std.into()));
        }
        out.push(
            "notes",
            Values::Written(Box::new(|index, text| {
                self.push_notes(self.order[index], text)
            })),
        );
        out
    }
}

/// Value and standard deviation at a row of the table, which lies in that chunk; NaN where missing or unknown.
fn value_at(column: Option<(&Chunk, &PropertyColumn)>, row: u32) -> (f64, f64) {
    let found = column.and_then(|(chunk, column)| {
        let position = chunk.position(row as usize)?;
        Some((column.mean[position], column.std_at(position)))
    });
    found.unwrap_or((f64::NAN, f64::NAN))
}

/// The rows of a table that could not be read, and those that were rejected later with these reasons, in the order of the
/// file.
pub(crate) fn rejected<'t>(
    table: &'t Table,
    later: impl Iterator<Item = &'t (usize, String)>,
) -> Vec<Rejected<'t>> {
    let unread = table.rejected().iter().map(|r| Rejected {
        line: r.line,
        reason: r.reason.to_string().into(),
        text: Cow::Borrowed(&*r.text),
    });
    let later = later.map(|(row, reason)| Rejected {
        line: table.line(*row),
        reason: Cow::Borrowed(reason.as_str()),
        text: table.row_text(*row).into(),
    });
    let mut all: Vec<_> = unread.chain(later).collect();
    all.sort_by_key(|r| r.line);
    all
}
