//! Turns the catalyst tables of `datasets/` into static data, so that the guest parses nothing at run time.

use matter::{Element, formula};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

#[path = "../model_header.rs"]
mod model_header;

type Row = BTreeMap<String, String>;
type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let datasets = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../datasets");
    println!("cargo::rerun-if-changed=build.rs");
    let mut code = elements(&read(&datasets, "elements.csv")?)?;
    code += &segregation(&read(&datasets, "saa_segregation.csv")?)?;
    code += &stability_class(&read(&datasets, "saa_stability_class.csv")?)?;
    code += &perovskites(&read(&datasets, "perovskites.csv")?)?;
    code += &radii(&read(&datasets, "ionic_radii_shannon.csv")?)?;
    code += &flat_bands(&read(&datasets, "flat_band_potentials.csv")?)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("tables.rs"), code)?;
    println!("cargo::rerun-if-changed=../model_header.rs");
    let models = "../../datasets/models";
    let mut scores = model_header::scores("GAP", &format!("{models}/band_gap.model"))?;
    scores += &model_header::scores("STABILITY", &format!("{models}/perovskite_stability.model"))?;
    scores += &model_header::scores("SEGREGATION", &format!("{models}/segregation_energy.model"))?;
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("scores.rs"),
        scores,
    )?;
    Ok(())
}

fn read(datasets: &Path, name: &str) -> Fallible<Vec<Row>> {
    let file = datasets.join(name);
    println!("cargo::rerun-if-changed={}", file.display());
    let mut reader =
        csv::Reader::from_path(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    reader.deserialize().map(|row| Ok(row?)).collect()
}

fn text<'a>(row: &'a Row, column: &str) -> Fallible<&'a str> {
    row.get(column)
        .map(String::as_str)
        .ok_or_else(|| format!("no column {column}").into())
}

fn number(row: &Row, column: &str) -> Fallible<f64> {
    let text = text(row, column)?;
    text.parse()
        .map_err(|_| format!("{column}: {text:?} is no number in {row:?}").into())
}

fn number_or_nan(row: &Row, column: &str) -> Fallible<f64> {
    if text(row, column)?.is_empty() {
        Ok(f64::NAN)
    } else {
        number(row, column)
    }
}

fn element(row: &Row, column: &str) -> Fallible<u8> {
    let symbol = text(row, column)?;
    Element::from_symbol(symbol)
        .map(|e| e.atomic_number())
        .ok_or_else(|| format!("no element {symbol:?}").into())
}

/// A literal that reads back as the same number.
fn literal(value: f64) -> String {
    if value.is_nan() {
        "f64::NAN".into()
    } else {
        format!("{value:?}")
    }
}

fn elements(rows: &[Row]) -> Fallible<String> {
    let mut all = BTreeMap::new();
    for row in rows {
        let columns = [
            "group",
            "metallic_radius_pm",
            "boiling_point_K",
            "en_pauling",
            "en_mulliken_eV",
        ];
        let values: Result<Vec<f64>, _> = columns.iter().map(|c| number_or_nan(row, c)).collect();
        let [group, radius, boiling, pauling, mulliken] = values?[..] else {
            return Err("five columns".into());
        };
        all.insert(
            number(row, "atomic_number")? as usize,
            format!(
                "Constants {{ group: {}, metallic_radius: {}, boiling_point: {}, pauling: {}, mulliken: {} }}",
                literal(group),
                literal(radius / 100.0),
                literal(boiling),
                literal(pauling),
                literal(mulliken)
            ),
        );
    }
    let mut code = String::from("static ELEMENTS: [Constants; 119] = [\n");
    for z in 0..119 {
        writeln!(
            code,
            "    {},",
            all.get(&z).map_or("Constants::UNKNOWN", String::as_str)
        )?;
    }
    Ok(code + "];\n")
}

fn segregation(rows: &[Row]) -> Fallible<String> {
    let mut all = BTreeMap::new();
    for row in rows {
        let (host, dopant) = (element(row, "host")?, element(row, "dopant")?);
        let alternative = u8::from(text(row, "facet")? == "100");
        if host == dopant
            || all
                .insert(
                    (host, alternative, dopant),
                    number(row, "segregation_energy_eV")?,
                )
                .is_some()
        {
            return Err(format!("a self-pair or a pair twice: {row:?}").into());
        }
    }
    let mut code = format!(
        "static SEGREGATION: [((u8, u8, u8), f64); {}] = [\n",
        all.len()
    );
    for (key, energy) in all {
        writeln!(code, "    ({key:?}, {}),", literal(energy))?;
    }
    Ok(code + "];\n")
}

