//! Against the formal states of `fixtures/oxidation_states.csv`, and closed forms.
//!
//! The states are the usual ones, as in Greenwood and Earnshaw, Chemistry of the Elements (2nd edition 1997, ISBN
//! 978-0-7506-3365-9); those of doped and mixed-valent oxides follow from them by charge balance.

use matter::{CompositionRef, Element, formula, oxidation};

const KNOWN: &str = include_str!("../fixtures/oxidation_states.csv");

/// Where the statistics decide otherwise: Fe(II)Mo(VI) for Fe(III)Mo(V), Y(IV)Cu(II) for Y(III)Cu(II, III), Fe(IV)S(-II)
/// for Fe(II)S(-I), Ag(II) for Ag(I, III).
const MISSES: [&str; 4] = ["Sr2FeMoO6", "YBa2Cu3O7", "FeS2", "AgO"];

fn assign(text: &str) -> Option<oxidation::Assignment> {
    let parsed = formula::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    oxidation::assign(parsed.composition.as_ref(), parsed.charge)
}

fn written(found: &oxidation::Assignment) -> String {
    let parts = found
        .states()
        .iter()
        .map(|s| format!("{}{}:{:.4}", s.element, s.state, s.amount));
    parts.collect::<Vec<_>>().join(" ")
}

/// Whether the listed states are those found; elements that are not listed are not compared.
fn agrees(found: &oxidation::Assignment, states: &str) -> bool {
    let parts: Vec<(Element, i8, f64)> = states
        .split(' ')
        .map(|part| {
            let (species, amount) = part.split_once(':').unwrap();
            let letters = species.find(|c: char| !c.is_alphabetic()).unwrap();
            let element = Element::from_symbol(&species[..letters]).unwrap();
            (
                element,
                species[letters..].parse().unwrap(),
                amount.parse().unwrap(),
            )
        })
        .collect();
    parts.iter().all(|&(element, _, _)| {
        let expected: Vec<_> = parts
            .iter()
            .filter(|p| p.0 == element)
            .map(|p| (p.1, p.2))
            .collect();
        let ours: Vec<_> = found.of(element).collect();
        ours.len() == expected.len()
            && ours
                .iter()
                .zip(&expected)
                .all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-6)
    })
}

#[test]
fn known_compounds_get_their_known_states() {
    let rows: Vec<_> = KNOWN
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .collect();
    assert!(rows.len() >= 100);
    let mut misses = Vec::new();
    for (text, states) in &rows {
        match assign(text) {
            Some(found) if agrees(&found, states) => {}
            found => {
                println!(
                    "{text}: {:?} instead of {states}",
                    found.as_ref().map(written)
                );
                misses.push(*text);
            }
        }
    }
    assert_eq!(misses, MISSES, "of {}", rows.len());
}

#[test]
fn alloys_have_no_states() {
    for text in [
        "Nd2Fe14B",
        "SmCo5",
        "FePt",
        "Fe3Al",
        "CoCrFeMnNi",
        "Ni3Al",
        "NiTi",
        "Cu3Au",
        "Mg17Al12",
        "TiAl",
        "NaTl",
    ] {
        assert_eq!(assign(text), None, "{text}");
    }
}

#[test]
fn what_cannot_be_balanced_has_no_states() {
    for text in ["NaCl2", "LiF3", "He2O", "NeF", "O3+", "KO2"] {
        assert_eq!(assign(text), None, "{text}");
    }
    let one = CompositionRef {
        atomic_numbers: &[11, 17],
        amounts: &[1.0, 1.0],
    };
    assert_eq!(oxidation::assign(one, f64::NAN), None);
    assert_eq!(oxidation::assign(one, f64::INFINITY), None);
    assert_eq!(oxidation::assign(one, 1.0), None);
}

#[test]
fn elements_are_zero_and_ions_have_their_charge() {
    for text in ["Fe", "O2", "C60"] {
        let found = assign(text).unwrap();
        assert_eq!(
            (found.states().len(), found.states()[0].state, found.score()),
            (1, 0, 0.0)
        );
    }
    assert_eq!(assign("Fe3+").unwrap().mean(Element::FE), Some(3.0));
    assert_eq!(assign("SO4^2-").unwrap().mean(Element::S), Some(6.0));
    assert_eq!(assign("MnO4-").unwrap().mean(Element::MN), Some(7.0));
    assert_eq!(assign("NH4+").unwrap().mean(Element::N), Some(-3.0));
    assert_eq!(assign("Cr2O7^2-").unwrap().mean(Element::CR), Some(6.0));
    assert_eq!(assign("[Fe(CN)6]4-").unwrap().mean(Element::O), None);
}

