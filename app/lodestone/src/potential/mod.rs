//! What the universal potential says: `predict-structure`, `relax`, `hull`, `voltage`, `elastic`,
//! `vacancy`, `surface`, `adsorption`; and `about`, which names whose it is.

mod about;
mod adsorption;
mod each;
mod elastic;
mod hull;
mod predict;
mod relax;
mod surface;
mod vacancy;
mod voltage;

pub use about::run as about;
pub use adsorption::run as adsorption;
pub use elastic::run as elastic;
pub use hull::run as hull;
pub use predict::run as predict;
pub use relax::run as relax;
pub use surface::run as surface;
pub use vacancy::run as vacancy;
pub use voltage::run as voltage;

use crate::{Failure, show};
use ::potential::{Model, Potential, Precision};
use anyhow::Context;
use compute::{Choice, Device};
use crystal::Structure;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use table::{Destination, TableError};

/// The potential that is asked for, on the device that is.
fn opened(model: Model, precision: Precision, device: Choice) -> Result<Potential, Failure> {
    let device = Device::open(device).map_err(anyhow::Error::from)?;
    let potential = Potential::new(model, precision).map_err(anyhow::Error::from)?;
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

/// The structures that a question leaves, written to a folder that is made; names begin with that of the structure's file.
fn write_structures<'a>(
    folder: Option<&Path>,
    name: &str,
    made: impl Iterator<Item = (String, &'a Structure)>,
) -> anyhow::Result<Vec<Option<String>>> {
    let Some(folder) = folder else {
        return Ok(made.map(|_| None).collect());
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    // `some/file.cif#2` becomes `file-2`.
    let (file, number) = name.rsplit_once('#').unwrap_or((name, ""));
    let stem = Path::new(file).file_stem().unwrap_or_default();
    let stem = match number {
        "" => stem.to_string_lossy().into_owned(),
        _ => format!("{}-{number}", stem.to_string_lossy()),
    };
    let write = |(what, structure): (String, &Structure)| {
        let path = folder.join(format!("{stem}.{what}.cif"));
        let text = crystal::format::write(structure, crystal::format::Format::Cif)
            .map_err(|e| anyhow::anyhow!(e))?;
        relax::write_text(&path, &text)?;
        Ok(Some(path.display().to_string()))
    };
    made.map(write).collect()
}
