//! Loading plugins: verify, compile or take from the cache, ask for the description, believe none of it unchecked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use job::Job;
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::cache::{self, Cache, Entry};
use crate::compile::{Compiler, compile};
use crate::description::Description;
use crate::error::{Fault, LoadError};
use crate::instance::{self, Compiled, Failure, Ticker};
use crate::limits::Limits;
use crate::slots::Slots;
use crate::{validate, verify};

/// How a [`Host`] is set up. The default keeps no compiled code and compiles in this process.
#[derive(Clone, Debug, Default)]
pub struct HostOptions {
    pub limits: Limits,
    /// Folder for compiled code, kept between runs; made with mode 0700. `None`: nothing is kept.
    pub cache_dir: Option<PathBuf>,
    pub compiler: Compiler,
}

/// Loads plugins and lends them a clock and limits. One host serves a whole program.
pub struct Host {
    engine: Engine,
    slots: Arc<Slots>,
    limits: Limits,
    compiler: Compiler,
    cache: Option<Cache>,
    messages: Vec<String>,
    ticker: Arc<Ticker>,
    canonical_nans: bool,
}

impl Host {
    /// Fails only where this machine cannot run compiled plugins at all.
    pub fn new(options: HostOptions) -> Result<Self, String> {
        Self::with_nans(options, false)
    }

    /// The same host with every NaN a plugin computes made the same bits.
    pub(crate) fn with_nans(options: HostOptions, canonical_nans: bool) -> Result<Self, String> {
        let engine = instance::engine(&options.limits, canonical_nans)
            .map_err(|e| format!("plugins cannot run on this machine: {e:#}"))?;
        let ticker = Ticker::start(engine.clone())
            .map_err(|e| format!("plugins cannot run: no thread for their clock: {e}"))?;
        let mut messages = Vec::new();
        let cache = options
            .cache_dir
            .and_then(|folder| match Cache::open(&folder) {
                Ok(cache) => Some(cache),
                Err(why) => {
                    messages.push(why);
                    None
                }
            });
        Ok(Self {
            engine,
            slots: Arc::new(Slots::new()),
            limits: options.limits,
            compiler: options.compiler,
            cache,
            messages,
            ticker: Arc::new(ticker),
            canonical_nans,
        })
    }

    /// What the user should hear about the host itself, such as a cache folder that cannot be used.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// The limits every plugin of this host runs under.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn compiler(&self) -> &Compiler {
        &self.compiler
    }

    /// Loads the component in the file at `path`.
    pub fn load_file(&self, path: &Path) -> Result<Plugin, LoadError> {
        self.load(&self.read(path)?, &path.display().to_string())
    }

    /// The bytes of the file at `path`, one byte more than a component may have at most; for [`Self::check`].
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, LoadError> {
        let unreadable = |e: std::io::Error| LoadError::Read {
            path: path.display().to_string(),
            why: e.to_string(),
        };
        // Opening a pipe would wait for somebody to write into it.
        let kind = std::fs::metadata(path).map_err(unreadable)?.file_type();
        if !kind.is_file() && !kind.is_dir() {
            return Err(LoadError::Read {
                path: path.display().to_string(),
                why: "it is a pipe or a device; save the component as a file".to_owned(),
            });
        }
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        let most = self.limits.component_bytes as u64 + 1;
        std::io::Read::read_to_end(&mut std::io::Read::take(file, most), &mut bytes)
            .map_err(unreadable)?;
        Ok(bytes)
    }

    /// Loads a component from memory; `origin` says where it is from, for people (a path, "shipped").
    ///
    /// In this order: form, size, imports and interface version are read from the bytes; only then is it compiled (or its
    /// code taken from the cache); then it describes itself, twice, the description is checked, and the
    /// models that it carries are taken out.
    pub fn load(&self, bytes: &[u8], origin: &str) -> Result<Plugin, LoadError> {
        let read = verify::read(bytes, &self.limits)?;
        let sha256: [u8; 32] = Sha256::digest(bytes).into();
        let mut messages = Vec::new();
        let component = self.component(bytes, &sha256, origin, &mut messages)?;
        let compiled = Compiled::new(&self.engine, &self.slots, &component)?;
        let limits = self.limits.of_component(read.code_bytes);
        let (description, again) = describe(&compiled, &limits)?;
        if let Some(what) = difference(&description, &again) {
            return Err(LoadError::Unsteady(what));
        }
        let faults = validate::faults(&description, &limits);
        if !faults.is_empty() {
            return Err(LoadError::Description(faults));
        }
        let models = models(&compiled, &description, &limits)?;
        Ok(Plugin(Arc::new(Loaded {
            compiled,
            limits,
            description,
            models,
            interface: read.version,
            sha256: cache::hex(&sha256),
            origin: origin.to_owned(),
            messages,
            _ticker: self.ticker.clone(),
        })))
    }

    /// The compiled component, from the cache where an untouched entry is there.
    fn component(
        &self,
        bytes: &[u8],
        sha256: &[u8; 32],
        origin: &str,
        messages: &mut Vec<String>,
    ) -> Result<Component, LoadError> {
        if let Some(cache) = &self.cache {
            let spoiled = match cache.get(sha256, &self.engine) {
                Entry::Absent => None,
                Entry::Spoiled(why) => Some(why),
                Entry::Code(code) => match self.deserialize(&code) {
                    Ok(component) => return Ok(component),
                    Err(_) => {
                        cache.discard(sha256, &self.engine);
                        Some("is refused by the engine")
                    }
                },
            };
            if let Some(why) = spoiled {
                messages.push(format!(
                    "the compiled code kept for {origin} {why}; it was thrown away and made anew"
                ));
            }
        }
        let code = compile(bytes, self.canonical_nans, &self.compiler, &self.limits)?;
        if let Some(cache) = &self.cache
            && let Err(why) = cache.put(sha256, &self.engine, &code)
        {
            messages.push(why);
        }
        self.deserialize(&code)
            .map_err(|e| LoadError::Compile(crate::text::clean(&format!("{e:#}"), 300)))
    }

    fn deserialize(&self, code: &[u8]) -> wasmtime::Result<Component> {
        // SAFETY: `code` is what wasmtime's compiler wrote: either just now, in this process or in a child that runs our
        // own program; or earlier, into a folder that only this user can write to, and it still has the checksum it was
        // written with. Code that a plugin brings along is refused before (`verify::form`). That it was compiled by the
        // same version of wasmtime with the same settings, wasmtime checks itself.
        unsafe { Component::deserialize(&self.engine, code) }
    }
}

