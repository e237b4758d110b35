//! Spreadsheets (.xlsx) as CSV. Cells are taken one after the other, so that memory grows with what a sheet holds and not
//! with how far it reaches: one cell in the last corner of a sheet spans seventeen thousand million others.

use crate::error::WorkbenchError;
use calamine::{CellErrorType, Data, DataRef, Reader, SheetType, Xlsx, XlsxError};
use job::Job;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Cells with and without text that a table may span in any case.
const SPAN: u64 = 4_000_000;

/// Beyond that, at least one cell in so many must hold something.
const SPARSE: u64 = 50;

/// Cells that hold something, at most: a full sheet of 64 columns.
const CELLS: usize = 1 << 26;

/// A sheet in the form of CSV, a line for each of its rows.
pub(crate) struct Sheet {
    pub csv: Vec<u8>,
    /// What a user should know of how it was read.
    pub messages: Vec<String>,
}

/// Reads the first sheet that holds anything. Numbers are written as they are stored, not as the sheet shows them; an error
/// of a formula is a missing value.
pub(crate) fn read(path: &Path, job: &Job) -> Result<Sheet, WorkbenchError> {
    let failed = |error: String| WorkbenchError::Spreadsheet {
        path: path.into(),
        error,
    };
    let mut book: Xlsx<BufReader<File>> =
        calamine::open_workbook(path).map_err(|error: XlsxError| failed(error.to_string()))?;
    let sheets = book.sheets_metadata().iter();
    let sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    for (at, name) in names.iter().enumerate() {
        let cells = match Cells::read(&mut book, name, job)? {
            Ok(cells) => cells,
            Err(error) => return Err(failed(format!("sheet {name:?}: {error}"))),
        };
        if cells.places.is_empty() {
            continue;
        }
        cells
            .check_span()
            .map_err(|error| failed(format!("sheet {name:?} {error}")))?;
        let mut messages = Vec::new();
        if names.len() > 1 {
            let others = names.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<&str> = others.map(|(_, name)| name.as_str()).collect();
            let shown = others[..others.len().min(5)].join("\", \"");
            let more = if others.len() > 5 { ", ..." } else { "" };
            messages.push(format!(
                "{}: sheet {name:?} is read; not read: \"{shown}\"{more}",
                path.display()
            ));
        }
        if let Some((error, place)) = &cells.first_error {
            messages.push(format!(
                "{}: sheet {name:?}: {} cells hold an error of the spreadsheet, first {error} in {place}; they count as missing",
                path.display(),
                cells.errors
            ));
        }
        return Ok(Sheet {
            csv: cells.into_csv(),
            messages,
        });
    }
    Err(WorkbenchError::EmptySheet {
        path: path.into(),
        sheet: names.into_iter().next().unwrap_or_default(),
    })
}

/// A cell: row and column, counted from 0, and its text in [`Cells::text`].
struct Place {
    row: u32,
    column: u32,
    from: usize,
    to: usize,
}

/// The cells of a sheet that hold something.
#[derive(Default)]
struct Cells {
    places: Vec<Place>,
    text: String,
    errors: u64,
    first_error: Option<(CellErrorType, String)>,
}

impl Cells {
    /// Reads a sheet; the inner error is what is wrong with it.
    fn read(
        book: &mut Xlsx<BufReader<File>>,
        name: &str,
        job: &Job,
    ) -> Result<Result<Self, String>, WorkbenchError> {
        let mut cells = Self::default();
        let mut reader = match book.worksheet_cells_reader(name) {
            Ok(reader) => reader,
            Err(error) => return Ok(Err(error.to_string())),
        };
        loop {
            if cells.places.len().is_multiple_of(4096) {
                job.check().map_err(table::TableError::from)?;
            }
            let cell = match reader.next_cell() {
                Ok(Some(cell)) => cell,
                Ok(None) => break,
                Err(error) => return Ok(Err(error.to_string())),
            };
            let (row, column) = cell.get_position();
            cells.push(row, column, cell.get_value());
            if cells.places.len() > CELLS {
                return Ok(Err(format!("more than {CELLS} cells")));
            }
        }
        // Files from other programs may hold them in any order.
        let in_order =
            |pair: &[Place]| (pair[0].row, pair[0].column) < (pair[1].row, pair[1].column);
        if !cells.places.windows(2).all(in_order) {
            cells.places.sort_by_key(|place| (place.row, place.column));
            cells.places.dedup_by_key(|place| (place.row, place.column));
        }
        Ok(Ok(cells))
    }

