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
/// it do. Of what could not be written to its end nothing is left, so that the folder can be taken again.
pub(super) fn write(
    folder: &Path,
    view: &GeneratedView,
    job: &Job,
) -> Result<PathBuf, WorkbenchError> {
    write_by(folder, view, job, &write_text)
}

/// Writes a text to a file that does not exist yet.
type WriteText<'a> = &'a dyn Fn(&Path, &str) -> Result<(), WorkbenchError>;

fn write_by(
    folder: &Path,
    view: &GeneratedView,
    job: &Job,
    write: WriteText,
) -> Result<PathBuf, WorkbenchError> {
    if folder.exists() {
        let entries = std::fs::read_dir(folder);
        let mut entries = entries.map_err(|error| failed("read the folder", folder, error))?;
        if entries.next().is_some() {
            return Err(WorkbenchError::FolderInUse {
                path: folder.into(),
            });
        }
    }
    let mut made = Made::default();
    let written = made.all(folder, view, job, write);
    if written.is_err() {
        made.remove();
    }
    written
}

fn failed(action: &'static str, path: &Path, error: std::io::Error) -> WorkbenchError {
    WorkbenchError::File {
        action,
        path: path.into(),
        error,
    }
}

/// Files and folders that did not exist before, in the order in which they were made.
#[derive(Default)]
struct Made(Vec<PathBuf>);

impl Made {
    fn all(
        &mut self,
        folder: &Path,
        view: &GeneratedView,
        job: &Job,
        write: WriteText,
    ) -> Result<PathBuf, WorkbenchError> {
        self.folder(folder)?;
        job.stage("writing", Some(view.rows.len() as u64));
        for (row, candidate) in view.rows.iter().zip(&view.candidates) {
            job.check().map_err(TableError::from)?;
            let text = format::write(&candidate.structure, Format::Cif)?;
            self.file(&folder.join(&row.file), &text, write)?;
            job.advance(1);
        }
        let shipped = Prototype::shipped();
        let is_own = |parent: &&Prototype| !shipped.iter().any(|p| p.name == parent.name);
        let own: Vec<&Prototype> = view.parents.iter().filter(is_own).collect();
        if !own.is_empty() {
            self.folder(&folder.join(FOLDER))?;
        }
        for parent in own {
            let text = format::write(&parent.structure, Format::Cif)?;
            self.file(&parent_file(folder, &parent.name), &text, write)?;
        }
        let table = folder.join(listing::TABLE);
        self.file(&table, &listing::csv(&view.rows), write)?;
        Ok(table)
    }

    /// Makes a folder, and those above it that are missing.
    fn folder(&mut self, folder: &Path) -> Result<(), WorkbenchError> {
        let above = folder.ancestors();
        let missing = above.take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let mut missing: Vec<PathBuf> = missing.map(Path::to_path_buf).collect();
        missing.reverse();
        self.0.extend(missing);
        let made = std::fs::create_dir_all(folder);
        made.map_err(|error| failed("make the folder", folder, error))
    }

    fn file(&mut self, path: &Path, text: &str, write: WriteText) -> Result<(), WorkbenchError> {
        write(path, text)?;
        self.0.push(path.into());
        Ok(())
    }

    /// Takes back what was made; a folder that somebody else wrote into stays. What cannot be removed is no news beside the
    /// error that led here.
    fn remove(self) {
        for path in self.0.iter().rev() {
            let _ = std::fs::remove_file(path).or_else(|_| std::fs::remove_dir(path));
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use prototype::matching::Tolerance;
    use prototype::{Known, Request, generate};
    use std::cell::Cell;

    fn view() -> GeneratedView {
        let mut parent = Prototype::shipped()[0].clone();
        // One that the program does not carry lies beside its children.
        parent.name = "of my own".to_owned();
        let request = Request {
            most: 5,
            ..Request::default()
        };
        let parents = vec![parent];
        let found = generate(&parents, &request, &Job::new(), |_| {}).unwrap();
        assert_eq!(found.candidates.len(), 5);
        GeneratedView::new(found, parents, &Known::default(), &Tolerance::default())
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name());
        names.map(|name| name.to_string_lossy().into()).collect()
    }

    #[test]
    fn a_disk_that_is_full_leaves_nothing_behind_and_the_folder_can_be_taken_again() {
        let place = tempfile::tempdir().unwrap();
        let (view, job) = (view(), Job::new());
        let whole = view.rows.len() + 2;
        for folder in ["new", "new/deep/in", "empty"] {
            let folder = place.path().join(folder);
            if folder.ends_with("empty") {
                std::fs::create_dir(&folder).unwrap();
            }
            for room in 0..whole {
                let left = Cell::new(room);
                let write = |path: &Path, text: &str| {
                    if left.get() == 0 {
                        let error = std::io::ErrorKind::StorageFull.into();
                        return Err(failed("write", path, error));
                    }
                    left.set(left.get() - 1);
                    write_text(path, text)
                };
                let error = write_by(&folder, &view, &job, &write).unwrap_err();
                assert!(error.to_string().contains("cannot write"), "{error}");
                let existed = folder.ends_with("empty");
                assert_eq!(folder.exists(), existed, "{room}");
                let left = names(place.path());
                assert_eq!(left.len(), usize::from(existed), "{left:?}");
                assert!(!existed || names(&folder).is_empty());
            }
        }
        let folder = place.path().join("new/deep/in");
        let table = write(&folder, &view, &job).unwrap();
        assert_eq!(table, folder.join("candidates.csv"));
        assert_eq!(names(&folder).len(), whole);
        assert_eq!(names(&folder.join(FOLDER)), ["of my own.cif"]);
    }

    #[test]
    fn what_is_cancelled_leaves_nothing_behind_and_a_folder_in_use_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        let (view, job) = (view(), Job::new());
        job.cancel();
        let folder = place.path().join("made");
        assert!(write(&folder, &view, &job).unwrap_err().is_cancelled());
        assert!(!folder.exists());
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("mine"), "mine").unwrap();
        let error = write(&folder, &view, &Job::new()).unwrap_err();
        assert!(error.to_string().contains("not empty"), "{error}");
        assert_eq!(names(&folder), ["mine"]);
        // A file where the folder should be, or above it.
        for path in ["made/mine", "made/mine/below"] {
            let error = write(&place.path().join(path), &view, &Job::new()).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(path) && text.contains("folder"), "{text}");
        }
        assert_eq!(names(&folder), ["mine"]);
    }
}
