//! Where plugins come from: inside this program, a folder of the user's, or a file named on the command line.

use anyhow::{Context, Result, anyhow, bail};
use plugin_host::{Compiler, Host, HostOptions, Limits, Plugin};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::args::PLUGIN_COMPILER;
use crate::show;

/// The plugins that this program carries: id and component.
const SHIPPED: [(&str, &[u8]); 3] = [
    (
        "battery",
        include_bytes!("../../../plugins/dist/battery.wasm"),
    ),
    (
        "catalyst",
        include_bytes!("../../../plugins/dist/catalyst.wasm"),
    ),
    (
        "magnet",
        include_bytes!("../../../plugins/dist/magnet.wasm"),
    ),
];

/// A folder of further components, each installed under its file's name.
const FOLDER_VARIABLE: &str = "LODESTONE_PLUGINS";

/// Where compiled plugins are kept, if not in the user's cache folder.
const CACHE_VARIABLE: &str = "LODESTONE_CACHE";

/// A host that compiles in a child process, so that a component made to stall the compiler can be stopped.
pub fn host() -> Result<Host> {
    let compiler = match std::env::current_exe() {
        Ok(program) => Compiler::Child {
            program,
            args: vec![OsString::from(PLUGIN_COMPILER)],
        },
        Err(error) => {
            show::tell(format!(
                "lodestone: plugins are compiled in this process, where nothing can stop them: \
                 this program's own file cannot be found ({error})"
            ));
            Compiler::InProcess
        }
    };
    let options = HostOptions {
        limits: Limits::default(),
        cache_dir: cache_dir(),
        compiler,
    };
    Host::new(options).map_err(|why| anyhow!(why))
}

fn cache_dir() -> Option<PathBuf> {
    let folder = |name| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    folder(CACHE_VARIABLE)
        .or_else(|| folder("XDG_CACHE_HOME").map(|p| p.join("lodestone")))
        .or_else(|| folder("HOME").map(|p| p.join(".cache/lodestone")))
        .map(|p| p.join("compiled"))
}

/// The ids of all installed plugins with where each is: the shipped ones, then those of the user's folder, both sorted.
pub fn installed() -> Result<Vec<(String, Location)>> {
    let mut all: Vec<(String, Location)> = SHIPPED
        .iter()
        .map(|&(id, bytes)| (id.to_owned(), Location::Shipped(id, bytes)))
        .collect();
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from) {
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("{FOLDER_VARIABLE}: cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry
                .with_context(|| format!("cannot read {}", folder.display()))?
                .path();
            if path.extension().is_some_and(|e| e == "wasm") {
                let id = path
                    .file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                if all.iter().any(|(known, _)| *known == id) {
                    bail!(
                        "{}: there already is a plugin {id}; rename or remove one",
                        path.display()
                    );
                }
                all.push((id, Location::File(path)));
            }
        }
    }
    // The shipped ones first: a file that claims one of their ids is the one that is refused.
    let is_file = |location: &Location| matches!(location, Location::File(_));
    all.sort_by(|a, b| (is_file(&a.1), &a.0).cmp(&(is_file(&b.1), &b.0)));
    Ok(all)
}

/// Where a plugin's component is.
pub enum Location {
    /// Id and component.
    Shipped(&'static str, &'static [u8]),
    File(PathBuf),
}

impl Location {
    /// As messages show it.
    pub fn describe(&self) -> String {
        match self {
            Self::Shipped(id, _) => format!("{id} (shipped)"),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The component's bytes; of a file no more than a component may have, and one more.
    pub fn read(&self, host: &Host) -> Result<Vec<u8>> {
        match self {
            Self::Shipped(_, bytes) => Ok(bytes.to_vec()),
            Self::File(path) => Ok(host.read(path)?),
        }
    }

    /// Loads the plugin.
    pub fn load(&self, host: &Host) -> Result<Plugin> {
        let origin = self.describe();
        host.load(&self.read(host)?, &origin)
            .with_context(|| format!("plugin {origin} is refused"))
    }
}

/// Finds a plugin by an installed plugin's id, or by a component file's path.
pub fn locate(id_or_file: &str) -> Result<Location> {
    let installed = installed()?;
    let is_path = id_or_file.contains(std::path::MAIN_SEPARATOR) || id_or_file.ends_with(".wasm");
    if !is_path {
        let ids: Vec<String> = installed.iter().map(|(id, _)| id.clone()).collect();
        if let Some((_, location)) = installed.into_iter().find(|(id, _)| id == id_or_file) {
            return Ok(location);
        }
        if !Path::new(id_or_file).is_file() {
            let nearest = optimize::suggest_nearest(id_or_file, ids.iter().map(String::as_str));
            let hint = nearest.map_or_else(String::new, |n| format!("; did you mean {n:?}?"));
            return Err(anyhow!(
                "no plugin {id_or_file:?} is installed ({}){hint}",
                ids.join(", ")
            ));
        }
    }
    Ok(Location::File(id_or_file.into()))
}
