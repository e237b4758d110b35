//! The semiconductor plugin against published values, random draws and held-out compositions.

mod training;

use plugin_sdk::testing::{Table, Trial};
use semiconductor::gap::{Gap, normal_cdf};
use semiconductor::judge::judge;
use semiconductor::limit;
use semiconductor::uses::{
    AFFINITY_ERROR, COLOURS, LEAST_AFFINITY, PHOTON, TRANSPARENT, electronegativity,
    emission_probability, gaps_of_efficiency, limiting_efficiency, photovoltaic_efficiency,
    transparent_conductor_probability,
};
use semiconductor::{
    ENERGY_MODEL, FUNCTIONAL_ERROR, GAP_MODEL, GIVEN_GAP, METAL_COLUMN, RADII, Semiconductor,
    validated,
};

const DRAWS: usize = 400_000;

/// Uniform numbers between 0 and 1 (SplitMix64) and normal ones (Box and Muller).
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A gap of this mean and deviation over all possibilities, log-normal where there is one.
    fn gap(&mut self, mean: f64, std: f64, metal: f64) -> f64 {
        if self.uniform() < metal {
            return 0.0;
        }
        let centre = mean / (1.0 - metal);
        let variance = (mean * mean + std * std) / (1.0 - metal) - centre * centre;
        let square = (1.0 + variance / (centre * centre)).ln();
        (centre.ln() - square / 2.0 + square.sqrt() * self.normal()).exp()
    }
}

/// Mean, standard deviation, and the sampling errors of both.
fn moments(values: &[f64]) -> [f64; 4] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let power = |p: i32| values.iter().map(|x| (x - mean).powi(p)).sum::<f64>() / n;
    let (second, fourth) = (power(2), power(4));
    let std = second.sqrt();
    let of_std = ((fourth - second * second).max(0.0) / n).sqrt() / (2.0 * std);
    [mean, std, std / n.sqrt(), of_std]
}

#[track_caller]
fn assert_within(found: f64, expected: f64, error: f64, what: &str) {
    assert!(
        (found - expected).abs() <= error,
        "{what}: {found} is not {expected} within {error}"
    );
}

/// Predictions for formulas with what the host would give of each: gap, deviation, share of metals, energy, deviation.
fn table(formulas: &[&str], given: &[[f64; 5]], parameters: &[(&str, &str)]) -> Table {
    let column = |k: usize| given.iter().map(|row| row[k]).collect::<Vec<f64>>();
    Trial::new(formulas)
        .unwrap()
        .column_with_std(GAP_MODEL, "eV", &column(0), &column(1))
        .column(METAL_COLUMN, "", &column(2))
        .column_with_std(ENERGY_MODEL, "eV/atom", &column(3), &column(4))
        .parameters(parameters)
        .predict::<Semiconductor>()
        .unwrap()
}

#[test]
fn the_limiting_efficiency_is_that_of_shockley_and_queisser() {
    // S. Rühle, Solar Energy 130, 139 (2016), doi:10.1016/j.solener.2016.02.015: 33.7 % at 1.34 eV.
    let (best, at) = (0..limit::GAPS)
        .map(|i| (limiting_efficiency(limit::gap(i)), limit::gap(i)))
        .fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a });
    assert_within(best, 33.7, 0.1, "the best efficiency");
    assert_within(at, 1.34, 0.011, "its gap");
    let [low, high] = gaps_of_efficiency(30.0).unwrap();
    assert!((0.9..1.0).contains(&low) && (1.6..1.7).contains(&high));
    assert_eq!(gaps_of_efficiency(40.0), None);
    for beyond in [f64::NAN, -1.0, 0.0, 1e9] {
        assert_eq!(limiting_efficiency(beyond), 0.0);
    }
}

#[test]
fn the_dark_current_is_the_integral_of_black_body_photons() {
    let (planck, light, boltzmann, charge) = (
        6.626_070_15e-34,
        299_792_458.0,
        1.380_649e-23,
        1.602_176_634e-19,
    );
    for gap in [0.3, 1.1, 2.0_f64] {
        let (from, to, parts) = (gap * charge, (gap + 2.0) * charge, 200_000);
        let width = (to - from) / f64::from(parts);
        let sum: f64 = (0..parts)
            .map(|k| {
                let e = from + (f64::from(k) + 0.5) * width;
                e * e / ((e / (boltzmann * limit::TEMPERATURE)).exp() - 1.0)
            })
            .sum();
        let quanta: f64 = planck * planck * planck * light * light;
        let expected = std::f64::consts::TAU * charge / quanta * sum * width;
        assert_within(
            limit::dark_current(gap) / expected,
            1.0,
            1e-6,
            "the dark current",
        );
    }
}

