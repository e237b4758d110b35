//! Which atoms of a cell are joined.
//!
//! Two atoms are joined when they are no farther apart than the cutoff of their elements: the one that the user set, else
//! a multiple of the sum of the covalent radii. Two cations are not joined by themselves: Sr and Ti in SrTiO3 are nearer
//! than their radii say, and bound to O, not to each other. What is a cation: [`Bonding::is_cation`].

use crate::palette::covalent_radius;
use crate::style::BondRule;
use crystal::{CrystalError, Structure};
use matter::Element;
use nalgebra::Vector3;
use std::collections::{BTreeMap, BTreeSet};

/// Pauling electronegativity by which a metal lies below the most electronegative element of its structure where it is a
/// cation. Iron beside sulfur (0.75) is none: metals of sulfides bind each other.
const METAL_GAP: f64 = 0.9;
/// The same for elements of two kinds, beside a neighbour that they are bonded to: sulfur to oxygen (0.86).
const NEIGHBOUR_GAP: f64 = 0.8;
/// Elements that are cations in one compound and anions in another, as sulfur in sulfates and oxysulfides: their
/// neighbours decide. Atoms of one of them may be joined to each other whatever they are, as in dithionites.
const TWO_KINDS: [Element; 9] = [
    Element::B,
    Element::SI,
    Element::GE,
    Element::P,
    Element::AS,
    Element::SB,
    Element::S,
    Element::SE,
    Element::TE,
];
/// Elements that are no cations whatever stands beside them: organic parts of structures, and anions.
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
    /// Positions of the sites moved into the cell: fractional, from about 0 to below 1; of a state of a structure, to where they
    /// are nearest to those of the start.
    pub fractional: Vec<Vector3<f64>>,
    /// How many cells each site was moved by.
    pub shift: Vec<[i32; 3]>,
    /// Whether each lies on the lower face across a, b and c; of a state, whether it does at the start.
    pub(crate) on_face: Vec<[bool; 3]>,
    /// The element that stands for each site; none where nothing occupies it.
    pub element: Vec<Option<Element>>,
    /// For each site where its bonds begin in `neighbours`, and at last how many there are.
    pub offsets: Vec<u32>,
    /// The bonds, each from both ends.
    pub neighbours: Vec<Neighbour>,
    cation: Vec<bool>,
}

impl Bonding {
    /// Finds the bonds of a structure.
    ///
    /// # Errors
    ///
    /// Cutoffs longer than the neighbour search takes.
    pub fn new(structure: &Structure, rule: &BondRule) -> Result<Self, CrystalError> {
        Self::of_state(structure, structure, rule)
    }

    /// The same for a later state of a structure: its atoms are drawn where those of the start were, also where they moved
    /// through a face of the cell.
    pub(crate) fn of_state(
        structure: &Structure,
        start: &Structure,
        rule: &BondRule,
    ) -> Result<Self, CrystalError> {
        let element: Vec<_> = structure.sites.iter().map(|s| s.main_element()).collect();
        let elements: BTreeSet<Element> = element.iter().flatten().copied().collect();
        let margin = margins(start);
        let (mut fractional, mut shift, mut on_face) = (Vec::new(), Vec::new(), Vec::new());
        for (place, site) in structure.sites.iter().enumerate() {
            let first = start.sites.get(place).unwrap_or(site).position;
            let (inside, _) = Self::into_cell(first, margin);
            let cells = (site.position - inside).map(f64::round);
            fractional.push(site.position - cells);
            shift.push([0, 1, 2].map(|i| cells[i] as i32));
            on_face.push([0, 1, 2].map(|i| inside[i] <= margin[i]));
        }
        let mut bonding = Self {
            fractional,
            shift,
            on_face,
            element,
            offsets: vec![0; structure.sites.len() + 1],
            neighbours: Vec::new(),
            cation: vec![false; structure.sites.len()],
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
        let highest = elements.iter().map(|&e| value(e)).fold(0.0, f64::max);
        let metal_cation = |e: Element| {
            let either = NEVER_CATIONS.contains(&e) || TWO_KINDS.contains(&e);
            !either && highest - value(e) >= METAL_GAP
        };
        let mut cutoffs = BTreeMap::new();
        for &a in elements {
            for &b in elements.range(a..) {
                let both = metal_cation(a) && metal_cation(b);
                let own = rule.cutoffs.get(&(a, b)).copied();
                let radii = rule.tolerance * (covalent_radius(a) + covalent_radius(b));
                let cutoff = own.unwrap_or(if both { 0.0 } else { radii });
                cutoffs.insert((a, b), (cutoff, own.is_some()));
            }
        }
        let longest = cutoffs.values().map(|c| c.0).fold(0.0, f64::max);
        if longest <= 0.0 {
            return Ok(());
        }
        let found = crystal::neighbour::neighbours(structure, longest)?;
        let entries = |i: usize| found.offsets[i]..found.offsets[i + 1];
        // The elements of an entry, whether it is near enough, and whether the user said so.
        let pair = |i: usize, k: usize, element: &[Option<Element>]| {
            let (a, b) = (element[i]?, element[found.index[k] as usize]?);
            let (cutoff, own) = *cutoffs.get(&(a.min(b), a.max(b)))?;
            let distance = found.distance[k];
            (distance <= cutoff && distance > SAME_PLACE).then_some((a, b, own))
        };
        for i in 0..structure.sites.len() {
            self.cation[i] = match self.element[i] {
                Some(e) if TWO_KINDS.contains(&e) => entries(i)
                    .filter_map(|k| pair(i, k, &self.element))
                    .any(|(a, b, _)| value(b) - value(a) >= NEIGHBOUR_GAP),
                Some(e) => metal_cation(e),
                None => false,
            };
        }
        for i in 0..structure.sites.len() {
            for k in entries(i) {
                let Some((a, b, own)) = pair(i, k, &self.element) else {
                    continue;
                };
                let j = found.index[k] as usize;
                let alike = a == b && TWO_KINDS.contains(&a);
                if self.cation[i] && self.cation[j] && !own && !alike {
                    continue;
                }
                let (from, to) = (self.shift[i], self.shift[j]);
                let image = [0, 1, 2].map(|x| found.image[k][x] + to[x] - from[x]);
                self.neighbours.push(Neighbour {
                    site: j as u32,
                    image,
                    distance: found.distance[k],
                });
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

    /// Whether a site holds a cation. A metal is one where its Pauling electronegativity lies 0.9 or more below the highest
    /// of the structure. B, Si, Ge, P, As, Sb, S, Se and Te are where they are bonded to an element 0.8 or more above: S
    /// in sulfates is a cation, and an anion in oxysulfides. H, C, N, O and halogens never are.
    pub fn is_cation(&self, site: usize) -> bool {
        self.cation[site]
    }
}

/// Pauling electronegativity; an element without a value counts as a metal of 1.5.
fn value(element: Element) -> f64 {
    element.data().en_pauling.unwrap_or(1.5)
}

/// Fractions of the axes within which an atom counts as lying on a face of the cell: 0.02 Å between lattice planes.
pub(crate) fn margins(structure: &Structure) -> [f64; 3] {
    structure.lattice.plane_spacings().map(|d| 0.02 / d)
}
