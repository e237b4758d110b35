//! Vacancies, surfaces and adsorption from the command line.

use crate::{Desk, dataset};
use serde_json::Value;
use std::fs;

/// A desk with some shipped structures.
fn desk(names: &[&str]) -> Desk {
    let desk = Desk::new();
    for name in names {
        fs::copy(dataset(&format!("structures/{name}")), desk.path(name)).unwrap();
    }
    desk
}

#[test]
fn atoms_leave_and_the_cells_are_written() {
    let desk = desk(&["Cu.cif", "MgO.cif"]);
    let ran = desk.run(&[
        "vacancy", "--width", "5", "--json", "-o", "defects", "Cu.cif", "MgO.cif",
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let values: Value = serde_json::from_str(ran.out()).unwrap();
    let copper = &values[0]["vacancies"];
    assert_eq!(copper.as_array().unwrap().len(), 1);
    assert_eq!(copper[0]["reference_phase"], "the crystal itself");
    // PBE: 1.07 eV (T. Angsten et al., New J. Phys. 16, 015018 (2014)); the potential is soft.
    let energy = copper[0]["energy"].as_f64().unwrap();
    assert!(energy > 0.3 && energy < 1.3, "{energy}");
    let oxide = values[1]["vacancies"].as_array().unwrap();
    let leaving: Vec<&str> = oxide
        .iter()
        .map(|v| v["element"].as_str().unwrap())
        .collect();
    assert_eq!(leaving, ["O", "Mg"]);
    let written = desk.path(oxide[0]["written"].as_str().unwrap());
    let again = crystal::format::read_file(&written).unwrap().remove(0);
    let atoms = values[1]["atoms"].as_u64().unwrap() as usize;
    assert_eq!(again.sites.len() + 1, atoms);

    let ran = desk.run(&[
        "vacancy",
        "--element",
        "O",
        "--width",
        "4",
        "MgO.cif",
        "Cu.cif",
    ]);
    assert_eq!(ran.status, 1);
    assert!(ran.out().contains("formation energy"), "{}", ran.out());
    assert!(
        ran.err
            .contains("Cu.cif: no O in the structure; it holds Cu"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("PBE binds O2 too strongly"), "{}", ran.err);
    let ran = desk.run(&["vacancy", "--element", "Xx", "MgO.cif"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("--element Xx"), "{}", ran.err);
}

#[test]
fn crystals_are_cut_along_planes_of_the_conventional_cell() {
    let desk = desk(&["Cu.cif", "TiO2_rutile.cif"]);
    let ran = desk.run(&[
        "surface", "--miller", "1,1,1", "--json", "-o", "slabs", "Cu.cif",
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let values: Value = serde_json::from_str(ran.out()).unwrap();
    let face = &values[0]["surfaces"][0];
    assert_eq!(face["faces_alike"], true);
    let spacing = values[0]["spacing"].as_f64().unwrap();
    let thickness = face["thickness"].as_f64().unwrap();
    let planes = face["atoms"].as_u64().unwrap() as f64;
    assert!((thickness - (planes - 1.0) * spacing).abs() < 1e-6);
    // PBE: 1.31 J/m2 (R. Tran et al., Sci. Data 3, 160080 (2016)); the potential is soft.
    let energy = face["energy"].as_f64().unwrap();
    assert!(energy > 0.5 && energy < 1.5, "{energy}");
    assert!(desk.path(face["written"].as_str().unwrap()).exists());

    // Rutile's (1 1 0) ends in bridging oxygen, or unevenly; the first is far cheaper.
    let ran = desk.run(&["surface", "--miller", "1,1,0", "TiO2_rutile.cif"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert!(ran.err.contains("the two faces differ"), "{}", ran.err);
    let rows: Vec<&str> = ran.out().lines().collect();
    assert_eq!(rows.len(), 3, "{}", ran.out());

    for (arguments, status, said) in [
        (&["surface", "Cu.cif"][..], 2, "--miller"),
        (
            &["surface", "--miller", "1,1", "Cu.cif"],
            2,
            "no Miller indices",
        ),
        (
            &["surface", "--miller", "1,0,1,0", "Cu.cif"],
            2,
            "minus the sum",
        ),
        (
            &["surface", "--miller", "0,0,0", "Cu.cif"],
            1,
            "plane (0 0 0)",
        ),
        (
            &[
                "surface",
                "--miller",
                "1,1,1",
                "--termination",
                "2",
                "Cu.cif",
            ],
            1,
            "no termination 2: this plane has 1",
        ),
        (
            &["surface", "--miller", "1,1,1", "--vacuum", "2", "Cu.cif"],
            1,
            "at least 7 Å",
        ),
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn atoms_sit_on_a_face_and_the_lowest_place_comes_first() {
    let desk = desk(&["Pt.cif"]);
    let arguments = |more: &[&'static str]| {
        let mut all = vec![
            "adsorption",
            "--miller",
            "1,1,1",
            "--width",
            "2.5",
            "--thickness",
            "6",
        ];
        all.extend(["--adsorbate", "H", "--adsorbate", "O", "Pt.cif"]);
        all.extend(more);
        all
    };
    let ran = desk.run(&arguments(&["--json", "-o", "on"]));
    assert_eq!(ran.status, 0, "{}", ran.err);
    let values: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(values[0]["coverage"], 1.0);
    let places = values[0]["places"].as_array().unwrap();
    // Top, bridge and two hollows of each.
    assert_eq!(places.len(), 8);
    for name in ["H", "O"] {
        let mine: Vec<&Value> = places.iter().filter(|p| p["adsorbate"] == name).collect();
        assert_eq!(mine.len(), 4);
        let energies: Vec<f64> = mine.iter().filter_map(|p| p["energy"].as_f64()).collect();
        assert!(energies.is_sorted(), "{energies:?}");
        assert!(mine.iter().all(|p| p["fate"].is_string()));
        assert!(desk.path(mine[0]["written"].as_str().unwrap()).exists());
    }
    // The result does not depend on the number of threads.
    let one = desk.run(&arguments(&["--json", "-o", "on", "--threads", "1"]));
    assert_eq!(one.out(), ran.out());

    let ran = desk.run(&[
        "adsorption",
        "--miller",
        "1,1,1",
        "--adsorbate",
        "NO2",
        "Pt.cif",
    ]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("H, C, N, O, OH, CO"), "{}", ran.err);
}
