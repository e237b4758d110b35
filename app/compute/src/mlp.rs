//! Dense networks, forward.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use shaders::Kernel;
use shaders::compute::{MLP, MLP_ROWS, MLP_WIDEST};

use crate::lanes::{HEIGHT, Panels, multiply, strip, width};
use crate::{Attempt, ComputeError, Device, Gpu, RowKernel, Trial, math};

/// What a layer does with its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    Identity,
    /// `max(x, 0)`
    Relu,
    /// `x / (1 + exp(-x))`
    Silu,
    Tanh,
}

/// A dense layer: `activation(W x + b)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// `outputs x inputs`, row after row.
    pub weights: Vec<f32>,
    /// One for each output.
    pub bias: Vec<f32>,
    pub activation: Activation,
}

/// A dense network over standardised inputs, `(x - centre) * scale`. Inputs farther than 10⁶ from their centre count as that
/// far; a row with an input that is not finite has unknown (NaN) outputs.
#[derive(Clone, Debug)]
pub struct Mlp {
    centre: Vec<f32>,
    scale: Vec<f32>,
    layers: Vec<Layer>,
    /// Each layer's weights as the processor takes them.
    panels: Vec<Panels>,
}

/// Rows that one task of the processor takes.
const ROWS: usize = 256;
/// Standardised inputs are held within this.
const FAR: f32 = 1e6;

/// What it is measured by.
pub const TRIAL: Trial = Trial {
    kernel: &MLP,
    title: "dense networks",
    row: "a row of 132 numbers through layers of 128, 128 and 1",
    operations: 2.0 * (132.0 * 128.0 + 128.0 * 128.0 + 128.0),
    most: 262_144,
    prepare,
};

fn prepare(rows: usize) -> Attempt {
    let scattered = |count: usize| -> Vec<f32> {
        (0..count)
            .map(|i| (i as f32 * 0.618_034).fract() * 0.2 - 0.1)
            .collect()
    };
    let layer = |inputs: usize, outputs: usize, activation| Layer {
        weights: scattered(inputs * outputs),
        bias: scattered(outputs),
        activation,
    };
    let layers = vec![
        layer(132, 128, Activation::Silu),
        layer(128, 128, Activation::Silu),
        layer(128, 1, Activation::Identity),
    ];
    let mlp = Mlp::new(vec![0.0; 132], vec![1.0; 132], layers);
    let inputs = scattered(rows * 132);
    Box::new(move |gpu| {
        let (mlp, job) = (mlp.as_ref().map_err(Clone::clone)?, job::Job::new());
        let out = match gpu {
            Some(gpu) => mlp.on_gpu(gpu, &inputs, &job)?,
            None => mlp.on_cpu(&inputs, &job)?,
        };
        std::hint::black_box(out);
        Ok(())
    })
}

