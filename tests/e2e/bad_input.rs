//! Files that are no tables, tables that are no lists of candidates, and rows that hold anything at all.

use crate::{Desk, Ran, Sheet, copy_program};
use std::fmt::Write;

#[test]
fn what_is_no_file_is_told_apart() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder")).unwrap();
    std::fs::create_dir(desk.path("folder.csv")).unwrap();
    desk.put("a.xlsx", "x");
    desk.put("plain", "formula\nLiCoO2\n");
    for (name, said) in [
        ("nowhere.csv", "no such file"),
        ("folder", "it holds no structure file"),
        ("folder.csv", "it holds no structure file"),
        ("a.xlsx", ".csv, .tsv or .parquet"),
        ("plain", ".csv, .tsv or .parquet"),
    ] {
        desk.run(&["rank", name, "-p", "battery"])
            .fails(1, &[name, said]);
    }
}

#[test]
fn a_file_without_permission_is_told_with_what_to_do() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    let desk = Desk::with("formula\nLiCoO2\n");
    let (file, folder) = (desk.path("in.csv"), desk.path("locked"));
    std::fs::create_dir(&folder).unwrap();
    let program = desk.path("lodestone");
    copy_program(&program);
    let run = |args: &[&str]| {
        // The administrator may read everything, so the program runs as nobody then, from where nobody may enter.
        let mut command = std::process::Command::new(&program);
        command
            .args(args)
            .current_dir(desk.path(""))
            .env("LODESTONE_CACHE", desk.path("cache"));
        if std::fs::metadata(desk.path("")).unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let lock = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    lock(&desk.path(""), 0o755);
    lock(&folder, 0o500);
    let (status, err) = run(&["rank", "in.csv", "-p", "battery", "-o", "locked/out.csv"]);
    assert!(
        status == Some(1) && err.contains("no permission to write"),
        "{err}"
    );
    lock(&file, 0o000);
    let (status, err) = run(&["rank", "in.csv", "-p", "battery"]);
    assert!(
        status == Some(1) && err.contains("in.csv: no permission to read"),
        "{err}"
    );
}

#[test]
fn a_file_name_may_be_in_any_encoding() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let name = std::ffi::OsStr::from_bytes(b"\x83\x8a\x83X\x83g.csv");
    std::fs::write(desk.folder.path().join(name), "formula,x\nNaCl,1\n").unwrap();
    let mut command = desk.command();
    command.arg("rank").arg(name).args(["-O", "max:x"]);
    assert_eq!(Ran::of(&mut command).sheet().formulas(), ["NaCl"]);
}

