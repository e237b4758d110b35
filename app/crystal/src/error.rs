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
