//! Keys and signatures of another program: the files in `foreign/` were made by minisign 0.11.

use crate::{new_key, says};
use proptest::prelude::*;
use registry::{PublicKey, SecretKey, Signature};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const FILE: &[u8] = include_bytes!("foreign/file.txt");
const HASHED: &[u8] = include_bytes!("foreign/hashed.minisig");
const LEGACY: &[u8] = include_bytes!("foreign/legacy.minisig");

static KEY: LazyLock<PublicKey> =
    LazyLock::new(|| PublicKey::read(&foreign("minisign.pub")).unwrap());

fn foreign(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/registry/foreign")
        .join(name)
}

#[test]
fn a_signature_of_the_minisign_program_is_verified() {
    assert_eq!(KEY.id(), "7C4D9B78AF567374"); // as its comment says
    let signature = Signature::parse(HASHED, "file").unwrap();
    assert_eq!(signature.key_id(), KEY.id());
    assert!(signature.fits(&KEY, FILE));
    assert!(!signature.fits(&KEY, &FILE[1..]));
    let folder = tempfile::tempdir().unwrap();
    let other = new_key(&folder.path().join("k"));
    assert!(!signature.fits(other.public(), FILE));
    assert!(signature.check_said("", "any", "1.0.0").is_ok()); // it names no plugin
}

#[test]
fn a_signature_of_the_old_kind_is_refused() {
    says(
        Signature::parse(LEGACY, "file.minisig").map(|_| ()),
        &["file.minisig", "old kind"],
    );
}

#[test]
fn a_secret_key_of_the_minisign_program_signs() {
    let no_password = || panic!("it has no password");
    let key = SecretKey::read(&foreign("unprotected.key"), no_password).unwrap();
    assert_eq!(key.public(), &*KEY);
    let text = registry::sign_plugin(&key, FILE, "file.txt", "sum", "0.1.0").unwrap();
    let signature = Signature::parse(text.as_bytes(), "").unwrap();
    assert!(signature.fits(&KEY, FILE));
    assert_eq!(signature.said("version").as_deref(), Some("0.1.0"));
    says(
        signature.check_said("K", "sum", "0.2.0"),
        &["key K", "version 0.1.0", "0.2.0"],
    );
}

#[test]
fn a_damaged_secret_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(foreign("unprotected.key")).unwrap();
    let path = folder.path().join("damaged.key");
    let start = text.find('\n').unwrap() + 100;
    for at in start..start + 90 {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
        std::fs::write(&path, bytes).unwrap();
        if let Ok(key) = SecretKey::read(&path, || Ok(String::new())) {
            // Its identifier may have been hit: then it is another key, which signs for itself alone.
            assert_ne!(key.public(), &*KEY);
        }
    }
}

/// What the untrusted comment may be is nobody's concern; every other byte counts.
fn first_line(bytes: &[u8]) -> usize {
    bytes.iter().position(|b| *b == b'\n').unwrap()
}

#[test]
fn no_bit_of_a_signature_can_be_changed() {
    for at in first_line(HASHED)..HASHED.len() {
        for bit in 0..8 {
            let mut changed = HASHED.to_vec();
            changed[at] ^= 1 << bit;
            let accepted = Signature::parse(&changed, "").is_ok_and(|s| s.fits(&KEY, FILE));
            assert!(!accepted, "byte {at}, bit {bit}");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange_for_the_parsers(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Signature::parse(&bytes, "");
        let _ = PublicKey::from_base64(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_lines_like_a_signature_are_too_strange(
        lines in proptest::collection::vec("[A-Za-z0-9+/= \r\u{85}é]{0,104}", 4),
        keep in proptest::collection::vec(any::<bool>(), 4),
    ) {
        let real: Vec<&str> = std::str::from_utf8(HASHED).unwrap().lines().collect();
        let text: Vec<&str> = (0..4).map(|i| if keep[i] { real[i] } else { &lines[i] }).collect();
        let text = text.join("\n");
        if let Ok(signature) = Signature::parse(text.as_bytes(), "") {
            prop_assert!(!signature.fits(&KEY, FILE) || keep[1..].iter().all(|k| *k));
        }
    }
}
