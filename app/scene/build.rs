//! Turns `datasets/element_styles.csv` into a table that is compiled in. A malformed file stops the build with its line.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const TABLE: &str = "../../datasets/element_styles.csv";
const HEADER: &str = "symbol,covalent_radius_cordero_pm,jmol,vesta,colour_blind";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={TABLE}");
    println!("cargo::rerun-if-changed=build.rs");
    let text = fs::read_to_string(TABLE).map_err(|error| format!("{TABLE}: {error}"))?;
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        return Err(format!("{TABLE}:1: expected the columns {HEADER}").into());
    }
    let mut code = String::from("static ELEMENT_STYLES: [ElementStyle; 118] = [\n");
    let mut rows = 0;
    for (index, line) in lines.enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let [_, radius, jmol, vesta, colour_blind] = cells[..] else {
            return Err(format!("{TABLE}:{}: expected 5 cells: {line}", index + 2).into());
        };
        let place = |error| format!("{TABLE}:{}: {error}: {line}", index + 2);
        let radius = match radius {
            "" => "None".to_string(),
            text => format!("Some({:?})", text.parse::<f64>()?),
        };
        let [jmol, vesta, colour_blind] = [jmol, vesta, colour_blind].map(colour);
        writeln!(
            code,
            "ElementStyle {{ covalent_radius_pm: {radius}, jmol: {}, vesta: {}, colour_blind: {} }},",
            jmol.map_err(place)?,
            vesta.map_err(place)?,
            colour_blind.map_err(place)?,
        )?;
        rows += 1;
    }
    if rows != 118 {
        return Err(format!("{TABLE}: {rows} elements instead of 118").into());
    }
    code.push_str("];\n");
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("element_styles.rs"),
        code,
    )?;
    Ok(())
}

/// `#rrggbb` as the code of an `Option<[u8; 3]>`.
fn colour(text: &str) -> Result<String, Box<dyn Error>> {
    if text.is_empty() {
        return Ok("None".into());
    }
    let digits = text
        .strip_prefix('#')
        .filter(|d| d.len() == 6)
        .ok_or("a colour is written #rrggbb")?;
    let value = u32::from_str_radix(digits, 16)?;
    let [_, r, g, b] = value.to_be_bytes();
    Ok(format!("Some([{r}, {g}, {b}])"))
}
