//! What goes wrong with campaigns: hostile files, two processes, a full disk, a file that cannot be written to.

use crate::campaign::{begun, pool};
use crate::{Desk, Ran, Sheet};
use campaign::{Access, Journal};
use std::time::Duration;

#[test]
fn hostile_results_are_refused_row_by_row_or_whole_and_change_nothing() {
    let desk = begun(40, &["--batch", "4"]);
    desk.campaign(&["suggest"]).ok();
    let before = std::fs::read(desk.path("a.lode")).unwrap();
    let whole = "suggestion,yield [%]\n";
    for (text, status, said) in [
        (String::new(), 1, "in.csv"),
        (whole.to_owned(), 1, "in.csv"),
        ("a,b\n1,2\n".to_owned(), 1, "no column holds an outcome"),
        (
            "yield [%]\n1\n".to_owned(),
            1,
            "no column says which candidate",
        ),
        (
            "suggestion,yield [eV]\ns1,1\n".to_owned(),
            1,
            "measure different things",
        ),
        (
            "suggestion,yield [bananas]\ns1,1\n".to_owned(),
            1,
            "is not known",
        ),
        (format!("{whole}s1,abc\n"), 1, "not a number"),
        (format!("{whole}s1,1e999\n"), 1, "too large"),
        (format!("{whole}s1,inf\n"), 1, "infinity"),
        (
            format!("{whole}s1,1.2±0.1\n"),
            1,
            "units belong in the header",
        ),
        (format!("{whole}s0,1\n"), 1, "there is no suggestion"),
        (format!("{whole}\u{1b}[2J,1\n"), 1, "there is no suggestion"),
        (
            "suggestion,yield,yield_std\ns1,1,-2\n".to_owned(),
            1,
            "negative",
        ),
        (
            "suggestion,yield,yield_std\ns1,,2\n".to_owned(),
            1,
            "no value",
        ),
        (
            "suggestion,yield,status\ns1,1,failed\n".to_owned(),
            1,
            "leave out one",
        ),
        (
            "suggestion,yield,status\ns1,,great\n".to_owned(),
            1,
            "is not known",
        ),
        (
            "suggestion,yield,replicate\ns1,1,0\n".to_owned(),
            1,
            "from 1 on",
        ),
        (
            "suggestion,yield,x\ns1,1,many\n".to_owned(),
            1,
            "not a number",
        ),
        (
            "suggestion,yield,solvent\ns1,1,beer\n".to_owned(),
            1,
            "the pool has DMF, ethanol, water",
        ),
        (
            "solvent,yield\nwater,1\n".to_owned(),
            1,
            "several candidates",
        ),
        (
            "solvent,temperature,x,yield\nbeer,1,1,1\n".to_owned(),
            1,
            "no candidate has these values",
        ),
    ] {
        desk.put("in2.csv", &text);
        let ran = desk.campaign(&["observe", "in2.csv"]);
        assert_eq!(ran.status, status, "{text:?}: {}", ran.err);
        let said = said.replace("in.csv", "in2.csv");
        assert!(ran.err.contains(&said), "{text:?}: {}", ran.err);
        assert!(
            !ran.err.contains("panicked") && !ran.err.contains('\u{1b}'),
            "{}",
            ran.err
        );
        assert_eq!(
            std::fs::read(desk.path("a.lode")).unwrap(),
            before,
            "{text:?}"
        );
    }
    desk.put("in2.csv", [0_u8, 159, 146, 150, 10, 0].repeat(50));
    assert_eq!(desk.campaign(&["observe", "in2.csv"]).status, 1);
    desk.put("in2.csv", format!("{whole}s1,1\ns1,2\ns1,2\n"));
    let said = desk.campaign(&["observe", "in2.csv"]).ok();
    assert!(
        said.out().starts_with("3 new"),
        "replicates in the order of the rows: {}",
        said.out()
    );
}

