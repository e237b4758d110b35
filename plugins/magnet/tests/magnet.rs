//! The plugin as its users see it.

use magnet::estimate::{self, Class, features};
use magnet::fit;
use magnet::measured::{MEASURED, lookup};
use magnet::{Magnet, quality};
use plugin_sdk::bindings::exports::lodestone::plugin::model as interface;
use plugin_sdk::testing::{Table, Trial, predict};
use plugin_sdk::{Batch, DomainModel, Parameters};

fn table(formulas: &[&str]) -> Table {
    predict::<Magnet>(formulas, &[]).expect("the plugin predicts")
}

fn value(table: &Table, row: usize, property: &str) -> f64 {
    table
        .value(row, property)
        .unwrap_or_else(|| panic!("{property} of row {row} is missing"))
}

fn says(table: &Table, row: usize, words: &str) -> bool {
    table.notes(row).iter().any(|note| note.contains(words))
}

#[test]
fn neodymium_iron_boron_is_looked_up_with_bound_and_hardness() {
    let t = table(&["Nd2Fe14B", "Nd4Fe28B2"]);
    for row in 0..2 {
        assert_eq!(value(&t, row, "saturation_measured"), 1.61);
        assert_eq!(value(&t, row, "anisotropy_measured"), 4900.0);
        assert_eq!(value(&t, row, "curie_temperature_measured"), 588.0);
        assert_eq!(value(&t, row, "saturation"), 1.61);
        assert!((value(&t, row, "energy_product_bound") - 515.7).abs() < 0.1);
        assert!((value(&t, row, "hardness") - 1.541).abs() < 0.001);
        assert_eq!(
            value(&t, row, "energy_product_reachable"),
            value(&t, row, "energy_product_bound")
        );
        assert!(says(&t, row, "Herbst1991"), "{:?}", t.notes(row));
    }
}

#[test]
fn looked_up_values_are_no_better_known_than_sources_agree_in_general() {
    // one source; two that agree (Fe: 2.15 and 2.158 T, 0.048 MJ/m3 twice); a negative K1
    let t = table(&["Dy2Fe14B", "Fe", "Ni"]);
    let relative = |row: usize, property: &str| {
        t.std(row, property).expect("a spread") / value(&t, row, property).abs()
    };
    for row in 0..3 {
        // pooled over the table: 3.5, 6.4 and 0.9 %, as in datasets/SOURCES.md
        assert!((relative(row, "saturation_measured") - 0.035).abs() < 5e-4);
        assert!((relative(row, "saturation") - 0.035).abs() < 5e-4);
        assert!((relative(row, "anisotropy_measured") - 0.064).abs() < 5e-4);
        assert!((relative(row, "curie_temperature_measured") - 0.0095).abs() < 5e-4);
    }
    // κ goes with √K1/µ0Ms
    assert!((relative(1, "hardness") - 0.035f64.hypot(0.032)).abs() < 5e-4);
}

#[test]
fn sources_that_disagree_more_than_others_keep_their_own_spread() {
    // Fe16N2: 2.17 and 2.58 T, 0.41/√2
    let t = table(&["Fe16N2"]);
    for property in ["saturation_measured", "saturation"] {
        assert!((t.std(0, property).expect("two sources") - 0.2899).abs() < 1e-4);
    }
}

#[test]
fn published_hardness_is_reproduced() {
    // Skomski and Coey 2016 (10.1016/j.scriptamat.2015.09.021) and Coey 2011 (10.1109/TMAG.2011.2166975), two digits
    for (formula, hardness) in [
        ("SmCo5", 4.3),
        ("Sm2Fe17N3", 2.13),
        ("Sm2Co17", 1.89),
        ("BaFe12O19", 1.35),
        ("Fe", 0.12),
        ("FePt", 2.02),
    ] {
        let found = value(&table(&[formula]), 0, "hardness");
        assert!(
            (found / hardness - 1.0).abs() < 0.05,
            "{formula}: {found} instead of {hardness}"
        );
    }
}

#[test]
fn an_anisotropy_field_stands_in_for_a_missing_constant() {
    // Dy2Fe14B: 15 T and 0.71 T give 4.2 MJ/m3
    let t = table(&["Dy2Fe14B"]);
    assert!((value(&t, 0, "anisotropy_measured") - 4238.0).abs() < 1.0);
    assert!(says(&t, 0, "anisotropy field"));
}

