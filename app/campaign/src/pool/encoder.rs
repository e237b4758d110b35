//! From a candidate's columns to a point: numbers scaled by the pool's bounds, a category one coordinate a level, a formula
//! as the components of its descriptors.

use super::Components;
use crate::event::{Input, InputKind};
use crate::number::Number;
use matter::Compositions;
use matter::formula::Parser;
use serde_json::{Value, json};
use std::collections::BTreeSet;
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

/// Formulas whose components are found of; of more, so many evenly spread ones.
const FITTED: usize = 250_000;

impl Encoder {
    /// Of the rows `kept` of a table. `columns` are the inputs' places in the table.
    pub fn fit(table: &Table, inputs: &[Input], columns: &[usize], kept: &[u32]) -> Self {
        let parts = inputs.iter().zip(columns);
        let parts = parts.map(|(input, &column)| match input.kind {
            InputKind::Number => number_part(table, column, kept),
            InputKind::Category => category_part(table, column, kept),
            InputKind::Formula => formula_part(table, column, kept),
        });
        Self {
            parts: parts.collect(),
            inputs: inputs.to_vec(),
            decimal_comma: table.has_decimal_comma(),
        }
    }

    /// The rows `kept` of the table as points, `rows x d`, row by row; NaN where a cell is missing or no number. `columns` as
    /// before.
    pub fn encode(&self, table: &Table, columns: &[usize], kept: &[u32]) -> Vec<f64> {
        let d = self.dimensions();
        let mut points = vec![0.0; kept.len() * d];
        let mut offset = 0;
        for (part, &column) in self.parts.iter().zip(columns) {
            let width = part.dimensions();
            if width > 0 {
                let block = part.encode(table, column, kept);
                let rows = points.chunks_mut(d).zip(block.chunks(width));
                rows.for_each(|(point, values)| {
                    point[offset..offset + width].copy_from_slice(values)
                });
            }
            offset += width;
        }
        points
    }

    /// All of it, to be written down; numbers as text, so that they come back bit by bit.
    pub fn to_json(&self) -> Value {
        let parts = self.parts.iter().map(|part| match part {
            Part::Constant => Value::Null,
            Part::Number { low, high } => json!({"low": Number(*low), "high": Number(*high)}),
            Part::Category { levels } => json!({"levels": levels}),
            Part::Formula(components) => json!({"components": components.to_json()}),
        });
        json!({
            "inputs": self.inputs,
            "decimal_comma": self.decimal_comma,
            "parts": parts.collect::<Vec<_>>(),
        })
    }

    /// The encoder that was written down so; none where it was not.
    pub fn from_json(value: &Value) -> Option<Self> {
        let part = |value: &Value| {
            if value.is_null() {
                return Some(Part::Constant);
            }
            if let Some(levels) = value.get("levels") {
                let levels = serde_json::from_value(levels.clone()).ok()?;
                return Some(Part::Category { levels });
            }
            if let Some(components) = value.get("components") {
                return Components::from_json(components).map(Part::Formula);
            }
            let number = |name: &str| -> Option<f64> {
                let number: Number = serde_json::from_value(value.get(name)?.clone()).ok()?;
                Some(number.0)
            };
            Some(Part::Number {
                low: number("low")?,
                high: number("high")?,
            })
        };
        Some(Self {
            inputs: serde_json::from_value(value.get("inputs")?.clone()).ok()?,
            parts: value
                .get("parts")?
                .as_array()?
                .iter()
                .map(part)
                .collect::<Option<_>>()?,
            decimal_comma: value.get("decimal_comma")?.as_bool()?,
        })
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

    /// The coordinates of some rows, row by row.
    fn encode(&self, table: &Table, column: usize, kept: &[u32]) -> Vec<f64> {
        match self {
            Self::Constant => Vec::new(),
            Self::Number { low, high } => {
                let mut values = numbers_of(table, column, kept);
                values
                    .iter_mut()
                    .for_each(|value| *value = (*value - low) / (high - low));
                values
            }
            Self::Category { levels } => {
                let mut block = Vec::with_capacity(kept.len() * levels.len());
                for &row in kept {
                    let text = table.text(column, row as usize);
                    let cell = text.trim();
                    let at = levels
                        .binary_search_by(|level| level.as_str().cmp(cell))
                        .ok();
                    block.extend((0..levels.len()).map(|k| match at {
                        None => f64::NAN,
                        Some(at) if k == at => FRAC_1_SQRT_2,
                        Some(_) => 0.0,
                    }));
                }
                block
            }
            Self::Formula(components) => components.of(&compositions_of(table, column, kept)),
        }
    }
}

/// The numbers of some rows, ascending.
fn numbers_of(table: &Table, column: usize, kept: &[u32]) -> Vec<f64> {
    let (Some(&first), Some(&last)) = (kept.first(), kept.last()) else {
        return Vec::new();
    };
    let numbers = table.numbers_in(column, first as usize..last as usize + 1);
    kept.iter()
        .map(|&row| numbers[(row - first) as usize])
        .collect()
}

/// The compositions of some rows, whose formulas can be read, or they were not kept.
fn compositions_of<'a>(
    table: &Table,
    column: usize,
    kept: impl IntoIterator<Item = &'a u32>,
) -> Compositions {
    let (mut compositions, mut parser) = (Compositions::new(), Parser::new());
    for &row in kept {
        let _ = parser.parse_into(&table.text(column, row as usize), &mut compositions);
    }
    compositions
}

fn number_part(table: &Table, column: usize, kept: &[u32]) -> Part {
    let (low, high) = bounds(&numbers_of(table, column, kept));
    match low < high {
        true => Part::Number { low, high },
        false => Part::Constant,
    }
}

/// Least and greatest of the known values.
pub fn bounds(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        })
}

fn category_part(table: &Table, column: usize, kept: &[u32]) -> Part {
    let mut levels = BTreeSet::new();
    for &row in kept {
        let text = table.text(column, row as usize);
        let cell = text.trim();
        if !table::is_missing(cell) && !levels.contains(cell) {
            levels.insert(cell.to_owned());
        }
    }
    match levels.len() {
        0 | 1 => Part::Constant,
        _ => Part::Category {
            levels: levels.into_iter().collect(),
        },
    }
}

fn formula_part(table: &Table, column: usize, kept: &[u32]) -> Part {
    let step = kept.len().div_ceil(FITTED).max(1);
    let compositions = compositions_of(table, column, kept.iter().step_by(step));
    let components = Components::fit(&compositions).0;
    match components.len() {
        0 => Part::Constant,
        _ => Part::Formula(components),
    }
}
