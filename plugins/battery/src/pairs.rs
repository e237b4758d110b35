//! Pairs of discharged and charged compositions with known voltages, computed and measured.

use crate::coefficients::{
    BY_ION, LOOKUP_DEVIATION, LOOKUP_PAIRS, LOOKUP_ROOT_MEAN_SQUARE, OVERALL,
};
use crate::filter::place;
use crate::ion::Ion;
use matter::CompositionRef;

/// A known voltage of a discharged composition.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    fingerprint: u64,
    ion: u8,
    /// Average over the known steps below the discharged composition, V against the ion's metal.
    pub voltage: f64,
    /// Atoms of the ion removed, per atom of it in the discharged composition.
    pub removed: f64,
    /// Volume change on discharge, relative; NaN where unknown.
    pub volume_change: f64,
    /// The note that says where it comes from, with author and year; empty for the computed table.
    pub source: &'static str,
    composition: &'static [(u8, f64)],
}

include!(concat!(env!("OUT_DIR"), "/pairs.rs"));

/// With fewer measured cathodes of an ion than this, the error of its computed voltages counts as not tested.
pub const FEWEST_TESTED: usize = 3;

/// How far computed voltages of an ion are from experiment, V.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LookupError {
    /// Root mean square deviation of the computed value as it is.
    pub computed: f64,
    /// Standard deviation after the bias is taken off.
    pub corrected: f64,
    /// What to beware of, for ions with fewer than [`FEWEST_TESTED`] measured cathodes.
    pub note: Option<&'static str>,
}

/// The text with the symbol of each ion behind it, in the order of [`crate::ion::IONS`].
macro_rules! for_each_ion {
    ($text:literal) => {
        [
            concat!($text, "Li"),
            concat!($text, "Na"),
            concat!($text, "K"),
            concat!($text, "Mg"),
            concat!($text, "Ca"),
            concat!($text, "Zn"),
            concat!($text, "Al"),
        ]
    };
}

static NOT_TESTED: [&str; 7] = for_each_ion!("the error of computed voltages is not tested for ");
static HARDLY_TESTED: [&str; 7] =
    for_each_ion!("the error of computed voltages is tested on fewer than three cathodes of ");

/// The error of the computed voltages of an ion. Where it is not tested, the error of the regression is added: it was
/// found on other ions, whose hosts and voltages differ.
pub fn lookup_error(ion: &Ion) -> LookupError {
    let tested = LOOKUP_PAIRS[ion.index];
    if tested >= FEWEST_TESTED {
        return LookupError {
            computed: LOOKUP_ROOT_MEAN_SQUARE,
            corrected: LOOKUP_DEVIATION,
            note: None,
        };
    }
    let figures = &BY_ION[ion.index];
    let regression = if figures.offered { figures } else { &OVERALL }.root_mean_square;
    let notes = if tested == 0 {
        &NOT_TESTED
    } else {
        &HARDLY_TESTED
    };
    LookupError {
        computed: LOOKUP_ROOT_MEAN_SQUARE.hypot(regression),
        corrected: LOOKUP_DEVIATION.hypot(regression),
        note: Some(notes[ion.index]),
    }
}

/// Whether [`find`] may find anything for compositions of these elements; `set` has a bit for each atomic number. Spares
/// most candidates the search.
pub fn may_be_known(set: u128) -> bool {
    let (word, bit) = place(set);
    KNOWN_SETS[word] >> bit & 1 == 1
}

/// The computed and the measured pair of a discharged composition.
pub fn find(
    discharged: CompositionRef<'_>,
    ion: &Ion,
) -> (Option<&'static Pair>, Option<&'static Pair>) {
    let fingerprint = discharged.fingerprint();
    let find = |table: &'static [Pair]| {
        let start = table.partition_point(|pair| pair.fingerprint < fingerprint);
        let mut same = table[start..]
            .iter()
            .take_while(|pair| pair.fingerprint == fingerprint);
        same.find(|pair| pair.ion == ion.atomic_number && pair.is(discharged))
    };
    (find(&COMPUTED), find(&MEASURED))
}

impl Pair {
    /// Whether this is the pair of `discharged`, by atomic fractions to 1e-5: fingerprints may collide.
    fn is(&self, discharged: CompositionRef<'_>) -> bool {
        let total: f64 = discharged.amounts.iter().sum();
        self.composition.len() == discharged.atomic_numbers.len()
            && self.composition.iter().all(|&(z, fraction)| {
                let here = discharged
                    .atomic_numbers
                    .iter()
                    .zip(discharged.amounts)
                    .find(|(e, _)| **e == z);
                here.is_some_and(|(_, n)| (n / total - fraction).abs() < 1e-5)
            })
    }
}
