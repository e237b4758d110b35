//! What `lodestone rank` ranks, by what, and in which order; checked against arithmetic by hand and brute force.

use crate::{Desk, Sheet, dataset};

const ENERGY: &str = "battery.specific_energy [Wh/kg]";
const COST: &str = "battery.energy_cost [USD/kWh]";

/// The shipped cathodes with the battery plugin, as the README does it, but all of them and as CSV.
fn cathodes(more: &[&str]) -> Sheet {
    let file = dataset("cathode_candidates.csv");
    let args = [&["rank", &file, "-p", "battery"], more].concat();
    Desk::new().run(&args).sheet()
}

fn cathodes_in_file() -> Sheet {
    Sheet::of(&std::fs::read_to_string(dataset("cathode_candidates.csv")).unwrap())
}

#[test]
fn the_readmes_ranking_has_every_row_and_the_columns_of_the_contract() {
    let (ranked, input) = (cathodes(&[]), cathodes_in_file());
    assert_eq!(ranked.len(), input.len());
    let ranks: Vec<String> = (1..=input.len()).map(|rank| rank.to_string()).collect();
    assert_eq!(ranked.texts("rank"), ranks);
    assert_eq!(ranked.header[..3], ["rank", "front", "front_probability"]);
    let columns = input.header.len();
    assert_eq!(ranked.header[3..3 + columns], input.header);
    assert_eq!(ranked.header.last().unwrap(), "notes");
    let predicted = &ranked.header[3 + columns..ranked.header.len() - 1];
    for pair in predicted.chunks(2) {
        let (name, unit) = pair[0].split_once(' ').unwrap_or((&pair[0], ""));
        assert!(name.starts_with("battery."), "{name}");
        assert_eq!(pair[1], format!("{name}_std {unit}").trim_end());
    }
    assert!(predicted.iter().any(|header| header == ENERGY));
    let cells = |sheet: &Sheet, from: usize| {
        let rows = sheet.rows.iter();
        let mut rows: Vec<Vec<String>> = rows.map(|r| r[from..from + columns].to_vec()).collect();
        rows.sort();
        rows
    };
    assert_eq!(cells(&ranked, 3), cells(&input, 0));
}

#[test]
fn the_readmes_command_prints_an_aligned_top_ten() {
    let file = dataset("cathode_candidates.csv");
    let args = [
        "rank", &file, "-p", "battery", "-n", "10", "--format", "table",
    ];
    let ran = Desk::new().run(&args).ok();
    let lines: Vec<&str> = ran.out().lines().collect();
    for name in ["rank", "front", "formula", ENERGY, COST] {
        assert!(lines[0].contains(name), "{}", lines[0]);
    }
    let best = cathodes(&["-n", "10"]);
    let place = lines[0].find("formula").unwrap();
    for (index, formula) in best.formulas().into_iter().enumerate() {
        let cells: Vec<&str> = lines[index + 1].split_whitespace().collect();
        assert_eq!(cells[0], (index + 1).to_string());
        assert_eq!(cells[3], formula);
        assert_eq!(lines[index + 1].find(formula), Some(place));
    }
    let widths = lines[..11].iter().map(|line| line.chars().count());
    assert!(widths.max().unwrap() <= 120);
}

#[test]
fn the_plugins_own_objectives_are_printed() {
    let said = [
        "max:battery.specific_energy [Wh/kg]",
        "min:battery.energy_cost [USD/kWh]",
    ];
    Desk::with("formula\nLiCoO2\n")
        .rank(&["-p", "battery"])
        .ok()
        .says(&said);
}

