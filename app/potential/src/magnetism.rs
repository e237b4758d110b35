//! From magnetic moments to magnetisation, and what the moments leave out.

use crystal::Structure;
use matter::Element;

/// The magnetisation of one µB in one Å3, A/m (Bohr magneton of CODATA 2018).
pub const AMPERE_PER_METRE: f64 = 9.274_010_078_3e-24 / 1e-30;
/// The magnetic constant, T m/A (CODATA 2018).
pub const MU_0: f64 = 1.256_637_062_12e-6;

/// What moments that all point one way add up to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Magnetization {
    /// Mean size of the moments, µB/atom.
    pub per_atom: f64,
    /// A/m.
    pub per_volume: f64,
    /// The polarisation that belongs to it, `µ0 M`, T.
    pub tesla: f64,
}

impl Magnetization {
    /// Of the sizes of a structure's moments (µB): all taken to point one way, which the model cannot tell.
    pub fn of(structure: &Structure, moments: &[f64]) -> Self {
        let sum: f64 = moments.iter().sum();
        let per_volume = sum * AMPERE_PER_METRE / structure.volume();
        Self {
            per_atom: sum / moments.len() as f64,
            per_volume,
            tesla: MU_0 * per_volume,
        }
    }
}

/// Elements with a 4f shell that is partly filled, whose own moment the model does not give.
const OPEN_4F: std::ops::RangeInclusive<u8> = 58..=70;
/// Anions through which moments usually couple against each other.
const SUPEREXCHANGE: [u8; 9] = [7, 8, 9, 16, 17, 34, 35, 52, 53];
/// Moments below this are none, µB.
const NONE: f64 = 0.1;

/// What to beware of in a magnetisation from these moments, in a sentence each.
pub fn caveats(structure: &Structure, moments: &[f64]) -> Vec<String> {
    let elements = || structure.sites.iter().filter_map(|site| site.element());
    let mut caveats = Vec::new();
    if moments.iter().all(|m| *m < NONE) {
        return caveats;
    }
    let number = |element: Element| element.atomic_number();
    if elements().any(|e| SUPEREXCHANGE.contains(&number(e))) {
        caveats.push(
            "moments are sizes without sign, and in such compounds they mostly oppose each other: the magnetisation is an upper bound, near zero for an antiferromagnet"
                .to_owned(),
        );
    } else if elements().any(|e| [24, 25].contains(&number(e))) {
        caveats.push(
            "moments are sizes without sign, and those of Cr and Mn often oppose each other: the magnetisation is an upper bound"
                .to_owned(),
        );
    } else {
        caveats.push(
            "moments are sizes without sign, taken to point one way: an upper bound".to_owned(),
        );
    }
    let mut rare: Vec<Element> = elements()
        .filter(|e| OPEN_4F.contains(&number(*e)))
        .collect();
    rare.sort();
    rare.dedup();
    if !rare.is_empty() {
        let rare: Vec<&str> = rare.iter().map(|e| e.symbol()).collect();
        caveats.push(format!(
            "the 4f moments of {} are not in it: they add for light rare earths and subtract for heavy ones",
            rare.join(", ")
        ));
    }
    caveats
}
