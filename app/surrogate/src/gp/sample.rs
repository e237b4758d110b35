//! Several sets of hyperparameters instead of the most probable one: what few observations leave open of them, a prediction
//! should leave open too.
//!
//! Drawn by slice sampling along random directions (R. M. Neal, Slice Sampling, Annals of Statistics 31, 705, 2003, section
//! 5; brackets are not stepped out, which leaves the distribution the same), started at the fit. The constant mean is
//! integrated out under a normal prior of the outcomes' own spread, and then drawn for each set.

use super::data::Data;
use super::hyper::{Hyperparameters, Priors, above, unconstrained};
use super::likelihood::{condition, evidence};
use super::{Gp, Noise};
use crate::SurrogateError;
use crate::random::Random;

/// Sweeps before the first set is taken, and from one to the next.
const BURN: usize = 6;
const THIN: usize = 2;
/// Standard deviations, in logarithms, that a bracket is wide.
const BRACKET: f64 = 1.5;
/// Unconstrained logarithms stay within this.
const FAR: f64 = 14.0;

/// The distribution that is drawn from.
struct Density<'a> {
    gp: &'a Gp,
}

impl Density<'_> {
    fn hyper(&self, at: &[f64]) -> Hyperparameters {
        let priors: &Priors = &self.gp.priors;
        let d = self.gp.data.dimensions;
        Hyperparameters {
            lengthscales: at[..d]
                .iter()
                .map(|u| above(priors.lengthscale_floor, *u))
                .collect(),
            noise: at.get(d).map_or(0.0, |u| above(priors.noise_floor, *u)),
            mean: 0.0,
        }
    }

    /// The logarithm of the density of these unconstrained logarithms.
    fn log(&self, at: &[f64]) -> f64 {
        if at.iter().any(|u| u.abs() > FAR) {
            return f64::NEG_INFINITY;
        }
        let (gp, hyper) = (self.gp, self.hyper(at));
        let data: &Data = &gp.data;
        let Some(evidence) = evidence(data, gp.kernel, &hyper.lengthscales, hyper.noise) else {
            return f64::NEG_INFINITY;
        };
        // The priors are densities of the values, not of their logarithms.
        evidence.log_likelihood
            + gp.priors.log_density(&hyper, at.len() > data.dimensions)
            + at.iter().sum::<f64>()
    }
}

impl Gp {
    /// `count` Gaussian processes on the same observations, whose hyperparameters are drawn from what the observations and
    /// the priors leave open; none without observations. Averaging their predictions is the prediction.
    ///
    /// # Errors
    ///
    /// Cancelled.
    pub fn sample(
        &self,
        count: usize,
        seed: u64,
        job: &job::Job,
    ) -> Result<Vec<Self>, SurrogateError> {
        let d = self.data.dimensions;
        let mut drawn = Vec::with_capacity(count);
        if self.conditioned.is_none() || self.hyper.lengthscales.len() != d {
            return Ok(drawn);
        }
        let density = Density { gp: self };
        let mut random = Random::part(seed, 0x736c_6963);
        let mut at: Vec<f64> = self
            .hyper
            .lengthscales
            .iter()
            .map(|l| unconstrained(self.priors.lengthscale_floor, *l))
            .collect();
        if self.noise == Noise::Inferred {
            at.push(unconstrained(self.priors.noise_floor, self.hyper.noise));
        }
        let mut height = density.log(&at);
        let directions = at.len().div_ceil(2) + 1;
        for sweep in 0..BURN + THIN * count {
            job.check()?;
            for _ in 0..directions {
                step(&density, &mut at, &mut height, &mut random);
            }
            if sweep >= BURN && (sweep - BURN) % THIN == THIN - 1 {
                drawn.extend(self.member(density.hyper(&at), &mut random));
            }
        }
        Ok(drawn)
    }

    /// The process with these hyperparameters and a mean drawn given them.
    fn member(&self, mut hyper: Hyperparameters, random: &mut Random) -> Option<Self> {
        let evidence = evidence(&self.data, self.kernel, &hyper.lengthscales, hyper.noise)?;
        hyper.mean = evidence.mean + evidence.mean_deviation * random.normal();
        let (conditioned, _) = condition(
            &self.data,
            self.kernel,
            &hyper.lengthscales,
            hyper.noise,
            Some(hyper.mean),
            false,
        )?;
        Some(Self {
            kernel: self.kernel,
            bounds: self.bounds.clone(),
            outcome: self.outcome,
            noise: self.noise,
            priors: self.priors,
            hyper,
            data: self.data.clone(),
            conditioned: Some(conditioned),
        })
    }
}

/// One draw along a random direction.
fn step(density: &Density, at: &mut Vec<f64>, height: &mut f64, random: &mut Random) {
    let direction: Vec<f64> = at.iter().map(|_| random.normal()).collect();
    let level = *height + libm::log(random.uniform());
    let mut low = -BRACKET * random.uniform();
    let mut high = low + BRACKET;
    while high - low > 1e-6 {
        let along = low + (high - low) * random.uniform();
        let there: Vec<f64> = at
            .iter()
            .zip(&direction)
            .map(|(at, by)| at + along * by)
            .collect();
        let found = density.log(&there);
        if found > level {
            (*at, *height) = (there, found);
            return;
        }
        if along < 0.0 {
            low = along;
        } else {
            high = along;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Bounds, GpOptions, Kernel, KernelChoice, Observations};
    use super::*;

    /// One input and given noise: the distribution of the one lengthscale is an integral over a line.
    #[test]
    fn drawn_lengthscales_have_the_distribution_that_quadrature_finds() {
        let inputs = [0.05, 0.2, 0.33, 0.5, 0.71, 0.9];
        let targets = [0.1, 0.8, 0.9, 0.2, -0.6, -0.4];
        let std = [0.1; 6];
        let options = GpOptions {
            kernel: KernelChoice::Fixed(Kernel::Matern52),
            bounds: Some(Bounds::unit(1)),
            noise: Noise::AsGiven,
            ..GpOptions::default()
        };
        let observations = Observations {
            inputs: &inputs,
            dimensions: 1,
            targets: &targets,
            std: Some(&std),
        };
        let job = job::Job::new();
        let gp = Gp::fit(observations, &options, &job).expect("fits");
        let density = Density { gp: &gp };
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        for node in 0..4000 {
            let u = -6.0 + f64::from(node) * 0.003;
            let weight = libm::exp(density.log(&[u]) - density.log(&[-1.0]));
            total += weight;
            first += weight * u;
            second += weight * u * u;
        }
        let mean = first / total;
        let deviation = (second / total - mean * mean).sqrt();
        let drawn = gp.sample(2000, 3, &job).expect("not cancelled");
        let logs: Vec<f64> = drawn
            .iter()
            .map(|gp| unconstrained(gp.priors.lengthscale_floor, gp.hyper.lengthscales[0]))
            .collect();
        let n = logs.len() as f64;
        let found = logs.iter().sum::<f64>() / n;
        let spread = (logs.iter().map(|u| (u - found).powi(2)).sum::<f64>() / n).sqrt();
        // Draws follow each other, so a tenth of them count.
        let error = 4.0 * deviation / (0.1 * n).sqrt();
        assert!((found - mean).abs() < error, "{found} {mean} {error}");
        assert!(
            (spread / deviation - 1.0).abs() < 0.2,
            "{spread} {deviation}"
        );
        let again = gp.sample(5, 3, &job).expect("not cancelled");
        assert_eq!(again[4].hyper, drawn[4].hyper);
    }
}
