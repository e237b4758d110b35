//! Whom the user trusts: public keys, each with a label and since when; revoked ones are kept, so that they stay refused.

use crate::key::{PublicKey, shown};
use crate::signature::Signature;
use crate::{RegistryError, file};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What the file may have, bytes.
const STORE_BYTES: u64 = 1 << 20;

const REMEDY: &str = "mend it, or remove it and trust your keys again";

/// One key of the trust store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrustedKey {
    /// Base64.
    pub key: String,
    /// The user's name for its owner; may be empty.
    #[serde(default)]
    pub label: String,
    /// Date, UTC.
    pub since: String,
    /// Date, UTC; where given, the key is trusted no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
    #[serde(skip)]
    parsed: Option<PublicKey>,
}

impl TrustedKey {
    /// The identifier that signatures name.
    pub fn id(&self) -> String {
        self.parsed.as_ref().map_or_else(String::new, PublicKey::id)
    }

    /// As messages show it: `1A2B3C4D5E6F7081 (A. Author)`.
    pub fn describe(&self) -> String {
        if self.label.is_empty() {
            self.id()
        } else {
            format!("{} ({})", self.id(), self.label)
        }
    }
}

/// The trust store: a file in the user's data folder.
#[derive(Clone, Debug)]
pub struct TrustStore {
    path: PathBuf,
    keys: Vec<TrustedKey>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    keys: Vec<TrustedKey>,
}

impl TrustStore {
    /// Reads `trust.json` in that folder; where there is none, nobody is trusted.
    pub fn open(folder: &Path) -> Result<Self, RegistryError> {
        let path = folder.join("trust.json");
        if file::is_absent(&path) {
            let keys = Vec::new();
            return Ok(Self { path, keys });
        }
        let bytes = file::read(&path, STORE_BYTES)?;
        let damaged = |why: String| RegistryError::Damaged {
            path: path.display().to_string(),
            why,
            remedy: REMEDY,
        };
        let stored: Stored =
            serde_json::from_slice(&bytes).map_err(|e| damaged(shown(&e.to_string())))?;
        let mut keys = stored.keys;
        for key in &mut keys {
            key.parsed =
                Some(PublicKey::from_base64(&key.key).map_err(|e| damaged(e.to_string()))?);
        }
        Ok(Self { path, keys })
    }

    /// The keys in the order in which they were trusted, revoked ones included.
    pub fn keys(&self) -> &[TrustedKey] {
        &self.keys
    }

    /// The key as messages show it, with its label where it is known.
    pub fn describe(&self, key: &PublicKey) -> String {
        self.find(key)
            .map_or_else(|| key.id(), TrustedKey::describe)
    }

    /// What is known of that key.
    pub fn find(&self, key: &PublicKey) -> Option<&TrustedKey> {
        self.keys.iter().find(|k| k.parsed.as_ref() == Some(key))
    }

    /// Adds a key and writes the store.
    pub fn trust(&mut self, key: &PublicKey, label: &str) -> Result<TrustedKey, RegistryError> {
        let _lock = self.reopen()?;
        if let Some(known) = self.keys.iter().find(|k| k.id() == key.id()) {
            let why = match (&known.parsed, &known.revoked) {
                (Some(parsed), _) if parsed != key => {
                    "another key has the same identifier, which does not happen by chance; \
                     ask the owner which is right"
                        .to_owned()
                }
                (_, Some(date)) => format!(
                    "its trust was revoked on {date}; to trust it again, take its entry out of {}",
                    self.path.display()
                ),
                _ => format!("it is trusted since {}", known.since),
            };
            let key = known.describe();
            return Err(RegistryError::KnownKey { key, why });
        }
        let trusted = TrustedKey {
            key: key.to_base64(),
            label: label.to_owned(),
            since: file::today(),
            revoked: None,
            parsed: Some(key.clone()),
        };
        self.keys.push(trusted.clone());
        self.write()?;
        Ok(trusted)
    }

    /// Marks a key as no longer trusted and writes the store. `which`: the key, its `.pub` file, its identifier or label.
    pub fn revoke(&mut self, which: &str) -> Result<TrustedKey, RegistryError> {
        let _lock = self.reopen()?;
        let given = PublicKey::from_argument(which).ok();
        let by_key = |k: &TrustedKey| given.is_some() && k.parsed == given;
        let by_name = |k: &TrustedKey| {
            k.id().eq_ignore_ascii_case(which) || (!k.label.is_empty() && k.label == which)
        };
        let found: Vec<usize> = (0..self.keys.len())
            .filter(|&i| by_key(&self.keys[i]) || by_name(&self.keys[i]))
            .collect();
        let &[at] = found.as_slice() else {
            return Err(RegistryError::NotTrusted(if found.is_empty() {
                shown(which)
            } else {
                format!("{which} (a label of {} keys)", found.len())
            }));
        };
        if self.keys[at].revoked.is_none() {
            self.keys[at].revoked = Some(file::today());
            self.write()?;
        }
        Ok(self.keys[at].clone())
    }

    /// The trusted key that made this signature over these bytes; `what` is what they are, for messages.
    pub fn verify(
        &self,
        signature: &Signature,
        bytes: &[u8],
        what: &str,
    ) -> Result<&TrustedKey, RegistryError> {
        let id = signature.key_id();
        let mut bad = None;
        for known in self.keys.iter().filter(|k| k.id() == id) {
            let Some(key) = &known.parsed else { continue };
            if let Some(date) = &known.revoked {
                return Err(RegistryError::RevokedKey {
                    what: what.to_owned(),
                    key: known.describe(),
                    date: date.clone(),
                });
            }
            if signature.fits(key, bytes) {
                return Ok(known);
            }
            bad = Some(known);
        }
        Err(match bad {
            Some(known) => RegistryError::BadSignature {
                what: what.to_owned(),
                key: known.describe(),
            },
            None => RegistryError::UnknownKey {
                what: what.to_owned(),
                id,
            },
        })
    }

    /// Takes the lock and reads what another process may have written meanwhile.
    fn reopen(&mut self) -> Result<std::fs::File, RegistryError> {
        let folder = self.path.parent().unwrap_or(Path::new(".")).to_owned();
        let lock = file::lock(&folder.join("lock"))?;
        *self = Self::open(&folder)?;
        Ok(lock)
    }

    fn write(&self) -> Result<(), RegistryError> {
        let stored = Stored {
            keys: self.keys.clone(),
        };
        let text = serde_json::to_string_pretty(&stored)
            .map_err(|e| RegistryError::file("write", &self.path, e))?;
        file::write(&self.path, (text + "\n").as_bytes())
    }
}
