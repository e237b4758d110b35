//! The battery plugin against hand calculation, published values and its own training data.

mod capacity;
#[path = "../training/mod.rs"]
mod training;
mod voltage;

use battery::Battery;
use battery::carried::{CALCULATED_VOLUME, STRUCTURE_VOLUME, VOLTAGE_MODEL, VOLUME_MODEL};
use plugin_sdk::testing::{Table, Trial, predict};
use std::collections::BTreeSet;

const PROPERTIES: [&str; 14] = [
    "theoretical_capacity",
    "redox_limited_capacity",
    "voltage_computed",
    "voltage_measured",
    "average_voltage",
    "specific_energy",
    "material_cost",
    "energy_cost",
    "cobalt_mass_fraction",
    "critical_mass_fraction",
    "supply_risk",
    "volume_change",
    "density",
    "energy_density",
];

fn table(formulas: &[&str], parameters: &[(&str, &str)]) -> Table {
    predict::<Battery>(formulas, parameters).unwrap()
}

#[track_caller]
fn assert_close(value: Option<f64>, expected: f64, tolerance: f64) {
    let value = value.unwrap();
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected}"
    );
}

#[test]
fn energy_and_cost_follow_from_capacity_and_voltage() {
    let table = table(&["LiFePO4"], &[]);
    let value = |name| table.value(0, name).unwrap();
    let energy = value("redox_limited_capacity") * value("average_voltage");
    assert_close(Some(value("specific_energy")), energy, 1e-9);
    let relative = table.std(0, "average_voltage").unwrap() / value("average_voltage");
    assert_close(table.std(0, "specific_energy"), energy * relative, 1e-9);
    // The mean of a reciprocal, and its deviation, for a log-normal voltage.
    let cost = 1000.0 * value("material_cost") / energy * (1.0 + relative * relative);
    assert_close(Some(value("energy_cost")), cost, 1e-9);
    assert_close(table.std(0, "energy_cost"), cost * relative, 1e-9);
}

/// What the host would give of each formula: voltage and deviation, volume per atom and deviation.
fn with_models(formulas: &[&str], said: &[[f64; 4]], structure: Option<&[f64]>) -> Table {
    let column = |k: usize| said.iter().map(|row| row[k]).collect::<Vec<f64>>();
    let mut trial = Trial::new(formulas)
        .unwrap()
        .column_with_std(VOLTAGE_MODEL, "V", &column(0), &column(1))
        .column_with_std(VOLUME_MODEL, "Å3/atom", &column(2), &column(3));
    if let Some(volumes) = structure {
        trial = trial.column(STRUCTURE_VOLUME, "Å3", volumes);
    }
    trial.predict::<Battery>().unwrap()
}

#[test]
fn density_follows_from_the_volume_of_the_model_or_of_the_structure() {
    // LiFePO4: 291.4 Å3 for 28 atoms, 3.60 g/cm3 (V. A. Streltsov et al., Acta Crystallogr. B 49, 147 (1993)).
    let volume = 291.4 / 28.0;
    let said = [
        [3.4, 0.5, volume, 0.0],
        [3.4, 0.5, 12.0, 0.5],
        [f64::NAN; 4],
    ];
    let known = [f64::NAN, volume, f64::NAN];
    let t = with_models(&["LiFePO4"; 3], &said, Some(&known));
    assert_close(t.std(0, "density"), 0.03 * 3.6, 0.001);
    assert_eq!(t.std(1, "density"), Some(0.0));
    for row in [0, 1] {
        assert_close(t.value(row, "density"), 3.595, 0.008);
        let energy = t.value(row, "specific_energy").unwrap() * t.value(row, "density").unwrap();
        assert_close(t.value(row, "energy_density"), energy, 1e-9);
    }
    assert_eq!(t.value(2, "density"), None);
    assert_eq!(t.value(2, "energy_density"), None);
    let charged = Trial::new(&["FePO4"])
        .unwrap()
        .column_with_std(VOLUME_MODEL, "Å3/atom", &[11.0], &[0.3])
        .parameters(&[("state", "charged")])
        .predict::<Battery>()
        .unwrap();
    assert_eq!(charged.value(0, "density"), None);
}

/// Uniform numbers between 0 and 1 (SplitMix64), and a log-normal one of this mean and deviation.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn log_normal(&mut self, mean: f64, std: f64) -> f64 {
        let square = (1.0 + (std / mean).powi(2)).ln();
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.uniform()).cos();
        (mean.ln() - square / 2.0 + square.sqrt() * normal).exp()
    }
}

