//! Ions of ABX3 against the tables and tolerance factors that others published.

use descriptor::perovskite::Abx3;
use matter::formula::parse;

/// Charges, sites and radii of 576 ABX3 compounds: C. J. Bartel et al., Sci. Adv. 5, eaav0693 (2019), table S1.
const BARTEL: &str = include_str!("../../../../plugins/catalyst/tests/fixtures/bartel2019.csv");

fn ions(formula: &str) -> Option<Abx3> {
    Abx3::of(parse(formula).unwrap().composition.as_ref())
}

/// Goldschmidt's t = (rA + rX) / (√2 (rB + rX)).
fn goldschmidt(x: &Abx3) -> f64 {
    (x.a.radius + x.anion.radius) / (2f64.sqrt() * (x.b.radius + x.anion.radius))
}

#[test]
fn strontium_titanate_has_the_radii_of_shannons_table() {
    let x = ions("SrTiO3").unwrap();
    let seen = [x.a, x.b, x.anion].map(|ion| (ion.element.symbol(), ion.charge, ion.radius));
    assert_eq!(seen, [("Sr", 2, 1.44), ("Ti", 4, 0.605), ("O", -2, 1.40)]);
}

#[test]
fn tolerance_factors_are_the_textbook_ones() {
    // From Shannon's radii in every textbook's table; CsPbI3 as in G. Kieslich, S. Sun, A. K. Cheetham,
    // Chem. Sci. 5, 4712 (2014), doi:10.1039/c4sc02211d.
    for (formula, t) in [
        ("SrTiO3", 1.00),
        ("CaTiO3", 0.97),
        ("BaTiO3", 1.06),
        ("KNbO3", 1.05),
        ("LaAlO3", 1.01),
        ("CsPbI3", 0.85),
    ] {
        let seen = goldschmidt(&ions(formula).unwrap());
        assert!((seen - t).abs() < 0.006, "{formula}: {seen}, not {t}");
    }
}

#[test]
fn where_the_charges_are_bartels_so_are_all_sites_and_radii() {
    let (mut compounds, mut assigned, mut same_charges) = (0, 0, 0);
    for line in BARTEL.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |column: usize| cells[column].parse::<f64>().unwrap();
        compounds += 1;
        let Some(x) = ions(cells[0]) else { continue };
        assigned += 1;
        let charge_of_a = if x.a.element.symbol() == cells[2] {
            number(4)
        } else {
            number(5)
        };
        if f64::from(x.a.charge) != charge_of_a {
            continue;
        }
        same_charges += 1;
        let formula = cells[0];
        assert_eq!(x.a.element.symbol(), cells[2], "{formula}");
        assert_eq!(x.b.element.symbol(), cells[3], "{formula}");
        for (ion, column) in [(x.a, 6), (x.b, 7), (x.anion, 8)] {
            // the table has two decimals
            let difference = (ion.radius - number(column)).abs();
            assert!(difference < 0.0051, "{formula}: {ion:?}");
        }
    }
    assert_eq!((compounds, assigned, same_charges), (576, 570, 553));
}

#[test]
fn the_order_and_the_scale_of_a_formula_do_not_matter() {
    let one = ions("SrTiO3");
    assert_eq!(ions("O3TiSr"), one);
    assert_eq!(ions("Sr4Ti4O12"), one);
    assert_eq!(ions("Ti0.2O0.6Sr0.2"), one);
}

#[test]
fn a_spin_state_is_the_high_one_for_four_to_seven_d_electrons() {
    // Fe3+ is d5: 0.645 Å high spin, 0.55 low.
    assert_eq!(ions("LaFeO3").unwrap().b.radius, 0.645);
    // Ni4+ is d6, and its only tabulated radius, 0.48 Å, is low spin.
    assert_eq!(ions("BaNiO3").unwrap().b.radius, 0.48);
}

#[test]
fn what_is_not_abx3_has_no_ions() {
    // other ratios; a shared site; one cation on both; an alloy without charges; no radius for the ion; nothing at all
    for formula in [
        "Fe2O3",
        "MgAl2O4",
        "Sr0.5Ba0.5TiO3",
        "NaCl",
        "Cu3AuPd",
        "HeTiO3",
        "O3",
    ] {
        assert_eq!(ions(formula), None, "{formula}");
    }
    let empty = matter::CompositionRef {
        atomic_numbers: &[],
        amounts: &[],
    };
    assert_eq!(Abx3::of(empty), None);
}
