//! Probabilities of substitution, of ions and of metals.

use matter::Element;
use prototype::ions::{self, Ion};
use prototype::metals;
use serde_json::Value;

#[test]
fn conditional_probabilities_equal_those_of_pymatgen() {
    let rows: Value = serde_json::from_str(include_str!("fixtures/ions.json")).unwrap();
    let rows = rows.as_array().unwrap();
    assert!(rows.len() > 40);
    for row in rows {
        let number = |i: usize| row[i].as_i64().unwrap();
        let ion = |i: usize| Ion {
            element: Element::new(number(i) as u8).unwrap(),
            charge: number(i + 1) as i8,
        };
        let wanted = row[4].as_f64().unwrap();
        let found = ions::probability(ion(0), ion(2)).unwrap();
        assert!(
            (found - wanted).abs() <= 1e-12 * wanted,
            "{} for {}: {found} {wanted}",
            ion(0),
            ion(2)
        );
    }
}

#[test]
fn probabilities_of_all_children_sum_to_one() {
    let parent = Ion {
        element: Element::FE,
        charge: 2,
    };
    let children = Element::all()
        .flat_map(|element| ions::charges(element).map(move |charge| Ion { element, charge }));
    let sum: f64 = children.filter_map(|c| ions::probability(c, parent)).sum();
    assert!((sum - 1.0).abs() < 1e-12);
    let sum: f64 = Element::all()
        .filter_map(|c| metals::probability(c, Element::FE))
        .sum();
    assert!((sum - 1.0).abs() < 1e-12);
}

#[test]
fn metals_prefer_their_like() {
    let of = |child| metals::probability(child, Element::CU).unwrap();
    assert!(of(Element::NI) > of(Element::FE));
    assert!(of(Element::FE) > of(Element::NB));
    assert!(of(Element::NB) > of(Element::K));
    assert_eq!(metals::probability(Element::AM, Element::CU), None);
}
