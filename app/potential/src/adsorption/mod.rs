//! Adsorption: what an atom or a small molecule gains on the upper face of a slab, place by place.
//!
//! `E = E(slab with it) - E(slab) - µ`, negative where it binds; the lower half of the slab is held where the crystal has it.
//! What µ is made of ([`Adsorbate::references`]) is computed by the same weights, molecules alone in a box: they learned from
//! crystals, so that molecules are foreign to them. At 0 K, without vibrations.

mod adsorbate;
mod sites;

pub use adsorbate::{Adsorbate, Reference};
pub use sites::{Kind, Place, places};

use crate::relax::{Ending, Relaxed};
use crate::surface::{Block, Cut, SurfaceError, rest};
use crate::{Potential, PotentialError};
use crystal::slab::Termination;
use crystal::{Site, Structure};
use job::Job;
use nalgebra::{Vector2, Vector3};
use rayon::prelude::*;
use sites::radius;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

/// How far images of an adsorbate are apart where nobody says otherwise, Å: beyond the reach of their direct forces.
pub const WIDTH: f64 = 7.0;
/// Bonds longer than this many sums of radii are none.
const BROKEN: f64 = 1.4;
/// What is deeper than the lowest atom of its place by this has gone below, Å.
const SUNK: f64 = 0.3;
/// A slab that alone has less energy than the clean one by more than this is another surface, eV.
const RESTRUCTURED: f64 = 0.05;
/// An adsorbate is put down this far from its place, so that it does not rest on a ridge, Å.
const ASIDE: f64 = 0.1;

/// Adsorbates on a slab.
#[derive(Clone, Debug)]
pub struct Adsorption {
    /// The relaxed slab without any.
    pub slab: Structure,
    /// Its termination, and that one's number from 0.
    pub termination: (usize, Termination),
    /// How the clean slab's relaxation ended.
    pub ending: Ending,
    /// The area of its face, Å2: one adsorbate on each such.
    pub area: f64,
    /// How many atoms its upper plane has.
    pub atoms_on_top: usize,
    /// How far images of an adsorbate are apart, Å.
    pub apart: f64,
    /// How many atoms are held.
    pub held: usize,
    /// Of each adsorbate what it found, lowest first.
    pub found: Vec<(Adsorbate, Vec<Adsorbed>)>,
}

/// An adsorbate at a place.
#[derive(Clone, Debug)]
pub struct Adsorbed {
    /// Where it was put down.
    pub place: Place,
    /// What it gains there, eV; negative where it binds. None where it did not stay in one piece on the surface.
    pub energy: Option<f64>,
    /// What it counts against, µ, eV.
    pub reference: f64,
    /// What the slab alone costs as it stands in the end, against the clean slab, eV: above 0 what it gave way; below 0 it found a
    /// better surface than the clean one, and part of [`Adsorbed::energy`] is no adsorption. None with that energy.
    pub slab_energy: Option<f64>,
    /// What became of it.
    pub fate: Fate,
    /// How high the atom that binds is above the highest atom of the slab, Å.
    pub height: f64,
    /// The slab with it, relaxed.
    pub structure: Structure,
    /// How that ended.
    pub ending: Ending,
}

/// What became of an adsorbate.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It is where it was put.
    Stayed,
    /// It went to another place, this one.
    Moved(String),
    /// It went below the atoms of the surface.
    Sank,
    /// It left the surface.
    Detached,
    /// It fell apart.
    Dissociated,
    /// Its relaxation found no end.
    Lost(Ending),
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stayed => f.write_str("stayed"),
            Self::Moved(place) => write!(f, "moved to {place}"),
            Self::Sank => f.write_str("went below the surface"),
            Self::Detached => f.write_str("left the surface"),
            Self::Dissociated => f.write_str("fell apart"),
            Self::Lost(ending) => write!(f, "{ending}"),
        }
    }
}

