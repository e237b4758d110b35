//! `lodestone plugin install | update | remove`: nothing is compiled before it is known who signed it.

use super::keys::{failed, key_json, say};
use crate::args::{InstallArgs, RemoveArgs, UpdateArgs};
use crate::plugins::{SHIPPED_IDS, home, host, speaks};
use crate::{Failure, progress, show};
use anyhow::{Context, Result, anyhow, bail};
use job::Job;
use plugin_host::{Host, Plugin};
use registry::{
    Candidate, Catalogue, Home, PublicKey, Record, RegistryError, Signature, Source, Terms,
    WebOptions, is_address, read_signature, signature_file, version,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A proxy to fetch through.
const PROXY_VARIABLE: &str = "LODESTONE_PROXY";

/// A file of the authorities that certify https servers.
const AUTHORITIES_VARIABLE: &str = "LODESTONE_CA";

/// What this program can use.
pub(super) fn terms(host: &Host) -> Terms<'static> {
    Terms {
        shipped: &SHIPPED_IDS,
        speaks: &speaks,
        component_bytes: host.limits().component_bytes as u64,
    }
}

/// Opens a registry that the user named, or that a plugin came from.
pub(super) fn open(place: &str, home: &Home, job: &Job) -> Result<Catalogue> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let options = WebOptions {
        proxy: variable(PROXY_VARIABLE).map(|proxy| proxy.to_string_lossy().into_owned()),
        authorities: variable(AUTHORITIES_VARIABLE).map(PathBuf::from),
        ..WebOptions::default()
    };
    Ok(Catalogue::open(Source::parse(place, &options)?, home, job)?)
}

/// What the user wants installed.
enum Wanted {
    File(PathBuf),
    /// A registry, a plugin of it, and perhaps its version.
    Registry(String, String, Option<String>),
}

