//! What can go wrong when a surrogate is fitted, read or asked. A bad row is never an error: it is set aside and counted.

/// Why a surrogate could not be fitted, read or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SurrogateError {
    #[error("the work was cancelled")]
    Cancelled,
    #[error(
        "{what} has {found} values where {expected} are needed; give one for every row (NaN for an unknown one)"
    )]
    Length {
        what: &'static str,
        found: usize,
        expected: usize,
    },
    #[error("a model of no inputs cannot be fitted; name at least one input column")]
    NoInputs,
    #[error("row {row}: {what} is {value}; {remedy}")]
    Value {
        what: &'static str,
        /// Counted from 0.
        row: usize,
        value: f64,
        remedy: &'static str,
    },
    #[error("the model needs {needed}, which the table does not have")]
    Inputs { needed: String },
    #[error("not a model file of this program: {reason}")]
    File { reason: String },
    #[error("{what} is {value}; {remedy}")]
    Option {
        what: &'static str,
        value: String,
        remedy: &'static str,
    },
    /// A device failed where the processor would not mend it.
    #[error(transparent)]
    Device(compute::ComputeError),
}

impl From<compute::ComputeError> for SurrogateError {
    fn from(error: compute::ComputeError) -> Self {
        match error {
            compute::ComputeError::Cancelled => Self::Cancelled,
            other => Self::Device(other),
        }
    }
}

impl From<job::Cancelled> for SurrogateError {
    fn from(_: job::Cancelled) -> Self {
        Self::Cancelled
    }
}
