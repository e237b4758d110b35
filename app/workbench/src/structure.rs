//! The structure of a candidate: from the file that its row names.

use crate::crystals;
use crate::error::WorkbenchError;
use crate::project::ProjectSource;
use crate::state::{State, TaskKind};
use crystal::Structure;
use crystal::format::{Format, read_file};
use job::Job;
use screening::Structures;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use table::{ReadOptions, Table};

/// The structure of the candidate that is selected first.
#[derive(Clone, Debug)]
pub struct SelectedStructure {
    pub row: u32,
    /// `None`: this candidate has none. `Err`: its file cannot be read.
    pub structure: Option<Result<Arc<Structure>, String>>,
    /// A number that no other structure has in this session.
    pub series: u64,
}

impl State {
    /// Whether the structure of the selected candidate is still being read; until then that of another stands in its place.
    pub fn awaits_structure(&self) -> bool {
        let wanted = self.project.selection.first();
        let there = self.structure.as_ref().map(|s| &s.row);
        self.is_busy(TaskKind::Structure) && there != wanted
    }
}

/// Whether a path is opened as structures: a file of them, or a folder.
pub(crate) fn is_structures(path: &Path) -> bool {
    Format::from_path(path).is_some() || path.is_dir()
}

/// The folder that paths in the table of a project count from.
pub(crate) fn folder_of(source: &ProjectSource) -> Option<PathBuf> {
    match source {
        ProjectSource::File(path) if path.is_dir() => Some(path.clone()),
        ProjectSource::File(path) => Some(path.parent().unwrap_or(Path::new("")).to_path_buf()),
        ProjectSource::Challenge(_) | ProjectSource::Crystals(_) => None,
    }
}

/// Where the structure of a row is.
pub(crate) enum Place {
    /// A file, and which of the structures in it, from 0.
    File(PathBuf, usize),
    /// A CIF file that the program carries.
    Carried(String),
}

/// Where the structure of a row is; `None` where it has none.
pub(crate) fn place_of(table: &Table, source: &ProjectSource, row: u32) -> Option<Place> {
    let text = table.text(Structures::find_column(table)?, row as usize);
    if let ProjectSource::Crystals(_) = source {
        return Some(Place::Carried(text.trim().to_owned()));
    }
    let (name, number) = match text.trim().rsplit_once('#') {
        Some((name, number)) => (name, number.parse::<usize>().ok()?.checked_sub(1)?),
        None => (text.trim(), 0),
    };
    let path = folder_of(source)?.join(name);
    Format::from_path(&path)?;
    Some(Place::File(path, number))
}

impl Place {
    /// Reads the structure.
    pub fn read(&self) -> Result<Arc<Structure>, String> {
        let (path, number) = match self {
            Self::File(path, number) => (path, *number),
            Self::Carried(file) => return crystals::structure(file),
        };
        let structures = read_file(path).map_err(|error| error.to_string())?;
        let wanted = structures.into_iter().nth(number);
        wanted.map(Arc::new).ok_or_else(|| {
            let number = number + 1;
            format!("{}: the file holds no structure {number}", path.display())
        })
    }
}

/// A folder or a file of structures as a table of candidates, and how many states of one structure they are, where they are.
pub(crate) fn read_table(
    path: &Path,
    job: &Job,
) -> Result<(Table, Structures, Option<usize>), WorkbenchError> {
    if path.is_dir() {
        let (table, structures) = Structures::of_folder(path, job)?;
        return Ok((table, structures, None));
    }
    let structures = read_file(path)?;
    let frames = frames(path, &structures);
    let text = as_csv(path, &structures);
    let (name, options) = (path.display().to_string(), ReadOptions::default());
    let table = Table::read_text(text.as_bytes(), &name, &options, job)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let column = table.find_column("structure")?;
    let structures = Structures::read(&table, column, folder, job)?;
    Ok((table, structures, frames))
}

/// How many frames a file of one structure has: several, of the same elements in the same order.
fn frames(path: &Path, structures: &[Structure]) -> Option<usize> {
    let elements = |structure: &Structure| -> Vec<_> {
        let sites = structure.sites.iter();
        sites.map(|site| site.main_element()).collect()
    };
    let first = elements(structures.first()?);
    let is_trajectory = Format::from_path(path) == Some(Format::ExtXyz)
        && structures.len() > 1
        && structures.iter().all(|s| elements(s) == first);
    is_trajectory.then_some(structures.len())
}

/// The structures of a file in the form of CSV, a row each.
fn as_csv(path: &Path, structures: &[Structure]) -> String {
    let quoted = |text: &str| text.replace('"', "\"\"").replace(['\n', '\r'], " ");
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let mut text =
        "formula,title,sites,volume_per_atom [A3],density [g/cm3],structure\n".to_owned();
    for (index, structure) in structures.iter().enumerate() {
        text.push_str(&format!(
            "{},\"{}\",{},{:.4},{:.4},\"{}#{}\"\n",
            structure.formula(),
            quoted(&structure.title),
            structure.sites.len(),
            structure.volume_per_atom(),
            structure.density(),
            quoted(&file),
            index + 1
        ));
    }
    text
}
