//! Kernels of descriptors.

use crate::kernel::{Binding::*, Kernel};

/// Properties of an element that [`MAGPIE`] takes.
pub const MAGPIE_PROPERTIES: usize = 22;

/// Magpie's 132 statistics; an invocation for each property of each composition. Constants: element table (`119 x 22`), gaps
/// (119); inputs: offsets (`N + 1`), parts (two words each); output: `N x 132`.
pub const MAGPIE: Kernel = Kernel {
    name: "magpie",
    source: include_str!("../descriptor/magpie.wgsl"),
    entry: "magpie",
    workgroup: 64,
    bindings: &[Parameters, Constant, Constant, Input, Input, Output],
};
