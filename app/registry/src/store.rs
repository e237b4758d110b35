//! What is installed: a folder for each plugin, with a record that says which files are the installed ones.
//!
//! `plugins/NAME/record.json` is the one file that is replaced; it names a folder beside it with `NAME.wasm` and
//! `NAME.wasm.minisig`. A new version is written into a folder of its own, onto the disk, before the record names it: a
//! program that is killed at any point leaves the old version or the new one.

use crate::catalogue::check_owner;
use crate::key::PublicKey;
use crate::pins::Pins;
use crate::signature::{SIGNATURE_BYTES, Signature, signature_file};
use crate::trust::{TrustStore, TrustedKey};
use crate::{RegistryError, file, name};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// What a record may have, bytes.
const RECORD_BYTES: u64 = 64 << 10;

const REMEDY: &str = "install the plugin again, or remove it";

/// How the folders that hold a version's files begin.
const FILES: &str = "files-";

/// The user's folder for trust and plugins.
#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
}

/// What is known of an installed plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub name: String,
    pub version: String,
    /// SHA-256 of the component, lower-case hexadecimal.
    pub sha256: String,
    /// The key that signed it, base64; `None`: unsigned.
    pub key: Option<String>,
    /// The registry it is from, or the file.
    pub source: String,
    /// Whether `source` is a registry, which can be asked for a newer version.
    pub from_registry: bool,
    /// When it was installed, UTC.
    pub installed: String,
    /// The folder that holds its files.
    files: String,
}

/// A plugin to install: read by the plugin host, its id and version known.
pub struct Candidate<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub bytes: &'a [u8],
    /// The signature file's text and the key that made it; `None`: unsigned.
    pub signature: Option<(&'a str, &'a PublicKey)>,
    pub source: &'a str,
    pub from_registry: bool,
}

/// An installed plugin whose files were verified.
pub struct Verified {
    pub record: Record,
    pub bytes: Vec<u8>,
    pub path: PathBuf,
    /// Who signed it; `None`: unsigned.
    pub signer: Option<TrustedKey>,
}

