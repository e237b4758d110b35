//! Kernels of the universal potential. Their first constant holds all parameters of the network; matrices and rows of features
//! are read four numbers at a time.

use crate::kernel::{Binding::*, Kernel};

/// Rows that a workgroup of a tiled kernel takes.
pub const TILE_ROWS: usize = 32;

/// Kernels made of parts: the tile, the gated layer and what is their own.
macro_rules! source {
    ($($part:literal),*) => { concat!($(include_str!(concat!("../potential/", $part, ".wgsl")), "\n"),*) };
}

/// The radial functions of bonds and their derivatives by length, 32 invocations a bond.
pub const RADIAL: Kernel = Kernel {
    name: "radial",
    source: source!("trigonometry", "radial"),
    entry: "radial",
    workgroup: 64,
    bindings: &[Parameters, Constant, Input, Output],
};

/// The first features of angles; tiled.
pub const ANGLES: Kernel = Kernel {
    name: "angles",
    source: source!("tile", "trigonometry", "series", "angles"),
    entry: "angles",
    workgroup: 128,
    bindings: &[Parameters, Constant, Input, Output],
};

/// From derivatives by the first features of angles to those by angles; tiled.
pub const ANGLES_BACK: Kernel = Kernel {
    name: "angles_back",
    source: source!("tile", "trigonometry", "series", "angles_back"),
    entry: "angles_back",
    workgroup: 128,
    bindings: &[Parameters, Constant, Input, Input, Output],
};

/// Rows of features times a matrix, gathered before and added after where asked; tiled, a workgroup for each 64 columns.
pub const PRODUCT: Kernel = Kernel {
    name: "potential_product",
    source: source!("tile", "product"),
    entry: "product",
    workgroup: 128,
    bindings: &[Parameters, Constant, Input, Input, Input, Output],
};

/// Sums of rows over segments, an invocation four features of a sum.
pub const SEGMENTS: Kernel = Kernel {
    name: "segments",
    source: source!("segments"),
    entry: "segments",
    workgroup: 64,
    bindings: &[Parameters, Input, Input, Input, Output],
};

/// Messages along bonds; tiled.
pub const BOND_MESSAGES: Kernel = Kernel {
    name: "bond_messages",
    source: source!("tile", "gated", "bond_messages"),
    entry: "bond_messages",
    workgroup: 128,
    bindings: &[Parameters, Constant, Input, Input, Input, Input, Output],
};

/// The way back through messages along bonds; tiled.
pub const BOND_MESSAGES_BACK: Kernel = Kernel {
    name: "bond_messages_back",
    source: source!("tile", "gated", "gated_back", "bond_messages_back"),
    entry: "bond_messages_back",
    workgroup: 128,
    bindings: &[
        Parameters, Constant, Input, Input, Input, Input, Input, Output, Output,
    ],
};

/// Messages along angles, to bonds or to angles; tiled.
pub const ANGLE_MESSAGES: Kernel = Kernel {
    name: "angle_messages",
    source: source!("tile", "gated", "angle_messages"),
    entry: "angle_messages",
    workgroup: 128,
    bindings: &[
        Parameters, Constant, Input, Input, Input, Input, Input, Output,
    ],
};

/// The way back through messages along angles; tiled.
pub const ANGLE_MESSAGES_BACK: Kernel = Kernel {
    name: "angle_messages_back",
    source: source!("tile", "gated", "gated_back", "angle_messages_back"),
    entry: "angle_messages_back",
    workgroup: 128,
    bindings: &[
        Parameters, Constant, Input, Input, Input, Input, Input, Output, Output,
    ],
};

/// From features of atoms to energies, moments and the derivative by the features; tiled.
pub const READOUT: Kernel = Kernel {
    name: "readout",
    source: source!("tile", "readout"),
    entry: "readout",
    workgroup: 128,
    bindings: &[Parameters, Constant, Input, Input, Output, Output],
};

/// Derivatives by lengths of short directed bonds out of sums over angles.
pub const SHORT_LENGTHS: Kernel = Kernel {
    name: "short_lengths",
    source: source!("short_lengths"),
    entry: "short_lengths",
    workgroup: 64,
    bindings: &[Parameters, Input, Input, Output],
};

/// Derivatives by lengths of short bonds through their first features.
pub const SHORT_FEATURES: Kernel = Kernel {
    name: "short_features",
    source: source!("short_features"),
    entry: "short_features",
    workgroup: 64,
    bindings: &[Parameters, Input, Input, Input, Output],
};

/// Derivatives by vectors of short directed bonds through their angles.
pub const SHORT_VECTORS: Kernel = Kernel {
    name: "short_vectors",
    source: source!("short_vectors"),
    entry: "short_vectors",
    workgroup: 64,
    bindings: &[Parameters, Input, Input, Input, Input, Input, Output],
};

/// Derivatives by vectors of directed bonds.
pub const BOND_VECTORS: Kernel = Kernel {
    name: "bond_vectors",
    source: source!("bond_vectors"),
    entry: "bond_vectors",
    workgroup: 64,
    bindings: &[Parameters, Input, Input, Input, Input, Input, Output],
};

/// Forces, and each atom's part of the derivative by strain.
pub const FORCES: Kernel = Kernel {
    name: "forces",
    source: source!("forces"),
    entry: "forces",
    workgroup: 64,
    bindings: &[Parameters, Input, Input, Input, Input, Output],
};
