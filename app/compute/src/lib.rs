//! The `compute` room: the devices, and kernels that exist twice, for adapters (WGSL) and for the processor (Rust).
//!
//! - [`Device`] is what computing functions take: the processor, an adapter, or whichever was measured to be faster.
//! - [`Gpu`] is an opened adapter; [`RowKernel`] is what a kernel implements to be run there in chunks; [`Series`] runs many
//!   kernels on data that stays there.
//! - [`gemm`](mod@gemm), [`top_k`](mod@top_k), [`Trees`], [`Mlp`]: kernels that belong to no one science; [`lanes`] and [`math`] are what
//!   they and others are made of on the processor.
//!
//! Work goes to one submission after the other, in chunks of about 50 ms, from whatever thread asks; none of it is for a
//! window's thread. An adapter that fails costs no result: the stage is done again on the processor.

mod adapter;
mod calibration;
mod choice;
mod device;
mod error;
pub mod gemm;
mod gpu;
pub mod lanes;
pub mod math;
pub mod mlp;
mod rows;
mod series;
pub mod top_k;
pub mod trees;
mod trial;
pub mod twins;

pub use adapter::{Adapter, AdapterKind, AdapterLimits};
pub use calibration::cache_folder;
pub use choice::Choice;
pub use device::{Device, Place, Verdict};
pub use error::ComputeError;
pub use gpu::Gpu;
pub use mlp::{Activation, Layer, Mlp};
pub use rows::RowKernel;
pub use series::{Series, Slab};
pub use top_k::top_k;
pub use trees::Trees;
pub use trial::{Attempt, Trial};

/// Measures of every kernel of this room.
pub const TRIALS: [Trial; 4] = [gemm::TRIAL, top_k::TRIAL, trees::TRIAL, mlp::TRIAL];

/// How many rows a block has; an error if that is no whole number.
fn whole_rows(values: usize, width: usize) -> Result<usize, ComputeError> {
    if width > 0 && values.is_multiple_of(width) {
        Ok(values / width)
    } else {
        Err(ComputeError::Length {
            what: "a block of rows",
            found: values,
            expected: values.checked_div(width).unwrap_or(0) * width,
        })
    }
}
