//! Kernels that belong to no one science.

use crate::kernel::{Binding::*, Kernel};

/// Rows and columns of the result that a workgroup of [`GEMM`] computes.
pub const GEMM_TILE: usize = 64;

/// The product of two matrices. Parameters: k, n. Constant: B (`k x n`); input: rows of A (`m x k`); output: rows of the
/// product.
pub const GEMM: Kernel = Kernel {
    name: "gemm",
    source: include_str!("../compute/gemm.wgsl"),
    entry: "gemm",
    workgroup: 256,
    bindings: &[Parameters, Constant, Input, Output],
};
