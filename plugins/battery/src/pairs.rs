//! Pairs of discharged and charged compositions with known voltages, computed and measured.

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
