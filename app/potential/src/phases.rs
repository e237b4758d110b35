//! The phases that come with the program, for candidates to compete with: structures relaxed with the default weights, and their
//! energies (`datasets/phases`). What lies above their hull is above *these* phases: a phase that nobody bundled may lie lower. Of
//! two elements whose compounds were tried the lowest is among them, be it stable or not, so that only what was never tried is bare.

use crate::hull::{Hull, HullError, Phase};
use crate::{Model, PotentialError};
use crystal::{Lattice, Site, Structure};
use matter::{Composition, Element, formula};
use nalgebra::{Matrix3, Vector3};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use thiserror::Error;

/// The file, one phase a line.
const FILE: &str = include_str!("../../../datasets/phases/phases.csv");

/// A compound further below the hull of the phases than this, eV/atom, is no discovery: phases are lacking.
const LACKING: f64 = -0.1;

/// Why nothing is compared.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum PhasesError {
    /// Weights for which no phases are bundled; energies of two sets of weights are never compared.
    #[error(
        "no competing phases are bundled for {0}, and energies of two sets of weights have nothing in common; take {default}, or give phases yourself",
        default = Model::default()
    )]
    Model(Model),
    /// What the hull cannot do.
    #[error(transparent)]
    Hull(#[from] HullError),
    /// A line of the file that is none; not one that a user can meet.
    #[error("datasets/phases/phases.csv, line {line}: {text:?} is no {what}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// The offending text.
        text: String,
        /// What should stand there.
        what: &'static str,
    },
}

/// Phases with their sources.
#[derive(Clone, Debug, Default)]
pub struct Phases {
    hull: Hull,
    records: Vec<Record>,
}

/// What is known of a phase beside composition and energy.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Where its structure is from: `mp-149`, `cod:9008571`, `aflow:A_cF4_225_a:Cu`; a file of the user.
    pub source: String,
    /// The space group of the relaxed structure, where it was looked for.
    pub space_group: Option<u8>,
    /// Cell and sites of the bundled ones, as the file has them.
    text: Option<(&'static str, &'static str)>,
}

/// How a composition with an energy stands among phases.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// From the elements' phases of lowest energy, eV/atom.
    pub formation_energy: f64,
    /// Above the hull of the phases, eV/atom; negative below all of them. None where it is not covered: no compound of the
    /// elements is among the phases, or it lies so far below them that phases must be lacking.
    pub above_hull: Option<f64>,
    /// The same whatever is covered.
    pub distance: f64,
    /// How many phases consist of these elements alone, those of the elements included.
    pub compared: usize,
    /// How many of them are compounds.
    pub compounds: usize,
    /// What it would fall into: number of the phase, and the part of all atoms in it; largest first.
    pub parts: Vec<(usize, f64)>,
    /// Pairs of its elements without any compound among the phases. Some pairs have none in nature either.
    pub bare_pairs: Vec<(Element, Element)>,
}

