//! Shapley values of each kind of learner.
//!
//! Trees: exact, with training rows going both ways where an input is not known. Others: where an input is not known it is
//! that of a training row, and the mean over training rows is taken; all coalitions of up to twelve inputs, else random
//! orders of the inputs (E. Štrumbelj, I. Kononenko, Knowledge and Information Systems 41, 647 (2014),
//! doi:10.1007/s10115-013-0679-x), each of which sums to the prediction exactly.

use super::inputs::Design;
use super::learner::Learner;
use crate::SurrogateError;
use crate::boosted::Boosted;
use crate::forest::Forest;
use crate::random::Random;

/// What each input adds to the mean, its standard error, and how it was found.
pub(super) struct Parts {
    pub base: f64,
    pub amounts: Vec<f64>,
    pub errors: Vec<f64>,
    pub method: String,
}

const OF_TREES: &str = "exact Shapley values of the trees";

/// Inputs of which all coalitions are asked.
const ALL: usize = 12;
/// Training rows that stand in for what is not known, in each coalition.
const ROWS: usize = 32;
/// Orders that are drawn where coalitions are too many.
const ORDERS: usize = 128;

pub(super) fn of_forest(forest: &Forest, row: &[f32]) -> Parts {
    let moments = forest.moments();
    let covers: Vec<u32> = forest.rows_of_leaves().collect();
    let trees = forest.trees() as f64;
    let found = forest.nodes().shapley(
        |leaf| f64::from(moments[leaf][0]) / trees,
        |leaf| f64::from(covers[leaf]),
        row,
    );
    Parts {
        base: found.base,
        errors: vec![0.0; found.amounts.len()],
        amounts: found.amounts,
        method: OF_TREES.to_owned(),
    }
}

pub(super) fn of_boosted(boosted: &Boosted, row: &[f32]) -> Parts {
    let mean = &boosted.mean;
    let found = mean.trees.shapley(
        |leaf| f64::from(mean.values[leaf]),
        |leaf| f64::from(mean.covers[leaf]),
        row,
    );
    Parts {
        base: mean.base + found.base,
        errors: vec![0.0; found.amounts.len()],
        amounts: found.amounts,
        method: OF_TREES.to_owned(),
    }
}

/// Of any learner, by asking it. `reference` are training rows; without any, zero stands for what is not known.
pub(super) fn of_any(
    learner: &Learner,
    design: &Design,
    reference: &Design,
    seed: u64,
    job: &job::Job,
) -> Result<Parts, SurrogateError> {
    let width = design.width;
    let candidate = design.wide();
    let reference_values = reference.wide();
    let zeros = vec![0.0; width];
    let stand_in = |row: usize| -> &[f64] {
        reference_values
            .get(row * width..(row + 1) * width)
            .unwrap_or(&zeros)
    };
    let count = reference.len().max(1);
    let ask = |values: Vec<f64>| {
        let design = Design {
            width,
            values: values.iter().map(|x| *x as f32).collect(),
            elements: vec![0; values.len() / width],
            exact: if design.exact.is_empty() {
                Vec::new()
            } else {
                values
            },
        };
        learner.predict(&design, job, |_, predicted| predicted.mean())
    };
    if width <= ALL {
        let rows: Vec<usize> = (0..count).step_by(count.div_ceil(ROWS)).collect();
        let mut values = Vec::with_capacity((rows.len() * width) << width);
        for known in 0..1_usize << width {
            for row in &rows {
                let other = stand_in(*row);
                values.extend((0..width).map(|k| {
                    if known >> k & 1 == 1 {
                        candidate[k]
                    } else {
                        other[k]
                    }
                }));
            }
        }
        let told = ask(values)?;
        let game: Vec<f64> = told
            .chunks(rows.len())
            .map(|of| of.iter().sum::<f64>() / of.len() as f64)
            .collect();
        return Ok(Parts {
            base: game[0],
            amounts: (0..width).map(|k| of_game(&game, width, k)).collect(),
            errors: vec![0.0; width],
            method: format!("exact Shapley values over {} training rows", rows.len()),
        });
    }
    let mut random = Random::new(seed);
    let mut values = Vec::with_capacity(ORDERS * (width + 1) * width);
    let mut orders = Vec::with_capacity(ORDERS);
    for _ in 0..ORDERS {
        let mut order: Vec<usize> = (0..width).collect();
        for place in 0..width {
            let other = place + random.below(width - place);
            order.swap(place, other);
        }
        let mut row = stand_in(random.below(count)).to_vec();
        values.extend_from_slice(&row);
        for k in &order {
            row[*k] = candidate[*k];
            values.extend_from_slice(&row);
        }
        orders.push(order);
    }
    let told = ask(values)?;
    let n = ORDERS as f64;
    let (mut base, mut amounts, mut squares) = (0.0, vec![0.0; width], vec![0.0; width]);
    for (order, told) in orders.iter().zip(told.chunks(width + 1)) {
        base += told[0] / n;
        for (k, pair) in order.iter().zip(told.windows(2)) {
            let step = pair[1] - pair[0];
            amounts[*k] += step / n;
            squares[*k] += step * step / n;
        }
    }
    let errors = amounts
        .iter()
        .zip(squares)
        .map(|(mean, square)| ((square - mean * mean).max(0.0) / (n - 1.0)).sqrt());
    Ok(Parts {
        base,
        errors: errors.collect(),
        amounts,
        method: format!("Shapley values from {ORDERS} random orders of the inputs"),
    })
}

/// The Shapley value of input `k` in the game of all coalitions of `width` inputs.
fn of_game(game: &[f64], width: usize, k: usize) -> f64 {
    let mut weights = vec![1.0 / width as f64; width];
    for size in 1..width {
        weights[size] = weights[size - 1] * size as f64 / (width - size) as f64;
    }
    (0..game.len())
        .filter(|known| known >> k & 1 == 0)
        .map(|known| weights[known.count_ones() as usize] * (game[known | 1 << k] - game[known]))
        .sum()
}
