//! Building a project's component with the tool of its language, and having the sandbox read it.

mod language;
mod readable;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use job::Job;
use plugin_host::{Host, LoadError, Plugin};
use wasm_encoder::{ComponentSection, CustomSection};

use crate::embedded::{INTERFACE_VERSION, sdk_version};
use crate::error::AuthoringError;
use crate::project::{Language, Project};

/// A component that the sandbox accepts.
pub struct Built {
    pub plugin: Plugin,
    pub path: PathBuf,
    /// Size of the component, bytes.
    pub bytes: usize,
    pub took: Duration,
    /// What the tool said on the way (warnings), as it said it.
    pub said: String,
    /// What its author should hear, a sentence each.
    pub messages: Vec<String>,
}

/// Builds the project's component, has `host` load it, and only then puts it in its place, whole.
///
/// `say` gets what the tool said where it fails; `color`: whether it may use colours.
pub fn build(
    project: &Project,
    host: &Host,
    color: bool,
    job: &Job,
    say: &mut dyn FnMut(&str),
) -> Result<Built, AuthoringError> {
    let (start, since) = (Instant::now(), SystemTime::now());
    job.stage(&format!("building {}", project.name()), None);
    let made = language::compile(project, color, job, say)?;
    let bytes = with_interface(made.bytes);
    let path = project.component();
    let plugin = host
        .load(&bytes, &path.display().to_string())
        .map_err(|error| refused(project, host, &bytes, error, job))?;
    let written = table::write_atomically(&path, |writer| {
        writer
            .write_all(&bytes)
            .map_err(|e| table::TableError::io("write", path.display(), e))
    });
    written?;
    // A source that is changed while this runs is newer than the component, though it was written later.
    fs::File::options()
        .write(true)
        .open(&path)
        .and_then(|f| f.set_modified(since))
        .map_err(AuthoringError::io("set the time of", &path))?;
    let mut messages = made.messages;
    messages.extend(remarks(project, &plugin, &bytes));
    Ok(Built {
        plugin,
        path,
        bytes: bytes.len(),
        took: start.elapsed(),
        said: made.said,
        messages,
    })
}

/// The component with the section that names its interface version; the Rust SDK puts one in itself.
fn with_interface(mut bytes: Vec<u8>) -> Vec<u8> {
    if !plugin_host::has_interface_section(&bytes) {
        let section = CustomSection {
            name: plugin_host::INTERFACE_SECTION.into(),
            data: INTERFACE_VERSION.as_bytes().into(),
        };
        section.append_to_component(&mut bytes);
    }
    bytes
}

fn refused(
    project: &Project,
    host: &Host,
    bytes: &[u8],
    error: LoadError,
    job: &Job,
) -> AuthoringError {
    if matches!(error, LoadError::CoreModule) && project.language() == Language::Rust {
        return AuthoringError::NoComponent {
            program: "cargo".into(),
            why: "it wrote a core module; .cargo/config.toml must have linker = \"wasm-component-ld\" \
                  under [target.wasm32-unknown-unknown]"
                .into(),
        };
    }
    // The check knows what to do about each refusal.
    let advice = host.check(bytes, "", job).ok().and_then(|report| {
        let first = report.findings.into_iter().next()?;
        Some(format!("; {}", first.fix))
    });
    AuthoringError::Refused {
        error,
        advice: advice.unwrap_or_default(),
    }
}

/// What the author should know of a component that loads.
fn remarks(project: &Project, plugin: &Plugin, bytes: &[u8]) -> Vec<String> {
    let mut all = plugin.messages().to_vec();
    if plugin.id() != project.name() {
        all.push(format!(
            "the plugin calls itself {:?}, but the project {:?}: give both the same name, by which users will know it",
            plugin.id(),
            project.name()
        ));
    }
    if let Some(place) = private_place(project, bytes) {
        all.push(format!(
            "the component holds paths that begin with {place}, which everybody who gets it can read"
        ));
    }
    let sdk = project.language().sdk_folder();
    let version = fs::read_to_string(project.folder().join(sdk).join("VERSION"));
    if version.is_ok_and(|v| v != sdk_version(project.language())) {
        all.push(format!(
            "{sdk}/ is not that of this program; `lodestone plugin new --refresh-sdk {}` renews it",
            project.folder().display()
        ));
    }
    all
}

/// The project's folder or the user's home, where a path under it stands in the component.
fn private_place(project: &Project, bytes: &[u8]) -> Option<String> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    // The superuser's home is called the same everywhere, and tools bring paths of it from where they were made.
    let home = home.filter(|h| h.file_name().is_some_and(|name| name != "root"));
    let places = [fs::canonicalize(project.folder()).ok(), home];
    let mut prefixes = places
        .iter()
        .flatten()
        .filter(|p| p.parent().is_some())
        .filter_map(|p| Some(format!("{}/", Path::to_str(p)?)));
    prefixes.find(|p| bytes.windows(p.len()).any(|w| w == p.as_bytes()))
}
