//! What the readers share: words with their places, and numbers.

use super::FormatError;

/// A word of a line, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    /// The line, from 1.
    pub line: usize,
    /// The byte at which it starts in its line, from 0.
    pub at: usize,
    /// The whole line, from which the column is counted where it is asked for.
    pub whole: &'a str,
}

impl Word<'_> {
    /// An error at this word.
    pub fn error(&self, what: impl Into<String>, remedy: impl Into<String>) -> FormatError {
        let before = self.whole.get(..self.at).unwrap_or("");
        FormatError {
            line: self.line,
            column: before.chars().count() + 1,
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// The word as a finite number; Fortran's `1.5D-3` is one too.
    pub fn number(&self) -> Result<f64, FormatError> {
        number(self.text).ok_or_else(|| {
            let what = format!("`{}` is not a number", shortened(self.text));
            self.error(what, "write a number with a decimal point, such as 0.25")
        })
    }

    /// The word as a whole number of at most `max`.
    pub fn count(&self, max: usize) -> Result<usize, FormatError> {
        match self.text.parse::<usize>() {
            Ok(count) if count <= max => Ok(count),
            Ok(count) => Err(self.error(
                format!("{count} is too many"),
                format!("at most {max} are handled"),
            )),
            Err(_) => {
                let what = format!("`{}` is not a number of sites", shortened(self.text));
                Err(self.error(what, "write a whole number"))
            }
        }
    }
}

/// An error at the start of a line.
pub(super) fn line_error(
    line: usize,
    what: impl Into<String>,
    remedy: impl Into<String>,
) -> FormatError {
    FormatError {
        line,
        column: 1,
        what: what.into(),
        remedy: remedy.into(),
    }
}

/// A finite number, with Fortran's exponents; none otherwise.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b"+-.eEdD".contains(&b));
    let value = match plain {
        true if text.contains(['d', 'D']) => text.replace(['d', 'D'], "e").parse::<f64>(),
        true => text.parse::<f64>(),
        false => return None,
    };
    value.ok().filter(|x| x.is_finite())
}

/// The first characters of a text from a file, for a message; control characters are shown as `?`.
pub(super) fn shortened(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(40)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}

/// The words of a line, separated by blanks.
pub(super) fn words(whole: &str, line: usize) -> impl Iterator<Item = Word<'_>> {
    whole.split_ascii_whitespace().map(move |text| Word {
        text,
        line,
        // Both are parts of the same line, so the distance of their starts is the place.
        at: text.as_ptr() as usize - whole.as_ptr() as usize,
        whole,
    })
}

/// A one-line title: line breaks and repeated blanks become one blank.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
