//! A table of candidates as a campaign sees it: which rows may be chosen, their points, what is known of each beforehand.
//!
//! A small pool is held in memory, a large one lies in a file beside the campaign ([`Shelf`]) and is read block by block.

mod build;
mod coding;
mod components;
mod encoder;
mod read;
mod shelf;
mod view;
mod wider;

pub use build::Built;
pub use coding::{Coding, inputs_of, listed};
pub use components::Components;
pub use encoder::{Encoder, MOST_LEVELS, bounds};
pub use read::{Listed, SourceFile, folder_of, predicted_bytes, read_source};
pub use shelf::{Shelf, read_at};
pub use view::View;
pub use wider::Wider;

use crate::CampaignError;
use crate::event::{Candidate, Input, InputKind};
use optimize::{Constraint, Verdict};
use std::borrow::Cow;
use table::{ColumnInfo, Table, parse_number};

/// Points of more numbers than this are kept in single precision.
const DOUBLE: usize = 50_000_000;

/// The candidates of a campaign.
#[derive(Debug)]
pub struct Pool {
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
    store: Store,
    /// The table's columns.
    headers: Vec<ColumnInfo>,
    decimal_comma: bool,
    /// Rows of the table.
    pub table_rows: usize,
    width: usize,
    names: Vec<String>,
    extra_width: usize,
    /// Properties that are inputs too: place among the extras, least and greatest value.
    used: Vec<(usize, f64, f64)>,
}

/// Where texts and numbers are.
#[derive(Debug)]
enum Store {
    Memory {
        table: Table,
        points: Points,
        extras: Vec<f64>,
    },
    Disk(Box<Shelf>),
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
    /// `d`.
    pub fn dimensions(&self) -> usize {
        self.width
    }

    /// A name for each coordinate.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns of the table, as it has them.
    pub fn headers(&self) -> &[ColumnInfo] {
        &self.headers
    }

    /// What is chosen from, without the places `excluded` (of [`Pool::kept`], ascending).
    pub fn rows<'a>(&'a self, excluded: &'a [usize]) -> View<'a> {
        View::of(self, excluded)
    }

    /// Reads the texts of candidates, which from then on are at hand.
    ///
    /// # Errors
    /// A pool beside the campaign cannot be read.
    pub fn fetch<'a>(
        &self,
        candidates: impl Iterator<Item = &'a Candidate>,
    ) -> Result<(), CampaignError> {
        let Store::Disk(shelf) = &self.store else {
            return Ok(());
        };
        let rows = candidates.filter_map(|candidate| match candidate {
            Candidate::Row(row) => Some(*row),
            Candidate::Cells(_) => None,
        });
        shelf.fetch(&rows.collect::<Vec<_>>())
    }

    /// The text of a cell of the table. Of a pool beside the campaign it was fetched when its candidate came into the
    /// campaign; one that cannot be read any more is empty.
    pub fn text(&self, column: usize, row: u32) -> String {
        match &self.store {
            Store::Memory { table, .. } => table.text(column, row as usize).into_owned(),
            Store::Disk(shelf) => shelf.text(column, row).unwrap_or_default(),
        }
    }

    /// Goes through all rows of the table: `each` gets the row and its texts in these columns.
    ///
    /// # Errors
    /// A pool beside the campaign cannot be read.
    pub fn scan(
        &self,
        columns: &[usize],
        each: &mut dyn FnMut(u32, &[Cow<'_, str>]),
    ) -> Result<(), CampaignError> {
        match &self.store {
            Store::Disk(shelf) => shelf.scan(columns, each),
            Store::Memory { table, .. } => {
                for row in 0..table.len() {
                    let texts = columns.iter().map(|&column| table.text(column, row));
                    each(row as u32, &texts.collect::<Vec<_>>());
                }
                Ok(())
            }
        }
    }

    /// Whether these are all candidates there are, and not a sample of a design space.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The candidate of a place.
    pub fn candidate(&self, place: usize) -> Candidate {
        Candidate::Row(self.kept[place])
    }

    /// The point and the further columns of a place.
    ///
    /// # Errors
    /// A pool beside the campaign cannot be read.
    pub fn numbers_at(&self, place: usize) -> Result<(Vec<f64>, Vec<f64>), CampaignError> {
        let (mut point, mut extras) = (vec![0.0; self.width], vec![0.0; self.extra_width]);
        match &self.store {
            Store::Disk(shelf) => shelf.read(place, &mut point, &mut extras)?,
            Store::Memory {
                points,
                extras: all,
                ..
            } => {
                let range = place * self.width..(place + 1) * self.width;
                match points {
                    Points::Single(values) => {
                        let values = values[range].iter().map(|x| f64::from(*x));
                        point = values.collect();
                    }
                    Points::Double(values) => point.copy_from_slice(&values[range]),
                }
                extras.copy_from_slice(&all[place * self.extra_width..][..self.extra_width]);
            }
        }
        Ok((point, extras))
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
                let cell = |&column: &usize| self.text(column, *row);
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
        let there = match self.place(candidate) {
            None => None,
            Some(place) => Some(self.numbers_at(place).map_err(|error| error.to_string())?),
        };
        let extras = match (there, made) {
            (Some(numbers), None) => return Ok(numbers),
            (Some((_, extras)), Some(_)) => extras,
            (None, _) => match (candidate, &self.coding) {
                (Candidate::Cells(cells), Coding::Space(_)) => self.extras_of(cells),
                _ => vec![f64::NAN; self.extra_width],
            },
        };
        let cells = made.map_or_else(|| self.cells(candidate), <[String]>::to_vec);
        let mut point = self.coding.point(&cells)?;
        point.extend(build::scaled(&self.used, &extras));
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

    /// The place of an input in the table.
    pub fn column(&self, input: usize) -> usize {
        self.columns[input]
    }

    /// Whether two texts of an input mean the same.
    pub fn same_cell(&self, input: usize, a: &str, b: &str) -> bool {
        normal(self.inputs[input].kind, a, self.decimal_comma)
            == normal(self.inputs[input].kind, b, self.decimal_comma)
    }

    /// What a text of an input means, so that `0.50` is `0.5`.
    pub fn normal_cell(&self, input: usize, cell: &str) -> String {
        normal(self.inputs[input].kind, cell, self.decimal_comma)
    }
}

fn normal(kind: InputKind, cell: &str, decimal_comma: bool) -> String {
    match (kind, parse_number(cell, decimal_comma)) {
        (InputKind::Number, Ok(Some(number))) => format!("{:?}", number + 0.0),
        _ => cell.trim().to_owned(),
    }
}
