//! Neighbour lists against a search of everything.

use crystal::neighbour::{Neighbours, neighbours};
use crystal::{CrystalError, Lattice, Site, Structure};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Every pair within the cutoff, from all images that a bound on the fractional distance leaves.
fn brute_force(structure: &Structure, cutoff: f64) -> BTreeSet<(usize, usize, [i32; 3])> {
    let mut pairs = BTreeSet::new();
    // |Δx_i| <= cutoff / spacing_i, and coordinates lie within -2 and 2.
    let reach = structure
        .lattice
        .plane_spacings()
        .map(|d| (cutoff / d).ceil() as i32 + 5);
    for i in 0..structure.sites.len() {
        for j in 0..structure.sites.len() {
            for a in -reach[0]..=reach[0] {
                for b in -reach[1]..=reach[1] {
                    for c in -reach[2]..=reach[2] {
                        let image = Vector3::new(f64::from(a), f64::from(b), f64::from(c));
                        let apart =
                            structure.sites[j].position + image - structure.sites[i].position;
                        let distance = structure.lattice.cartesian_from_fractional(apart).norm();
                        if distance <= cutoff && !(i == j && [a, b, c] == [0; 3]) {
                            pairs.insert((i, j, [a, b, c]));
                        }
                    }
                }
            }
        }
    }
    pairs
}

fn pairs_of(structure: &Structure, list: &Neighbours) -> BTreeSet<(usize, usize, [i32; 3])> {
    let mut pairs = BTreeSet::new();
    for site in 0..structure.sites.len() {
        let mut last = 0.0;
        for n in list.of(site) {
            let image = Vector3::from(n.image).map(f64::from);
            let apart = structure.sites[n.index].position + image - structure.sites[site].position;
            let distance = structure.lattice.cartesian_from_fractional(apart).norm();
            assert!(
                (distance - n.distance).abs() < 1e-9,
                "the image is that of the distance"
            );
            assert!(n.distance >= last, "nearest first");
            last = n.distance;
            assert!(pairs.insert((site, n.index, n.image)), "each pair once");
        }
    }
    pairs
}

fn cells() -> impl Strategy<Value = Structure> {
    let cell = prop::array::uniform9(-5.0..5.0_f64);
    let sites = prop::collection::vec(prop::array::uniform3(-2.0..2.0_f64), 1..6);
    (cell, sites, any::<bool>()).prop_filter_map("a flat cell", |(cell, sites, skew)| {
        let mut rows = Matrix3::from_row_slice(&cell);
        if skew {
            // Far from reduced: c leans over several cells.
            let lean = 3.0 * rows.row(0) - 2.0 * rows.row(1);
            rows.set_row(2, &(rows.row(2) + lean));
        }
        let lattice = Lattice::new(rows)
            .ok()
            .filter(|l| l.plane_spacings().iter().all(|d| *d > 0.4))?;
        let sites = sites.into_iter().map(|p| Site::new(Element::FE, p.into()));
        Some(Structure::new(lattice, sites.collect()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn neighbours_are_those_of_a_search_of_everything(structure in cells(), cutoff in 0.3..4.0_f64) {
        let list = neighbours(&structure, cutoff).unwrap();
        prop_assert_eq!(pairs_of(&structure, &list), brute_force(&structure, cutoff));
    }

    #[test]
    fn neighbours_of_a_larger_cell_are_as_far_away(structure in cells(), matrix in prop::array::uniform9(-2_i32..=2)) {
        let rows = [[matrix[0], matrix[1], matrix[2]], [matrix[3], matrix[4], matrix[5]], [matrix[6], matrix[7], matrix[8]]];
        let Ok(large) = structure.supercell(rows) else { return Ok(()); };
        let (small_list, large_list) = (neighbours(&structure, 2.5).unwrap(), neighbours(&large, 2.5).unwrap());
        let copies = large.sites.len() / structure.sites.len();
        for site in 0..large.sites.len() {
            let near: Vec<f64> = large_list.of(site).map(|n| n.distance).filter(|d| *d < 2.4999).collect();
            let expected: Vec<f64> = small_list.of(site / copies).map(|n| n.distance).filter(|d| *d < 2.4999).collect();
            prop_assert_eq!(near.len(), expected.len());
            prop_assert!(near.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-8));
        }
    }
}

#[test]
fn close_packed_shells_have_the_known_numbers() {
    // Face-centred cubic: 12, 6, 24, 12 neighbours at 1, √2, √3, 2 nearest distances.
    let a = 3.6_f64;
    let half = a / 2.0;
    let lattice = Lattice::new(Matrix3::new(
        0.0, half, half, half, 0.0, half, half, half, 0.0,
    ))
    .unwrap();
    let copper = Structure::new(lattice, vec![Site::new(Element::CU, Vector3::zeros())]);
    let nearest = a / 2.0_f64.sqrt();
    for (shell, count) in [
        (1.0, 12),
        (2.0_f64.sqrt(), 18),
        (3.0_f64.sqrt(), 42),
        (2.0, 54),
    ] {
        assert_eq!(
            neighbours(&copper, nearest * shell * 1.001)
                .unwrap()
                .index
                .len(),
            count
        );
    }
    let large = copper.supercell([[7, 0, 0], [0, 8, 0], [0, 0, 9]]).unwrap();
    assert_eq!(
        neighbours(&large, nearest * 1.001).unwrap().index.len(),
        12 * 7 * 8 * 9
    );
}

#[test]
fn absurd_requests_are_refused_not_waited_for() {
    let lattice = Lattice::from_parameters(0.02, 0.02, 1e5, 90.0, 90.0, 90.0).unwrap();
    let thread = Structure::new(lattice, vec![Site::new(Element::FE, Vector3::zeros())]);
    for cutoff in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e4] {
        assert!(
            matches!(
                neighbours(&thread, cutoff),
                Err(CrystalError::Length { .. })
            ),
            "{cutoff}"
        );
    }
    let mut lost = thread.clone();
    lost.sites[0].position[1] = f64::NAN;
    assert!(matches!(
        neighbours(&lost, 1.0),
        Err(CrystalError::Position(_))
    ));
    let empty = Structure::new(thread.lattice, Vec::new());
    assert_eq!(neighbours(&empty, 1.0).unwrap().offsets, [0]);
}
