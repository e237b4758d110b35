//! Ranking: the order in which a user reads the candidates, and how sure it is.

use crate::{
    Direction, crowding::crowding_distances, front::front_numbers, probability::front_probabilities,
};
use job::{Cancelled, Job};
use rayon::prelude::*;

/// One objective over n candidates, in columns.
#[derive(Clone, Copy, Debug)]
pub struct ObjectiveColumn<'a> {
    pub direction: Direction,
    /// n predicted values, in the property's unit; NaN: not known.
    pub mean: &'a [f64],
    /// n standard deviations, in the property's unit; 0: exact. NaN (not known), negative and infinite ones count as 0:
    /// the front probability then tells of the known uncertainty only.
    pub std: &'a [f64],
    /// Whether the quantity can by its nature not be negative. The front probability then draws from the lognormal
    /// distribution with this mean and standard deviation (a mean of 0 is exact), unless some mean is negative; else from
    /// the normal distribution.
    pub non_negative: bool,
}

/// How a ranking is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankOptions {
    /// Decides the draws of the front probability; the same seed gives the same bytes for any number of threads.
    pub seed: u64,
    /// Draws of the front probability, rounded up to a power of two (2 to 32768); 0: no probabilities, all NaN.
    pub draws: u32,
}

impl Default for RankOptions {
    fn default() -> Self {
        RankOptions {
            seed: 0,
            draws: 512,
        }
    }
}

/// What [`rank`] finds out about n candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The candidates' row numbers, best first. One objective: by value. Several: by front, then by crowding distance,
    /// the roomier first. Candidates with an unknown objective come last. Ties stand in input order.
    pub order: Vec<u32>,
    /// The front number of each row: 1 is not dominated; 0: an objective is not known.
    pub front: Vec<u32>,
    /// The crowding distance of each row on its front, infinite at the ends; NaN where the front is 0.
    pub crowding: Vec<f64>,
    /// The share of draws in which each row is on the first front; NaN where the front is 0.
    pub front_probability: Vec<f64>,
}

/// Ranks n candidates by their predicted objectives.
///
/// Every column has n means and n standard deviations; values missing at a column's end are not known. Works on the
/// threads of the rayon pool it is called in. Needs about 70 bytes a candidate beside its input for two objectives.
///
/// ```
/// use optimize::{Direction, ObjectiveColumn, RankOptions, rank};
/// let energy = ObjectiveColumn { direction: Direction::Maximize, mean: &[500.0, 700.0, f64::NAN, 400.0], std: &[0.0; 4], non_negative: true };
/// let cost = ObjectiveColumn { direction: Direction::Minimize, mean: &[8.0, 9.0, 1.0, 9.5], std: &[0.0; 4], non_negative: true };
/// let ranking = rank(&[energy, cost], &RankOptions::default(), &job::Job::new())?;
/// assert_eq!(ranking.order, [0, 1, 3, 2]);
/// assert_eq!(ranking.front, [1, 1, 0, 2]);
/// # Ok::<(), job::Cancelled>(())
/// ```
pub fn rank(
    columns: &[ObjectiveColumn],
    options: &RankOptions,
    job: &Job,
) -> Result<Ranking, Cancelled> {
    job.stage("sorting into fronts", None);
    let rows = columns
        .iter()
        .map(|column| column.mean.len())
        .max()
        .unwrap_or(0);
    let costs: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| {
            let known = column
                .mean
                .par_iter()
                .map(|&value| column.direction.cost(value));
            let missing = rayon::iter::repeat_n(f64::NAN, rows - column.mean.len());
            known.chain(missing).collect()
        })
        .collect();
    let front = front_numbers(&costs, job)?;
    let crowding = crowding_distances(&costs, &front, job)?;
    let order = ranked_order(&costs, &front, &crowding);
    drop(costs);
    let front_probability = front_probabilities(columns, &front, &order, options, job)?;
    Ok(Ranking {
        order,
        front,
        crowding,
        front_probability,
    })
}

fn ranked_order(costs: &[Vec<f64>], front: &[u32], crowding: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..front.len() as u32).collect();
    // Front 0 wraps round to the end.
    let place = |row: u32| front[row as usize].wrapping_sub(1);
    if costs.len() == 1 {
        order.par_sort_unstable_by_key(|&row| (place(row), row));
    } else {
        order.par_sort_unstable_by(|&a, &b| {
            let roomier = crowding[b as usize].total_cmp(&crowding[a as usize]);
            let unknown = front[a as usize] == 0;
            place(a).cmp(&place(b)).then(if unknown {
                a.cmp(&b)
            } else {
                roomier.then(a.cmp(&b))
            })
        });
    }
    order
}
