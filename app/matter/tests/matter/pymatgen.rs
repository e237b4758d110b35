//! Against pymatgen, on the formulas of `fixtures/formulas.csv`.

use matter::{Element, formula};
use std::collections::HashSet;

const FORMULAS: &str = include_str!("../fixtures/formulas.csv");

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    FORMULAS
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
}

/// Elements that pymatgen orders by other electronegativities: Bi, Pb and W have other Pauling values there (2.02, 2.33,
/// 2.36), and those without one in our table take a place of their own.
fn ordered_alike(composition: matter::CompositionRef<'_>) -> bool {
    let other = [Element::BI, Element::PB, Element::W];
    composition
        .iter()
        .all(|(e, _)| e.data().en_pauling.is_some() && !other.contains(&e))
}

#[test]
fn amounts_and_masses_are_those_of_pymatgen() {
    let mut count = 0;
    for row in rows() {
        let parsed = formula::parse(row[1]).unwrap_or_else(|e| panic!("{}: {e}", row[1]));
        let ours: Vec<_> = parsed.composition.as_ref().iter().collect();
        let theirs: Vec<_> = row[2]
            .split(' ')
            .map(|part| part.split_once(':').unwrap())
            .collect();
        assert_eq!(ours.len(), theirs.len(), "{}", row[1]);
        for ((element, amount), (symbol, text)) in ours.into_iter().zip(theirs) {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(element.symbol(), symbol, "{}", row[1]);
            assert!(
                (amount - expected).abs() <= 1e-12 * expected,
                "{}: {symbol} {amount}",
                row[1]
            );
        }
        assert_eq!(parsed.charge, 0.0, "{}", row[1]);
        // pymatgen's atomic masses differ from the standard atomic weights of today by up to 5e-4 (Zn); superheavy elements by
        // whole mass numbers.
        let (mass, expected) = (
            parsed.composition.as_ref().mass(),
            row[3].parse::<f64>().unwrap(),
        );
        let heavy = parsed
            .composition
            .as_ref()
            .iter()
            .any(|(e, _)| e > Element::U || e == Element::PO);
        assert!(
            heavy || (mass / expected - 1.0).abs() < 6e-4,
            "{}: {mass} {expected}",
            row[1]
        );
        count += 1;
    }
    assert!(count >= 300, "{count} formulas");
}

#[test]
fn written_forms_are_those_of_pymatgen() {
    let mut count = 0;
    let mut differ = Vec::new();
    for row in rows().filter(|row| !row[4].is_empty()) {
        let parsed = formula::parse(row[1]).unwrap();
        let c = parsed.composition.as_ref();
        assert_eq!(c.hill_formula(), row[5]);
        assert_eq!(c.anonymous_formula(), row[7], "{}", row[1]);
        if ordered_alike(c) {
            for (ours, theirs) in [(c.reduced_formula(), row[4]), (c.iupac_formula(), row[6])] {
                if ours != theirs && !theirs.is_empty() {
                    differ.push((row[1], ours, theirs));
                }
            }
            count += 1;
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
    assert!(count >= 200, "{count} formulas");
}

#[test]
fn every_element_but_the_heaviest_is_covered() {
    let seen: HashSet<_> = rows()
        .flat_map(|row| {
            formula::parse(row[1])
                .unwrap()
                .composition
                .as_ref()
                .atomic_numbers
                .to_vec()
        })
        .collect();
    assert!(seen.len() >= 110, "{}", seen.len());
}
