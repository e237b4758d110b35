//! The workbench without a window: commands in, state out.

mod campaigns;
mod commands;
mod generated;
mod hulls;
mod import;
mod keeping;
mod looking;
mod models;
mod outputs;
mod plugins;
mod relaxation;
mod structures;

use plugin_host::{Compiler, Host, HostOptions, Limits};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use workbench::shelf::{Home, Shelf, Shipped, WebOptions};
use workbench::{Command, Folders, Setup, Workbench};

/// The built components, as the program carries them, and the places of a user whose home is `home`.
pub fn shelf(home: Option<&Path>) -> Shelf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/dist");
    let shipped = ["battery", "catalyst", "magnet"].map(|id| Shipped {
        id,
        bytes: std::fs::read(folder.join(id).with_extension("wasm"))
            .expect("a built component")
            .into(),
    });
    Shelf::new(
        shipped.into(),
        home.map(Home::new),
        None,
        WebOptions::default(),
    )
}

pub fn host() -> Result<Host, String> {
    Host::new(HostOptions {
        limits: Limits::default(),
        cache_dir: Some(std::env::temp_dir().join("lodestone-workbench-tests")),
        compiler: Compiler::InProcess,
    })
}

/// A workbench that keeps its own files in `folder`.
pub fn workbench_in(folder: Option<&Path>) -> Workbench {
    let mut workbench = starting_in(folder);
    settle(&mut workbench);
    workbench
}

/// The same, while it loads its plugins.
pub fn starting_in(folder: Option<&Path>) -> Workbench {
    Workbench::new(Setup {
        host: Arc::new(host),
        shelf: shelf(folder.map(|f| f.join("home")).as_deref()),
        folders: Folders {
            config: folder.map(Path::to_path_buf),
            state: folder.map(Path::to_path_buf),
        },
        fonts: Vec::new(),
        wake: Arc::new(|| {}),
    })
}

/// Waits for what is under way.
pub fn settle(workbench: &mut Workbench) {
    assert!(
        workbench.wait(Duration::from_secs(300)),
        "work goes on and on"
    );
}

/// Does a command and waits for what follows from it.
pub fn apply(workbench: &mut Workbench, command: Command) {
    workbench.apply(command);
    settle(workbench);
}

/// The errors that were told.
pub fn errors(workbench: &Workbench) -> Vec<String> {
    let log = workbench.state().log.iter();
    let errors = log.filter(|line| line.level == workbench::LogLevel::Error);
    errors.map(|line| line.text.clone()).collect()
}