    fn push(&mut self, row: u32, column: u32, value: &DataRef) {
        let from = self.text.len();
        match value {
            DataRef::Empty => {}
            DataRef::SharedString(text) => self.text.push_str(text),
            DataRef::String(text) => self.text.push_str(text),
            DataRef::Error(error) => {
                self.errors += 1;
                self.first_error
                    .get_or_insert_with(|| (error.clone(), name_of(row, column)));
                self.text.push_str("#N/A");
            }
            other => self.text.push_str(&Data::from(other.clone()).to_string()),
        }
        let to = self.text.len();
        if to > from {
            self.places.push(Place {
                row,
                column,
                from,
                to,
            });
        }
    }

    /// First and last column that hold anything.
    fn columns(&self) -> (u32, u32) {
        let columns = || self.places.iter().map(|place| place.column);
        (columns().min().unwrap_or(0), columns().max().unwrap_or(0))
    }

    /// Whether the table is about as large as what it holds.
    fn check_span(&self) -> Result<(), String> {
        let (first, last) = self.columns();
        let rows = self.places.last().map_or(0, |place| place.row);
        let columns = u64::from(last - first) + 1;
        let span = (u64::from(rows) + 1) * columns;
        let held = self.places.len() as u64;
        if span <= SPAN || span / SPARSE <= held {
            return Ok(());
        }
        let outermost = self.places.iter().rev().find(|place| place.column == last);
        let right = outermost.map_or(0, |place| place.row);
        let right = name_of(right, last);
        let lowest = self.places.last().map_or(0, |place| place.column);
        let lowest = name_of(rows, lowest);
        let places = match lowest == right {
            true => right,
            false => format!("{right} and {lowest}"),
        };
        Err(format!(
            "reaches to {places}, over {span} cells, of which {held} hold something: empty the cells that lie far from the table"
        ))
    }

    /// Line n is row n of the sheet, so that a message about a line is one about a row.
    fn into_csv(self) -> Vec<u8> {
        let (first, last) = self.columns();
        let mut csv = Vec::with_capacity(self.text.len() + 2 * self.places.len());
        let mut row = 0;
        let mut places = self.places.iter().peekable();
        while let Some(place) = places.peek() {
            csv.resize(csv.len() + (place.row - row) as usize, b'\n');
            row = place.row;
            for column in first..=last {
                if column > first {
                    csv.push(b',');
                }
                let here = |place: &&Place| (place.row, place.column) == (row, column);
                if let Some(place) = places.next_if(here) {
                    push_cell(&mut csv, &self.text[place.from..place.to]);
                }
            }
        }
        csv.push(b'\n');
        csv
    }
}

/// Writes a cell; its line breaks become blanks.
fn push_cell(csv: &mut Vec<u8>, text: &str) {
    let quoted = text.contains([',', '"']);
    if quoted {
        csv.push(b'"');
    }
    for byte in text.bytes() {
        match byte {
            b'\n' | b'\r' => csv.push(b' '),
            b'"' => csv.extend(b"\"\""),
            other => csv.push(other),
        }
    }
    if quoted {
        csv.push(b'"');
    }
}

/// What a spreadsheet calls a cell: `C5`.
fn name_of(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    format!(
        "{}{}",
        String::from_utf8_lossy(&letters),
        u64::from(row) + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_called_as_spreadsheets_call_them() {
        let names = [
            (0, 0),
            (4, 2),
            (9, 25),
            (9, 26),
            (0, 701),
            (1_048_575, 16_383),
        ];
        let names = names.map(|(row, column)| name_of(row, column));
        assert_eq!(names, ["A1", "C5", "Z10", "AA10", "ZZ1", "XFD1048576"]);
    }
}
