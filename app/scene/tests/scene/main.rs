//! Scenes against closed forms.

mod camera;
mod geometry;
mod painter;
mod pictures;
mod structures;
