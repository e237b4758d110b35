//! The answer of a screening, in the form that panels draw: columns of all kinds under one name each, values by row.

use matter::formula::Parser;
use matter::{CompositionRef, Compositions, Element};
use optimize::Direction;
use plugin_host::{Direction as Natural, Origin};
use rayon::prelude::*;
use screening::{Outcome, PredictedProperty};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use table::{CHUNK, OutputTable, Table, Values};

self_cell::self_cell!(
    /// An outcome together with the table that it speaks of.
    struct Held {
        owner: Arc<Table>,
        #[covariant]
        dependent: Outcome,
    }
);

/// Where a column's values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    Rank,
    Front,
    FrontProbability,
    /// Column number of the table.
    Input(usize),
    /// Number of a predicted property.
    Property(usize),
}

/// A column of the candidates.
#[derive(Clone, Debug)]
pub struct Column {
    /// The name that projects and commands call it by: `battery.specific_energy`, a header without its unit, or
    /// `lodestone.rank`.
    pub name: String,
    /// Empty for a pure number or text.
    pub unit: String,
    pub kind: ColumnKind,
    pub is_number: bool,
    /// How a plugin obtains it; `None` for the user's own columns.
    pub origin: Option<Origin>,
    /// What is wanted of it: by the objectives, else by nature; `None`: neither.
    pub direction: Option<Direction>,
    /// What it is, in the words of its plugin.
    pub summary: String,
}

/// A value with its standard deviation: 0 exact, NaN unknown. A NaN mean is a missing value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    pub mean: f64,
    pub std: f64,
}

impl Value {
    /// A value that is not known.
    pub const MISSING: Self = Self {
        mean: f64::NAN,
        std: f64::NAN,
    };
}

/// Numbers of a column of the user's table.
struct Numbers {
    mean: Vec<f64>,
    std: Option<Arc<Vec<f64>>>,
}

/// The candidates with all that is known of them. Rows are rows of the table.
pub struct Results {
    /// Counts up with every screening that was asked for.
    pub generation: u64,
    table: Arc<Table>,
    held: Option<Held>,
    columns: Vec<Column>,
    properties: Vec<PredictedProperty>,
    /// Place in the ranking by row; `u32::MAX`: not ranked.
    place: Vec<u32>,
    numbers: HashMap<usize, Numbers>,
    formula_column: Option<usize>,
    compositions: Vec<Compositions>,
    counts: Counts,
}

impl std::fmt::Debug for Results {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Results {} of {} rows",
            self.generation,
            self.table.len()
        )
    }
}

/// Natural directions of plugins' properties by their full name, origins and summaries.
pub(crate) struct PropertyFacts {
    pub name: String,
    pub origin: Origin,
    pub direction: Option<Direction>,
    pub summary: String,
}

/// What the columns need to know of the plugins' properties.
pub(crate) fn property_facts<'a>(
    plugins: impl Iterator<Item = &'a plugin_host::Plugin>,
) -> Vec<PropertyFacts> {
    plugins
        .flat_map(|plugin| {
            let properties = plugin.description().properties.iter();
            properties.map(move |p| PropertyFacts {
                name: format!("{}.{}", plugin.id(), p.name),
                origin: p.origin,
                direction: match p.direction {
                    Natural::Maximize => Some(Direction::Maximize),
                    Natural::Minimize => Some(Direction::Minimize),
                    Natural::None => None,
                },
                summary: p.summary.clone(),
            })
        })
        .collect()
}

/// What the columns need to know of a model's properties.
pub(crate) fn model_facts(model: &screening::Model) -> Vec<PropertyFacts> {
    let about = model.model().about();
    let facts = |name: String, summary: String| PropertyFacts {
        name,
        origin: plugin_host::Origin::Predicted,
        direction: None,
        summary,
    };
    let from = format!(
        "{} by a model trained on {} rows of {}",
        about.target,
        model.model().rows(),
        about.data
    );
    let mut all = vec![facts(model.property(), from)];
    all.extend(model.zero_property().map(|name| {
        facts(
            name,
            format!("probability that {} is exactly zero", about.target),
        )
    }));
    all
}

