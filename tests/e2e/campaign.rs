//! `lodestone campaign`: the whole way as a person goes it.

use crate::{Desk, Ran, Sheet};
use std::fmt::Write;

/// Candidates without results: a category, a number with a unit, a number without, and a name.
pub fn pool(rows: usize) -> String {
    let mut text = "name,solvent,temperature [K],x\n".to_owned();
    for row in 0..rows {
        let solvent = ["water", "ethanol", "DMF"][row * 7 % 3];
        let (temperature, x) = (300 + row * 37 % 101, (row * 619 % 1000) as f64 / 1000.0);
        writeln!(text, "c{row},{solvent},{temperature},{x}").unwrap();
    }
    text
}

/// A desk with a campaign of one objective, `a.lode`, and further arguments of `new`.
pub fn begun(rows: usize, more: &[&str]) -> Desk {
    let desk = Desk::with(pool(rows));
    let args = [
        "campaign",
        "new",
        "a.lode",
        "--pool",
        "in.csv",
        "-O",
        "max:yield [%]",
    ];
    desk.run(&[&args, more].concat()).ok();
    desk
}

impl Desk {
    pub fn campaign(&self, args: &[&str]) -> Ran {
        let mut all = vec!["campaign", args[0], "a.lode"];
        all.extend(&args[1..]);
        self.run(&all)
    }

    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let ran = self.campaign(&[args, &["--json"]].concat()).ok();
        serde_json::from_str(ran.out()).unwrap()
    }
}

/// What a campaign's worksheet says once a person has filled it in: the yield is a smooth function of the candidate.
pub fn filled(sheet: &str) -> String {
    let sheet = Sheet::of(sheet);
    let column = |name: &str| sheet.header.iter().position(|h| h == name).unwrap();
    let (id, solvent, temperature, x) = (
        column("suggestion"),
        column("solvent"),
        column("temperature [K]"),
        column("x"),
    );
    let mut text = "suggestion,yield [%]\n".to_owned();
    for row in &sheet.rows {
        let number = |at: usize| row[at].parse::<f64>().unwrap();
        let best = if row[solvent] == "DMF" { 10.0 } else { 0.0 };
        let value = 60.0 + best
            - (number(temperature) - 350.0).powi(2) / 100.0
            - 30.0 * (number(x) - 0.4).powi(2);
        writeln!(text, "{},{value:.3}", row[id]).unwrap();
    }
    text
}

#[test]
fn the_whole_way_from_candidates_to_a_verified_report() {
    let desk = begun(120, &["--batch", "3", "--initial", "3", "--seed", "4"]);
    for round in 1..=4 {
        let sheet = format!("round{round}.csv");
        desk.campaign(&["suggest", "-o", &sheet])
            .ok()
            .says(&[&format!("round {round}:")]);
        desk.put("results.csv", filled(&desk.read(&sheet)));
        let said = desk.campaign(&["observe", "results.csv"]).ok();
        assert!(
            said.out().starts_with("3 new, 0 changed, 0 known already"),
            "{}",
            said.out()
        );
        let again = desk.campaign(&["observe", "results.csv"]).ok();
        assert!(
            again.out().starts_with("0 new, 0 changed, 3 known already"),
            "{}",
            again.out()
        );
    }
    let sheet = Sheet::of(&desk.read("round4.csv"));
    for header in [
        "yield [%]",
        "yield_std [%]",
        "status",
        "expected yield [%]",
        "expected yield_std [%]",
        "why",
        "name",
    ] {
        assert!(
            sheet.header.iter().any(|h| h == header),
            "{header}: {:?}",
            sheet.header
        );
    }
    let status = desk.json(&["status"]);
    assert_eq!(status["rounds"], 4);
    assert_eq!(status["experiments"]["measured"], 12);
    assert_eq!(status["events"], 9);
    let history = desk.campaign(&["history"]).ok();
    assert_eq!(history.out().lines().count(), 9);
    let verified = desk.json(&["verify"]);
    assert_eq!(
        (verified["events"].as_u64(), verified["replayed"].as_u64()),
        (Some(9), Some(4))
    );
    desk.campaign(&["export", "--csv", "all.csv"]).ok();
    let all = Sheet::of(&desk.read("all.csv"));
    assert_eq!(all.len(), 12);
    let ids: Vec<&str> = all.rows.iter().map(|row| row[2].as_str()).collect();
    let expected: Vec<String> = (1..=12).map(|k| format!("s{k}")).collect();
    assert_eq!(ids, expected, "in the order of acknowledgement");
    for report in ["report.html", "report.md"] {
        desk.campaign(&["report", "-o", report]).ok();
        let text = desk.read(report);
        assert!(
            text.contains("<svg") && text.contains("Every choice and its reason"),
            "{text}"
        );
        assert!(
            !text.contains("NaN") && !text.contains("http://")
                || report.ends_with("html")
                || text.contains("w3.org")
        );
        assert_eq!(
            text.matches("fills the space").count(),
            3,
            "the reasons of the first round"
        );
    }
    desk.campaign(&["export", "--crate", "crate"]).ok();
    let metadata: serde_json::Value =
        serde_json::from_str(&desk.read("crate/ro-crate-metadata.json")).unwrap();
    let entities = metadata["@graph"].as_array().unwrap();
    let root = entities.iter().find(|e| e["@id"] == "./").unwrap();
    for part in root["hasPart"].as_array().unwrap() {
        let name = part["@id"].as_str().unwrap();
        let entity = entities.iter().find(|e| e["@id"] == name).unwrap();
        let bytes = std::fs::read(desk.path("crate").join(name)).unwrap();
        assert_eq!(entity["sha256"], campaign::sha256_hex(&bytes), "{name}");
    }
    desk.campaign(&["verify"]).ok();
    let left: Vec<String> = desk
        .files()
        .into_iter()
        .filter(|name| name.contains("journal") || name.starts_with('.'))
        .collect();
    assert!(left.is_empty(), "one file at rest: {left:?}");
}

