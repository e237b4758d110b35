//! `lodestone campaign`: large pools, which lie in a file beside the campaign, and how much faster than random search it was.

use crate::{Desk, Sheet};
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

/// More candidates than are held in memory; what is at row `k` follows from `k`.
fn large() -> String {
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
