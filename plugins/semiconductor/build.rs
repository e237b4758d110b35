//! Integrates the solar spectrum into the limiting efficiency of a solar cell by band gap, so that the guest reads a table.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "src/limit.rs"]
mod limit;
#[path = "../model_header.rs"]
mod model_header;

const SPECTRUM: &str = "../../datasets/solar_spectrum_am15g.csv";
const ELEMENTS: &str = "../../datasets/elements.csv";

fn main() -> Result<(), Box<dyn Error>> {
    for file in [
        SPECTRUM,
        ELEMENTS,
        "build.rs",
        "src/limit.rs",
        "../model_header.rs",
    ] {
        println!("cargo::rerun-if-changed={file}");
    }
    let mut spectrum = Vec::new();
    for record in csv::Reader::from_path(SPECTRUM)?.records() {
        let record = record?;
        spectrum.push((record[0].parse()?, record[1].parse()?));
    }
    let mut code =
        String::from("/// Efficiency, %, at the gaps of the table.\nstatic EFFICIENCY: [f64; ");
    let table: Vec<f64> = (0..limit::GAPS)
        .map(|i| limit::efficiency(&spectrum, limit::gap(i)))
        .collect();
    write!(code, "{}] = [", table.len())?;
    for value in table {
        write!(code, "{value:.6},")?;
    }
    code += "];\n";
    code += &electronegativities()?;
    code += &model_header::scores("GAP", "../../datasets/models/band_gap.model")?;
    code += &model_header::scores("FORMATION", "../../datasets/models/formation_energy.model")?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("tables.rs"), code)?;
    Ok(())
}

fn electronegativities() -> Result<String, Box<dyn Error>> {
    let mut values = vec![String::from("f64::NAN"); 119];
    let mut reader = csv::Reader::from_path(ELEMENTS)?;
    let headers = reader.headers()?.clone();
    let place = |name: &str| {
        headers
            .iter()
            .position(|header| header == name)
            .ok_or_else(|| format!("{ELEMENTS} has no column {name}"))
    };
    let (number, chi) = (place("atomic_number")?, place("en_mulliken_eV")?);
    for record in reader.records() {
        let record = record?;
        if !record[chi].is_empty() {
            let value: f64 = record[chi].parse()?;
            values[record[number].parse::<usize>()?] = format!("{value:?}");
        }
    }
    Ok(format!(
        "/// Mulliken electronegativity, eV, by atomic number.\nstatic ELECTRONEGATIVITY: [f64; {}] = [{}];\n",
        values.len(),
        values.join(",")
    ))
}
