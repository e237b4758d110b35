//! Structures with what the potential says of them, as frames of extended XYZ that other programs read.

use crate::model::GPA;
use crate::{Model, PotentialError, Prediction};
use crystal::Structure;
use crystal::format::{Frame, write_frame};

/// A frame: positions (Å), forces (eV/Å) and sizes of moments (µB) by atom; energy (eV), stress (eV/Å3, tensile positive), the
/// weights and where they are published in the second line, under the names that ASE gives them.
///
/// # Errors
///
/// A disordered structure.
pub fn frame(structure: &Structure, prediction: &Prediction) -> Result<String, PotentialError> {
    let mut structure = structure.clone();
    for (site, moment) in structure.sites.iter_mut().zip(&prediction.moments) {
        site.magnetic_moment = Some(*moment);
    }
    let doi = Model::DOI.strip_prefix("doi:").unwrap_or(Model::DOI);
    Ok(write_frame(&Frame {
        structure,
        energy: Some(prediction.energy),
        forces: Some(prediction.forces.clone()),
        stress: Some(prediction.stress / GPA),
        model: Some(prediction.model.name().to_owned()),
        doi: Some(doi.to_owned()),
    })?)
}