#[test]
fn negative_or_planar_anisotropy_is_not_counted_as_a_permanent_magnet() {
    let cases = [
        ("Fe3O4", "(cubic: easy axes <111>)"),
        ("Er2Fe14B", "easy plane: no permanent magnet"),
        ("Ni", "(cubic: easy axes <111>)"),
    ];
    let t = table(&cases.map(|c| c.0));
    for (row, (_, words)) in cases.iter().enumerate() {
        assert_eq!(t.value(row, "hardness"), None);
        assert_eq!(t.value(row, "energy_product_reachable"), None);
        assert!(says(&t, row, words), "{:?}", t.notes(row));
        assert!(t.value(row, "energy_product_bound").is_some());
    }
}

#[test]
fn a_negative_constant_means_an_easy_plane_in_uniaxial_crystals_and_easy_111_in_cubic_ones() {
    let formulas = ["Nd2Fe14B", "Fe", "MnFeP", "Fe"];
    let t = Trial::new(&formulas)
        .expect("formulas")
        .column("saturation", "T", &[1.6, 2.1, 1.2, 2.1])
        .column("anisotropy_k1", "kJ/m3", &[-10.0, -10.0, -10.0, 0.0])
        .predict::<Magnet>()
        .expect("the plugin predicts");
    assert!(says(&t, 0, "K1 is negative: easy plane"));
    assert!(says(&t, 1, "K1 is negative (cubic: easy axes <111>)"));
    assert!(says(&t, 2, "uniaxial: easy plane; cubic: easy axes <111>"));
    assert!(says(&t, 3, "zero") && !says(&t, 3, "negative"));
    for row in 0..4 {
        assert_eq!(t.value(row, "hardness"), None);
        assert!(!says(&t, row, "no easy axis"));
    }
}

#[test]
fn soft_magnets_reach_little_of_their_bound() {
    let t = table(&["Fe0.65Co0.35", "SmCo5"]);
    assert!(value(&t, 0, "energy_product_bound") > 1000.0);
    assert!(value(&t, 0, "energy_product_reachable") < 20.0);
    assert_eq!(
        value(&t, 1, "energy_product_reachable"),
        value(&t, 1, "energy_product_bound")
    );
}

#[test]
fn columns_of_the_user_win_over_table_and_estimate() {
    let t = Trial::new(&["Nd2Fe14B", "MnFeP", "MnFeP", "MnFeP", "Nd2Fe14B"])
        .expect("formulas")
        .column("saturation", "T", &[1.5, 1.2, f64::NAN, -1.0, f64::NAN])
        .column(
            "anisotropy_k1",
            "kJ/m3",
            &[f64::NAN, 2000.0, 2000.0, 2000.0, -10.0],
        )
        .predict::<Magnet>()
        .expect("the plugin predicts");
    assert_eq!(value(&t, 0, "saturation"), 1.5);
    assert_eq!(
        value(&t, 0, "saturation_measured"),
        1.61,
        "the table's value stays beside the user's"
    );
    assert_eq!(t.std(0, "saturation"), None);
    // κ = √(2e6 · 4πe-7)/1.2
    assert!((value(&t, 1, "hardness") - 1.3211).abs() < 1e-4);
    assert_eq!(t.value(2, "saturation"), None);
    assert!(says(&t, 2, "Mn or Cr"));
    assert_eq!(t.value(3, "saturation"), None);
    assert!(says(&t, 3, "no positive number"));
    assert!(says(&t, 4, "K1 is negative"));
    assert_eq!(t.value(4, "hardness"), None);
}

#[test]
fn the_potential_is_heard_after_measurements_and_before_the_formula() {
    let t = Trial::new(&["MnFeP", "Nd2Fe14B", "MnFeP", "Fe3Si"])
        .expect("formulas")
        .column_with_std(
            magnet::POTENTIAL,
            "T",
            &[1.3, 1.7, 0.001, 1.9],
            &[f64::NAN; 4],
        )
        .predict::<Magnet>()
        .expect("the plugin predicts");
    assert_eq!(value(&t, 0, "saturation"), 1.3);
    assert_eq!(t.std(0, "saturation"), None);
    assert!(says(&t, 0, "without 4f moments"));
    assert_eq!(value(&t, 1, "saturation"), 1.61);
    assert_eq!(t.value(2, "saturation"), None);
    assert!(says(&t, 2, "finds no moments"));
}

