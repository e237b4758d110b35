//! Reads text tables: a header, then rows. Lines without a quote are split at the delimiter; a line with one goes through
//! the CSV automaton, since its record may go on over several lines.
//!
//! A row that is not as the header says is rejected with its line, and reading goes on with the next line. A quote that is
//! opened and never closed as it should be (by the end of the file, within [`MAX_RECORD`], or with something other than a
//! delimiter behind it after a line break) costs the line it stands in, not the lines that it seems to swallow.

use std::io::Read;

use csv_core::{ReadRecordResult, Reader};
use job::Job;

use crate::encoding::TextStream;
use crate::header::{self, ColumnInfo};
use crate::lines::line_breaks;
use crate::store::{ChunkBuilder, TextChunk};
use crate::{Reason, RejectedRow, TableError, dialect};

/// The longest record, in bytes of UTF-8 text.
pub(crate) const MAX_RECORD: usize = 1024 * 1024;

/// What a text file holds.
#[derive(Debug)]
pub(crate) struct TextTable {
    pub columns: Vec<ColumnInfo>,
    pub chunks: Vec<TextChunk>,
    pub rows: usize,
    pub delimiter: u8,
    pub decimal_comma: bool,
    pub rejected: Vec<RejectedRow>,
    pub messages: Vec<String>,
}

/// Reads a whole text table; `delimiter` is found by looking where it is not given.
pub(crate) fn read<R: Read>(
    reader: R,
    source_name: &str,
    delimiter: Option<u8>,
    job: &Job,
) -> Result<TextTable, TableError> {
    let stream = TextStream::open(reader, source_name.to_owned())?;
    let mut messages = Vec::new();
    if stream.encoding() != "UTF-8" {
        messages.push(format!("{source_name}: read as {}", stream.encoding()));
    }
    let complete = stream.is_complete();
    let found = delimiter.unwrap_or_else(|| dialect::find_delimiter(stream.text(), complete));
    let decimal_comma = dialect::has_decimal_comma(stream.text(), complete, found);
    if delimiter.is_none() && found != b',' {
        let name = match found {
            b'\t' => "tabs".to_owned(),
            other => format!("`{}`", char::from(other)),
        };
        let comma = if decimal_comma {
            ", numbers have a decimal comma"
        } else {
            ""
        };
        messages.push(format!(
            "{source_name}: columns are separated by {name}{comma}"
        ));
    }
    let mut rows = RowReader::new(stream, source_name, found);
    let header = rows.read_header()?;
    let (columns, header_messages) = header::columns(header);
    messages.extend(
        header_messages
            .into_iter()
            .map(|text| format!("{source_name}: {text}")),
    );
    rows.read_rows(columns.len(), job)?;
    rows.finish(columns, decimal_comma, messages)
}

/// The parser's place in the file and what it has gathered.
struct RowReader<'a, R> {
    stream: TextStream<R>,
    source_name: &'a str,
    delimiter: u8,
    /// The line at which the parser stands, counted from 1.
    line: u64,
    /// The last line ended with CR: an LF that follows belongs to it.
    after_cr: bool,
    csv: Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    builder: ChunkBuilder,
    rejected: Vec<RejectedRow>,
    /// How many quotes were opened and not closed; each halves how far the next may reach.
    open_quotes: u32,
    blank_rows: u64,
}

/// What stands at the parser's place.
enum Next {
    End,
    /// A line of so many bytes, its end not counted; `end` is the length of what ended it.
    Line {
        length: usize,
        end: usize,
    },
    /// A line that has a quote, somewhere.
    Quoted,
    /// More than [`MAX_RECORD`] bytes without a line end.
    TooLong,
}

/// What the CSV automaton made of a record with quotes.
enum Record {
    /// So many bytes and line ends; its fields are in `output` and `ends`.
    Whole {
        bytes: usize,
        fields: usize,
    },
    OpenQuote,
}

impl<'a, R: Read> RowReader<'a, R> {
    fn new(stream: TextStream<R>, source_name: &'a str, delimiter: u8) -> Self {
        Self {
            stream,
            source_name,
            delimiter,
            line: 1,
            after_cr: false,
            csv: dialect::csv_reader(delimiter),
            output: Vec::new(),
            ends: vec![0; 256],
            builder: ChunkBuilder::new(0),
            rejected: Vec::new(),
            open_quotes: 0,
            blank_rows: 0,
        }
    }

