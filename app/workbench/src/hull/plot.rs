//! The points of a system and the lines between those that coexist.

use super::system::{PlotError, in_text};
use crate::results::Results;
use job::Job;
use matter::{Composition, CompositionRef, Element};
use potential::hull::Surface;
use potential::phases::{Phases, Standing};
use potential::trust;
use std::collections::BTreeSet;

/// Where a point comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum HullSource {
    /// A bundled phase: where its structure is from (`mp-149`), and its space group.
    Phase {
        source: String,
        space_group: Option<u8>,
    },
    /// A row of the table.
    Row(u32),
}

/// A bundled phase or a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct HullPoint {
    /// Reduced: `Fe4N`.
    pub formula: String,
    /// Atomic fractions of the plot's elements, in their order.
    pub fractions: Vec<f64>,
    /// From the elements, eV/atom.
    pub formation_energy: f64,
    /// Standard deviation of it, eV/atom.
    pub std: f64,
    /// Above the hull of the bundled phases, eV/atom; negative below it.
    pub above_hull: f64,
    /// Whether its elements' compounds are known well enough for that; else only the mixture of the elements competes.
    pub is_covered: bool,
    /// A corner of the hull: a phase that no mixture of the others undercuts.
    pub is_stable: bool,
    /// What it would fall into: formula, and the part of all atoms in it; largest first. Of a stable phase itself.
    pub decomposition: Vec<(String, f64)>,
    pub source: HullSource,
}

/// The hull of two or three elements.
#[derive(Clone, Debug, PartialEq)]
pub struct HullPlot {
    /// In the order in which they were named.
    pub elements: Vec<Element>,
    /// The bundled phases first, by formula; then candidates by row.
    pub points: Vec<HullPoint>,
    /// How many of the points are bundled phases.
    pub phases: usize,
    /// Pairs of stable phases that coexist, by their places among the points.
    pub edges: Vec<[usize; 2]>,
    /// All stable phases that coexist: two or three each.
    pub cells: Vec<Vec<usize>>,
    /// Pairs of the elements without any bundled compound; some have none in nature either.
    pub bare_pairs: Vec<[Element; 2]>,
    /// Candidates in view that lie in the system.
    pub in_system: usize,
    /// Name and version of the weights.
    pub model: String,
}

/// The column that candidates are placed by, in eV/atom.
const FORMATION: &str = "potential.formation_energy";

impl HullPlot {
    pub(super) fn new(
        phases: &Phases,
        elements: &[Element],
        candidates: Option<(&Results, &[u32])>,
        job: &Job,
    ) -> Result<Self, PlotError> {
        let surface = phases.hull().surface(elements)?;
        let set: BTreeSet<Element> = elements.iter().copied().collect();
        let corners = surface.corners();
        let mut numbered: Vec<(usize, HullPoint)> = Vec::new();
        for number in phases.of_system(&set) {
            job.check()?;
            let phase = &phases.hull().phases()[number];
            let composition = phase.composition.as_ref();
            let standing = phases.standing(&phase.composition, phase.energy_per_atom)?;
            let record = &phases.records()[number];
            let source = HullSource::Phase {
                source: record.source.clone(),
                space_group: record.space_group,
            };
            let mut point = point(phases, elements, composition, &standing, source);
            point.is_stable = corners.contains(&number);
            numbered.push((number, point));
        }
        numbered.sort_by(|(a, x), (b, y)| {
            let count = |point: &HullPoint| point.fractions.iter().filter(|f| **f > 0.0).count();
            let by_formula = count(x)
                .cmp(&count(y))
                .then_with(|| x.formula.cmp(&y.formula));
            let energy = x.formation_energy.total_cmp(&y.formation_energy);
            by_formula.then(energy).then(a.cmp(b))
        });
        let place = |phase: usize| numbered.iter().position(|(number, _)| *number == phase);
        let (edges, cells) = joined(&surface, place);
        let count = numbered.len();
        let mut points: Vec<HullPoint> = numbered.into_iter().map(|(_, point)| point).collect();
        let mut in_system = 0;
        if let Some((results, rows)) = candidates {
            in_system = candidates_in(phases, elements, (results, rows), &mut points, job)?;
        }
        Ok(Self {
            elements: elements.to_vec(),
            bare_pairs: bare_pairs(elements, &points[..count]),
            points,
            phases: count,
            edges,
            cells,
            in_system,
            model: potential::Model::default().to_string(),
        })
    }