#[test]
fn without_a_plugin_the_one_made_for_the_list_is_chosen() {
    for (list, plugin, objective) in [
        (
            "cathode_candidates.csv",
            "battery",
            "max:battery.specific_energy",
        ),
        (
            "magnet_candidates.csv",
            "magnet",
            "max:magnet.energy_product_reachable",
        ),
        (
            "catalyst_candidates.csv",
            "catalyst",
            "max:catalyst.perovskite_likelihood",
        ),
    ] {
        let ran = Desk::new().run(&["rank", &dataset(list)]).ok();
        for name in ["battery", "catalyst", "magnet"] {
            assert!(
                ran.err.contains(&format!("plugin {name}: applies to ")),
                "{}",
                ran.err
            );
        }
        let ranked_by = ran.err.lines().find(|line| line.starts_with("ranked"));
        assert!(
            ranked_by.unwrap().contains(objective),
            "{list}, {plugin}: {}",
            ran.err
        );
    }
}

#[test]
fn capacities_are_those_by_hand() {
    // Faraday's constant over 3.6 in mAh/mol, standard atomic weights of IUPAC's abridged table 2021.
    let charge = 96485.33212 / 3.6;
    let (li, fe, co, p, o) = (6.94, 55.845, 58.933, 30.974, 15.999);
    let mass = [li + co + 2.0 * o, li + fe + p + 4.0 * o, fe];
    let ranked = Desk::with("formula\nLiCoO2\nLiFePO4\nFe\n")
        .rank(&["-p", "battery"])
        .sheet();
    let capacity = ranked.numbers("battery.theoretical_capacity [mAh/g]");
    for (formula, mass) in ["LiCoO2", "LiFePO4"].into_iter().zip(mass) {
        let row = ranked
            .formulas()
            .iter()
            .position(|f| *f == formula)
            .unwrap();
        assert!(
            (capacity[row] - charge / mass).abs() < 0.005 * capacity[row],
            "{capacity:?}"
        );
    }
    let std = ranked.numbers("battery.theoretical_capacity_std [mAh/g]");
    assert_eq!(std[..2], [0.0, 0.0]);
    // Iron is no insertion cathode: missing, with the reason, and last.
    assert_eq!(ranked.formulas()[2], "Fe");
    assert!(capacity[2].is_nan());
    assert!(ranked.texts("notes")[2].contains("battery"), "{ranked:?}");
}

#[test]
fn energy_is_capacity_times_voltage_and_cobalt_costs_more_than_iron() {
    let ranked = Desk::with("formula\nLiCoO2\nLiFePO4\n")
        .rank(&["-p", "battery"])
        .sheet();
    let capacity = ranked.numbers("battery.redox_limited_capacity [mAh/g]");
    let voltage = ranked.numbers("battery.average_voltage [V]");
    let cost = ranked.numbers("battery.material_cost [USD/kg]");
    let row = |formula| {
        ranked
            .formulas()
            .iter()
            .position(|f| *f == formula)
            .unwrap()
    };
    for (index, energy) in ranked.numbers(ENERGY).into_iter().enumerate() {
        assert!((energy - capacity[index] * voltage[index]).abs() < 1e-6 * energy);
    }
    // Cobalt at tens of dollars a kilogram makes up 60 % of LiCoO2; iron and phosphorus cost a few.
    assert!((10.0..60.0).contains(&cost[row("LiCoO2")]), "{cost:?}");
    assert!((1.0..10.0).contains(&cost[row("LiFePO4")]), "{cost:?}");
    // Measured: 3.9 V and 3.43 V (Mizushima 1980; Padhi 1997), within two standard deviations of the estimate.
    let std = ranked.numbers("battery.average_voltage_std [V]");
    for (formula, measured) in [("LiCoO2", 3.9), ("LiFePO4", 3.43)] {
        assert!((voltage[row(formula)] - measured).abs() < 2.0 * std[row(formula)]);
    }
}

