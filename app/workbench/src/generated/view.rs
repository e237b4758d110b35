//! What was made, line by line.

use prototype::listing::{self, Row};
use prototype::matching::Tolerance;
use prototype::{Candidate, Generated, Known, Measure, Prototype, Rejection};

/// A structure type, as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct PrototypeLine {
    pub name: String,
    pub formula: String,
    /// What else it answers to.
    pub called: String,
    pub space_group: u8,
    pub symbol: String,
    /// Of the primitive cell.
    pub sites: usize,
    pub source: String,
}

impl PrototypeLine {
    pub(super) fn of(prototype: &Prototype) -> Self {
        Self {
            name: prototype.name.clone(),
            formula: prototype.formula.clone(),
            called: prototype.called.join(", "),
            space_group: prototype.space_group,
            symbol: prototype.symbol.clone(),
            sites: prototype.structure.sites.len(),
            source: prototype.source.clone(),
        }
    }

    /// Whether any of its names holds a text, whatever its case.
    pub fn answers(&self, text: &str) -> bool {
        let text = text.trim().to_lowercase();
        let names = [&self.name, &self.formula, &self.called, &self.symbol];
        names.iter().any(|name| name.to_lowercase().contains(&text))
    }
}

/// A candidate, as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneratedLine {
    pub formula: String,
    /// The parent's name and formula.
    pub prototype: String,
    pub parent: String,
    /// `Au>Fe Cu>Ni`.
    pub substitution: String,
    pub probability: f64,
    /// What the probability rests on.
    pub measure: Measure,
    /// Number and symbol of the space group.
    pub space_group: u8,
    pub symbol: String,
    /// The structure that it is the same as; empty where none is known.
    pub known: String,
    /// What to beware of.
    pub remarks: Vec<String>,
}

/// Candidates, and what became of everything else.
#[derive(Clone, Debug)]
pub struct GeneratedView {
    /// The likeliest first.
    pub lines: Vec<GeneratedLine>,
    /// Combinations of elements that were asked about.
    pub combinations: u64,
    /// How many are no candidates, by reason.
    pub rejected: Vec<(Rejection, u64)>,
    /// Prototypes that were left out, with the reason.
    pub left_out: Vec<(String, String)>,
    /// How many candidates are the same as something that is known.
    pub known: usize,
    pub(super) candidates: Vec<Candidate>,
    pub(super) rows: Vec<Row>,
    pub(super) parents: Vec<Prototype>,
}

impl GeneratedView {
    pub(super) fn new(
        found: Generated,
        parents: Vec<Prototype>,
        known: &Known,
        tolerance: &Tolerance,
    ) -> Self {
        let rows = listing::rows(&found.candidates, "cif", known, tolerance);
        let line = |(candidate, row): (&Candidate, &Row)| GeneratedLine {
            formula: candidate.structure.formula(),
            prototype: candidate.prototype.clone(),
            parent: candidate.parent.clone(),
            substitution: candidate.substitution_text(),
            probability: candidate.probability,
            measure: candidate.measure,
            space_group: candidate.space_group,
            symbol: candidate.symbol.clone(),
            known: row.known.clone(),
            remarks: candidate.notes.clone(),
        };
        Self {
            lines: found.candidates.iter().zip(&rows).map(line).collect(),
            combinations: found.combinations,
            rejected: found.rejected.into_iter().collect(),
            left_out: found.left_out,
            known: rows.iter().filter(|row| !row.known.is_empty()).count(),
            candidates: found.candidates,
            rows,
            parents,
        }
    }
}
