//! Turns `datasets/elements.csv` and `datasets/oxidation_states.csv` into static tables, so that nothing is parsed at
//! run time. A malformed file stops the build with its name, line and column.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What a column of `elements.csv` holds, and so the type of its field in `ElementData`.
enum Kind {
    Text,
    OptionalText,
    Number,
    Flag,
}

const COLUMNS: [(&str, Kind); 35] = [
    ("symbol", Kind::Text),
    ("name", Kind::Text),
    ("atomic_weight", Kind::Number),
    ("period", Kind::Number),
    ("group", Kind::Number),
    ("block", Kind::Text),
    ("atomic_radius_pm", Kind::Number),
    ("covalent_radius_pm", Kind::Number),
    ("metallic_radius_pm", Kind::Number),
    ("vdw_radius_pm", Kind::Number),
    ("en_pauling", Kind::Number),
    ("en_allen_eV", Kind::Number),
    ("en_mulliken_eV", Kind::Number),
    ("ionization_energy_eV", Kind::Number),
    ("electron_affinity_eV", Kind::Number),
    ("density_g_cm3", Kind::Number),
    ("melting_point_K", Kind::Number),
    ("boiling_point_K", Kind::Number),
    ("dipole_polarizability_bohr3", Kind::Number),
    ("abundance_crust_mg_kg", Kind::Number),
    ("abundance_sea_mg_l", Kind::Number),
    ("price_usd_per_kg", Kind::Number),
    ("price_year", Kind::Number),
    ("price_source", Kind::OptionalText),
    ("hhi_production", Kind::Number),
    ("hhi_reserve", Kind::Number),
    ("top_producer", Kind::OptionalText),
    ("top_producer_share_percent", Kind::Number),
    ("recycling_rate_percent", Kind::Number),
    ("substitutability_percent", Kind::Number),
    ("hazard", Kind::OptionalText),
    ("radioactive", Kind::Flag),
    ("rare_earth", Kind::Flag),
    ("noble_metal", Kind::Flag),
    ("critical", Kind::Flag),
];

/// Elements whose negative states are kept for the charge balance. Negative states of the others (Fe, Co, Au, Na, ...)
/// are a handful of ICSD entries each, and would turn alloys into salts.
const ANION_FORMERS: [&str; 21] = [
    "H", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "Ge", "As", "Se", "Br", "Sn", "Sb", "Te",
    "I", "Bi", "Po", "At",
];

/// States with fewer ICSD entries are left out of the charge balance: most are slips of annotation.
const LEAST_COUNT: u32 = 5;

fn main() {
    // Asked for now, not when this was compiled: the sources may have been moved since.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let data = Path::new(&here).join("../../datasets");
    let elements = data.join("elements.csv");
    let states = data.join("oxidation_states.csv");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", elements.display());
    println!("cargo::rerun-if-changed={}", states.display());
    let made = element_tables(&elements)
        .and_then(|(code, symbols)| Ok(code + &state_tables(&states, &symbols)?));
    match (made, std::env::var_os("OUT_DIR")) {
        (Ok(code), Some(out)) => {
            let target = PathBuf::from(out).join("tables.rs");
            if let Err(error) = std::fs::write(&target, code) {
                stop(&format!("{}: {error}", target.display()));
            }
        }
        (Err(message), _) => stop(&message),
        (Ok(_), None) => stop("OUT_DIR is not set"),
    }
}

fn stop(message: &str) -> ! {
    println!("cargo::error={message}");
    std::process::exit(1)
}

