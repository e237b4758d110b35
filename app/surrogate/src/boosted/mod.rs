//! Gradient-boosted trees with an uncertainty of their own: one ensemble for the mean, one for the logarithm of how far off
//! it is, and the shape of the errors from rows that the first had not seen. For large tables: hundreds of thousands of rows
//! in minutes, and a file of some hundred kilobytes.
//!
//! Where many targets are zero and none is negative, a third ensemble gives the probability of zero, and the prediction is
//! a mixture.

mod ensemble;
mod grow;

pub(crate) use ensemble::{Ensemble, Growth, Loss, logistic};

use crate::SurrogateError;
use crate::folds::grouped_folds;
use crate::trees::Binned;

/// How boosted trees are trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoostedOptions {
    /// Most trees of the mean; it stops earlier where rows that it has not seen are predicted no better.
    pub rounds: usize,
    /// The share of its correction that a tree makes.
    pub rate: f64,
    /// Most levels of splits of a tree.
    pub depth: usize,
    /// Of how many of five folds the errors are looked at that tell the uncertainty; of tables beyond 20 000 rows, one.
    pub folds: usize,
    pub seed: u64,
}

impl Default for BoostedOptions {
    fn default() -> Self {
        Self {
            rounds: 600,
            rate: 0.1,
            depth: 6,
            folds: 3,
            seed: 0,
        }
    }
}

/// Probabilities at which the shape of the errors is kept.
pub(crate) const SHAPE: usize = 65;

/// Trained ensembles.
#[derive(Clone, Debug, PartialEq)]
pub struct Boosted {
    pub(crate) mean: Ensemble,
    /// Of the natural logarithm of the absolute error; with `unit` added, of the standard deviation.
    pub(crate) scale: Ensemble,
    /// Of the logarithm of the odds of a zero.
    pub(crate) zero: Option<Ensemble>,
    pub(crate) unit: f64,
    /// The least and the largest logarithm of an error that was seen.
    pub(crate) limits: [f64; 2],
    /// Quantiles of the errors in standard deviations, at probabilities (k + 1/2)/65.
    pub(crate) shape: Vec<f64>,
}

/// What they predict of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boost<'a> {
    pub mean: f64,
    pub std: f64,
    pub zero: f64,
    shape: &'a [f64],
}

/// Of larger tables one fold is enough.
const ALL_FOLDS: usize = 20_000;
const FOLDS: usize = 5;

impl Boosted {
    /// Trains. `inputs` is `n x width`, row after row, NaN for an unknown value; rows of the same group are never divided
    /// between training and test.
    ///
    /// # Errors
    ///
    /// Cancelled.
    pub fn fit(
        inputs: &[f32],
        width: usize,
        targets: &[f64],
        groups: &[u64],
        options: &BoostedOptions,
        job: &job::Job,
    ) -> Result<Self, SurrogateError> {
        crate::forest::check_table(inputs, width, targets)?;
        let n = targets.len();
        // Small tables are not worth the search of many classes.
        let classes = if n < 10_000 { 63 } else { 127 };
        let table = Binned::new(inputs, width, classes);
        let folds = grouped_folds(groups, FOLDS, options.seed as u32);
        let growth = Growth {
            loss: Loss::Squared,
            rounds: options.rounds,
            patience: 25,
            rate: options.rate,
            depth: options.depth,
            least: (n / 400).clamp(2, 20),
            rows: 0.6,
            columns: if width > 20 { 0.5 } else { 1.0 },
            seed: options.seed,
        };
        let tested = if n <= ALL_FOLDS {
            options.folds.clamp(1, FOLDS)
        } else {
            1
        };
        let (mut unseen, mut errors) = (Vec::new(), vec![0.0; n]);
        let mut rounds = 0;
        for fold in 0..tested {
            let (test, train): (Vec<u32>, Vec<u32>) =
                (0..n as u32).partition(|row| folds[*row as usize] == fold);
            if test.is_empty() || train.is_empty() {
                continue;
            }
            let (mean, predicted) = Ensemble::fit(&table, targets, &train, &test, &growth, job)?;
            rounds += mean.rounds();
            for row in &test {
                errors[*row as usize] = targets[*row as usize] - predicted[*row as usize];
            }
            unseen.extend(test);
        }
        // All rows bear a few trees more than four fifths of them.
        let growth = Growth {
            rounds: (rounds * 11).div_ceil(10 * tested),
            ..growth
        };
        let all: Vec<u32> = (0..n as u32).collect();
        let (mean, _) = Ensemble::fit(&table, targets, &all, &[], &growth, job)?;
        let zeros: Vec<f64> = targets
            .iter()
            .map(|y| f64::from(u8::from(*y == 0.0)))
            .collect();
        let share = zeros.iter().sum::<f64>() / n as f64;
        let negative = targets.iter().any(|y| *y < 0.0);
        let zero = if !negative && (0.05..=0.95).contains(&share) {
            let growth = Growth {
                loss: Loss::Logistic,
                rounds: 120,
                depth: 4,
                ..growth
            };
            Some(Ensemble::fit(&table, &zeros, &all, &[], &growth, job)?.0)
        } else {
            None
        };
        let errors = Errors::of(errors, &unseen, targets);
        let (scale, unit, shape) = errors.scale(&table, &folds, &growth, job)?;
        Ok(Self {
            mean,
            scale,
            zero,
            unit,
            limits: errors.limits,
            shape,
        })
    }

