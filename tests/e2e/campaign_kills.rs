//! Nothing that was acknowledged is ever lost: the program is killed (SIGKILL) at random points, and in the middle of
//! writing, again and again; the campaign is whole each time and goes on.

use crate::Desk;
use crate::campaign::{begun, filled};
use campaign::{Access, Journal, Record};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Numbers that differ from run to run do no harm here: where the kill falls is chance in any case.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end.max(1)
    }
}

fn start(desk: &Desk, args: &[&str]) -> Child {
    let home = crate::home();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lodestone"));
    command
        .current_dir(desk.folder.path())
        .arg("campaign")
        .args(args);
    command.env("HOME", home).env("LODESTONE_CACHE", home);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Kills a command at some moment up to `typical`, or while its transaction is under way; what it said until then.
fn killed(desk: &Desk, args: &[&str], typical: Duration, chance: &mut Chance) -> String {
    let mut child = start(desk, args);
    let begun = Instant::now();
    if chance.below(2) == 0 {
        std::thread::sleep(Duration::from_micros(
            chance.below(typical.as_micros() as u64 * 12 / 10),
        ));
    } else {
        let journal = desk.path("a.lode-journal");
        while !journal.exists() && begun.elapsed() < typical * 3 {
            std::hint::spin_loop();
        }
        std::thread::sleep(Duration::from_micros(chance.below(3000)));
    }
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The number behind `event ` where the command acknowledged one.
fn acknowledged(said: &str) -> Option<u64> {
    let at = said
        .find("kept as event ")
        .map(|at| at + 14)
        .or_else(|| said.find("event ").map(|at| at + 6))?;
    let digits: String = said[at..]
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// The campaign's events after a kill, checked: those of before are there unchanged, and what was acknowledged is too.
fn whole(desk: &Desk, before: &[Record], said: &str) -> Vec<Record> {
    let journal = Journal::open(&desk.path("a.lode"), Access::Read).unwrap();
    let records = journal
        .verify_file()
        .unwrap_or_else(|e| panic!("{e} after {said}"));
    assert!(
        records.len() >= before.len() && records[..before.len()] == *before,
        "after {said}"
    );
    if let Some(number) = acknowledged(said) {
        assert!(
            records.len() as u64 >= number,
            "event {number} was acknowledged: {said}"
        );
    }
    records
}

#[test]
fn two_hundred_kills_lose_nothing() {
    let desk = begun(400, &["--batch", "1", "--initial", "400"]);
    let begun = Instant::now();
    desk.campaign(&["suggest"]).ok();
    let typical = begun.elapsed();
    let mut chance = Chance(0x5eed);
    let mut records = whole(&desk, &[], "");
    let (mut kept, mut kills) = (0, 0);
    while kills < 200 {
        let sheet = format!("round{kills}.csv");
        let (said, told) = if kills % 2 == 0 {
            (
                killed(
                    &desk,
                    &["suggest", "a.lode", "-o", &sheet],
                    typical,
                    &mut chance,
                ),
                true,
            )
        } else {
            let open = desk.campaign(&["suggest", "--again"]);
            if open.status != 0 {
                desk.campaign(&["suggest"]).ok();
                records = whole(&desk, &records, "");
                continue;
            }
            desk.put("results.csv", filled(open.out()));
            (
                killed(
                    &desk,
                    &["observe", "a.lode", "results.csv"],
                    typical,
                    &mut chance,
                ),
                false,
            )
        };
        let after = whole(&desk, &records, &said);
        // A worksheet speaks of suggestions that are kept.
        if told && desk.path(&sheet).exists() {
            assert!(after.len() > records.len(), "{said}");
        }
        kept += after.len() - records.len();
        records = after;
        kills += 1;
    }
    assert!(
        kept > 10 && kept < 200,
        "{kept} of 200 got through: the kills fell before and after writing"
    );
    // It goes on, and every suggestion that got through comes out again.
    desk.campaign(&["suggest"]).ok();
    desk.campaign(&["verify"]).ok();
    let left: Vec<String> = desk
        .files()
        .into_iter()
        .filter(|name| name.ends_with("-journal"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_loop_that_is_killed_again_and_again_goes_on_and_submits_nothing_twice() {
    let desk = begun(60, &["--batch", "2", "--initial", "60", "--seed", "1"]);
    // The lab knows every candidate.
    let pool = crate::campaign::pool(60);
    let mut answers = "name,solvent,temperature [K],x,yield [%]\n".to_owned();
    for (row, line) in pool.lines().skip(1).enumerate() {
        answers.push_str(&format!("{line},{row}\n"));
    }
    desk.put("answers.csv", answers);
    let run = [
        "run",
        "a.lode",
        "--lab",
        "table:answers.csv",
        "--poll",
        "0.01",
    ];
    let begun = Instant::now();
    desk.run(&[&["campaign"], &run[..], &["--max-rounds", "1"]].concat())
        .ok();
    let typical = begun.elapsed() * 3;
    let mut chance = Chance(0xabcd);
    let mut records = whole(&desk, &[], "");
    for _ in 0..60 {
        killed(&desk, &run, typical, &mut chance);
        records = whole(&desk, &records, "");
    }
    desk.run(&[&["campaign"], &run[..]].concat()).ok();
    let records = whole(&desk, &records, "");
    let (mut submitted, mut observed) = (Vec::new(), Vec::new());
    for record in &records {
        match &record.event {
            campaign::Event::Lab(campaign::LabEvent::Submitting { suggestions, .. }) => {
                submitted.extend(suggestions.clone())
            }
            campaign::Event::Observed(of) => {
                observed.extend(of.entries.iter().filter_map(|e| e.suggestion.clone()))
            }
            _ => {}
        }
    }
    let distinct = |mut names: Vec<String>| {
        names.sort();
        let count = names.len();
        names.dedup();
        (count, names.len())
    };
    assert_eq!(
        distinct(submitted),
        (60, 60),
        "each suggestion was submitted once"
    );
    assert_eq!(distinct(observed), (60, 60), "each was answered once");
    assert_eq!(desk.json(&["status"])["experiments"]["measured"], 60);
    desk.campaign(&["verify"]).ok();
}
