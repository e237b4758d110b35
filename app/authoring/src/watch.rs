//! Noticing that a project's files changed.

use std::time::Duration;

use job::{Cancelled, Job};

use crate::project::{Project, Stamp};

/// Between two looks. A look at a project's few dozen files takes well under a millisecond, works the same on every
/// system, over network folders too, and sees what an editor does by renaming; so no notification service is needed.
const LOOK: Duration = Duration::from_millis(300);

/// Editors write several files at once: what changed is complete when it stays the same for a look.
pub struct Watch {
    project: Project,
    seen: Option<Vec<Stamp>>,
}

impl Watch {
    /// Nothing has been seen yet, so the first [`Watch::wait`] returns at once.
    pub fn new(project: Project) -> Self {
        Self {
            project,
            seen: None,
        }
    }

    /// Waits until sources or cases are not as they were when this last returned.
    pub fn wait(&mut self, job: &Job) -> Result<(), Cancelled> {
        let mut before = None;
        loop {
            job.check()?;
            // A folder that cannot be read now, perhaps just being replaced, may be there at the next look.
            let now = self.project.watched().ok();
            let settled = now == before || self.seen.is_none();
            if let Some(now) = &now
                && settled
                && self.seen.as_ref() != Some(now)
            {
                self.seen = Some(now.clone());
                return Ok(());
            }
            before = now;
            std::thread::sleep(LOOK);
        }
    }
}
