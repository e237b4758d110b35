//! The shape of an outcome: yields that are mostly nothing, errors that are mostly small. A Gaussian process believes in
//! symmetric errors of one size, so a skewed outcome is first made straight by a power transform, as far as the observations
//! ask for it.
//!
//! The power is the most probable one of a few, given the observations and a prior around 1, which changes nothing: the
//! density of the observed values themselves under each (G. E. P. Box, D. R. Cox, J. R. Stat. Soc. B 26, 211, 1964), with the
//! surrogate's hyperparameters found anew for each (A. Cowen-Rivers et al., HEBO, JAIR 74, 2022, transform by likelihood too).

use super::{SuggestError, Transform};
use rayon::prelude::*;
use surrogate::gp::{Gp, GpOptions, Observations};

/// The powers that are weighed.
const POWERS: [f64; 9] = [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0];
/// The standard deviation of the prior of the power, which is normal around 1.
const BELIEF: f64 = 0.75;
/// Different values below which nothing is said of a shape.
const FEWEST: usize = 5;
/// Observations beyond which a shape costs more time than it is worth: there is a cube of them for each power.
const MOST: usize = 300;

/// The transform that suits an outcome best; [`Transform::None`] where nothing is gained.
pub(crate) fn straighten(
    observations: Observations,
    options: &GpOptions,
    job: &job::Job,
) -> Result<Transform, SuggestError> {
    let rows = observations.inputs.chunks_exact(observations.dimensions);
    let values: Vec<f64> = rows
        .zip(observations.targets)
        .filter(|(row, y)| y.is_finite() && row.iter().all(|x| x.is_finite()))
        .map(|(_, y)| *y)
        .collect();
    let mut different = values.clone();
    different.sort_unstable_by(f64::total_cmp);
    different.dedup();
    if different.len() < FEWEST || values.len() > MOST {
        return Ok(Transform::None);
    }
    let n = values.len() as f64;
    let centre = values.iter().map(|y| y / n).sum::<f64>();
    let unit = (values.iter().map(|y| (y - centre).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    if !(unit > 1e-12 * centre.abs() && unit.is_finite()) {
        return Ok(Transform::None);
    }
    let scores: Vec<(f64, Transform)> = POWERS
        .par_iter()
        .map(|power| {
            let transform = Transform::YeoJohnson {
                centre,
                unit,
                power: *power,
            };
            Ok((
                score(observations, transform, *power, options, job)?,
                transform,
            ))
        })
        .collect::<Result<_, SuggestError>>()?;
    // Among equals the first wins: the same for any number of threads.
    let mut best = (f64::NEG_INFINITY, Transform::None);
    for (score, transform) in scores {
        if score > best.0 {
            best = (score, transform);
        }
    }
    Ok(match best.1 {
        Transform::YeoJohnson { power: 1.0, .. } => Transform::None,
        other => other,
    })
}

/// The logarithm of how probable the observed values and this power are, up to what all powers share.
fn score(
    observations: Observations,
    transform: Transform,
    power: f64,
    options: &GpOptions,
    job: &job::Job,
) -> Result<f64, SuggestError> {
    let outcome = transform.outcome();
    let measured = observations.targets;
    let rows = observations.inputs.chunks_exact(observations.dimensions);
    let targets: Vec<f64> = measured
        .iter()
        .map(|y| outcome.transform(*y).unwrap_or(f64::NAN))
        .collect();
    let std: Option<Vec<f64>> = observations.std.map(|std| {
        std.iter()
            .zip(measured)
            .map(|(std, y)| std * outcome.slope(*y))
            .collect()
    });
    let options = GpOptions {
        random_starts: 0,
        ..options.clone()
    };
    let observations = Observations {
        targets: &targets,
        std: std.as_deref(),
        ..observations
    };
    let gp = Gp::fit(observations, &options, job)?;
    let (_, spread) = gp.standardisation();
    // What the transform does to densities: Σ ln dt/dy.
    let slopes: f64 = rows
        .zip(measured)
        .filter(|(row, y)| y.is_finite() && row.iter().all(|x| x.is_finite()))
        .map(|(_, y)| libm::log(outcome.slope(*y)))
        .sum();
    let off = (power - 1.0) / BELIEF;
    Ok(gp.log_posterior() + slopes - gp.usage().used as f64 * libm::log(spread) - 0.5 * off * off)
}
