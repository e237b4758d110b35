//! What files turn into, and what comes back out: fixtures made by other programs, hostile input, every error.

mod errors;
mod fixtures;
mod rows;
mod writing;

use std::path::{Path, PathBuf};

use job::Job;
use table::{ReadOptions, Source, Table, TableError};

/// Reads text as a file of that name would be read.
fn read(text: impl AsRef<[u8]>) -> Result<Table, TableError> {
    Table::read_text(
        text.as_ref(),
        "input.csv",
        &ReadOptions::default(),
        &Job::new(),
    )
}

#[track_caller]
fn read_ok(text: impl AsRef<[u8]>) -> Table {
    match read(text) {
        Ok(table) => table,
        Err(error) => panic!("{error}"),
    }
}

fn read_file(path: &Path) -> Result<Table, TableError> {
    Table::read(
        &Source::Path(path.into()),
        &ReadOptions::default(),
        &Job::new(),
    )
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// All cells, row by row.
fn cells(table: &Table) -> Vec<Vec<String>> {
    (0..table.len())
        .map(|row| {
            (0..table.columns().len())
                .map(|column| table.text(column, row).into_owned())
                .collect()
        })
        .collect()
}

fn headers(table: &Table) -> Vec<&str> {
    table
        .columns()
        .iter()
        .map(|column| column.header.as_str())
        .collect()
}
