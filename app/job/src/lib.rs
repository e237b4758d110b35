//! The `job` room: what a long piece of work shares with whoever waits for it, its progress and the wish to stop it.
//!
//! Work takes a [`Job`], calls [`Job::advance`] now and then, and gives up with [`Cancelled`] when [`Job::check`] says so.
//! Cloning a `Job` gives another handle on the same work, for a progress bar, a signal handler or a worker thread.
//!
//! ```
//! let job = job::Job::new();
//! job.stage("reading", Some(10));
//! job.advance(10);
//! assert_eq!(job.snapshot().done, 10);
//! job.cancel();
//! assert!(job.check().is_err());
//! ```

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// The work was cancelled by its user; nothing is wrong with the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl std::fmt::Display for Cancelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cancelled")
    }
}

impl std::error::Error for Cancelled {}

/// What a progress bar shows: the name of the stage, and how many of how many units are done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub stage: String,
    pub done: u64,
    /// `None`: not known beforehand.
    pub total: Option<u64>,
}

#[derive(Default)]
struct Progress {
    done: AtomicU64,
    stage: Mutex<(String, Option<u64>)>,
}

/// A handle on one piece of work; cheap to clone, safe to share between threads.
#[derive(Clone, Default)]
pub struct Job {
    cancelled: Arc<AtomicBool>,
    progress: Arc<Progress>,
}

impl Job {
    /// New work, nothing done, not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// A handle for a part of this work whose progress somebody else counts: cancelled with it, counted by itself.
    pub fn part(&self) -> Self {
        Self {
            cancelled: self.cancelled.clone(),
            progress: Arc::default(),
        }
    }

    /// Begins a stage of `total` units and sets the count back to zero.
    pub fn stage(&self, name: &str, total: Option<u64>) {
        let mut stage = self
            .progress
            .stage
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *stage = (name.to_owned(), total);
        self.progress.done.store(0, Relaxed);
    }

    /// Counts `units` more as done.
    pub fn advance(&self, units: u64) {
        self.progress.done.fetch_add(units, Relaxed);
    }

    /// Asks the work to stop at its next [`Job::check`].
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// Whether somebody asked the work to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }

    /// `Err(Cancelled)` once somebody asked the work to stop.
    pub fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Where the work stands now.
    pub fn snapshot(&self) -> Snapshot {
        let stage = self
            .progress
            .stage
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Snapshot {
            stage: stage.0.clone(),
            done: self.progress.done.load(Relaxed),
            total: stage.1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_cancels_the_same_work() {
        let job = Job::new();
        let handle = job.clone();
        assert!(job.check().is_ok());
        handle.cancel();
        assert_eq!(job.check(), Err(Cancelled));
    }

    #[test]
    fn a_part_is_cancelled_with_the_whole_and_counts_by_itself() {
        let job = Job::new();
        job.stage("predicting", Some(4));
        let part = job.part();
        part.advance(3);
        assert_eq!((job.snapshot().done, part.snapshot().done), (0, 3));
        job.cancel();
        assert_eq!(part.check(), Err(Cancelled));
    }

    #[test]
    fn a_new_stage_starts_from_zero() {
        let job = Job::new();
        job.stage("reading", None);
        job.advance(7);
        job.stage("ranking", Some(3));
        job.advance(1);
        let now = job.snapshot();
        assert_eq!(
            (now.stage.as_str(), now.done, now.total),
            ("ranking", 1, Some(3))
        );
    }
}
