//! `lodestone generate`, and what takes up what it writes.

use super::{command, home};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command(home())
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// All files of a folder with their bytes.
fn contents(folder: &Path) -> BTreeSet<(String, Vec<u8>)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read(&path).unwrap())
    });
    files.collect()
}

#[test]
fn candidates_are_written_for_rank_and_predict_structure() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let ask = [
        "generate",
        "-p",
        "L1_0,olivine",
        "-s",
        "Fe=Mn,Co,Fe",
        "-s",
        "Au=Fe,Mn",
        "-s",
        "Cu=Ni,Al",
        "-o",
    ];
    let with = |more: &[&'static str]| -> Vec<&str> {
        ask.iter().copied().chain(more.iter().copied()).collect()
    };
    let (status, out, err) = run(
        here,
        &with(&["one", "--rejected", "rejected.csv", "--threads", "1"]),
    );
    assert_eq!((status, out.as_str()), (Some(0), ""), "{err}");
    assert!(err.contains("7 combinations of elements"), "{err}");
    let table = fs::read_to_string(here.join("one/candidates.csv")).unwrap();
    assert!(
        table.starts_with("formula,structure,prototype,parent,substitution,probability,measure"),
        "{table}"
    );
    assert!(
        table.contains("LiMnPO4,LiMnPO4_olivine.cif,olivine,LiFePO4,Fe>Mn,"),
        "{table}"
    );
    assert!(table.contains("Li+1") && table.contains("Mn+2"), "{table}");
    assert!(table.contains("FeNi,FeNi_L1_0.cif,L1_0,CuAu,"), "{table}");
    assert!(
        table.contains("prototype olivine"),
        "the parent is known: {table}"
    );
    let listed = fs::read_to_string(here.join("rejected.csv")).unwrap();
    assert!(listed.starts_with("formula,prototype,substitution,reason,detail\n"));

    // The same bytes for any number of threads.
    let (status, _, err) = run(here, &with(&["two", "--threads", "4"]));
    assert_eq!(status, Some(0), "{err}");
    assert_eq!(contents(&here.join("one")), contents(&here.join("two")));

    let (status, out, err) = run(here, &["predict-structure", "--json", "one/FeNi_L1_0.cif"]);
    assert_eq!(status, Some(0), "{err}");
    let value: Value = serde_json::from_str(&out).unwrap();
    assert!(
        value[0]["energy_per_atom"].as_f64().unwrap() < -6.0,
        "{value}"
    );
    let (status, out, err) = run(
        here,
        &[
            "rank",
            "one/candidates.csv",
            "-p",
            "magnet",
            "--format",
            "csv",
        ],
    );
    assert_eq!(status, Some(0), "{err}");
    assert!(out.contains("FeNi_L1_0.cif"), "{out}");

    // Files of another run would pass for candidates.
    let (status, _, err) = run(here, &with(&["one"]));
    assert_eq!(status, Some(1));
    assert!(err.contains("the folder one is not empty"), "{err}");
}

#[test]
fn a_bad_file_among_what_is_known_is_told_and_the_others_count() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("known")).unwrap();
    fs::write(here.join("known/a.cif"), "data_nothing\n").unwrap();
    let ask = |known: &'static str, output: &'static str| {
        let elements = ["-p", "L1_0", "-e", "Fe,Ni", "--known", known, "-o", output];
        run(here, &[&["generate"], &elements[..]].concat())
    };
    let (status, _, err) = ask("known", "one");
    assert_eq!(status, Some(0), "{err}");
    assert!(err.contains("a.cif: line 1"), "{err}");
    assert!(err.contains("it is not compared"), "{err}");
    assert!(err.contains("0 of them known"), "{err}");
    // Of the two ways round one is left: what was made is known from now on.
    let made = fs::read_dir(here.join("one")).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        (path.extension()? == "cif").then_some(path)
    });
    fs::copy(made.unwrap(), here.join("known/b.cif")).unwrap();
    let (_, _, err) = ask("known", "two");
    assert!(err.contains("1 of them known"), "{err}");
    // Whoever names a file means it.
    let (status, _, err) = ask("known/a.cif", "three");
    assert_eq!(status, Some(1));
    assert!(err.contains("--known: known/a.cif: line 1"), "{err}");
}

#[test]
fn what_cannot_be_asked_is_told_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let cases: [(&[&str], &str); 6] = [
        (&["-p", "spinell"], "did you mean \"Spinel\"?"),
        (&["-e", "Fe,Xx"], "--elements: \"Xx\" is no element"),
        (
            &["-s", "Fe:Mn"],
            "--substitute \"Fe:Mn\": write the prototype's element",
        ),
        (
            &["-e", "Fe", "-x", "Fe"],
            "--elements and --exclude leave no element",
        ),
        (
            &["--min-probability", "2"],
            "the least probability is 2: give a number from 0 to 1",
        ),
        (
            &["-s", "Fe=Nd", "-x", "rare-earths"],
            "--exclude leaves nothing that may replace Fe",
        ),
    ];
    for (more, wanted) in cases {
        let mut arguments = vec!["generate", "-o", "out"];
        arguments.extend(more);
        let (status, _, err) = run(here, &arguments);
        assert_eq!(status, Some(2), "{err}");
        assert!(err.contains(wanted), "{err}");
        assert!(!here.join("out").exists());
    }
    let (status, _, err) = run(here, &["generate", "-p", "none.cif", "-o", "out"]);
    assert_eq!(status, Some(1));
    assert!(err.contains("none.cif"), "{err}");
}

#[test]
fn prototypes_are_listed_as_a_table_and_as_json() {
    let here = tempfile::tempdir().unwrap();
    let (status, out, err) = run(here.path(), &["generate", "--list", "-p", "ThMn12,NASICON"]);
    assert_eq!(status, Some(0), "{err}");
    assert!(
        out.contains("D2_b") && out.contains("139 I4/mmm") && out.contains("NASICON"),
        "{out}"
    );
    let (_, out, _) = run(here.path(), &["generate", "--list", "--json"]);
    let value: Value = serde_json::from_str(&out).unwrap();
    assert!(value.as_array().unwrap().len() > 200);
}
