//! Tags, values and keywords of a CIF, with their places.

use super::super::FormatError;
use super::super::text::{number, shortened};

/// What a CIF is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// `data_NAME`.
    Data(&'a str),
    /// `loop_`.
    Loop,
    /// `save_`, `global_`, `stop_`: of dictionaries, without meaning here.
    Other,
    /// `_tag`.
    Tag(&'a str),
    /// A value.
    Value(Value<'a>),
}

/// A value, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Value<'a> {
    pub text: &'a str,
    /// In quotes or a text field: `'?'` is a question mark, not an unknown value.
    pub quoted: bool,
    pub line: usize,
    /// What stands before it on its line; columns are counted only where they are told.
    before: &'a str,
}

impl<'a> Value<'a> {
    /// The text, unless it is `?` (unknown) or `.` (does not apply).
    pub fn known(&self) -> Option<&'a str> {
        let text = self.text.trim();
        let missing = text.is_empty() || (!self.quoted && matches!(text, "?" | "."));
        (!missing).then_some(text)
    }

    /// The number without its uncertainty, `5.431(2)`; none for `?` and `.`.
    pub fn number(&self) -> Result<Option<f64>, FormatError> {
        let Some(text) = self.known() else {
            return Ok(None);
        };
        let plain = text.split('(').next().unwrap_or("");
        match number(plain.trim_end()) {
            Some(value) => Ok(Some(value)),
            None => Err(self.error(
                format!("`{}` is not a number", shortened(text)),
                "write a number, its uncertainty in brackets: 5.431(2)",
            )),
        }
    }

    /// An error at this value.
    pub fn error(&self, what: impl Into<String>, remedy: impl Into<String>) -> FormatError {
        FormatError {
            line: self.line,
            column: self.before.chars().count() + 1,
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

/// Reads tokens one after the other.
pub(super) struct Lexer<'a> {
    text: &'a str,
    /// The byte that comes next.
    at: usize,
    /// Its line, from 1, and the byte at which that starts.
    line: usize,
    line_start: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
            line_start: 0,
        }
    }

    pub fn line(&self) -> usize {
        self.line
    }

    /// The next token; none at the end.
    pub fn next(&mut self) -> Result<Option<Token<'a>>, FormatError> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.start_line();
                }
                b'#' => self.at = self.line_end(),
                _ if byte.is_ascii_whitespace() || byte.is_ascii_control() => self.at += 1,
                b';' if self.at == self.line_start => return self.text_field().map(Some),
                b'\'' | b'"' => return self.quoted(byte).map(Some),
                _ => return Ok(Some(self.word())),
            }
        }
        Ok(None)
    }

    fn start_line(&mut self) {
        self.line += 1;
        self.line_start = self.at;
    }

    fn line_end(&self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|&b| b == b'\n');
        length.map_or(self.text.len(), |length| self.at + length)
    }

    /// A value that starts at byte `start` of this line.
    fn value(&self, text: &'a str, quoted: bool, start: usize) -> Value<'a> {
        Value {
            text,
            quoted,
            line: self.line,
            before: self.text.get(self.line_start..start).unwrap_or(""),
        }
    }

    fn word(&mut self) -> Token<'a> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().position(|b| b.is_ascii_whitespace());
        let word = &self.text[start..start + length.unwrap_or(rest.len())];
        self.at += word.len();
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        let starts = |keyword: &str| {
            let head = word.get(..keyword.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(keyword))
        };
        if word.starts_with('_') {
            Token::Tag(word)
        } else if starts("data_") {
            Token::Data(&word[5..])
        } else if is("loop_") {
            Token::Loop
        } else if starts("save_") || is("global_") || is("stop_") {
            Token::Other
        } else {
            Token::Value(self.value(word, false, start))
        }
    }

    /// `'a value'`, which may hold its own quote: it ends at a quote before a blank or the end of the line.
    fn quoted(&mut self, quote: u8) -> Result<Token<'a>, FormatError> {
        let start = self.at;
        let rest = self.text.as_bytes()[start..].iter().enumerate().skip(1);
        let mut after_quote = false;
        for (length, &byte) in rest {
            if after_quote && byte.is_ascii_whitespace() {
                return Ok(self.close(start, length - 1));
            }
            after_quote = byte == quote;
            if byte == b'\n' {
                break;
            }
        }
        let end = self.line_end();
        if after_quote && end == self.text.len() {
            return Ok(self.close(start, end - 1 - start));
        }
        let value = self.value(&self.text[start..end], true, start);
        Err(value.error(
            format!("the quote of {} is not closed", shortened(value.text.trim_end())),
            "close it on its line, or put the value in a text field between lines that start with `;`",
        ))
    }

    /// The value between the quotes at bytes `start` and `start + length`.
    fn close(&mut self, start: usize, length: usize) -> Token<'a> {
        self.at = start + length + 1;
        Token::Value(self.value(&self.text[start + 1..start + length], true, start))
    }

    /// A text field: from a `;` at the start of a line to the next one.
    fn text_field(&mut self) -> Result<Token<'a>, FormatError> {
        let (start, first_line) = (self.at, self.line);
        while self.at < self.text.len() {
            self.at = self.line_end();
            if self.at < self.text.len() {
                self.at += 1;
                self.start_line();
            }
            if self.text.as_bytes().get(self.at) == Some(&b';') && self.at > start {
                let text = &self.text[start + 1..self.at];
                self.at += 1;
                return Ok(Token::Value(Value {
                    text,
                    quoted: true,
                    line: first_line,
                    before: "",
                }));
            }
        }
        Err(FormatError {
            line: first_line,
            column: 1,
            what: "a text field is not closed".to_string(),
            remedy: "end it with a line that starts with `;`".to_string(),
        })
    }
}
