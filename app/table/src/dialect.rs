//! How a text table is written: which delimiter, and whether numbers have a decimal comma.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::number;

/// Records looked at to find the delimiter and the decimal mark.
const SAMPLE_RECORDS: usize = 200;

/// Tried in this order; an earlier one wins a tie, since a comma also stands inside numbers and names.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];

/// Finds the delimiter: the one that splits the first records into the same number of fields as the header, most often
/// and into most fields. A table of one column has none: a comma is assumed.
pub(crate) fn find_delimiter(sample: &[u8], whole: bool) -> u8 {
    let mut best = (b',', 0.0);
    for delimiter in DELIMITERS {
        let records = sample_records(sample, whole, delimiter);
        let Some((header, rows)) = records.split_first() else {
            continue;
        };
        let fields = header.len();
        if fields < 2 {
            continue;
        }
        let alike = rows.iter().filter(|row| row.len() == fields).count();
        let share = (alike + 1) as f64 / (rows.len() + 1) as f64;
        let score = share * share * (fields as f64).ln();
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

/// Whether numbers have a decimal comma: only in a semicolon table in which cells like `1,5` occur and none like `1.5`.
pub(crate) fn has_decimal_comma(sample: &[u8], whole: bool, delimiter: u8) -> bool {
    if delimiter != b';' {
        return false;
    }
    let (mut commas, mut points) = (0_usize, 0_usize);
    let records = sample_records(sample, whole, delimiter);
    for cell in records.iter().skip(1).flatten() {
        let is_number = |comma| matches!(number::parse_number(cell, comma), Ok(Some(_)));
        commas += usize::from(cell.contains(',') && is_number(true));
        points += usize::from(cell.contains('.') && is_number(false));
    }
    commas > 0 && points == 0
}

/// The first records of a text; the last one is left out where the text goes on behind the sample.
fn sample_records(sample: &[u8], whole: bool, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv_reader(delimiter);
    let mut output = vec![0; sample.len() + 1];
    let mut ends = vec![0; sample.len() + 1];
    let mut records = Vec::new();
    let mut rest = sample;
    let mut finished = false;
    while records.len() < SAMPLE_RECORDS && !finished {
        let (result, read, _, fields) = reader.read_record(rest, &mut output, &mut ends);
        rest = &rest[read..];
        let (result, fields) = match result {
            ReadRecordResult::InputEmpty if whole => {
                let (result, _, _, more) = reader.read_record(&[], &mut [0], &mut ends[fields..]);
                finished = true;
                (result, fields + more)
            }
            other => (other, fields),
        };
        if !matches!(result, ReadRecordResult::Record) {
            break;
        }
        let mut begin = 0;
        let mut cells = Vec::with_capacity(fields);
        for end in &ends[..fields] {
            cells.push(String::from_utf8_lossy(&output[begin..*end]).into_owned());
            begin = *end;
        }
        records.push(cells);
    }
    records
}

pub(crate) fn csv_reader(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found() {
        for (text, delimiter) in [
            ("formula,voltage\nLiCoO2,3.9\n", b','),
            ("formula;voltage\nLiCoO2;3,9\n", b';'),
            ("formula;voltage, V\nLiCoO2;3,9\nLiFePO4;3,4\n", b';'),
            ("formula\tnote\nLiCoO2\ta, b; c\n", b'\t'),
            ("formula|note\nLiCoO2|a\n", b'|'),
            ("formula\nLiCoO2\n", b','),
            ("\"a;b\",c\n1,2\n", b','),
            ("formula,\"x; y; z\"\nFe,1", b','),
        ] {
            assert_eq!(find_delimiter(text.as_bytes(), true), delimiter, "{text}");
        }
    }

    #[test]
    fn decimal_commas_are_found_in_semicolon_tables_only() {
        for (text, delimiter, expected) in [
            ("f;x\nFe;1,5\n", b';', true),
            ("f;x\nFe;1.5\n", b';', false),
            ("f;x;y\nFe;1,5;2.5\n", b';', false),
            ("f;x\nFe;15\n", b';', false),
            ("f\tx\nFe\t1,5\n", b'\t', false),
            ("f;x\nFe;-1,5e-3", b';', true),
        ] {
            assert_eq!(
                has_decimal_comma(text.as_bytes(), true, delimiter),
                expected,
                "{text}"
            );
        }
    }
}
