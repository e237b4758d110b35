//! A plugin's project: its folder, its name, its language, and which of its files the component is made of.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;

use crate::error::AuthoringError;
use crate::name;

/// A language that plugins are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Rust,
    Python,
    Javascript,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::Rust, Self::Python, Self::Javascript];

    /// As it is written in `lodestone-plugin.toml` and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Javascript => "javascript",
        }
    }

    /// The folder of a project that holds the SDK.
    pub(crate) fn sdk_folder(self) -> &'static str {
        match self {
            Self::Rust => "sdk",
            Self::Python | Self::Javascript => "wit",
        }
    }

    /// As people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::Javascript => "JavaScript",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A plugin's project on disk.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    folder: PathBuf,
    name: String,
    language: Language,
}

/// The file that says what a project is.
pub(crate) const SETTINGS: &str = "lodestone-plugin.toml";

/// The text of that file.
pub(crate) fn settings(name: &str, language: Language) -> String {
    format!(
        "# Read by `lodestone plugin build`, `test` and `watch`.\nname = {name:?}\nlanguage = {:?}\n",
        language.word()
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    name: String,
    language: Language,
}

/// Folders that hold no sources: what tools write, and what only they read.
const NO_SOURCES: [&str; 6] = [
    "target",
    "node_modules",
    "__pycache__",
    ".git",
    ".venv",
    "venv",
];

/// A file or folder that the component or its cases are made of, as it was when looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    pub path: PathBuf,
    pub modified: SystemTime,
    pub length: u64,
    is_folder: bool,
}

impl Project {
    /// The project in `folder`: what its `lodestone-plugin.toml` says, or else what its files look like.
    pub fn open(folder: &Path) -> Result<Self, AuthoringError> {
        let settings = folder.join(SETTINGS);
        match fs::read_to_string(&settings) {
            Ok(text) => {
                let wrong = |why: String| AuthoringError::Settings {
                    path: settings.clone(),
                    why,
                };
                let read: Settings = toml::from_str(&text).map_err(|e| wrong(place(&text, &e)))?;
                name::check(&read.name).map_err(|e| wrong(e.to_string()))?;
                Ok(Self {
                    folder: folder.to_owned(),
                    name: read.name,
                    language: read.language,
                })
            }
            Err(e) if e.kind() == ErrorKind::NotFound => Self::guess(folder),
            Err(e) => Err(AuthoringError::io("read", &settings)(e)),
        }
    }

    /// A project without settings: the language by its manifest, the name by its folder.
    fn guess(folder: &Path) -> Result<Self, AuthoringError> {
        fs::metadata(folder).map_err(AuthoringError::io("read", folder))?;
        let manifests = [
            ("Cargo.toml", Language::Rust),
            ("plugin.py", Language::Python),
            ("plugin.js", Language::Javascript),
        ];
        let found = manifests.iter().find(|(f, _)| folder.join(f).is_file());
        let Some(&(_, language)) = found else {
            return Err(AuthoringError::NoProject(folder.to_owned()));
        };
        let whole = fs::canonicalize(folder).map_err(AuthoringError::io("read", folder))?;
        let name = whole.file_name().unwrap_or_default().to_string_lossy();
        name::check(&name).map_err(|e| AuthoringError::Settings {
            path: folder.join(SETTINGS),
            why: format!("is not there, and the folder's name is no plugin's: {e}"),
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            name: name.into_owned(),
            language,
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// Where the component is written.
    pub fn component(&self) -> PathBuf {
        self.folder.join(format!("{}.wasm", self.name))
    }

    /// Where the cases are.
    pub fn cases_folder(&self) -> PathBuf {
        self.folder.join("tests")
    }

    /// Whether the component is missing or older than a source, or than the folder that a source was taken from.
    pub fn is_stale(&self) -> Result<bool, AuthoringError> {
        let Ok(built) = fs::metadata(self.component()).and_then(|m| m.modified()) else {
            return Ok(true);
        };
        Ok(self.sources()?.iter().any(|s| s.modified >= built))
    }

    /// What the component is made of, sorted by path: all files but cases, candidates, READMEs, components and what tools
    /// write; and the folders they are in, whose time tells that a file went away.
    pub(crate) fn sources(&self) -> Result<Vec<Stamp>, AuthoringError> {
        let mut all = Vec::new();
        stamps(&self.folder, true, &mut all)?;
        all.sort();
        Ok(all)
    }

    /// The files of cases, sorted by name.
    pub(crate) fn case_files(&self) -> Result<Vec<PathBuf>, AuthoringError> {
        let folder = self.cases_folder();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(AuthoringError::io("read", &folder)(e)),
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry.map_err(AuthoringError::io("read", &folder))?.path();
            if path.extension().is_some_and(|e| e == "csv") {
                all.push(path);
            }
        }
        all.sort();
        Ok(all)
    }

    /// Everything whose change calls for another build or another run of the cases.
    pub(crate) fn watched(&self) -> Result<Vec<Stamp>, AuthoringError> {
        let mut all = self.sources()?;
        for path in self.case_files()? {
            all.extend(stamp(&path));
        }
        // The component's own folder changes with every build.
        all.retain(|s| !s.is_folder);
        Ok(all)
    }
}

fn stamps(folder: &Path, top: bool, all: &mut Vec<Stamp>) -> Result<(), AuthoringError> {
    let entries = fs::read_dir(folder).map_err(AuthoringError::io("read", folder))?;
    for entry in entries {
        let entry = entry.map_err(AuthoringError::io("read", folder))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|t| t.is_dir());
        if is_folder {
            let skipped = NO_SOURCES.contains(&&*name)
                || top && name == "tests"
                || name.starts_with(".lodestone-");
            if !skipped {
                all.extend(stamp(&path));
                stamps(&path, false, all)?;
            }
            continue;
        }
        // Cargo writes its lock file itself.
        let no_source = name.ends_with(".wasm")
            || name.ends_with('~')
            || name.starts_with(".#")
            || top && (name == "Cargo.lock" || name == "candidates.csv" || name == "README.md");
        if !no_source {
            all.extend(stamp(&path));
        }
    }
    Ok(())
}

/// An error of the settings with the line it is in.
fn place(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |b| b.matches('\n').count() + 1);
    format!("line {line}: {}", error.message())
}

/// `None` for a file that went away meanwhile.
fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some(Stamp {
        path: path.to_owned(),
        modified: metadata.modified().ok()?,
        length: if metadata.is_file() {
            metadata.len()
        } else {
            0
        },
        is_folder: metadata.is_dir(),
    })
}
