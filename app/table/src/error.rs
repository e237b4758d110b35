//! What can go wrong with a table. Every text names the file, the place where it is known, and what would help.

use std::fmt::Display;
use std::path::PathBuf;

use crate::quoted_list;

/// Why a table could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    #[error("{}: no such file; check the spelling and the folder", path.display())]
    NotFound { path: PathBuf },
    #[error("{}: no permission to read this file; ask its owner, or copy it to a folder of yours", path.display())]
    NoPermission { path: PathBuf },
    #[error("{}: this is a folder; name a .csv, .tsv or .parquet file in it", path.display())]
    Directory { path: PathBuf },
    #[error("{}: cannot tell the format from the file name; it must end in .csv, .tsv or .parquet", path.display())]
    UnknownInputFormat { path: PathBuf },
    #[error("{source_name}: the file is empty; the first line must name the columns")]
    Empty { source_name: String },
    #[error(
        "{source_name}: the file has a header ({}) but no rows",
        quoted_list(columns)
    )]
    OnlyHeader {
        source_name: String,
        columns: Vec<String>,
    },
    #[error("{source_name}: this is {what}, not a text table; {remedy}")]
    NotText {
        source_name: String,
        what: &'static str,
        remedy: &'static str,
    },
    #[error(
        "{source_name}: line {line}, byte {byte} of the file: {bytes} is not {encoding} text; \
         save the file as UTF-8 (it was tried as UTF-8, UTF-16, Windows-1252 and Shift-JIS)"
    )]
    Encoding {
        source_name: String,
        line: u64,
        /// Offset from the start of the file, counted from 0.
        byte: u64,
        /// The offending bytes in hexadecimal.
        bytes: String,
        encoding: &'static str,
    },
    #[error(
        "{source_name}: line {line}, column {column}: the header opens a quote that is never closed, at `{text}`; \
         close it, or write \"\" for a quote inside a quoted name"
    )]
    OpenQuoteInHeader {
        source_name: String,
        line: u64,
        column: u64,
        text: String,
    },
    #[error(
        "{source_name}: line {line}: the header is longer than {limit} bytes; is this a table?"
    )]
    HeaderTooLong {
        source_name: String,
        line: u64,
        limit: usize,
    },
    #[error(
        "{source_name}: none of the {count} rows can be used; the first, line {line}: {reason}: `{text}`"
    )]
    AllRejected {
        source_name: String,
        count: usize,
        line: u64,
        reason: String,
        text: String,
        rejected: Vec<crate::RejectedRow>,
    },
    #[error(
        "{source_name}: more than {} rows; split the file",
        u32::MAX - 1
    )]
    TooManyRows { source_name: String },
    #[error("{source_name}: not a readable Parquet file: {reason}; write it again, or give a .csv")]
    Parquet { source_name: String, reason: String },
    #[error(
        "{source_name}: no column has a formula's name (formula, composition, material, ...){hint}; \
         the columns are {}",
        quoted_list(columns)
    )]
    NoFormulaColumn {
        source_name: String,
        columns: Vec<String>,
        /// Which column looks most like formulas, and how to name it.
        hint: FormulaHint,
    },
    #[error(
        "{source_name}: no column is named `{name}`{hint}; the columns are {}",
        quoted_list(columns)
    )]
    UnknownColumn {
        source_name: String,
        name: String,
        columns: Vec<String>,
        hint: String,
    },
    #[error("{}: cannot tell the format from the file name; it must end in .csv, .tsv, .parquet or .json", path.display())]
    UnknownOutputFormat { path: PathBuf },
    #[error("{}: the output would overwrite the input; give it another name", path.display())]
    OutputIsInput { path: PathBuf },
    #[error("{}: the output file cannot be a folder; add a file name", path.display())]
    OutputIsDirectory { path: PathBuf },
    #[error("{}: the folder {} does not exist; create it first", path.display(), folder.display())]
    NoOutputFolder { path: PathBuf, folder: PathBuf },
    #[error("{}: no permission to write here; choose another folder", path.display())]
    NoOutputPermission { path: PathBuf },
    #[error(
        "{target}: the disk is full, nothing was kept of the new output; free some space or write elsewhere"
    )]
    DiskFull { target: String },
    #[error("{target}: cannot {action}: {error}")]
    Io {
        action: &'static str,
        target: String,
        error: std::io::Error,
    },
    #[error("cancelled")]
    Cancelled(#[from] job::Cancelled),
}

impl TableError {
    /// An input or output error; a full disk is told apart.
    pub fn io(action: &'static str, target: impl Display, error: std::io::Error) -> Self {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        let target = target.to_string();
        if matches!(error.kind(), StorageFull | QuotaExceeded) {
            return Self::DiskFull { target };
        }
        Self::Io {
            action,
            target,
            error,
        }
    }
}

/// What may be done where no column has a formula's name; its text is worded for the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormulaHint {
    /// The column of this name looks most like formulas.
    Likeliest(String),
    /// The first line names no columns.
    FirstLineIsRow,
    /// No column looks like formulas.
    None,
}

impl std::fmt::Display for FormulaHint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Likeliest(name) => write!(
                f,
                "; `{name}` looks most like formulas: try --formula-column '{name}'"
            ),
            Self::FirstLineIsRow => f.write_str(
                "; the first line looks like a row: put a line of column names above it",
            ),
            Self::None => f.write_str("; none looks like formulas; name one with --formula-column"),
        }
    }
}
