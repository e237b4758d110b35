//! A table of candidates as a campaign sees it: which rows may be chosen, their points, what is known of each beforehand.

mod coding;
mod components;
mod encoder;
mod read;
mod wider;

pub use coding::{Coding, inputs_of, listed};
pub use components::Components;
pub use encoder::{Encoder, MOST_LEVELS, bounds};
pub use read::{MOST_INSIDE, SourceFile, predicted_bytes, read_table};
pub use wider::Wider;

use crate::CampaignError;
use crate::event::{Candidate, Input, InputKind};
use matter::Compositions;
use matter::formula::Parser;
use optimize::space::Space;
use optimize::suggest::Rows;
use optimize::{Constraint, Verdict};
use sha2::{Digest, Sha256};
use table::{Table, parse_number};

/// Points of more numbers than this are kept in single precision.
const DOUBLE: usize = 50_000_000;

/// Rows whose constraints are judged together.
const BLOCK: usize = 65_536;

/// The candidates of a campaign.
#[derive(Debug)]
pub struct Pool {
    pub table: Table,
    pub inputs: Vec<Input>,
    /// The inputs' places in the table.
    columns: Vec<usize>,
    /// Rows of the table that may be chosen, ascending.
    pub kept: Vec<u32>,
    /// Why others may not, and how many.
    pub left_out: Vec<(String, usize)>,
    coding: Coding,
    /// Of a design space: whether these are all of its candidates.
    whole: bool,
    /// The constraints beside the space's own, for candidates that join later.
    constraints: Vec<Constraint>,
    /// The input that is the cost, if it is one.
    cost: Option<usize>,
    points: Points,
    width: usize,
    names: Vec<String>,
    extras: Vec<f64>,
    extra_width: usize,
    /// Properties that are inputs too: place among the extras, least and greatest value.
    used: Vec<(usize, f64, f64)>,
}

#[derive(Debug)]
enum Points {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

/// What plugins and models said of a property: one number a row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    pub name: String,
    pub unit: String,
    pub mean: Vec<f64>,
    /// NaN unknown.
    pub std: Vec<f64>,
    /// Whether it is an input of the surrogate.
    pub input: bool,
    /// Whether a candidate without it cannot be chosen: it is an objective or a bound.
    pub needed: bool,
}

/// The place of a predicted property among a pool's further columns: its mean; its standard deviation stands behind it. The
/// first column is the cost.
pub fn extra_of(prediction: usize) -> usize {
    1 + 2 * prediction
}