#[test]
fn one_objective_sorts_by_value_with_ties_in_input_order_and_unknown_last() {
    let text = "formula,x\nNaCl,1\nKCl,\nLiCl,3\nRbCl,1\nCsCl,-2.5e0\nLiF,3\nNaF,n/a\n";
    let ranked = Desk::with(text).rank(&["-O", "max:x"]).sheet();
    assert_eq!(
        ranked.formulas(),
        ["LiCl", "LiF", "NaCl", "RbCl", "CsCl", "KCl", "NaF"]
    );
    assert_eq!(ranked.texts("front")[5..], ["", ""]);
    assert_eq!(ranked.texts("front_probability")[5..], ["", ""]);
    let ranked = Desk::with(text).rank(&["-O", "min:x"]).sheet();
    assert_eq!(
        ranked.formulas(),
        ["CsCl", "NaCl", "RbCl", "LiCl", "LiF", "KCl", "NaF"]
    );
    // Nothing predicts here: the file's columns and the ranking's, nothing else.
    assert_eq!(
        ranked.header,
        [
            "rank",
            "front",
            "front_probability",
            "formula",
            "x",
            "notes"
        ]
    );
}

/// Front numbers by definition: peel off what nothing dominates. Columns are costs; NaN rows get none.
fn fronts_by_brute_force(costs: &[Vec<f64>]) -> Vec<Option<u32>> {
    let rows = costs[0].len();
    let known = |row: usize| costs.iter().all(|column| !column[row].is_nan());
    let dominates = |a: usize, b: usize| {
        costs.iter().all(|column| column[a] <= column[b])
            && costs.iter().any(|column| column[a] < column[b])
    };
    let mut front = vec![None; rows];
    let mut left: Vec<usize> = (0..rows).filter(|&row| known(row)).collect();
    let mut number = 0;
    while !left.is_empty() {
        number += 1;
        let free = |&row: &usize| !left.iter().any(|&other| dominates(other, row));
        let peeled: Vec<usize> = left.iter().copied().filter(free).collect();
        for &row in &peeled {
            front[row] = Some(number);
        }
        left.retain(|row| !peeled.contains(row));
    }
    front
}

/// The crowding distance of Deb et al. (2002) among rows of one front, all of whose values differ.
fn crowding_by_definition(costs: &[Vec<f64>], members: &[usize]) -> Vec<f64> {
    let mut distance = vec![0.0; members.len()];
    for column in costs {
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by(|&a, &b| column[members[a]].total_cmp(&column[members[b]]));
        let value = |place: usize| column[members[order[place]]];
        let last = members.len() - 1;
        distance[order[0]] = f64::INFINITY;
        distance[order[last]] = f64::INFINITY;
        for place in 1..last {
            distance[order[place]] +=
                (value(place + 1) - value(place - 1)) / (value(last) - value(0));
        }
    }
    distance
}

fn negated(values: Vec<f64>) -> Vec<f64> {
    values.into_iter().map(|x| -x).collect()
}

fn check_fronts(ranked: &Sheet, costs: &[Vec<f64>]) {
    let fronts = fronts_by_brute_force(costs);
    let said: Vec<Option<u32>> = ranked
        .texts("front")
        .iter()
        .map(|f| f.parse().ok())
        .collect();
    assert_eq!(said, fronts);
    let sortable: Vec<u32> = said.iter().map(|front| front.unwrap_or(u32::MAX)).collect();
    assert!(sortable.is_sorted(), "{sortable:?}");
    assert!(sortable.iter().filter(|&&front| front == 1).count() > 1);
}

#[test]
fn two_objectives_order_by_front_then_by_crowding() {
    let ranked = cathodes(&[]);
    let costs = [negated(ranked.numbers(ENERGY)), ranked.numbers(COST)];
    check_fronts(&ranked, &costs);
    let front = ranked.texts("front");
    for number in ["1", "2", "3"] {
        let members: Vec<usize> = (0..ranked.len())
            .filter(|&row| front[row] == number)
            .collect();
        let distance = crowding_by_definition(&costs, &members);
        let falls = distance.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9);
        assert!(falls, "front {number}: {distance:?}");
    }
}

