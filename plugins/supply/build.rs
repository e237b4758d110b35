//! Turns datasets/elements.csv into constants: what each element costs, how risky its supply is, which lists name it.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

mod risk {
    include!("src/risk.rs");
}

const TABLE: &str = "../../datasets/elements.csv";
const LAST_ELEMENT: usize = 118;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={TABLE}");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/risk.rs");
    let mut reader = csv::Reader::from_path(TABLE).map_err(|error| format!("{TABLE}: {error}"))?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|header| header == name)
            .ok_or(format!("{TABLE} has no column {name}"))
    };
    let number = |record: &csv::StringRecord, name: &str| -> Result<Option<f64>, Box<dyn Error>> {
        let text = &record[column(name)?];
        Ok(if text.is_empty() {
            None
        } else {
            Some(text.parse()?)
        })
    };

    let mut lines = vec![
        String::from(
            "    Element { mass: f64::NAN, price: f64::NAN, risk: f64::NAN, critical: false, noble: false, rare_earth: false, heavy_rare_earth: false, toxic: false },"
        );
        LAST_ELEMENT + 1
    ];
    let (mut first_year, mut last_year) = (u32::MAX, 0);
    for record in reader.records() {
        let record = record?;
        let atomic_number: usize = record[column("atomic_number")?].parse()?;
        if let Some(year) = number(&record, "price_year")? {
            first_year = first_year.min(year as u32);
            last_year = last_year.max(year as u32);
        }
        let risk = risk::element_risk(&risk::Indicators {
            hhi_production: number(&record, "hhi_production")?,
            hhi_reserve: number(&record, "hhi_reserve")?,
            top_producer_share_percent: number(&record, "top_producer_share_percent")?,
            recycling_rate_percent: number(&record, "recycling_rate_percent")?,
            substitutability_percent: number(&record, "substitutability_percent")?,
            abundance_crust_mg_kg: number(&record, "abundance_crust_mg_kg")?,
        });
        let flag = |name: &str| column(name).map(|index| &record[index] == "1");
        let rare_earth = flag("rare_earth")?;
        // The EU's division: light up to samarium; yttrium is heavy, scandium neither.
        let heavy_rare_earth = rare_earth && (atomic_number == 39 || atomic_number >= 63);
        let toxic = !record[column("hazard")?].is_empty() || flag("radioactive")?;
        lines[atomic_number] = format!(
            "    Element {{ mass: {}, price: {}, risk: {}, critical: {}, noble: {}, rare_earth: {rare_earth}, heavy_rare_earth: {heavy_rare_earth}, toxic: {toxic} }},",
            literal(number(&record, "atomic_weight")?),
            literal(number(&record, "price_usd_per_kg")?),
            literal(risk),
            flag("critical")?,
            flag("noble_metal")?,
        );
    }

    let mut code = String::new();
    writeln!(code, "/// Years of the prices, first and last.")?;
    writeln!(
        code,
        "pub const PRICE_YEARS: (u32, u32) = ({first_year}, {last_year});"
    )?;
    writeln!(code, "/// By atomic number.")?;
    writeln!(
        code,
        "static ELEMENTS: [Element; {}] = [\n{}\n];",
        lines.len(),
        lines.join("\n")
    )?;
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("supply_elements.rs"),
        code,
    )?;
    Ok(())
}

fn literal(value: Option<f64>) -> String {
    value.map_or("f64::NAN".into(), |value| format!("{value:?}"))
}
