//! Insertion: what a lithiated structure gives when its ions leave, by relaxing it with and without them.
//!
//! Ions leave step by step; of the ways to choose which ones leave, those that symmetry makes equal are tried once. The voltages
//! between steps are those of the lower hull of the energies (M. K. Aydinol et al., Phys. Rev. B 56, 1354 (1997)): 0 K, no
//! vibrations, no mixing of ions and vacancies.

use crate::assess::relaxed_as_possible;
use crate::relax::{Ending, Settings};
use crate::{Potential, PotentialError};
use crystal::{Structure, symmetry};
use job::Job;
use matter::Element;
use nalgebra::Vector3;
use std::collections::BTreeSet;
use thiserror::Error;

/// The ions that may leave, and their charges.
pub const IONS: [(Element, f64); 7] = [
    (Element::LI, 1.0),
    (Element::NA, 1.0),
    (Element::K, 1.0),
    (Element::MG, 2.0),
    (Element::CA, 2.0),
    (Element::ZN, 2.0),
    (Element::AL, 3.0),
];
/// Ways to choose the ions that leave at a step, of which each is asked for its energy as it is.
const WAYS: usize = 64;
/// Of these, how many of the lowest energy are relaxed.
const RELAXED: usize = 2;
/// Steps between full and empty at most; cells with more ions skip some.
const STEPS: usize = 8;

/// Why there is no voltage.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum InsertionError {
    /// None of the ions is in the structure, or the one asked for is not.
    #[error("no {0} in the structure, so none can leave it")]
    NoIon(String),
    /// The ion's metal has no energy.
    #[error("no bundled phase of {0}, against whose metal the voltage counts")]
    NoMetal(&'static str),
    /// Nothing but the ion.
    #[error("nothing but {0} is in the structure: no host")]
    NoHost(&'static str),
    /// What the potential or a relaxation cannot do, and with how many of the ions gone.
    #[error("with {removed} of {of} ions removed: {error}")]
    Potential {
        /// Ions gone.
        removed: usize,
        /// Ions in the cell.
        of: usize,
        /// What happened.
        error: Box<PotentialError>,
    },
    /// The user does not want it any more.
    #[error("cancelled")]
    Cancelled,
}

/// Which steps are relaxed between full and empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Steps {
    /// None: the average alone.
    #[default]
    Ends,
    /// All, up to eight.
    All,
}

/// The structure with some of its ions gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Ions gone.
    pub removed: usize,
    /// Ways to choose them that symmetry does not make equal; those beyond 64 are not looked at.
    pub ways: usize,
    /// The relaxed structure of the lowest energy.
    pub structure: Structure,
    /// Its energy, eV a cell.
    pub energy: f64,
    /// How its relaxation ended.
    pub ending: Ending,
}

/// What insertion of an ion into a host gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Insertion {
    /// The ion.
    pub ion: Element,
    /// Its charge, in units of the elementary charge.
    pub charge: f64,
    /// Ions in the cell.
    pub ions: usize,
    /// From full to empty.
    pub steps: Vec<Step>,
    /// Energy of the full less that of the empty host, eV an ion.
    pub energy_per_ion: f64,
    /// Between full and empty against the ion's metal, V.
    pub average_voltage: f64,
    /// Change of volume on discharge, of the empty host's, %.
    pub volume_change: f64,
    /// Voltages between the steps that lie on the lower hull, from empty to full.
    pub plateaus: Vec<Plateau>,
}

/// A voltage between two contents of ions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plateau {
    /// The part of the ions that is in the host at the beginning.
    pub from: f64,
    /// And at the end.
    pub to: f64,
    /// Against the ion's metal, V.
    pub voltage: f64,
}

/// The ion of a structure that would leave: of Li, Na and K the most abundant, else of Mg, Ca and Zn, else Al.
pub fn ion_of(structure: &Structure) -> Option<Element> {
    let count = |ion: Element| {
        let sites = structure.sites.iter();
        sites.filter(|s| s.element() == Some(ion)).count()
    };
    let most = |ions: &[(Element, f64)]| {
        let mut best = (None, 0);
        for &(ion, _) in ions {
            if count(ion) > best.1 {
                best = (Some(ion), count(ion));
            }
        }
        best.0
    };
    most(&IONS[..3])
        .or_else(|| most(&IONS[3..6]))
        .or_else(|| most(&IONS[6..]))
}

/// The charge of an ion, in units of the elementary charge; 1 for those not in [`IONS`].
pub fn charge_of(ion: Element) -> f64 {
    let known = IONS.into_iter().find(|known| known.0 == ion);
    known.map_or(1.0, |known| known.1)
}

