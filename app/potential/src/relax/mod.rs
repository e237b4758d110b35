//! Relaxation of positions and cell to the nearest minimum of the energy.
//!
//! The cell is strained step by step, `L <- L exp(ε)`, with the atoms carried along; ε times the number of atoms stands beside
//! the displacements, so that cell and atoms are about equally stiff (E. B. Tadmor et al., Phys. Rev. B 59, 235 (1999)).

mod fire;
mod lbfgs;
mod symmetrise;
mod walk;

use crate::model::GPA;
use crate::{Potential, PotentialError, Prediction};
use compute::Place;
use crystal::{Lattice, Structure};
use job::Job;
use nalgebra::{Matrix3, Vector3};
use rayon::prelude::*;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use symmetrise::Symmetriser;
use walk::Walk;

/// How steps are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Fast inertial relaxation (E. Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006)): never in doubt.
    Fire,
    /// Limited-memory BFGS (J. Nocedal, Math. Comput. 35, 773 (1980)), steps bounded: about half as many steps.
    #[default]
    Lbfgs,
}

/// What is relaxed, and until when.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How steps are chosen.
    pub method: Method,
    /// Whether the cell changes too.
    pub cell: bool,
    /// Pressure from outside, GPa.
    pub pressure: f64,
    /// Done where no force is longer, eV/Å.
    pub force_limit: f64,
    /// And no component of stress (beyond the pressure) larger, GPa.
    pub stress_limit: f64,
    /// Steps at most.
    pub steps: usize,
    /// Whether the symmetry at the start is kept: found with this tolerance, Å.
    pub symmetry: Option<f64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            method: Method::default(),
            cell: true,
            pressure: 0.0,
            force_limit: 0.05,
            stress_limit: 0.1,
            steps: 500,
            symmetry: None,
        }
    }
}

/// How a relaxation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// Forces and stress are below the limits.
    Converged,
    /// All steps were taken; the structure is the last one, on its way.
    StepsSpent,
    /// The cell grew without end or atoms left each other: the volume against that at the start.
    Exploded(f64),
    /// The cell shrank without end or atoms fell into each other: the volume against that at the start.
    Collapsed(f64),
}

impl Ending {
    /// A word for it: `converged`, `steps_spent`, `exploded`, `collapsed`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::StepsSpent => "steps_spent",
            Self::Exploded(_) => "exploded",
            Self::Collapsed(_) => "collapsed",
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Converged => f.write_str("converged"),
            Self::StepsSpent => {
                f.write_str("not converged: all steps were taken; give more, or a looser limit")
            }
            Self::Exploded(ratio) => write!(
                f,
                "exploded: the cell has {ratio:.1} times the volume of the start; the start is far from any crystal"
            ),
            Self::Collapsed(ratio) => write!(
                f,
                "collapsed: the cell has {ratio:.2} of the volume of the start, or two atoms fell together; the start is far from any crystal"
            ),
        }
    }
}

/// Where a relaxation stands after a step.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// How many steps were taken.
    pub number: usize,
    /// The structure now.
    pub structure: &'a Structure,
    /// What the potential says of it.
    pub prediction: &'a Prediction,
}

/// A relaxed structure, or why there is none.
pub type Found = Result<Relaxed, PotentialError>;

/// A relaxed structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Relaxed {
    /// The structure at the end, with the sizes of the magnetic moments; after an explosion or collapse the last one that the
    /// potential could answer for.
    pub structure: Structure,
    /// What the potential says of it.
    pub prediction: Prediction,
    /// What it said of the start.
    pub start: Prediction,
    /// How many steps were taken.
    pub steps: usize,
    /// How it ended.
    pub ending: Ending,
    /// The volume against that of the start.
    pub volume_ratio: f64,
}

/// Displacements, or forces: of each atom, then the three rows of the cell's strain times the number of atoms.
type Rows = Vec<Vector3<f64>>;

/// Chooses steps; what it remembers is in Å and eV/Å.
trait Optimizer {
    /// The next displacement from the forces and the last displacement taken.
    fn step(&mut self, forces: &Rows) -> Rows;
}

