//! Space group, Wyckoff positions, standard and primitive cell, found by the crate moyo.
//!
//! Sites are alike where the same elements occupy them in the same parts; labels, oxidation states and magnetic moments
//! do not matter.

mod guard;

pub(crate) use guard::basis_of;

use crate::{CrystalError, Lattice, Site, Species, Structure};
use matter::Element;
use moyo::MoyoDataset;
use moyo::base::{AngleTolerance, Cell};
use moyo::data::{Setting, arithmetic_crystal_class_entry, hall_symbol_entry};
use nalgebra::{Matrix3, Vector3};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How far a site may lie from where its symmetry wants it, Å, where nobody says otherwise.
pub const DEFAULT_TOLERANCE: f64 = 0.01;

/// The symmetry of a structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Symmetry {
    /// Number of the space group type in the International Tables, 1 to 230.
    pub number: u8,
    /// Short Hermann-Mauguin symbol, `Fd-3m`.
    pub hermann_mauguin: String,
    /// Number of the Hall symbol of the standard cell, 1 to 530 (S. R. Hall, R. W. Grosse-Kunstleve).
    pub hall_number: u16,
    /// Hall symbol of the standard cell.
    pub hall_symbol: String,
    /// Point group, `m-3m`.
    pub point_group: String,
    /// Crystal system.
    pub crystal_system: CrystalSystem,
    /// Pearson symbol, `cF8`.
    pub pearson_symbol: String,
    /// Wyckoff letter of each site.
    pub wyckoff: Vec<char>,
    /// Site symmetry of each site, axes as in the standard cell: `-43m`, `.m.`.
    pub site_symmetry: Vec<String>,
    /// For each site the first site that symmetry makes equal to it.
    pub orbits: Vec<usize>,
    /// What maps the structure onto itself, in its own cell: all rotations with their translations.
    pub operations: Vec<Operation>,
    /// The conventional cell in the standard setting of the International Tables, idealised: unique axis b, hexagonal
    /// axes, origin choice 2 (spglib takes 1).
    pub standard_cell: Structure,
    /// A primitive cell of it.
    pub primitive_cell: Structure,
    /// The tolerance that served, Å: the search shortens one that gives no group.
    pub tolerance: f64,
}

/// A symmetry operation: fractional coordinates `x` go to `rotation * x + translation`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operation {
    /// The rotation or rotoinversion.
    pub rotation: Matrix3<i32>,
    /// The translation, in fractions of the cell edges.
    pub translation: Vector3<f64>,
}

/// The seven crystal systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrystalSystem {
    /// Space groups 1 and 2.
    Triclinic,
    /// 3 to 15.
    Monoclinic,
    /// 16 to 74.
    Orthorhombic,
    /// 75 to 142.
    Tetragonal,
    /// 143 to 167.
    Trigonal,
    /// 168 to 194.
    Hexagonal,
    /// 195 to 230.
    Cubic,
}

impl CrystalSystem {
    /// The system of a space group.
    pub fn of(number: u8) -> Self {
        match number {
            0..=2 => Self::Triclinic,
            3..=15 => Self::Monoclinic,
            16..=74 => Self::Orthorhombic,
            75..=142 => Self::Tetragonal,
            143..=167 => Self::Trigonal,
            168..=194 => Self::Hexagonal,
            _ => Self::Cubic,
        }
    }

    /// Whether it has one axis of higher symmetry: tetragonal, trigonal and hexagonal crystals, optically and
    /// magnetically uniaxial in the lowest order.
    pub fn is_uniaxial(self) -> bool {
        matches!(self, Self::Tetragonal | Self::Trigonal | Self::Hexagonal)
    }
}

impl fmt::Display for CrystalSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Triclinic => "triclinic",
            Self::Monoclinic => "monoclinic",
            Self::Orthorhombic => "orthorhombic",
            Self::Tetragonal => "tetragonal",
            Self::Trigonal => "trigonal",
            Self::Hexagonal => "hexagonal",
            Self::Cubic => "cubic",
        })
    }
}

/// What occupies a site, so that two are alike where this is equal: elements and ten-thousandths.
type Kind = Vec<(Element, u32)>;

/// Whether two sites are occupied alike.
pub(crate) fn are_alike(a: &Site, b: &Site) -> bool {
    kind_of(a) == kind_of(b)
}

fn kind_of(site: &Site) -> Kind {
    let mut parts: Vec<(Element, f64)> = Vec::new();
    for species in &site.species {
        match parts.iter_mut().find(|part| part.0 == species.element) {
            Some(part) => part.1 += species.occupancy,
            None => parts.push((species.element, species.occupancy)),
        }
    }
    parts.sort_by_key(|part| part.0);
    // Occupancies lie within 0 and 1, and the cast turns anything else into some number all the same.
    parts
        .into_iter()
        .map(|(element, part)| (element, (part * 1e4).round() as u32))
        .collect()
}