/// µ0Ms of a body-centred cubic Mn cell, a = 2.866 Å, by its two site moments: a formula without lookup or estimate.
fn by_site_moments(moments: &[f64]) -> f64 {
    let cell = [2.866, 0.0, 0.0, 0.0, 2.866, 0.0, 0.0, 0.0, 2.866];
    let batch = interface::Batch {
        compositions: interface::Compositions {
            offsets: vec![0, 1],
            atomic_numbers: vec![25],
            amounts: vec![2.0],
        },
        structures: Some(interface::Structures {
            lattices: cell.to_vec(),
            site_offsets: vec![0, 2],
            positions: vec![0.0, 0.0, 0.0, 0.5, 0.5, 0.5],
            species_offsets: vec![0, 1, 2],
            atomic_numbers: vec![25, 25],
            occupancies: vec![1.0, 1.0],
            site_moments: moments.to_vec(),
        }),
        columns: Vec::new(),
    };
    let share = interface::ParameterValue::Number(0.25);
    let parameters = Parameters::from_wit(vec![("coercivity_share".into(), share)]);
    let predictions =
        Magnet::predict(&Batch::from_wit(batch), &parameters).expect("the plugin predicts");
    let index = Magnet::describe()
        .property_index("saturation")
        .expect("declared");
    predictions.into_wit().columns[index].mean[0]
}

#[test]
fn a_structure_gives_its_moments_over_its_volume() {
    // two moments of 2.22 µB in 23.541 Å3: 2.198 T
    assert!((by_site_moments(&[2.22, 2.22]) - 2.198).abs() < 0.001);
    assert!(
        (by_site_moments(&[-2.22, -2.22]) - 2.198).abs() < 0.001,
        "the sign is a choice of axis"
    );
    assert!(
        by_site_moments(&[2.22, -2.22]).is_nan(),
        "an antiferromagnet is no magnet"
    );
    assert!(
        by_site_moments(&[2.22, f64::NAN]).is_nan(),
        "an unknown moment is not zero"
    );
    assert!(by_site_moments(&[]).is_nan());
}

#[test]
fn formulas_in_the_domain_are_estimated_with_the_out_of_family_error() {
    // (Nd0.8Dy0.2)2Fe14B: between the parent compounds at 1.61 and 0.71 T, so near 1.43 T
    let t = table(&["Nd1.6Dy0.4Fe14B", "FeNi"]);
    let mixed = value(&t, 0, "saturation");
    assert!((mixed - 1.43).abs() < 0.1, "{mixed}");
    assert!(t.std(0, "saturation").expect("a validated error") > 0.1);
    assert!(says(&t, 0, "Slater-Pauling"));
    assert_eq!(t.value(0, "saturation_measured"), None);
    assert!(says(&t, 0, "no anisotropy known"));
    // Fe-Ni alloys of half iron have 1.60 T
    assert!((value(&t, 1, "saturation") - 1.60).abs() < 0.1);
    assert_eq!(t.value(1, "hardness"), None);
}

#[test]
fn outside_its_domain_the_reason_is_said() {
    let cases = [
        ("NaCl", "no magnetic element"),
        ("LiCoO2", "oxides"),
        ("Co2MnSi", "Mn or Cr"),
        ("FeAl", "70 at%"),
        ("FePt3", "50 at%"),
        ("YNi5", "below 0.3 T"),
        ("Fe14WC", "does not cover"),
        ("PuFe9", "does not cover"),
        ("Sm2Fe17", "Curie temperature is near 300 K"),
    ];
    let formulas: Vec<&str> = cases.iter().map(|c| c.0).collect();
    let t = table(&formulas);
    for (row, (formula, words)) in cases.iter().enumerate() {
        assert_eq!(t.value(row, "saturation"), None, "{formula}");
        assert_eq!(t.value(row, "energy_product_bound"), None, "{formula}");
        assert!(says(&t, row, words), "{formula}: {:?}", t.notes(row));
    }
}

