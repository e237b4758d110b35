//! Scenes against closed forms.

mod camera;
mod geometry;
mod pictures;
mod structures;