/// Lets the ions of a structure leave. `metal` is the energy of the ion's metal, eV/atom, by the same weights.
///
/// # Errors
///
/// A structure without the ion or without anything else, one that the potential refuses or that falls apart, cancelled.
pub fn insertion(
    potential: &Potential,
    structure: &Structure,
    ion: Element,
    metal: f64,
    steps: Steps,
    settings: &Settings,
    job: &Job,
) -> Result<Insertion, InsertionError> {
    let charge = charge_of(ion);
    let ions = || structure.sites.iter().filter(|s| s.element() == Some(ion));
    let count = ions().count();
    if count == 0 {
        return Err(InsertionError::NoIon(ion.symbol().to_owned()));
    }
    if count == structure.sites.len() {
        return Err(InsertionError::NoHost(ion.symbol()));
    }
    let wrong = |removed| {
        move |error| match error {
            PotentialError::Cancelled => InsertionError::Cancelled,
            error => InsertionError::Potential {
                removed,
                of: count,
                error: Box::new(error),
            },
        }
    };
    let full = relaxed_as_possible(potential, structure, settings, job).map_err(wrong(0))?;
    let mut all = vec![Step {
        removed: 0,
        ways: 1,
        energy: full.prediction.energy,
        structure: full.structure,
        ending: full.ending,
    }];
    for removed in contents(count, steps) {
        let full = &all[0].structure;
        let step = step(potential, full, ion, removed, settings, job);
        all.push(step.map_err(wrong(removed))?);
    }
    let empty = &all[all.len() - 1];
    let per_ion = (all[0].energy - empty.energy) / count as f64;
    Ok(Insertion {
        ion,
        charge,
        ions: count,
        energy_per_ion: per_ion,
        average_voltage: (metal - per_ion) / charge,
        volume_change: 100.0 * (all[0].structure.volume() / empty.structure.volume() - 1.0),
        plateaus: plateaus(&all, count, metal, charge),
        steps: all,
    })
}

/// How many ions are gone at the steps after the first.
fn contents(count: usize, steps: Steps) -> BTreeSet<usize> {
    match steps {
        Steps::Ends => BTreeSet::from([count]),
        Steps::All => {
            let parts = count.min(STEPS);
            (1..=parts).map(|part| part * count / parts).collect()
        }
    }
}

/// The best way to take so many ions away.
fn step(
    potential: &Potential,
    full: &Structure,
    ion: Element,
    removed: usize,
    settings: &Settings,
    job: &Job,
) -> Result<Step, PotentialError> {
    let ways = ways(full, ion, removed);
    let mut rated = Vec::new();
    for (number, gone) in ways.iter().enumerate() {
        job.check()?;
        let mut left = full.clone();
        let mut site = 0..;
        left.sites
            .retain(|_| site.next().is_none_or(|at| !gone.contains(&at)));
        let energy = match ways.len() > RELAXED {
            true => potential.energy(&left)?.energy,
            false => 0.0,
        };
        rated.push((energy, number, left));
    }
    rated.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut best: Option<Step> = None;
    let mut failed = None;
    for (_, _, left) in rated.into_iter().take(RELAXED) {
        match relaxed_as_possible(potential, &left, settings, job) {
            Ok(relaxed) => {
                let energy = relaxed.prediction.energy;
                if best.as_ref().is_none_or(|best| energy < best.energy) {
                    best = Some(Step {
                        removed,
                        ways: ways.len(),
                        structure: relaxed.structure,
                        energy,
                        ending: relaxed.ending,
                    });
                }
            }
            Err(PotentialError::Cancelled) => return Err(PotentialError::Cancelled),
            Err(error) => failed = Some(error),
        }
    }
    match (best, failed) {
        (Some(best), _) => Ok(best),
        (None, Some(error)) => Err(error),
        (None, None) => Err(PotentialError::Phase(ion.symbol().to_owned())),
    }
}

/// The sets of sites of the ion, so many each, that symmetry does not make equal; 64 at most.
fn ways(structure: &Structure, ion: Element, removed: usize) -> Vec<Vec<usize>> {
    let sites: Vec<usize> = (0..structure.sites.len())
        .filter(|&at| structure.sites[at].element() == Some(ion))
        .collect();
    let images = permutations(structure, &sites);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut chosen: Vec<usize> = (0..removed).collect();
    loop {
        let turned = images.iter().map(|to| {
            let mut turned: Vec<usize> = chosen.iter().map(|&at| to[at]).collect();
            turned.sort_unstable();
            turned
        });
        let first = turned.min().unwrap_or_else(|| chosen.clone());
        if seen.insert(first) {
            found.push(chosen.iter().map(|&at| sites[at]).collect());
        }
        // The next set in order; of the many there can be, a bounded number is looked at.
        let next = (0..removed)
            .rev()
            .find(|&at| chosen[at] < sites.len() - removed + at);
        let Some(at) = next.filter(|_| found.len() < WAYS && seen.len() < 4 * WAYS) else {
            return found;
        };
        chosen[at] += 1;
        for later in at + 1..removed {
            chosen[later] = chosen[later - 1] + 1;
        }
    }
}

