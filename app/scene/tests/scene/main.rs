//! Scenes against closed forms.

mod camera;
mod geometry;
mod moments;
mod pictures;
mod structures;
