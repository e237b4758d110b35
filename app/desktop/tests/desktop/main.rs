//! The window as a person uses it: driven by the names of its widgets, drawn by wgpu.

mod campaign;
mod device;
mod dropping;
mod habits;
mod hulls;
mod models;
mod panels;
mod parallel;
mod plugins;
mod relaxation;
mod start;

use desktop::App;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use plugin_host::{Compiler, Host, HostOptions, Limits};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use workbench::shelf::{Home, Shelf, Shipped, WebOptions};
use workbench::{Challenge, Command, Folders, Setup, State};

/// A window of its own for one test.
pub struct Window {
    pub harness: Harness<'static, App>,
}

/// The built components, as the program carries them, and the places of a user whose home is `home`.
fn shelf(home: Option<&Path>) -> Shelf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/dist");
    let shipped = ["battery", "catalyst", "magnet"].map(|id| Shipped {
        id,
        bytes: std::fs::read(folder.join(id).with_extension("wasm"))
            .expect("a built component")
            .into(),
    });
    let home = home.map(Home::new);
    Shelf::new(shipped.into(), home, None, WebOptions::default())
}

/// A user's own files, all in one folder.
pub fn folders_in(folder: &Path) -> Folders {
    Folders {
        config: Some(folder.to_path_buf()),
        state: Some(folder.to_path_buf()),
    }
}

pub fn setup(folders: Folders) -> Setup {
    let cache = std::env::temp_dir().join("lodestone-desktop-tests");
    Setup {
        host: Arc::new(move || {
            Host::new(HostOptions {
                limits: Limits::default(),
                cache_dir: Some(cache.clone()),
                compiler: Compiler::InProcess,
            })
        }),
        shelf: shelf(folders.state.as_ref().map(|f| f.join("home")).as_deref()),
        folders,
        fonts: Vec::new(),
        wake: Arc::new(|| {}),
    }
}

impl Window {
    /// A window that keeps its own files in `folders`.
    pub fn open(folders: Folders) -> Self {
        let setup = setup(folders);
        let harness = Harness::builder()
            .with_size([1440.0, 900.0])
            .with_theme(egui::Theme::Light)
            .with_max_steps(64)
            .wgpu()
            .build_eframe(move |cc| App::new(cc, setup));
        let mut window = Self { harness };
        window.harness.run_steps(2);
        window
    }

    /// A light one, whose colours tests know, that keeps nothing.
    pub fn light() -> Self {
        let mut window = Self::open(Folders::default());
        let theme = workbench::Theme::Light;
        window.apply(Command::SetTheme { theme });
        window
    }

    /// The same, with a table of candidates.
    pub fn with_table(path: PathBuf) -> Self {
        let mut window = Self::light();
        window.apply(Command::ImportTable {
            path,
            formula_column: None,
        });
        window
    }

    /// With a challenge open and ranked.
    pub fn with(challenge: Challenge) -> Self {
        let mut window = Self::open(Folders::default());
        window.apply(Command::OpenChallenge { challenge });
        window
    }

    /// Does a command as the panels would, and waits for what follows from it.
    pub fn apply(&mut self, command: Command) {
        self.harness.state_mut().workbench().apply(command);
        self.settle();
    }

    pub fn state(&self) -> &State {
        self.harness.state().state()
    }

    /// Draws until no work is under way.
    pub fn settle(&mut self) {
        let until = Instant::now() + Duration::from_secs(300);
        loop {
            self.harness.run_steps(2);
            if self.state().tasks.is_empty() {
                break;
            }
            assert!(Instant::now() < until, "{:?}", self.state().tasks);
            std::thread::sleep(Duration::from_millis(10));
        }
        self.harness.run_steps(3);
    }

    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run_steps(2);
    }

    /// Writes into the field of a name.
    pub fn type_into(&mut self, name: &str, text: &str) {
        let field = egui::accesskit::Role::TextInput;
        let harness = &mut self.harness;
        harness.get_by_role_and_label(field, name).scroll_to_me();
        harness.run_steps(3);
        harness.get_by_role_and_label(field, name).click();
        harness.run_steps(2);
        harness.get_by_role_and_label(field, name).type_text(text);
        harness.run_steps(2);
    }

    /// The row of a formula in the table of candidates.
    pub fn row(&self, formula: &str) -> egui_kittest::Node<'_> {
        let start = format!("{formula}, ");
        self.harness.get_by(move |node| {
            let label = node.label().unwrap_or_default();
            node.role() == egui::accesskit::Role::Row && label.starts_with(&start)
        })
    }

    /// Keeps a picture of the window where LODESTONE_SCREENSHOTS names a folder.
    pub fn picture(&mut self, name: &str) -> image::RgbaImage {
        let picture = self.harness.render().expect("wgpu draws the window");
        if let Some(folder) = std::env::var_os("LODESTONE_SCREENSHOTS").map(PathBuf::from) {
            std::fs::create_dir_all(&folder).unwrap();
            picture
                .save(folder.join(name).with_extension("png"))
                .unwrap();
        }
        picture
    }
}
