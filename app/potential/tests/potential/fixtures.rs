//! Predictions against those of the original (chgnet 0.4.2, torch in f64), and its counts of bonds and angles.

use crystal::{Lattice, Site, Structure};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use potential::{Graph, Model, Potential, Precision, Prediction};
use serde_json::Value;

/// A structure with what the original says of it.
pub struct Fixture {
    pub name: String,
    pub structure: Structure,
    pub expected: Value,
}

pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap()],
    }
}

pub fn fixture(name: &str) -> Fixture {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let lattice = Lattice::new(Matrix3::from_row_slice(&numbers(&expected["lattice"]))).unwrap();
    let positions = numbers(&expected["frac_coords"]);
    let elements = numbers(&expected["atomic_numbers"]);
    let sites = elements
        .iter()
        .zip(positions.chunks(3))
        .map(|(&z, p)| Site::new(Element::new(z as u8).unwrap(), Vector3::from_row_slice(p)));
    Fixture {
        name: name.to_owned(),
        structure: Structure::new(lattice, sites.collect()),
        expected,
    }
}

/// All but the largest, which takes a while in f64.
pub const SMALL: [&str; 15] = [
    "CoO2",
    "Cu_fcc",
    "FePt_L10",
    "Fe_bcc",
    "H2O_box",
    "LiCoO2",
    "LiFePO4",
    "LiMn2O4",
    "MnBi",
    "NaCl_prim_strained",
    "NaCl_rocksalt",
    "Pt111_slab",
    "QUIRK_LiFePO4_left_handed_cell",
    "Si_diamond",
    "TiO2_rutile",
];
pub const ALL: [&str; 16] = {
    let mut all = ["Nd2Fe14B"; 16];
    let mut i = 0;
    while i < SMALL.len() {
        all[i] = SMALL[i];
        i += 1;
    }
    all
};

fn worst(found: impl Iterator<Item = f64>, expected: &Value) -> f64 {
    let expected = numbers(expected);
    let mut count = 0;
    let worst = found.zip(&expected).fold(0.0_f64, |worst, (a, b)| {
        count += 1;
        worst.max((a - b).abs())
    });
    assert_eq!(count, expected.len());
    worst
}

/// Largest differences: energy (eV/atom), site energies (eV), forces (eV/Å), stress (GPa), moments (µB).
pub fn differences(found: &Prediction, fixture: &Fixture) -> [f64; 5] {
    let expected = &fixture.expected["torch_f64"];
    let mut stress = found.stress;
    if fixture.structure.lattice.is_left_handed() && fixture.name.starts_with("QUIRK") {
        // The original divides by a negative volume there.
        stress = -stress;
    }
    let forces = found.forces.iter().flat_map(|f| [f.x, f.y, f.z]);
    [
        (found.energy_per_atom() - expected["energy_per_atom"].as_f64().unwrap()).abs(),
        worst(
            found.site_energies.iter().copied(),
            &expected["site_energies"],
        ),
        worst(forces, &expected["forces"]),
        worst(stress.transpose().iter().copied(), &expected["stress_GPa"]),
        worst(found.moments.iter().copied(), &expected["magmoms"]),
    ]
}

fn check(precision: Precision, limits: [f64; 5]) {
    let potential = Potential::new(Model::Chgnet030, precision).unwrap();
    let mut largest = [0.0_f64; 5];
    for name in ALL {
        let fixture = fixture(name);
        let found = differences(&potential.predict(&fixture.structure).unwrap(), &fixture);
        println!("{name}: {found:?}");
        for i in 0..5 {
            largest[i] = largest[i].max(found[i]);
        }
    }
    println!("largest: {largest:?}");
    assert!(
        largest
            .iter()
            .zip(limits)
            .all(|(found, limit)| *found <= limit),
        "{largest:?}"
    );
}

#[test]
fn f64_gives_what_the_original_gives() {
    check(Precision::Double, [1e-8, 1e-7, 1e-6, 1e-5, 1e-7]);
}

#[test]
fn f32_keeps_to_its_tolerance() {
    check(Precision::Single, [5e-6, 5e-5, 5e-4, 2e-3, 2e-5]);
}

#[test]
fn bonds_and_angles_are_as_many_as_the_original_counts() {
    for name in ALL {
        let fixture = fixture(name);
        let graph = Graph::new(&fixture.structure).unwrap();
        let expected = &fixture.expected["graph"];
        let count = |key: &str| expected[key].as_u64().unwrap() as usize;
        assert_eq!(graph.directed_bonds(), count("n_directed_edges"), "{name}");
        assert_eq!(graph.bonds(), count("n_undirected"), "{name}");
        assert_eq!(graph.short_bonds(), count("n_short_undirected"), "{name}");
        assert_eq!(graph.angles(), count("n_angles"), "{name}");
    }
}
