//! What learns inside a property model.

use rayon::prelude::*;

use super::inputs::Design;
use super::interval::Predictive;
use crate::SurrogateError;
use crate::boosted::{Boost, Boosted, BoostedOptions};
use crate::forest::{Distribution, Forest, ForestOptions};
use crate::gp::{Gp, GpOptions, KernelChoice, Observations};
use crate::network::{NetworkOptions, Networks};
use crate::normal;
use crate::outcome::Outcome;
use crate::trees::{BLOCK, Block, Walker};

/// Which learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Extremely randomised trees; for up to some ten thousand rows.
    Forest,
    /// Boosted trees; for hundreds of thousands of rows.
    Boosted,
    /// An ensemble of neural networks; for smooth properties and thousands of rows or more.
    MlpEnsemble,
    /// A Gaussian process; for up to some thousand rows of few inputs.
    Gp,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Forest, Self::Boosted, Self::MlpEnsemble, Self::Gp];

    /// Its name in model files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forest => "forest",
            Self::Boosted => "boosted",
            Self::MlpEnsemble => "mlp-ensemble",
            Self::Gp => "gp",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Kind {
    type Err = SurrogateError;

    fn from_str(name: &str) -> Result<Self, SurrogateError> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| SurrogateError::Option {
            what: "the kind of model",
            value: format!("`{name}`"),
            remedy: "use forest, boosted, mlp-ensemble or gp",
        })
    }
}

/// A learner after its training.
pub(crate) enum Learner {
    Forest(Forest),
    Boosted(Box<Boosted>),
    MlpEnsemble(Networks),
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

impl Predictive for Boost<'_> {
    fn mean(&self) -> f64 {
        self.mean
    }
    fn std(&self) -> f64 {
        self.std
    }
    fn quantile(&self, p: f64) -> f64 {
        Boost::quantile(self, p)
    }
    fn probability_of(&self, value: f64) -> f64 {
        if value == 0.0 { self.zero } else { 0.0 }
    }
}

/// How much is spent on a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For the model that is kept.
    Full,
    /// To choose and to calibrate.
    Half,
    /// To learn how wrong the model is on other candidates than it has seen.
    Little,
}

/// How a learner is trained.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Training {
    pub kind: Kind,
    pub trees: usize,
    pub descriptors: f64,
    pub seed: u64,
    pub effort: Effort,
}

impl Training {
    /// `groups`: rows that are never divided between training and test.
    pub fn fit(
        self,
        design: &Design,
        targets: &[f64],
        groups: &[u64],
        job: &job::Job,
    ) -> Result<Learner, SurrogateError> {
        match self.kind {
            Kind::Forest => {
                let options = ForestOptions {
                    // Fewer trees are less sure than all of them, and would widen the intervals.
                    trees: match self.effort {
                        Effort::Full => self.trees,
                        Effort::Half => (2 * self.trees / 5).max(40).min(self.trees),
                        Effort::Little => (self.trees / 7).max(15).min(self.trees),
                    },
                    descriptors: self.descriptors,
                    seed: self.seed,
                    ..ForestOptions::default()
                };
                Forest::fit(&design.values, design.width, targets, &options, job)
                    .map(Learner::Forest)
            }
            Kind::Boosted => {
                let usual = BoostedOptions::default();
                let (rounds, rate, folds) = match self.effort {
                    Effort::Full => (usual.rounds, usual.rate, usual.folds),
                    Effort::Half => (usual.rounds, usual.rate, 1),
                    Effort::Little => (usual.rounds / 4, 2.0 * usual.rate, 1),
                };
                let options = BoostedOptions {
                    rounds,
                    rate,
                    folds,
                    seed: self.seed,
                    ..usual
                };
                Boosted::fit(&design.values, design.width, targets, groups, &options, job)
                    .map(|boosted| Learner::Boosted(Box::new(boosted)))
            }
            Kind::MlpEnsemble => {
                let usual = NetworkOptions::default();
                // Of large tables one pass teaches as much as many of a small one.
                let epochs = (4_000_000 / targets.len().max(1)).clamp(12, usual.epochs);
                let options = NetworkOptions {
                    members: match self.effort {
                        Effort::Full => usual.members,
                        Effort::Half => 3,
                        Effort::Little => 1,
                    },
                    epochs: match self.effort {
                        Effort::Full | Effort::Half => epochs,
                        Effort::Little => epochs.div_ceil(2),
                    },
                    seed: self.seed,
                    ..usual
                };
                Networks::fit(&design.values, design.width, targets, groups, &options, job)
                    .map(Learner::MlpEnsemble)
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
    pub fn kind(&self) -> Kind {
        match self {
            Self::Forest(_) => Kind::Forest,
            Self::Boosted(_) => Kind::Boosted,
            Self::MlpEnsemble(_) => Kind::MlpEnsemble,
            Self::Gp(_) => Kind::Gp,
        }
    }

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
            Self::Boosted(boosted) => {
                job.check()?;
                let walkers = BoostedWalkers::new(boosted);
                let parts: Vec<Vec<T>> = design
                    .values
                    .par_chunks(BLOCK * design.width)
                    .enumerate()
                    .map_init(Block::default, |block, (part, rows)| {
                        let told = walkers.predict(boosted, rows, block).into_iter();
                        told.enumerate()
                            .map(|(offset, told)| use_it(part * BLOCK + offset, &told))
                            .collect()
                    })
                    .collect();
                Ok(parts.into_iter().flatten().collect())
            }
            Self::MlpEnsemble(networks) => {
                job.check()?;
                let told = networks.predict(&design.values);
                Ok(told
                    .into_par_iter()
                    .enumerate()
                    .map(|(row, (mean, std))| use_it(row, &Normal { mean, std }))
                    .collect())
            }
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

/// Boosted trees packed for walking: of the mean, the scale and the zero.
pub(crate) struct BoostedWalkers(Vec<Walker>);

impl BoostedWalkers {
    pub fn new(boosted: &Boosted) -> Self {
        Self(boosted.ensembles().map(|e| Walker::new(&e.trees)).collect())
    }

    /// What is predicted of up to [`BLOCK`] rows.
    pub fn predict<'a>(
        &self,
        boosted: &'a Boosted,
        rows: &[f32],
        block: &mut Block,
    ) -> Vec<Boost<'a>> {
        let count = rows.len() / boosted.width();
        let mut sums = [const { Vec::new() }; 3];
        for ((sums, walker), ensemble) in sums.iter_mut().zip(&self.0).zip(boosted.ensembles()) {
            *sums = vec![ensemble.base; count];
            walker.walk(rows, block, |_, leaves| {
                for (sum, leaf) in sums.iter_mut().zip(leaves) {
                    *sum += f64::from(ensemble.values[*leaf as usize]);
                }
            });
        }
        boosted.told_of(sums).collect()
    }
}
