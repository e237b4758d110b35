//! The `compute` room: the devices, and kernels that exist twice, for adapters (WGSL) and for the processor (Rust).
//!
//! - [`Device`] is what computing functions take: the processor, an adapter, or whichever was measured to be faster.
//! - [`Gpu`] is an opened adapter; [`RowKernel`] is what a kernel implements to be run there in chunks.
//! - [`gemm`]: kernels that belong to no one science.
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
mod rows;
mod trial;
pub mod twins;

pub use adapter::{Adapter, AdapterKind, AdapterLimits};
pub use choice::Choice;
pub use device::{Device, Verdict};
pub use error::ComputeError;
pub use gpu::Gpu;
pub use rows::RowKernel;
pub use trial::{Attempt, Trial};
