//! A lab that is called otherwise than before: a table that was moved, a node with a new address. Jobs stand in the journal under
//! the name that the lab had, and nobody else may ask for them.

use super::{Lab, LabError, Order, Origin, Standing, Stray};
use crate::state::State;
use std::collections::BTreeMap;

/// A lab with the names that it had.
pub struct Renamed {
    lab: Box<dyn Lab>,
    formerly: Vec<String>,
}

impl Renamed {
    /// The same lab; the jobs that the journal has under these names are its own.
    pub fn new(lab: Box<dyn Lab>, formerly: Vec<String>) -> Self {
        Self { lab, formerly }
    }
}

/// The open suggestions that labs have which are not asked now, by the lab's name.
pub fn elsewhere(state: &State, lab: &dyn Lab) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for suggestion in state.open() {
        if let Some((name, _)) = &suggestion.submitted
            && name != lab.name()
            && !lab.formerly().contains(name)
        {
            let id = suggestion.pick.id.clone();
            found.entry(name.clone()).or_default().push(id);
        }
    }
    found
}

impl Lab for Renamed {
    fn name(&self) -> &str {
        self.lab.name()
    }

    fn formerly(&self) -> &[String] {
        &self.formerly
    }

    fn origin(&self) -> Origin {
        self.lab.origin()
    }

    fn reserve(&mut self, order: &Order) -> Result<String, LabError> {
        self.lab.reserve(order)
    }

    fn start(&mut self, order: &Order, job: &str) -> Result<(), LabError> {
        self.lab.start(order, job)
    }

    fn poll(&mut self, order: &Order, job: &str) -> Result<Standing, LabError> {
        self.lab.poll(order, job)
    }

    fn cancel(&mut self, job: &str) -> Result<(), LabError> {
        self.lab.cancel(job)
    }

    fn strays(&mut self) -> Vec<Stray> {
        self.lab.strays()
    }
}
