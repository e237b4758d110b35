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
    /// Most levels of splits of a tree.
    pub depth: usize,
    /// Fewest rows on both sides of a split.
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
            depth: growth.depth,
            least: growth.least as f64,
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
            let mut tree = grow::grow(table, &rows, &all, &slopes, shape);
            for value in &mut tree.values {
                // As the file keeps it.
                *value = f64::from((*value * growth.rate) as f32);
            }
            tree.add_to(table, &mut predicted);
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
            ensemble.trees.push(&tree.nodes());
            ensemble
                .values
                .extend(tree.values.iter().map(|v| *v as f32));
            ensemble
                .covers
                .extend(tree.counts.iter().map(|n| *n as f32));
        }
        Ok((ensemble, predicted))
    }

    /// Number of trees.
    pub fn rounds(&self) -> usize {
        self.trees.roots().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE_STUMP: Growth = Growth {
        loss: Loss::Squared,
        rounds: 1,
        patience: 1,
        rate: 1.0,
        depth: 1,
        least: 1,
        rows: 1.1,
        columns: 1.0,
        seed: 1,
    };

    #[test]
    fn one_stump_divides_a_step_and_shrinks_its_two_means() {
        // Inputs: noise, the step, nothing.
        let inputs: Vec<f32> = (0..8)
            .flat_map(|i| [((i * 5) % 8) as f32, i as f32, 1.0])
            .collect();
        let targets = [1.0, 1.0, 1.0, 1.0, 1.0, 5.0, 5.0, 5.0];
        let table = Binned::new(&inputs, 3, 63);
        let rows: Vec<u32> = (0..8).collect();
        let job = job::Job::new();
        let (found, predicted) =
            Ensemble::fit(&table, &targets, &rows, &[], &ONE_STUMP, &job).expect("good data");
        assert_eq!(found.trees.feature()[0], 1);
        assert!((4.0..5.0).contains(&found.trees.threshold()[0]));
        // A sum of five errors of -1.5 over five rows and one more; three of 2.5 over four.
        assert!((found.base - 2.5).abs() < 1e-12);
        assert!((found.values[0] + 7.5 / 6.0).abs() < 1e-6);
        assert!((found.values[1] - 7.5 / 4.0).abs() < 1e-6);
        assert_eq!(found.covers, [5.0, 3.0]);
        assert!((predicted[7] - (2.5 + 7.5 / 4.0)).abs() < 1e-6);
    }

    #[test]
    fn the_odds_of_a_coin_are_learnt_and_the_loss_is_the_cross_entropy() {
        let inputs: Vec<f32> = (0..400).map(|i| (i % 2) as f32).collect();
        let targets: Vec<f64> = (0..400)
            .map(|i| f64::from(u8::from(i % 2 == 1 && i % 8 != 1)))
            .collect();
        let table = Binned::new(&inputs, 1, 63);
        let rows: Vec<u32> = (0..400).collect();
        let growth = Growth {
            loss: Loss::Logistic,
            rounds: 200,
            rate: 0.2,
            ..ONE_STUMP
        };
        let (_, predicted) = Ensemble::fit(&table, &targets, &rows, &[], &growth, &job::Job::new())
            .expect("good data");
        assert!(logistic(predicted[0]) < 0.02);
        assert!((logistic(predicted[1]) - 0.75).abs() < 0.01);
        for (x, y) in [(0.3, 1.0), (-4.0, 1.0), (2.0, 0.0)] {
            let p: f64 = logistic(x);
            let entropy = if y > 0.5 { -p.ln() } else { -(1.0 - p).ln() };
            assert!((Loss::Logistic.of(x, y) - entropy).abs() < 1e-12);
        }
        assert!(Loss::Logistic.of(-1e4, 1.0).is_finite());
    }

    #[test]
    fn it_stops_where_unseen_rows_get_no_better() {
        let inputs: Vec<f32> = (0..300).map(|i| ((i * 7919) % 300) as f32).collect();
        // Nothing to learn.
        let targets: Vec<f64> = (0..300).map(|i| f64::from((i * 104_729) % 17)).collect();
        let table = Binned::new(&inputs, 1, 63);
        let (test, train): (Vec<u32>, Vec<u32>) = (0..300).partition(|row| row % 5 == 0);
        let growth = Growth {
            rounds: 500,
            patience: 10,
            rate: 0.3,
            depth: 3,
            ..ONE_STUMP
        };
        let (found, _) = Ensemble::fit(&table, &targets, &train, &test, &growth, &job::Job::new())
            .expect("good data");
        assert!(found.rounds() < 50, "{}", found.rounds());
    }
}
