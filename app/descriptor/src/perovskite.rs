//! Ions of ABX3 compounds with their Shannon radii.
//!
//! Effective ionic radii: R. D. Shannon, Acta Crystallogr. A 32, 751 (1976), doi:10.1107/S0567739476001551
//! (`datasets/ionic_radii_shannon.csv`).
//!
//! - **ABX3**: two cations and one anion, in the ratio 1 : 1 : 3. Shared sites and one cation on both sites are left out.
//! - **Charges** are the likeliest that balance by the statistics of [`matter::oxidation`]; a mixed valence is left out.
//! - **Coordination**: 12 for A, 6 for B and the anion; where the table lacks it, the nearest number that it has, the lower
//!   of two equally near.
//! - **Spin**: high for four to seven d electrons, low otherwise; the other where only that is tabulated.
//! - **Sites**: A is the cation that is larger six-fold; of equal ones the one that is larger twelve-fold, and of those the
//!   one of lower charge.
//!
//! Of the 576 compounds in table S1 of C. J. Bartel et al., Sci. Adv. 5, eaav0693 (2019), doi:10.1126/sciadv.aav0693, which
//! were assigned by other rules, 6 are missing here and 17 get other charges; the other 553 have the same ions on the same
//! sites with the same radii. The plugin `catalyst` follows the rules of that paper (electronegativities in place of the
//! statistics of oxidation states), because its tables were made by them; the two need not agree on every compound.

use matter::{CompositionRef, Element, oxidation};

include!(concat!(env!("OUT_DIR"), "/shannon_radii.rs"));

/// How far amounts of a cell of five atoms may be from whole numbers.
const WHOLE: f64 = 5e-3;

/// One ion on its site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ion {
    /// Which element.
    pub element: Element,
    /// Its charge, elementary charges.
    pub charge: i8,
    /// Effective ionic radius, Å.
    pub radius: f64,
}

/// The ions of an ABX3 compound on their sites.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Abx3 {
    /// The larger cation, with its radius for twelve neighbours.
    pub a: Ion,
    /// The smaller cation, with its radius for six neighbours.
    pub b: Ion,
    /// The anion, with its radius for six neighbours.
    pub anion: Ion,
}

impl Abx3 {
    /// Puts the ions of a composition on the sites of ABX3; `None` where it is not ABX3, where no charges balance, or where
    /// Shannon's table lacks an ion. See the [module](self).
    pub fn of(composition: CompositionRef<'_>) -> Option<Self> {
        let (anion, cations) = elements(composition)?;
        let charges = oxidation::assign(composition, 0.0)?;
        let charge = |element| {
            let mut states = charges.of(element).map(|(state, _)| state);
            states.next().filter(|_| states.next().is_none())
        };
        let anion_charge = charge(anion).filter(|&state| state < 0)?;
        let [first, second] = cations.map(|element| {
            let state = charge(element).filter(|&state| state > 0)?;
            Some(Cation {
                element,
                charge: state,
                twelve: radius(element, state, 12)?,
                six: radius(element, state, 6)?,
            })
        });
        let (first, second) = (first?, second?);
        let (a, b) = if first.belongs_on_a(&second) {
            (first, second)
        } else {
            (second, first)
        };
        Some(Self {
            a: Ion {
                element: a.element,
                charge: a.charge,
                radius: a.twelve,
            },
            b: Ion {
                element: b.element,
                charge: b.charge,
                radius: b.six,
            },
            anion: Ion {
                element: anion,
                charge: anion_charge,
                radius: radius(anion, anion_charge, 6)?,
            },
        })
    }
}

/// A cation before its site is known.
struct Cation {
    element: Element,
    charge: i8,
    /// Radius for twelve neighbours, Å.
    twelve: f64,
    /// Radius for six neighbours, Å.
    six: f64,
}

impl Cation {
    fn belongs_on_a(&self, other: &Self) -> bool {
        let size = self.six.total_cmp(&other.six);
        let size = size.then(self.twelve.total_cmp(&other.twelve));
        size.then(other.charge.cmp(&self.charge)).is_ge()
    }
}

/// The element with three atoms and the two with one, by atomic number.
fn elements(composition: CompositionRef<'_>) -> Option<(Element, [Element; 2])> {
    let total = composition.total_atoms();
    let (mut anion, mut first, mut second) = (None, None, None);
    for (element, amount) in composition.iter().filter(|(_, amount)| *amount > 0.0) {
        let amount = 5.0 * amount / total;
        let is = |n: f64| (amount - n).abs() < WHOLE;
        let place = match (is(1.0), is(3.0)) {
            (_, true) => &mut anion,
            (true, _) if first.is_none() => &mut first,
            (true, _) => &mut second,
            _ => return None,
        };
        if place.replace(element).is_some() {
            return None;
        }
    }
    Some((anion?, [first?, second?]))
}

/// Shannon's effective ionic radius in Å for the tabulated coordination number nearest to `wanted`, the lower of two equally
/// near; `None` where the ion is not in the table. Spin as in the [module](self).
pub fn radius(element: Element, charge: i8, wanted: u8) -> Option<f64> {
    let ion = (element.atomic_number(), charge);
    let start = RADII.partition_point(|((z, q, _), _)| (*z, *q) < ion);
    RADII[start..]
        .iter()
        .take_while(|((z, q, _), _)| (*z, *q) == ion)
        .min_by_key(|((_, _, coordination), _)| coordination.abs_diff(wanted))
        .map(|(_, radius)| *radius)
}
