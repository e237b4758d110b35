//! What comes out: candidates, and what was not made a candidate and why.

use crystal::Structure;
use matter::Element;
use std::fmt;

/// What the probability of a substitution rests on. Numbers of the two are not on one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Statistics of ionic substitution: [`crate::ions`].
    Ions,
    /// Likeness of metals: [`crate::metals`].
    Metals,
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ions => "ions",
            Self::Metals => "metals",
        })
    }
}

/// A prototype with other elements in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its primitive cell, scaled to a volume that suits the new elements; charges stand on its sites where they are known.
    pub structure: Structure,
    /// The prototype's name.
    pub prototype: String,
    /// The prototype's formula.
    pub parent: String,
    /// What replaces what, elements that stay left out; empty for the prototype itself.
    pub substitution: Vec<(Element, Element)>,
    /// Product over the sublattices of the probability that its element is replaced so (or stays).
    pub probability: f64,
    /// What that probability is.
    pub measure: Measure,
    /// Mean charge of each element, elementary charges; empty where there is no anion.
    pub charges: Vec<(Element, f64)>,
    /// Number of the space group, that of the prototype.
    pub space_group: u8,
    /// Its symbol.
    pub symbol: String,
    /// What to beware of, in sentences.
    pub notes: Vec<String>,
}

impl Candidate {
    /// `Au>Fe Cu>Ni`; `none` for the prototype itself.
    pub fn substitution_text(&self) -> String {
        substitution_text(&self.substitution)
    }
}

pub(crate) fn substitution_text(substitution: &[(Element, Element)]) -> String {
    let parts: Vec<String> = substitution
        .iter()
        .map(|(from, to)| format!("{from}>{to}"))
        .collect();
    match parts.is_empty() {
        true => "none".to_owned(),
        false => parts.join(" "),
    }
}

/// Why a combination of elements is no candidate, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rejection {
    /// Below the least probability, or of ions that the statistics do not know.
    Unlikely,
    /// One element on two sublattices of the prototype.
    Repeated,
    /// No oxidation states balance.
    Charge,
    /// Only states that are rare for their element balance.
    RareState,
    /// An element that gives electrons where the prototype's takes them, or the other way round.
    Sign,
    /// A cation at least as electronegative as an anion.
    Electronegativity,
    /// An ion or a metal that is too large or small against the rest.
    Size,
    /// Too far on Pettifor's scale.
    Pettifor,
    /// An element without a radius or another number that the rules need.
    Unknown,
    /// The same crystal as a likelier candidate.
    Duplicate,
    /// Behind as many likelier ones as were wanted.
    Most,
}

impl Rejection {
    /// All of them, in order.
    pub const ALL: [Self; 11] = [
        Self::Unlikely,
        Self::Repeated,
        Self::Charge,
        Self::RareState,
        Self::Sign,
        Self::Electronegativity,
        Self::Size,
        Self::Pettifor,
        Self::Unknown,
        Self::Duplicate,
        Self::Most,
    ];

    /// The reason in words, for a person.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Unlikely => "less probable than asked",
            Self::Repeated => "one element on two sublattices",
            Self::Charge => "charges do not balance",
            Self::RareState => "charges balance only with rare oxidation states",
            Self::Sign => "an ion of the other sign than the prototype's",
            Self::Electronegativity => "a cation as electronegative as an anion",
            Self::Size => "sizes do not suit one another",
            Self::Pettifor => "too far on Pettifor's scale",
            Self::Unknown => "a radius or electronegativity is not known",
            Self::Duplicate => "the same crystal as a likelier candidate",
            Self::Most => "likelier candidates are as many as asked",
        }
    }
}

/// A combination of elements that is no candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejected {
    /// Its formula.
    pub formula: String,
    /// The prototype's name.
    pub prototype: String,
    /// What would have replaced what, as [`Candidate::substitution_text`] writes it.
    pub substitution: String,
    /// Why not.
    pub why: Rejection,
    /// The number behind it, or the candidate that it repeats; may be empty.
    pub detail: String,
}
