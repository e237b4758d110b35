//! Forward and backward through one network, a block of rows at a time, as products of f32 matrices.

use compute::{Activation, Layer};
use nalgebra::{DMatrix, DMatrixView};

use super::LOG_VARIANCE;

/// Units of each layer; two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub inputs: usize,
    pub hidden: [usize; 2],
}

impl Sizes {
    /// Inputs and units of each layer.
    pub fn layers(self) -> [(usize, usize); 3] {
        let [a, b] = self.hidden;
        [(self.inputs, a), (a, b), (b, 2)]
    }

    pub fn parameters(self) -> usize {
        self.layers().iter().map(|(from, to)| (from + 1) * to).sum()
    }

    /// The layers of a member as devices take them: the weights of a unit stand together.
    pub fn dense(self, parameters: &[f32]) -> Vec<Layer> {
        let layers = self.layers().into_iter().zip(self.starts()).enumerate();
        layers
            .map(|(at, ((from, to), (weights, offsets)))| Layer {
                weights: (0..to)
                    .flat_map(|unit| (0..from).map(move |input| weights + input * to + unit))
                    .map(|place| parameters[place])
                    .collect(),
                bias: parameters[offsets..offsets + to].to_vec(),
                activation: if at < 2 {
                    Activation::Silu
                } else {
                    Activation::Identity
                },
            })
            .collect()
    }

    /// Where the weights and the offsets of each layer begin.
    fn starts(self) -> [(usize, usize); 3] {
        let mut start = 0;
        self.layers().map(|(from, to)| {
            let weights = start;
            start += (from + 1) * to;
            (weights, weights + from * to)
        })
    }
}

/// What a block of rows is in each layer; a column for each row.
pub(crate) struct Passes {
    sizes: Sizes,
    input: DMatrix<f32>,
    /// Before and after the bend.
    sums: Vec<DMatrix<f32>>,
    bent: Vec<DMatrix<f32>>,
}

/// The two outputs, the second within its limits.
pub(super) fn limited(mean: f32, log_variance: f32) -> (f32, f32) {
    (mean, log_variance.clamp(LOG_VARIANCE[0], LOG_VARIANCE[1]))
}

fn bend(x: f32) -> f32 {
    x / (1.0 + libm::expf(-x))
}

fn slope(x: f32) -> f32 {
    let share = 1.0 / (1.0 + libm::expf(-x));
    share * (1.0 + x * (1.0 - share))
}

impl Passes {
    /// Of standardised rows (`N x inputs`).
    pub fn new(sizes: Sizes, rows: &[f32]) -> Self {
        let count = rows.len() / sizes.inputs;
        let [(_, a), (_, b), (_, c)] = sizes.layers();
        let sums: Vec<DMatrix<f32>> = [a, b, c].map(|units| DMatrix::zeros(units, count)).to_vec();
        Self {
            sizes,
            input: DMatrix::from_column_slice(sizes.inputs, count, rows),
            bent: sums.clone(),
            sums,
        }
    }

    fn weights(&self, layer: usize, parameters: &[f32]) -> DMatrix<f32> {
        let (from, to) = self.sizes.layers()[layer];
        let start = self.sizes.starts()[layer].0;
        DMatrixView::from_slice(&parameters[start..start + from * to], to, from).into_owned()
    }

    pub fn forward(&mut self, parameters: &[f32]) {
        for layer in 0..3 {
            let weights = self.weights(layer, parameters);
            let to = weights.nrows();
            let offsets = &parameters[self.sizes.starts()[layer].1..][..to];
            let below = if layer == 0 {
                &self.input
            } else {
                &self.bent[layer - 1]
            };
            let sums = &mut self.sums[layer];
            for mut column in sums.column_iter_mut() {
                column.copy_from_slice(offsets);
            }
            sums.gemm(1.0, &weights, below, 1.0);
            if layer < 2 {
                for (bent, sum) in self.bent[layer].iter_mut().zip(self.sums[layer].iter()) {
                    *bent = bend(*sum);
                }
            }
        }
    }

    /// Mean and logarithm of the variance of a row, in units of the targets' spread.
    pub fn output(&self, row: usize) -> (f32, f32) {
        let out = self.sums[2].column(row);
        limited(out[0], out[1])
    }

    /// The mean loss of the rows, and its slope by each parameter into `slopes`: half of the squared error over the variance
    /// plus the logarithm of the variance, weighted by the standard deviation to the power `2 beta`, which counts as a
    /// constant.
    pub fn backward(
        &mut self,
        parameters: &[f32],
        targets: &[f32],
        beta: f32,
        slopes: &mut [f32],
    ) -> f32 {
        let count = targets.len();
        let mut loss = 0.0;
        let mut above = DMatrix::zeros(2, count);
        for (row, target) in targets.iter().enumerate() {
            let (mean, log_variance) = self.output(row);
            let precision = libm::expf(-log_variance);
            let weight = libm::expf(beta * log_variance) / count as f32;
            let off = mean - target;
            loss += weight * 0.5 * (off * off * precision + log_variance);
            above[(0, row)] = weight * off * precision;
            let free = self.sums[2][(1, row)] == log_variance;
            above[(1, row)] = if free {
                weight * 0.5 * (1.0 - off * off * precision)
            } else {
                0.0
            };
        }
        for layer in (0..3).rev() {
            let (from, to) = self.sizes.layers()[layer];
            let (start, offsets) = self.sizes.starts()[layer];
            let below = if layer == 0 {
                &self.input
            } else {
                &self.bent[layer - 1]
            };
            let by_weights = &above * below.transpose();
            slopes[start..start + from * to].copy_from_slice(by_weights.as_slice());
            slopes[offsets..offsets + to].copy_from_slice(above.column_sum().as_slice());
            if layer > 0 {
                let weights = self.weights(layer, parameters);
                let mut next = weights.transpose() * &above;
                for (next, sum) in next.iter_mut().zip(self.sums[layer - 1].iter()) {
                    *next *= slope(*sum);
                }
                above = next;
            }
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let sizes = Sizes {
            inputs: 3,
            hidden: [5, 4],
        };
        let mut random = Random::new(1);
        let mut draw = |n: usize| -> Vec<f32> { (0..n).map(|_| random.normal() as f32).collect() };
        let (rows, targets, parameters) = (draw(7 * 3), draw(7), draw(sizes.parameters()));
        let loss = |parameters: &[f32], slopes: &mut [f32]| {
            let mut passes = Passes::new(sizes, &rows);
            passes.forward(parameters);
            passes.backward(parameters, &targets, 0.0, slopes)
        };
        let mut slopes = vec![0.0; parameters.len()];
        loss(&parameters, &mut slopes);
        for k in 0..parameters.len() {
            let mut moved = parameters.clone();
            let h = 1e-2;
            moved[k] = parameters[k] + h;
            let up = loss(&moved, &mut vec![0.0; slopes.len()]);
            moved[k] = parameters[k] - h;
            let down = loss(&moved, &mut vec![0.0; slopes.len()]);
            let difference = (up - down) / (2.0 * h);
            assert!(
                (difference - slopes[k]).abs() < 5e-3 * (1.0 + slopes[k].abs()),
                "{k}: {difference} {}",
                slopes[k]
            );
        }
    }
}
