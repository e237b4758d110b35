//! What is written: formats, quoting, whole files or none.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use job::Job;
use polars::prelude::{AnyValue, DataType, ParquetReader, SerReader};
use proptest::prelude::*;
use table::{
    Destination, NumberError, OutputFormat, OutputTable, Source, Table, TableError, Values,
    write_rejected,
};

use crate::{cells, fixture, read_file, read_ok};

fn text_of(out: &OutputTable<'_>, format: OutputFormat) -> String {
    let mut bytes = Vec::new();
    out.write(&mut bytes, format, &Job::new()).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Rank, the input, values by input row, notes.
fn ranked<'a>(table: &'a Table, order: &'a [u32], mean: &'a [f64]) -> OutputTable<'a> {
    let mut out = OutputTable::new(order);
    out.push("rank", Values::U32((1..=order.len() as u32).collect()));
    out.push(
        "front",
        Values::OptionalU32(order.iter().map(|row| (*row > 0).then_some(1)).collect()),
    );
    out.push_input(table);
    out.push_by_input_row("p [V]", Values::F64(mean.into()));
    let dictionary = vec!["no lithium".to_owned(), "far, \"far\" away".to_owned()];
    let codes: Vec<u32> = (0..table.len() as u32)
        .map(|row| if row == 0 { u32::MAX } else { row % 2 })
        .collect();
    out.push_by_input_row(
        "notes",
        Values::Codes {
            codes: codes.into(),
            dictionary: dictionary.into(),
        },
    );
    out
}

const INPUT: &str = "formula,\"a, b\",x\nLi,007,-1\nNa,\"c\"\"d\",@x\nK,\"e\nf\",\n";

#[test]
fn csv_has_the_input_unchanged_and_numbers_in_their_shortest_form() {
    let table = read_ok(INPUT);
    let out = ranked(&table, &[2, 0, 1], &[0.1 + 0.2, f64::NAN, 1e-7]);
    assert_eq!(
        text_of(&out, OutputFormat::Csv),
        "rank,front,formula,\"a, b\",x,p [V],notes\n\
         1,1,K,\"e\nf\",,1e-7,no lithium\n\
         2,,Li,007,-1,0.30000000000000004,\n\
         3,1,Na,\"c\"\"d\",@x,,\"far, \"\"far\"\" away\"\n"
    );
    assert!(text_of(&out, OutputFormat::Tsv).contains("2\t\tLi\t007\t-1\t0.30000000000000004\t\n"));
}

#[test]
fn json_is_an_array_of_objects_with_null_for_what_is_not_known() {
    let table = read_ok("formula,x,x\nLi,007,é\nNa,1,\"\"\"\n\"\n");
    let out = ranked(&table, &[1, 0], &[f64::NAN, f64::INFINITY]);
    let value: serde_json::Value =
        serde_json::from_str(&text_of(&out, OutputFormat::Json)).unwrap();
    assert_eq!(
        value,
        serde_json::json!([
            {"rank": 1, "front": 1, "formula": "Na", "x": "1", "x_2": "\"\n", "p [V]": null, "notes": "far, \"far\" away"},
            {"rank": 2, "front": null, "formula": "Li", "x": "007", "x_2": "é", "p [V]": null, "notes": null},
        ])
    );
    let nothing = OutputTable::new(&[]);
    assert_eq!(
        text_of(&nothing, OutputFormat::Json)
            .split_whitespace()
            .collect::<String>(),
        "[]"
    );
}

#[test]
fn parquet_keeps_types_and_polars_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.parquet");
    let typed = read_file(&fixture("pyarrow.parquet")).unwrap();
    let out = ranked(&typed, &[1, 0, 2], &[0.5, f64::NAN, 2.5]);
    let file = Destination::file(&path, &Source::Stdin).unwrap();
    file.write(|writer| out.write(writer, OutputFormat::Parquet, &Job::new()))
        .unwrap();
    let frame = ParquetReader::new(fs::File::open(&path).unwrap())
        .finish()
        .unwrap();
    let types: Vec<DataType> = frame.dtypes();
    use DataType::*;
    assert_eq!(
        types,
        [
            UInt32, UInt32, String, Float64, Float32, Int64, Int32, Boolean, Float64, String
        ]
    );
    let value = |column: &str, row| {
        frame
            .column(column)
            .unwrap()
            .get(row)
            .unwrap()
            .into_static()
    };
    assert_eq!(value("p [V]", 0), AnyValue::Null);
    assert_eq!(value("p [V]", 1), AnyValue::Float64(0.5));
    assert_eq!(value("id", 0), AnyValue::Int64(1 << 60));
    assert_eq!(value("formula", 2), AnyValue::Null);
    assert_eq!(value("front", 1), AnyValue::Null);

    let text = read_ok(INPUT);
    let out = ranked(&text, &[0, 1], &[1.0, 2.0, 3.0]);
    file.write(|writer| out.write(writer, OutputFormat::Parquet, &Job::new()))
        .unwrap();
    let frame = ParquetReader::new(fs::File::open(&path).unwrap())
        .finish()
        .unwrap();
    assert_eq!(
        frame.column("a, b").unwrap().get(0).unwrap(),
        AnyValue::String("007")
    );
}

