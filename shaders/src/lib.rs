//! WGSL sources and the names of their entry points. One module for each room that draws or computes.

pub mod compute;
pub mod descriptor;
mod kernel;
pub mod potential;
pub mod surrogate;

pub use kernel::{Binding, Kernel};

/// Every compute kernel.
pub const KERNELS: [&Kernel; 21] = [
    &compute::GEMM,
    &compute::TOP_K,
    &compute::TREES,
    &compute::MLP,
    &descriptor::MAGPIE,
    &surrogate::POSTERIOR,
    &potential::RADIAL,
    &potential::ANGLES,
    &potential::ANGLES_BACK,
    &potential::PRODUCT,
    &potential::SEGMENTS,
    &potential::BOND_MESSAGES,
    &potential::BOND_MESSAGES_BACK,
    &potential::ANGLE_MESSAGES,
    &potential::ANGLE_MESSAGES_BACK,
    &potential::READOUT,
    &potential::SHORT_LENGTHS,
    &potential::SHORT_FEATURES,
    &potential::SHORT_VECTORS,
    &potential::BOND_VECTORS,
    &potential::FORCES,
];

/// The structure view. Each source but [`BLEND`](structure::BLEND) is complete with [`FRAME`](structure::FRAME) before it:
/// that is what [`with_frame`](structure::with_frame) makes.
pub mod structure {
    /// Shared declarations: the uniform of a frame (group 0, binding 0), lines of sight, light, depth cueing.
    pub const FRAME: &str = include_str!("../structure/frame.wgsl");
    /// Spheres and rings. Entry points `sphere_corner`, `sphere_pixel`, `halo_pixel`; looks are texture 1 of group 0:
    /// [`SECTORS`] texels a look, [`LOOKS_A_ROW`] looks a row, alpha the part of the circle up to the sector's end.
    pub const SPHERE: &str = include_str!("../structure/sphere.wgsl");
    /// Bonds. Entry points `bond_corner`, `bond_pixel`.
    pub const BOND: &str = include_str!("../structure/bond.wgsl");
    /// Arrows. Entry points `arrow_corner`, `arrow_pixel`.
    pub const ARROW: &str = include_str!("../structure/arrow.wgsl");
    /// Lines. Entry points `line_corner`, `line_pixel`.
    pub const LINE: &str = include_str!("../structure/line.wgsl");
    /// Translucent faces. Entry points `face_corner`, `face_pixel`.
    pub const FACE: &str = include_str!("../structure/face.wgsl");
    /// Passes over the whole picture. Entry points `whole`, `lay_over`, `show_picture`, `show_picture_linear`.
    pub const BLEND: &str = include_str!("../structure/blend.wgsl");
    /// Sectors that a sphere has at most.
    pub const SECTORS: usize = 16;
    /// Looks in a row of the texture of looks.
    pub const LOOKS_A_ROW: usize = 64;

    /// A source with the shared declarations before it.
    pub fn with_frame(source: &str) -> String {
        format!("{FRAME}\n{source}")
    }
}