/// Relaxes a structure; `watch` is called for the start and after every step.
///
/// # Errors
///
/// Settings out of range; a start that the potential refuses; cancelled.
pub fn relax(
    potential: &Potential,
    start: &Structure,
    settings: &Settings,
    job: &Job,
    mut watch: impl FnMut(Step),
) -> Result<Relaxed, PotentialError> {
    relax_with_held(potential, start, settings, &[], job, &mut watch)
}

/// [`relax`], with the sites of these numbers held where they are in the cell.
///
/// # Errors
///
/// As [`relax`].
pub fn relax_with_held(
    potential: &Potential,
    start: &Structure,
    settings: &Settings,
    held: &[usize],
    job: &Job,
    mut watch: impl FnMut(Step),
) -> Result<Relaxed, PotentialError> {
    let walk = Walk::new(start, settings).map_err(|error| blamed(potential, start, error));
    let mut walk = walk?.holding(held);
    while let Some(next) = walk.next() {
        let answer = potential.predict(next);
        walk.told(answer, &mut watch)?;
        job.check()?;
    }
    walk.relaxed()
}

/// Relaxes many structures, each with its own result: all together step by step on the potential's device, if that is an
/// adapter, else each for itself on all cores. The job counts them.
///
/// # Errors
///
/// Cancelled.
pub fn relax_all(
    potential: &Potential,
    structures: &[Structure],
    settings: &Settings,
    job: &Job,
) -> Result<Vec<Found>, PotentialError> {
    relax_watched(potential, structures, settings, job, |_, _| ())
}

/// [`relax_all`]; `watch` is called, from any thread, with the number of a structure for its start and after each of its steps.
///
/// # Errors
///
/// Cancelled.
pub fn relax_watched(
    potential: &Potential,
    structures: &[Structure],
    settings: &Settings,
    job: &Job,
    watch: impl Fn(usize, Step) + Sync,
) -> Result<Vec<Found>, PotentialError> {
    let ends: Vec<Mutex<Option<Found>>> = structures.iter().map(|_| Mutex::default()).collect();
    relax_told(
        potential,
        structures,
        settings,
        job,
        watch,
        |number, found| {
            *ends[number].lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        },
    )?;
    ends.into_iter()
        .map(|end| {
            let end = end.into_inner().unwrap_or_else(PoisonError::into_inner);
            end.ok_or(PotentialError::Cancelled)
        })
        .collect()
}

/// [`relax_watched`], each result given away as soon as it is there: `ended` is called once a structure, with its number, from any
/// thread. Where the work is cancelled, those that were not done then have no end.
///
/// # Errors
///
/// Cancelled.
pub fn relax_told(
    potential: &Potential,
    structures: &[Structure],
    settings: &Settings,
    job: &Job,
    watch: impl Fn(usize, Step) + Sync,
    ended: impl Fn(usize, Found) + Sync,
) -> Result<(), PotentialError> {
    let place = potential.place(structures);
    if place.is_some() {
        return together(potential, place, structures, settings, job, &watch, &ended);
    }
    structures
        .par_iter()
        .enumerate()
        .with_max_len(1)
        .map(|(number, structure)| {
            job.check()?;
            match relax(potential, structure, settings, job, |step| {
                watch(number, step);
            }) {
                Err(PotentialError::Cancelled) => Err(PotentialError::Cancelled),
                found => {
                    ended(number, found);
                    job.advance(1);
                    Ok(())
                }
            }
        })
        .collect()
}

/// Where symmetry is not found because atoms overlap or the like, that is what there is to say.
fn blamed(potential: &Potential, start: &Structure, error: PotentialError) -> PotentialError {
    match error {
        PotentialError::Structure(_) => potential.refusal(start).unwrap_or(error),
        error => error,
    }
}

