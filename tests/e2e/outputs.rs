//! Where results go: files by their ending, JSON, rejected rows, full disks and closed pipes.

use crate::{Desk, Sheet, home};
use serde_json::Value;
use std::io::Read;
use std::process::{Command, Stdio};

const MIXED: &str =
    "formula,x\nLiCoO2,1\nLi1-xNiO2,2\nLiFePO4,3\nNaCl\n\"KCl,5\nXy2,6\n,7\nLiF,8\nQ,9\n";

#[test]
fn nothing_is_lost_ranked_left_out_and_rejected_make_the_file() {
    let desk = Desk::with(MIXED);
    let ran = desk
        .rank(&["-p", "battery", "-w", "has O", "-o", "out.csv"])
        .ok();
    assert_eq!(ran.out(), "");
    let (ranked, rejected) = (
        Sheet::of(&desk.read("out.csv")),
        Sheet::of(&desk.read("out.csv.rejected.csv")),
    );
    let ran = ran.says(&[
        "left out by --where: 1 of 3",
        "6 rows were not usable; see out.csv.rejected.csv",
    ]);
    assert_eq!(
        ranked.len() + 1 + rejected.len(),
        MIXED.lines().count() - 1,
        "{}",
        ran.err
    );
    assert_eq!(rejected.header, ["line", "reason", "text"]);
    assert_eq!(rejected.texts("line"), ["3", "5", "6", "7", "8", "10"]);
    let lines: Vec<&str> = MIXED.lines().collect();
    for row in &rejected.rows {
        assert_eq!(row[2], lines[row[0].parse::<usize>().unwrap() - 1]);
    }
    let reasons = rejected.texts("reason");
    for (reason, said) in reasons.iter().zip([
        "`x` is a variable",
        "1 fields where the header has 2",
        "quote",
        "Xy",
    ]) {
        assert!(reason.contains(said), "{reason}");
    }
    assert_eq!(desk.files(), ["in.csv", "out.csv", "out.csv.rejected.csv"]);
}

#[test]
fn on_standard_output_the_first_five_reasons_are_told() {
    let ran = Desk::with(MIXED).rank(&["-p", "battery"]).ok();
    let said: Vec<&str> = ran
        .err
        .lines()
        .filter(|line| line.starts_with("  line "))
        .collect();
    let lines: Vec<&str> = said
        .iter()
        .map(|line| line[7..].split(':').next().unwrap())
        .collect();
    assert_eq!(lines, ["3", "5", "6", "7", "8"]);
    assert!(
        said[0].contains("Li1-xNiO2") && said[0].contains("column 5"),
        "{}",
        said[0]
    );
    ran.says(&["6 rows were not usable", "--rejected FILE"]);
}

#[test]
fn rejected_goes_where_it_is_asked_to_also_beside_standard_output() {
    let desk = Desk::with(MIXED);
    assert_eq!(
        desk.rank(&["-p", "battery", "--rejected", "bad.csv"])
            .sheet()
            .len(),
        3
    );
    assert_eq!(Sheet::of(&desk.read("bad.csv")).len(), 6);
    desk.rank(&["-p", "battery", "--rejected", "bad.csv", "-o", "out.csv"])
        .ok();
    assert_eq!(desk.files(), ["bad.csv", "in.csv", "out.csv"]);
}

#[test]
fn an_old_file_of_rejected_rows_does_not_speak_of_a_new_run() {
    let desk = Desk::with("formula\nLiCoO2\n");
    desk.put("out.csv.rejected.csv", "line,reason,text\n2,old,old\n");
    desk.rank(&["-p", "battery", "-o", "out.csv"]).ok();
    assert_eq!(desk.read("out.csv.rejected.csv"), "line,reason,text\n");
}

#[test]
fn rejected_rows_never_overwrite_the_input_or_the_result() {
    let desk = Desk::with(MIXED);
    for args in [
        &["--rejected", "in.csv"][..],
        &["--rejected", "./in.csv"],
        &["-o", "out.csv", "--rejected", "out.csv"],
    ] {
        let ran = desk.rank(&[&["-p", "battery"], args].concat());
        assert!([1, 2].contains(&ran.status), "{args:?}");
        ran.fails(ran.status, &[args[args.len() - 1].trim_start_matches("./")]);
    }
    desk.put("a.csv.rejected.csv", "formula\nLiCoO2\n");
    let ran = desk.run(&["rank", "a.csv.rejected.csv", "-p", "battery", "-o", "a.csv"]);
    assert_ne!(ran.status, 0);
    assert_eq!(desk.read("a.csv.rejected.csv"), "formula\nLiCoO2\n");
    assert_eq!(desk.read("in.csv"), MIXED);
    assert_eq!(desk.files(), ["a.csv.rejected.csv", "in.csv"]);
}

