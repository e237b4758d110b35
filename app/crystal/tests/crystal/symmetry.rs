//! Symmetry beyond what is compared with spglib.

use crate::formats::structures;
use crate::pymatgen::fixtures;
use crystal::symmetry::{CrystalSystem, analyse};
use crystal::{CrystalError, Lattice, Site, Species, Structure, format};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use proptest::prelude::*;

#[test]
fn a_supercell_has_the_symmetry_of_its_crystal() {
    let quartz = format::read_file(&fixtures().join("cif/quartz.cif"))
        .unwrap()
        .remove(0);
    let small = analyse(&quartz, 0.01).unwrap();
    let large = analyse(
        &quartz.supercell([[2, 1, 0], [0, 1, 0], [0, 0, 2]]).unwrap(),
        0.01,
    )
    .unwrap();
    assert_eq!(
        (large.number, large.primitive_cell.sites.len()),
        (small.number, 9)
    );
    assert_eq!(small.hermann_mauguin, "P3221");
    assert_eq!(
        (
            small.point_group.as_str(),
            small.crystal_system,
            small.pearson_symbol.as_str()
        ),
        ("32", CrystalSystem::Trigonal, "hP9")
    );
    assert!(small.crystal_system.is_uniaxial());
    let silicon: Vec<usize> = (0..9)
        .filter(|&i| quartz.sites[i].species[0].element == Element::SI)
        .collect();
    assert!(
        silicon.iter().all(
            |&i| small.orbits[i] == silicon[0] && small.wyckoff[i] == small.wyckoff[silicon[0]]
        )
    );
    assert!((large.standard_cell.density() - quartz.density()).abs() < 1e-6);
}

#[test]
fn occupancies_tell_sites_apart_and_oxidation_states_do_not() {
    let lattice = Lattice::from_parameters(3.0, 3.0, 3.0, 90.0, 90.0, 90.0).unwrap();
    let mut corner = Site::new(Element::FE, Vector3::zeros());
    let mut centre = Site::new(Element::FE, Vector3::new(0.5, 0.5, 0.5));
    corner.species[0].oxidation_state = Some(2.0);
    let number = |corner: &Site, centre: &Site| {
        let structure = Structure::new(lattice.clone(), vec![corner.clone(), centre.clone()]);
        analyse(&structure, 0.01).unwrap().number
    };
    assert_eq!(number(&corner, &centre), 229);
    for site in [&mut corner, &mut centre] {
        site.species[0].occupancy = 0.5;
        site.species.push(Species {
            occupancy: 0.5,
            ..Species::new(Element::CO)
        });
    }
    centre.species.reverse();
    assert_eq!(
        number(&corner, &centre),
        229,
        "the order of species does not matter"
    );
    centre.species[0].occupancy = 0.4;
    assert_eq!(number(&corner, &centre), 221);
}

#[test]
fn what_has_no_symmetry_to_find_is_refused() {
    let lattice = Lattice::from_parameters(3.0, 3.0, 3.0, 90.0, 90.0, 90.0).unwrap();
    let empty = Structure::new(lattice.clone(), Vec::new());
    assert_eq!(analyse(&empty, 0.01), Err(CrystalError::Empty));
    let twice = Structure::new(lattice, vec![Site::new(Element::FE, Vector3::zeros()); 2]);
    assert!(matches!(
        analyse(&twice, 0.01),
        Err(CrystalError::Symmetry { .. })
    ));
    for tolerance in [0.0, -1.0, f64::NAN, 2.0] {
        assert!(matches!(
            analyse(&twice, tolerance),
            Err(CrystalError::Length { .. })
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_structure_has_an_answer_for_every_site_or_an_error(structure in structures(), tolerance in 1e-4..0.3_f64) {
        if let Ok(found) = analyse(&structure, tolerance) {
            prop_assert!((1..=230).contains(&found.number));
            for length in [found.wyckoff.len(), found.site_symmetry.len(), found.orbits.len()] {
                prop_assert_eq!(length, structure.sites.len());
            }
            let atoms = |s: &Structure| s.composition().as_ref().total_atoms() / s.volume();
            prop_assert!((atoms(&found.standard_cell) / atoms(&structure) - 1.0).abs() < 0.3);
        }
    }

    /// Lattices within the tolerance of several symmetric ones, where products of pseudo-symmetries may never end.
    #[test]
    fn almost_symmetric_structures_have_an_answer_or_an_error(structure in almost_symmetric(), tolerance in 0.003..0.4_f64) {
        if let Ok(found) = analyse(&structure, tolerance) {
            prop_assert_eq!(found.wyckoff.len(), structure.sites.len());
        }
    }
}

/// Cubic, tetragonal and hexagonal cells, centred or not, with noise on lattice and sites.
fn almost_symmetric() -> impl Strategy<Value = Structure> {
    let noise = prop::collection::vec(-1.0..1.0_f64, 21);
    (
        2.5..6.0_f64,
        prop::sample::select(vec![1.0, 1.0, 1.1, 1.414, 1.633, 3.0]),
        0..4_usize,
        any::<bool>(),
        0.0..0.4_f64,
        noise,
    )
        .prop_filter_map(
            "a flat cell",
            |(a, ratio, centring, hexagonal, size, noise)| {
                let gamma = if hexagonal { 120.0 } else { 90.0 };
                let ideal = Lattice::from_parameters(a, a, a * ratio, 90.0, 90.0, gamma).ok()?;
                let rows = ideal.rows() + size * Matrix3::from_row_slice(&noise[..9]);
                let lattice = Lattice::new(rows).ok()?;
                let all = [
                    [0.0; 3],
                    [0.5; 3],
                    [0.5, 0.5, 0.0],
                    [0.5, 0.0, 0.5],
                    [0.0, 0.5, 0.5],
                ];
                let points: &[usize] = match centring {
                    0 => &[0],
                    1 => &[0, 1],
                    2 => &[0, 2],
                    _ => &[0, 2, 3, 4],
                };
                let sites = points.iter().enumerate().map(|(i, &point)| {
                    let shift = Vector3::from_column_slice(&noise[9 + 3 * i..12 + 3 * i])
                        * (0.3 * size / a);
                    Site::new(Element::FE, Vector3::from(all[point]) + shift)
                });
                Some(Structure::new(lattice, sites.collect()))
            },
        )
}
