//! The posterior of a large pool on a device.

use std::ops::Range;

use compute::{Attempt, ComputeError, Device, Gpu, RowKernel, Trial};
use shaders::Kernel;
use shaders::surrogate::{POSTERIOR as KERNEL, POSTERIOR_TILE};

use super::{
    Bounds, Gp, GpOptions, Hyperparameters, Observations, PoolPosterior, PosteriorWeights,
};
use crate::SurrogateError;

/// What the posterior is measured by.
pub const POSTERIOR: Trial = Trial {
    kernel: &KERNEL,
    title: "the posterior of a Gaussian process",
    row: "a candidate with 10 inputs, after 200 observations",
    operations: operations(200, 10),
    most: 262_144,
    prepare,
};

/// Operations that a candidate takes.
const fn operations(n: usize, d: usize) -> f64 {
    let (n, d) = (n as f64, d as f64);
    n * (n + 3.0 * d + 20.0)
}

fn prepare(rows: usize) -> Attempt {
    let scattered = |count: usize, step: f64| -> Vec<f64> {
        (0..count).map(|i| (i as f64 * step).fract()).collect()
    };
    let (inputs, targets) = (scattered(2000, 0.618_034), scattered(200, 0.414_214));
    let observations = Observations {
        inputs: &inputs,
        dimensions: 10,
        targets: &targets,
        std: None,
    };
    let hyper = Hyperparameters {
        lengthscales: vec![1.0; 10],
        noise: 1e-2,
        mean: 0.0,
    };
    let options = GpOptions {
        bounds: Some(Bounds {
            lower: vec![0.0; 10],
            upper: vec![1.0; 10],
        }),
        ..GpOptions::default()
    };
    let kernel = super::Kernel::Matern52;
    let weights = Gp::with_hyperparameters(observations, kernel, hyper, &options)
        .ok()
        .and_then(|gp| gp.posterior_weights());
    let pool = scattered(rows * 10, 0.732_051);
    Box::new(move |gpu| {
        let (Some(weights), job) = (&weights, job::Job::new()) else {
            return Err(ComputeError::Malformed {
                what: "the measured process",
                reason: "it could not be made".to_owned(),
            });
        };
        let done = match gpu {
            Some(gpu) => weights.posterior_on_gpu(gpu, &pool, &job)?,
            None => weights
                .posterior_on_cpu(&pool, &job)
                .map_err(|_| ComputeError::Cancelled)?,
        };
        std::hint::black_box(done);
        Ok(())
    })
}

impl Gp {
    /// Operations that the posterior of a candidate takes.
    pub(crate) fn operations(&self) -> f64 {
        operations(self.data.len(), self.data.dimensions)
    }

    pub(crate) fn posterior_on_gpu(
        &self,
        gpu: &Gpu,
        inputs: &[f64],
        job: &job::Job,
    ) -> Result<PoolPosterior, ComputeError> {
        match self.posterior_weights() {
            Some(weights) => weights.posterior_on_gpu(gpu, inputs, job),
            None => Ok(PoolPosterior::unknown(inputs.len() / self.data.dimensions)),
        }
    }
}

impl PosteriorWeights {
    /// The posterior of a pool (`N x d`, row after row) on a device.
    ///
    /// # Errors
    ///
    /// Cancelled.
    pub fn posterior(
        &self,
        inputs: &[f64],
        device: &Device,
        job: &job::Job,
    ) -> Result<PoolPosterior, SurrogateError> {
        let count = inputs.len() / self.dimensions;
        device.run(
            &POSTERIOR,
            count as f64 * operations(self.observations, self.dimensions),
            job,
            |gpu| self.posterior_on_gpu(gpu, inputs, job),
            || self.posterior_on_cpu(inputs, job),
        )
    }

    fn posterior_on_cpu(
        &self,
        inputs: &[f64],
        job: &job::Job,
    ) -> Result<PoolPosterior, SurrogateError> {
        let mut out = PoolPosterior::unknown(inputs.len() / self.dimensions);
        self.predict(inputs, &mut out.mean, &mut out.std, job)?;
        Ok(out)
    }

    fn posterior_on_gpu(
        &self,
        gpu: &Gpu,
        inputs: &[f64],
        job: &job::Job,
    ) -> Result<PoolPosterior, ComputeError> {
        let mut work = OnGpu {
            weights: self,
            points: self.points(),
            inputs,
            out: PoolPosterior::unknown(inputs.len() / self.dimensions),
        };
        gpu.run(&mut work, job)?;
        Ok(work.out)
    }
}

struct OnGpu<'a> {
    weights: &'a PosteriorWeights,
    /// `n x d`.
    points: Vec<f32>,
    inputs: &'a [f64],
    out: PoolPosterior,
}

impl RowKernel for OnGpu<'_> {
    fn kernel(&self) -> &'static Kernel {
        &KERNEL
    }

    fn rows(&self) -> usize {
        self.out.mean.len()
    }

    fn workgroups(&self, rows: usize) -> usize {
        rows.div_ceil(POSTERIOR_TILE)
    }

    fn parameters(&self) -> Vec<u32> {
        let weights = self.weights;
        let kernel = match weights.kernel {
            super::Kernel::Matern12 => 0,
            super::Kernel::Matern32 => 1,
            super::Kernel::Matern52 => 2,
            super::Kernel::Rbf => 3,
        };
        vec![
            weights.observations as u32,
            weights.dimensions as u32,
            kernel,
            weights.mean.to_bits(),
        ]
    }

    fn constants(&self) -> Vec<&[u32]> {
        vec![
            bytemuck::cast_slice(&self.points),
            bytemuck::cast_slice(&self.weights.weights),
            bytemuck::cast_slice(&self.weights.inverse_factor),
        ]
    }

    fn fill(&self, rows: Range<usize>, inputs: &mut [Vec<u32>]) {
        let d = self.weights.dimensions;
        for row in self.inputs[rows.start * d..rows.end * d].chunks_exact(d) {
            inputs[0].extend(row.iter().enumerate().map(|(dimension, x)| {
                // Shaders may take NaN for anything; such a candidate's result is thrown away below.
                let x = if x.is_finite() { *x } else { 0.0 };
                self.weights.scaled(dimension, x).to_bits()
            }));
        }
    }

    fn output_words(&self) -> Vec<usize> {
        vec![2]
    }

    fn take(&mut self, rows: Range<usize>, outputs: &[&[u32]]) {
        let d = self.weights.dimensions;
        for (row, out) in rows.zip(outputs[0].chunks_exact(2)) {
            let [value, square] = [out[0], out[1]].map(f32::from_bits);
            let inputs = &self.inputs[row * d..(row + 1) * d];
            (self.out.mean[row], self.out.std[row]) = self.weights.finished(inputs, value, square);
        }
    }
}
