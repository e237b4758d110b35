//! Where plugins come from, who vouches for them, and what is installed: one way of loading for the window, the command
//! line and whatever else uses plugins.

mod error;
mod install;
mod listing;

pub use error::ShelfError;
pub use install::{Catalogues, Installed, Updated, Wanted};
pub use listing::{Available, Listing};
pub use registry::{Home, Record, TrustedKey, WebOptions};

use plugin_host::{Host, Plugin, SPOKEN};
use registry::{
    PublicKey, RegistryError, Signature, Terms, TrustStore, read_signature, signature_file,
};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A plugin that the program carries.
#[derive(Clone, Debug)]
pub struct Shipped {
    /// Its id, which no other plugin gets.
    pub id: &'static str,
    /// The component.
    pub bytes: Cow<'static, [u8]>,
}

/// The places where plugins are; cheap to clone. The default has none.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Arc<Places>);

#[derive(Debug, Default)]
struct Places {
    shipped: Vec<Shipped>,
    home: Option<Home>,
    folder: Option<PathBuf>,
    web: WebOptions,
}

/// Where one plugin's component is.
#[derive(Clone, Debug)]
pub struct Location {
    shelf: Shelf,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    /// With the program, at this place of the list.
    Shipped(usize),
    /// Installed under this id.
    Installed(Home, String),
    File(PathBuf),
}

/// Who vouches for a plugin.
#[derive(Clone, Debug, PartialEq)]
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

impl Shelf {
    /// `shipped`: what the program carries. `home`: where the user's keys and installed plugins are. `folder`: further
    /// components, each installed under its file's name. `web`: how registries are asked.
    pub fn new(
        shipped: Vec<Shipped>,
        home: Option<Home>,
        folder: Option<PathBuf>,
        web: WebOptions,
    ) -> Self {
        Self(Arc::new(Places {
            shipped,
            home,
            folder,
            web,
        }))
    }

    /// The user's folder of keys and installed plugins.
    ///
    /// # Errors
    ///
    /// Where the user has none.
    pub fn home(&self) -> Result<&Home, ShelfError> {
        Ok(self.0.home.as_ref().ok_or(RegistryError::NoHome)?)
    }

