//! Turns `datasets/magnets_measured.csv` into static Rust tables: a plugin starts afresh for every batch and must not
//! parse anything then.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Uncertainty of a value that is quoted to a last digit of size 1: the standard deviation of a uniform error.
const LAST_DIGIT: f64 = 0.288_675_134_594_812_9;

/// One row of the file, by column name.
struct Row<'a> {
    headers: &'a csv::StringRecord,
    record: &'a csv::StringRecord,
}

impl Row<'_> {
    fn text(&self, name: &str) -> Result<&str> {
        let column = self
            .headers
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| format!("no column {name}"))?;
        Ok(self.record.get(column).unwrap_or_default().trim())
    }

    /// NaN where the cell is empty.
    fn number(&self, name: &str) -> Result<f64> {
        let text = self.text(name)?;
        if text.is_empty() {
            return Ok(f64::NAN);
        }
        text.parse()
            .map_err(|_| format!("{name}: {text:?} is no number").into())
    }

    /// Value and standard deviation: that of the two sources' values, at least the rounding of the quoted digits;
    /// NaN where only one source is known.
    fn spread(&self, first: &str, second: &str) -> Result<(f64, f64)> {
        let (a, b) = (self.number(first)?, self.number(second)?);
        let digits = self
            .text(first)?
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        let rounding = LAST_DIGIT * 10f64.powi(-(digits as i32));
        let spread = (a - b).abs() / 2f64.sqrt();
        Ok((
            a,
            if spread.is_nan() {
                f64::NAN
            } else {
                spread.max(rounding)
            },
        ))
    }
}

/// A float that Rust reads back.
fn literal(x: f64) -> String {
    if x.is_nan() {
        "f64::NAN".into()
    } else {
        format!("{x:?}f64")
    }
}

/// Root mean square of the relative standard deviations between sources, over rows that are not disputed.
fn pooled(pairs: &[(f64, f64)]) -> f64 {
    let relative: Vec<f64> = pairs
        .iter()
        .filter(|p| !p.1.is_nan())
        .map(|(value, std)| std / value)
        .collect();
    (relative.iter().map(|r| r * r).sum::<f64>() / relative.len() as f64).sqrt()
}

fn tables(path: &Path) -> Result<String> {
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let mut families = BTreeSet::new();
    let mut rows = Vec::new();
    let (mut saturations, mut anisotropies, mut curies) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for (index, record) in reader.records().enumerate() {
        let record = record?;
        let row = Row {
            headers: &headers,
            record: &record,
        };
        let line = index + 2;
        let formula = row.text("formula")?;
        let parsed =
            matter::formula::parse(formula).map_err(|e| format!("line {line}: {formula}: {e}"))?;
        let composition = parsed.composition.as_ref();
        let fingerprint = composition.fingerprint();
        if !seen.insert(fingerprint) {
            return Err(format!("line {line}: {formula} is there twice").into());
        }
        let saturation = row.spread("saturation_t", "saturation_2_t")?;
        // MJ/m3 in the file, kJ/m3 in the plugin
        let anisotropy = row.spread("k1_mj_m3", "k1_2_mj_m3")?;
        let anisotropy = (1e3 * anisotropy.0, 1e3 * anisotropy.1);
        let curie = row.spread("curie_k", "curie_2_k")?;
        if !row.text("remark")?.starts_with("disputed") {
            saturations.push(saturation);
            anisotropies.push((anisotropy.0.abs(), anisotropy.1));
            curies.push(curie);
        }
        let kind = match row.text("anisotropy")? {
            "uniaxial" => "Uniaxial",
            "planar" => "Planar",
            "cubic" => "Cubic",
            "" => "Unknown",
            other => return Err(format!("line {line}: {other:?} is no kind of anisotropy").into()),
        };
        let family = row.text("family")?.to_owned();
        families.insert(family.clone());
        let mut sources: Vec<&str> = Vec::new();
        for name in [
            "saturation",
            "saturation_2",
            "k1",
            "k1_2",
            "anisotropy_field",
            "curie",
            "curie_2",
        ] {
            let source = row.text(&format!("{name}_source"))?;
            if !source.is_empty() && !sources.contains(&source) {
                sources.push(source);
            }
        }
        let numbers: Vec<String> = composition
            .iter()
            .map(|(e, _)| e.atomic_number().to_string())
            .collect();
        let amounts: Vec<String> = composition.iter().map(|(_, x)| literal(x)).collect();
        let mut text = String::new();
        write!(
            text,
            "    ({fingerprint}, Measured {{ formula: {formula:?}, name: {:?}, family: {family:?}, \
             atomic_numbers: &[{}], amounts: &[{}], kind: Anisotropy::{kind}, saturation: ({}, {}), \
             anisotropy: ({}, {}), anisotropy_field: {}, curie: ({}, {}), density: {}, remark: {:?}, \
             note: {:?} }}),",
            row.text("name")?,
            numbers.join(", "),
            amounts.join(", "),
            literal(saturation.0),
            literal(saturation.1),
            literal(anisotropy.0),
            literal(anisotropy.1),
            literal(row.number("anisotropy_field_t")?),
            literal(curie.0),
            literal(curie.1),
            literal(row.number("density_g_cm3")?),
            row.text("remark")?,
            format!("{}: measured ({})", row.text("name")?, sources.join(", ")),
        )?;
        rows.push((fingerprint, text));
    }
    rows.sort();
    let mut out = String::new();
    writeln!(out, "/// Sorted by the fingerprint of the composition.")?;
    // the spread of two sources may look like √2
    writeln!(out, "#[allow(clippy::approx_constant)]")?;
    writeln!(
        out,
        "pub static MEASURED: [(u64, Measured); {}] = [",
        rows.len()
    )?;
    for (_, row) in &rows {
        writeln!(out, "{row}")?;
    }
    writeln!(out, "];")?;
    for (name, pairs) in [
        ("SATURATION", &saturations),
        ("ANISOTROPY", &anisotropies),
        ("CURIE", &curies),
    ] {
        writeln!(
            out,
            "/// Standard deviation between sources relative to the value, pooled over the table."
        )?;
        let spread = literal(pooled(pairs));
        writeln!(out, "pub const {name}_SPREAD: f64 = {spread};")?;
    }
    Ok(out)
}

fn main() -> Result<()> {
    let path =
        Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../datasets/magnets_measured.csv");
    println!("cargo::rerun-if-changed={}", path.display());
    println!("cargo::rerun-if-changed=build.rs");
    let text = tables(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("measured.rs"), text)?;
    Ok(())
}
