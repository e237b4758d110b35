//! Average voltage from composition: a ridge regression on redox couple, anion class and ion.
//!
//! V + E°(ion) - E°(Li) = sum of coefficient times feature, with E° the standard potential of the ion's metal. The
//! features and the figures of the grouped cross-validation are made by `cargo run --example fit`, which writes
//! `coefficients.rs`.

use crate::coefficients::{COEFFICIENTS, COUPLES_SEEN};
use crate::ion::{IONS, Ion};
use crate::redox::{Host, LADDER};
use matter::CompositionRef;

const STATES: usize = LADDER.len();
const ANIONS: usize = STATES + 6;
const POLYANIONS: usize = ANIONS + 6;
const ION: usize = POLYANIONS + 5;
const IONS_PER_ANION: usize = ION + 7;
const METALS_PER_ANION: usize = IONS_PER_ANION + 1;
/// Whether the value was measured, not computed; its coefficient is the bias of the computed values.
pub const MEASURED: usize = METALS_PER_ANION + 1;
/// Always 1; its coefficient is not penalised.
pub const INTERCEPT: usize = MEASURED + 1;
/// Number of features.
pub const FEATURES: usize = INTERCEPT + 1;

/// The features of a step from `discharged` by `electrons` (per formula of `discharged`, positive): shares of the couples
/// passed; the same pooled by upper oxidation state, so that a rare couple leans on its fellows; anion fractions; share
/// of the oxygen held by each polyanion; ion; charge of Li, Na, K, Mg and Ca per anion; redox-active atoms per anion;
/// measured; 1. `None` if the charges do not balance on both sides.
pub fn features(
    discharged: CompositionRef<'_>,
    host: &Host,
    ion: &Ion,
    electrons: f64,
) -> Option<[f64; FEATURES]> {
    let shares = host.couples(electrons)?;
    let mut x = [0.0; FEATURES];
    for (rung, &(_, upper)) in LADDER.iter().enumerate() {
        x[rung] = shares[rung];
        x[STATES + upper as usize - 2] += shares[rung];
    }
    x[ANIONS..POLYANIONS].copy_from_slice(&host.anion_fractions);
    x[POLYANIONS..ION].copy_from_slice(&host.polyanions);
    x[ION + ion.index] = 1.0;
    let cations: f64 = IONS[..5]
        .iter()
        .map(|ion| ion.charge * ion.amount(discharged))
        .sum();
    x[IONS_PER_ANION] = cations / host.anions;
    x[METALS_PER_ANION] = host.redox_atoms / host.anions;
    x[MEASURED] = 1.0;
    x[INTERCEPT] = 1.0;
    Some(x)
}

/// The voltage against the ion's metal that an experiment would find, V.
pub fn voltage(x: &[f64; FEATURES], ion: &Ion) -> f64 {
    let sum: f64 = x.iter().zip(&COEFFICIENTS).map(|(x, c)| x * c).sum();
    sum - scale(ion)
}

/// What is added to a voltage against the ion's metal to have it against lithium, V.
pub fn scale(ion: &Ion) -> f64 {
    ion.standard_potential - IONS[0].standard_potential
}

/// The couple that takes part by more than half and never occurs in the training data, if there is one.
pub fn unseen_couple(x: &[f64; FEATURES]) -> Option<usize> {
    (0..LADDER.len()).find(|&rung| x[rung] > 0.5 && !COUPLES_SEEN[rung])
}

/// Errors of the regression in the cross-validation, V.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Steps in the training data.
    pub rows: usize,
    /// Mean absolute error.
    pub mean_absolute: f64,
    /// Root mean square error.
    pub root_mean_square: f64,
    /// Mean absolute error of predicting the mean of the other frameworks.
    pub of_the_mean: f64,
    /// Whether the regression is good enough, and its error known well enough, to be offered.
    pub offered: bool,
}
