//! `lodestone` without a subcommand: the workbench in a window.

use crate::{Failure, plugins};
use anyhow::anyhow;
use desktop::{DesktopError, Opening};
use std::path::PathBuf;
use std::sync::Arc;
use workbench::{Folders, Setup};

/// A file in which the window writes down what it shows, for scripts that drive it.
const DUMP_VARIABLE: &str = "LODESTONE_STATE_DUMP";

/// A file at whose appearance the window's device is lost, for scripts that see what comes of it.
const LOSE_VARIABLE: &str = "LODESTONE_LOSE_DEVICE";

/// Opens the window and returns when it is closed.
pub fn run() -> Result<(), Failure> {
    let setup = Setup {
        host: Arc::new(|| plugins::host().map_err(|error| format!("{error:#}"))),
        shelf: plugins::shelf().clone(),
        folders: folders(),
        fonts: Vec::new(),
        wake: Arc::new(|| {}),
    };
    let opening = Opening {
        state_dump: std::env::var_os(DUMP_VARIABLE).map(PathBuf::from),
        lose_device: std::env::var_os(LOSE_VARIABLE).map(PathBuf::from),
        ..Opening::default()
    };
    match desktop::open(setup, opening) {
        Ok(()) => Ok(()),
        Err(error @ DesktopError::NoDisplay) => Err(Failure::Failed(anyhow!(
            "{error}; without one, use the commands: `lodestone rank candidates.csv` ranks candidates, \
             `lodestone help` lists all of them"
        ))),
        Err(error) => Err(Failure::Failed(anyhow!(
            "{error}; the commands work without a window: `lodestone help` lists them"
        ))),
    }
}

/// Where the window keeps preferences and unsaved work: the places that each system means for them.
fn folders() -> Folders {
    let variable = |name: &str| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty());
        value.map(PathBuf::from)
    };
    // A relative one is to be ignored, say the rules of these variables.
    let xdg = |name: &str| variable(name).filter(|path| path.is_absolute());
    let home = |inner: &str| variable("HOME").map(|home| home.join(inner));
    let (config, state) = if cfg!(windows) {
        (variable("APPDATA"), variable("LOCALAPPDATA"))
    } else if cfg!(target_os = "macos") {
        let support = home("Library/Application Support");
        (support.clone(), support)
    } else {
        (
            xdg("XDG_CONFIG_HOME").or_else(|| home(".config")),
            xdg("XDG_STATE_HOME").or_else(|| home(".local/state")),
        )
    };
    Folders {
        config: config.map(|folder| folder.join("lodestone")),
        state: state.map(|folder| folder.join("lodestone")),
    }
}
