//! What `check` tells a plugin's author.

use crate::guest::{Guest, description};
use crate::{host, job};
use plugin_host::{
    CheckReport, Host, HostOptions, Limits, Origin, Parameter, ParameterKind, ParameterValue,
    Severity,
};

fn check(guest: &Guest) -> CheckReport {
    host()
        .check(&guest.wasm(), "test", &job())
        .expect("not cancelled")
}

fn assert_finds(report: &CheckReport, severity: Severity, words: &str) {
    let found = report
        .findings
        .iter()
        .any(|f| f.severity == severity && f.what.contains(words));
    assert!(found, "{words:?} is not among {:#?}", report.findings);
}

#[test]
fn a_good_plugin_passes_without_a_finding() {
    let report = check(&Guest::default());
    assert_eq!(report.findings, []);
    assert!(report.is_ok());
    assert_eq!(report.passed.len(), 5, "{:?}", report.passed);
    assert_eq!(report.interface.as_deref(), Some("0.1.0"));
    assert_eq!(report.description, Some(description()));
}

/// A plugin with so many parameters of so many words each.
fn many(parameters: usize, words: usize) -> Guest {
    let mut d = description();
    let kind = ParameterKind::Choice {
        words: (0..words).map(|k| format!("w{k}")).collect(),
    };
    d.parameters = (0..parameters)
        .map(|k| Parameter {
            name: format!("p{k}"),
            kind: kind.clone(),
            default: ParameterValue::Choice("w0".to_owned()),
            ..d.parameters[0].clone()
        })
        .collect();
    Guest {
        description: d,
        value: "(call $sum (local.get $in) (local.get $row))",
        ..Guest::default()
    }
}

#[test]
fn of_very_many_settings_some_are_tried_and_the_rest_is_told() {
    let report = check(&many(3, 10));
    let told = |report: &CheckReport, words: &str| {
        let passed = report.passed.join("\n");
        assert!(passed.contains(words), "{passed}");
    };
    told(&report, "under 31 settings of its parameters: an outcome");
    let report = check(&many(64, 64));
    assert!(report.is_ok(), "{:?}", report.findings);
    told(
        &report,
        "under 64 settings of its parameters (4033 more were left out)",
    );
}

#[test]
fn a_slow_plugin_is_not_tried_for_ever() {
    // Half of the fuel that a candidate may take, on each.
    let slow = Guest {
        value: "(local $k i32)
            (local.set $k (i32.const 4000))
            (loop $l (br_if $l (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
            (call $sum (local.get $in) (local.get $row))",
        ..many(8, 60)
    };
    let limits = Limits {
        fuel_per_call: 2_000_000,
        fuel_per_row: 40_000,
        ..Limits::default()
    };
    let options = HostOptions {
        limits,
        ..HostOptions::default()
    };
    let report = Host::new(options)
        .expect("a host")
        .check(&slow.wasm(), "test", &job())
        .expect("not cancelled");
    assert!(report.is_ok(), "{:?}", report.findings);
    assert_finds(&report, Severity::Warning, "trying it takes very long");
}

#[test]
fn a_file_that_does_not_load_is_a_finding_with_advice() {
    let report = host()
        .check(b"hello", "test", &job())
        .expect("not cancelled");
    assert!(!report.is_ok());
    assert_finds(&report, Severity::Error, "nor WebAssembly at all");
    assert!(report.findings[0].fix.contains("give the component"));
}

#[test]
fn a_plugin_that_traps_on_some_candidates_is_told_which() {
    let report = check(&Guest {
        value: "(if (f64.gt (call $sum (local.get $in) (local.get $row)) (f64.const 1e200)) (then unreachable))
                (f64.const 1)",
        ..Guest::default()
    });
    assert!(!report.is_ok());
    assert_finds(&report, Severity::Error, "it fails on 3 of");
    assert_finds(
        &report,
        Severity::Error,
        "first on 1e300 of Z=3 + 2e300 of Z=8",
    );
}

#[test]
fn a_value_that_depends_on_the_neighbours_is_found() {
    // each value is the number of candidates in the batch
    let report = check(&Guest {
        value: "(f64.convert_i32_s (call $rows (local.get $in)))",
        ..Guest::default()
    });
    assert_finds(
        &report,
        Severity::Error,
        "it gives another value in another batch",
    );
}

#[test]
fn a_plugin_that_stumbles_over_an_empty_batch_is_found() {
    let report = check(&Guest {
        predict: "
            (local $r i32) (local $rows i32)
            (local.set $rows (call $rows (local.get $in)))
            (if (i32.eqz (local.get $rows)) (then unreachable))
            (local.set $r (call $answer (i32.const 1)))
            (call $fill (local.get $in) (call $column (local.get $r) (i32.const 0) (local.get $rows)) (local.get $rows))
            (local.get $r)",
        ..Guest::default()
    });
    assert_finds(
        &report,
        Severity::Error,
        "it fails on a batch of 0 candidates",
    );
}

#[test]
fn a_value_made_of_nan_bits_is_found() {
    // the sign of a NaN that arithmetic on a NaN operand hands on: canonical NaNs lose it
    let report = check(&Guest {
        value: "(f64.copysign (f64.const 1) (f64.add (f64.const -nan) (call $sum (local.get $in) (local.get $row))))",
        ..Guest::default()
    });
    assert_finds(
        &report,
        Severity::Error,
        "its values depend on the bits of a NaN",
    );
}

#[test]
fn values_out_of_range_and_silent_gaps_are_warned_of() {
    let mut d = description();
    d.properties[0].valid_max = Some(10.0);
    d.properties[0].origin = Origin::Exact;
    let report = check(&Guest {
        description: d,
        value: "(f64.sqrt (f64.sub (call $sum (local.get $in) (local.get $row)) (f64.const 1)))",
        ..Guest::default()
    });
    assert!(report.is_ok(), "{:#?}", report.findings);
    assert_finds(
        &report,
        Severity::Warning,
        "atoms: a value had to be withheld",
    );
    assert_finds(
        &report,
        Severity::Warning,
        "atoms: missing without a note on ",
    );
    assert_finds(
        &report,
        Severity::Warning,
        "declared exact, but its standard deviation is not zero",
    );
}

#[test]
fn missing_texts_are_warned_of() {
    let mut d = description();
    d.licence.clear();
    d.authors.clear();
    d.properties[0].method.clear();
    let report = check(&Guest {
        description: d,
        ..Guest::default()
    });
    assert_finds(&report, Severity::Warning, "the description has no licence");
    assert_finds(&report, Severity::Warning, "names no author");
    assert_finds(
        &report,
        Severity::Warning,
        "property \"atoms\" has no text on its method",
    );
}

#[test]
fn a_parameter_whose_extreme_breaks_the_plugin_is_found() {
    let report = check(&Guest {
        value: "(if (f64.eq (call $number (local.get $in)) (f64.const 4)) (then unreachable))
                (call $sum (local.get $in) (local.get $row))",
        ..Guest::default()
    });
    assert_finds(
        &report,
        Severity::Error,
        "candidates with scale = 4, first on",
    );
}

#[test]
fn a_cancelled_check_stops() {
    let stopped = job();
    stopped.cancel();
    assert!(
        host()
            .check(&Guest::default().wasm(), "test", &stopped)
            .is_err()
    );
}
