//! Parquet, by polars, in row groups of some hundred thousand rows.

use std::io::{self, Write};
use std::ops::Range;

use job::Job;
use polars::prelude::{
    Column, DataFrame, IdxCa, IntoColumn, NamedFrom, ParquetWriter, PolarsError, Series,
};

use crate::TableError;
use crate::output::{OutputColumn, OutputData, OutputTable, Values};

/// Rows in a row group; what is held in memory twice while writing.
const ROW_GROUP: usize = 1 << 18;

/// Writes the table; a second column of the same header gets `_2` behind its name.
pub(crate) fn write(
    table: &OutputTable<'_>,
    writer: &mut dyn Write,
    job: &Job,
) -> Result<(), TableError> {
    let mut writer = Remembering {
        writer,
        error: None,
    };
    let result = write_row_groups(table, &mut writer, job);
    match writer.error {
        // polars keeps only the words of what went wrong with the file.
        Some(error) => Err(TableError::io("write", "output", error)),
        None => result,
    }
}

fn write_row_groups(
    table: &OutputTable<'_>,
    writer: &mut Remembering<'_>,
    job: &Job,
) -> Result<(), TableError> {
    let headers = table.unique_headers();
    let rows = table.rows();
    let schema = frame(table, &headers, 0..0)?.schema().clone();
    let mut batches = ParquetWriter::new(&mut *writer)
        .batched(&schema)
        .map_err(failed)?;
    for begin in (0..rows).step_by(ROW_GROUP) {
        job.check()?;
        let end = (begin + ROW_GROUP).min(rows);
        batches
            .write_batch(&frame(table, &headers, begin..end)?)
            .map_err(failed)?;
        job.advance((end - begin) as u64);
    }
    batches.finish().map_err(failed)?;
    drop(batches);
    writer
        .flush()
        .map_err(|error| TableError::io("write", "output", error))
}

/// Passes everything on, and keeps the error that the writer gave.
struct Remembering<'a> {
    writer: &'a mut dyn Write,
    error: Option<io::Error>,
}

impl Remembering<'_> {
    fn keep<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.error.get_or_insert(error);
            }
            kind.into()
        })
    }
}

impl Write for Remembering<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.writer.write(bytes);
        self.keep(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.writer.flush();
        self.keep(result)
    }
}

fn frame(
    table: &OutputTable<'_>,
    headers: &[String],
    rows: Range<usize>,
) -> Result<DataFrame, TableError> {
    use rayon::prelude::*;
    let columns: Result<Vec<Column>, PolarsError> = table
        .columns
        .par_iter()
        .zip(headers)
        .map(
            |(column, header)| Ok(series(column, header, table.order, rows.clone())?.into_column()),
        )
        .collect();
    DataFrame::new(rows.len(), columns.map_err(failed)?).map_err(failed)
}

fn series(
    column: &OutputColumn<'_>,
    header: &str,
    order: &[u32],
    rows: Range<usize>,
) -> Result<Series, PolarsError> {
    let name = header.into();
    let (values, by) = match &column.data {
        OutputData::Input { table, column } => {
            let input_rows = &order[rows];
            if let Some(typed) = table.typed_column(*column) {
                let indices = IdxCa::new("".into(), input_rows);
                return Ok(typed.series().take(&indices)?.with_name(name));
            }
            let texts = input_rows
                .iter()
                .map(|row| table.text(*column, *row as usize));
            return Ok(Series::new(name, texts.collect::<Vec<_>>()));
        }
        OutputData::New { values, order } => (values, *order),
    };
    let indices = rows.map(|row| OutputColumn::index(by, order, row));
    Ok(match values {
        Values::U32(values) => Series::new(name, indices.map(|i| values[i]).collect::<Vec<_>>()),
        Values::OptionalU32(values) => {
            Series::new(name, indices.map(|i| values[i]).collect::<Vec<_>>())
        }
        Values::F64(values) => {
            let known = indices.map(|i| Some(values[i]).filter(|value| !value.is_nan()));
            Series::new(name, known.collect::<Vec<_>>())
        }
        Values::Text(values) => Series::new(
            name,
            indices.map(|i| values[i].as_str()).collect::<Vec<_>>(),
        ),
        Values::Codes { codes, dictionary } => {
            let texts = indices.map(|i| dictionary.get(codes[i] as usize).map(String::as_str));
            Series::new(name, texts.collect::<Vec<_>>())
        }
        Values::Written(write) => {
            let texts = indices.map(|i| {
                let mut text = String::new();
                write(i, &mut text);
                text
            });
            Series::new(name, texts.collect::<Vec<_>>())
        }
    })
}

fn failed(error: PolarsError) -> TableError {
    TableError::io("write", "output", io::Error::other(error.to_string()))
}
