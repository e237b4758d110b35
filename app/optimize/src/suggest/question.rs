//! What is wanted of the next experiments, and how they are to be chosen.

use super::{Study, SuggestError, Transform};
use crate::Direction;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What is asked of a study and a pool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// One for each outcome of the study, in the same order.
    pub aims: Vec<Aim>,
    pub acquisition: Acquisition,
    /// How many candidates to suggest.
    pub batch: usize,
    /// Decides everything random.
    pub seed: u64,
    /// The point that hypervolume is measured from: a value for each objective, in the order of the aims and in the outcome's
    /// unit (for a target: the distance from it). `None`: the worst observed value less a tenth of the observed range;
    /// [`super::Suggestion::reference`] tells it, so that a campaign can freeze it.
    pub reference: Option<Vec<f64>>,
    /// How many of the best candidates are wanted, from 1; with a single objective improvement is counted from the k-th best of
    /// what was tried. Early on there is nothing to choose leads from: `k` is a fifth of what was tried, at most this number
    /// and 24. What several leads are worth together, the sum of their values, grows by what a candidate exceeds the last of
    /// them by. 1: only the best counts.
    #[serde(default = "one")]
    pub leads: usize,
    /// The extra column of the pool with what trying a candidate costs, positive; improvement is then counted per cost.
    pub cost: Option<usize>,
    /// Extra columns of the pool with natural logarithms of probabilities that a candidate is acceptable.
    pub log_probabilities: Vec<usize>,
    /// Draws from the uncertainty of what was measured and is in flight; rounded up to a power of two.
    pub samples: usize,
    /// The surrogates' kernel.
    #[serde(default)]
    pub kernel: KernelOption,
    /// Whether an outcome without a transform that is the only objective, to be maximised or minimised, may be given the power
    /// transform that makes what was measured most probable. What is told of it stays in its own unit.
    #[serde(default = "yes")]
    pub straighten: bool,
    /// Whether candidates are weighed under several sets of hyperparameters, drawn from what the observations leave open,
    /// instead of the most probable one; for a single objective and up to 200 distinct observations. Off by default: beside the
    /// transform it gained nothing over the tables of `tests/peers/README.md`, early on it explores more, and it takes longer.
    #[serde(default)]
    pub average: bool,
    /// Whether every pick is to say which inputs drive it (Shapley values, the dearest part of the explanation).
    pub explain: bool,
}

fn one() -> usize {
    1
}

fn yes() -> bool {
    true
}

/// What is wanted of one outcome.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Aim {
    /// `None`: not an objective.
    pub objective: Option<Direction>,
    /// `None`: not a constraint. On an objective, a threshold on the wanted side means that only what passes it counts as
    /// an improvement.
    pub threshold: Option<Threshold>,
    pub source: Source,
}

/// Which values of an outcome are acceptable, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Threshold {
    AtLeast(f64),
    AtMost(f64),
    /// From the first to the second.
    Between(f64, f64),
}

impl Threshold {
    /// Whether a value passes; an unknown one does not.
    pub fn passes(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
            Self::Between(low, high) => low <= value && value <= high,
        }
    }

    /// The bound; of two the lower one.
    pub(crate) fn bound(self) -> f64 {
        match self {
            Self::AtLeast(bound) | Self::AtMost(bound) | Self::Between(bound, _) => bound,
        }
    }
}

/// Where the values of an outcome come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// Experiments: a surrogate learns it.
    #[default]
    Learned,
    /// Experiments; the surrogate learns the difference to this extra column of the pool (a prediction by a plugin or model).
    LearnedFrom { prior_mean: usize },
    /// Known beforehand of every candidate: extra columns of the pool hold its value and, where it has one, its standard
    /// deviation. Independent between candidates.
    Known { mean: usize, std: Option<usize> },
}

/// Which kernel the surrogates have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum KernelOption {
    #[default]
    Matern52,
    Rbf,
    /// For each outcome the one of the two with the better leave-one-out predictive density; twice the time.
    ByLeaveOneOut,
}

