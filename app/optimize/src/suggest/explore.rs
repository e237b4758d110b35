//! Active learning: candidates whose measurement leaves the least variance over the pool.
//!
//! The reduction of the variance integrated over the pool (D. A. Cohn, Neural Network Exploration Using Optimal Experiment
//! Design, NIPS 1993; qNIPV in BoTorch), by posterior covariances with a sample of the pool.

use super::engine::Chosen;
use super::model::{Joint, Kind, Learned, Model};
use super::pool::{Block, Exclusion, Pool, gather_rows, read_block};
use super::random::Random;
use super::setup::Setup;
use super::{Study, SuggestError};
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Rows of the pool that stand for all of it.
const SAMPLE: usize = 256;
/// Candidates that are weighed; larger pools are thinned out.
const MOST: usize = 1 << 16;
/// Rows that one task weighs.
const TILE: usize = 64;

/// One outcome's side of it.
struct Side<'a> {
    model: &'a Model,
    learned: &'a Learned,
    /// What is in flight or picked.
    joint: Joint,
    /// Of the sample: scaled rows, `L⁻¹ k(X, r)`, and columns among the joint candidates.
    scaled: Vec<Vec<f64>>,
    whitened: DMatrix<f64>,
    columns: Vec<Vec<f64>>,
}

impl Side<'_> {
    fn push(&mut self, inputs: &[f64], extras: &[f64]) {
        // The next measurement has noise of its own; what is measured once may be measured again.
        self.joint.push(self.model, inputs, extras);
        let mut k = vec![0.0; self.learned.observations()];
        for (scaled, columns) in self.scaled.iter().zip(&mut self.columns) {
            self.joint.extend(self.model, scaled, columns, &mut k);
        }
    }

    /// The reduction of the mean variance of the sample by measuring each of these rows, in units of the outcome's variance.
    fn reductions(&self, inputs: &[f64]) -> Vec<f64> {
        let d = self.learned.dimensions();
        let count = inputs.len() / d;
        let correlations = self.learned.all_correlations(inputs, count);
        let half = self.learned.half(&correlations);
        let through = self.whitened.tr_mul(&half);
        let noise = self.learned.noise();
        let mut k = vec![0.0; self.learned.observations()];
        inputs
            .chunks_exact(d)
            .enumerate()
            .map(|(at, row)| {
                let scaled = self.learned.scaled(row);
                let mut columns = Vec::new();
                self.joint.extend(self.model, &scaled, &mut columns, &mut k);
                let known: f64 = columns.iter().map(|c| c * c).sum();
                let variance = (1.0 - half.column(at).norm_squared() - known).max(0.0);
                let sum: f64 = (0..self.scaled.len())
                    .map(|r| {
                        let covariance = self.learned.covariance(&scaled, &self.scaled[r])
                            - through[(r, at)]
                            - super::model::dot(&columns, &self.columns[r]);
                        covariance * covariance
                    })
                    .sum();
                sum / (variance + noise) / self.scaled.len() as f64
            })
            .collect()
    }
}