impl Mlp {
    /// A network; `centre` and `scale` have one number for each input.
    ///
    /// # Errors
    ///
    /// No layer, or sizes that do not fit together.
    pub fn new(
        centre: Vec<f32>,
        scale: Vec<f32>,
        layers: Vec<Layer>,
    ) -> Result<Self, ComputeError> {
        let wrong = |reason: String| {
            Err(ComputeError::Malformed {
                what: "a network",
                reason,
            })
        };
        if layers.is_empty() || centre.is_empty() || centre.len() != scale.len() {
            return wrong(format!(
                "{} layers, {} centres and {} scales of inputs",
                layers.len(),
                centre.len(),
                scale.len()
            ));
        }
        let mut inputs = centre.len();
        let mut panels = Vec::new();
        for (at, layer) in layers.iter().enumerate() {
            let outputs = layer.bias.len();
            if outputs == 0 || layer.weights.len() != inputs * outputs {
                return wrong(format!(
                    "layer {at} has {} weights for {inputs} inputs and {outputs} outputs",
                    layer.weights.len()
                ));
            }
            panels.push(Panels::new(outputs, inputs, |row, column| {
                layer.weights[row * inputs + column]
            }));
            inputs = outputs;
        }
        Ok(Self {
            centre,
            scale,
            layers,
            panels,
        })
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.centre.len()
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.bias.len())
    }

    /// The outputs of each row of `inputs` (`N x inputs`): `N x outputs`.
    ///
    /// # Errors
    ///
    /// Inputs that are no whole number of rows, cancelled.
    pub fn forward(
        &self,
        device: &Device,
        inputs: &[f32],
        job: &job::Job,
    ) -> Result<Vec<f32>, ComputeError> {
        let rows = crate::whole_rows(inputs.len(), self.inputs())?;
        let weights: usize = self.layers.iter().map(|layer| layer.weights.len()).sum();
        device.run(
            &TRIAL,
            2.0 * weights as f64 * rows as f64,
            job,
            |gpu| self.on_gpu(gpu, inputs, job),
            || self.on_cpu(inputs, job),
        )
    }

    fn standardised(&self, input: usize, x: f32) -> f32 {
        ((x - self.centre[input]) * self.scale[input]).clamp(-FAR, FAR)
    }

    fn on_cpu(&self, inputs: &[f32], job: &job::Job) -> Result<Vec<f32>, ComputeError> {
        let rows = crate::whole_rows(inputs.len(), self.inputs())?;
        let mut out = vec![0.0; rows * self.outputs()];
        let arch = Arch::new();
        out.par_chunks_mut(ROWS * self.outputs())
            .zip(inputs.par_chunks(ROWS * self.inputs()))
            .try_for_each(|(out, inputs)| {
                job.check()?;
                job.advance((inputs.len() / self.inputs()) as u64);
                arch.dispatch(Part {
                    mlp: self,
                    inputs,
                    out,
                });
                Ok::<_, ComputeError>(())
            })?;
        Ok(out)
    }

    /// [`Mlp::forward`] on this adapter.
    ///
    /// # Errors
    ///
    /// Those of [`Mlp::forward`], and what the adapter reports.
    pub fn forward_on_gpu(
        &self,
        gpu: &Gpu,
        inputs: &[f32],
        job: &job::Job,
    ) -> Result<Vec<f32>, ComputeError> {
        self.on_gpu(gpu, inputs, job)
    }

    fn on_gpu(&self, gpu: &Gpu, inputs: &[f32], job: &job::Job) -> Result<Vec<f32>, ComputeError> {
        let rows = crate::whole_rows(inputs.len(), self.inputs())?;
        let hidden = &self.layers[..self.layers.len() - 1];
        let widest = hidden.iter().map(|layer| layer.bias.len()).max();
        if let Some(widest) = widest.filter(|widest| *widest > MLP_WIDEST) {
            return Err(ComputeError::TooLarge {
                adapter: gpu.adapter().name.clone(),
                what: "a hidden layer",
                needed: widest as u64,
                unit: "units",
                limit: MLP_WIDEST as u64,
            });
        }
        let (mut layers, mut weights) = (Vec::new(), Vec::new());
        let mut inside = self.inputs();
        for layer in &self.layers {
            let outputs = layer.bias.len();
            let activation = match layer.activation {
                Activation::Identity => 0,
                Activation::Relu => 1,
                Activation::Silu => 2,
                Activation::Tanh => 3,
            };
            layers.extend([
                inside as u32,
                outputs as u32,
                activation,
                weights.len() as u32,
            ]);
            for input in 0..inside {
                weights.extend((0..outputs).map(|o| layer.weights[o * inside + input].to_bits()));
            }
            weights.extend(layer.bias.iter().map(|bias| bias.to_bits()));
            inside = outputs;
        }
        let mut work = OnGpu {
            mlp: self,
            layers,
            weights,
            inputs,
            rows,
            out: vec![0.0; rows * self.outputs()],
        };
        gpu.run(&mut work, job)?;
        Ok(work.out)
    }
}

/// Some rows on the processor.
struct Part<'a> {
    mlp: &'a Mlp,
    inputs: &'a [f32],
    out: &'a mut [f32],
}

