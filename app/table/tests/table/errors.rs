//! Every way in which a file cannot be read, and what the user is told.

use std::fs;

use job::Job;
use table::{ReadOptions, Source, Table, TableError};

use crate::{fixture, read, read_file, read_ok};

#[track_caller]
fn assert_told(result: Result<impl Sized, TableError>, parts: &[&str]) {
    let Err(error) = result else {
        panic!("no error")
    };
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{text:?} lacks {part:?}");
    }
}

#[test]
fn files_that_cannot_be_opened_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert_told(
        read_file(&path("absent.csv")),
        &["absent.csv", "no such file"],
    );
    assert_told(read_file(&path("absent")), &["no such file"]);
    assert_told(read_file(folder.path()), &["folder"]);
    fs::create_dir(path("folder.csv")).unwrap();
    assert_told(
        read_file(&path("folder.csv")),
        &["folder.csv", "this is a folder"],
    );
    fs::write(path("table.xlsx"), "x").unwrap();
    assert_told(
        read_file(&path("table.xlsx")),
        &["table.xlsx", ".csv, .tsv or .parquet"],
    );
    fs::write(path("empty.csv"), "").unwrap();
    assert_told(read_file(&path("empty.csv")), &["empty.csv", "empty"]);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.csv");
    fs::write(&path, "formula\nLi\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever may read everything, such as root, reads it; nobody else does.
    match fs::File::open(&path) {
        Ok(_) => assert_eq!(read_file(&path).unwrap().len(), 1),
        Err(_) => assert_told(read_file(&path), &["secret.csv", "no permission"]),
    }
}

#[test]
fn files_without_rows_say_so() {
    assert_told(read(""), &["input.csv", "empty"]);
    assert_told(read("\u{feff}"), &["empty"]);
    assert_told(read("\n\r\n\n"), &["empty"]);
    assert_told(
        read("formula,x\n"),
        &["header (`formula`, `x`) but no rows"],
    );
    assert_told(read("formula,x"), &["no rows"]);
    assert_told(
        read("formula,x\nA\nB\n"),
        &[
            "none of the 2 rows",
            "line 2",
            "1 fields where the header has 2",
            "`A`",
        ],
    );
}

#[test]
fn files_that_are_no_text_say_what_they_are() {
    for (bytes, what) in [
        (&b"PK\x03\x04zip"[..], "Excel"),
        (b"\x1f\x8b\x08gz", "gzip"),
        (b"PAR1xxxx", "Parquet"),
        (b"\xff\xfe\0\0f\0\0\0", "UTF-32"),
    ] {
        assert_told(read(bytes), &[what, "input.csv"]);
    }
}

#[test]
fn bytes_that_are_no_text_are_named_with_line_and_place() {
    let mut text = "formula,name\nLiCoO2,é è ü\nNaCl,".as_bytes().to_vec();
    let at = text.len();
    text.extend_from_slice(b"\xff\nKCl,x\n");
    assert_told(
        read(&text),
        &["line 3", &format!("byte {at}"), "0xFF", "UTF-8"],
    );
    // 0x82 starts a Shift-JIS character, 0x20 never ends one.
    assert_told(read(b"formula,name\nNaCl,\x82\x20\n"), &["line 2", "0x82"]);
    // Half a surrogate pair in UTF-16.
    assert_told(
        read(b"\xff\xfef\0\n\0\x00\xd8x\0\n\0"),
        &["line 2", "UTF-16"],
    );
    // The last byte of UTF-16 is missing.
    assert_told(read(b"\xff\xfef\0\n\0L\0i"), &["line 2"]);
}

#[test]
fn an_error_far_into_the_file_has_its_line() {
    let mut text = "formula,é\n".as_bytes().to_vec();
    for row in 0..100_000 {
        text.extend_from_slice(format!("Li{row},é\n").as_bytes());
    }
    let at = text.len();
    text.extend_from_slice(b"\xc3(\n");
    assert_told(
        read(&text),
        &["line 100002,", &format!("byte {at} "), "0xC3"],
    );
}

#[test]
fn an_open_quote_in_the_header_names_its_column() {
    assert_told(read("formula,\"x\nLi,1\n"), &["line 1, column 9", "`\"x`"]);
}

#[test]
fn a_missing_formula_column_lists_the_columns_and_the_likeliest() {
    let table = read_ok("id,compound name,stuff\n1,water,H2O\n2,salt,NaCl\n");
    assert_told(
        table.formula_column(None),
        &[
            "`id`, `compound name`, `stuff`",
            "`stuff` looks most like formulas",
            "--formula-column 'stuff'",
        ],
    );
    assert_told(
        table.formula_column(Some("stuf")),
        &["no column is named `stuf`", "did you mean `stuff`"],
    );
    assert_eq!(table.guess_formula_column(), Some(2));
    let headless = read_ok("LiCoO2,3.9\nNaCl,1\n");
    assert_told(headless.formula_column(None), &["`LiCoO2`, `3.9`"]);
}

#[test]
fn broken_parquet_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.parquet");
    let whole = fs::read(fixture("pyarrow.parquet")).unwrap();
    fs::write(&path, b"").unwrap();
    assert_told(read_file(&path), &["broken.parquet", "empty"]);
    fs::write(&path, b"formula\nLi\n").unwrap();
    assert_told(
        read_file(&path),
        &["broken.parquet", "not a readable Parquet file"],
    );
    for length in (0..whole.len()).step_by(97) {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(read_file(&path).is_err(), "{length} bytes");
    }
    for at in (4..whole.len()).step_by(13) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        // Whether a flipped byte can be seen depends on where it is; a panic it must never be.
        let _ = read_file(&path).map(|table| table.len());
    }
}

#[test]
fn a_cancelled_job_stops_the_reading() {
    let job = Job::new();
    job.cancel();
    let result = Table::read_text(&b"formula\nLi\n"[..], "x", &ReadOptions::default(), &job);
    assert!(matches!(result, Err(TableError::Cancelled(_))));
    let source = Source::Path(fixture("pyarrow.parquet"));
    assert!(matches!(
        Table::read(&source, &ReadOptions::default(), &job),
        Err(TableError::Cancelled(_))
    ));
}
