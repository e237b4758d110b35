//! What can go wrong when a suggestion is asked for. Hostile values (NaN, constants, repeats, failures only) are no errors:
//! each has an answer.

use surrogate::SurrogateError;

/// Why there is no suggestion.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuggestError {
    #[error("the work was cancelled")]
    Cancelled,
    #[error(
        "{what} has {found} values where {expected} are needed; give one for every row (NaN for an unknown one)"
    )]
    Length {
        what: String,
        found: usize,
        expected: usize,
    },
    #[error("{what} is {value}; {remedy}")]
    Option {
        what: String,
        value: String,
        remedy: &'static str,
    },
    #[error("row {row}: {what} is {value}; {remedy}")]
    Value {
        what: String,
        /// Counted from 0.
        row: usize,
        value: f64,
        remedy: &'static str,
    },
    #[error(
        "none of the {candidates} candidates can be suggested: {reason}; widen the pool or relax what excludes them"
    )]
    Exhausted { candidates: usize, reason: String },
    #[error("rows {start} to {end} of the pool cannot be read: {source}")]
    Pool {
        start: usize,
        end: usize,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error(transparent)]
    Surrogate(SurrogateError),
}

impl From<SurrogateError> for SuggestError {
    fn from(error: SurrogateError) -> Self {
        match error {
            SurrogateError::Cancelled => Self::Cancelled,
            other => Self::Surrogate(other),
        }
    }
}

impl From<job::Cancelled> for SuggestError {
    fn from(_: job::Cancelled) -> Self {
        Self::Cancelled
    }
}
