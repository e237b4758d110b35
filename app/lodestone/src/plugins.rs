//! The plugins that this program carries, the places where it looks for others, and the host that they run in.

use anyhow::{Result, anyhow};
use plugin_host::{Compiler, Host, HostOptions, Limits};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use workbench::shelf::{Home, Location, Shelf, ShelfError, Shipped, WebOptions};

use crate::args::PLUGIN_COMPILER;
use crate::show;

/// The plugins that this program carries: id and component.
const SHIPPED: [(&str, &[u8]); 4] = [
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
    (
        "semiconductor",
        include_bytes!("../../../plugins/dist/semiconductor.wasm"),
    ),
];

/// Their ids, which no other plugin gets.
pub const SHIPPED_IDS: [&str; 4] = [SHIPPED[0].0, SHIPPED[1].0, SHIPPED[2].0, SHIPPED[3].0];

/// A folder of further components, each installed under its file's name.
const FOLDER_VARIABLE: &str = "LODESTONE_PLUGINS";

/// A proxy to fetch registries through.
const PROXY_VARIABLE: &str = "LODESTONE_PROXY";

/// A file of the authorities that certify https servers.
const AUTHORITIES_VARIABLE: &str = "LODESTONE_CA";

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
        .or_else(|| {
            // A relative one is to be ignored, say the rules of these variables.
            let cache = folder("XDG_CACHE_HOME").filter(|path| path.is_absolute());
            cache.map(|path| path.join("lodestone"))
        })
        .or_else(|| folder("HOME").map(|p| p.join(".cache/lodestone")))
        .map(|p| p.join("compiled"))
}

/// All places of plugins, as the environment says where they are.
pub fn shelf() -> &'static Shelf {
    static SHELF: OnceLock<Shelf> = OnceLock::new();
    SHELF.get_or_init(|| {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let shipped = SHIPPED.map(|(id, bytes)| Shipped {
            id,
            bytes: bytes.into(),
        });
        let web = WebOptions {
            proxy: variable(PROXY_VARIABLE).map(|proxy| proxy.to_string_lossy().into_owned()),
            authorities: variable(AUTHORITIES_VARIABLE).map(PathBuf::from),
            ..WebOptions::default()
        };
        Shelf::new(
            shipped.into(),
            Home::from_environment(|name| std::env::var_os(name)),
            variable(FOLDER_VARIABLE).map(PathBuf::from),
            web,
        )
    })
}

/// The user's folder of keys and installed plugins.
pub fn home() -> Result<Home> {
    Ok(shelf().home()?.clone())
}

/// The ids of all installed plugins with where each is; what is left out is told.
pub fn installed() -> Result<Vec<(String, Location)>, ShelfError> {
    shelf().installed(|message| show::tell(format!("lodestone: {message}")))
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
    Ok(shelf().file(id_or_file))
}