impl Pool {
    /// The candidates of a table; of a design space, those that were listed of it, and whether these are all.
    ///
    /// # Errors
    /// A column that is not there, a constraint on something that is not known, no candidate left.
    pub fn build(
        table: Table,
        inputs: &[Input],
        constraints: &[Constraint],
        predictions: &[Prediction],
        cost: Option<&str>,
        space: Option<(Space, bool)>,
    ) -> Result<Self, CampaignError> {
        let find = |input: &Input| table.find_column(&input.name);
        let columns = inputs.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let mut rows = Sieve::new(table.len());
        for (input, &column) in inputs.iter().zip(&columns) {
            rows.readable(&table, input, column);
        }
        let cost = cost.map(|name| table.find_column(name)).transpose()?;
        let costs = cost.map(|column| table.numbers(column).values);
        if let Some(costs) = &costs {
            rows.keep("have no cost above zero", |row| costs[row] > 0.0);
        }
        for prediction in predictions.iter().filter(|p| p.needed || p.input) {
            let why = format!("have no predicted {}", prediction.name);
            rows.keep(&why, |row| !prediction.mean[row].is_nan());
        }
        for constraint in constraints {
            let verdicts = verdicts(&table, inputs, &columns, predictions, constraint)?;
            let why = format!("do not satisfy {constraint}");
            rows.keep(&why, |row| verdicts[row] != Verdict::Violated);
            let why = format!("have no value that {constraint} asks for");
            rows.keep(&why, |row| verdicts[row] == Verdict::Satisfied);
        }
        let Sieve { kept, left_out } = rows;
        if kept.is_empty() {
            return Err(CampaignError::NoCandidate {
                rows: table.len(),
                why: left_out
                    .iter()
                    .map(|(why, count)| format!("{count} {why}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            });
        }
        let (coding, points, whole) = match space {
            None => {
                let encoded = Encoder::fit(&table, inputs, &columns, &kept);
                (Coding::Table(encoded.encoder), encoded.points, true)
            }
            Some((space, whole)) => {
                let coding = Coding::Space(Box::new(space));
                let texts = |row: &u32| -> Vec<String> {
                    let cell = |&column: &usize| table.text(column, *row as usize).into_owned();
                    columns.iter().map(cell).collect()
                };
                let rows = kept.iter().map(|row| coding.point(&texts(row)));
                let rows = rows.collect::<Result<Vec<_>, _>>();
                let rows = rows.map_err(CampaignError::Question)?;
                (coding, rows.concat(), whole)
            }
        };
        let mut pool = Self {
            names: coding.names(),
            width: coding.dimensions(),
            coding,
            whole,
            constraints: constraints.to_vec(),
            cost: cost.and_then(|cost| columns.iter().position(|column| *column == cost)),
            inputs: inputs.to_vec(),
            columns,
            points: Points::Double(Vec::new()),
            extra_width: 1 + 2 * predictions.len(),
            extras: Vec::new(),
            used: Vec::new(),
            left_out,
            kept,
            table,
        };
        pool.add_predictions(predictions, costs.as_deref(), points);
        if pool.width == 0 {
            return Err(CampaignError::Question(
                "no column tells the candidates apart: give columns of numbers, categories or formulas that vary".to_owned(),
            ));
        }
        Ok(pool)
    }

    fn add_predictions(
        &mut self,
        predictions: &[Prediction],
        costs: Option<&[f64]>,
        points: Vec<f64>,
    ) {
        for &row in &self.kept {
            let row = row as usize;
            self.extras.push(costs.map_or(1.0, |costs| costs[row]));
            for prediction in predictions {
                // What is not known of the spread counts as none, as in a ranking.
                let std = prediction.std[row];
                let std = if std.is_nan() { 0.0 } else { std };
                self.extras.extend([prediction.mean[row], std]);
            }
        }
        for (place, prediction) in predictions.iter().enumerate().filter(|(_, p)| p.input) {
            let values: Vec<f64> = self
                .kept
                .iter()
                .map(|&r| prediction.mean[r as usize])
                .collect();
            let (low, high) = bounds(&values);
            if low < high {
                self.used.push((extra_of(place), low, high));
                self.names.push(prediction.name.clone());
            }
        }
        let (before, width) = (self.width, self.width + self.used.len());
        let mut whole = points;
        if width > before {
            let mut wider = Vec::with_capacity(self.kept.len() * width);
            for place in 0..self.kept.len() {
                wider.extend_from_slice(&whole[place * before..(place + 1) * before]);
                let extras = &self.extras[place * self.extra_width..];
                wider.extend(
                    self.used
                        .iter()
                        .map(|&(k, low, high)| (extras[k] - low) / (high - low)),
                );
            }
            whole = wider;
        }
        self.width = width;
        self.points = if whole.len() > DOUBLE {
            Points::Single(whole.iter().map(|x| *x as f32).collect())
        } else {
            Points::Double(whole)
        };
    }

    /// `d`.
    pub fn dimensions(&self) -> usize {
        self.width
    }

    /// A name for each coordinate.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The SHA-256 of what can be chosen and its numbers.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for row in &self.kept {
            hasher.update(row.to_le_bytes());
        }
        match &self.points {
            Points::Single(values) => values.iter().for_each(|x| hasher.update(x.to_le_bytes())),
            Points::Double(values) => values.iter().for_each(|x| hasher.update(x.to_le_bytes())),
        }
        for value in &self.extras {
            hasher.update(value.to_le_bytes());
        }
        hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// What is chosen from, without the places `excluded` (of [`Pool::kept`], ascending).
    pub fn rows<'a>(&'a self, excluded: &'a [usize]) -> Rows<'a> {
        let rows = match &self.points {
            Points::Single(values) => Rows::single(values, self.width),
            Points::Double(values) => Rows::new(values, self.width),
        };
        rows.with_extras(&self.extras, self.extra_width)
            .without(excluded)
    }

    /// Its place among those that may be chosen.
    pub fn place(&self, candidate: &Candidate) -> Option<usize> {
        match candidate {
            Candidate::Row(row) => self.kept.binary_search(row).ok(),
            Candidate::Cells(_) => None,
        }
    }

    /// A text for each input.
    pub fn cells(&self, candidate: &Candidate) -> Vec<String> {
        match candidate {
            Candidate::Cells(cells) => cells.clone(),
            Candidate::Row(row) => {
                let cell = |&column: &usize| self.table.text(column, *row as usize).into_owned();
                self.columns.iter().map(cell).collect()
            }
        }
    }

    /// The point and the further columns of a candidate, or of what was made in its place; NaN where not known.
    ///
    /// # Errors
    /// What of the cells cannot be read.
    pub fn point(
        &self,
        candidate: &Candidate,
        made: Option<&[String]>,
    ) -> Result<(Vec<f64>, Vec<f64>), String> {
        let place = self.place(candidate);
        let extras = place.map_or_else(
            || match candidate {
                Candidate::Cells(cells) if matches!(self.coding, Coding::Space(_)) => {
                    self.extras_of(cells)
                }
                _ => vec![f64::NAN; self.extra_width],
            },
            |place| self.extras[place * self.extra_width..][..self.extra_width].to_vec(),
        );
        if let (Some(place), None) = (place, made) {
            let range = place * self.width..(place + 1) * self.width;
            let point = match &self.points {
                Points::Single(values) => values[range].iter().map(|x| f64::from(*x)).collect(),
                Points::Double(values) => values[range].to_vec(),
            };
            return Ok((point, extras));
        }
        let cells = made.map_or_else(|| self.cells(candidate), <[String]>::to_vec);
        let mut point = self.coding.point(&cells)?;
        let used = self.used.iter();
        point.extend(used.map(|&(k, low, high)| (extras[k] - low) / (high - low)));
        Ok((point, extras))
    }

    /// Whether a candidate of a space, by its texts, satisfies the constraints beside the space's own.
    fn allows(&self, cells: &[String]) -> bool {
        let value = |name: &String| {
            let input = self.inputs.iter().position(|input| input.name == *name);
            let number = input.and_then(|k| parse_number(&cells[k], false).ok().flatten());
            number.unwrap_or(f64::NAN)
        };
        self.constraints.iter().all(|constraint| {
            let values: Vec<[f64; 1]> =
                constraint.properties().iter().map(|p| [value(p)]).collect();
            let columns: Vec<&[f64]> = values.iter().map(<[f64; 1]>::as_slice).collect();
            constraint.evaluate(1, &columns, |_| None) == [Verdict::Satisfied]
        })
    }

    /// The further columns of a candidate of a space: its cost, where an input says it.
    fn extras_of(&self, cells: &[String]) -> Vec<f64> {
        let mut extras = vec![f64::NAN; self.extra_width];
        let cost = self
            .cost
            .map(|k| parse_number(&cells[k], false).ok().flatten());
        extras[0] = cost.map_or(1.0, |cost| cost.unwrap_or(f64::NAN));
        extras
    }

    /// Whether two texts of an input mean the same.
    pub fn same_cell(&self, input: usize, a: &str, b: &str) -> bool {
        normal(self.inputs[input].kind, a, self.table.has_decimal_comma())
            == normal(self.inputs[input].kind, b, self.table.has_decimal_comma())
    }

    /// What a text of an input means, so that `0.50` is `0.5`.
    pub fn normal_cell(&self, input: usize, cell: &str) -> String {
        normal(
            self.inputs[input].kind,
            cell,
            self.table.has_decimal_comma(),
        )
    }
}

fn normal(kind: InputKind, cell: &str, decimal_comma: bool) -> String {
    match (kind, parse_number(cell, decimal_comma)) {
        (InputKind::Number, Ok(Some(number))) => format!("{:?}", number + 0.0),
        _ => cell.trim().to_owned(),
    }
}

/// Rows on their way through what they must satisfy.
struct Sieve {
    kept: Vec<u32>,
    left_out: Vec<(String, usize)>,
}

impl Sieve {
    fn new(rows: usize) -> Self {
        Self {
            kept: (0..rows as u32).collect(),
            left_out: Vec::new(),
        }
    }

    fn keep(&mut self, why: &str, holds: impl Fn(usize) -> bool) {
        let before = self.kept.len();
        self.kept.retain(|row| holds(*row as usize));
        if self.kept.len() < before {
            self.left_out
                .push((why.to_owned(), before - self.kept.len()));
        }
    }

    fn readable(&mut self, table: &Table, input: &Input, column: usize) {
        let name = &input.name;
        match input.kind {
            InputKind::Number => {
                let numbers = table.numbers(column).values;
                self.keep(&format!("have no number in `{name}`"), |row| {
                    !numbers[row].is_nan()
                });
            }
            InputKind::Category => self.keep(&format!("have nothing in `{name}`"), |row| {
                !table::is_missing(&table.text(column, row))
            }),
            InputKind::Formula => {
                let mut parser = Parser::new();
                let mut last = Compositions::new();
                let readable: Vec<bool> = (0..table.len())
                    .map(|row| {
                        last = Compositions::new();
                        parser
                            .parse_into(&table.text(column, row), &mut last)
                            .is_ok()
                    })
                    .collect();
                self.keep("have no formula that can be read", |row| readable[row]);
            }
        }
    }
}

/// What a constraint on candidates says of every row.
fn verdicts(
    table: &Table,
    inputs: &[Input],
    columns: &[usize],
    predictions: &[Prediction],
    constraint: &Constraint,
) -> Result<Vec<Verdict>, CampaignError> {
    let mut values: Vec<Vec<f64>> = Vec::new();
    for name in constraint.properties() {
        let predicted = predictions.iter().find(|p| p.name == *name);
        values.push(match predicted {
            Some(prediction) => prediction.mean.clone(),
            None => table.numbers(table.find_column(name)?).values,
        });
    }
    let formula = inputs
        .iter()
        .position(|input| input.kind == InputKind::Formula);
    if constraint.needs_composition() && formula.is_none() {
        return Err(CampaignError::Question(format!(
            "constraint {constraint}: it asks for elements, and no column of formulas is an input"
        )));
    }
    let mut all = Vec::with_capacity(table.len());
    let mut parser = Parser::new();
    for start in (0..table.len()).step_by(BLOCK) {
        let rows = start..table.len().min(start + BLOCK);
        let count = rows.len();
        let part: Vec<&[f64]> = values.iter().map(|v| &v[rows.clone()]).collect();
        let mut compositions = Compositions::new();
        let mut at = Vec::with_capacity(count);
        if let Some(formula) = formula.filter(|_| constraint.needs_composition()) {
            for text in table.texts(columns[formula], rows) {
                let read = parser.parse_into(&text, &mut compositions).is_ok();
                at.push(read.then(|| compositions.len() - 1));
            }
        }
        let composition = |row: usize| {
            let place = at.get(row).copied().flatten()?;
            Some(compositions.get(place))
        };
        all.extend(constraint.evaluate(count, &part, composition));
    }
    Ok(all)
}
