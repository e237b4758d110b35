//! A component that was built for interface 0.1.0 and is never built again: every later host must run it as the first
//! one did. It is `plugins/examples/rust-high-entropy-alloy` 0.1.0; `fixtures/README.md` says how it was made.

use crate::{host, job};
use plugin_host::{
    BatchInput, BatchOutcome, CompositionsInput, Direction, Origin, ParameterKind, ParameterValue,
    Plugin, Session, Spread,
};

static COMPONENT: &[u8] = include_bytes!("../fixtures/interface-0.1.0.wasm");

/// Valence electrons an atom, and entropy of mixing.
const CONCENTRATION: usize = 0;
const ENTROPY: usize = 1;

/// J/mol/K.
const GAS_CONSTANT: f64 = 8.314_462_618_153_24;

fn plugin() -> Plugin {
    host().load(COMPONENT, "fixture").expect("it always loads")
}

/// CoCrCuFeNi, HfNbTaTiZr, AlCoCrFeNi, FeO and nothing.
fn predict(settings: &[(String, ParameterValue)]) -> BatchOutcome {
    let batch = BatchInput {
        compositions: CompositionsInput {
            offsets: &[0, 5, 10, 15, 17, 17],
            atomic_numbers: &[
                24, 26, 27, 28, 29, 22, 40, 41, 72, 73, 13, 24, 26, 27, 28, 8, 26,
            ],
            amounts: &[
                1.0, 1.0, 1.0, 1.0, 1.0, 0.2, 0.2, 0.2, 0.2, 0.2, 3.0, 3.0, 3.0, 3.0, 3.0, 1.0, 1.0,
            ],
        },
        ..BatchInput::default()
    };
    let session = Session::new(&plugin(), settings).expect("fitting settings");
    session.predict(&batch, &job()).expect("an outcome")
}

fn notes(outcome: &BatchOutcome, row: u32) -> Vec<&str> {
    outcome.notes_at(row).map(|(_, text)| text).collect()
}

#[test]
fn the_frozen_component_describes_itself_as_its_author_wrote() {
    let plugin = plugin();
    assert_eq!(plugin.interface(), "0.1.0");
    assert!(plugin_host::has_interface_section(COMPONENT));
    let d = plugin.description();
    assert_eq!(
        (d.id.as_str(), d.version.as_str()),
        ("high_entropy_alloy", "0.1.0")
    );
    assert!(d.citation.contains("10.1063/1.3587228"), "{}", d.citation);
    let properties: Vec<_> = d
        .properties
        .iter()
        .map(|p| (p.name.as_str(), p.unit.as_str(), p.origin, p.direction))
        .collect();
    assert_eq!(
        properties,
        [
            (
                "valence_electron_concentration",
                "electrons/atom",
                Origin::Exact,
                Direction::None
            ),
            (
                "mixing_entropy",
                "J/mol/K",
                Origin::Exact,
                Direction::Maximize
            ),
        ]
    );
    assert_eq!(d.parameters[1].name, "bcc_below");
    assert_eq!(
        d.parameters[1].kind,
        ParameterKind::Number { min: 4.0, max: 8.0 }
    );
    assert_eq!(d.parameters[1].default, ParameterValue::Number(6.87));
}

#[test]
fn the_frozen_component_predicts_what_arithmetic_by_hand_gives() {
    let outcome = predict(&[]);
    // Cr 6, Fe 8, Co 9, Ni 10, Cu 11; Ti 4, Zr 4, Nb 5, Hf 4, Ta 5; Al 3, Cr 6, Fe 8, Co 9, Ni 10
    let by_hand = [44.0 / 5.0, 22.0 / 5.0, 36.0 / 5.0];
    let entropy = GAS_CONSTANT * 5f64.ln();
    for (row, concentration) in by_hand.into_iter().enumerate() {
        assert!((outcome.columns[CONCENTRATION].mean[row] - concentration).abs() < 1e-12);
        assert!((outcome.columns[ENTROPY].mean[row] - entropy).abs() < 1e-12);
    }
    for column in &outcome.columns {
        assert_eq!(column.std, Spread::Exact);
        assert!(column.mean[3].is_nan() && column.mean[4].is_nan());
    }
    assert_eq!(notes(&outcome, 0), ["expected solid solution: fcc"]);
    assert_eq!(notes(&outcome, 1), ["expected solid solution: bcc"]);
    assert_eq!(notes(&outcome, 2), ["expected solid solution: fcc and bcc"]);
    assert_eq!(
        notes(&outcome, 3),
        ["it holds oxygen: the rule is for alloys"]
    );
    assert_eq!(notes(&outcome, 4), ["no composition"]);
    assert!(outcome.lost.is_empty());
}

#[test]
fn the_frozen_component_takes_its_parameters() {
    let setting = ("bcc_below".to_owned(), ParameterValue::Number(7.5));
    let outcome = predict(&[setting]);
    assert_eq!(notes(&outcome, 2), ["expected solid solution: bcc"]);
}

#[test]
fn the_frozen_component_passes_the_check() {
    let report = host()
        .check(COMPONENT, "fixture", &job())
        .expect("a report");
    assert!(report.is_ok(), "{:?}", report.findings);
}