    /// The cells of the first line that is not empty.
    fn read_header(&mut self) -> Result<Vec<String>, TableError> {
        loop {
            match self.next()? {
                Next::End => {
                    return Err(TableError::Empty {
                        source_name: self.source_name.to_owned(),
                    });
                }
                Next::Line { length, end } => {
                    let line = &self.stream.text()[..length];
                    let cells: Vec<String> = line
                        .split(|byte| *byte == self.delimiter)
                        .map(|cell| String::from_utf8_lossy(cell).into_owned())
                        .collect();
                    self.consume_line(length, end);
                    if cells.iter().any(|cell| !cell.trim().is_empty()) {
                        return Ok(cells);
                    }
                }
                Next::TooLong => {
                    return Err(TableError::HeaderTooLong {
                        source_name: self.source_name.to_owned(),
                        line: self.line,
                        limit: MAX_RECORD,
                    });
                }
                Next::Quoted => match self.quoted_record(usize::MAX)? {
                    Record::Whole { bytes, fields } => {
                        let cells = self
                            .fields(fields)
                            .map(|cell| String::from_utf8_lossy(cell).into_owned());
                        let cells = cells.collect();
                        self.consume_record(bytes);
                        return Ok(cells);
                    }
                    Record::OpenQuote => {
                        let text = String::from_utf8_lossy(self.physical_line()).into_owned();
                        let column = open_quote_column(text.as_bytes(), self.delimiter);
                        let from = text.char_indices().nth(column as usize - 1);
                        let from = from.map_or(0, |(at, _)| at);
                        return Err(TableError::OpenQuoteInHeader {
                            source_name: self.source_name.to_owned(),
                            line: self.line,
                            column,
                            text: text[from..].chars().take(40).collect(),
                        });
                    }
                },
            }
        }
    }

    fn read_rows(&mut self, columns: usize, job: &Job) -> Result<(), TableError> {
        self.builder = ChunkBuilder::new(columns);
        let mut reported = 0;
        loop {
            let position = self.stream.position();
            if position > reported {
                job.check()?;
                job.advance(position - reported);
                reported = position;
            }
            match self.next()? {
                Next::End => return Ok(()),
                Next::Line { length, end } => {
                    self.plain_row(length, columns)?;
                    self.consume_line(length, end);
                }
                Next::Quoted => match self.quoted_record(columns)? {
                    Record::Whole { bytes, fields } => {
                        self.quoted_row(bytes, fields, columns)?;
                        self.consume_record(bytes);
                    }
                    Record::OpenQuote => {
                        self.open_quotes += 1;
                        let line = self.physical_line();
                        let column = open_quote_column(line, self.delimiter);
                        let length = line.len();
                        self.reject(Reason::OpenQuote { column }, length);
                        self.skip_line()?;
                    }
                },
                Next::TooLong => {
                    self.reject(Reason::TooLong { limit: MAX_RECORD }, 200);
                    self.skip_line()?;
                }
            }
        }
    }

    fn finish(
        self,
        columns: Vec<ColumnInfo>,
        decimal_comma: bool,
        mut messages: Vec<String>,
    ) -> Result<TextTable, TableError> {
        let source_name = self.source_name.to_owned();
        let rows = self.builder.len();
        let chunks = self
            .builder
            .finish()
            .map_err(|_| not_utf8(&source_name, self.line))?;
        if rows == 0 {
            let first = self.rejected.first().cloned();
            return Err(match first {
                None => TableError::OnlyHeader {
                    source_name,
                    columns: columns.into_iter().map(|column| column.header).collect(),
                },
                Some(first) => TableError::AllRejected {
                    source_name,
                    count: self.rejected.len(),
                    line: first.line,
                    reason: first.reason.to_string(),
                    text: first.text.chars().take(80).collect(),
                    rejected: self.rejected,
                },
            });
        }
        if self.blank_rows > 0 {
            messages.push(format!(
                "{source_name}: {} rows of empty cells were skipped",
                self.blank_rows
            ));
        }
        Ok(TextTable {
            columns,
            chunks,
            rows,
            delimiter: self.delimiter,
            decimal_comma,
            rejected: self.rejected,
            messages,
        })
    }