impl WithSimd for Part<'_> {
    type Output = ();

    /// A strip of rows at a time, one in each lane.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (mlp, wide) = (self.mlp, width::<S>());
        let (d, outputs) = (mlp.inputs(), mlp.outputs());
        let (mut values, mut next) = (Vec::new(), Vec::new());
        for (inputs, out) in self
            .inputs
            .chunks(wide * d)
            .zip(self.out.chunks_mut(wide * outputs))
        {
            values.clear();
            values.resize(d * wide, 0.0_f32);
            for (lane, row) in inputs.chunks_exact(d).enumerate() {
                for (input, x) in row.iter().enumerate() {
                    values[input * wide + lane] = mlp.standardised(input, *x);
                }
            }
            for (layer, panels) in mlp.layers.iter().zip(&mlp.panels) {
                next.clear();
                for (panel, biases) in panels.iter().zip(layer.bias.chunks(HEIGHT)) {
                    let sums = multiply(simd, panel, strip::<S>(&values));
                    for (sum, bias) in sums.iter().zip(biases) {
                        let bias = simd.splat_f32s(*bias);
                        let sum = [simd.add_f32s(sum[0], bias), simd.add_f32s(sum[1], bias)];
                        next.extend_from_slice(bytemuck::cast_slice(&sum));
                    }
                }
                activate(layer.activation, &mut next);
                std::mem::swap(&mut values, &mut next);
            }
            for (lane, (row, out)) in inputs
                .chunks_exact(d)
                .zip(out.chunks_exact_mut(outputs))
                .enumerate()
            {
                let known = row.iter().all(|x| x.is_finite());
                for (output, out) in out.iter_mut().enumerate() {
                    *out = if known {
                        values[output * wide + lane]
                    } else {
                        f32::NAN
                    };
                }
            }
        }
    }
}

#[inline(always)]
fn activate(activation: Activation, values: &mut [f32]) {
    match activation {
        Activation::Identity => {}
        Activation::Relu => values.iter_mut().for_each(|x| *x = x.max(0.0)),
        Activation::Silu => values.iter_mut().for_each(|x| *x /= 1.0 + math::exp(-*x)),
        Activation::Tanh => values.iter_mut().for_each(|x| *x = math::tanh(*x)),
    }
}

struct OnGpu<'a> {
    mlp: &'a Mlp,
    layers: Vec<u32>,
    weights: Vec<u32>,
    inputs: &'a [f32],
    rows: usize,
    out: Vec<f32>,
}

impl RowKernel for OnGpu<'_> {
    fn kernel(&self) -> &'static Kernel {
        &MLP
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn workgroups(&self, rows: usize) -> usize {
        rows.div_ceil(MLP_ROWS)
    }

    fn parameters(&self) -> Vec<u32> {
        let mlp = self.mlp;
        [mlp.inputs(), mlp.layers.len(), mlp.outputs()]
            .map(|n| n as u32)
            .to_vec()
    }

    fn constants(&self) -> Vec<&[u32]> {
        vec![&self.layers, &self.weights]
    }

    fn fill(&self, rows: Range<usize>, inputs: &mut [Vec<u32>]) {
        let d = self.mlp.inputs();
        for row in self.inputs[rows.start * d..rows.end * d].chunks_exact(d) {
            inputs[0].extend(row.iter().enumerate().map(|(input, x)| {
                // Shaders may take NaN for anything; such a row's outputs are thrown away below.
                let x = if x.is_finite() { *x } else { 0.0 };
                self.mlp.standardised(input, x).to_bits()
            }));
        }
    }

    fn output_words(&self) -> Vec<usize> {
        vec![self.mlp.outputs()]
    }

    fn take(&mut self, rows: Range<usize>, outputs: &[&[u32]]) {
        let (d, wide) = (self.mlp.inputs(), self.mlp.outputs());
        for (row, found) in rows.zip(outputs[0].chunks_exact(wide)) {
            let known = self.inputs[row * d..(row + 1) * d]
                .iter()
                .all(|x| x.is_finite());
            for (out, found) in self.out[row * wide..].iter_mut().zip(found) {
                *out = if known {
                    f32::from_bits(*found)
                } else {
                    f32::NAN
                };
            }
        }
    }
}
