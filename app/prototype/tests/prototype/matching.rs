//! Structures compared.

use crystal::{Lattice, Site, Structure};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use prototype::Prototype;
use prototype::matching::{Comparable, Tolerance, matches};
use serde_json::Value;

fn structure(value: &Value) -> Structure {
    let numbers = |name: &str| -> Vec<f64> {
        let list = value[name].as_array().unwrap();
        list.iter().map(|x| x.as_f64().unwrap()).collect()
    };
    let lattice = Lattice::new(Matrix3::from_row_slice(&numbers("lattice"))).unwrap();
    let positions = numbers("positions");
    let elements = numbers("elements");
    let sites = elements.iter().zip(positions.chunks(3)).map(|(z, p)| {
        let element = Element::new(*z as u8).unwrap();
        Site::new(element, Vector3::from_column_slice(p))
    });
    Structure::new(lattice, sites.collect())
}

#[test]
fn answers_are_those_of_pymatgen() {
    let pairs: Value = serde_json::from_str(include_str!("fixtures/matching.json")).unwrap();
    let pairs = pairs.as_array().unwrap();
    assert!(pairs.len() > 300);
    let mut wrong = Vec::new();
    for (number, pair) in pairs.iter().enumerate() {
        let (a, b) = (structure(&pair["a"]), structure(&pair["b"]));
        // The fixture's cells are primitive.
        let a = Comparable::of_primitive(&a).unwrap();
        let b = Comparable::of_primitive(&b).unwrap();
        for (name, tolerance) in [
            ("wide", Tolerance::PYMATGEN),
            ("narrow", Tolerance::default()),
        ] {
            let wanted = pair[name].as_bool().unwrap();
            let found = a.compare(&b, &tolerance);
            if found.is_some() != wanted {
                wrong.push((number, name, wanted, a.sites()));
            }
            assert_eq!(b.compare(&a, &tolerance).is_some(), found.is_some());
        }
    }
    // Which of two equally short bases of a lattice is taken decides now and then: one pair in two hundred at most.
    assert!(
        200 * wrong.len() <= 2 * pairs.len(),
        "{} of {}: {wrong:?}",
        wrong.len(),
        2 * pairs.len()
    );
}

#[test]
fn a_supercell_is_the_same_crystal() {
    let spinel = Prototype::find(Prototype::shipped(), "spinel")[0];
    let large = spinel
        .structure
        .supercell([[1, 1, 0], [-1, 1, 0], [0, 0, 1]])
        .unwrap();
    let found = matches(&spinel.structure, &large, &Tolerance::default()).unwrap();
    let found = found.expect("the same");
    assert!(found.rms < 1e-6 && found.largest < 1e-6, "{found:?}");
}

#[test]
fn a_stretch_from_cubic_to_tetragonal_is_seen() {
    let list = Prototype::shipped();
    let [l1_0, b2] = ["L1_0", "B2"].map(|word| Prototype::find(list, word)[0].structure.clone());
    let named = |mut structure: Structure| {
        let kinds: Vec<Element> = structure.sites.iter().filter_map(Site::element).collect();
        for (site, kind) in structure.sites.iter_mut().zip(&kinds) {
            let element = if *kind == kinds[0] {
                Element::FE
            } else {
                Element::CO
            };
            *site = Site::new(element, site.position);
        }
        structure
    };
    let (a, b) = (named(l1_0), named(b2));
    assert!(matches(&a, &b, &Tolerance::default()).unwrap().is_none());
}