#[test]
fn the_same_seed_suggests_the_same_for_any_number_of_threads() {
    let sheets: Vec<String> = ["1", "3"]
        .into_iter()
        .map(|threads| {
            let desk = begun(90, &["--seed", "8", "--batch", "2", "--initial", "2"]);
            let mut all = String::new();
            for _ in 0..3 {
                let sheet = desk.campaign(&["suggest", "--threads", threads]).ok();
                desk.put("results.csv", filled(sheet.out()));
                desk.campaign(&["observe", "results.csv"]).ok();
                all.push_str(sheet.out());
            }
            all
        })
        .collect();
    assert_eq!(sheets[0], sheets[1]);
}

#[test]
fn what_came_back_is_told_apart() {
    let desk = begun(60, &["--batch", "6", "--initial", "6"]);
    let sheet = Sheet::of(desk.campaign(&["suggest"]).ok().out());
    let x = sheet.header.iter().position(|h| h == "x").unwrap();
    let other = if sheet.rows[4][x] == "0.5" {
        "0.25"
    } else {
        "0.5"
    };
    desk.put(
        "results.csv",
        format!(
            "suggestion,yield,yield_std,status,x,note\ns1,0.5,0.01,,,\ns2,,,failed,,it exploded\ns3,,,abandoned,,\ns4,,,pending,,\n\
             s5,40,,,{other},less than asked for\ns6,,,,,\ns7,1,,,,\ns1,x,,,,\n"
        )
        .replace("yield,yield_std", "yield [1],yield_std [%]"),
    );
    let said = desk.campaign(&["observe", "results.csv"]).ok().says(&[
        "refused, line 8: there is no suggestion \"s7\"",
        "refused, line 9: `yield [1]` is \"x\"",
    ]);
    assert!(
        said.out()
            .starts_with("5 new, 0 changed, 0 known already, 1 not filled in, 2 refused"),
        "{}",
        said.out()
    );
    let status = desk.json(&["status"]);
    assert_eq!(
        status["experiments"],
        serde_json::json!({"measured": 2, "failed": 1, "abandoned": 1, "pending": 1})
    );
    // 0.5 of one is 50 %; its standard deviation came in per cent already.
    let best = &status["best"][0]["outcomes"]["yield [%]"];
    assert_eq!(
        (best["value"].as_f64(), best["std"].as_f64()),
        (Some(4000.0), None)
    );
    desk.campaign(&["export", "--csv", "all.csv"]).ok();
    let all = Sheet::of(&desk.read("all.csv"));
    let column = |name: &str| all.header.iter().position(|h| h == name).unwrap();
    assert_eq!(all.rows[0][column("yield [%]")], "50.0");
    assert_eq!(all.rows[0][column("yield_std [%]")], "0.01");
    assert_eq!(all.rows[4][column("made x")], other);
    assert_eq!(all.rows[1][column("note")], "it exploded");
    // What was changed is said with what it was; a later word counts.
    desk.put("results.csv", "suggestion,yield [%]\ns1,51\n");
    let said = desk.campaign(&["observe", "results.csv"]).ok();
    assert!(
        said.out().contains("0 new, 1 changed")
            && said.out().contains("yield was 50.0 and is 51.0"),
        "{}",
        said.out()
    );
    // A pending one that is measured now is no change but news.
    desk.put("results.csv", "suggestion,yield [%]\ns4,12\n");
    assert!(
        desk.campaign(&["observe", "results.csv"])
            .ok()
            .out()
            .starts_with("1 new")
    );
    desk.campaign(&["suggest"]).ok();
    desk.campaign(&["verify"]).ok();
}

