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

/// Keys that a workgroup of [`TOP_K`] orders.
pub const TOP_K_BLOCK: usize = 1024;

/// The largest of each block. Parameter: k; input: keys (`blocks x 1024`); output: places in the block (`blocks x k`), 1024
/// where there are fewer.
pub const TOP_K: Kernel = Kernel {
    name: "top_k",
    source: include_str!("../compute/top_k.wgsl"),
    entry: "top_k",
    workgroup: 256,
    bindings: &[Parameters, Input, Output],
};

/// Sums of the leaves of an ensemble of trees. Parameters: number of inputs, trees, outputs. Constants: roots, nodes (four
/// words each), payload (`leaves x outputs`); input: rows (`N x inputs`); output: sums (`N x outputs`).
pub const TREES: Kernel = Kernel {
    name: "trees",
    source: include_str!("../compute/trees.wgsl"),
    entry: "trees",
    workgroup: 64,
    bindings: &[Parameters, Constant, Constant, Constant, Input, Output],
};

/// Rows that a workgroup of [`MLP`] takes.
pub const MLP_ROWS: usize = 8;
/// Units of its widest hidden layer.
pub const MLP_WIDEST: usize = 256;

/// A dense network. Parameters: number of inputs, layers, outputs. Constants: layers (four words each), weights; input: rows
/// (`N x inputs`); output: `N x outputs`.
pub const MLP: Kernel = Kernel {
    name: "mlp",
    source: include_str!("../compute/mlp.wgsl"),
    entry: "mlp",
    workgroup: 64,
    bindings: &[Parameters, Constant, Constant, Input, Output],
};
