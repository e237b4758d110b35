//! `lodestone campaign run`: the loop with a lab that is a table, what ends it, and that a kill leaves nothing half done.

use crate::Desk;
use campaign::{Access, Event, Journal, LabEvent, State};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A table whose `y` is least at x = 7, z = 3.
fn table() -> String {
    let rows = (0..12).flat_map(|x| (0..8).map(move |z| (x, z)));
    let lines = rows.map(|(x, z)| format!("{x},{z},{}\n", (x - 7) * (x - 7) + (z - 3) * (z - 3)));
    std::iter::once("x [mm],z,y [%]\n".to_owned())
        .chain(lines)
        .collect()
}

fn begun(more: &[&str]) -> Desk {
    let desk = Desk::new();
    desk.put("known.csv", table());
    let new = [
        "campaign",
        "new",
        "a.lode",
        "--pool",
        "known.csv",
        "--blind",
        "-O",
        "min:y",
        "--seed",
        "3",
    ];
    desk.run(&[&new, more].concat()).ok();
    desk
}

const RUN: [&str; 7] = [
    "campaign",
    "run",
    "a.lode",
    "--lab",
    "table:known.csv",
    "--origin",
    "computed",
];

#[test]
fn a_table_is_asked_until_the_target_the_rounds_or_the_budget() {
    let desk = begun(&["--budget", "30", "--batch", "2"]);
    let ran = desk.run(&[&RUN[..], &["--max-rounds", "2"]].concat()).ok();
    assert!(
        ran.out()
            .contains("2 rounds at table:known.csv (computed): 2 rounds were run")
    );
    assert!(
        ran.out().contains("4 measured, 0 failed, 0 given up"),
        "{}",
        ran.out()
    );
    let ran = desk
        .run(&[&RUN[..], &["--until", "target:y < 3", "--json"]].concat())
        .ok();
    let told: serde_json::Value = serde_json::from_str(ran.out()).unwrap();
    let ending = told["ending"].as_str().unwrap();
    assert!(ending.contains("the target is reached: y < 3"), "{ending}");
    let ran = desk.run(&RUN).ok();
    assert!(
        ran.out().contains("the budget is spent (30)"),
        "{}",
        ran.out()
    );
    desk.run(&["campaign", "verify", "a.lode"]).ok();
    desk.run(&["campaign", "export", "a.lode", "--csv", "o.csv"])
        .ok();
    assert_eq!(desk.read("o.csv").lines().count(), 31);
    assert!(desk.read("o.csv").contains("computed, line"));
}

#[test]
fn what_cannot_be_run_is_refused_with_what_would_be_right() {
    let desk = begun(&[]);
    let run = |lab: &str, more: &[&str]| {
        desk.run(&[&["campaign", "run", "a.lode", "--lab", lab], more].concat())
    };
    run("robot", &[]).fails(2, &["`robot` is no lab", "write manual, table:FILE"]);
    run("manual", &[]).fails(2, &["a person cannot be waited for", "campaign observe"]);
    run("table:none.csv", &[]).fails(1, &["none.csv"]);
    run("rest:http://127.0.0.1:1/", &["--until", "often"]).fails(2, &["`often` is no end"]);
    run("table:known.csv", &["--until", "target:weight > 3"])
        .fails(2, &["weight", "the outcomes are y"]);
    desk.put("other.csv", "x [V],z,y\n1,1,1\n");
    run("table:other.csv", &["--strikes", "1"])
        .fails(1, &["the run stopped", "column `x` is in V"]);
    desk.run(&["campaign", "verify", "a.lode"]).ok();
}

#[test]
fn a_run_that_is_killed_again_and_again_goes_on_and_does_nothing_twice() {
    let desk = begun(&["--budget", "60", "--batch", "3"]);
    let mut chance = 7u64;
    let mut kills = 0;
    while kills < 60 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lodestone"))
            .current_dir(desk.folder.path())
            .args(RUN)
            .env("HOME", crate::home())
            .env("LODESTONE_CACHE", crate::home())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(10 + (chance >> 33) % 250));
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        let journal = Journal::open(&desk.path("a.lode"), Access::Read).unwrap();
        journal.verify_file().unwrap();
    }
    desk.run(&RUN).ok();
    desk.run(&["campaign", "verify", "a.lode"]).ok();
    let journal = Journal::open(&desk.path("a.lode"), Access::Read).unwrap();
    let records = journal.records().unwrap();
    let state = State::of(&records).unwrap();
    assert_eq!(state.experiments.len(), 60);
    for suggestion in &state.suggestions {
        let id = &suggestion.pick.id;
        assert_eq!(suggestion.standing(&state), "measured");
        let named = |event: &&Event| matches!(event, Event::Lab(LabEvent::Submitting { suggestions, .. }) if suggestions.contains(id));
        let submitted = records.iter().map(|record| &record.event).filter(named);
        assert_eq!(submitted.count(), 1, "{id} is submitted once");
        let experiment = &state.experiments[suggestion.experiments[0]];
        assert_eq!(experiment.told.len(), 1, "{id} is observed once");
    }
}
