//! The convex hull against closed forms and against pymatgen's.

use matter::{Composition, Element, formula};
use potential::hull::{Hull, HullError, Phase};

fn composition(text: &str) -> Composition {
    formula::parse(text).unwrap().composition
}

fn phase(text: &str, energy_per_atom: f64) -> Phase {
    Phase {
        name: text.to_owned(),
        composition: composition(text),
        energy_per_atom,
    }
}

#[test]
fn eight_hundred_oxides_and_phosphates_lie_where_pymatgen_puts_them() {
    let file = include_str!("../fixtures/hull_li_fe_p_o.csv");
    let rows: Vec<(&str, [f64; 3])> = file
        .lines()
        .skip(1)
        .map(|line| {
            let (formula, numbers) = line.split_once(',').unwrap();
            let numbers: Vec<f64> = numbers.split(',').map(|x| x.parse().unwrap()).collect();
            (formula, numbers.try_into().unwrap())
        })
        .collect();
    assert_eq!(rows.len(), 859);
    let hull = Hull::new(
        rows.iter()
            .map(|(f, [energy, ..])| phase(f, *energy))
            .collect(),
    )
    .unwrap();
    for (formula, [energy, formation, above]) in &rows {
        let composition = composition(formula);
        let found = hull.above(&composition, *energy).unwrap();
        assert!((found - above).abs() < 1e-8, "{formula}: {found} {above}");
        let found = hull.formation_energy(&composition, *energy).unwrap();
        assert!(
            (found - formation).abs() < 1e-8,
            "{formula}: {found} {formation}"
        );
    }
    // The parts of a mixture make up the composition and its energy.
    let mixture = hull.at(&composition("Li3Fe2P5O17")).unwrap();
    assert_eq!(mixture.compared, 859);
    for element in [Element::LI, Element::FE, Element::P, Element::O] {
        let whole = composition("Li3Fe2P5O17").as_ref().atomic_fraction(element);
        let parts = mixture.parts.iter().map(|&(p, share)| {
            share
                * hull.phases()[p]
                    .composition
                    .as_ref()
                    .atomic_fraction(element)
        });
        assert!((parts.sum::<f64>() - whole).abs() < 1e-9);
    }
    assert!(mixture.parts.len() <= 4);
}

#[test]
fn a_binary_hull_is_the_line_below_its_phases() {
    let hull = Hull::new(vec![
        phase("Al", -3.0),
        phase("Al", -3.5),
        phase("Ni", -5.5),
        phase("NiAl", -5.2),
    ])
    .unwrap();
    // Halfway between Al and NiAl.
    let at = hull.at(&composition("Al3Ni")).unwrap();
    assert!((at.energy_per_atom - 0.5 * (-3.5 - 5.2)).abs() < 1e-12);
    assert_eq!(at.parts.iter().map(|p| p.0).collect::<Vec<_>>(), [1, 3]);
    assert!((hull.formation_energy(&composition("NiAl"), -5.2).unwrap() + 0.7).abs() < 1e-12);
    // A better phase than all known lies below.
    assert!((hull.above(&composition("NiAl"), -5.3).unwrap() + 0.1).abs() < 1e-12);
    assert_eq!(hull.at(&composition("Al")).unwrap().energy_per_atom, -3.5);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let hull = Hull::new(vec![phase("Fe", -8.0), phase("FeO", -7.0)]).unwrap();
    let error = hull.at(&composition("Fe2O3")).unwrap_err();
    assert_eq!(error, HullError::NotCovered("O".to_owned()));
    assert!(error.to_string().contains("no phase of O alone"));
    let wrong = Hull::new(vec![phase("Fe", f64::NAN)]).unwrap_err();
    assert_eq!(wrong, HullError::Energy("Fe".to_owned()));
}
