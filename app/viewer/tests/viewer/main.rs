//! The painter against closed forms, and the structure view as a person uses it.

mod painter;
#[allow(dead_code)] // shared with the tests of scenes, which use all of them
#[path = "../../../scene/tests/scene/structures.rs"]
mod structures;
mod view;
