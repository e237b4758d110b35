//! `lodestone campaign`: large pools, which lie in a file beside the campaign, and how much faster than random search it was.

use crate::campaign::{begun, filled, pool};
use crate::{Desk, Sheet};
use campaign::{Access, Event, Journal, LabEvent, State};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A table whose `y` is least at x = 7, z = 3.
fn known() -> String {
    let mut text = "x [mm],z,y [%]\n".to_owned();
    for (x, z) in (0..16).flat_map(|x| (0..12).map(move |z| (x, z))) {
        let y = (x - 7) * (x - 7) + (z - 3) * (z - 3);
        writeln!(text, "{x},{z},{y}").unwrap();
    }
    text
}

#[test]
fn faster_than_random_is_counted_where_a_table_knows_and_believed_otherwise() {
    let desk = Desk::new();
    desk.put("known.csv", known());
    let new = "campaign new a.lode --pool known.csv --blind -O min:y --seed 5";
    desk.run(&new.split(' ').collect::<Vec<_>>()).ok();
    let run = |rounds: &str| {
        let lab = ["--lab", "table:known.csv", "--max-rounds", rounds];
        desk.run(&[&["campaign", "run", "a.lode"], &lab[..]].concat())
            .ok();
    };
    let why = |status: &serde_json::Value| status["acceleration"]["not_told"].to_string();
    assert!(why(&desk.json(&["status"])).contains("nothing that a model chose"));
    run("5");
    assert!(why(&desk.json(&["status"])).contains("nothing that a model chose"));
    run("7");
    let believed = &desk.json(&["status"])["acceleration"];
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    assert_eq!(believed["basis"], "believed");
    assert_eq!(
        (&believed["tried"], &believed["candidates"]),
        (&12.into(), &192.into())
    );
    let factor = ["low", "median", "high"].map(|name| number(&believed["factor"][name]));
    assert!(
        factor[0] <= factor[1] && factor[1] <= factor[2],
        "{factor:?}"
    );
    // What a table says, counted here once more: candidates at least as good, and every number of draws tried.
    let counted = &desk.json(&["status", "--truth", "known.csv"])["acceleration"];
    assert_eq!(counted["basis"], "counted");
    let all: Vec<f64> = known()
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap().parse().unwrap())
        .collect();
    desk.campaign(&["export", "--csv", "o.csv"]).ok();
    let sheet = Sheet::of(&desk.read("o.csv"));
    let y = sheet.header.iter().position(|h| h == "y [%]").unwrap();
    let best = sheet
        .rows
        .iter()
        .map(|row| row[y].parse().unwrap())
        .fold(f64::INFINITY, f64::min);
    let good = all.iter().filter(|y| **y <= best).count();
    let missed = |draws: usize| -> f64 {
        (0..draws)
            .map(|i| 1.0 - good as f64 / (192 - i) as f64)
            .product()
    };
    let even = (1..=192).find(|draws| missed(*draws) <= 0.5).unwrap();
    assert_eq!(number(&counted["random"]["median"]), even as f64);
    assert_eq!(number(&counted["factor"]["low"]), even as f64 / 12.0);
    assert!((number(&counted["chance"]) - (1.0 - missed(12))).abs() < 1e-12);
    // The surrogate has seen enough of a parabola to be about right.
    let truth = number(&counted["factor"]["median"]);
    assert!(
        factor[0] <= truth && truth <= factor[2],
        "{factor:?} {truth}"
    );
    let status = desk.campaign(&["status"]).ok();
    assert!(status.out().contains("times as fast as random search"));
    desk.campaign(&["report", "-o", "r.md"]).ok();
    assert!(desk.read("r.md").contains("times as fast as random search"));
}

#[test]
fn a_report_names_whose_numbers_the_potentials_columns_are() {
    let report = |header: &str| {
        let desk = Desk::new();
        let mut text = format!("x,{header},y\n");
        for x in 0..12 {
            writeln!(text, "{x},0.{x},{}", (x - 7) * (x - 7)).unwrap();
        }
        desk.put("known.csv", text);
        let new = "campaign new a.lode --pool known.csv --blind -O min:y --seed 5";
        desk.run(&new.split(' ').collect::<Vec<_>>()).ok();
        desk.campaign(&["report", "-o", "r.md"]).ok();
        desk.read("r.md")
    };
    let text = report("potential.energy_above_hull [eV/atom]");
    assert!(
        text.contains("potential.energy\\_above\\_hull: computed by"),
        "{text}"
    );
    assert!(text.contains("doi:10.1038/s42256-023-00716-3"), "{text}");
    let text = report("potential.of_my_own [V]");
    assert!(!text.contains("Sources"), "{text}");
}

