//! `lodestone plugin new | doctor | build | test | watch`, as an author uses them outside of this repository.

use crate::guest::Guest;
use crate::{Desk, Ran};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

/// Compiling the SDK and the macros it uses takes a minute of processor time, once.
const COMPILING: Duration = Duration::from_secs(900);

/// The compiler for plugins: `./test` names one.
fn rustc() -> PathBuf {
    if let Some(rustc) = std::env::var_os("LODESTONE_TEST_RUSTC") {
        return rustc.into();
    }
    let printed = Command::new("rustc")
        .args([
            "--print",
            "target-libdir",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .output();
    let library = printed.map(|p| String::from_utf8_lossy(&p.stdout).trim().to_owned());
    assert!(
        library.is_ok_and(|l| Path::new(&l).is_dir()),
        "no compiler for plugins: run ./test, or first `export LODESTONE_TEST_RUSTC=$(plugins/toolchain)`"
    );
    "rustc".into()
}

/// `lodestone`, or cargo, in `folder`, as an author with a home of their own calls it: what cargo knows of this
/// repository is taken out of the environment. Compiled dependencies are shared between tests and with plugins/build.
pub fn author(program: &str, home: &Path, folder: &Path, args: &[&str]) -> Ran {
    let mut command = assert_cmd::Command::new(program);
    let variables = std::env::vars_os().map(|(name, _)| name);
    for name in variables {
        let text = name.to_string_lossy();
        let cargos = text.starts_with("CARGO_") && text != "CARGO_HOME";
        if cargos || ["RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "CLIPPY_ARGS"].contains(&&*text) {
            command.env_remove(&name);
        }
    }
    let old_home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    for (name, place) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        if std::env::var_os(name).is_none() {
            command.env(name, old_home.join(place));
        }
    }
    let shared = format!(
        "{}/../../plugins/target/components",
        env!("CARGO_MANIFEST_DIR")
    );
    command
        .env_remove("LODESTONE_PLUGINS")
        .env_remove("XDG_CACHE_HOME")
        .env_remove("LODESTONE_CACHE")
        .env("HOME", home)
        .env("RUSTC", rustc())
        .env("CARGO_TARGET_DIR", shared)
        // The lock file that comes with the project names what is here already.
        .env("CARGO_NET_OFFLINE", "true")
        .current_dir(folder)
        .args(args);
    Ran::within(&mut command, COMPILING)
}

/// The unit tests: with the macros that the component's build compiled, and without its minute of optimisation.
const UNIT: [&str; 4] = ["unit", "--release", "--config", "profile.release.lto=false"];

pub const LODESTONE: &str = env!("CARGO_BIN_EXE_lodestone");

/// A project around a component that needs no compiler: plugin `sum`, which counts atoms.
fn ready_made(desk: &Desk, cases: &str) -> PathBuf {
    let folder = desk.path("sum");
    fs::create_dir_all(folder.join("tests")).unwrap();
    fs::write(
        folder.join("lodestone-plugin.toml"),
        "name = \"sum\"\nlanguage = \"rust\"\n",
    )
    .unwrap();
    fs::write(folder.join("tests/cases.csv"), cases).unwrap();
    put_component(&folder, &Guest::default());
    folder
}

/// Puts a component there, newer than every source.
fn put_component(folder: &Path, guest: &Guest) {
    let path = folder.join("sum.wasm");
    fs::write(&path, guest.wasm()).unwrap();
    let later = SystemTime::now() + Duration::from_secs(3600);
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(later).unwrap();
}

/// `plugin test` of such a project.
fn tested(cases: &str) -> Ran {
    let desk = Desk::new();
    ready_made(&desk, cases);
    desk.run(&["plugin", "test", "sum"])
}

#[test]
fn a_new_rust_plugin_is_built_tested_edited_and_ranked_with_outside_of_the_checkout() {
    let (desk, home) = (Desk::new(), Desk::new());
    let lodestone = |folder: &Path, args: &[&str]| author(LODESTONE, &home.path("."), folder, args);
    let desk_folder = desk.path(".");
    let made = lodestone(&desk_folder, &["plugin", "new", "trial_alloy"]).ok();
    assert!(made.out().contains("cd trial_alloy"), "{}", made.out());
    assert_eq!(desk.files(), ["trial_alloy"]);
    let folder = desk.path("trial_alloy");

    // As it is: it builds, says what it gives and passes its cases.
    let built = lodestone(&folder, &["plugin", "build"]).ok();
    for said in [
        "trial_alloy.density [g/cm3]",
        "interface  0.1.0, imports nothing",
    ] {
        assert!(built.out().contains(said), "{said}: {}", built.out());
    }
    // The desk of this test is under no home, so nothing names this machine.
    assert!(!built.out().contains("consider"), "{}", built.out());
    let component = fs::read(folder.join("trial_alloy.wasm")).unwrap();
    assert!(plugin_host::has_interface_section(&component));
    let tested = lodestone(&folder, &["plugin", "test", "--json"]).ok();
    let report: Value = serde_json::from_str(tested.out()).unwrap();
    assert_eq!(report["tests"]["cases"], 4);
    assert_eq!(report["passed"], true);

    // cargo alone writes the same kind of component, runs the unit tests, and finds nothing to format.
    let cargo = |args: &[&str]| author("cargo", &home.path("."), &folder, args);
    cargo(&["fmt", "--check"]).ok();
    cargo(&["build", "--release", "--locked"]).ok();
    let unit = cargo(&UNIT).ok();
    assert!(unit.out().contains("1 passed"), "{}", unit.out());

    // One line edited: the cases notice, and say where and by how much.
    let source = folder.join("src/lib.rs");
    let text = fs::read_to_string(&source).unwrap();
    let line = "out.set(row, DENSITY, solid * density, f64::NAN)";
    assert!(text.contains(line));
    fs::write(
        &source,
        text.replace(line, &line.replace("solid", "2.0 * solid")),
    )
    .unwrap();
    let failed = lodestone(&folder, &["plugin", "test"]);
    assert_eq!(failed.status, 1, "{}", failed.err);
    let said = "FAIL tests/cases.csv, line 2: Cu: density: expected 8.96, got 17.92 g/cm3; off by 8.9600e0 g/cm3";
    assert!(failed.out().contains(said), "{}", failed.out());
    assert!(failed.err.contains("3 of 4 cases failed"), "{}", failed.err);

    // A source that does not compile: the compiler's own words, and the component of before stays.
    let before = fs::read(folder.join("trial_alloy.wasm")).unwrap();
    fs::write(
        &source,
        text.replace(line, "out.set(row, DENSITY, \"heavy\", f64::NAN)"),
    )
    .unwrap();
    let broken = lodestone(&folder, &["plugin", "build"]);
    assert_eq!((broken.status, broken.out()), (1, ""));
    for said in [
        "src/lib.rs:",
        "expected `f64`, found `&str`",
        "cargo ended with",
    ] {
        assert!(broken.err.contains(said), "{said}: {}", broken.err);
    }
    assert_eq!(fs::read(folder.join("trial_alloy.wasm")).unwrap(), before);

    // Mended again, it ranks.
    fs::write(&source, &text).unwrap();
    lodestone(&folder, &["plugin", "test"]).ok();
    let ranked = lodestone(
        &folder,
        &["rank", "candidates.csv", "-p", "./trial_alloy.wasm"],
    );
    assert_eq!(ranked.sheet().formulas()[0], "AlLi");
    assert_eq!(
        fs::read_dir(&folder)
            .unwrap()
            .filter(|e| e
                .as_ref()
                .is_ok_and(|e| e.file_name().to_string_lossy().starts_with(".lode")))
            .count(),
        0
    );
}

#[test]
fn the_examples_in_rust_pass_their_cases() {
    let home = Desk::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/examples");
    let mut tried = 0;
    for entry in fs::read_dir(examples).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.join("Cargo.toml").is_file() {
            continue;
        }
        let built = author(LODESTONE, &home.path("."), &folder, &["plugin", "build"]).ok();
        assert!(!built.out().contains("consider"), "{}", built.out());
        author(LODESTONE, &home.path("."), &folder, &["plugin", "test"]).ok();
        author("cargo", &home.path("."), &folder, &UNIT).ok();
        tried += 1;
    }
    assert!(tried > 0);
}

