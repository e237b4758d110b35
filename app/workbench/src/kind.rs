//! What a file is, by its name.

use crate::store::PROJECT_ENDING;
use crate::structure::is_structures;
use std::path::Path;

/// What opening a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Project,
    /// A component, which is added to the project.
    Plugin,
    /// A table, which is previewed.
    Table,
    /// A structure, several in one file, or a folder of them.
    Structures,
    /// A campaign.
    Campaign,
    /// Nothing here can open it.
    Unknown,
}

impl FileKind {
    /// What a file is.
    pub fn of(path: &Path) -> Self {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        match ending.to_lowercase().as_str() {
            PROJECT_ENDING => Self::Project,
            "wasm" => Self::Plugin,
            "lode" => Self::Campaign,
            "csv" | "tsv" | "tab" | "txt" | "parquet" | "pq" | "xlsx" => Self::Table,
            _ if is_structures(path) => Self::Structures,
            _ => Self::Unknown,
        }
    }
}
