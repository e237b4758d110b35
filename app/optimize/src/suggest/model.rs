//! One outcome as a suggestion sees it: learned by a Gaussian process, known beforehand, or unknown; and what is believed of
//! several candidates together.

use super::question::{KernelOption, Source};
use super::shape::straighten;
use super::study::{Study, Transform};
use super::suggestion::ModelReport;
use super::{Question, SuggestError};
use nalgebra::{DMatrix, DVector};
use surrogate::gp::{Bounds, Gp, GpOptions, Kernel, KernelChoice, Observations, PosteriorWeights};

/// The posterior of an outcome. Values are standardised: the transformed outcome is `centre + spread` times them.
pub(crate) struct Model {
    pub name: String,
    pub transform: Transform,
    pub centre: f64,
    pub spread: f64,
    pub kind: Kind,
    /// The same with hyperparameters drawn from what the observations leave open of them; a prediction is their average. Empty
    /// where the most probable ones stand for all.
    members: Vec<Learned>,
    /// The extra column that the surrogate learns the difference to.
    prior: Option<usize>,
    pub report: ModelReport,
}

pub(crate) enum Kind {
    Learned(Box<Learned>),
    /// Extra columns: value, standard deviation.
    Known(usize, Option<usize>),
    /// Nothing was measured.
    Nothing,
}

/// Sets of hyperparameters that an objective's surrogate is averaged over.
pub(crate) const MEMBERS: usize = 8;
/// Distinct observations up to which they are: more leave little open, and drawing costs a cube of them.
const FEW: usize = 200;

/// A Gaussian process taken apart.
pub(crate) struct Learned {
    pub kernel: Kernel,
    dimensions: usize,
    /// `n x d`: inputs divided by their lengthscales.
    points: Vec<f64>,
    inverse_lengthscales: Vec<f64>,
    weights: DVector<f64>,
    inverse_factor: DMatrix<f64>,
    mean: f64,
    /// Variance of the inferred noise.
    noise: f64,
    pub fast: PosteriorWeights,
}

impl Model {
    /// Fits one outcome.
    pub fn fit(
        study: &Study,
        place: usize,
        question: &Question,
        extras: usize,
        job: &job::Job,
    ) -> Result<Self, SuggestError> {
        let column = &study.outcomes[place];
        column.transform.outcome().validate()?;
        let mut model = Self {
            name: column.name.clone(),
            transform: column.transform,
            centre: 0.0,
            spread: 1.0,
            kind: Kind::Nothing,
            members: Vec::new(),
            prior: None,
            report: ModelReport {
                name: column.name.clone(),
                ..ModelReport::default()
            },
        };
        match question.aims[place].source {
            Source::Known { mean, std } => {
                model.kind = Kind::Known(mean, std);
                return Ok(model);
            }
            Source::LearnedFrom { prior_mean } => model.prior = Some(prior_mean),
            Source::Learned => {}
        }
        let options = GpOptions {
            kernel: match question.kernel {
                KernelOption::Matern52 => KernelChoice::Fixed(Kernel::Matern52),
                KernelOption::Rbf => KernelChoice::Fixed(Kernel::Rbf),
                KernelOption::ByLeaveOneOut => KernelChoice::ByLeaveOneOut,
            },
            bounds: Some(Bounds::unit(study.dimensions)),
            seed: question.seed,
            ..GpOptions::default()
        };
        if question.may_straighten(place, study) {
            let observations = Observations {
                inputs: &study.inputs,
                dimensions: study.dimensions,
                targets: &column.values,
                std: column.std.as_deref(),
            };
            model.transform = straighten(observations, &options, job)?;
        }
        let outcome = model.transform.outcome();
        let targets: Vec<f64> = column
            .values
            .iter()
            .enumerate()
            .map(|(row, value)| {
                let prior = model.prior.map_or(Some(0.0), |place| {
                    outcome.transform(study.extras[row * extras + place])
                });
                match (outcome.transform(*value), prior) {
                    (Some(value), Some(prior)) if value.is_finite() => value - prior,
                    _ => f64::NAN,
                }
            })
            .collect();
        let std: Option<Vec<f64>> = column.std.as_ref().map(|std| {
            std.iter()
                .zip(&column.values)
                .map(|(std, value)| std * outcome.slope(*value))
                .collect()
        });
        let observations = Observations {
            inputs: &study.inputs,
            dimensions: study.dimensions,
            targets: &targets,
            std: std.as_deref(),
        };
        let gp = Gp::fit(observations, &options, job)?;
        model.take(&gp);
        if question.may_straighten(place, study)
            && let Transform::YeoJohnson { power, .. } = model.transform
        {
            model.report.power = Some(power);
        }
        if question.may_sample(place) && gp.usage().distinct <= FEW {
            let drawn = gp.sample(MEMBERS, question.seed, job)?;
            model.members = drawn.iter().filter_map(Learned::of).collect();
            // All of them or none: draws are divided evenly among them.
            if model.members.len() < MEMBERS {
                model.members.clear();
            }
        }
        model.report.members = model.members.len();
        Ok(model)
    }

