//! Opening the window.

use crate::app::App;
use crate::device::software_adapter;
use egui_wgpu::WgpuSetup;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
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
    #[error(
        "the graphics device was lost again and again ({0}); what was not saved is kept, and offered when the window opens \
         next time; restart the computer, or its graphics driver"
    )]
    DeviceLost(String),
}

/// How the window opens.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// Files that are opened at once.
    pub files: Vec<PathBuf>,
    /// Where what the window shows is written down, for scripts.
    pub state_dump: Option<PathBuf>,
    /// The window's device is lost when this file appears, for scripts.
    pub lose_device: Option<PathBuf>,
}

/// A device that lives shorter than this is not tried a second time.
const SHORT_LIFE: Duration = Duration::from_secs(60);

/// What eframe is given: the app itself stays with [`open`].
struct Pane(Rc<RefCell<App>>);

impl eframe::App for Pane {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        self.0.borrow_mut().logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.0.borrow_mut().ui(ui, frame);
    }

    fn on_exit(&mut self) {
        self.0.borrow_mut().on_exit();
    }
}

/// Opens the workbench and returns when its window is closed. Where the window's device is lost, another window opens with
/// all that the first one showed; where that goes wrong soon, too, a software adapter draws.
///
/// # Errors
///
/// No display, or no graphics at all, not even by software.
pub fn open(setup: Setup, opening: Opening) -> Result<(), DesktopError> {
    if cfg!(target_os = "linux") && !has_display() {
        return Err(DesktopError::NoDisplay);
    }
    let app: RefCell<Option<Rc<RefCell<App>>>> = RefCell::default();
    let mut software = false;
    loop {
        let opened = Instant::now();
        let ran = catch_unwind(AssertUnwindSafe(|| {
            eframe::run_native(
                "lodestone",
                options(software),
                Box::new(|cc| Ok(Box::new(Pane(shown(&app, &setup, &opening, cc))))),
            )
        }));
        let lost = app
            .borrow()
            .as_ref()
            .and_then(|app| app.borrow().lost_device());
        match (ran, lost) {
            // A window may break down over its lost device.
            (Err(panic), None) => resume_unwind(panic),
            (_, Some(why)) if software => return Err(DesktopError::DeviceLost(why)),
            (_, Some(_)) => software = opened.elapsed() < SHORT_LIFE,
            (Ok(ran), None) => {
                return ran
                    .map_err(|error| DesktopError::Window(without_places(&error.to_string())));
            }
        }
    }
}

/// The app in a new window: made for the first one, and taken over by the others.
fn shown(
    app: &RefCell<Option<Rc<RefCell<App>>>>,
    setup: &Setup,
    opening: &Opening,
    cc: &eframe::CreationContext<'_>,
) -> Rc<RefCell<App>> {
    if let Some(known) = &*app.borrow() {
        known.borrow_mut().attach(cc);
        return known.clone();
    }
    let mut new = App::new(cc, setup.clone());
    new.open_files(opening.files.clone());
    if let Some(path) = &opening.state_dump {
        new.dump_to(path.clone());
    }
    if let Some(path) = &opening.lose_device {
        new.lose_device_by(path.clone());
    }
    let new = Rc::new(RefCell::new(new));
    *app.borrow_mut() = Some(new.clone());
    new
}

fn options(software: bool) -> eframe::NativeOptions {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Lodestone")
        .with_app_id("lodestone")
        .with_inner_size([1440.0, 900.0])
        .with_min_inner_size([640.0, 420.0])
        .with_drag_and_drop(true);
    let mut options = eframe::NativeOptions {
        renderer: eframe::Renderer::Wgpu,
        viewport,
        ..eframe::NativeOptions::default()
    };
    if software && let WgpuSetup::CreateNew(new) = &mut options.wgpu_options.wgpu_setup {
        new.native_adapter_selector = Some(Arc::new(software_adapter));
    }
    options
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
