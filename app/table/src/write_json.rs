//! JSON: an array of objects, one a row.

use std::io::Write;

use job::Job;

use crate::TableError;
use crate::output::{OutputColumn, OutputData, OutputTable, Values, write_chunks};
use crate::parquet::Shown;

/// Writes one object a row and line; a second column of the same header gets `_2` behind its key.
pub(crate) fn write(
    table: &OutputTable<'_>,
    writer: &mut dyn Write,
    job: &Job,
) -> Result<(), TableError> {
    let failed = |error| TableError::io("write", "output", error);
    let mut keys = Vec::new();
    for (index, header) in table.unique_headers().iter().enumerate() {
        let mut key = if index == 0 {
            b"{".to_vec()
        } else {
            b",".to_vec()
        };
        push_string(&mut key, header);
        key.push(b':');
        keys.push(key);
    }
    writer.write_all(b"[").map_err(failed)?;
    write_chunks(table.rows(), writer, job, |rows, buffer| {
        let mut scratch = String::new();
        for row in rows {
            buffer.extend_from_slice(if row == 0 { b"\n" } else { b",\n" });
            for (key, column) in keys.iter().zip(&table.columns) {
                buffer.extend_from_slice(key);
                push_value(buffer, column, table.order, row, &mut scratch);
            }
            buffer.push(b'}');
        }
    })?;
    writer
        .write_all(b"\n]\n")
        .and_then(|()| writer.flush())
        .map_err(failed)
}

fn push_value(
    buffer: &mut Vec<u8>,
    column: &OutputColumn<'_>,
    rows: &[u32],
    row: usize,
    scratch: &mut String,
) {
    let (values, order) = match &column.data {
        OutputData::Input { table, column } => {
            let row = rows[row] as usize;
            let shown = table
                .typed_column(*column)
                .map_or(Shown::Text, |typed| typed.shown(row));
            return match shown {
                Shown::Null => push_null(buffer),
                Shown::Literal => buffer.extend_from_slice(table.text(*column, row).as_bytes()),
                Shown::Text => push_string(buffer, &table.text(*column, row)),
            };
        }
        OutputData::New { values, order } => (values, *order),
    };
    let index = OutputColumn::index(order, rows, row);
    match values {
        Values::U32(values) => push_u32(buffer, Some(values[index])),
        Values::OptionalU32(values) => push_u32(buffer, values[index]),
        Values::F64(values) if values[index].is_finite() => {
            buffer.extend_from_slice(zmij::Buffer::new().format_finite(values[index]).as_bytes());
        }
        Values::F64(_) => push_null(buffer),
        Values::Text(values) => push_string(buffer, &values[index]),
        Values::Codes { codes, dictionary } => match dictionary.get(codes[index] as usize) {
            Some(text) => push_string(buffer, text),
            None => push_null(buffer),
        },
        Values::Written(write) => {
            scratch.clear();
            write(index, scratch);
            push_string(buffer, scratch);
        }
    }
}

fn push_u32(buffer: &mut Vec<u8>, value: Option<u32>) {
    match value {
        Some(value) => buffer.extend_from_slice(itoa::Buffer::new().format(value).as_bytes()),
        None => push_null(buffer),
    }
}

fn push_null(buffer: &mut Vec<u8>) {
    buffer.extend_from_slice(b"null");
}

fn push_string(buffer: &mut Vec<u8>, text: &str) {
    // Writing a string to a vector cannot fail.
    let _ = serde_json::to_writer(buffer, text);
}
