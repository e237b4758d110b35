//! The room's tests, one binary.

mod device;
mod kernels;
