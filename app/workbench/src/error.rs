//! What can go wrong with what a user asks of the workbench; each text says what would be right.

use screening::ScreeningError;
use std::path::PathBuf;
use table::{FormulaHint, TableError};

/// Why a command could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkbenchError {
    #[error("{}", of_table(.0))]
    Table(#[from] TableError),
    #[error(transparent)]
    Structure(#[from] crystal::CrystalError),
    #[error("{}", of_screening(.0))]
    Screening(#[from] ScreeningError),
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
        "{}: nothing here can open this file; open .csv, .tsv, .xlsx, .parquet, a structure (.cif, POSCAR, .xyz), a .lodestone project, a .lode campaign or a .wasm plugin",
        path.display()
    )]
    UnknownFile { path: PathBuf },
    #[error("{}: cannot read the spreadsheet: {error}; save the sheet as .csv", path.display())]
    Spreadsheet { path: PathBuf, error: String },
    #[error("{}: sheet {sheet:?} holds no table: the first row must name the columns", path.display())]
    EmptySheet { path: PathBuf, sheet: String },
    #[error("there are no candidates yet; open a table or a worked challenge first")]
    NothingOpen,
    #[error(
        "the selected candidate has no formula that can be read, so its elements are not known"
    )]
    NoFormula,
    #[error(
        "no element is required in the periodic table; require two or three there, or type the system"
    )]
    NoElements,
    #[error("{field}: {why}")]
    Wish { field: &'static str, why: String },
    #[error("the structure cannot be a parent: {why}")]
    Prototype { why: String },
    #[error(
        "no structure type is chosen; choose a structure type, or the selected candidate's structure"
    )]
    NoPrototype,
    #[error("the selected candidate has no structure; open structures, or choose a structure type")]
    NoStructure,
    #[error("no candidates were made yet; make some first")]
    NothingGenerated,
    #[error(
        "the table does not tell a parent of the selected candidate; tables of made candidates have columns prototype, parent and substitution"
    )]
    NoParent,
    #[error("{}: this folder is not empty; name a new one, or empty it", path.display())]
    FolderInUse { path: PathBuf },
    #[error("no hull is drawn; choose a system of two or three elements first")]
    NoHull,
    #[error("nothing is selected; select candidates in the table or in the plot first")]
    NothingSelected,
    #[error("{}: a plot is written as .svg or .png; give it one of these endings", path.display())]
    PlotFormat { path: PathBuf },
    #[error("{}: the picture cannot be drawn: {error}", path.display())]
    Plot { path: PathBuf, error: String },
    #[error(transparent)]
    Learning(#[from] surrogate::SurrogateError),
    #[error("the model cannot be used: {why}")]
    Model { why: String },
    #[error("no model was evaluated yet; train or evaluate one first")]
    NoReport,
    #[error("{0}: the file was not named")]
    NoPath(&'static str),
    #[error("plugins are being changed already; wait until that is done, or cancel it under Tasks")]
    ShelfBusy,
    #[error("{}", of_campaign(.0))]
    Campaign(Box<campaign::CampaignError>),
    /// A lab, worded whole.
    #[error("{0}")]
    Lab(String),
    #[error("no campaign is open; open one, or begin one over the candidates")]
    NoCampaign,
    #[error(
        "the campaign is being worked on already; wait until that is done, or cancel it under Tasks"
    )]
    CampaignBusy,
    #[error("there is nothing to show yet: nothing was measured")]
    NothingMeasured,
    #[error("nothing is to be filled in: every suggestion is answered; suggest first")]
    NothingSuggested,
    #[error("a retraction needs a reason, for whoever reads the campaign later")]
    NoReason,
    #[error("a budget of {0} buys nothing; give a number above zero")]
    Budget(f64),
    #[error("{}: there is such a file already; choose it by its whole name to replace it, or choose another", path.display())]
    Exists { path: PathBuf },
    #[error(transparent)]
    Potential(#[from] potential::PotentialError),
    #[error("nothing to relax: select a candidate that has a structure")]
    NothingToRelax,
    #[error("the structure of the selected candidate is still being read; try again in a moment")]
    StructureComes,
    #[error("nothing to relax: {0}")]
    Unreadable(String),
    #[error("a relaxation is under way; stop it first")]
    RelaxationBusy,
    #[error("there is no trajectory yet: relax a candidate's structure, or open a trajectory")]
    NoTrajectory,
    #[error("this trajectory is a file already; only a relaxation is saved")]
    NoRun,
    #[error("the project has no file yet; save it under a name first")]
    NoFile,
}

