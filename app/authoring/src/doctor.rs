//! What a machine has, and lacks, to build a plugin in each language.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use job::Job;
use serde::Serialize;

use crate::error::AuthoringError;
use crate::project::{Language, Project};
use crate::tool;

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The oldest compiler that the SDK is written for.
const RUST: [u32; 3] = [1, 95, 0];
const PYTHON: [u32; 3] = [3, 10, 0];
const NODE: [u32; 3] = [20, 0, 0];

/// The releases whose components are known to import nothing.
const COMPONENTIZE_PY: [u32; 2] = [0, 25];
const COMPONENTIZE_JS: [u32; 2] = [0, 23];

const INSTALL_RUSTUP: &str = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh";
const ADD_TARGET: &str = "rustup target add wasm32-unknown-unknown";

/// What to do where cargo cannot be started.
pub(crate) const CARGO_REMEDY: &str = "install Rust from https://rustup.rs";

/// One thing that a language needs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Its name.
    pub what: &'static str,
    /// What is there, or what is wrong.
    pub found: String,
    /// The command that mends it; `None`: nothing to mend.
    pub remedy: Option<String>,
}

/// Whether a language's plugins can be built here.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Readiness {
    pub language: &'static str,
    pub ready: bool,
    pub findings: Vec<Finding>,
}

/// Looks for all that `language` needs; `folder` is where the project is, or will be.
pub fn examine(language: Language, folder: &Path, job: &Job) -> Result<Readiness, AuthoringError> {
    let look = Look { folder, job };
    let findings = match language {
        Language::Rust => look.rust()?,
        Language::Python => look.python()?,
        Language::Javascript => look.javascript()?,
    };
    Ok(Readiness {
        language: language.word(),
        ready: findings.iter().all(|f| f.remedy.is_none()),
        findings,
    })
}

/// The sentence that says what the project's language lacks here; `None` where it lacks nothing.
pub(crate) fn lack(project: &Project, job: &Job) -> Result<Option<String>, AuthoringError> {
    let readiness = examine(project.language(), project.folder(), job)?;
    let lacks = readiness.findings.iter().filter_map(|f| {
        let remedy = f.remedy.as_ref()?;
        Some(format!("{} ({}): {remedy}", f.what, f.found))
    });
    let lacks: Vec<String> = lacks.collect();
    Ok((!lacks.is_empty()).then(|| {
        format!(
            "this machine cannot build plugins in {} yet; it lacks {}",
            project.language().title(),
            lacks.join("; ")
        )
    }))
}

/// The program to call: `variable`'s, or the one of this name.
fn program(variable: &str, name: &str) -> OsString {
    env::var_os(variable)
        .filter(|v| !v.is_empty())
        .unwrap_or_else(|| name.into())
}

pub(crate) fn cargo() -> OsString {
    program("CARGO", "cargo")
}

pub(crate) fn componentize_py(folder: &Path) -> OsString {
    own_tool(
        folder,
        &[".venv/bin", ".venv/Scripts"],
        "COMPONENTIZE_PY",
        "componentize-py",
    )
}

pub(crate) fn componentize_js(folder: &Path) -> OsString {
    own_tool(
        folder,
        &["node_modules/.bin"],
        "COMPONENTIZE_JS",
        "componentize-js",
    )
}

/// The program that `variable` names, else the project's own, else the one on the path.
fn own_tool(folder: &Path, places: &[&str], variable: &str, name: &str) -> OsString {
    let named = env::var_os(variable).filter(|v| !v.is_empty());
    let own = || {
        // The program is started in the project's folder.
        let folder = fs::canonicalize(folder).ok()?;
        let mut paths = places.iter().map(|place| folder.join(place).join(name));
        paths.find_map(|path| {
            let windows = path.with_extension(if name.ends_with("js") { "cmd" } else { "exe" });
            let mut both = [path, windows].into_iter();
            both.find(|p| p.is_file()).map(PathBuf::into_os_string)
        })
    };
    named.or_else(own).unwrap_or_else(|| name.into())
}

struct Look<'a> {
    folder: &'a Path,
    job: &'a Job,
}