impl Results {
    /// The results of screening a table. `screen` makes the outcome; where it gives none, the table alone is shown.
    pub(crate) fn new<E>(
        generation: u64,
        table: Arc<Table>,
        formula_column: Option<&str>,
        facts: &[PropertyFacts],
        screen: impl for<'t> FnOnce(&'t Table) -> Result<Outcome<'t>, E>,
    ) -> Result<Self, E> {
        let held = Held::try_new(table.clone(), |table| screen(table))?;
        Ok(Self::of(
            generation,
            table,
            formula_column,
            facts,
            Some(held),
        ))
    }

    /// The table alone, before any screening or where none can be made.
    pub(crate) fn of_table(
        generation: u64,
        table: Arc<Table>,
        formula_column: Option<&str>,
    ) -> Self {
        Self::of(generation, table, formula_column, &[], None)
    }

    fn of(
        generation: u64,
        table: Arc<Table>,
        formula_column: Option<&str>,
        facts: &[PropertyFacts],
        held: Option<Held>,
    ) -> Self {
        let outcome = held.as_ref().map(Held::borrow_dependent);
        let properties = outcome.map_or_else(Vec::new, Outcome::properties);
        let formula_column = table.formula_column(formula_column).ok();
        let mut place = vec![u32::MAX; table.len()];
        match outcome {
            Some(outcome) => {
                for (at, &row) in outcome.order.iter().enumerate() {
                    place[row as usize] = at as u32;
                }
            }
            None => place
                .iter_mut()
                .enumerate()
                .for_each(|(row, place)| *place = row as u32),
        }
        let numbers = read_numbers(&table, formula_column);
        let compositions = match (formula_column, outcome) {
            (Some(column), _) => read_compositions(&table, |row| table.text(column, row)),
            (None, Some(outcome)) => read_compositions(&table, |row| outcome.formula(row as u32)),
            (None, None) => Vec::new(),
        };
        let counts = outcome.map_or_else(Counts::default, |o| Counts {
            candidates: o.candidates,
            feasible: o.ranked,
            violated: o.violated,
            undecided: o.undecided,
            rejected: o.rejected_count(),
            front: o.front.iter().filter(|front| **front == Some(1)).count(),
        });
        let mut results = Self {
            generation,
            counts,
            columns: Vec::new(),
            held,
            properties,
            place,
            numbers,
            formula_column,
            compositions,
            table,
        };
        results.columns = results.make_columns(facts);
        results
    }

    fn make_columns(&self, facts: &[PropertyFacts]) -> Vec<Column> {
        let mut columns = Vec::new();
        let own = |name: &str, kind| Column {
            name: name.to_owned(),
            unit: String::new(),
            kind,
            is_number: true,
            origin: None,
            direction: None,
            summary: String::new(),
        };
        if self.held.is_some() {
            columns.push(own("lodestone.rank", ColumnKind::Rank));
            columns.push(own("lodestone.front", ColumnKind::Front));
            columns.push(own(
                "lodestone.front_probability",
                ColumnKind::FrontProbability,
            ));
        }
        let inputs = self.table.columns().iter().enumerate();
        let mut inputs: Vec<Column> = inputs
            .map(|(index, info)| Column {
                name: info.name.clone(),
                unit: info.unit.clone().unwrap_or_default(),
                kind: ColumnKind::Input(index),
                is_number: self.numbers.contains_key(&index),
                ..own("", ColumnKind::Rank)
            })
            .collect();
        // The formula leads, whatever its place in the file.
        if let Some(formula) = self.formula_column {
            let formula = inputs.remove(formula);
            columns.insert(0, formula);
        }
        let properties = self.properties.iter().enumerate();
        let properties = properties.map(|(index, property)| {
            let fact = facts.iter().find(|fact| fact.name == property.name);
            Column {
                name: property.name.clone(),
                unit: property.unit.clone(),
                kind: ColumnKind::Property(index),
                origin: fact.map(|fact| fact.origin),
                direction: fact.and_then(|fact| fact.direction),
                summary: fact.map_or_else(String::new, |fact| fact.summary.clone()),
                ..own("", ColumnKind::Rank)
            }
        });
        let mut properties: Vec<Column> = properties.collect();
        // What is ranked by comes first, and what is wanted of it counts more than its nature.
        for (direction, quantity) in self.objectives() {
            for list in [&mut properties, &mut inputs] {
                if let Some(at) = list.iter().position(|c| c.name == quantity.name) {
                    let mut column = list.remove(at);
                    column.direction = Some(*direction);
                    columns.push(column);
                    break;
                }
            }
        }
        columns.append(&mut inputs);
        columns.append(&mut properties);
        columns
    }

    fn outcome(&self) -> Option<&Outcome<'_>> {
        self.held.as_ref().map(Held::borrow_dependent)
    }

    /// The table of candidates.
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// Whether there is a ranking, or the table alone.
    pub fn is_ranked(&self) -> bool {
        self.held.is_some()
    }

    /// All columns, in the order in which a table shows them.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The objectives that were ranked by, with what they mean.
    pub fn objectives(&self) -> &[(Direction, screening::Quantity)] {
        self.outcome().map_or(&[], Outcome::objectives)
    }

    /// The rows of the ranking, best first; all rows where there is none.
    pub fn order(&self) -> Vec<u32> {
        match self.outcome() {
            Some(outcome) => outcome.order.clone(),
            None => (0..self.table.len() as u32).collect(),
        }
    }

    /// How many candidates there are of each kind.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What a user should know of the screening.
    pub fn messages(&self) -> Vec<String> {
        let Some(outcome) = self.outcome() else {
            return Vec::new();
        };
        let told = outcome.messages.iter().chain(&outcome.switched_off);
        told.cloned().collect()
    }

    /// For how many candidates each plugin has a value, and on how many it failed.
    pub fn coverage(&self) -> &[screening::Coverage] {
        self.outcome().map_or(&[], |outcome| &outcome.coverage)
    }

    /// The first rows that could not be used: line, reason, text.
    pub fn rejected(&self, most: usize) -> Vec<(u64, String, String)> {
        let Some(outcome) = self.outcome() else {
            return Vec::new();
        };
        let rows = outcome.rejected().into_iter().take(most);
        rows.map(|r| (r.line, r.reason.into_owned(), r.text.into_owned()))
            .collect()
    }

    /// Where a row stands in the ranking, counted from 0.
    pub fn place(&self, row: u32) -> Option<u32> {
        let place = self.place.get(row as usize).copied();
        place.filter(|&place| place != u32::MAX)
    }

    /// The front of a row; `None` where it is not ranked or an objective is not known.
    pub fn front(&self, row: u32) -> Option<u32> {
        let place = self.place(row)? as usize;
        self.outcome()?.front.get(place).copied().flatten()
    }

    /// The number in a column at a row.
    pub fn value(&self, column: &Column, row: u32) -> Value {
        let exact = |mean| Value { mean, std: 0.0 };
        match (column.kind, self.outcome()) {
            (ColumnKind::Rank, _) => self
                .place(row)
                .map_or(Value::MISSING, |place| exact(f64::from(place) + 1.0)),
            (ColumnKind::Front, _) => self
                .front(row)
                .map_or(Value::MISSING, |front| exact(f64::from(front))),
            (ColumnKind::FrontProbability, Some(outcome)) => {
                self.place(row).map_or(Value::MISSING, |place| Value {
                    mean: outcome.front_probability[place as usize],
                    std: f64::NAN,
                })
            }
            (ColumnKind::Input(index), _) => {
                let numbers = self.numbers.get(&index);
                numbers.map_or(Value::MISSING, |numbers| Value {
                    mean: numbers.mean[row as usize],
                    std: numbers
                        .std
                        .as_ref()
                        .map_or(f64::NAN, |std| std[row as usize]),
                })
            }
            (ColumnKind::Property(index), Some(outcome)) => {
                let (mean, std) = outcome.value(&self.properties[index], row);
                Value { mean, std }
            }
            (ColumnKind::FrontProbability | ColumnKind::Property(_), None) => Value::MISSING,
        }
    }

    /// The text of a cell of the user's table, as written; `None` for other columns.
    pub fn text(&self, column: &Column, row: u32) -> Option<String> {
        match column.kind {
            ColumnKind::Input(index) => Some(self.table.text(index, row as usize).into_owned()),
            _ => None,
        }
    }

    /// The formula of a row, as written, or of its structure; empty where neither is known.
    pub fn formula(&self, row: u32) -> String {
        match (self.formula_column, self.outcome()) {
            (Some(column), _) => self.table.text(column, row as usize).into_owned(),
            (None, Some(outcome)) => outcome.formula(row).into_owned(),
            (None, None) => String::new(),
        }
    }

    /// The composition of a row; empty where its formula cannot be read.
    pub fn composition(&self, row: u32) -> CompositionRef<'_> {
        let (chunk, at) = (row as usize / CHUNK, row as usize % CHUNK);
        match self.compositions.get(chunk) {
            Some(compositions) if at < compositions.len() => compositions.get(at),
            _ => CompositionRef {
                atomic_numbers: &[],
                amounts: &[],
            },
        }
    }

    /// Whether a row's formula holds an element.
    pub fn has(&self, row: u32, element: Element) -> bool {
        self.composition(row).contains(element)
    }

    /// What was noted on a row: why values are missing, where they come from, what to beware of.
    pub fn notes(&self, row: u32) -> Vec<String> {
        let Some(outcome) = self.outcome() else {
            return Vec::new();
        };
        let mut text = String::new();
        outcome.push_notes(row, &mut text);
        text.split("; ")
            .filter(|note| !note.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Of the notes on a row, those that speak of a column, or else all of its plugin's.
    pub fn notes_of(&self, column: &Column, row: u32) -> Vec<String> {
        let notes = self.notes(row);
        let of_column = notes.iter().filter(|note| note.contains(&column.name));
        let of_column: Vec<String> = of_column.cloned().collect();
        if !of_column.is_empty() {
            return of_column;
        }
        let plugin = column.name.split('.').next().unwrap_or_default();
        let of_plugin = format!("{plugin}:");
        notes
            .into_iter()
            .filter(|note| note.starts_with(&of_plugin))
            .collect()
    }

    /// Some rows as a table to be written: as `lodestone rank` writes them where there is a ranking, else the user's table.
    pub(crate) fn output_of<'a>(&'a self, rows: &'a [u32]) -> OutputTable<'a> {
        let mut out = OutputTable::new(rows);
        let Some(outcome) = self.outcome() else {
            out.push_input(&self.table);
            return out;
        };
        let place = |row: &u32| self.place(*row);
        let ranks = rows.iter().map(|row| place(row).map(|place| place + 1));
        out.push(
            "rank",
            Values::OptionalU32(ranks.collect::<Vec<_>>().into()),
        );
        let fronts: Vec<Option<u32>> = rows.iter().map(|&row| self.front(row)).collect();
        out.push("front", Values::OptionalU32(fronts.into()));
        let probability = |row: &u32| {
            place(row).map_or(f64::NAN, |place| outcome.front_probability[place as usize])
        };
        let probabilities: Vec<f64> = rows.iter().map(probability).collect();
        out.push("front_probability", Values::F64(probabilities.into()));
        out.push_input(&self.table);
        for property in &self.properties {
            let values = rows.par_iter().map(|&row| outcome.value(property, row));
            let (mean, std): (Vec<f64>, Vec<f64>) = values.unzip();
            out.push(property.header(), Values::F64(mean.into()));
            out.push(property.std_header(), Values::F64(std.into()));
        }
        let notes = Box::new(|at: usize, text: &mut String| outcome.push_notes(rows[at], text));
        out.push("notes", Values::Written(notes));
        out
    }
}

/// How many candidates there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// With a formula that could be read.
    pub candidates: usize,
    /// That satisfy all constraints.
    pub feasible: usize,
    pub violated: usize,
    /// For which a constraint depends on a value that is not known.
    pub undecided: usize,
    /// Rows that are no candidates.
    pub rejected: usize,
    /// On the first front.
    pub front: usize,
}

