//! What the room promises, against the original's numbers and physics.
mod defects;
mod fixtures;
mod gpu;
mod hull;
mod phases;
mod physics;
mod properties;
mod refusals;
mod relaxation;
mod surface;
