//! Many structures at once: none is lost to another, neither a result nor a file.

use crate::{Desk, dataset};
use serde_json::Value;
use std::fs;
use std::path::Path;

const ROCKSALT: &str = "rock salt
1.0
0.0 2.0 2.0
2.0 0.0 2.0
2.0 2.0 0.0
Mg O
1 1
Direct
0.0 0.0 0.0
0.52 0.5 0.5
";

/// Two folders that hold a file of the same name.
fn twins() -> Desk {
    let desk = Desk::new();
    for folder in ["one", "two"] {
        fs::create_dir(desk.path(folder)).unwrap();
        desk.put(&format!("{folder}/MgO.vasp"), ROCKSALT);
    }
    desk
}

fn listed(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn files_of_one_name_out_of_two_folders_stay_two() {
    let desk = twins();
    let ran = desk.run(&[
        "vacancy",
        "--element",
        "O",
        "--width",
        "3",
        "-o",
        "out",
        "one/MgO.vasp",
        "two/MgO.vasp",
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let names = ["MgO-2.vacancy-O-1.cif", "MgO.vacancy-O-1.cif"];
    assert_eq!(listed(&desk.path("out")), names);
    // Whose weights these are stands in what is handed on.
    let text = desk.read("out/MgO.vacancy-O-1.cif");
    assert!(
        text.contains("chgnet-0.3.0 (doi:10.1038/s42256-023-00716-3)"),
        "{text}"
    );

    // The trajectory of one and the structure of another would be one file.
    fs::copy(desk.path("one/MgO.vasp"), desk.path("MgO.trajectory.vasp")).unwrap();
    fs::copy(desk.path("one/MgO.vasp"), desk.path("POSCAR.Mg")).unwrap();
    let ran = desk.run(&[
        "relax",
        "--trajectory",
        "--steps",
        "2",
        "--format",
        "extxyz",
        "-o",
        "out",
        "one/MgO.vasp",
        "MgO.trajectory.vasp",
        "two/MgO.vasp",
        "POSCAR.Mg",
        "--json",
    ]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let values: Value = serde_json::from_str(ran.out()).unwrap();
    let mut written: Vec<&str> = values
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["written"].as_str().unwrap())
        .collect();
    written.sort();
    let expected = [
        "out/MgO-2.extxyz",
        "out/MgO.extxyz",
        "out/MgO.trajectory-2.extxyz",
        "out/POSCAR.Mg.extxyz",
    ];
    assert_eq!(written, expected);
    for (value, path) in values.as_array().unwrap().iter().zip([
        "MgO.extxyz",
        "MgO.trajectory-2.extxyz",
        "MgO-2.extxyz",
        "POSCAR.Mg.extxyz",
    ]) {
        let frames = crystal::format::read_trajectory(&desk.path("out").join(path)).unwrap();
        assert_eq!(frames.len(), 1, "{path}");
        let apart = frames[0].energy.unwrap() - value["energy"].as_f64().unwrap();
        assert!(apart.abs() < 1e-9, "{apart}");
        assert_eq!(frames[0].model.as_deref(), Some("chgnet-0.3.0"));
        assert!(frames[0].doi.is_some() && frames[0].forces.is_some());
    }
    let steps = crystal::format::read_trajectory(&desk.path("out/MgO.trajectory.extxyz")).unwrap();
    assert_eq!(steps.len(), 3);
}

#[test]
fn what_is_read_is_never_written_over() {
    let desk = twins();
    let ran = desk.run(&["relax", "-o", "one", "two/MgO.vasp", "one/MgO.vasp"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.err
            .contains("would be written over; name another folder"),
        "{}",
        ran.err
    );
    assert_eq!(desk.read("one/MgO.vasp"), ROCKSALT);
    // A file in the place of the folder is told before anything is computed.
    for command in [&["relax"][..], &["surface", "--miller", "1,0,0"]] {
        let ran = desk.run(&[command, &["-o", "one/MgO.vasp", "two/MgO.vasp"]].concat());
        assert_eq!(ran.status, 1);
        assert!(
            ran.err.contains("cannot make the folder one/MgO.vasp"),
            "{}",
            ran.err
        );
    }
    let ran = desk.run(&["relax", "-o", "out", "--fmax", "0", "one/MgO.vasp"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("force limit of 0"), "{}", ran.err);
}

#[test]
fn a_bad_file_among_many_costs_nothing_and_is_told() {
    let desk = twins();
    desk.put(
        "same.vasp",
        ROCKSALT.replace("0.52 0.5 0.5", "0.0 0.0 0.001"),
    );
    desk.put("empty.cif", "");
    let bad = ["same.vasp", "empty.cif", "two", "nowhere.cif"];
    let good: Vec<String> = (0..300).map(|n| format!("{n}.vasp")).collect();
    for name in &good {
        desk.put(name, ROCKSALT);
    }
    let mut arguments = vec!["predict-structure", "--json"];
    arguments.extend(good[..150].iter().map(String::as_str));
    arguments.extend(bad);
    arguments.extend(good[150..].iter().map(String::as_str));
    let ran = desk.run(&arguments);
    assert_eq!(ran.status, 1);
    assert!(
        ran.err.contains("4 of 304 structures were refused"),
        "{}",
        ran.err
    );
    let values: Vec<Value> = serde_json::from_str(ran.out()).unwrap();
    let refused: Vec<&str> = values
        .iter()
        .filter(|v| v["error"].is_string())
        .map(|v| v["file"].as_str().unwrap())
        .collect();
    assert_eq!(refused, bad);
    assert_eq!(values.len() - refused.len(), 300);
    // Not the symmetry that is not found in it, nor that it holds no ion.
    for command in [
        &["elastic"][..],
        &["surface", "--miller", "1,0,0"],
        &["relax", "--keep-symmetry", "-o", "out"],
        &["hull"],
        &["voltage"],
    ] {
        let ran = desk.run(&[command, &["same.vasp", "two"]].concat());
        assert_eq!(ran.status, 1);
        assert!(
            ran.err.contains("nearer than any nuclei in matter"),
            "{command:?}: {}",
            ran.err
        );
        assert!(
            ran.err.contains("two: a folder; give the files in it"),
            "{}",
            ran.err
        );
    }
}

#[cfg(unix)]
#[test]
fn what_was_done_before_ctrl_c_is_kept_and_told() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let desk = twins();
    // A start that takes hundreds of steps of some tenths of a second each.
    let cell = crystal::format::read_file(Path::new(&dataset("structures/LiFePO4.cif")))
        .unwrap()
        .remove(0);
    let mut large = cell.supercell([[3, 0, 0], [0, 3, 0], [0, 0, 3]]).unwrap();
    for (number, site) in large.sites.iter_mut().enumerate() {
        site.position.x += 0.002 * (number as f64).sin();
        site.position.y += 0.002 * (number as f64).cos();
    }
    let text = crystal::format::write(&large, crystal::format::Format::Poscar).unwrap();
    desk.put("large.vasp", text);
    let home = crate::home();
    let child = Command::new(env!("CARGO_BIN_EXE_lodestone"))
        .current_dir(desk.folder.path())
        .args([
            "relax",
            "--json",
            "--device",
            "cpu",
            "--threads",
            "1",
            "--fmax",
            "1e-9",
            "--steps",
            "40",
        ])
        .args([
            "-o",
            "out",
            "one/MgO.vasp",
            "large.vasp",
            "two/MgO.vasp",
            "none.cif",
        ])
        .env("HOME", home)
        .env("LODESTONE_CACHE", home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (first, began) = (desk.path("out/MgO.vasp"), Instant::now());
    while !first.exists() {
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "the first is written as soon as it is done"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let told = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(
        err.contains("cancelled: 2 of 4 structures were not done, and 1 were refused"),
        "{err}"
    );
    let values: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(values[0]["written"], "out/MgO.vasp");
    assert!(values[0]["energy_per_atom"].is_f64());
    assert_eq!(values[1]["error"], "cancelled");
    assert_eq!(values[2]["error"], "cancelled");
    assert!(
        values[3]["error"]
            .as_str()
            .unwrap()
            .contains("No such file")
    );
    assert_eq!(listed(&desk.path("out")), ["MgO.vasp"]);
}
