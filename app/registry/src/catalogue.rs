//! A registry whose index was verified: what it has, what fits, and fetching it.

use crate::index::{Entry, INDEX_BYTES, Index};
use crate::key::PublicKey;
use crate::pins::Pins;
use crate::signature::{SIGNATURE_BYTES, Signature};
use crate::trust::TrustStore;
use crate::{Home, RegistryError, Source, name};
use job::Job;
use semver::Version;

/// The registry's index, and its signature.
pub(crate) const INDEX: &str = "index.json";
pub(crate) const INDEX_SIGNATURE: &str = "index.json.minisig";
/// The signature of the index that is about to replace the present one. A publication that was interrupted after its index
/// came into place leaves this one beside it.
pub(crate) const NEXT_SIGNATURE: &str = "index.json.minisig.next";

/// What this program can use.
pub struct Terms<'a> {
    /// Names of plugins that are shipped with it; nobody else gets them.
    pub shipped: &'a [&'a str],
    /// Whether it speaks a version of the plugin interface.
    pub speaks: &'a dyn Fn(&str) -> bool,
    /// What a component may have at most, bytes.
    pub component_bytes: u64,
}

/// A registry with an index that a trusted key signed, no older than any seen before.
#[derive(Debug)]
pub struct Catalogue {
    source: Source,
    index: Index,
    key: PublicKey,
    /// The key with its label.
    signer: String,
}

/// A version that was chosen, and why newer ones were not.
#[derive(Debug)]
pub struct Choice<'a> {
    pub entry: &'a Entry,
    pub skipped: Vec<String>,
}

/// A component as the index announced it, with its signature; not yet looked into.
#[derive(Debug)]
pub struct Fetched {
    pub bytes: Vec<u8>,
    pub signature: String,
    pub key: PublicKey,
}

impl Catalogue {
    /// Fetches and verifies the index: signature by a trusted key, form, and serial number, which is remembered.
    pub fn open(source: Source, home: &Home, job: &Job) -> Result<Self, RegistryError> {
        job.stage("reading", None);
        let trust = home.trust()?;
        let place = source.place();
        let (bytes, signer) = read_index(&source, job, |signature, bytes, what| {
            trust.verify(signature, bytes, what).cloned()
        })?;
        job.stage("verifying", None);
        let key = PublicKey::from_base64(&signer.key)?;
        let index = Index::parse(&bytes, &key, &place)?;
        let signer = signer.describe();
        let _lock = home.lock()?;
        let mut pins = Pins::open(home.folder())?;
        pins.check_index(&key, &signer, index.serial, &bytes, &place)?;
        if pins.remember_index(&key, index.serial, &bytes) {
            pins.write()?;
        }
        Ok(Self {
            source,
            index,
            key,
            signer,
        })
    }

    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The publisher's key with its label, for messages.
    pub fn signer(&self) -> &str {
        &self.signer
    }

    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Where the registry is.
    pub fn place(&self) -> String {
        self.source.place()
    }

    /// The newest version of the plugin that this program can use, or just the `wanted` one. Versions before a release
    /// (`1.0.0-rc.1`) are taken only where there is no other.
    pub fn choose(
        &self,
        plugin: &str,
        wanted: Option<&str>,
        terms: &Terms,
    ) -> Result<Choice<'_>, RegistryError> {
        self.choose_over(plugin, wanted, None, terms)
    }

    /// The newest version for whom has `installed`. Whoever took a version before a release is offered the next one of
    /// these, too, until there is a release that is newer.
    pub fn newest(
        &self,
        plugin: &str,
        installed: Option<&str>,
        terms: &Terms,
    ) -> Result<Choice<'_>, RegistryError> {
        let installed = installed.and_then(|text| name::version(text).ok());
        let before_release = installed.filter(|version| !version.pre.is_empty());
        self.choose_over(plugin, None, before_release.as_ref(), terms)
    }

    fn choose_over(
        &self,
        plugin: &str,
        wanted: Option<&str>,
        before_release: Option<&Version>,
        terms: &Terms,
    ) -> Result<Choice<'_>, RegistryError> {
        name::check_name(plugin)?;
        if terms.shipped.contains(&plugin) {
            return Err(RegistryError::Shipped(plugin.to_owned()));
        }
        let mut versions: Vec<(Version, &Entry)> = self
            .index
            .plugins
            .iter()
            .filter(|entry| entry.name == plugin)
            .map(|entry| (entry.semver(), entry))
            .collect();
        // Newest first, after all releases what comes before a release; but what is newer than the version before a release
        // that is installed comes before all else.
        let standing = |v: &Version| {
            let newer = before_release.is_some_and(|installed| v > installed);
            (newer, v.pre.is_empty())
        };
        versions.sort_by(|(a, _), (b, _)| (standing(b), b).cmp(&(standing(a), a)));
        if versions.is_empty() {
            return Err(RegistryError::NoPlugin {
                place: self.place(),
                name: plugin.to_owned(),
                hint: self.has(),
            });
        }
        if let Some(wanted) = wanted {
            let version = name::version(wanted)?;
            if !versions.iter().any(|(v, _)| *v == version) {
                return Err(RegistryError::NoVersion {
                    place: self.place(),
                    name: plugin.to_owned(),
                    version: wanted.to_owned(),
                    has: versions
                        .iter()
                        .take(20)
                        .map(|(v, _)| v.to_string())
                        .collect(),
                });
            }
            versions.retain(|(v, _)| *v == version);
        }
        let mut skipped = Vec::new();
        for (_, entry) in versions {
            match misfit(entry, terms) {
                None => return Ok(Choice { entry, skipped }),
                Some(why) => skipped.push(format!("{} {why}", entry.describe())),
            }
        }
        Err(RegistryError::NoneFits {
            place: self.place(),
            name: plugin.to_owned(),
            why: skipped,
        })
    }

    /// The names that it has, for a message.
    fn has(&self) -> String {
        let mut names: Vec<&str> = self.index.plugins.iter().map(|e| e.name.as_str()).collect();
        names.dedup();
        let more = if names.len() > 20 { ", ..." } else { "" };
        names.truncate(20);
        if names.is_empty() {
            "; it is empty".to_owned()
        } else {
            format!("; it has {}{more}", names.join(", "))
        }
    }

    /// Fetches the component and its signature, and verifies length, hash and signature.
    pub fn fetch(&self, entry: &Entry, home: &Home, job: &Job) -> Result<Fetched, RegistryError> {
        let what = self.source.place_of(&entry.file);
        let bytes = self.source.download(entry, &self.signer, home, job)?;
        let signature_path = format!("{}.minisig", entry.file);
        let signature_place = self.source.place_of(&signature_path);
        let signature = self.source.fetch(&signature_path, SIGNATURE_BYTES, job)?;
        let signature =
            signature.ok_or_else(|| RegistryError::NoSignature(signature_place.clone()))?;
        // All is read, and the program no longer ends at once when it is asked to: it may be changing files.
        job.stage("verifying", None);
        let parsed = Signature::parse(&signature, &signature_place)?;
        if parsed.key_id() != self.key.id() {
            return Err(RegistryError::WrongKey {
                what,
                found: parsed.key_id(),
                wanted: self.signer.clone(),
                why: "which signed the index",
            });
        }
        if !parsed.fits(&self.key, &bytes) {
            return Err(RegistryError::BadSignature {
                what,
                key: self.signer.clone(),
            });
        }
        parsed.check_said(&self.signer, &entry.name, &entry.version)?;
        Ok(Fetched {
            bytes,
            // its form was checked: it is text
            signature: String::from_utf8_lossy(&signature).into_owned(),
            key: self.key.clone(),
        })
    }
}

