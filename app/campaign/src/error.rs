//! Why a campaign cannot be read, written or taken further.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a campaign cannot be read, written or taken further; each says what would be right.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    #[error("{}: there is a file of that name already; give the campaign another name", path.display())]
    Exists { path: PathBuf },
    #[error("{}: this is no campaign ({why}); `lodestone campaign new` makes one", path.display())]
    NotOne { path: PathBuf, why: String },
    #[error(
        "{}: this campaign was written by a later version of Lodestone (format {version}, this program knows {known}); update the program",
        path.display()
    )]
    Version {
        path: PathBuf,
        version: i32,
        known: i32,
    },
    #[error(
        "{}: the campaign is in use by {by}, which did not end within {} s; wait for it, or end it",
        path.display(),
        waited.as_secs_f64()
    )]
    InUse {
        path: PathBuf,
        by: String,
        waited: Duration,
    },
    #[error("{}: another process wrote to the campaign meanwhile; nothing was added: run the command again", path.display())]
    Overtaken { path: PathBuf },
    #[error("{}: the campaign was moved or replaced by another file while it was open; nothing was added: open it where it is now", path.display())]
    Moved { path: PathBuf },
    #[error("{}: the file cannot be written to; nothing was changed: give yourself permission to write, or copy it", path.display())]
    ReadOnly { path: PathBuf },
    #[error("{}: the disk is full; nothing was added, the campaign is as it was: free some space and run the command again", path.display())]
    DiskFull { path: PathBuf },
    #[error("{}: the campaign is damaged: {what}; take it from a copy", path.display())]
    Damaged { path: PathBuf, what: String },
    #[error("{}: no such file; `lodestone campaign new` makes a campaign", path.display())]
    NotFound { path: PathBuf },
    #[error("{}: cannot {action} the file: {error}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{}: cannot {action} the campaign: {error}", path.display())]
    Sql {
        action: &'static str,
        path: PathBuf,
        error: rusqlite::Error,
    },
    #[error("event {number} cannot be read: {why}")]
    Event { number: u64, why: String },
    #[error("{}: the table of candidates cannot be used: {why}; put it back, the campaign knows it by its hash", path.display())]
    Candidates { path: PathBuf, why: String },
    #[error(
        "{}: this version of Lodestone makes other numbers of the candidates than {program} did; continue with that version",
        path.display()
    )]
    OtherNumbers { path: PathBuf, program: String },
    #[error("{file}: {error}")]
    Space {
        file: String,
        error: optimize::space::SpaceError,
    },
    #[error("none of the {rows} candidates can be chosen: {why}")]
    NoCandidate { rows: usize, why: String },
    /// What was asked for does not fit; worded whole.
    #[error("{0}")]
    Question(String),
    /// The budget; worded whole.
    #[error("{0}")]
    Spent(String),
    #[error("{path}: {why}")]
    Results { path: String, why: String },
    #[error("{}: event {event} suggested something else than it does again: {why}", path.display())]
    Replay {
        path: PathBuf,
        event: u64,
        why: String,
    },
    #[error("cancelled")]
    Cancelled,
    #[error(transparent)]
    Table(#[from] table::TableError),
    #[error(transparent)]
    Constraint(#[from] optimize::ParseError),
    #[error(transparent)]
    Suggest(#[from] optimize::suggest::SuggestError),
    #[error(transparent)]
    Screening(#[from] screening::ScreeningError),
    #[error(transparent)]
    Device(#[from] compute::ComputeError),
}

impl CampaignError {
    pub(crate) fn not_one(path: &Path, why: impl Into<String>) -> Self {
        Self::NotOne {
            path: path.into(),
            why: why.into(),
        }
    }

    /// An error of the file system.
    pub(crate) fn file(action: &'static str, path: &Path, error: std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let path = path.into();
        match error.kind() {
            K::NotFound => Self::NotFound { path },
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => Self::DiskFull { path },
            K::ReadOnlyFilesystem => Self::ReadOnly { path },
            _ => Self::File {
                action,
                path,
                error,
            },
        }
    }

    /// An error of SQLite, in words of ours where it has a common cause.
    pub(crate) fn sql(action: &'static str, path: &Path, error: rusqlite::Error) -> Self {
        use rusqlite::ffi::{self, ErrorCode as C};
        let about = path;
        let path: PathBuf = path.into();
        let Some(code) = error.sqlite_error() else {
            return Self::Sql {
                action,
                path,
                error,
            };
        };
        match (code.code, code.extended_code) {
            (C::DiskFull, _) | (_, ffi::SQLITE_IOERR_WRITE) => Self::DiskFull { path },
            (C::ReadOnly, _) => Self::ReadOnly { path },
            (C::NotADatabase, _) => Self::not_one(about, "it is no SQLite file"),
            (C::DatabaseCorrupt, _) => Self::Damaged {
                path,
                what: format!("SQLite finds that {error}"),
            },
            // The journal beside the file could not be made: its folder is read-only.
            (C::CannotOpen, _) if action == "write" => Self::ReadOnly { path },
            (C::DatabaseBusy | C::DatabaseLocked, _) => Self::InUse {
                path,
                by: "another process".to_owned(),
                waited: crate::journal::READER_WAITS,
            },
            _ => Self::Sql {
                action,
                path,
                error,
            },
        }
    }
}