#[test]
fn an_empty_output_is_a_header_in_every_format() {
    let table = read_ok(INPUT);
    let out = ranked(&table, &[], &[]);
    assert_eq!(
        text_of(&out, OutputFormat::Csv),
        "rank,front,formula,\"a, b\",x,p [V],notes\n"
    );
    let mut bytes = Vec::new();
    out.write(&mut bytes, OutputFormat::Parquet, &Job::new())
        .unwrap();
    let frame = ParquetReader::new(io::Cursor::new(bytes)).finish().unwrap();
    assert_eq!(frame.shape(), (0, 7));
}

/// Takes so many bytes and then fails as a full disk or a closed pipe does.
struct Failing(usize, io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(self.1.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_told_in_every_format() {
    let table = read_ok(INPUT);
    let out = ranked(&table, &[0, 1], &[1.0, 2.0, 3.0]);
    for format in [
        OutputFormat::Csv,
        OutputFormat::Tsv,
        OutputFormat::Json,
        OutputFormat::Parquet,
    ] {
        let result = out.write(
            &mut Failing(10, io::ErrorKind::StorageFull),
            format,
            &Job::new(),
        );
        assert!(
            matches!(result, Err(TableError::DiskFull { .. })),
            "{format:?}: {result:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told_by_name() {
    let table = read_ok(INPUT);
    let out = ranked(&table, &[0, 1], &[1.0, 2.0, 3.0]);
    for format in [OutputFormat::Csv, OutputFormat::Json, OutputFormat::Parquet] {
        let full = Destination::file(Path::new("/dev/full"), &Source::Stdin).unwrap();
        let error = full
            .write(|writer| out.write(writer, format, &Job::new()))
            .unwrap_err();
        assert!(
            error.to_string().starts_with("/dev/full: the disk is full"),
            "{error}"
        );
    }
}

#[test]
fn a_failed_write_leaves_the_old_file_and_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    fs::write(&path, "old").unwrap();
    let destination = Destination::file(&path, &Source::Stdin).unwrap();
    let failed = destination.write(|writer| {
        writer.write_all(b"half a tab").unwrap();
        Err(TableError::DiskFull {
            target: "output".into(),
        })
    });
    assert!(
        failed
            .unwrap_err()
            .to_string()
            .contains("out.csv: the disk is full")
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    destination
        .write(|writer| writer.write_all(b"new").map_err(|_| unreachable!()))
        .unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_new_file_is_as_readable_as_any_and_a_link_stays_a_link() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (plain, new, link) = (
        folder.path().join("plain"),
        folder.path().join("new"),
        folder.path().join("link"),
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    fs::write(&plain, "").unwrap();
    Destination::File(new.clone()).write(|_| Ok(())).unwrap();
    assert_eq!(mode(&new), mode(&plain));
    std::os::unix::fs::symlink(&plain, &link).unwrap();
    Destination::File(link.clone())
        .write(|writer| writer.write_all(b"x").map_err(|_| unreachable!()))
        .unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&plain).unwrap(), "x");
}

#[test]
fn bad_destinations_are_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    fs::write(&input, INPUT).unwrap();
    let refuse = |path: &Path, part: &str| {
        let error = Destination::file(path, &Source::Path(input.clone()))
            .unwrap_err()
            .to_string();
        assert!(error.contains(part), "{error}");
    };
    refuse(&input, "would overwrite the input");
    refuse(&folder.path().join("./in.csv"), "would overwrite the input");
    refuse(folder.path(), "cannot be a folder");
    refuse(&folder.path().join("absent/out.csv"), "does not exist");
    refuse(&input.join("out.csv"), "does not exist");
    let unknown = OutputFormat::of_path(Path::new("out.xlsx"))
        .unwrap_err()
        .to_string();
    assert!(
        unknown.contains("out.xlsx") && unknown.contains(".parquet"),
        "{unknown}"
    );
    assert_eq!(
        OutputFormat::of_path(Path::new("OUT.CSV")).unwrap(),
        OutputFormat::Csv
    );
}

#[test]
fn rejected_rows_are_written_with_line_reason_and_text() {
    let table = read_ok("f,x\nA,1\nB\nC,\"2,3\nD,4\n");
    let rows = table
        .rejected()
        .iter()
        .map(|row| (row.line, row.reason.to_string().into(), (*row.text).into()));
    let mut bytes = Vec::new();
    write_rejected(&mut bytes, "rejected", rows).unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "line,reason,text\n\
         3,1 fields where the header has 2,B\n\
         4,the quote opened in column 3 is not closed before a delimiter or the end of the row,\"C,\"\"2,3\"\n"
    );
}

proptest! {
    #[test]
    fn written_text_is_read_back_the_same_by_us_and_by_the_csv_crate(
        rows in prop::collection::vec(prop::collection::vec("[ -~\n\r\té材,;\"]{0,6}", 2), 1..8)
    ) {
        let texts: Vec<Vec<String>> =
            (0..2).map(|column| rows.iter().map(|row| row[column].clone()).collect()).collect();
        let order: Vec<u32> = (0..rows.len() as u32).collect();
        let mut out = OutputTable::new(&order);
        out.push("rank", Values::U32(order.clone().into()));
        for (index, texts) in texts.iter().enumerate() {
            out.push(format!("t{index}"), Values::Text(texts.as_slice().into()));
        }
        let written = text_of(&out, OutputFormat::Csv);
        let expected: Vec<Vec<String>> = rows
            .iter()
            .enumerate()
            .map(|(rank, row)| vec![rank.to_string(), row[0].clone(), row[1].clone()])
            .collect();
        let records: Vec<Vec<String>> = csv::Reader::from_reader(written.as_bytes())
            .into_records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        prop_assert_eq!(&records, &expected);
        let options = table::ReadOptions { delimiter: Some(b','), ..Default::default() };
        let table = Table::read_text(written.as_bytes(), "written", &options, &Job::new()).unwrap();
        prop_assert_eq!(cells(&table), expected);
        // What was read is written again as it was.
        let mut again = OutputTable::new(&order);
        again.push_input(&table);
        prop_assert_eq!(text_of(&again, OutputFormat::Csv), written);
    }
}

#[test]
fn infinite_numbers_of_parquet_are_no_values_as_in_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.parquet");
    let order = [0, 1, 2, 3];
    let mut out = OutputTable::new(&order);
    let inf = f64::INFINITY;
    out.push("x", Values::F64(vec![1.0, inf, -inf, 4.0].into()));
    out.push("endless", Values::F64(vec![inf; 4].into()));
    let file = Destination::file(&path, &Source::Stdin).unwrap();
    file.write(|writer| out.write(writer, OutputFormat::Parquet, &Job::new()))
        .unwrap();
    let parquet = read_file(&path).unwrap();
    let text = read_ok("x,endless\n1,inf\ninf,inf\n-inf,inf\n4,inf\n");
    for table in [&parquet, &text] {
        let numbers = table.numbers(0);
        assert_eq!((numbers.known, numbers.bad_count), (2, 2));
        assert!(numbers.values[1].is_nan() && numbers.values[2].is_nan());
        assert_eq!(
            (numbers.bad[1].row, numbers.bad[1].text.as_str()),
            (2, "-inf")
        );
        assert_eq!(numbers.bad[1].error, NumberError::Infinite);
        assert!(!table.is_numeric(1));
    }
    // In Parquet the type tells what is a number, however many are infinite.
    assert!(parquet.is_numeric(0) && !text.is_numeric(0));
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_that_is_not_there_yet_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("there")).unwrap();
    std::os::unix::fs::symlink("there/new.csv", path("second")).unwrap();
    std::os::unix::fs::symlink("second", path("first")).unwrap();
    let write = |name: &str| {
        table::write_atomically(&path(name), |writer| {
            writer.write_all(b"x\n").unwrap();
            Ok(())
        })
    };
    write("first").unwrap();
    assert_eq!(fs::read_link(path("first")).unwrap(), Path::new("second"));
    assert_eq!(fs::read(path("there/new.csv")).unwrap(), b"x\n");
    // A ring of links leads nowhere, and is an end all the same.
    std::os::unix::fs::symlink("ring", path("ring")).unwrap();
    let _ = write("ring");
}

#[test]
fn a_column_of_the_input_gives_way_to_a_new_one_of_its_name_in_every_format() {
    let table = read_ok("rank,x,x\n7,a,b\n");
    let order = [0];
    let mut out = OutputTable::new(&order);
    out.push("rank", Values::U32(vec![1].into()));
    out.push_input(&table);
    out.push("x_2", Values::F64(vec![0.5].into()));
    assert_eq!(
        text_of(&out, OutputFormat::Csv),
        "rank,rank_2,x,x,x_2\n1,7,a,b,0.5\n"
    );
    let json: serde_json::Value = serde_json::from_str(&text_of(&out, OutputFormat::Json)).unwrap();
    let row = &json[0];
    assert_eq!((&row["rank"], &row["rank_2"]), (&1.into(), &"7".into()));
    assert_eq!(
        (&row["x"], &row["x_3"], &row["x_2"]),
        (&"a".into(), &"b".into(), &0.5.into())
    );
    assert_eq!(out.renamed(), [("rank".to_owned(), "rank_2".to_owned())]);
}
