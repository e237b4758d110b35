//! What candidates are wanted.

use crate::PrototypeError;
use crate::matching::Tolerance;
use matter::Element;

/// What may replace what, how far it may differ, and how many are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What may stand on every sublattice, in any order.
    pub elements: Vec<Element>,
    /// What may replace an element of the prototype. Where there is any entry, only elements with one are replaced, by
    /// these; all others stay.
    pub replacements: Vec<(Element, Vec<Element>)>,
    /// Where the prototype has an anion: what may stand there; anything allowed, if none is named.
    pub anions: Vec<Element>,
    /// How many candidates, the likeliest.
    pub most: usize,
    /// Sites of a primitive cell at most; larger prototypes are left out.
    pub sites: usize,
    /// Probability at least.
    pub probability: f64,
    /// Where there is an anion: how far bonds of one kind may grow or shrink against the mean of all, as a logarithm.
    pub bond_mismatch: f64,
    /// Where there is none: how far a radius may grow or shrink against the mean of all, as a logarithm.
    pub radius_mismatch: f64,
    /// Distance on Pettifor's scale at most, in Mendeleev numbers, where there is no anion.
    pub pettifor: f64,
    /// Charges are balanced with states that make up at least this part of what is known of an element.
    pub least_share: f64,
    /// Structures closer than this are one.
    pub tolerance: Tolerance,
}

impl Default for Request {
    /// All elements that are neither noble gases nor radioactive, up to bismuth; a thousand candidates.
    fn default() -> Self {
        let usual = |e: &Element| {
            let data = e.data();
            e.atomic_number() <= 83 && data.group != Some(18.0) && !data.radioactive
        };
        Self {
            elements: Element::all().filter(usual).collect(),
            replacements: Vec::new(),
            anions: Vec::new(),
            most: 1000,
            sites: 100,
            probability: 1e-5,
            bond_mismatch: 0.1,
            radius_mismatch: 0.15,
            pettifor: 30.0,
            least_share: 0.01,
            tolerance: Tolerance::default(),
        }
    }
}

impl Request {
    /// Refuses numbers that no candidate can satisfy.
    pub(crate) fn check(&self) -> Result<(), PrototypeError> {
        let number = |name, value: f64, good: bool, remedy| match good {
            true => Ok(()),
            false => Err(PrototypeError::Number {
                name,
                value,
                remedy,
            }),
        };
        let part = |x: f64| (0.0..=1.0).contains(&x);
        let positive = |x: f64| x.is_finite() && x >= 0.0;
        number(
            "the least probability",
            self.probability,
            part(self.probability),
            "give a number from 0 to 1",
        )?;
        number(
            "the mismatch of bonds",
            self.bond_mismatch,
            positive(self.bond_mismatch),
            "give a number from 0 on; 0.1 is usual",
        )?;
        number(
            "the mismatch of radii",
            self.radius_mismatch,
            positive(self.radius_mismatch),
            "give a number from 0 on; 0.15 is usual",
        )?;
        number(
            "the Pettifor distance",
            self.pettifor,
            positive(self.pettifor),
            "give a number from 0 on; 30 is usual",
        )?;
        number(
            "the least share of an oxidation state",
            self.least_share,
            part(self.least_share),
            "give a number from 0 to 1",
        )
    }

    /// What may stand where the prototype has `element`; `is_anion` where that is one.
    pub(crate) fn allowed(&self, element: Element, is_anion: bool) -> Vec<Element> {
        let mut list = if self.replacements.is_empty() {
            self.elements.clone()
        } else {
            let rules = self.replacements.iter().filter(|r| r.0 == element);
            let named: Vec<Element> = rules.flat_map(|r| r.1.iter().copied()).collect();
            match named.is_empty() {
                true => vec![element],
                false => named,
            }
        };
        if is_anion && !self.anions.is_empty() {
            list.retain(|e| self.anions.contains(e));
        }
        list.sort();
        list.dedup();
        list
    }
}