#[test]
fn three_objectives_of_plugin_and_file_give_the_fronts_of_brute_force() {
    let ranked = cathodes(&[
        "-O",
        "max:battery.specific_energy",
        "-O",
        "min:energy_above_hull",
        "-O",
        "target:battery.average_voltage=3.4",
    ]);
    assert_eq!(ranked.len(), cathodes_in_file().len());
    let off = |x: f64| (x - 3.4).abs();
    let voltage = ranked.numbers("battery.average_voltage [V]");
    let costs = [
        negated(ranked.numbers(ENERGY)),
        ranked.numbers("energy_above_hull [eV/atom]"),
        voltage.into_iter().map(off).collect(),
    ];
    check_fronts(&ranked, &costs);
}

#[test]
fn a_target_prefers_what_is_nearest_on_either_side() {
    let text = "formula,x\nNaCl,1\nKCl,2.4\nLiCl,3.5\nLiF,\nRbCl,9\n";
    let ranked = Desk::with(text).rank(&["-O", "target:x=3"]).ok();
    assert_eq!(
        ranked.sheet().formulas(),
        ["LiCl", "KCl", "NaCl", "RbCl", "LiF"]
    );
    ranked.says(&["target:x=3"]);
}

#[test]
fn front_probabilities_are_shares_and_exact_values_are_certain() {
    let exact = "formula,x,y\nNaCl,1,1\nKCl,2,2\nLiCl,3,4\nLiF,4,3\n";
    let ranked = Desk::with(exact)
        .rank(&["-O", "max:x", "-O", "max:y"])
        .sheet();
    assert_eq!(ranked.numbers("front_probability"), [1.0, 1.0, 0.0, 0.0]);
    let probability = cathodes(&[]).numbers("front_probability");
    let known = probability.iter().filter(|p| !p.is_nan());
    assert!(
        known
            .clone()
            .all(|p| (0.0..=1.0).contains(p) && p * 512.0 == (p * 512.0).round())
    );
    assert!(
        known.sum::<f64>() >= 1.0,
        "some candidate is on the first front in every draw"
    );
}

#[test]
fn a_standard_deviation_in_the_file_enters_the_front_probability() {
    // The difference of two independent normals of standard deviation 1 whose means differ by 1 is N(1, 2): the first
    // is better with probability 0.760; 512 draws err by 0.019.
    let text = "formula,x,x_std\nNaCl,1,1\nKCl,2,1\n";
    let ranked = Desk::with(text).rank(&["-O", "max:x"]).sheet();
    let probability = ranked.numbers("front_probability");
    assert_eq!(ranked.formulas(), ["KCl", "NaCl"]);
    assert!((probability[0] - 0.760).abs() < 0.08, "{probability:?}");
    assert!((probability[0] + probability[1] - 1.0).abs() < 1e-9);
}

#[test]
fn a_name_that_nothing_has_is_refused_with_the_nearest() {
    let desk = Desk::with("formula,price,note\nLiCoO2,3,a\n");
    for (args, said) in [
        (
            ["-O", "max:battery.specific_enrgy"],
            "battery.specific_energy",
        ),
        (["-O", "min:pirce"], "price"),
        (["-w", "pirce < 3"], "price"),
        (
            ["-w", "battery.average_voltge > 3"],
            "battery.average_voltage",
        ),
        (["-p", "batery"], "battery"),
        (["--set", "batery.state=charged"], "battery"),
        (["--set", "battery.stat=charged"], "state"),
        (["--set", "battery.state=chrged"], "charged"),
        (["--set", "battery.state"], "PLUGIN.PARAM=VALUE"),
        (["-O", "max battery.specific_energy"], "max:PROPERTY"),
        (["-O", "best:price"], "max:PROPERTY"),
        (["-O", "target:price"], "target:PROPERTY=VALUE"),
        (["-O", "max:note"], "note"),
        (["-w", "price <"], "ends too early"),
        (["-w", "price = 3 or price = 4"], "and"),
        (["-w", "has Xx"], "Xx"),
        (["-w", ""], "price"),
        (["-n", "minus one"], "minus one"),
        (["--threads", "100000"], "100000"),
        (["-o", "out.xlsx"], ".parquet"),
    ] {
        // An empty expression has nothing that could be nearest.
        let said = if args[1].is_empty() { "PROPERTY" } else { said };
        desk.rank(&args).fails(2, &[said]);
    }
    assert_eq!(desk.files(), ["in.csv"]);
}

