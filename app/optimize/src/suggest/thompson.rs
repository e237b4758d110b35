//! Thompson sampling: functions drawn from the posterior, and the candidate that is best in each.
//!
//! A drawn function is a draw from the prior by random features plus the update that carries it through the observations
//! (J. T. Wilson et al., Efficiently Sampling Functions from Gaussian Process Posteriors, ICML 2020, equation 8). It can be
//! asked for its value anywhere, so a pool of any size streams by once, and the picks differ because the functions do.

use super::engine::Chosen;
use super::model::{Kind, Learned};
use super::pool::{Block, Exclusion, Pool, gather_rows, read_block};
use super::random::Random;
use super::setup::Setup;
use super::{BLOCK, SuggestError};
use crate::draws::centred_quantile;
use nalgebra::DMatrix;
use rayon::prelude::*;
use surrogate::gp::Kernel;

/// Random features of a draw from the prior.
const FEATURES: usize = 1024;
/// Rows that one task computes.
const TILE: usize = 128;

/// Functions drawn from the posterior of one outcome, in standardised units.
pub(super) struct Paths {
    /// `FEATURES x d`: frequencies in turns per scaled input; and phases in turns.
    frequencies: Vec<f64>,
    phases: Vec<f64>,
    /// `FEATURES x draws`, and `n x draws`.
    prior: DMatrix<f64>,
    update: DMatrix<f64>,
}

impl Paths {
    pub fn draw(learned: &Learned, draws: usize, seed: u64) -> Self {
        let (d, n) = (learned.dimensions(), learned.observations());
        let mut random = Random::new(seed, 11);
        let mut normal = || {
            let uniform = (random.next() >> 12) as f64 + 0.5;
            centred_quantile(uniform, (1_u64 << 52) as f64)
        };
        // The spectrum of a Matérn kernel is a multivariate t distribution with twice its smoothness as degrees of freedom.
        let freedom = match learned.kernel {
            Kernel::Matern12 => 1,
            Kernel::Matern32 => 3,
            Kernel::Matern52 => 5,
            Kernel::Rbf => 0,
        };
        let mut frequencies = Vec::with_capacity(FEATURES * d);
        for _ in 0..FEATURES {
            let scale = if freedom == 0 {
                1.0
            } else {
                let square: f64 = (0..freedom).map(|_| normal().powi(2)).sum();
                (f64::from(freedom) / square).sqrt()
            };
            frequencies.extend((0..d).map(|_| scale * normal() / std::f64::consts::TAU));
        }
        let prior = DMatrix::from_fn(FEATURES, draws, |_, _| normal());
        let noise = DMatrix::from_fn(n, draws, |_, _| normal());
        let mut uniform = Random::new(seed, 12);
        let phases = (0..FEATURES)
            .map(|_| (uniform.next() >> 11) as f64 / (1_u64 << 53) as f64)
            .collect();
        let mut paths = Self {
            frequencies,
            phases,
            prior,
            update: DMatrix::zeros(n, draws),
        };
        // What the observations have that the prior's draw and its noise have not, carried back.
        let features = paths.features(learned.points(), d);
        let mut drawn = features * &paths.prior;
        let deviations = learned.noise_deviations();
        for (mut column, noise) in drawn.column_iter_mut().zip(noise.column_iter()) {
            column += noise.component_mul(&deviations);
        }
        let carried = learned.inverse_times(&drawn);
        for (mut column, carried) in paths.update.column_iter_mut().zip(carried.column_iter()) {
            column.copy_from(&(learned.weights() - carried));
        }
        paths
    }

    /// `rows x FEATURES` of scaled candidates.
    fn features(&self, scaled: &[f64], d: usize) -> DMatrix<f64> {
        let rows = scaled.len() / d;
        let mut out = DMatrix::zeros(rows, FEATURES);
        let size = (2.0 / FEATURES as f64).sqrt();
        for (feature, mut column) in out.column_iter_mut().enumerate() {
            let frequency = &self.frequencies[feature * d..(feature + 1) * d];
            for (value, row) in column.iter_mut().zip(scaled.chunks_exact(d)) {
                let turns = self.phases[feature] + super::model::dot(frequency, row);
                *value = size * cosine(turns);
            }
        }
        out
    }

    /// `rows x draws`: the functions' values.
    pub fn values(&self, learned: &Learned, inputs: &[f64]) -> DMatrix<f64> {
        let d = learned.dimensions();
        let scaled: Vec<f64> = inputs
            .chunks_exact(d)
            .flat_map(|row| learned.scaled(row))
            .collect();
        let correlations = learned.all_correlations(inputs, inputs.len() / d);
        let mut values = self.features(&scaled, d) * &self.prior;
        values += correlations.tr_mul(&self.update);
        values.add_scalar_mut(learned.mean());
        values
    }
}

