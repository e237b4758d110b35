//! What can be wrong with a structure or with what is asked of it.

use thiserror::Error;

/// Why a structure, or something made of it, cannot be.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum CrystalError {
    /// Cell parameters that no cell has.
    #[error("cell {0}: {1}")]
    Cell(String, &'static str),
    /// A matrix whose determinant is zero, or too large.
    #[error("supercell {0:?}: {1}")]
    Supercell([[i32; 3]; 3], &'static str),
    /// More sites than this room handles.
    #[error("{0} sites: at most {max} are handled; use a smaller cell", max = crate::MAX_SITES)]
    TooManySites(u64),
    /// No sites.
    #[error("the structure has no sites")]
    Empty,
    /// A site whose coordinates are no finite numbers, by its label.
    #[error("site {0}: coordinates must be fractions of the cell edges, finite and below 1e9")]
    Position(String),
    /// Miller indices that name no plane, or one too steep.
    #[error("plane ({} {} {}): {remedy}", .indices[0], .indices[1], .indices[2])]
    Miller {
        /// As given.
        indices: [i32; 3],
        /// What to do.
        remedy: &'static str,
    },
    /// A cutoff or tolerance that is no positive length, or too large for the cell.
    #[error("{name} of {value} Å: {remedy}")]
    Length {
        /// What the length is: `cutoff`, `tolerance`.
        name: &'static str,
        /// What was asked for, Å.
        value: f64,
        /// What to do.
        remedy: &'static str,
    },
    /// A file whose name tells no format.
    #[error(
        "{0}: the name tells no known format; name it *.cif, *.vasp, *.poscar, POSCAR*, CONTCAR*, *.xyz or *.extxyz"
    )]
    UnknownFormat(String),
    /// A file that cannot be read: its path, and why.
    #[error("{0}: {1}")]
    File(String, String),
    /// A fault in a file: its path, and the fault.
    #[error("{0}: {1}")]
    Format(String, crate::format::FormatError),
    /// A structure that a format cannot hold: the format, and why.
    #[error("{0} cannot hold this structure: {1}; write a CIF instead")]
    Unwritable(&'static str, String),
    /// The symmetry could not be found.
    #[error(
        "no symmetry found with a tolerance of {tolerance} Å ({reason}); try another tolerance"
    )]
    Symmetry {
        /// What was asked for, Å.
        tolerance: f64,
        /// What the search said.
        reason: String,
    },
}
