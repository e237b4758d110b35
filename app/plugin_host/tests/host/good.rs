//! A well-behaved plugin: what it says and predicts arrives unchanged.

use crate::guest::{Guest, description};
use crate::{atoms, job, load};
use plugin_host::{
    BatchInput, ColumnInput, CompositionsInput, Need, NoteKind, ParameterError, ParameterValue,
    PredictError, Session, Spread, WantedColumn,
};

#[test]
fn the_description_arrives_as_the_guest_gives_it() {
    let plugin = load(&Guest::default()).expect("good");
    assert_eq!(*plugin.description(), description());
    assert_eq!(plugin.interface(), "0.1.0");
    assert_eq!(plugin.origin(), "test");
    assert_eq!(plugin.sha256().len(), 64);
    assert_eq!(plugin.messages(), [""; 0]);
    assert_eq!(plugin.models(), []);
}

#[test]
fn four_thousand_candidates_come_back_summed_and_in_order() {
    let plugin = load(&Guest::default()).expect("good");
    let session = Session::new(&plugin, &[]).expect("defaults");
    let (mut offsets, mut atomic_numbers, mut amounts) = (vec![0u32], vec![], vec![]);
    for row in 0..4096u32 {
        for k in 0..row % 7 {
            atomic_numbers.push((k + 1) as u8);
            amounts.push(f64::from(row) * 0.25 + f64::from(k));
        }
        offsets.push(amounts.len() as u32);
    }
    let batch = BatchInput {
        compositions: CompositionsInput {
            offsets: &offsets,
            atomic_numbers: &atomic_numbers,
            amounts: &amounts,
        },
        ..BatchInput::default()
    };
    let outcome = session.predict(&batch, &job()).expect("outcome");
    let sums: Vec<f64> = offsets
        .windows(2)
        .map(|w| amounts[w[0] as usize..w[1] as usize].iter().sum())
        .collect();
    assert_eq!(outcome.columns[0].mean, sums);
    assert_eq!(outcome.columns[0].std, Spread::Unknown);
    assert!(outcome.lost.is_empty() && outcome.notes.is_empty());

    // a window of the same table, its offsets not from zero
    let window = BatchInput {
        compositions: CompositionsInput {
            offsets: &offsets[1000..=1100],
            ..batch.compositions
        },
        ..BatchInput::default()
    };
    let outcome = session.predict(&window, &job()).expect("outcome");
    assert_eq!(outcome.columns[0].mean, sums[1000..1100]);
}

#[test]
fn an_empty_batch_gives_empty_columns() {
    let plugin = load(&Guest::default()).expect("good");
    let session = Session::new(&plugin, &[]).expect("defaults");
    let outcome = session
        .predict(&atoms([]).batch(), &job())
        .expect("outcome");
    assert_eq!(outcome.columns[0].mean, [0.0; 0]);
}

#[test]
fn parameters_reach_the_plugin_and_wrong_ones_are_explained() {
    let plugin = load(&Guest::default()).expect("good");
    let scale = |x| [("scale".to_owned(), ParameterValue::Number(x))];
    let session = Session::new(&plugin, &scale(2.5)).expect("in range");
    let outcome = session
        .predict(&atoms([2.0, 4.0]).batch(), &job())
        .expect("outcome");
    assert_eq!(outcome.columns[0].mean, [5.0, 10.0]);

    let error = |given: &[(String, ParameterValue)]| match Session::new(&plugin, given) {
        Ok(_) => panic!("{given:?} is accepted"),
        Err(e) => e.to_string(),
    };
    assert_eq!(
        error(&scale(5.0)),
        "sum.scale = 5: must be a number from 0.5 to 4"
    );
    assert_eq!(
        error(&scale(f64::NAN)),
        "sum.scale = NaN: must be a number from 0.5 to 4"
    );
    assert_eq!(
        error(&[("scale".to_owned(), ParameterValue::Flag(true))]),
        "sum.scale = yes: must be a number from 0.5 to 4"
    );
    assert_eq!(
        error(&[("scael".to_owned(), ParameterValue::Number(1.0))]),
        "plugin sum has no parameter \"scael\"; it has: scale"
    );
    assert_eq!(
        error(&[scale(1.0), scale(2.0)].concat()),
        "sum.scale is set twice"
    );
    let parsed = plugin.description().parse_parameter("scale", " 3.5 ");
    assert_eq!(parsed, Ok(ParameterValue::Number(3.5)));
    assert!(matches!(
        plugin.description().parse_parameter("scale", "big"),
        Err(ParameterError::Value { .. })
    ));
}

#[test]
fn input_columns_reach_the_plugin_by_the_row() {
    let mut d = description();
    d.inputs.columns = vec![WantedColumn {
        name: "ms".to_owned(),
        unit: "T".to_owned(),
        summary: "saturation".to_owned(),
        need: Need::Required,
    }];
    let guest = Guest {
        description: d,
        value: "(f64.mul (call $input (local.get $in) (local.get $row)) (call $sum (local.get $in) (local.get $row)))",
        ..Guest::default()
    };
    let session = Session::new(&load(&guest).expect("good"), &[]).expect("defaults");
    let candidates = atoms([1.0, 2.0, 3.0]);
    let mean = [0.5, f64::NAN, -2.0];
    let mut batch = candidates.batch();
    batch.columns.push(ColumnInput {
        name: "ms",
        unit: "T",
        mean: &mean,
        std: None,
    });
    let outcome = session.predict(&batch, &job()).expect("outcome");
    let got = &outcome.columns[0].mean;
    assert_eq!((got[0], got[2]), (0.5, -6.0));
    assert!(got[1].is_nan());

    batch.columns[0].mean = &mean[..2];
    assert_eq!(
        session.predict(&batch, &job()),
        Err(PredictError::Input("ms: 2 instead of 3".to_owned()))
    );
}

#[test]
fn notes_arrive_on_their_rows() {
    let guest = Guest {
        extra: r#"(data (i32.const 64) "no lithium")"#.to_owned(),
        predict: "
            (local $r i32) (local $rows i32)
            (local.set $rows (call $rows (local.get $in)))
            (local.set $r (call $answer (i32.const 1)))
            (call $fill (local.get $in) (call $column (local.get $r) (i32.const 0) (local.get $rows)) (local.get $rows))
            (call $notes (local.get $r) (local.get $rows) (i32.const 2) (i32.const 64) (i32.const 10))
            (local.get $r)",
        ..Guest::default()
    };
    let session = Session::new(&load(&guest).expect("good"), &[]).expect("defaults");
    let outcome = session
        .predict(&atoms([1.0, 2.0, 3.0]).batch(), &job())
        .expect("outcome");
    assert_eq!(outcome.texts, ["no lithium"]);
    let on = |row| {
        outcome
            .notes_at(row)
            .map(|(n, text)| (n.kind, n.property, text))
            .collect::<Vec<_>>()
    };
    assert_eq!(on(0), [(NoteKind::Plugin, None, "no lithium")]);
    assert_eq!(on(1), [(NoteKind::Plugin, None, "no lithium")]);
    assert_eq!(on(2), []);
}

#[test]
fn threads_share_a_session_and_get_the_same_values() {
    let session = Session::new(&load(&Guest::default()).expect("good"), &[]).expect("defaults");
    let candidates = atoms((0..500).map(f64::from));
    let alone = session
        .predict(&candidates.batch(), &job())
        .expect("outcome");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(
                        session.predict(&candidates.batch(), &job()),
                        Ok(alone.clone())
                    );
                }
            });
        }
    });
}
