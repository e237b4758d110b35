//! Competing phases, voltages and moduli from the command line, and what `rank` and plugins see of the potential.

use crate::{Desk, Ran, dataset};
use serde_json::Value;
use std::fs;

/// A desk with a folder `crystals` of some shipped structures.
fn desk(names: &[&str]) -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path("crystals")).unwrap();
    for name in names {
        let to = desk.path(&format!("crystals/{name}"));
        fs::copy(dataset(&format!("structures/{name}")), to).unwrap();
    }
    desk
}

#[test]
fn structures_stand_among_the_bundled_phases() {
    let desk = desk(&["ZnO.cif", "ZnS_wurtzite.cif"]);
    let files = ["crystals/ZnO.cif", "crystals/ZnS_wurtzite.cif"];
    let ran = desk.run(&["hull", files[0], files[1]]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(
        ran.out().contains("formation energy ± 0.1"),
        "{}",
        ran.out()
    );
    assert!(ran.err.contains("ZnO.cif: relative to"), "{}", ran.err);

    let ran = desk.run(&["hull", "--json", files[0], "none.cif"]);
    assert_eq!(ran.status, 1);
    let values: Value = serde_json::from_str(ran.out()).unwrap();
    let oxide = &values[0];
    // Measured: -350.5 kJ/mol.
    let formation = oxide["formation_energy"].as_f64().unwrap();
    assert!((formation + 1.82).abs() < 0.15, "{formation}");
    assert!(oxide["energy_above_hull"].as_f64().unwrap() < 0.02);
    assert_eq!(oxide["relative_to"], "bundled phases");
    assert!(oxide["phases"].as_u64().unwrap() > 2);
    assert!(oxide["competes_with"][0]["source"].is_string());
    assert!(values[1]["error"].is_string());

    // The user's own phases compete too.
    let ran = desk.run(&[
        "hull",
        "--json",
        files[0],
        "--compete",
        files[0],
        "--as-given",
    ]);
    let values: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(values[0]["relaxed"], false);
    let more = values[0]["phases"].as_u64().unwrap();
    assert_eq!(more, oxide["phases"].as_u64().unwrap() + 1);
}

#[test]
fn the_bundled_phases_of_a_system_are_listed_and_others_are_not_covered() {
    let desk = Desk::new();
    let ran = desk.run(&["hull", "--system", "Zn-O", "--json"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let values: Value = serde_json::from_str(ran.out()).unwrap();
    let all = values.as_array().unwrap();
    assert!(
        all.iter()
            .any(|v| v["formula"] == "ZnO" && v["space_group"] == 186)
    );
    assert!(
        all.iter()
            .all(|v| v["energy_above_hull"].as_f64().unwrap() > -1e-9)
    );
    for (arguments, status, said) in [
        (&["hull", "--system", "Ra"][..], 1, "not covered"),
        (&["hull", "--system", "Na-Xx"], 2, "Xx is no element"),
        (
            &["hull", "--system", "Na", "--model", "chgnet-r2scan"],
            2,
            "no competing phases are bundled",
        ),
        (&["hull"], 2, "<FILE>"),
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.status, status, "{}", ran.err);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn candidates_are_ranked_by_what_the_potential_says_and_it_is_asked_once() {
    let desk = desk(&["ZnO.cif", "Fe_alpha.cif", "Cu0.5Fe0.5Pt.cif"]);
    let cache = desk.path("cache");
    let rank = |output: &str| {
        let mut command = desk.command();
        command.env("LODESTONE_CACHE", &cache).args([
            "rank",
            "crystals",
            "-O",
            "max:potential.magnetization",
            "-O",
            "min:potential.energy_above_hull",
            "-o",
            output,
        ]);
        let ran = Ran::of(&mut command);
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert!(
            ran.err
                .contains("the potential chgnet-0.3.0: applies to 2 of 3 candidates"),
            "{}",
            ran.err
        );
        desk.read(output)
    };
    let first = rank("first.csv");
    let header = first.lines().next().unwrap();
    for column in [
        "potential.magnetization [T]",
        "potential.energy_above_hull [eV/atom]",
        "potential.formation_energy_std [eV/atom]",
        "potential.moment_per_atom [µB]",
    ] {
        assert!(header.contains(column), "{header}");
    }
    let cited = "by chgnet-0.3.0 (doi:10.1038/s42256-023-00716-3)";
    assert!(first.contains(cited), "{first}");
    // Nothing about ions that leave, which nobody asked for.
    assert!(!header.contains("potential.voltage"), "{header}");
    assert!(
        first.contains("upper bound") && first.contains("is disordered"),
        "{first}"
    );
    let kept = || walk(&cache.join("potential"));
    assert_eq!(kept().len(), 2);
    assert_eq!(rank("second.csv"), first);
    // A damaged entry is found anew, to the same bytes.
    for file in kept() {
        fs::write(file, "damaged").unwrap();
    }
    assert_eq!(rank("third.csv"), first);

    let ran = desk.run(&["rank", "crystals", "-O", "max:potential.magnetisation"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("did you mean"), "{}", ran.err);
    desk.put("list.csv", "formula\nZnO\n");
    let ran = desk.run(&["rank", "list.csv", "-O", "max:potential.energy"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("--structure-column"), "{}", ran.err);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(walk(&path)),
            false => files.push(path),
        }
    }
    files
}

#[test]
fn plugins_are_given_what_the_potential_says_where_the_user_asks_it() {
    let desk = desk(&["LiCoO2.cif", "Fe_alpha.cif"]);
    let rank = |plugin: &str, by: &str, setting: &[&str]| {
        let mut arguments = vec!["rank", "crystals", "-p", plugin, "-O", by, "-o", "out.csv"];
        arguments.extend(setting);
        let ran = desk.run(&arguments);
        assert_eq!(ran.status, 0, "{}", ran.err);
        (desk.read("out.csv"), ran.err)
    };
    let (out, err) = rank("battery", "max:battery.average_voltage", &[]);
    assert!(err.contains("--set potential.compute=yes"), "{err}");
    assert!(!out.contains("potential."), "{out}");
    let (out, _) = rank(
        "battery",
        "max:battery.average_voltage",
        &["--set", "potential.compute=yes"],
    );
    assert!(out.contains("potential.voltage [V]"), "{out}");
    // What was looked up comes first; the potential's stands beside it.
    assert!(out.contains("voltage of all Li leaving at once"), "{out}");
    let ran = desk.run(&["rank", "crystals", "--set", "potential.relax=maybe"]);
    assert!(ran.err.contains("potential.relax=yes|no"), "{}", ran.err);
}

#[test]
fn ions_leave_and_crystals_are_strained() {
    let desk = desk(&["LiCoO2.cif", "Fe_alpha.cif", "MgO.cif"]);
    let ran = desk.run(&[
        "voltage",
        "--json",
        "crystals/LiCoO2.cif",
        "crystals/Fe_alpha.cif",
    ]);
    assert_eq!(ran.status, 1);
    let values: Value = serde_json::from_str(ran.out()).unwrap();
    // The original network and ASE: 3.49 V.
    let voltage = values[0]["average_voltage"].as_f64().unwrap();
    assert!((voltage - 3.49).abs() < 0.1, "{voltage}");
    assert_eq!(values[0]["ion"], "Li");
    assert!(
        values[1]["error"]
            .as_str()
            .unwrap()
            .contains("none can leave")
    );

    let ran = desk.run(&["elastic", "--json", "crystals/MgO.cif"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let values: Value = serde_json::from_str(ran.out()).unwrap();
    let stiffness = |i: usize, j: usize| values[0]["stiffness"][i][j].as_f64().unwrap();
    // A cube: three constants, and two ways to one bulk modulus.
    assert!((stiffness(0, 0) - stiffness(2, 2)).abs() < 1.0);
    assert!((stiffness(3, 3) - stiffness(5, 5)).abs() < 1.0);
    assert!(stiffness(0, 4).abs() < 1.0);
    let bulk = values[0]["bulk"].as_f64().unwrap();
    let of_state = values[0]["equation_of_state"]["bulk"].as_f64().unwrap();
    assert!((bulk / of_state - 1.0).abs() < 0.1, "{bulk} {of_state}");
}
