//! Turns datasets/magpie_elements.csv and datasets/ionic_radii_shannon.csv into tables that are compiled in.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const TABLE: &str = "../../datasets/magpie_elements.csv";
const RADII: &str = "../../datasets/ionic_radii_shannon.csv";
const LAST_ELEMENT: usize = 118;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    magpie_elements()?;
    shannon_radii()
}

fn write(name: &str, code: String) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(
        Path::new(&env::var("OUT_DIR")?).join(name),
        code,
    )?)
}

fn magpie_elements() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={TABLE}");
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
        "pub(crate) static ELEMENTS: [[f64; {}]; {}] = [",
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
    write("magpie_elements.rs", code)
}

/// One radius for an ion and coordination number. Square and pyramidal coordination count only where there is no other;
/// of two spin states the high one for four to seven d electrons and the low one otherwise, as in C. J. Bartel et al.,
/// Sci. Adv. 5, eaav0693 (2019); the other where only that is tabulated.
fn shannon_radii() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={RADII}");
    let symbols = symbols()?;
    let mut all: BTreeMap<(u8, i8, u8), (bool, bool, f64)> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(RADII).map_err(|error| format!("{RADII}: {error}"))?;
    for record in reader.deserialize() {
        let (symbol, charge, coordination, geometry, spin, radius, _, _): ShannonRow = record?;
        if radius <= 0.0 {
            continue; // protons
        }
        let number = *symbols
            .get(&symbol)
            .ok_or_else(|| format!("{RADII}: no element {symbol}"))?;
        let d_electrons = i32::from(number) - 18 - i32::from(charge);
        let usual = if (4..=7).contains(&d_electrons) {
            "HS"
        } else {
            "LS"
        };
        let found = (
            !geometry.is_empty(),
            !spin.is_empty() && spin != usual,
            radius,
        );
        let kept = all.entry((number, charge, coordination)).or_insert(found);
        if (found.0, found.1) < (kept.0, kept.1) {
            *kept = found;
        }
    }
    let mut code = String::new();
    writeln!(
        code,
        "/// Atomic number, charge and coordination number, in this order; effective ionic radius, Å."
    )?;
    writeln!(
        code,
        "static RADII: [((u8, i8, u8), f64); {}] = [",
        all.len()
    )?;
    for (key, (_, _, radius)) in all {
        writeln!(code, "    ({key:?}, {radius:?}),")?;
    }
    writeln!(code, "];")?;
    write("shannon_radii.rs", code)
}

/// Element, charge, coordination number, geometry, spin, ionic radius (Å), origin, most reliable.
type ShannonRow = (String, i8, u8, String, String, f64, String, String);

/// Atomic numbers by symbol.
fn symbols() -> Result<BTreeMap<String, u8>, Box<dyn Error>> {
    let mut symbols = BTreeMap::new();
    for record in csv::Reader::from_path(TABLE)?.records() {
        let record = record?;
        symbols.insert(record[1].to_owned(), record[0].parse()?);
    }
    Ok(symbols)
}
