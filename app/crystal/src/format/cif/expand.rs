//! All sites of the cell from the listed ones and the symmetry operations.

use super::super::FormatError;
use super::super::text::shortened;
use super::atoms::{Atom, Atoms};
use super::operations::Operation;
use crate::places::Places;
use crate::supercell::within_cell;
use crate::{Lattice, Site};

/// How far above 1 the occupancies of a site may sum, by rounding: they are then scaled.
const ROUNDING: f64 = 0.05;

/// The sites of the cell, and what the user should know of them.
pub(super) struct Expanded {
    pub sites: Vec<Site>,
    pub notes: Vec<String>,
}

/// Applies the operations to the listed sites. Images of one site within the tolerance (Å) are one; listed sites that meet share
/// their place; a site listed once more at an equivalent place is left out.
pub(super) fn sites(
    atoms: &Atoms,
    operations: &[Operation],
    lattice: &Lattice,
    tolerance: f64,
    max_sites: usize,
) -> Result<Expanded, FormatError> {
    let mut places = Places::new(lattice, tolerance);
    let mut sites: Vec<Site> = Vec::new();
    // The listed site that each site comes from.
    let mut origins: Vec<usize> = Vec::new();
    // The sites of each listed site; empty for one that shares the place of another.
    let mut orbits: Vec<std::ops::Range<usize>> = Vec::with_capacity(atoms.list.len());
    let mut notes = Vec::new();
    for (row, atom) in atoms.list.iter().enumerate() {
        let home = atom.position.map(within_cell);
        let start = sites.len();
        orbits.push(start..start);
        if let Some(met) = places.find(&home, |_| true) {
            let first = origins[met];
            let same_place =
                places.apart(&home, &atoms.list[first].position.map(within_cell)) < tolerance;
            let listed_again = sites[met].species.iter().any(|s| {
                s.element == atom.species.element
                    && s.oxidation_state == atom.species.oxidation_state
            });
            if listed_again && !same_place {
                notes.push(format!(
                    "site {} is an image of {} and left out",
                    shortened(atom.label),
                    shortened(atoms.list[first].label)
                ));
                continue;
            }
            let shared = sites.get_mut(orbits[first].clone()).into_iter().flatten();
            shared.for_each(|site| add_species(site, atom));
            continue;
        }
        for operation in operations {
            let image = operation.apply(&atom.position).map(within_cell);
            // The images of one site are few: looking at all is faster than looking in boxes.
            let met = |site: &Site| places.apart(&image, &site.position) < tolerance;
            if sites[start..].iter().any(met) {
                continue;
            }
            if sites.len() == max_sites {
                let remedy = "give fewer sites, or a cell of the usual size";
                return Err(atom
                    .place
                    .error(format!("more than {max_sites} sites in the cell"), remedy));
            }
            places.add(&image);
            origins.push(row);
            sites.push(Site {
                position: image,
                species: vec![atom.species.clone()],
                label: shortened(atom.label),
                magnetic_moment: None,
            });
        }
        orbits[row] = start..sites.len();
    }
    settle_occupancies(&mut sites, &origins, atoms, &mut notes)?;
    Ok(Expanded { sites, notes })
}

/// Adds a listed atom to a site that it shares.
fn add_species(site: &mut Site, atom: &Atom) {
    let new = &atom.species;
    let same = |s: &&mut crate::Species| {
        s.element == new.element && s.oxidation_state == new.oxidation_state
    };
    match site.species.iter_mut().find(same) {
        Some(species) => species.occupancy += new.occupancy,
        None => site.species.push(new.clone()),
    }
}

/// Scales occupancies that sum to little more than 1, and refuses those that sum to more.
fn settle_occupancies(
    sites: &mut [Site],
    origins: &[usize],
    atoms: &Atoms,
    notes: &mut Vec<String>,
) -> Result<(), FormatError> {
    let mut told = None;
    for (site, &origin) in sites.iter_mut().zip(origins) {
        let sum = site.occupancy();
        if sum <= 1.0 + 1e-9 {
            continue;
        }
        if sum > 1.0 + ROUNDING {
            return Err(atoms.list[origin].place.error(
                format!("the occupancies of site {} sum to {sum}", shortened(&site.label)),
                "they may sum to 1 at most: check _atom_site_occupancy, or whether sites are listed twice",
            ));
        }
        site.species
            .iter_mut()
            .for_each(|species| species.occupancy /= sum);
        if told != Some(origin) {
            told = Some(origin);
            notes.push(format!(
                "site {}: occupancies that sum to {sum} are scaled to 1",
                site.label
            ));
        }
    }
    Ok(())
}
