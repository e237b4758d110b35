//! The campaign's file: SQLite with one table of events, each with the hash of the one before, and one of contents.
//!
//! One append is one event is one transaction, forced to the disk (`synchronous = EXTRA`) before it counts as
//! acknowledged. Nothing is ever changed or deleted; triggers refuse it. One process at a time writes, any may read.

mod canonical;
mod lock;
mod record;

pub use record::{Digest, Record, sha256_hex};

use crate::pool::read_at;
use crate::{CampaignError, Event};
use lock::{Handle, Lock};
pub(crate) use record::body_of;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// `Lode`, which SQLite keeps in the file's header.
const APPLICATION: i32 = 0x4c6f_6465;
/// Of the tables below and of what events say; a later one is not read by this program.
const VERSION: i32 = 1;

const SCHEMA: &str = "\
CREATE TABLE events (number INTEGER PRIMARY KEY, at TEXT NOT NULL, writer INTEGER NOT NULL, body TEXT NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE contents (place INTEGER PRIMARY KEY, event INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TRIGGER events_in_order BEFORE INSERT ON events WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM events) BEGIN SELECT RAISE(ABORT, 'events are only ever added at the end'); END;
CREATE TRIGGER contents_in_order BEFORE INSERT ON contents WHEN NEW.place IS NOT (SELECT coalesce(max(place), 0) + 1 FROM contents) BEGIN SELECT RAISE(ABORT, 'contents are only ever added at the end'); END;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'an event is never changed; retract it'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'an event is never deleted; retract it'); END;
CREATE TRIGGER contents_stay BEFORE UPDATE ON contents BEGIN SELECT RAISE(ABORT, 'contents are never changed'); END;
CREATE TRIGGER contents_remain BEFORE DELETE ON contents BEGIN SELECT RAISE(ABORT, 'contents are never deleted'); END;
";

/// Contents lie in pieces of so many bytes, so that none is longer than SQLite takes.
const PIECE: usize = 4 << 20;

/// How long a reader waits while another process ends a transaction.
pub(crate) const READER_WAITS: Duration = Duration::from_secs(10);

/// What a journal is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    /// As the only writer; how long to wait where another process is that.
    Write(Duration),
}

/// An open campaign file.
#[derive(Debug)]
pub struct Journal {
    // Dropped before the lock.
    connection: Connection,
    path: PathBuf,
    writes: bool,
    last: Option<(u64, Digest)>,
    lock: Option<Lock>,
}

