//! `lodestone plugin install | update | remove`.

use super::keys::{failed, key_json, say};
use crate::args::{InstallArgs, RemoveArgs, UpdateArgs};
use crate::plugins::{SHIPPED_IDS, home, host, shelf};
use crate::{Failure, progress, show};
use anyhow::{Error, anyhow};
use serde_json::{Value, json};
use workbench::shelf::{Catalogues, Installed, Updated, Wanted};

pub(super) fn install(args: &InstallArgs) -> Result<(), Failure> {
    let wanted = Wanted::parse(&args.what).map_err(|e| Failure::Usage(e.into()))?;
    let host = host()?;
    let (job, shown) = progress::start();
    let done = shelf().install(&wanted, &host, args.new_owner, &job);
    drop(shown);
    let done = done?;
    for why in &done.skipped {
        show::tell(format!("lodestone: {why}; it is not taken"));
    }
    say(args.json, &as_json(&done), done.words() + "\n")
}

/// What came of an installation, for machines.
fn as_json(done: &Installed) -> Value {
    json!({
        "name": done.record.name,
        "version": done.record.version,
        "before": done.before.as_ref().map(|record| &record.version),
        "unchanged": done.unchanged,
        "sha256": done.record.sha256,
        "key": done.signer.as_ref().map_or(Value::Null, key_json),
        "source": done.record.source,
    })
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
    let mut catalogues = Catalogues::new();
    let (mut text, mut values, mut errors) = (String::new(), Vec::new(), Vec::new());
    for name in &names {
        let named = args.name.is_some();
        match shelf().update(name, named, &mut catalogues, &host, &job) {
            Ok(Updated::Newer(done)) => {
                let old = done.before.as_ref().map_or("?", |record| &record.version);
                let new = &done.record.version;
                text.push_str(&format!("{name} {old} -> {new}; {}\n", done.signed()));
                values.push(as_json(&done));
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
                values.push(json!({ "name": name, "error": error.words() }));
                errors.push(Error::from(error).context(name.clone()));
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