#[test]
fn a_bad_name_or_an_occupied_folder_is_refused_and_nothing_is_written() {
    let desk = Desk::new();
    desk.run(&["plugin", "new", "My-Plugin"]).fails(
        2,
        &[
            "\"My-Plugin\" is no name for a plugin",
            "my_plugin would do",
        ],
    );
    desk.run(&["plugin", "new", "../up"])
        .fails(2, &["is no name"]);
    desk.put("occupied", "a file");
    desk.run(&["plugin", "new", "occupied"])
        .fails(2, &["is there already and is no folder"]);
    fs::create_dir(desk.path("full")).unwrap();
    desk.put("full/notes.txt", "mine");
    desk.run(&["plugin", "new", "alloy", "--into", "full"])
        .fails(2, &["is not empty"]);
    desk.run(&["plugin", "new", "alloy", "--into", "no/such/folder"])
        .fails(1, &["cannot write in no/such"]);
    assert_eq!(desk.files(), ["full", "occupied"]);
    assert_eq!(desk.read("full/notes.txt"), "mine");
    desk.run(&["plugin", "new", "alloy", "--lang", "fortran"])
        .fails(2, &["[possible values: rust, python, javascript]"]);
}

#[test]
fn the_sdk_of_a_project_is_renewed_and_the_rest_left_alone() {
    let desk = Desk::new();
    desk.run(&["plugin", "new", "alloy"]).ok();
    let same = desk.run(&["plugin", "new", "--refresh-sdk", "alloy"]).ok();
    assert!(
        same.out().contains("its SDK is that of this program"),
        "{}",
        same.out()
    );
    let sdk = desk.read("alloy/sdk/plugin-sdk/src/lib.rs");
    desk.put("alloy/sdk/VERSION", "lodestone 0.0.1\n");
    desk.put("alloy/sdk/plugin-sdk/src/lib.rs", "// old");
    desk.put("alloy/sdk/gone.rs", "// old");
    desk.put("alloy/src/lib.rs", "// my work");
    desk.run(&["plugin", "new", "--refresh-sdk", "alloy"]).ok();
    assert_eq!(desk.read("alloy/sdk/plugin-sdk/src/lib.rs"), sdk);
    assert!(desk.read("alloy/sdk/VERSION").contains("interface 0.1.0"));
    assert!(!desk.path("alloy/sdk/gone.rs").exists());
    assert_eq!(desk.read("alloy/src/lib.rs"), "// my work");
    desk.run(&["plugin", "new", "--refresh-sdk", "nowhere"])
        .fails(1, &["cannot read nowhere"]);
}