impl Look<'_> {
    /// The first line that a program says, or `None` where it is not there or fails.
    fn says(&self, program: OsString, args: &[&str]) -> Result<Option<String>, AuthoringError> {
        let mut command = Command::new(program);
        command.args(args);
        if self.folder.is_dir() {
            command.current_dir(self.folder);
        }
        match tool::run(&mut command, "", self.job) {
            Ok(said) if said.success => {
                let text = String::from_utf8_lossy(&said.out).into_owned();
                Ok(text.lines().next().map(|l| l.trim().to_owned()))
            }
            Err(AuthoringError::Cancelled) => Err(AuthoringError::Cancelled),
            Ok(_) | Err(_) => Ok(None),
        }
    }

    /// A program that must be there, in a version at least as new as `least`.
    fn needs(
        &self,
        what: &'static str,
        program: OsString,
        least: Option<[u32; 3]>,
        install: &str,
        renew: &str,
    ) -> Result<Finding, AuthoringError> {
        let shown = program.to_string_lossy().into_owned();
        let Some(line) = self.says(program, &["--version"])? else {
            return Ok(missing(
                what,
                format!("{shown} is not there or does not run"),
                install,
            ));
        };
        let Some(least) = least else {
            return Ok(there(what, line));
        };
        Ok(match version(&line) {
            Some(found) if found >= least => there(what, line),
            Some(_) => missing(
                what,
                format!("{line} is older than {}", dotted(least)),
                renew,
            ),
            None => missing(what, format!("says {line:?}, which is no version"), renew),
        })
    }

    fn rust(&self) -> Result<Vec<Finding>, AuthoringError> {
        let rustc = program("RUSTC", "rustc");
        let update = "rustup update stable";
        let compiler = self.needs("rustc", rustc.clone(), Some(RUST), INSTALL_RUSTUP, update)?;
        let absent = compiler.remedy.as_deref() == Some(INSTALL_RUSTUP);
        let mut all = vec![
            compiler,
            self.needs("cargo", cargo(), None, INSTALL_RUSTUP, update)?,
        ];
        if absent {
            return Ok(all);
        }
        let print = ["--print", "target-libdir", "--target", WASM_TARGET];
        let library = self.says(rustc.clone(), &print)?.map(PathBuf::from);
        all.push(match library.filter(|l| has_std(l)) {
            Some(library) => there("standard library for WebAssembly", shown(&library)),
            None => missing(
                "standard library for WebAssembly",
                format!("the target {WASM_TARGET} is not installed"),
                ADD_TARGET,
            ),
        });
        let own = self
            .says(rustc, &["--print", "target-libdir"])?
            .and_then(|lib| Some(Path::new(&lib).parent()?.join("bin/wasm-component-ld")))
            .map(|path| path.with_extension(env::consts::EXE_EXTENSION))
            .filter(|path| path.is_file());
        all.push(match own {
            Some(path) => there("wasm-component-ld", shown(&path)),
            None => self.needs(
                "wasm-component-ld",
                "wasm-component-ld".into(),
                None,
                "rustup toolchain install stable",
                update,
            )?,
        });
        if cfg!(unix) {
            let install = if cfg!(target_os = "macos") {
                "xcode-select --install"
            } else {
                "sudo apt-get install gcc"
            };
            // Build scripts and macros are programs for this machine.
            all.push(self.needs("C linker", "cc".into(), None, install, install)?);
        }
        Ok(all)
    }

    fn python(&self) -> Result<Vec<Finding>, AuthoringError> {
        let install = "sudo apt-get install python3 python3-venv";
        let newer = "install Python 3.10 or newer from https://www.python.org/downloads";
        let mend = "python3 -m venv .venv && .venv/bin/pip install 'componentize-py==0.25.*'   (in the project's folder)";
        let tool = componentize_py(self.folder);
        Ok(vec![
            self.needs("python", "python3".into(), Some(PYTHON), install, newer)?,
            self.exactly("componentize-py", tool, COMPONENTIZE_PY, mend)?,
        ])
    }

    fn javascript(&self) -> Result<Vec<Finding>, AuthoringError> {
        let install = "install Node.js 20 or newer from https://nodejs.org";
        let mend = "npm install --save-dev @bytecodealliance/componentize-js@0.23   (in the project's folder)";
        let tool = componentize_js(self.folder);
        Ok(vec![
            self.needs("node", "node".into(), Some(NODE), install, install)?,
            self.needs("npm", npm(), None, install, install)?,
            self.exactly("componentize-js", tool, COMPONENTIZE_JS, mend)?,
        ])
    }

    /// A tool of one release, whose components are known to import nothing.
    fn exactly(
        &self,
        what: &'static str,
        program: OsString,
        release: [u32; 2],
        mend: &str,
    ) -> Result<Finding, AuthoringError> {
        let finding = self.needs(what, program, None, mend, mend)?;
        let fits = version(&finding.found).is_some_and(|v| v[..2] == release);
        Ok(match finding.remedy {
            None if !fits => {
                let [major, minor] = release;
                let why = format!("{} is not {major}.{minor}", finding.found);
                missing(what, why, mend)
            }
            _ => finding,
        })
    }
}

fn npm() -> OsString {
    if cfg!(windows) { "npm.cmd" } else { "npm" }.into()
}

fn there(what: &'static str, found: String) -> Finding {
    Finding {
        what,
        found,
        remedy: None,
    }
}

fn missing(what: &'static str, found: String, remedy: &str) -> Finding {
    Finding {
        what,
        found,
        remedy: Some(remedy.to_owned()),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn has_std(library: &Path) -> bool {
    let entries = fs::read_dir(library).into_iter().flatten().flatten();
    entries
        .map(|e| e.file_name())
        .any(|n| n.to_string_lossy().starts_with("libstd-"))
}

/// The first version number in a line: 1.95.0 of `rustc 1.95.0 (59807616e 2026-04-14)`.
fn version(line: &str) -> Option<[u32; 3]> {
    let word = line
        .split_whitespace()
        .map(|w| w.trim_start_matches('v'))
        .find(|w| w.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut parts = word
        .split(|c: char| !c.is_ascii_digit())
        .map(|p| p.parse().unwrap_or(0));
    Some([
        parts.next()?,
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
    ])
}

fn dotted(version: [u32; 3]) -> String {
    version.map(|n| n.to_string()).join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_programs_say() {
        for (line, read) in [
            ("rustc 1.95.0 (59807616e 2026-04-14)", [1, 95, 0]),
            ("rustc 1.97.0-nightly (abc 2026-05-01)", [1, 97, 0]),
            ("v20.20.2", [20, 20, 2]),
            ("Python 3.9.2", [3, 9, 2]),
            ("Python 3.14.0rc1", [3, 14, 0]),
        ] {
            assert_eq!(version(line), Some(read), "{line}");
        }
        assert_eq!(version("command not found"), None);
        assert!(version("Python 3.9.2").unwrap() < PYTHON);
    }
}
