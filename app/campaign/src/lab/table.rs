//! A lab that is a table: the answers are known, and given to whoever asks for their candidate.

use super::answer::{Reported, Value};
use super::{Cell, Lab, LabError, Order, Origin, Standing};
use job::Job;
use std::path::Path;
use table::{Conversion, ReadOptions, Source, Table, convert_factor};

/// How a table answers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TableLabOptions {
    /// How far a row may be from what was ordered, as a share of each column's range; 0: it must be the same number to nine
    /// digits. The nearest rows answer, and say what was made.
    pub tolerance: f64,
    /// Whether the table's numbers were measured or computed.
    pub origin: Origin,
}

/// A lab that is a table. Rows of the same inputs are repeated measurements: it answers with their mean, and says how many
/// they were. A row whose column `status` is `failed` answers that the experiment failed.
#[derive(Debug)]
pub struct TableLab {
    name: String,
    table: Table,
    options: TableLabOptions,
    /// The columns' numbers, read when they are first asked for.
    numbers: Vec<Option<Vec<f64>>>,
}

/// An input of an order beside the column that answers it.
struct Match {
    column: usize,
    /// From the column's unit to the order's.
    conversion: Conversion,
    /// The ordered number, in the column's unit, and the column's range; `None`: texts are compared.
    number: Option<(f64, f64)>,
}

