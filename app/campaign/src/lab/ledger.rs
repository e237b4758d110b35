//! The campaign as a desk needs it, and how a desk's work ends.

use super::{Cell, Wanted};
use crate::event::{Candidate, Event};
use crate::state::State;
use crate::{CampaignError, Created};

/// The campaign, as a desk needs it.
pub trait Ledger {
    fn state(&self) -> &State;

    /// Keeps an event; once this returns, it is acknowledged.
    ///
    /// # Errors
    /// The event cannot be kept; the campaign is as it was.
    fn keep(&mut self, event: &Event) -> Result<(), CampaignError>;

    /// The inputs of a candidate with their names and units.
    fn cells(&self, candidate: &Candidate) -> Vec<Cell>;
}

/// What happened at a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub submitted: usize,
    /// Jobs of earlier runs that were taken up.
    pub resumed: usize,
    pub measured: usize,
    pub failed: usize,
    /// Given up: no answer, or none that can be used.
    pub given_up: usize,
    pub troubles: usize,
}

/// Why a desk stopped before all was answered.
#[derive(Debug)]
pub enum Halt {
    /// Said in the journal; the jobs that are open are taken up by the next run.
    Stopped(String),
    Cancelled,
    Campaign(CampaignError),
}

impl From<CampaignError> for Halt {
    fn from(error: CampaignError) -> Self {
        Self::Campaign(error)
    }
}

impl From<job::Cancelled> for Halt {
    fn from(_: job::Cancelled) -> Self {
        Self::Cancelled
    }
}

/// The outcomes that are to be measured, with their places among all.
pub(super) fn wanted(created: &Created) -> Vec<(u32, Wanted)> {
    let measured = (0..)
        .zip(&created.outcomes)
        .filter(|(_, outcome)| !outcome.known);
    measured
        .map(|(place, outcome)| {
            let (name, unit) = (outcome.name.clone(), outcome.unit.clone());
            (place, Wanted { name, unit })
        })
        .collect()
}
