//! The `potential` room.

mod basis;
mod error;
mod graph;
mod math;
mod model;
mod network;
mod tile;
mod weights;

pub use error::PotentialError;
pub use graph::{ANGLE_REACH, Graph, LEAST_DISTANCE, REACH};
pub use model::{Energy, GPA, Model, Potential, Precision, Prediction, TypicalErrors};