impl Home {
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// `LODESTONE_HOME`, else `lodestone` in the user's data folder by the XDG rules; `variable` reads the environment.
    pub fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let folder = |name| variable(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        folder("LODESTONE_HOME")
            .or_else(|| {
                // a relative one is to be ignored, say the rules
                let data = folder("XDG_DATA_HOME").filter(|path| path.is_absolute());
                data.map(|path| path.join("lodestone"))
            })
            .or_else(|| folder("HOME").map(|path| path.join(".local/share/lodestone")))
            .map(Self::new)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where `keygen` puts the user's own key if no other place is named.
    pub fn own_key(&self) -> PathBuf {
        self.folder.join("keys").join("author.key")
    }

    /// Whom the user trusts.
    pub fn trust(&self) -> Result<TrustStore, RegistryError> {
        TrustStore::open(&self.folder)
    }

    /// Keeps other processes from changing anything here until dropped.
    pub(crate) fn lock(&self) -> Result<fs::File, RegistryError> {
        file::lock(&self.folder.join("lock"))
    }

    fn plugin_folder(&self, plugin: &str) -> PathBuf {
        self.folder.join("plugins").join(plugin)
    }

    /// The names of all installed plugins, sorted.
    pub fn names(&self) -> Result<Vec<String>, RegistryError> {
        let folder = self.folder.join("plugins");
        if file::is_absent(&folder) {
            return Ok(Vec::new());
        }
        let unreadable = |e| RegistryError::file("read the folder", &folder, e);
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            if let Ok(name) = entry.file_name().into_string()
                && name::check_name(&name).is_ok()
                && !file::is_absent(&entry.path().join("record.json"))
            {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// The record of an installed plugin; `None` where no such plugin is installed.
    pub fn record(&self, plugin: &str) -> Result<Option<Record>, RegistryError> {
        name::check_name(plugin)?;
        let path = self.plugin_folder(plugin).join("record.json");
        if file::is_absent(&path) {
            return Ok(None);
        }
        let damaged = |why: String| RegistryError::Damaged {
            path: path.display().to_string(),
            why,
            remedy: REMEDY,
        };
        let bytes = file::read(&path, RECORD_BYTES)?;
        let record: Record = serde_json::from_slice(&bytes)
            .map_err(|e| damaged(crate::key::shown(&e.to_string())))?;
        if record.name != plugin {
            return Err(damaged(format!(
                "it is of {}",
                crate::key::shown(&record.name)
            )));
        }
        name::version(&record.version).map_err(|e| damaged(e.to_string()))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if !record.files.starts_with(FILES) || !record.files.chars().all(plain) {
            return Err(damaged("it names no folder of this plugin".to_owned()));
        }
        Ok(Some(record))
    }

    /// Reads an installed plugin: its bytes must be those that were installed, and its key still be trusted.
    pub fn load(&self, plugin: &str, component_bytes: u64) -> Result<Verified, RegistryError> {
        let mut again = 2;
        loop {
            again -= 1;
            let record = self
                .record(plugin)?
                .ok_or_else(|| self.not_installed(plugin))?;
            let result = self.verified(record.clone(), component_bytes);
            // Another process may have replaced the plugin between the reading of the record and of the files.
            if result.is_ok() || again == 0 || self.record(plugin)? == Some(record) {
                return result;
            }
        }
    }

    fn verified(&self, record: Record, component_bytes: u64) -> Result<Verified, RegistryError> {
        let path = self.component(&record);
        let bytes = file::read(&path, component_bytes)?;
        let found = file::sha256(&bytes);
        if found != record.sha256 {
            return Err(RegistryError::Altered {
                path: path.display().to_string(),
                found,
                wanted: record.sha256,
            });
        }
        let mut signer = None;
        if let Some(wanted) = &record.key {
            let signature_path = signature_file(&path);
            let what = signature_path.display().to_string();
            let signature =
                Signature::parse(&file::read(&signature_path, SIGNATURE_BYTES)?, &what)?;
            let trust = self.trust()?;
            let name = format!("the installed plugin {}", record.name);
            let key = trust.verify(&signature, &bytes, &name)?;
            if key.key != *wanted {
                return Err(RegistryError::WrongKey {
                    what: path.display().to_string(),
                    found: key.describe(),
                    wanted: PublicKey::from_base64(wanted)?.id(),
                    why: "with which it was installed",
                });
            }
            signer = Some(key.clone());
        }
        Ok(Verified {
            record,
            bytes,
            path,
            signer,
        })
    }

    /// Where a recorded plugin's component is.
    pub fn component(&self, record: &Record) -> PathBuf {
        self.plugin_folder(&record.name)
            .join(&record.files)
            .join(format!("{}.wasm", record.name))
    }

    fn not_installed(&self, plugin: &str) -> RegistryError {
        let names = self.names().unwrap_or_default();
        RegistryError::NotInstalled {
            name: crate::key::shown(plugin),
            hint: if names.is_empty() {
                "; none is, but for those that are shipped with this program".to_owned()
            } else {
                format!("; installed are {}", names.join(", "))
            },
        }
    }

    /// Refuses a plugin whose name belongs to another key. `key`: the claimant's, `None` for an unsigned file.
    pub fn check_owner(&self, plugin: &str, key: Option<&PublicKey>) -> Result<(), RegistryError> {
        check_owner(&Pins::open(&self.folder)?, &self.trust()?, plugin, key)
    }

    /// Puts a plugin into its place and gives the record of the version that was there before.
    pub fn install(
        &self,
        candidate: &Candidate,
        new_owner: bool,
    ) -> Result<Option<Record>, RegistryError> {
        name::check_name(candidate.name)?;
        name::version(candidate.version)?;
        let _lock = self.lock()?;
        let mut pins = Pins::open(&self.folder)?;
        let key = candidate.signature.map(|(_, key)| key);
        if !new_owner {
            check_owner(&pins, &self.trust()?, candidate.name, key)?;
        }
        let before = self.record(candidate.name).ok().flatten();
        let folder = self.plugin_folder(candidate.name);
        file::make_folder(&folder)?;
        let failed = |e: std::io::Error| RegistryError::file("write into", &folder, e);
        let staged = tempfile::Builder::new()
            .prefix(FILES)
            .tempdir_in(&folder)
            .map_err(failed)?;
        let component = staged.path().join(format!("{}.wasm", candidate.name));
        file::write(&component, candidate.bytes)?;
        if let Some((text, _)) = candidate.signature {
            file::write(&signature_file(&component), text.as_bytes())?;
        }
        file::sync_folder(&folder);
        if let Some(key) = key
            && pins.owner(candidate.name) != Some(&key.to_base64())
        {
            pins.set_owner(candidate.name, key);
            pins.write()?;
        }
        let files = staged.path().file_name().unwrap_or_default();
        let record = Record {
            name: candidate.name.to_owned(),
            version: candidate.version.to_owned(),
            sha256: file::sha256(candidate.bytes),
            key: key.map(PublicKey::to_base64),
            source: candidate.source.to_owned(),
            from_registry: candidate.from_registry,
            installed: file::now(),
            files: files.to_string_lossy().into_owned(),
        };
        let path = folder.join("record.json");
        let text = serde_json::to_string_pretty(&record)
            .map_err(|e| RegistryError::file("write", &path, e))?;
        file::write(&path, (text + "\n").as_bytes())?;
        // From here on the new version is the installed one.
        let kept = staged.keep();
        sweep(&folder, Some(&kept));
        Ok(before)
    }

    /// Removes a plugin; gives its record, if that can be read. To whom the name belongs is not forgotten.
    pub fn remove(&self, plugin: &str) -> Result<Option<Record>, RegistryError> {
        name::check_name(plugin)?;
        let _lock = self.lock()?;
        let folder = self.plugin_folder(plugin);
        let path = folder.join("record.json");
        if file::is_absent(&path) {
            return Err(self.not_installed(plugin));
        }
        let record = self.record(plugin).ok().flatten();
        // Without its record the plugin is gone, whatever happens to the rest.
        fs::remove_file(&path).map_err(|e| RegistryError::file("remove", &path, e))?;
        sweep(&folder, None);
        let _ = fs::remove_dir(&folder);
        file::sync_folder(&self.folder.join("plugins"));
        Ok(record)
    }
}

/// Removes what older versions and interrupted installations left; what cannot be removed does no harm.
fn sweep(folder: &Path, keep: Option<&Path>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(FILES) && Some(path.as_path()) != keep {
            let _ = fs::remove_dir_all(&path);
        } else if name.starts_with(file::NEW) {
            let _ = fs::remove_file(&path);
        }
    }
}
