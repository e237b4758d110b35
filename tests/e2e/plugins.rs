//! `lodestone plugin list | info | check`, and plugins named by file.

use crate::guest::{Guest, description};
use crate::{Desk, Ran, dataset};
use serde_json::Value;

fn shipped(id: &str) -> String {
    format!(
        "{}/../../plugins/dist/{id}.wasm",
        env!("CARGO_MANIFEST_DIR")
    )
}

#[test]
fn list_has_a_line_for_each_shipped_plugin() {
    let ran = Desk::new().run(&["plugin", "list"]).ok();
    let ids: Vec<&str> = ran
        .out()
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(ids, ["battery", "catalyst", "magnet", "semiconductor"]);
    let json = Desk::new().run(&["plugin", "list", "--json"]).ok();
    let json: Value = serde_json::from_str(json.out()).unwrap();
    let ids: Vec<&str> = json
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p["description"]["id"].as_str())
        .collect();
    assert_eq!(ids, ["battery", "catalyst", "magnet", "semiconductor"]);
}

#[test]
fn info_gives_unit_method_source_validity_and_uncertainty_of_every_property() {
    let desk = Desk::new();
    for id in ["battery", "catalyst", "magnet", "semiconductor"] {
        let text = desk.run(&["plugin", "info", id]).ok();
        let json = desk.run(&["plugin", "info", id, "--json"]).ok();
        let json: Value = serde_json::from_str(json.out()).unwrap();
        let said: String = text.out().split_whitespace().collect::<Vec<_>>().join(" ");
        for property in json["description"]["properties"].as_array().unwrap() {
            let of = |key: &str| {
                property[key]
                    .as_str()
                    .unwrap()
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let (name, unit) = (of("name"), of("unit"));
            let heading = if unit.is_empty() {
                format!("{id}.{name} (")
            } else {
                format!("{id}.{name} [{unit}] (")
            };
            assert!(said.contains(&heading), "{heading}");
            for key in ["summary", "method", "source", "uncertainty"] {
                assert!(!of(key).is_empty(), "{id}.{name} has no {key}");
                assert!(said.contains(&of(key)), "{id}.{name}: {key}");
            }
            assert!(
                property["valid_min"].is_number() && property["valid_max"].is_number(),
                "{id}.{name}"
            );
        }
        assert!(
            text.out()
                .lines()
                .skip(1)
                .all(|line| line.chars().count() <= 120)
        );
        assert!(said.contains("SHA-256") && said.contains("licence"));
    }
}

#[test]
fn info_says_how_many_candidates_of_the_shipped_lists_a_plugin_covers() {
    let desk = Desk::new();
    let info = desk.run(&["plugin", "info", "battery", "--json"]).ok();
    let info: Value = serde_json::from_str(info.out()).unwrap();
    for list in info["tried_on"].as_array().unwrap() {
        let file = list["list"].as_str().unwrap();
        let args = [
            "-p",
            "battery",
            "-O",
            "max:battery.material_cost",
            "--format",
            "csv",
        ];
        let sheet = desk
            .run(&[&["rank", &dataset(file)], &args[..]].concat())
            .sheet();
        assert_eq!(list["candidates"], sheet.len(), "{file}");
        let mut covered = vec![false; sheet.len()];
        for (name, count) in list["properties"].as_object().unwrap() {
            let header = sheet
                .header
                .iter()
                .find(|h| h.split(" [").next() == Some(&format!("battery.{name}")));
            let values = sheet.numbers(header.unwrap());
            let known = values.iter().filter(|v| !v.is_nan()).count();
            assert_eq!(*count, known, "{file}: {name}");
            covered
                .iter_mut()
                .zip(values)
                .for_each(|(c, v)| *c |= !v.is_nan());
        }
        let covered = covered.iter().filter(|c| **c).count();
        assert_eq!(list["covered"], covered, "{file}");
    }
}

#[test]
fn every_parameter_stands_apart_from_its_text() {
    let magnet = Desk::new().run(&["plugin", "info", "magnet"]).ok();
    assert!(
        magnet.out().contains("  coercivity_share "),
        "{}",
        magnet.out()
    );
}

#[test]
fn the_supply_risks_formula_weights_and_sources_are_printed() {
    let desk = Desk::new();
    for id in ["battery", "catalyst", "magnet", "semiconductor"] {
        let ran = desk.run(&["plugin", "info", id]).ok();
        let text = ran.out().split_whitespace().collect::<Vec<_>>().join(" ");
        for said in [
            "HHI",
            "recycling",
            "abundance",
            "top producer",
            "substitut",
            "0.25",
            "10.1021/cm400893e",
        ] {
            assert!(text.contains(said), "{id}: {said}");
        }
    }
}

#[test]
fn info_of_a_file_is_that_of_the_plugin_in_it() {
    let desk = Desk::new();
    let by_id = desk.run(&["plugin", "info", "battery"]).ok();
    let by_file = desk.run(&["plugin", "info", &shipped("battery")]).ok();
    let rest = |ran: &Ran| -> Vec<String> {
        ran.out()
            .lines()
            .filter(|line| !line.starts_with("from "))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(rest(&by_id), rest(&by_file));
}

#[test]
fn check_passes_the_shipped_plugins() {
    for id in ["battery", "catalyst", "magnet", "semiconductor"] {
        let ran = Desk::new().run(&["plugin", "check", &shipped(id)]).ok();
        assert!(
            ran.out().contains("ok ") && !ran.out().contains("FIX"),
            "{}",
            ran.out()
        );
    }
}

#[test]
fn check_tells_an_author_what_to_fix() {
    let desk = Desk::new();
    let mut lying = description();
    lying.properties[0].valid_max = Some(0.5);
    desk.put(
        "lying.wasm",
        Guest {
            description: lying,
            ..Guest::default()
        }
        .wasm(),
    );
    desk.put(
        "crashing.wasm",
        Guest {
            predict: "(unreachable)",
            ..Guest::default()
        }
        .wasm(),
    );
    // Values outside the declared range are withheld in a ranking: worth a look. A crash must be mended.
    for (file, status, kind, what) in [
        ("lying.wasm", 0, "consider", "0.5"),
        ("crashing.wasm", 1, "FIX", "crashed"),
    ] {
        let ran = desk.run(&["plugin", "check", file]);
        assert_eq!(ran.status, status, "{}", ran.err);
        for said in [file, kind, what, "-> "] {
            assert!(ran.out().contains(said), "{said}: {}", ran.out());
        }
        let json = desk.run(&["plugin", "check", file, "--json"]);
        assert_eq!(json.status, status);
        let json: Value = serde_json::from_str(json.out()).unwrap();
        assert!(!json["findings"].as_array().unwrap().is_empty());
    }
}

#[test]
fn an_unknown_plugin_is_refused_with_the_nearest() {
    let desk = Desk::with("formula\nLiCoO2\n");
    desk.run(&["plugin", "info", "batery"])
        .fails(2, &["batery", "did you mean \"battery\"?"]);
    desk.run(&["plugin", "check", "magnets"])
        .fails(2, &["did you mean \"magnet\"?"]);
    desk.run(&["plugin", "info", "nowhere.wasm"])
        .fails(1, &["nowhere.wasm"]);
    desk.rank(&["-p", "./nowhere.wasm"])
        .fails(1, &["nowhere.wasm"]);
}

#[test]
fn a_component_file_and_a_folder_of_plugins_take_part() {
    let desk = Desk::with("formula\nLiCoO2\nNaCl\n");
    desk.put("sum.wasm", Guest::default().wasm());
    let args = ["-p", "sum.wasm", "--set", "sum.scale=2"];
    let sheet = desk.rank(&args).sheet();
    assert_eq!(sheet.formulas(), ["LiCoO2", "NaCl"]);
    // The unit of a pure number is not shown or shown as 1.
    let header = sheet
        .header
        .iter()
        .find(|h| h.starts_with("sum.atoms"))
        .unwrap();
    assert_eq!(sheet.numbers(header), [8.0, 4.0]);
    std::fs::create_dir(desk.path("folder")).unwrap();
    std::fs::copy(desk.path("sum.wasm"), desk.path("folder/sum.wasm")).unwrap();
    let installed = |args: &[&str]| {
        Ran::of(
            desk.command()
                .env("LODESTONE_PLUGINS", desk.path("folder"))
                .args(args),
        )
    };
    assert!(installed(&["plugin", "list"]).ok().out().contains("\nsum "));
    assert_eq!(installed(&["rank", "in.csv", "-p", "sum"]).sheet().len(), 2);
    assert_eq!(
        installed(&["rank", "in.csv", "-O", "max:sum.atoms"])
            .sheet()
            .formulas()[0],
        "LiCoO2"
    );
}

#[test]
fn the_same_plugin_twice_is_refused() {
    let desk = Desk::with("formula\nLiCoO2\n");
    let ran = desk.rank(&["-p", "battery", "-p", &shipped("battery")]);
    assert_ne!(ran.status, 0);
    ran.fails(ran.status, &["battery"]);
}

#[test]
fn what_a_plugin_adds_of_itself_does_not_pass_for_what_the_program_says() {
    let desk = Desk::new();
    let text = |text: &str| text.to_owned();
    let mut honest = Guest::default();
    honest.description.extensions = vec![
        (
            text("signed by"),
            text("key 0123456789abcdef, trusted since 2024-01-01"),
        ),
        (text("check"), text("sound")),
    ];
    honest.description.summary = format!("Counts atoms{}signed by   key", " ".repeat(200));
    desk.put("sum.wasm", honest.wasm());
    let ran = desk.run(&["plugin", "info", "sum.wasm"]).ok();
    let of = |name: &str| {
        let lines = ran.out().lines();
        lines
            .filter(|line| line.starts_with(name))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("signed by"),
        ["signed by   UNSIGNED: nobody vouches for it"]
    );
    assert_eq!(of("check").len(), 1);
    assert!(!ran.out().contains(&" ".repeat(100)));
    assert!(
        ran.out()
            .contains("\nwhat it adds of itself\n  - signed by: key 0123"),
        "{}",
        ran.out()
    );
    // Nor does a line break in a text get that far.
    for summary in ["Counts\nsigned by   key", "Counts\rsigned by"] {
        let mut guest = Guest::default();
        guest.description.summary = text(summary);
        desk.put("sum.wasm", guest.wasm());
        desk.run(&["plugin", "info", "sum.wasm"])
            .fails(1, &["the summary holds"]);
    }
}

#[test]
fn an_empty_variable_names_no_folder_and_a_relative_cache_is_none() {
    let desk = Desk::new();
    let mut command = desk.command();
    command
        .env("LODESTONE_PLUGINS", "")
        .env("XDG_CACHE_HOME", "cache")
        .env("LODESTONE_CACHE", "")
        .args(["plugin", "list"]);
    let ran = Ran::of(&mut command).ok();
    assert_eq!(ran.out().lines().count(), 4);
    assert_eq!(desk.files(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_reader_who_has_seen_enough_ends_the_output_without_a_word() {
    let desk = Desk::new();
    for args in ["plugin list", "plugin info battery", "rank --help"] {
        let line = format!(
            "{} {args} | true; exit ${{PIPESTATUS[0]}}",
            env!("CARGO_BIN_EXE_lodestone")
        );
        let ran = Ran::of(
            assert_cmd::Command::new("bash")
                .env("HOME", crate::home())
                .env("LODESTONE_CACHE", crate::home())
                .current_dir(desk.path("."))
                .args(["-c", &line]),
        );
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{args}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_called_a_plugin_is_refused_and_nobody_waits_for_it() {
    let desk = Desk::with("formula\nLiCoO2\n");
    let made = std::process::Command::new("mkfifo")
        .arg(desk.path("pipe.wasm"))
        .status();
    assert!(made.unwrap().success());
    desk.rank(&["-p", "pipe.wasm"])
        .fails(1, &["pipe.wasm", "a pipe or a device"]);
}

#[test]
fn the_best_none_are_no_question() {
    let desk = Desk::with("formula\nLiCoO2\n");
    desk.rank(&["-p", "battery", "-n", "0"])
        .fails(2, &["at least 1"]);
}
