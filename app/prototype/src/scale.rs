//! A prototype's cell with other elements in it, at another volume.

use crate::chemistry::{Parent, Suited};
use crystal::{CrystalError, Lattice, Site, Structure};
use matter::Element;

/// The structure with `children` on the sublattices, all edges scaled by the same factor.
pub(crate) fn structure(
    parent: &Parent<'_>,
    children: &[Element],
    suited: &Suited,
) -> Result<Structure, CrystalError> {
    let prototype = &parent.prototype.structure;
    let lattice = Lattice::new(prototype.lattice.rows() * suited.volume.cbrt())?;
    let sites = prototype.sites.iter().map(|site| {
        let place = parent
            .sublattices
            .iter()
            .position(|s| Some(s.element) == site.element())
            .unwrap_or(0);
        let mut new = Site::new(children[place], site.position);
        if let (Some(species), Some(charge)) = (new.species.first_mut(), suited.charges.get(place))
        {
            species.oxidation_state = Some(*charge);
        }
        new
    });
    Ok(Structure::new(lattice, sites.collect()))
}