impl WorkbenchError {
    /// Whether the user did not want it any more.
    pub(crate) fn is_cancelled(&self) -> bool {
        match self {
            Self::Screening(ScreeningError::Cancelled)
            | Self::Learning(surrogate::SurrogateError::Cancelled)
            | Self::Table(TableError::Cancelled(_)) => true,
            Self::Campaign(error) => {
                matches!(**error, campaign::CampaignError::Cancelled)
            }
            _ => false,
        }
    }
}

impl From<campaign::CampaignError> for WorkbenchError {
    fn from(error: campaign::CampaignError) -> Self {
        Self::Campaign(Box::new(error))
    }
}

fn of_campaign(error: &campaign::CampaignError) -> String {
    use campaign::CampaignError as E;
    match error {
        E::Exists { path } => format!(
            "{}: there is a campaign of that name already; open it, or choose another name",
            path.display()
        ),
        E::NotOne { path, why } => format!(
            "{}: this is no campaign ({why}); begin one over a table of candidates",
            path.display()
        ),
        E::NotFound { path } => format!("{}: no such file", path.display()),
        E::Question(why) if why.starts_with("there is nothing to aim at") => {
            "there is nothing to aim at: name an objective, as in yield [%]".to_owned()
        }
        E::Question(why) if why.starts_with("every objective is predicted") => {
            "every objective is predicted beforehand, so there is nothing to measure: the ranking answers at once".to_owned()
        }
        E::Table(error) => of_table(error),
        E::Screening(error) => of_screening(error),
        other => other.to_string(),
    }
}

/// The words of an error, without the options of the command line that some of them name.
fn of_table(error: &TableError) -> String {
    let TableError::NoFormulaColumn {
        source_name, hint, ..
    } = error
    else {
        return error.to_string();
    };
    let remedy = match hint {
        FormulaHint::Likeliest(name) => {
            format!("column {name:?} looks most like formulas: open the file again and choose it")
        }
        FormulaHint::FirstLineIsRow => {
            "the first line looks like a row: put a line of column names above it".to_owned()
        }
        FormulaHint::None => {
            "none looks like formulas: open the file again and choose their column".to_owned()
        }
    };
    format!(
        "{source_name}: no column has a formula's name (formula, composition, material, ...); {remedy}"
    )
}

fn of_screening(error: &ScreeningError) -> String {
    match error {
        ScreeningError::Table(error) => of_table(error),
        ScreeningError::NoStructures { plugin } => format!(
            "plugin {plugin} needs crystal structures: open a folder of structure files, or a table with a column of their paths"
        ),
        ScreeningError::NoObjective { names, .. } => {
            format!("there is nothing to rank by: {names} declares no objective; add one")
        }
        ScreeningError::ModelStructures { model } => format!(
            "model {model} needs crystal structures: open a folder of structure files, or a table with a column of their paths"
        ),
        ScreeningError::NothingApplies { rows, tried } => format!(
            "no plugin applies to any of the {rows} candidates ({tried}); add an objective that is a column of the table"
        ),
        ScreeningError::NoFormula {
            rows,
            column,
            line,
            reason,
            guess,
            ..
        } => {
            let guess = guess.as_ref().map_or_else(String::new, |guess| {
                format!(
                    "; column {guess:?} looks more like formulas: open the file again and choose it"
                )
            });
            format!(
                "none of the {rows} rows holds a formula that can be read in column {column:?} (line {line}: {reason}){guess}"
            )
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_not_told_of_options_of_the_command_line() {
        let no_column = |hint| TableError::NoFormulaColumn {
            source_name: "in.csv".into(),
            columns: vec!["x".into()],
            hint,
        };
        let name = || "x".to_owned();
        let mut errors: Vec<ScreeningError> = [
            FormulaHint::Likeliest(name()),
            FormulaHint::FirstLineIsRow,
            FormulaHint::None,
        ]
        .map(|hint| ScreeningError::Table(no_column(hint)))
        .into();
        errors.extend([
            ScreeningError::NoStructures { plugin: name() },
            ScreeningError::NoObjective {
                names: name(),
                example: name(),
            },
            ScreeningError::NothingApplies {
                rows: 3,
                tried: name(),
            },
            ScreeningError::NoFormula {
                rows: 3,
                column: name(),
                line: 2,
                rejected: Vec::new(),
                reason: name(),
                guess: Some("composition".into()),
            },
        ]);
        for error in errors {
            let text = WorkbenchError::from(error).to_string();
            assert!(!text.contains(" -"), "{text}");
        }
    }
}