    /// Looks for the end of the line, or for a quote in it.
    fn next(&mut self) -> Result<Next, TableError> {
        loop {
            let text = self.stream.text();
            if self.after_cr && !text.is_empty() {
                self.after_cr = false;
                if text[0] == b'\n' {
                    self.stream.consume(1);
                    continue;
                }
            }
            match memchr::memchr3(b'\n', b'\r', b'"', text) {
                Some(at) if text[at] == b'"' => return Ok(Next::Quoted),
                Some(length) => return Ok(Next::Line { length, end: 1 }),
                None if text.len() > MAX_RECORD => return Ok(Next::TooLong),
                None => {}
            }
            if !self.stream.fill(self.line)? {
                let length = self.stream.text().len();
                return Ok(if length == 0 {
                    Next::End
                } else {
                    Next::Line { length, end: 0 }
                });
            }
        }
    }

    /// A line without quotes.
    fn plain_row(&mut self, length: usize, columns: usize) -> Result<(), TableError> {
        let line = &self.stream.text()[..length];
        if line.is_empty() {
            return Ok(());
        }
        let found = memchr::memchr_iter(self.delimiter, line).count() + 1;
        let blank = |byte: &u8| *byte == self.delimiter || byte.is_ascii_whitespace();
        if blank(&line[0]) && line.iter().all(blank) {
            self.blank_rows += 1;
        } else if found != columns {
            self.reject(
                Reason::FieldCount {
                    found,
                    expected: columns,
                },
                length,
            );
        } else if let Some(column) = self.nul_column(line) {
            self.reject(Reason::Nul { column }, length);
        } else {
            let mut begin = 0;
            let delimiters = memchr::memchr_iter(self.delimiter, line);
            for (column, end) in delimiters.chain([length]).enumerate() {
                self.builder.push(column, &line[begin..end]);
                begin = end + 1;
            }
            self.end_row()?;
        }
        Ok(())
    }

    /// A record that the CSV automaton has split.
    fn quoted_row(
        &mut self,
        bytes: usize,
        fields: usize,
        columns: usize,
    ) -> Result<(), TableError> {
        let raw = &self.stream.text()[..bytes];
        if fields != columns {
            self.reject(
                Reason::FieldCount {
                    found: fields,
                    expected: columns,
                },
                bytes,
            );
        } else if let Some(column) = self.nul_column(raw) {
            self.reject(Reason::Nul { column }, bytes);
        } else if fields_of(&self.output, &self.ends[..fields]).all(<[u8]>::is_empty) {
            self.blank_rows += 1;
        } else {
            for (column, cell) in fields_of(&self.output, &self.ends[..fields]).enumerate() {
                self.builder.push(column, cell);
            }
            self.end_row()?;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), TableError> {
        if self.builder.len() >= u32::MAX as usize - 1 {
            return Err(TableError::TooManyRows {
                source_name: self.source_name.to_owned(),
            });
        }
        let line = self.line;
        self.builder
            .end_row(line)
            .map_err(|_| not_utf8(self.source_name, line))
    }

    /// Splits the record at the parser's place, which has a quote. A record of several lines must be strictly right.
    fn quoted_record(&mut self, columns: usize) -> Result<Record, TableError> {
        loop {
            let first_line = self.physical_line().len();
            let reach = (MAX_RECORD >> self.open_quotes.min(20))
                .max(first_line + 1)
                .max(1024);
            let text = self.stream.text();
            let window = &text[..text.len().min(reach)];
            self.output
                .resize(self.output.len().max(window.len() + 1), 0);
            // Starts afresh, past where a byte order mark would be looked for: an empty line is nothing to the automaton.
            self.csv.reset();
            self.csv.read_record(b"\n", &mut [0; 4], &mut [0; 4]);
            let (result, bytes, _, fields) =
                self.csv
                    .read_record(window, &mut self.output, &mut self.ends);
            let (bytes, fields) = match result {
                ReadRecordResult::Record => (bytes, fields),
                ReadRecordResult::OutputEndsFull => {
                    let more = self.ends.len() * 2;
                    self.ends.resize(more, 0);
                    continue;
                }
                _ if window.len() == reach => return Ok(Record::OpenQuote),
                _ => {
                    if self.stream.fill(self.line)? {
                        continue;
                    }
                    // The end of the file: a line end closes the record, unless it falls inside a quote.
                    let text = self.stream.text().len();
                    let rest = &mut self.ends[fields..];
                    let (result, _, _, more) =
                        self.csv.read_record(b"\n", &mut self.output[..1], rest);
                    if !matches!(result, ReadRecordResult::Record) {
                        return Ok(Record::OpenQuote);
                    }
                    (text, fields + more)
                }
            };
            let raw = without_line_end(&self.stream.text()[..bytes]);
            let several_lines = memchr::memchr2(b'\n', b'\r', raw).is_some();
            let right = || columns == usize::MAX || fields == columns;
            if several_lines && !(right() && open_quote(raw, self.delimiter).is_none()) {
                return Ok(Record::OpenQuote);
            }
            return Ok(Record::Whole { bytes, fields });
        }
    }

    fn fields(&self, count: usize) -> impl Iterator<Item = &[u8]> {
        fields_of(&self.output, &self.ends[..count])
    }

    /// The text up to the next line end, or all there is.
    fn physical_line(&self) -> &[u8] {
        let text = self.stream.text();
        let length = memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len());
        &text[..length]
    }

