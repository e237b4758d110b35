//! Where a table comes from, and in which format.

use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::TableError;

/// The file, or the standard input, that a table is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Path(PathBuf),
    /// CSV on the standard input, written `-` on the command line.
    Stdin,
}

impl Source {
    /// `-` is the standard input, anything else a path.
    pub fn from_argument(argument: &OsStr) -> Self {
        if argument == "-" {
            Self::Stdin
        } else {
            Self::Path(argument.into())
        }
    }

    /// The path, where there is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Stdin => None,
        }
    }

    /// The format that the file name's ending promises; the standard input is CSV.
    pub fn format(&self) -> Result<InputFormat, TableError> {
        let Self::Path(path) = self else {
            return Ok(InputFormat::Csv);
        };
        match extension(path).as_str() {
            "csv" | "txt" => Ok(InputFormat::Csv),
            "tsv" | "tab" => Ok(InputFormat::Tsv),
            "parquet" | "pq" => Ok(InputFormat::Parquet),
            _ => Err(TableError::UnknownInputFormat { path: path.clone() }),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Stdin => f.write_str("standard input"),
        }
    }
}

/// The formats a table is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFormat {
    /// Text with a delimiter that is found by looking at the first lines.
    Csv,
    /// Text with tabs.
    Tsv,
    Parquet,
}

/// The file name's ending in lower case, without the dot; empty where there is none.
pub(crate) fn extension(path: &Path) -> String {
    let ending = path.extension().unwrap_or_default();
    ending.to_string_lossy().to_ascii_lowercase()
}

/// Opens an input file; a missing file, a directory and a missing permission each have an error of their own.
pub(crate) fn open(path: &Path) -> Result<File, TableError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => TableError::NotFound { path: path.into() },
        ErrorKind::PermissionDenied => TableError::NoPermission { path: path.into() },
        _ => TableError::io("open", path.display(), error),
    })?;
    let metadata = file
        .metadata()
        .map_err(|error| TableError::io("open", path.display(), error))?;
    if metadata.is_dir() {
        return Err(TableError::Directory { path: path.into() });
    }
    Ok(file)
}
