//! `lodestone plugin keygen | sign | trust`: an author's key, and whom a user trusts.

use super::{pretty, print};
use crate::args::{KeygenArgs, SignArgs, TrustArgs};
use crate::plugins::{home, host, shelf};
use crate::{Failure, show};
use anyhow::{Context, anyhow};
use registry::{PublicKey, RegistryError, SecretKey, TrustedKey, sign_file};
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// The password of a secret key, where there is no terminal to ask on.
const PASSWORD_VARIABLE: &str = "LODESTONE_KEY_PASSWORD";

pub(super) fn keygen(args: &KeygenArgs) -> Result<(), Failure> {
    let path = key_path(args.output.as_deref())?;
    let password = match args.no_password {
        true => None,
        false => Some(new_password().map_err(Failure::Usage)?),
    };
    let made = SecretKey::create(&path, password.as_deref()).map_err(failed)?;
    let (id, key) = (made.public.id(), made.public.to_base64());
    if args.json {
        return print(pretty(&json!({
            "id": id,
            "key": key,
            "secret_key_file": path,
            "public_key_file": made.public_file,
            "password": password.is_some(),
        }))?);
    }
    print(format!(
        "key {id}\n  secret  {} (keep it; make a copy; show it to nobody)\n  public  {}\n\n\
         Those who are to trust you run\n  lodestone plugin trust {key}\n",
        path.display(),
        made.public_file.display()
    ))
}

pub(super) fn sign(args: &SignArgs) -> Result<(), Failure> {
    let host = host()?;
    let location = shelf().file(&args.file);
    let bytes = location.read(&host)?;
    let plugin = host
        .load(&bytes, &location.describe())
        .with_context(|| format!("{} is not signed", location.describe()))?;
    let key = secret_key(args.key.as_deref())?;
    let d = plugin.description();
    let signature = sign_file(&key, &args.file, &bytes, &d.id, &d.version).map_err(failed)?;
    if args.json {
        return print(pretty(&json!({
            "id": d.id,
            "version": d.version,
            "sha256": plugin.sha256(),
            "key": key.public().to_base64(),
            "key_id": key.public().id(),
            "signature_file": signature,
        }))?);
    }
    print(format!(
        "{}: {} {}, signed by key {}\n",
        signature.display(),
        d.id,
        d.version,
        key.public().id()
    ))
}

pub(super) fn trust(args: &TrustArgs) -> Result<(), Failure> {
    let mut store = home()?.trust().map_err(failed)?;
    if let Some(which) = &args.revoke {
        let key = store.revoke(which).map_err(failed)?;
        let date = key.revoked.clone().unwrap_or_default();
        return say(
            args.json,
            &key_json(&key),
            format!(
                "key {} is trusted no more, since {date}: plugins that it signed are not loaded\n",
                key.describe()
            ),
        );
    }
    if args.list {
        let keys: Vec<Value> = store.keys().iter().map(key_json).collect();
        let mut text = String::new();
        for key in store.keys() {
            let standing = match &key.revoked {
                None => format!("trusted since {}", key.since),
                Some(date) => format!("REVOKED on {date}"),
            };
            text.push_str(&format!("{}  {standing}  {}\n", key.key, key.describe()));
        }
        if text.is_empty() {
            text.push_str("no key is trusted; `lodestone plugin trust KEY` adds one\n");
        }
        return say(args.json, &json!(keys), text);
    }
    // clap gives help where there is neither
    let Some(key) = &args.key else {
        return Err(Failure::Usage(anyhow!("name a key to trust")));
    };
    let key = PublicKey::from_argument(key).map_err(|e| Failure::Usage(e.into()))?;
    let label = args.label.as_deref().unwrap_or_default();
    let trusted = store.trust(&key, label).map_err(failed)?;
    say(
        args.json,
        &key_json(&trusted),
        format!(
            "key {} is trusted since {}: what it signed may be installed\n",
            trusted.describe(),
            trusted.since
        ),
    )
}

/// A key of the trust store for machines.
pub(super) fn key_json(key: &TrustedKey) -> Value {
    json!({
        "id": key.id(),
        "key": key.key,
        "label": key.label,
        "trusted_since": key.since,
        "revoked": key.revoked,
    })
}

/// One result, for machines or for people.
pub(super) fn say(as_json: bool, value: &Value, text: String) -> Result<(), Failure> {
    print(if as_json {
        pretty(value)?
    } else {
        lines(&text)
    })
}

/// The text with what others wrote in it made harmless, line by line.
pub(super) fn lines(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => format!("{}\n", show::visible(line)),
            None => show::visible(line).into_owned(),
        })
        .collect()
}

pub(super) fn failed(error: RegistryError) -> Failure {
    Failure::Failed(error.into())
}

/// The user's secret key, its password asked for where it has one.
pub(super) fn secret_key(path: Option<&Path>) -> Result<SecretKey, Failure> {
    let path = key_path(path)?;
    if !path.exists() {
        return Err(Failure::Failed(anyhow!(
            "there is no key {}; make one with `lodestone plugin keygen`",
            path.display()
        )));
    }
    let password = || {
        old_password(&path).map_err(|error| RegistryError::SecretKey {
            path: path.display().to_string(),
            why: format!("{error:#}"),
        })
    };
    SecretKey::read(&path, password).map_err(failed)
}

fn key_path(path: Option<&Path>) -> Result<PathBuf, Failure> {
    match path {
        Some(path) => Ok(path.to_owned()),
        None => Ok(home()?.own_key()),
    }
}

fn password_variable() -> Option<String> {
    std::env::var(PASSWORD_VARIABLE)
        .ok()
        .filter(|password| !password.is_empty())
}

fn new_password() -> Result<String, anyhow::Error> {
    if let Some(password) = password_variable() {
        return Ok(password);
    }
    let password = ask("password for the new key: ")
        .context("a secret key is protected by a password; without one, say --no-password")?;
    if password.is_empty() {
        return Err(anyhow!(
            "the password is empty; for a key without a password, say --no-password"
        ));
    }
    if ask("the same once more: ")? != password {
        return Err(anyhow!("the two passwords differ; no key was made"));
    }
    Ok(password)
}

fn old_password(path: &Path) -> Result<String, anyhow::Error> {
    match password_variable() {
        Some(password) => Ok(password),
        None => ask(&format!("password of {}: ", path.display())),
    }
}

fn ask(prompt: &str) -> Result<String, anyhow::Error> {
    if !std::io::stdin().is_terminal() {
        return Err(anyhow!(
            "its password cannot be asked for without a terminal; set {PASSWORD_VARIABLE}"
        ));
    }
    rpassword::prompt_password(prompt).context("cannot read a password")
}
