//! How each language's tool is driven.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use job::Job;
use serde_json::Value;

use crate::doctor;
use crate::error::AuthoringError;
use crate::project::{Language, Project};
use crate::tool::{self, Said};

use super::readable;

/// A component as the tool wrote it.
pub(super) struct Made {
    pub bytes: Vec<u8>,
    pub said: String,
    pub messages: Vec<String>,
}

pub(super) fn compile(
    project: &Project,
    color: bool,
    job: &Job,
    say: &mut dyn FnMut(&str),
) -> Result<Made, AuthoringError> {
    let lack = doctor::lack(project, job)?;
    if let Some(remedy) = lack {
        return Err(AuthoringError::NotReady { remedy });
    }
    match project.language() {
        Language::Rust => rust(project, color, job, say),
        Language::Python => python(project, job, say),
        Language::Javascript => javascript(project, job, say),
    }
}

fn rust(
    project: &Project,
    color: bool,
    job: &Job,
    say: &mut dyn FnMut(&str),
) -> Result<Made, AuthoringError> {
    let cargo = doctor::cargo();
    let folder =
        fs::canonicalize(project.folder()).map_err(AuthoringError::io("read", project.folder()))?;
    let mut command = Command::new(&cargo);
    command
        .current_dir(&folder)
        .args(["build", "--release", "--quiet"])
        .args(["--target", doctor::WASM_TARGET])
        .args(["--message-format", "json-render-diagnostics"])
        .args(["--color", if color { "always" } else { "never" }])
        .arg("--config")
        .arg(remapped(&folder));
    let said = tool::run(&mut command, doctor::CARGO_REMEDY, job)?;
    let program = "cargo";
    let said = finished(said, program, say)?;
    let Some(path) = artifact(&said.out, &folder) else {
        return Err(AuthoringError::NoComponent {
            program: program.into(),
            why: "Cargo.toml must have crate-type = [\"cdylib\", \"rlib\"] under [lib]".into(),
        });
    };
    let bytes = fs::read(&path).map_err(AuthoringError::io("read", &path))?;
    Ok(Made {
        bytes,
        said: said.err,
        messages: Vec::new(),
    })
}

/// componentize-py puts the project and Python's standard library into one component, without WASI.
fn python(project: &Project, job: &Job, say: &mut dyn FnMut(&str)) -> Result<Made, AuthoringError> {
    let mut command = Command::new(doctor::componentize_py(project.folder()));
    command
        // Packages of a virtual environment would go in too.
        .env_remove("VIRTUAL_ENV")
        .env_remove("PYTHONPATH")
        .args(["--quiet", "--wit-path", "wit/domain-model.wit"])
        .args(["--world", "domain-model", "componentize", "--stub-wasi"])
        .args(["--python-path", ".", "--output", OUT, "plugin"]);
    let mut say = |said: &str| say(&readable::of_python(said));
    to_file(project, command, "componentize-py", job, &mut say)
}

fn javascript(
    project: &Project,
    job: &Job,
    say: &mut dyn FnMut(&str),
) -> Result<Made, AuthoringError> {
    let mut say = |said: &str| say(&readable::of_javascript(said));
    // componentize-js does not say where a syntax error is.
    let mut syntax = Command::new("node");
    syntax
        .current_dir(project.folder())
        .args(["--check", "plugin.js"]);
    finished(tool::run(&mut syntax, REMEDY, job)?, "node", &mut say)?;
    let mut command = Command::new(doctor::componentize_js(project.folder()));
    command
        .args(["plugin.js", "--wit", "wit/domain-model.wit"])
        .args(["--world-name", "domain-model", "--disable"])
        .args(["random", "stdio", "clocks", "http", "fetch-event"])
        .args(["--out", OUT]);
    to_file(project, command, "componentize-js", job, &mut say)
}

/// Where a tool that writes a file puts it, in the project's folder.
const OUT: &str = ".lodestone-component.wasm";

const REMEDY: &str = "`lodestone plugin doctor` says how to install it";

/// Runs a tool in the project's folder, where it writes [`OUT`].
fn to_file(
    project: &Project,
    mut command: Command,
    program: &str,
    job: &Job,
    say: &mut dyn FnMut(&str),
) -> Result<Made, AuthoringError> {
    let out = project.folder().join(OUT);
    let _removed = Removed(&out);
    command.current_dir(project.folder());
    let said = finished(tool::run(&mut command, REMEDY, job)?, program, say)?;
    let bytes = fs::read(&out).map_err(|e| AuthoringError::NoComponent {
        program: program.into(),
        why: e.to_string(),
    })?;
    Ok(Made {
        bytes,
        said: said.err,
        messages: Vec::new(),
    })
}

/// A file that is not left behind, however the work ends.
struct Removed<'a>(&'a Path);

impl Drop for Removed<'_> {
    fn drop(&mut self) {
        // It need not be there.
        let _ = fs::remove_file(self.0);
    }
}

/// The tool's result where it went well; else its words are passed on and the error says how it ended.
fn finished(said: Said, program: &str, say: &mut dyn FnMut(&str)) -> Result<Said, AuthoringError> {
    if said.success {
        return Ok(said);
    }
    say(&said.err);
    Err(AuthoringError::Tool {
        program: program.into(),
        status: said.status,
    })
}

/// The setting that keeps this machine's folders out of the component: panics carry their place in the source.
fn remapped(folder: &Path) -> OsString {
    let home = env::var_os("HOME").map(PathBuf::from);
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| home.as_ref().map(|h| h.join(".cargo")));
    // `/home` or the like: an SDK beside the project is under it too.
    let top = folder.ancestors().filter(|a| a.parent().is_some()).last();
    // The last that matches counts.
    let places = [
        (top.map(Path::to_owned), "local"),
        (home, "home"),
        (cargo_home, "cargo"),
        (Some(folder.to_owned()), "plugin"),
    ];
    let flags: Vec<String> = places
        .into_iter()
        .filter_map(|(place, name)| Some((place?.into_os_string().into_string().ok()?, name)))
        .filter(|(place, _)| place.len() > 1)
        .map(|(place, name)| {
            let flag = format!("--remap-path-prefix={place}={name}");
            Value::from(flag).to_string()
        })
        .collect();
    format!(
        "target.{}.rustflags=[{}]",
        doctor::WASM_TARGET,
        flags.join(",")
    )
    .into()
}

/// The component that cargo says it wrote for the crate in `folder`.
fn artifact(messages: &[u8], folder: &Path) -> Option<PathBuf> {
    let manifest = folder.join("Cargo.toml");
    let of_line = |line: &[u8]| -> Option<PathBuf> {
        let message: Value = serde_json::from_slice(line).ok()?;
        let own = message["reason"] == "compiler-artifact"
            && message["manifest_path"].as_str().map(Path::new) == Some(&manifest);
        let files = message["filenames"].as_array().filter(|_| own)?;
        let wasm = files
            .iter()
            .filter_map(Value::as_str)
            .find(|f| f.ends_with(".wasm"));
        wasm.map(PathBuf::from)
    };
    messages.split(|&b| b == b'\n').filter_map(of_line).next()
}