#[test]
fn every_format_holds_the_same_table() {
    let desk = Desk::with("formula,\"a\tb\",x\nLiCoO2,\"q\"\"1\nq2\",1\nLiFePO4,é,\n");
    let args = ["-p", "battery"];
    let csv = desk.rank(&args).sheet();
    let ran = |file: &str| desk.rank(&[&args[..], &["-o", file]].concat()).ok();
    ran("out.csv");
    assert_eq!(Sheet::of(&desk.read("out.csv")), csv);
    ran("out.json");
    let json: Value = serde_json::from_str(&desk.read("out.json")).unwrap();
    let same: Value =
        serde_json::from_str(desk.rank(&["-p", "battery", "--json"]).ok().out()).unwrap();
    assert_eq!(json, same);
    let objects = json.as_array().unwrap();
    assert_eq!(objects.len(), csv.len());
    for (object, row) in objects.iter().zip(&csv.rows) {
        assert_eq!(object.as_object().unwrap().len(), row.len());
        for (header, cell) in csv.header.iter().zip(row) {
            match &object[header] {
                Value::Null => assert_eq!(cell, ""),
                Value::String(text) => assert_eq!(cell, text),
                number => {
                    // The JSON reader of this test may err in the last bit.
                    let (cell, number): (f64, _) =
                        (cell.parse().unwrap(), number.as_f64().unwrap());
                    assert!(
                        (cell - number).abs() <= 1e-15 * cell.abs(),
                        "{header}: {cell} {number}"
                    );
                }
            }
        }
    }
    ran("out.tsv");
    assert_eq!(
        desk.run(&["rank", "out.tsv", "-O", "min:rank"])
            .sheet()
            .len(),
        csv.len()
    );
    ran("out.parquet");
    assert_eq!(
        std::fs::read(desk.path("out.parquet")).unwrap()[..4],
        *b"PAR1"
    );
}

#[test]
fn an_output_that_cannot_be_is_refused_before_anything_is_done() {
    let desk = Desk::with("formula\nLiCoO2\n");
    std::fs::create_dir(desk.path("folder.csv")).unwrap();
    for (output, status, said) in [
        ("out.xlsx", 2, "must end in .csv, .tsv, .parquet or .json"),
        ("out", 2, "must end in"),
        ("in.csv", 1, "would overwrite the input"),
        ("./in.csv", 1, "would overwrite the input"),
        ("folder.csv", 1, "cannot be a folder"),
        ("nowhere/out.csv", 1, "does not exist"),
        ("in.csv/out.csv", 1, "in.csv"),
    ] {
        desk.rank(&["-p", "battery", "-o", output])
            .fails(status, &[said]);
    }
    assert_eq!(desk.read("in.csv"), "formula\nLiCoO2\n");
    assert_eq!(desk.files(), ["folder.csv", "in.csv"]);
}

#[test]
fn an_output_file_is_replaced_whole_and_a_link_to_it_stays() {
    let desk = Desk::with("formula\nLiCoO2\n");
    desk.put("real.csv", "old");
    std::os::unix::fs::symlink("real.csv", desk.path("link.csv")).unwrap();
    desk.rank(&["-p", "battery", "-o", "link.csv"]).ok();
    assert_eq!(Sheet::of(&desk.read("real.csv")).formulas(), ["LiCoO2"]);
    assert!(desk.path("link.csv").is_symlink());
}

