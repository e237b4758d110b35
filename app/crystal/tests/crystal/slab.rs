//! Slabs beside closed forms and pymatgen's `SlabGenerator`, whose answers `fixtures/make_slabs.py` wrote down.

use crystal::slab::Facet;
use crystal::symmetry::{self, DEFAULT_TOLERANCE};
use crystal::{CrystalError, Lattice, Site, Structure, format, neighbour};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use proptest::prelude::*;
use serde_json::Value;
use std::path::Path;

const A: f64 = 4.0;

fn cubic(element: Element, places: &[[f64; 3]]) -> Structure {
    let lattice = Lattice::from_parameters(A, A, A, 90.0, 90.0, 90.0).unwrap();
    let sites = places.iter().map(|p| Site::new(element, (*p).into()));
    Structure::new(lattice, sites.collect())
}

fn fcc() -> Structure {
    let places = [[0.0; 3], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];
    cubic(Element::CU, &places)
}

fn bcc() -> Structure {
    cubic(Element::FE, &[[0.0; 3], [0.5; 3]])
}

/// Spacing of the planes, and the area of the smallest cell in them, of cubic lattices: closed forms.
#[test]
fn planes_of_cubic_crystals_are_as_far_apart_as_geometry_says() {
    let (s2, s3) = (2.0_f64.sqrt(), 3.0_f64.sqrt());
    for (structure, miller, spacing, area) in [
        (fcc(), [1, 1, 1], A / s3, A * A * s3 / 4.0),
        (fcc(), [1, 0, 0], A / 2.0, A * A / 2.0),
        (fcc(), [0, -1, 0], A / 2.0, A * A / 2.0),
        (fcc(), [1, 1, 0], A / (2.0 * s2), A * A / s2),
        (fcc(), [2, 2, 2], A / s3, A * A * s3 / 4.0),
        (bcc(), [1, 1, 0], A / s2, A * A / s2),
        (bcc(), [1, 0, 0], A / 2.0, A * A),
        (bcc(), [1, 1, 1], A / (2.0 * s3), A * A * s3),
    ] {
        let facet = Facet::new(&structure, miller, 0.01).unwrap();
        assert!((facet.spacing() - spacing).abs() < 1e-9, "{miller:?}");
        assert!((facet.area() - area).abs() < 1e-9, "{miller:?}");
        let [only] = facet.terminations() else {
            panic!("{miller:?}: {:?}", facet.terminations());
        };
        assert!(only.faces_alike, "{miller:?}");
        let slab = facet.slab(0, 3.5 * spacing, 12.0, [2, 3]).unwrap();
        assert_eq!(slab.periods, 4);
        assert_eq!(slab.structure.sites.len(), 4 * 6);
        assert!((slab.thickness - 3.0 * spacing).abs() < 1e-9);
        assert!((slab.area - 6.0 * area).abs() < 1e-9);
        let planes = slab.planes();
        assert_eq!(planes.len(), 4, "{miller:?}");
        assert!(planes.iter().all(|plane| plane.len() == 6));
        let length = slab.structure.lattice.lengths()[2];
        assert!((length - slab.thickness - 12.0).abs() < 1e-9);
        // The third vector stands upright on the other two.
        let angles = slab.structure.lattice.angles();
        assert!((angles[0] - 90.0).abs() < 1e-9 && (angles[1] - 90.0).abs() < 1e-9);
        assert!(!slab.structure.lattice.is_left_handed());
    }
}

/// Atoms deep inside have the surroundings of the crystal, those on top those of a half of it.
#[test]
fn atoms_inside_a_slab_have_the_neighbours_of_the_crystal() {
    for (miller, on_top) in [([1, 1, 1], 9), ([1, 0, 0], 8), ([1, 1, 0], 7)] {
        let facet = Facet::new(&fcc(), miller, 0.01).unwrap();
        let slab = facet.slab(0, 16.0, 12.0, [1, 1]).unwrap();
        let found = neighbour::neighbours(&slab.structure, A / 2.0_f64.sqrt() + 0.1).unwrap();
        let planes = slab.planes();
        let count = |site: usize| found.of(site).count();
        assert_eq!(count(planes[0][0]), on_top, "{miller:?}");
        assert_eq!(count(planes[planes.len() / 2][0]), 12, "{miller:?}");
        assert_eq!(count(planes[planes.len() - 1][0]), on_top, "{miller:?}");
    }
}