    /// Number of inputs.
    pub fn width(&self) -> usize {
        self.mean.trees.width()
    }

    /// Of the mean, the scale, and the zero where there is one.
    pub(crate) fn ensembles(&self) -> impl Iterator<Item = &Ensemble> {
        [&self.mean, &self.scale].into_iter().chain(&self.zero)
    }

    /// The standard deviation that the sum of the trees of `scale` stands for.
    pub(crate) fn std_of(&self, sum: f64) -> f64 {
        libm::exp(sum.clamp(self.limits[0], self.limits[1]) + self.unit)
    }

    /// What the sums of the ensembles' trees stand for, row by row; those of the odds are empty where no zero has any.
    pub(crate) fn told_of(&self, sums: [Vec<f64>; 3]) -> impl Iterator<Item = Boost<'_>> {
        let [mean, scale, odds] = sums;
        let odds = odds.into_iter().chain(std::iter::repeat(0.0));
        let sums = mean.into_iter().zip(scale).zip(odds);
        sums.map(|((mean, scale), odds)| self.told(mean, scale, odds))
    }

    fn told(&self, mean: f64, scale: f64, odds: f64) -> Boost<'_> {
        let zero = if self.zero.is_some() {
            logistic(odds)
        } else {
            0.0
        };
        Boost {
            // A mixture of zero and positive numbers is not below zero.
            mean: if self.zero.is_some() {
                mean.max(0.0)
            } else {
                mean
            },
            std: self.std_of(scale),
            zero,
            shape: &self.shape,
        }
    }
}

/// Errors of rows that were not seen, in logarithms.
struct Errors<'a> {
    errors: Vec<f64>,
    logs: Vec<f64>,
    unseen: &'a [u32],
    limits: [f64; 2],
}

impl<'a> Errors<'a> {
    fn of(errors: Vec<f64>, unseen: &'a [u32], targets: &[f64]) -> Self {
        let mean = targets.iter().sum::<f64>() / targets.len() as f64;
        let spread = targets.iter().fold(0.0_f64, |a, y| a.max((y - mean).abs()));
        let mut sizes: Vec<f64> = unseen
            .iter()
            .map(|row| errors[*row as usize].abs())
            .collect();
        sizes.sort_by(f64::total_cmp);
        let typical = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
        // One row that is right by chance says little: logarithms of tiny errors would rule the trees.
        let least = (0.05 * typical).max(1e-6 * spread).max(1e-12);
        let logs: Vec<f64> = errors
            .iter()
            .map(|error| libm::log(error.abs().max(least)))
            .collect();
        let largest = sizes.last().copied().unwrap_or(0.0).max(least);
        Self {
            errors,
            logs,
            unseen,
            limits: [libm::log(least), libm::log(largest)],
        }
    }