/// A clean slab and its places.
struct Ground {
    slab: Structure,
    energy: f64,
    ending: Ending,
    held: Vec<usize>,
    places: Vec<Place>,
    /// The smallest cell in the plane, whose fractions the places are in, Å.
    edges: [Vector2<f64>; 2],
}

/// What adsorbates gain on a face of a crystal, which is relaxed first. Where the plane has several terminations and none is
/// asked for, the one of the lowest surface energy is taken. The job counts adsorbates and places.
///
/// # Errors
///
/// As [`crate::surface::surfaces`]; a face without places.
pub fn adsorption(
    potential: &Potential,
    structure: &Structure,
    adsorbates: &[Adsorbate],
    cut: &Cut,
    job: &Job,
) -> Result<Adsorption, SurfaceError> {
    let block = Block::new(potential, structure, cut, job)?;
    let number = match (cut.termination, block.facet.terminations().len()) {
        (None, 2..) => {
            let narrow = Cut {
                width: 0.0,
                ..cut.clone()
            };
            let faces = block.surfaces(potential, &narrow, job)?;
            faces.first().map_or(0, |face| face.number)
        }
        (None, _) => 0,
        (Some(number), count) if number < count => number,
        (Some(number), count) => return Err(SurfaceError::Termination(number + 1, count)),
    };
    let (ground, area, atoms_on_top, apart) = ground(potential, &block, cut, number, job)?;
    let references = references(potential, adsorbates, job)?;
    let mut tasks = Vec::new();
    for &adsorbate in adsorbates {
        tasks.extend(ground.places.iter().map(|place| (adsorbate, place)));
    }
    job.stage("relaxing adsorbates", Some(tasks.len() as u64));
    let done = tasks.par_iter().with_max_len(1).map(|&(adsorbate, place)| {
        let reference: f64 = adsorbate
            .references()
            .iter()
            .map(|(share, reference)| share * references[reference])
            .sum();
        let found = ground.put(potential, adsorbate, place, reference, job)?;
        job.advance(1);
        Ok((adsorbate, found))
    });
    let done = done.collect::<Result<Vec<_>, SurfaceError>>()?;
    let found = adsorbates.iter().map(|&adsorbate| {
        let mine = done.iter().filter(|one| one.0 == adsorbate);
        let mut mine: Vec<Adsorbed> = mine.map(|one| one.1.clone()).collect();
        let key = |one: &Adsorbed| one.energy.unwrap_or(f64::INFINITY);
        mine.sort_by(|a, b| key(a).total_cmp(&key(b)));
        (adsorbate, mine)
    });
    Ok(Adsorption {
        found: found.collect(),
        termination: (number, block.facet.terminations()[number].clone()),
        ending: ground.ending,
        held: ground.held.len(),
        slab: ground.slab,
        area,
        atoms_on_top,
        apart,
    })
}

/// The energies that adsorbates count against, eV.
fn references(
    potential: &Potential,
    adsorbates: &[Adsorbate],
    job: &Job,
) -> Result<BTreeMap<Reference, f64>, PotentialError> {
    let mut energies = BTreeMap::new();
    for (_, reference) in adsorbates.iter().flat_map(|a| a.references()) {
        if let Entry::Vacant(place) = energies.entry(reference) {
            place.insert(reference.energy(potential, job)?);
        }
    }
    Ok(energies)
}

