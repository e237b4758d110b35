//! Why a plugin is not loaded, installed or updated.

use plugin_host::LoadError;
use registry::RegistryError;
use std::error::Error;
use std::path::PathBuf;

/// What went wrong with a plugin's place, signature or component.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShelfError {
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Carried(#[from] screening::CarriedError),
    /// What came of it, and why.
    #[error("{what}")]
    Because {
        what: String,
        #[source]
        why: Box<ShelfError>,
    },
    #[error("it says of itself that it is {said}, but was installed as {installed}")]
    SaysOther { said: String, installed: String },
    #[error("cannot read the folder of plugins {}: {error}", folder.display())]
    Folder {
        folder: PathBuf,
        error: std::io::Error,
    },
    #[error("{}: there already is a plugin {id}; rename or remove one", path.display())]
    Twice { path: PathBuf, id: String },
    #[error(
        "{0:?} says not where from; name a component file (./{0}.wasm) or a registry's plugin (FOLDER-OR-URL/{0})"
    )]
    Nowhere(String),
    #[error(
        "{text} names a registry and none of its plugins; add the plugin's name: {address}/NAME (`lodestone plugin list --available {address}` shows what it has)"
    )]
    Nameless { text: String, address: String },
    #[error("{0} is no text")]
    NoText(String),
    #[error("it was installed from {0}, not from a registry; install its newer file yourself")]
    Local(String),
    /// What went wrong before with the same registry.
    #[error("{0}")]
    Before(String),
}

impl ShelfError {
    /// The whole message: what came of it, and why.
    pub fn words(&self) -> String {
        let mut words = self.to_string();
        let mut source = self.source();
        while let Some(why) = source {
            words.push_str(": ");
            words.push_str(&why.to_string());
            source = why.source();
        }
        words
    }

    /// Whether the plugin's name belongs to another key, so that the user must say that its owner changed.
    pub fn is_about_owner(&self) -> bool {
        match self {
            Self::Registry(RegistryError::Owner { .. }) => true,
            Self::Because { why, .. } => why.is_about_owner(),
            _ => false,
        }
    }
}

impl From<job::Cancelled> for ShelfError {
    fn from(cancelled: job::Cancelled) -> Self {
        RegistryError::from(cancelled).into()
    }
}
