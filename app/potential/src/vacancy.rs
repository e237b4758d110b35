//! Vacancies: what it costs to take an atom out of a crystal, site by site.
//!
//! `E = E(with the vacancy) + µ - E(perfect)`, both cells relaxed by the same weights, µ the energy of the atom in its element's
//! phase of lowest energy (of an element: in the crystal itself). The cell is that of the perfect crystal and stays, as if the
//! vacancy were in a crystal that is much larger: energies at fixed volume, which differ from those at zero pressure by terms
//! that vanish with the size of the cell. The cell is neutral: what a vacancy does by being charged is not in it.

use crate::assess::{at_rest, settings};
use crate::phases::Phases;
use crate::relax::{Ending, Settings, relax};
use crate::{Potential, PotentialError};
use crystal::{Structure, symmetry};
use job::Job;
use matter::Element;
use nalgebra::Vector3;
use rayon::prelude::*;
use std::collections::BTreeMap;
use thiserror::Error;

/// How far images of a vacancy are apart where nobody says otherwise, Å: well beyond the 6 Å that an atom sees.
pub const WIDTH: f64 = 10.0;
/// Atoms of a supercell at most.
const MOST_ATOMS: usize = 2_000;

/// Why there is no energy of a vacancy.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum VacancyError {
    /// The element asked for is not in the structure: its symbol, and those that are.
    #[error("no {0} in the structure; it holds {1}")]
    NoElement(&'static str, String),
    /// Nothing tells what an atom is worth outside.
    #[error(
        "no bundled phase of {0} for these weights, whose energy an atom that leaves would have"
    )]
    NoReference(&'static str),
    /// A supercell of more atoms than are worth waiting for.
    #[error(
        "images of a vacancy {width} Å apart need a cell of {atoms} atoms, {MOST_ATOMS} are taken at most; give a smaller --width"
    )]
    Large {
        /// What was asked for, Å.
        width: f64,
        /// How many atoms that would be.
        atoms: usize,
    },
    /// A width that is none.
    #[error("a width of {0} Å: give a positive length; 10 Å is usual")]
    Width(f64),
    /// What the potential or a relaxation cannot do.
    #[error(transparent)]
    Potential(#[from] PotentialError),
}

/// The vacancies of a crystal.
#[derive(Clone, Debug, PartialEq)]
pub struct Vacancies {
    /// The relaxed crystal, a primitive cell.
    pub host: Structure,
    /// How its relaxation ended.
    pub ending: Ending,
    /// How far images of a vacancy are apart, Å.
    pub apart: f64,
    /// Atoms of the perfect supercell.
    pub atoms: usize,
    /// Of each distinct site one, by element, lowest energy first.
    pub sites: Vec<Vacancy>,
}

/// A vacancy on one kind of site.
#[derive(Clone, Debug, PartialEq)]
pub struct Vacancy {
    /// What left.
    pub element: Element,
    /// The Wyckoff letter of the site in the standard cell of the host.
    pub wyckoff: char,
    /// How many such sites a primitive cell has.
    pub multiplicity: usize,
    /// Energy of formation, relaxed, eV.
    pub energy: f64,
    /// The same with all other atoms where they were, eV.
    pub energy_unrelaxed: f64,
    /// What an atom outside was taken to have, eV.
    pub reference: f64,
    /// Where: the phase's formula and source; none where it is the crystal itself.
    pub phase: Option<(String, String)>,
    /// The longest way that an atom went, Å.
    pub moved: f64,
    /// What pressure the vacancy leaves in the cell that was not allowed to change, GPa.
    pub pressure: f64,
    /// The supercell with the vacancy, relaxed.
    pub structure: Structure,
    /// How that ended.
    pub ending: Ending,
}

