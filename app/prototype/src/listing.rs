//! Candidates as rows of a table with a file each, the same whoever writes them.

use crate::matching::Tolerance;
use crate::{Candidate, Known};
use std::collections::HashSet;

/// The table's name in the folder of the candidates' files.
pub const TABLE: &str = "candidates.csv";

/// The table's header.
pub const HEADER: [&str; 14] = [
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

/// What the table says of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its structure's file, whose name no other has.
    pub file: String,
    /// The structure that it is the same as; empty where none is known.
    pub known: String,
    /// A cell for each column of [`HEADER`].
    pub cells: Vec<String>,
}

/// The rows of the table; files end in `ending`.
pub fn rows(
    candidates: &[Candidate],
    ending: &str,
    known: &Known,
    tolerance: &Tolerance,
) -> Vec<Row> {
    let mut taken = HashSet::new();
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

/// The table as CSV.
pub fn csv(rows: &[Row]) -> String {
    let mut text = line(HEADER);
    for row in rows {
        text += &line(row.cells.iter().map(String::as_str));
    }
    text
}

/// A line of CSV.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = |cell: &str| match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    };
    let cells: Vec<String> = cells.into_iter().map(quoted).collect();
    cells.join(",") + "\n"
}
