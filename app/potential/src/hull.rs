//! Which mixture of known phases has the lowest energy: the convex hull, in any number of components.
//!
//! The energy of the hull at a composition is the optimum of a linear programme over the phases' shares, solved by the simplex
//! method; no surface is built for it, so ten components are no harder than two. A [`Surface`] is for pictures. All energies must be of one method: one set
//! of weights, or one kind of calculation.

mod surface;

pub use surface::Surface;

use matter::{Composition, Element};
use nalgebra::{DMatrix, DVector};
use std::collections::BTreeMap;
use thiserror::Error;

/// Energies closer than this are one, eV/atom.
const SAME: f64 = 1e-10;
/// Steps of the simplex method after which the first column that helps is taken, which cannot go round in circles.
const PATIENCE: usize = 200;

/// A phase that competes.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// What people know it by.
    pub name: String,
    /// What it is made of, in any amounts.
    pub composition: Composition,
    /// Its energy, eV/atom.
    pub energy_per_atom: f64,
}

/// Phases that compete with each other.
#[derive(Clone, Debug, Default)]
pub struct Hull {
    phases: Vec<Phase>,
    /// Atomic fractions of each.
    fractions: Vec<BTreeMap<Element, f64>>,
    /// The phase of lowest energy of each element that has one.
    references: BTreeMap<Element, usize>,
}

/// The mixture of lowest energy at a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// Its energy, eV/atom.
    pub energy_per_atom: f64,
    /// Phases, by number, and the part of all atoms that is in each; largest first.
    pub parts: Vec<(usize, f64)>,
    /// How many of the phases consist of the composition's elements alone: what it was compared with.
    pub compared: usize,
}

/// Why there is no hull at a composition.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum HullError {
    /// A composition with elements of which there is no pure phase.
    #[error("not covered: no phase of {0} alone is known, so nothing can be compared")]
    NotCovered(String),
    /// Nothing.
    #[error("a composition without atoms has no energy")]
    Empty,
    /// An energy that is no number: the phase's name.
    #[error("phase {0}: the energy is no finite number of eV/atom")]
    Energy(String),
}

impl Hull {
    /// Of these phases.
    ///
    /// # Errors
    ///
    /// A phase without atoms, or without a finite energy.
    pub fn new(phases: Vec<Phase>) -> Result<Self, HullError> {
        let mut hull = Self::default();
        for (number, phase) in phases.iter().enumerate() {
            if !phase.energy_per_atom.is_finite() {
                return Err(HullError::Energy(phase.name.clone()));
            }
            let fractions = fractions(&phase.composition)?;
            if let (1, Some(&element)) = (fractions.len(), fractions.keys().next()) {
                let best = hull.references.entry(element).or_insert(number);
                if phase.energy_per_atom < phases[*best].energy_per_atom {
                    *best = number;
                }
            }
            hull.fractions.push(fractions);
        }
        hull.phases = phases;
        Ok(hull)
    }

    /// The phases, in the order given.
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// An element's phase of lowest energy.
    pub fn reference(&self, element: Element) -> Option<&Phase> {
        let number = self.references.get(&element)?;
        self.phases.get(*number)
    }

    /// Energy of formation from the elements' phases of lowest energy, eV/atom.
    ///
    /// # Errors
    ///
    /// An element without a pure phase; no atoms.
    pub fn formation_energy(
        &self,
        composition: &Composition,
        energy_per_atom: f64,
    ) -> Result<f64, HullError> {
        let fractions = fractions(composition)?;
        let references = self.references(&fractions)?;
        let apart = fractions.values().zip(references);
        let apart: f64 = apart
            .map(|(x, phase)| x * self.phases[phase].energy_per_atom)
            .sum();
        Ok(energy_per_atom - apart)
    }

    /// Energy above the hull of the phases, eV/atom: what is gained by falling apart into them. Negative where the composition
    /// with this energy is more stable than all of them.
    ///
    /// # Errors
    ///
    /// As [`Hull::at`].
    pub fn above(&self, composition: &Composition, energy_per_atom: f64) -> Result<f64, HullError> {
        Ok(energy_per_atom - self.at(composition)?.energy_per_atom)
    }