impl Journal {
    /// Makes a campaign's file with its first events and its contents. It is written beside its place and put there whole;
    /// a file that is there already is left alone.
    ///
    /// # Errors
    /// The file exists, the folder cannot be written to, the disk is full.
    pub fn create(
        path: &Path,
        events: &[Event],
        contents: &[Vec<u8>],
    ) -> Result<(), CampaignError> {
        if std::fs::symlink_metadata(path).is_ok() {
            return Err(CampaignError::Exists { path: path.into() });
        }
        let failed = |error| CampaignError::file("create", path, error);
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".lode-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let file = builder.tempfile_in(folder).map_err(failed)?;
        let mut records: Vec<Record> = Vec::new();
        for event in events {
            let last = records.last().map(|record| (record.number, record.hash));
            records.push(Record::next(last, now(), writer(), body_of(event)?)?);
        }
        write_all(file.path(), path, &records, contents, "EXTRA")?;
        file.as_file().sync_all().map_err(failed)?;
        match file.persist_noclobber(path) {
            Ok(_) => {}
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(CampaignError::Exists { path: path.into() });
            }
            Err(error) => return Err(failed(error.error)),
        }
        // The rename is on the disk once its folder is; not every system can do this, and the file is whole anyway.
        if let Ok(folder) = std::fs::File::open(folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    /// Opens a campaign.
    ///
    /// # Errors
    /// No such file, no campaign, of a later version, damaged, not writable, in use by another process.
    pub fn open(path: &Path, access: Access) -> Result<Self, CampaignError> {
        let about = std::fs::metadata(path).map_err(|e| CampaignError::file("open", path, e))?;
        if !about.is_file() {
            return Err(CampaignError::not_one(path, "it is no ordinary file"));
        }
        let lock = match access {
            Access::Read => None,
            Access::Write(wait) => Some(Lock::take(path, wait)?),
        };
        let sql = |error| CampaignError::sql("open", path, error);
        let writable = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let readable = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // What a killed process left half done is taken back by whoever opens the file next, which needs writing.
        let opened = match Connection::open_with_flags(path, writable) {
            Err(_) if access == Access::Read => Connection::open_with_flags(path, readable),
            opened => opened,
        };
        let connection = opened.map_err(sql)?;
        connection.busy_timeout(READER_WAITS).map_err(sql)?;
        is_campaign(&connection, path)?;
        if access != Access::Read {
            set_up(&connection, "EXTRA").map_err(sql)?;
        }
        let mut journal = Self {
            connection,
            path: path.into(),
            writes: access != Access::Read,
            last: None,
            lock,
        };
        journal.last = journal.last_link()?;
        Ok(journal)
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number and hash of the last event.
    pub fn last(&self) -> Option<(u64, Digest)> {
        self.last
    }

    fn last_link(&self) -> Result<Option<(u64, Digest)>, CampaignError> {
        let sql = |error| CampaignError::sql("read", &self.path, error);
        let query = "SELECT number, hash FROM events ORDER BY number DESC LIMIT 1";
        let row = self.connection.query_row(query, [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        });
        let Some((number, hash)) = row.optional().map_err(sql)? else {
            return Ok(None);
        };
        let hash: Digest = hash.try_into().map_err(|_| CampaignError::Damaged {
            path: self.path.clone(),
            what: format!("event {number} has no hash"),
        })?;
        Ok(Some((number as u64, hash)))
    }

    /// All events, in order, after checking that each is what its hash says and follows the one before.
    ///
    /// # Errors
    /// The file cannot be read, or an event is not what it was.
    pub fn records(&self) -> Result<Vec<Record>, CampaignError> {
        let raw = self.raw_events()?;
        let mut records = Vec::with_capacity(raw.len());
        let mut link: Option<(u64, Digest)> = None;
        for event in raw {
            let record = Record::next(link, event.at, event.writer, event.body);
            let record = record.map_err(|error| CampaignError::Damaged {
                path: self.path.clone(),
                what: format!("event {}: {error}", event.number),
            })?;
            let fits = record.number == event.number
                && event.previous == record.previous
                && event.hash == record.hash;
            if !fits {
                return Err(CampaignError::Damaged {
                    path: self.path.clone(),
                    what: format!(
                        "event {} is not what it was when it was written",
                        event.number
                    ),
                });
            }
            link = Some((record.number, record.hash));
            records.push(record);
        }
        Ok(records)
    }

    fn raw_events(&self) -> Result<Vec<RawEvent>, CampaignError> {
        let sql = |error| CampaignError::sql("read", &self.path, error);
        let query = "SELECT number, at, writer, body, previous, hash FROM events ORDER BY number";
        let mut statement = self.connection.prepare(query).map_err(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(RawEvent {
                number: row.get::<_, i64>(0)? as u64,
                at: row.get(1)?,
                writer: row.get(2)?,
                body: row.get(3)?,
                previous: row.get(4)?,
                hash: row.get(5)?,
            })
        });
        rows.map_err(sql)?.collect::<Result<_, _>>().map_err(sql)
    }

    /// Adds an event. Once this returns, the event is on the disk: a kill, a crash or a power cut does not lose it.
    ///
    /// # Errors
    /// The file is read-only, the disk is full, somebody else wrote meanwhile. The file is then as it was.
    pub fn append(&mut self, event: &Event) -> Result<Record, CampaignError> {
        if !self.writes {
            return Err(CampaignError::ReadOnly {
                path: self.path.clone(),
            });
        }
        let record = Record::next(self.last, now(), writer(), body_of(event)?)?;
        let path = &self.path;
        // Under another name SQLite's own journal would not be found after a crash; and what replaced the file would have
        // nothing of what is added to this one.
        if let Some(lock) = &self.lock
            && !lock.handle.is_at(path)
        {
            return Err(CampaignError::Moved { path: path.clone() });
        }
        let sql = |error| CampaignError::sql("write", path, error);
        let behaviour = rusqlite::TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behaviour);
        let transaction = transaction.map_err(sql)?;
        let query = "SELECT number, hash FROM events ORDER BY number DESC LIMIT 1";
        let there = transaction.query_row(query, [], |row| {
            Ok((row.get::<_, i64>(0)? as u64, row.get::<_, Vec<u8>>(1)?))
        });
        let there = there.optional().map_err(sql)?;
        let expected = self.last.map(|(number, hash)| (number, hash.to_vec()));
        if there != expected {
            return Err(CampaignError::Overtaken { path: path.clone() });
        }
        insert(&transaction, &record).map_err(sql)?;
        transaction.commit().map_err(sql)?;
        self.last = Some((record.number, record.hash));
        Ok(record)
    }

    /// The contents of this SHA-256, after checking that they are that.
    ///
    /// # Errors
    /// The campaign has none of that hash, or they are not what they were.
    pub fn content(&self, sha256: &str) -> Result<Vec<u8>, CampaignError> {
        let sql = |error| CampaignError::sql("read", &self.path, error);
        let query = "SELECT bytes FROM contents WHERE sha256 = ? ORDER BY place";
        let mut statement = self.connection.prepare(query).map_err(sql)?;
        let pieces = statement.query_map([sha256], |row| row.get::<_, Vec<u8>>(0));
        let mut bytes = Vec::new();
        for piece in pieces.map_err(sql)? {
            bytes.append(&mut piece.map_err(sql)?);
        }
        if sha256_hex(&bytes) != sha256 {
            return Err(CampaignError::Damaged {
                path: self.path.clone(),
                what: format!(
                    "the contents {} are missing or changed",
                    &sha256[..12.min(sha256.len())]
                ),
            });
        }
        Ok(bytes)
    }