#[test]
fn a_file_without_candidates_says_what_is_missing() {
    for (text, said) in [
        (&b""[..], "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"\n\n\r\n", "the file is empty"),
        (b"formula,x\n", "has a header (`formula`, `x`) but no rows"),
        (b"formula,x\n\n\n", "but no rows"),
        (
            b"formula,x\nNaCl\n",
            "none of the 1 rows can be used; the first, line 2",
        ),
        (b"formula,\"x\nNaCl,1\n", "quote that is never closed"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00", "in.csv"),
        (b"PAR1\x15\x04\x15\x00\x15", "in.csv"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "in.csv"),
        (
            b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00",
            "in.csv",
        ),
        (b"formula\nLi\xff\xfe\xfdCoO2\x80\x81\n", "line 2"),
        (b"\x00\x00\x00\x00\x00\x00\x00\x00", "in.csv"),
    ] {
        Desk::with(text)
            .rank(&["-p", "battery"])
            .fails(1, &["in.csv", said]);
    }
}

#[test]
fn a_missing_formula_column_lists_the_columns_and_the_likeliest() {
    let desk = Desk::with("id,stuff,x\n1,LiCoO2,3\n2,NaCl,4\n");
    let said = ["`id`, `stuff`, `x`", "--formula-column 'stuff'"];
    desk.rank(&["-p", "battery"]).fails(1, &said);
    assert_eq!(
        desk.rank(&["-p", "battery", "--formula-column", "stuff"])
            .sheet()
            .len(),
        2
    );
    desk.rank(&["-p", "battery", "--formula-column", "stuf"])
        .fails(1, &["did you mean `stuff`"]);
    let numbers = Desk::with("id,x\n1,3\n");
    numbers
        .rank(&["-p", "battery"])
        .fails(1, &["`id`, `x`", "none looks like formulas"]);
    let headless = Desk::with("LiCoO2,3\nNaCl,4\n");
    headless
        .rank(&["-p", "battery"])
        .fails(1, &["--formula-column 'LiCoO2'"]);
}

#[test]
fn a_column_in_which_nothing_is_a_formula_is_no_ranking() {
    let ran = Desk::with("formula,x\n1,LiCoO2\n2,NaCl\n").rank(&["-p", "battery"]);
    ran.fails(1, &["none of the 2 rows", "line 2", "\"x\""]);
}

#[test]
fn parquet_that_is_none_is_told() {
    let desk = Desk::new();
    desk.put("empty.parquet", "");
    desk.run(&["rank", "empty.parquet"])
        .fails(1, &["empty.parquet: the file is empty"]);
    for (name, content) in [
        ("text.parquet", &b"formula\nLiCoO2\n"[..]),
        ("mark.parquet", b"PAR1PAR1"),
        ("lie.parquet", b"PAR1\xff\xff\xff\x7fPAR1"),
    ] {
        desk.put(name, content);
        desk.run(&["rank", name, "-p", "battery"])
            .fails(1, &[name, "Parquet"]);
    }
}

#[test]
fn a_damaged_parquet_file_never_panics() {
    let desk = Desk::with("formula,x\nLiCoO2,1\nLiFePO4,2\nNaCl,3\n");
    desk.rank(&["-O", "max:x", "-o", "good.parquet"]).ok();
    let good = std::fs::read(desk.path("good.parquet")).unwrap();
    for step in 0..40 {
        let mut bad = good.clone();
        let at = step * (good.len() - 1) / 39;
        bad[at] ^= 0xff;
        desk.put("bad.parquet", &bad);
        let ran = desk.run(&["rank", "bad.parquet", "-p", "battery"]);
        assert!(
            [0, 1].contains(&ran.status),
            "byte {at}: {} {}",
            ran.status,
            ran.err
        );
        assert!(!ran.err.contains("panicked"), "byte {at}: {}", ran.err);
        desk.put("cut.parquet", &good[..at]);
        desk.run(&["rank", "cut.parquet", "-p", "battery"])
            .fails(1, &["cut.parquet"]);
    }
}

#[test]
fn hostile_cells_are_rejected_or_kept_and_messages_stay_short() {
    let mut text = "formula,x\n".to_owned();
    let brackets = format!("{}Li{}", "(".repeat(100_000), ")".repeat(100_000));
    let long = "Li".repeat(400_000);
    let letters = "A".repeat(2_000_000);
    for (x, formula) in [
        brackets.as_str(),
        &long,
        &letters,
        "Li0",
        "Li-1",
        "Li1e400",
        "Li99999999999999999999",
        "Li\u{202e}Co",
        "😀",
        "Li\u{0}",
        "()",
        "2",
        "H2O)",
        "Fe^3+^2",
        "\u{feff}",
    ]
    .into_iter()
    .enumerate()
    {
        writeln!(text, "{formula},{x}").unwrap();
    }
    text.push_str("LiFePO4,1\n");
    let ran = Desk::with(&text).rank(&["-O", "max:x"]).ok();
    assert!(ran.sheet().formulas().contains(&"LiFePO4"));
    let longest = ran
        .err
        .lines()
        .map(|line| line.chars().count())
        .max()
        .unwrap();
    assert!(longest < 400, "a message of {longest} characters");
}

#[test]
fn control_characters_reach_no_terminal() {
    let text = "formula,\u{1b}]0;x\u{7},x,\u{1b}]0;x\u{7}\nLi\u{1b}[31mCo,a,1,\nLiCoO2,\u{1b}[2J,2,7\nbad\u{1b}[0m,b\n";
    let desk = Desk::with(text);
    for args in [
        &["-O", "max:x", "--format", "table"][..],
        &["-O", "max:\u{1b}]0;x\u{7}_2", "--format", "table"],
        &["-O", "max:y"],
        &["-p", "battery", "--formula-column", "y"],
    ] {
        let ran = desk.rank(args);
        for shown in [ran.err.as_str(), ran.out()] {
            assert!(
                !shown.contains('\u{1b}') && !shown.contains('\u{7}'),
                "{shown:?}"
            );
        }
    }
}

#[test]
fn a_hostile_header_is_kept_or_refused_but_harms_nothing() {
    let wide: String = (0..5000).map(|c| format!(",c{c}")).collect();
    let row: String = (0..5000).map(|c| format!(",{c}")).collect();
    let long = "y".repeat(100_000);
    for text in [
        format!("formula{wide}\nLiCoO2{row}\n"),
        format!("formula,{long}\nLiCoO2,1\n"),
        "formula,rank,front,notes,battery.specific_energy [Wh/kg]\nLiCoO2,9,8,7,6\n".to_owned(),
        "formula,[],( ),%s%n,../../x\nLiCoO2,1,2,3,4\n".to_owned(),
        "formula,formula\nLiCoO2,NaCl\n".to_owned(),
        "\"for\"\"mula\",formula\nx,LiCoO2\n".to_owned(),
    ] {
        let desk = Desk::with(&text);
        let sheet = desk.rank(&["-p", "battery"]).sheet();
        assert_eq!(sheet.len(), 1);
        desk.rank(&["-p", "battery", "-o", "out.parquet"]).ok();
        let json = desk.rank(&["-p", "battery", "--json"]).ok();
        let json: serde_json::Value = serde_json::from_str(json.out()).unwrap();
        // No column hides another, also where their names are the same.
        assert_eq!(json[0].as_object().unwrap().len(), sheet.header.len());
    }
}

#[test]
fn random_bytes_never_panic() {
    // xorshift64*; Vigna, ACM Trans. Math. Softw. 42, 30 (2016).
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 56) as u8
    };
    let alphabet = b"LiCoO2,,,\"\n\r;\t .()x1{}\x80\xff";
    for trial in 0..40 {
        let mut bytes = if trial % 2 == 0 {
            b"formula,x\n".to_vec()
        } else {
            Vec::new()
        };
        for _ in 0..2000 {
            let byte = random();
            bytes.push(if trial < 20 {
                byte
            } else {
                alphabet[byte as usize % (alphabet.len() - 2 * (trial % 2))]
            });
        }
        let ran = Desk::with(&bytes).rank(&["-p", "battery"]);
        assert!(
            [0, 1].contains(&ran.status),
            "{trial}: {} {}",
            ran.status,
            ran.err
        );
        assert!(!ran.err.contains("panicked"), "{trial}: {}", ran.err);
    }
}

