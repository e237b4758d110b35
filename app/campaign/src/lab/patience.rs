//! How long a lab is waited for, and how often it is asked again.

use job::{Cancelled, Job};
use std::time::{Duration, Instant};

/// How long a lab is waited for, and how often it is asked again.
#[derive(Clone, Debug, PartialEq)]
pub struct Patience {
    /// For the answer to one experiment, from its beginning; afterwards it is given up, and still taken if it comes.
    pub answer: Duration,
    /// Between two questions what became of jobs.
    pub poll: Duration,
    /// For a lab that does not respond; afterwards the loop stops, and can be taken up again.
    pub away: Duration,
    /// Before a lab that did not respond is asked again: twice as long each time, with up to a quarter more by chance.
    pub backoff: Duration,
    /// The longest such wait.
    pub longest: Duration,
    /// So many experiments in a row that come to nothing stop the loop.
    pub strikes: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(24 * 3600),
            poll: Duration::from_secs(2),
            away: Duration::from_secs(15 * 60),
            backoff: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            strikes: 5,
        }
    }
}

/// The waits of one spell in which a lab does not respond.
#[derive(Debug)]
pub(super) struct Backoff {
    since: Instant,
    next: Duration,
    tries: u32,
}

impl Backoff {
    pub fn new(patience: &Patience) -> Self {
        Self {
            since: Instant::now(),
            next: patience.backoff,
            tries: 0,
        }
    }

    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// Whether it has lasted too long.
    pub fn is_over(&self, patience: &Patience) -> bool {
        self.since.elapsed() >= patience.away
    }

    /// Waits, longer each time. The chance in it keeps several campaigns from asking a lab in step; no result depends on it.
    pub fn wait(&mut self, patience: &Patience, job: &Job) -> Result<(), Cancelled> {
        self.tries += 1;
        let jitter = self.since.elapsed().subsec_nanos() % 1000;
        let wait = self.next + self.next * jitter / 4000;
        self.next = (self.next * 2).min(patience.longest);
        pause(wait, job)
    }
}

/// Waits, but not for somebody who cancelled.
pub(super) fn pause(wait: Duration, job: &Job) -> Result<(), Cancelled> {
    let end = Instant::now() + wait;
    loop {
        job.check()?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
}
