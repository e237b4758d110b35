//! How many electrons and ions a host gives: capacities and the oxidation states behind them.

use crate::{assert_close, table};
use battery::ion::Ion;
use battery::redox::Host;

#[test]
fn theoretical_capacities_agree_with_published_ones() {
    // By hand, F/3.6 = 26801.5 mAh/mol over the molar mass; those of lithium as in N. Nitta et al., Mater. Today 18, 252
    // (2015), to the integer.
    let expected = [
        ("LiCoO2", 273.8),
        ("LiNiO2", 274.5),
        ("LiMn2O4", 148.2),
        ("LiFePO4", 169.9),
        ("LiMnPO4", 170.9),
        ("LiTiS2", 225.4),
        ("LiVPO4F", 155.9),
        ("LiFeSO4F", 150.6),
        ("NaFePO4", 154.2),
        ("Mg2Mo6S8", 121.8),
    ];
    let formulas: Vec<_> = expected.iter().map(|(f, _)| *f).collect();
    let table = table(&formulas, &[]);
    for (row, (_, capacity)) in expected.iter().enumerate() {
        assert_close(table.value(row, "theoretical_capacity"), *capacity, 0.15);
        assert_eq!(table.std(row, "theoretical_capacity"), Some(0.0));
    }
}

#[test]
fn redox_limits_capacity_where_metals_run_out_of_electrons() {
    // Li3V2(PO4)3 and Na3V2(PO4)3 give two electrons (V3+/V4+): 131.5 and 117.6 mAh/g; Li2FeSiO4 one: 165.7 mAh/g;
    // Li2RuO3 one (Ru4+/Ru5+): 164.6 mAh/g; LiNi0.5Mn1.5O4 one, all of it nickel's: 146.7 mAh/g.
    let formulas = [
        "Li3V2(PO4)3",
        "Na3V2(PO4)3",
        "Li2FeSiO4",
        "Li2RuO3",
        "LiNi0.5Mn1.5O4",
        "LiCoO2",
    ];
    let table = table(&formulas, &[]);
    for (row, capacity) in [131.5, 117.6, 165.7, 164.6, 146.7, 273.8]
        .into_iter()
        .enumerate()
    {
        assert_close(table.value(row, "redox_limited_capacity"), capacity, 0.2);
    }
}

#[test]
fn highest_states_leave_no_capacity_and_say_so() {
    let table = table(&["Li2MnO3", "Li2TiO3", "LiNbO3"], &[]);
    for row in 0..3 {
        assert!(table.value(row, "theoretical_capacity").unwrap() > 100.0);
        assert_eq!(table.value(row, "redox_limited_capacity"), None);
        assert_eq!(table.value(row, "specific_energy"), None);
        assert!(
            table
                .notes(row)
                .iter()
                .any(|n| n.contains("highest counted state")),
            "{:?}",
            table.notes(row)
        );
    }
}

#[test]
fn charged_hosts_take_the_ion_up_to_the_redox_limit() {
    // Per mass of the discharged compound: LiTiS2 225.4, LiMnO2 285.5, Li2V2O5 273.7, LiFePO4 169.9, Mg0.5TiS2 215.9.
    let formulas = ["TiS2", "MnO2", "V2O5", "FePO4"];
    let lithium = table(&formulas, &[("state", "charged")]);
    for (row, capacity) in [225.4, 285.5, 273.7, 169.9].into_iter().enumerate() {
        assert_close(lithium.value(row, "redox_limited_capacity"), capacity, 0.2);
        assert!(lithium.value(row, "average_voltage").unwrap() > 0.5);
    }
    let magnesium = table(&["TiS2"], &[("state", "charged"), ("ion", "Mg")]);
    assert_close(magnesium.value(0, "redox_limited_capacity"), 215.9, 0.2);
    let discharged = table(&["LiMnO2"], &[]);
    assert_eq!(
        lithium.value(1, "voltage_computed"),
        discharged.value(0, "voltage_computed")
    );
}

#[test]
fn a_charged_host_that_holds_the_ion_takes_more_of_it() {
    // NaV2(PO4)3 + 2 Na: 117.6 mAh/g of Na3V2(PO4)3.
    let table = table(&["NaV2(PO4)3"], &[("state", "charged")]);
    assert_close(table.value(0, "redox_limited_capacity"), 117.6, 0.2);
    assert_close(table.value(0, "theoretical_capacity"), 176.4, 0.2);
}

