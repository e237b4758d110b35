//! The structure of a candidate: from a file of structures that was opened, or from the file that its row names.

use crate::project::ProjectSource;
use crate::results::{ColumnKind, Results};
use crystal::Structure;
use crystal::format::{Format, read_file};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Headers of columns that name files of structures; compared without case, spaces and `_`.
const NAMES: [&str; 6] = [
    "structure",
    "structurefile",
    "cif",
    "poscar",
    "file",
    "path",
];

/// The structures of a file that was opened as the table of candidates, one a row.
pub(crate) type Structures = Arc<Vec<Arc<Structure>>>;

/// The structure of the candidate that is selected first.
#[derive(Clone, Debug)]
pub struct SelectedStructure {
    pub row: u32,
    /// `None`: this candidate has none. `Err`: its file cannot be read.
    pub structure: Option<Result<Arc<Structure>, String>>,
}

/// Whether a file is opened as a list of structures.
pub(crate) fn is_structure_file(path: &Path) -> bool {
    Format::from_path(path).is_some()
}

/// The file of a row's structure, where the table names one.
pub(crate) fn file_of(results: &Results, source: &ProjectSource, row: u32) -> Option<PathBuf> {
    let wanted = |name: &str| {
        let plain: String = name
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '_')
            .flat_map(char::to_lowercase)
            .collect();
        NAMES.contains(&plain.as_str())
    };
    let named = results.columns().iter().filter(|column| {
        matches!(column.kind, ColumnKind::Input(_)) && !column.is_number && wanted(&column.name)
    });
    let texts = named.filter_map(|column| results.text(column, row));
    let mut paths = texts.map(|text| PathBuf::from(text.trim()));
    let path = paths.find(|path| is_structure_file(path))?;
    match source {
        // Relative to the table, as for plugins and projects.
        ProjectSource::File(table) => Some(table.parent().unwrap_or(Path::new("")).join(path)),
        ProjectSource::Challenge(_) => None,
    }
}

/// Reads the first structure of a file.
pub(crate) fn read(path: &Path) -> Result<Arc<Structure>, String> {
    let structures = read_file(path).map_err(|error| error.to_string())?;
    let first = structures.into_iter().next();
    first
        .map(Arc::new)
        .ok_or_else(|| format!("{}: the file holds no structure", path.display()))
}

/// A file of structures as a table of candidates, in the form of CSV: a row each.
pub(crate) fn as_csv(structures: &[Arc<Structure>]) -> String {
    let mut text = "formula,title,sites,volume_per_atom [A3],density [g/cm3]\n".to_owned();
    for structure in structures {
        let title = structure
            .title
            .replace('"', "\"\"")
            .replace(['\n', '\r'], " ");
        text.push_str(&format!(
            "{},\"{title}\",{},{:.4},{:.4}\n",
            structure.formula(),
            structure.sites.len(),
            structure.volume_per_atom(),
            structure.density()
        ));
    }
    text
}
