//! Ensembles of small neural networks that predict a mean and a variance.
//!
//! B. Lakshminarayanan, A. Pritzel, C. Blundell, Simple and Scalable Predictive Uncertainty Estimation using Deep Ensembles,
//! NIPS 2017; the loss of M. Seitzer et al., On the Pitfalls of Heteroscedastic Uncertainty Estimation with Probabilistic
//! Neural Networks, ICLR 2022 (β = 0.5), which keeps the variance from explaining away what the mean could learn; Adam with
//! decoupled weight decay (I. Loshchilov, F. Hutter, ICLR 2019).

mod layers;
mod train;

use compute::{ComputeError, Mlp};
use rayon::prelude::*;

use layers::Passes;
pub(crate) use layers::Sizes;

use crate::SurrogateError;
use crate::random::Random;

/// How networks are trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetworkOptions {
    pub members: usize,
    /// Units of the two hidden layers.
    pub hidden: [usize; 2],
    /// Passes over the rows.
    pub epochs: usize,
    pub seed: u64,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self {
            members: 5,
            hidden: [64, 32],
            epochs: 120,
            seed: 0,
        }
    }
}

/// Trained networks: standardised inputs, two hidden layers of x/(1 + e^-x), a mean and the logarithm of a variance.
#[derive(Clone, Debug, PartialEq)]
pub struct Networks {
    pub(crate) sizes: Sizes,
    /// Subtracted from each input, and then multiplied; an unknown input then counts as 0.
    pub(crate) shift: Vec<f32>,
    pub(crate) scale: Vec<f32>,
    /// Mean and standard deviation of the training targets.
    pub(crate) centre: f64,
    pub(crate) spread: f64,
    /// For each member the weights of each layer (a row for each input, of all its units) and its offsets, one after
    /// the other.
    pub(crate) parameters: Vec<f32>,
}

/// Standardised inputs beyond these count as these.
const REACH: f32 = 10.0;
/// Limits of the logarithm of the variance in units of that of the targets.
pub(crate) const LOG_VARIANCE: [f32; 2] = [-14.0, 6.0];
/// Rows of one pass.
const ROWS: usize = 512;

impl Networks {
    /// Trains. `inputs` is `n x width`, row after row, NaN for an unknown value; rows of the same group are never divided
    /// between training and test.
    ///
    /// # Errors
    ///
    /// Lengths that do not fit, a target that is not finite, cancelled.
    pub fn fit(
        inputs: &[f32],
        width: usize,
        targets: &[f64],
        groups: &[u64],
        options: &NetworkOptions,
        job: &job::Job,
    ) -> Result<Self, SurrogateError> {
        crate::forest::check_table(inputs, width, targets)?;
        let n = targets.len() as f64;
        let centre = targets.iter().sum::<f64>() / n;
        let spread = (targets.iter().map(|y| (y - centre).powi(2)).sum::<f64>() / n).sqrt();
        let spread = if spread > 0.0 { spread } else { 1.0 };
        let (shift, scale) = standards(inputs, width);
        let sizes = Sizes {
            inputs: width,
            hidden: options.hidden,
        };
        let mut networks = Self {
            sizes,
            shift,
            scale,
            centre,
            spread,
            parameters: Vec::new(),
        };
        let mut table = vec![0.0; inputs.len()];
        networks.standardise(inputs, &mut table);
        let near: Vec<f32> = targets
            .iter()
            .map(|y| ((y - centre) / spread) as f32)
            .collect();
        let trained: Vec<Vec<f32>> = (0..options.members)
            .into_par_iter()
            .map(|member| {
                let random = Random::part(options.seed, member as u64);
                train::member(sizes, &table, &near, groups, options.epochs, random, job)
            })
            .collect::<Result<_, _>>()?;
        networks.parameters = trained.concat();
        Ok(networks)
    }

    /// Number of networks.
    pub fn members(&self) -> usize {
        self.parameters.len() / self.sizes.parameters()
    }

    /// Number of inputs and units of the two hidden layers.
    pub fn sizes(&self) -> [usize; 3] {
        [
            self.sizes.inputs,
            self.sizes.hidden[0],
            self.sizes.hidden[1],
        ]
    }

    /// The parameters of a member: for each layer the weights, those of all units for the first input, then for the second,
    /// and the offsets.
    pub fn parameters(&self, member: usize) -> &[f32] {
        let count = self.sizes.parameters();
        &self.parameters[member * count..(member + 1) * count]
    }

    /// What is subtracted from each input, and what it is then multiplied by.
    pub fn standards(&self) -> (&[f32], &[f32]) {
        (&self.shift, &self.scale)
    }

