//! Compositions and elements against published values and closed forms.

use matter::{Composition, CompositionError, CompositionRef, Compositions, Element, formula};

fn composition(text: &str) -> Composition {
    formula::parse(text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .composition
}

#[test]
fn symbols_and_names_are_those_of_the_table() {
    assert_eq!(Element::all().count(), Element::COUNT);
    for element in Element::all() {
        assert_eq!(Element::from_symbol(element.symbol()), Some(element));
        assert_eq!(
            Element::from_word(&element.symbol().to_lowercase()),
            Some(element)
        );
        assert_eq!(
            Element::from_word(&element.name().to_uppercase()),
            Some(element)
        );
    }
    assert_eq!(
        (
            Element::FE.atomic_number(),
            Element::FE.symbol(),
            Element::FE.name()
        ),
        (26, "Fe", "Iron")
    );
    assert_eq!(Element::OG.atomic_number(), 118);
    for text in ["", "fe", "FE", "Fe ", "Xx", "F\0", "Ü", "é", "Fee"] {
        assert_eq!(Element::from_symbol(text), None, "{text}");
    }
    assert_eq!((Element::new(0), Element::new(119)), (None, None));
    assert_eq!(Element::from_word(" Aluminum "), Some(Element::AL));
    assert_eq!(size_of::<Option<Element>>(), 1);
}

#[test]
fn what_is_not_known_is_not_zero() {
    assert_eq!(Element::HE.data().en_pauling, None);
    assert_eq!(
        Element::PM
            .data()
            .abundance_crust_mg_kg
            .filter(|x| *x == 0.0),
        None
    );
    for element in Element::all() {
        let data = element.data();
        let positive = [
            data.atomic_weight,
            data.en_pauling,
            data.density_g_cm3,
            data.melting_point_k,
            data.boiling_point_k,
        ];
        assert!(positive.iter().flatten().all(|x| *x > 0.0), "{element}");
        assert_eq!(data.atomic_weight, Some(element.atomic_weight()));
    }
}

/// Standard atomic weights (Prohaska et al. 2022, doi:10.1515/pac-2019-0603), abridged to five digits.
#[test]
fn masses_are_sums_of_standard_atomic_weights() {
    let lithium_cobalt_oxide = 6.94 + 58.933 + 2.0 * 15.999;
    let c = composition("LiCoO2");
    assert!((c.as_ref().mass() - lithium_cobalt_oxide).abs() < 2e-3);
    assert!((c.as_ref().mass_fraction(Element::CO) - 58.933 / lithium_cobalt_oxide).abs() < 1e-5);
    assert_eq!(c.as_ref().atomic_fraction(Element::O), 0.5);
    assert_eq!(
        (
            c.as_ref().amount(Element::FE),
            c.as_ref().contains(Element::FE)
        ),
        (0.0, false)
    );
    assert_eq!(c.as_ref().mass_fraction(Element::FE), 0.0);
}

#[test]
fn fractional_formulas_are_reduced_to_whole_numbers() {
    for (text, reduced, anonymous) in [
        ("Li0.5CoO2", "Li(CoO2)2", "AB2C4"),
        ("LiCo2O4", "Li(CoO2)2", "AB2C4"),
        ("LiNi0.8Mn0.1Co0.1O2", "Li10MnCo(Ni2O5)4", "ABC8D10E20"),
        ("Fe0.6666666666667O", "Fe2O3", "A2B3"),
        ("Ca3P2O8", "Ca3(PO4)2", "A2B3C8"),
        ("Li4Fe4P4O16", "LiFePO4", "ABCD4"),
    ] {
        assert_eq!(composition(text).as_ref().reduced_formula(), reduced);
        assert_eq!(composition(text).as_ref().anonymous_formula(), anonymous);
    }
    // No multiple up to 1000 atoms of the rarer element is whole: fractions.
    let odd = composition("Fe0.31831O");
    assert!((odd.as_ref().reduced().as_ref().total_atoms() - 1.0).abs() < 1e-12);
    assert_eq!(composition("Li0.5CoO2").as_ref().formula(), "Li0.5CoO2");
    assert_eq!(composition("EuTiO3").as_ref().reduced_formula(), "EuTiO3");
}

#[test]
fn keys_are_equal_for_equal_fractions_only() {
    let key = |text: &str| composition(text).as_ref().fingerprint();
    assert_eq!(key("LiCoO2"), key("Li2Co2O4"));
    assert_eq!(key("Li0.1Co0.1O0.2"), key("LiCoO2"));
    assert_eq!(key("Fe0.7Co0.3"), key("Co3Fe7"));
    assert_ne!(key("LiCoO2"), key("LiNiO2"));
    assert_ne!(key("LiCoO2"), key("Li1.0001CoO2"));
    assert!(
        composition("Li1.000001CoO2")
            .as_ref()
            .approx_eq(composition("LiCoO2").as_ref())
    );
    assert!(
        !composition("Li1.0001CoO2")
            .as_ref()
            .approx_eq(composition("LiCoO2").as_ref())
    );
    // Every binary of up to 200 + 200 atoms: as many keys as ratios.
    let mut keys = std::collections::HashMap::new();
    for (a, b) in (1..=200_u32).flat_map(|a| (1..=200_u32).map(move |b| (a, b))) {
        let amounts = [f64::from(a) * 0.1, f64::from(b) * 0.1];
        let key = CompositionRef::new(&[3, 8], &amounts)
            .unwrap()
            .fingerprint();
        let first = *keys.entry(key).or_insert((a, b));
        assert_eq!(first.0 * b, first.1 * a, "{first:?} {a} {b}");
    }
    assert_eq!(keys.len(), ratios(200));
}

/// How many different fractions a/b have both numbers up to n: counted by coprime pairs.
fn ratios(n: u32) -> usize {
    let coprime = |mut a: u32, mut b: u32| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a == 1
    };
    (1..=n)
        .flat_map(|a| (1..=n).map(move |b| (a, b)))
        .filter(|&(a, b)| coprime(a, b))
        .count()
}

