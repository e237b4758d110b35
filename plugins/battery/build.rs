//! Turns the tables of known cathodes into static data, so that the guest parses nothing at run time.

use matter::{Composition, Element, formula};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, error::Error, fs, path::Path};

#[path = "src/filter.rs"]
mod filter;
#[path = "../model_header.rs"]
mod model_header;

struct Row {
    ion: Element,
    charged: Composition,
    discharged: Composition,
    removed: f64,
    voltage: f64,
    volume_change: f64,
    source: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let datasets = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../datasets");
    let (computed, measured) = (
        datasets.join("cathodes_computed.csv"),
        datasets.join("cathodes_measured.csv"),
    );
    for file in [&computed, &measured] {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/filter.rs");
    println!("cargo::rerun-if-changed=../model_header.rs");
    let models = "../../datasets/models";
    let mut scores = model_header::scores("VOLTAGE", &format!("{models}/insertion_voltage.model"))?;
    scores += &model_header::scores("VOLUME", &format!("{models}/volume_per_atom.model"))?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("scores.rs"), scores)?;
    let (computed, measured) = (chains(rows(&computed)?), averages(rows(&measured)?));
    let mut code = known_sets(computed.iter().chain(&measured));
    code += &table("COMPUTED", computed)?;
    code += &table("MEASURED", measured)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("pairs.rs"), code)?;
    Ok(())
}

fn rows(file: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(file)?;
    let mut rows = Vec::new();
    for record in reader.deserialize::<BTreeMap<String, String>>() {
        let record = record?;
        let text = |name: &str| record.get(name).map(String::as_str).unwrap_or_default();
        let ion =
            Element::from_symbol(text("ion")).ok_or_else(|| format!("no ion {:?}", text("ion")))?;
        let parse = |name: &str| -> Result<Composition, Box<dyn Error>> {
            formula::parse(text(name))
                .map(|f| f.composition)
                .map_err(|e| format!("{}: {e}", text(name)).into())
        };
        let (charged, discharged) = (parse("charged")?, parse("discharged")?);
        rows.push(Row {
            ion,
            removed: removed(&charged, &discharged, ion)?,
            charged,
            discharged,
            voltage: text("voltage_V").parse()?,
            volume_change: text("volume_change").parse().unwrap_or(f64::NAN),
            source: if text("author").is_empty() {
                String::new()
            } else {
                format!("measured: {} {}", text("author"), text("year"))
            },
        });
    }
    Ok(rows)
}

/// Atoms of the ion that leave, per atom of it in the discharged compound; the rest of the formula stays.
fn removed(
    charged: &Composition,
    discharged: &Composition,
    ion: Element,
) -> Result<f64, Box<dyn Error>> {
    let rest = |c: &Composition| c.as_ref().iter().find(|(e, _)| *e != ion);
    let (element, before) = rest(discharged).ok_or("a host of nothing but the ion")?;
    let scale = before / charged.as_ref().amount(element);
    let (all, left) = (
        discharged.as_ref().amount(ion),
        charged.as_ref().amount(ion) * scale,
    );
    if !(scale.is_finite() && left < all) {
        return Err(format!(
            "no {} leaves {}",
            ion.symbol(),
            discharged.as_ref().reduced_formula()
        )
        .into());
    }
    Ok((all - left) / all)
}

/// Consecutive steps joined: each discharged composition with the average over all known steps below it.
fn chains(rows: Vec<Row>) -> Vec<Row> {
    let start = |ion: Element, c: &Composition| {
        rows.iter().find(|r| {
            r.ion == ion && r.discharged.as_ref().fingerprint() == c.as_ref().fingerprint()
        })
    };
    let mut chained = Vec::new();
    for first in &rows {
        let (mut left, mut removed, mut energy, mut volume) = (1.0, 0.0, 0.0, 1.0);
        let mut step = Some(first);
        while let Some(row) = step {
            let amount = left * row.removed;
            removed += amount;
            energy += amount * row.voltage;
            volume *= 1.0 + row.volume_change;
            left -= amount;
            step = start(row.ion, &row.charged);
        }
        chained.push(Row {
            ion: first.ion,
            charged: first.charged.clone(),
            discharged: first.discharged.clone(),
            removed,
            voltage: energy / removed,
            volume_change: volume - 1.0,
            source: String::new(),
        });
    }
    chained
}

/// Polymorphs of one composition joined: their mean, both sources named.
fn averages(rows: Vec<Row>) -> Vec<Row> {
    let mut out: Vec<(Row, f64)> = Vec::new();
    for row in rows {
        let same = |r: &Row| {
            r.ion == row.ion
                && r.discharged.as_ref().fingerprint() == row.discharged.as_ref().fingerprint()
        };
        match out.iter_mut().find(|(r, _)| same(r)) {
            Some((mean, count)) if (mean.removed - row.removed).abs() < 1e-6 => {
                mean.voltage = (mean.voltage * *count + row.voltage) / (*count + 1.0);
                mean.source = format!(
                    "{}; {}",
                    mean.source,
                    row.source.trim_start_matches("measured: ")
                );
                *count += 1.0;
            }
            Some((kept, _)) if kept.removed > row.removed => {}
            Some(kept) => *kept = (row, 1.0),
            None => out.push((row, 1.0)),
        }
    }
    out.into_iter().map(|(row, _)| row).collect()
}

/// The filter of the sets of elements that discharged compositions have.
fn known_sets<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
    let mut words = [0_u64; filter::WORDS];
    for row in rows {
        let elements = row.discharged.as_ref();
        let set = elements
            .iter()
            .fold(0, |set, (e, _)| set | 1 << e.atomic_number());
        let (word, bit) = filter::place(set);
        words[word] |= 1 << bit;
    }
    format!("static KNOWN_SETS: [u64; crate::filter::WORDS] = {words:?};\n")
}

fn table(name: &str, mut rows: Vec<Row>) -> Result<String, Box<dyn Error>> {
    rows.sort_by_key(|r| (r.discharged.as_ref().fingerprint(), r.ion.atomic_number()));
    let mut code = format!("static {name}: [Pair; {}] = [\n", rows.len());
    for row in &rows {
        let composition = row.discharged.as_ref();
        let total: f64 = composition.amounts.iter().sum();
        let fractions: Vec<_> = composition
            .iter()
            .map(|(e, n)| format!("({}, {:?})", e.atomic_number(), n / total))
            .collect();
        let number = |x: f64| {
            if x.is_nan() {
                "f64::NAN".to_owned()
            } else {
                format!("{x:?}")
            }
        };
        writeln!(
            code,
            "    Pair {{ fingerprint: {}, ion: {}, voltage: {}, removed: {}, volume_change: {}, source: {:?}, composition: &[{}] }},",
            composition.fingerprint(),
            row.ion.atomic_number(),
            number(row.voltage),
            number(row.removed),
            number(row.volume_change),
            row.source,
            fractions.join(", "),
        )?;
    }
    code.push_str("];\n");
    Ok(code)
}