/// The cosine of an angle in turns, to 1e-14: Taylor's series within a quarter turn.
#[inline(always)]
fn cosine(turns: f64) -> f64 {
    let off = turns - turns.round();
    // cos(2π off) = -cos(2π (1/2 - |off|)).
    let near = off.abs();
    let (angle, sign) = if near > 0.25 {
        (0.5 - near, -1.0)
    } else {
        (near, 1.0)
    };
    let x = angle * std::f64::consts::TAU;
    let x2 = x * x;
    let series = (1..10).rev().fold(1.0, |sum, k| {
        1.0 - x2 / f64::from((2 * k - 1) * 2 * k) * sum
    });
    sign * series
}

/// What each draw has found so far: scores and rows, best first.
type Found = Vec<Vec<(f64, usize)>>;

/// Draws functions and picks the best candidate of each, none twice. `weights` gives the scalarisation of each draw where
/// there are several objectives.
pub(crate) fn choose(
    setup: &Setup,
    pool: &dyn Pool,
    batch: usize,
    seed: u64,
    weights: &dyn Fn(usize) -> Vec<f64>,
    job: &job::Job,
) -> Result<Vec<Chosen>, SuggestError> {
    let paths: Vec<Option<Paths>> = setup
        .objectives
        .iter()
        .map(|objective| match &setup.models[objective.outcome].kind {
            Kind::Learned(learned) => Some(Paths::draw(
                learned,
                batch,
                seed ^ (objective.outcome as u64).rotate_left(32),
            )),
            _ => None,
        })
        .collect();
    let weights: Vec<Vec<f64>> = (0..batch).map(weights).collect();
    let (rows, d) = (pool.rows(), pool.dimensions());
    let excluded = Exclusion::of(pool)?;
    job.stage("drawing functions", Some(rows as u64));
    let mut found: Found = vec![Vec::new(); batch];
    for start in (0..rows).step_by(BLOCK) {
        job.check()?;
        let block = read_block(pool, start, rows.min(start + BLOCK))?;
        let count = block.indices.len();
        let tiles: Vec<DMatrix<f64>> = (0..count.div_ceil(TILE))
            .into_par_iter()
            .map(|tile| {
                let range = tile * TILE..count.min((tile + 1) * TILE);
                let inputs = &block.inputs[range.start * d..range.end * d];
                scores(setup, &paths, &weights, &block, range, inputs, pool, seed)
            })
            .collect();
        found.par_iter_mut().enumerate().for_each(|(draw, found)| {
            for (tile, scores) in tiles.iter().enumerate() {
                for (at, score) in scores.column(draw).iter().enumerate() {
                    let index = start + tile * TILE + at;
                    let last = found.last().map_or(f64::NEG_INFINITY, |(score, _)| *score);
                    // NaN is passed over.
                    let scored = *score > f64::NEG_INFINITY;
                    if !scored || (found.len() >= batch && *score <= last) || excluded.holds(index)
                    {
                        continue;
                    }
                    let place = found.partition_point(|(held, _)| held >= score);
                    found.insert(place, (*score, index));
                    found.truncate(batch);
                }
            }
        });
        job.advance(count as u64);
    }
    let mut picks: Vec<usize> = Vec::new();
    for found in &found {
        if let Some((_, index)) = found.iter().find(|(_, index)| !picks.contains(index)) {
            picks.push(*index);
        }
    }
    picks
        .into_iter()
        .map(|index| {
            let row = gather_rows(pool, vec![index])?;
            Ok(Chosen {
                index,
                inputs: row.inputs,
                extras: row.extras,
                acquisition: f64::NAN,
                log_gain: f64::NAN,
            })
        })
        .collect()
}

