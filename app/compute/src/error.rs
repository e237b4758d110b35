//! What can go wrong on a device.

/// Why a device could not be opened, or a kernel gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ComputeError {
    #[error(
        "no adapter that computes was found; install a Vulkan driver of your graphics card, or use --device cpu"
    )]
    NoAdapter,
    #[error("{adapter} could not be opened ({reason}); update its driver, or use --device cpu")]
    Open { adapter: String, reason: String },
    #[error("{adapter} was lost ({reason})")]
    Lost { adapter: String, reason: String },
    #[error("{adapter} is out of memory")]
    OutOfMemory { adapter: String },
    #[error("{adapter} gave no answer within {seconds} s")]
    Stalled { adapter: String, seconds: u64 },
    #[error("{adapter} refused kernel {kernel}: {reason}")]
    Refused {
        adapter: String,
        kernel: &'static str,
        reason: String,
    },
    #[error("{what} takes {needed} {unit}, more than the {limit} of {adapter}")]
    TooLarge {
        adapter: String,
        what: &'static str,
        needed: u64,
        unit: &'static str,
        limit: u64,
    },
    #[error("{what} has {found} values where {expected} are needed")]
    Length {
        what: &'static str,
        found: usize,
        expected: usize,
    },
    #[error("{what}: {reason}")]
    Malformed { what: &'static str, reason: String },
    #[error("the work was cancelled")]
    Cancelled,
}

impl ComputeError {
    /// Whether the processor may well succeed where the device failed: the stage is then redone there from its start.
    pub fn redo_on_cpu(&self) -> bool {
        match self {
            Self::Open { .. }
            | Self::Lost { .. }
            | Self::OutOfMemory { .. }
            | Self::Stalled { .. }
            | Self::Refused { .. }
            | Self::TooLarge { .. } => true,
            Self::NoAdapter | Self::Length { .. } | Self::Malformed { .. } | Self::Cancelled => {
                false
            }
        }
    }

    /// Whether the device is of no more use.
    pub(crate) fn ends_device(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::Stalled { .. })
    }
}

impl From<job::Cancelled> for ComputeError {
    fn from(_: job::Cancelled) -> Self {
        Self::Cancelled
    }
}