#[test]
fn the_errors_of_what_is_derived_are_those_of_random_draws() {
    const DRAWS: usize = 400_000;
    let formulas = ["LiFePO4", "NaMnPO4", "LiNi0.8Co0.15Al0.05O2"];
    let said = [
        [3.0, 0.5, 10.4, 0.4],
        [3.0, 0.5, 12.0, 1.5],
        [3.0, 0.5, 9.0, 0.9],
    ];
    let t = with_models(&formulas, &said, None);
    let mut random = Random(5);
    for (row, said) in said.iter().enumerate() {
        let value = |name| t.value(row, name).unwrap();
        let (voltage, of_voltage) = (
            value("average_voltage"),
            t.std(row, "average_voltage").unwrap(),
        );
        let (capacity, cost) = (value("redox_limited_capacity"), value("material_cost"));
        let of_volume = said[3].hypot(CALCULATED_VOLUME * said[2]);
        let heaviness = value("density") * said[2] / (1.0 + (of_volume / said[2]).powi(2));
        let mut draws: [Vec<f64>; 4] = Default::default();
        for _ in 0..DRAWS {
            let v = random.log_normal(voltage, of_voltage);
            let density = heaviness / random.log_normal(said[2], of_volume);
            let energy = capacity * v;
            for (all, value) in
                draws
                    .iter_mut()
                    .zip([energy, 1000.0 * cost / energy, density, energy * density])
            {
                all.push(value);
            }
        }
        for (draws, name) in draws.iter().zip([
            "specific_energy",
            "energy_cost",
            "density",
            "energy_density",
        ]) {
            let n = DRAWS as f64;
            let mean = draws.iter().sum::<f64>() / n;
            let power = |p| draws.iter().map(|x| (x - mean).powi(p)).sum::<f64>() / n;
            let (second, fourth) = (power(2), power(4));
            let of_mean = (second / n).sqrt();
            let of_std = ((fourth - second * second) / n / (4.0 * second)).sqrt();
            assert_close(t.value(row, name), mean, 4.0 * of_mean);
            assert_close(t.std(row, name), second.sqrt(), 4.0 * of_std);
        }
    }
}

#[test]
fn candidates_outside_the_domain_are_missing_with_the_reason() {
    let cases = [
        ("Fe2O3", "no Li, Na, K, Mg, Ca, Zn or Al"),
        ("Li3Bi", "no anion"),
        ("LiF", "no redox-active element"),
        ("LiAgO2", "no settled oxidation state for Ag"),
        ("Li7Mn3O2", "too few anions"),
        ("LiMnO8", "exceed their highest counted state"),
    ];
    let formulas: Vec<_> = cases.iter().map(|(f, _)| *f).collect();
    let table = table(&formulas, &[]);
    for (row, (formula, reason)) in cases.iter().enumerate() {
        assert!(
            table.notes(row).iter().any(|n| n.contains(reason)),
            "{formula}: {:?}",
            table.notes(row)
        );
        for property in [
            "redox_limited_capacity",
            "average_voltage",
            "specific_energy",
            "energy_cost",
        ] {
            assert_eq!(table.value(row, property), None, "{formula} {property}");
        }
    }
}

#[test]
fn the_ion_may_be_named() {
    let sodium = table(&["LiFePO4", "NaLiFePO4F"], &[("ion", "Na")]);
    assert_eq!(sodium.value(0, "theoretical_capacity"), None);
    assert_eq!(sodium.notes(0), ["no sodium"]);
    assert!(sodium.value(1, "redox_limited_capacity").is_some());
}

#[test]
fn hostile_compositions_give_no_nonsense() {
    let all: String = (1..=118)
        .map(|z| matter::Element::new(z).unwrap().symbol().to_owned())
        .collect();
    let formulas = [
        all.as_str(),
        "Li",
        "O",
        "H",
        "Li1000000000CoO2",
        "LiCo1000000000O2",
        "Li0.000000001CoO2",
        "LiCoO1000000000",
        "KMnO4",
        "LiC6",
        "NH4FePO4",
        "FeS2",
        "LiFeS2",
        "CuSO4(H2O)5",
        "Og",
        "LiHe2",
        "Li3N",
        "UO2",
        "LiU2O5",
        "AlFeO3",
    ];
    for state in ["discharged", "charged"] {
        for ion in ["auto", "Li", "Na", "K", "Mg", "Ca", "Zn", "Al"] {
            let table = table(&formulas, &[("state", state), ("ion", ion)]);
            for (row, formula) in formulas.iter().enumerate() {
                for property in PROPERTIES {
                    let (value, std) = (table.value(row, property), table.std(row, property));
                    assert!(
                        value.is_none_or(f64::is_finite),
                        "{formula} {property} {value:?}"
                    );
                    assert!(
                        std.is_none_or(|s| s.is_finite() && s >= 0.0),
                        "{formula} {property} {std:?}"
                    );
                    if property != "volume_change" {
                        assert!(
                            value.is_none_or(|v| v >= 0.0),
                            "{formula} {property} {value:?}"
                        );
                    }
                }
                let missing = table.value(row, "specific_energy").is_none();
                assert!(
                    !missing || !table.notes(row).is_empty(),
                    "{formula} is missing without a reason"
                );
            }
        }
    }
}

#[test]
fn the_shipped_candidates_can_be_ranked() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../datasets/cathode_candidates.csv"
    );
    let mut reader = csv::Reader::from_path(file).unwrap();
    let column = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "formula")
        .unwrap();
    let formulas: Vec<String> = reader
        .records()
        .map(|r| r.unwrap()[column].to_owned())
        .collect();
    assert!(formulas.len() >= 250);
    assert_eq!(
        formulas.iter().collect::<BTreeSet<_>>().len(),
        formulas.len()
    );
    let table = table(
        &formulas.iter().map(String::as_str).collect::<Vec<_>>(),
        &[],
    );
    let unranked: Vec<_> = (0..formulas.len())
        .filter(|row| table.value(*row, "energy_cost").is_none())
        .collect();
    assert!(
        unranked.len() <= 5,
        "{:?}",
        unranked
            .iter()
            .map(|row| &formulas[*row])
            .collect::<Vec<_>>()
    );
    assert!(unranked.iter().all(|row| !table.notes(*row).is_empty()));
}
