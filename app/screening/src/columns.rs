//! Numbers of the user's table, in the unit that whoever wants them has.

use crate::ScreeningError;
use crate::quantity::label;
use table::{Conversion, Numbers, Table, convert_factor};

/// A number of the user's table over all rows, with its standard deviation where the table has that too.
pub struct TableColumn {
    pub mean: Vec<f64>,
    pub std: Option<Vec<f64>>,
}

impl TableColumn {
    /// The numbers of a column, converted to `unit` where one is asked for, and those of `<column>_std` beside it, which
    /// come in the same unit whatever their own header says. What the user should know of it is added to `messages`.
    pub fn read(
        table: &Table,
        column: usize,
        unit: Option<&str>,
        messages: &mut Vec<String>,
    ) -> Result<Self, ScreeningError> {
        let info = &table.columns()[column];
        let target = unit.or(info.unit.as_deref());
        if let (None, Some(unit)) = (&info.unit, unit.filter(|unit| !unit.is_empty())) {
            messages.push(format!(
                "column {:?} states no unit and is taken as {unit}; write it as {:?}",
                info.header,
                label(&info.name, unit)
            ));
        }
        let from = info.unit.as_deref();
        let mean = read_numbers(table, column, from, target, Conversion::apply, messages)?;
        let std_name = format!("{}_std", info.name);
        let std = match table.columns().iter().position(|c| c.name == std_name) {
            Some(std) => {
                let own = table.columns()[std].unit.as_deref();
                match (own, from) {
                    // `x_std [%]` beside `x`: nothing says that x is in the same unit.
                    (Some(_), None) if target.is_none() => {
                        messages.push(format!(
                            "column {:?} has a unit and column {:?} has none: its standard deviations are taken as unknown; \
                             write the unit of both",
                            table.columns()[std].header, info.header
                        ));
                        None
                    }
                    _ => {
                        let apply = Conversion::apply_std;
                        let own = own.or(from);
                        let mut values = read_numbers(table, std, own, target, apply, messages)?;
                        messages.extend(without_negative(table, std, &mut values));
                        Some(values)
                    }
                }
            }
            None => None,
        };
        Ok(Self { mean, std })
    }
}

/// Makes negative standard deviations unknown, and says so.
fn without_negative(table: &Table, column: usize, values: &mut [f64]) -> Option<String> {
    let first = values.iter().position(|value| *value < 0.0)?;
    let negative = values.iter_mut().filter(|value| **value < 0.0);
    let count = negative.map(|value| *value = f64::NAN).count();
    Some(format!(
        "column {:?}: {count} standard deviations are negative and taken as unknown (line {}: {:?})",
        table.columns()[column].name,
        table.line(first),
        table.text(column, first)
    ))
}

/// The numbers of a column, converted between two units where both are known.
fn read_numbers(
    table: &Table,
    column: usize,
    from: Option<&str>,
    to: Option<&str>,
    convert: fn(&Conversion, f64) -> f64,
    messages: &mut Vec<String>,
) -> Result<Vec<f64>, ScreeningError> {
    let info = &table.columns()[column];
    let numbers = table.numbers(column);
    messages.extend(bad_cells(&info.name, &numbers));
    let mut values = numbers.values;
    if let (Some(from), Some(to)) = (from, to)
        && from != to
    {
        let conversion = convert_factor(from, to).map_err(|error| ScreeningError::Unit {
            column: info.header.clone(),
            error,
        })?;
        for value in &mut values {
            *value = convert(&conversion, *value);
        }
    }
    Ok(values)
}

fn bad_cells(name: &str, numbers: &Numbers) -> Option<String> {
    let first = numbers.bad.first()?;
    let cells = if numbers.bad_count == 1 {
        "1 cell is".to_owned()
    } else {
        format!("{} cells are", numbers.bad_count)
    };
    Some(format!(
        "column {name:?}: {cells} no number and taken as missing (line {}: {:?}: {})",
        first.line, first.text, first.error
    ))
}
