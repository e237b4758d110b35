//! What this program carries for plugin authors: project templates and the SDK.

use sha2::{Digest, Sha256};

use crate::project::Language;

/// A file under a project's folder, or under its `sdk/`.
pub(crate) struct File {
    /// With `/` between the names.
    pub path: &'static str,
    pub bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The files of a language's template.
pub(crate) fn template(language: Language) -> &'static [File] {
    match language {
        Language::Rust => RUST,
        Language::Python => PYTHON,
        Language::Javascript => JAVASCRIPT,
    }
}

/// The folder of the interface in the SDK.
const WIT: &str = "plugin-sdk/wit/v0.1/";

/// The files of a project's SDK folder, path and content: the Rust crates, or the interface alone.
pub(crate) fn sdk(language: Language) -> Vec<(&'static str, &'static [u8])> {
    let all = SDK.iter();
    match language {
        Language::Rust => all.map(|f| (f.path, f.bytes)).collect(),
        Language::Python | Language::Javascript => all
            .filter_map(|f| Some((f.path.strip_prefix(WIT)?, f.bytes)))
            .collect(),
    }
}

/// The interface version that components are built for: that of the WIT package.
pub(crate) const INTERFACE_VERSION: &str = "0.1.0";

/// The text of the SDK's `VERSION` in a project: which release it is from, for which interface, and a digest of its files.
pub fn sdk_version(language: Language) -> String {
    let mut digest = Sha256::new();
    for (path, bytes) in sdk(language) {
        digest.update((path.len() as u64).to_le_bytes());
        digest.update(path);
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    }
    let digest: String = digest
        .finalize()
        .iter()
        .take(16)
        .map(|b| format!("{b:02x}"))
        .collect();
    format!(
        "lodestone {}\ninterface {INTERFACE_VERSION}\nfiles {digest}\n",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interface_version_is_that_of_the_package_in_the_wit() {
        let wit = SDK
            .iter()
            .find(|f| f.path.ends_with("domain-model.wit"))
            .expect("the interface");
        let text = std::str::from_utf8(wit.bytes).expect("text");
        let package = format!("package lodestone:plugin@{INTERFACE_VERSION};");
        assert!(text.contains(&package));
    }
}
