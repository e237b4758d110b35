//! CSV and TSV.

use std::borrow::Cow;
use std::io::Write;
use std::ops::Range;

use job::Job;

use crate::TableError;
use crate::output::{OutputColumn, OutputData, OutputTable, Values, write_chunks};

/// Writes header and rows, cells separated by `delimiter`.
pub(crate) fn write(
    table: &OutputTable<'_>,
    writer: &mut dyn Write,
    delimiter: u8,
    job: &Job,
) -> Result<(), TableError> {
    let alone = table.columns.len() == 1;
    let mut header = Vec::new();
    for (index, name) in table.headers().iter().enumerate() {
        if index > 0 {
            header.push(delimiter);
        }
        push_text_cell(&mut header, name, delimiter);
    }
    header.push(b'\n');
    writer
        .write_all(&header)
        .map_err(|error| TableError::io("write", "output", error))?;
    write_chunks(table.rows(), writer, job, |rows, buffer| {
        let mut scratch = String::new();
        for begin in rows.clone().step_by(BLOCK) {
            let block = begin..(begin + BLOCK).min(rows.end);
            let inputs: Vec<Vec<Cow<'_, str>>> = table
                .columns
                .iter()
                .map(|c| input_cells(c, table.order, &block))
                .collect();
            for row in block {
                let line = buffer.len();
                for (index, column) in table.columns.iter().enumerate() {
                    if index > 0 {
                        buffer.push(delimiter);
                    }
                    match &column.data {
                        OutputData::Input { .. } => {
                            push_text_cell(buffer, &inputs[index][row - begin], delimiter)
                        }
                        OutputData::New { values, order } => {
                            let index = OutputColumn::index(*order, table.order, row);
                            push_value(buffer, values, index, delimiter, &mut scratch);
                        }
                    }
                }
                if alone && buffer.len() == line {
                    // An empty line would be no row.
                    buffer.extend_from_slice(b"\"\"");
                }
                buffer.push(b'\n');
            }
        }
    })
}

/// Rows whose input cells are looked up together. A ranking scatters them over the whole input; one after the other, each
/// would wait for memory, together they wait at the same time.
const BLOCK: usize = 256;

/// The cells of an input column for a block of output rows; nothing for a new column.
fn input_cells<'a>(
    column: &OutputColumn<'a>,
    order: &[u32],
    block: &Range<usize>,
) -> Vec<Cow<'a, str>> {
    match &column.data {
        OutputData::Input { table, column } => order[block.clone()]
            .iter()
            .map(|&row| table.text(*column, row as usize))
            .collect(),
        OutputData::New { .. } => Vec::new(),
    }
}

fn push_value(
    buffer: &mut Vec<u8>,
    values: &Values<'_>,
    index: usize,
    delimiter: u8,
    scratch: &mut String,
) {
    match values {
        Values::U32(values) => push_u32(buffer, values[index]),
        Values::OptionalU32(values) => {
            if let Some(value) = values[index] {
                push_u32(buffer, value);
            }
        }
        Values::F64(values) => push_f64(buffer, values[index]),
        Values::Text(values) => push_text_cell(buffer, &values[index], delimiter),
        Values::Codes { codes, dictionary } => {
            if let Some(text) = dictionary.get(codes[index] as usize) {
                push_text_cell(buffer, text, delimiter);
            }
        }
        Values::Written(write) => {
            scratch.clear();
            write(index, scratch);
            push_text_cell(buffer, scratch, delimiter);
        }
    }
}

fn push_u32(buffer: &mut Vec<u8>, value: u32) {
    buffer.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// The shortest text that reads back as the same number; nothing for NaN.
fn push_f64(buffer: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        buffer.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else if !value.is_nan() {
        buffer.extend_from_slice(if value > 0.0 { b"inf" } else { b"-inf" });
    }
}

/// A text cell, in quotes where it holds the delimiter, a quote or a line end.
pub(crate) fn push_text_cell(buffer: &mut Vec<u8>, text: &str, delimiter: u8) {
    let special = |byte: u8| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    if !text.bytes().any(special) {
        buffer.extend_from_slice(text.as_bytes());
        return;
    }
    buffer.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr(b'"', rest) {
        buffer.extend_from_slice(&rest[..=at]);
        buffer.push(b'"');
        rest = &rest[at + 1..];
    }
    buffer.extend_from_slice(rest);
    buffer.push(b'"');
}