#[test]
fn doctor_names_what_is_missing_with_the_command_that_mends_it() {
    let desk = Desk::new();
    let doctor = |args: &[&str]| {
        let mut command = desk.command();
        command
            .env("RUSTC", "/nowhere/rustc")
            .env("PATH", "/nowhere")
            .env("CARGO", "/nowhere/cargo")
            .env_remove("COMPONENTIZE_PY")
            .env_remove("COMPONENTIZE_JS");
        Ran::of(command.args([&["plugin", "doctor"], args].concat()))
    };
    let ran = doctor(&["--lang", "rust"]);
    assert_eq!(ran.status, 1, "{}", ran.err);
    for said in [
        "MISSING  rustc: /nowhere/rustc is not there",
        "sh.rustup.rs",
    ] {
        assert!(ran.out().contains(said), "{said}: {}", ran.out());
    }
    // Without a language named it is a survey, and no failure.
    let ran = doctor(&["--json"]).ok();
    let all: Value = serde_json::from_str(ran.out()).unwrap();
    let languages: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|l| &l["language"])
        .collect();
    assert_eq!(languages, ["rust", "python", "javascript"]);
    for language in all.as_array().unwrap() {
        assert_eq!(language["ready"], false);
        for finding in language["findings"].as_array().unwrap() {
            assert!(finding["remedy"].is_string(), "{finding}");
        }
    }
}

