//! `lodestone plugin publish`: a plugin into a registry's folder.

use super::keys::{failed, say, secret_key};
use crate::args::PublishArgs;
use crate::plugins::{SHIPPED_IDS, home, host, shelf};
use crate::{Failure, progress};
use anyhow::Context;
use plugin_host::Plugin;
use registry::{Entry, Property, Publication, signature_file};
use serde_json::json;

pub(super) fn publish(args: &PublishArgs) -> Result<(), Failure> {
    let host = host()?;
    let location = shelf().file(&args.file);
    let bytes = location.read(&host)?;
    let plugin = host
        .load(&bytes, &location.describe())
        .with_context(|| format!("{} is not published", location.describe()))?;
    let beside = signature_file(&args.file);
    let signature = match std::fs::metadata(&beside) {
        Ok(_) => Some(registry::read_signature(&beside).map_err(failed)?),
        Err(_) => None,
    };
    let key = secret_key(args.key.as_deref())?;
    let (job, shown) = progress::start();
    let publication = Publication {
        entry: entry(&plugin),
        bytes: &bytes,
        signature,
        shipped: &SHIPPED_IDS,
        force: args.force,
    };
    let published = registry::publish(&args.to, &key, publication, home().ok().as_ref(), &job);
    drop(shown);
    let published = published.map_err(failed)?;
    let entry = &published.entry;
    let value = json!({
        "name": entry.name,
        "version": entry.version,
        "file": args.to.join(&entry.file),
        "sha256": entry.sha256,
        "interface": entry.interface,
        "key": key.public().to_base64(),
        "key_id": key.public().id(),
        "serial": published.serial,
        "unchanged": published.unchanged,
    });
    let text = if published.unchanged {
        format!(
            "{} {} is published already in {}, with the same bytes\n",
            entry.name,
            entry.version,
            args.to.display()
        )
    } else {
        format!(
            "published {} {} in {}, signed by key {}\n",
            entry.name,
            entry.version,
            args.to.display(),
            key.public().id()
        )
    };
    say(args.json, &value, text)
}

/// What the index says of a plugin; place, size and hash are filled in where it is published.
fn entry(plugin: &Plugin) -> Entry {
    let d = plugin.description();
    Entry {
        name: d.id.clone(),
        version: d.version.clone(),
        file: String::new(),
        size: 0,
        sha256: String::new(),
        interface: plugin.interface().to_owned(),
        licence: d.licence.clone(),
        summary: d.summary.clone(),
        authors: d.authors.clone(),
        properties: d
            .properties
            .iter()
            .map(|p| Property {
                name: p.name.clone(),
                unit: p.unit.clone(),
            })
            .collect(),
    }
}
