//! One boosted ensemble: trees that each correct those before, by slope and curvature of a loss.
//!
//! J. H. Friedman, Greedy Function Approximation: A Gradient Boosting Machine, Annals of Statistics 29, 1189 (2001),
//! doi:10.1214/aos/1013203451; T. Chen, C. Guestrin, XGBoost, KDD 2016, doi:10.1145/2939672.2939785; histograms as in
//! G. Ke et al., LightGBM, NIPS 2017.

use rayon::prelude::*;

use super::grow::{self, Shape};
use crate::SurrogateError;
use crate::random::Random;
use crate::trees::{Binned, Trees};

/// What is made small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Half the squared error.
    Squared,
    /// The cross entropy of targets 0 and 1; the ensemble gives the logarithm of the odds.
    Logistic,
}

/// How an ensemble grows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Growth {
    pub loss: Loss,
    pub rounds: usize,
    /// Rounds without a better loss on the held-out rows after which it stops.
    pub patience: usize,
    pub rate: f64,
    pub leaves: usize,
    pub least: usize,
    /// Shares of the rows and of the inputs that a tree is grown on.
    pub rows: f64,
    pub columns: f64,
    pub seed: u64,
}

/// Trees whose leaves add up to the prediction.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ensemble {
    pub trees: Trees,
    pub base: f64,
    /// For each leaf what it adds, and how many rows it grew from.
    pub values: Vec<f32>,
    pub covers: Vec<f32>,
}

/// Rows that a thread takes at least: small tables are divided by fold, not within.
const ALONE: usize = 16_384;

impl Loss {
    fn slope(self, predicted: f64, target: f64) -> [f32; 2] {
        match self {
            Self::Squared => [(predicted - target) as f32, 1.0],
            Self::Logistic => {
                let p = logistic(predicted);
                [(p - target) as f32, (p * (1.0 - p)).max(1e-6) as f32]
            }
        }
    }

    fn of(self, predicted: f64, target: f64) -> f64 {
        match self {
            Self::Squared => 0.5 * (predicted - target) * (predicted - target),
            Self::Logistic => {
                let against = if target > 0.5 { -predicted } else { predicted };
                // ln(1 + e^x) without overflow.
                against.max(0.0) + libm::log1p(libm::exp(-against.abs()))
            }
        }
    }

    /// The best constant.
    fn base(self, mean: f64) -> f64 {
        match self {
            Self::Squared => mean,
            Self::Logistic => {
                let p = mean.clamp(1e-3, 1.0 - 1e-3);
                libm::log(p / (1.0 - p))
            }
        }
    }
}

pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

impl Ensemble {
    /// Grows on the `train` rows of a table. With `held_out` rows it stops where their loss no longer falls and keeps the
    /// trees up to the least. Also gives the predictions of all rows of the table, with the trees that are kept.
    ///
    /// # Errors
    ///
    /// Cancelled.
    pub fn fit(
        table: &Binned,
        targets: &[f64],
        train: &[u32],
        held_out: &[u32],
        growth: &Growth,
        job: &job::Job,
    ) -> Result<(Self, Vec<f64>), SurrogateError> {
        let mean = train.iter().map(|row| targets[*row as usize]).sum::<f64>();
        let base = growth.loss.base(mean / train.len().max(1) as f64);
        let mut predicted = vec![base; table.rows];
        let mut grown: Vec<grow::Tree> = Vec::new();
        let loss = |predicted: &[f64]| {
            let of = |row: &u32| {
                let row = *row as usize;
                growth.loss.of(predicted[row], targets[row])
            };
            held_out.iter().map(of).sum::<f64>()
        };
        let mut best = (loss(&predicted), 0, Vec::new());
        if !held_out.is_empty() {
            best.2 = predicted.clone();
        }
        let width = table.width();
        let columns = ((width as f64 * growth.columns).ceil() as usize).clamp(1, width.max(1));
        let shape = Shape {
            leaves: growth.leaves,
            least: growth.least,
            lambda: 1.0,
        };
        for round in 0..growth.rounds {
            job.check()?;
            let mut random = Random::part(growth.seed, round as u64);
            let slopes: Vec<[f32; 2]> = predicted
                .par_iter()
                .zip(targets)
                .with_min_len(ALONE)
                .map(|(predicted, target)| growth.loss.slope(*predicted, *target))
                .collect();
            let drawn = train.iter().copied();
            let rows: Vec<u32> = drawn.filter(|_| random.uniform() < growth.rows).collect();
            let mut all: Vec<u32> = (0..width as u32).collect();
            for place in 0..columns {
                let other = place + random.below(width - place);
                all.swap(place, other);
            }
            all.truncate(columns);
            all.sort_unstable();
            let mut tree = grow::grow(table, rows, &all, &slopes, shape);
            for value in &mut tree.values {
                // As the file keeps it.
                *value = f64::from((*value * growth.rate) as f32);
            }
            predicted
                .par_iter_mut()
                .enumerate()
                .with_min_len(ALONE)
                .for_each(|(row, predicted)| *predicted += tree.at(table, row));
            grown.push(tree);
            job.advance(1);
            if held_out.is_empty() {
                continue;
            }
            let now = loss(&predicted);
            if now < best.0 {
                best = (now, grown.len(), predicted.clone());
            } else if grown.len() >= best.1 + growth.patience {
                break;
            }
        }
        if !held_out.is_empty() {
            grown.truncate(best.1);
            predicted = best.2;
        }
        let mut ensemble = Self {
            trees: Trees::new(width),
            base,
            values: Vec::new(),
            covers: Vec::new(),
        };
        for tree in &grown {
            for leaf in ensemble.trees.push(&tree.nodes) {
                ensemble.values.push(tree.values[leaf] as f32);
                ensemble.covers.push(tree.counts[leaf] as f32);
            }
        }
        Ok((ensemble, predicted))
    }

    /// Number of trees.
    pub fn rounds(&self) -> usize {
        self.trees.roots().len()
    }
}
