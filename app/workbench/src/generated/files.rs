//! Candidates as files, as `lodestone generate` writes them: a structure each, and a table that names them. Parents that the
//! program does not carry lie beside.

use super::parent::{FOLDER, parent_file};
use super::view::GeneratedView;
use crate::error::WorkbenchError;
use crystal::format::{self, Format};
use job::Job;
use prototype::{Prototype, listing};
use std::path::{Path, PathBuf};
use table::{TableError, write_atomically};

/// Writes into a folder, which must be empty or new; the table's path. The table is written last: where it stands, all files of
/// it do.
pub(super) fn write(
    folder: &Path,
    view: &GeneratedView,
    job: &Job,
) -> Result<PathBuf, WorkbenchError> {
    let failed = |action: &'static str| {
        move |error: std::io::Error| WorkbenchError::File {
            action,
            path: folder.into(),
            error,
        }
    };
    if folder.exists() {
        let mut entries = std::fs::read_dir(folder).map_err(failed("read the folder"))?;
        if entries.next().is_some() {
            return Err(WorkbenchError::FolderInUse {
                path: folder.into(),
            });
        }
    }
    std::fs::create_dir_all(folder).map_err(failed("make the folder"))?;
    job.stage("writing", Some(view.rows.len() as u64));
    for (row, candidate) in view.rows.iter().zip(&view.candidates) {
        job.check().map_err(TableError::from)?;
        let text = format::write(&candidate.structure, Format::Cif)?;
        write_text(&folder.join(&row.file), &text)?;
        job.advance(1);
    }
    let is_own = |parent: &&Prototype| !Prototype::shipped().iter().any(|p| p.name == parent.name);
    let own: Vec<&Prototype> = view.parents.iter().filter(is_own).collect();
    if !own.is_empty() {
        std::fs::create_dir_all(folder.join(FOLDER)).map_err(failed("make a folder in"))?;
    }
    for parent in own {
        let text = format::write(&parent.structure, Format::Cif)?;
        write_text(&parent_file(folder, &parent.name), &text)?;
    }
    let table = folder.join(listing::TABLE);
    write_text(&table, &listing::csv(&view.rows))?;
    Ok(table)
}

fn write_text(path: &Path, text: &str) -> Result<(), WorkbenchError> {
    Ok(write_atomically(path, |writer| {
        let written = writer.write_all(text.as_bytes());
        written.map_err(|error| TableError::io("write", path.display(), error))
    })?)
}

/// A folder below `data` that does not exist yet.
pub(super) fn next_folder(data: &Path) -> Option<PathBuf> {
    let numbered = (1..10_000).map(|number| data.join(format!("generated/{number}")));
    numbered.into_iter().find(|path| !path.exists())
}
