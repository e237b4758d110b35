//! Puts the project templates, and the part of this repository that a plugin depends on, into the program.
//!
//! The SDK keeps the layout of the repository (`plugin-sdk`, `app/matter`, `datasets`), so its files go in unchanged, but
//! for the parts of manifests that concern this repository's own tests; its workspace manifest and lock file are made from
//! this repository's. Something missing stops the build with its name.

use std::collections::{BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

type Result<T> = std::result::Result<T, String>;

/// Files and folders of the SDK, from the repository's root.
const SDK: [&str; 10] = [
    "plugin-sdk/Cargo.toml",
    "plugin-sdk/src",
    "plugin-sdk/wit",
    "app/matter/Cargo.toml",
    "app/matter/build.rs",
    "app/matter/src",
    "datasets/elements.csv",
    "datasets/oxidation_states.csv",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// The crates of the SDK, which its workspace names.
const CRATES: [&str; 2] = ["plugin-sdk", "matter"];

const LANGUAGES: [&str; 3] = ["rust", "python", "javascript"];

/// The file of a template that is for this project's authors.
const NOT_COPIED: &str = "BUILD.txt";

/// Sections of a manifest that an author does not need.
const OWN_SECTIONS: [&str; 3] = ["[dev-dependencies]", "[[test]]", "[[bench]]"];

fn main() {
    if let Err(message) = embed() {
        println!("cargo::error={message}");
        std::process::exit(1);
    }
}

fn embed() -> Result<()> {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let root = here.join("../..");
    println!("cargo::rerun-if-changed=build.rs");
    let mut code = String::new();
    for language in LANGUAGES {
        let folder = here.join("templates").join(language);
        println!("cargo::rerun-if-changed={}", folder.display());
        let name = language.to_uppercase();
        let mut files = files(&folder, "")?;
        files.retain(|(name, _)| name != NOT_COPIED);
        list(&mut code, &name, &files)?;
    }
    let mut sdk = Vec::new();
    let mut manifests = Vec::new();
    for place in SDK {
        let path = root.join(place);
        println!("cargo::rerun-if-changed={}", path.display());
        if place.ends_with("Cargo.toml") {
            let manifest = without_own_sections(&read(&path)?);
            sdk.push((place.to_owned(), written(&out, place, &manifest)?));
            manifests.push(manifest);
        } else if path.is_dir() {
            sdk.extend(files(&path, &format!("{place}/"))?);
        } else {
            sdk.push((place.to_owned(), path));
        }
    }
    for name in ["Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(name).display());
    }
    let workspace = workspace(&read(&root.join("Cargo.toml"))?, &manifests)?;
    sdk.push((
        "Cargo.toml".into(),
        written(&out, "Cargo.toml", &workspace)?,
    ));
    sdk.sort();
    list(&mut code, "SDK", &sdk)?;
    let lock = written(
        &out,
        "Cargo.lock",
        &locked(&read(&root.join("Cargo.lock"))?)?,
    )?;
    let _ = writeln!(
        code,
        "pub(crate) static LOCK: &str = include_str!({lock:?});"
    );
    let path = out.join("embedded.rs");
    fs::write(&path, code).map_err(|e| format!("{}: {e}", path.display()))
}

fn variable(name: &str) -> Result<String> {
    env::var(name).map_err(|e| format!("{name}: {e}"))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn written(out: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = out.join("made").join(name);
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(&path, text))
        .map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(path)
}

/// All files under a folder, sorted: name under the folder after `prefix`, and path. None where there is no folder yet.
fn files(folder: &Path, prefix: &str) -> Result<Vec<(String, PathBuf)>> {
    let failed = |e| format!("{}: {e}", folder.display());
    let mut all = Vec::new();
    if !folder.exists() {
        return Ok(all);
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            all.extend(files(&path, &format!("{prefix}{name}/"))?);
        } else {
            all.push((format!("{prefix}{name}"), path));
        }
    }
    all.sort();
    Ok(all)
}

/// The code of a static list of files.
fn list(code: &mut String, name: &str, files: &[(String, PathBuf)]) -> Result<()> {
    let _ = writeln!(code, "pub(crate) static {name}: &[File] = &[");
    for (name, path) in files {
        let path = fs::canonicalize(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let _ = writeln!(
            code,
            "    File {{ path: {name:?}, bytes: include_bytes!({path:?}) }},"
        );
    }
    code.push_str("];\n");
    Ok(())
}

fn without_own_sections(manifest: &str) -> String {
    let mut out = String::new();
    let mut skip = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            skip = OWN_SECTIONS.contains(&line.trim());
        }
        if !skip {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim_end().to_owned() + "\n"
}

/// The SDK's workspace: this one's package fields and the dependencies that its crates name.
fn workspace(root: &str, manifests: &[String]) -> Result<String> {
    let section = |name: &str| -> Vec<&str> {
        let after = root.lines().skip_while(|l| l.trim() != name).skip(1);
        after.take_while(|l| !l.starts_with('[')).collect()
    };
    let mut out = String::from(
        "# The part of Lodestone that a plugin depends on; written by `lodestone plugin new`.\n\
         [workspace]\nresolver = \"3\"\nmembers = [\"plugin-sdk\", \"app/matter\"]\n\n[workspace.package]\n",
    );
    for line in section("[workspace.package]") {
        out.push_str(line);
        out.push('\n');
    }
    out.push_str("[workspace.dependencies]\n");
    let known = section("[workspace.dependencies]");
    let wanted: BTreeSet<&str> = manifests
        .iter()
        .flat_map(|m| m.lines())
        .filter_map(|l| l.split_once(".workspace = true"))
        .map(|(name, _)| name.trim())
        .filter(|name| !root_fields(&section("[workspace.package]")).contains(name))
        .collect();
    for name in wanted {
        let line = known
            .iter()
            .find(|l| l.split('=').next().is_some_and(|k| k.trim() == name))
            .ok_or_else(|| {
                format!("Cargo.toml: [workspace.dependencies] has no line for {name}")
            })?;
        out.push_str(line);
        out.push('\n');
    }
    Ok(out)
}

fn root_fields<'a>(section: &[&'a str]) -> Vec<&'a str> {
    section
        .iter()
        .filter_map(|l| l.split_once('='))
        .map(|(name, _)| name.trim())
        .collect()
}