/// How candidates are weighed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Acquisition {
    /// One objective: [`Acquisition::LogNei`]. Two or three: [`Acquisition::LogNehvi`]. More: [`Acquisition::LogNparego`].
    /// Batches of 50 and more: [`Acquisition::Thompson`].
    #[default]
    Auto,
    /// The logarithm of the expected improvement over the best observed value; batches are filled greedily (S. Ament et al.,
    /// Unexpected Improvements to Expected Improvement, NeurIPS 2023).
    LogEi,
    /// As `LogEi`, over the best of the noise-free values, which are drawn (B. Letham et al., Bayesian Analysis 14, 2019).
    LogNei,
    /// The logarithm of the expected hypervolume improvement over the drawn fronts (S. Daulton et al., NeurIPS 2021).
    LogNehvi,
    /// The improvement of a random Chebyshev scalarisation for each pick (J. Knowles, IEEE TEVC 10, 2006; R. Zhang & D.
    /// Golovin, ICML 2020).
    LogNparego,
    /// Thompson sampling: each pick is best in one function drawn from the posterior (J. Wilson et al., ICML 2020); for large
    /// batches.
    Thompson,
    /// Active learning: the greatest reduction of the variance integrated over the pool (D. Cohn, NIPS 1993).
    IntegratedVariance,
    /// Active learning of where an outcome crosses a level: the straddle heuristic (B. Bryan et al., NIPS 2005).
    LevelSet { outcome: usize, level: f64 },
    /// Candidates drawn at random: a baseline.
    Random,
    /// The candidates nearest to points of a scrambled Sobol' sequence: a space-filling baseline.
    Sobol,
}

impl Acquisition {
    /// Its name in texts; what [`Acquisition::from_str`] reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::LogEi => "logei",
            Self::LogNei => "lognei",
            Self::LogNehvi => "lognehvi",
            Self::LogNparego => "lognparego",
            Self::Thompson => "thompson",
            Self::IntegratedVariance => "integrated-variance",
            Self::LevelSet { .. } => "level-set",
            Self::Random => "random",
            Self::Sobol => "sobol",
        }
    }
}

impl fmt::Display for Acquisition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LevelSet { outcome, level } => write!(f, "level-set:{outcome}={level}"),
            other => f.write_str(other.name()),
        }
    }
}

impl FromStr for Acquisition {
    type Err = SuggestError;

    /// A [`Acquisition::name`]; the level set as `level-set:OUTCOME=LEVEL`, the outcome by its place from 0.
    fn from_str(text: &str) -> Result<Self, SuggestError> {
        let wrong = || SuggestError::Option {
            what: "the acquisition function".into(),
            value: format!("`{text}`"),
            remedy: "write auto, logei, lognei, lognehvi, lognparego, thompson, integrated-variance, \
                     level-set:OUTCOME=LEVEL, random or sobol",
        };
        let text = text.trim().to_lowercase();
        if let Some(rest) = text.strip_prefix("level-set:") {
            let (outcome, level) = rest.split_once('=').ok_or_else(wrong)?;
            return Ok(Self::LevelSet {
                outcome: outcome.trim().parse().map_err(|_| wrong())?,
                level: level.trim().parse().map_err(|_| wrong())?,
            });
        }
        [
            Self::Auto,
            Self::LogEi,
            Self::LogNei,
            Self::LogNehvi,
            Self::LogNparego,
            Self::Thompson,
            Self::IntegratedVariance,
            Self::Random,
            Self::Sobol,
        ]
        .into_iter()
        .find(|acquisition| acquisition.name() == text)
        .ok_or_else(wrong)
    }
}

impl Question {
    /// One candidate, weighed automatically, for these aims.
    pub fn new(aims: Vec<Aim>) -> Self {
        Self {
            aims,
            acquisition: Acquisition::Auto,
            batch: 1,
            seed: 0,
            reference: None,
            leads: 1,
            cost: None,
            log_probabilities: Vec::new(),
            samples: 128,
            kernel: KernelOption::default(),
            straighten: true,
            average: false,
            explain: true,
        }
    }

    /// The outcomes that are objectives.
    pub fn objectives(&self) -> impl Iterator<Item = (usize, Direction)> {
        self.aims
            .iter()
            .enumerate()
            .filter_map(|(at, aim)| Some((at, aim.objective?)))
    }

    /// Whether the shape of outcome `at` of the study may be found from its values: where improvement alone counts, which no
    /// monotone transform turns around. Several objectives share one volume, and a target or a level one distance.
    pub(crate) fn may_straighten(&self, at: usize, study: &Study) -> bool {
        let mut objectives = self.objectives();
        let only = match (objectives.next(), objectives.next()) {
            (Some((outcome, Direction::Maximize | Direction::Minimize)), None) => outcome == at,
            _ => false,
        };
        self.straighten
            && only
            && study.outcomes[at].transform == Transform::None
            && self.aims[at].source == Source::Learned
            && matches!(
                self.acquisition,
                Acquisition::Auto
                    | Acquisition::LogEi
                    | Acquisition::LogNei
                    | Acquisition::Thompson
            )
    }

