//! The verbs of `lodestone plugin`.

use super::authoring::{DoctorArgs, NewArgs};
use super::publishing::{
    INSTALL_EXAMPLE, InstallArgs, KEYGEN_EXAMPLE, KeygenArgs, PUBLISH_EXAMPLE, PublishArgs,
    RemoveArgs, SIGN_EXAMPLE, SignArgs, TRUST_EXAMPLE, TrustArgs, UPDATE_EXAMPLE, UpdateArgs,
};
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum PluginCommand {
    /// The installed plugins, a line each; with --available, the plugins of a registry
    List {
        /// Show what this registry has instead, what fits this program and what is installed
        #[arg(long, value_name = "FOLDER-OR-URL")]
        available: Option<String>,
        /// Machine-readable
        #[arg(long)]
        json: bool,
    },
    /// All that a plugin says of itself: properties with unit, method, source, validity; parameters; inputs
    Info {
        /// An installed plugin's id, or a component file
        #[arg(value_name = "ID-OR-FILE")]
        plugin: String,
        /// Machine-readable
        #[arg(long)]
        json: bool,
    },
    /// Tries a plugin on random and hostile candidates and prints what its author must fix
    Check {
        /// An installed plugin's id, or a component file
        #[arg(value_name = "ID-OR-FILE")]
        plugin: String,
        /// Machine-readable
        #[arg(long)]
        json: bool,
    },
    /// Writes the project of a new plugin, complete with the SDK: it builds, predicts and passes its cases as it is
    New(NewArgs),
    /// Says what this machine lacks to build plugins in each language, and the command that mends it
    Doctor(DoctorArgs),
    /// Builds a project's component with its language's tool and has the sandbox read it
    Build {
        /// The project's folder
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Runs a project's cases (tests/*.csv) through the sandbox, building first where a source is newer
    Test {
        /// The project's folder
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Machine-readable
        #[arg(long)]
        json: bool,
    },
    /// Builds and runs the cases again whenever a file of the project changes, until Ctrl-C
    Watch {
        /// The project's folder
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Makes a key pair to sign plugins with
    #[command(after_help = KEYGEN_EXAMPLE)]
    Keygen(KeygenArgs),
    /// Signs a plugin with your key
    #[command(after_help = SIGN_EXAMPLE)]
    Sign(SignArgs),
    /// Trusts a key: what its owner signed may be installed
    #[command(after_help = TRUST_EXAMPLE)]
    Trust(TrustArgs),
    /// Installs a plugin from a file or a registry, after verifying who signed it
    #[command(after_help = INSTALL_EXAMPLE)]
    Install(InstallArgs),
    /// Removes an installed plugin
    Remove(RemoveArgs),
    /// Installs newer versions of installed plugins from where they came
    #[command(after_help = UPDATE_EXAMPLE)]
    Update(UpdateArgs),
    /// Adds a plugin to a registry: a folder with a signed index, for any web server to serve
    #[command(after_help = PUBLISH_EXAMPLE)]
    Publish(PublishArgs),
}

pub const FOLDERS: &str = "\
LODESTONE_PLUGINS names a folder of further components (*.wasm), each installed under its file's name.
LODESTONE_HOME names the folder of keys and installed plugins, if not lodestone in the user's data folder.
LODESTONE_CACHE names the folder for compiled plugins, if not the user's cache folder.";
