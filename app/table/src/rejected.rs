//! Rows that cannot be used: kept with line and reason, and written to a file of their own.

use std::io::Write;

use crate::TableError;
use crate::write_text::push_text_cell;

/// Why a row of a text table was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    #[error("{found} fields where the header has {expected}")]
    FieldCount { found: usize, expected: usize },
    #[error(
        "the quote opened in column {column} is not closed before a delimiter or the end of the row"
    )]
    OpenQuote { column: u64 },
    #[error("a NUL character in column {column}")]
    Nul { column: u64 },
    #[error("longer than {limit} bytes; only the start is kept")]
    TooLong { limit: usize },
}

/// A row that was set aside. Columns in reasons are counted in characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// The line it starts at, counted from 1.
    pub line: u64,
    pub reason: Reason,
    /// The row as it stands in the file, without its line end.
    pub text: Box<str>,
}

/// Writes rejected rows as CSV: the columns `line`, `reason` and `text`, the text being the row as it stood.
///
/// Rows come in the order they are given; whoever rejects rows for further reasons merges by line.
pub fn write_rejected<'a, W: Write>(
    writer: &mut W,
    target: &str,
    rows: impl IntoIterator<Item = (u64, std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>,
) -> Result<(), TableError> {
    let failed = |error| TableError::io("write", target, error);
    let mut buffer = b"line,reason,text\n".to_vec();
    for (line, reason, text) in rows {
        buffer.extend_from_slice(itoa::Buffer::new().format(line).as_bytes());
        buffer.push(b',');
        push_text_cell(&mut buffer, &reason, b',');
        buffer.push(b',');
        push_text_cell(&mut buffer, &text, b',');
        buffer.push(b'\n');
        if buffer.len() >= 64 * 1024 {
            writer.write_all(&buffer).map_err(failed)?;
            buffer.clear();
        }
    }
    writer
        .write_all(&buffer)
        .and_then(|()| writer.flush())
        .map_err(failed)
}