/// `rows x draws`: how good each row is in each draw; minus infinity where the draw holds it infeasible.
#[expect(
    clippy::too_many_arguments,
    reason = "one step of `choose`, cut out for length"
)]
fn scores(
    setup: &Setup,
    paths: &[Option<Paths>],
    weights: &[Vec<f64>],
    block: &Block,
    range: std::ops::Range<usize>,
    inputs: &[f64],
    pool: &dyn Pool,
    seed: u64,
) -> DMatrix<f64> {
    let values: Vec<Option<DMatrix<f64>>> = paths
        .iter()
        .zip(&setup.objectives)
        .map(
            |(paths, objective)| match &setup.models[objective.outcome].kind {
                Kind::Learned(learned) => Some(paths.as_ref()?.values(learned, inputs)),
                _ => None,
            },
        )
        .collect();
    let m = setup.objectives.len();
    let first = range.start;
    let mut out = DMatrix::from_element(range.len(), weights.len(), f64::NEG_INFINITY);
    for at in range {
        let (row, extras) = block.row(at, pool);
        if row.iter().any(|x| !x.is_finite()) {
            continue;
        }
        let log_probability = setup.feasibility.log_probability(row, extras, |outcome| {
            setup.models[outcome].predict(row, extras)
        });
        let probability = libm::exp(log_probability);
        let mut random = Random::new(seed ^ block.indices[at] as u64, 13);
        for (draw, weights) in weights.iter().enumerate() {
            // Each draw has its own opinion of what works.
            let luck = (random.next() >> 11) as f64 / (1_u64 << 53) as f64;
            let works = luck < probability;
            if !works {
                continue;
            }
            let utility = |j: usize| -> f64 {
                let objective = &setup.objectives[j];
                let model = &setup.models[objective.outcome];
                let value = match &values[j] {
                    Some(values) => values[(at - first, draw)] + model.offset(extras),
                    None => {
                        let (mean, sd) = model.predict(row, extras);
                        let mut own =
                            Random::new(seed ^ block.indices[at] as u64, 14 + draw as u64);
                        let uniform = (own.next() >> 12) as f64 + 0.5;
                        mean + sd * centred_quantile(uniform, (1_u64 << 52) as f64)
                    }
                };
                objective.utility.of(value)
            };
            out[(at - first, draw)] = if m == 1 {
                utility(0)
            } else {
                (0..m)
                    .map(|j| (utility(j) - setup.goal.reference[j]) * weights[j])
                    .fold(f64::INFINITY, |a, b| if b.is_nan() { b } else { a.min(b) })
            };
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::gain::Utility;
    use super::super::question::{Aim, Question};
    use super::super::study::Study;
    use super::*;
    use crate::Direction;

    #[test]
    fn the_cosine_keeps_to_the_library() {
        for i in -4000..4000 {
            let turns = f64::from(i) * 0.001_37;
            let truth = libm::cos(turns * std::f64::consts::TAU);
            assert!((cosine(turns) - truth).abs() < 1e-13, "{turns}");
        }
    }

    #[test]
    fn drawn_functions_have_the_posterior_s_mean_and_covariance() {
        let mut study = Study::new(1, &["y"]);
        study.inputs = vec![0.05, 0.2, 0.3, 0.62, 0.9];
        study.outcomes[0].values = vec![0.1, 0.9, 0.4, -0.7, 0.5];
        let question = Question::new(vec![Aim {
            objective: Some(Direction::Maximize),
            ..Aim::default()
        }]);
        let setup = Setup::new(&study, &question, 0, &job::Job::new()).expect("fits");
        assert_eq!(setup.objectives[0].utility, Utility::Signed(1.0));
        let Kind::Learned(learned) = &setup.models[0].kind else {
            panic!("it was measured")
        };
        let at = [0.1, 0.45, 0.5, 0.75];
        let truth = learned.predict(&at);
        let (mut sum, mut squares) = (vec![0.0; 4], DMatrix::<f64>::zeros(4, 4));
        // Features of their own for every few draws: one set of them has an error of its own.
        let (rounds, draws) = (64, 32);
        for round in 0..rounds {
            let values = Paths::draw(learned, draws, round).values(learned, &at);
            for draw in 0..draws {
                for i in 0..4 {
                    sum[i] += values[(i, draw)];
                    for j in 0..4 {
                        squares[(i, j)] +=
                            (values[(i, draw)] - truth[i].0) * (values[(j, draw)] - truth[j].0);
                    }
                }
            }
        }
        let n = (rounds as usize * draws) as f64;
        let k = learned.all_correlations(&at, 4);
        let half = learned.half(&k);
        for i in 0..4 {
            let (mean, variance) = truth[i];
            let error = 5.0 * (variance / n).sqrt() + 0.01;
            assert!(
                (sum[i] / n - mean).abs() < error,
                "{i}: {} {mean}",
                sum[i] / n
            );
            for j in 0..4 {
                let scaled = |i: usize| learned.scaled(&at[i..=i]);
                let covariance = learned.covariance(&scaled(i), &scaled(j))
                    - half.column(i).dot(&half.column(j));
                let found = squares[(i, j)] / n;
                assert!(
                    (found - covariance).abs() < 0.05,
                    "{i} {j}: {found} {covariance}"
                );
            }
        }
    }
}