/// More candidates than are held in memory; what is at row `k` follows from `k`.
pub fn large() -> String {
    let mut text = "name,x,z [K],solvent\n".to_owned();
    for k in 0..250_100_u64 {
        let (x, z) = (k * 7919 % 100_003, k * 104_729 % 1009);
        let solvent = ["water", "DMF", "ethanol"][k as usize % 3];
        writeln!(text, "c{k},{}e-3,{z},{solvent}", x).unwrap();
    }
    text
}

fn shelf(desk: &Desk) -> String {
    let files = desk.files();
    let found: Vec<&String> = files.iter().filter(|f| f.ends_with(".lodepool")).collect();
    assert_eq!(found.len(), 1, "{files:?}");
    found[0].clone()
}

#[test]
fn a_large_pool_lies_beside_the_campaign_and_is_made_again_where_it_is_lost() {
    let desk = Desk::with(large());
    let new = "campaign new a.lode --pool in.csv -O max:y --batch 4 --initial 4 --seed 2";
    desk.run(&new.split(' ').collect::<Vec<_>>()).ok().says(&[
        "250100 candidates may be suggested",
        "move the two together",
    ]);
    let name = shelf(&desk);
    let whole = std::fs::read(desk.path(&name)).unwrap();
    let check = |sheet: &Sheet| {
        let column = |name: &str| sheet.header.iter().position(|h| h == name).unwrap();
        for row in &sheet.rows {
            let k: u64 = row[column("name")][1..].parse().unwrap();
            assert_eq!(row[column("x")], format!("{}e-3", k * 7919 % 100_003));
            assert_eq!(row[column("z [K]")], (k * 104_729 % 1009).to_string());
        }
    };
    let filled = |sheet: &Sheet| {
        let mut text = "name,y\n".to_owned();
        for (at, row) in sheet.rows.iter().enumerate() {
            // By the name alone, so that the table is looked through.
            writeln!(text, "{},{at}.5", row[1]).unwrap();
        }
        text
    };
    let first = Sheet::of(desk.campaign(&["suggest"]).ok().out());
    assert_eq!((first.len(), first.header[1].as_str()), (4, "name"));
    check(&first);
    desk.put("one.csv", filled(&first));
    let observed = || desk.campaign(&["observe", "one.csv"]).ok();
    assert!(observed().out().contains("4 new"));
    assert!(observed().out().contains("4 known already"));
    // Lost: made again, to the last byte.
    std::fs::remove_file(desk.path(&name)).unwrap();
    let second = Sheet::of(desk.campaign(&["suggest"]).ok().out());
    check(&second);
    assert_eq!(std::fs::read(desk.path(&name)).unwrap(), whole);
    desk.campaign(&["verify"]).ok();
    // Cut short: made again too.
    std::fs::write(desk.path(&name), &whole[..whole.len() / 2]).unwrap();
    desk.campaign(&["verify"]).ok();
    assert_eq!(std::fs::read(desk.path(&name)).unwrap(), whole);
    // Changed inside: no suggestion rests on it.
    let mut changed = whole.clone();
    changed[whole.len() / 3] ^= 1;
    std::fs::write(desk.path(&name), &changed).unwrap();
    desk.campaign(&["suggest"])
        .fails(1, &["it was changed after the campaign began"]);
    std::fs::write(desk.path(&name), &whole).unwrap();
    desk.campaign(&["suggest"]).ok();
    assert_eq!(desk.json(&["verify"])["replayed"], 3);
}