#[test]
fn what_cannot_begin_says_why_and_leaves_nothing() {
    let desk = Desk::with(pool(20));
    let new = |args: &[&str]| desk.run(&[&["campaign", "new"], args].concat());
    for (args, status, said) in [
        (
            vec!["a.txt", "--pool", "in.csv", "-O", "max:y"],
            2,
            "ends in .lode",
        ),
        (
            vec!["a.lode", "--pool", "none.csv", "-O", "max:y"],
            1,
            "none.csv",
        ),
        (
            vec!["a.lode", "--pool", "in.csv", "-O", "best:y"],
            2,
            "no direction",
        ),
        (
            vec!["a.lode", "--pool", "in.csv", "-O", "max:y", "-O", "min:y"],
            2,
            "two objectives are about",
        ),
        (
            vec!["a.lode", "--pool", "in.csv", "-O", "max:y", "-w", "z > 1"],
            1,
            "no column is named `z`",
        ),
        (
            vec!["a.lode", "--pool", "in.csv", "-O", "max:y", "-w", "x > 5"],
            1,
            "none of the 20 candidates can be chosen: 20 do not satisfy x > 5",
        ),
        (
            vec![
                "a.lode",
                "--pool",
                "in.csv",
                "-O",
                "max:y",
                "-w",
                "y > 1 and x > 0",
            ],
            2,
            "give -w twice",
        ),
        (
            vec!["a.lode", "--pool", "in.csv", "-O", "max:y", "--budget=-1"],
            2,
            "budget",
        ),
        (
            vec![
                "a.lode",
                "--pool",
                "in.csv",
                "-O",
                "max:y",
                "--acquisition",
                "magic",
            ],
            2,
            "magic",
        ),
        (
            vec![
                "a.lode", "--pool", "in.csv", "-O", "max:y", "--input", "colour",
            ],
            1,
            "colour",
        ),
        (
            vec![
                "a.lode",
                "--pool",
                "in.csv",
                "-O",
                "max:y",
                "--use",
                "battery.specific_energy",
            ],
            2,
            "--use",
        ),
        (
            vec![
                "a.lode", "--pool", "in.csv", "-O", "max:y", "--cost", "price",
            ],
            1,
            "price",
        ),
    ] {
        new(&args).fails(status, &[said]);
        assert_eq!(desk.files(), ["in.csv"], "{args:?}");
    }
    new(&["a.lode", "--pool", "in.csv", "-O", "max:y"]).ok();
    new(&["a.lode", "--pool", "in.csv", "-O", "max:y"]).fails(1, &["already"]);
}

#[test]
fn what_is_no_campaign_or_was_changed_is_told() {
    let desk = begun(20, &[]);
    for verb in ["suggest", "status", "history", "verify"] {
        desk.run(&["campaign", verb, "in.csv"])
            .fails(1, &["no campaign"]);
        desk.run(&["campaign", verb, "none.lode"])
            .fails(1, &["no such file"]);
    }
    desk.campaign(&["suggest"]).ok();
    let mut bytes = std::fs::read(desk.path("a.lode")).unwrap();
    let place = bytes.windows(6).position(|w| w == b"\"s1\",\"").unwrap();
    bytes[place + 2] = b'7';
    desk.put("a.lode", &bytes);
    for verb in ["verify", "suggest", "status"] {
        desk.campaign(&[verb])
            .fails(1, &["event 2 is not what it was", "damaged"]);
    }
}

#[test]
fn a_second_process_waits_or_is_told_who_is_first() {
    let desk = begun(20, &[]);
    let first = Journal::open(&desk.path("a.lode"), Access::Write(Duration::ZERO)).unwrap();
    let refused = desk.campaign(&["suggest", "--wait", "0.1"]);
    refused.fails(1, &["in use by", "did not end within 0.1 s"]);
    if cfg!(target_os = "linux") {
        refused.fails(1, &[&format!("process {}", std::process::id())]);
    }
    desk.campaign(&["status"]).ok();
    let started = desk.path("a.lode");
    let (waited, _) = std::thread::scope(|scope| {
        let second = scope.spawn(|| desk.campaign(&["suggest", "--wait", "60"]));
        std::thread::sleep(Duration::from_millis(400));
        (
            {
                drop(first);
                second.join().unwrap()
            },
            started,
        )
    });
    waited.ok();
    let many: Vec<Ran> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| desk.campaign(&["suggest", "--wait", "60"])))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let mut ids: Vec<String> = many
        .into_iter()
        .map(|ran| Sheet::of(ran.ok().out()).rows[0][0].clone())
        .collect();
    ids.sort();
    assert_eq!(ids, ["s2", "s3", "s4", "s5"]);
    assert_eq!(desk.json(&["verify"])["replayed"], 5);
}

