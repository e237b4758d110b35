//! Counting and listing the candidates of a discrete space.

use super::{Candidates, Input, Space};

/// How many candidates a space has, constraints aside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Count {
    Exactly(u128),
    /// At most about so many, told without listing them.
    AtMost(f64),
    /// A range has no steps, or a mixture none.
    Continuous,
}

/// Mixtures up to so many are listed to be counted.
const COUNTED: usize = 200_000;

impl Space {
    /// How many candidates there are before constraints; counts beyond 2^127 are told as `AtMost`.
    pub fn count(&self) -> Count {
        let mut exact: Option<u128> = Some(1);
        let mut about = 1.0;
        for (input, place) in self.inputs.iter().zip(&self.places) {
            let (many, roughly) = match (input, &place.lattice) {
                (Input::Range(range), _) => match range.last_step() {
                    Some(last) => (Some(u128::from(last) + 1), last as f64 + 1.0),
                    None => return Count::Continuous,
                },
                (Input::Category(category), _) => counted(category.values.len()),
                (Input::Levels(levels), _) => counted(levels.values.len()),
                (Input::Mixture(mixture), Some(lattice)) if mixture.step.is_some() => {
                    match lattice.enumerate(COUNTED) {
                        Some(all) => counted(all.len()),
                        None => (None, lattice.at_most_points()),
                    }
                }
                (Input::Mixture(_), _) => return Count::Continuous,
            };
            exact = exact
                .zip(many)
                .and_then(|(exact, many)| exact.checked_mul(many));
            about *= roughly;
        }
        exact.map_or(Count::AtMost(about), Count::Exactly)
    }

    /// Every candidate that satisfies the constraints, the last column varying fastest; `None` where the space is continuous
    /// or holds more than `limit` before constraints.
    pub fn enumerate(&self, limit: usize) -> Option<Candidates> {
        let mut options: Vec<Vec<Vec<f64>>> = Vec::with_capacity(self.inputs.len());
        let mut product: usize = 1;
        for (input, place) in self.inputs.iter().zip(&self.places) {
            let left = limit / product.max(1);
            let singles = |count: usize| (0..count).map(|i| vec![i as f64]).collect();
            let values: Vec<Vec<f64>> = match (input, &place.lattice) {
                (Input::Range(range), _) => {
                    let last = range.last_step().filter(|last| *last < left as u64)?;
                    (0..=last).map(|k| vec![range.at_step(k)]).collect()
                }
                (Input::Category(category), _) => singles(category.values.len()),
                (Input::Levels(levels), _) => singles(levels.values.len()),
                (Input::Mixture(mixture), Some(lattice)) => {
                    mixture.step?;
                    let all = lattice.enumerate(left)?;
                    let amounts = |units: &Vec<i64>| -> Vec<f64> {
                        units.iter().map(|&units| lattice.amount(units)).collect()
                    };
                    all.iter().map(amounts).collect()
                }
                (Input::Mixture(_), None) => return None,
            };
            product = product
                .checked_mul(values.len())
                .filter(|product| *product <= limit)?;
            options.push(values);
        }
        let mut numbers = Vec::with_capacity(product * self.columns.len());
        let mut at = vec![0; options.len()];
        for _ in 0..product {
            for (values, &at) in options.iter().zip(&at) {
                numbers.extend_from_slice(&values[at]);
            }
            for (at, values) in at.iter_mut().zip(&options).rev() {
                *at += 1;
                if *at < values.len() {
                    break;
                }
                *at = 0;
            }
        }
        self.retain_allowed(&mut numbers);
        Some(Candidates {
            columns: self.columns.len(),
            numbers,
        })
    }
}

fn counted(count: usize) -> (Option<u128>, f64) {
    (Some(count as u128), count as f64)
}