/// Picks greedily; also how many candidates were weighed.
pub(crate) fn choose(
    setup: &Setup,
    study: &Study,
    pool: &dyn Pool,
    batch: usize,
    seed: u64,
    job: &job::Job,
) -> Result<(Vec<Chosen>, usize), SuggestError> {
    let candidates = thinned(pool, seed)?;
    let d = pool.dimensions();
    let sample = sample(&candidates, d, seed);
    let mut sides: Vec<Side> = setup
        .models
        .iter()
        .enumerate()
        .filter(|(outcome, _)| {
            setup.objectives.is_empty() || setup.objectives.iter().any(|o| o.outcome == *outcome)
        })
        .filter_map(|(_, model)| match &model.kind {
            Kind::Learned(learned) => Some(Side {
                model,
                learned,
                joint: Joint::default(),
                scaled: sample
                    .chunks_exact(d)
                    .map(|row| learned.scaled(row))
                    .collect(),
                whitened: learned.half(&learned.all_correlations(&sample, sample.len() / d)),
                columns: vec![Vec::new(); sample.len() / d],
            }),
            _ => None,
        })
        .collect();
    if sides.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let k = pool.extras();
    for (at, row) in study.pending.chunks_exact(d).enumerate() {
        if row.iter().all(|x| x.is_finite()) {
            let extras = &study.pending_extras[at * k..(at + 1) * k];
            sides.iter_mut().for_each(|side| side.push(row, extras));
        }
    }
    let count = candidates.indices.len();
    let mut chosen: Vec<Chosen> = Vec::new();
    for _ in 0..batch {
        job.stage("weighing candidates", Some(count as u64));
        let values: Vec<f64> = (0..count.div_ceil(TILE))
            .into_par_iter()
            .map(|tile| {
                job.check()?;
                let range = tile * TILE..count.min((tile + 1) * TILE);
                let inputs = &candidates.inputs[range.start * d..range.end * d];
                let mut sums = vec![0.0; range.len()];
                for side in &sides {
                    let reductions = side.reductions(inputs);
                    sums.iter_mut().zip(reductions).for_each(|(s, r)| *s += r);
                }
                job.advance(range.len() as u64);
                Ok(range
                    .zip(sums)
                    .map(|(at, sum)| {
                        let (row, extras) = candidates.row(at, pool);
                        let log = setup.feasibility.log_probability(row, extras, |outcome| {
                            setup.models[outcome].predict(row, extras)
                        });
                        libm::log(sum) + log - setup.feasibility.log_cost(extras)
                    })
                    .collect::<Vec<f64>>())
            })
            .collect::<Result<Vec<_>, SuggestError>>()?
            .concat();
        let best = values
            .iter()
            .enumerate()
            .filter(|(_, value)| **value > f64::NEG_INFINITY)
            .filter(|(at, _)| {
                chosen
                    .iter()
                    .all(|pick| pick.index != candidates.indices[*at])
            })
            .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
        let Some((at, value)) = best else { break };
        let (row, extras) = candidates.row(at, pool);
        sides.iter_mut().for_each(|side| side.push(row, extras));
        chosen.push(Chosen {
            index: candidates.indices[at],
            inputs: row.to_vec(),
            extras: extras.to_vec(),
            acquisition: *value,
            log_gain: f64::NAN,
        });
    }
    Ok((chosen, count))
}

/// Every candidate that can be suggested, or of a large pool one in so many, from a place that the seed decides.
fn thinned(pool: &dyn Pool, seed: u64) -> Result<Block, SuggestError> {
    let (rows, excluded) = (pool.rows(), Exclusion::of(pool)?);
    let step = rows.div_ceil(MOST).max(1);
    let start = Random::new(seed, 21).below(step);
    let found = if step == 1 {
        read_block(pool, 0, rows)?
    } else {
        gather_rows(pool, (start..rows).step_by(step).collect())?
    };
    let (d, k) = (pool.dimensions(), pool.extras());
    let mut kept = Block::default();
    for at in 0..found.indices.len() {
        let (row, extras) = found.row(at, pool);
        if !excluded.holds(found.indices[at]) && row.iter().all(|x| x.is_finite()) {
            kept.indices.push(found.indices[at]);
            kept.inputs.extend_from_slice(row);
            kept.extras.extend_from_slice(extras);
        }
    }
    debug_assert_eq!(kept.inputs.len() * k, kept.extras.len() * d);
    Ok(kept)
}

/// Rows at random, each at most once.
fn sample(candidates: &Block, d: usize, seed: u64) -> Vec<f64> {
    let count = candidates.indices.len();
    let mut order: Vec<usize> = (0..count).collect();
    let mut random = Random::new(seed, 22);
    let wanted = SAMPLE.min(count);
    for at in 0..wanted {
        order.swap(at, at + random.below(count - at));
    }
    order.truncate(wanted);
    order.sort_unstable();
    order
        .iter()
        .flat_map(|at| candidates.inputs[at * d..(at + 1) * d].to_vec())
        .collect()
}
