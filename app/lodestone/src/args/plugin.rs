//! The verbs of `lodestone plugin`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum PluginCommand {
    /// The installed plugins, a line each
    List {
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
}

#[derive(Args)]
pub struct NewArgs {
    /// The plugin's name: lower-case letters, digits and underscores
    #[arg(required_unless_present = "refresh_sdk")]
    pub name: Option<String>,
    /// The language to write it in
    #[arg(long = "lang", value_enum, default_value = "rust")]
    pub language: PluginLanguage,
    /// The project's folder, if not ./NAME
    #[arg(long, value_name = "FOLDER")]
    pub into: Option<PathBuf>,
    /// Instead renews the SDK of the project in FOLDER, after an update of this program
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["name", "language", "into"])]
    pub refresh_sdk: Option<PathBuf>,
}

#[derive(Args)]
pub struct DoctorArgs {
    /// Only this language; the exit status then tells whether it is ready. Default: that of the project in this folder,
    /// else all
    #[arg(long = "lang", value_enum)]
    pub language: Option<PluginLanguage>,
    /// Machine-readable
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PluginLanguage {
    Rust,
    Python,
    Javascript,
}

impl From<PluginLanguage> for authoring::Language {
    fn from(language: PluginLanguage) -> Self {
        match language {
            PluginLanguage::Rust => Self::Rust,
            PluginLanguage::Python => Self::Python,
            PluginLanguage::Javascript => Self::Javascript,
        }
    }
}

pub const FOLDERS: &str = "\
LODESTONE_PLUGINS names a folder of further components (*.wasm), each installed under its file's name.
LODESTONE_CACHE names the folder for compiled plugins, if not the user's cache folder.";