#[test]
fn candidates_are_known_by_their_columns_and_by_their_names() {
    let desk = begun(30, &[]);
    let pool = Sheet::of(&pool(30));
    let row = &pool.rows[17];
    desk.put(
        "results.csv",
        format!(
            "solvent,temperature,x,yield\n{},{}.0,{}0,12\n",
            row[1], row[2], row[3]
        ),
    );
    desk.campaign(&["observe", "results.csv"])
        .ok()
        .says(&["states no unit and is taken as %"]);
    desk.put("results.csv", "name,yield [%]\nc3,14\nc99,1\n");
    let said = desk.campaign(&["observe", "results.csv"]).ok();
    assert!(
        said.out().starts_with("1 new") && said.err.contains("no candidate has this name"),
        "{}",
        said.err
    );
    let status = desk.json(&["status"]);
    assert_eq!(status["best"][0]["candidate"]["row"], 4);
    // Both count towards the initial ones and are never suggested again.
    let mut seen = Vec::new();
    for _ in 0..14 {
        let sheet = Sheet::of(desk.campaign(&["suggest", "-q", "2"]).ok().out());
        seen.extend(sheet.rows.iter().map(|row| row[1].clone()));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 28);
    assert!(!seen.contains(&"c3".to_owned()) && !seen.contains(&"c17".to_owned()));
    desk.campaign(&["suggest"])
        .fails(1, &["candidates can be suggested"]);
}

#[test]
fn values_that_the_pool_has_are_observations_unless_they_are_hidden() {
    let table = "x,y,yield [%],yield_std [%]\n1,2,30,1\n2,3,,\n3,1,50,\n4,5,,\n5,4,,\n";
    let desk = Desk::with(table);
    let new = |name: &str, more: &[&str]| {
        let args = [
            "campaign",
            "new",
            name,
            "--pool",
            "in.csv",
            "-O",
            "max:yield",
        ];
        desk.run(&[&args, more].concat()).ok()
    };
    new("a.lode", &[]).says(&["2 observations so far", "inputs: x, y"]);
    assert_eq!(desk.json(&["status"])["best"][0]["candidate"]["row"], 3);
    new("b.lode", &["--blind"]).says(&["0 observations so far", "not looked at"]);
}

#[test]
fn a_retraction_lists_what_was_built_on_it_and_can_be_retracted() {
    let desk = begun(60, &["--batch", "3", "--initial", "3", "--seed", "2"]);
    desk.campaign(&["suggest", "-o", "one.csv"]).ok();
    desk.put("results.csv", filled(&desk.read("one.csv")));
    desk.campaign(&["observe", "results.csv"]).ok();
    desk.campaign(&["suggest"]).ok();
    desk.campaign(&["export", "--csv", "all.csv"]).ok();
    let found = desk.json(&["retract", "3.2", "--reason", "the vials were swapped"]);
    assert_eq!(found["event"], 6);
    assert_eq!(found["suggested"][0]["event"], 4);
    assert_eq!(
        found["suggested"][0]["suggestions"],
        serde_json::json!(["s4", "s5", "s6"])
    );
    assert_eq!(found["exported"][0]["file"], "all.csv");
    assert_eq!(desk.json(&["status"])["experiments"]["measured"], 2);
    desk.campaign(&["retract", "3.2", "--reason", "again"])
        .fails(2, &["retracted already"]);
    desk.campaign(&["retract", "1", "--reason", "all"])
        .fails(2, &["begins the campaign"]);
    desk.campaign(&["retract", "77", "--reason", "none"])
        .fails(2, &["the last is 6"]);
    desk.campaign(&["retract", "3.9", "--reason", "none"])
        .fails(2, &["it has no entry 9"]);
    desk.campaign(&["retract", "x", "--reason", "none"])
        .fails(2, &["is no event"]);
    desk.campaign(&["retract", "6", "--reason", "they were not"])
        .ok();
    assert_eq!(desk.json(&["status"])["experiments"]["measured"], 3);
    desk.campaign(&["verify"]).ok();
}

