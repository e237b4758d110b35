//! Candidates in: the data of a challenge, or a table of the user's, which may be a spreadsheet.

use crate::error::WorkbenchError;
use crate::project::ProjectSource;
use crate::{crystals, spreadsheet, structure};
use job::Job;
use screening::Structures;
use std::path::Path;
use std::sync::Arc;
use table::{ReadOptions, Source, Table};

/// The candidates of a project, and their structures where the table names any.
pub(crate) struct Candidates {
    pub table: Table,
    pub structures: Option<Arc<Structures>>,
    /// How many states of one structure the candidates are, where they are.
    pub frames: Option<usize>,
}

/// Reads the candidates of a project.
pub(crate) fn read(source: &ProjectSource, job: &Job) -> Result<Candidates, WorkbenchError> {
    if let ProjectSource::Crystals(only) = source {
        let (table, structures) = crystals::read_table(only.as_deref(), job)?;
        let (structures, frames) = (Some(Arc::new(structures)), None);
        return Ok(Candidates {
            table,
            structures,
            frames,
        });
    }
    if let ProjectSource::File(path) = source
        && structure::is_structures(path)
    {
        job.stage("reading", None);
        let (table, structures, frames) = structure::read_table(path, job)?;
        let structures = Some(Arc::new(structures));
        return Ok(Candidates {
            table,
            structures,
            frames,
        });
    }
    let table = read_table(source, job)?;
    let named = Structures::find_column(&table).zip(structure::folder_of(source));
    let structures = named.map(|(column, folder)| Structures::read(&table, column, &folder, job));
    Ok(Candidates {
        structures: structures.transpose()?.map(Arc::new),
        frames: None,
        table,
    })
}

fn read_table(source: &ProjectSource, job: &Job) -> Result<Table, WorkbenchError> {
    match source {
        ProjectSource::Challenge(challenge) => {
            job.stage("reading", None);
            let (data, name) = (challenge.data(), challenge.file_name());
            let options = ReadOptions::default();
            Ok(Table::read_text(data.as_bytes(), name, &options, job)?)
        }
        ProjectSource::Crystals(only) => Ok(crystals::read_table(only.as_deref(), job)?.0),
        ProjectSource::File(path) => read_file(path, job),
    }
}

fn read_file(path: &Path, job: &Job) -> Result<Table, WorkbenchError> {
    if is_spreadsheet(path) {
        let sheet = spreadsheet::read(path, job)?;
        let options = ReadOptions {
            delimiter: Some(b','),
            ..ReadOptions::default()
        };
        let name = path.display().to_string();
        let mut table = Table::read_text(sheet.csv.as_slice(), &name, &options, job)?;
        table.add_messages(sheet.messages);
        return Ok(table);
    }
    let source = Source::Path(path.into());
    Ok(Table::read(&source, &ReadOptions::default(), job)?)
}

fn is_spreadsheet(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"))
}

/// What a table holds and how it would be understood, before it is taken in.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Names of the columns with their units, and whether each holds numbers.
    pub columns: Vec<(String, Option<String>, bool)>,
    /// The first rows, as written.
    pub rows: Vec<Vec<String>>,
    /// How many rows there are.
    pub row_count: usize,
    /// The column of formulas as its header or its cells tell, by number.
    pub formula_column: Option<usize>,
    /// Numbers are written with a decimal comma.
    pub decimal_comma: bool,
    /// How the file was read: encoding, delimiter, duplicate headers.
    pub messages: Vec<String>,
    /// The first rows that cannot be used: line, reason, text.
    pub failures: Vec<(u64, String, String)>,
    /// How many there are among the rows that were looked at.
    pub failure_count: usize,
    /// Cells of the columns of numbers that are no numbers: line, column, text, reason.
    pub bad_cells: Vec<(u64, String, String, String)>,
}

/// Rows that a preview shows, and failures.
const SHOWN: usize = 20;

/// Reads a table and says how it would be understood. The column of formulas may be chosen by name.
///
/// # Errors
///
/// A file that is no table.
pub(crate) fn preview(
    path: &Path,
    formula_column: Option<&str>,
    job: &Job,
) -> Result<Preview, WorkbenchError> {
    let table = read_file(path, job)?;
    let formula = match formula_column {
        Some(name) => Some(table.find_column(name)?),
        None => table
            .formula_column(None)
            .ok()
            .or_else(|| table.guess_formula_column()),
    };
    let numeric: Vec<bool> = (0..table.columns().len())
        .map(|column| Some(column) != formula && table.is_numeric(column))
        .collect();
    let mut failures: Vec<(u64, String, String)> = table
        .rejected()
        .iter()
        .map(|r| (r.line, r.reason.to_string(), r.text.to_string()))
        .collect();
    if let Some(column) = formula {
        for row in 0..table.len() {
            let text = table.text(column, row);
            if let Err(error) = matter::formula::parse(&text) {
                failures.push((table.line(row), error.to_string(), text.into_owned()));
            }
        }
    }
    failures.sort_by_key(|failure| failure.0);
    let failure_count = failures.len();
    failures.truncate(SHOWN);
    let mut bad_cells = Vec::new();
    for column in (0..numeric.len()).filter(|&c| numeric[c]) {
        let bad = table.numbers(column).bad;
        let name = &table.columns()[column].name;
        bad_cells.extend(
            bad.into_iter()
                .take(3)
                .map(|cell| (cell.line, name.clone(), cell.text, cell.error.to_string())),
        );
    }
    bad_cells.truncate(SHOWN);
    let shown = 0..table.len().min(SHOWN);
    let row_texts = |row| {
        let columns = 0..table.columns().len();
        columns
            .map(|c| table.text(c, row).into_owned())
            .collect::<Vec<_>>()
    };
    Ok(Preview {
        columns: table
            .columns()
            .iter()
            .zip(&numeric)
            .map(|(info, &number)| (info.name.clone(), info.unit.clone(), number))
            .collect(),
        rows: shown.map(row_texts).collect(),
        row_count: table.len(),
        formula_column: formula,
        decimal_comma: table.has_decimal_comma(),
        messages: table.messages().to_vec(),
        failures,
        failure_count,
        bad_cells,
    })
}
