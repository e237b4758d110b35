//! Names, versions and paths that others wrote, checked before anything is done with them.

use crate::RegistryError;
use crate::key::shown;
use semver::Version;

/// A plugin's name: what is not one never becomes part of a path.
pub fn check_name(name: &str) -> Result<(), RegistryError> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    if begins && name.len() <= 64 && name.bytes().all(plain) {
        Ok(())
    } else {
        Err(RegistryError::Name(shown(name)))
    }
}

/// A plugin's version.
pub fn version(text: &str) -> Result<Version, RegistryError> {
    let refused = || RegistryError::Version(shown(text));
    if text.len() > 64 {
        return Err(refused());
    }
    Version::parse(text).map_err(|_| refused())
}

/// Characters that act on a terminal or on the order of a line instead of being shown.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Why a registry must not name this path, if it must not: it has to stay inside the registry's folder, on every system.
pub(crate) fn path_fault(path: &str) -> Option<&'static str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._+-".contains(&b);
    if path.is_empty() || path.len() > 300 {
        return Some("it is empty or longer than 300 characters");
    }
    if path.starts_with('/') || path.contains(['\\', ':']) {
        return Some("it is not relative to the registry");
    }
    for part in path.split('/') {
        if part.is_empty() || part.starts_with('.') || part.ends_with('.') {
            return Some("one of its parts is empty or begins or ends with a dot");
        }
        if !part.bytes().all(plain) {
            return Some("it has other characters than letters, digits, '.', '_', '+' and '-'");
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_file_names_are_refused() {
        for good in ["battery", "a", "perovskite_2"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        let long = "a".repeat(65);
        for bad in [
            "", "Battery", "2d", "_a", "a-b", "a/b", "..", "a.b", "ä", "a b", "a\0", &long,
        ] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_that_leave_the_registry_are_refused() {
        assert_eq!(path_fault("sum/0.1.0-rc.1+b5/sum.wasm"), None);
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "a/./b",
            "a/.hidden",
            "a\\..\\b",
            "C:/x",
            "file:x",
            "a/b?x",
            "a/b#x",
            "a/%2e%2e/b",
            "a/b ",
            "a/b.",
            "ä/b",
            "a/\0",
        ] {
            assert!(path_fault(bad).is_some(), "{bad}");
        }
    }
}
