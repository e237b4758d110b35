//! Installing, updating and removing: nothing is compiled before it is known who signed it.

use super::{Shelf, ShelfError};
use job::Job;
use plugin_host::{Host, Plugin};
use registry::{
    Candidate, Catalogue, PublicKey, Record, RegistryError, Signature, Source, TrustedKey,
    is_address, read_signature, signature_file, version,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What the user wants installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A component's file.
    File(PathBuf),
    /// A registry, a plugin of it, and perhaps its version.
    Registry(String, String, Option<String>),
}

impl Wanted {
    /// From a file's path, or from `REGISTRY/NAME` or `REGISTRY/NAME@VERSION`.
    ///
    /// # Errors
    ///
    /// A text that names neither.
    pub fn parse(text: &str) -> Result<Self, ShelfError> {
        if !is_address(text) && (text.ends_with(".wasm") || Path::new(text).is_file()) {
            return Ok(Self::File(text.into()));
        }
        let Some((place, spec)) = text.rsplit_once(['/', std::path::MAIN_SEPARATOR]) else {
            return Err(ShelfError::Nowhere(text.to_owned()));
        };
        let address = text.trim_end_matches('/');
        if is_address(text) && (address != text || address.matches('/').count() == 2) {
            return Err(ShelfError::Nameless {
                text: text.to_owned(),
                address: address.to_owned(),
            });
        }
        let (name, version) = match spec.split_once('@') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (spec, None),
        };
        registry::check_name(name)?;
        if let Some(text) = &version {
            registry::version(text)?;
        }
        let place = if place.is_empty() { "/" } else { place };
        Ok(Self::Registry(place.to_owned(), name.to_owned(), version))
    }
}

/// What came of an installation.
#[derive(Debug)]
pub struct Installed {
    pub record: Record,
    /// The version that was there before.
    pub before: Option<Record>,
    /// The same was installed before.
    pub unchanged: bool,
    /// Who signed it; `None`: unsigned.
    pub signer: Option<TrustedKey>,
    /// Newer versions that this program cannot use, and why.
    pub skipped: Vec<String>,
}

impl Installed {
    /// Who vouches for it, in words.
    pub fn signed(&self) -> String {
        match &self.signer {
            Some(key) => format!(
                "signed by key {}, trusted since {}",
                key.describe(),
                key.since
            ),
            None => "UNSIGNED: nobody vouches for it".to_owned(),
        }
    }

    /// In a line.
    pub fn words(&self) -> String {
        let Record {
            name,
            version,
            source,
            ..
        } = &self.record;
        let how = match &self.before {
            _ if self.unchanged => "was installed already".to_owned(),
            Some(old) if old.version != *version => {
                format!("installed in place of {}", old.version)
            }
            _ => "installed".to_owned(),
        };
        format!("{name} {version} {how}, from {source}; {}", self.signed())
    }
}

/// What came of asking for a newer version.
#[derive(Debug)]
pub enum Updated {
    Newer(Box<Installed>),
    /// The version that is installed.
    Newest(String),
    /// It was installed from this file.
    Local(String),
}

/// Registries that were opened, or why not, by their places.
pub type Catalogues = BTreeMap<String, Result<Catalogue, String>>;

/// A plugin that was read, and who signed it.
struct Read<'a> {
    plugin: &'a Plugin,
    bytes: &'a [u8],
    signature: Option<(&'a str, PublicKey)>,
    source: &'a str,
    from_registry: bool,
}

/// A component and the models that it carries.
fn read(host: &Host, bytes: &[u8], origin: &str) -> Result<Plugin, ShelfError> {
    let plugin = host.load(bytes, origin)?;
    screening::carried_models(&plugin)?;
    Ok(plugin)
}

impl Shelf {
    /// Opens a registry that the user named, or that a plugin came from.
    ///
    /// # Errors
    ///
    /// What cannot be fetched, and an index that no trusted key signed, or that is older than one seen before.
    pub fn open(&self, place: &str, job: &Job) -> Result<Catalogue, ShelfError> {
        let source = Source::parse(place, &self.0.web)?;
        Ok(Catalogue::open(source, self.home()?, job)?)
    }

    /// Installs what is wanted. `new_owner`: also where its name belongs to another key.
    ///
    /// # Errors
    ///
    /// Whatever speaks against it; nothing was changed then.
    pub fn install(
        &self,
        wanted: &Wanted,
        host: &Host,
        new_owner: bool,
        job: &Job,
    ) -> Result<Installed, ShelfError> {
        match wanted {
            Wanted::File(path) => self.install_file(path, host, new_owner),
            Wanted::Registry(place, name, version) => {
                let catalogue = self.open(place, job)?;
                let version = version.as_deref();
                self.install_entry(&catalogue, name, version, host, new_owner, job)
            }
        }
    }

    /// Removes a plugin; gives its record, if that can be read.
    ///
    /// # Errors
    ///
    /// A plugin that is not installed.
    pub fn remove(&self, name: &str) -> Result<Option<Record>, ShelfError> {
        Ok(self.home()?.remove(name)?)
    }