    /// Mean and standard deviation of the training targets, which outputs count in.
    pub fn target_standards(&self) -> (f64, f64) {
        (self.centre, self.spread)
    }

    fn standardise(&self, inputs: &[f32], out: &mut [f32]) {
        let width = self.sizes.inputs;
        for (row, out) in inputs.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
            for k in 0..width {
                let x = (row[k] - self.shift[k]) * self.scale[k];
                out[k] = if x.is_nan() {
                    0.0
                } else {
                    x.clamp(-REACH, REACH)
                };
            }
        }
    }

    /// Mean and standard deviation of each row of `inputs` (`N x width`): of the mixture of all members.
    pub fn predict(&self, inputs: &[f32]) -> Vec<(f64, f64)> {
        let width = self.sizes.inputs;
        let parts: Vec<Vec<(f64, f64)>> = inputs
            .par_chunks(ROWS * width)
            .map(|rows| self.predict_some(rows))
            .collect();
        parts.into_iter().flatten().collect()
    }

    fn predict_some(&self, rows: &[f32]) -> Vec<(f64, f64)> {
        let mut table = vec![0.0; rows.len()];
        self.standardise(rows, &mut table);
        let mut mixtures = vec![Mixture::default(); rows.len() / self.sizes.inputs];
        let mut passes = Passes::new(self.sizes, &table);
        for member in 0..self.members() {
            passes.forward(self.parameters(member));
            for (row, mixture) in mixtures.iter_mut().enumerate() {
                mixture.add(passes.output(row));
            }
        }
        self.told(mixtures)
    }

    /// [`Networks::predict`] on an adapter, to the accuracy of f32; hidden layers are no wider than its kernel takes.
    ///
    /// # Errors
    ///
    /// Cancelled, and what the adapter reports.
    pub(crate) fn predict_on_gpu(
        &self,
        gpu: &compute::Gpu,
        inputs: &[f32],
        job: &job::Job,
    ) -> Result<Vec<(f64, f64)>, ComputeError> {
        let width = self.sizes.inputs;
        let mut table = vec![0.0; inputs.len()];
        inputs
            .par_chunks(ROWS * width)
            .zip(table.par_chunks_mut(ROWS * width))
            .for_each(|(inputs, table)| self.standardise(inputs, table));
        let mut mixtures = vec![Mixture::default(); inputs.len() / width];
        for member in 0..self.members() {
            // Rows are counted once.
            let job = if member == 0 { job.clone() } else { job.part() };
            // Standardised already: unknown inputs have been given a meaning.
            let layers = self.sizes.dense(self.parameters(member));
            let network = Mlp::new(vec![0.0; width], vec![1.0; width], layers)?;
            let told = network.forward_on_gpu(gpu, &table, &job)?;
            for (mixture, told) in mixtures.iter_mut().zip(told.chunks_exact(2)) {
                mixture.add(layers::limited(told[0], told[1]));
            }
        }
        Ok(self.told(mixtures))
    }

    fn told(&self, mixtures: Vec<Mixture>) -> Vec<(f64, f64)> {
        let members = self.members() as f64;
        mixtures
            .into_iter()
            .map(|mixture| {
                let [mean, square, within] = mixture.0.map(|sum| sum / members);
                let variance = within + (square - mean * mean).max(0.0);
                (
                    self.centre + self.spread * mean,
                    self.spread * variance.sqrt(),
                )
            })
            .collect()
    }
}

/// Sums over members: of means, of their squares, of variances.
#[derive(Clone, Copy, Default)]
struct Mixture([f64; 3]);

impl Mixture {
    fn add(&mut self, (mean, log_variance): (f32, f32)) {
        let mean = f64::from(mean);
        self.0[0] += mean;
        self.0[1] += mean * mean;
        self.0[2] += libm::exp(f64::from(log_variance));
    }
}

/// Mean and reciprocal standard deviation of the known values of each input; 0 for a constant one.
fn standards(inputs: &[f32], width: usize) -> (Vec<f32>, Vec<f32>) {
    let of = |k: usize| {
        let known = || {
            let column = inputs.iter().skip(k).step_by(width);
            column.filter(|x| x.is_finite()).map(|x| f64::from(*x))
        };
        let count = known().count() as f64;
        let mean = known().sum::<f64>() / count;
        let std = (known().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count).sqrt();
        let scale = (1.0 / std) as f32;
        if std > 0.0 && scale.is_finite() && scale > 0.0 {
            (mean as f32, scale)
        } else {
            (0.0, 0.0)
        }
    };
    (0..width).into_par_iter().map(of).unzip()
}
