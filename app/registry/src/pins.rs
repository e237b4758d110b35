//! What was seen first, and what was seen last: which key first had a name, and each publisher's newest index.

use crate::key::PublicKey;
use crate::{RegistryError, file};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the file may have, bytes.
const PINS_BYTES: u64 = 4 << 20;

/// The file `pins.json` beside the trust store.
#[derive(Debug)]
pub(crate) struct Pins {
    path: PathBuf,
    stored: Stored,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Stored {
    /// Name of a plugin -> base64 of the key that first had it.
    names: BTreeMap<String, String>,
    /// Base64 of a publisher's key -> the newest of its indexes that was seen.
    indexes: BTreeMap<String, Seen>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Seen {
    serial: u64,
    sha256: String,
}

impl Pins {
    pub fn open(folder: &Path) -> Result<Self, RegistryError> {
        let path = folder.join("pins.json");
        if file::is_absent(&path) {
            let stored = Stored::default();
            return Ok(Self { path, stored });
        }
        let bytes = file::read(&path, PINS_BYTES)?;
        let stored = serde_json::from_slice(&bytes).map_err(|e| RegistryError::Damaged {
            path: path.display().to_string(),
            why: e.to_string(),
            remedy: "mend it; without it, an older index or another owner of a name could not be told",
        })?;
        Ok(Self { path, stored })
    }

    /// Refuses an index older than one that was seen before, or another one of the same serial number.
    pub fn check_index(
        &self,
        key: &PublicKey,
        described: &str,
        serial: u64,
        bytes: &[u8],
        place: &str,
    ) -> Result<(), RegistryError> {
        let Some(seen) = self.stored.indexes.get(&key.to_base64()) else {
            return Ok(());
        };
        if serial < seen.serial {
            return Err(RegistryError::Replayed {
                place: place.to_owned(),
                key: described.to_owned(),
                found: serial,
                seen: seen.serial,
            });
        }
        if serial == seen.serial && file::sha256(bytes) != seen.sha256 {
            return Err(RegistryError::Forked {
                place: place.to_owned(),
                key: described.to_owned(),
                serial,
            });
        }
        Ok(())
    }

    /// Remembers the index as the newest; says whether that is new.
    pub fn remember_index(&mut self, key: &PublicKey, serial: u64, bytes: &[u8]) -> bool {
        let sha256 = file::sha256(bytes);
        let old = self
            .stored
            .indexes
            .insert(key.to_base64(), Seen { serial, sha256 });
        old.is_none_or(|seen| seen.serial != serial)
    }

    /// The base64 of the key that the name belongs to.
    pub fn owner(&self, name: &str) -> Option<&str> {
        self.stored.names.get(name).map(String::as_str)
    }

    pub fn set_owner(&mut self, name: &str, key: &PublicKey) {
        self.stored.names.insert(name.to_owned(), key.to_base64());
    }

    pub fn write(&self) -> Result<(), RegistryError> {
        let text = serde_json::to_string_pretty(&self.stored)
            .map_err(|e| RegistryError::file("write", &self.path, e))?;
        file::write(&self.path, (text + "\n").as_bytes())
    }
}
