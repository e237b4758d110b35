//! Where a registry is: a folder, or a folder behind a web server.

use crate::index::Entry;
use crate::key::shown;
use crate::web::{Part, Web, WebOptions};
use crate::{Home, RegistryError, file};
use job::Job;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A registry that was named by a user; nothing of it was read yet.
#[derive(Debug)]
pub enum Source {
    /// A folder, by its absolute path.
    Folder(PathBuf),
    Web(Web),
}

impl Source {
    /// A folder's path, or an address that begins with `http://` or `https://`.
    pub fn parse(text: &str, options: &WebOptions) -> Result<Self, RegistryError> {
        match is_address(text) {
            true => Web::new(text, options).map(Self::Web),
            false => Self::folder(Path::new(text)),
        }
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
            Self::Web(web) => web.base().to_owned(),
        }
    }

    /// The file's place, for messages.
    pub(crate) fn place_of(&self, path: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(path).display().to_string(),
            Self::Web(web) => web.url(path),
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
            Self::Web(web) => web.get(path, limit, job),
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
        let too_long = || RegistryError::Length {
            what: what.clone(),
            found: "more".to_owned(),
            wanted: entry.size,
            key: signer.to_owned(),
        };
        let fetched = match self {
            Self::Folder(_) => match self.fetch(&entry.file, entry.size, job) {
                Err(RegistryError::TooBig { .. }) => Err(too_long()),
                other => other,
            },
            Self::Web(web) => {
                let mut partial = Partial::open(home, entry)?;
                let fetched = partial.fill(web, entry, &too_long, job);
                if let Ok(Some(bytes)) = &fetched
                    && bytes.len() as u64 == entry.size
                {
                    partial.remove();
                }
                fetched
            }
        }?;
        let bytes = fetched.ok_or_else(|| RegistryError::Fetch {
            url: what.clone(),
            why: "there is no such file".to_owned(),
        })?;
        check(entry, &bytes, &what, signer)?;
        Ok(bytes)
    }
}

/// Whether the text is an address, not a folder's path.
pub fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// What has come of a download, kept so that an interrupted one goes on where it stopped.
struct Partial {
    file: File,
    /// `None`: another process is fetching the same file; this one keeps nothing.
    path: Option<PathBuf>,
}

impl Partial {
    /// The file is named by the hash of what it is to become, so it cannot be continued with something else unseen.
    fn open(home: &Home, entry: &Entry) -> Result<Self, RegistryError> {
        let folder = home.folder().join("downloads");
        file::make_folder(&folder)?;
        let path = folder.join(format!("{}.part", entry.sha256));
        let failed = |e: std::io::Error| RegistryError::file("write", &path, e);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(failed)?;
        if file.try_lock().is_ok() {
            let path = Some(path);
            return Ok(Self { file, path });
        }
        let file = tempfile::tempfile_in(&folder).map_err(failed)?;
        Ok(Self { file, path: None })
    }

    /// Fetches what is missing and gives the whole. What was kept from before may be of another server's file: where the
    /// hash does not fit, it is fetched once more from its beginning.
    fn fill(
        &mut self,
        web: &Web,
        entry: &Entry,
        too_long: &dyn Fn() -> RegistryError,
        job: &Job,
    ) -> Result<Option<Vec<u8>>, RegistryError> {
        let url = web.url(&entry.file);
        let failed = |e: std::io::Error| RegistryError::File {
            action: "keep",
            path: url.clone(),
            why: e.to_string(),
        };
        let mut kept = self.file.metadata().map_err(failed)?.len();
        loop {
            if kept > entry.size {
                kept = 0;
            }
            let begun_with = kept;
            job.stage("reading", Some(entry.size));
            if kept < entry.size || kept == 0 {
                let body = match web.part(&entry.file, entry.size, kept)? {
                    Part::Absent => return Ok(None),
                    Part::Refused => {
                        self.file.set_len(0).map_err(failed)?;
                        kept = 0;
                        continue;
                    }
                    Part::Rest(body) => body,
                    Part::Whole(body) => {
                        kept = 0;
                        body
                    }
                };
                job.advance(kept);
                self.file.set_len(kept).map_err(failed)?;
                self.file.seek(SeekFrom::Start(kept)).map_err(failed)?;
                let rest = entry.size - kept;
                let file = &mut self.file;
                let copied = web.copy(&url, body, rest, job, &mut |part| {
                    file.write_all(part).map_err(failed)
                })?;
                if copied > rest {
                    self.file.set_len(0).map_err(failed)?;
                    return Err(too_long());
                }
            }
            let mut bytes = Vec::new();
            self.file.seek(SeekFrom::Start(0)).map_err(failed)?;
            self.file.read_to_end(&mut bytes).map_err(failed)?;
            if begun_with == 0 || file::sha256(&bytes) == entry.sha256 {
                return Ok(Some(bytes));
            }
            self.file.set_len(0).map_err(failed)?;
            kept = 0;
        }
    }

    fn remove(&self) {
        if let Some(path) = &self.path {
            // What cannot be removed is found to be whole next time.
            let _ = std::fs::remove_file(path);
        }
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
