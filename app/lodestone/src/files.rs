//! What goes in and out of the commands over tables: candidates, results, rows that cannot be used.

use crate::args::StdoutFormat;
use crate::{Failure, show};
use anyhow::{Context, Result, anyhow};
use job::Job;
use screening::{Rejected, Structures};
use std::borrow::Cow;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use table::{
    Destination, OutputFormat, OutputTable, ReadOptions, Source, Table, TableError,
    write_atomically, write_rejected,
};

/// Reasons shown on standard error when the rejected rows go to no file.
const SHOWN_REJECTED: usize = 5;

/// Where and how the result is written.
pub enum Target {
    File(Destination, OutputFormat),
    Stdout(StdoutFormat),
}

impl Target {
    /// Writes a table; as CSV where it is for people, who get a form of each command's own.
    pub fn write(&self, output: &OutputTable, job: &Job) -> Result<(), TableError> {
        let (destination, format) = match self {
            Self::File(destination, format) => (destination, *format),
            Self::Stdout(StdoutFormat::Json) => (&Destination::Stdout, OutputFormat::Json),
            Self::Stdout(StdoutFormat::Csv | StdoutFormat::Table) => {
                (&Destination::Stdout, OutputFormat::Csv)
            }
        };
        destination.write(|writer| output.write(writer, format, job))
    }
}

/// The table of candidates, and their structures where it names any or is a folder of them.
pub fn candidates(
    source: &Source,
    structure_column: Option<&str>,
    job: &Job,
) -> Result<(Table, Option<Structures>)> {
    if let Some(folder) = source.path().filter(|path| path.is_dir()) {
        let (table, structures) = Structures::of_folder(folder, job)?;
        return Ok((table, Some(structures)));
    }
    let table = Table::read(source, &ReadOptions::default(), job)?;
    let structures = structures(&table, source, structure_column, job)?;
    Ok((table, structures))
}

/// The structures that a column of the table names; without its name, one that looks so.
pub fn structures(
    table: &Table,
    source: &Source,
    column: Option<&str>,
    job: &Job,
) -> Result<Option<Structures>> {
    let column = match column {
        Some(name) => Some(table.find_column(name)?),
        None => Structures::find_column(table),
    };
    let folder = source.path().and_then(Path::parent);
    let folder = folder.unwrap_or(Path::new(""));
    let structures = column.map(|column| Structures::read(table, column, folder, job));
    Ok(structures.transpose()?)
}

/// Writes a text beside its place and renames it.
pub fn write_text(path: &Path, text: &str) -> Result<()> {
    let name = path.display().to_string();
    Ok(write_atomically(path, |writer| {
        writer
            .write_all(text.as_bytes())
            .map_err(|error| TableError::io("write", &name, error))
    })?)
}

/// What to tell of an error during a job.
pub fn failed(job: &Job, error: anyhow::Error) -> Failure {
    // Whatever went wrong after Ctrl-C went wrong because of it.
    Failure::Failed(if job.is_cancelled() {
        anyhow!("cancelled; no file was changed")
    } else {
        error
    })
}

/// Where the result goes, after checking what can be known before any work is done.
pub fn target(
    output: Option<&Path>,
    json: bool,
    format: Option<StdoutFormat>,
    source: &Source,
) -> Result<Target, Failure> {
    if let Some(path) = output {
        let format = OutputFormat::of_path(path).map_err(|e| Failure::Usage(e.into()))?;
        let destination = Destination::file(path, source).map_err(|e| Failure::Failed(e.into()))?;
        return Ok(Target::File(destination, format));
    }
    let default = if std::io::stdout().is_terminal() {
        StdoutFormat::Table
    } else {
        StdoutFormat::Csv
    };
    Ok(Target::Stdout(if json {
        StdoutFormat::Json
    } else {
        format.unwrap_or(default)
    }))
}

/// The file for rows that cannot be used, after checking that it is neither the input nor the output.
pub fn rejected_path(
    rejected: Option<&Path>,
    output: Option<&Path>,
    source: &Source,
) -> Result<Option<PathBuf>, Failure> {
    let beside_output = |output: &Path| {
        let mut path = output.as_os_str().to_owned();
        path.push(".rejected.csv");
        PathBuf::from(path)
    };
    let path = rejected.map(Path::to_owned);
    let Some(path) = path.or_else(|| output.map(beside_output)) else {
        return Ok(None);
    };
    Destination::file(&path, source)
        .context("--rejected")
        .map_err(Failure::Failed)?;
    if output.is_some_and(|output| same_file(output, &path)) {
        let why = anyhow!(
            "--rejected and --output both name {}; give two files",
            path.display()
        );
        return Err(Failure::Usage(why));
    }
    Ok(Some(path))
}

/// Whether two paths, of which neither need exist, name the same file.
fn same_file(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    match (whole(a), whole(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

/// Writes the rows that could not be used; where there are none, a file with a header alone, so that an old one of that
/// name does not speak of another run.
pub fn write_rejected_rows(rows: &[Rejected], path: Option<&Path>) -> Result<(), TableError> {
    let Some(path) = path else { return Ok(()) };
    write_atomically(path, |mut writer| {
        let rows = rows
            .iter()
            .map(|r| (r.line, Cow::Borrowed(&*r.reason), Cow::Borrowed(&*r.text)));
        write_rejected(&mut writer, &path.display().to_string(), rows)
    })
}

/// Writes all rows of a table where none can be used, before that ends the work.
pub fn reject_all<'a>(
    job: &Job,
    rows: impl Iterator<Item = (u64, Cow<'a, str>, Cow<'a, str>)>,
    path: Option<&Path>,
) {
    let Some(path) = path.filter(|_| !job.is_cancelled()) else {
        return;
    };
    let name = path.display().to_string();
    match write_atomically(path, |mut writer| write_rejected(&mut writer, &name, rows)) {
        Ok(()) => show::tell(format!("no row is usable; see {name}")),
        Err(error) => show::tell(format!("lodestone: {error}")),
    }
}

/// Says on standard error how many rows could not be used and where they are; without a file for them, the first of them.
pub fn tell_rejected(rows: &[Rejected], path: Option<&Path>) {
    let count = match rows.len() {
        0 => return,
        1 => "1 row was".to_owned(),
        count => format!("{count} rows were"),
    };
    let Some(path) = path else {
        show::tell(format!("{count} not usable:"));
        for row in rows.iter().take(SHOWN_REJECTED) {
            show::tell(format!("  line {}: {}", row.line, row.reason));
        }
        if rows.len() > SHOWN_REJECTED {
            show::tell("  ... (--rejected FILE writes all of them)");
        }
        return;
    };
    show::tell(format!("{count} not usable; see {}", path.display()));
}
