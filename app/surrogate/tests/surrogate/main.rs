//! The room's tests, one binary.

mod degenerate;
mod folds;
mod forest;
mod model;
mod peers;
mod pool;
