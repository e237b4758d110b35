//! Whether a file is, byte by byte, what its events and contents make: they are written once more, in the same
//! transactions, to another file. SQLite is deterministic in that, so a byte that was changed shows wherever it lies, even
//! where SQLite never reads it.

use super::lock::Handle;
use super::{Journal, Record, write_all};
use crate::CampaignError;
use crate::pool::read_at;
use std::io::Read;

/// Where SQLite's header keeps the number of the version that wrote last.
const WRITER: std::ops::Range<usize> = 96..100;

/// All checks; the events.
pub(super) fn verify(journal: &Journal) -> Result<Vec<Record>, CampaignError> {
    let path = journal.path();
    let sql = |error| CampaignError::sql("read", path, error);
    let damaged = |what: String| CampaignError::Damaged {
        path: path.into(),
        what,
    };
    // A shared lock over all that follows: nobody writes between what is read and what is compared.
    let reading = journal.connection.unchecked_transaction().map_err(sql)?;
    let said = reading.query_row("PRAGMA integrity_check(1)", [], |row| {
        row.get::<_, String>(0)
    });
    let said = said.map_err(sql)?;
    if said != "ok" {
        return Err(damaged(format!(
            "SQLite finds: {}",
            said.replace('\n', " ")
        )));
    }
    let records = journal.records()?;
    if records.is_empty() {
        return Err(damaged("it has no event".to_owned()));
    }
    let mut contents = Vec::new();
    for hash in content_hashes(journal)? {
        contents.push(journal.content(&hash)?);
    }
    let folder = tempfile::tempdir().map_err(|e| CampaignError::file("make a copy of", path, e))?;
    let copy = folder.path().join("copy");
    write_all(&copy, path, &records, &contents, "OFF")?;
    let writer = records.last().map_or(0, |record| record.writer);
    match first_difference(journal, &copy, writer)? {
        Some(at) => Err(damaged(format!(
            "byte {at} is not what its events make it: the file was changed by something else than this program"
        ))),
        None => Ok(records),
    }
}

/// The hashes of all contents, in the order in which they came.
fn content_hashes(journal: &Journal) -> Result<Vec<String>, CampaignError> {
    let sql = |error| CampaignError::sql("read", journal.path(), error);
    let query = "SELECT sha256 FROM contents GROUP BY sha256 ORDER BY min(place)";
    let mut statement = journal.connection.prepare(query).map_err(sql)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(sql)?;
    rows.collect::<Result<_, _>>().map_err(sql)
}

/// The first byte in which the two files differ, from 0.
fn first_difference(
    journal: &Journal,
    copy: &std::path::Path,
    writer: i32,
) -> Result<Option<usize>, CampaignError> {
    let path = journal.path();
    let failed = |error| CampaignError::file("read", path, error);
    let handle = Handle::of(path, false).map_err(failed)?;
    let length = handle.file.metadata().map_err(failed)?.len();
    let mut other = std::fs::File::open(copy).map_err(failed)?;
    let (mut a, mut b) = (Vec::new(), Vec::new());
    let mut before = 0;
    loop {
        b.clear();
        let part = 1 << 20;
        let left = length.saturating_sub(before as u64);
        a.resize(left.min(part) as usize, 0);
        read_at(&handle.file, &mut a, before as u64).map_err(failed)?;
        (&mut other)
            .take(part)
            .read_to_end(&mut b)
            .map_err(failed)?;
        if before == 0 && b.len() > WRITER.end {
            // Another version of the program may have carried another SQLite.
            b[WRITER].copy_from_slice(&writer.to_be_bytes());
        }
        let differs = a.iter().zip(&b).position(|(x, y)| x != y);
        let differs = differs.or((a.len() != b.len()).then_some(a.len().min(b.len())));
        if let Some(at) = differs {
            return Ok(Some(before + at));
        }
        if a.is_empty() {
            return Ok(None);
        }
        before += a.len();
    }
}
