//! What can go wrong with what a user asks of the workbench; each text says what would be right.

use std::path::PathBuf;

/// Why a command could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkbenchError {
    #[error(transparent)]
    Table(#[from] table::TableError),
    #[error(transparent)]
    Structure(#[from] crystal::CrystalError),
    #[error(transparent)]
    Screening(#[from] screening::ScreeningError),
    #[error("{}: cannot {action}: {error}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        error: std::io::Error,
    },
    #[error(
        "{}: this is no project of Lodestone, or it is damaged ({error}); open the table of candidates instead",
        path.display()
    )]
    Project {
        path: PathBuf,
        error: serde_json::Error,
    },
    #[error(
        "{}: made by a newer version of Lodestone (format {found}, this one reads up to {known}); update Lodestone",
        path.display()
    )]
    NewerProject {
        path: PathBuf,
        found: u32,
        known: u32,
    },
    #[error(
        "{}: nothing here can open this file; open .csv, .tsv, .xlsx, .parquet, a structure (.cif, POSCAR, .xyz), a .lodestone project or a .wasm plugin",
        path.display()
    )]
    UnknownFile { path: PathBuf },
    #[error("{}: cannot read the spreadsheet: {error}; save the sheet as .csv", path.display())]
    Spreadsheet { path: PathBuf, error: String },
    #[error("{}: sheet {sheet:?} holds no table: the first row must name the columns", path.display())]
    EmptySheet { path: PathBuf, sheet: String },
    #[error("there are no candidates yet; open a table or a worked challenge first")]
    NothingOpen,
    #[error("nothing is selected; select candidates in the table or in the plot first")]
    NothingSelected,
    #[error("{}: a plot is written as .svg or .png; give it one of these endings", path.display())]
    PlotFormat { path: PathBuf },
    #[error("{}: the picture cannot be drawn: {error}", path.display())]
    Plot { path: PathBuf, error: String },
    #[error("{0}: the file was not named")]
    NoPath(&'static str),
    #[error("{}: there is such a file already; choose it by its whole name to replace it, or choose another", path.display())]
    Exists { path: PathBuf },
    #[error("the project has no file yet; save it under a name first")]
    NoFile,
}
