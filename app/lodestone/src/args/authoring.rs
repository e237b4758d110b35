//! The verbs of `lodestone plugin` that help to write one.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
