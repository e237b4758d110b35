//! What must hold for any potential: forces are slopes of the energy, and nature knows no axes, origin, cell or numbering.

use crate::fixtures::fixture;
use crate::gpu::{apart, random};
use crystal::{Lattice, Site, Structure};
use nalgebra::{Matrix3, Rotation3, Vector3};
use potential::{GPA, Model, Potential, Precision, Prediction};
use std::sync::LazyLock;

static DOUBLE: LazyLock<Potential> =
    LazyLock::new(|| Potential::new(Model::Chgnet030, Precision::Double).unwrap());

fn energy(structure: &Structure) -> f64 {
    DOUBLE.energy(structure).unwrap().energy
}

fn moved(structure: &Structure, site: usize, by: Vector3<f64>) -> Structure {
    let mut moved = structure.clone();
    moved.sites[site].position += structure.lattice.fractional_from_cartesian(by);
    moved
}

/// The structure with every vector `v` turned into `m v`, the fractions kept.
fn deformed(structure: &Structure, m: Matrix3<f64>) -> Structure {
    let mut deformed = structure.clone();
    deformed.lattice = Lattice::new(structure.lattice.rows() * m.transpose()).unwrap();
    deformed
}

#[test]
fn forces_are_slopes_of_the_energy() {
    let step = 2e-5;
    for (name, sites) in [
        ("LiFePO4", &[0, 5, 9, 20][..]),
        ("NaCl_prim_strained", &[0, 1]),
    ] {
        let structure = fixture(name).structure;
        let forces = DOUBLE.predict(&structure).unwrap().forces;
        for &site in sites {
            for (axis, force) in forces[site].into_iter().enumerate() {
                let by = Vector3::ith(axis, step);
                let difference =
                    energy(&moved(&structure, site, by)) - energy(&moved(&structure, site, -by));
                let slope = -difference / (2.0 * step);
                assert!(
                    (slope - force).abs() < 1e-6,
                    "{name} {site} {axis}: {slope} {force}"
                );
            }
        }
    }
}

#[test]
fn stress_is_the_slope_of_the_energy_with_strain() {
    let step = 1e-5;
    for name in [
        "LiCoO2",
        "NaCl_prim_strained",
        "QUIRK_LiFePO4_left_handed_cell",
    ] {
        let structure = fixture(name).structure;
        let stress = DOUBLE.predict(&structure).unwrap().stress;
        for (i, j) in [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2)] {
            let mut strain = Matrix3::zeros();
            strain[(i, j)] += 0.5 * step;
            strain[(j, i)] += 0.5 * step;
            let at = |sign: f64| energy(&deformed(&structure, Matrix3::identity() + strain * sign));
            let slope = (at(1.0) - at(-1.0)) / (2.0 * step) / structure.volume() * GPA;
            assert!(
                (slope - stress[(i, j)]).abs() < 2e-4,
                "{name} {i}{j}: {slope} {}",
                stress[(i, j)]
            );
        }
    }
}

fn assert_same(a: &Prediction, b: &Prediction, copies: f64, turn: Matrix3<f64>, sites: &[usize]) {
    assert!((a.energy * copies - b.energy).abs() < 1e-9 * copies * a.forces.len() as f64);
    assert!((turn * a.stress * turn.transpose() - b.stress).abs().max() < 1e-6);
    for (new, &old) in sites.iter().enumerate() {
        assert!((turn * a.forces[old] - b.forces[new]).norm() < 1e-7);
        assert!((a.moments[old] - b.moments[new]).abs() < 1e-8);
        assert!((a.site_energies[old] - b.site_energies[new]).abs() < 1e-8);
    }
}