    /// A component file with or without a signature beside it.
    fn install_file(
        &self,
        path: &Path,
        host: &Host,
        new_owner: bool,
    ) -> Result<Installed, ShelfError> {
        let home = self.home()?;
        let bytes = host.read(path)?;
        let shown = path.display().to_string();
        let beside = signature_file(path);
        let signed = if beside.exists() {
            let text = read_signature(&beside)?;
            let signature = Signature::parse(&text, &beside.display().to_string())?;
            let signer = home.trust()?.verify(&signature, &bytes, &shown)?.clone();
            Some((text, signature, signer))
        } else {
            None
        };
        let plugin = read(host, &bytes, &shown).map_err(|why| ShelfError::Because {
            what: format!("{shown} is not installed"),
            why: Box::new(why),
        })?;
        let d = plugin.description();
        if self.shipped_ids().contains(&d.id.as_str()) {
            return Err(RegistryError::Shipped(d.id.clone()).into());
        }
        let mut signature = None;
        if let Some((text, said, signer)) = &signed {
            said.check_said(&signer.describe(), &d.id, &d.version)?;
            let key = PublicKey::from_base64(&signer.key)?;
            let text = std::str::from_utf8(text)
                .map_err(|_| ShelfError::NoText(beside.display().to_string()))?;
            signature = Some((text, key));
        }
        let source = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let read = Read {
            plugin: &plugin,
            bytes: &bytes,
            signature,
            source: &source.display().to_string(),
            from_registry: false,
        };
        self.put(read, new_owner)
    }

    /// A plugin of a registry whose index was verified.
    fn install_entry(
        &self,
        catalogue: &Catalogue,
        name: &str,
        wanted: Option<&str>,
        host: &Host,
        new_owner: bool,
        job: &Job,
    ) -> Result<Installed, ShelfError> {
        let home = self.home()?;
        let shipped = self.shipped_ids();
        let terms = self.terms(&shipped, host);
        let here = home
            .record(name)
            .ok()
            .flatten()
            .map(|record| record.version);
        let choice = match wanted {
            Some(_) => catalogue.choose(name, wanted, &terms)?,
            None => catalogue.newest(name, here.as_deref(), &terms)?,
        };
        let entry = choice.entry;
        if !new_owner {
            home.check_owner(name, Some(catalogue.key()))?;
        }
        if let Ok(Some(record)) = home.record(name)
            && wanted.is_none()
            && version(&record.version)? > entry.semver()
        {
            return Err(RegistryError::Older {
                name: name.to_owned(),
                installed: record.version,
                found: entry.version.clone(),
                place: catalogue.place(),
            }
            .into());
        }
        let fetched = catalogue.fetch(entry, home, job)?;
        let file = format!("{}/{}", catalogue.place(), entry.file);
        // only now somebody looks into it
        let plugin = read(host, &fetched.bytes, &file).map_err(|why| ShelfError::Because {
            what: format!(
                "{file}, signed by key {}, is not installed",
                catalogue.signer()
            ),
            why: Box::new(why),
        })?;
        let d = plugin.description();
        let announced = (&entry.name, &entry.version, entry.interface.as_str());
        if (&d.id, &d.version, plugin.interface()) != announced {
            let whole = |id: &str, version: &str, interface: &str| {
                format!("{id} {version}, interface {interface}")
            };
            return Err(RegistryError::Announced {
                what: format!("{file}, signed by key {},", catalogue.signer()),
                found: whole(&d.id, &d.version, plugin.interface()),
                wanted: whole(&entry.name, &entry.version, &entry.interface),
            }
            .into());
        }
        let place = catalogue.place();
        let read = Read {
            plugin: &plugin,
            bytes: &fetched.bytes,
            signature: Some((fetched.signature.as_str(), fetched.key)),
            source: &place,
            from_registry: true,
        };
        let mut installed = self.put(read, new_owner)?;
        installed.skipped = choice.skipped;
        Ok(installed)
    }

    /// Puts a plugin that was read into its place, unless the same is there already, unharmed.
    fn put(&self, read: Read<'_>, new_owner: bool) -> Result<Installed, ShelfError> {
        let home = self.home()?;
        let d = read.plugin.description();
        let before = home.install(
            &Candidate {
                name: &d.id,
                version: &d.version,
                bytes: read.bytes,
                signature: read.signature.as_ref().map(|(text, key)| (*text, key)),
                source: read.source,
                from_registry: read.from_registry,
            },
            new_owner,
        )?;
        let verified = home.load(&d.id, read.bytes.len() as u64)?;
        let unchanged = before.as_ref().is_some_and(|old| {
            (&old.sha256, &old.key) == (&verified.record.sha256, &verified.record.key)
        });
        Ok(Installed {
            record: verified.record,
            before,
            unchanged,
            signer: verified.signer,
            skipped: Vec::new(),
        })
    }

    /// Asks the registry that a plugin came from for a newer version, and installs it. `named`: the user asked for this
    /// very plugin, so that one from a file is an error.
    ///
    /// # Errors
    ///
    /// Whatever speaks against it; the installed version stays then.
    pub fn update(
        &self,
        name: &str,
        named: bool,
        catalogues: &mut Catalogues,
        host: &Host,
        job: &Job,
    ) -> Result<Updated, ShelfError> {
        let home = self.home()?;
        let Some(record) = home.record(name)? else {
            // says what is installed
            home.load(name, 0)?;
            return Err(ShelfError::Before(format!("{name} is not installed")));
        };
        if !record.from_registry {
            return match named {
                true => Err(ShelfError::Local(record.source)),
                false => Ok(Updated::Local(record.source)),
            };
        }
        let catalogue = catalogues
            .entry(record.source.clone())
            .or_insert_with(|| self.open(&record.source, job).map_err(|e| e.words()));
        let catalogue = match catalogue {
            Ok(catalogue) => &*catalogue,
            Err(why) => return Err(ShelfError::Before(why.clone())),
        };
        let shipped = self.shipped_ids();
        let terms = self.terms(&shipped, host);
        let choice = catalogue.newest(name, Some(&record.version), &terms)?;
        if choice.entry.semver() <= version(&record.version)? {
            home.check_owner(name, Some(catalogue.key()))?;
            return Ok(Updated::Newest(record.version));
        }
        let done = self.install_entry(catalogue, name, None, host, false, job)?;
        Ok(Updated::Newer(Box::new(done)))
    }
}