/// Runs a command line in a shell at the desk, for what a shell can limit.
#[cfg(unix)]
fn in_shell(desk: &Desk, script: &str) -> Ran {
    let mut command = assert_cmd::Command::new("sh");
    command
        .current_dir(desk.folder.path())
        .args(["-c", script])
        .env("LODESTONE", env!("CARGO_BIN_EXE_lodestone"));
    Ran::of(&mut command)
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_nothing_is_damaged() {
    let desk = begun(20, &["--batch", "4"]);
    desk.campaign(&["suggest"]).ok();
    let note = "n".repeat(40_000);
    desk.put(
        "results.csv",
        format!("suggestion,yield [%],note\ns1,1,{note}\n"),
    );
    let before = std::fs::read(desk.path("a.lode")).unwrap();
    // No file may grow beyond what the campaign has now, counted in blocks of 512 bytes.
    let blocks = before.len() / 512;
    let script = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec \"$LODESTONE\" campaign observe a.lode results.csv"
    );
    in_shell(&desk, &script).fails(1, &["the disk is full", "nothing was added"]);
    assert_eq!(std::fs::read(desk.path("a.lode")).unwrap(), before);
    assert_eq!(desk.files(), ["a.lode", "in.csv", "results.csv"]);
    let none =
        "trap '' XFSZ; ulimit -f 4; exec \"$LODESTONE\" campaign new b.lode --pool in.csv -O max:y";
    in_shell(&desk, none).fails(1, &["the disk is full"]);
    assert_eq!(desk.files(), ["a.lode", "in.csv", "results.csv"]);
    desk.campaign(&["verify"]).ok();
    desk.campaign(&["observe", "results.csv"]).ok();
}

#[cfg(unix)]
#[test]
fn a_large_pool_that_does_not_fit_on_the_disk_leaves_nothing() {
    let desk = Desk::with(crate::campaign_pools::large());
    let script = "trap '' XFSZ; ulimit -f 4000; exec \"$LODESTONE\" campaign new a.lode --pool in.csv -O max:y";
    in_shell(&desk, script).fails(1, &["the disk is full"]);
    assert_eq!(desk.files(), ["in.csv"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_to_is_read_and_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = begun(20, &[]);
    desk.campaign(&["suggest"]).ok();
    let allow = |name: &str, mode| {
        std::fs::set_permissions(desk.path(name), PermissionsExt::from_mode(mode)).unwrap()
    };
    allow("a.lode", 0o444);
    allow(".", 0o555);
    let before = std::fs::read(desk.path("a.lode")).unwrap();
    // To root everything can be written, so it steps down.
    let root = std::fs::OpenOptions::new()
        .append(true)
        .open(desk.path("a.lode"))
        .is_ok();
    let down = if root {
        "setpriv --reuid=65534 --regid=65534 --clear-groups "
    } else {
        ""
    };
    let run = |args: &str| in_shell(&desk, &format!("{down}\"$LODESTONE\" campaign {args}"));
    let first = run("status a.lode");
    if root && first.status == 126 || first.status == 127 {
        eprintln!(
            "left out: this system cannot step down from root ({})",
            first.err
        );
        return;
    }
    first.ok();
    run("verify a.lode").ok();
    run("suggest a.lode").fails(1, &["cannot be written to"]);
    assert_eq!(std::fs::read(desk.path("a.lode")).unwrap(), before);
    allow(".", 0o755);
}
