//! Turns datasets/prototypes into tables and texts that are compiled in.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const FOLDER: &str = "../../datasets/prototypes";
const ELEMENTS: &str = "../../datasets/elements.csv";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    for watched in [FOLDER, ELEMENTS] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let mut code = String::new();
    let folder = fs::canonicalize(FOLDER).map_err(|error| format!("{FOLDER}: {error}"))?;
    let cif = folder.join("prototypes.cif");
    writeln!(code, "pub(crate) static CIF: &str = include_str!({cif:?});")?;
    entries(&folder, &mut code)?;
    ions(&folder, &mut code)?;
    Ok(fs::write(
        Path::new(&env::var("OUT_DIR")?).join("tables.rs"),
        code,
    )?)
}

/// The index: what each prototype is called, and its space group.
fn entries(folder: &Path, code: &mut String) -> Result<(), Box<dyn Error>> {
    let mut rows = 0;
    let mut list = String::new();
    for record in csv::Reader::from_path(folder.join("index.csv"))?.records() {
        let record = record?;
        let [
            name,
            called,
            label,
            strukturbericht,
            mineral,
            group,
            symbol,
            origin,
            source,
        ] = std::array::from_fn(|i| record.get(i).unwrap_or(""));
        let group: u8 = group.parse()?;
        writeln!(
            list,
            "    Entry {{ name: {name:?}, called: {called:?}, label: {label:?}, strukturbericht: {strukturbericht:?}, mineral: {mineral:?}, \
             space_group: {group}, symbol: {symbol:?}, origin: {origin:?}, source: {source:?} }},"
        )?;
        rows += 1;
    }
    writeln!(
        code,
        "pub(crate) static ENTRIES: [Entry; {rows}] = [\n{list}];"
    )?;
    Ok(())
}

/// The weights of pairs of ions, and the ions, both in order.
fn ions(folder: &Path, code: &mut String) -> Result<(), Box<dyn Error>> {
    let mut numbers = BTreeMap::new();
    for record in csv::Reader::from_path(ELEMENTS)?.records() {
        let record = record?;
        numbers.insert(record[1].to_owned(), record[0].parse::<u8>()?);
    }
    let mut pairs = BTreeMap::new();
    let mut species = BTreeMap::new();
    for record in csv::Reader::from_path(folder.join("ionic_substitutions.csv"))?.records() {
        let record = record?;
        let ion = |at: usize| -> Result<(u8, i8), Box<dyn Error>> {
            let number = numbers.get(&record[at]).ok_or("no such element")?;
            Ok((*number, record[at + 1].parse()?))
        };
        let (a, b): ((u8, i8), (u8, i8)) = (ion(0)?, ion(2)?);
        let weight: f64 = record[4].parse()?;
        pairs.insert((a.min(b), a.max(b)), weight);
        species.insert(a, ());
        species.insert(b, ());
    }
    writeln!(code, "/// Atomic number and charge of every ion, in order.")?;
    let ions: Vec<String> = species.keys().map(|ion| format!("{ion:?}")).collect();
    writeln!(
        code,
        "pub(crate) static IONS: [(u8, i8); {}] = [{}];",
        ions.len(),
        ions.join(", ")
    )?;
    let place: BTreeMap<_, _> = species.keys().zip(0_u16..).collect();
    writeln!(
        code,
        "/// Places of two ions in `IONS`, the first not behind the second, and their weight; in order."
    )?;
    writeln!(
        code,
        "pub(crate) static WEIGHTS: [((u16, u16), f64); {}] = [",
        pairs.len()
    )?;
    for ((a, b), weight) in &pairs {
        writeln!(code, "    (({}, {}), {weight:?}),", place[a], place[b])?;
    }
    writeln!(code, "];")?;
    Ok(())
}
