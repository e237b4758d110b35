//! What candidates would give if they were measured, as far as is believed: draws of all of them together.

use super::model::{Kind, Model};
use super::pool::{Pool, gather_rows};
use super::random::Random;
use super::thompson::Paths;
use super::{Question, Study, SuggestError};
use crate::draws::centred_quantile;
use rayon::prelude::*;

/// Rows that one task draws.
const TILE: usize = 256;

/// For each outcome, values that would be measured, `rows x draws` with the draws of a row together, in the outcome's unit;
/// empty where nothing was measured. The rows of one draw belong together: it is one function, with the inferred noise of a
/// single measurement on top. `rows` are places of the pool, ascending; NaN where an input is not known.
///
/// # Errors
/// As [`super::suggest`].
pub fn believed(
    study: &Study,
    question: &Question,
    pool: &dyn Pool,
    rows: Vec<usize>,
    draws: usize,
    job: &job::Job,
) -> Result<Vec<Vec<f64>>, SuggestError> {
    study.check(pool.dimensions(), pool.extras())?;
    question.check(study, pool.extras())?;
    let (d, k) = (pool.dimensions(), pool.extras());
    let block = gather_rows(pool, rows)?;
    let count = block.indices.len();
    let mut all = Vec::with_capacity(study.outcomes.len());
    for place in 0..study.outcomes.len() {
        job.check()?;
        let model = Model::fit(study, place, question, k, job)?;
        let seed = question.seed ^ (place as u64).rotate_left(32);
        if matches!(model.kind, Kind::Nothing) {
            all.push(Vec::new());
            continue;
        }
        // Each set of hyperparameters has a block of the draws.
        let members = model.members().min(draws);
        let first = |member: usize| (member * draws).div_ceil(members.max(1));
        let paths: Vec<_> = (0..members)
            .filter_map(|member| Some((member, model.learned(member)?)))
            .map(|(member, learned)| {
                let count = first(member + 1) - first(member);
                let seed = seed ^ (member as u64).rotate_left(48);
                (learned, Paths::draw(learned, count, seed))
            })
            .collect();
        let outcome = model.transform.outcome();
        let mut values = vec![f64::NAN; count * draws];
        values
            .par_chunks_mut(TILE * draws)
            .enumerate()
            .for_each(|(tile, values)| {
                let from = tile * TILE;
                let to = count.min(from + TILE);
                let inputs = &block.inputs[from * d..to * d];
                // For each draw, and in it each row.
                let drawn: Vec<f64> = paths
                    .iter()
                    .flat_map(|(learned, paths)| paths.values(learned, inputs).as_slice().to_vec())
                    .collect();
                for (at, values) in values.chunks_exact_mut(draws).enumerate() {
                    let (row, extras) = block.row(from + at, pool);
                    let known = paths.is_empty().then(|| model.predict(row, extras));
                    let mut random = Random::new(seed ^ block.indices[from + at] as u64, 21);
                    for (draw, value) in values.iter_mut().enumerate() {
                        let uniform = (random.next() >> 12) as f64 + 0.5;
                        let luck = centred_quantile(uniform, (1_u64 << 52) as f64);
                        let (mean, sd) = known.unwrap_or_else(|| {
                            let (learned, _) = &paths[draw * members / draws];
                            let path = drawn[draw * (to - from) + at];
                            (path + model.offset(extras), learned.noise().sqrt())
                        });
                        let standard = mean + sd * luck;
                        *value = outcome.back(model.centre + model.spread * standard);
                    }
                }
            });
        all.push(values);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::super::{Aim, Rows};
    use super::*;
    use crate::Direction;

    /// The draws against the process's own closed form, by way of a suggestion's beliefs.
    #[test]
    fn draws_have_the_mean_and_deviation_that_a_suggestion_tells() {
        let pool: Vec<f64> = (0..40).map(|i| f64::from(i) / 39.0).collect();
        let mut study = Study::new(1, &["y"]);
        study.inputs = vec![0.05, 0.3, 0.55, 0.7, 0.95];
        study.outcomes[0].values = vec![21.0, 25.0, 24.0, 28.0, 20.0];
        let mut question = Question::new(vec![Aim {
            objective: Some(Direction::Maximize),
            ..Aim::default()
        }]);
        question.batch = 3;
        // The same process in every round.
        (question.straighten, question.average) = (false, false);
        let job = job::Job::new();
        let rows = Rows::new(&pool, 1);
        let told =
            super::super::suggest(&study, &question, &rows, &compute::Device::cpu(), &job).unwrap();
        let mut places: Vec<usize> = told.picks.iter().map(|pick| pick.index).collect();
        places.sort_unstable();
        let (mut sums, rounds, draws) = (vec![(0.0, 0.0); 3], 40, 64);
        for seed in 0..rounds {
            question.seed = seed;
            let all = believed(&study, &question, &rows, places.clone(), draws, &job).unwrap();
            for (sum, values) in sums.iter_mut().zip(all[0].chunks_exact(draws)) {
                sum.0 += values.iter().sum::<f64>();
                sum.1 += values.iter().map(|x| x * x).sum::<f64>();
            }
        }
        let n = (rounds as usize * draws) as f64;
        for (place, (sum, squares)) in places.iter().zip(sums) {
            let pick = told.picks.iter().find(|pick| pick.index == *place).unwrap();
            let (mean, std) = (
                pick.outcomes[0].mean.unwrap(),
                pick.outcomes[0].std.unwrap(),
            );
            let noise = told.models[0].noise_std.unwrap();
            let spread = (std * std + noise * noise).sqrt();
            let found = (squares / n - (sum / n).powi(2)).sqrt();
            assert!((sum / n - mean).abs() < 6.0 * spread / n.sqrt() + 0.02 * spread);
            assert!((found / spread - 1.0).abs() < 0.1, "{found} {spread}");
        }
    }
}