/// Titanium and strontium layers end strontium titanate (100) each in its way, and each has two faces.
#[test]
fn terminations_are_told_by_what_lies_outside() {
    let lattice = Lattice::from_parameters(A, A, A, 90.0, 90.0, 90.0).unwrap();
    let element = |symbol| Element::from_symbol(symbol).unwrap();
    let perovskite = Structure::new(
        lattice,
        vec![
            Site::new(element("Sr"), [0.0; 3].into()),
            Site::new(element("Ti"), [0.5; 3].into()),
            Site::new(Element::O, [0.5, 0.5, 0.0].into()),
            Site::new(Element::O, [0.5, 0.0, 0.5].into()),
            Site::new(Element::O, [0.0, 0.5, 0.5].into()),
        ],
    );
    let facet = Facet::new(&perovskite, [0, 0, 1], 0.01).unwrap();
    // Both gaps are images of each other: a stoichiometric slab has one face of each kind, either way up.
    let [only] = facet.terminations() else {
        panic!("{:?}", facet.terminations());
    };
    assert_eq!(only.ways, 2);
    assert!(!only.faces_alike);
    let mut faces = [only.upper.as_str(), only.lower.as_str()];
    faces.sort_unstable();
    assert_eq!(faces, ["SrO", "TiO2"]);
    let slab = facet.slab(0, 10.0, 15.0, [1, 1]).unwrap();
    assert_eq!(slab.structure.formula(), perovskite.formula());
    assert_eq!(slab.structure.sites.len(), 15);
}

#[test]
fn slabs_are_those_of_pymatgen() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(here.join("tests/fixtures/slabs.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    for one in expected.as_array().unwrap() {
        let name = one["file"].as_str().unwrap();
        let file = here.join("../../datasets/structures").join(name);
        let structure = &format::read_file(&file).unwrap()[0];
        let miller = [0, 1, 2].map(|i| one["miller"][i].as_i64().unwrap() as i32);
        let facet = Facet::new(structure, miller, DEFAULT_TOLERANCE).unwrap();
        let what = format!("{name} {miller:?}");
        let ratio = one["spacing"].as_f64().unwrap() / facet.spacing();
        assert!(
            (ratio - ratio.round()).abs() < 1e-4,
            "{what}: spacing {ratio}"
        );
        let area = one["area"].as_f64().unwrap();
        assert!((facet.area() / area - 1.0).abs() < 1e-4, "{what}: area");
        let count = one["terminations"].as_u64().unwrap() as usize;
        assert_eq!(facet.terminations().len(), count, "{what}");
        let mut alike: Vec<bool> = facet.terminations().iter().map(|t| t.faces_alike).collect();
        alike.sort_unstable();
        let theirs: Vec<bool> = one["faces_alike"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_bool().unwrap())
            .collect();
        assert_eq!(alike, theirs, "{what}: {:?}", facet.terminations());
    }
}

#[test]
fn planes_that_are_none_are_refused() {
    let wrong = |miller| Facet::new(&fcc(), miller, 0.01).unwrap_err();
    assert!(matches!(wrong([0; 3]), CrystalError::Miller { .. }));
    assert!(wrong([21, 0, 0]).to_string().contains("(21 0 0)"));
    let facet = Facet::new(&fcc(), [1, 1, 1], 0.01).unwrap();
    for (thickness, vacuum) in [(0.0, 10.0), (f64::NAN, 10.0), (10.0, -1.0), (10.0, 1e9)] {
        let refused = facet.slab(0, thickness, vacuum, [1, 1]).unwrap_err();
        assert!(matches!(refused, CrystalError::Length { .. }));
    }
}

