//! What cannot be drawn or measured.

use thiserror::Error;

/// Why a structure cannot be drawn or measured as asked.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum SceneError {
    /// More atoms than a drawing holds.
    #[error("{atoms} atoms to draw: at most {max} are handled; repeat the cell less often", max = crate::MAX_ATOMS)]
    TooManyAtoms {
        /// How many there would be.
        atoms: u64,
    },
    /// A number of repeats below 1.
    #[error("the cell is repeated {0:?} times: each number must be at least 1")]
    Repeats([u32; 3]),
    /// A length or factor outside its range.
    #[error("{name} of {value}: {remedy}")]
    Range {
        /// What it is.
        name: &'static str,
        /// What was asked for.
        value: f64,
        /// What would be right.
        remedy: &'static str,
    },
    /// The plane (0 0 0).
    #[error("the plane (0 0 0) has no direction: give at least one index other than 0")]
    ZeroPlane,
    /// The direction [0 0 0] for moments.
    #[error("moments along [0 0 0] have no direction: give at least one index other than 0")]
    ZeroDirection,
    /// Neighbours could not be found.
    #[error("bonds: {0}")]
    Bonds(#[from] crystal::CrystalError),
}
