//! `lodestone plugin list`: the installed plugins, a line each; or what a registry has.

use super::info::trust_json;
use super::keys::say;
use super::one_line;
use crate::plugins::{SHIPPED_IDS, home, host, installed, shelf};
use crate::{Failure, progress, show};
use registry::{Entry, RegistryError, misfit};
use serde_json::json;

pub(super) fn list(as_json: bool) -> Result<(), Failure> {
    let host = host()?;
    let (mut lines, mut entries) = (String::new(), Vec::new());
    for (id, location) in installed()? {
        match location.load(&host) {
            Ok((plugin, standing)) => {
                let d = plugin.description();
                let mark = standing
                    .mark()
                    .map_or_else(String::new, |mark| format!(" -- {mark}"));
                lines.push_str(&format!(
                    "{:<12} {:<8} {} ({} properties, {}, {}){mark}\n",
                    d.id,
                    d.version,
                    one_line(&d.summary),
                    d.properties.len(),
                    one_line(&d.licence),
                    plugin.origin()
                ));
                entries.push(json!({
                    "origin": plugin.origin(),
                    "sha256": plugin.sha256(),
                    "trust": trust_json(&standing),
                    "description": d,
                }));
            }
            Err(error) => {
                lines.push_str(&format!("{id:<12} refused: {}\n", error.words()));
                entries.push(
                    json!({ "id": id, "origin": location.describe(), "refused": error.words() }),
                );
            }
        }
    }
    say(as_json, &json!(entries), lines)
}

/// What a registry has: the newest version of each plugin that this program can use, and which is installed.
pub(super) fn available(place: &str, as_json: bool) -> Result<(), Failure> {
    let (home, host) = (home()?, host()?);
    let terms = shelf().terms(&SHIPPED_IDS, &host);
    let (job, shown) = progress::start();
    let catalogue = shelf().open(place, &job);
    drop(shown);
    let catalogue = catalogue?;
    let (mut text, mut values) = (String::new(), Vec::new());
    let mut names: Vec<&str> = Vec::new();
    names.extend(catalogue.index().plugins.iter().map(|e| e.name.as_str()));
    names.sort_unstable();
    names.dedup();
    for name in names {
        let here = home.record(name).ok().flatten();
        let of_name = |entry: &&Entry| entry.name == name;
        let all = catalogue.index().plugins.iter().filter(of_name);
        let versions: Vec<_> = all
            .clone()
            .map(|entry| {
                json!({
                    "version": entry.version,
                    "interface": entry.interface,
                    "sha256": entry.sha256,
                    "size": entry.size,
                    "does_not_fit": misfit(entry, &terms),
                })
            })
            .collect();
        let installed = here.as_ref().map(|record| record.version.as_str());
        let (shown, standing) = match catalogue.newest(name, installed, &terms) {
            Ok(choice) => {
                let standing = match &here {
                    None => "not installed".to_owned(),
                    Some(record) if record.version == choice.entry.version => {
                        "installed".to_owned()
                    }
                    Some(record) => format!("{} is installed", record.version),
                };
                (Some(choice.entry), standing)
            }
            Err(RegistryError::NoneFits { why, .. }) => (
                all.clone().next_back(),
                format!("does not fit: {}", why.join("; ")),
            ),
            Err(error) => (all.clone().next_back(), error.to_string()),
        };
        let Some(entry) = shown else { continue };
        text.push_str(&format!(
            "{name:<12} {:<8} {} ({} properties, {}) -- {standing}\n",
            entry.version,
            one_line(&entry.summary),
            entry.properties.len(),
            one_line(&entry.licence)
        ));
        values.push(json!({
            "name": name,
            "newest": entry,
            "installed": here.map(|record| record.version),
            "versions": versions,
        }));
    }
    show::tell(format!(
        "{}: index of {}, signed by key {}",
        catalogue.place(),
        catalogue.index().date,
        catalogue.signer()
    ));
    let value = json!({
        "place": catalogue.place(),
        "key": catalogue.key().to_base64(),
        "serial": catalogue.index().serial,
        "date": catalogue.index().date,
        "plugins": values,
    });
    say(as_json, &value, text)
}
