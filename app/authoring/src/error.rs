//! Why something that a plugin author asked for was not done.

use std::path::{Path, PathBuf};

use plugin_host::LoadError;

/// What went wrong, where, and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum AuthoringError {
    #[error(
        "the plugin carries a model that is refused: {why}; give a column of its name in the cases, or mend it"
    )]
    Carried { why: String },
    #[error("cancelled")]
    Cancelled,
    #[error("cannot {verb} {}: {why}", path.display())]
    Io {
        verb: &'static str,
        path: PathBuf,
        why: std::io::Error,
    },
    #[error("{name:?} is no name for a plugin: {why}")]
    Name { name: String, why: String },
    #[error("{} is there already and {what}; give another name, or a folder with --into", path.display())]
    Occupied { path: PathBuf, what: &'static str },
    #[error("this program carries no template for {0}")]
    NoTemplate(&'static str),
    #[error(
        "{} is no plugin project: it has no lodestone-plugin.toml, nor a Cargo.toml, plugin.py or plugin.js; \
         `lodestone plugin new NAME` writes a project", .0.display()
    )]
    NoProject(PathBuf),
    #[error("{}: {why}", path.display())]
    Settings { path: PathBuf, why: String },
    #[error("{program} is not there, or cannot be started ({why}); {remedy}")]
    NoTool {
        program: String,
        remedy: String,
        why: std::io::Error,
    },
    #[error("{remedy}")]
    NotReady { remedy: String },
    #[error("{program} ended with {status}")]
    Tool { program: String, status: String },
    #[error("{program} wrote no component: {why}")]
    NoComponent { program: String, why: String },
    #[error("the component is not one that Lodestone runs: {error}{advice}")]
    Refused { error: LoadError, advice: String },
    #[error("{} holds no cases (*.csv); the project's README says how to write one", .0.display())]
    NoCases(PathBuf),
    #[error("{}", place(file, *line, column.as_deref(), why))]
    Cases {
        file: String,
        /// Of the file, from 1; `None`: the file as a whole.
        line: Option<u64>,
        column: Option<String>,
        why: String,
    },
    #[error(transparent)]
    Table(#[from] table::TableError),
}

impl AuthoringError {
    pub(crate) fn io(verb: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |why| Self::Io { verb, path, why }
    }
}

impl From<job::Cancelled> for AuthoringError {
    fn from(_: job::Cancelled) -> Self {
        Self::Cancelled
    }
}

fn place(file: &str, line: Option<u64>, column: Option<&str>, why: &str) -> String {
    let line = line.map_or(String::new(), |l| format!(", line {l}"));
    let column = column.map_or(String::new(), |c| format!(", column {c:?}"));
    format!("{file}{line}{column}: {why}")
}