    fn take(&mut self, gp: &Gp) {
        let (Some(parts), Some(learned)) = (gp.posterior_parts(), Learned::of(gp)) else {
            return;
        };
        (self.centre, self.spread) = (parts.centre, parts.spread);
        let hyper = gp.hyperparameters();
        let loo = gp.leave_one_out();
        let report = &mut self.report;
        report.kernel = parts.kernel.name().to_owned();
        report.lengthscales = parts.lengthscales.to_vec();
        report.noise_std = Some(parts.spread * hyper.noise.sqrt());
        report.mean = Some(parts.centre + parts.spread * parts.mean);
        report.used = gp.usage().used;
        report.distinct = gp.usage().distinct;
        report.jitter = gp.jitter();
        report.spread_unknown = gp.spread_unknown();
        if let Some(loo) = loo {
            report.loo_log_density = Some(loo.log_density);
            report.loo_rmse = Some(loo.calibration.rmse);
            report.loo_coverage_68 = Some(loo.calibration.coverage_68);
            report.loo_coverage_95 = Some(loo.calibration.coverage_95);
        }
        self.kind = Kind::Learned(Box::new(learned));
    }

    /// The standardised value of an outcome; NaN where it has none.
    pub fn standardised(&self, value: f64) -> f64 {
        match self.transform.outcome().transform(value) {
            Some(t) => (t - self.centre) / self.spread,
            None => f64::NAN,
        }
    }

    /// What the prior mean adds to the standardised prediction of a candidate; NaN where it is not known.
    pub fn offset(&self, extras: &[f64]) -> f64 {
        match self.prior {
            None => 0.0,
            Some(place) => match self.transform.outcome().transform(extras[place]) {
                Some(t) => t / self.spread,
                None => f64::NAN,
            },
        }
    }

    /// The standardised value and standard deviation of a candidate whose outcome is known beforehand.
    pub fn known(&self, extras: &[f64], value: usize, std: Option<usize>) -> (f64, f64) {
        let outcome = self.transform.outcome();
        let value = extras[value];
        let std = std.map_or(0.0, |place| extras[place]);
        match outcome.transform(value) {
            // A standard deviation that is not known is none.
            Some(t) if std.is_finite() => (t, std.max(0.0) * outcome.slope(value)),
            Some(t) => (t, 0.0),
            None => (f64::NAN, f64::NAN),
        }
    }

    /// Whether its transform was found, not given: what is told of it is then in its own unit.
    pub fn found(&self) -> bool {
        self.report.power.is_some()
    }

    /// How many sets of hyperparameters it has.
    pub fn members(&self) -> usize {
        self.members.len().max(1)
    }

    /// The surrogate with the hyperparameters of this number; of a single set whatever the number.
    pub fn learned(&self, member: usize) -> Option<&Learned> {
        match &self.kind {
            Kind::Learned(learned) => Some(self.members.get(member).unwrap_or(learned)),
            _ => None,
        }
    }

    /// Mean and standard deviation of a single candidate, over all sets of hyperparameters.
    pub fn predict(&self, inputs: &[f64], extras: &[f64]) -> (f64, f64) {
        match &self.kind {
            Kind::Learned(_) => {
                let count = self.members() as f64;
                let (mut mean, mut square, mut variance) = (0.0, 0.0, 0.0);
                for learned in (0..self.members()).filter_map(|member| self.learned(member)) {
                    let (m, v) = learned.predict(inputs)[0];
                    mean += m / count;
                    square += m * m / count;
                    variance += v / count;
                }
                let between = (square - mean * mean).max(0.0);
                let between = if self.members() > 1 { between } else { 0.0 };
                (mean + self.offset(extras), (variance + between).sqrt())
            }
            Kind::Known(value, std) => self.known(extras, *value, *std),
            Kind::Nothing => (f64::NAN, f64::NAN),
        }
    }
}

