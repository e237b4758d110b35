//! What the universal potential says: `predict-structure`, `relax`, `hull`, `voltage`, `elastic`; and `about`, which names whose it is.

mod about;
mod elastic;
mod hull;
mod predict;
mod relax;
mod voltage;

pub use about::run as about;
pub use elastic::run as elastic;
pub use hull::run as hull;
pub use predict::run as predict;
pub use relax::run as relax;
pub use voltage::run as voltage;

use crate::args::StructureArgs;
use crate::{Failure, show};
use ::potential::{Potential, Precision};
use anyhow::Context;
use compute::Device;
use crystal::Structure;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use table::{Destination, TableError};

/// The potential that is asked for, on the device that is.
fn opened(given: &StructureArgs, precision: Precision) -> Result<Potential, Failure> {
    let device = Device::open(given.device).map_err(anyhow::Error::from)?;
    let potential = Potential::new(given.model, precision).map_err(anyhow::Error::from)?;
    Ok(potential.on(&device))
}

/// Tells what happened to the device.
fn tell_device(potential: &Potential) {
    for message in potential.messages() {
        show::tell(message);
    }
}

/// A structure of a file, or why there is none.
struct Entry {
    path: PathBuf,
    /// The file, and the number of the structure where it holds several.
    name: String,
    structure: Result<Structure, String>,
}

/// All structures of the files, in order.
fn read(files: &[PathBuf]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for path in files {
        let shown = path.display().to_string();
        match crystal::format::read_file(path) {
            Ok(structures) => {
                let several = structures.len() > 1;
                for (number, structure) in structures.into_iter().enumerate() {
                    let name = match several {
                        true => format!("{shown}#{}", number + 1),
                        false => shown.clone(),
                    };
                    entries.push(Entry {
                        path: path.clone(),
                        name,
                        structure: Ok(structure),
                    });
                }
            }
            Err(error) => entries.push(Entry {
                path: path.clone(),
                name: shown,
                // The name stands before every message already.
                structure: Err(bare(&error.to_string(), path)),
            }),
        }
    }
    entries
}

/// A message without the path that it begins with.
fn bare(message: &str, path: &Path) -> String {
    let start = format!("{}: ", path.display());
    message.strip_prefix(&start).unwrap_or(message).to_owned()
}

/// Tells what was refused, and fails if anything was.
fn tell_refused(refused: &[(String, String)], all: usize) -> Result<(), Failure> {
    for (name, why) in refused {
        show::tell(format!("{name}: {why}"));
    }
    match refused.len() {
        0 => Ok(()),
        count => Err(Failure::Failed(anyhow::anyhow!(
            "{count} of {all} structures were refused"
        ))),
    }
}

fn refusal(name: &str, why: &str) -> Value {
    json!({ "file": name, "error": why })
}

/// Writes a text to standard output.
fn print(text: &str) -> Result<(), Failure> {
    let write = |w: &mut dyn Write| {
        w.write_all(text.as_bytes())
            .map_err(|error| TableError::io("write", "standard output", error))
    };
    Destination::Stdout
        .write(write)
        .map_err(|e| Failure::Failed(e.into()))
}

pub fn print_json(value: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).context("cannot write JSON")?;
    print(&(text + "\n"))
}

/// Rows as an aligned table with the first column to the left.
pub fn print_table(mut rows: Vec<Vec<String>>) -> Result<(), Failure> {
    for cell in rows.iter_mut().flatten() {
        *cell = show::visible(cell).into_owned();
    }
    print(&show::aligned(&rows, 0))
}
