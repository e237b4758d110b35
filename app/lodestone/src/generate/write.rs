//! Candidates as files: a structure each, the table, what was rejected; and as JSON.

use crate::args::StructureFormat;
use crate::{Failure, potential};
use anyhow::{Context, Result, anyhow, bail};
use crystal::format::{self, Format};
use job::Job;
use prototype::matching::Tolerance;
use prototype::{Candidate, Generated, Known, Prototype, Rejected};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;
use table::{TableError, write_atomically};

/// The table's name in the folder.
pub const TABLE: &str = "candidates.csv";

/// What the table says of a candidate beside what the candidate knows.
pub struct Row {
    pub file: String,
    pub known: String,
    cells: Vec<String>,
}

const HEADER: [&str; 14] = [
    "formula",
    "structure",
    "prototype",
    "parent",
    "substitution",
    "probability",
    "measure",
    "charges",
    "space_group",
    "space_group_symbol",
    "sites",
    "volume_per_atom [Å3]",
    "known",
    "remarks",
];

/// Refuses a folder that holds anything: files of another run would pass for candidates.
pub fn check_folder(folder: &Path) -> Result<()> {
    let shown = folder.display();
    if !folder.exists() {
        return Ok(());
    }
    let mut entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {shown}"))?;
    if entries.next().is_some() {
        bail!("--output: the folder {shown} is not empty; name a new one, or empty it");
    }
    Ok(())
}

fn extension(format: StructureFormat) -> (&'static str, Format) {
    match format {
        StructureFormat::Cif => ("cif", Format::Cif),
        StructureFormat::Poscar => ("vasp", Format::Poscar),
        StructureFormat::Extxyz => ("extxyz", Format::ExtXyz),
    }
}

/// The rows of the table, with a file's name for each candidate that no other has.
pub fn rows(
    candidates: &[Candidate],
    format: StructureFormat,
    known: &Known,
    tolerance: &Tolerance,
) -> Vec<Row> {
    let mut taken = HashSet::new();
    let (ending, _) = extension(format);
    let row = |candidate: &Candidate| {
        let structure = &candidate.structure;
        let composition = structure.composition();
        let reduced = composition.as_ref().reduced();
        let prototype = candidate.prototype.replace(['/', '\\'], "-");
        let stem = format!("{}_{prototype}", reduced.as_ref().formula());
        let numbered = |number: usize| match number {
            1 => format!("{stem}.{ending}"),
            _ => format!("{stem}-{number}.{ending}"),
        };
        // File systems that ignore case must not merge two: CO and Co.
        let file = (1..)
            .map(numbered)
            .find(|name| taken.insert(name.to_lowercase()))
            .unwrap_or_default();
        let known = known.find(structure, tolerance).unwrap_or("").to_owned();
        let charges: Vec<String> = candidate
            .charges
            .iter()
            .map(|(element, charge)| format!("{element}{:+}", (charge * 1e3).round() / 1e3))
            .collect();
        let cells = vec![
            structure.formula(),
            file.clone(),
            candidate.prototype.clone(),
            candidate.parent.clone(),
            candidate.substitution_text(),
            format!("{:.3e}", candidate.probability),
            candidate.measure.to_string(),
            charges.join(" "),
            candidate.space_group.to_string(),
            candidate.symbol.clone(),
            structure.sites.len().to_string(),
            format!("{:.3}", structure.volume_per_atom()),
            known.clone(),
            candidate.notes.join("; "),
        ];
        Row { file, known, cells }
    };
    candidates.iter().map(row).collect()
}

/// Writes the structures, and the table last: where it stands, all files of it do.
pub fn all(
    folder: &Path,
    rows: &[Row],
    candidates: &[Candidate],
    format: StructureFormat,
    job: &Job,
) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    job.stage("writing", Some(rows.len() as u64));
    let (_, format) = extension(format);
    for (row, candidate) in rows.iter().zip(candidates) {
        job.check()?;
        let text = format::write(&candidate.structure, format)
            .map_err(|error| anyhow!("{}: {error}", row.file))?;
        write_text(&folder.join(&row.file), &text)?;
        job.advance(1);
    }
    let mut text = line(HEADER);
    for row in rows {
        text += &line(row.cells.iter().map(String::as_str));
    }
    write_text(&folder.join(TABLE), &text)
}

/// The combinations that are no candidates.
pub fn rejected(path: &Path, rejected: &[Rejected]) -> Result<()> {
    let mut text = line(["formula", "prototype", "substitution", "reason", "detail"]);
    for one in rejected {
        text += &line([
            one.formula.as_str(),
            &one.prototype,
            &one.substitution,
            one.why.reason(),
            &one.detail,
        ]);
    }
    write_text(path, &text)
}

/// A line of CSV.
fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = |cell: &str| match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    };
    let cells: Vec<String> = cells.into_iter().map(quoted).collect();
    cells.join(",") + "\n"
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    let name = path.display().to_string();
    Ok(write_atomically(path, |writer| {
        writer
            .write_all(text.as_bytes())
            .map_err(|error| TableError::io("write", &name, error))
    })?)
}

/// Counts and candidates for programs.
pub fn json(found: &Generated, rows: &[Row]) -> Result<(), Failure> {
    let rejected: serde_json::Map<String, Value> = found
        .rejected
        .iter()
        .map(|(why, count)| (why.reason().to_owned(), json!(count)))
        .collect();
    let candidates: Vec<Value> = rows
        .iter()
        .map(|row| {
            let pairs = HEADER.iter().zip(&row.cells);
            Value::Object(
                pairs
                    .map(|(name, cell)| ((*name).to_owned(), cell_value(name, cell)))
                    .collect(),
            )
        })
        .collect();
    let left_out = found.left_out.iter();
    potential::print_json(&json!({
        "combinations": found.combinations,
        "rejected": rejected,
        "left_out": left_out.map(|(name, why)| json!({ "prototype": name, "reason": why })).collect::<Vec<_>>(),
        "candidates": candidates,
    }))
}

/// Numbers as numbers.
fn cell_value(name: &str, cell: &str) -> Value {
    let is_number = matches!(name, "probability" | "space_group" | "sites") || name.contains('[');
    match cell.parse::<f64>() {
        Ok(number) if is_number => json!(number),
        _ => json!(cell),
    }
}

/// The prototypes for programs.
pub fn json_of_prototypes(prototypes: &[Prototype]) -> Result<(), Failure> {
    let value = |p: &Prototype| {
        json!({
            "name": p.name,
            "formula": p.formula,
            "space_group": p.space_group,
            "space_group_symbol": p.symbol,
            "sites": p.structure.sites.len(),
            "called": p.called,
            "source": p.source,
        })
    };
    potential::print_json(&Value::Array(prototypes.iter().map(value).collect()))
}

/// Rows as an aligned table on standard output.
pub fn print_table(rows: Vec<Vec<String>>) -> Result<(), Failure> {
    potential::print_table(rows)
}
