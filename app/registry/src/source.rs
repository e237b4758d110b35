//! Where a registry is: a folder, or a folder behind a web server.

use crate::index::Entry;
use crate::key::shown;
use crate::{Home, RegistryError, file};
use job::Job;
use std::path::{Path, PathBuf};

/// A registry that was named by a user; nothing of it was read yet.
#[derive(Debug)]
pub enum Source {
    /// A folder, by its absolute path.
    Folder(PathBuf),
}

impl Source {
    /// A folder's path.
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        Self::folder(Path::new(text))
    }

    pub(crate) fn folder(path: &Path) -> Result<Self, RegistryError> {
        let refused = |why: String| RegistryError::Source {
            place: path.display().to_string(),
            why,
        };
        let folder = std::fs::canonicalize(path).map_err(|e| refused(e.to_string()))?;
        if !folder.is_dir() {
            return Err(refused("it is not a folder".to_owned()));
        }
        Ok(Self::Folder(folder))
    }

    /// As messages and records show it.
    pub fn place(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
        }
    }

    /// The file's place, for messages.
    pub(crate) fn place_of(&self, path: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(path).display().to_string(),
        }
    }

    /// The bytes of a file of the registry, `None` where it has none of that path.
    pub(crate) fn fetch(
        &self,
        path: &str,
        limit: u64,
        job: &Job,
    ) -> Result<Option<Vec<u8>>, RegistryError> {
        job.check()?;
        match self {
            Self::Folder(folder) => {
                let whole = plain_path(folder, path)?;
                if file::is_absent(&whole) {
                    return Ok(None);
                }
                file::read(&whole, limit).map(Some)
            }
        }
    }

    /// The component of that entry, its length and hash verified. `signer`: whose index says so.
    pub(crate) fn download(
        &self,
        entry: &Entry,
        signer: &str,
        home: &Home,
        job: &Job,
    ) -> Result<Vec<u8>, RegistryError> {
        let what = self.place_of(&entry.file);
        let _ = home;
        let bytes = self
            .fetch(&entry.file, entry.size, job)
            .map_err(|error| match error {
                RegistryError::TooBig { .. } => RegistryError::Length {
                    what: what.clone(),
                    found: format!("more than {}", entry.size),
                    wanted: entry.size,
                    key: signer.to_owned(),
                },
                other => other,
            })?;
        let bytes = bytes.ok_or_else(|| RegistryError::Fetch {
            url: what.clone(),
            why: "there is no such file".to_owned(),
        })?;
        check(entry, &bytes, &what, signer)?;
        Ok(bytes)
    }
}

/// Length and hash of what was fetched.
fn check(entry: &Entry, bytes: &[u8], what: &str, signer: &str) -> Result<(), RegistryError> {
    if bytes.len() as u64 != entry.size {
        return Err(RegistryError::Length {
            what: what.to_owned(),
            found: bytes.len().to_string(),
            wanted: entry.size,
            key: signer.to_owned(),
        });
    }
    let found = file::sha256(bytes);
    if found != entry.sha256 {
        return Err(RegistryError::Hash {
            what: what.to_owned(),
            found,
            wanted: entry.sha256.clone(),
            key: signer.to_owned(),
        });
    }
    Ok(())
}

/// The file's path in the folder, refusing symbolic links on the way: a registry's files are in its folder.
fn plain_path(folder: &Path, path: &str) -> Result<PathBuf, RegistryError> {
    let refused = |why: &str| RegistryError::Source {
        place: folder.display().to_string(),
        why: format!("{}: {why}", shown(path)),
    };
    if let Some(why) = crate::name::path_fault(path) {
        return Err(refused(why));
    }
    let mut whole = folder.to_owned();
    for part in path.split('/') {
        whole.push(part);
        if whole.is_symlink() {
            return Err(refused("it leads out of the registry by a symbolic link"));
        }
    }
    Ok(whole)
}