/// Gaps, deviations and shares of metals as the model gives them.
const KNOWN: [(f64, f64, f64); 6] = [
    (1.4, 0.3, 0.0),
    (1.1, 0.7, 0.2),
    (0.4, 0.8, 0.6),
    (3.3, 0.5, 0.01),
    (2.5, 1.5, 0.05),
    (5.0, 1.2, 0.0),
];

#[test]
fn what_follows_from_the_gap_has_the_moments_of_random_draws() {
    let mut random = Random(7);
    for (mean, std, metal) in KNOWN {
        let gap = Gap::predicted(mean, std, metal);
        let draws: Vec<f64> = (0..DRAWS).map(|_| random.gap(mean, std, metal)).collect();
        let [m, s, of_m, of_s] = moments(&draws);
        assert_within(m, mean, 4.0 * of_m, "the mean of the draws themselves");
        assert_within(s, std, 5.0 * of_s, "their deviation");

        let efficiencies: Vec<f64> = draws.iter().map(|e| limiting_efficiency(*e)).collect();
        let [m, s, of_m, of_s] = moments(&efficiencies);
        let stated = photovoltaic_efficiency(&gap);
        assert_within(stated.mean, m, 4.0 * of_m + 1e-3, "mean efficiency");
        assert_within(
            stated.std,
            s,
            4.0 * of_s + 1e-3,
            "deviation of the efficiency",
        );

        let open: Vec<f64> = draws
            .iter()
            .filter(|e| **e > 0.0)
            .map(|e| PHOTON / e)
            .collect();
        let [m, s, of_m, of_s] = moments(&open);
        let stated = gap.reciprocal(PHOTON).unwrap();
        assert_within(stated.mean, m, 5.0 * of_m, "mean wavelength");
        // The fourth moment of a broad log-normal variable is itself poorly sampled.
        assert_within(
            stated.std,
            s,
            (6.0 * of_s).max(0.03 * s),
            "deviation of the wavelength",
        );
    }
}

#[test]
fn probabilities_are_the_shares_of_random_draws() {
    let mut random = Random(11);
    for (mean, std, metal) in KNOWN {
        let gap = Gap::predicted(mean, std, metal);
        let draws: Vec<f64> = (0..DRAWS).map(|_| random.gap(mean, std, metal)).collect();
        let share = |is: &mut dyn FnMut(f64) -> bool| {
            draws.iter().filter(|e| is(**e)).count() as f64 / DRAWS as f64
        };
        let error = |p: f64| 4.5 * (p * (1.0 - p) / DRAWS as f64).sqrt() + 1e-5;
        for (colour, [short, long]) in COLOURS {
            let stated = emission_probability(&gap, [short, long]);
            let found = share(&mut |e| e > 0.0 && (short..long).contains(&(PHOTON / e)));
            assert_within(stated, found, error(stated), colour);
        }
        for chi in [4.8, 5.5, 6.2] {
            let stated = transparent_conductor_probability(&gap, chi);
            let mut noise = Random(13);
            let found = share(&mut |e| {
                let affinity = chi - 0.5 * e + AFFINITY_ERROR * noise.normal();
                e > TRANSPARENT && affinity > LEAST_AFFINITY
            });
            assert_within(stated, found, error(stated), "transparent conductor");
        }
    }
}

#[test]
fn a_sure_gap_has_sure_uses_and_a_metal_none() {
    let gap = Gap::given(1.34, 0.0);
    let efficiency = photovoltaic_efficiency(&gap);
    assert_eq!(efficiency.mean, limiting_efficiency(1.34));
    assert_eq!(efficiency.std, 0.0);
    assert_eq!(gap.between(1.3, 1.4), 1.0);
    assert_eq!(gap.between(1.4, 1.5), 0.0);
    for metal in [
        Gap::given(0.0, 0.1),
        Gap::predicted(0.0, 0.0, 1.0),
        Gap::predicted(0.3, 0.1, 1.0),
    ] {
        assert_eq!(photovoltaic_efficiency(&metal).mean, 0.0);
        assert_eq!(metal.between(0.1, 10.0), 0.0);
        assert!(metal.if_open().is_none());
    }
}

