//! The `potential` room: a universal interatomic potential, CHGNet, without Python: energy, forces, stress and magnetic moments
//! of any crystal of the elements 1 to 94, and relaxation.
//!
//! - [`Potential`] is what is asked; [`Model`] names the weights that come with the program, their licence and their errors.
//! - Many structures at once may be computed on an adapter ([`Potential::on`]); [`TRIAL`] is what its speed is measured by.
//! - [`relax`](mod@relax) takes positions and cell to the nearest minimum; [`trajectory`] writes what it passed.
//! - [`hull`] says which mixture of phases is lowest, and how far above it a phase lies; [`phases`] are those that come with the
//!   program.
//! - [`elastic`](mod@elastic) strains a crystal; [`vacancy`] takes atoms out of it,
//!   [`surface`] cuts it in two, [`adsorption`] puts atoms and molecules on what was cut.
//! - [`assess`](mod@assess) is all of it for one structure; [`magnetism`] turns moments into magnetisation,
//!   [`insertion`] lets ions leave. [`trust`] says how far off
//!   they were found.
//!
//! Energies, forces and stress are those of the network exactly, to the rounding of its precision; how far the network is from
//! the calculations that it learned from is [`Model::typical_errors`], and how far those are from nature is another matter. One
//! set of weights knows one zero of energy: differences are taken within one.

pub mod adsorption;
pub mod assess;
mod basis;
mod device;
pub mod elastic;
mod error;
mod gpu;
mod graph;
pub mod hull;
pub mod insertion;
pub mod magnetism;
mod math;
mod model;
mod network;
pub mod phases;
pub mod relax;
mod scratch;
pub mod surface;
mod tile;
pub mod trajectory;
pub mod trust;
pub mod vacancy;
mod weights;

pub use device::TRIAL;
pub use error::PotentialError;
pub use graph::{ANGLE_REACH, Graph, LEAST_DISTANCE, REACH};
pub use model::{Energy, GPA, Model, Potential, Precision, Prediction, TypicalErrors};
