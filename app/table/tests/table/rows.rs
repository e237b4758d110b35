//! Rows, lines, quotes, headers, and which rows are set aside.

use proptest::prelude::*;
use table::{NumberError, Reason};

use crate::{cells, headers, read, read_ok};

#[test]
fn every_kind_of_line_end_and_empty_lines_are_understood() {
    for text in [
        "f,x\nA,1\nB,2\n",
        "f,x\r\nA,1\r\nB,2",
        "f,x\rA,1\rB,2\r",
        "\n\nf,x\n\nA,1\r\n\r\nB,2\n\n",
    ] {
        assert_eq!(cells(&read_ok(text)), [["A", "1"], ["B", "2"]], "{text:?}");
    }
    let table = read_ok("\r\n\r\nf,x\r\n\r\nA,1\r\n\r\nB,2\r\n");
    assert_eq!((table.line(0), table.line(1)), (5, 7));
    let table = read_ok("f,x\rA,\"1\r2\"\rB,2\r");
    assert_eq!((table.line(0), table.line(1)), (2, 4));
}

#[test]
fn cells_keep_their_text() {
    let table = read_ok("f,x,y\n 007 ,\"a\"\"b\",\"c,\nd\"\n=1+1,,5\" wafer\n");
    assert_eq!(
        cells(&table),
        [[" 007 ", "a\"b", "c,\nd"], ["=1+1", "", "5\" wafer"]]
    );
    assert_eq!((table.line(0), table.line(1)), (2, 4));
}

#[test]
fn rows_of_another_length_are_set_aside_and_the_others_go_on() {
    let table = read_ok("f,x\nA,1\nB\nC,1,2\nD,4\n");
    assert_eq!(cells(&table), [["A", "1"], ["D", "4"]]);
    let lines: Vec<u64> = table.rejected().iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 4]);
    assert_eq!(
        table.rejected()[1].reason,
        Reason::FieldCount {
            found: 3,
            expected: 2
        }
    );
    assert_eq!(&*table.rejected()[1].text, "C,1,2");
    assert_eq!((table.line(0), table.line(1)), (2, 5));
}

#[test]
fn rows_of_empty_cells_are_skipped_and_counted() {
    let table = read_ok("f,x\nA,1\n,\n  , \n\"\",\"\"\nB,2\n");
    assert_eq!(cells(&table), [["A", "1"], ["B", "2"]]);
    assert!(
        table.messages()[0].contains("3 rows of empty cells"),
        "{:?}",
        table.messages()
    );
    assert!(table.rejected().is_empty());
}

#[test]
fn an_open_quote_costs_only_its_row() {
    let never_closed = "f,x\nA,1\nB,\"2\nC,3\nD,4\n";
    let closed_by_the_next = "f,x\nA,1\nB,\"2\nC,\"3\"\nD,4\n";
    let at_the_end = "f,x\nA,1\nC,3\nD,4\nB,\"2";
    for (text, line, third) in [
        (never_closed, 3, "3"),
        (closed_by_the_next, 3, "3"),
        (at_the_end, 5, "3"),
    ] {
        let table = read_ok(text);
        assert_eq!(
            cells(&table),
            [["A", "1"], ["C", third], ["D", "4"]],
            "{text:?}"
        );
        let [rejected] = table.rejected() else {
            panic!("{:?}", table.rejected())
        };
        assert_eq!(
            (rejected.line, &*rejected.text),
            (line, "B,\"2"),
            "{text:?}"
        );
        assert_eq!(rejected.reason, Reason::OpenQuote { column: 3 });
    }
}

#[test]
fn many_open_quotes_are_quick_and_cost_only_their_rows() {
    let mut text = String::from("f,x\n");
    for row in 0..20_000 {
        text += if row % 2 == 0 {
            "A,\"5 inch\n"
        } else {
            "B,1\n"
        };
    }
    let begin = std::time::Instant::now();
    let table = read_ok(&text);
    assert_eq!((table.len(), table.rejected().len()), (10_000, 10_000));
    assert!(begin.elapsed().as_secs() < 20);
}

