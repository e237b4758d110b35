//! The room's tests, one binary.

mod degenerate;
mod peers;
mod pool;
