//! What the potential does not answer, and how it says so.

use crystal::{CrystalError, Lattice, Site, Structure};
use matter::Element;
use nalgebra::Vector3;
use potential::{Graph, Model, Potential, PotentialError, Precision};

fn cubic(edge: f64, symbol: &str, positions: &[[f64; 3]]) -> Structure {
    let lattice = Lattice::from_parameters(edge, edge, edge, 90.0, 90.0, 90.0).unwrap();
    let element = Element::from_symbol(symbol).unwrap();
    let sites = positions.iter().map(|&p| Site::new(element, p.into()));
    Structure::new(lattice, sites.collect())
}

fn refusal(structure: &Structure) -> PotentialError {
    let potential = Potential::new(Model::Chgnet030, Precision::Single).unwrap();
    let error = potential.predict(structure).unwrap_err();
    assert_eq!(potential.energy(structure).unwrap_err(), error);
    error
}

#[test]
fn elements_without_training_are_named() {
    let americium = refusal(&cubic(3.0, "Am", &[[0.0; 3]]));
    assert!(
        americium.to_string().contains("Am (site Am)"),
        "{americium}"
    );
    for symbol in ["Po", "At", "Rn", "Fr", "Ra"] {
        let error = refusal(&cubic(3.4, symbol, &[[0.0; 3]]));
        assert!(matches!(error, PotentialError::Untrained { .. }), "{error}");
        assert!(error.to_string().contains("never trained"), "{error}");
    }
    let r2scan = Potential::new(Model::ChgnetR2scan, Precision::Single).unwrap();
    let ytterbium = cubic(3.9, "Yb", &[[0.0; 3]]);
    let error = r2scan.predict(&ytterbium).unwrap_err();
    assert!(error.to_string().contains("take chgnet-0.3.0"), "{error}");
    assert!(
        Potential::new(Model::Chgnet030, Precision::Single)
            .unwrap()
            .predict(&ytterbium)
            .is_ok()
    );
}

#[test]
fn atoms_alone_or_on_top_of_each_other_are_named() {
    let error = refusal(&cubic(7.0, "Ar", &[[0.0; 3]]));
    assert!(
        matches!(error, PotentialError::Isolated { number: 1, .. }),
        "{error}"
    );
    // Two near each other, the third out of reach.
    let error = refusal(&cubic(
        20.0,
        "H",
        &[[0.0; 3], [0.037, 0.0, 0.0], [0.5, 0.5, 0.5]],
    ));
    assert!(
        matches!(error, PotentialError::Isolated { number: 3, .. }),
        "{error}"
    );
    for apart in [0.0, 0.01] {
        let error = refusal(&cubic(4.0, "Cu", &[[0.5; 3], [0.5, 0.5, 0.5 + apart]]));
        let expected = matches!(
            error,
            PotentialError::Overlap {
                first: 1,
                second: 2,
                ..
            }
        );
        assert!(expected, "{error}");
    }
    // The same place in the next cell.
    let error = refusal(&cubic(4.0, "Cu", &[[0.0; 3], [1.0, 0.0, 0.0]]));
    assert!(matches!(error, PotentialError::Overlap { .. }), "{error}");
}

#[test]
fn cells_in_other_units_are_refused_at_once() {
    // Nanometres taken for Å.
    let error = refusal(&cubic(0.28, "Fe", &[[0.0; 3]]));
    assert!(
        matches!(
            error,
            PotentialError::Overlap {
                first: 1,
                second: 1,
                ..
            }
        ),
        "{error}"
    );
    let error = refusal(&cubic(0.4, "Fe", &[[0.0; 3], [0.5; 3]]));
    assert!(matches!(error, PotentialError::Dense { .. }), "{error}");
    let error = refusal(&cubic(1e5, "Fe", &[[0.0; 3], [0.5; 3]]));
    assert!(matches!(error, PotentialError::Isolated { .. }), "{error}");
    let lattice = Lattice::from_parameters(5.0, 5.0, 5.0, 2.0, 2.0, 2.0).unwrap();
    let error = refusal(&Structure::new(
        lattice,
        vec![Site::new(Element::FE, Vector3::zeros())],
    ));
    assert!(
        matches!(
            error,
            PotentialError::Dense { .. } | PotentialError::Overlap { .. }
        ),
        "{error}"
    );
}

#[test]
fn what_is_no_ordered_structure_is_refused() {
    let empty = cubic(4.0, "Fe", &[]);
    assert_eq!(
        refusal(&empty),
        PotentialError::Structure(CrystalError::Empty)
    );
    let nowhere = cubic(4.0, "Fe", &[[f64::NAN, 0.0, 0.0]]);
    assert!(matches!(
        refusal(&nowhere),
        PotentialError::Structure(CrystalError::Position(_))
    ));
    let mut half = cubic(3.0, "Fe", &[[0.0; 3]]);
    half.sites[0].species[0].occupancy = 0.5;
    let error = refusal(&half).to_string();
    assert!(error.contains("site Fe is disordered (Fe 0.5)"), "{error}");
}

#[test]
fn bonds_are_those_of_a_count_without_cleverness() {
    let lattice = Lattice::from_parameters(3.1, 4.2, 5.3, 71.0, 83.0, 95.0).unwrap();
    let places = [[0.0, 0.0, 0.0], [0.41, 0.52, 0.43], [-0.8, 2.3, 0.75]];
    let sites = places
        .iter()
        .map(|&p| Site::new(Element::FE, p.into()))
        .collect();
    let structure = Structure::new(lattice, sites);
    let (mut bonds, mut angles) = (0, 0);
    for i in 0..3 {
        let mut short = 0;
        for j in 0..3 {
            for (a, b, c) in
                (-9..=9).flat_map(|a| (-9..=9).flat_map(move |b| (-9..=9).map(move |c| (a, b, c))))
            {
                let image = Vector3::new(f64::from(a), f64::from(b), f64::from(c));
                let place = structure.sites[j].position + image - structure.sites[i].position;
                let distance = structure.lattice.cartesian_from_fractional(place).norm();
                if distance > 1e-8 && distance <= 6.0 {
                    bonds += 1;
                    short += usize::from(distance < 3.0);
                }
            }
        }
        angles += short * (short - 1);
    }
    let graph = Graph::new(&structure).unwrap();
    assert_eq!((graph.directed_bonds(), graph.angles()), (bonds, angles));
    assert!(angles > 0);
}