#[test]
fn nul_characters_and_endless_lines_cost_their_row() {
    let mut text = b"f,x\nA,1\nB,\0\nC,\"\0\"\n".to_vec();
    text.extend(std::iter::repeat_n(b'z', 3_000_000));
    text.extend_from_slice(b"\nD,4\n");
    let table = read_ok(text);
    assert_eq!(cells(&table), [["A", "1"], ["D", "4"]]);
    let reasons: Vec<Reason> = table.rejected().iter().map(|row| row.reason).collect();
    assert_eq!(
        reasons[..2],
        [Reason::Nul { column: 3 }, Reason::Nul { column: 4 }]
    );
    assert!(matches!(reasons[2], Reason::TooLong { .. }));
    assert_eq!(table.line(1), 6);
}

#[test]
fn duplicate_and_missing_headers_are_named_apart_and_written_as_they_were() {
    let table = read_ok("formula,x [V],x,\nA,1,2,3\n");
    assert_eq!(headers(&table), ["formula", "x [V]", "x", ""]);
    let names: Vec<&str> = table
        .columns()
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(names, ["formula", "x", "x_2", "column_4"]);
    assert_eq!(table.find_column("x_2").ok(), Some(2));
    assert_eq!(table.find_column("X [V]").ok(), Some(1));
    assert_eq!(table.messages().len(), 2);
}

#[test]
fn the_formula_column_is_found_by_name_without_case() {
    for (header, column) in [
        ("id,Formula", 1),
        ("id,Chemical Formula", 1),
        ("pretty_formula,id", 0),
        ("material,composition", 1),
        ("id,COMPOSITION", 1),
    ] {
        let table = read_ok(format!("{header}\nLiCoO2,LiCoO2\n"));
        assert_eq!(table.formula_column(None).ok(), Some(column), "{header}");
    }
    // A header that says formula over cells that are none loses to the next that says so.
    let table = read_ok("material,composition\nmp-1,LiCoO2\n");
    assert_eq!(table.formula_column(None).ok(), Some(1));
    let table = read_ok("composition,material\nmp-1,LiCoO2\n");
    assert_eq!(table.formula_column(None).ok(), Some(1));
}

#[test]
fn numbers_come_with_the_cells_that_are_none() {
    let table = read_ok("f,x\nA,1.5\nB,NA\nC,abc\nD,inf\nE,\"1,5\"\n");
    let numbers = table.numbers(1);
    assert_eq!((numbers.known, numbers.bad_count), (1, 3));
    assert!(numbers.values[0] == 1.5 && numbers.values[1..].iter().all(|value| value.is_nan()));
    let bad: Vec<_> = numbers
        .bad
        .iter()
        .map(|cell| (cell.line, cell.text.as_str(), cell.error))
        .collect();
    assert_eq!(
        bad,
        [
            (4, "abc", NumberError::NotANumber),
            (5, "inf", NumberError::Infinite),
            (6, "1,5", NumberError::CommaWithPoint),
        ]
    );
    assert!(!table.is_numeric(0) && !table.is_numeric(1));
    assert!(read_ok("f,x\nA,1\nB,\n").is_numeric(1));
}

#[test]
fn tables_longer_than_a_chunk_and_a_block_are_read_whole() {
    let mut text = String::from("f,x,y\n");
    for row in 0..50_000 {
        text += &format!("Li{row},{row},\"a {row}\"\n");
    }
    let table = read_ok(&text);
    assert_eq!(table.len(), 50_000);
    assert_eq!(table.chunk_count(), 13);
    assert_eq!(table.chunk_rows(12), 49_152..50_000);
    for row in [0, 4095, 4096, 31_000, 49_999] {
        assert_eq!(table.text(0, row), format!("Li{row}"));
        assert_eq!(table.text(2, row), format!("a {row}"));
        assert_eq!(table.line(row), row as u64 + 2);
    }
    let numbers = table.numbers(1);
    assert!(
        numbers
            .values
            .iter()
            .enumerate()
            .all(|(row, value)| *value == row as f64)
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_text_of_csv_marks_panics(text in "[a,;|\t\"\n\r\0é材 0-9.]{0,80}") {
        if let Ok(table) = read(format!("f,x\n{text}")) {
            let rows = cells(&table);
            prop_assert!(rows.iter().all(|row| row.len() == table.columns().len()));
            for column in 0..table.columns().len() {
                prop_assert_eq!(table.numbers(column).values.len(), table.len());
            }
        }
    }
}