    /// The ids of the plugins that the program carries.
    pub fn shipped_ids(&self) -> Vec<&'static str> {
        self.0.shipped.iter().map(|shipped| shipped.id).collect()
    }

    /// A component file as a plugin.
    pub fn file(&self, path: impl Into<PathBuf>) -> Location {
        self.at(Place::File(path.into()))
    }

    fn at(&self, place: Place) -> Location {
        let shelf = self.clone();
        Location { shelf, place }
    }

    /// The ids of all installed plugins with where each is: the shipped ones, then those that the user installed and those
    /// of the user's folder, sorted. `tell` hears what is left out.
    ///
    /// # Errors
    ///
    /// A folder of components that cannot be read, or holds an id that another has.
    pub fn installed(
        &self,
        mut tell: impl FnMut(String),
    ) -> Result<Vec<(String, Location)>, ShelfError> {
        let shipped = self.0.shipped.iter().enumerate();
        let mut all: Vec<(String, Location)> = shipped
            .map(|(at, shipped)| (shipped.id.to_owned(), self.at(Place::Shipped(at))))
            .collect();
        if let Some(home) = &self.0.home {
            // The shipped plugins do not depend on whether this folder can be read.
            let names = home.names().unwrap_or_else(|error| {
                tell(format!("installed plugins are left out: {error}"));
                Vec::new()
            });
            let of = |id: String| (id.clone(), self.at(Place::Installed(home.clone(), id)));
            all.extend(names.into_iter().map(of));
        }
        if let Some(folder) = &self.0.folder {
            let unreadable = |error| ShelfError::Folder {
                folder: folder.clone(),
                error,
            };
            for entry in std::fs::read_dir(folder).map_err(unreadable)? {
                let path = entry.map_err(unreadable)?.path();
                if path.extension().is_some_and(|e| e == "wasm") {
                    let stem = path.file_stem().unwrap_or_default();
                    let id = stem.to_string_lossy().into_owned();
                    if all.iter().any(|(known, _)| *known == id) {
                        return Err(ShelfError::Twice { path, id });
                    }
                    all.push((id, self.file(path)));
                }
            }
        }
        // The shipped ones first: a file that claims one of their ids is the one that is refused.
        let is_others = |location: &Location| !location.is_shipped();
        all.sort_by(|a, b| (is_others(&a.1), &a.0).cmp(&(is_others(&b.1), &b.0)));
        Ok(all)
    }

    /// What is known of the plugins that the user installed, sorted by name; a damaged record is left out.
    pub fn records(&self) -> Vec<Record> {
        let Some(home) = &self.0.home else {
            return Vec::new();
        };
        let names = home.names().unwrap_or_default().into_iter();
        names
            .filter_map(|name| home.record(&name).ok().flatten())
            .collect()
    }

    /// The keys that the user trusts, or did until they were revoked.
    ///
    /// # Errors
    ///
    /// A trust store that cannot be read.
    pub fn keys(&self) -> Result<Vec<TrustedKey>, ShelfError> {
        match &self.0.home {
            Some(home) => Ok(home.trust()?.keys().to_vec()),
            None => Ok(Vec::new()),
        }
    }

    /// Trusts a key from now on. `key`: the key's base64, or its `.pub` file.
    ///
    /// # Errors
    ///
    /// What is no key, is known already, or cannot be written down.
    pub fn trust(&self, key: &str, label: &str) -> Result<TrustedKey, ShelfError> {
        let key = PublicKey::from_argument(key)?;
        Ok(self.store()?.trust(&key, label)?)
    }

    /// Trusts a key no longer: what it signed is not loaded any more. `which`: the key, its identifier or its label.
    ///
    /// # Errors
    ///
    /// A key that is not known, or a store that cannot be written.
    pub fn revoke(&self, which: &str) -> Result<TrustedKey, ShelfError> {
        Ok(self.store()?.revoke(which)?)
    }

    fn store(&self) -> Result<TrustStore, ShelfError> {
        Ok(self.home()?.trust()?)
    }

    /// What this program can use.
    pub fn terms<'a>(&self, shipped: &'a [&'a str], host: &Host) -> Terms<'a> {
        Terms {
            shipped,
            speaks: &speaks,
            component_bytes: host.limits().component_bytes as u64,
        }
    }

    /// Who signed the component in a file, by the signature beside it.
    fn standing_of_file(&self, path: &Path, bytes: &[u8]) -> Result<Standing, ShelfError> {
        if self
            .0
            .shipped
            .iter()
            .any(|shipped| *shipped.bytes == *bytes)
        {
            return Ok(Standing::Shipped);
        }
        let beside = signature_file(path);
        if !beside.exists() {
            return Ok(Standing::Unsigned);
        }
        let what = beside.display().to_string();
        let signature = Signature::parse(&read_signature(&beside)?, &what)?;
        let Some(home) = &self.0.home else {
            return Ok(Standing::UnknownSigner(signature.key_id()));
        };
        match home.trust()?.verify(&signature, bytes, "the file") {
            Ok(key) => Ok(Standing::Signed(key.clone())),
            Err(RegistryError::UnknownKey { id, .. }) => Ok(Standing::UnknownSigner(id)),
            Err(error) => Err(error.into()),
        }
    }
}

impl Location {
    /// As messages show it.
    pub fn describe(&self) -> String {
        match &self.place {
            Place::Shipped(at) => format!("{} (shipped)", self.shelf.0.shipped[*at].id),
            Place::Installed(_, id) => format!("{id} (installed)"),
            Place::File(path) => path.display().to_string(),
        }
    }

