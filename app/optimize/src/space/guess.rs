//! A space from the columns of a pool: what each column is, guessed from its values.

use super::{Category, Input, Mixture, Part, Range, Space, SpaceError};
use std::collections::BTreeSet;

/// One column of a pool.
#[derive(Clone, Copy, Debug)]
pub struct PoolColumn<'a> {
    pub name: &'a str,
    pub unit: Option<&'a str>,
    pub values: PoolValues<'a>,
}

/// A column's values, one a candidate.
#[derive(Clone, Copy, Debug)]
pub enum PoolValues<'a> {
    /// NaN where missing.
    Numbers(&'a [f64]),
    /// Empty where missing.
    Texts(&'a [&'a str]),
}

/// What was made of a pool's columns.
#[derive(Clone, Debug)]
pub struct Guess {
    pub space: Space,
    /// The columns that are no inputs, and why.
    pub left_out: Vec<(String, String)>,
}

/// A category has at most so many values.
const VALUES: usize = 60;
/// A positive column whose largest value is so many times its smallest counts by its logarithm.
const DECADES: f64 = 1000.0;

impl Space {
    /// The space that a pool's candidates lie in, for their encoding and for neighbours; it has no steps.
    ///
    /// - Columns of numbers that follow each other, are nowhere negative or missing and sum to 1 or to 100 in every row (to
    ///   1e-6 of it) are the parts of a mixture, with the pool's lowest and highest amounts as bounds; the longest such run
    ///   counts, from two columns on.
    /// - Any other column of numbers is a range from its lowest to its highest value, logarithmic where all are above zero
    ///   and the highest is at least 1000 times the lowest.
    /// - A column of texts is a category if it has at most 60 values and fewer values than half the rows (or than three).
    /// - Columns that never vary, that miss values or hold infinite ones, and texts of more values (names, comments) are
    ///   left out, with the reason.
    pub fn from_columns(columns: &[PoolColumn]) -> Result<Guess, SpaceError> {
        let mut left_out = vec![];
        let mut inputs = vec![];
        let mut at = 0;
        while let Some(column) = columns.get(at) {
            if let Some((mixture, length)) = mixture(&columns[at..], inputs.len()) {
                inputs.push(Input::Mixture(mixture));
                at += length;
                continue;
            }
            at += 1;
            match guessed(column) {
                Ok(input) => inputs.push(input),
                Err(why) => left_out.push((column.name.to_owned(), why)),
            }
        }
        if inputs.is_empty() {
            let why = |(name, why): &(String, String)| format!("`{name}` {why}");
            let all: Vec<String> = left_out.iter().map(why).collect();
            return Err(SpaceError::of_space(
                format!("no column of the pool can be an input: {}", all.join(", ")),
                "bring columns of numbers or of a few texts that vary",
            ));
        }
        let space = Space::new(inputs, vec![])?;
        Ok(Guess { space, left_out })
    }
}

fn guessed(column: &PoolColumn) -> Result<Input, String> {
    match column.values {
        PoolValues::Numbers(values) => {
            let missing = values.iter().filter(|value| value.is_nan()).count();
            if missing > 0 {
                return Err(format!("misses {missing} of {} values", values.len()));
            }
            let (low, high) = extremes(values);
            if !low.is_finite() || !high.is_finite() || !(high - low).is_finite() {
                return Err("holds infinite values".into());
            }
            if high - low <= 1e-9 * low.abs().max(high.abs()) {
                return Err("never varies".into());
            }
            Ok(Input::Range(Range {
                name: column.name.to_owned(),
                unit: column.unit.map(str::to_owned),
                low,
                high,
                step: None,
                log: low > 0.0 && high / low >= DECADES,
            }))
        }
        PoolValues::Texts(values) => {
            let missing = values
                .iter()
                .filter(|value| value.trim().is_empty())
                .count();
            if missing > 0 {
                return Err(format!("misses {missing} of {} values", values.len()));
            }
            let mut different = BTreeSet::new();
            for value in values {
                different.insert(value.trim());
                if different.len() > VALUES {
                    return Err(format!("has more than {VALUES} different texts"));
                }
            }
            if different.len() < 2 {
                return Err("never varies".into());
            }
            if different.len() > 2 && different.len() * 2 >= values.len() {
                return Err("has a text of its own in every second row".into());
            }
            Ok(Input::Category(Category {
                name: column.name.to_owned(),
                values: different.into_iter().map(str::to_owned).collect(),
            }))
        }
    }
}

fn extremes(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| {
            (low.min(value), high.max(value))
        })
}

/// The mixture that starts with the first column, and how many columns it takes.
fn mixture(columns: &[PoolColumn], number: usize) -> Option<(Mixture, usize)> {
    let numbers = |column: &PoolColumn<'_>| match column.values {
        PoolValues::Numbers(values) => Some(values.to_vec()),
        PoolValues::Texts(_) => None,
    };
    let mut sums = numbers(columns.first()?)?;
    let mut found = None;
    for (i, column) in columns.iter().enumerate() {
        let Some(values) = numbers(column) else { break };
        if values.len() != sums.len()
            || values.is_empty()
            || !values
                .iter()
                .all(|value| *value >= 0.0 && value.is_finite())
        {
            break;
        }
        if i == 0 {
            continue;
        }
        for (sum, value) in sums.iter_mut().zip(&values) {
            *sum += value;
        }
        let total = [1.0, 100.0]
            .into_iter()
            .find(|total| sums.iter().all(|sum| (sum - total).abs() <= 1e-6 * total));
        if let Some(total) = total {
            found = Some((i + 1, total));
        }
    }
    let (length, total) = found?;
    let part = |column: &PoolColumn| {
        let values = match column.values {
            PoolValues::Numbers(values) => values,
            PoolValues::Texts(_) => &[],
        };
        let (low, high) = extremes(values);
        Part {
            name: column.name.to_owned(),
            low,
            high: high.min(total),
            least: 0.0,
        }
    };
    let mut parts: Vec<Part> = columns[..length].iter().map(part).collect();
    if parts.iter().all(|part| part.low == part.high) {
        return None;
    }
    // Sums are as exact as the pool's digits; bounds that leave no more room than that are widened by as much.
    let slack = 1e-5 * total;
    let sum = |bound: fn(&Part) -> f64| parts.iter().map(bound).sum::<f64>();
    if sum(|part| part.low) > total - slack || sum(|part| part.high) < total + slack {
        for part in &mut parts {
            part.low = (part.low - slack).max(0.0);
            part.high = (part.high + slack).min(total);
        }
    }
    let unit = columns[0].unit.map(str::to_owned);
    Some((
        Mixture {
            name: format!("mixture_{}", number + 1),
            unit,
            total,
            step: None,
            at_least: 1,
            at_most: length,
            parts,
            groups: vec![],
        },
        length,
    ))
}
