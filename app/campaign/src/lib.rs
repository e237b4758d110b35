//! The `campaign` room: the closed loop of suggesting, measuring and learning, in one file that loses nothing.
//!
//! - [`Journal`]: the file. Events are added and never changed, each with the hash of the one before.
//! - [`Event`]: what can happen.
//!
//! An event counts as acknowledged once [`Journal::append`] has returned; from then on neither a kill nor a power cut loses
//! it.

mod error;
mod event;
mod journal;
pub mod number;

pub use error::CampaignError;
pub use event::{
    Aim, Candidate, Candidates, Created, Entry, Event, Exported, Input, InputKind, LabEvent,
    Nearest, Observed, Outcome, Pick, PoolSource, Predicted, Reading, Retracted, Source, Status,
    Suggested,
};
pub use journal::{Access, Digest, Journal, Record, sha256_hex};
pub use number::Number;