/// Where the structure's operations take each of these sites; the identity alone where no symmetry is found.
fn permutations(structure: &Structure, sites: &[usize]) -> Vec<Vec<usize>> {
    let identity = || vec![(0..sites.len()).collect()];
    let Ok(symmetry) = symmetry::analyse(structure, symmetry::DEFAULT_TOLERANCE) else {
        return identity();
    };
    let place = |at: usize| structure.sites[sites[at]].position;
    let nearest = |there: Vector3<f64>| {
        let apart = |at: usize| {
            let apart = there - place(at);
            let apart = apart - apart.map(f64::round);
            structure.lattice.cartesian_from_fractional(apart).norm()
        };
        (0..sites.len()).min_by(|&a, &b| apart(a).total_cmp(&apart(b)))
    };
    let operations = symmetry.operations.iter().map(|operation| {
        let turn = operation.rotation.map(f64::from);
        let images = (0..sites.len())
            .map(|at| nearest(turn * place(at) + operation.translation).unwrap_or(at));
        images.collect()
    });
    let mut all: Vec<Vec<usize>> = operations.collect();
    all.sort();
    all.dedup();
    match all.is_empty() {
        true => identity(),
        false => all,
    }
}

/// The voltages between the steps on the lower hull of energy over content, from empty to full.
fn plateaus(steps: &[Step], count: usize, metal: f64, charge: f64) -> Vec<Plateau> {
    let mut hull: Vec<(f64, f64)> = Vec::new();
    for step in steps.iter().rev() {
        let content = (count - step.removed) as f64;
        let point = (content, step.energy - content * metal);
        while let [.., a, b] = hull[..]
            && (b.1 - a.1) * (point.0 - a.0) >= (point.1 - a.1) * (b.0 - a.0)
        {
            hull.pop();
        }
        hull.push(point);
    }
    let plateau = |pair: &[(f64, f64)]| Plateau {
        from: pair[0].0 / count as f64,
        to: pair[1].0 / count as f64,
        voltage: -(pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0) / charge,
    };
    hull.windows(2).map(plateau).collect()
}

impl Insertion {
    /// Whether the empty host is still the full one by its volume, so that the change of it means something.
    pub fn is_same_host(&self) -> bool {
        self.volume_change.abs() < 20.0
    }

    /// What to beware of, in a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for step in &self.steps {
            if step.ending != Ending::Converged {
                notes.push(format!(
                    "with {} of {} {} removed: relaxation {}",
                    step.removed,
                    self.ions,
                    self.ion.symbol(),
                    step.ending
                ));
            }
        }
        if !self.is_same_host() {
            notes.push(format!(
                "relaxed without its {}, the host has {:.0} % of its volume: it falls apart or rearranges, or its layers drift apart, as the potential knows no van der Waals forces; its change of volume means nothing",
                self.ion.symbol(),
                100.0 / (1.0 + self.volume_change / 100.0)
            ));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crystal::{Lattice, Site};

    /// A cell of eight simple cubic lithium sites and one of oxygen in the middle of nothing.
    fn cube() -> Structure {
        let lattice = Lattice::from_parameters(4.0, 4.0, 4.0, 90.0, 90.0, 90.0).unwrap();
        let corners = (0..8).map(|at| {
            let bit = |n: usize| 0.5 * (at >> n & 1) as f64;
            Site::new(Element::LI, Vector3::new(bit(0), bit(1), bit(2)))
        });
        Structure::new(lattice, corners.collect())
    }

    #[test]
    fn sets_that_symmetry_makes_equal_are_tried_once() {
        // Pairs of a 2 x 2 x 2 cube with all its translations: along an edge, a face's diagonal, the body's.
        assert_eq!(ways(&cube(), Element::LI, 1).len(), 1);
        assert_eq!(ways(&cube(), Element::LI, 2).len(), 3);
        assert_eq!(ways(&cube(), Element::LI, 8).len(), 1);
        assert_eq!(contents(16, Steps::All).len(), STEPS);
        assert_eq!(contents(3, Steps::All), BTreeSet::from([1, 2, 3]));
        assert_eq!(contents(3, Steps::Ends), BTreeSet::from([3]));
    }

    #[test]
    fn voltages_are_slopes_of_the_lower_hull() {
        let step = |removed, energy| Step {
            removed,
            ways: 1,
            structure: cube(),
            energy,
            ending: Ending::Converged,
        };
        // Metal at -2 eV; contents 2, 1, 0 at -10, -6.5, -1 eV: 1 -> 2 costs -3.5 + 2, 0 -> 1 -5.5 + 2.
        let found = plateaus(
            &[step(0, -10.0), step(1, -6.5), step(2, -1.0)],
            2,
            -2.0,
            1.0,
        );
        assert_eq!(found.len(), 2);
        assert!((found[0].voltage - 3.5).abs() < 1e-12 && (found[0].to - 0.5).abs() < 1e-12);
        assert!((found[1].voltage - 1.5).abs() < 1e-12);
        // A half-full host above the line between the ends takes no part; a charge of 2 halves the voltage.
        let found = plateaus(
            &[step(0, -10.0), step(1, -5.0), step(2, -1.0)],
            2,
            -2.0,
            2.0,
        );
        assert_eq!(found.len(), 1);
        assert!((found[0].voltage - 1.25).abs() < 1e-12);
    }
}