#[test]
fn an_error_in_a_constraint_is_said_once() {
    let ran = Desk::with("formula,x\nLiCoO2,3\n").rank(&["-w", "battery.average_voltge > 3"]);
    assert_eq!(
        ran.err.matches("battery.average_voltge").count(),
        2,
        "{}",
        ran.err
    );
}

#[test]
fn constraints_keep_what_each_operator_says_and_count_the_rest() {
    let desk = Desk::with("formula,x\nNaCl,1\nKCl,2\nLiCoO2,3\nLiFePO4,\n");
    for (constraint, kept, left_out, not_known) in [
        ("x < 2", &["NaCl"][..], 2, 1),
        ("x <= 2", &["KCl", "NaCl"], 1, 1),
        ("x = 2", &["KCl"], 2, 1),
        ("x != 2", &["LiCoO2", "NaCl"], 1, 1),
        ("x >= 2", &["LiCoO2", "KCl"], 1, 1),
        ("x > 2", &["LiCoO2"], 2, 1),
        ("x > 1 and x < 3", &["KCl"], 2, 1),
        ("1 <= x", &["LiCoO2", "KCl", "NaCl"], 0, 1),
        ("has Li", &["LiCoO2", "LiFePO4"], 2, 0),
        ("not has Li", &["KCl", "NaCl"], 2, 0),
        ("has Li and not has Co", &["LiFePO4"], 3, 0),
        ("has Co and x >= 3", &["LiCoO2"], 3, 0),
        ("has Au", &[], 4, 0),
    ] {
        let ran = desk.rank(&["-O", "max:x", "-w", constraint]).ok();
        let sheet = ran.sheet();
        assert_eq!(sheet.formulas(), kept, "{constraint}");
        assert_eq!(kept.len() + left_out + not_known, 4);
        if left_out > 0 {
            assert!(
                ran.err
                    .contains(&format!("left out by --where: {left_out}")),
                "{}",
                ran.err
            );
        }
        if not_known > 0 {
            assert!(
                ran.err.contains(&format!("not known: {not_known}")),
                "{}",
                ran.err
            );
        }
    }
    let both = desk
        .rank(&["-O", "max:x", "-w", "x > 1", "-w", "x < 3"])
        .sheet();
    assert_eq!(both.formulas(), ["KCl"]);
}

#[test]
fn columns_with_blanks_and_units_are_named_in_quotes_or_without_their_unit() {
    let desk = Desk::with("formula,band gap [eV],hull (eV/atom)\nNaCl,8.5,0\nGaAs,1.4,0.01\n");
    for constraint in ["\"band gap\" > 2", "`band gap [eV]` > 2", "hull < 0.005"] {
        let sheet = desk.rank(&["-O", "min:band gap", "-w", constraint]).sheet();
        assert_eq!(sheet.formulas(), ["NaCl"], "{constraint}");
    }
    desk.rank(&["-O", "max:band gap"])
        .ok()
        .says(&["max:band gap [eV]"]);
    desk.rank(&["-O", "min:band gap [eV]"]).ok();
}

#[test]
fn constraints_reach_predictions_and_short_names() {
    let all = cathodes(&[]);
    let energy = all.numbers(ENERGY);
    let wanted = energy.iter().filter(|&&energy| energy > 700.0).count();
    let kept = cathodes(&["-w", "battery.specific_energy > 700"]);
    assert!(kept.len() == wanted && wanted > 0);
    assert_eq!(cathodes(&["-w", "specific_energy > 700"]), kept);
    assert!(kept.numbers(ENERGY).iter().all(|&energy| energy > 700.0));
}

