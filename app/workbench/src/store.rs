//! What is kept on the disk: projects, preferences, and the work that was not saved. Every file is written beside its place
//! and renamed.

use crate::error::WorkbenchError;
use crate::project::Project;
use crate::state::{Preferences, Recovery};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The format of project files that this version writes.
const FORMAT: u32 = 1;

/// The ending of project files.
pub(crate) const PROJECT_ENDING: &str = "lodestone";

/// Where the workbench keeps its own files; `None`: nowhere, and nothing is kept.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    /// Preferences.
    pub config: Option<PathBuf>,
    /// Unsaved work.
    pub state: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct ProjectFile {
    format: u32,
    project: Project,
}

/// Work that was not saved.
#[derive(Serialize, Deserialize)]
struct RecoveryFile {
    format: u32,
    path: Option<PathBuf>,
    project: Project,
}

/// Unsaved work that is offered, and its file.
#[derive(Debug)]
pub(crate) struct Left {
    pub recovery: Recovery,
    /// `None`: nothing is kept on the disk.
    pub file: Option<PathBuf>,
}

impl Left {
    /// It was taken up or is not wanted.
    pub fn remove(&self) {
        if let Some(file) = &self.file {
            // That it is not there is what is wanted.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// How many pieces of unsaved work are kept; the oldest go first.
const LEFT_KEPT: usize = 20;

fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, WorkbenchError> {
    let text = std::fs::read(path).map_err(|error| WorkbenchError::File {
        action: "read",
        path: path.into(),
        error,
    })?;
    serde_json::from_slice(&text).map_err(|error| WorkbenchError::Project {
        path: path.into(),
        error,
    })
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), WorkbenchError> {
    let failed = |action, error| WorkbenchError::File {
        action,
        path: path.into(),
        error,
    };
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| failed("create the folder of this file", error))?;
    }
    let text = serde_json::to_vec_pretty(value).map_err(|error| failed("write", error.into()))?;
    table::write_atomically(path, |writer| {
        writer
            .write_all(&text)
            .map_err(|error| table::TableError::io("write", path.display(), error))
    })?;
    Ok(())
}

/// The project in a file. Its table, where named by a relative path, lies beside it.
pub(crate) fn read_project(path: &Path) -> Result<Project, WorkbenchError> {
    // The format first: what a newer version wrote need not be readable in any other way.
    let value: serde_json::Value = read_json(path)?;
    let found = value["format"].as_u64().unwrap_or(0) as u32;
    if found > FORMAT {
        return Err(WorkbenchError::NewerProject {
            path: path.into(),
            found,
            known: FORMAT,
        });
    }
    let file: ProjectFile =
        serde_json::from_value(value).map_err(|error| WorkbenchError::Project {
            path: path.into(),
            error,
        })?;
    Ok(file.project.with_paths_from(path.parent()))
}

/// Writes a project; files in its own folder are named relative to it, so that the folder can be moved.
pub(crate) fn write_project(path: &Path, project: &Project) -> Result<(), WorkbenchError> {
    write_json(
        path,
        &ProjectFile {
            format: FORMAT,
            project: project.clone().with_paths_relative_to(path.parent()),
        },
    )
}

fn write_unsaved(
    file: &Path,
    path: Option<&Path>,
    project: &Project,
) -> Result<(), WorkbenchError> {
    write_json(
        file,
        &RecoveryFile {
            format: FORMAT,
            path: path.map(Path::to_path_buf),
            project: project.clone(),
        },
    )
}

/// The files of work that was left unsaved, by number.
fn left_files(folder: &Path) -> Vec<(u64, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let numbered = |path: PathBuf| {
        let name = path.file_name()?.to_str()?;
        let number = name.strip_prefix("left-")?.strip_suffix(".json")?;
        Some((number.parse().ok()?, path.clone()))
    };
    let mut files: Vec<(u64, PathBuf)> = entries.filter_map(|e| numbered(e.path())).collect();
    files.sort();
    files
}

impl Folders {
    fn preferences_file(&self) -> Option<PathBuf> {
        Some(self.config.as_ref()?.join("desktop.json"))
    }

    /// The unsaved work of the session that is under way.
    fn recovery_file(&self) -> Option<PathBuf> {
        Some(self.state.as_ref()?.join("unsaved.json"))
    }

    /// A file for unsaved work that was left: one more than there are.
    fn left_file(&self) -> Option<PathBuf> {
        let folder = self.state.as_ref()?;
        let last = left_files(folder).last().map_or(0, |(number, _)| *number);
        Some(folder.join(format!("left-{}.json", last + 1)))
    }

    /// The preferences, or the defaults where there are none that can be read.
    pub(crate) fn read_preferences(&self) -> Preferences {
        let read = self.preferences_file().map(|path| read_json(&path));
        read.and_then(Result::ok).unwrap_or_default()
    }

    pub(crate) fn write_preferences(
        &self,
        preferences: &Preferences,
    ) -> Result<(), WorkbenchError> {
        match self.preferences_file() {
            Some(path) => write_json(&path, preferences),
            None => Ok(()),
        }
    }

    /// What earlier sessions left unsaved, the newest last, and what of it cannot be read. The work of the last session
    /// gets a file of its own first, which the work of this session will not replace.
    pub(crate) fn take_left(&self) -> (Vec<Left>, Vec<WorkbenchError>) {
        let (mut left, mut errors) = (Vec::new(), Vec::new());
        let (Some(folder), Some(file)) = (&self.state, self.recovery_file()) else {
            return (left, errors);
        };
        if let Some(own) = self.left_file().filter(|_| file.exists())
            && let Err(error) = std::fs::rename(&file, &own)
        {
            errors.push(WorkbenchError::File {
                action: "set aside",
                path: file,
                error,
            });
        }
        for (_, path) in left_files(folder) {
            match read_json::<RecoveryFile>(&path) {
                Ok(file) => left.push(Left {
                    recovery: Recovery {
                        project: file.project,
                        path: file.path,
                    },
                    file: Some(path),
                }),
                Err(error) => errors.push(error),
            }
        }
        while left.len() > LEFT_KEPT {
            left.remove(0).remove();
        }
        (left, errors)
    }

    /// Keeps work that is left unsaved in a file of its own, where there is a folder for it.
    pub(crate) fn write_left(
        &self,
        recovery: &Recovery,
    ) -> Result<Option<PathBuf>, WorkbenchError> {
        let Some(file) = self.left_file() else {
            return Ok(None);
        };
        write_unsaved(&file, recovery.path.as_deref(), &recovery.project)?;
        Ok(Some(file))
    }

    pub(crate) fn write_recovery(
        &self,
        path: Option<&Path>,
        project: &Project,
    ) -> Result<(), WorkbenchError> {
        let Some(file) = self.recovery_file() else {
            return Ok(());
        };
        write_unsaved(&file, path, project)
    }

    /// Nothing of this session is unsaved any more.
    pub(crate) fn remove_recovery(&self) {
        if let Some(file) = self.recovery_file() {
            // That it is not there is what is wanted.
            let _ = std::fs::remove_file(file);
        }
    }
}
