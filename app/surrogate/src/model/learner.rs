//! What learns inside a property model.

use rayon::prelude::*;

use super::inputs::Design;
use super::interval::Predictive;
use crate::SurrogateError;
use crate::forest::{Distribution, Forest, ForestOptions};
use crate::gp::{Gp, GpOptions, KernelChoice, Observations};
use crate::normal;
use crate::outcome::Outcome;

/// Which learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Extremely randomised trees.
    Forest,
    /// A Gaussian process; for up to some thousand rows of few inputs.
    Gp,
}

impl Kind {
    /// Its name in model files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forest => "forest",
            Self::Gp => "gp",
        }
    }
}

/// A learner after its training.
pub(crate) enum Learner {
    Forest(Forest),
    Gp(Box<GpLearner>),
}

/// A Gaussian process and the observations that it keeps, as they were given.
pub(crate) struct GpLearner {
    pub gp: Gp,
    pub inputs: Vec<f64>,
    pub targets: Vec<f64>,
    /// Variance of the noise in the target's unit.
    pub noise: f64,
}

impl GpLearner {
    pub fn new(gp: Gp, inputs: Vec<f64>, targets: Vec<f64>) -> Self {
        let (_, spread) = gp.standardisation();
        Self {
            noise: gp.hyperparameters().noise * spread * spread,
            gp,
            inputs,
            targets,
        }
    }
}

/// A normal prediction of an observation, noise included.
struct Normal {
    mean: f64,
    std: f64,
}

impl Predictive for Normal {
    fn mean(&self) -> f64 {
        self.mean
    }
    fn std(&self) -> f64 {
        self.std
    }
    fn quantile(&self, p: f64) -> f64 {
        Outcome::Identity.quantile(self.mean, self.std, p)
    }
    fn probability_of(&self, _: f64) -> f64 {
        0.0
    }
}

impl Predictive for Distribution<'_> {
    fn mean(&self) -> f64 {
        Distribution::mean(self)
    }
    fn std(&self) -> f64 {
        Distribution::std(self)
    }
    fn quantile(&self, p: f64) -> f64 {
        Distribution::quantile(self, p)
    }
    fn probability_of(&self, value: f64) -> f64 {
        Distribution::probability_of(self, value)
    }
}

/// How a learner is trained.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Training {
    pub kind: Kind,
    pub trees: usize,
    pub descriptors: f64,
    pub seed: u64,
}

impl Training {
    pub fn fit(
        self,
        design: &Design,
        targets: &[f64],
        job: &job::Job,
    ) -> Result<Learner, SurrogateError> {
        match self.kind {
            Kind::Forest => {
                let options = ForestOptions {
                    trees: self.trees,
                    descriptors: self.descriptors,
                    seed: self.seed,
                    ..ForestOptions::default()
                };
                Forest::fit(&design.values, design.width, targets, &options, job)
                    .map(Learner::Forest)
            }
            Kind::Gp => {
                let inputs = design.wide();
                let observations = Observations {
                    inputs: &inputs,
                    dimensions: design.width,
                    targets,
                    std: None,
                };
                let options = GpOptions {
                    kernel: KernelChoice::ByLeaveOneOut,
                    seed: self.seed,
                    ..GpOptions::default()
                };
                let gp = Gp::fit(observations, &options, job)?;
                let learner = GpLearner::new(gp, inputs.into_owned(), targets.to_vec());
                Ok(Learner::Gp(Box::new(learner)))
            }
        }
    }
}

impl Learner {
    /// Calls `use_it` with the place and the prediction of each row, in parallel, and collects what it returns.
    pub fn predict<T: Send>(
        &self,
        design: &Design,
        job: &job::Job,
        use_it: impl Fn(usize, &dyn Predictive) -> T + Sync,
    ) -> Result<Vec<T>, SurrogateError> {
        match self {
            Self::Forest(forest) => forest.predict(&design.values, job, |row, distribution| {
                use_it(row, distribution)
            }),
            Self::Gp(learner) => {
                let latent = learner.gp.predict_transformed(&design.wide(), job)?;
                Ok(latent
                    .into_par_iter()
                    .enumerate()
                    .map(|(row, (mean, std))| {
                        let std = normal::hypot(std, learner.noise.sqrt());
                        use_it(row, &Normal { mean, std })
                    })
                    .collect())
            }
        }
    }
}