#[test]
fn what_a_model_predicts_is_the_prior_and_a_constraint_in_a_design_space() {
    let formulas = [
        "GaAs", "ZnO", "TiO2", "CdTe", "InP", "SiC", "GaN", "AlN", "CuO", "FeS2",
    ];
    let desk = Desk::with(format!("formula\n{}\n", formulas.join("\n")));
    let ranked = desk
        .rank(&["--model", "band_gap", "-O", "max:band_gap.band_gap"])
        .sheet();
    let gaps: BTreeMap<String, f64> = ranked
        .texts("formula")
        .into_iter()
        .map(str::to_owned)
        .zip(ranked.numbers("band_gap.band_gap [eV]"))
        .collect();
    let space = format!(
        "[[input]]\nname = \"formula\"\ncategory = {formulas:?}\n\n[[input]]\nname = \"d\"\nunit = \"nm\"\nrange = [10, 100]\nstep = 10\n"
    );
    desk.put("space.toml", space);
    let new = |more: &[&str]| {
        let args = "campaign new a.lode --space space.toml --model band_gap --batch 4 --initial 4";
        let mut args: Vec<&str> = args.split(' ').collect();
        args.extend(["-O", "max:voltage [V]"]);
        args.extend(more);
        desk.run(&args)
    };
    new(&["--prior", "voltage=band_gap.gap"]).fails(2, &["band_gap.band_gap"]);
    new(&["--use", "gap"]).fails(2, &["band_gap.band_gap"]);
    let prior = ["--prior", "voltage=band_gap.band_gap"];
    new(&[&prior[..], &["-w", "band_gap.band_gap < 3"]].concat()).ok();
    // Everything is 5 more than the model says: the surrogate has only that to learn.
    let truth = |formula: &str| gaps[formula] + 5.0;
    for round in 0..3 {
        let sheet = desk.campaign(&["suggest"]).sheet();
        let expected = sheet.numbers("expected voltage [V]");
        let mut results = "suggestion,voltage [V]\n".to_owned();
        let rows = sheet.texts("suggestion").into_iter();
        for ((id, formula), expected) in rows.zip(sheet.texts("formula")).zip(expected) {
            assert!(gaps[formula] < 3.0, "{formula}");
            if round > 0 {
                assert!(
                    (expected - truth(formula)).abs() < 0.02,
                    "{formula} {expected}"
                );
            }
            writeln!(results, "{id},{}", truth(formula)).unwrap();
        }
        desk.put("results.csv", results);
        desk.campaign(&["observe", "results.csv"]).ok();
    }
    assert_eq!(desk.json(&["verify"])["replayed"], 3);
}

#[test]
fn the_front_counts_what_is_known_beforehand() {
    let all = [
        ("GaAs", 5.0),
        ("ZnO", 9.0),
        ("TiO2", 7.0),
        ("CdTe", 6.0),
        ("InP", 3.0),
        ("SiC", 6.5),
        ("GaN", 2.0),
        ("AlN", 8.0),
    ];
    let mut text = "formula,y\n".to_owned();
    all.iter()
        .for_each(|(formula, y)| writeln!(text, "{formula},{y}").unwrap());
    let desk = Desk::with(text + "CuO,\nFeS2,\n");
    let ranked = desk
        .rank(&["--model", "band_gap", "-O", "max:band_gap.band_gap"])
        .sheet();
    let gaps = ranked.texts("formula").into_iter().map(str::to_owned);
    let gaps: BTreeMap<String, f64> = gaps.zip(ranked.numbers("band_gap.band_gap [eV]")).collect();
    let new =
        "campaign new a.lode --pool in.csv --model band_gap -O min:band_gap.band_gap -O max:y";
    desk.run(&new.split(' ').collect::<Vec<_>>()).ok();
    let status = desk.json(&["status"]);
    let mut front: Vec<String> = Vec::new();
    for one in status["best"].as_array().unwrap() {
        let formula = one["candidate"]["inputs"]["formula"].as_str().unwrap();
        let told = one["outcomes"]["band_gap.band_gap [eV]"]["value"]
            .as_f64()
            .unwrap();
        assert!((told - gaps[formula]).abs() < 1e-9);
        front.push(formula.to_owned());
    }
    let better = |a: &(&str, f64), b: &(&str, f64)| {
        gaps[a.0] <= gaps[b.0] && a.1 >= b.1 && (gaps[a.0] < gaps[b.0] || a.1 > b.1)
    };
    let truth = all.iter().filter(|b| !all.iter().any(|a| better(a, b)));
    let mut truth: Vec<&str> = truth.map(|(formula, _)| *formula).collect();
    truth.sort_unstable();
    front.sort_unstable();
    assert_eq!(front, truth);
}

