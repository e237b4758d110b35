//! Surfaces: what it costs to cut a crystal in two, by a slab of it.
//!
//! `γ = (E(slab) - n E(crystal)) / 2A` for slabs of whole periods, so that nothing is lacking or left over; where the two faces
//! differ it is their mean. Miller indices count in the conventional cell of the International Tables, unless the cell given is
//! asked for.

use crate::assess::{at_rest, settings};
use crate::relax::{Ending, Relaxed, Settings, relax_with_held};
use crate::{Potential, PotentialError};
use crystal::slab::{Facet, Slab, Termination};
use crystal::{Structure, symmetry};
use job::Job;
use rayon::prelude::*;
use thiserror::Error;

/// One eV/Å2 in J/m2 (CODATA 2018, exact).
pub const JOULE_PER_SQUARE_METRE: f64 = 16.021_766_34;
/// Atoms see 6 Å: faces with less vacuum between them would meet.
const LEAST_VACUUM: f64 = 7.0;
/// Atoms of a slab at most.
const MOST_ATOMS: usize = 2_000;

/// How a slab is cut.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// The plane. With its signs changed, the other face of the slab is up.
    pub miller: [i32; 3],
    /// Whether the indices count in the cell given; else in the conventional one.
    pub as_given: bool,
    /// The number of the termination; none for all of them, or for the one of the lowest energy.
    pub termination: Option<usize>,
    /// Whole periods that are at least this together, Å.
    pub thickness: f64,
    /// Between the faces, Å.
    pub vacuum: f64,
    /// The smallest cell in the plane is repeated until images of an atom are this far apart, Å; 0 for once.
    pub width: f64,
}

impl Cut {
    /// As is usual for this plane: 10 Å thick, 15 Å of vacuum, the smallest cell.
    pub fn new(miller: [i32; 3]) -> Self {
        Self {
            miller,
            as_given: false,
            termination: None,
            thickness: 10.0,
            vacuum: 15.0,
            width: 0.0,
        }
    }
}

/// Why there is no slab, or nothing on it.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum SurfaceError {
    /// Faces that would see each other.
    #[error("a vacuum of {0} Å: atoms see 6 Å, so that at least {LEAST_VACUUM} Å are needed")]
    Vacuum(f64),
    /// A termination that is not there: its number from 1, and how many there are.
    #[error("no termination {0}: this plane has {1}")]
    Termination(usize, usize),
    /// More atoms than are worth waiting for.
    #[error(
        "the slab has {0} atoms, {MOST_ATOMS} are taken at most: give a smaller thickness or width"
    )]
    Large(usize),
    /// A slab of which nothing sticks out.
    #[error("the slab has no place above its upper face for an adsorbate")]
    NoSites,
    /// What the potential or a relaxation cannot do.
    #[error(transparent)]
    Potential(#[from] PotentialError),
}

impl From<crystal::CrystalError> for SurfaceError {
    fn from(error: crystal::CrystalError) -> Self {
        Self::Potential(error.into())
    }
}

/// The surfaces of a crystal along a plane.
#[derive(Clone, Debug)]
pub struct Surfaces {
    /// The relaxed crystal.
    pub host: Structure,
    /// How its relaxation ended.
    pub ending: Ending,
    /// The distance of neighbouring lattice planes, Å.
    pub spacing: f64,
    /// One a termination, lowest energy first.
    pub faces: Vec<Surface>,
}

/// A surface, by a slab with two of them.
#[derive(Clone, Debug)]
pub struct Surface {
    /// The number of the termination, from 0.
    pub number: usize,
    /// How it is cut.
    pub termination: Termination,
    /// Relaxed, J/m2.
    pub energy: f64,
    /// With all atoms where the crystal has them, J/m2.
    pub energy_unrelaxed: f64,
    /// The slab as it was cut.
    pub slab: Slab,
    /// The relaxed slab.
    pub structure: Structure,
    /// How that ended.
    pub ending: Ending,
}

/// A crystal at rest, ready to be cut.
pub(crate) struct Block {
    pub host: Structure,
    pub ending: Ending,
    /// eV/atom.
    pub energy: f64,
    pub facet: Facet,
}

impl Block {
    pub fn new(
        potential: &Potential,
        structure: &Structure,
        cut: &Cut,
        job: &Job,
    ) -> Result<Self, SurfaceError> {
        if cut.vacuum.is_nan() || cut.vacuum < LEAST_VACUUM {
            return Err(SurfaceError::Vacuum(cut.vacuum));
        }
        let start = match cut.as_given {
            true => structure.clone(),
            false => match symmetry::analyse(structure, symmetry::DEFAULT_TOLERANCE) {
                Ok(found) => found.standard_cell,
                // Where atoms overlap or the like, that is what there is to say.
                Err(error) => {
                    let blamed = potential.refusal(structure);
                    return Err(blamed.unwrap_or_else(|| error.into()).into());
                }
            },
        };
        let relaxed = at_rest(potential, &start, job)?;
        let facet = Facet::new(&relaxed.structure, cut.miller, symmetry::DEFAULT_TOLERANCE)?;
        Ok(Self {
            energy: relaxed.prediction.energy_per_atom(),
            host: relaxed.structure,
            ending: relaxed.ending,
            facet,
        })
    }