/// The numbers of all columns that look like numbers, with the standard deviations that stand beside them.
fn read_numbers(table: &Table, formula: Option<usize>) -> HashMap<usize, Numbers> {
    let numeric = (0..table.columns().len()).filter(|&c| Some(c) != formula && table.is_numeric(c));
    let mut all: HashMap<usize, Numbers> = numeric
        .map(|column| {
            let mean = table.numbers(column).values;
            (column, Numbers { mean, std: None })
        })
        .collect();
    for column in all.keys().copied().collect::<Vec<_>>() {
        let std_name = format!("{}_std", table.columns()[column].name);
        let std = table.columns().iter().position(|c| c.name == std_name);
        let Some(std) = std.and_then(|std| all.get(&std)) else {
            continue;
        };
        let std = Arc::new(std.mean.clone());
        if let Some(numbers) = all.get_mut(&column) {
            numbers.std = Some(std);
        }
    }
    all
}

/// The compositions of all rows by their formulas, chunk by chunk; empty for a formula that cannot be read.
fn read_compositions<'a>(
    table: &Table,
    formula: impl Fn(usize) -> Cow<'a, str> + Sync,
) -> Vec<Compositions> {
    let nothing = || CompositionRef {
        atomic_numbers: &[],
        amounts: &[],
    };
    (0..table.chunk_count())
        .into_par_iter()
        .map(|chunk| {
            let mut parser = Parser::new();
            let mut compositions = Compositions::new();
            for row in table.chunk_rows(chunk) {
                if parser.parse_into(&formula(row), &mut compositions).is_err() {
                    compositions.push(nothing());
                }
            }
            compositions
        })
        .collect()
}
