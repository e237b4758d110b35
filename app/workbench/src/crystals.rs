//! Well-known crystals that the program carries, to look at and to rank; `datasets/SOURCES.md` says where each is from.

use crate::error::WorkbenchError;
use crystal::Structure;
use crystal::format::{Format, read};
use job::Job;
use screening::Structures;
use std::sync::{Arc, LazyLock};
use table::{ReadOptions, Table};

include!(concat!(env!("OUT_DIR"), "/crystals.rs"));

/// A crystal that the program carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crystal {
    /// The name of its CIF file, which tells it from the others.
    pub file: String,
    pub formula: String,
    pub title: String,
}

/// All crystals, in the order of their files' list.
static CRYSTALS: LazyLock<Vec<Crystal>> = LazyLock::new(|| {
    let options = ReadOptions {
        delimiter: Some(b','),
        ..ReadOptions::default()
    };
    // The tests see to it that this list is well formed.
    let Ok(index) = Table::read_text(INDEX.as_bytes(), "index.csv", &options, &Job::new()) else {
        return Vec::new();
    };
    let column = |name: &str| index.find_column(name).ok();
    let columns = column("file").zip(column("formula")).zip(column("title"));
    let Some(((file, formula), title)) = columns else {
        return Vec::new();
    };
    let crystal = |row: usize| Crystal {
        file: index.text(file, row).into_owned(),
        formula: index.text(formula, row).into_owned(),
        title: index.text(title, row).into_owned(),
    };
    (0..index.len()).map(crystal).collect()
});

impl Crystal {
    /// All of them.
    pub fn all() -> &'static [Self] {
        &CRYSTALS
    }

    /// The crystal of a CIF file's name.
    pub fn of_file(file: &str) -> Option<&'static Self> {
        CRYSTALS.iter().find(|crystal| crystal.file == file)
    }
}

/// The structure in a CIF file that the program carries.
pub(crate) fn structure(file: &str) -> Result<Arc<Structure>, String> {
    let found = FILES.iter().find(|(name, _)| *name == file);
    let (_, text) = found.ok_or_else(|| format!("{file}: the program carries no such crystal"))?;
    let structures = read(text, Format::Cif).map_err(|error| format!("{file}: {error}"))?;
    let first = structures.into_iter().next();
    first
        .map(Arc::new)
        .ok_or_else(|| format!("{file}: the file holds no structure"))
}

/// All crystals as candidates, or the one of a CIF file's name. Measured and computed structures are told apart by the
/// column `origin`, so what is worked out from them stands in no column here.
pub(crate) fn read_table(
    only: Option<&str>,
    job: &Job,
) -> Result<(Table, Structures), WorkbenchError> {
    let mut text = String::new();
    for line in INDEX.lines() {
        let line = match text.is_empty() {
            true => line.replace(",file,", ",structure,"),
            false => line.to_owned(),
        };
        let is_wanted = only.is_none_or(|file| line.contains(&format!(",{file},")));
        if text.is_empty() || is_wanted {
            text += &line;
            text.push('\n');
        }
    }
    let options = ReadOptions {
        delimiter: Some(b','),
        ..ReadOptions::default()
    };
    let name = only.unwrap_or("datasets/structures");
    let table = Table::read_text(text.as_bytes(), name, &options, job)?;
    let column = table.find_column("structure")?;
    job.stage("reading structures", Some(table.len() as u64));
    let rows = (0..table.len()).map(|row| {
        job.advance(1);
        structure(&table.text(column, row))
    });
    let structures = Structures::of(rows);
    Ok((table, structures))
}
