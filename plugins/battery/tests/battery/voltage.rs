//! Voltages: looked up, of the potential, of the carried model, of the regression and its data.

use crate::training;
use crate::{assert_close, table, with_models};
use battery::Battery;
use battery::carried::POTENTIAL_VOLTAGE;
use battery::ion::IONS;
use plugin_sdk::testing::{Table, Trial};

#[test]
fn measured_voltages_lie_within_the_stated_uncertainty() {
    // Two standard deviations for the well-known; sources in cathodes_measured.csv.
    let known = [
        ("LiCoO2", 3.8),
        ("LiFePO4", 3.4),
        ("LiMn2O4", 4.1),
        ("LiMnPO4", 4.1),
        ("LiNi0.8Co0.15Al0.05O2", 3.7),
        ("Na3V2(PO4)3", 3.4),
        ("NaFeO2", 3.3),
    ];
    let formulas: Vec<_> = known.iter().map(|(f, _)| *f).collect();
    let table = table(&formulas, &[]);
    for (row, (formula, measured)) in known.iter().enumerate() {
        let voltage = table.value(row, "average_voltage").unwrap();
        let std = table.std(row, "average_voltage").unwrap();
        assert!(
            (voltage - measured).abs() <= 2.0 * std,
            "{formula}: {voltage} ± {std}, measured {measured}"
        );
        assert_close(table.value(row, "voltage_measured"), *measured, 1e-9);
    }
}

#[test]
fn the_potential_speaks_where_no_pair_is_looked_up_and_all_of_the_ion_may_leave() {
    let formulas = ["LiMnO2", "LiFePO4", "Li3PO4"];
    let table = Trial::new(&formulas)
        .unwrap()
        .column_with_std(POTENTIAL_VOLTAGE, "V", &[3.1, 4.2, 5.0], &[0.3; 3])
        .predict::<Battery>()
        .unwrap();
    let alone = self::table(&formulas, &[]);
    let note = "voltage from the computed pair";
    assert!(alone.notes(0).iter().any(|n| n.contains(note)));
    let voltage = |t: &Table, row| t.value(row, "average_voltage");
    // A computed pair comes first.
    assert_eq!(voltage(&table, 0), voltage(&alone, 0));
    assert_eq!(voltage(&table, 1), Some(4.2));
    assert_eq!(table.std(1, "average_voltage"), Some(0.3));
    assert_eq!(voltage(&table, 2), None);
}

#[test]
fn the_carried_model_stands_in_where_the_regression_knows_no_couple() {
    let unknown = battery::redox::LADDER
        .iter()
        .zip(battery::coefficients::COUPLES_SEEN)
        .filter(|(_, seen)| !seen)
        .count();
    assert!(unknown > 0);
    let formulas = [
        "LiPdO2", "Li2PdO3", "LiPd2O4", "Li2RhO2", "NaPdPO4", "LiCu2O3", "LiIrPO5",
    ];
    let alone = table(&formulas, &[]);
    let said = [[3.0, 0.5, 12.0, 0.5]; 7];
    let both = with_models(&formulas, &said, None);
    let mut stood_in = 0;
    for row in 0..formulas.len() {
        let lacked = alone.notes(row).iter().any(|n| n.contains("no data on"));
        if lacked {
            stood_in += 1;
            assert_eq!(alone.value(row, "average_voltage"), None);
            assert_close(
                both.value(row, "average_voltage"),
                3.0 + battery::coefficients::LOOKUP_BIAS,
                1e-9,
            );
            let std = 0.5_f64.hypot(battery::coefficients::LOOKUP_DEVIATION);
            assert_close(both.std(row, "average_voltage"), std, 1e-9);
        } else {
            assert_eq!(
                alone.value(row, "average_voltage"),
                both.value(row, "average_voltage")
            );
        }
    }
    assert!(stood_in > 0);
}

#[test]
fn voltages_are_looked_up_only_where_the_pair_is_known() {
    let table = table(&["LiMnPO4", "Li4Mn4P4O16", "LiNi0.8Mn0.1Co0.1O2"], &[]);
    for row in 0..2 {
        assert_close(table.value(row, "voltage_computed"), 3.855, 1e-9);
        assert!(table.notes(row).contains(&"voltage from the computed pair"));
    }
    assert_eq!(table.value(2, "voltage_computed"), None);
    assert!(table.notes(2).contains(&"voltage by regression"));
}