    /// The terminations that are asked for, by number.
    fn wanted(&self, cut: &Cut) -> Result<Vec<usize>, SurfaceError> {
        let count = self.facet.terminations().len();
        match cut.termination {
            None => Ok((0..count).collect()),
            Some(number) if number < count => Ok(vec![number]),
            Some(number) => Err(SurfaceError::Termination(number + 1, count)),
        }
    }

    pub fn slab(&self, cut: &Cut, termination: usize) -> Result<Slab, SurfaceError> {
        let repeats = self.facet.repeats(cut.width);
        let slab = self
            .facet
            .slab(termination, cut.thickness, cut.vacuum, repeats)?;
        match slab.structure.sites.len() {
            atoms if atoms > MOST_ATOMS => Err(SurfaceError::Large(atoms)),
            _ => Ok(slab),
        }
    }

    /// The surfaces that are asked for; the job counts them.
    pub fn surfaces(
        &self,
        potential: &Potential,
        cut: &Cut,
        job: &Job,
    ) -> Result<Vec<Surface>, SurfaceError> {
        let wanted = self.wanted(cut)?;
        job.stage("relaxing slabs", Some(wanted.len() as u64));
        let found = wanted.par_iter().with_max_len(1).map(|&number| {
            let slab = self.slab(cut, number)?;
            let relaxed = rest(potential, &slab.structure, &[], job)?;
            job.advance(1);
            let atoms = slab.structure.sites.len() as f64;
            let per_area = JOULE_PER_SQUARE_METRE / (2.0 * slab.area);
            let cost = |energy: f64| (energy - atoms * self.energy) * per_area;
            Ok(Surface {
                number,
                termination: self.facet.terminations()[number].clone(),
                energy: cost(relaxed.prediction.energy),
                energy_unrelaxed: cost(relaxed.start.energy),
                structure: relaxed.structure,
                ending: relaxed.ending,
                slab,
            })
        });
        let mut found = found.collect::<Result<Vec<Surface>, SurfaceError>>()?;
        found.sort_by(|a, b| a.energy.total_cmp(&b.energy).then(a.number.cmp(&b.number)));
        Ok(found)
    }
}

/// A slab with its cell kept and these sites held.
pub(crate) fn rest(
    potential: &Potential,
    slab: &Structure,
    held: &[usize],
    job: &Job,
) -> Result<Relaxed, PotentialError> {
    let settings = Settings {
        cell: false,
        symmetry: None,
        force_limit: 0.03,
        ..settings()
    };
    let relaxed = relax_with_held(potential, slab, &settings, held, job, |_| ())?;
    match relaxed.ending {
        Ending::Exploded(_) | Ending::Collapsed(_) => Err(PotentialError::Lost(relaxed.ending)),
        Ending::Converged | Ending::StepsSpent => Ok(relaxed),
    }
}

/// The surface energies of a crystal, relaxed first, along a plane: of every termination, or the one that is asked for. Slabs
/// relax on both sides in cells that stay. The job counts them.
///
/// # Errors
///
/// A plane, thickness or vacuum that is none, a termination that is not there, a slab too large, what the potential refuses,
/// a relaxation that explodes or collapses, cancelled.
pub fn surfaces(
    potential: &Potential,
    structure: &Structure,
    cut: &Cut,
    job: &Job,
) -> Result<Surfaces, SurfaceError> {
    let block = Block::new(potential, structure, cut, job)?;
    let faces = block.surfaces(potential, cut, job)?;
    Ok(Surfaces {
        spacing: block.facet.spacing(),
        host: block.host,
        ending: block.ending,
        faces,
    })
}

impl Surface {
    /// What to beware of, in a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let name = format!("termination {}", self.number + 1);
        if self.ending != Ending::Converged {
            notes.push(format!("{name}: relaxation {}", self.ending));
        }
        if !self.termination.faces_alike {
            notes.push(format!(
                "{name}: the two faces differ ({} above, {} below), and the energy is their mean; if they are charged, it grows with the thickness",
                self.termination.upper, self.termination.lower
            ));
        }
        let moved = crate::vacancy::longest_way(&self.slab.structure, &self.structure);
        if moved > 1.0 {
            notes.push(format!(
                "{name}: an atom moved by {moved:.1} Å: the surface reconstructs, as far as its smallest cell lets it"
            ));
        }
        if self.energy < 0.0 {
            notes.push(format!(
                "{name}: the surface costs less than nothing, so that this potential does not hold the crystal together here"
            ));
        }
        notes
    }
}

impl Surfaces {
    /// What to beware of, in a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.ending != Ending::Converged {
            notes.push(format!("the crystal: relaxation {}", self.ending));
        }
        notes.extend(self.faces.iter().flat_map(Surface::notes));
        notes
    }
}
