//! Where plugins come from: inside this program, a folder of the user's, or a file named on the command line.

use anyhow::{Context, Result, anyhow, bail};
use plugin_host::{Compiler, Host, HostOptions, Limits, Plugin, SPOKEN};
use registry::{Home, RegistryError, Signature, TrustedKey, read_signature, signature_file};
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

/// Their ids, which no other plugin gets.
pub const SHIPPED_IDS: [&str; 3] = [SHIPPED[0].0, SHIPPED[1].0, SHIPPED[2].0];

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
        .or_else(|| {
            // A relative one is to be ignored, say the rules of these variables.
            let cache = folder("XDG_CACHE_HOME").filter(|path| path.is_absolute());
            cache.map(|path| path.join("lodestone"))
        })
        .or_else(|| folder("HOME").map(|p| p.join(".cache/lodestone")))
        .map(|p| p.join("compiled"))
}

/// The user's folder of keys and installed plugins.
pub fn home() -> Result<Home> {
    Home::from_environment(|name| std::env::var_os(name)).ok_or(RegistryError::NoHome.into())
}

/// Whether this program speaks that version of the plugin interface.
pub fn speaks(interface: &str) -> bool {
    let patch = interface
        .strip_prefix(SPOKEN)
        .and_then(|rest| rest.strip_prefix('.'));
    patch.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
}

/// The ids of all installed plugins with where each is: the shipped ones, then those that the user installed and those of
/// the user's folder, sorted.
pub fn installed() -> Result<Vec<(String, Location)>> {
    let mut all: Vec<(String, Location)> = SHIPPED
        .iter()
        .map(|&(id, bytes)| (id.to_owned(), Location::Shipped(id, bytes)))
        .collect();
    if let Ok(home) = home() {
        // The shipped plugins do not depend on whether this folder can be read.
        let names = home.names().unwrap_or_else(|error| {
            show::tell(format!(
                "lodestone: installed plugins are left out: {error}"
            ));
            Vec::new()
        });
        let of = |id: String| (id.clone(), Location::Installed(home.clone(), id));
        all.extend(names.into_iter().map(of));
    }
    let folder = std::env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty());
    if let Some(folder) = folder.map(PathBuf::from) {
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
    let is_others = |location: &Location| !matches!(location, Location::Shipped(..));
    all.sort_by(|a, b| (is_others(&a.1), &a.0).cmp(&(is_others(&b.1), &b.0)));
    Ok(all)
}

/// Where a plugin's component is.
pub enum Location {
    /// Id and component.
    Shipped(&'static str, &'static [u8]),
    /// Installed under this id.
    Installed(Home, String),
    File(PathBuf),
}

/// Who vouches for a plugin.
pub enum Standing {
    /// It came with this program.
    Shipped,
    /// This key, which the user trusts, signed it.
    Signed(TrustedKey),
    /// A key of that identifier may have signed it; nobody here knows it.
    UnknownSigner(String),
    Unsigned,
}

impl Standing {
    /// What a user must see before relying on the plugin, if anything.
    pub fn mark(&self) -> Option<String> {
        match self {
            Self::Shipped | Self::Signed(_) => None,
            Self::UnknownSigner(id) => Some(format!(
                "UNSIGNED as far as is known here: its signature is by key {id}, which is not trusted"
            )),
            Self::Unsigned => Some("UNSIGNED: nobody vouches for it".to_owned()),
        }
    }
}

impl Location {
    /// As messages show it.
    pub fn describe(&self) -> String {
        match self {
            Self::Shipped(id, _) => format!("{id} (shipped)"),
            Self::Installed(_, id) => format!("{id} (installed)"),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The component's bytes; of a file no more than a component may have, and one more.
    pub fn read(&self, host: &Host) -> Result<Vec<u8>> {
        match self {
            Self::Shipped(_, bytes) => Ok(bytes.to_vec()),
            Self::Installed(home, id) => {
                Ok(home.load(id, host.limits().component_bytes as u64)?.bytes)
            }
            Self::File(path) => Ok(host.read(path)?),
        }
    }

    /// Loads the plugin and says who vouches for it. An installed one must be what was installed, and its key still be
    /// trusted; a file with a signature beside it must be what was signed.
    pub fn load(&self, host: &Host) -> Result<(Plugin, Standing)> {
        let origin = self.describe();
        let loaded = || -> Result<(Plugin, Standing)> {
            match self {
                Self::Shipped(_, bytes) => Ok((host.load(bytes, &origin)?, Standing::Shipped)),
                Self::Installed(home, id) => {
                    let found = home.load(id, host.limits().component_bytes as u64)?;
                    let standing = found.signer.map_or(Standing::Unsigned, Standing::Signed);
                    let plugin = host.load(&found.bytes, &origin)?;
                    let said = plugin.description();
                    if (&said.id, &said.version) != (id, &found.record.version) {
                        bail!(
                            "it says of itself that it is {} {}, but was installed as {id} {}",
                            said.id,
                            said.version,
                            found.record.version
                        );
                    }
                    Ok((plugin, standing))
                }
                Self::File(path) => {
                    let bytes = host.read(path)?;
                    let standing = standing_of_file(path, &bytes)?;
                    Ok((host.load(&bytes, &origin)?, standing))
                }
            }
        };
        let checked = || -> Result<(Plugin, Standing)> {
            let (plugin, standing) = loaded()?;
            // A plugin stands or falls with the models that it carries.
            screening::carried_models(&plugin)?;
            Ok((plugin, standing))
        };
        checked().with_context(|| format!("plugin {origin} is refused"))
    }
}

/// Who signed the component in a file, by the signature beside it.
fn standing_of_file(path: &Path, bytes: &[u8]) -> Result<Standing> {
    if SHIPPED.iter().any(|(_, shipped)| *shipped == bytes) {
        return Ok(Standing::Shipped);
    }
    let beside = signature_file(path);
    if !beside.exists() {
        return Ok(Standing::Unsigned);
    }
    let what = beside.display().to_string();
    let signature = Signature::parse(&read_signature(&beside)?, &what)?;
    let Ok(home) = home() else {
        return Ok(Standing::UnknownSigner(signature.key_id()));
    };
    match home.trust()?.verify(&signature, bytes, "the file") {
        Ok(key) => Ok(Standing::Signed(key.clone())),
        Err(RegistryError::UnknownKey { id, .. }) => Ok(Standing::UnknownSigner(id)),
        Err(error) => Err(error.into()),
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
