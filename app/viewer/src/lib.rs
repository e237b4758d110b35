//! Structures on the screen and in pictures.
//!
//! - [`structure_ui`] is the structure view of a window: it draws a [`crystal::Structure`] in a [`scene::Style`], lets a
//!   person turn, pick and measure, and gives back what was asked for.
//! - [`PictureJob`] makes a PNG of any size or an SVG, on any thread, without a window.
//! - [`painter`] draws a [`scene::Scene`] on a graphics device; [`picture`] reads it back.

mod controls;
mod export;
mod model;
pub mod painter;
pub mod picture;
mod screen;
mod symmetry;
mod texts;
mod view;

pub use export::{ExportError, PictureFormat, PictureJob, PictureRequest, encode};
pub use screen::install;
pub use texts::Text;
pub use view::{Change, Shown, structure_ui};
pub use words::Language;
