//! What comes out of prototypes times elements.

use job::Job;
use matter::Element;
use prototype::{Measure, Prototype, Request, generate};

fn named(word: &str) -> Vec<Prototype> {
    let found = Prototype::find(Prototype::shipped(), word);
    assert!(!found.is_empty(), "{word}");
    found.into_iter().cloned().collect()
}

#[test]
fn every_type_that_people_ask_for_is_found_by_its_name() {
    let wanted = [
        ("CaCu5", 191),
        ("ThMn12", 139),
        ("Th2Zn17", 166),
        ("L1_0", 123),
        ("Heusler", 225),
        ("half-Heusler", 216),
        ("inverse Heusler", 216),
        ("magnetoplumbite", 194),
        ("alpha-NaFeO2", 166),
        ("spinel", 227),
        ("olivine", 62),
        ("NASICON", 167),
        ("tavorite", 2),
        ("elpasolite", 225),
        ("perovskite", 221),
        ("NiAs", 194),
        ("garnet", 230),
        ("pyrochlore", 227),
        ("Fe16N2", 139),
        ("rutile", 136),
    ];
    for (word, group) in wanted {
        let found = named(word);
        assert_eq!(found.len(), 1, "{word}");
        assert_eq!(found[0].space_group, group, "{word}");
    }
}

#[test]
fn l1_0_holds_iron_nickel_and_manganese_aluminium_once_each() {
    let request = Request {
        elements: vec![Element::FE, Element::NI, Element::MN, Element::AL],
        ..Request::default()
    };
    let found = generate(&named("L1_0"), &request, &Job::new(), |_| {}).unwrap();
    let mut formulas: Vec<String> = found
        .candidates
        .iter()
        .map(|c| c.structure.formula())
        .collect();
    formulas.sort();
    assert_eq!(formulas.len(), 6, "{formulas:?}");
    assert!(formulas.contains(&"FeNi".to_owned()) && formulas.contains(&"MnAl".to_owned()));
    let rejected: u64 = found.rejected.values().sum();
    assert_eq!(rejected + found.candidates.len() as u64, found.combinations);
    assert_eq!(found.combinations, 16);
    assert!(
        found
            .candidates
            .iter()
            .all(|c| c.measure == Measure::Metals)
    );
}

#[test]
fn olivine_takes_the_transition_metals_that_are_known_in_it() {
    use Element as E;
    let request = Request {
        replacements: vec![(E::FE, vec![E::MN, E::CO, E::NI, E::FE, E::AU, E::BA])],
        ..Request::default()
    };
    let found = generate(&named("olivine"), &request, &Job::new(), |_| {}).unwrap();
    let formulas: Vec<String> = found
        .candidates
        .iter()
        .map(|c| c.structure.formula())
        .collect();
    for known in ["LiFePO4", "LiMnPO4", "LiCoPO4", "LiNiPO4"] {
        assert!(formulas.iter().any(|f| f == known), "{known}: {formulas:?}");
    }
    assert!(
        !formulas
            .iter()
            .any(|f| f.contains("Ba") || f.contains("Au")),
        "{formulas:?}"
    );
}