/// Why this program cannot use that version, if it cannot.
pub fn misfit(entry: &Entry, terms: &Terms) -> Option<String> {
    if terms.shipped.contains(&entry.name.as_str()) {
        return Some("has the name of a plugin that is shipped with this program".to_owned());
    }
    if !(terms.speaks)(&entry.interface) {
        return Some(format!(
            "was built for version {} of the plugin interface",
            crate::key::shown(&entry.interface)
        ));
    }
    if entry.size > terms.component_bytes {
        return Some(format!(
            "has {} bytes; a plugin may have {}",
            entry.size, terms.component_bytes
        ));
    }
    None
}

/// The index and whatever `verify` makes of its signature. Where they do not fit each other, a publication may just be
/// taking place, or have been interrupted: the signature announced as next is tried, then both are read once more.
pub(crate) fn read_index<K>(
    source: &Source,
    job: &Job,
    verify: impl Fn(&Signature, &[u8], &str) -> Result<K, RegistryError>,
) -> Result<(Vec<u8>, K), RegistryError> {
    let what = source.place_of(INDEX);
    let mut attempts = 2;
    loop {
        attempts -= 1;
        let Some(bytes) = source.fetch(INDEX, INDEX_BYTES, job)? else {
            return Err(RegistryError::Source {
                place: source.place(),
                why: format!(
                    "there is no {INDEX}; it is no registry, or nothing was published yet"
                ),
            });
        };
        let checked = |path: &str| {
            let place = source.place_of(path);
            let signature = source.fetch(path, SIGNATURE_BYTES, job)?;
            let signature = signature.ok_or_else(|| RegistryError::NoSignature(place.clone()))?;
            verify(&Signature::parse(&signature, &place)?, &bytes, &what)
        };
        let error = match checked(INDEX_SIGNATURE) {
            Ok(key) => return Ok((bytes, key)),
            Err(error @ (RegistryError::BadSignature { .. } | RegistryError::NoSignature(_))) => {
                error
            }
            Err(error) => return Err(error),
        };
        if let Ok(key) = checked(NEXT_SIGNATURE) {
            return Ok((bytes, key));
        }
        if attempts == 0 {
            return Err(error);
        }
    }
}

/// Refuses a plugin whose name belongs to another key, or a plugin without a key where the name has one.
pub(crate) fn check_owner(
    pins: &Pins,
    trust: &TrustStore,
    plugin: &str,
    key: Option<&PublicKey>,
) -> Result<(), RegistryError> {
    let Some(owner) = pins.owner(plugin) else {
        return Ok(());
    };
    if key.is_some_and(|key| key.to_base64() == owner) {
        return Ok(());
    }
    let describe = |key: &PublicKey| trust.describe(key);
    Err(RegistryError::Owner {
        name: plugin.to_owned(),
        owner: PublicKey::from_base64(owner).map_or_else(|_| owner.to_owned(), |k| describe(&k)),
        claimant: key.map_or_else(
            || "an unsigned file".to_owned(),
            |key| format!("key {}", describe(key)),
        ),
    })
}