#[test]
fn repeats_keep_images_apart() {
    let facet = Facet::new(&fcc(), [1, 1, 1], 0.01).unwrap();
    let side = A / 2.0_f64.sqrt();
    assert_eq!(facet.repeats(1.9 * side), [2, 2]);
    assert_eq!(facet.repeats(3.0 * side), [3, 3]);
    assert_eq!(facet.repeats(0.1), [1, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// A slab has whole formula units, the crystal's density between its faces, and does not depend on the cell that the
    /// crystal is given in.
    #[test]
    fn a_slab_is_a_piece_of_the_crystal_whatever_its_cell(
        h in -3..4_i32, k in -3..4_i32, l in -3..4_i32,
        which in 0..4_usize,
        change in 0..4_usize,
    ) {
        prop_assume!([h, k, l] != [0; 3]);
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/structures");
        let name = ["Cu.cif", "TiO2_rutile.cif", "ZnO.cif", "LiFePO4.cif"][which];
        let structure = format::read_file(&here.join(name)).unwrap().remove(0);
        let facet = Facet::new(&structure, [h, k, l], DEFAULT_TOLERANCE).unwrap();
        let slab = facet.slab(0, 8.0, 14.0, [1, 1]).unwrap();
        let made = slab.structure.composition();
        prop_assert_eq!(made.as_ref().reduced_formula(), structure.formula());
        let volume = slab.area * facet.spacing() * slab.periods as f64;
        let per_atom = volume / slab.structure.sites.len() as f64;
        prop_assert!((per_atom / structure.volume_per_atom() - 1.0).abs() < 1e-6);
        // The spacing is that of the lattice: 1/|G| by how many primitive planes lie between.
        let normal = structure.lattice.reciprocal().tr_mul(&Vector3::new(h, k, l).map(f64::from));
        let ratio = 1.0 / normal.norm() / facet.spacing();
        let scaled = [1.0, 2.0, 3.0, 6.0].map(|n| ratio * n);
        prop_assert!(scaled.iter().any(|r| (r - r.round()).abs() < 1e-6 && r.round() >= 1.0), "{}", ratio);
        // Another cell of the same crystal, whose indices are those of the same plane.
        let cell = [
            [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            [[1, 1, 0], [0, 1, 0], [0, 0, 1]],
            [[0, 1, 0], [0, 0, 1], [2, 0, 0]],
            [[1, 0, 0], [0, 0, 1], [0, 1, 1]],
        ][change];
        let matrix = Matrix3::from_fn(|i, j| f64::from(cell[i][j]));
        let turned = matrix * Vector3::new(h, k, l).map(f64::from);
        let other = structure.supercell(cell).unwrap();
        let again = Facet::new(&other, [0, 1, 2].map(|i| turned[i] as i32), DEFAULT_TOLERANCE).unwrap();
        prop_assert!((again.spacing() - facet.spacing()).abs() < 1e-6);
        prop_assert!((again.area() - facet.area()).abs() < 1e-5);
        prop_assert_eq!(again.terminations().len(), facet.terminations().len());
        let same = again.slab(0, 8.0, 14.0, [1, 1]).unwrap();
        prop_assert_eq!(same.structure.sites.len(), slab.structure.sites.len());
    }
}

/// The slab of a symmetric termination has an operation that turns it over.
#[test]
fn a_slab_with_equal_faces_can_be_turned_over() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/structures");
    let rutile = format::read_file(&here.join("TiO2_rutile.cif"))
        .unwrap()
        .remove(0);
    let facet = Facet::new(&rutile, [1, 1, 0], DEFAULT_TOLERANCE).unwrap();
    for (number, termination) in facet.terminations().iter().enumerate() {
        let slab = facet.slab(number, 9.0, 15.0, [1, 1]).unwrap();
        let found = symmetry::analyse(&slab.structure, 0.01).unwrap();
        let turns = found.operations.iter().any(|o| o.rotation[(2, 2)] == -1);
        assert_eq!(turns, termination.faces_alike, "{termination:?}");
    }
}
