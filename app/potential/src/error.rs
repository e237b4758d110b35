//! Why a structure has no energy here.

use thiserror::Error;

/// What the potential cannot do, or could not finish.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum PotentialError {
    /// An element without parameters: its symbol and how many of the potential's elements there are.
    #[error(
        "{element} (site {site}): this potential has parameters for hydrogen to plutonium only (Z = 1 to 94); leave the candidate out"
    )]
    Element {
        /// Its symbol.
        element: String,
        /// The label of the first site.
        site: String,
    },
    /// An element that the weights hold a place for but were never trained on.
    #[error(
        "{element} (site {site}): {model} was never trained on this element, so its number would mean nothing; {remedy}"
    )]
    Untrained {
        /// Its symbol.
        element: &'static str,
        /// The label of the first site.
        site: String,
        /// The name of the weights.
        model: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A site that no single element occupies wholly.
    #[error(
        "site {site} is disordered ({occupants}): the potential needs one element on every site; give an ordered model of the structure"
    )]
    Disordered {
        /// Its label.
        site: String,
        /// What the file puts on it.
        occupants: String,
    },
    /// An atom with no neighbour within the potential's reach.
    #[error(
        "atom {number} ({site}) has no neighbour within {reach} Å, so the potential does not see it; is the unit of length Å, or a vacuum meant?"
    )]
    Isolated {
        /// Its number, from 1.
        number: usize,
        /// Its label.
        site: String,
        /// The reach, Å.
        reach: f64,
    },
    /// Two atoms in one place.
    #[error(
        "atoms {first} ({first_site}) and {second} ({second_site}) are {distance:.3} Å apart, nearer than any nuclei in matter ({least} Å); is a site there twice, or the cell given in another unit?"
    )]
    Overlap {
        /// Number of the one, from 1.
        first: usize,
        /// Its label.
        first_site: String,
        /// Number of the other; the same for an atom and its own image.
        second: usize,
        /// Its label.
        second_site: String,
        /// Their distance, Å.
        distance: f64,
        /// The least that is taken, Å.
        least: f64,
    },
    /// Atoms so dense that the work would never end.
    #[error(
        "atom {number} ({site}) has {count} neighbours within {reach} Å, {limit} are taken at most: the cell is far denser than matter; is the unit of length Å?"
    )]
    Dense {
        /// Number of the first such atom, from 1.
        number: usize,
        /// Its label.
        site: String,
        /// How many neighbours it has.
        count: usize,
        /// Within which reach, Å.
        reach: f64,
        /// The most that are taken.
        limit: usize,
    },
    /// Numbers that are none came out of numbers that were.
    #[error(
        "the potential gives no finite {what} for this structure: its atoms lie far outside what it was trained on"
    )]
    NotFinite {
        /// `energy`, `force`.
        what: &'static str,
    },
    /// A structure that cannot be: no sites, coordinates that are no numbers.
    #[error(transparent)]
    Structure(#[from] crystal::CrystalError),
    /// A file of weights that is none.
    #[error("the weights cannot be read: {0}")]
    Weights(String),
    /// A setting that cannot be followed.
    #[error("{name} of {value}: {remedy}")]
    Setting {
        /// Its name.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What would be right.
        remedy: &'static str,
    },
    /// A device that cannot be computed on, where the processor would not mend it.
    #[error(transparent)]
    Device(compute::ComputeError),
    /// A relaxation that flew apart or collapsed.
    #[error("relaxing it, the structure {0}")]
    Lost(crate::relax::Ending),
    /// A phase whose structure is not kept, or cannot be read: its name.
    #[error("no structure of the phase {0} is at hand")]
    Phase(String),
    /// The user does not want it any more.
    #[error("cancelled")]
    Cancelled,
}

impl From<compute::ComputeError> for PotentialError {
    fn from(error: compute::ComputeError) -> Self {
        match error {
            compute::ComputeError::Cancelled => Self::Cancelled,
            other => Self::Device(other),
        }
    }
}

impl From<job::Cancelled> for PotentialError {
    fn from(_: job::Cancelled) -> Self {
        Self::Cancelled
    }
}
