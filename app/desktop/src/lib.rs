//! The `desktop` room: the workbench's window.
//!
//! A panel is one file with one function `NAME_ui(ui, &State) -> Vec<Command>`: it draws what the state says and returns
//! what the user asked for. No panel knows another, and none changes the state. [`App`] hands the commands to the
//! [`workbench::Workbench`], and asks for a file's name where a command came without one.

mod app;
mod bar;
mod device;
mod dialogs;
mod dropping;
mod dump;
mod fonts;
mod layout;
mod look;
mod numbers;
mod palette;
mod panels;
mod start;
mod texts;
mod window;

pub use app::App;
pub use fonts::FONTS;
pub use texts::{Text, Words};
pub use window::{DesktopError, Opening, open};
