//! Which candidates are crystals that somebody knows already.

use crate::Prototype;
use crate::matching::{Comparable, Tolerance};
use crystal::{CrystalError, Structure};
use std::collections::HashMap;

/// Structures that are known, by formula.
#[derive(Clone, Debug, Default)]
pub struct Known {
    by_formula: HashMap<String, Vec<(Comparable, String)>>,
}

impl Known {
    /// Adds a structure under a name.
    ///
    /// # Errors
    ///
    /// A structure without sites, or one whose symmetry cannot be found.
    pub fn add(&mut self, name: &str, structure: &Structure) -> Result<(), CrystalError> {
        let comparable = Comparable::new(structure)?;
        self.keep(name, structure, comparable);
        Ok(())
    }

    /// Likewise of a primitive cell, which saves the search for it.
    ///
    /// # Errors
    ///
    /// A structure without sites, or a cell that no lattice has.
    pub fn add_primitive(&mut self, name: &str, structure: &Structure) -> Result<(), CrystalError> {
        let comparable = Comparable::of_primitive(structure)?;
        self.keep(name, structure, comparable);
        Ok(())
    }

    fn keep(&mut self, name: &str, structure: &Structure, comparable: Comparable) {
        let list = self.by_formula.entry(structure.formula()).or_default();
        list.push((comparable, name.to_owned()));
    }

    /// The prototypes that come with the program, and these. One that cannot be compared is no loss: it would only name itself.
    pub fn with_prototypes(prototypes: &[Prototype]) -> Self {
        let mut known = Self::default();
        for prototype in Prototype::shipped().iter().chain(prototypes) {
            let name = format!("prototype {}", prototype.name);
            let _ = known.add_primitive(&name, &prototype.structure);
        }
        known
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_formula.values().map(Vec::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_formula.is_empty()
    }

    /// The name of the first that is the same crystal as `structure`, a primitive cell.
    pub fn find(&self, structure: &Structure, tolerance: &Tolerance) -> Option<&str> {
        let list = self.by_formula.get(&structure.formula())?;
        let own = Comparable::of_primitive(structure).ok()?;
        let same = |entry: &&(Comparable, String)| entry.0.compare(&own, tolerance).is_some();
        list.iter().find(same).map(|entry| entry.1.as_str())
    }
}
