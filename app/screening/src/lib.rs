//! The `screening` room: from a table of candidates to a ranking.
//!
//! [`screen`] takes a [`table::Table`] and a [`Request`] (plugins, objectives, constraints), and gives an [`Outcome`]: the
//! order of the candidates, their fronts, and every predicted property with its standard deviation and notes. A chunk of
//! the table is a batch of the plugins, so that the result does not depend on the number of threads.
//!
//! [`TrainingRows`] is the way to a model: the rows of a table that one can learn from. A [`Model`] predicts beside plugins
//! in a [`Request`], or a table by itself ([`predict_table`]).

mod assessed;
pub mod bundled;
mod carried;
mod chunk;
mod columns;
mod error;
mod explain;
mod formulas;
mod model;
mod names;
mod needs;
mod outcome;
mod plan;
mod predictor;
mod quantity;
mod request;
mod screen;
mod structures;
mod training;
mod whole;

pub use assessed::citation;
pub use carried::{CarriedError, CarriedInputs, CarriedModel, carried_columns, carried_models};
pub use error::ScreeningError;
pub use explain::explain_row;
pub use model::{Model, ModelError, Sha256Reader, sha256_of, sha256_of_file};
pub use outcome::{Coverage, Outcome, PredictedProperty, Rejected};
pub use quantity::{Origin, Quantity, UnknownQuantity, find, label};
pub use request::{Request, Setting, SettingError};
pub use screen::screen;
pub use structures::{Candidate, Structures};
pub use training::{GroupBy, TrainingInputs, TrainingRequest, TrainingRows};
pub use whole::{ExplainedRows, PredictedRows, explain_table, predict_table};