impl TableLab {
    /// Reads the table.
    ///
    /// # Errors
    /// It cannot be read, or the tolerance is no share.
    pub fn open(path: &Path, options: TableLabOptions, job: &Job) -> Result<Self, LabError> {
        if !(0.0..=1.0).contains(&options.tolerance) {
            return Err(LabError::Setup(format!(
                "a tolerance of {} is no share of a range; give a number from 0 to 1",
                options.tolerance
            )));
        }
        let table = Table::read(&Source::Path(path.into()), &ReadOptions::default(), job)
            .map_err(|error| LabError::Setup(format!("the lab's table: {error}")))?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Self {
            name: format!("table:{}", name.to_string_lossy()),
            numbers: vec![None; table.columns().len()],
            table,
            options,
        })
    }

    fn column(&self, name: &str, unit: &str) -> Result<(usize, Conversion), LabError> {
        let refused = |why: String| LabError::Refused {
            lab: self.name.clone(),
            why,
        };
        let column = self
            .table
            .find_column(name)
            .map_err(|error| refused(error.to_string()))?;
        let stated = self.table.columns()[column].unit.as_deref().unwrap_or("");
        if stated.is_empty() || unit.is_empty() {
            return Ok((column, Conversion::IDENTITY));
        }
        let conversion = convert_factor(stated, unit)
            .map_err(|error| refused(format!("column `{name}` is in {stated}: {error}")))?;
        Ok((column, conversion))
    }

    fn read(&mut self, column: usize) -> &[f64] {
        let table = &self.table;
        self.numbers[column].get_or_insert_with(|| table.numbers(column).values)
    }

    fn matches(&mut self, inputs: &[Cell]) -> Result<Vec<Match>, LabError> {
        let mut matches = Vec::with_capacity(inputs.len());
        for cell in inputs {
            let (column, conversion) = self.column(&cell.name, &cell.unit)?;
            let number = match cell.number() {
                Some(number) if self.table.is_numeric(column) => {
                    let values = self.read(column).iter().filter(|value| !value.is_nan());
                    let (low, high) = values
                        .map(|value| conversion.apply(*value))
                        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                            (low.min(value), high.max(value))
                        });
                    Some((number, (high - low).max(0.0)))
                }
                _ => None,
            };
            matches.push(Match {
                column,
                conversion,
                number,
            });
        }
        Ok(matches)
    }

    /// The rows that answer, and how far they are.
    fn rows(&self, inputs: &[Cell], matches: &[Match]) -> (Vec<usize>, f64) {
        let mut nearest = (Vec::new(), f64::INFINITY);
        for row in 0..self.table.len() {
            let mut distance: f64 = 0.0;
            for (cell, it) in inputs.iter().zip(matches) {
                let off = match (it.number, &self.numbers[it.column]) {
                    (Some((wanted, range)), Some(values)) => {
                        let value = it.conversion.apply(values[row]);
                        let off = (value - wanted).abs();
                        let same = off <= 1e-9 * value.abs().max(wanted.abs());
                        if same { 0.0 } else { off / range }
                    }
                    _ if self.table.text(it.column, row).trim() == cell.text.trim() => 0.0,
                    _ => f64::INFINITY,
                };
                // NaN, where a cell is missing, is no match.
                distance = if off.is_nan() {
                    f64::INFINITY
                } else {
                    distance.max(off)
                };
            }
            if distance > self.options.tolerance || distance > nearest.1 {
                continue;
            }
            if distance < nearest.1 {
                nearest = (Vec::new(), distance);
            }
            nearest.0.push(row);
        }
        nearest
    }

    fn failed(&self, rows: &[usize]) -> bool {
        let status = self.table.find_column("status");
        status.is_ok_and(|column| {
            let is = |row: &usize| {
                self.table
                    .text(column, *row)
                    .trim()
                    .eq_ignore_ascii_case("failed")
            };
            rows.iter().all(is)
        })
    }

    fn answer(&mut self, order: &Order) -> Result<Standing, LabError> {
        let matches = self.matches(&order.inputs)?;
        let (rows, distance) = self.rows(&order.inputs, &matches);
        let Some(&first) = rows.first() else {
            let within = match self.options.tolerance {
                0.0 => "of these inputs".to_owned(),
                share => format!("within {share} of each range"),
            };
            return Ok(Standing::Abandoned(format!(
                "the table has no row {within}"
            )));
        };
        if self.failed(&rows) {
            return Ok(Standing::Failed(format!(
                "line {} says failed",
                self.table.line(first)
            )));
        }
        let mut values = Vec::new();
        let mut scatter = Vec::new();
        for wanted in &order.outcomes {
            let (column, conversion) = self.column(&wanted.name, &wanted.unit)?;
            let read = self.read(column);
            let known = rows.iter().map(|&row| conversion.apply(read[row]));
            let known: Vec<f64> = known.filter(|value| !value.is_nan()).collect();
            let count = known.len() as f64;
            let mean = known.iter().sum::<f64>() / count;
            if known.len() > 1 {
                let squares: f64 = known.iter().map(|value| (value - mean).powi(2)).sum();
                let deviation = (squares / (count - 1.0)).sqrt();
                scatter.push(format!(
                    "{}: mean of {}, which scatter by {deviation:.3e}",
                    wanted.name,
                    known.len()
                ));
            }
            let value = Value {
                value: if known.is_empty() { f64::NAN } else { mean },
                std: f64::NAN,
                unit: None,
            };
            values.push((wanted.name.clone(), value));
        }
        let mut made = Vec::new();
        if distance > 0.0 {
            for (cell, it) in order.inputs.iter().zip(&matches) {
                if let (Some(_), Some(read)) = (it.number, &self.numbers[it.column]) {
                    made.push((
                        cell.name.clone(),
                        it.conversion.apply(read[first]).to_string(),
                    ));
                }
            }
        }
        let lines: Vec<String> = rows
            .iter()
            .map(|&row| self.table.line(row).to_string())
            .collect();
        let mut note = format!("{}, line {}", self.options.origin, lines.join(", "));
        if !scatter.is_empty() {
            note.push_str(&format!("; {}", scatter.join("; ")));
        }
        Ok(Standing::Done(Reported {
            values,
            made,
            note: Some(note),
        }))
    }
}

impl Lab for TableLab {
    fn name(&self) -> &str {
        &self.name
    }

    fn origin(&self) -> Origin {
        self.options.origin
    }

    fn reserve(&mut self, order: &Order) -> Result<String, LabError> {
        // Everything that is asked for must be there, before the first order goes out.
        self.matches(&order.inputs)?;
        for wanted in &order.outcomes {
            self.column(&wanted.name, &wanted.unit)?;
        }
        Ok(order.key.clone())
    }

    fn start(&mut self, _: &Order, _: &str) -> Result<(), LabError> {
        Ok(())
    }

    fn poll(&mut self, order: &Order, _: &str) -> Result<Standing, LabError> {
        self.answer(order)
    }

    fn cancel(&mut self, _: &str) -> Result<(), LabError> {
        Ok(())
    }
}