fn stability_class(rows: &[Row]) -> Fallible<String> {
    let mut all = BTreeMap::new();
    for row in rows {
        if all
            .insert(
                (element(row, "host")?, element(row, "dopant")?),
                number(row, "stability_class")?,
            )
            .is_some()
        {
            return Err(format!("a pair twice: {row:?}").into());
        }
    }
    let mut code = format!(
        "static STABILITY_CLASS: [((u8, u8), f64); {}] = [\n",
        all.len()
    );
    for (key, class) in all {
        writeln!(code, "    ({key:?}, {}),", literal(class))?;
    }
    Ok(code + "];\n")
}

/// The table is a grid: every pair of cations (an element with itself too) times every combination of anions, so a place
/// in it needs no key. Energies are kept in meV per five-atom cell.
fn perovskites(rows: &[Row]) -> Fallible<String> {
    let mut all = BTreeMap::new();
    let (mut cations, mut combinations) = (Vec::new(), Vec::new());
    for row in rows {
        let composition = formula::parse(text(row, "formula")?)
            .map_err(|e| format!("{row:?}: {e}"))?
            .composition;
        let (mut pair, mut anions) = (Vec::new(), [0_u8; 4]);
        for (element, amount) in composition.as_ref().iter() {
            match [8, 7, 16, 9]
                .iter()
                .position(|&z| z == element.atomic_number())
            {
                Some(k) => anions[k] = amount as u8,
                None => pair.extend(vec![element.atomic_number(); amount as usize]),
            }
        }
        let [a, b] = pair[..] else {
            return Err(format!("not two cations: {row:?}").into());
        };
        let energy = 1000.0 * number(row, "stability [eV/cell]")?;
        let energy = (energy.round() - energy)
            .abs()
            .lt(&1e-6)
            .then_some(energy.round() as i16)
            .ok_or("not in meV")?;
        cations.extend([a, b]);
        combinations.push(anions);
        if all.insert((a.min(b), a.max(b), anions), energy).is_some() {
            return Err(format!("a formula twice: {row:?}").into());
        }
    }
    cations.sort_unstable();
    cations.dedup();
    combinations.sort_unstable();
    combinations.dedup();
    let mut code = format!("static CATIONS: [u8; {}] = {cations:?};\n", cations.len());
    writeln!(
        code,
        "static ANIONS: [[u8; 4]; {}] = {combinations:?};",
        combinations.len()
    )?;
    let mut energies = Vec::new();
    for (i, a) in cations.iter().enumerate() {
        for b in &cations[..=i] {
            energies.extend(
                combinations
                    .iter()
                    .map(|c| all.remove(&(*b, *a, *c)).unwrap_or(i16::MIN)),
            );
        }
    }
    writeln!(
        code,
        "static PEROVSKITES: [i16; {}] = {energies:?};",
        energies.len()
    )?;
    Ok(code)
}

/// Whether the coordination is planar or pyramidal, whether the spin is the unwanted one, and Å.
type Radius = (bool, bool, f64);

/// One radius for an ion and coordination: planar and pyramidal coordination only where there is no other, high spin for
/// four to seven d electrons and low spin otherwise, as in Bartel et al. 2019.
fn radii(rows: &[Row]) -> Fallible<String> {
    let mut all: BTreeMap<(u8, i8, u8), Vec<Radius>> = BTreeMap::new();
    for row in rows {
        let (z, charge) = (element(row, "element")?, number(row, "charge")? as i8);
        let radius = number(row, "ionic_radius_A")?;
        if radius <= 0.0 {
            continue; // protons
        }
        let d_electrons = i32::from(z) - 18 - i32::from(charge);
        let wanted = if (4..=7).contains(&d_electrons) {
            "HS"
        } else {
            "LS"
        };
        let spin = text(row, "spin")?;
        all.entry((z, charge, number(row, "coordination")? as u8))
            .or_default()
            .push((
                !text(row, "geometry")?.is_empty(),
                !spin.is_empty() && spin != wanted,
                radius,
            ));
    }
    let mut code = format!("static RADII: [((u8, i8, u8), f64); {}] = [\n", all.len());
    for (key, mut radii) in all {
        radii.sort_by_key(|&(planar, spin, _)| (planar, spin));
        writeln!(code, "    ({key:?}, {}),", literal(radii[0].2))?;
    }
    Ok(code + "];\n")
}

fn flat_bands(rows: &[Row]) -> Fallible<String> {
    let mut code = format!(
        "#[cfg(not(target_arch = \"wasm32\"))]\nstatic FLAT_BANDS: [FlatBand; {}] = [\n",
        rows.len()
    );
    for row in rows {
        formula::parse(text(row, "formula")?).map_err(|e| format!("{row:?}: {e}"))?;
        writeln!(
            code,
            "    FlatBand {{ formula: {:?}, conducts_holes: {}, band_gap: {}, potential: {}, ph: {} }},",
            text(row, "formula")?,
            text(row, "conduction")? == "p",
            literal(number(row, "band_gap_eV")?),
            literal(number(row, "potential_V_vs_SHE")?),
            literal(number(row, "pH")?),
        )?;
    }
    Ok(code + "];\n")
}