impl Phases {
    /// Those that come with the program for these weights.
    ///
    /// # Errors
    ///
    /// Weights without bundled phases.
    pub fn bundled(model: Model) -> Result<&'static Self, PhasesError> {
        static BUNDLED: OnceLock<Result<Phases, PhasesError>> = OnceLock::new();
        if model != Model::default() {
            return Err(PhasesError::Model(model));
        }
        let read = BUNDLED.get_or_init(|| Self::read(FILE));
        read.as_ref().map_err(Clone::clone)
    }

    fn read(file: &'static str) -> Result<Self, PhasesError> {
        let (mut phases, mut records) = (Vec::new(), Vec::new());
        for (number, line) in file.lines().enumerate().skip(1) {
            let wrong = |text: &str, what| PhasesError::Line {
                line: number + 1,
                text: text.to_owned(),
                what,
            };
            let fields: Vec<&'static str> = line.split(',').collect();
            let [source, written, space_group, energy, cell, sites] = fields[..] else {
                return Err(wrong(line, "phase of six fields"));
            };
            let parsed = formula::parse(written).map_err(|_| wrong(written, "formula"))?;
            let energy = energy.parse().map_err(|_| wrong(energy, "energy"))?;
            phases.push(Phase {
                name: written.to_owned(),
                composition: parsed.composition,
                energy_per_atom: energy,
            });
            records.push(Record {
                source: source.to_owned(),
                space_group: space_group.parse().ok(),
                text: Some((cell, sites)),
            });
        }
        Ok(Self {
            hull: Hull::new(phases)?,
            records,
        })
    }

    /// These and more, with their energies by the same weights and where they are from.
    ///
    /// # Errors
    ///
    /// A phase without atoms, or without a finite energy.
    pub fn with(&self, more: Vec<(Phase, String)>) -> Result<Self, PhasesError> {
        let mut phases = self.hull.phases().to_vec();
        let mut records = self.records.clone();
        for (phase, source) in more {
            phases.push(phase);
            records.push(Record {
                source,
                space_group: None,
                text: None,
            });
        }
        Ok(Self {
            hull: Hull::new(phases)?,
            records,
        })
    }

    /// Their hull; phases are numbered as here.
    pub fn hull(&self) -> &Hull {
        &self.hull
    }

    /// Where each is from, in the order of the hull's phases.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// An element's phase of lowest energy, and what is known of it.
    pub fn element(&self, element: Element) -> Option<(&Phase, &Record)> {
        let phase = self.hull.reference(element)?;
        let number = self.hull.phases().iter().position(|other| other == phase)?;
        Some((phase, self.records.get(number)?))
    }

    /// The relaxed structure of a bundled phase.
    ///
    /// # Errors
    ///
    /// A phase of the user, or a line of the file that is none.
    pub fn structure(&self, phase: usize) -> Result<Structure, PotentialError> {
        let (Some((cell, sites)), Some(record)) =
            (self.records[phase].text, self.records.get(phase))
        else {
            return Err(PotentialError::Phase(
                self.hull.phases()[phase].name.clone(),
            ));
        };
        let broken = || PotentialError::Phase(record.source.clone());
        let numbers = |text: &str| -> Option<Vec<f64>> {
            text.split_whitespace().map(|x| x.parse().ok()).collect()
        };
        let rows = numbers(cell).filter(|n| n.len() == 9).ok_or_else(broken)?;
        let mut all = Vec::new();
        for group in sites.split(';') {
            let (symbol, places) = group.trim().split_once(' ').ok_or_else(broken)?;
            let element = Element::from_symbol(symbol).ok_or_else(broken)?;
            let places = numbers(places).ok_or_else(broken)?;
            let places = places.chunks_exact(3);
            all.extend(places.map(|p| Site::new(element, Vector3::new(p[0], p[1], p[2]))));
        }
        let lattice = Lattice::new(Matrix3::from_row_slice(&rows))?;
        let mut structure = Structure::new(lattice, all);
        structure.title = format!("{} ({})", self.hull.phases()[phase].name, record.source);
        Ok(structure)
    }

    /// The phases that consist of these elements alone, by number.
    pub fn of_system<'a>(
        &'a self,
        elements: &'a BTreeSet<Element>,
    ) -> impl Iterator<Item = usize> + 'a {
        let phases = self.hull.phases().iter().enumerate();
        let within = |phase: &Phase| {
            let mut parts = phase.composition.as_ref().iter();
            parts.all(|(element, _)| elements.contains(&element))
        };
        phases.filter_map(move |(number, phase)| within(phase).then_some(number))
    }

    /// How a composition with an energy (eV/atom) of the same weights stands among them.
    ///
    /// # Errors
    ///
    /// An element of which no phase is bundled; no atoms.
    pub fn standing(
        &self,
        composition: &Composition,
        energy_per_atom: f64,
    ) -> Result<Standing, PhasesError> {
        let formation_energy = self.hull.formation_energy(composition, energy_per_atom)?;
        let mixture = self.hull.at(composition)?;
        let elements: BTreeSet<Element> = composition.as_ref().iter().map(|p| p.0).collect();
        let of = |phase: usize| self.hull.phases()[phase].composition.as_ref();
        let compounds: Vec<usize> = self
            .of_system(&elements)
            .filter(|&phase| of(phase).len() > 1)
            .collect();
        let distance = energy_per_atom - mixture.energy_per_atom;
        let covered = elements.len() < 2 || !compounds.is_empty() && distance > LACKING;
        let pairs = elements.iter().enumerate();
        let pairs = pairs.flat_map(|(at, a)| elements.iter().skip(at + 1).map(move |b| (*a, *b)));
        let known = |pair: &(Element, Element)| {
            let mut binary = compounds.iter().filter(|&&phase| of(phase).len() == 2);
            binary.any(|&phase| of(phase).contains(pair.0) && of(phase).contains(pair.1))
        };
        Ok(Standing {
            formation_energy,
            above_hull: covered.then_some(distance),
            distance,
            compared: mixture.compared,
            compounds: compounds.len(),
            parts: mixture.parts,
            bare_pairs: pairs.filter(|pair| !known(pair)).collect(),
        })
    }
}

impl Standing {
    /// What to beware of, in a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.above_hull.is_none() && self.compounds > 0 {
            notes.push(format!(
                "not covered: it lies {:.2} eV/atom below all mixtures of the {} bundled phases of its elements, so that phases must be lacking",
                -self.distance, self.compared
            ));
        } else if self.above_hull.is_none() {
            notes.push(
                "not covered: no compound of these elements is among the bundled phases, so that only the elements would compete"
                    .to_owned(),
            );
        } else if !self.bare_pairs.is_empty() {
            let pairs = self.bare_pairs.iter();
            let pairs: Vec<String> = pairs
                .map(|(a, b)| format!("{}-{}", a.symbol(), b.symbol()))
                .collect();
            notes.push(format!(
                "relative to {} bundled phases, none of them a compound of {} alone",
                self.compared,
                pairs.join(", ")
            ));
        } else {
            notes.push(format!("relative to {} bundled phases", self.compared));
        }
        notes
    }
}
