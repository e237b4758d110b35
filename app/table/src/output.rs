//! The table that is written: input columns in a new order of rows, and new columns beside them.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use job::Job;

use crate::source::extension;
use crate::{Table, TableError, write_json, write_parquet, write_text};

/// The formats a table is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// Comma-separated, UTF-8 without byte order mark, lines ended by LF, quotes as in RFC 4180 and only where needed.
    /// Numbers are the shortest text that reads back as the same number. A cell that starts with `=` stays as it is.
    Csv,
    /// As CSV, with tabs.
    Tsv,
    /// Text columns of the input stay text (`007` is not 7), columns of a Parquet input keep their types, new numbers are
    /// 64-bit floats or unsigned 32-bit integers, what is not known is null.
    Parquet,
    /// An array of objects, one a row and line, whose keys are the headers. Text stays text, what is not known is null.
    Json,
}

impl OutputFormat {
    /// The format that a file name's ending promises.
    pub fn of_path(path: &Path) -> Result<Self, TableError> {
        match extension(path).as_str() {
            "csv" => Ok(Self::Csv),
            "tsv" => Ok(Self::Tsv),
            "parquet" | "pq" => Ok(Self::Parquet),
            "json" => Ok(Self::Json),
            _ => Err(TableError::UnknownOutputFormat { path: path.into() }),
        }
    }
}

/// What the values of a new column are indexed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Value `i` belongs to output row `i`.
    Output,
    /// Value `i` belongs to input row `i`; the output picks by its order, so nothing has to be copied.
    Input,
}

/// Appends the text of a row to a string.
pub type WriteCell<'a> = Box<dyn Fn(usize, &mut String) + Send + Sync + 'a>;