#[test]
fn the_score_is_the_sum_of_amounts_times_log_shares() {
    // NaCl: both elements' shares from the counts that take part.
    let share = |element: Element, state: i8, takes_part: fn(i8) -> bool| {
        let counts = oxidation::states(element)
            .iter()
            .filter(|s| s.1 >= 5 && takes_part(s.0));
        let total: u32 = counts.clone().map(|s| s.1).sum();
        let count = counts.clone().find(|s| s.0 == state).unwrap().1;
        f64::from(count) / f64::from(total)
    };
    let expected = share(Element::NA, 1, |s| s > 0).ln() + share(Element::CL, -1, |s| s != 0).ln();
    assert!((assign("NaCl").unwrap().score() - expected).abs() < 1e-12);
    assert!((assign("3NaCl").unwrap().score() - 3.0 * expected).abs() < 1e-12);
}

/// The search is exact: no other single-state assignment that balances has a better score, for salts of up to five elements.
#[test]
fn no_assignment_without_mixed_valence_is_better() {
    let mut checked = 0;
    for text in KNOWN
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
    {
        let parsed = formula::parse(text).unwrap();
        let c = parsed.composition.as_ref();
        let Some(found) = oxidation::assign(c, 0.0) else {
            continue;
        };
        if found.mixed_valence().is_none() {
            assert!(best_by_brute_force(c) <= found.score() + 1e-9, "{text}");
            checked += 1;
        }
    }
    assert!(checked > 80, "{checked}");
}

/// The best score of all combinations of one state an element.
fn best_by_brute_force(c: CompositionRef<'_>) -> f64 {
    const ANION_FORMERS: [u8; 21] = [
        1, 5, 6, 7, 8, 9, 14, 15, 16, 17, 32, 33, 34, 35, 50, 51, 52, 53, 83, 84, 85,
    ];
    let mut best = vec![(0.0, 0.0)];
    for (element, amount) in c.iter() {
        let takes_part = |s: &&(i8, u32)| {
            s.1 >= 5 && (s.0 > 0 || s.0 < 0 && ANION_FORMERS.contains(&element.atomic_number()))
        };
        let states: Vec<_> = oxidation::states(element)
            .iter()
            .filter(takes_part)
            .collect();
        let total: f64 = states.iter().map(|s| f64::from(s.1)).sum();
        let longer = best.iter().flat_map(|&(charge, score)| {
            states.iter().map(move |s| {
                (
                    charge + amount * f64::from(s.0),
                    score + amount * (f64::from(s.1) / total).ln(),
                )
            })
        });
        best = longer.collect();
    }
    best.iter()
        .filter(|b| f64::abs(b.0) < 1e-6 * c.total_atoms())
        .map(|b| b.1)
        .fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn many_elements_have_a_bounded_search_and_a_defined_answer() {
    let oxide = assign("LiNaKMgCaSrTiVCrMnFeCoNiCuZnO20").unwrap();
    let charge: f64 = oxide
        .states()
        .iter()
        .map(|s| f64::from(s.state) * s.amount)
        .sum();
    assert!(charge.abs() < 1e-9);
    assert_eq!(oxide, assign("ZnCuNiCoFeMnCrVTiSrCaMgKNaLiO20").unwrap());
    assert_eq!(assign("LiNaKMgCaSrTiVCrMnFeCoNiCuZnGaO20"), None);
    // The hardest kind: many elements of many states, and a charge that only mixed valence reaches.
    assert!(assign("VCrMnFeCoNiCuMoWReRuIrOsPtO27.3").is_some());
}

#[test]
fn multiples_of_a_composition_have_the_same_states() {
    for text in [
        "Fe3O4",
        "La0.7Sr0.3MnO3",
        "LiNi0.8Mn0.1Co0.1O2",
        "Na3V2(PO4)2F3",
    ] {
        let (one, seven) = (
            assign(text).unwrap(),
            assign(&format!("7({text})")).unwrap(),
        );
        for (a, b) in one.states().iter().zip(seven.states()) {
            assert_eq!((a.element, a.state), (b.element, b.state));
            assert!((7.0 * a.amount - b.amount).abs() < 1e-9);
        }
    }
}
