//! What a gap is good for: solar cells, light, transparent conductors.

use crate::gap::{Gap, Moments, normal_cdf};
use crate::limit;
use matter::CompositionRef;

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// Cross-validated figures of a carried model, in the unit of its target.
#[derive(Clone, Copy, Debug)]
pub struct Scores {
    /// Rows that were predicted by a model without them.
    pub rows: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Root mean square error.
    pub rmse: f64,
    /// Share of the variance that is explained.
    pub r2: f64,
    /// Share of the rows within their interval of 95 %.
    pub coverage_95: f64,
}

/// Photon energy times wavelength, eV nm.
pub const PHOTON: f64 = 1_239.841_984_332;
/// Wavelengths that eyes see, nm.
pub const VISIBLE: [f64; 2] = [380.0, 750.0];
/// A conductor counts as transparent from this gap on, eV: nearly all of the visible passes.
pub const TRANSPARENT: f64 = 3.1;
/// Least electron affinity, eV, at which electrons can be doped in: by our choice, between that of ZrO2 or Y2O3, which nobody has
/// doped, and those of GaN and Ga2O3.
pub const LEAST_AFFINITY: f64 = 3.0;
/// Error of an electron affinity by Butler and Ginley, eV: root mean square over 13 n-type semiconductors, as the plugin `catalyst`
/// states for the conduction band edge.
pub const AFFINITY_ERROR: f64 = 0.52;

/// Colours of light, by convention, nm.
pub const COLOURS: [(&str, [f64; 2]); 8] = [
    ("visible", VISIBLE),
    ("ultraviolet", [200.0, 380.0]),
    ("violet", [380.0, 450.0]),
    ("blue", [450.0, 495.0]),
    ("green", [495.0, 570.0]),
    ("yellow", [570.0, 590.0]),
    ("red", [620.0, 750.0]),
    ("near infrared", [750.0, 2500.0]),
];

/// Limiting efficiency, %, of a solar cell of this gap (eV): linear between the places of the table, and 0 beyond it, where it
/// is under 0.01 % above 4.5 eV and under 1.6 % below 0.2 eV.
pub fn limiting_efficiency(gap: f64) -> f64 {
    let place = (gap - limit::gap(0)) / 0.01;
    // Not `place < 0.0`, which would let NaN pass.
    if !(place >= 0.0 && place < (limit::GAPS - 1) as f64) {
        return 0.0;
    }
    let (below, share) = (place as usize, place - libm::floor(place));
    EFFICIENCY[below] + share * (EFFICIENCY[below + 1] - EFFICIENCY[below])
}

/// The gaps between which the limiting efficiency is at least `least` %, eV; `None` where no gap reaches it.
pub fn gaps_of_efficiency(least: f64) -> Option<[f64; 2]> {
    let first = EFFICIENCY.iter().position(|e| *e >= least)?;
    let last = EFFICIENCY.iter().rposition(|e| *e >= least)?;
    Some([limit::gap(first), limit::gap(last)])
}

/// Mean and standard deviation of the limiting efficiency, %.
pub fn photovoltaic_efficiency(gap: &Gap) -> Moments {
    gap.moments(0.0, limiting_efficiency)
}

/// The probability of a gap whose photons have a wavelength in `range`, nm.
pub fn emission_probability(gap: &Gap, [short, long]: [f64; 2]) -> f64 {
    gap.between(PHOTON / long, PHOTON / short)
}

/// The probability that the visible passes and that electrons can be doped in.
pub fn transparent_conductor_probability(gap: &Gap, electronegativity: f64) -> f64 {
    gap.integral(TRANSPARENT, 1e3, |energy| {
        let affinity = electronegativity - 0.5 * energy;
        normal_cdf((affinity - LEAST_AFFINITY) / AFFINITY_ERROR)
    })
}

/// The geometric mean of the atoms' Mulliken electronegativities, eV; the error is the first element without one.
pub fn electronegativity(composition: CompositionRef) -> Result<f64, matter::Element> {
    let (mut sum, mut atoms) = (0.0, 0.0);
    for (element, amount) in composition.iter().filter(|part| part.1 > 0.0) {
        let chi = ELECTRONEGATIVITY[usize::from(element.atomic_number())];
        if chi.is_nan() {
            return Err(element);
        }
        sum += amount * libm::log(chi);
        atoms += amount;
    }
    Ok(libm::exp(sum / atoms))
}