#[test]
fn a_round_that_completes_the_initial_candidates_asks_the_model_for_the_rest() {
    let desk = begun(80, &["--batch", "4", "--initial", "5", "--seed", "6"]);
    let mut why = Vec::new();
    for _ in 0..3 {
        let sheet = desk.campaign(&["suggest"]).ok();
        desk.put("results.csv", filled(sheet.out()));
        let sheet = Sheet::of(sheet.out());
        why.extend(sheet.texts("why").into_iter().map(str::to_owned));
        desk.campaign(&["observe", "results.csv"]).ok();
    }
    let even = why.iter().map(|why| why.starts_with("fills the space"));
    let even: Vec<bool> = even.collect();
    assert_eq!(even, [&[true; 5][..], &[false; 7][..]].concat(), "{why:?}");
    assert_eq!(desk.json(&["verify"])["replayed"], 3);
}

#[test]
fn an_outcome_may_be_bounded_from_both_sides() {
    let desk = Desk::with(pool(120));
    let new = |low: &str| {
        let bounds = ["-w", low, "-w", "mass < 36"];
        let args = "campaign new a.lode --pool in.csv -O max:yield --batch 4 --initial 8";
        let args: Vec<&str> = args.split(' ').collect();
        desk.run(&[&args[..], &["-O", "min:mass"], &bounds].concat())
    };
    new("mass > 40").fails(2, &["at least 40 and at most 36, which no value is"]);
    new("mass > 30").ok();
    // The mass is a tenth of the temperature: from 30 to 40.
    for round in 0..6 {
        let sheet = desk.campaign(&["suggest"]).sheet();
        let temperatures = sheet.numbers("temperature [K]");
        let ids = sheet.texts("suggestion").into_iter();
        let mut results = "suggestion,yield,mass\n".to_owned();
        for ((id, t), x) in ids.zip(&temperatures).zip(sheet.numbers("x")) {
            writeln!(results, "{id},{},{}", t - 300.0 + x, t / 10.0).unwrap();
        }
        if round > 3 {
            let held = temperatures.iter().filter(|t| (300.0..=360.0).contains(*t));
            assert!(held.count() >= 3, "{temperatures:?}");
        }
        desk.put("results.csv", results);
        desk.campaign(&["observe", "results.csv"]).ok();
    }
    desk.campaign(&["verify"]).ok();
}

#[test]
fn a_lab_under_a_new_name_is_told_and_takes_up_what_it_has() {
    let desk = Desk::new();
    desk.put("old.csv", known());
    let new = "campaign new a.lode --pool old.csv --blind -O min:y --seed 5 --batch 3";
    desk.run(&new.split(' ').collect::<Vec<_>>()).ok();
    desk.campaign(&["suggest"]).ok();
    // As a run leaves it that is killed once the lab has taken the round.
    let path = desk.path("a.lode");
    let wait = Access::Write(std::time::Duration::from_secs(5));
    let mut journal = Journal::open(&path, wait).unwrap();
    let id = State::of(&journal.records().unwrap()).unwrap().id;
    let key = format!("{id}/s1+2");
    let names = ["s1", "s2", "s3"].map(str::to_owned);
    let submitting = LabEvent::Submitting {
        lab: "table:old.csv".to_owned(),
        key: key.clone(),
        suggestions: names.to_vec(),
    };
    let jobs = names.iter().map(|name| format!("{id}/{name}")).collect();
    journal.append(&Event::Lab(submitting)).unwrap();
    journal
        .append(&Event::Lab(LabEvent::Submitted { key, jobs }))
        .unwrap();
    drop(journal);
    std::fs::rename(desk.path("old.csv"), desk.path("new.csv")).unwrap();
    let run = |more: &[&str]| {
        let args = "campaign run a.lode --lab table:new.csv --max-rounds 1 --origin computed";
        let args: Vec<&str> = args.split(' ').collect();
        desk.run(&[&args[..], more].concat()).ok()
    };
    run(&[]).says(&["3 open experiments (s1, s2, s3) are at lab table:old.csv"]);
    assert_eq!(desk.json(&["status"])["open"].as_array().unwrap().len(), 3);
    let ran = run(&["--formerly", "table:old.csv"]);
    assert!(
        ran.out().contains("3 taken up from before: 6 measured"),
        "{}",
        ran.out()
    );
    assert_eq!(desk.json(&["status"])["open"].as_array().unwrap().len(), 0);
    // The observations themselves say where their numbers come from.
    let history = desk.json(&["history"]);
    let observed = history.as_array().unwrap().iter();
    let mut observed = observed.filter(|e| e["event"]["kind"] == "observed");
    assert!(observed.all(|e| e["event"]["source"]["origin"] == "computed"));
}