#[test]
fn nothing_depends_on_origin_axes_cell_or_numbering() {
    for name in ["LiCoO2", "NaCl_prim_strained", "TiO2_rutile"] {
        let structure = fixture(name).structure;
        let plain = DOUBLE.predict(&structure).unwrap();
        let as_is: Vec<usize> = (0..structure.sites.len()).collect();
        let one = Matrix3::identity();

        let mut shifted = structure.clone();
        for (number, site) in shifted.sites.iter_mut().enumerate() {
            // To anywhere, and every site into another cell.
            site.position += Vector3::new(0.37, -1.21, 5.05);
            site.position.x += number as f64 - 2.0;
        }
        assert_same(&plain, &DOUBLE.predict(&shifted).unwrap(), 1.0, one, &as_is);

        let turn = *Rotation3::from_euler_angles(0.3, -1.1, 2.0).matrix();
        let turned = DOUBLE.predict(&deformed(&structure, turn)).unwrap();
        assert_same(&plain, &turned, 1.0, turn, &as_is);
        let mirrored = DOUBLE.predict(&deformed(&structure, -one)).unwrap();
        assert_same(&plain, &mirrored, 1.0, -one, &as_is);

        let mut reversed = structure.clone();
        reversed.sites.reverse();
        let order: Vec<usize> = as_is.iter().rev().copied().collect();
        assert_same(
            &plain,
            &DOUBLE.predict(&reversed).unwrap(),
            1.0,
            one,
            &order,
        );

        // Another cell of the same crystal: b' = b + 2a, c' = -c.
        let change = Matrix3::new(1.0, 0.0, 0.0, 2.0, 1.0, 0.0, 0.0, 0.0, -1.0);
        let lattice = Lattice::new(change * structure.lattice.rows()).unwrap();
        let sites = (0..structure.sites.len()).map(|i| Site {
            position: lattice.fractional_from_cartesian(structure.cartesian(i)),
            ..structure.sites[i].clone()
        });
        let sheared = Structure::new(lattice.clone(), sites.collect());
        assert!(sheared.lattice.is_left_handed() != structure.lattice.is_left_handed());
        assert_same(&plain, &DOUBLE.predict(&sheared).unwrap(), 1.0, one, &as_is);

        let larger = structure
            .supercell([[1, 0, 0], [1, 2, 0], [0, 0, 2]])
            .unwrap();
        let origin: Vec<usize> = (0..larger.sites.len())
            .map(|new| {
                let place = structure
                    .lattice
                    .fractional_from_cartesian(larger.cartesian(new));
                let near = |old: &usize| {
                    let apart = place - structure.sites[*old].position;
                    apart.iter().all(|x| (x - x.round()).abs() < 1e-6)
                };
                as_is.iter().copied().find(near).unwrap()
            })
            .collect();
        assert_same(&plain, &DOUBLE.predict(&larger).unwrap(), 4.0, one, &origin);
    }
}

#[test]
fn forces_add_up_to_nothing_and_crystals_at_rest_have_none() {
    for name in ["LiFePO4", "MnBi", "Pt111_slab"] {
        let found = DOUBLE.predict(&fixture(name).structure).unwrap();
        assert!(found.forces.iter().sum::<Vector3<f64>>().norm() < 1e-9);
    }
    let lattice = Lattice::from_parameters(3.5, 3.5, 3.5, 90.0, 90.0, 90.0).unwrap();
    let places = [[0.0; 3], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];
    let sites = places.map(|p| Site::new(matter::Element::CU, p.into()));
    let copper = DOUBLE
        .predict(&Structure::new(lattice, sites.into()))
        .unwrap();
    assert!(copper.largest_force() < 1e-9);
    assert!((copper.stress - Matrix3::identity() * -copper.pressure()).norm() < 1e-6);
    // Copper's cell is 3.61 Å long.
    assert!(copper.pressure() > 5.0, "{}", copper.pressure());
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let structure = fixture("LiFePO4")
        .structure
        .supercell([[2, 0, 0], [0, 1, 0], [0, 0, 1]])
        .unwrap();
    let potential = Potential::new(Model::Chgnet030, Precision::Single).unwrap();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| potential.predict(&structure).unwrap())
    };
    let one = on(1);
    assert_eq!(one, on(2));
    assert_eq!(one, on(5));
    assert_eq!(one.energy, potential.energy(&structure).unwrap().energy);
}

#[test]
fn the_second_set_of_weights_is_another_potential() {
    let r2scan = Potential::new(Model::ChgnetR2scan, Precision::Single).unwrap();
    let structure = fixture("LiCoO2").structure;
    let (a, b) = (
        DOUBLE.predict(&structure).unwrap(),
        r2scan.predict(&structure).unwrap(),
    );
    assert!((a.energy - b.energy).abs() > 1.0);
    assert_eq!(b.model.name(), "chgnet-r2scan");
}

#[test]
fn single_precision_keeps_to_its_tolerance_far_from_equilibrium() {
    let single = Potential::new(Model::Chgnet030, Precision::Single).unwrap();
    let (mut largest, mut force) = ([0.0_f64; 4], 0.0_f64);
    for seed in 0..30 {
        // The densest are under hundreds of GPa, and far below zero in most of their silus.
        let structure = random(500 + seed, 4 + seed as usize % 13, 5.0);
        let expected = DOUBLE.predict(&structure).unwrap();
        let found = apart(&single.predict(&structure).unwrap(), &expected);
        force = force.max(expected.largest_force());
        for (largest, found) in largest.iter_mut().zip(found) {
            *largest = largest.max(found);
        }
    }
    println!("{largest:?}, forces up to {force} eV/Å");
    assert!(force > 20.0);
    let limits = [5e-6, 5e-4, 2e-3, 2e-5];
    assert!(
        largest.iter().zip(limits).all(|(a, b)| *a <= b),
        "{largest:?}"
    );
}