#[test]
fn a_build_without_its_tools_says_what_doctor_says() {
    let desk = Desk::new();
    desk.run(&["plugin", "new", "alloy"]).ok();
    let mut command = desk.command();
    command
        .env("RUSTC", "/nowhere/rustc")
        .env("CARGO", "/nowhere/cargo");
    Ran::of(command.args(["plugin", "build", "alloy"])).fails(
        1,
        &[
            "this machine cannot build plugins in Rust yet",
            "sh.rustup.rs",
        ],
    );
    let elsewhere = desk.run(&["plugin", "build"]);
    elsewhere.fails(1, &[". is no plugin project", "lodestone plugin new NAME"]);
    desk.put(
        "alloy/lodestone-plugin.toml",
        "name = \"alloy\"\nlanguage = \"cobol\"\n",
    );
    desk.run(&["plugin", "build", "alloy"]).fails(
        1,
        &["alloy/lodestone-plugin.toml: line 2: unknown variant `cobol`"],
    );
}

#[test]
fn cases_compare_values_standard_deviations_notes_and_missing_values() {
    let ran = tested(
        "formula,set:scale,expect:atoms [1],std:atoms [1],tolerance:atoms [1],comment\n\
         H2O,,3,missing,,all as it is\n\
         H2O,2,6,,,\n\
         Fe2O3,,5.4,,0.5,\n\
         Fe2O3,,5.4,,10 %,\n",
    )
    .ok();
    assert!(
        ran.out()
            .contains("4 of 4 cases passed (5 expectations, tests/cases.csv)"),
        "{}",
        ran.out()
    );
    assert!(ran.out().contains("check  sound"), "{}", ran.out());
    let ran = tested(
        "formula,expect:atoms [1],std:atoms [1],tolerance:atoms [1],note\n\
         H2O,3.5,,0.25,\n\
         Fe,missing,,,\n\
         Fe,,0.1,,\n\
         Fe,1,,,rusty\n\
         Fe,1,,,\n",
    );
    assert_eq!(ran.status, 1);
    for said in [
        "line 2: H2O: atoms: expected 3.5, got 3 1; off by -5.0000e-1 1, allowed 2.50e-1 1",
        "line 3: Fe: atoms: expected missing, got 1",
        "line 4: Fe: atoms_std: expected 0.1, got not known",
        "line 5: Fe: expected a note with \"rusty\", got no note",
        "1 of 5 cases passed",
    ] {
        assert!(ran.out().contains(said), "{said}: {}", ran.out());
    }
    assert!(ran.err.contains("sum: 4 of 5 cases failed"), "{}", ran.err);
}

