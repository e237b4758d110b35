//! Kernels of surrogates.

use crate::kernel::{Binding::*, Kernel};

/// Candidates that a workgroup of [`POSTERIOR`] takes.
pub const POSTERIOR_TILE: usize = 64;

/// Mean and variance of a Gaussian process. Parameters: n, d, kernel (0: Matérn-1/2, 1: 3/2, 2: 5/2, 3: RBF), constant mean
/// (f32). Constants: inputs (`n x d`), weights (n), inverse factor (`n x n`, column after column); input: candidates
/// (`N x d`); output: standardised mean and reduction of the variance (`N x 2`).
pub const POSTERIOR: Kernel = Kernel {
    name: "posterior",
    source: include_str!("../surrogate/posterior.wgsl"),
    entry: "posterior",
    workgroup: 256,
    bindings: &[Parameters, Constant, Constant, Constant, Input, Output],
};