    /// Whether candidates are weighed by an outcome's surrogate under several sets of hyperparameters: the only objective, and
    /// nothing beside, where draws are taken of it. With several objectives it was not seen to gain anything for its time.
    pub(crate) fn may_sample(&self, at: usize) -> bool {
        let aim = &self.aims[at];
        self.average
            && aim.objective.is_some()
            && aim.threshold.is_none()
            && self.objectives().count() == 1
            && match self.acquisition {
                Acquisition::Auto => self.batch < super::LARGE,
                Acquisition::LogEi | Acquisition::LogNei => true,
                _ => false,
            }
    }

    pub(crate) fn check(&self, study: &Study, extras: usize) -> Result<(), SuggestError> {
        let wrong = |what: &str, value: String, remedy| {
            Err(SuggestError::Option {
                what: what.into(),
                value,
                remedy,
            })
        };
        if self.aims.len() != study.outcomes.len() {
            return Err(SuggestError::Length {
                what: "the list of aims".into(),
                found: self.aims.len(),
                expected: study.outcomes.len(),
            });
        }
        if self.batch == 0 {
            return wrong(
                "the number of suggestions",
                "0".into(),
                "ask for at least one",
            );
        }
        if self.leads == 0 {
            return wrong("the number of leads", "0".into(), "ask for at least one");
        }
        for (outcome, aim) in study.outcomes.iter().zip(&self.aims) {
            if let Some(Direction::Target(target)) = aim.objective
                && !target.is_finite()
            {
                let what = format!("the target of {}", outcome.name);
                return wrong(&what, target.to_string(), "give a finite number");
            }
            if let Some(threshold) = aim.threshold
                && !threshold.bound().is_finite()
            {
                let what = format!("the threshold of {}", outcome.name);
                return wrong(&what, threshold.bound().to_string(), "give a finite number");
            }
            if let Some(Threshold::Between(low, high)) = aim.threshold
                && (!high.is_finite() || low > high)
            {
                let what = format!("the thresholds of {}", outcome.name);
                let value = format!("{low} to {high}");
                return wrong(&what, value, "give two finite numbers, the lower one first");
            }
        }
        let columns = self.aims.iter().flat_map(|aim| match aim.source {
            Source::Learned => [None, None],
            Source::LearnedFrom { prior_mean } => [Some(prior_mean), None],
            Source::Known { mean, std } => [Some(mean), std],
        });
        let others = self.log_probabilities.iter().copied().chain(self.cost);
        for column in columns.flatten().chain(others) {
            if column >= extras {
                return wrong(
                    "a further column of the pool",
                    format!("number {column}"),
                    "the pool has fewer; counting starts at 0",
                );
            }
        }
        let objectives = self.objectives().count();
        if let Some(reference) = &self.reference {
            if reference.len() != objectives {
                return Err(SuggestError::Length {
                    what: "the reference point".into(),
                    found: reference.len(),
                    expected: objectives,
                });
            }
            if let Some(value) = reference.iter().find(|value| !value.is_finite()) {
                return wrong(
                    "the reference point",
                    value.to_string(),
                    "give finite numbers",
                );
            }
        }
        match self.acquisition {
            Acquisition::LevelSet { outcome, level }
                if outcome >= self.aims.len() || !level.is_finite() =>
            {
                return wrong(
                    "the level set",
                    format!("{level} of outcome number {outcome}"),
                    "name an outcome of the study and a finite level; counting starts at 0",
                );
            }
            Acquisition::LogEi | Acquisition::LogNei if objectives != 1 => {
                return wrong(
                    "the acquisition function",
                    format!("{} for {objectives} objectives", self.acquisition.name()),
                    "it takes exactly one; use auto",
                );
            }
            Acquisition::LogNehvi if !(2..=3).contains(&objectives) => {
                return wrong(
                    "the acquisition function",
                    format!("lognehvi for {objectives} objectives"),
                    "it takes two or three; use auto",
                );
            }
            Acquisition::LogNparego | Acquisition::Thompson | Acquisition::Auto
                if objectives == 0 && self.aims.iter().all(|aim| aim.threshold.is_none()) =>
            {
                return wrong(
                    "the list of aims",
                    "without objective and constraint".into(),
                    "name what to maximize, minimize or target, or use integrated-variance, random or sobol",
                );
            }
            _ => {}
        }
        Ok(())
    }
}