/// The clean slab at rest; with its area, how many atoms its upper plane has, and how far its images are apart.
fn ground(
    potential: &Potential,
    block: &Block,
    cut: &Cut,
    termination: usize,
    job: &Job,
) -> Result<(Ground, f64, usize, f64), SurfaceError> {
    job.stage("relaxing the slab", None);
    let narrow = Cut {
        width: 0.0,
        ..cut.clone()
    };
    let small = block.slab(&narrow, termination)?;
    let places = places(&small.structure)?;
    let wide = block.slab(cut, termination)?;
    // The lower half of the planes stays.
    let planes = wide.planes();
    let mut held: Vec<usize> = planes[planes.len().div_ceil(2)..].concat();
    held.sort_unstable();
    let atoms_on_top = planes[0].len();
    let relaxed = rest(potential, &wide.structure, &held, job)?;
    let edge = |axis: usize| small.structure.lattice.vector(axis).xy();
    let (a, b) = (
        wide.structure.lattice.vector(0),
        wide.structure.lattice.vector(1),
    );
    let ways = [a, b, a + b, a - b].map(|way| way.norm());
    let ground = Ground {
        energy: relaxed.prediction.energy,
        slab: relaxed.structure,
        ending: relaxed.ending,
        held,
        places,
        edges: [edge(0), edge(1)],
    };
    let apart = ways.into_iter().fold(f64::INFINITY, f64::min);
    Ok((ground, wide.area, atoms_on_top, apart))
}

impl Ground {
    /// Puts an adsorbate down at a place, and sees where it comes to rest.
    fn put(
        &self,
        potential: &Potential,
        adsorbate: Adsorbate,
        place: &Place,
        reference: f64,
        job: &Job,
    ) -> Result<Adsorbed, SurfaceError> {
        let start = self.with(adsorbate, self.cartesian(place.positions[0]));
        let count = self.slab.sites.len();
        let relaxed = match rest(potential, &start, &self.held, job) {
            Ok(relaxed) => relaxed,
            Err(PotentialError::Lost(ending)) => {
                return Ok(Adsorbed {
                    place: place.clone(),
                    energy: None,
                    reference,
                    slab_energy: None,
                    // Only an atom without neighbours can make a slab explode whose cell is kept.
                    fate: match ending {
                        Ending::Exploded(_) => Fate::Detached,
                        _ => Fate::Lost(ending.clone()),
                    },
                    height: f64::NAN,
                    structure: start,
                    ending,
                });
            }
            Err(error) => return Err(error.into()),
        };
        let Relaxed {
            mut structure,
            prediction,
            ending,
            ..
        } = relaxed;
        let fate = self.fate(&structure, place);
        let stays = matches!(fate, Fate::Stayed | Fate::Moved(_) | Fate::Sank);
        structure.title = format!("{} with {adsorbate} on {place}", self.slab.title);
        let slab_energy = match stays {
            true => {
                let mut alone = structure.clone();
                alone.sites.truncate(count);
                Some(potential.energy(&alone)?.energy - self.energy)
            }
            false => None,
        };
        Ok(Adsorbed {
            place: place.clone(),
            energy: stays.then_some(prediction.energy - self.energy - reference),
            reference,
            slab_energy,
            height: structure.cartesian(count).z - highest(&structure, count),
            fate,
            structure,
            ending,
        })
    }

    fn cartesian(&self, position: Vector2<f64>) -> Vector2<f64> {
        self.edges[0] * position.x + self.edges[1] * position.y
    }

    /// The slab with an adsorbate above a place of the plane, at the sum of the radii from the nearest atom.
    fn with(&self, adsorbate: Adsorbate, place: Vector2<f64>) -> Structure {
        let place = place + Vector2::new(0.8, 0.6) * ASIDE;
        let atoms = adsorbate.atoms();
        let mut structure = self.slab.clone();
        let lattice = structure.lattice.clone();
        let mut height = f64::MIN;
        for (number, site) in self.slab.sites.iter().enumerate() {
            let there = self.slab.cartesian(number);
            let touch = radius(atoms[0].0) + site.main_element().map_or(1.5, radius);
            for step in 0..25 {
                let (i, j) = (f64::from(step / 5 - 2), f64::from(step % 5 - 2));
                let shift = lattice.cartesian_from_fractional(Vector3::new(i, j, 0.0));
                let aside = (there + shift).xy() - place;
                if aside.norm() < touch {
                    let up = (touch * touch - aside.norm_squared()).sqrt();
                    height = height.max(there.z + up);
                }
            }
        }
        if height == f64::MIN {
            // Nothing below: at the height of the highest atom.
            height = highest(&self.slab, self.slab.sites.len());
        }
        let foot = Vector3::new(place.x, place.y, height);
        structure.sites.extend(atoms.iter().map(|(element, from)| {
            Site::new(*element, lattice.fractional_from_cartesian(foot + from))
        }));
        structure
    }