/// The code of the element tables, and the 118 symbols.
fn element_tables(path: &Path) -> Result<(String, Vec<String>), String> {
    let (header, rows) = read(path)?;
    let column = |name: &str| {
        let found = header.iter().position(|h| h == name);
        found.ok_or_else(|| format!("{}: line 1: no column `{name}`", path.display()))
    };
    if rows.len() != 118 {
        return Err(format!(
            "{}: {} rows, 118 elements expected",
            path.display(),
            rows.len()
        ));
    }
    let number = column("atomic_number")?;
    let mut code = String::from("static ELEMENTS: [ElementData; 118] = [\n");
    let mut weights = String::from("static ATOMIC_WEIGHTS: [f64; 118] = [");
    let mut names = String::from("impl Element {\n");
    let mut symbols = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let bad = |name: &str, cell: &str, wanted: &str| {
            format!(
                "{}: line {}, column `{name}`: {wanted} expected, found {cell:?}",
                path.display(),
                index + 2
            )
        };
        if row[number].parse() != Ok(index + 1) {
            return Err(bad("atomic_number", &row[number], &(index + 1).to_string()));
        }
        code.push_str("    ElementData {");
        for (name, kind) in &COLUMNS {
            let cell = row[column(name)?].as_str();
            let value = match kind {
                Kind::Text if cell.is_empty() => return Err(bad(name, cell, "text")),
                Kind::Text => format!("{cell:?}"),
                Kind::Number | Kind::OptionalText if cell.is_empty() => "None".into(),
                Kind::OptionalText => format!("Some({cell:?})"),
                Kind::Number => match cell.parse::<f64>() {
                    Ok(x) if x.is_finite() => format!("Some({x:?})"),
                    _ => return Err(bad(name, cell, "a number or nothing")),
                },
                Kind::Flag => match cell {
                    "0" => "false".into(),
                    "1" => "true".into(),
                    _ => return Err(bad(name, cell, "0 or 1")),
                },
            };
            push(
                &mut code,
                format_args!(" {}: {value},", name.to_lowercase()),
            );
        }
        code.push_str(" },\n");
        let weight = row[column("atomic_weight")?].as_str();
        match weight.parse::<f64>() {
            Ok(x) if x > 0.0 && x.is_finite() => push(&mut weights, format_args!("{x:?}, ")),
            _ => return Err(bad("atomic_weight", weight, "a positive number")),
        }
        let symbol = row[column("symbol")?].clone();
        push(
            &mut names,
            format_args!(
                "    /// {}.\n    pub const {}: Self = Self(NonZeroU8::new({}).unwrap());\n",
                row[column("name")?],
                symbol.to_uppercase(),
                index + 1
            ),
        );
        symbols.push(symbol);
    }
    Ok((format!("{code}];\n{weights}];\n{names}}}\n"), symbols))
}

/// The code of the oxidation-state tables: all states with their counts, and those used for the charge balance with the
/// logarithm of their share.
fn state_tables(path: &Path, symbols: &[String]) -> Result<String, String> {
    let (header, rows) = read(path)?;
    if header != ["symbol", "oxidation_state", "icsd24_count"] {
        return Err(format!(
            "{}: line 1: symbol,oxidation_state,icsd24_count expected",
            path.display()
        ));
    }
    let mut all = vec![Vec::<(i8, u32)>::new(); symbols.len()];
    for (index, row) in rows.iter().enumerate() {
        let bad = |name: &str, cell: &str, wanted: &str| {
            format!(
                "{}: line {}, column `{name}`: {wanted} expected, found {cell:?}",
                path.display(),
                index + 2
            )
        };
        let Some(element) = symbols.iter().position(|s| *s == row[0]) else {
            return Err(bad("symbol", &row[0], "an element"));
        };
        let state = row[1]
            .parse()
            .map_err(|_| bad("oxidation_state", &row[1], "a whole number"))?;
        match row[2].parse() {
            Ok(count) if count > 0 => all[element].push((state, count)),
            _ => return Err(bad("icsd24_count", &row[2], "a count above zero")),
        }
    }
    let mut code = String::from("static COUNTS: [&[(i8, u32)]; 118] = [\n");
    let mut usable = String::from("static USABLE: [&[State]; 118] = [\n");
    for (symbol, states) in symbols.iter().zip(&mut all) {
        states.sort_unstable();
        push(&mut code, format_args!("    &{states:?},\n"));
        let anion_former = ANION_FORMERS.contains(&symbol.as_str());
        states.retain(|&(s, count)| count >= LEAST_COUNT && (s > 0 || s < 0 && anion_former));
        let total: u32 = states.iter().map(|s| s.1).sum();
        usable.push_str("    &[");
        for (state, count) in states {
            let share = f64::from(*count) / f64::from(total);
            push(
                &mut usable,
                format_args!(
                    "State {{ charge: {state}.0, log_share: {:?}, common: {} }}, ",
                    share.ln(),
                    share >= 0.01
                ),
            );
        }
        usable.push_str("],\n");
    }
    Ok(format!(
        "pub(crate) mod states {{\nuse crate::oxidation::State;\npub(crate) {code}];\npub(crate) {usable}];\n}}\n"
    ))
}

fn push(code: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = code.write_fmt(text);
}

/// Header and rows of a CSV file; fields may be quoted.
fn read(path: &Path) -> Result<(Vec<String>, Vec<Vec<String>>), String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines = text.lines().map(fields);
    let header = lines.next().unwrap_or_default();
    let rows: Vec<_> = lines.collect();
    for (index, row) in rows.iter().enumerate() {
        if row.len() != header.len() {
            let (line, found, wanted) = (index + 2, row.len(), header.len());
            return Err(format!(
                "{}: line {line}: {found} fields, {wanted} expected",
                path.display()
            ));
        }
    }
    Ok((header, rows))
}

fn fields(line: &str) -> Vec<String> {
    let (mut all, mut field, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(std::mem::take(&mut field)),
            _ => field.push(c),
        }
    }
    all.push(field);
    all
}
