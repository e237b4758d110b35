//! What must hold for any text and any composition.

use matter::{Composition, Compositions, Element, formula, oxidation};
use proptest::prelude::*;

fn element() -> impl Strategy<Value = Element> {
    (1_u8..=118).prop_map(|z| Element::new(z).unwrap())
}

fn parts() -> impl Strategy<Value = Vec<(Element, u32)>> {
    prop::collection::vec((element(), 1_u32..40), 1..8)
}

fn composition(parts: &[(Element, u32)], scale: f64) -> Composition {
    Composition::from_amounts(parts.iter().map(|&(e, n)| (e, f64::from(n) * scale))).unwrap()
}

/// An error's position must be in the text, or the parser would point at nothing.
fn check(text: &str) -> Result<(), TestCaseError> {
    let mut batch = Compositions::new();
    let result = formula::Parser::new().parse_into(text, &mut batch);
    let _ = formula::looks_like_formula(text);
    match result {
        Ok(charge) => {
            prop_assert!(charge.is_finite());
            let read = batch.get(0);
            prop_assert!(!read.is_empty());
            prop_assert!(matter::CompositionRef::new(read.atomic_numbers, read.amounts).is_ok());
            let _ = oxidation::assign(read, charge);
            for form in [
                read.formula(),
                read.hill_formula(),
                read.iupac_formula(),
                read.reduced_formula(),
            ] {
                prop_assert!(!form.is_empty());
            }
        }
        Err(error) => {
            prop_assert!(batch.is_empty() && batch.amounts().is_empty());
            prop_assert!(text.is_char_boundary(error.byte));
            prop_assert_eq!(error.column, text[..error.byte].chars().count() + 1);
            prop_assert!(!error.to_string().is_empty());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused_at_a_place(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn near_formulas_are_read_or_refused_at_a_place(
        text in r"([A-Z][a-z]?|[(){}\[\]]|[0-9]{1,3}|\.|[-+^*/]| |e|x|δ|₂|²⁺|·|½|O|H2O|_|<sub>|Ｆ){0,14}"
    ) {
        check(&text)?;
    }

    #[test]
    fn order_of_the_elements_does_not_matter(parts in parts(), turn in 0_usize..8) {
        let write = |parts: &[(Element, u32)]| parts.iter().map(|(e, n)| format!("{e}{n}")).collect::<String>();
        let mut turned = parts.clone();
        turned.rotate_left(turn % parts.len());
        prop_assert_eq!(formula::parse(&write(&parts)), formula::parse(&write(&turned)));
    }

    #[test]
    fn a_multiplier_is_a_bracket(parts in parts(), n in 1_u32..50) {
        let text: String = parts.iter().map(|(e, n)| format!("{e}{n}")).collect();
        let (before, after) = (formula::parse(&format!("{n}{text}")), formula::parse(&format!("({text}){n}")));
        prop_assert!(before.is_ok());
        prop_assert_eq!(before, after);
    }

    #[test]
    fn multiples_have_one_reduced_form_and_one_fingerprint(parts in parts(), scale in 1e-3_f64..1e3) {
        let (one, other) = (composition(&parts, 1.0), composition(&parts, scale));
        prop_assert_eq!(one.as_ref().reduced_formula(), other.as_ref().reduced_formula());
        prop_assert_eq!(one.as_ref().iupac_formula(), other.as_ref().iupac_formula());
        prop_assert_eq!(one.as_ref().fingerprint(), other.as_ref().fingerprint());
        prop_assert!(one.as_ref().approx_eq(other.as_ref()));
    }

    #[test]
    fn written_forms_read_back(parts in parts()) {
        let one = composition(&parts, 1.0);
        for text in [one.as_ref().formula(), one.as_ref().reduced_formula(), one.as_ref().iupac_formula()] {
            let read = formula::parse(&text);
            prop_assert!(read.is_ok(), "{}", text);
            prop_assert!(read.unwrap().composition.as_ref().approx_eq(one.as_ref()), "{}", text);
        }
    }

    #[test]
    fn fractions_sum_to_one(parts in parts()) {
        let one = composition(&parts, 1.0);
        let view = one.as_ref();
        let (atoms, mass) = view.iter().fold((0.0, 0.0), |(a, m), (e, _)| {
            (a + view.atomic_fraction(e), m + view.mass_fraction(e))
        });
        prop_assert!((atoms - 1.0_f64).abs() < 1e-12 && (mass - 1.0_f64).abs() < 1e-12);
    }

    #[test]
    fn assigned_states_balance_the_charge(parts in parts(), charge in -4_i32..=4, scale in 0.1_f64..10.0) {
        let one = composition(&parts, scale);
        let charge = f64::from(charge) * scale;
        if let Some(found) = oxidation::assign(one.as_ref(), charge) {
            let sum: f64 = found.states().iter().map(|s| f64::from(s.state) * s.amount).sum();
            prop_assert!((sum - charge).abs() < 1e-5 * one.as_ref().total_atoms());
            for (element, amount) in one.as_ref().iter() {
                let amounts: Vec<f64> = found.of(element).map(|s| s.1).collect();
                prop_assert!(amounts.len() <= 2 && amounts.iter().all(|x| *x > 0.0));
                prop_assert!((amounts.iter().sum::<f64>() - amount).abs() < 1e-9 * amount);
            }
        }
    }
}
