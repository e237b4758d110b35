//! The universal potential from the command line.

use super::{command, home};
use serde_json::Value;
use std::fs;
use std::path::Path;

const LITHIUM_COBALTATE: &str = "LiCoO2
1.0
2.8 0.0 0.0
-1.4 2.4249 0.0
0.0 1.6166 4.68
Co Li O
1 1 2
Direct
0.0 0.0 0.0
0.5 0.5 0.5
0.26 0.26 0.26
0.74 0.74 0.74
";

fn structures(folder: &Path) -> [String; 2] {
    let good = folder.join("LCO.vasp");
    fs::write(&good, LITHIUM_COBALTATE).unwrap();
    let bad = folder.join("bad.vasp");
    fs::write(&bad, LITHIUM_COBALTATE.replace("Co Li O", "Co Po O")).unwrap();
    [good, bad].map(|path| path.to_str().unwrap().to_owned())
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command(home()).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn structures_are_predicted_as_a_table_and_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let [good, bad] = structures(folder.path());
    let (status, out, err) = run(&["predict-structure", &good]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(
        out.contains("energy ± 0.029 [eV/atom]") && out.contains("LiCoO2"),
        "{out}"
    );

    // A refused structure stops no other and never vanishes.
    let (status, out, err) = run(&["predict-structure", "--json", &good, &bad, "none.cif"]);
    assert_eq!(status, Some(1));
    assert!(
        err.contains("Po (site Po): chgnet-0.3.0 was never trained"),
        "{err}"
    );
    assert!(err.contains("2 of 3 structures were refused"), "{err}");
    let values: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(values.as_array().unwrap().len(), 3);
    let first = &values[0];
    assert_eq!(first["model"], "chgnet-0.3.0");
    let energy = first["energy_per_atom"].as_f64().unwrap();
    assert!((-5.8..-5.5).contains(&energy), "{energy}");
    assert_eq!(first["forces"].as_array().unwrap().len(), 4);
    assert_eq!(first["stress"][2].as_array().unwrap().len(), 3);
    assert_eq!(first["moments"].as_array().unwrap().len(), 4);
    assert!(values[1]["error"].as_str().unwrap().contains("Po"));
}

#[test]
fn threads_change_no_byte_and_wrong_words_are_usage() {
    let folder = tempfile::tempdir().unwrap();
    let [good, _] = structures(folder.path());
    let on = |threads| run(&["predict-structure", "--json", "--threads", threads, &good]);
    assert_eq!(on("1"), on("3"));
    let (status, _, err) = run(&["predict-structure", "--model", "mace", &good]);
    assert_eq!(status, Some(2));
    assert!(
        err.contains("`mace` is no potential; write chgnet-0.3.0 or chgnet-r2scan"),
        "{err}"
    );
}

#[test]
fn structures_are_relaxed_into_a_folder_with_their_trajectories() {
    let folder = tempfile::tempdir().unwrap();
    let [good, _] = structures(folder.path());
    let out = folder.path().join("relaxed");
    let to = out.to_str().unwrap();
    let (status, table, err) = run(&[
        "relax",
        &good,
        &good,
        "-o",
        to,
        "--trajectory",
        "--keep-symmetry",
    ]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(table.contains("converged"), "{table}");
    for name in [
        "LCO.vasp",
        "LCO-2.vasp",
        "LCO.trajectory.extxyz",
        "LCO-2.trajectory.extxyz",
    ] {
        assert!(out.join(name).exists(), "{name}");
    }
    let relaxed = fs::read_to_string(out.join("LCO.vasp")).unwrap();
    assert!(relaxed.contains("relaxed with chgnet-0.3.0"), "{relaxed}");
    // What was relaxed is at rest.
    let again = out.join("LCO.vasp");
    let (_, json, _) = run(&["predict-structure", "--json", again.to_str().unwrap()]);
    let values: Value = serde_json::from_str(&json).unwrap();
    assert!(values[0]["fmax"].as_f64().unwrap() < 0.05);
    assert!(values[0]["pressure"].as_f64().unwrap().abs() < 0.1);
    // The layered phase relaxes to -6.3695 with ASE and the original; this start ends in a minimum a little above it.
    let energy = values[0]["energy_per_atom"].as_f64().unwrap();
    assert!((-6.38..-6.33).contains(&energy), "{energy}");

    let (status, _, err) = run(&["relax", &good, "-o", to, "--steps", "1"]);
    assert_eq!(status, Some(0));
    assert!(err.contains("not converged: all steps were taken"), "{err}");
}

#[test]
fn an_adapter_gives_what_the_processor_gives() {
    let folder = tempfile::tempdir().unwrap();
    let [good, bad] = structures(folder.path());
    let on = |device| {
        let (status, out, err) = run(&[
            "predict-structure",
            "--json",
            "--device",
            device,
            &good,
            &bad,
        ]);
        assert_eq!(status, Some(1));
        assert!(err.contains("Po") && !err.contains("processor"), "{err}");
        serde_json::from_str::<Value>(&out).unwrap()
    };
    let (gpu, cpu) = (on("gpu"), on("cpu"));
    assert_eq!(gpu[1], cpu[1]);
    for (key, tolerance) in [
        ("energy_per_atom", 5e-6),
        ("fmax", 5e-4),
        ("pressure", 2e-3),
    ] {
        let [gpu, cpu] = [&gpu, &cpu].map(|values| values[0][key].as_f64().unwrap());
        assert!((gpu - cpu).abs() < tolerance, "{key}: {gpu} {cpu}");
    }
    let out = folder.path().join("relaxed");
    let to = out.to_str().unwrap();
    let relax = [
        "relax", &good, &good, "-o", to, "--device", "gpu", "--steps", "2",
    ];
    let (status, table, err) = run(&[&relax[..], &["--trajectory"]].concat());
    assert_eq!(status, Some(0));
    assert!(
        table.contains("steps_spent") && err.contains("not converged"),
        "{table}{err}"
    );
    // All structures step together, each with frames of its own.
    let frames = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert_eq!(
        frames("LCO.trajectory.extxyz"),
        frames("LCO-2.trajectory.extxyz")
    );
    assert_eq!(
        frames("LCO.trajectory.extxyz").matches("Lattice=").count(),
        3
    );
}

#[test]
fn without_an_adapter_it_is_said_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let [good, _] = structures(folder.path());
    let mut command = command(home());
    command
        .args(["predict-structure", "--device", "gpu", &good])
        .env("VK_DRIVER_FILES", "/nonexistent.json")
        .env("VK_ICD_FILENAMES", "/nonexistent.json");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("no adapter that computes was found"), "{err}");
    assert!(err.contains("use --device cpu"), "{err}");
}

#[test]
fn about_names_whose_weights_these_are() {
    let (status, out, _) = run(&["about", "--licences"]);
    assert_eq!(status, Some(0));
    for words in [
        "doi:10.1038/s42256-023-00716-3",
        "Lawrence Berkeley National Laboratory",
        "Redistributions in binary form",
        "SIL OPEN FONT LICENSE",
    ] {
        assert!(out.contains(words), "{words}");
    }
}
