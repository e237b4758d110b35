//! The room's tests, one binary.

mod degenerate;
mod folds;
mod forest;
mod kinds;

mod model;
mod peers;
mod pool;
