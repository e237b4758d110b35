//! What the room promises, against the original's numbers and physics.
mod fixtures;
mod gpu;
mod hull;
mod physics;
mod refusals;
mod relaxation;