    /// The bytes of the file, between two transactions.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn file_bytes(&self) -> Result<Vec<u8>, CampaignError> {
        let sql = |error| CampaignError::sql("read", &self.path, error);
        let reading = self.connection.unchecked_transaction().map_err(sql)?;
        // The lock comes with the first read.
        self.last_link()?;
        let bytes = self.bytes();
        drop(reading);
        bytes.map_err(|error| CampaignError::file("read", &self.path, error))
    }

    fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let handle = Handle::of(&self.path, false)?;
        let length = handle.file.metadata()?.len();
        let mut bytes = vec![0; length as usize];
        read_at(&handle.file, &mut bytes, 0)?;
        Ok(bytes)
    }

    /// Checks the file down to its bytes: SQLite's own structure, every event's hash, all contents, and that nothing lies
    /// in the file but what its events and contents make of it.
    ///
    /// # Errors
    /// What is not as it was written, and where.
    pub fn verify_file(&self) -> Result<Vec<Record>, CampaignError> {
        canonical::verify(self)
    }
}

struct RawEvent {
    number: u64,
    at: String,
    writer: i32,
    body: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

/// Whether the open file is a campaign that this program reads.
fn is_campaign(connection: &Connection, path: &Path) -> Result<(), CampaignError> {
    let pragma = |name: &str| {
        let value = connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i32>(0));
        value.map_err(|error| CampaignError::sql("open", path, error))
    };
    if pragma("application_id")? != APPLICATION {
        return Err(CampaignError::not_one(
            path,
            "SQLite knows it, but it holds something else",
        ));
    }
    match pragma("user_version")? {
        VERSION => Ok(()),
        version => Err(CampaignError::Version {
            path: path.into(),
            version,
            known: VERSION,
        }),
    }
}

fn set_up(connection: &Connection, synchronous: &str) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "trusted_schema", "OFF")
}

/// Makes tables, first event and contents in the empty file `at`, in one transaction, and each further event in one of its
/// own, as they are appended; `called` is the file's name in errors.
fn write_all(
    at: &Path,
    called: &Path,
    records: &[Record],
    contents: &[Vec<u8>],
    synchronous: &str,
) -> Result<(), CampaignError> {
    let write = || -> rusqlite::Result<()> {
        let mut connection = Connection::open(at)?;
        connection.pragma_update(None, "page_size", 4096)?;
        connection.pragma_update(None, "encoding", "UTF-8")?;
        connection.pragma_update(None, "auto_vacuum", "NONE")?;
        set_up(&connection, synchronous)?;
        let transaction = connection.transaction()?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.execute_batch(SCHEMA)?;
        let Some((first, others)) = records.split_first() else {
            return transaction.commit();
        };
        insert(&transaction, first)?;
        let mut written = BTreeSet::new();
        for content in contents {
            let sha256 = sha256_hex(content);
            if written.insert(sha256.clone()) {
                insert_content(&transaction, first.number, &sha256, content)?;
            }
        }
        transaction.commit()?;
        for record in others {
            let transaction = connection.transaction()?;
            insert(&transaction, record)?;
            transaction.commit()?;
        }
        connection.close().map_err(|(_, error)| error)
    };
    write().map_err(|error| CampaignError::sql("write", called, error))
}

fn insert(transaction: &Transaction, record: &Record) -> rusqlite::Result<()> {
    let statement =
        "INSERT INTO events (number, at, writer, body, previous, hash) VALUES (?, ?, ?, ?, ?, ?)";
    let (previous, hash): (&[u8], &[u8]) = (&record.previous, &record.hash);
    let (number, writer) = (record.number as i64, record.writer);
    transaction.execute(
        statement,
        params![number, record.at, writer, record.body, previous, hash],
    )?;
    Ok(())
}

fn insert_content(
    transaction: &Transaction,
    event: u64,
    sha256: &str,
    bytes: &[u8],
) -> rusqlite::Result<()> {
    let statement = "INSERT INTO contents (event, sha256, bytes, place) \
                     VALUES (?, ?, ?, (SELECT coalesce(max(place), 0) + 1 FROM contents))";
    for piece in bytes.chunks(PIECE) {
        transaction.execute(statement, params![event as i64, sha256, piece])?;
    }
    Ok(())
}

/// The version of SQLite that writes.
fn writer() -> i32 {
    rusqlite::version_number()
}

/// The present time in UTC, to a thousandth of a second: `2026-03-01T12:00:00.250Z`.
fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map_or(0, |time| time.as_millis() as i64);
    let date = chrono::DateTime::from_timestamp_millis(millis).unwrap_or_default();
    format!("{:?}Z", date.naive_utc())
}
