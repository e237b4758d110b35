//! The same input gives the same bytes, for any number of threads, and a short list is the start of the long one.

use crate::{Desk, Sheet, dataset};
use std::collections::BTreeMap;
use std::fmt::Write;

/// More than five chunks of 4096 rows, every 101st of which cannot be read, many values occurring more than once.
fn many() -> String {
    let metals = ["Co", "Ni", "Mn", "Fe", "Cr", "V", "Ti", "Al", "Cu"];
    let mut text = "formula,x\n".to_owned();
    for row in 0..22_000_usize {
        let metal = metals[row * 7 % metals.len()];
        let (lithium, x) = (1 + row * 31 % 97, row * 7919 % 1009);
        let formula = if row % 101 == 50 { "Li1-xO" } else { "Li" };
        writeln!(text, "{formula}{}{metal}O2,{x}", lithium as f64 / 100.0).unwrap();
    }
    text
}

#[test]
fn threads_change_nothing_and_a_short_list_is_the_start_of_the_long_one() {
    let desk = Desk::with(many());
    let run = |more: &[&str]| {
        let ran = desk
            .rank(&[&["-p", "battery", "--rejected", "bad.csv"], more].concat())
            .ok();
        (ran.out, desk.read("bad.csv"))
    };
    let (all, rejected) = run(&["--threads", "1"]);
    assert_eq!(Sheet::of(&rejected).len(), 218);
    assert!(
        (all.clone(), rejected.clone()) == run(&["--threads", "4"]),
        "4 threads differ from 1"
    );
    let lines: Vec<&[u8]> = all.split_inclusive(|&b| b == b'\n').collect();
    assert_eq!(lines.len(), 1 + 22_000 - 218);
    for (top, threads) in [(5, "1"), (5, "4"), (4000, "3"), (15_000, "2")] {
        let (short, also_rejected) = run(&["-n", &top.to_string(), "--threads", threads]);
        assert!(
            short == lines[..=top].concat(),
            "-n {top} --threads {threads}"
        );
        assert!(also_rejected == rejected);
    }
}

#[test]
fn a_short_list_under_constraints_and_parameters_is_the_start_of_the_long_one() {
    let desk = Desk::with(many());
    let args = [
        "-p",
        "battery",
        "-w",
        "not has Fe and x > 20",
        "-O",
        "max:x",
        "-O",
        "max:battery.specific_energy",
    ];
    let all = desk.rank(&args).sheet();
    let short = desk.rank(&[&args[..], &["-n", "9"]].concat()).sheet();
    assert_eq!(short.rows, all.rows[..9]);
    assert!(all.numbers("x").iter().all(|&x| x > 20.0) && all.len() > 10_000);
}

#[test]
fn the_seed_changes_the_front_probability_alone() {
    let file = dataset("cathode_candidates.csv");
    let run = |seed: &str| {
        Desk::new()
            .run(&["rank", &file, "-p", "battery", "--seed", seed])
            .ok()
    };
    let (first, same, other) = (run("1"), run("1"), run("2"));
    assert!(first.out == same.out);
    let (mut first, mut other) = (first.sheet(), other.sheet());
    assert_ne!(
        first.texts("front_probability"),
        other.texts("front_probability")
    );
    for row in first.rows.iter_mut().chain(&mut other.rows) {
        row[2].clear();
    }
    assert_eq!(first, other);
}

#[test]
fn the_order_of_the_file_changes_no_candidates_values() {
    let file = std::fs::read_to_string(dataset("cathode_candidates.csv")).unwrap();
    let mut lines: Vec<&str> = file.split_inclusive('\n').collect();
    let header = lines.remove(0);
    // 107 is prime to the number of rows, so this takes each row once.
    assert_ne!(lines.len() % 107, 0);
    let shuffled: String = (0..lines.len())
        .map(|k| lines[k * 107 % lines.len()])
        .collect();
    let values = |text: &str| {
        let sheet = Desk::with(text).rank(&["-p", "battery"]).sheet();
        let mut by_row: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for mut row in sheet.rows {
            // The front belongs to the candidate; its rank and probability depend on ties and draws.
            (row[0], row[2]) = Default::default();
            *by_row.entry(row).or_default() += 1;
        }
        by_row
    };
    assert_eq!(values(&file), values(&format!("{header}{shuffled}")));
}

#[test]
fn every_format_is_the_same_for_any_number_of_threads() {
    let desk = Desk::with(many());
    for name in ["a.parquet", "a.json"] {
        let mut seen = Vec::new();
        for threads in ["1", "3"] {
            desk.rank(&["-O", "max:x", "--threads", threads, "-o", name])
                .ok();
            seen.push(std::fs::read(desk.path(name)).unwrap());
        }
        assert!(seen[0] == seen[1], "{name}");
    }
}