#[test]
fn a_full_disk_ends_in_a_message_and_status_1() {
    let desk = Desk::with("formula\nLiCoO2\nX1\n");
    std::os::unix::fs::symlink("/dev/full", desk.path("full.csv")).unwrap();
    for args in [&["-o", "full.csv"][..], &["--rejected", "full.csv"]] {
        let ran = desk.rank(&[&["-p", "battery"], args].concat());
        assert_eq!(ran.status, 1);
        ran.says(&["full.csv: the disk is full"]);
    }
    for args in [
        &["rank", "in.csv", "-p", "battery"][..],
        &["rank", "in.csv", "-p", "battery", "--json"],
        &["rank", "in.csv", "-p", "battery", "--format", "table"],
        &["plugin", "list"],
        &["plugin", "info", "battery"],
    ] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = plain_command(&desk)
            .args(args)
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.contains("standard output: the disk is full"), "{err}");
    }
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    // A file size limit stands in for a full disk where none can be mounted: writing beyond 4 MiB fails.
    let mut text = "formula,x\n".to_owned();
    for x in 0..20_000 {
        text.push_str(&format!("LiCo{}O2,{x}\n", 1 + x % 7));
    }
    let desk = Desk::with(text);
    desk.put("out.csv", "old");
    let limited = "ulimit -f 4096; trap '' XFSZ; exec \"$0\" rank in.csv -p battery -o out.csv";
    let mut command = Command::new("bash");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_lodestone")]);
    command
        .env("HOME", home())
        .env("LODESTONE_CACHE", home())
        .current_dir(desk.path(""));
    let output = command.output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("out.csv: "), "{err}");
    assert_eq!(desk.read("out.csv"), "old");
    assert_eq!(desk.files(), ["in.csv", "out.csv"]);
}

fn plain_command(desk: &Desk) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lodestone"));
    command
        .env("HOME", home())
        .env("LODESTONE_CACHE", home())
        .current_dir(desk.path(""));
    command
}

#[test]
fn a_reader_that_leaves_early_is_a_normal_end() {
    let mut text = "formula,x\n".to_owned();
    for x in 0..20_000 {
        text.push_str(&format!("Li{}CoO2,{x}\n", 1 + x % 7));
    }
    let desk = Desk::with(text);
    let mut command = plain_command(&desk);
    command.args(["rank", "in.csv", "-O", "max:x"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut start = [0; 5];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((&start, output.status.code()), (b"rank,", Some(0)), "{err}");
    assert!(!err.contains("panicked") && !err.contains("ipe"), "{err}");
}

#[test]
fn help_shows_a_worked_example_that_works() {
    let desk = Desk::new();
    let help = desk.run(&["help", "rank"]).ok();
    let example = "    formula,family\n    LiCoO2,layered\n    LiFePO4,olivine\n    LiMn2O4,spinel\n    Li1-xNiO2,layered\n";
    assert!(help.out().contains(example), "{}", help.out());
    desk.put("candidates.csv", example.replace("    ", ""));
    let command = "rank candidates.csv -p battery -w 'not has Co'";
    assert!(help.out().contains(command));
    let ran = desk.run(&[
        "rank",
        "candidates.csv",
        "-p",
        "battery",
        "-w",
        "not has Co",
        "-O",
        "max:battery.specific_energy",
        "-O",
        "min:battery.energy_cost",
        "-o",
        "ranked.csv",
    ]);
    ran.ok()
        .says(&["left out by --where: 1 of 3", "ranked.csv.rejected.csv"]);
    let mut formulas = Sheet::of(&desk.read("ranked.csv")).formulas().join(" ");
    if formulas.starts_with("LiMn") {
        formulas = formulas.split(' ').rev().collect::<Vec<_>>().join(" ");
    }
    assert_eq!(formulas, "LiFePO4 LiMn2O4");
    assert_eq!(
        Sheet::of(&desk.read("ranked.csv.rejected.csv")).texts("line"),
        ["5"]
    );
}

#[test]
fn a_ranking_that_is_ranked_once_more_has_one_column_of_each_name() {
    let desk = Desk::with("formula,price\nLiFePO4,2\nLiCoO2,1\n");
    desk.rank(&["-O", "max:price", "-o", "first.csv"]).ok();
    let ran = desk.run(&["rank", "first.csv", "-O", "min:price"]).ok();
    let ran = ran.says(&["column \"rank\" of the table is called \"rank_2\" in the output"]);
    let sheet = ran.sheet();
    assert_eq!(sheet.texts("rank"), ["1", "2"]);
    assert_eq!(sheet.texts("rank_2"), ["2", "1"]);
    let mut headers = sheet.header.clone();
    headers.sort();
    headers.dedup();
    assert_eq!(headers.len(), sheet.header.len());
}
