//! The `screening` room: from a table of candidates to a ranking.
//!
//! [`screen`] takes a [`table::Table`] and a [`Request`] (plugins, objectives, constraints), and gives an [`Outcome`]: the
//! order of the candidates, their fronts, and every predicted property with its standard deviation and notes. A chunk of
//! the table is a batch of the plugins, so that the result does not depend on the number of threads.

mod chunk;
mod error;
mod outcome;
mod plan;
mod quantity;
mod request;
mod screen;
mod structures;

pub use error::ScreeningError;
pub use outcome::{Coverage, Outcome, PredictedProperty, Rejected};
pub use quantity::{Origin, Quantity, UnknownQuantity, find, label};
pub use request::{Request, Setting, SettingError};
pub use screen::screen;
pub use structures::{Candidate, Structures};