#[test]
fn rejected_rows_keep_the_delimiter_of_their_file() {
    let desk = Desk::with("formula;note\nLiFePO4;a,b\nQq;2\nLi;1;2\n");
    desk.rank(&["-p", "battery", "--rejected", "bad.csv"]).ok();
    let bad = Sheet::of(&desk.read("bad.csv"));
    assert_eq!(bad.texts("text"), ["Qq;2", "Li;1;2"]);
}

#[test]
fn rows_of_which_none_is_usable_are_written_before_the_end() {
    for (text, kept) in [
        ("formula,x\nQq,1\nXx,2\n", vec!["Qq,1", "Xx,2"]),
        ("formula,x\nLiFePO4\nLiCoO2\n", vec!["LiFePO4", "LiCoO2"]),
    ] {
        let desk = Desk::with(text);
        let ran = desk.rank(&["-p", "battery", "-o", "out.csv"]);
        ran.fails(1, &["line 2", "no row is usable; see out.csv.rejected.csv"]);
        let rejected = Sheet::of(&desk.read("out.csv.rejected.csv"));
        assert_eq!(rejected.texts("text"), kept);
        assert_eq!(desk.files(), ["in.csv", "out.csv.rejected.csv"]);
    }
}

#[test]
fn how_a_table_was_read_is_told_also_where_it_cannot_be_ranked() {
    let desk = Desk::with("formula;x\nLiFePO4;1\n");
    let ran = desk.rank(&["-p", "battery", "-O", "max:qqqqqqqq"]);
    ran.fails(
        2,
        &["columns are separated by `;`", "there are: x, battery."],
    );
}

#[test]
fn standard_deviations_that_cannot_be_are_unknown() {
    let desk = Desk::with("formula,x [V],x_std [V],y,y_std [%]\nLi,1,-0.5,3,1\nNa,2,0.5,4,1\n");
    let ran = desk.rank(&["-O", "max:x"]).ok();
    let ran = ran.says(&[
        "1 standard deviations are negative",
        "line 2",
        "1 values of objectives as exact",
    ]);
    assert_eq!(ran.sheet().formulas(), ["Na", "Li"]);
    let ran = desk.rank(&["-O", "max:y"]).ok();
    ran.says(&[
        "\"y_std [%]\" has a unit and column \"y\" has none",
        "2 values of objectives as exact",
    ]);
}
