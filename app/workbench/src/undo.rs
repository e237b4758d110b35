//! What undo brings back: whole projects, which are small or shared.

use crate::project::Project;

/// Steps that are kept.
const KEPT: usize = 200;

struct Step {
    project: Project,
    /// The name of the command that led away from it.
    name: String,
    merge_key: Option<String>,
}

/// The projects before and after the present one.
#[derive(Default)]
pub(crate) struct History {
    past: Vec<Step>,
    future: Vec<Step>,
}

impl History {
    /// Keeps the project as it was before a command.
    pub fn record(&mut self, before: Project, name: String, merge_key: Option<String>) {
        self.future.clear();
        let merges = merge_key.is_some()
            && self
                .past
                .last()
                .is_some_and(|step| step.merge_key == merge_key);
        if merges {
            return;
        }
        if self.past.len() == KEPT {
            self.past.remove(0);
        }
        self.past.push(Step {
            project: before,
            name,
            merge_key,
        });
    }

    /// The next command is a step of its own, whatever it is.
    pub fn end_merging(&mut self) {
        if let Some(last) = self.past.last_mut() {
            last.merge_key = None;
        }
    }

    /// Forgets everything, as when another project is opened.
    pub fn clear(&mut self) {
        self.past.clear();
        self.future.clear();
    }

    /// Does the same to every project that is kept.
    pub fn change_all(&mut self, mut change: impl FnMut(&mut Project)) {
        let steps = self.past.iter_mut().chain(&mut self.future);
        steps.for_each(|step| change(&mut step.project));
    }

    /// Goes back from the present project; whether there was a way.
    pub fn undo(&mut self, present: &mut Project) -> bool {
        let moved = Self::step(&mut self.past, &mut self.future, present);
        self.end_merging();
        moved
    }

    /// Goes forth from the present project; whether there was a way.
    pub fn redo(&mut self, present: &mut Project) -> bool {
        let moved = Self::step(&mut self.future, &mut self.past, present);
        self.end_merging();
        moved
    }

    fn step(from: &mut Vec<Step>, to: &mut Vec<Step>, present: &mut Project) -> bool {
        let Some(step) = from.pop() else {
            return false;
        };
        to.push(Step {
            project: std::mem::replace(present, step.project),
            name: step.name,
            merge_key: None,
        });
        true
    }

    /// The name of the command that undo would take back.
    pub fn undo_name(&self) -> Option<String> {
        self.past.last().map(|step| step.name.clone())
    }

    /// The name of the command that redo would do again.
    pub fn redo_name(&self) -> Option<String> {
        self.future.last().map(|step| step.name.clone())
    }
}