#[test]
fn the_crate_keeps_to_what_its_specification_demands() {
    let desk = Desk::new();
    desk.put("my \u{e9}tude.csv", pool(30));
    let args = [
        "campaign",
        "new",
        "my loop.lode",
        "--pool",
        "my \u{e9}tude.csv",
    ];
    desk.run(&[&args[..], &["-O", "max:yield [%]"]].concat())
        .ok();
    desk.run(&["campaign", "export", "my loop.lode", "--crate", "crate"])
        .ok();
    let text = desk.read("crate/ro-crate-metadata.json");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let contexts = json["@context"].as_array().unwrap();
    assert!(contexts.contains(&"https://w3id.org/ro/crate/1.1/context".into()));
    let graph = json["@graph"].as_array().unwrap();
    let find = |id: &str| {
        let mut found = graph.iter().filter(|entity| entity["@id"] == id);
        let entity = found.next().unwrap_or_else(|| panic!("no {id}"));
        assert!(found.next().is_none(), "{id} stands twice");
        entity
    };
    // Flat: every entity has an @id and an @type, and holds no other entity but by its @id.
    for entity in graph {
        assert!(entity["@id"].is_string() && !entity["@type"].is_null());
        find(entity["@id"].as_str().unwrap());
        for value in entity.as_object().unwrap().values() {
            let items = value.as_array().cloned().unwrap_or(vec![value.clone()]);
            for item in items.iter().filter_map(|item| item.as_object()) {
                assert!(item.len() == 1 && item.contains_key("@id"), "{item:?}");
                let id = item["@id"].as_str().unwrap();
                assert!(id.starts_with("https://") || !find(id).is_null());
            }
        }
    }
    let about = find("ro-crate-metadata.json");
    assert_eq!(about["@type"], "CreativeWork");
    assert_eq!(about["conformsTo"]["@id"], "https://w3id.org/ro/crate/1.1");
    let root = find(about["about"]["@id"].as_str().unwrap());
    assert!(root["@id"].as_str().unwrap().ends_with('/'));
    assert_eq!(root["@type"], "Dataset");
    let date = root["datePublished"].as_str().unwrap();
    assert!(chrono_like(date), "{date}");
    for name in ["name", "description", "license"] {
        assert!(!root[name].as_str().unwrap().is_empty());
    }
    // Files are named by relative URIs, lie there, and all of them are parts of the whole.
    let parts = root["hasPart"].as_array().unwrap();
    let files: Vec<_> = graph.iter().filter(|e| e["@type"] == "File").collect();
    assert_eq!(parts.len(), files.len());
    for file in files {
        let id = file["@id"].as_str().unwrap();
        assert!(id.is_ascii() && !id.contains(' '), "{id}");
        assert!(parts.iter().any(|part| part["@id"] == id));
        let bytes = std::fs::read(desk.path("crate").join(decoded(id))).unwrap();
        assert_eq!(file["contentSize"], bytes.len().to_string());
    }
}

/// `2026-03-01`.
fn chrono_like(date: &str) -> bool {
    let form = |(at, c): (usize, char)| match at {
        4 | 7 => c == '-',
        _ => c.is_ascii_digit(),
    };
    date.len() == 10 && date.chars().enumerate().all(form)
}

fn decoded(uri: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), uri.bytes());
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            let hex = std::str::from_utf8(&hex).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