/// The vacancies of an element, or of all, in a crystal that is relaxed first; images at least `width` (Å) apart. µ is from the
/// phases. The job counts the sites.
///
/// # Errors
///
/// An element that is not in the structure or has no phase, a cell that becomes too large, what the potential refuses,
/// a relaxation that explodes or collapses, cancelled.
pub fn vacancies(
    potential: &Potential,
    structure: &Structure,
    element: Option<Element>,
    width: f64,
    phases: Option<&Phases>,
    job: &Job,
) -> Result<Vacancies, VacancyError> {
    if !(width > 0.0 && width.is_finite()) {
        return Err(VacancyError::Width(width));
    }
    let (host, ending) = host(potential, structure, job)?;
    let kinds = kinds(&host, element)?;
    let (perfect, images, apart) = supercell(&host, width)?;
    let energy = potential.energy(&perfect)?.energy;
    let own = elements(&host).len() == 1;
    job.stage("relaxing vacancies", Some(kinds.len() as u64));
    let found: Result<Vec<Vacancy>, VacancyError> = kinds
        .par_iter()
        .with_max_len(1)
        .map(|kind| {
            let (reference, phase) = match own {
                true => (energy / perfect.sites.len() as f64, None),
                false => outside(kind.element, phases)?,
            };
            let mut left = perfect.clone();
            left.sites.remove(kind.site * images);
            let settings = Settings {
                cell: false,
                symmetry: None,
                force_limit: 0.02,
                ..settings()
            };
            let relaxed = relax(potential, &left, &settings, job, |_| ())?;
            if matches!(relaxed.ending, Ending::Exploded(_) | Ending::Collapsed(_)) {
                return Err(PotentialError::Lost(relaxed.ending).into());
            }
            job.advance(1);
            let cost = |with: f64| with + reference - energy;
            let mut structure = relaxed.structure;
            structure.title = format!("{} with a vacancy of {}", host.formula(), kind.element);
            Ok(Vacancy {
                element: kind.element,
                wyckoff: kind.wyckoff,
                multiplicity: kind.multiplicity,
                energy: cost(relaxed.prediction.energy),
                energy_unrelaxed: cost(relaxed.start.energy),
                reference,
                phase,
                moved: longest_way(&left, &structure),
                pressure: relaxed.prediction.pressure(),
                structure,
                ending: relaxed.ending,
            })
        })
        .collect();
    let mut sites = found?;
    let order = |v: &Vacancy| v.element.atomic_number();
    sites.sort_by(|a, b| {
        let same = order(a).cmp(&order(b));
        same.then(a.energy.total_cmp(&b.energy))
    });
    Ok(Vacancies {
        atoms: perfect.sites.len(),
        host,
        ending,
        apart,
        sites,
    })
}

/// A crystal relaxed, as a primitive cell of the standard setting where its symmetry is found.
pub(crate) fn host(
    potential: &Potential,
    structure: &Structure,
    job: &Job,
) -> Result<(Structure, Ending), PotentialError> {
    let start = match symmetry::analyse(structure, symmetry::DEFAULT_TOLERANCE) {
        Ok(found) => found.primitive_cell,
        Err(_) => structure.clone(),
    };
    let relaxed = at_rest(potential, &start, job)?;
    Ok((relaxed.structure, relaxed.ending))
}

/// A kind of site.
struct Kind {
    site: usize,
    element: Element,
    wyckoff: char,
    multiplicity: usize,
}

/// The sites that symmetry does not make equal.
fn kinds(host: &Structure, wanted: Option<Element>) -> Result<Vec<Kind>, VacancyError> {
    let found = symmetry::analyse(host, symmetry::DEFAULT_TOLERANCE);
    let (orbits, letters) = match found {
        Ok(found) => (found.orbits, found.wyckoff),
        // Without symmetry every site is one of its own.
        Err(_) => ((0..host.sites.len()).collect(), vec!['a'; host.sites.len()]),
    };
    let mut kinds: BTreeMap<usize, Kind> = BTreeMap::new();
    for (site, &first) in orbits.iter().enumerate() {
        let Some(element) = host.sites[site].element() else {
            continue;
        };
        if wanted.is_some_and(|wanted| wanted != element) {
            continue;
        }
        let kind = kinds.entry(first).or_insert(Kind {
            site,
            element,
            wyckoff: letters[site],
            multiplicity: 0,
        });
        kind.multiplicity += 1;
    }
    if let (true, Some(wanted)) = (kinds.is_empty(), wanted) {
        let here: Vec<&str> = elements(host).iter().map(|e| e.symbol()).collect();
        return Err(VacancyError::NoElement(wanted.symbol(), here.join(", ")));
    }
    Ok(kinds.into_values().collect())
}

fn elements(structure: &Structure) -> Vec<Element> {
    let composition = structure.composition();
    composition.as_ref().iter().map(|part| part.0).collect()
}

/// What an atom has in its element's bundled phase of lowest energy, eV, and which phase that is.
fn outside(
    element: Element,
    phases: Option<&Phases>,
) -> Result<(f64, Option<(String, String)>), VacancyError> {
    let found = phases.and_then(|phases| phases.element(element));
    let (phase, record) = found.ok_or(VacancyError::NoReference(element.symbol()))?;
    let named = (phase.name.clone(), record.source.clone());
    Ok((phase.energy_per_atom, Some(named)))
}