#[test]
fn families_without_a_moment_at_300_k_are_not_estimated() {
    // Curie temperatures of 90 to 300 K (R2Fe17 and La(Fe,Si)13), Co3Ti far below, Co3V none; Invar has 1.3 T, which the
    // estimate overrates by three of its standard deviations.
    let cases = [
        ("Ce2Fe17", "Ti, with Co"),
        ("Lu2Fe17", "Ti, with Co"),
        ("Tm2Fe17", "Ti, with Co"),
        ("Pr2Fe17", "Ti, with Co"),
        ("Ce1.5Pr0.5Fe17", "Ti, with Co"),
        ("LaFe11.6Si1.4", "Al and Si"),
        ("LaFe11.6Si1.4N1.3", "Al and Si"),
        ("YFe3", "Ti, with Co"),
        ("NdFe10Mo2", "Ti, with Co"),
        ("YCo3", "18 at%"),
        ("Fe0.64Ni0.36", "Invar"),
        ("Fe0.63Ni0.32Co0.05", "Invar"),
        ("Fe3Pt", "Invar"),
        ("Co3Ti", "Co3V"),
        ("Co3V", "Co3V"),
    ];
    let formulas: Vec<&str> = cases.iter().map(|c| c.0).collect();
    let t = table(&formulas);
    for (row, (formula, words)) in cases.iter().enumerate() {
        assert_eq!(t.value(row, "saturation"), None, "{formula}");
        assert_eq!(t.value(row, "energy_product_bound"), None, "{formula}");
        assert!(says(&t, row, words), "{formula}: {:?}", t.notes(row));
    }
}

#[test]
fn materials_of_the_validation_and_their_like_are_still_estimated() {
    // What the validation rests on must not be refused.
    let of_fit = MEASURED.iter().map(|(_, m)| m).filter(|m| {
        let offered = |class| estimate::validation(class).is_some_and(|v| v.holds());
        !m.saturation.0.is_nan()
            && features(m.composition(), &fit::fit_all().volumes).is_ok_and(|f| offered(f.class))
    });
    let mut checked = 0;
    for m in of_fit {
        if m.saturation.0 > 0.6 {
            assert!(
                estimate::saturation(m.composition(), None).is_ok(),
                "{}",
                m.formula
            );
            checked += 1;
        }
    }
    assert!(checked > 40, "{checked}");
    let like = [
        "Nd1.6Dy0.4Fe14B",
        "Y2Fe17N3",
        "CeFe11Ti",
        "SmFe10Co2Ti",
        "LaCo13",
        "Zr2Co11",
        "FeNi",
        "FeNi3",
        "Fe0.9Ni0.1",
        "Fe3Si",
        "Fe0.6Pt0.4",
        "Sm2Co11.9Fe5.1",
    ];
    let t = table(&like);
    for (row, formula) in like.iter().enumerate() {
        assert!(
            t.value(row, "saturation").is_some(),
            "{formula}: {:?}",
            t.notes(row)
        );
    }
}

#[test]
fn rare_earth_fractions_are_those_of_the_formula() {
    let t = table(&["Nd2Fe14B", "DyFe2", "Fe"]);
    assert!((value(&t, 0, "rare_earth_mass_fraction") - 0.2668).abs() < 1e-3);
    assert_eq!(value(&t, 0, "heavy_rare_earth_mass_fraction"), 0.0);
    assert!((value(&t, 1, "heavy_rare_earth_mass_fraction") - 0.5927).abs() < 1e-3);
    assert_eq!(value(&t, 2, "rare_earth_mass_fraction"), 0.0);
    assert!(value(&t, 0, "material_cost") > value(&t, 2, "material_cost"));
}

#[test]
fn hostile_compositions_give_finite_numbers_or_none() {
    let t = table(&[
        "Fe0.0000001",
        "Fe9999999Nd0.0001",
        "Og",
        "Fe0.0001Nd9999999",
        "H",
        "Fe99999999B",
        "U2Fe14B",
        "Es",
        "Eu3Fe17",
    ]);
    for row in 0..9 {
        for property in [
            "saturation",
            "energy_product_bound",
            "energy_product_reachable",
            "hardness",
        ] {
            if let Some(x) = t.value(row, property) {
                assert!(x.is_finite() && x > 0.0, "{property} of row {row}: {x}");
            }
        }
    }
}

