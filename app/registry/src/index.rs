//! The index of a registry: one publisher's plugins, signed as a whole (`index.json`, `index.json.minisig`).

use crate::key::{PublicKey, shown};
use crate::{RegistryError, name};
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The form of index that this program writes and reads.
pub const FORMAT: u32 = 1;

/// What an index may have, bytes: some ten thousand versions.
pub const INDEX_BYTES: u64 = 8 << 20;

/// Entries, and properties or authors of one entry.
const MOST: (usize, usize) = (20_000, 256);

/// Characters of a text.
const TEXT_CHARS: usize = 4000;

/// The index as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Index {
    pub format: u32,
    /// The publisher's public key, base64; the index is signed with it.
    pub key: String,
    /// Grows with each publication, so that an older index can be told from a newer one.
    pub serial: u64,
    /// Date of publication, UTC.
    pub date: String,
    /// One for each published version, by name and then by version.
    pub plugins: Vec<Entry>,
}

/// One version of one plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub name: String,
    pub version: String,
    /// Path of the component in the registry, parts separated by `/`; the signature is beside it.
    pub file: String,
    /// Size of the component, bytes.
    pub size: u64,
    /// SHA-256 of the component, lower-case hexadecimal.
    pub sha256: String,
    /// Version of the plugin interface that it was built for.
    pub interface: String,
    /// SPDX expression.
    pub licence: String,
    pub summary: String,
    pub authors: Vec<String>,
    pub properties: Vec<Property>,
}

/// A property that a plugin predicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Property {
    pub name: String,
    /// Empty for a pure number.
    pub unit: String,
}

impl Entry {
    /// The version, which [`Index::parse`] has checked.
    pub fn semver(&self) -> Version {
        name::version(&self.version).unwrap_or(Version::new(0, 0, 0))
    }

    /// `sum 0.1.0`, for messages.
    pub fn describe(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

impl Index {
    /// A registry's first index, still without plugins.
    pub(crate) fn new(key: &PublicKey) -> Self {
        Self {
            format: FORMAT,
            key: key.to_base64(),
            serial: 0,
            date: String::new(),
            plugins: Vec::new(),
        }
    }

    /// Reads an index whose signature was verified with `key`, and checks all of it: a publisher who is trusted may still
    /// be mistaken, or robbed of the key.
    pub fn parse(bytes: &[u8], key: &PublicKey, place: &str) -> Result<Self, RegistryError> {
        let refused = |why: String| RegistryError::Index {
            place: place.to_owned(),
            why,
        };
        let format = |bytes: &[u8]| -> Result<u32, serde_json::Error> {
            #[derive(Deserialize)]
            struct Form {
                format: u32,
            }
            Ok(serde_json::from_slice::<Form>(bytes)?.format)
        };
        let form = format(bytes)
            .map_err(|e| refused(format!("it is no index: {}", shown(&e.to_string()))))?;
        if form != FORMAT {
            return Err(refused(format!(
                "it is of format {form}; this program reads format {FORMAT}"
            )));
        }
        let index: Self =
            serde_json::from_slice(bytes).map_err(|e| refused(shown(&e.to_string())))?;
        index.check(key).map_err(refused)?;
        Ok(index)
    }

    fn check(&self, key: &PublicKey) -> Result<(), String> {
        if self.key != key.to_base64() {
            return Err(format!(
                "it names {} as its publisher's key, but key {} signed it",
                shown(&self.key),
                key.id()
            ));
        }
        if self.plugins.len() > MOST.0 {
            return Err(format!("it has more than {} entries", MOST.0));
        }
        let (mut versions, mut files) = (HashSet::new(), HashSet::new());
        for entry in &self.plugins {
            entry.check()?;
            let (name, version) = (&entry.name, &entry.version);
            // Build metadata does not order versions: two that differ in nothing else are the same version.
            let mut semver = entry.semver();
            semver.build = semver::BuildMetadata::EMPTY;
            if !versions.insert((name, semver)) {
                return Err(format!("it has {name} {version} twice"));
            }
            if !files.insert(entry.file.to_ascii_lowercase()) {
                return Err(format!("it has the file {} twice", entry.file));
            }
        }
        Ok(())
    }

    /// The index as bytes to sign.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, RegistryError> {
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|e| RegistryError::Index {
            place: "this registry".to_owned(),
            why: e.to_string(),
        })?;
        Ok((text + "\n").into_bytes())
    }
}

impl Entry {
    /// What is wrong with the entry, in words.
    pub(crate) fn check(&self) -> Result<(), String> {
        name::check_name(&self.name).map_err(|e| e.to_string())?;
        let of = format!("{} {}", self.name, shown(&self.version));
        name::version(&self.version).map_err(|e| format!("{of}: {e}"))?;
        if let Some(why) = name::path_fault(&self.file) {
            return Err(format!("{of}: the path {:?}: {why}", shown(&self.file)));
        }
        let hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if self.sha256.len() != 64 || !self.sha256.bytes().all(hexadecimal) {
            return Err(format!("{of}: sha256 is not 64 hexadecimal digits"));
        }
        if self.authors.len() > MOST.1 || self.properties.len() > MOST.1 {
            return Err(format!("{of}: more than {} authors or properties", MOST.1));
        }
        let properties = self.properties.iter().flat_map(|p| [&p.name, &p.unit]);
        let texts = [&self.interface, &self.licence, &self.summary]
            .into_iter()
            .chain(&self.authors)
            .chain(properties);
        for text in texts {
            if text.chars().take(TEXT_CHARS + 1).count() > TEXT_CHARS {
                return Err(format!(
                    "{of}: a text has more than {TEXT_CHARS} characters"
                ));
            }
            if text.chars().any(name::is_hidden) {
                return Err(format!("{of}: a text has control or reordering characters"));
            }
        }
        Ok(())
    }
}
