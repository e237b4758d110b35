//! Lattices, structures and supercells against closed forms.

use crystal::{CrystalError, Lattice, MAX_SITES, Site, Species, Structure};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use proptest::prelude::*;

/// A quartz-like hexagonal cell with one site.
fn hexagonal() -> Structure {
    let lattice = Lattice::from_parameters(4.9, 4.9, 5.4, 90.0, 90.0, 120.0).unwrap();
    Structure::new(
        lattice,
        vec![Site::new(Element::SI, Vector3::new(0.47, 0.0, 1.0 / 3.0))],
    )
}

#[test]
fn parameters_come_back_and_the_volume_is_that_of_the_triclinic_formula() {
    let (a, b, c, alpha, beta, gamma): (f64, f64, f64, f64, f64, f64) =
        (5.1, 6.2, 7.3, 81.0, 95.5, 112.25);
    let lattice = Lattice::from_parameters(a, b, c, alpha, beta, gamma).unwrap();
    for (got, want) in lattice.lengths().into_iter().zip([a, b, c]) {
        assert!((got - want).abs() < 1e-12);
    }
    for (got, want) in lattice.angles().into_iter().zip([alpha, beta, gamma]) {
        assert!((got - want).abs() < 1e-11, "{got} {want}");
    }
    let [x, y, z] = [alpha, beta, gamma].map(|angle| angle.to_radians().cos());
    let volume = a * b * c * (1.0 - x * x - y * y - z * z + 2.0 * x * y * z).sqrt();
    assert!((lattice.volume() - volume).abs() < 1e-10);
    assert!(!lattice.is_left_handed());
    let product = lattice.rows() * lattice.reciprocal().transpose();
    assert!((product - Matrix3::identity()).norm() < 1e-14);
    assert!(
        (lattice.plane_spacings()[2] - volume / (a * b * gamma.to_radians().sin())).abs() < 1e-12
    );
}

#[test]
fn cells_that_cannot_be_are_refused_with_a_remedy() {
    for [a, alpha, beta, gamma] in [
        [0.0, 90.0, 90.0, 90.0],
        [f64::NAN, 90.0, 90.0, 90.0],
        [f64::INFINITY, 90.0, 90.0, 90.0],
        [5.0, 0.0, 90.0, 90.0],
        [5.0, 90.0, 180.0, 90.0],
        [5.0, 30.0, 30.0, 90.0],
        [5.0, 130.0, 130.0, 130.0],
        [5.0, 90.0, 90.0, f64::NAN],
    ] {
        let error = Lattice::from_parameters(a, 5.0, 5.0, alpha, beta, gamma).unwrap_err();
        assert!(matches!(error, CrystalError::Cell(..)), "{error}");
    }
    let flat = Matrix3::new(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0);
    assert!(
        Lattice::new(flat)
            .unwrap_err()
            .to_string()
            .contains("in one plane")
    );
}

#[test]
fn density_and_formula_count_occupancies() {
    // NaCl with a tenth of the sodium missing and a fifth replaced by potassium.
    let lattice = Lattice::from_parameters(2.82, 2.82, 5.64, 90.0, 90.0, 90.0).unwrap();
    let mut cation = Site::new(Element::NA, Vector3::zeros());
    cation.species[0].occupancy = 0.7;
    cation.species.push(Species {
        occupancy: 0.2,
        ..Species::new(Element::K)
    });
    let anion = Site::new(Element::CL, Vector3::new(0.0, 0.0, 0.5));
    let structure = Structure::new(lattice, vec![cation, anion]);
    assert!(!structure.is_ordered());
    assert_eq!(structure.formula(), "K2Na7Cl10");
    let mass = 0.7 * 22.990 + 0.2 * 39.098 + 35.45;
    let density = mass / (2.82 * 2.82 * 5.64) / 0.602_214_076;
    assert!((structure.density() - density).abs() < 1e-4 * density);
    assert!((structure.volume_per_atom() - 2.82 * 2.82 * 5.64 / 1.9).abs() < 1e-12);
    assert!((structure.sites[0].occupancy() - 0.9).abs() < 1e-15);
    assert_eq!(structure.sites[0].main_element(), Some(Element::NA));
    assert_eq!(structure.sites[0].element(), None);
}

#[test]
fn a_singular_or_enormous_supercell_is_refused() {
    let cell = hexagonal();
    assert!(matches!(
        cell.supercell([[1, 2, 3], [2, 4, 6], [0, 0, 1]]),
        Err(CrystalError::Supercell(..))
    ));
    let big = i32::MAX;
    assert!(matches!(
        cell.supercell([[big, 0, 0], [0, big, 0], [0, 0, big]]),
        Err(CrystalError::TooManySites(_))
    ));
    assert!(
        cell.supercell([[MAX_SITES as i32 + 1, 0, 0], [0, 1, 0], [0, 0, 1]])
            .is_err()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Every place of the small crystal is found once and only once in the large cell.
    #[test]
    fn a_supercell_is_the_same_crystal(entries in prop::array::uniform9(-3_i32..=3)) {
        let matrix = [[entries[0], entries[1], entries[2]], [entries[3], entries[4], entries[5]], [entries[6], entries[7], entries[8]]];
        let small = hexagonal();
        let m = Matrix3::from_fn(|i, j| f64::from(matrix[i][j]));
        let determinant = m.determinant().round();
        match small.supercell(matrix) {
            Err(_) => prop_assert_eq!(determinant, 0.0),
            Ok(large) => {
                prop_assert_eq!(large.sites.len() as f64, determinant.abs());
                prop_assert!((large.volume() - determinant.abs() * small.volume()).abs() < 1e-8);
                prop_assert!((large.density() - small.density()).abs() < 1e-10);
                prop_assert_eq!(large.lattice.is_left_handed(), determinant < 0.0);
                for (i, site) in large.sites.iter().enumerate() {
                    prop_assert!(site.position.iter().all(|x| (0.0..1.0).contains(x)));
                    let back = small.lattice.fractional_from_cartesian(large.cartesian(i)) - small.sites[0].position;
                    prop_assert!(back.iter().all(|x| (x - x.round()).abs() < 1e-9), "{back}");
                    for other in &large.sites[..i] {
                        let apart = (site.position - other.position).map(|x| x - x.round());
                        prop_assert!(apart.norm() > 1e-3);
                    }
                }
            }
        }
    }
}