#[test]
fn a_setting_changes_what_the_plugin_takes_the_formula_for() {
    // V2O5 has no lithium: as a discharged compound it holds no energy; as a charged host it takes lithium up.
    let desk = Desk::with("formula\nV2O5\n");
    let plain = desk.rank(&["-p", "battery"]).sheet();
    assert!(plain.numbers(ENERGY)[0].is_nan());
    assert_ne!(plain.texts("notes")[0], "");
    let charged = desk
        .rank(&["-p", "battery", "--set", "battery.state=charged"])
        .sheet();
    assert!(
        (200.0..2000.0).contains(&charged.numbers(ENERGY)[0]),
        "{charged:?}"
    );
    let sodium = [
        "-p",
        "battery",
        "--set",
        "battery.state=charged",
        "--set",
        "battery.ion=Na",
    ];
    let sodium = desk.rank(&sodium).sheet().numbers(ENERGY)[0];
    assert!(sodium < charged.numbers(ENERGY)[0]);
}

#[test]
fn top_gives_the_first_rows_of_the_whole_ranking() {
    let all = cathodes(&[]);
    for top in [1, 7, 70, 280, 5000] {
        let best = cathodes(&["-n", &top.to_string()]);
        assert_eq!(best.header, all.header);
        assert_eq!(best.rows, all.rows[..top.min(all.len())]);
    }
}

#[test]
fn several_plugins_give_their_columns_in_the_order_named() {
    let args = [
        "-p",
        "magnet",
        "-p",
        "battery",
        "-O",
        "max:battery.specific_energy",
    ];
    let ranked = Desk::with("formula\nLiFePO4\nNd2Fe14B\n")
        .rank(&args)
        .sheet();
    assert_eq!(ranked.formulas(), ["LiFePO4", "Nd2Fe14B"]);
    let first = |plugin: &str| ranked.header.iter().position(|h| h.starts_with(plugin));
    assert!(first("magnet.").unwrap() < first("battery.").unwrap());
    // Measured: 1.6 T (Sagawa et al. 1984).
    let saturation = ranked.numbers("magnet.saturation_measured [T]");
    assert!((saturation[1] - 1.6).abs() < 0.05, "{saturation:?}");
}

#[test]
fn a_result_can_be_ranked_once_more() {
    let desk = Desk::with("formula\nLiFePO4\nLiCoO2\nLiMn2O4\n");
    desk.rank(&["-p", "battery", "-o", "out.csv"]).ok();
    let by = ["rank", "out.csv", "-O", "max:battery.specific_energy"];
    // Without a plugin the numbers of the file; with it those that it predicts, which are the same.
    let from_file = desk.run(&by).sheet();
    let anew = desk.run(&[&by[..], &["-p", "battery"]].concat()).sheet();
    assert_eq!(from_file.formulas(), anew.formulas());
    assert!(from_file.numbers(ENERGY).is_sorted_by(|a, b| a >= b));
}

#[test]
fn a_cost_of_large_error_is_not_on_the_front_by_falling_below_nothing() {
    // The cost of a kWh is 1000 c / E: with a specific energy E > 0 it cannot be negative, whatever the error of E.
    let desk = Desk::new();
    let ran = desk.run(&["rank", &dataset("cathode_candidates.csv"), "-p", "battery"]);
    let sheet = ran.sheet();
    let costs = sheet.numbers("battery.energy_cost [USD/kWh]");
    let errors = sheet.numbers("battery.energy_cost_std [USD/kWh]");
    let probabilities = sheet.numbers("front_probability");
    let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
    let wide = |row: &usize| errors[*row] > costs[*row] && costs[*row] > 20.0 * least;
    let wide: Vec<usize> = (0..sheet.len()).filter(wide).collect();
    assert!(!wide.is_empty());
    for row in wide {
        assert!(
            probabilities[row] < 0.01,
            "{}: {}",
            sheet.formulas()[row],
            probabilities[row]
        );
    }
}
