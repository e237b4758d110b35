//! How likely one ion takes the place of another in a crystal, by what the Inorganic Crystal Structure Database holds.
//!
//! The model of G. Hautier, C. Fischer, V. Ehrlacher, A. Jain, G. Ceder, Inorg. Chem. 50, 656 (2011), doi:10.1021/ic102031h: the
//! probability that two ions are found in the same place of the same structure type is `exp(weight) / Z`, where pairs never seen
//! have the weight -5. Weights: `datasets/prototypes/ionic_substitutions.csv`; numbers equal those of pymatgen's
//! `SubstitutionProbability`.

use crate::tables::{IONS, WEIGHTS};
use matter::Element;
use std::sync::LazyLock;

/// The weight of pairs that were never seen.
const UNSEEN: f64 = -5.0;

/// An element with its charge in elementary charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ion {
    /// Which element.
    pub element: Element,
    /// Its charge.
    pub charge: i8,
}

impl std::fmt::Display for Ion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.charge < 0 { '-' } else { '+' };
        write!(f, "{}{}{sign}", self.element, self.charge.unsigned_abs())
    }
}

/// For each ion the sum of `exp(weight)` over all others and itself.
static SUMS: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let count = IONS.len() as u16;
    let sum = |a| (0..count).map(|b| weight(a, b).exp()).sum();
    (0..count).map(sum).collect()
});

fn place(ion: Ion) -> Option<u16> {
    let wanted = (ion.element.atomic_number(), ion.charge);
    let place = IONS.binary_search(&wanted).ok()?;
    u16::try_from(place).ok()
}

fn weight(a: u16, b: u16) -> f64 {
    let pair = (a.min(b), a.max(b));
    let found = WEIGHTS.binary_search_by_key(&pair, |entry| entry.0);
    found.map_or(UNSEEN, |place| WEIGHTS[place].1)
}

/// The probability, 0 to 1, that a place of `parent` is taken by `child`, among all ions; equation 5 of the paper for one place.
/// `None` where the statistics know either ion not at all.
pub fn probability(child: Ion, parent: Ion) -> Option<f64> {
    let (child, parent) = (place(child)?, place(parent)?);
    Some(weight(child, parent).exp() / SUMS[usize::from(parent)])
}

/// The charges of an element that the statistics know.
pub fn charges(element: Element) -> impl Iterator<Item = i8> {
    let start = IONS.partition_point(|ion| ion.0 < element.atomic_number());
    let of_element = move |ion: &&(u8, i8)| ion.0 == element.atomic_number();
    IONS[start..].iter().take_while(of_element).map(|ion| ion.1)
}
