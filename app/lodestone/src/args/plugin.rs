//! The verbs of `lodestone plugin`.

use clap::Subcommand;

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
}

pub const FOLDERS: &str = "\
LODESTONE_PLUGINS names a folder of further components (*.wasm), each installed under its file's name.
LODESTONE_CACHE names the folder for compiled plugins, if not the user's cache folder.";
