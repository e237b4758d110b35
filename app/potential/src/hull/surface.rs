//! The hull of a chemical system as a surface: which phases are its corners, and which of them it joins. For pictures, and for
//! whoever asks what coexists; the energy at one composition needs none of it ([`Hull::at`]).

use super::{Hull, HullError, SAME};
use matter::Element;
use nalgebra::{DMatrix, DVector};
use std::collections::{BTreeMap, BTreeSet};

/// Phases of which one is a mixture of the others span no cell: the determinant of their fractions is below this. Of cells with
/// up to a hundred atoms it is above 1e-6 where they span one.
const FLAT: f64 = 1e-9;

/// The lower hull of a chemical system: cells of as many phases as there are elements, side by side over all compositions.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// The elements, in the order asked for.
    pub elements: Vec<Element>,
    /// Phases, by number, that coexist, ascending; where more coexist than there are elements, their cell is divided.
    pub cells: Vec<Vec<usize>>,
}

impl Surface {
    /// The stable phases, by number, ascending: the corners of the cells.
    pub fn corners(&self) -> Vec<usize> {
        let all: BTreeSet<usize> = self.cells.iter().flatten().copied().collect();
        all.into_iter().collect()
    }

    /// Pairs of phases, by number, that coexist.
    pub fn edges(&self) -> Vec<[usize; 2]> {
        let pairs = |cell: &Vec<usize>| {
            let cell = cell.clone();
            let firsts = 0..cell.len();
            let pairs = firsts.flat_map(move |a| {
                let seconds = a + 1..cell.len();
                let pairs: Vec<[usize; 2]> = seconds.map(|b| [cell[a], cell[b]]).collect();
                pairs
            });
            pairs.collect::<Vec<_>>()
        };
        let all: BTreeSet<[usize; 2]> = self.cells.iter().flat_map(pairs).collect();
        all.into_iter().collect()
    }
}

/// A cell with the energies of the elements that make all its phases cost nothing.
struct Cell {
    phases: Vec<usize>,
    prices: DVector<f64>,
}

impl Hull {
    /// The lower hull over the mixtures of these elements, by adding one phase after another to the cell of the elements.
    /// Of phases of one composition only the lowest takes part.
    ///
    /// # Errors
    ///
    /// An element without a pure phase; none at all.
    pub fn surface(&self, elements: &[Element]) -> Result<Surface, HullError> {
        let mut own: Vec<Element> = Vec::new();
        for &element in elements {
            if !own.contains(&element) {
                own.push(element);
            }
        }
        if own.is_empty() {
            return Err(HullError::Empty);
        }
        let wanted: BTreeMap<Element, f64> = own.iter().map(|&e| (e, 1.0)).collect();
        let corners = self.references(&wanted)?;
        let mut cells = Vec::new();
        cells.extend(self.cell(&own, corners));
        for phase in self.rivals(&own) {
            let place = self.place(&own, phase);
            let energy = self.phases[phase].energy_per_atom;
            let below = |cell: &Cell| energy - place.dot(&cell.prices) < -SAME;
            let (seen, kept): (Vec<Cell>, Vec<Cell>) = cells.into_iter().partition(below);
            cells = kept;
            for rim in rims(&seen) {
                let mut phases = rim;
                phases.push(phase);
                phases.sort_unstable();
                cells.extend(self.cell(&own, phases));
            }
        }
        let mut cells: Vec<Vec<usize>> = cells.into_iter().map(|cell| cell.phases).collect();
        cells.sort();
        Ok(Surface {
            elements: own,
            cells,
        })
    }

    /// The mixed phases of these elements alone, the lowest of each composition, from the lowest energy of formation up: so few
    /// cells are made in vain.
    fn rivals(&self, elements: &[Element]) -> Vec<usize> {
        let mut best: BTreeMap<Vec<u64>, (f64, usize)> = BTreeMap::new();
        for (phase, fractions) in self.fractions.iter().enumerate() {
            let own = fractions.keys().all(|element| elements.contains(element));
            if !own || fractions.len() < 2 {
                continue;
            }
            let Ok(references) = self.references(fractions) else {
                continue;
            };
            let energy = self.phases[phase].energy_per_atom;
            let apart = fractions.values().zip(references);
            let apart: f64 = apart
                .map(|(x, reference)| x * self.phases[reference].energy_per_atom)
                .sum();
            // Fractions to nine decimals: Fe4N and Fe8N2 are one composition.
            let place = self.place(elements, phase);
            let key = place.iter().map(|x| (x * 1e9).round() as u64).collect();
            let known = best.entry(key).or_insert((energy - apart, phase));
            if energy - apart < known.0 {
                *known = (energy - apart, phase);
            }
        }
        let mut all: Vec<(f64, usize)> = best.into_values().collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        all.into_iter().map(|(_, phase)| phase).collect()
    }

    /// A phase's fractions of these elements.
    fn place(&self, elements: &[Element], phase: usize) -> DVector<f64> {
        let fractions = &self.fractions[phase];
        let part = |element: &Element| fractions.get(element).copied().unwrap_or(0.0);
        DVector::from_iterator(elements.len(), elements.iter().map(part))
    }

    /// The cell of these phases; none where one is a mixture of the others.
    fn cell(&self, elements: &[Element], phases: Vec<usize>) -> Option<Cell> {
        let places: Vec<_> = phases.iter().map(|&p| self.place(elements, p)).collect();
        let count = elements.len();
        let matrix = DMatrix::from_fn(count, count, |row, column| places[row][column]);
        let decomposed = matrix.lu();
        if decomposed.determinant().abs() < FLAT {
            return None;
        }
        let energies = phases.iter().map(|&p| self.phases[p].energy_per_atom);
        let prices = decomposed.solve(&DVector::from_iterator(count, energies))?;
        let mut phases = phases;
        phases.sort_unstable();
        Some(Cell { phases, prices })
    }
}

/// The sides of some cells that belong to one of them alone: the rim of the hole that is left without them.
fn rims(cells: &[Cell]) -> Vec<Vec<usize>> {
    let mut sides: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
    for cell in cells {
        for left_out in 0..cell.phases.len() {
            let mut side = cell.phases.clone();
            side.remove(left_out);
            *sides.entry(side).or_default() += 1;
        }
    }
    let rim = sides.into_iter().filter(|(_, count)| *count == 1);
    rim.map(|(side, _)| side).collect()
}
