//! Turns datasets/magpie_elements.csv into a table that is compiled in.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const TABLE: &str = "../../datasets/magpie_elements.csv";
const LAST_ELEMENT: usize = 118;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={TABLE}");
    println!("cargo::rerun-if-changed=build.rs");
    let mut reader = csv::Reader::from_path(TABLE).map_err(|error| format!("{TABLE}: {error}"))?;
    let properties: Vec<String> = reader.headers()?.iter().skip(2).map(String::from).collect();
    let mut rows = vec![vec![None; properties.len()]; LAST_ELEMENT + 1];
    for record in reader.records() {
        let record = record?;
        let number: usize = record[0].parse()?;
        for (cell, text) in rows[number].iter_mut().zip(record.iter().skip(2)) {
            *cell = if text.is_empty() {
                None
            } else {
                Some(text.parse::<f64>()?)
            };
        }
    }

    let mut code = String::new();
    writeln!(
        code,
        "/// The element properties, in the order of the columns of the element table."
    )?;
    writeln!(
        code,
        "pub const PROPERTIES: [&str; {}] = {properties:?};",
        properties.len()
    )?;
    writeln!(code, "/// By atomic number; NaN where Magpie has no value.")?;
    writeln!(
        code,
        "static ELEMENTS: [[f64; {}]; {}] = [",
        properties.len(),
        rows.len()
    )?;
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| cell.map_or("f64::NAN".into(), |value| format!("{value:?}")))
            .collect();
        writeln!(code, "    [{}],", cells.join(", "))?;
    }
    writeln!(code, "];")?;
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("magpie_elements.rs"),
        code,
    )?;
    Ok(())
}
