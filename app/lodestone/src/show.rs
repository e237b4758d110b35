//! A ranking for people to read on a terminal.

use screening::Outcome;
use std::borrow::Cow;
use std::io::Write;
use table::TableError;

/// Notes longer than this are cut in the listing under the table; the files hold them whole.
const NOTE_CHARS: usize = 240;

/// Writes the ranked candidates as an aligned table: rank, front, its probability, formula, objectives; then their notes.
pub fn ranking(writer: &mut dyn Write, outcome: &Outcome) -> Result<(), TableError> {
    let mut rows = vec![vec![
        "rank".to_owned(),
        "front".to_owned(),
        "P(front)".to_owned(),
        "formula".to_owned(),
    ]];
    rows[0].extend(outcome.objectives().iter().map(|(_, q)| q.label()));
    let mut notes = Vec::new();
    for (place, &row) in outcome.order.iter().enumerate() {
        let front = outcome.front[place].map_or_else(|| "-".to_owned(), |f| f.to_string());
        let probability = outcome.front_probability[place];
        let probability = if probability.is_nan() {
            "-".to_owned()
        } else {
            format!("{probability:.2}")
        };
        let mut line = vec![
            (place + 1).to_string(),
            front,
            probability,
            outcome.formula(row).into_owned(),
        ];
        for objective in 0..outcome.objectives().len() {
            let (mean, std) = outcome.objective_value(objective, row);
            line.push(value_with_error(mean, std));
        }
        rows.push(line);
        let mut note = String::new();
        outcome.push_objective_notes(row, &mut note);
        if !note.is_empty() {
            notes.push((place + 1, shortened(&note)));
        }
    }
    for cell in rows.iter_mut().flatten() {
        *cell = visible(cell).into_owned();
    }
    let text = aligned(&rows, 3);
    let failed = |error| TableError::io("write", "standard output", error);
    writer.write_all(text.as_bytes()).map_err(failed)?;
    for (rank, note) in notes {
        writeln!(writer, "{rank:>4}  {}", visible(&note)).map_err(failed)?;
    }
    Ok(())
}

/// The text with its control characters made visible: what comes from a file must not steer the terminal.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().flat_map(|c| {
        let (plain, escape) = if c.is_control() {
            (None, Some(c.escape_debug()))
        } else {
            (Some(c), None)
        };
        plain.into_iter().chain(escape.into_iter().flatten())
    });
    Cow::Owned(escaped.collect())
}

/// A message for the user, on standard error. Where nobody reads it any more, the work still counts.
pub fn tell(message: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr(), "{}", visible(message.as_ref()));
}

/// `590 ± 40`, rounded to two digits of the error; `590` where it is exact; `590 ± ?` where the error is not known.
pub fn value_with_error(mean: f64, std: f64) -> String {
    if mean.is_nan() {
        return "unknown".to_owned();
    }
    if std.is_nan() {
        return format!("{} ± ?", significant(mean, 4));
    }
    if std == 0.0 {
        return significant(mean, 4);
    }
    let decimals = 1 - std.abs().log10().floor() as i32;
    if decimals >= 0 {
        let decimals = decimals.min(6) as usize;
        format!("{mean:.decimals$} ± {std:.decimals$}")
    } else {
        let unit = 10f64.powi(-decimals);
        format!(
            "{:.0} ± {:.0}",
            (mean / unit).round() * unit,
            (std / unit).round() * unit
        )
    }
}

/// A number to so many significant digits, without an exponent where it stays short.
pub fn significant(x: f64, digits: i32) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    let magnitude = x.abs().log10().floor() as i32;
    if !(-4..9).contains(&magnitude) {
        return format!("{x:.*e}", (digits - 1) as usize);
    }
    format!("{x:.*}", (digits - 1 - magnitude).max(0) as usize)
}

fn shortened(note: &str) -> String {
    if note.chars().count() <= NOTE_CHARS {
        return note.to_owned();
    }
    let start: String = note.chars().take(NOTE_CHARS).collect();
    format!("{start}...")
}

/// Columns padded to their widest cell; column number `left` (of names) to the left, the others to the right.
pub fn aligned(rows: &[Vec<String>], left: usize) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |c: usize| rows.iter().map(|r| r[c].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        for (c, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[c] - cell.chars().count());
            let left = c == left;
            text.push_str(if c > 0 { "  " } else { "" });
            text.push_str(if left { "" } else { &padding });
            text.push_str(cell);
            text.push_str(if left && c + 1 < columns {
                &padding
            } else {
                ""
            });
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_decides_how_many_digits_are_shown() {
        for (mean, std, shown) in [
            (589.71, 38.6, "590 ± 39"),
            (589.71, 386.0, "590 ± 390"),
            (3.4567, 0.123, "3.46 ± 0.12"),
            (0.25, 0.0, "0.2500"),
            (12345.6, f64::NAN, "12346 ± ?"),
            (f64::NAN, 1.0, "unknown"),
        ] {
            assert_eq!(value_with_error(mean, std), shown);
        }
    }

    #[test]
    fn control_characters_are_shown_instead_of_obeyed() {
        assert_eq!(visible("LiFePO₄ µ"), "LiFePO₄ µ");
        assert_eq!(visible("a\u{1b}[2Jb\tc"), "a\\u{1b}[2Jb\\tc");
    }

    #[test]
    fn very_large_and_very_small_numbers_keep_their_size() {
        assert_eq!(significant(1.23456e12, 4), "1.235e12");
        assert_eq!(significant(-1.23456e-7, 4), "-1.235e-7");
        assert_eq!(significant(0.0, 4), "0");
    }
}
