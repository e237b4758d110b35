//! The search for hyperparameters: the most probable ones given data and priors, from several starts.

use rayon::prelude::*;

use super::data::Data;
use super::hyper::{Hyperparameters, Priors, above, unconstrained};
use super::kernel::Kernel;
use super::likelihood::condition;
use crate::SurrogateError;
use crate::lbfgs::{Stop, minimize};
use crate::random::Random;

/// How a fit searches.
pub(crate) struct Search<'a> {
    pub kernel: Kernel,
    pub priors: Priors,
    pub infer_noise: bool,
    /// Hyperparameters of an earlier fit to start from as well.
    pub warm: Option<&'a Hyperparameters>,
    /// Random starts beside the prior's most probable values and the warm ones.
    pub random_starts: usize,
    pub seed: u64,
    pub job: &'a job::Job,
}

const STOP: Stop = Stop {
    gradient: 1e-6,
    decrease: 1e-10,
    iterations: 200,
};

/// The objective: minus the log marginal likelihood with its priors, for each observation; and its gradient with respect
/// to the unconstrained logarithms of lengthscales and, where it is inferred, noise.
pub(crate) fn objective(
    data: &Data,
    search: &Search,
    at: &[f64],
    gradient: &mut [f64],
) -> Result<f64, SurrogateError> {
    search.job.check()?;
    let d = data.dimensions;
    let priors = &search.priors;
    let lengthscales: Vec<f64> = at[..d]
        .iter()
        .map(|u| above(priors.lengthscale_floor, *u))
        .collect();
    let noise = if search.infer_noise {
        above(priors.noise_floor, at[d])
    } else {
        0.0
    };
    let Some((conditioned, Some(slopes))) =
        condition(data, search.kernel, &lengthscales, noise, None, true)
    else {
        gradient.fill(0.0);
        return Ok(f64::INFINITY);
    };
    let count = data.usage.used as f64;
    for (k, l) in lengthscales.iter().enumerate() {
        let slope = slopes.log_lengthscales[k] + priors.lengthscale.slope(*l);
        gradient[k] = -slope * (l - priors.lengthscale_floor) / l / count;
    }
    if search.infer_noise {
        let slope = slopes.noise * noise + priors.noise.slope(noise);
        gradient[d] = -slope * (noise - priors.noise_floor) / noise / count;
    }
    let hyper = Hyperparameters {
        lengthscales,
        noise,
        mean: conditioned.mean,
    };
    let log_posterior = conditioned.log_likelihood + priors.log_density(&hyper, search.infer_noise);
    Ok(-log_posterior / count)
}

/// The most probable hyperparameters; those of the prior where there are no data or none of the starts is finite.
pub(crate) fn fit(data: &Data, search: &Search) -> Result<Hyperparameters, SurrogateError> {
    let d = data.dimensions;
    let priors = &search.priors;
    let most_probable = Hyperparameters {
        lengthscales: vec![priors.lengthscale.mode(); d],
        noise: if search.infer_noise {
            priors.noise.mode()
        } else {
            0.0
        },
        mean: 0.0,
    };
    if data.len() == 0 {
        return Ok(most_probable);
    }
    let pack = |hyper: &Hyperparameters| -> Vec<f64> {
        let mut at: Vec<f64> = hyper
            .lengthscales
            .iter()
            .map(|l| unconstrained(priors.lengthscale_floor, *l))
            .collect();
        if search.infer_noise {
            at.push(unconstrained(priors.noise_floor, hyper.noise));
        }
        at
    };
    let mut starts: Vec<Vec<f64>> = search
        .warm
        .filter(|warm| warm.lengthscales.len() == d)
        .into_iter()
        .chain([&most_probable])
        .map(&pack)
        .collect();
    let mut random = Random::new(search.seed);
    for _ in 0..search.random_starts {
        // Where lengthscales of standardised data end up: from a tenth of the prior's mode to ten times it, one factor for
        // all inputs and a smaller one for each. The prior itself is far wider and would waste starts on flat models.
        let common = random.normal().clamp(-2.0, 2.0);
        starts.push(pack(&Hyperparameters {
            lengthscales: (0..d)
                .map(|_| {
                    let own = 0.5 * random.normal().clamp(-2.0, 2.0);
                    libm::exp(common + own) * priors.lengthscale.mode()
                })
                .collect(),
            noise: priors.noise.at(random.normal().clamp(-2.0, 2.0)),
            mean: 0.0,
        }));
    }
    let ends: Vec<_> = starts
        .par_iter()
        .map(|start| {
            minimize(start, STOP, |at, gradient| {
                objective(data, search, at, gradient)
            })
        })
        .collect::<Result<_, SurrogateError>>()?;
    // Among equals the first start wins: the same answer for any number of threads.
    let best = ends
        .iter()
        .filter(|end| end.value.is_finite())
        .reduce(|best, end| if end.value < best.value { end } else { best });
    let Some(best) = best else {
        return Ok(most_probable);
    };
    Ok(Hyperparameters {
        lengthscales: best.at[..d]
            .iter()
            .map(|u| above(priors.lengthscale_floor, *u))
            .collect(),
        noise: if search.infer_noise {
            above(priors.noise_floor, best.at[d])
        } else {
            0.0
        },
        mean: 0.0,
    })
}

#[cfg(test)]
mod tests {
    use super::super::data::{Bounds, Observations};
    use super::*;
    use crate::outcome::Outcome;

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        let job = job::Job::new();
        let mut random = Random::new(7);
        // Repeats (a multiple of 4 rows), and given noise on every third row.
        let inputs: Vec<f64> = (0..24)
            .flat_map(|row| (0..3).map(move |d| (row % 16, d)))
            .map(|(row, d)| ((row * 7 + d * 11 + row * d * 5) % 17) as f64 / 17.0)
            .collect();
        let targets: Vec<f64> = (0..24).map(|_| random.normal()).collect();
        let std: Vec<f64> = (0..24)
            .map(|i| if i % 3 == 0 { 0.2 } else { f64::NAN })
            .collect();
        let data = Data::new(
            Observations {
                inputs: &inputs,
                dimensions: 3,
                targets: &targets,
                std: Some(&std),
            },
            &Bounds::unit(3),
            Outcome::Identity,
        )
        .expect("good data");
        assert!(data.usage.distinct < data.usage.used);
        for kernel in Kernel::ALL {
            let search = Search {
                kernel,
                priors: Priors::for_dimension(3),
                infer_noise: true,
                warm: None,
                random_starts: 0,
                seed: 0,
                job: &job,
            };
            let at = [-1.0, 0.3, -0.2, -3.0];
            let mut gradient = [0.0; 4];
            objective(&data, &search, &at, &mut gradient).expect("not cancelled");
            for k in 0..4 {
                let shifted = |by: f64| {
                    let mut at = at;
                    at[k] += by;
                    objective(&data, &search, &at, &mut [0.0; 4]).expect("not cancelled")
                };
                let h = 1e-5;
                let slope = (shifted(h) - shifted(-h)) / (2.0 * h);
                assert!(
                    (slope - gradient[k]).abs() < 1e-8 * slope.abs().max(1.0),
                    "{kernel:?} {k}: {slope} against {}",
                    gradient[k]
                );
            }
        }
    }
}
