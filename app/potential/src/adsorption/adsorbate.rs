//! What may be put on a surface, and what its energy counts against.

use crate::assess::settings;
use crate::relax::{Settings, relax};
use crate::{Potential, PotentialError};
use crystal::{Lattice, Site, Structure};
use job::Job;
use matter::Element;
use nalgebra::Vector3;
use std::fmt;
use std::str::FromStr;

/// The edge of the cube that a molecule is alone in, Å.
const BOX: f64 = 14.0;

/// An atom or molecule on a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Adsorbate {
    /// Hydrogen, against half of H2.
    Hydrogen,
    /// Carbon, against graphite.
    Carbon,
    /// Nitrogen, against half of N2.
    Nitrogen,
    /// Oxygen, against half of O2.
    Oxygen,
    /// Hydroxyl by its oxygen, against H2O less half of H2.
    Hydroxyl,
    /// Carbon monoxide by its carbon, against CO.
    CarbonMonoxide,
}

/// What an adsorbate counts against: matter alone, computed by the same weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// A molecule of hydrogen.
    H2,
    /// A molecule of nitrogen.
    N2,
    /// A molecule of oxygen.
    O2,
    /// A molecule of water.
    H2O,
    /// A molecule of carbon monoxide.
    CO,
    /// An atom of graphite.
    Graphite,
}

impl Adsorbate {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Hydrogen,
        Self::Carbon,
        Self::Nitrogen,
        Self::Oxygen,
        Self::Hydroxyl,
        Self::CarbonMonoxide,
    ];

    /// As users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hydrogen => "H",
            Self::Carbon => "C",
            Self::Nitrogen => "N",
            Self::Oxygen => "O",
            Self::Hydroxyl => "OH",
            Self::CarbonMonoxide => "CO",
        }
    }

    /// Its atoms, the one that binds first, and how the others lie from it with the surface below, Å.
    pub fn atoms(self) -> Vec<(Element, Vector3<f64>)> {
        let at = |element, x, y, z| (element, Vector3::new(x, y, z));
        match self {
            Self::Hydrogen => vec![at(Element::H, 0.0, 0.0, 0.0)],
            Self::Carbon => vec![at(Element::C, 0.0, 0.0, 0.0)],
            Self::Nitrogen => vec![at(Element::N, 0.0, 0.0, 0.0)],
            Self::Oxygen => vec![at(Element::O, 0.0, 0.0, 0.0)],
            // Aslant, as it lies on metals, and along no direction of symmetry; 0.97 Å long.
            Self::Hydroxyl => vec![
                at(Element::O, 0.0, 0.0, 0.0),
                at(Element::H, 0.78, 0.28, 0.50),
            ],
            Self::CarbonMonoxide => vec![
                at(Element::C, 0.0, 0.0, 0.0),
                at(Element::O, 0.0, 0.0, 1.15),
            ],
        }
    }

    /// What its energy counts against: how much of what.
    pub fn references(self) -> Vec<(f64, Reference)> {
        match self {
            Self::Hydrogen => vec![(0.5, Reference::H2)],
            Self::Carbon => vec![(1.0, Reference::Graphite)],
            Self::Nitrogen => vec![(0.5, Reference::N2)],
            Self::Oxygen => vec![(0.5, Reference::O2)],
            Self::Hydroxyl => vec![(1.0, Reference::H2O), (-0.5, Reference::H2)],
            Self::CarbonMonoxide => vec![(1.0, Reference::CO)],
        }
    }

    /// The references in words: `H2O - ½ H2`.
    pub fn reference_text(self) -> &'static str {
        match self {
            Self::Hydrogen => "½ H2",
            Self::Carbon => "graphite",
            Self::Nitrogen => "½ N2",
            Self::Oxygen => "½ O2",
            Self::Hydroxyl => "H2O - ½ H2",
            Self::CarbonMonoxide => "CO",
        }
    }
}

impl fmt::Display for Adsorbate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Adsorbate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|one| one.name() == text);
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("`{text}` is not among the adsorbates that are known: {names}")
        })
    }
}

impl Reference {
    /// Its structure before relaxation: a molecule as measured in a cube of 14 Å, or four atoms of graphite.
    ///
    /// # Errors
    ///
    /// None that can be met: a lattice that is none.
    pub fn structure(self) -> Result<Structure, PotentialError> {
        let molecule: &[(Element, [f64; 3])] = match self {
            Self::H2 => &[(Element::H, [0.0; 3]), (Element::H, [0.0, 0.0, 0.741])],
            Self::N2 => &[(Element::N, [0.0; 3]), (Element::N, [0.0, 0.0, 1.098])],
            Self::O2 => &[(Element::O, [0.0; 3]), (Element::O, [0.0, 0.0, 1.208])],
            Self::CO => &[(Element::C, [0.0; 3]), (Element::O, [0.0, 0.0, 1.128])],
            Self::H2O => &[
                (Element::O, [0.0; 3]),
                (Element::H, [0.757, 0.0, 0.587]),
                (Element::H, [-0.757, 0.0, 0.587]),
            ],
            Self::Graphite => {
                // R. W. G. Wyckoff, Crystal Structures 1 (1963): P6_3/mmc, 2b and 2c.
                let lattice = Lattice::from_parameters(2.464, 2.464, 6.711, 90.0, 90.0, 120.0)?;
                let (third, quarter) = (1.0 / 3.0, 0.25);
                let places = [
                    [0.0, 0.0, quarter],
                    [0.0, 0.0, 3.0 * quarter],
                    [third, 2.0 * third, quarter],
                    [2.0 * third, third, 3.0 * quarter],
                ];
                let sites = places.map(|p| Site::new(Element::C, p.into()));
                return Ok(Structure::new(lattice, sites.into()));
            }
        };
        let lattice = Lattice::from_parameters(BOX, BOX, BOX, 90.0, 90.0, 90.0)?;
        let site = |&(element, place): &(Element, [f64; 3])| {
            Site::new(element, Vector3::from(place) / BOX + Vector3::repeat(0.5))
        };
        Ok(Structure::new(lattice, molecule.iter().map(site).collect()))
    }

    /// Its energy by these weights at rest, eV a molecule or an atom of graphite.
    ///
    /// # Errors
    ///
    /// Cancelled.
    pub fn energy(self, potential: &Potential, job: &Job) -> Result<f64, PotentialError> {
        let settings = Settings {
            cell: self == Self::Graphite,
            symmetry: None,
            ..settings()
        };
        let relaxed = relax(potential, &self.structure()?, &settings, job, |_| ())?;
        let units = match self {
            Self::Graphite => 4.0,
            _ => 1.0,
        };
        Ok(relaxed.prediction.energy / units)
    }
}
