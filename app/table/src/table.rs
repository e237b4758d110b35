//! The table that was read: its columns, cells, numbers, and the rows that could not be used.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use job::Job;
use rayon::prelude::*;

use crate::header::ColumnInfo;
use crate::number::parse_number;
use crate::parquet::TypedColumn;
use crate::rejected::RejectedRow;
use crate::source::{self, InputFormat};
use crate::store::TextChunk;
use crate::{CHUNK, NumberError, Source, TableError, formula_column, parquet, read_text};

/// How to read a table.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Instead of what the file name says.
    pub format: Option<InputFormat>,
    /// Of a text table; found by looking at the first lines where it is not given.
    pub delimiter: Option<u8>,
}

/// A candidate table, read whole. Rows count from 0, lines of the file from 1.
#[derive(Debug)]
pub struct Table {
    source_name: String,
    columns: Vec<ColumnInfo>,
    rows: usize,
    data: Data,
    delimiter: u8,
    decimal_comma: bool,
    rejected: Vec<RejectedRow>,
    messages: Vec<String>,
}

#[derive(Debug)]
enum Data {
    Text(Vec<TextChunk>),
    Typed(Vec<TypedColumn>),
}

/// The numbers of a column.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// One a row; NaN where the cell is missing or is no number.
    pub values: Vec<f64>,
    /// How many rows have a number.
    pub known: usize,
    /// How many cells are neither a number nor missing.
    pub bad_count: usize,
    /// The first of those cells, at most [`Numbers::BAD_KEPT`].
    pub bad: Vec<BadCell>,
}

impl Numbers {
    /// How many bad cells are kept with their text.
    pub const BAD_KEPT: usize = 100;
}

/// A cell that is neither a number nor missing.
#[derive(Clone, Debug, PartialEq)]
pub struct BadCell {
    pub row: u32,
    pub line: u64,
    pub text: String,
    pub error: NumberError,
}

impl Table {
    /// Reads a table from a file or the standard input. Progress is counted in bytes of the file.
    pub fn read(source: &Source, options: &ReadOptions, job: &Job) -> Result<Self, TableError> {
        let format = match (options.format, source) {
            (Some(format), _) => format,
            // A missing file is a missing file, whatever its name ends in.
            (None, Source::Path(path)) => match source.format() {
                Ok(format) => format,
                Err(unknown) => {
                    source::open(path)?;
                    return Err(unknown);
                }
            },
            (None, Source::Stdin) => InputFormat::Csv,
        };
        let name = source.to_string();
        let options = ReadOptions {
            delimiter: match format {
                InputFormat::Tsv => options.delimiter.or(Some(b'\t')),
                _ => options.delimiter,
            },
            format: Some(format),
        };
        match source {
            Source::Stdin => {
                job.stage("reading", None);
                Self::read_text(std::io::stdin().lock(), &name, &options, job)
            }
            Source::Path(path) => {
                let file = source::open(path)?;
                job.stage(
                    "reading",
                    file.metadata().ok().map(|metadata| metadata.len()),
                );
                match format {
                    InputFormat::Parquet => Self::read_parquet(file, &name, job),
                    InputFormat::Csv | InputFormat::Tsv => {
                        Self::read_text(file, &name, &options, job)
                    }
                }
            }
        }
    }

    /// Reads a text table from anything that can be read; `name` stands for it in messages.
    pub fn read_text<R: Read>(
        reader: R,
        name: &str,
        options: &ReadOptions,
        job: &Job,
    ) -> Result<Self, TableError> {
        let read = read_text::read(reader, name, options.delimiter, job)?;
        Ok(Self {
            source_name: name.to_owned(),
            columns: read.columns,
            rows: read.rows,
            data: Data::Text(read.chunks),
            delimiter: read.delimiter,
            decimal_comma: read.decimal_comma,
            rejected: read.rejected,
            messages: read.messages,
        })
    }

    fn read_parquet(file: std::fs::File, name: &str, job: &Job) -> Result<Self, TableError> {
        let read = parquet::read(file, name, job)?;
        Ok(Self {
            source_name: name.to_owned(),
            columns: read.columns,
            rows: read.rows,
            data: Data::Typed(read.data),
            delimiter: b',',
            decimal_comma: false,
            rejected: Vec::new(),
            messages: read.messages,
        })
    }