impl Model {
    /// Means alone, over all sets of hyperparameters; NaN where nothing is learned.
    pub fn predict_means(&self, inputs: &[f64]) -> Vec<f64> {
        let mut sum: Vec<f64> = Vec::new();
        for learned in (0..self.members()).filter_map(|member| self.learned(member)) {
            let means = learned.predict_means(inputs);
            sum.resize(means.len(), 0.0);
            sum.iter_mut()
                .zip(means)
                .for_each(|(sum, mean)| *sum += mean);
        }
        sum.iter().map(|sum| sum / self.members() as f64).collect()
    }
}

impl Learned {
    /// Takes a Gaussian process apart; `None` without observations.
    fn of(gp: &Gp) -> Option<Self> {
        let (parts, fast) = (gp.posterior_parts()?, gp.posterior_weights()?);
        let inverse_lengthscales: Vec<f64> = parts.lengthscales.iter().map(|l| 1.0 / l).collect();
        let d = inverse_lengthscales.len();
        Some(Self {
            kernel: parts.kernel,
            dimensions: d,
            points: parts
                .inputs
                .iter()
                .enumerate()
                .map(|(at, x)| x * inverse_lengthscales[at % d])
                .collect(),
            inverse_lengthscales,
            weights: parts.weights.clone(),
            inverse_factor: parts.inverse_factor.clone(),
            mean: parts.mean,
            noise: gp.hyperparameters().noise,
            fast,
        })
    }

    pub fn observations(&self) -> usize {
        self.weights.len()
    }

    /// `Σ |weight|`.
    pub fn absolute_weights(&self) -> f64 {
        self.weights.iter().map(|w| w.abs()).sum()
    }

    /// A candidate divided by the lengthscales.
    pub fn scaled(&self, inputs: &[f64]) -> Vec<f64> {
        inputs
            .iter()
            .zip(&self.inverse_lengthscales)
            .map(|(x, l)| x * l)
            .collect()
    }

    pub fn covariance(&self, a: &[f64], b: &[f64]) -> f64 {
        self.kernel.value(super::baseline::squared_distance(a, b))
    }

    /// The correlations of a scaled candidate with the observed ones.
    pub fn correlations(&self, scaled: &[f64], out: &mut [f64]) {
        for (k, point) in out
            .iter_mut()
            .zip(self.points.chunks_exact(self.dimensions))
        {
            *k = self.covariance(scaled, point);
        }
    }

    /// Means and variances of candidates, row after row.
    pub fn predict(&self, inputs: &[f64]) -> Vec<(f64, f64)> {
        let count = inputs.len() / self.dimensions;
        let k = self.all_correlations(inputs, count);
        let half = self.half(&k);
        (0..count)
            .map(|at| {
                (
                    self.mean + self.weights.dot(&k.column(at)),
                    (1.0 - half.column(at).norm_squared()).max(0.0),
                )
            })
            .collect()
    }

    /// Means alone, which cost far less.
    pub fn predict_means(&self, inputs: &[f64]) -> Vec<f64> {
        let count = inputs.len() / self.dimensions;
        let k = self.all_correlations(inputs, count);
        (0..count)
            .map(|at| self.mean + self.weights.dot(&k.column(at)))
            .collect()
    }

    /// `n x count`.
    pub fn all_correlations(&self, inputs: &[f64], count: usize) -> DMatrix<f64> {
        let n = self.observations();
        let mut k = DMatrix::zeros(n, count);
        for (row, column) in inputs
            .chunks_exact(self.dimensions)
            .zip(k.as_mut_slice().chunks_exact_mut(n.max(1)))
        {
            self.correlations(&self.scaled(row), column);
        }
        k
    }

    /// `L⁻¹ k` of correlations.
    pub fn half(&self, correlations: &DMatrix<f64>) -> DMatrix<f64> {
        &self.inverse_factor * correlations
    }