#[test]
fn a_gap_that_was_learnt_is_no_surer_than_a_report() {
    let learnt = Gap::predicted(1.3, 0.0, 0.0);
    assert_within(learnt.overall().std, 0.15, 1e-12, "its deviation");
    assert_within(learnt.overall().mean, 1.3, 1e-12, "its mean");
    for (mean, std, metal) in KNOWN {
        let overall = Gap::predicted(mean, std, metal).overall();
        assert_within(overall.mean, mean, 1e-9, "mean");
        assert_within(overall.std, std, 1e-9, "deviation");
    }
}

#[test]
fn a_row_is_predicted_from_what_the_models_say() {
    let said = [
        [1.45, 0.2, 0.0, -0.4, 0.1],
        [0.05, 0.2, 0.95, 0.0, 0.0],
        [3.5, 0.4, 0.0, -1.6, 0.1],
        [f64::NAN; 5],
    ];
    let t = table(&["GaAs", "Fe", "ZnO", "SiC"], &said, &[]);
    assert_eq!(t.value(0, "band_gap"), Some(1.45));
    assert_within(
        t.std(0, "band_gap").unwrap(),
        0.2,
        1e-12,
        "error of the gap",
    );
    assert!(t.value(0, "photovoltaic_efficiency").unwrap() > 30.0);
    assert!(t.value(0, "photovoltaic_probability").unwrap() > 0.5);
    assert!(t.notes(0).contains(&"likely use: absorber of a solar cell"));
    assert_within(
        t.value(0, "formation_probability").unwrap(),
        normal_cdf(0.4 / 0.1_f64.hypot(FUNCTIONAL_ERROR)),
        1e-12,
        "probability of formation",
    );
    // Arsenic: 74.92 of 144.64 g/mol.
    assert_within(
        t.value(0, "toxic_mass_fraction").unwrap(),
        0.518,
        1e-3,
        "toxic",
    );
    assert!(t.value(1, "photovoltaic_efficiency").unwrap() < 2.0);
    assert_eq!(t.value(1, "emission_wavelength"), None);
    // Said without an error by a model that has learnt it: the error of its data remains.
    assert_within(
        t.value(1, "formation_probability").unwrap(),
        0.5,
        1e-12,
        "of nothing",
    );
    assert!(t.value(2, "transparent_conductor_probability").unwrap() > 0.5);
    for property in ["band_gap", "photovoltaic_efficiency", "formation_energy"] {
        assert_eq!(t.value(3, property), None, "{property}");
    }
    assert!(t.value(3, "material_cost").is_some());
}

#[test]
fn the_gap_of_the_table_counts_before_the_models() {
    let t = Trial::new(&["CdTe", "CdTe", "CdTe"])
        .unwrap()
        .column_with_std(GAP_MODEL, "eV", &[3.0; 3], &[0.3; 3])
        .column_with_std(
            GIVEN_GAP,
            "eV",
            &[1.45, 1.45, f64::NAN],
            &[0.1, f64::NAN, f64::NAN],
        )
        .predict::<Semiconductor>()
        .unwrap();
    assert_eq!(t.value(0, "band_gap"), Some(3.0));
    let efficiency = |row| t.value(row, "photovoltaic_efficiency").unwrap();
    assert!(efficiency(0) > 30.0 && efficiency(1) > 30.0 && efficiency(2) < 10.0);
    assert_eq!(t.std(1, "photovoltaic_efficiency"), Some(0.0));
    assert!(
        t.notes(1)
            .contains(&"uses by the table's band gap, taken as exact")
    );
}