/// A supercell whose lattice points are at least `width` apart: multiples of the shortest basis vectors. With how often it
/// repeats a site, and how far its lattice points are apart, Å.
fn supercell(host: &Structure, width: f64) -> Result<(Structure, usize, f64), VacancyError> {
    let basis = short_basis(host);
    let vectors = basis.map(|row| {
        let row = Vector3::from(row.map(f64::from));
        host.lattice.cartesian_from_fractional(row)
    });
    let mut times = [1; 3];
    let apart = |times: [i32; 3]| {
        let steps = (0..27).map(|n| [n / 9 - 1, n / 3 % 3 - 1, n % 3 - 1]);
        let lengths = steps.filter(|step| *step != [0; 3]).map(|step| {
            let parts = (0..3).map(|i| vectors[i] * f64::from(step[i] * times[i]));
            parts.sum::<Vector3<f64>>().norm()
        });
        lengths.fold(f64::INFINITY, f64::min)
    };
    // Images in a cube of many thousand atoms are farther apart than this in any crystal.
    let size = |times: [i32; 3]| times.iter().map(|n| *n as usize).product::<usize>();
    while apart(times) < width - 1e-6 && size(times) * host.sites.len() <= MOST_ATOMS {
        let length = |i: usize| vectors[i].norm() * f64::from(times[i]);
        let shortest = (0..3).min_by(|&a, &b| (length(a) + 1e-6).total_cmp(&length(b)));
        times[shortest.unwrap_or(0)] += 1;
    }
    let atoms = size(times) * host.sites.len();
    if atoms > MOST_ATOMS {
        return Err(VacancyError::Large { width, atoms });
    }
    let matrix = [0, 1, 2].map(|i| basis[i].map(|entry| entry * times[i]));
    let made = host.supercell(matrix).map_err(PotentialError::from)?;
    Ok((made, size(times), apart(times)))
}

/// A basis of the same lattice in which no vector gets shorter by adding others.
fn short_basis(host: &Structure) -> [[i32; 3]; 3] {
    let mut basis = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    let length = |row: [i32; 3]| {
        let row = Vector3::from(row.map(f64::from));
        host.lattice.cartesian_from_fractional(row).norm()
    };
    let shorter = |basis: &[[i32; 3]; 3]| {
        for i in 0..3 {
            for n in 0..9 {
                let (a, b) = (n / 3 - 1, n % 3 - 1);
                let (second, third) = (basis[(i + 1) % 3], basis[(i + 2) % 3]);
                let other = [0, 1, 2].map(|x| basis[i][x] + a * second[x] + b * third[x]);
                if length(other) < length(basis[i]) - 1e-6 {
                    return Some((i, other));
                }
            }
        }
        None
    };
    while let Some((row, other)) = shorter(&basis) {
        basis[row] = other;
    }
    basis
}

/// The longest way between the same sites of two structures in one cell, Å.
pub(crate) fn longest_way(from: &Structure, to: &Structure) -> f64 {
    let pairs = from.sites.iter().zip(&to.sites);
    let ways = pairs.map(|(a, b)| {
        let apart = b.position - a.position;
        let apart = apart - apart.map(f64::round);
        from.lattice.cartesian_from_fractional(apart).norm()
    });
    ways.fold(0.0, f64::max)
}

impl Vacancies {
    /// What to beware of, in a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.ending != Ending::Converged {
            notes.push(format!("the perfect crystal: relaxation {}", self.ending));
        }
        for site in &self.sites {
            if site.ending != Ending::Converged {
                notes.push(format!(
                    "vacancy of {} ({}): relaxation {}",
                    site.element, site.wyckoff, site.ending
                ));
            }
            if site.energy < 0.0 {
                notes.push(format!(
                    "a vacancy of {} ({}) lowers the energy: beside its element the crystal as it is does not last by this potential",
                    site.element, site.wyckoff
                ));
            }
            if site.moved > 1.0 {
                notes.push(format!(
                    "vacancy of {} ({}): an atom moved by {:.1} Å; is it the same defect still?",
                    site.element, site.wyckoff, site.moved
                ));
            }
        }
        let mut told: Vec<Element> = Vec::new();
        for site in &self.sites {
            if let (Some((phase, source)), false) = (&site.phase, told.contains(&site.element)) {
                told.push(site.element);
                notes.push(format!(
                    "µ({}) is that of {phase} ({source}) by the same weights: the most that leaving can cost; poorer surroundings make it cheaper",
                    site.element
                ));
            }
        }
        if told.contains(&Element::O) {
            notes.push(
                "PBE binds O2 too strongly; the weights learned oxides with the Materials Project's corrections of 2020, 0.687 eV an oxygen, \
                 fitted to measured enthalpies of formation beside O2, so that the error is made up for on the average of oxides \
                 (doi:10.1038/s41598-021-94550-5)"
                    .to_owned(),
            );
        }
        notes
    }
}