    /// `K⁻¹ b`, K with its noise.
    pub fn inverse_times(&self, b: &DMatrix<f64>) -> DMatrix<f64> {
        self.inverse_factor.tr_mul(&(&self.inverse_factor * b))
    }

    /// The standard deviation of the noise of each observed candidate, repeats pooled.
    pub fn noise_deviations(&self) -> DVector<f64> {
        let n = self.observations();
        let mut factor = DMatrix::identity(n, n);
        // It is triangular with a positive diagonal, so this solves.
        self.inverse_factor.solve_lower_triangular_mut(&mut factor);
        DVector::from_fn(n, |i, _| {
            (factor.row(i).norm_squared() - 1.0).max(0.0).sqrt()
        })
    }

    /// `n x d`, divided by the lengthscales.
    pub fn points(&self) -> &[f64] {
        &self.points
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    pub fn weights(&self) -> &DVector<f64> {
        &self.weights
    }

    pub fn mean(&self) -> f64 {
        self.mean
    }

    pub fn noise(&self) -> f64 {
        self.noise
    }

    fn mean_of(&self, k: &DVector<f64>) -> f64 {
        self.mean + self.weights.dot(k)
    }
}

/// What is believed of one outcome at several candidates together: their posterior covariance, factored, one candidate after
/// the other. Adding one costs `n²` once; what it tells of another candidate costs no more than that one's kernel values.
#[derive(Default)]
pub(crate) struct Joint {
    /// By which of the model's sets of hyperparameters.
    member: usize,
    /// Scaled.
    points: Vec<Vec<f64>>,
    /// `K⁻¹ k(X, p)` and `L⁻¹ k(X, p)`.
    weights: Vec<DVector<f64>>,
    whitened: Vec<DVector<f64>>,
    /// Rows of the factor of the covariance; a diagonal of 0 says that the candidate is known already.
    factor: Vec<Vec<f64>>,
    pub means: Vec<f64>,
}

/// Variances below this are none, in standardised units.
const NO_VARIANCE: f64 = 1e-12;

impl Joint {
    pub fn of(member: usize) -> Self {
        Self {
            member,
            ..Self::default()
        }
    }

    /// Adds a candidate.
    pub fn push(&mut self, model: &Model, inputs: &[f64], extras: &[f64]) {
        let Some(learned) = model.learned(self.member) else {
            // Known outcomes of different candidates are independent.
            let (mean, std) = model.predict(inputs, extras);
            let mut row = vec![0.0; self.means.len()];
            row.push(if std.is_finite() { std } else { 0.0 });
            self.factor.push(row);
            self.means.push(mean);
            return;
        };
        let scaled = learned.scaled(inputs);
        let mut k = DVector::zeros(learned.observations());
        learned.correlations(&scaled, k.as_mut_slice());
        let whitened = &learned.inverse_factor * &k;
        let mut row = Vec::with_capacity(self.factor.len() + 1);
        for ((point, other), earlier) in self.points.iter().zip(&self.whitened).zip(&self.factor) {
            let covariance = learned.covariance(&scaled, point) - whitened.dot(other);
            row.push(next_column(&row, covariance, earlier));
        }
        let left = 1.0 - whitened.norm_squared() - row.iter().map(|c| c * c).sum::<f64>();
        row.push(if left > NO_VARIANCE { left.sqrt() } else { 0.0 });
        self.means.push(learned.mean_of(&k) + model.offset(extras));
        self.factor.push(row);
        self.weights.push(learned.inverse_factor.tr_mul(&whitened));
        self.whitened.push(whitened);
        self.points.push(scaled);
    }

    pub fn len(&self) -> usize {
        self.means.len()
    }

    /// Extends a candidate's columns, `Cov(f(x), z_i)` for the whitened variables of the joint candidates, to all of them.
    /// `k` is scratch of `n`.
    pub fn extend(&self, model: &Model, scaled: &[f64], columns: &mut Vec<f64>, k: &mut [f64]) {
        let Some(learned) = model.learned(self.member) else {
            columns.resize(self.len(), 0.0);
            return;
        };
        if columns.len() == self.len() {
            return;
        }
        learned.correlations(scaled, k);
        for at in columns.len()..self.len() {
            let through: f64 = self.weights[at]
                .iter()
                .zip(k.iter())
                .map(|(w, k)| w * k)
                .sum();
            let covariance = learned.covariance(scaled, &self.points[at]) - through;
            columns.push(next_column(columns, covariance, &self.factor[at]));
        }
    }

