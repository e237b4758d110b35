//! Scenes against closed forms.

mod camera;
mod geometry;
mod structures;
