//! Structures from the literature, for all tests.

use crystal::{Lattice, Site, Species, Structure};
use matter::Element;

fn cubic(a: f64, sites: &[(Element, [f64; 3])]) -> Structure {
    let lattice = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
    let site = |&(element, position): &(Element, [f64; 3])| Site::new(element, position.into());
    Structure::new(lattice, sites.iter().map(site).collect())
}

/// Halite, a = 5.6402 Å.
pub fn halite() -> Structure {
    let fcc = [
        [0.0, 0.0, 0.0],
        [0.0, 0.5, 0.5],
        [0.5, 0.0, 0.5],
        [0.5, 0.5, 0.0],
    ];
    let na = fcc.map(|p| (Element::NA, p));
    let cl = fcc.map(|p| (Element::CL, [(p[0] + 0.5) % 1.0, p[1], p[2]]));
    cubic(5.6402, &[na, cl].concat())
}

/// Diamond, a = 3.567 Å.
pub fn diamond() -> Structure {
    let fcc = [
        [0.0, 0.0, 0.0],
        [0.0, 0.5, 0.5],
        [0.5, 0.0, 0.5],
        [0.5, 0.5, 0.0],
    ];
    let shifted = fcc.map(|p| p.map(|x| x + 0.25));
    let sites: Vec<_> = [fcc, shifted]
        .concat()
        .into_iter()
        .map(|p| (Element::C, p))
        .collect();
    cubic(3.567, &sites)
}

/// Strontium titanate, a = 3.905 Å.
pub fn strontium_titanate() -> Structure {
    cubic(
        3.905,
        &[
            (Element::SR, [0.0, 0.0, 0.0]),
            (Element::TI, [0.5, 0.5, 0.5]),
            (Element::O, [0.5, 0.5, 0.0]),
            (Element::O, [0.5, 0.0, 0.5]),
            (Element::O, [0.0, 0.5, 0.5]),
        ],
    )
}

/// A rock salt of (Ni 0.6, Co 0.3, vacant 0.1)O, a = 4.2 Å, whose metal shares its site.
pub fn shared_site() -> Structure {
    let mut structure = cubic(4.2, &[(Element::NI, [0.0; 3]), (Element::O, [0.5; 3])]);
    let species = |element, occupancy| Species {
        occupancy,
        ..Species::new(element)
    };
    structure.sites[0].species = vec![species(Element::NI, 0.6), species(Element::CO, 0.3)];
    structure
}
