//! Opening the window.

use crate::app::App;
use std::path::PathBuf;
use workbench::Setup;

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    #[error(
        "there is no display here to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    )]
    NoDisplay,
    #[error("the window cannot be opened: {0}")]
    Window(String),
}

/// How the window opens.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Files that are opened at once.
    pub files: Vec<PathBuf>,
    /// Where what the window shows is written down, for scripts.
    pub state_dump: Option<PathBuf>,
}

/// Opens the workbench and returns when its window is closed.
///
/// # Errors
///
/// No display, or no graphics at all, not even by software.
pub fn open(setup: Setup, opening: Opening) -> Result<(), DesktopError> {
    if cfg!(target_os = "linux") && !has_display() {
        return Err(DesktopError::NoDisplay);
    }
    let viewport = egui::ViewportBuilder::default()
        .with_title("Lodestone")
        .with_app_id("lodestone")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([640.0, 420.0])
        .with_drag_and_drop(true);
    let options = eframe::NativeOptions {
        renderer: eframe::Renderer::Wgpu,
        viewport,
        ..eframe::NativeOptions::default()
    };
    let run = eframe::run_native(
        "lodestone",
        options,
        Box::new(move |cc| {
            let mut app = App::new(cc, setup);
            app.open_files(opening.files);
            if let Some(path) = opening.state_dump {
                app.dump_to(path);
            }
            Ok(Box::new(app))
        }),
    );
    run.map_err(|error| DesktopError::Window(without_places(&error.to_string())))
}

/// An error's text without the lines of source code that it came from, which libraries put into theirs: `os error at
/// /.../platform.rs:765: why` says no more than `why`.
fn without_places(text: &str) -> String {
    let Some((before, after)) = text.split_once("os error at ") else {
        return text.to_owned();
    };
    let why = after.split_once(".rs:").and_then(|(_, rest)| {
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.strip_prefix(": ")
    });
    match why {
        Some(why) => format!("{before}{why}"),
        None => text.to_owned(),
    }
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("DISPLAY") || set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_no_source_code() {
        let text =
            "winit EventLoopError: os error at /home/me/winit/src/linux/mod.rs:765: no display";
        assert_eq!(without_places(text), "winit EventLoopError: no display");
        assert_eq!(without_places("no adapter"), "no adapter");
    }
}