impl Wanted {
    fn parse(text: &str) -> Result<Self> {
        if !is_address(text) && (text.ends_with(".wasm") || Path::new(text).is_file()) {
            return Ok(Self::File(text.into()));
        }
        let Some((place, spec)) = text.rsplit_once(['/', std::path::MAIN_SEPARATOR]) else {
            bail!(
                "{text:?} says not where from; name a component file (./{text}.wasm) or a registry's plugin \
                 (FOLDER-OR-URL/{text})"
            );
        };
        let address = text.trim_end_matches('/');
        if is_address(text) && (address != text || address.matches('/').count() == 2) {
            bail!(
                "{text} names a registry and none of its plugins; add the plugin's name: {address}/NAME \
                 (`lodestone plugin list --available {address}` shows what it has)"
            );
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
struct Done {
    record: Record,
    before: Option<Record>,
    /// The same was installed before.
    unchanged: bool,
    signer: Value,
    signed: String,
}

pub(super) fn install(args: &InstallArgs) -> Result<(), Failure> {
    let wanted = Wanted::parse(&args.what).map_err(Failure::Usage)?;
    let (home, host) = (home()?, host()?);
    let (job, shown) = progress::start();
    let done = match &wanted {
        Wanted::File(path) => from_file(path, &home, &host, args.new_owner),
        Wanted::Registry(place, name, version) => {
            let catalogue = open(place, &home, &job);
            catalogue.and_then(|c| {
                from_registry(
                    &c,
                    name,
                    version.as_deref(),
                    &home,
                    &host,
                    args.new_owner,
                    &job,
                )
            })
        }
    };
    drop(shown);
    let done = done?;
    say(args.json, &done.json(), done.text())
}

/// A component file with or without a signature beside it.
fn from_file(path: &Path, home: &Home, host: &Host, new_owner: bool) -> Result<Done> {
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
    let plugin = host
        .load(&bytes, &shown)
        .with_context(|| format!("{shown} is not installed"))?;
    let d = plugin.description();
    if SHIPPED_IDS.contains(&d.id.as_str()) {
        return Err(RegistryError::Shipped(d.id.clone()).into());
    }
    let mut given = None;
    if let Some((text, signature, signer)) = &signed {
        signature.check_said(&signer.describe(), &d.id, &d.version)?;
        let key = PublicKey::from_base64(&signer.key)?;
        given = Some((std::str::from_utf8(text)?, key));
    }
    let source = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    put(
        home,
        &plugin,
        &bytes,
        given,
        &source.display().to_string(),
        false,
        new_owner,
    )
}

/// A plugin of a registry whose index was verified.
fn from_registry(
    catalogue: &Catalogue,
    name: &str,
    wanted: Option<&str>,
    home: &Home,
    host: &Host,
    new_owner: bool,
    job: &Job,
) -> Result<Done> {
    let here = home
        .record(name)
        .ok()
        .flatten()
        .map(|record| record.version);
    let choice = match wanted {
        Some(_) => catalogue.choose(name, wanted, &terms(host))?,
        None => catalogue.newest(name, here.as_deref(), &terms(host))?,
    };
    for why in &choice.skipped {
        show::tell(format!("lodestone: {why}; it is not taken"));
    }
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
    let plugin = host.load(&fetched.bytes, &file).with_context(|| {
        format!(
            "{file}, signed by key {}, is not installed",
            catalogue.signer()
        )
    })?;
    screening::carried_models(&plugin).with_context(|| {
        format!(
            "{file}, signed by key {}, is not installed",
            catalogue.signer()
        )
    })?;
    let d = plugin.description();
    let announced = (&entry.name, &entry.version, entry.interface.as_str());
    if (&d.id, &d.version, plugin.interface()) != announced {
        return Err(RegistryError::Announced {
            what: format!("{file}, signed by key {},", catalogue.signer()),
            found: format!("{} {}, interface {}", d.id, d.version, plugin.interface()),
            wanted: format!(
                "{} {}, interface {}",
                entry.name, entry.version, entry.interface
            ),
        }
        .into());
    }
    let given = Some((fetched.signature.as_str(), fetched.key));
    put(
        home,
        &plugin,
        &fetched.bytes,
        given,
        &catalogue.place(),
        true,
        new_owner,
    )
}

/// Puts a plugin that was read into its place, unless the same is there already, unharmed.
fn put(
    home: &Home,
    plugin: &Plugin,
    bytes: &[u8],
    signature: Option<(&str, PublicKey)>,
    source: &str,
    from_registry: bool,
    new_owner: bool,
) -> Result<Done> {
    let d = plugin.description();
    let before = home.install(
        &Candidate {
            name: &d.id,
            version: &d.version,
            bytes,
            signature: signature.as_ref().map(|(text, key)| (*text, key)),
            source,
            from_registry,
        },
        new_owner,
    )?;
    let verified = home.load(&d.id, bytes.len() as u64)?;
    let signed = verified.signer.as_ref().map_or_else(
        || "UNSIGNED: nobody vouches for it".to_owned(),
        |key| {
            format!(
                "signed by key {}, trusted since {}",
                key.describe(),
                key.since
            )
        },
    );
    let unchanged = before.as_ref().is_some_and(|old| {
        (&old.sha256, &old.key) == (&verified.record.sha256, &verified.record.key)
    });
    Ok(Done {
        signer: verified.signer.as_ref().map_or(Value::Null, key_json),
        record: verified.record,
        before,
        unchanged,
        signed,
    })
}

impl Done {
    fn json(&self) -> Value {
        json!({
            "name": self.record.name,
            "version": self.record.version,
            "before": self.before.as_ref().map(|record| &record.version),
            "unchanged": self.unchanged,
            "sha256": self.record.sha256,
            "key": self.signer,
            "source": self.record.source,
        })
    }

    fn text(&self) -> String {
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
        format!("{name} {version} {how}, from {source}; {}\n", self.signed)
    }
}

pub(super) fn remove(args: &RemoveArgs) -> Result<(), Failure> {
    if SHIPPED_IDS.contains(&args.name.as_str()) {
        return Err(Failure::Usage(anyhow!(
            "{} is shipped with this program and cannot be removed",
            args.name
        )));
    }
    registry::check_name(&args.name).map_err(|e| Failure::Usage(e.into()))?;
    let record = home()?.remove(&args.name).map_err(failed)?;
    let version = record.map(|record| record.version);
    let shown = version.as_deref().unwrap_or("(its record was damaged)");
    let text = format!("removed {} {shown}\n", args.name);
    say(
        args.json,
        &json!({ "name": args.name, "version": version }),
        text,
    )
}

pub(super) fn update(args: &UpdateArgs) -> Result<(), Failure> {
    let (home, host) = (home()?, host()?);
    let names = match &args.name {
        Some(name) => vec![name.clone()],
        None => home.names().map_err(failed)?,
    };
    let (job, shown) = progress::start();
    let mut catalogues: BTreeMap<String, Result<Catalogue, String>> = BTreeMap::new();
    let (mut text, mut values, mut errors) = (String::new(), Vec::new(), Vec::new());
    for name in &names {
        match updated(
            name,
            args.name.is_some(),
            &mut catalogues,
            &home,
            &host,
            &job,
        ) {
            Ok(Updated::Newer(done)) => {
                let old = done.before.as_ref().map_or("?", |record| &record.version);
                let new = &done.record.version;
                text.push_str(&format!("{name} {old} -> {new}; {}\n", done.signed));
                values.push(done.json());
            }
            Ok(Updated::Newest(version)) => {
                text.push_str(&format!("{name} {version} is the newest that fits\n"));
                values.push(json!({ "name": name, "version": version, "unchanged": true }));
            }
            Ok(Updated::Local(source)) => {
                text.push_str(&format!(
                    "{name} was installed from {source}; install its newer file yourself\n"
                ));
                values.push(json!({ "name": name, "source": source, "local": true }));
            }
            Err(error) => {
                values.push(json!({ "name": name, "error": format!("{error:#}") }));
                errors.push(error.context(name.clone()));
            }
        }
    }
    drop(shown);
    if names.is_empty() {
        text.push_str("no plugin is installed, but for those that are shipped with this program\n");
    }
    if errors.len() == 1 && names.len() == 1 {
        return Err(Failure::Failed(errors.remove(0)));
    }
    say(args.json, &json!(values), text)?;
    for error in &errors {
        show::tell(format!("lodestone: {error:#}"));
    }
    match errors.len() {
        0 => Ok(()),
        n => Err(Failure::Failed(anyhow!(
            "{n} of {} plugins were not updated",
            names.len()
        ))),
    }
}

enum Updated {
    Newer(Box<Done>),
    /// The version that is installed.
    Newest(String),
    /// It was installed from this file.
    Local(String),
}

fn updated(
    name: &str,
    named: bool,
    catalogues: &mut BTreeMap<String, Result<Catalogue, String>>,
    home: &Home,
    host: &Host,
    job: &Job,
) -> Result<Updated> {
    let Some(record) = home.record(name)? else {
        // says what is installed
        home.load(name, 0)?;
        bail!("{name} is not installed");
    };
    if !record.from_registry {
        if named {
            bail!(
                "it was installed from {}, not from a registry; install its newer file yourself",
                record.source
            );
        }
        return Ok(Updated::Local(record.source));
    }
    let catalogue = catalogues
        .entry(record.source.clone())
        .or_insert_with(|| open(&record.source, home, job).map_err(|e| format!("{e:#}")));
    let catalogue = match catalogue {
        Ok(catalogue) => &*catalogue,
        Err(why) => bail!("{why}"),
    };
    let choice = catalogue.newest(name, Some(&record.version), &terms(host))?;
    if choice.entry.semver() <= version(&record.version)? {
        home.check_owner(name, Some(catalogue.key()))?;
        return Ok(Updated::Newest(record.version));
    }
    let done = from_registry(catalogue, name, None, home, host, false, job)?;
    Ok(Updated::Newer(Box::new(done)))
}