    /// The value of candidate `at` for these standard normal numbers, one for each joint candidate.
    pub fn value(&self, at: usize, z: &[f64]) -> f64 {
        self.means[at] + dot(&self.factor[at], z)
    }
}

/// `Σ a b` over the shorter of the two.
#[inline(always)]
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The next element of a row of the factor, from its covariance with the candidate of `factor`'s row.
fn next_column(row: &[f64], covariance: f64, factor: &[f64]) -> f64 {
    let diagonal = factor[factor.len() - 1];
    if diagonal > 0.0 {
        (covariance - dot(row, &factor[..factor.len() - 1])) / diagonal
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::question::Aim;
    use super::*;
    use crate::Direction;
    use surrogate::gp::{Hyperparameters, Noise};

    #[test]
    fn conditioning_on_candidates_is_what_a_refit_with_them_says() {
        let mut study = Study::new(2, &["y"]);
        study.inputs = (0..24)
            .map(|i| (f64::from(i) * 0.618_034).fract())
            .collect();
        study.outcomes[0].values = (0..12).map(|i| (f64::from(i) * 1.7).sin()).collect();
        let mut question = Question::new(vec![Aim {
            objective: Some(Direction::Maximize),
            ..Aim::default()
        }]);
        (question.straighten, question.average) = (false, false);
        let job = job::Job::new();
        let model = Model::fit(&study, 0, &question, 0, &job).expect("fits");
        let Kind::Learned(learned) = &model.kind else {
            panic!("it was measured")
        };
        let added = [[0.3, 0.8], [0.31, 0.79], [0.9, 0.1], [0.3, 0.8]];
        let probe = [0.35, 0.7];
        let mut joint = Joint::default();
        let mut k = vec![0.0; learned.observations()];
        let mut columns = Vec::new();
        let z = [0.7, -1.1, 0.4, 2.0];
        let (mean, variance) = learned.predict(&probe)[0];
        for count in 1..=added.len() {
            joint.push(&model, &added[count - 1], &[]);
            joint.extend(&model, &learned.scaled(&probe), &mut columns, &mut k);
            // The same by a process of its own: what was added is measured exactly, with the values that z draws.
            let values: Vec<f64> = (0..count).map(|at| joint.value(at, &z)).collect();
            let mut inputs = study.inputs.clone();
            inputs.extend(added[..count].iter().flatten());
            let mut targets: Vec<f64> = study.outcomes[0]
                .values
                .iter()
                .map(|y| (y - model.centre) / model.spread)
                .collect();
            let mut std = vec![learned.noise().sqrt(); 12];
            for value in &values {
                targets.push(*value);
                std.push(0.0);
            }
            let centre = targets.iter().sum::<f64>() / targets.len() as f64;
            let spread = (targets.iter().map(|t| (t - centre).powi(2)).sum::<f64>()
                / (targets.len() as f64 - 1.0))
                .sqrt();
            let hyper = Hyperparameters {
                lengthscales: model.report.lengthscales.clone(),
                noise: 0.0,
                mean: (learned.mean() - centre) / spread,
            };
            // Inside, the targets are standardised once more, by `spread`: with errors larger by as much it is the same process,
            // whose standard deviations come out larger by as much.
            std.iter_mut().for_each(|s| *s *= spread);
            let observations = Observations {
                inputs: &inputs,
                dimensions: 2,
                targets: &targets,
                std: Some(&std),
            };
            let options = GpOptions {
                bounds: Some(Bounds::unit(2)),
                noise: Noise::AsGiven,
                ..GpOptions::default()
            };
            let refit = Gp::with_hyperparameters(observations, learned.kernel, hyper, &options)
                .expect("fits");
            let (truth, sd) = refit.predict_transformed(&probe, &job).expect("done")[0];
            let known: f64 = columns.iter().map(|c| c * c).sum();
            let found = mean + dot(&columns, &z);
            assert!((found - truth).abs() < 1e-4, "{count}: {found} {truth}");
            let left = (variance - known).max(0.0).sqrt();
            assert!(
                (left - sd / spread).abs() < 1e-4,
                "{count}: {left} {}",
                sd / spread
            );
        }
    }
}
