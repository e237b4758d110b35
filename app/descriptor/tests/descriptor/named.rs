//! Descriptors by name.

use descriptor::{Magpie, all_names, compute, named};
use matter::Compositions;
use matter::formula::Parser;

fn compositions(formulas: &[&str]) -> Compositions {
    let (mut all, mut parser) = (Compositions::new(), Parser::new());
    for formula in formulas {
        parser.parse_into(formula, &mut all).unwrap();
    }
    all
}

#[test]
fn every_name_is_known_once_with_a_summary_and_gives_a_column() {
    let names: Vec<String> = all_names().collect();
    let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
    assert_eq!((names.len(), distinct.len()), (9 + 10 + 132, 9 + 10 + 132));
    for name in &names {
        assert!(named(name).is_some_and(|n| !n.summary.is_empty()), "{name}");
    }
    let columns = compute(&names, &compositions(&["SrTiO3", "Cu0.99Pt0.01"]));
    assert_eq!(columns.len(), names.len());
    for (name, column) in names.iter().zip(&columns) {
        assert!(column.iter().any(|value| value.is_finite()), "{name}");
    }
}

#[test]
fn a_name_that_is_not_there_is_told_and_gives_nothing() {
    assert_eq!(named("shannon_radius_c_site"), None);
    let columns = compute(&["shannon_radius_c_site"], &compositions(&["SrTiO3"]));
    assert!(columns.len() == 1 && columns[0].len() == 1 && columns[0][0].is_nan());
}

#[test]
fn columns_come_in_the_order_of_the_names_and_the_compositions() {
    let names = [
        "oxidation_state_b_site",
        "MagpieData mean Number",
        "shannon_radius_a_site",
    ];
    let columns = compute(&names, &compositions(&["SrTiO3", "NaCl", "LaAlO3"]));
    assert_eq!(columns[0][0], 4.0);
    assert_eq!(columns[0][2], 3.0);
    assert!(columns[0][1].is_nan() && columns[2][1].is_nan());
    assert_eq!(columns[1][1], (11.0 + 17.0) / 2.0);
    assert_eq!((columns[2][0], columns[2][2]), (1.44, 1.36));
    assert_eq!(named(names[2]).unwrap().unit, "Å");
    assert_eq!(named("MagpieData range MeltingT").unwrap().unit, "K");
}

#[test]
fn magpies_columns_are_those_of_the_block() {
    let all = compositions(&["LiCoO2", "Nd2Fe14B", "HeO"]);
    let mut magpie = Magpie::new();
    magpie.compute(&all);
    let names: Vec<String> = descriptor::names().collect();
    for (index, column) in compute(&names, &all).iter().enumerate() {
        let block: Vec<f64> = magpie.column(index).collect();
        let same = column
            .iter()
            .zip(&block)
            .all(|(a, b)| a.to_bits() == b.to_bits());
        assert!(same, "{}", names[index]);
    }
}

#[test]
fn no_compositions_give_empty_columns() {
    assert_eq!(
        compute(&["shannon_radius_anion"], &Compositions::new()),
        [Vec::<f64>::new()]
    );
}
