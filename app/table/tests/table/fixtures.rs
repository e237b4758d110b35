//! Files written by Python's codecs, pyarrow and polars (`make_fixtures.py`).

use table::Table;

use crate::{cells, fixture, headers, read_file};

fn read_fixture(name: &str) -> Table {
    read_file(&fixture(name)).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_encoding_of_a_text_gives_the_same_table() {
    for (name, encoding) in [
        ("utf8.csv", None),
        ("utf8_bom.csv", None),
        ("utf8_crlf.csv", None),
        ("utf16le_bom.csv", Some("UTF-16 (little-endian)")),
        ("utf16be_bom.csv", Some("UTF-16 (big-endian)")),
        ("utf16le.csv", Some("UTF-16 (little-endian)")),
        ("utf16be.csv", Some("UTF-16 (big-endian)")),
        ("shift_jis.csv", Some("Shift-JIS")),
    ] {
        let table = read_fixture(name);
        assert_eq!(
            headers(&table),
            ["formula", "name", "voltage [V]"],
            "{name}"
        );
        let expected = [
            ["LiCoO2", "コバルト酸リチウム", "3.9"],
            ["LiFePO4", "リン酸鉄リチウム, 材料", "3.45"],
            ["Na3V2(PO4)3", "ナトリウム \"NASICON\"\n二行目", "3.4"],
        ];
        assert_eq!(cells(&table), expected, "{name}");
        assert_eq!((table.line(0), table.line(2)), (2, 4), "{name}");
        match encoding {
            Some(encoding) => assert!(
                table.messages()[0].contains(encoding),
                "{name}: {:?}",
                table.messages()
            ),
            None => assert!(
                table.messages().is_empty(),
                "{name}: {:?}",
                table.messages()
            ),
        }
    }
}

#[test]
fn a_western_semicolon_file_has_decimal_commas_and_degree_signs() {
    let table = read_fixture("windows1252_semicolon.csv");
    assert_eq!(
        cells(&table),
        [
            ["LiCoO2", "2,816", "25 °C, Université"],
            ["NaCl", "5,640", "µm²"]
        ]
    );
    assert_eq!(table.columns()[1].unit.as_deref(), Some("Å"));
    assert_eq!(table.numbers(1).values, [2.816, 5.64]);
    assert!(
        table.messages()[0].contains("Windows-1252"),
        "{:?}",
        table.messages()
    );
    assert!(
        table.messages()[1].contains("`;`, numbers have a decimal comma"),
        "{:?}",
        table.messages()
    );
}

#[test]
fn parquet_keeps_numbers_nulls_and_texts() {
    let table = read_fixture("pyarrow.parquet");
    assert_eq!(
        headers(&table),
        ["formula", "voltage [V]", "single", "id", "count", "stable"]
    );
    assert_eq!(
        cells(&table),
        [
            ["LiCoO2", "3.9", "0.1", "7", "1", "true"],
            [
                "LiFePO4",
                "",
                "10000000000.0",
                "1152921504606846976",
                "2",
                "false"
            ],
            ["", "", "", "", "3", ""],
        ]
    );
    let voltage = table.numbers(1);
    assert_eq!(voltage.known, 1);
    assert!(voltage.values[0] == 3.9 && voltage.values[1].is_nan() && voltage.values[2].is_nan());
    assert_eq!(table.numbers(4).values, [1.0, 2.0, 3.0]);
    assert_eq!(table.numbers(0).bad_count, 2);
    assert_eq!(table.line(2), 3);
    assert_eq!(table.formula_column(None).ok(), Some(0));
}

#[test]
fn parquet_by_polars_is_read() {
    assert_eq!(
        cells(&read_fixture("polars.parquet")),
        [["LiCoO2", "1.5"], ["NaCl", ""]]
    );
}

#[test]
fn parquet_categories_narrow_integers_and_dates_are_read_and_nested_columns_named() {
    let table = read_fixture("pyarrow_narrow.parquet");
    assert_eq!(headers(&table), ["formula", "tiny", "small", "day", "time"]);
    assert_eq!(
        cells(&table),
        [
            ["LiCoO2", "-7", "0", "2024-02-29", "2024-02-29T12:30:01.5"],
            ["NaCl", "", "65535", "", ""],
            ["LiCoO2", "127", "", "1969-12-31", "1969-12-31T23:59:59"],
        ]
    );
    let message = table.messages().join(" ");
    assert!(
        message.contains("`sites`") && message.contains("`cell`"),
        "{message}"
    );
}
