//! Signatures in minisign's format, beside what they sign: `FILE.minisig`.
//!
//! Four lines: an untrusted comment, the signature (over the BLAKE2b hash of the file), a trusted comment, and the
//! signature over both. What we sign says in the trusted comment which file, plugin, version and hash it is for.

use crate::key::{self, PublicKey, SecretKey};
use crate::{RegistryError, file};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// What a signature file may have, bytes.
pub const SIGNATURE_BYTES: u64 = 4096;

/// Base64 characters of the two signature lines: 2 + 8 + 64 bytes and 64 bytes.
const LINE_CHARS: (usize, usize) = (100, 88);

/// A signature file that was read, its form checked; who signed is not known before [`Signature::verify`].
#[derive(Clone)]
pub struct Signature {
    parsed: minisign::SignatureBox,
    /// The file, for messages.
    what: String,
}

impl Signature {
    /// Reads a signature from the bytes of `what`. The form is minisign's to the letter, so that no byte outside the
    /// untrusted comment can be changed unseen.
    pub fn parse(bytes: &[u8], what: &str) -> Result<Self, RegistryError> {
        let refused = |why: &str| RegistryError::SignatureForm {
            what: what.to_owned(),
            why: why.to_owned(),
        };
        if bytes.len() as u64 > SIGNATURE_BYTES {
            return Err(refused("it is too long"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| refused("it is not text"))?;
        let lines: Vec<&str> = text.lines().collect();
        let &[untrusted, signature, trusted, global] = lines.as_slice() else {
            return Err(refused("it does not have four lines"));
        };
        // The library takes these for granted: a shorter line would stop the program, a longer one pass unseen.
        if !untrusted.starts_with("untrusted comment: ")
            || signature.len() != LINE_CHARS.0
            || !trusted.starts_with("trusted comment: ")
            || global.len() != LINE_CHARS.1
        {
            return Err(refused("its lines are not those of a signature"));
        }
        let parsed =
            minisign::SignatureBox::from_string(text).map_err(|e| refused(&e.to_string()))?;
        if parsed.to_string().trim_end_matches('\n') != text.strip_suffix('\n').unwrap_or(text) {
            return Err(refused("it has characters that do not belong there"));
        }
        if !parsed.is_prehashed() {
            return Err(refused(
                "it is of minisign's old kind, without a hash; sign again with a newer minisign",
            ));
        }
        Ok(Self {
            parsed,
            what: what.to_owned(),
        })
    }

    /// The identifier of the key that it claims to be made with.
    pub fn key_id(&self) -> String {
        key::id(self.parsed.keynum())
    }

    /// Whether this key signed these bytes and the trusted comment.
    pub fn fits(&self, key: &PublicKey, bytes: &[u8]) -> bool {
        minisign::verify(&key.0, &self.parsed, Cursor::new(bytes), true, false, false).is_ok()
    }

    /// What the trusted comment says under `name:`, if anything. To be believed after [`Signature::fits`] only.
    pub fn said(&self, name: &str) -> Option<String> {
        let comment = self.parsed.trusted_comment().ok()?;
        let mut words = comment.split_whitespace();
        words.find_map(|w| Some(w.strip_prefix(name)?.strip_prefix(':')?.to_owned()))
    }

    /// Refuses a signature whose trusted comment names another plugin or version than this. A comment made by another
    /// program names neither.
    pub fn check_said(&self, key: &str, id: &str, version: &str) -> Result<(), RegistryError> {
        for (name, found) in [("id", id), ("version", version)] {
            match self.said(name) {
                Some(signed) if signed != found => {
                    return Err(RegistryError::SignedOther {
                        what: self.what.clone(),
                        key: key.to_owned(),
                        signed: format!("{name} {}", key::shown(&signed)),
                        found: found.to_owned(),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The signature file's text for these bytes.
pub(crate) fn sign(
    key: &SecretKey,
    bytes: &[u8],
    trusted_comment: &str,
) -> Result<String, RegistryError> {
    let failed = |e: minisign::PError| RegistryError::Cryptography(e.to_string());
    let untrusted = format!("signature by key {}", key.public().id());
    let made = minisign::sign(
        Some(&key.public().0),
        &key.secret,
        Cursor::new(bytes),
        Some(trusted_comment),
        Some(&untrusted),
    );
    Ok(made.map_err(failed)?.to_string())
}

/// The text of a plugin's signature, whose trusted comment says which file, plugin, version and hash it is for.
pub fn sign_plugin(
    key: &SecretKey,
    bytes: &[u8],
    file: &str,
    id: &str,
    version: &str,
) -> Result<String, RegistryError> {
    // A blank or a line's end would end the word, or the comment.
    let file = file.replace(|c: char| c.is_whitespace() || c.is_control(), "_");
    let sha256 = file::sha256(bytes);
    let comment = format!("file:{file} id:{id} version:{version} sha256:{sha256}");
    sign(key, bytes, &comment)
}

/// Where the signature of a file is.
pub fn signature_file(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".minisig");
    name.into()
}

/// The bytes of a signature file.
pub fn read_signature(path: &Path) -> Result<Vec<u8>, RegistryError> {
    file::read(path, SIGNATURE_BYTES)
}

/// Signs the plugin in `path`, of that id and version, and writes `FILE.minisig`; returns its path.
pub fn sign_file(
    key: &SecretKey,
    path: &Path,
    bytes: &[u8],
    id: &str,
    version: &str,
) -> Result<PathBuf, RegistryError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = sign_plugin(key, bytes, &name, id, version)?;
    let target = signature_file(path);
    file::write(&target, text.as_bytes())?;
    Ok(target)
}
