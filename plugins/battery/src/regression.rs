//! Average voltage from composition: a ridge regression on redox couple, anion class and ion.
//!
//! V + E°(ion) - E°(Li) = sum of coefficient times feature, with E° the standard potential of the ion's metal. The
//! features and the figures of the grouped cross-validation are made by `cargo run --example fit`, which writes
//! `coefficients.rs`.

use crate::coefficients::{COEFFICIENTS, COUPLES_SEEN};
use crate::ion::{IONS, Ion};
use crate::redox::{Host, LADDER};

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

/// The features of a step by `electrons` (per formula of the host, positive) from a discharged host: shares of the couples
/// passed; the same pooled by upper oxidation state, so that a rare couple leans on its fellows; anion fractions; share
/// of the oxygen held by each polyanion; ion; charge of Li, Na, K, Mg and Ca per anion; redox-active atoms per anion;
/// measured; 1. `None` if the charges do not balance on both sides.
pub fn features(host: &Host, ion: &Ion, electrons: f64) -> Option<[f64; FEATURES]> {
    let mut x = [0.0; FEATURES];
    visit(host, ion, electrons, |feature, value| x[feature] = value).then_some(x)
}

/// Calls `take` with every feature that is not zero, ascending: a sum over them is the same to the last bit as one over
/// all. False if the charges do not balance on both sides.
fn visit(host: &Host, ion: &Ion, electrons: f64, mut take: impl FnMut(usize, f64)) -> bool {
    let [mut two, mut three, mut four, mut five, mut six, mut seven] = [0.0; 6];
    let within = host.pass_couples(electrons, |rung, upper, share| {
        take(rung, share);
        // In registers: an array would be cleared in memory for every candidate.
        let pooled = match upper {
            2 => &mut two,
            3 => &mut three,
            4 => &mut four,
            5 => &mut five,
            6 => &mut six,
            _ => &mut seven,
        };
        *pooled += share;
    });
    if !within {
        return false;
    }
    let mut give = |feature: usize, value: f64| {
        if value != 0.0 {
            take(feature, value);
        }
    };
    for (state, pooled) in [two, three, four, five, six, seven].into_iter().enumerate() {
        give(STATES + state, pooled);
    }
    for (anion, &fraction) in host.anion_fractions.iter().enumerate() {
        give(ANIONS + anion, fraction);
    }
    for (polyanion, &share) in host.polyanions.iter().enumerate() {
        give(POLYANIONS + polyanion, share);
    }
    give(ION + ion.index, 1.0);
    give(IONS_PER_ANION, host.ion_charge / host.anions);
    give(METALS_PER_ANION, host.redox_atoms / host.anions);
    give(MEASURED, 1.0);
    give(INTERCEPT, 1.0);
    true
}

/// Why there is no estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEstimate {
    /// Oxidation states do not balance on charging.
    NoBalance,
    /// This couple takes part by more than half and never occurs in the training data.
    UnseenCouple(usize),
}

/// The voltage against the ion's metal that an experiment would find, V.
///
/// # Errors
///
/// Why there is no estimate.
pub fn voltage(host: &Host, ion: &Ion, electrons: f64) -> Result<f64, NoEstimate> {
    let (mut sum, mut unseen) = (0.0, None);
    let within = visit(host, ion, electrons, |feature, value| {
        sum += value * TABLE[feature];
        if feature < STATES && value > 0.5 && !COUPLES_SEEN[feature] {
            unseen = unseen.or(Some(feature));
        }
    });
    match unseen {
        _ if !within => Err(NoEstimate::NoBalance),
        Some(couple) => Err(NoEstimate::UnseenCouple(couple)),
        None => Ok(sum - scale(ion)),
    }
}

/// [`COEFFICIENTS`] for look-up.
static TABLE: [f64; FEATURES] = COEFFICIENTS;

/// What is added to a voltage against the ion's metal to have it against lithium, V.
pub fn scale(ion: &Ion) -> f64 {
    ion.standard_potential - IONS[0].standard_potential
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