    /// Whether the program carries it.
    pub fn is_shipped(&self) -> bool {
        matches!(self.place, Place::Shipped(_))
    }

    /// The name under which the user installed it.
    pub fn installed_as(&self) -> Option<&str> {
        match &self.place {
            Place::Installed(_, id) => Some(id),
            Place::Shipped(_) | Place::File(_) => None,
        }
    }

    /// The component's bytes; of a file no more than a component may have, and one more.
    ///
    /// # Errors
    ///
    /// What cannot be read, and an installed plugin that was altered or whose key is trusted no more.
    pub fn read(&self, host: &Host) -> Result<Vec<u8>, ShelfError> {
        match &self.place {
            Place::Shipped(at) => Ok(self.shelf.0.shipped[*at].bytes.to_vec()),
            Place::Installed(home, id) => {
                Ok(home.load(id, host.limits().component_bytes as u64)?.bytes)
            }
            Place::File(path) => Ok(host.read(path)?),
        }
    }

    /// Loads the plugin and says who vouches for it. An installed one must be what was installed, and its key still be
    /// trusted; a file with a signature beside it must be what was signed.
    ///
    /// # Errors
    ///
    /// `plugin NAME is refused`, and as its source why.
    pub fn load(&self, host: &Host) -> Result<(Plugin, Standing), ShelfError> {
        let (plugin, standing, _) = self.load_whole(host)?;
        Ok((plugin, standing))
    }

    /// As [`Self::load`], with the component's bytes that were loaded: a file may be another when it is read again.
    ///
    /// # Errors
    ///
    /// As of [`Self::load`].
    pub fn load_whole(&self, host: &Host) -> Result<(Plugin, Standing, Vec<u8>), ShelfError> {
        self.whole(host).map_err(|why| ShelfError::Because {
            what: format!("plugin {} is refused", self.describe()),
            why: Box::new(why),
        })
    }

    /// As [`Self::load`]; the error is the reason alone.
    pub(crate) fn checked(&self, host: &Host) -> Result<(Plugin, Standing), ShelfError> {
        let (plugin, standing, _) = self.whole(host)?;
        Ok((plugin, standing))
    }

    fn whole(&self, host: &Host) -> Result<(Plugin, Standing, Vec<u8>), ShelfError> {
        let whole = self.verified(host)?;
        // A plugin stands or falls with the models that it carries.
        screening::carried_models(&whole.0)?;
        Ok(whole)
    }

    fn verified(&self, host: &Host) -> Result<(Plugin, Standing, Vec<u8>), ShelfError> {
        let origin = self.describe();
        match &self.place {
            Place::Shipped(at) => {
                let bytes = &self.shelf.0.shipped[*at].bytes;
                Ok((
                    host.load(bytes, &origin)?,
                    Standing::Shipped,
                    bytes.to_vec(),
                ))
            }
            Place::Installed(home, id) => {
                let found = home.load(id, host.limits().component_bytes as u64)?;
                let standing = found.signer.map_or(Standing::Unsigned, Standing::Signed);
                let plugin = host.load(&found.bytes, &origin)?;
                let said = plugin.description();
                if (&said.id, &said.version) != (id, &found.record.version) {
                    return Err(ShelfError::SaysOther {
                        said: format!("{} {}", said.id, said.version),
                        installed: format!("{id} {}", found.record.version),
                    });
                }
                Ok((plugin, standing, found.bytes))
            }
            Place::File(path) => {
                let bytes = host.read(path)?;
                let standing = self.shelf.standing_of_file(path, &bytes)?;
                Ok((host.load(&bytes, &origin)?, standing, bytes))
            }
        }
    }
}

/// Whether this program speaks that version of the plugin interface.
fn speaks(interface: &str) -> bool {
    let patch = interface
        .strip_prefix(SPOKEN)
        .and_then(|rest| rest.strip_prefix('.'));
    patch.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
}