#[test]
fn looked_up_voltages_of_an_untested_ion_are_less_certain_and_say_so() {
    // 0.298 V for lithium; with it in quadrature the regression's 0.551 V for Ca, 0.573 V for K, 0.593 V for Na, and the
    // 0.529 V of all ions for Al and Zn, for which none is offered
    let cases = [
        ("Li", "LiMnPO4", 0.298, None),
        (
            "Na",
            "NaMnPO4",
            0.664,
            Some("fewer than three cathodes of Na"),
        ),
        ("K", "KWO3", 0.646, Some("not tested for K")),
        ("Ca", "CaMn2O4", 0.626, Some("not tested for Ca")),
        (
            "Zn",
            "ZnMn2O4",
            0.607,
            Some("fewer than three cathodes of Zn"),
        ),
        ("Al", "AlMn2O4", 0.607, Some("not tested for Al")),
    ];
    for (ion, formula, std, note) in cases {
        let table = table(&[formula], &[("ion", ion)]);
        assert!(
            table.notes(0).contains(&"voltage from the computed pair"),
            "{formula}: {:?}",
            table.notes(0)
        );
        assert_close(table.std(0, "average_voltage"), std, 1e-3);
        assert!(table.std(0, "voltage_computed") > table.std(0, "average_voltage"));
        let found: Vec<_> = table
            .notes(0)
            .into_iter()
            .filter(|n| n.contains("tested"))
            .collect();
        match note {
            Some(words) => assert!(found.len() == 1 && found[0].ends_with(words), "{found:?}"),
            None => assert!(found.is_empty(), "{found:?}"),
        }
    }
}

#[test]
fn the_note_on_untested_voltages_names_the_ion() {
    for ion in &IONS {
        let note = battery::pairs::lookup_error(ion).note;
        match note {
            Some(note) => assert_eq!(note.rsplit(' ').next(), Some(ion.symbol)),
            None => assert_eq!(ion.symbol, "Li"),
        }
    }
}

#[test]
fn the_texts_state_what_the_error_of_computed_voltages_rests_on() {
    let description = <Battery as plugin_sdk::DomainModel>::describe();
    let text = format!("{description:?}");
    let cathodes = "11 measured cathodes (9 Li, 1 Na, 1 Zn)";
    assert_eq!(text.matches(cathodes).count(), 3);
}

#[test]
fn consecutive_computed_steps_are_averaged_by_charge() {
    // MnO2 to LiMn2O4 at 3.724 V and on to LiMnO2 at 2.724 V, half of the lithium each.
    assert_close(
        table(&["LiMnO2"], &[]).value(0, "voltage_computed"),
        3.224,
        1e-3,
    );
}

#[test]
fn too_little_data_on_an_ion_gives_no_regression() {
    let table = table(&["ZnFePO4F", "ZnMn2O4"], &[("ion", "Zn")]);
    assert_eq!(table.value(0, "average_voltage"), None);
    assert!(
        table
            .notes(0)
            .iter()
            .any(|n| n.contains("known of zinc do not carry a regression")),
        "{:?}",
        table.notes(0)
    );
    assert_close(table.value(1, "voltage_computed"), 1.530, 1e-9);
}

#[test]
fn the_shipped_coefficients_are_those_of_the_shipped_data() {
    let fit = training::fit();
    let shipped = battery::coefficients::COEFFICIENTS;
    for (shipped, fitted) in shipped.iter().zip(&fit.coefficients) {
        assert!((shipped - fitted).abs() < 1e-5, "{shipped} {fitted}");
    }
    assert_eq!(battery::coefficients::COUPLES_SEEN, fit.couples_seen);
    assert_eq!(battery::coefficients::FRAMEWORKS, fit.frameworks);
    assert!(
        (battery::coefficients::OVERALL.mean_absolute - fit.overall.mean_absolute).abs() < 1e-3
    );
    for (shipped, fitted) in battery::coefficients::BY_ION.iter().zip(&fit.ions) {
        assert_eq!(
            (shipped.rows, shipped.offered),
            (fitted.rows, fitted.offered)
        );
        assert!((shipped.root_mean_square - fitted.root_mean_square).abs() < 1e-3);
        assert!((shipped.of_the_mean - fitted.of_the_mean).abs() < 1e-3);
    }
    assert_eq!(battery::coefficients::LOOKUP_PAIRS, fit.lookup_pairs);
    assert_eq!(
        fit.lookup_pairs.iter().sum::<usize>(),
        fit.lookup_differences.len()
    );
    let (bias, deviation) = training::mean_and_deviation(&fit.lookup_differences);
    assert!((battery::coefficients::LOOKUP_BIAS - bias).abs() < 1e-3);
    assert!((battery::coefficients::LOOKUP_DEVIATION - deviation).abs() < 1e-3);
}

#[test]
fn the_regression_earns_its_place_against_experiment() {
    let fit = training::fit();
    assert!(fit.unbalanced.is_empty(), "{:?}", fit.unbalanced);
    let measured: Vec<_> = fit
        .rows
        .iter()
        .zip(&fit.predicted)
        .filter(|(row, _)| row.measured)
        .collect();
    assert!(measured.len() >= 25);
    let (_, lookup) = training::mean_and_deviation(&fit.lookup_differences);
    let within = |limit: f64| {
        let inside = measured.iter().filter(|(row, guess)| {
            let std = fit.ions[row.ion.index].root_mean_square.hypot(lookup);
            (row.voltage - **guess).abs() <= limit * std
        });
        inside.count() as f64 / measured.len() as f64
    };
    assert!((0.6..=0.9).contains(&within(1.0)), "{}", within(1.0));
    assert!(within(2.0) >= 0.93, "{}", within(2.0));
}
