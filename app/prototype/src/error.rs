//! Why there are no candidates.

use thiserror::Error;

/// What cannot be asked of this room, or could not be finished.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum PrototypeError {
    /// A prototype with shared or partly vacant sites.
    #[error(
        "{name}: site {site} is disordered; substitution needs one element on every site, so give an ordered model of the structure"
    )]
    Disordered {
        /// The prototype's name.
        name: String,
        /// The label of the first such site.
        site: String,
    },
    /// A prototype that the room of crystals refuses.
    #[error("{0}: {1}")]
    Crystal(String, crystal::CrystalError),
    /// A number in the question that makes no sense.
    #[error("{name} is {value}: {remedy}")]
    Number {
        /// What it is called.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What would be right.
        remedy: &'static str,
    },
    /// The user stopped the work.
    #[error("cancelled")]
    Cancelled,
}

impl From<job::Cancelled> for PrototypeError {
    fn from(_: job::Cancelled) -> Self {
        Self::Cancelled
    }
}
