//! What the room promises, against the original's numbers and physics.
mod fixtures;
mod physics;
mod refusals;
mod relaxation;