#[test]
fn a_candidate_that_the_plugin_fails_on_fails_its_case_alone() {
    let desk = Desk::new();
    let folder = ready_made(&desk, "formula,expect:atoms [1]\nH2O,3\nFe2O3,5\n");
    let crashes = Guest {
        value: "(if (f64.eq (call $sum (local.get $in) (local.get $row)) (f64.const 5)) (then unreachable))
                (call $sum (local.get $in) (local.get $row))",
        ..Guest::default()
    };
    put_component(&folder, &crashes);
    let ran = desk.run(&["plugin", "test", "sum"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.out().contains("line 3: Fe2O3: expected a prediction, got plugin sum failed on this candidate: it crashed"),
        "{}",
        ran.out()
    );
    assert!(ran.out().contains("1 of 2 cases passed"), "{}", ran.out());
}

#[test]
fn a_case_that_cannot_be_one_is_an_error_with_its_place() {
    for (cases, said) in [
        ("", "cases.csv"),
        ("formula,expect:atoms [1]\n", "but no rows"),
        ("formula\nFe\n", "cases.csv: it expects nothing"),
        ("expect:atoms [1]\n1\n", "a column `formula` is missing"),
        (
            "formula,expect:mass [g]\nFe,1\n",
            "column \"expect:mass [g]\": the plugin gives no property \"mass\"; it has: atoms",
        ),
        (
            "formula,expect:atoms\nFe,1\n",
            "it must state its unit, as in [1]",
        ),
        (
            "formula,expect:atoms [eV]\nFe,1\n",
            "column \"expect:atoms [eV]\"",
        ),
        (
            "formula,set:size,expect:atoms [1]\nFe,1,1\n",
            "no parameter \"size\"; it has: scale",
        ),
        (
            "formula,set:scale,expect:atoms [1]\nFe,9,1\n",
            "line 2, column \"set:scale\": sum.scale = 9: must be a number from 0.5 to 4",
        ),
        (
            "formula,expected,expect:atoms [1]\nFe,1,1\n",
            "this is nothing that a case has",
        ),
        (
            "formula,expect:atoms [1]\nFe,1\nXx,1\n",
            "line 3, column \"formula\": \"Xx\"",
        ),
        (
            "formula,expect:atoms [1]\nFe,NaN\n",
            "line 2, column \"expect:atoms [1]\": \"NaN\": write `missing`",
        ),
        (
            "formula,expect:atoms [1]\nFe,one\n",
            "line 2, column \"expect:atoms [1]\": \"one\"",
        ),
        (
            "formula,expect:atoms [1]\nFe,1\nFe,\n",
            "line 3: this case expects nothing",
        ),
        (
            "formula,expect:atoms [1]\nFe,1,2\n",
            "line 2: 3 fields where the header has 2",
        ),
        (
            "formula,expect:atoms [1],tolerance:atoms\nFe,1,0.1\n",
            "column \"tolerance:atoms\": it must state its unit",
        ),
    ] {
        tested(cases).fails(1, &[said]);
    }
    let desk = Desk::new();
    let folder = ready_made(&desk, "");
    fs::remove_file(folder.join("tests/cases.csv")).unwrap();
    desk.run(&["plugin", "test", "sum"])
        .fails(1, &["sum/tests holds no cases"]);
}

/// A program that does not outlive its test.
#[cfg(unix)]
struct Ended(std::process::Child);

#[cfg(unix)]
impl Drop for Ended {
    fn drop(&mut self) {
        // It has mostly ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn watch_tests_again_on_every_change_survives_what_is_broken_and_ends_on_ctrl_c() {
    let desk = Desk::new();
    let good = "formula,expect:atoms [1]\nH2O,3\n";
    let folder = ready_made(&desk, good);
    let home = crate::home();
    let child = Command::new(LODESTONE)
        .args(["plugin", "watch", "sum"])
        .current_dir(desk.path("."))
        .env("HOME", home)
        .env("LODESTONE_CACHE", home)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Ended(child);
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    // Each round ends with the verdict; the pipe closes if the program ends early.
    let mut verdict = || {
        let mut said = String::new();
        loop {
            let line = lines.next().expect("it goes on").unwrap();
            said.push_str(&line);
            said.push('\n');
            if line == "sum: passed" || line == "sum: FAILED" {
                return said;
            }
        }
    };
    assert!(verdict().ends_with("sum: passed\n"));
    let cases = folder.join("tests/cases.csv");
    fs::write(&cases, "formula,expect:atoms [1]\nH2O,44\n").unwrap();
    let said = verdict();
    assert!(
        said.contains("expected 44, got 3") && said.ends_with("FAILED\n"),
        "{said}"
    );
    fs::write(&cases, "formula,expect:atoms [1]\nH2O,what\n").unwrap();
    let said = verdict();
    assert!(
        said.contains("line 2") && said.ends_with("FAILED\n"),
        "{said}"
    );
    fs::write(&cases, good).unwrap();
    assert!(verdict().ends_with("sum: passed\n"));
    let interrupt = Command::new("kill")
        .args(["-INT", &child.0.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
}