/// The part of this repository's lock file that the SDK needs: the versions that it is tested with.
fn locked(lock: &str) -> Result<String> {
    let mut blocks = lock.split("\n[[package]]\n");
    let head = blocks.next().unwrap_or_default();
    let packages: Vec<&str> = blocks.collect();
    let field = |block: &str, key: &str| -> Option<String> {
        let line = block
            .lines()
            .find_map(|l| l.strip_prefix(key)?.strip_prefix(" = \""))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let mut keep = BTreeSet::new();
    let mut queue: VecDeque<String> = CRATES.iter().map(|&c| c.to_owned()).collect();
    // matter's lines name the dependencies of its tests too, which a plugin has no use for
    let ends = ["matter"];
    while let Some(wanted) = queue.pop_front() {
        let (name, version) = match wanted.split_once(' ') {
            Some((name, version)) => (name, version.split(' ').next()),
            None => (wanted.as_str(), None),
        };
        let index = packages
            .iter()
            .position(|b| {
                field(b, "name").as_deref() == Some(name)
                    && version.is_none_or(|v| field(b, "version").as_deref() == Some(v))
            })
            .ok_or_else(|| format!("Cargo.lock: no package {wanted}"))?;
        if !keep.insert(index) || ends.contains(&name) {
            continue;
        }
        let dependencies = packages[index].lines().filter(|l| l.starts_with(" \""));
        queue.extend(dependencies.map(|l| l.trim().trim_matches([',', '"']).to_owned()));
    }
    let mut out = head.to_owned() + "\n";
    for index in keep {
        let mut block = packages[index].trim_end();
        if ends
            .iter()
            .any(|e| field(block, "name").as_deref() == Some(e))
        {
            block = block.split("\ndependencies = [").next().unwrap_or(block);
        }
        out.push_str(&format!("[[package]]\n{block}\n\n"));
    }
    Ok(out.trim_end().to_owned() + "\n")
}
