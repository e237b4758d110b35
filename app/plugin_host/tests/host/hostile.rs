//! Plugins that load and then misbehave: each ends in a clear message, in bounded time, with everybody else's rows kept.

use std::time::{Duration, Instant};

use crate::guest::{Guest, description, property};
use crate::{atoms, job};
use plugin_host::{BatchOutcome, Host, HostOptions, Limits, NoteKind, PredictError, Session};

/// The atoms of the row, checked against 100.
const IF_LARGE: &str = "(f64.gt (call $sum (local.get $in) (local.get $row)) (f64.const 100))";

fn session_with(guest: &Guest, limits: Limits) -> Session {
    let options = HostOptions {
        limits,
        ..HostOptions::default()
    };
    let host = Host::new(options).expect("a host");
    let plugin = host.load(&guest.wasm(), "test").expect("it loads");
    Session::new(&plugin, &[]).expect("defaults")
}

/// A guest whose `value` runs `body` on rows of more than 100 atoms and counts atoms on the others.
fn on_large(body: &str) -> Guest {
    let value =
        format!("(if {IF_LARGE} (then {body})) (call $sum (local.get $in) (local.get $row))");
    Guest {
        value: Box::leak(value.into_boxed_str()),
        ..Guest::default()
    }
}

/// Predicts rows of 1, 2, 3, ... atoms with `large` of them above 100.
fn predict(guest: &Guest, rows: usize, large: &[usize]) -> BatchOutcome {
    let amounts = (0..rows).map(|row| {
        if large.contains(&row) {
            1000.0
        } else {
            1.0 + row as f64 / 100.0
        }
    });
    let outcome = session_with(guest, Limits::default()).predict(&atoms(amounts).batch(), &job());
    outcome.expect("an outcome")
}

fn reasons(outcome: &BatchOutcome) -> Vec<&str> {
    let lost = |row: &u32| {
        outcome
            .notes_at(*row)
            .filter(|(n, _)| n.kind == NoteKind::Lost)
            .map(|(_, text)| text)
            .next()
    };
    outcome.lost.iter().filter_map(lost).collect()
}

/// Rows 70 and 900 of 1000 make the plugin misbehave: they alone are lost, with this in the reason.
fn loses_two_rows(body: &str, reason: &str) {
    let outcome = predict(&on_large(body), 1000, &[70, 900]);
    assert_eq!(outcome.lost, [70, 900]);
    for text in reasons(&outcome) {
        assert!(
            text.starts_with("plugin sum failed on this candidate: "),
            "{text}"
        );
        assert!(text.contains(reason), "{text}");
    }
    assert_eq!(reasons(&outcome).len(), 2);
    for (row, mean) in outcome.columns[0].mean.iter().enumerate() {
        if outcome.lost.contains(&(row as u32)) {
            assert!(mean.is_nan());
        } else {
            assert_eq!(*mean, 1.0 + row as f64 / 100.0);
        }
    }
}

/// All rows of a batch of 8 are lost, with this in the reason.
fn loses_everything(predict_body: &'static str, reason: &str) -> BatchOutcome {
    let guest = Guest {
        predict: predict_body,
        ..Guest::default()
    };
    let outcome = predict(&guest, 8, &[]);
    assert_eq!(outcome.lost.len(), 8);
    for text in reasons(&outcome) {
        assert!(text.contains(reason), "{text}");
    }
    assert_eq!(reasons(&outcome).len(), 8);
    outcome
}

#[test]
fn a_trap_loses_only_the_rows_that_cause_it() {
    loses_two_rows(
        "(unreachable)",
        "it crashed (a panic, or the instruction `unreachable`)",
    );
}

#[test]
fn a_bad_memory_access_loses_only_its_rows() {
    loses_two_rows(
        "(drop (i32.load (i32.const -8)))",
        "it crashed (out of bounds memory access)",
    );
}

#[test]
fn an_endless_loop_loses_only_its_rows() {
    loses_two_rows("(loop $for_ever (br $for_ever))", "it used up its fuel of");
}

#[test]
fn a_memory_bomb_loses_only_its_rows() {
    loses_two_rows(
        "(drop (memory.grow (i32.const 8192)))",
        "it asked for more than its 256 MiB of memory",
    );
}