#[test]
fn the_colour_and_the_least_efficiency_can_be_chosen() {
    let said = [[2.75, 0.1, 0.0, -0.5, 0.1]];
    let blue = table(&["GaN"], &said, &[("colour", "blue")]);
    let red = table(&["GaN"], &said, &[("colour", "red")]);
    assert!(blue.value(0, "emission_probability").unwrap() > 0.4);
    assert!(red.value(0, "emission_probability").unwrap() < 1e-3);
    let none = table(&["GaN"], &said, &[("least_efficiency", "33.7")]);
    assert!(none.value(0, "photovoltaic_probability").unwrap() < 1e-6);
}

#[test]
fn the_tolerance_factor_is_goldschmidts() {
    // SrTiO3 by Shannon: Sr 1.44, Ti 0.605, O 1.40 Å.
    let trial = [1.44, 0.605, 1.40]
        .iter()
        .zip(RADII)
        .fold(Trial::new(&["SrTiO3"]).unwrap(), |trial, (radius, name)| {
            trial.column(name, "Å", &[*radius])
        });
    let t = trial.predict::<Semiconductor>().unwrap();
    assert_within(t.value(0, "goldschmidt_factor").unwrap(), 1.0017, 1e-3, "t");
}

/// With measured gaps; what is known of each compound is textbook knowledge.
#[test]
fn known_transparent_conductors_are_told_from_insulators() {
    let gaps: std::collections::BTreeMap<String, f64> = {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../datasets/band_gaps_measured.csv"
        );
        let mut reader = csv::Reader::from_path(file).unwrap();
        let rows = reader.records().map(Result::unwrap);
        let key = |formula: &str| {
            let parsed = matter::formula::parse(formula).unwrap().composition;
            let parsed = parsed.as_ref();
            let atoms = parsed.total_atoms();
            parsed
                .iter()
                .map(|(e, n)| format!("{}{:.3}", e.symbol(), n / atoms))
                .collect::<String>()
        };
        rows.map(|row| (key(&row[0]), row[1].parse().unwrap()))
            .collect()
    };
    let probability = |formula: &str| {
        let parsed = matter::formula::parse(formula).unwrap().composition;
        let parsed = parsed.as_ref();
        let atoms = parsed.total_atoms();
        let key: String = parsed
            .iter()
            .map(|(e, n)| format!("{}{:.3}", e.symbol(), n / atoms))
            .collect();
        let chi = electronegativity(parsed).unwrap();
        transparent_conductor_probability(&Gap::given(gaps[&key], 0.0), chi)
    };
    for conductor in CONDUCTORS {
        assert!(probability(conductor) > 0.5, "{conductor}");
    }
    let taken: Vec<&str> = INSULATORS
        .into_iter()
        .filter(|insulator| probability(insulator) > 0.5)
        .collect();
    assert_eq!(taken, ["ZrO2", "HfO2", "B2O3", "Ta2O5", "LiNbO3", "LiTaO3"]);
}

const CONDUCTORS: [&str; 11] = [
    "SnO2", "ZnO", "Ga2O3", "SrTiO3", "TiO2", "GaN", "ZnSnO3", "SrSnO3", "CaSnO3", "KTaO3", "ZnS",
];
const INSULATORS: [&str; 23] = [
    "MgO", "ZrO2", "HfO2", "CaF2", "LiF", "NaCl", "BeO", "CaO", "SrO", "BaO", "Y2O3", "La2O3",
    "Sc2O3", "B2O3", "MgF2", "BaF2", "KCl", "NaF", "AlN", "Ta2O5", "LiNbO3", "LiTaO3", "KBr",
];

#[test]
fn the_stated_quality_of_the_probabilities_is_that_of_the_held_out_compositions() {
    let rows = training::held_out();
    assert_eq!(rows.len(), validated::HELD_OUT);
    let stated = [
        validated::METALS,
        validated::PHOTOVOLTAICS,
        validated::EMITTERS,
        validated::CONDUCTORS,
    ];
    for (found, stated) in judge(&rows).iter().zip(stated) {
        for (found, stated) in [
            (found.share, stated.share),
            (found.share_of_likely, stated.share_of_likely),
            (found.brier, stated.brier),
            (found.skill, stated.skill),
        ] {
            assert_within(found, stated, 1e-3, "a stated figure");
        }
        // They must tell more than the plain share does, and what is called likely must be so.
        assert!(
            found.skill > 0.3 && found.share_of_likely > 0.5,
            "{found:?}"
        );
    }
}