/// All structures that are not done take each step in one evaluation.
fn together(
    potential: &Potential,
    mut place: Option<Place>,
    structures: &[Structure],
    settings: &Settings,
    job: &Job,
    watch: &impl Fn(usize, Step),
    ended: &impl Fn(usize, Found),
) -> Result<(), PotentialError> {
    let mut walks: Vec<Option<Walk>> = Vec::with_capacity(structures.len());
    let mut done = 0;
    for (number, start) in structures.iter().enumerate() {
        walks.push(match Walk::new(start, settings) {
            Ok(walk) => Some(walk),
            Err(error) => {
                ended(number, Err(blamed(potential, start, error)));
                done += 1;
                None
            }
        });
    }
    job.advance(done);
    loop {
        let (numbers, next): (Vec<usize>, Vec<Structure>) = walks
            .iter()
            .enumerate()
            .filter_map(|(number, walk)| Some((number, walk.as_ref()?.next()?.clone())))
            .unzip();
        if numbers.is_empty() {
            return Ok(());
        }
        let answers = potential.predict_at(&mut place, &next, job, false)?;
        // Counted together, after an evaluation that may have had to begin again.
        let mut done = 0;
        for (number, answer) in numbers.into_iter().zip(answers) {
            let Some(mut walk) = walks[number].take() else {
                continue;
            };
            match walk.told(answer, |step| watch(number, step)) {
                Ok(()) if walk.next().is_some() => walks[number] = Some(walk),
                told => {
                    ended(number, told.and_then(|()| walk.relaxed()));
                    done += 1;
                }
            }
        }
        job.advance(done);
        job.check()?;
    }
}

impl Settings {
    /// Refuses limits and pressures that are none.
    ///
    /// # Errors
    ///
    /// The first of them, with what would be right.
    pub fn check(&self) -> Result<(), PotentialError> {
        let positive = [
            (
                "force limit",
                self.force_limit,
                "give a positive number of eV/Å; 0.05 is usual",
            ),
            (
                "stress limit",
                self.stress_limit,
                "give a positive number of GPa; 0.1 is usual",
            ),
        ];
        for (name, value, remedy) in positive {
            if !(value > 0.0 && value.is_finite()) {
                return Err(PotentialError::Setting {
                    name,
                    value,
                    remedy,
                });
            }
        }
        let bearable = self.pressure.abs() <= 1000.0;
        if !bearable {
            return Err(PotentialError::Setting {
                name: "pressure",
                value: self.pressure,
                remedy: "give GPa, at most 1000 of either sign",
            });
        }
        Ok(())
    }
}

/// The forces on atoms and cell, and whether they are below the limits.
fn forces(
    structure: &Structure,
    prediction: &Prediction,
    settings: &Settings,
    symmetry: Option<&Symmetriser>,
    held: &[usize],
) -> (Rows, bool) {
    let mut forces = prediction.forces.clone();
    let mut stress = prediction.stress + Matrix3::identity() * settings.pressure;
    if let Some(symmetry) = symmetry {
        forces = symmetry.vectors(&structure.lattice, &forces);
        stress = symmetry.tensor(&structure.lattice, &stress);
    }
    for &site in held {
        forces[site] = Vector3::zeros();
    }
    let still = forces.iter().all(|f| f.norm() <= settings.force_limit);
    if !settings.cell {
        return (forces, still);
    }
    let converged = still && stress.iter().all(|x| x.abs() <= settings.stress_limit);
    let on_cell = stress * (-structure.volume() / GPA / structure.sites.len() as f64);
    forces.extend((0..3).map(|row| on_cell.row(row).transpose()));
    (forces, converged)
}

/// The structure after a displacement; none where its cell is none.
fn moved(structure: &Structure, by: &Rows, cell: bool) -> Option<Structure> {
    let mut moved = structure.clone();
    let count = structure.sites.len();
    for (site, by) in moved.sites.iter_mut().zip(by) {
        site.position += structure.lattice.fractional_from_cartesian(*by);
    }
    if cell {
        let rows = [by[count], by[count + 1], by[count + 2]];
        let strain = Matrix3::from_rows(&rows.map(|row| row.transpose() / count as f64));
        let strain = symmetric_function((strain + strain.transpose()) * 0.5, f64::exp);
        moved.lattice = Lattice::new(structure.lattice.rows() * strain).ok()?;
    }
    Some(moved)
}

/// A function of a symmetric matrix, by its eigenvalues.
fn symmetric_function(matrix: Matrix3<f64>, function: impl Fn(f64) -> f64) -> Matrix3<f64> {
    let parts = matrix.symmetric_eigen();
    let values = Matrix3::from_diagonal(&parts.eigenvalues.map(function));
    parts.eigenvectors * values * parts.eigenvectors.transpose()
}

/// The sum of products of two lists of rows.
fn product(a: &Rows, b: &Rows) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.dot(b)).sum()
}