    /// The mixture of phases of the lowest energy at a composition.
    ///
    /// # Errors
    ///
    /// An element without a pure phase; no atoms.
    pub fn at(&self, composition: &Composition) -> Result<Mixture, HullError> {
        let target = fractions(composition)?;
        let elements: Vec<Element> = target.keys().copied().collect();
        let count = elements.len();
        let within = |fractions: &BTreeMap<Element, f64>| {
            fractions.keys().all(|element| target.contains_key(element))
        };
        let all = (0..self.phases.len()).filter(|&p| within(&self.fractions[p]));
        let compared: Vec<usize> = all.collect();
        let column = |phase: usize| {
            let fractions = &self.fractions[phase];
            let part = |e: &Element| fractions.get(e).copied().unwrap_or(0.0);
            DVector::from_iterator(count, elements.iter().map(part))
        };
        let columns: Vec<DVector<f64>> = compared.iter().map(|&p| column(p)).collect();
        let energy = |phase: usize| self.phases[phase].energy_per_atom;
        // It begins with the elements side by side.
        let mut basis = self.references(&target)?;
        let wanted = DVector::from_iterator(count, target.values().copied());
        let mut matrix = DMatrix::identity(count, count);
        for step in 0.. {
            // Every exchange keeps the matrix regular; one that rounding made singular ends the search where it stands.
            let Some(inverse) = matrix.clone().try_inverse() else {
                break;
            };
            let shares = &inverse * &wanted;
            let costs = DVector::from_iterator(count, basis.iter().map(|&p| energy(p)));
            let prices = inverse.transpose() * costs;
            let gain = |at: usize| energy(compared[at]) - columns[at].dot(&prices);
            let mut helpful = (0..compared.len()).filter(|&at| gain(at) < -SAME);
            let entering = match step < PATIENCE {
                true => helpful.min_by(|&a, &b| gain(a).total_cmp(&gain(b))),
                false => helpful.next(),
            };
            let Some(entering) = entering else {
                break;
            };
            let direction = &inverse * &columns[entering];
            let leaving = (0..count)
                .filter(|&row| direction[row] > 1e-12)
                .map(|row| (shares[row].max(0.0) / direction[row], basis[row], row))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let Some((_, _, row)) = leaving else {
                break;
            };
            basis[row] = compared[entering];
            matrix.set_column(row, &columns[entering]);
        }
        let shares = match matrix.clone().try_inverse() {
            Some(inverse) => inverse * &wanted,
            None => wanted,
        };
        let parts = basis.iter().copied().zip(shares.iter().copied());
        let mut parts: Vec<(usize, f64)> = parts.filter(|(_, share)| *share > 1e-9).collect();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        Ok(Mixture {
            energy_per_atom: parts
                .iter()
                .map(|&(phase, share)| share * energy(phase))
                .sum(),
            parts,
            compared: compared.len(),
        })
    }

    /// The reference of each element.
    fn references(&self, of: &BTreeMap<Element, f64>) -> Result<Vec<usize>, HullError> {
        let reference = |element| self.references.get(element).copied();
        let found: Option<Vec<usize>> = of.keys().map(reference).collect();
        found.ok_or_else(|| {
            let lacking = of.keys().filter(|e| !self.references.contains_key(e));
            let lacking: Vec<&str> = lacking.map(|e| e.symbol()).collect();
            HullError::NotCovered(lacking.join(", "))
        })
    }
}

/// Atomic fractions by element.
fn fractions(composition: &Composition) -> Result<BTreeMap<Element, f64>, HullError> {
    let composition = composition.as_ref();
    let total = composition.total_atoms();
    if total.is_nan() || total <= 0.0 {
        return Err(HullError::Empty);
    }
    Ok(composition
        .iter()
        .filter(|(_, amount)| *amount > 0.0)
        .map(|(element, amount)| (element, amount / total))
        .collect())
}
