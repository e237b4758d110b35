//! From a candidate's columns to a point: numbers scaled by the pool's bounds, a category one coordinate a level, a formula
//! as the components of its descriptors.

use super::Components;
use crate::event::{Input, InputKind};
use matter::Compositions;
use matter::formula::Parser;
use std::f64::consts::FRAC_1_SQRT_2;
use table::{Table, parse_number};

/// More levels than this are names, not a category.
pub const MOST_LEVELS: usize = 64;

/// What one input becomes.
#[derive(Clone, Debug)]
enum Part {
    /// Nothing: it never varies over the candidates.
    Constant,
    Number {
        low: f64,
        high: f64,
    },
    Category {
        levels: Vec<String>,
    },
    Formula(Components),
}

/// Turns texts for every input into a point of `[0, 1]^d`; other candidates than the pool's may lie outside.
#[derive(Clone, Debug)]
pub struct Encoder {
    inputs: Vec<Input>,
    parts: Vec<Part>,
    decimal_comma: bool,
}

/// The rows of a pool as points.
pub struct Encoded {
    pub encoder: Encoder,
    /// `rows x d`, row by row; NaN where a cell is missing or no number.
    pub points: Vec<f64>,
}

impl Encoder {
    /// Of the rows `kept` of a table. `columns` are the inputs' places in the table.
    pub fn fit(table: &Table, inputs: &[Input], columns: &[usize], kept: &[u32]) -> Encoded {
        let mut parts = Vec::new();
        let mut blocks: Vec<(usize, Vec<f64>)> = Vec::new();
        for (input, &column) in inputs.iter().zip(columns) {
            let (part, block) = match input.kind {
                InputKind::Number => number_part(table, column, kept),
                InputKind::Category => category_part(table, column, kept),
                InputKind::Formula => formula_part(table, column, kept),
            };
            blocks.push((part.dimensions(), block));
            parts.push(part);
        }
        let d: usize = blocks.iter().map(|(width, _)| width).sum();
        let mut points = vec![0.0; kept.len() * d];
        let mut offset = 0;
        for (width, block) in blocks {
            if width > 0 {
                let rows = points.chunks_mut(d).zip(block.chunks(width));
                rows.for_each(|(point, values)| {
                    point[offset..offset + width].copy_from_slice(values)
                });
            }
            offset += width;
        }
        let encoder = Self {
            inputs: inputs.to_vec(),
            parts,
            decimal_comma: table.has_decimal_comma(),
        };
        Encoded { encoder, points }
    }

    /// `d`.
    pub fn dimensions(&self) -> usize {
        self.parts.iter().map(Part::dimensions).sum()
    }

    /// A name for each coordinate, for people.
    pub fn names(&self) -> Vec<String> {
        let named = self.inputs.iter().zip(&self.parts);
        named
            .flat_map(|(input, part)| match part {
                Part::Constant => Vec::new(),
                Part::Number { .. } => vec![input.name.clone()],
                Part::Category { levels } => {
                    let level = |level| format!("{} = {level}", input.name);
                    levels.iter().map(level).collect()
                }
                Part::Formula(components) => (1..=components.len())
                    .map(|k| format!("composition ({k})"))
                    .collect(),
            })
            .collect()
    }

    /// The point of a candidate.
    ///
    /// # Errors
    /// Which input is missing, is no number, or has a level that the pool has not.
    pub fn point(&self, cells: &[String]) -> Result<Vec<f64>, String> {
        let mut point = Vec::with_capacity(self.dimensions());
        for ((input, part), cell) in self.inputs.iter().zip(&self.parts).zip(cells) {
            let wrong = |why: String| format!("`{}` is {:?}: {why}", input.name, cell);
            match part {
                Part::Constant => {}
                Part::Number { low, high } => {
                    let number = parse_number(cell, self.decimal_comma);
                    let number = number.map_err(|error| wrong(error.to_string()))?;
                    let number = number.ok_or_else(|| wrong("the value is missing".to_owned()))?;
                    point.push((number - low) / (high - low));
                }
                Part::Category { levels } => {
                    let cell = cell.trim();
                    let Some(at) = levels.iter().position(|level| level == cell) else {
                        return Err(wrong(format!("the pool has {}", levels.join(", "))));
                    };
                    let coordinate = |k| if k == at { FRAC_1_SQRT_2 } else { 0.0 };
                    point.extend((0..levels.len()).map(coordinate));
                }
                Part::Formula(components) => {
                    let mut one = Compositions::new();
                    let read = Parser::new().parse_into(cell, &mut one);
                    read.map_err(|error| wrong(error.to_string()))?;
                    point.extend(components.of(&one));
                }
            }
        }
        Ok(point)
    }
}

impl Part {
    fn dimensions(&self) -> usize {
        match self {
            Self::Constant => 0,
            Self::Number { .. } => 1,
            Self::Category { levels } => levels.len(),
            Self::Formula(components) => components.len(),
        }
    }
}

fn number_part(table: &Table, column: usize, kept: &[u32]) -> (Part, Vec<f64>) {
    let numbers = table.numbers(column).values;
    let mut values: Vec<f64> = kept.iter().map(|&row| numbers[row as usize]).collect();
    let (low, high) = bounds(&values);
    if low >= high {
        return (Part::Constant, Vec::new());
    }
    values
        .iter_mut()
        .for_each(|value| *value = (*value - low) / (high - low));
    (Part::Number { low, high }, values)
}

/// Least and greatest of the known values.
pub fn bounds(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        })
}

fn category_part(table: &Table, column: usize, kept: &[u32]) -> (Part, Vec<f64>) {
    let cell = |row: &u32| table.text(column, *row as usize).trim().to_owned();
    let mut levels: Vec<String> = kept
        .iter()
        .map(cell)
        .filter(|c| !table::is_missing(c))
        .collect();
    levels.sort();
    levels.dedup();
    if levels.len() < 2 {
        return (Part::Constant, Vec::new());
    }
    let mut block = Vec::with_capacity(kept.len() * levels.len());
    for row in kept {
        let at = levels.binary_search(&cell(row)).ok();
        block.extend((0..levels.len()).map(|k| match at {
            None => f64::NAN,
            Some(at) if k == at => FRAC_1_SQRT_2,
            Some(_) => 0.0,
        }));
    }
    (Part::Category { levels }, block)
}

fn formula_part(table: &Table, column: usize, kept: &[u32]) -> (Part, Vec<f64>) {
    let (mut compositions, mut parser) = (Compositions::new(), Parser::new());
    // Rows whose formula cannot be read were not kept.
    for &row in kept {
        let _ = parser.parse_into(&table.text(column, row as usize), &mut compositions);
    }
    let (components, points) = Components::fit(&compositions);
    match components.len() {
        0 => (Part::Constant, Vec::new()),
        _ => (Part::Formula(components), points),
    }
}