#[test]
fn endless_recursion_loses_only_its_rows() {
    let mut guest = on_large("(call $deep)");
    guest.extra = "(func $deep (call $deep) (call $deep))".to_owned();
    let outcome = predict(&guest, 300, &[299]);
    assert_eq!(outcome.lost, [299]);
    assert!(reasons(&outcome)[0].contains("it overflowed its 1024 KiB of stack"));
}

#[test]
fn an_endless_loop_everywhere_ends_soon_and_loses_the_batch() {
    let started = Instant::now();
    let outcome = loses_everything(
        "(loop $for_ever (br $for_ever)) (unreachable)",
        "it used up its fuel",
    );
    assert!(outcome.columns[0].mean.iter().all(|x| x.is_nan()));
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn the_rows_lost_do_not_depend_on_the_batch_they_are_in() {
    let guest = on_large("(unreachable)");
    let whole = predict(&guest, 64, &[3, 4, 40]);
    let again = predict(&guest, 48, &[3, 4, 40]);
    assert_eq!(
        (&whole.lost, &again.lost),
        (&vec![3, 4, 40], &vec![3, 4, 40])
    );
}

#[test]
fn a_trap_on_the_second_call_never_happens_in_fresh_instances() {
    let guest = Guest {
        extra: "(global $calls (mut i32) (i32.const 0))
            (func $count (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
              (if (i32.gt_u (global.get $calls) (i32.const 1)) (then unreachable)))"
            .to_owned(),
        predict: "
            (local $r i32)
            (call $count)
            (local.set $r (call $answer (i32.const 1)))
            (call $fill (local.get $in) (call $column (local.get $r) (i32.const 0) (call $rows (local.get $in)))
              (call $rows (local.get $in)))
            (local.get $r)",
        ..Guest::default()
    };
    let session = session_with(&guest, Limits::default());
    for _ in 0..10 {
        let outcome = session
            .predict(&atoms([7.0]).batch(), &job())
            .expect("outcome");
        assert_eq!(outcome.columns[0].mean, [7.0]);
    }
    assert_eq!(session.switched_off(), None);
}

#[test]
fn after_three_faulty_batches_the_plugin_is_switched_off() {
    let session = session_with(&on_large("(unreachable)"), Limits::default());
    let (good, bad) = (atoms([1.0, 2.0]), atoms([1.0, 200.0]));
    for batch in 1..=3 {
        assert_eq!(session.switched_off(), None);
        let outcome = session.predict(&bad.batch(), &job()).expect("outcome");
        // the third needs no search: its columns are missing whatever it finds
        let lost: &[u32] = if batch < 3 { &[1] } else { &[0, 1] };
        assert_eq!(outcome.lost, lost, "batch {batch}");
    }
    let message = "plugin sum was switched off: it failed in 3 batches";
    assert_eq!(session.switched_off().as_deref(), Some(message));
    assert!(
        session
            .example_fault()
            .is_some_and(|why| why.contains("it crashed"))
    );
    let outcome = session.predict(&good.batch(), &job()).expect("outcome");
    assert_eq!(reasons(&outcome), [message; 2]);
    assert!(outcome.columns[0].mean.iter().all(|x| x.is_nan()));
}

#[test]
fn a_plugins_own_error_is_shown_without_control_characters() {
    let guest = Guest {
        extra: r#"(data (i32.const 64) "column \1b[31mms\0ais needed")"#.to_owned(),
        predict: "
            (local $r i32)
            (local.set $r (call $answer (i32.const 0)))
            (i32.store8 (local.get $r) (i32.const 1))
            (i32.store offset=4 (local.get $r) (i32.const 64))
            (i32.store offset=8 (local.get $r) (i32.const 24))
            (local.get $r)",
        ..Guest::default()
    };
    let outcome = predict(&guest, 2, &[]);
    assert_eq!(outcome.lost, [0, 1]);
    assert_eq!(
        reasons(&outcome)[0],
        "plugin sum failed on this candidate: it says: column [31mms is needed"
    );
}

#[test]
fn a_column_of_the_wrong_length_is_refused() {
    loses_everything(
        "(local $r i32)
         (local.set $r (call $answer (i32.const 1)))
         (drop (call $column (local.get $r) (i32.const 0) (i32.add (call $rows (local.get $in)) (i32.const 3))))
         (local.get $r)",
        "it returned 4 values of \"atoms\" for 1 candidates",
    );
}

#[test]
fn a_column_too_many_is_refused() {
    loses_everything(
        "(call $answer (i32.const 2))",
        "it returned 2 columns for its 1 properties",
    );
}

#[test]
fn a_list_that_points_outside_memory_is_refused() {
    loses_everything(
        "(local $r i32)
         (local.set $r (call $answer (i32.const 1)))
         (drop (call $column (local.get $r) (i32.const 0) (call $rows (local.get $in))))
         (i32.store (i32.load offset=4 (local.get $r)) (i32.const -65536))
         (local.get $r)",
        "it returned something malformed (list pointer/length out of bounds of memory)",
    );
    loses_everything("(i32.const -16)", "pointer out of bounds of memory");
    loses_everything("(i32.const 3)", "return pointer not aligned");
}

#[test]
fn a_small_memory_cannot_be_blown_up_by_naming_it_many_times() {
    // 65536 texts, each the same half megabyte: 32 GiB were they copied
    loses_everything(
        "(local $r i32) (local $texts i32) (local $k i32) (local $big i32)
         (local.set $r (call $answer (i32.const 1)))
         (drop (call $column (local.get $r) (i32.const 0) (call $rows (local.get $in))))
         (local.set $texts (call $alloc (i32.const 524288) (i32.const 8)))
         (local.set $big (call $alloc (i32.const 524288) (i32.const 8)))
         (loop $next
           (i32.store (i32.add (local.get $texts) (i32.shl (local.get $k) (i32.const 3))) (local.get $big))
           (i32.store offset=4 (i32.add (local.get $texts) (i32.shl (local.get $k) (i32.const 3))) (i32.const 524288))
           (local.set $k (i32.add (local.get $k) (i32.const 1)))
           (br_if $next (i32.lt_u (local.get $k) (i32.const 65536))))
         (i32.store offset=12 (local.get $r) (local.get $texts))
         (i32.store offset=16 (local.get $r) (i32.const 65536))
         (local.get $r)",
        "it returned more than 32 MiB of data",
    );
}

/// An answer with `notes` (a call of `$notes` in the guest) beside right values.
fn with_notes(notes: &str) -> Guest {
    let predict = format!(
        "(local $r i32) (local $rows i32) (local $big i32)
         (local.set $rows (call $rows (local.get $in)))
         (local.set $r (call $answer (i32.const 1)))
         (call $fill (local.get $in) (call $column (local.get $r) (i32.const 0) (local.get $rows)) (local.get $rows))
         {notes} (local.get $r)"
    );
    Guest {
        predict: Box::leak(predict.into_boxed_str()),
        ..Guest::default()
    }
}

#[test]
fn a_huge_note_is_cut() {
    let guest = with_notes(
        "(local.set $big (call $alloc (i32.const 8000000) (i32.const 8)))
         (memory.fill (local.get $big) (i32.const 97) (i32.const 8000000))
         (call $notes (local.get $r) (local.get $rows) (local.get $rows) (local.get $big) (i32.const 8000000))",
    );
    let outcome = predict(&guest, 4, &[]);
    assert_eq!(outcome.texts, [format!("{}…", "a".repeat(300))]);
    assert_eq!((outcome.notes.len(), outcome.lost.len()), (4, 0));
}

#[test]
fn thousands_of_notes_are_counted_and_left_out() {
    let guest = with_notes(
        "(call $notes (local.get $r) (local.get $rows) (i32.const 100000) (i32.const 1024) (i32.const 0))",
    );
    let outcome = predict(&guest, 10, &[]);
    assert_eq!(
        (outcome.notes.len(), outcome.dropped_notes),
        (80, 100_000 - 80)
    );
    assert_eq!(outcome.columns[0].mean[9], 1.09);
}

#[test]
fn a_note_on_a_candidate_that_is_not_there_is_refused() {
    let guest = with_notes(
        "(call $notes (local.get $r) (i32.const 99) (i32.const 99) (i32.const 64) (i32.const 0))",
    );
    let outcome = predict(&guest, 1, &[]);
    assert!(reasons(&outcome)[0].contains("a note with text 0 of 1 on candidate 1 of 1"));
}

#[test]
fn infinities_and_values_out_of_range_are_withheld_with_a_note_and_nan_is_missing() {
    let mut d = description();
    d.properties[0].valid_max = Some(50.0);
    let guest = Guest {
        description: d,
        // 1/x + sqrt(x): infinite at 0, NaN below, out of range at 1e6
        value: "(f64.add (f64.div (f64.const 1) (call $sum (local.get $in) (local.get $row)))
                         (f64.sqrt (call $sum (local.get $in) (local.get $row))))",
        ..Guest::default()
    };
    let session = session_with(&guest, Limits::default());
    let outcome = session
        .predict(&atoms([4.0, 0.0, -1.0, 1e6]).batch(), &job())
        .expect("outcome");
    let mean = &outcome.columns[0].mean;
    assert_eq!(mean[0], 2.25);
    assert!(mean[1..].iter().all(|x| x.is_nan()));
    let note = |row| {
        outcome
            .notes_at(row)
            .map(|(n, text)| (n.kind, n.property, text))
            .collect::<Vec<_>>()
    };
    assert_eq!(note(0), []);
    assert_eq!(
        note(1),
        [(
            NoteKind::Withheld,
            Some(0),
            "atoms withheld: it is infinite"
        )]
    );
    assert_eq!(note(2), []);
    assert_eq!(
        note(3),
        [(
            NoteKind::Withheld,
            Some(0),
            "atoms withheld: 1000.000001 is above the valid maximum 50 1"
        )]
    );
}

#[test]
fn an_impossible_standard_deviation_is_unknown_with_a_note() {
    let guest = with_notes(
        "(i32.store8 offset=8 (i32.load offset=4 (local.get $r)) (i32.const 2))
         (local.set $big (call $alloc (i32.const 24) (i32.const 8)))
         (f64.store (local.get $big) (f64.const -1))
         (f64.store offset=8 (local.get $big) (f64.const 0.5))
         (f64.store offset=16 (local.get $big) (f64.const inf))
         (i32.store offset=12 (i32.load offset=4 (local.get $r)) (local.get $big))
         (i32.store offset=16 (i32.load offset=4 (local.get $r)) (i32.const 3))",
    );
    let outcome = predict(&guest, 3, &[]);
    let column = &outcome.columns[0];
    assert!(column.std_at(0).is_nan() && column.std_at(2).is_nan());
    assert_eq!((column.std_at(1), column.mean[0]), (0.5, 1.0));
    let (_, text) = outcome.notes_at(0).next().expect("a note");
    assert_eq!(
        text,
        "atoms: its standard deviation -1 is impossible and taken as unknown"
    );
}

#[test]
fn more_properties_than_columns_is_a_lie_that_is_named() {
    let mut d = description();
    d.properties.push(property("mass"));
    let guest = Guest {
        description: d,
        ..Guest::default()
    };
    let outcome = predict(&guest, 1, &[]);
    assert!(reasons(&outcome)[0].contains("it returned 1 columns for its 2 properties"));
    assert_eq!(outcome.columns.len(), 2);
}

/// Limits under which fuel never runs out.
fn endless() -> Limits {
    Limits {
        fuel_per_call: u64::MAX,
        ..Limits::default()
    }
}

#[test]
fn cancelling_stops_a_running_plugin_at_once() {
    let session = session_with(&on_large("(loop $for_ever (br $for_ever))"), endless());
    let work = job();
    let handle = work.clone();
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let result = session.predict(&atoms([1.0, 500.0]).batch(), &work);
            (result, Instant::now())
        });
        std::thread::sleep(Duration::from_millis(150));
        let asked = Instant::now();
        handle.cancel();
        let (result, ended) = worker.join().expect("no panic");
        assert_eq!(result, Err(PredictError::Cancelled));
        let took = ended.saturating_duration_since(asked);
        assert!(took < Duration::from_millis(500), "{took:?}");
    });
}

#[test]
fn the_wall_clock_is_a_backstop() {
    let limits = Limits {
        wall: Duration::from_millis(100),
        ..endless()
    };
    let session = session_with(&on_large("(loop $for_ever (br $for_ever))"), limits);
    let outcome = session
        .predict(&atoms([1.0, 500.0]).batch(), &job())
        .expect("outcome");
    assert_eq!(outcome.lost, [0, 1]);
    assert_eq!(
        reasons(&outcome)[0],
        "plugin sum failed on 2 candidates with this one: it ran longer than 100ms"
    );
}
