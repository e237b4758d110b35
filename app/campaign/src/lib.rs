//! The `campaign` room: the closed loop of suggesting, measuring and learning, in one file that loses nothing.
//!
//! - [`Journal`]: the file. Events are added and never changed, each with the hash of the one before.
//! - [`Event`]: what can happen. [`State`]: what it amounts to.
//! - [`create`], [`Campaign`]: begin a campaign, and take it further: suggest, observe, retract, verify.
//! - [`Pool`]: a table of candidates as points.
//! - [`lab`]: whoever makes and measures: tables, programs, lab nodes; and the loop that asks them by itself.
//!
//! An event counts as acknowledged once [`Journal::append`] has returned; from then on neither a kill nor a power cut loses
//! it.

mod acceleration;
mod campaign;
mod create;
mod error;
mod event;
mod export;
mod history;
mod journal;
pub mod lab;
mod matcher;
pub mod number;
mod observe;
mod pool;
pub mod progress;
mod propose;
pub mod report;
mod retract;
mod state;
mod worksheet;

pub use acceleration::{Acceleration, Basis, Estimate, acceleration};
pub use campaign::{Campaign, Verified};
pub use create::{Begun, Wanted, create, label};
pub use error::CampaignError;
pub use event::{
    Aim, Candidate, Candidates, Created, Entry, Event, Exported, Input, InputKind, LabEvent,
    Nearest, Observed, Outcome, Pick, PoolSource, Predicted, Reading, Retracted, Source,
    SpaceSource, Status, Suggested,
};
pub use export::{observations_csv, write_crate};
pub use history::sentence;
pub use journal::{Access, Digest, Journal, Record, sha256_hex};
pub use number::Number;
pub use observe::{Results, Row, Verdict, read_results, word};
pub use pool::{Pool, Prediction, SourceFile};
pub use propose::{Asked, Budget, propose};
pub use retract::{Dependents, dependents};
pub use state::{Experiment, State, Suggestion};
pub use worksheet::write_worksheet;
