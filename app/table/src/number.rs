//! Numbers in cells: what counts as a number, what as missing, and why something else is neither.

/// Why a cell that is not empty is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    #[error("not a number")]
    NotANumber,
    #[error("infinity is not a value; leave the cell empty if it is not known")]
    Infinite,
    #[error("too large for a number of double precision")]
    TooLarge,
    #[error("a comma in a file with decimal points; write 1500 or 1.5")]
    CommaWithPoint,
    #[error("a point in a file with decimal commas; write 1500 or 1,5")]
    PointWithComma,
    #[error("thousands separators are not read; write 1500")]
    Thousands,
    #[error("a bound, not a value")]
    Bound,
    #[error("a number with something behind it; units belong in the header, as in `voltage [V]`")]
    Trailing,
}

/// Whether a cell says that its value is not known: nothing, NA, N/A, #N/A, NaN, null, None, -, --, ? (case does not
/// matter).
pub fn is_missing(cell: &str) -> bool {
    let cell = trim(cell);
    if cell.is_empty() {
        return true;
    }
    if cell.len() > 4 {
        return false;
    }
    const MARKS: [&str; 9] = ["na", "n/a", "#n/a", "nan", "null", "none", "-", "--", "?"];
    MARKS.iter().any(|mark| cell.eq_ignore_ascii_case(mark)) || matches!(cell, "–" | "—")
}

/// Reads a cell: `Ok(None)` where the value is missing.
///
/// A number is an optional sign (`-`, `+` or the minus sign U+2212), digits with at most one decimal mark, and an optional
/// exponent (`1e-3`). A standard uncertainty in parentheses, `1.23(4)`, is read past: the value is 1.23.
///
/// ```
/// use table::parse_number;
/// assert_eq!(parse_number(" 1e-3 ", false), Ok(Some(0.001)));
/// assert_eq!(parse_number("1,5", true), Ok(Some(1.5)));
/// assert_eq!(parse_number("3.905(2)", false), Ok(Some(3.905)));
/// assert_eq!(parse_number("N/A", false), Ok(None));
/// assert!(parse_number("1,500", false).is_err());
/// ```
pub fn parse_number(cell: &str, decimal_comma: bool) -> Result<Option<f64>, NumberError> {
    let cell = trim(cell);
    if is_plain(cell.as_bytes()) {
        if decimal_comma && cell.contains('.') {
            return Err(NumberError::PointWithComma);
        }
        return finite(cell);
    }
    if is_missing(cell) {
        return Ok(None);
    }
    let number = without_uncertainty(cell).replacen('\u{2212}', "-", 1);
    let mark = if decimal_comma { ',' } else { '.' };
    let other = if decimal_comma { '.' } else { ',' };
    let written = number.replacen(mark, ".", 1);
    if is_plain(written.as_bytes()) && !number.contains(other) {
        return finite(&written);
    }
    Err(reason(&number, decimal_comma))
}

fn trim(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
}

fn finite(number: &str) -> Result<Option<f64>, NumberError> {
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        Ok(_) => Err(NumberError::TooLarge),
        Err(_) => Err(NumberError::NotANumber),
    }
}

/// Sign, digits with at most one point, exponent; nothing else.
fn is_plain(bytes: &[u8]) -> bool {
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(at);
    at += whole;
    let mut part = 0;
    if bytes.get(at) == Some(&b'.') {
        part = digits(at + 1);
        at += 1 + part;
    }
    if whole + part == 0 {
        return false;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        let exponent = if at <= bytes.len() { digits(at) } else { 0 };
        if exponent == 0 {
            return false;
        }
        at += exponent;
    }
    at == bytes.len()
}

/// `1.23(4)` and `1.23(4)e-5` without the parenthesis.
fn without_uncertainty(cell: &str) -> String {
    if let Some((value, rest)) = cell.split_once('(')
        && let Some((uncertainty, exponent)) = rest.split_once(')')
        && !uncertainty.is_empty()
        && uncertainty
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
        && value.ends_with(|c: char| c.is_ascii_digit())
    {
        return format!("{value}{exponent}");
    }
    cell.to_owned()
}

fn reason(number: &str, decimal_comma: bool) -> NumberError {
    let unsigned = number.trim_start_matches(['+', '-']);
    let word = unsigned.to_lowercase();
    if matches!(word.as_str(), "inf" | "infinity" | "∞") {
        return NumberError::Infinite;
    }
    if unsigned.starts_with(['<', '>', '≤', '≥', '~', '≈']) {
        return NumberError::Bound;
    }
    let separator = |c: char| matches!(c, ',' | '.' | '\'' | '\u{2019}' | '_') || c.is_whitespace();
    let starts = unsigned.starts_with(|c: char| c.is_ascii_digit());
    if !starts {
        return NumberError::NotANumber;
    }
    if unsigned.chars().all(|c| c.is_ascii_digit() || separator(c)) {
        let marks: Vec<char> = unsigned.chars().filter(|c| separator(*c)).collect();
        return match marks.as_slice() {
            [','] if !decimal_comma => NumberError::CommaWithPoint,
            ['.'] if decimal_comma => NumberError::PointWithComma,
            _ => NumberError::Thousands,
        };
    }
    NumberError::Trailing
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_written() {
        for (cell, value) in [
            ("0", 0.0),
            ("007", 7.0),
            ("-1.5", -1.5),
            ("+2", 2.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e-3", 1e-3),
            ("1E+3", 1000.0),
            ("\u{2212}4.2", -4.2),
            (" 3\u{a0}", 3.0),
            ("1.23(4)", 1.23),
            ("8.40(12)e-2", 8.4e-2),
        ] {
            assert_eq!(parse_number(cell, false), Ok(Some(value)), "{cell}");
        }
    }

    #[test]
    fn what_is_missing_is_missing() {
        for cell in [
            "", " ", "NA", "n/a", "nan", "NaN", "null", "None", "-", "?", "--", "–", "#N/A",
        ] {
            assert_eq!(parse_number(cell, false), Ok(None), "{cell}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        use NumberError::*;
        for (cell, decimal_comma, error) in [
            ("inf", false, Infinite),
            ("-Infinity", false, Infinite),
            ("1e999", false, TooLarge),
            ("1,5", false, CommaWithPoint),
            ("1.5", true, PointWithComma),
            ("1,234,567", false, Thousands),
            ("1.234,5", true, Thousands),
            ("1 500", false, Thousands),
            ("1'500", false, Thousands),
            ("<5", false, Bound),
            ("4.2 V", false, Trailing),
            ("1.2±0.1", false, Trailing),
            ("abc", false, NotANumber),
            ("e5", false, NotANumber),
            (".", false, NotANumber),
            ("1e", false, Trailing),
            ("0x10", false, Trailing),
            ("nano", false, NotANumber),
        ] {
            assert_eq!(parse_number(cell, decimal_comma), Err(error), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn any_finite_number_comes_back(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            let point = format!("{value:e}");
            prop_assert_eq!(parse_number(&point, false), Ok(Some(value)));
            prop_assert_eq!(parse_number(&point.replace('.', ","), true), Ok(Some(value)));
        }

        #[test]
        fn no_text_panics(cell in ".*", decimal_comma: bool) {
            let _ = parse_number(&cell, decimal_comma);
            let _ = is_missing(&cell);
        }
    }
}
