//! What candidates would give if they were measured, as far as is believed: draws of all of them together.

use super::model::{Kind, Model};
use super::random::Random;
use super::thompson::Paths;
use super::{Question, Source, Study, SuggestError, Transform};
use crate::draws::centred_quantile;
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Rows that one task draws.
const TILE: usize = 256;

/// Fewer values than this do not tell on which scale they are best predicted.
const SCALED: usize = 8;

/// For each outcome, its values at `rows` candidates (`inputs` and further columns `extras`, row after row), `rows x draws` with
/// the draws of a row together, in the outcome's unit and free of the noise of a measurement; empty where nothing was measured.
/// The rows of one draw belong together: it is one function. NaN where an input is not known.
///
/// A positive outcome is learnt as its logarithm where leaving each value out shows that this predicts the others better.
///
/// # Errors
/// As [`super::suggest`].
pub fn believed(
    study: &Study,
    question: &Question,
    inputs: &[f64],
    extras: &[f64],
    draws: usize,
    job: &job::Job,
) -> Result<Vec<Vec<f64>>, SuggestError> {
    let d = study.dimensions;
    let count = inputs.len() / d.max(1);
    let k = extras.len().checked_div(count).unwrap_or(0);
    if count == 0 {
        return Ok(vec![Vec::new(); study.outcomes.len()]);
    }
    study.check(d, k)?;
    question.check(study, k)?;
    // The scale is chosen below, and the most probable hyperparameters stand for all.
    let question = &Question {
        straighten: false,
        average: false,
        ..question.clone()
    };
    let mut all = Vec::with_capacity(study.outcomes.len());
    for place in 0..study.outcomes.len() {
        job.check()?;
        let model = fitted(study, place, question, k, job)?;
        let seed = question.seed ^ (place as u64).rotate_left(32);
        let paths = match &model.kind {
            Kind::Nothing => {
                all.push(Vec::new());
                continue;
            }
            Kind::Known(..) => None,
            Kind::Learned(learned) => Some((learned, Paths::draw(learned, draws, seed))),
        };
        let outcome = model.transform.outcome();
        let mut values = vec![f64::NAN; count * draws];
        values
            .par_chunks_mut(TILE * draws)
            .enumerate()
            .for_each(|(tile, values)| {
                let rows = tile * TILE..count.min((tile + 1) * TILE);
                let drawn = paths.as_ref().map(|(learned, paths)| {
                    paths.values(learned, &inputs[rows.start * d..rows.end * d])
                });
                for (row, values) in rows.clone().zip(values.chunks_exact_mut(draws)) {
                    let extras = &extras[row * k..(row + 1) * k];
                    let (mean, sd) = match drawn {
                        Some(_) => (model.offset(extras), 0.0),
                        None => model.predict(&inputs[row * d..(row + 1) * d], extras),
                    };
                    let mut random = Random::new(seed ^ row as u64, 21);
                    for (draw, value) in values.iter_mut().enumerate() {
                        let uniform = (random.next() >> 12) as f64 + 0.5;
                        let luck = centred_quantile(uniform, (1_u64 << 52) as f64);
                        let path = |drawn: &DMatrix<f64>| drawn[(row - rows.start, draw)];
                        let standard = drawn.as_ref().map_or(0.0, path) + mean + sd * luck;
                        *value = outcome.back(model.centre + model.spread * standard);
                    }
                }
            });
        all.push(values);
    }
    Ok(all)
}

/// The model of an outcome on the scale that predicts it better.
fn fitted(
    study: &Study,
    place: usize,
    question: &Question,
    extras: usize,
    job: &job::Job,
) -> Result<Model, SuggestError> {
    let plain = Model::fit(study, place, question, extras, job)?;
    let (column, source) = (&study.outcomes[place], question.aims[place].source);
    let known = || column.values.iter().copied().filter(|y| !y.is_nan());
    let scalable = source == Source::Learned && column.transform == Transform::None;
    if !scalable || known().count() < SCALED || known().any(|y| y <= 0.0) {
        return Ok(plain);
    }
    let mut scaled = study.clone();
    scaled.outcomes[place].transform = Transform::Log;
    let log = Model::fit(&scaled, place, question, extras, job)?;
    // Densities of the outcome itself: of its logarithm they are divided by the value.
    let change = known().map(libm::log).sum::<f64>() / known().count() as f64;
    let density = |model: &Model| Some(model.report.loo_log_density? - libm::log(model.spread));
    match (density(&plain), density(&log)) {
        (Some(plain), Some(log)) if log - change <= plain => {}
        (Some(_), Some(_)) => return Ok(log),
        _ => {}
    }
    Ok(plain)
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
        (question.straighten, question.average) = (false, false);
        let job = job::Job::new();
        let rows = Rows::new(&pool, 1);
        let told =
            super::super::suggest(&study, &question, &rows, &compute::Device::cpu(), &job).unwrap();
        let mut places: Vec<usize> = told.picks.iter().map(|pick| pick.index).collect();
        places.sort_unstable();
        let at: Vec<f64> = places.iter().map(|place| pool[*place]).collect();
        let (mut sums, rounds, draws) = (vec![(0.0, 0.0); 3], 40, 64);
        for seed in 0..rounds {
            question.seed = seed;
            let all = believed(&study, &question, &at, &[], draws, &job).unwrap();
            for (sum, values) in sums.iter_mut().zip(all[0].chunks_exact(draws)) {
                sum.0 += values.iter().sum::<f64>();
                sum.1 += values.iter().map(|x| x * x).sum::<f64>();
            }
        }
        let n = (rounds as usize * draws) as f64;
        for (place, (sum, squares)) in places.iter().zip(sums) {
            let pick = told.picks.iter().find(|pick| pick.index == *place).unwrap();
            let (mean, spread) = (
                pick.outcomes[0].mean.unwrap(),
                pick.outcomes[0].std.unwrap(),
            );
            let found = (squares / n - (sum / n).powi(2)).sqrt();
            assert!((sum / n - mean).abs() < 6.0 * spread / n.sqrt() + 0.02 * spread);
            assert!((found / spread - 1.0).abs() < 0.1, "{found} {spread}");
        }
    }

    #[test]
    fn values_over_decades_are_learnt_as_logarithms_and_stay_positive() {
        let mut study = Study::new(1, &["y"]);
        study.inputs = (0..12).map(|i| f64::from(i) / 11.0).collect();
        let y = |x: f64| libm::exp(8.0 * x + libm::sin(9.0 * x));
        study.outcomes[0].values = study.inputs.iter().map(|x| y(*x)).collect();
        let question = Question::new(vec![Aim {
            objective: Some(Direction::Maximize),
            ..Aim::default()
        }]);
        let all = believed(&study, &question, &[0.03, 0.5], &[], 64, &job::Job::new()).unwrap();
        assert!(all[0].iter().all(|value| *value > 0.0));
        let mean = all[0][64..].iter().sum::<f64>() / 64.0;
        assert!((mean / y(0.5) - 1.0).abs() < 0.3, "{mean} {}", y(0.5));
    }
}