#[test]
fn no_capacity_exceeds_the_theoretical_one() {
    let formulas = [
        "LiNi0.333Mn0.333Co0.333O2",
        "Li6MnO4",
        "Na4Fe3(PO4)2P2O7",
        "K2MnFe(CN)6",
        "AlMn2O4",
        "Ca3Co2O6",
    ];
    let table = table(&formulas, &[]);
    for row in 0..formulas.len() {
        let limit = table.value(row, "theoretical_capacity").unwrap();
        assert!(table.value(row, "redox_limited_capacity").unwrap() <= limit * (1.0 + 1e-12));
    }
}

#[test]
fn oxidation_states_are_those_of_textbooks() {
    // Mean state of the redox-active elements.
    let known = [
        ("LiCoO2", 3.0),
        ("LiMn2O4", 3.5),
        ("LiFePO4", 2.0),
        ("Li3V2(PO4)3", 3.0),
        ("LiVOPO4", 4.0),
        ("LiFeSO4F", 2.0),
        ("Li2FeSiO4", 2.0),
        ("LiFeBO3", 2.0),
        ("Na2Fe2(CN)6", 2.0),
        ("Li7Ti5O12", 3.4),
        ("LiTiS2", 3.0),
        ("Mg2Mo6S8", 2.0),
        ("KMnF3", 2.0),
        ("Na2FeC2O4F2", 2.0),
        ("NH4FePO4", 2.0),
        ("Na3FePO4CO3", 2.0),
    ];
    let lithium = Ion::from_symbol("Li").unwrap();
    for (formula, state) in known {
        let composition = matter::formula::parse(formula).unwrap().composition;
        let host = Host::new(composition.as_ref(), lithium).unwrap();
        assert_close(Some(host.charge / host.redox_atoms), state, 1e-9);
        host.check().unwrap();
    }
}

#[test]
fn charge_balance_agrees_with_the_statistics_of_known_compounds() {
    // matter assigns states by their frequency in the ICSD; here every element but the redox-active ones is fixed. Both must
    // leave the same charge to the redox-active elements for nearly all candidates.
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../datasets/cathode_candidates.csv"
    );
    let mut reader = csv::Reader::from_path(file).unwrap();
    let redox = "Ti V Cr Mn Fe Co Ni Cu Nb Mo Ru Ta W";
    let (mut same, mut differing) = (0, Vec::new());
    for record in reader.records() {
        let formula = record.unwrap()[1].to_owned();
        let composition = matter::formula::parse(&formula).unwrap().composition;
        let Some(assigned) = matter::oxidation::assign(composition.as_ref(), 0.0) else {
            continue;
        };
        let ion = Ion::of(composition.as_ref()).unwrap();
        let host = Host::new(composition.as_ref(), ion).unwrap();
        let redox_states = assigned
            .states()
            .iter()
            .filter(|s| redox.split(' ').any(|r| r == s.element.symbol()));
        let charge: f64 = redox_states.map(|s| f64::from(s.state) * s.amount).sum();
        if (charge - host.charge).abs() < 0.01 * host.redox_atoms {
            same += 1;
        } else {
            differing.push(formula);
        }
    }
    assert!(
        same >= 250 && differing.len() * 20 <= same,
        "{same} agree, {differing:?} do not"
    );
}

#[test]
fn the_ladder_charges_the_couple_of_lowest_potential_first() {
    // LiNi0.5Mn1.5O4 works on Ni2+ to Ni4+ with Mn4+ (Zhong et al. 1997), Na4MnV(PO4)3 on V3+/V4+ and Mn2+/Mn3+.
    let shares = |formula: &str, electrons: f64| {
        let composition = matter::formula::parse(formula).unwrap().composition;
        let host = Host::new(composition.as_ref(), Ion::of(composition.as_ref()).unwrap()).unwrap();
        let shares = host.couples(electrons).unwrap();
        let named = shares.iter().enumerate().filter(|(_, s)| **s > 1e-9);
        named
            .map(|(rung, share)| (battery::redox::couple_name(rung), *share))
            .collect::<Vec<_>>()
    };
    let half = |a: &str, b: &str| vec![(a.to_owned(), 0.5), (b.to_owned(), 0.5)];
    assert_eq!(
        shares("LiNi0.5Mn1.5O4", 1.0),
        half("Ni3+/Ni2+", "Ni4+/Ni3+")
    );
    assert_eq!(shares("Na4MnV(PO4)3", 2.0), half("V4+/V3+", "Mn3+/Mn2+"));
}
