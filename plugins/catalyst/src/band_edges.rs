//! Band edges by M. A. Butler and D. S. Ginley, J. Electrochem. Soc. 125, 228 (1978), doi:10.1149/1.2131419.

use crate::tables;
use matter::{CompositionRef, Element};

/// The energy of a free electron over the hydrogen scale, eV: the value of Butler and Ginley (the recommended absolute
/// potential of the standard hydrogen electrode is 4.44 V; the difference is within the error of the method).
pub const FREE_ELECTRON: f64 = 4.5;
/// Shift of the edges with pH at 25 °C, V.
pub const NERNST: f64 = 0.0592;

/// Geometric mean of the atoms' Mulliken electronegativities, eV.
///
/// # Errors
///
/// An element without one; `None` for an empty composition.
pub fn electronegativity(composition: CompositionRef) -> Result<f64, Option<Element>> {
    let (mut sum, mut atoms) = (0.0, 0.0);
    for (element, amount) in composition.iter().filter(|(_, amount)| *amount > 0.0) {
        let chi = tables::constants(element.atomic_number()).mulliken;
        if chi.is_nan() {
            return Err(Some(element));
        }
        sum += amount * libm::log(chi);
        atoms += amount;
    }
    if atoms > 0.0 {
        Ok(libm::exp(sum / atoms))
    } else {
        Err(None)
    }
}

/// Conduction and valence band edge, V against the standard hydrogen electrode, of a semiconductor with electronegativity
/// `chi` (eV) and gap `band_gap` (eV), where the pH is `ph` and that of zero charge `ph_zero_charge`.
pub fn band_edges(chi: f64, band_gap: f64, ph: f64, ph_zero_charge: f64) -> (f64, f64) {
    let middle = chi - FREE_ELECTRON - NERNST * (ph - ph_zero_charge);
    (middle - band_gap / 2.0, middle + band_gap / 2.0)
}