    /// The file's name, or `standard input`.
    pub fn source_name(&self) -> &str {
        &self.source_name
    }

    /// How many rows could be used.
    #[allow(clippy::len_without_is_empty)] // a table without rows is an error when it is read
    pub fn len(&self) -> usize {
        self.rows
    }

    /// How many chunks of [`CHUNK`] rows there are; the last one may be shorter.
    pub fn chunk_count(&self) -> usize {
        self.rows.div_ceil(CHUNK)
    }

    /// The rows of chunk `k`: `4096 k .. 4096 (k + 1)`.
    pub fn chunk_rows(&self, chunk: usize) -> Range<usize> {
        let begin = (chunk * CHUNK).min(self.rows);
        begin..(begin + CHUNK).min(self.rows)
    }

    /// The columns, in the order of the file.
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.columns
    }

    /// The text of a cell: as it stands in a text table, without the quotes around it; as CSV would show it for Parquet.
    ///
    /// # Panics
    /// Where `column` or `row` is not in the table.
    pub fn text(&self, column: usize, row: usize) -> Cow<'_, str> {
        match &self.data {
            Data::Text(chunks) => Cow::Borrowed(chunks[row / CHUNK].cells(column).get(row % CHUNK)),
            Data::Typed(columns) => columns[column].text(row),
        }
    }

    /// The texts of a column's rows, as for a chunk: `texts(column, table.chunk_rows(k))`.
    pub fn texts(&self, column: usize, rows: Range<usize>) -> impl Iterator<Item = Cow<'_, str>> {
        rows.map(move |row| self.text(column, row))
    }

    /// The line of the file that a row starts at; in Parquet, which has no lines, the row counted from 1.
    pub fn line(&self, row: usize) -> u64 {
        match &self.data {
            Data::Text(chunks) => chunks[row / CHUNK].line(row % CHUNK),
            Data::Typed(_) => row as u64 + 1,
        }
    }

    /// The row as a line of the file, with its delimiter (a comma for Parquet) and quotes where they are needed: for
    /// messages and for the file of rejected rows.
    pub fn row_text(&self, row: usize) -> String {
        let mut line = Vec::new();
        for column in 0..self.columns.len() {
            if column > 0 {
                line.push(self.delimiter);
            }
            crate::write_text::push_text_cell(&mut line, &self.text(column, row), self.delimiter);
        }
        String::from_utf8_lossy(&line).into_owned()
    }

    /// A column's numbers, read from its text (see [`parse_number`]) or converted from its Parquet type. Not yet converted
    /// from the unit in the header.
    pub fn numbers(&self, column: usize) -> Numbers {
        if let Data::Typed(columns) = &self.data
            && let Some(values) = columns[column].numbers()
        {
            return self.finite_numbers(values);
        }
        let mut values = vec![f64::NAN; self.rows];
        let chunks: Vec<Numbers> = values
            .par_chunks_mut(CHUNK)
            .enumerate()
            .map(|(chunk, values)| self.chunk_numbers(column, chunk, values))
            .collect();
        let mut numbers = Numbers {
            values,
            ..Numbers::default()
        };
        for chunk in chunks {
            numbers.known += chunk.known;
            numbers.bad_count += chunk.bad_count;
            let room = Numbers::BAD_KEPT - numbers.bad.len();
            numbers.bad.extend(chunk.bad.into_iter().take(room));
        }
        numbers
    }

    /// The numbers of some rows of a column, as [`Table::numbers`] has them.
    pub fn numbers_in(&self, column: usize, rows: Range<usize>) -> Vec<f64> {
        if let Data::Typed(columns) = &self.data
            && let Some(mut values) = columns[column].numbers_in(rows.clone())
        {
            let infinite = values.iter_mut().filter(|value| value.is_infinite());
            infinite.for_each(|value| *value = f64::NAN);
            return values;
        }
        let texts = self.texts(column, rows);
        texts
            .map(|text| parse_number(&text, self.decimal_comma))
            .map(|number| number.ok().flatten().unwrap_or(f64::NAN))
            .collect()
    }

    /// Typed numbers, of which infinite ones are no values, as in text.
    fn finite_numbers(&self, mut values: Vec<f64>) -> Numbers {
        let mut numbers = Numbers::default();
        for (row, value) in values.iter_mut().enumerate() {
            if value.is_infinite() {
                numbers.bad_count += 1;
                if numbers.bad.len() < Numbers::BAD_KEPT {
                    numbers.bad.push(BadCell {
                        row: row as u32,
                        line: self.line(row),
                        text: value.to_string(),
                        error: NumberError::Infinite,
                    });
                }
                *value = f64::NAN;
            }
            numbers.known += usize::from(!value.is_nan());
        }
        Numbers { values, ..numbers }
    }

    fn chunk_numbers(&self, column: usize, chunk: usize, values: &mut [f64]) -> Numbers {
        let mut found = Numbers::default();
        for (row, value) in self.chunk_rows(chunk).zip(values) {
            let text = self.text(column, row);
            match parse_number(&text, self.decimal_comma) {
                Ok(None) => {}
                Ok(Some(number)) => {
                    *value = number;
                    found.known += 1;
                }
                Err(error) => {
                    found.bad_count += 1;
                    if found.bad.len() < Numbers::BAD_KEPT {
                        let (line, text) = (self.line(row), text.into_owned());
                        found.bad.push(BadCell {
                            row: row as u32,
                            line,
                            text,
                            error,
                        });
                    }
                }
            }
        }
        found
    }

    /// Whether a column looks like numbers: of its first 1000 known cells, at least nine in ten are. In Parquet its type
    /// tells, and one number.
    pub fn is_numeric(&self, column: usize) -> bool {
        if let Data::Typed(columns) = &self.data
            && columns[column].is_numeric()
        {
            return self.numbers(column).known > 0;
        }
        let cells = self.texts(column, 0..self.rows);
        let parsed = cells.map(|text| parse_number(&text, self.decimal_comma));
        let known = parsed
            .filter(|number| !matches!(number, Ok(None)))
            .take(1000);
        let (mut numbers, mut others) = (0, 0);
        for number in known {
            match number {
                Ok(_) => numbers += 1,
                Err(_) => others += 1,
            }
        }
        numbers > 0 && numbers >= 9 * others
    }

    /// Whether numbers in this file are written with a decimal comma.
    pub fn has_decimal_comma(&self) -> bool {
        self.decimal_comma
    }

    /// The rows that were set aside while reading, in the order of the file.
    pub fn rejected(&self) -> &[RejectedRow] {
        &self.rejected
    }

    /// What a user should know of how the file was read: encoding, delimiter, duplicate headers, ...
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    /// Adds to them what whoever made the text out of another format has to say.
    pub fn add_messages(&mut self, messages: impl IntoIterator<Item = String>) {
        self.messages.extend(messages);
    }

    /// The column of a name: the header as written, or the name without unit; upper and lower case count only where both
    /// occur. The error lists the columns and the nearest of them.
    pub fn find_column(&self, name: &str) -> Result<usize, TableError> {
        let wanted = name.trim();
        let same = |text: &str| text.trim().to_lowercase() == wanted.to_lowercase();
        let find = |test: &dyn Fn(&ColumnInfo) -> bool| self.columns.iter().position(test);
        find(&|column| column.name == wanted)
            .or_else(|| find(&|column| column.header.trim() == wanted))
            .or_else(|| find(&|column| same(&column.name)))
            .or_else(|| find(&|column| same(&column.header)))
            .ok_or_else(|| formula_column::unknown_column(self, wanted))
    }

    /// The column of formulas: the one named, or else the one whose header says so (formula, composition, ...).
    pub fn formula_column(&self, name: Option<&str>) -> Result<usize, TableError> {
        match name {
            Some(name) => self.find_column(name),
            None => formula_column::by_header(self),
        }
    }

    /// The column whose cells look most like formulas, where any does.
    pub fn guess_formula_column(&self) -> Option<usize> {
        formula_column::by_content(self)
    }

    /// The Parquet columns of a table that was read from Parquet.
    pub(crate) fn typed_column(&self, column: usize) -> Option<&TypedColumn> {
        match &self.data {
            Data::Text(_) => None,
            Data::Typed(columns) => columns.get(column),
        }
    }
}
