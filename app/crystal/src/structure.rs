//! A crystal structure: a lattice and what sits in its cell.

use crate::{CrystalError, Lattice};
use matter::{Composition, Element};
use nalgebra::Vector3;

/// One g/mol per Å3 in g/cm3: 1e24 / Avogadro's constant (CODATA 2018, exact).
const G_PER_CM3: f64 = 1e24 / 6.022_140_76e23;

/// An element on a site, and how much of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Species {
    /// The element.
    pub element: Element,
    /// The part of the sites that it occupies, above 0, at most 1. What the species of a site lack of 1 is vacant.
    pub occupancy: f64,
    /// The oxidation state where the file states one.
    pub oxidation_state: Option<f64>,
}

/// A place in the cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Fractional coordinates; not necessarily within 0 and 1.
    pub position: Vector3<f64>,
    /// What occupies it, each element and oxidation state once; never empty.
    pub species: Vec<Species>,
    /// The name that the file gives the site, else the symbol of its first element.
    pub label: String,
    /// Magnetic moment, µB, where the file states one: along one common axis, so that its sign tells the direction.
    pub magnetic_moment: Option<f64>,
}

/// A crystal structure, periodic in three dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// The basis vectors.
    pub lattice: Lattice,
    /// All sites of the cell.
    pub sites: Vec<Site>,
    /// A title, one line; may be empty.
    pub title: String,
    /// What a reader set aside or took for granted, in sentences for the user.
    pub notes: Vec<String>,
}

impl Species {
    /// The element alone on its site.
    pub fn new(element: Element) -> Self {
        Self {
            element,
            occupancy: 1.0,
            oxidation_state: None,
        }
    }
}

impl Site {
    /// A site that one element occupies wholly, at these fractional coordinates.
    pub fn new(element: Element, position: Vector3<f64>) -> Self {
        Self {
            position,
            species: vec![Species::new(element)],
            label: element.symbol().to_string(),
            magnetic_moment: None,
        }
    }

    /// The one element that occupies the site wholly; none where there are several or a part is vacant.
    pub fn element(&self) -> Option<Element> {
        match self.species.as_slice() {
            [only] if is_whole(only.occupancy) => Some(only.element),
            _ => None,
        }
    }

    /// The element of the highest occupancy, the first of equals: for what needs one, as a colour or a radius.
    pub fn main_element(&self) -> Option<Element> {
        let best = |a: &Species, b: &Species| a.occupancy >= b.occupancy;
        let first = self.species.first()?;
        let found = self
            .species
            .iter()
            .fold(first, |a, b| if best(a, b) { a } else { b });
        Some(found.element)
    }

    /// The part of the site that is occupied.
    pub fn occupancy(&self) -> f64 {
        self.species.iter().map(|s| s.occupancy).sum()
    }
}

/// Whether an occupancy is 1 within rounding.
fn is_whole(occupancy: f64) -> bool {
    (occupancy - 1.0).abs() < 1e-6
}

impl Structure {
    /// Sites in a lattice.
    pub fn new(lattice: Lattice, sites: Vec<Site>) -> Self {
        Self {
            lattice,
            sites,
            title: String::new(),
            notes: Vec::new(),
        }
    }

    /// The composition of the whole cell. Empty where a species has an occupancy that is not a positive number.
    pub fn composition(&self) -> Composition {
        let species = self.sites.iter().flat_map(|site| &site.species);
        Composition::from_amounts(species.map(|s| (s.element, s.occupancy))).unwrap_or_default()
    }

    /// The formula of the composition with the smallest whole amounts: `LiFePO4`.
    pub fn formula(&self) -> String {
        self.composition().as_ref().reduced_formula()
    }

    /// Volume of the cell, Å3.
    pub fn volume(&self) -> f64 {
        self.lattice.volume()
    }

    /// Volume an atom, Å3, where occupancies count as parts of atoms; not finite without sites.
    pub fn volume_per_atom(&self) -> f64 {
        self.volume() / self.composition().as_ref().total_atoms()
    }

    /// Density, g/cm3, from the masses of natural isotopes.
    pub fn density(&self) -> f64 {
        self.composition().as_ref().mass() / self.volume() * G_PER_CM3
    }

    /// Whether every site is occupied wholly by one element.
    pub fn is_ordered(&self) -> bool {
        self.sites.iter().all(|site| site.element().is_some())
    }

    /// Cartesian coordinates of site `index`, Å.
    ///
    /// # Panics
    ///
    /// If there are not that many sites, as a slice does.
    pub fn cartesian(&self, index: usize) -> Vector3<f64> {
        self.lattice
            .cartesian_from_fractional(self.sites[index].position)
    }

    /// Refuses coordinates that are no numbers, or so large that fractions are lost.
    pub(crate) fn check_positions(&self) -> Result<(), CrystalError> {
        let bad = |site: &&Site| !site.position.iter().all(|x| x.abs() < 1e9);
        match self.sites.iter().find(bad) {
            Some(site) => Err(CrystalError::Position(site.label.clone())),
            None => Ok(()),
        }
    }
}
