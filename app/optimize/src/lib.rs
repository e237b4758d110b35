//! The `optimize` room: what the user wants of the candidates, and which candidates give it.
//!
//! - [`Objective`]: maximize, minimize or target a property; read from `max:PROP`, `min:PROP`, `target:PROP=VALUE`.
//! - [`Constraint`]: which candidates are wanted at all; read from `battery.average_voltage > 3 and not has Co`.
//! - [`front_numbers`], [`crowding_distances`]: non-dominated sorting and the room a candidate has on its front.
//! - [`rank`]: the order of the candidates, with the probability that each is on the first front.
//! - [`space`]: which candidates there can be where no table lists them; from TOML or from a pool's columns.
//! - [`Sobol`]: points that fill the unit cube evenly, scrambled by a seed.
//! - [`suggest`](mod@suggest): what to measure next: acquisition functions over pools of candidates.
//!
//! Everything runs over columns. The same input, seed and build give the same bytes for any number of threads.

mod constraint;
mod crowding;
mod divide;
mod draws;
mod error;
mod front;
mod objective;
mod probability;
mod rank;
mod shadow;
mod sobol;
pub mod space;
pub mod suggest;
mod token;

pub use constraint::{Constraint, Verdict};
pub use crowding::crowding_distances;
pub use error::{ParseError, Subject};
pub use front::front_numbers;
pub use objective::{Direction, Objective, suggest_nearest};
pub use rank::{ObjectiveColumn, RankOptions, Ranking, rank};
pub use sobol::{Sobol, TooManyDimensions};
