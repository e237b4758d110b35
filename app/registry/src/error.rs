//! Why something is not signed, trusted, published or installed.

use std::path::Path;

/// What went wrong; the message names what, where and, for signatures, whose key.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum RegistryError {
    #[error("cannot {action} {path}: {why}")]
    File {
        action: &'static str,
        path: String,
        why: String,
    },
    #[error("{0} is there already and is not overwritten; remove it or name another file")]
    Exists(String),
    #[error("{what} is larger than the {limit} bytes it may have")]
    TooBig { what: String, limit: u64 },
    #[error(
        "{what} is no public key: {why}; a minisign public key is 56 characters that begin with RW"
    )]
    PublicKey { what: String, why: String },
    #[error("{path} is no secret key in minisign's form: {why}")]
    SecretKey { path: String, why: String },
    #[error("the secret key {path} does not open: the password is wrong, or the file is damaged")]
    Password { path: String },
    #[error("cannot make or use a key: {0}")]
    Cryptography(String),
    #[error("{what} is no minisign signature: {why}")]
    SignatureForm { what: String, why: String },
    #[error("there is no signature {0}")]
    NoSignature(String),
    #[error(
        "{what} is signed by key {id}, which is not trusted here; if its owner gave you the key by a way you trust, \
         run `lodestone plugin trust KEY`"
    )]
    UnknownKey { what: String, id: String },
    #[error("{what} is signed by key {key}, whose trust was revoked on {date}")]
    RevokedKey {
        what: String,
        key: String,
        date: String,
    },
    #[error(
        "{what} is not what key {key} signed: the file or its signature was altered after signing"
    )]
    BadSignature { what: String, key: String },
    #[error("{what}: the signature by key {key} is for {signed}, not for {found}")]
    SignedOther {
        what: String,
        key: String,
        signed: String,
        found: String,
    },
    #[error("{what} is signed by key {found}, but it must be key {wanted}, {why}")]
    WrongKey {
        what: String,
        found: String,
        wanted: String,
        why: &'static str,
    },
    #[error(
        "the name {name} belongs to key {owner}, which had it first; now {claimant} claims it. If its owner told you of \
         this change by a way you trust, repeat this with --new-owner"
    )]
    Owner {
        name: String,
        owner: String,
        claimant: String,
    },
    #[error(
        "{place} gives an older index (serial number {found}) than the one of key {key} that was seen before ({seen}): \
         somebody may be holding back a newer version"
    )]
    Replayed {
        place: String,
        key: String,
        found: u64,
        seen: u64,
    },
    #[error(
        "{place} gives another index of serial number {serial} than the one of key {key} that was seen before; a key \
         publishes one registry, and each of its indexes gets a number of its own"
    )]
    Forked {
        place: String,
        key: String,
        serial: u64,
    },
    #[error("the index of {place} is refused: {why}")]
    Index { place: String, why: String },
    #[error(
        "{0:?} is no name of a plugin: 1 to 64 lower-case letters, digits and underscores that begin with a letter"
    )]
    Name(String),
    #[error("{0} is the name of a plugin that is shipped with this program; choose another")]
    Shipped(String),
    #[error("{0:?} is no semantic version such as 0.1.0")]
    Version(String),
    #[error("{place} is refused as a source of plugins: {why}")]
    Source { place: String, why: String },
    #[error("cannot fetch {url}: {why}")]
    Fetch { url: String, why: String },
    #[error("{what} has {found} bytes, but the index of key {key} says {wanted}")]
    Length {
        what: String,
        found: String,
        wanted: u64,
        key: String,
    },
    #[error("{what} has SHA-256 {found}, but the index of key {key} says {wanted}")]
    Hash {
        what: String,
        found: String,
        wanted: String,
        key: String,
    },
    #[error("{place} has no plugin {name}{hint}")]
    NoPlugin {
        place: String,
        name: String,
        hint: String,
    },
    #[error("{place} has no version {version} of {name}; it has {}", has.join(", "))]
    NoVersion {
        place: String,
        name: String,
        version: String,
        has: Vec<String>,
    },
    #[error("no version of {name} at {place} fits this program: {}", why.join("; "))]
    NoneFits {
        place: String,
        name: String,
        why: Vec<String>,
    },
    #[error(
        "{name} {installed} is installed, and {place} offers {found}, which is older; to go back, ask for {name}@{found}"
    )]
    Older {
        name: String,
        installed: String,
        found: String,
        place: String,
    },
    #[error("{what} says of itself that it is {found}, but it was announced as {wanted}")]
    Announced {
        what: String,
        found: String,
        wanted: String,
    },
    #[error("no plugin {name} is installed{hint}")]
    NotInstalled { name: String, hint: String },
    #[error(
        "{path} was altered since it was installed (SHA-256 {found}, installed was {wanted}); install it again or remove it"
    )]
    Altered {
        path: String,
        found: String,
        wanted: String,
    },
    #[error("{path} is damaged: {why}; {remedy}")]
    Damaged {
        path: String,
        why: String,
        remedy: &'static str,
    },
    #[error(
        "{folder}: {name} {version} is published already, with other bytes; give the changed plugin a new version"
    )]
    Republished {
        folder: String,
        name: String,
        version: String,
    },
    #[error(
        "{folder}: {name} {newest} is published already and is newer than {version}; to publish it all the same, use --force"
    )]
    OlderVersion {
        folder: String,
        name: String,
        version: String,
        newest: String,
    },
    #[error("the key {key} is known already: {why}")]
    KnownKey { key: String, why: String },
    #[error("{0} is no key that is trusted here; `lodestone plugin trust --list` shows them")]
    NotTrusted(String),
    #[error("there is no folder to keep plugins in: set HOME, XDG_DATA_HOME or LODESTONE_HOME")]
    NoHome,
    #[error("cancelled; nothing was changed")]
    Cancelled,
}

impl RegistryError {
    /// An error of the file system.
    pub(crate) fn file(action: &'static str, path: &Path, error: impl ToString) -> Self {
        Self::File {
            action,
            path: path.display().to_string(),
            why: error.to_string(),
        }
    }
}

impl From<job::Cancelled> for RegistryError {
    fn from(_: job::Cancelled) -> Self {
        Self::Cancelled
    }
}
