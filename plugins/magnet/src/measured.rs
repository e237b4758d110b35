//! The measured magnets of `datasets/magnets_measured.csv`, looked up by composition.

use matter::CompositionRef;

/// Which direction, or directions, the magnetisation prefers at 300 K.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anisotropy {
    /// One easy axis.
    Uniaxial,
    /// An easy plane (or cone): the magnetisation turns freely, no permanent magnet.
    Planar,
    /// Cubic: K1 > 0 has easy <100>, K1 < 0 easy <111>.
    Cubic,
    /// Not stated, or none (an amorphous alloy).
    Unknown,
}

/// One material. Numbers are NaN where the file's cell is empty; pairs are (value, standard deviation between sources,
/// at least the rounding of the digits, NaN for one source).
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// As written in the file.
    pub formula: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The unit of the leave-one-family-out validation.
    pub family: &'static str,
    /// Ascending.
    pub atomic_numbers: &'static [u8],
    /// Atoms in the formula.
    pub amounts: &'static [f64],
    /// Easy direction at 300 K.
    pub kind: Anisotropy,
    /// µ0Ms at 300 K, T.
    pub saturation: (f64, f64),
    /// K1 at 300 K, kJ/m3.
    pub anisotropy: (f64, f64),
    /// Anisotropy field µ0Ha at 300 K, T.
    pub anisotropy_field: f64,
    /// Curie temperature, K.
    pub curie: (f64, f64),
    /// g/cm3.
    pub density: f64,
    /// What to beware of; may be empty.
    pub remark: &'static str,
    /// Name and sources, as a note for the user.
    pub note: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/measured.rs"));

impl Measured {
    /// The composition as the file writes it.
    pub fn composition(&self) -> CompositionRef<'static> {
        CompositionRef {
            atomic_numbers: self.atomic_numbers,
            amounts: self.amounts,
        }
    }
}

/// The measured material of the same atomic fractions, if there is one. Polymorphs share a composition: the file holds
/// one of them, named in the note.
pub fn lookup(composition: CompositionRef<'_>) -> Option<&'static Measured> {
    let fingerprint = composition.fingerprint();
    let index = MEASURED
        .binary_search_by_key(&fingerprint, |entry| entry.0)
        .ok()?;
    let measured = &MEASURED[index].1;
    composition
        .approx_eq(measured.composition())
        .then_some(measured)
}