#[test]
fn a_budget_ends_the_suggestions() {
    let desk = begun(40, &["--budget", "5", "--batch", "2"]);
    for count in [2, 2, 1] {
        assert_eq!(
            Sheet::of(desk.campaign(&["suggest"]).ok().out()).len(),
            count
        );
    }
    desk.campaign(&["suggest"])
        .fails(1, &["the budget of 5 is spent or promised"]);
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    let page =
        std::fs::read_to_string(format!("{}/../../README.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (_, section) = page.split_once("## Campaigns").unwrap();
    let block = section.split("```").nth(1).unwrap();
    let desk = Desk::new();
    for line in block.trim().lines() {
        let line = line.replace("datasets/", &crate::dataset(""));
        let args: Vec<&str> = line.split_whitespace().skip(1).collect();
        if args[1] == "observe" {
            let sheet = desk.read(args[3]);
            let header = sheet.lines().next().unwrap().split(',');
            let place = header
                .clone()
                .position(|name| name == "degradation")
                .unwrap();
            let rows = sheet.lines().skip(1).enumerate().map(|(k, row)| {
                let mut cells: Vec<String> =
                    row.splitn(place + 2, ',').map(str::to_owned).collect();
                cells[place] = format!("0.{k}");
                cells.join(",")
            });
            let filled: Vec<String> = std::iter::once(sheet.lines().next().unwrap().to_owned())
                .chain(rows)
                .collect();
            desk.put(args[3], filled.join("\n"));
        }
        let ran = desk.run(&args).ok();
        match args[1] {
            "observe" => assert!(ran.out().starts_with("4 new"), "{}", ran.out()),
            "verify" => assert!(ran.out().starts_with("4 events"), "{}", ran.out()),
            _ => {}
        }
    }
    assert!(desk.read("blends.html").starts_with("<!DOCTYPE html>"));
}

/// A space of the same columns as [`pool`].
const SPACE: &str = "\
[[input]]
name = \"temperature\"
unit = \"K\"
range = [300, 400]

[[input]]
name = \"x\"
range = [0, 1]
step = 0.001

[[input]]
name = \"solvent\"
category = [\"water\", \"ethanol\", \"DMF\"]
";

#[test]
fn a_design_space_is_searched_beyond_the_candidates_that_were_drawn_of_it() {
    let desk = Desk::new();
    desk.put("space.toml", SPACE);
    let new = [
        "campaign",
        "new",
        "a.lode",
        "--space",
        "space.toml",
        "-O",
        "max:yield [%]",
    ];
    let more = [
        "-w",
        "temperature < 390 and x > 0.01",
        "--batch",
        "3",
        "--initial",
        "6",
        "--seed",
        "3",
    ];
    desk.run(&[&new[..], &more].concat())
        .ok()
        .says(&["inputs: temperature, x, solvent"]);
    let mut beyond = 0;
    // Towards the end the best is known, and what lies close to it is worth most.
    for round in 1..=8 {
        let sheet = desk.campaign(&["suggest"]).ok();
        let rows = Sheet::of(sheet.out());
        let column = |name: &str| rows.header.iter().position(|h| h == name).unwrap();
        for row in &rows.rows {
            let temperature: f64 = row[column("temperature [K]")].parse().unwrap();
            assert!((300.0..390.0).contains(&temperature), "{temperature}");
            assert!(
                row[column("x")].len() <= 5,
                "steps of a thousandth: {row:?}"
            );
        }
        desk.put("results.csv", filled(sheet.out()));
        assert!(
            desk.campaign(&["observe", "results.csv"])
                .ok()
                .out()
                .starts_with("3 new")
        );
        let history = desk.json(&["history"]);
        let picks = &history[2 * round - 1]["event"]["picks"];
        let made_up = picks
            .as_array()
            .unwrap()
            .iter()
            .filter(|pick| pick["candidate"].get("cells").is_some());
        beyond += made_up.count();
    }
    assert!(
        beyond > 0,
        "none of the neighbours of the best was suggested"
    );
    assert_eq!(desk.json(&["verify"])["replayed"], 8);
    desk.campaign(&["export", "--csv", "all.csv"]).ok();
    assert_eq!(Sheet::of(&desk.read("all.csv")).len(), 24);
    desk.campaign(&["export", "--crate", "crate"]).ok();
    assert_eq!(desk.read("crate/candidates/space.toml"), SPACE);
}

#[test]
fn a_small_discrete_space_is_listed_whole_and_ends() {
    let desk = Desk::new();
    desk.put("space.toml", "[[input]]\nname = \"x\"\nlevels = [1, 2, 5]\n\n[[input]]\nname = \"solvent\"\ncategory = [\"water\", \"DMF\"]\n");
    let args = [
        "campaign",
        "new",
        "a.lode",
        "--space",
        "space.toml",
        "-O",
        "max:yield",
        "--acquisition",
        "random",
    ];
    desk.run(&args)
        .ok()
        .says(&["6 candidates may be suggested"]);
    let sheet = Sheet::of(desk.campaign(&["suggest", "-q", "9"]).ok().out());
    assert_eq!(sheet.len(), 6);
    desk.campaign(&["suggest"])
        .fails(1, &["candidates can be suggested"]);
    desk.put("bad.toml", "[[input]]\nname = \"x\"\nrange = [5, 1]\n");
    let bad = [
        "campaign",
        "new",
        "b.lode",
        "--space",
        "bad.toml",
        "-O",
        "max:yield",
    ];
    desk.run(&bad).fails(1, &["bad.toml: line 3"]);
    let own = [
        "campaign",
        "new",
        "b.lode",
        "--space",
        "space.toml",
        "-O",
        "max:x",
    ];
    desk.run(&own).fails(2, &["is an input of the space"]);
}

#[test]
fn leads_that_are_wanted_are_counted_from_and_told_of_where_they_cannot_be() {
    // Forty tried: the improvement is counted from the last of several leads, as many as are wanted.
    let reasons = |leads: &[&str]| {
        let more = ["--batch", "40", "--initial", "40", "--seed", "3"];
        let desk = begun(200, &[&more, leads].concat());
        let sheet = desk.campaign(&["suggest"]).ok();
        desk.put("results.csv", filled(sheet.out()));
        desk.campaign(&["observe", "results.csv"]).ok();
        let suggested = desk.campaign(&["suggest", "-q", "2"]).ok();
        desk.campaign(&["verify"]).ok();
        suggested.err
    };
    let notes = [["--leads", "1"], ["--leads", "3"], ["--leads", "20"]].map(|l| reasons(&l));
    assert!(!notes[0].contains("leads are wanted"), "{}", notes[0]);
    for (note, number, wanted) in [(&notes[1], 3, 3), (&notes[2], 8, 20)] {
        let told = format!(
            "improvement is counted from number {number} of the best of what was tried: {wanted} leads are wanted"
        );
        assert!(note.contains(&told), "{told}\n{note}");
    }
    // One of a hundred candidates where nothing is said.
    assert!(reasons(&[]).contains(": 2 leads are wanted"));
    let desk = Desk::with(pool(30));
    let new = |name: &str, more: &[&str]| {
        let args = [
            "campaign",
            "new",
            name,
            "--pool",
            "in.csv",
            "-O",
            "max:yield [%]",
        ];
        desk.run(&[&args, more].concat())
    };
    new("a.lode", &["-O", "min:waste [g]", "--leads", "4"])
        .ok()
        .says(&["4 leads are wanted, but play no part"]);
    new("b.lode", &["--leads", "0"]).fails(2, &["--leads"]);
}
