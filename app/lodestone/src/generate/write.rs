//! Candidates as files: a structure each, the table, what was rejected; and as JSON.

use crate::args::StructureFormat;
use crate::files::write_text;
use crate::{Failure, potential};
use anyhow::{Context, Result, anyhow, bail};
use crystal::format::{self, Format};
use job::Job;
use prototype::listing::{self, HEADER, Row, TABLE, line};
use prototype::matching::Tolerance;
use prototype::{Candidate, Generated, Known, Prototype, Rejected};
use serde_json::{Value, json};
use std::path::Path;

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

/// The rows of the table.
pub fn rows(
    candidates: &[Candidate],
    format: StructureFormat,
    known: &Known,
    tolerance: &Tolerance,
) -> Vec<Row> {
    listing::rows(candidates, extension(format).0, known, tolerance)
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
    write_text(&folder.join(TABLE), &listing::csv(rows))
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