/// The values of a new column.
pub enum Values<'a> {
    U32(Cow<'a, [u32]>),
    /// `None` is an empty cell.
    OptionalU32(Cow<'a, [Option<u32>]>),
    /// NaN is an empty cell.
    F64(Cow<'a, [f64]>),
    Text(Cow<'a, [String]>),
    /// Texts by code; a code outside the dictionary, such as `u32::MAX`, is an empty cell.
    Codes {
        codes: Cow<'a, [u32]>,
        dictionary: Cow<'a, [String]>,
    },
    /// Texts that are made when they are written: appends the text of row `i` to the string.
    Written(WriteCell<'a>),
}

impl Values<'_> {
    fn len(&self) -> Option<usize> {
        match self {
            Self::U32(values) => Some(values.len()),
            Self::OptionalU32(values) => Some(values.len()),
            Self::F64(values) => Some(values.len()),
            Self::Text(values) => Some(values.len()),
            Self::Codes { codes, .. } => Some(codes.len()),
            Self::Written(_) => None,
        }
    }
}

/// A column of the output.
pub(crate) struct OutputColumn<'a> {
    pub header: String,
    pub data: OutputData<'a>,
}

pub(crate) enum OutputData<'a> {
    Input { table: &'a Table, column: usize },
    New { values: Values<'a>, order: Order },
}

/// A table to be written. It borrows what it can; nothing is copied before it is written.
pub struct OutputTable<'a> {
    pub(crate) order: &'a [u32],
    pub(crate) columns: Vec<OutputColumn<'a>>,
}

impl<'a> OutputTable<'a> {
    /// An output of the input rows `order`, in that order.
    pub fn new(order: &'a [u32]) -> Self {
        Self {
            order,
            columns: Vec::new(),
        }
    }

    /// How many rows will be written.
    pub fn rows(&self) -> usize {
        self.order.len()
    }

    /// How many columns have been added.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Adds all columns of the input, with their headers as written.
    ///
    /// # Panics
    /// Where the order has rows that the input has not.
    pub fn push_input(&mut self, table: &'a Table) {
        let last = self.order.iter().max();
        assert!(
            last.is_none_or(|row| (*row as usize) < table.len()),
            "the order names rows that are not there"
        );
        for (column, info) in table.columns().iter().enumerate() {
            self.columns.push(OutputColumn {
                header: info.header.clone(),
                data: OutputData::Input { table, column },
            });
        }
    }

    /// Adds a new column whose value `i` belongs to output row `i`.
    ///
    /// # Panics
    /// Where it has not one value a row.
    pub fn push(&mut self, header: impl Into<String>, values: Values<'a>) {
        assert!(
            values.len().is_none_or(|length| length == self.order.len()),
            "one value an output row"
        );
        self.push_column(header.into(), values, Order::Output);
    }

    /// Adds a new column whose value `i` belongs to input row `i`.
    ///
    /// # Panics
    /// Where a row of the order has no value.
    pub fn push_by_input_row(&mut self, header: impl Into<String>, values: Values<'a>) {
        let last = self.order.iter().max().map_or(0, |row| *row as usize + 1);
        assert!(
            values.len().is_none_or(|length| length >= last),
            "one value an input row"
        );
        self.push_column(header.into(), values, Order::Input);
    }

    fn push_column(&mut self, header: String, values: Values<'a>, order: Order) {
        self.columns.push(OutputColumn {
            header,
            data: OutputData::New { values, order },
        });
    }

    /// Writes the table. Progress counts rows.
    pub fn write(
        &self,
        writer: &mut dyn Write,
        format: OutputFormat,
        job: &Job,
    ) -> Result<(), TableError> {
        job.stage("writing", Some(self.rows() as u64));
        match format {
            OutputFormat::Csv => write_text::write(self, writer, b',', job),
            OutputFormat::Tsv => write_text::write(self, writer, b'\t', job),
            OutputFormat::Json => write_json::write(self, writer, job),
            OutputFormat::Parquet => write_parquet::write(self, writer, job),
        }
    }

    /// Input columns that are called otherwise in the output, with their names there: those whose header is that of a new
    /// column, as `rank` where a ranking is ranked once more. So it is in every format.
    pub fn renamed(&self) -> Vec<(String, String)> {
        let headers = self.columns.iter().map(|column| &column.header);
        let pairs = headers.zip(self.headers());
        let renamed = pairs.filter(|(header, written)| *header != written);
        renamed.map(|(h, written)| (h.clone(), written)).collect()
    }

    /// The headers as texts have them: input columns of one name keep it, as they stood in the file.
    pub(crate) fn headers(&self) -> Vec<String> {
        let is_new = |column: &&OutputColumn| matches!(column.data, OutputData::New { .. });
        let new: std::collections::HashSet<&str> = self
            .columns
            .iter()
            .filter(is_new)
            .map(|column| column.header.as_str())
            .collect();
        let columns = self.columns.iter().zip(self.unique_headers());
        let header = |(column, unique): (&OutputColumn, String)| {
            let input = matches!(column.data, OutputData::Input { .. });
            match input && new.contains(column.header.as_str()) {
                true => unique,
                false => column.header.clone(),
            }
        };
        columns.map(header).collect()
    }

    /// Headers that are unique, for formats that need it: a second `x` is `x_2`; new columns keep theirs.
    pub(crate) fn unique_headers(&self) -> Vec<String> {
        let mut taken = std::collections::HashSet::new();
        let mut headers = vec![String::new(); self.columns.len()];
        for new in [true, false] {
            for (column, header) in self.columns.iter().zip(&mut headers) {
                if matches!(column.data, OutputData::New { .. }) != new {
                    continue;
                }
                *header = column.header.clone();
                let mut count = 1;
                while !taken.insert(header.clone()) {
                    count += 1;
                    *header = format!("{}_{count}", column.header);
                }
            }
        }
        headers
    }
}

impl OutputColumn<'_> {
    /// The index into the values of a new column that belongs to output row `row`.
    pub(crate) fn index(order: Order, rows: &[u32], row: usize) -> usize {
        match order {
            Order::Output => row,
            Order::Input => rows[row] as usize,
        }
    }
}

/// Formats chunks of output rows on all cores and writes them in order, a group of chunks while the next is being formatted;
/// `format` appends a range of rows to a buffer.
pub(crate) fn write_chunks(
    rows: usize,
    writer: &mut dyn Write,
    job: &Job,
    format: impl Fn(std::ops::Range<usize>, &mut Vec<u8>) + Sync,
) -> Result<(), TableError> {
    use rayon::prelude::*;
    let failed = |error| TableError::io("write", "output", error);
    let group = rayon::current_num_threads() * 2;
    let chunks = rows.div_ceil(crate::CHUNK);
    let (mut ready, mut next) = (vec![Vec::new(); group], vec![Vec::new(); group]);
    let fill = |first: usize, buffers: &mut [Vec<u8>]| {
        buffers
            .par_iter_mut()
            .enumerate()
            .for_each(|(index, buffer)| {
                buffer.clear();
                let begin = (first + index) * crate::CHUNK;
                if begin < rows {
                    format(begin..(begin + crate::CHUNK).min(rows), buffer);
                }
            });
    };
    fill(0, &mut ready);
    for first in (0..chunks).step_by(group) {
        job.check()?;
        // The writer need not be able to move between threads, so this one writes while the others format.
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| fill(first + group, &mut next));
            ready.iter().try_for_each(|buffer| writer.write_all(buffer))
        })
        .map_err(failed)?;
        job.advance((group * crate::CHUNK).min(rows - first * crate::CHUNK) as u64);
        std::mem::swap(&mut ready, &mut next);
    }
    writer.flush().map_err(failed)
}
