//! Structures with what the potential says of them, as frames of extended XYZ that other programs read.

use crate::model::GPA;
use crate::{PotentialError, Prediction};
use crystal::{CrystalError, Structure};
use std::fmt::Write;

/// A frame: positions (Å), forces (eV/Å) and sizes of moments (µB) by atom; energy (eV) and stress (eV/Å3, tensile positive) in
/// the second line, under the names that ASE gives them.
///
/// # Errors
///
/// A disordered structure.
pub fn frame(structure: &Structure, prediction: &Prediction) -> Result<String, PotentialError> {
    let list = |numbers: &[f64]| {
        let words: Vec<String> = numbers.iter().map(|x| format!("{x:?}")).collect();
        words.join(" ")
    };
    // Columns of the transpose are rows.
    let lattice = list(structure.lattice.rows().transpose().as_slice());
    let stress = list((prediction.stress / GPA).as_slice());
    let mut out = format!(
        "{}\nLattice=\"{lattice}\" Properties=species:S:1:pos:R:3:forces:R:3:magmoms:R:1 energy={:?} \
         stress=\"{stress}\" model={} pbc=\"T T T\"\n",
        structure.sites.len(),
        prediction.energy,
        prediction.model
    );
    for (index, site) in structure.sites.iter().enumerate() {
        let element = site.element().ok_or_else(|| {
            let why = format!("site {} is disordered", site.label);
            CrystalError::Unwritable("an extended XYZ", why)
        })?;
        let place = structure.cartesian(index);
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{element} {} {} {:?}",
            list(place.as_slice()),
            list(prediction.forces[index].as_slice()),
            prediction.moments[index]
        );
    }
    Ok(out)
}