#[test]
fn every_measured_material_is_found_and_plausible() {
    for (_, m) in &MEASURED {
        let found = lookup(m.composition()).expect(m.formula);
        assert_eq!(found.formula, m.formula);
        assert!(
            m.saturation.0.is_nan() || (0.1..2.5).contains(&m.saturation.0),
            "{}",
            m.formula
        );
        assert!(
            m.curie.0.is_nan() || (300.0..1450.0).contains(&m.curie.0),
            "{}",
            m.formula
        );
        assert!(
            m.density.is_nan() || (4.0..10.0).contains(&m.density),
            "{}",
            m.formula
        );
    }
}

#[test]
fn the_estimate_holds_out_of_family_and_its_figures_are_those_of_a_new_fit() {
    let committed = include_str!("../src/coefficients.rs");
    assert_eq!(
        fit::coefficients(),
        committed,
        "run: cargo run --release --example fit -- --write"
    );
    let all = fit::validate();
    for class in [Class::RareEarths, Class::PlatinumMetals, Class::Alloys] {
        assert!(
            fit::summarize(&all, |p| p.class == class).holds(),
            "{class:?}"
        );
    }
    // Néel order is out of its reach
    assert!(!fit::summarize(&all, |p| p.class == Class::Oxides).holds());
}

#[test]
fn fitted_moments_are_near_magnetic_valence() {
    // strong ferromagnets, 2 N_d - Z + 0.6 µB: 2.6, 1.6, 0.6; iron is weak (2.2 as bcc metal); the 4f term is g_J J itself
    let [iron, cobalt, nickel, valence, rare_earth] = fit::fit_all().moments;
    assert!((2.2..2.6).contains(&iron), "{iron}");
    assert!((1.6..1.9).contains(&cobalt), "{cobalt}");
    assert!((0.55..0.7).contains(&nickel), "{nickel}");
    assert!((0.5..1.0).contains(&valence), "{valence}");
    assert!((0.9..1.1).contains(&rare_earth), "{rare_earth}");
}

#[test]
fn fitted_volumes_reproduce_densities() {
    let model = fit::fit_all();
    let mut checked = 0;
    for (_, m) in MEASURED.iter().filter(|(_, m)| m.density > 0.0) {
        if let Ok(seen) = features(m.composition(), &model.volumes) {
            let density = m.composition().mass() / seen.volume * 1.660_539;
            assert!(
                (density / m.density - 1.0).abs() < 0.04,
                "{}: {density} g/cm3",
                m.formula
            );
            checked += 1;
        }
    }
    assert!(checked > 30);
}

#[test]
fn the_unit_constant_is_the_one_of_the_textbooks() {
    // µ0 µB / Å3 = 11.654 T
    assert!((quality::TESLA_PER_BOHR_MAGNETON - 11.654).abs() < 0.001);
}

/// µ0Ms of Fe7Pd3, which nobody measured here, with one shared site in a cell of this volume (Å3) and iron share, and
/// whether the host says that the crystal is uniaxial; and all notes.
fn shared_site(volume: Option<f64>, iron: f64, uniaxial: f64) -> (f64, Vec<String>) {
    let edge = volume.unwrap_or(1.0).cbrt();
    let batch = interface::Batch {
        compositions: interface::Compositions {
            offsets: vec![0, 2],
            atomic_numbers: vec![26, 46],
            amounts: vec![7.0, 3.0],
        },
        structures: volume.map(|_| interface::Structures {
            lattices: vec![edge, 0.0, 0.0, 0.0, edge, 0.0, 0.0, 0.0, -edge],
            site_offsets: vec![0, 1],
            positions: vec![0.0; 3],
            species_offsets: vec![0, 2],
            atomic_numbers: vec![26, 46],
            occupancies: vec![iron, 1.0 - iron],
            site_moments: Vec::new(),
        }),
        columns: vec![interface::InputColumn {
            name: "structure_uniaxial".into(),
            unit: String::new(),
            mean: vec![uniaxial],
            std: None,
        }],
    };
    let share = interface::ParameterValue::Number(0.25);
    let parameters = Parameters::from_wit(vec![("coercivity_share".into(), share)]);
    let predictions =
        Magnet::predict(&Batch::from_wit(batch), &parameters).expect("the plugin predicts");
    let index = Magnet::describe()
        .property_index("saturation")
        .expect("declared");
    let predictions = predictions.into_wit();
    (predictions.columns[index].mean[0], predictions.notes.texts)
}

