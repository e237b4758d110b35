//! What the universal potential says: `predict-structure`, `relax`, `hull`, `voltage`, `elastic`,
//! `vacancy`, `surface`, `adsorption`; and `about`, which names whose it is.

mod about;
mod adsorption;
mod batch;
mod each;
mod elastic;
mod entries;
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
use serde_json::Value;
use std::io::Write;
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
