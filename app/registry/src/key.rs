//! Keys in minisign's format: a pair of files, the public one to give away and the secret one to keep.

use crate::{RegistryError, file, name};
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What a key file may have, bytes.
const KEY_BYTES: u64 = 4096;

/// The public half of a key pair: 32 bytes of Ed25519, and an identifier of 8 bytes drawn at random.
#[derive(Clone)]
pub struct PublicKey(pub(crate) minisign::PublicKey);

impl PublicKey {
    /// A key given as its base64 text or by the path of a `.pub` file.
    pub fn from_argument(text: &str) -> Result<Self, RegistryError> {
        Self::from_base64(text).or_else(|error| {
            let path = Path::new(text);
            if path.exists() {
                Self::read(path)
            } else {
                Err(error)
            }
        })
    }

    /// A key from its 56 base64 characters.
    pub fn from_base64(text: &str) -> Result<Self, RegistryError> {
        let refused = |why: String| RegistryError::PublicKey {
            what: format!("{:?}", shown(text)),
            why,
        };
        let key = minisign::PublicKey::from_base64(text).map_err(|e| refused(e.to_string()))?;
        if key.to_base64() != text {
            return Err(refused("it has further characters".to_owned()));
        }
        if !key.to_bytes().starts_with(b"Ed") {
            return Err(refused("it is of another kind than Ed25519".to_owned()));
        }
        Ok(Self(key))
    }

    /// The key in a `.pub` file: a comment line and a line of base64.
    pub fn read(path: &Path) -> Result<Self, RegistryError> {
        let text = text_file(path).map_err(|why| RegistryError::PublicKey {
            what: path.display().to_string(),
            why,
        })?;
        let line = text
            .lines()
            .find(|line| !line.starts_with("untrusted comment:"));
        Self::from_base64(line.unwrap_or_default().trim()).map_err(|error| match error {
            RegistryError::PublicKey { why, .. } => RegistryError::PublicKey {
                what: path.display().to_string(),
                why,
            },
            other => other,
        })
    }

    /// The identifier that signatures name: 16 hexadecimal digits. Two keys may share it; only the whole key is a proof.
    pub fn id(&self) -> String {
        id(self.0.keynum())
    }

    pub fn to_base64(&self) -> String {
        self.0.to_base64()
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bytes() == other.0.to_bytes()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.to_base64())
    }
}

/// An identifier as people see it: the little-endian number in hexadecimal, as the `minisign` program writes it.
pub(crate) fn id(keynum: &[u8]) -> String {
    keynum.iter().rev().map(|b| format!("{b:02X}")).collect()
}

/// The secret half, ready to sign; never shown.
pub struct SecretKey {
    pub(crate) secret: minisign::SecretKey,
    public: PublicKey,
}

impl SecretKey {
    /// Makes a new key pair. The secret key goes to `path`, readable by its owner alone; the public one beside it, with the
    /// ending `.pub`. Neither is overwritten. Without a password whoever reads the file can sign.
    pub fn create(path: &Path, password: Option<&str>) -> Result<NewKey, RegistryError> {
        let public_file = path.with_extension("pub");
        if public_file == path {
            let what = "a secret key's file does not end in .pub";
            return Err(RegistryError::file("write", path, what));
        }
        for file in [path, &public_file] {
            if !file::is_absent(file) {
                return Err(RegistryError::Exists(file.display().to_string()));
            }
        }
        let failed = |e: minisign::PError| RegistryError::Cryptography(e.to_string());
        let pair = match password {
            None => minisign::KeyPair::generate_unencrypted_keypair(),
            Some(password) => {
                minisign::KeyPair::generate_encrypted_keypair(Some(password.to_owned()))
            }
        };
        let pair = pair.map_err(failed)?;
        let public = PublicKey(pair.pk);
        let comment = format!("minisign secret key {}", public.id());
        let secret = pair.sk.to_box(Some(&comment)).map_err(failed)?;
        if let Some(folder) = path.parent() {
            file::make_folder(folder)?;
        }
        write_new(path, &secret.to_bytes(), 0o600)?;
        let boxed = public.0.to_box().map_err(failed)?;
        write_new(&public_file, &boxed.to_bytes(), 0o644)?;
        Ok(NewKey {
            public,
            public_file,
        })
    }

    /// Reads a secret key's file; `password` is asked only where the file needs one.
    pub fn read(
        path: &Path,
        password: impl FnOnce() -> Result<String, RegistryError>,
    ) -> Result<Self, RegistryError> {
        let refused = |why: String| RegistryError::SecretKey {
            path: path.display().to_string(),
            why,
        };
        let text = text_file(path).map_err(refused)?;
        let boxed = minisign::SecretKeyBox::from(text);
        let secret = match boxed.clone().into_unencrypted_secret_key() {
            Ok(secret) => secret,
            Err(error) if error.to_string().contains("might be encrypted") => {
                let opened = boxed.into_secret_key(Some(password()?));
                opened.map_err(|error| match error.kind() {
                    minisign::ErrorKind::Verify => RegistryError::Password {
                        path: path.display().to_string(),
                    },
                    _ => refused(error.to_string()),
                })?
            }
            Err(error) => {
                unchecked(&boxed.to_string()).ok_or_else(|| refused(error.to_string()))?
            }
        };
        let public = minisign::PublicKey::from_secret_key(&secret);
        Ok(Self {
            public: PublicKey(public.map_err(|e| refused(e.to_string()))?),
            secret,
        })
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }
}

/// A key pair that was just made.
pub struct NewKey {
    pub public: PublicKey,
    /// Where the public key is.
    pub public_file: PathBuf,
}

/// The key in a file without password as the `minisign` program writes it, which leaves the checksum zero.
fn unchecked(text: &str) -> Option<minisign::SecretKey> {
    use base64::Engine;
    let line = text.lines().nth(1)?;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(line)
        .ok()?;
    // kind of key, of protection and of checksum; salt and costs; identifier, key, checksum
    let is_whole = bytes.len() == 2 + 2 + 2 + 48 + 8 + 64 + 32;
    let form = is_whole && bytes.starts_with(b"Ed\0\0B2") && bytes[126..] == [0; 32];
    let key = minisign::SecretKey::from_bytes(&bytes)
        .ok()
        .filter(|_| form)?;
    // The second half of the key is its public key: a trial shows whether they belong together.
    let public = minisign::PublicKey::from_secret_key(&key).ok()?;
    minisign::sign(Some(&public), &key, std::io::empty(), None, None).ok()?;
    Some(key)
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), RegistryError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => RegistryError::Exists(path.display().to_string()),
        _ => RegistryError::file("write", path, error),
    };
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed)
}

fn text_file(path: &Path) -> Result<String, String> {
    let bytes = file::read(path, KEY_BYTES).map_err(|e| e.to_string())?;
    String::from_utf8(bytes).map_err(|_| "it is not text".to_owned())
}

/// The beginning of a text that somebody else wrote, without characters that a reader would not see.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 200;
    let visible = |c| if name::is_hidden(c) { '\u{fffd}' } else { c };
    let mut start: String = text.chars().take(MOST).map(visible).collect();
    if text.chars().nth(MOST).is_some() {
        start.push('…');
    }
    start
}
