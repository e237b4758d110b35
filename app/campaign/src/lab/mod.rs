//! Labs: whoever makes and measures what a campaign suggests, behind one trait.
//!
//! - `manual`: a person with a worksheet; nothing is submitted, results come by `campaign observe`.
//! - `table:FILE` ([`TableLab`]): a table whose answers are known, for replays and benchmarks.
//! - `command:PROGRAM` ([`CommandLab`]): a program that answers on its standard output; its protocol stands there.
//! - `rest:URL` ([`RestLab`]): a node that speaks the REST protocol of MADSci.
//!
//! An experiment is never made twice because of a crash. That rests on three steps, with a word in the journal between each:
//! [`LabEvent::Submitting`](crate::LabEvent), then [`Lab::reserve`] asks for the lab's name of the job, which makes nothing
//! yet, then [`LabEvent::Submitted`](crate::LabEvent) keeps that name, then [`Lab::start`] begins it, which a lab does once
//! however often it is told. After a crash the lab is asked what became of each job before anything else.

mod answer;
mod choice;
mod command;
mod desk;
mod ledger;
mod patience;
mod program;
mod renamed;
mod rest;
mod run;
mod table;

pub use answer::{Measured, Reported, Value};
pub use choice::LabChoice;
pub use command::CommandLab;
pub use desk::Desk;
pub use ledger::{Halt, Ledger, Summary};
pub use patience::Patience;
pub use renamed::{Renamed, elsewhere};
pub use rest::RestLab;
pub use run::{Ending, Ran, RunOptions, Until, run};
pub use table::{TableLab, TableLabOptions};

pub use crate::event::Origin;
use std::fmt;

/// What a lab is to make and measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The key that this experiment has for ever: campaign and suggestion, as in `8c1f02aa93de/s12`.
    pub key: String,
    pub inputs: Vec<Cell>,
    pub outcomes: Vec<Wanted>,
}

/// One input of the candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub name: String,
    /// Empty where none is stated.
    pub unit: String,
    pub text: String,
}

impl Cell {
    /// The value as a number, where it is one.
    pub fn number(&self) -> Option<f64> {
        let number: f64 = self.text.trim().parse().ok()?;
        number.is_finite().then_some(number)
    }
}

/// One outcome that is to be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub unit: String,
}

/// What became of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// The lab knows the job and has not begun; [`Lab::start`] begins it.
    Reserved,
    Running,
    /// It was made and measured.
    Done(Reported),
    /// It was tried and did not work, which says something of the candidate.
    Failed(String),
    /// It was not and will not be tried, which says nothing of the candidate.
    Abandoned(String),
    /// The lab could not begin it now; nothing was made, and it may be reserved anew.
    Busy(String),
    /// The lab does not know what became of it; it may have been made, so it is not submitted again.
    Lost(String),
}

/// Something that came without being waited for, or that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// The job that it speaks of, if it can be told.
    pub job: Option<String>,
    pub what: Trouble,
    pub detail: String,
}

/// What can be wrong between a campaign and a lab; the words stand in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An answer that came after it was given up.
    Late,
    /// A second answer to a job that was answered.
    Twice,
    /// An answer that cannot be used: no number, a unit that does not fit, nothing that was asked for.
    Wrong,
    /// An answer that lacks an outcome.
    Partial,
    /// No answer within the time.
    Timeout,
    /// Nobody knows what became of it.
    Lost,
    /// A line or a page that is no answer at all.
    Garbage,
    /// An answer to what this campaign did not ask.
    Unknown,
    /// The lab does not respond.
    Away,
    /// It responds again.
    Back,
    /// It ended and was started again.
    Restarted,
    /// It will not take the job now.
    Busy,
    /// It will not take the job at all.
    Refused,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Late => "late",
            Self::Twice => "twice",
            Self::Wrong => "wrong",
            Self::Partial => "partial",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
            Self::Garbage => "garbage",
            Self::Unknown => "unknown",
            Self::Away => "away",
            Self::Back => "back",
            Self::Restarted => "restarted",
            Self::Busy => "busy",
            Self::Refused => "refused",
        })
    }
}

/// Why a lab cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabError {
    /// It may work later: no connection, a program that ended, too many requests.
    #[error("{lab} does not respond: {why}")]
    Away { lab: String, why: String },
    /// It will not work later either.
    #[error("{lab} refuses: {why}")]
    Refused { lab: String, why: String },
    /// The lab cannot be used at all; worded whole.
    #[error("{0}")]
    Setup(String),
}

/// Makes and measures what a campaign suggests.
///
/// Calls return soon; what takes time is asked for by [`Lab::poll`].
pub trait Lab: Send {
    /// What stands in the journal, such as `table:blends.csv`. The same at every run.
    fn name(&self) -> &str;

    /// Names that it had in earlier runs, whose jobs are its own.
    fn formerly(&self) -> &[String] {
        &[]
    }

    /// Whether its numbers are measured or computed.
    fn origin(&self) -> Origin;

    /// The lab's name of a job for this order. Nothing is made yet, and a reservation that is forgotten does no harm.
    fn reserve(&mut self, order: &Order) -> Result<String, LabError>;

    /// Begins a job. A lab that is told twice begins once.
    fn start(&mut self, order: &Order, job: &str) -> Result<(), LabError>;

    /// What became of a job, perhaps one of an earlier run.
    fn poll(&mut self, order: &Order, job: &str) -> Result<Standing, LabError>;

    /// Asks not to make a job that was given up; the lab may make it nonetheless.
    fn cancel(&mut self, job: &str) -> Result<(), LabError>;

    /// What came without being waited for since the last call.
    fn strays(&mut self) -> Vec<Stray> {
        Vec::new()
    }
}
