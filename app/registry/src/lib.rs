//! The `registry` room: signing plugins, trusting keys, publishing to a folder, and what is installed.
//!
//! Everything here is bytes that nobody trusts yet: this room verifies who signed what, and knows nothing of WebAssembly.
//! Keys and signatures are minisign's, so that other programs can make and verify them. A registry is a folder with one
//! publisher and a signed index, which any web server can serve.
//!
//! ```
//! use registry::{Candidate, Home, SecretKey, sign_plugin};
//!
//! let folder = tempfile::tempdir()?;
//! let home = Home::new(folder.path());
//! let key = SecretKey::create(&home.own_key(), None)?.public;
//! let secret = SecretKey::read(&home.own_key(), || unreachable!("it has no password"))?;
//! let signature = sign_plugin(&secret, b"component", "sum.wasm", "sum", "0.1.0")?;
//!
//! home.trust()?.trust(&key, "me")?;
//! home.install(&Candidate {
//!     name: "sum",
//!     version: "0.1.0",
//!     bytes: b"component",
//!     signature: Some((&signature, &key)),
//!     source: "sum.wasm",
//!     from_registry: false,
//! }, false)?;
//! let installed = home.load("sum", 1 << 20)?;
//! assert_eq!(installed.signer.map(|key| key.label), Some("me".to_owned()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catalogue;
mod error;
mod file;
mod index;
mod key;
mod name;
mod pins;
mod publish;
mod signature;
mod source;
mod store;
mod trust;
mod web;

pub use catalogue::{Catalogue, Choice, Fetched, Terms, misfit};
pub use error::RegistryError;
pub use file::sha256;
pub use index::{Entry, Index, Property};
pub use key::{NewKey, PublicKey, SecretKey};
pub use name::{check_name, version};
pub use publish::{Publication, Published, publish};
pub use signature::{Signature, read_signature, sign_file, sign_plugin, signature_file};
pub use source::{Source, is_address};
pub use store::{Candidate, Home, Record, Verified};
pub use trust::{TrustStore, TrustedKey};
pub use web::{Web, WebOptions};