    /// The ensemble of the scale, what is to be added, and the shape of the errors. Unit and shape come from rows that the
    /// ensemble had not seen either.
    fn scale(
        &self,
        table: &Binned,
        folds: &[usize],
        growth: &Growth,
        job: &job::Job,
    ) -> Result<(Ensemble, f64, Vec<f64>), SurrogateError> {
        let n = self.unseen.len();
        let growth = Growth {
            loss: Loss::Squared,
            rounds: 80,
            depth: 4,
            rate: 0.05,
            least: (n / 50).clamp(5, 100),
            ..*growth
        };
        let fit = |rows: &[u32]| Ensemble::fit(table, &self.logs, rows, &[], &growth, job);
        // Halves by fold where all rows were tested, else by place: groups stay together in the first case only, which the
        // scale, a rough thing, can bear.
        let half = |place: usize, row: u32| {
            if n == folds.len() {
                folds[row as usize] % 2
            } else {
                place % 2
            }
        };
        let mut ratios = Vec::new();
        for part in 0..2 {
            let places = self.unseen.iter().copied().enumerate();
            let (test, train): (Vec<_>, Vec<_>) =
                places.partition(|(place, row)| half(*place, *row) == part);
            let train: Vec<u32> = train.into_iter().map(|(_, row)| row).collect();
            if test.is_empty() || train.is_empty() {
                continue;
            }
            let (_, predicted) = fit(&train)?;
            ratios.extend(test.into_iter().map(|(_, row)| {
                let row = row as usize;
                let log = predicted[row].clamp(self.limits[0], self.limits[1]);
                self.errors[row] * libm::exp(-log)
            }));
        }
        ratios.sort_by(f64::total_cmp);
        let square = ratios.iter().map(|r| r * r).sum::<f64>() / ratios.len().max(1) as f64;
        let std = if square > 0.0 { square.sqrt() } else { 1.0 };
        let quantile = |p: f64| {
            let at = (p * ratios.len() as f64) as usize;
            ratios
                .get(at.min(ratios.len().saturating_sub(1)))
                .map_or(0.0, |r| r / std)
        };
        let shape = (0..SHAPE).map(|k| quantile((k as f64 + 0.5) / SHAPE as f64));
        let (scale, _) = fit(self.unseen)?;
        Ok((scale, libm::log(std), shape.collect()))
    }
}

impl Boost<'_> {
    /// The quantile of the errors at `p`, in standard deviations; beyond the ends it goes on as a normal distribution.
    fn of_shape(&self, p: f64) -> f64 {
        let at = p * SHAPE as f64 - 0.5;
        let last = SHAPE - 1;
        let normal = |p: f64| crate::normal::quantile(p);
        if at <= 0.0 {
            let end = 0.5 / SHAPE as f64;
            return self.shape[0] + normal(p.max(1e-9)) - normal(end);
        }
        if at >= last as f64 {
            let end = 1.0 - 0.5 / SHAPE as f64;
            return self.shape[last] + normal(p.min(1.0 - 1e-9)) - normal(end);
        }
        let below = at as usize;
        let share = at - below as f64;
        self.shape[below] + share * (self.shape[below + 1] - self.shape[below])
    }

    /// The quantile at `p` of the target.
    pub fn quantile(&self, p: f64) -> f64 {
        if self.zero == 0.0 {
            return self.mean + self.std * self.of_shape(p);
        }
        let (zero, rest) = (self.zero, 1.0 - self.zero);
        if p <= zero || rest < 1e-6 {
            return 0.0;
        }
        // Mean and variance of the part that is not zero, from those of the whole.
        let mean = self.mean / rest;
        let variance = (self.std * self.std + self.mean * self.mean) / rest - mean * mean;
        let std = variance.max(0.04 * self.std * self.std).sqrt();
        (mean + std * crate::normal::quantile((p - zero) / rest)).max(0.0)
    }
}