/// Finds the symmetry of a structure. `tolerance` (Å) is how far sites may lie from where symmetry wants them;
/// [`DEFAULT_TOLERANCE`] suits refined and relaxed structures. Unit cells take milliseconds; the time grows with the square
/// of the sites, to seconds for a supercell of a thousand: run it on a worker thread.
///
/// # Errors
///
/// No sites, a tolerance that is not positive or above 1 Å, coordinates that are no numbers, or a search that fails, as it
/// does where two sites lie closer together than the tolerance.
pub fn analyse(structure: &Structure, tolerance: f64) -> Result<Symmetry, CrystalError> {
    if structure.sites.is_empty() {
        return Err(CrystalError::Empty);
    }
    if !(tolerance > 0.0 && tolerance <= 1.0) {
        return Err(CrystalError::Length {
            name: "tolerance",
            value: tolerance,
            remedy: "give a length above 0, at most 1 Å; 0.01 Å is usual",
        });
    }
    structure.check_positions()?;
    let mut kinds: Vec<(Kind, &Site)> = Vec::new();
    let mut numbers = Vec::with_capacity(structure.sites.len());
    for site in &structure.sites {
        let kind = kind_of(site);
        let known = kinds.iter().position(|(other, _)| *other == kind);
        numbers.push(known.unwrap_or(kinds.len()) as i32);
        if known.is_none() {
            kinds.push((kind, site));
        }
    }
    let lattice = moyo::base::Lattice::new(*structure.lattice.rows());
    let positions = structure.sites.iter().map(|site| site.position).collect();
    let cell = Cell::new(lattice, positions, numbers);
    let fail = |reason: String| CrystalError::Symmetry { tolerance, reason };
    let tolerance_used =
        guard::safe_tolerance(&cell, &structure.lattice, tolerance).ok_or_else(|| {
            fail("the lattice is close to several that do not go together".to_string())
        })?;
    // The search takes for granted what cells of overlapping sites break: a panic there is a failed search here.
    let search = || {
        MoyoDataset::new(
            &cell,
            tolerance_used,
            AngleTolerance::default(),
            Setting::Standard,
            true,
        )
    };
    let found = catch_unwind(AssertUnwindSafe(search))
        .map_err(|_| fail("two sites may lie too close together".to_string()))?
        .map_err(|error| fail(error.to_string()))?;
    let unknown = || fail(format!("unknown space group {}", found.number));
    let hall = hall_symbol_entry(found.hall_number).ok_or_else(unknown)?;
    let class = arithmetic_crystal_class_entry(hall.arithmetic_number).ok_or_else(unknown)?;
    let number = u8::try_from(found.number).map_err(|_| unknown())?;
    Ok(Symmetry {
        number,
        hermann_mauguin: found.hm_symbol.replace([' ', '_'], ""),
        hall_number: u16::try_from(found.hall_number).map_err(|_| unknown())?,
        hall_symbol: hall.hall_symbol.to_string(),
        point_group: class.geometric_crystal_class.to_string(),
        crystal_system: CrystalSystem::of(number),
        pearson_symbol: found.pearson_symbol.clone(),
        standard_cell: structure_of(&found.std_cell, &kinds, structure)?,
        primitive_cell: structure_of(&found.prim_std_cell, &kinds, structure)?,
        wyckoff: found.wyckoffs,
        site_symmetry: found.site_symmetry_symbols,
        orbits: found.orbits,
        operations: found
            .operations
            .iter()
            .map(|operation| Operation {
                rotation: operation.rotation,
                translation: operation.translation,
            })
            .collect(),
        tolerance: found.symprec,
    })
}

/// A cell of moyo's with the species that its numbers stand for.
fn structure_of(
    cell: &Cell,
    kinds: &[(Kind, &Site)],
    original: &Structure,
) -> Result<Structure, CrystalError> {
    let lattice = Lattice::new(cell.lattice.basis.transpose())?;
    let sites = cell
        .positions
        .iter()
        .zip(&cell.numbers)
        .filter_map(|(position, &number)| {
            let model = kinds.get(usize::try_from(number).ok()?)?.1;
            let species: Vec<Species> = model.species.clone();
            let first = species.first()?.element;
            Some(Site {
                position: *position,
                species,
                label: first.symbol().to_string(),
                magnetic_moment: None,
            })
        });
    let mut structure = Structure::new(lattice, sites.collect());
    structure.title = original.title.clone();
    Ok(structure)
}