    /// The system as it is written: `Li-Fe-O`.
    pub fn system(&self) -> String {
        in_text(&self.elements)
    }

    /// Pairs without a bundled compound, as text; empty where there are none.
    pub fn bare_text(&self) -> String {
        let pairs: Vec<String> = self.bare_pairs.iter().map(|pair| in_text(pair)).collect();
        pairs.join(", ")
    }

    /// The bundled phases that no mixture of others undercuts.
    pub fn stable(&self) -> impl Iterator<Item = &HullPoint> {
        self.points.iter().filter(|point| point.is_stable)
    }

    /// The candidates with an energy.
    pub fn candidates(&self) -> &[HullPoint] {
        &self.points[self.phases..]
    }

    /// The place of a row's candidate among the points.
    pub fn of_row(&self, row: u32) -> Option<usize> {
        let own = self.candidates();
        let found = own.binary_search_by_key(&row, |point| match point.source {
            HullSource::Row(row) => row,
            HullSource::Phase { .. } => 0,
        });
        found.ok().map(|at| at + self.phases)
    }

    /// All points as CSV, with what the energies are relative to.
    pub fn csv(&self) -> String {
        let mut text = "formula,kind,source,space_group".to_owned();
        for element in &self.elements {
            text += &format!(",fraction_{element}");
        }
        text += ",formation_energy [eV/atom],formation_energy_std [eV/atom],energy_above_hull [eV/atom],stable,decomposition,relative_to\n";
        for point in &self.points {
            let (kind, source, group) = match &point.source {
                HullSource::Phase {
                    source,
                    space_group,
                } => {
                    let group = space_group.map_or_else(String::new, |n| n.to_string());
                    ("bundled phase", source.clone(), group)
                }
                HullSource::Row(row) => ("candidate", format!("row {}", row + 1), String::new()),
            };
            let above = match point.is_covered {
                true => format!("{:.6}", point.above_hull + 0.0),
                false => String::new(),
            };
            let fractions: String = point.fractions.iter().map(|x| format!(",{x:.6}")).collect();
            text += &format!(
                "{},{kind},{source},{group}{fractions},{:.6},{:.3},{above},{},{},\"{} bundled phases ({})\"\n",
                point.formula,
                point.formation_energy,
                point.std,
                if point.is_stable { "yes" } else { "no" },
                point.decomposition_text(),
                self.phases,
                self.model,
            );
        }
        text
    }
}

impl HullPoint {
    /// `Fe4N 83 % + N2 17 %`, by parts of all atoms.
    pub fn decomposition_text(&self) -> String {
        let parts = self.decomposition.iter();
        let parts: Vec<String> = parts
            .map(|(formula, share)| format!("{formula} {:.0} %", 100.0 * share))
            .collect();
        parts.join(" + ")
    }

    /// The row of a candidate.
    pub fn row(&self) -> Option<u32> {
        match self.source {
            HullSource::Row(row) => Some(row),
            HullSource::Phase { .. } => None,
        }
    }
}

fn point(
    phases: &Phases,
    elements: &[Element],
    composition: CompositionRef<'_>,
    standing: &Standing,
    source: HullSource,
) -> HullPoint {
    let part = |&(phase, share): &(usize, f64)| {
        let composition = &phases.hull().phases()[phase].composition;
        (composition.as_ref().reduced_formula(), share)
    };
    HullPoint {
        formula: composition.reduced_formula(),
        fractions: elements
            .iter()
            .map(|e| composition.atomic_fraction(*e))
            .collect(),
        formation_energy: standing.formation_energy,
        std: trust::FORMATION_ENERGY.deviation,
        above_hull: standing.distance,
        is_covered: standing.above_hull.is_some(),
        is_stable: false,
        decomposition: standing.parts.iter().map(part).collect(),
        source,
    }
}