#[test]
fn batches_keep_their_rows_and_refuse_what_is_none() {
    let mut batch = Compositions::new();
    let mut parser = formula::Parser::new();
    assert_eq!(parser.parse_into("LiCoO2", &mut batch), Ok(0.0));
    assert!(parser.parse_into("LixCoO2", &mut batch).is_err());
    assert_eq!(parser.parse_into("SO4^2-", &mut batch), Ok(-2.0));
    batch.push(composition("NaCl").as_ref());
    assert_eq!(batch.len(), 3);
    assert_eq!(batch.offsets(), [0, 3, 5, 7]);
    assert_eq!(batch.get(1), composition("SO4").as_ref());
    let parts = (
        batch.offsets().to_vec(),
        batch.atomic_numbers().to_vec(),
        batch.amounts().to_vec(),
    );
    assert_eq!(
        Compositions::from_parts(parts.0, parts.1, parts.2),
        Ok(batch.clone())
    );
    batch.clear();
    assert!(batch.is_empty());

    let refused = |offsets: &[u32], z: &[u8], x: &[f64]| {
        Compositions::from_parts(offsets.into(), z.into(), x.into()).err()
    };
    assert_eq!(refused(&[], &[], &[]), Some(CompositionError::Offsets));
    assert_eq!(
        refused(&[0, 2], &[3], &[1.0]),
        Some(CompositionError::Offsets)
    );
    assert_eq!(
        refused(&[0, 2, 1], &[3], &[1.0]),
        Some(CompositionError::Offsets)
    );
    assert_eq!(
        refused(&[0, 1], &[3], &[1.0, 2.0]),
        Some(CompositionError::Lengths)
    );
    assert_eq!(
        refused(&[0, 2], &[8, 3], &[1.0, 2.0]),
        Some(CompositionError::AtomicNumber(3))
    );
    assert_eq!(
        refused(&[0, 1], &[119], &[1.0]),
        Some(CompositionError::AtomicNumber(119))
    );
    assert_eq!(
        refused(&[0, 1], &[3], &[0.0]),
        Some(CompositionError::Amount(0.0))
    );
    assert!(
        matches!(refused(&[0, 1], &[3], &[f64::NAN]), Some(CompositionError::Amount(x)) if x.is_nan())
    );
    assert!(Composition::from_amounts([(Element::O, 1.0), (Element::O, -0.5)]).is_err());
    assert_eq!(
        Composition::from_amounts([(Element::O, 1.0), (Element::LI, 1.0), (Element::O, 1.0)]),
        Ok(composition("LiO2"))
    );
}

#[test]
fn a_view_that_is_no_composition_does_not_panic() {
    let broken = CompositionRef {
        atomic_numbers: &[0, 200, 8],
        amounts: &[f64::NAN],
    };
    let _ = (
        broken.mass(),
        broken.fingerprint(),
        broken.formula(),
        broken.reduced_formula(),
        broken.anonymous_formula(),
    );
    let _ = (
        broken.iupac_formula(),
        broken.hill_formula(),
        matter::oxidation::assign(broken, 0.0),
    );
    let empty = CompositionRef::default();
    assert_eq!((empty.reduced_formula().as_str(), empty.mass()), ("", 0.0));
    assert!(empty.atomic_fraction(Element::O).is_nan());
    assert_eq!(matter::oxidation::assign(empty, 0.0), None);
}