#[test]
fn the_volume_of_a_structure_takes_the_place_of_the_additive_one() {
    let (additive, notes) = shared_site(None, 0.7, f64::NAN);
    assert!(
        notes
            .iter()
            .any(|n| n.ends_with("(generalised Slater-Pauling)")),
        "{notes:?}"
    );
    let (dense, notes) = shared_site(Some(12.0), 0.7, f64::NAN);
    assert!(
        notes
            .iter()
            .any(|n| n.contains("over the structure's volume")),
        "{notes:?}"
    );
    let (wide, _) = shared_site(Some(13.2), 0.7, f64::NAN);
    // The moment stays, so that µ0Ms goes with the inverse of the volume.
    assert!((dense / wide - 1.1).abs() < 1e-9, "{dense} {wide}");
    assert!((additive / dense - 1.0).abs() < 0.3);
    // A volume that no crystal of these atoms has, and a structure of another composition, are not used.
    assert_eq!(shared_site(Some(60.0), 0.7, f64::NAN).0, additive);
    assert_eq!(shared_site(Some(12.0), 0.5, f64::NAN).0, additive);
}

#[test]
fn an_unknown_anisotropy_comes_with_what_the_crystal_allows() {
    let says = |uniaxial: f64, words: &str| {
        let (_, notes) = shared_site(Some(12.0), 0.7, uniaxial);
        notes
            .iter()
            .any(|note| note.contains("no anisotropy known") && note.contains(words))
    };
    assert!(says(1.0, "the structure is uniaxial"));
    assert!(says(0.0, "the structure is not uniaxial"));
    assert!(!says(f64::NAN, "the structure is"));
}

#[test]
fn the_errors_of_the_figures_of_merit_are_those_of_random_draws() {
    const DRAWS: usize = 200_000;
    let mut state = 9_u64;
    let mut uniform = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut normal = || {
        let radius = (-2.0 * (1.0 - uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * uniform()).cos()
    };
    // Hard, and soft on either side of the kink of the reachable product.
    let t = table(&["Nd2Fe14B", "SmCo5", "BaFe12O19", "Fe"]);
    let exact = |mean: f64| quality::Estimate::new(mean, 0.0);
    for row in 0..4 {
        let drawn = |property: &str, z: f64| {
            value(&t, row, property) + z * t.std(row, property).expect("a deviation")
        };
        let mut draws: [Vec<f64>; 3] = Default::default();
        for _ in 0..DRAWS {
            let js = exact(drawn("saturation", normal()));
            let k1 = exact(drawn("anisotropy_measured", normal()));
            draws[0].push(quality::energy_product_bound(js).mean);
            draws[1].push(quality::hardness(k1, js).mean);
            draws[2].push(quality::energy_product_reachable(k1, js, 0.25).mean);
        }
        let names = [
            "energy_product_bound",
            "hardness",
            "energy_product_reachable",
        ];
        for (draws, name) in draws.iter().zip(names) {
            let n = DRAWS as f64;
            let mean = draws.iter().sum::<f64>() / n;
            let std = (draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
            let stated = t.std(row, name).expect("a deviation");
            // Four times the sampling error, and what a linear propagation leaves out at these deviations of a few percent.
            let left_out = 1.5 * (std / mean).powi(2);
            let tolerance = std * (4.0 / (2.0 * n).sqrt() + left_out);
            assert!(
                (stated - std).abs() < tolerance,
                "{row} {name}: {stated} {std}"
            );
            assert!(
                (value(&t, row, name) / mean - 1.0).abs() < left_out + 4.0 * std / mean / n.sqrt()
            );
        }
    }
}