/// Pairs of elements of which no phase consists.
fn bare_pairs(elements: &[Element], points: &[HullPoint]) -> Vec<[Element; 2]> {
    let known = |a: usize, b: usize| {
        let of_both = |point: &&HullPoint| {
            let [x, y] = [point.fractions[a], point.fractions[b]];
            x > 0.0 && y > 0.0 && x + y > 1.0 - 1e-9
        };
        points.iter().any(|point| of_both(&point))
    };
    let count = elements.len();
    let pairs = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b)));
    pairs
        .filter(|(a, b)| !known(*a, *b))
        .map(|(a, b)| [elements[a], elements[b]])
        .collect()
}

/// The lines and cells of a surface, by places in the list of points.
fn joined(
    surface: &Surface,
    place: impl Fn(usize) -> Option<usize>,
) -> (Vec<[usize; 2]>, Vec<Vec<usize>>) {
    let edge = |[a, b]: [usize; 2]| Some([place(a)?, place(b)?]);
    let cell = |cell: &Vec<usize>| cell.iter().map(|&phase| place(phase)).collect();
    (
        surface.edges().into_iter().filter_map(edge).collect(),
        surface.cells.iter().filter_map(cell).collect(),
    )
}

/// Adds the candidates in view whose formation energy is known; how many lie in the system.
fn candidates_in(
    phases: &Phases,
    elements: &[Element],
    (results, rows): (&Results, &[u32]),
    points: &mut Vec<HullPoint>,
    job: &Job,
) -> Result<usize, PlotError> {
    let column = results.column(FORMATION);
    let column = column.filter(|column| column.is_number && column.unit == "eV/atom");
    let mut own: Vec<u32> = Vec::new();
    for (at, &row) in rows.iter().enumerate() {
        if at.is_multiple_of(4096) {
            job.check()?;
        }
        let numbers = results.composition(row).atomic_numbers;
        let inside = |z: &u8| elements.iter().any(|e| e.atomic_number() == *z);
        if !numbers.is_empty() && numbers.iter().all(inside) {
            own.push(row);
        }
    }
    let in_system = own.len();
    own.sort_unstable();
    let Some(column) = column else {
        return Ok(in_system);
    };
    for row in own {
        job.check()?;
        let value = results.value(column, row);
        if !value.mean.is_finite() {
            continue;
        }
        let composition = results.composition(row);
        let whole = Composition::from(composition);
        // Energies per atom of the same weights: what the elements have, and what was gained by forming.
        let apart: f64 = composition
            .iter()
            .filter_map(|(element, _)| {
                let reference = phases.hull().reference(element)?;
                Some(composition.atomic_fraction(element) * reference.energy_per_atom)
            })
            .sum();
        let standing = phases.standing(&whole, apart + value.mean)?;
        let source = HullSource::Row(row);
        let mut point = point(phases, elements, composition, &standing, source);
        point.formation_energy = value.mean;
        if value.std.is_finite() && value.std > 0.0 {
            point.std = value.std;
        }
        points.push(point);
    }
    Ok(in_system)
}

/// A formula with its numbers lowered: `Fe₄N`.
pub fn formula_of(formula: &str) -> String {
    let lowered = |c: char| match c {
        '0'..='9' => char::from_u32('₀' as u32 + c as u32 - '0' as u32).unwrap_or(c),
        other => other,
    };
    formula.chars().map(lowered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_formula_are_lowered() {
        assert_eq!(formula_of("Ca3(PO4)2"), "Ca₃(PO₄)₂");
        assert_eq!(formula_of("LiNi0.5O2"), "LiNi₀.₅O₂");
    }
}