/// What the plugin says of itself when asked twice. Fresh instances of a component that imports nothing cannot differ, so
/// it is the second question to the same instance that would show a description that depends on something.
fn describe(compiled: &Compiled, limits: &Limits) -> Result<(Description, Description), LoadError> {
    let (result, _) = compiled.call(
        limits,
        limits.fuel(0),
        limits.description_bytes,
        &Job::new(),
        |instance, store| {
            let model = instance.lodestone_plugin_model();
            Ok((
                model.call_describe(&mut *store)?,
                model.call_describe(store)?,
            ))
        },
    );
    match result {
        Ok((first, second)) => Ok((first.into(), second.into())),
        Err(Failure::Fault(fault)) => Err(LoadError::Describe(fault)),
        // nobody else holds the job
        Err(Failure::Cancelled) => Err(LoadError::Describe(Fault::Deadline(limits.wall))),
    }
}

/// The models that the plugin carries, once their number, size and names are within bounds. What is in them is for others
/// to judge.
fn models(
    compiled: &Compiled,
    description: &Description,
    limits: &Limits,
) -> Result<Vec<ModelFile>, LoadError> {
    let (result, _) = compiled.call(
        limits,
        limits.fuel(0),
        limits.model_bytes,
        &Job::new(),
        |instance, store| instance.lodestone_plugin_model().call_models(store),
    );
    let given = match result {
        Ok(given) => given,
        Err(Failure::Fault(fault)) => return Err(LoadError::Models(fault)),
        // nobody else holds the job
        Err(Failure::Cancelled) => return Err(LoadError::Models(Fault::Deadline(limits.wall))),
    };
    let models = given.into_iter().map(|m| ModelFile {
        name: m.name,
        bytes: m.bytes,
    });
    let models: Vec<ModelFile> = models.collect();
    let names = models.iter().map(|m| m.name.as_str());
    let faults = validate::model_faults(names, description, limits);
    match faults.is_empty() {
        true => Ok(models),
        false => Err(LoadError::ModelNames(faults)),
    }
}

/// What differs between two descriptions, in words.
fn difference(a: &Description, b: &Description) -> Option<String> {
    // NaN is unlike itself: compare as text, which is only read where the quick comparison fails.
    if a == b || format!("{a:?}") == format!("{b:?}") {
        return None;
    }
    let what = if a.id != b.id {
        "another id"
    } else if a.version != b.version {
        "another version"
    } else if a.properties.len() != b.properties.len() {
        "another number of properties"
    } else if a.properties != b.properties {
        "other properties"
    } else if a.parameters != b.parameters {
        "other parameters"
    } else if a.inputs != b.inputs {
        "other inputs"
    } else {
        "other texts"
    };
    Some(what.to_owned())
}

/// A model a plugin carries as data; the host room only hands it out.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A plugin that passed every check of [`Host::load`]; cheap to clone.
#[derive(Clone)]
pub struct Plugin(pub(crate) Arc<Loaded>);

pub(crate) struct Loaded {
    pub(crate) compiled: Compiled,
    pub(crate) limits: Limits,
    pub(crate) description: Description,
    models: Vec<ModelFile>,
    interface: String,
    sha256: String,
    origin: String,
    messages: Vec<String>,
    /// Without a clock no deadline would ever strike.
    _ticker: Arc<Ticker>,
}

impl Plugin {
    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        &self.0.description
    }

    /// The plugin's id.
    pub fn id(&self) -> &str {
        &self.0.description.id
    }

    /// The interface version it was built for: `0.1.0`.
    pub fn interface(&self) -> &str {
        &self.0.interface
    }

    /// SHA-256 of the component, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// Where it was loaded from.
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// What the user should hear about the loading, such as a cache entry that had to be thrown away.
    pub fn messages(&self) -> &[String] {
        &self.0.messages
    }

    /// The models it carries, as bytes; this room evaluates none of them.
    pub fn models(&self) -> &[ModelFile] {
        &self.0.models
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plugin({} from {})", self.id(), self.origin())
    }
}