    /// The column, from 1, of the first NUL character.
    fn nul_column(&self, line: &[u8]) -> Option<u64> {
        if !self.stream.has_nul() {
            return None;
        }
        let at = memchr::memchr(0, line)?;
        Some(characters(&line[..at]) + 1)
    }

    fn reject(&mut self, reason: Reason, bytes: usize) {
        let text = self.stream.text();
        let raw = without_line_end(&text[..bytes.min(text.len())]);
        self.rejected.push(RejectedRow {
            line: self.line,
            reason,
            text: String::from_utf8_lossy(raw).into(),
        });
    }

    fn consume_line(&mut self, length: usize, end: usize) {
        self.after_cr = end > 0 && self.stream.text()[length] == b'\r';
        self.stream.consume(length + end);
        self.line += 1;
    }

    fn consume_record(&mut self, bytes: usize) {
        let raw = &self.stream.text()[..bytes];
        self.line += line_breaks(raw);
        self.after_cr = raw.last() == Some(&b'\r');
        self.stream.consume(bytes);
    }

    /// Moves to the next line, however far it is.
    fn skip_line(&mut self) -> Result<(), TableError> {
        loop {
            let text = self.stream.text();
            if let Some(length) = memchr::memchr2(b'\n', b'\r', text) {
                self.consume_line(length, 1);
                return Ok(());
            }
            self.stream.consume(text.len());
            if !self.stream.fill(self.line)? {
                return Ok(());
            }
        }
    }
}

fn fields_of<'a>(output: &'a [u8], ends: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let begins = std::iter::once(0).chain(ends.iter().copied());
    begins
        .zip(ends)
        .map(move |(begin, end)| &output[begin..*end])
}

/// The place, in bytes, of a quote that opens a field and is not closed before the record ends or is followed by
/// something other than the delimiter.
fn open_quote(record: &[u8], delimiter: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        if record.get(at) == Some(&b'"') {
            let opened = at;
            at += 1;
            loop {
                match memchr::memchr(b'"', &record[at..]) {
                    None => return Some(opened),
                    Some(next) if record.get(at + next + 1) == Some(&b'"') => at += next + 2,
                    Some(next) => {
                        at += next + 1;
                        break;
                    }
                }
            }
            match record.get(at) {
                None => return None,
                Some(byte) if *byte == delimiter => at += 1,
                Some(_) => return Some(opened),
            }
        } else {
            at += memchr::memchr(delimiter, &record[at..])? + 1;
        }
    }
}

/// The column, in characters from 1, of the quote in a line that stays open.
fn open_quote_column(line: &[u8], delimiter: u8) -> u64 {
    let at = open_quote(line, delimiter).unwrap_or(0);
    characters(&line[..at]) + 1
}

fn characters(text: &[u8]) -> u64 {
    String::from_utf8_lossy(text).chars().count() as u64
}

fn without_line_end(record: &[u8]) -> &[u8] {
    match record {
        [rest @ .., b'\r', b'\n'] | [rest @ .., b'\n' | b'\r'] => rest,
        whole => whole,
    }
}

/// The text was checked when it was decoded, so this is not reached; it is still an error and no panic.
fn not_utf8(source_name: &str, line: u64) -> TableError {
    TableError::NotText {
        source_name: format!("{source_name}, at or before line {line}"),
        what: "broken UTF-8",
        remedy: "save the file as UTF-8",
    }
}