    /// What became of the adsorbate, whose atoms stand after those of the slab.
    fn fate(&self, structure: &Structure, start: &Place) -> Fate {
        let count = self.slab.sites.len();
        let element = |site: usize| structure.sites[site].main_element();
        let bound = |a: usize, b: usize| {
            let apart = structure.sites[a].position - structure.sites[b].position;
            let apart = apart - apart.map(f64::round);
            let way = structure.lattice.cartesian_from_fractional(apart).norm();
            let reach = element(a).map_or(1.5, radius) + element(b).map_or(1.5, radius);
            way < BROKEN * reach
        };
        let own = count..structure.sites.len();
        if own.clone().skip(1).any(|atom| !bound(count, atom)) {
            return Fate::Dissociated;
        }
        if !own
            .clone()
            .any(|atom| (0..count).any(|other| bound(atom, other)))
        {
            return Fate::Detached;
        }
        let foot = structure.cartesian(count);
        let nearest = self.places.iter().min_by(|a, b| {
            let (a, b) = (self.nearest(a, foot.xy()), self.nearest(b, foot.xy()));
            a.total_cmp(&b)
        });
        let height = foot.z - highest(&self.slab, count);
        match nearest {
            Some(there) if height < -there.depth - SUNK => Fate::Sank,
            Some(there) if there != start => Fate::Moved(there.to_string()),
            _ => Fate::Stayed,
        }
    }

    /// The distance to the nearest of the places that are equal to this one, Å.
    fn nearest(&self, place: &Place, from: Vector2<f64>) -> f64 {
        let [u, v] = self.edges;
        let area = u.x * v.y - u.y * v.x;
        let all = place.positions.iter().flat_map(|position| {
            let way = from - self.cartesian(*position);
            let (i, j) = (
                (way.x * v.y - way.y * v.x) / area,
                (u.x * way.y - u.y * way.x) / area,
            );
            let rest = way - u * i.round() - v * j.round();
            let steps = (0..9).map(|n| (f64::from(n / 3 - 1), f64::from(n % 3 - 1)));
            steps.map(move |(a, b)| (rest - u * a - v * b).norm())
        });
        all.fold(f64::INFINITY, f64::min)
    }
}

/// The height of the highest of the first so many atoms, Å.
fn highest(structure: &Structure, count: usize) -> f64 {
    let heights = (0..count).map(|site| structure.cartesian(site).z);
    heights.fold(f64::MIN, f64::max)
}

impl Adsorption {
    /// What to beware of, in a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let (number, termination) = &self.termination;
        if self.ending != Ending::Converged {
            notes.push(format!("the clean slab: relaxation {}", self.ending));
        }
        if !termination.faces_alike {
            notes.push(format!(
                "termination {} has {} above and {} below; the other face is up where the indices change their signs",
                number + 1,
                termination.upper,
                termination.lower
            ));
        }
        for (adsorbate, found) in &self.found {
            for one in found {
                if one.ending != Ending::Converged && one.energy.is_some() {
                    notes.push(format!(
                        "{adsorbate} on {}: relaxation {}",
                        one.place, one.ending
                    ));
                }
                if let Some(energy) = one.slab_energy
                    && energy < -RESTRUCTURED
                {
                    notes.push(format!(
                        "{adsorbate} on {}: the slab alone, as it stands in the end, has {:.2} eV less than the clean slab: what was put on it \
                         let it restructure, and so much of the energy is no adsorption",
                        one.place, -energy
                    ));
                }
            }
            notes.push(format!(
                "{adsorbate} counts against {}, computed by the same weights",
                adsorbate.reference_text()
            ));
        }
        notes
    }
}
