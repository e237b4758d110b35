//! Which atoms of a cell are joined.
//!
//! Two atoms are joined when they are no farther apart than the cutoff of their elements: the one that the user set, else
//! a multiple of the sum of the covalent radii. Two elements that are both cations (see [`is_cation`]) are not joined by
//! themselves: Sr and Ti in SrTiO3 are nearer than their radii say, and bound to O, not to each other.

use crate::palette::covalent_radius;
use crate::style::BondRule;
use crystal::{CrystalError, Structure};
use matter::Element;
use nalgebra::Vector3;
use std::collections::{BTreeMap, BTreeSet};

/// Pauling electronegativity by which a cation lies below the most electronegative element of its structure. Sulfur and
/// selenium beside oxygen (0.86, 0.89) stay below it, phosphorus beside oxygen (1.25) and iron beside sulfur (0.75) tell
/// the range: phosphates have cations, metallic sulfides do not.
const CATION_GAP: f64 = 0.9;
/// Elements that are no cations whatever stands beside them: organic parts of structures.
const NEVER_CATIONS: [Element; 8] = [
    Element::H,
    Element::C,
    Element::N,
    Element::O,
    Element::F,
    Element::CL,
    Element::BR,
    Element::I,
];
/// Atoms closer than this are copies of one place (split or shared sites), not bonded, Å.
const SAME_PLACE: f64 = 0.4;

/// A bond from a site to a neighbour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// The site at the other end.
    pub site: u32,
    /// The cell that it lies in, relative to that of the first site, both sites moved into the cell.
    pub image: [i32; 3],
    /// Length, Å.
    pub distance: f64,
}

/// The bonds of a cell: the graph that repeats through the crystal.
#[derive(Clone, Debug)]
pub struct Bonding {
    /// Positions of the sites moved into the cell: fractional, from about 0 to below 1.
    pub fractional: Vec<Vector3<f64>>,
    /// How many cells each site was moved by.
    pub shift: Vec<[i32; 3]>,
    /// The element that stands for each site; none where nothing occupies it.
    pub element: Vec<Option<Element>>,
    /// For each site where its bonds begin in `neighbours`, and at last how many there are.
    pub offsets: Vec<u32>,
    /// The bonds, each from both ends.
    pub neighbours: Vec<Neighbour>,
    cations: BTreeSet<Element>,
}

impl Bonding {
    /// Finds the bonds of a structure.
    ///
    /// # Errors
    ///
    /// Cutoffs longer than the neighbour search takes.
    pub fn new(structure: &Structure, rule: &BondRule) -> Result<Self, CrystalError> {
        let element: Vec<_> = structure.sites.iter().map(|s| s.main_element()).collect();
        let elements: BTreeSet<Element> = element.iter().flatten().copied().collect();
        let cations: BTreeSet<_> = elements
            .iter()
            .copied()
            .filter(|&e| is_cation(e, &elements))
            .collect();
        let margin = margins(structure);
        let (mut fractional, mut shift) = (Vec::new(), Vec::new());
        for site in &structure.sites {
            let (inside, cells) = Self::into_cell(site.position, margin);
            fractional.push(inside);
            shift.push(cells);
        }
        let mut bonding = Self {
            fractional,
            shift,
            element,
            offsets: vec![0; structure.sites.len() + 1],
            neighbours: Vec::new(),
            cations,
        };
        bonding.find(structure, rule, &elements)?;
        Ok(bonding)
    }

    fn find(
        &mut self,
        structure: &Structure,
        rule: &BondRule,
        elements: &BTreeSet<Element>,
    ) -> Result<(), CrystalError> {
        let mut cutoffs = BTreeMap::new();
        for &a in elements {
            for &b in elements.range(a..) {
                cutoffs.insert((a, b), self.cutoff(rule, a, b));
            }
        }
        let longest = cutoffs.values().copied().fold(0.0, f64::max);
        if longest <= 0.0 {
            return Ok(());
        }
        let found = crystal::neighbour::neighbours(structure, longest)?;
        for i in 0..structure.sites.len() {
            for k in found.offsets[i]..found.offsets[i + 1] {
                let j = found.index[k];
                let (Some(a), Some(b)) = (self.element[i], self.element[j as usize]) else {
                    continue;
                };
                let distance = found.distance[k];
                let cutoff = cutoffs.get(&(a.min(b), a.max(b))).copied();
                if distance <= cutoff.unwrap_or(0.0) && distance > SAME_PLACE {
                    let (from, to) = (self.shift[i], self.shift[j as usize]);
                    let image = [0, 1, 2].map(|x| found.image[k][x] + to[x] - from[x]);
                    self.neighbours.push(Neighbour {
                        site: j,
                        image,
                        distance,
                    });
                }
            }
            self.offsets[i + 1] = self.neighbours.len() as u32;
        }
        Ok(())
    }

    /// A position moved into the cell, and by how many cells; what lies within `margin` below a face counts as on it.
    pub(crate) fn into_cell(position: Vector3<f64>, margin: [f64; 3]) -> (Vector3<f64>, [i32; 3]) {
        let cells = [0, 1, 2].map(|i| (position[i] + margin[i]).floor());
        (position - Vector3::from(cells), cells.map(|c| c as i32))
    }

    /// The bonds of a site.
    pub fn of(&self, site: usize) -> &[Neighbour] {
        &self.neighbours[self.offsets[site] as usize..self.offsets[site + 1] as usize]
    }

    /// Whether an element is a cation in this structure: one of the metals, or of the elements that an oxide or halide
    /// makes positive.
    pub fn is_cation(&self, element: Element) -> bool {
        self.cations.contains(&element)
    }

    /// Up to which length, Å, two elements are joined.
    pub fn cutoff(&self, rule: &BondRule, a: Element, b: Element) -> f64 {
        if let Some(&cutoff) = rule.cutoffs.get(&(a.min(b), a.max(b))) {
            return cutoff;
        }
        if self.is_cation(a) && self.is_cation(b) {
            return 0.0;
        }
        rule.tolerance * (covalent_radius(a) + covalent_radius(b))
    }
}

/// Whether `element` gives electrons to another of `elements`: it lies 0.9 or more below the highest Pauling
/// electronegativity among them. An element without a value counts as a metal of 1.5.
fn is_cation(element: Element, elements: &BTreeSet<Element>) -> bool {
    let value = |e: Element| e.data().en_pauling.unwrap_or(1.5);
    let highest = elements.iter().map(|&e| value(e)).fold(0.0, f64::max);
    !NEVER_CATIONS.contains(&element) && highest - value(element) >= CATION_GAP
}

/// Fractions of the axes within which an atom counts as lying on a face of the cell: 0.02 Å between lattice planes.
pub(crate) fn margins(structure: &Structure) -> [f64; 3] {
    structure.lattice.plane_spacings().map(|d| 0.02 / d)
}
