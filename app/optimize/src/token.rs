//! The words, names, numbers and signs of a constraint.

use crate::constraint::Comparison;
use crate::error::{ParseError, Subject};
use std::fmt;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    /// In characters from 1.
    pub position: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    Word(String),
    /// A name in double quotes or backticks, without them.
    Quoted(String),
    Number(f64),
    Comparison(Comparison),
    End,
}

impl TokenKind {
    /// Whether it is this word, unquoted, in upper or lower case.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, TokenKind::Word(text) if text.eq_ignore_ascii_case(word))
    }

    pub fn is_reserved(&self) -> bool {
        ["and", "or", "not", "has"]
            .iter()
            .any(|word| self.is_word(word))
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenKind::Word(text) => write!(f, "`{text}`"),
            TokenKind::Quoted(text) => write!(f, "\"{text}\""),
            TokenKind::Number(number) => write!(f, "the number {number}"),
            TokenKind::Comparison(_) => f.write_str("a comparison"),
            TokenKind::End => f.write_str("the end"),
        }
    }
}

/// Cuts a constraint into tokens; the last is always `End`.
pub(crate) fn tokenize(text: &str) -> Result<Vec<Token>, ParseError> {
    let characters: Vec<char> = text.chars().collect();
    let mut cutter = Cutter {
        text,
        characters: &characters,
        at: 0,
    };
    let mut tokens: Vec<Token> = Vec::new();
    while let Some(&c) = characters.get(cutter.at) {
        if c.is_whitespace() {
            cutter.at += 1;
            continue;
        }
        let position = cutter.at + 1;
        let behind_value = tokens.last().is_some_and(|token| match &token.kind {
            TokenKind::Quoted(_) | TokenKind::Number(_) => true,
            TokenKind::Word(_) => !token.kind.is_reserved(),
            TokenKind::Comparison(_) | TokenKind::End => false,
        });
        let kind = cutter.token(c, behind_value)?;
        tokens.push(Token { kind, position });
    }
    // What is missing at the end is missing behind the last character that is no space.
    tokens.push(Token {
        kind: TokenKind::End,
        position: text.trim_end().chars().count() + 1,
    });
    Ok(tokens)
}

struct Cutter<'a> {
    text: &'a str,
    characters: &'a [char],
    at: usize,
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

fn is_minus(c: char) -> bool {
    c == '-' || c == '\u{2212}'
}

impl Cutter<'_> {
    fn fail(&self, at: usize, problem: impl Into<String>, remedy: impl Into<String>) -> ParseError {
        ParseError {
            subject: Subject::Constraint,
            text: self.text.to_owned(),
            position: at + 1,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn token(&mut self, c: char, behind_value: bool) -> Result<TokenKind, ParseError> {
        let starts_number = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || c == '.');
        match c {
            '<' | '>' | '=' | '!' | '≤' | '≥' | '≠' => self.comparison(c),
            '"' | '`' => self.quoted(c),
            '&' if self.peek(1) == Some('&') => {
                self.at += 2;
                Ok(TokenKind::Word("and".into()))
            }
            '&' => Err(self.fail(self.at, "`&` is not known", "join terms with `and`")),
            '|' => Err(self.fail(
                self.at,
                "`or` is not known",
                "only `and` joins; run once for each case",
            )),
            '0'..='9' => self.number(),
            '.' if starts_number(self.peek(1)) => self.number(),
            '+' | '-' | '\u{2212}' if !behind_value && starts_number(self.peek(1)) => self.number(),
            _ if c.is_alphabetic() || c == '_' => {
                let end = self.characters[self.at..].iter().position(|&c| !is_name(c));
                let end = end.map_or(self.characters.len(), |length| self.at + length);
                let word = self.characters[self.at..end].iter().collect();
                self.at = end;
                Ok(TokenKind::Word(word))
            }
            '(' | ')' | '[' | ']' | '{' | '}' => {
                let remedy =
                    "join terms with `and`; put a name that holds a bracket in double quotes";
                Err(self.fail(self.at, format!("the bracket `{c}` is not known"), remedy))
            }
            '+' | '*' | '/' | '^' | '%' | '×' | '·' => Err(self.arithmetic(c)),
            _ if is_minus(c) => Err(self.arithmetic(c)),
            '\'' | '“' | '”' | '„' | '«' | '»' | '‘' | '’' => Err(self.fail(
                self.at,
                format!("`{c}` is not known"),
                "put a name with spaces in double quotes (\") or backticks (`)",
            )),
            _ => {
                let remedy = "put a name that holds it in double quotes";
                Err(self.fail(
                    self.at,
                    format!("`{}` is not known", c.escape_debug()),
                    remedy,
                ))
            }
        }
    }

    fn arithmetic(&self, sign: char) -> ParseError {
        let remedy =
            "compare a property with a number; put a name that holds this sign in double quotes";
        self.fail(
            self.at,
            format!("there is no arithmetic (`{sign}`)"),
            remedy,
        )
    }

    fn comparison(&mut self, c: char) -> Result<TokenKind, ParseError> {
        let signs = |c: char| matches!(c, '<' | '>' | '=' | '!');
        let length = if signs(c) {
            self.characters[self.at..]
                .iter()
                .take_while(|&&c| signs(c))
                .count()
        } else {
            1
        };
        let sign: String = self.characters[self.at..self.at + length].iter().collect();
        let comparison = match sign.as_str() {
            "<" => Comparison::Less,
            "<=" | "≤" => Comparison::LessOrEqual,
            "=" | "==" => Comparison::Equal,
            "!=" | "≠" => Comparison::NotEqual,
            ">=" | "≥" => Comparison::GreaterOrEqual,
            ">" => Comparison::Greater,
            _ => {
                let remedy = match sign.as_str() {
                    "=<" => "write <=",
                    "=>" => "write >=",
                    "<>" | "!==" => "write !=",
                    "!" => "write !=, or `not` before `has`",
                    _ => "compare with <, <=, =, !=, >= or >",
                };
                return Err(self.fail(self.at, format!("`{sign}` is no comparison"), remedy));
            }
        };
        self.at += length;
        Ok(TokenKind::Comparison(comparison))
    }

    fn quoted(&mut self, quote: char) -> Result<TokenKind, ParseError> {
        let start = self.at + 1;
        let Some(length) = self.characters[start..].iter().position(|&c| c == quote) else {
            return Err(self.fail(
                self.at,
                format!("the quote {quote} is not closed"),
                format!("end the name with {quote}"),
            ));
        };
        let name: String = self.characters[start..start + length].iter().collect();
        if name.trim().is_empty() {
            return Err(self.fail(
                self.at,
                "the quoted name is empty",
                "write a property's name between the quotes",
            ));
        }
        self.at = start + length + 1;
        Ok(TokenKind::Quoted(name))
    }

    fn number(&mut self) -> Result<TokenKind, ParseError> {
        let start = self.at;
        let mut end = start + usize::from(!starts_unsigned(self.characters[start]));
        let digits = |mut end: usize, dot: bool| {
            while self
                .characters
                .get(end)
                .is_some_and(|&c| c.is_ascii_digit() || dot && c == '.')
            {
                end += 1;
            }
            end
        };
        end = digits(end, true);
        if matches!(self.characters.get(end), Some('e' | 'E')) {
            let sign = usize::from(
                self.characters
                    .get(end + 1)
                    .is_some_and(|&c| c == '+' || is_minus(c)),
            );
            let exponent_end = digits(end + 1 + sign, false);
            if exponent_end > end + 1 + sign {
                end = exponent_end;
            }
        }
        let number: String = self.characters[start..end]
            .iter()
            .map(|&c| if is_minus(c) { '-' } else { c })
            .collect();
        match self.characters.get(end) {
            Some(&c) if is_name(c) => {
                let remedy = "numbers stand without unit, in the property's own; put a name that starts with a digit in double quotes";
                return Err(self.fail(
                    end,
                    format!("`{c}` stands right behind the number {number}"),
                    remedy,
                ));
            }
            Some(',') => {
                return Err(self.fail(
                    end,
                    format!("`,` stands right behind the number {number}"),
                    "write the decimals behind a point, as in 3.5",
                ));
            }
            _ => {}
        }
        match number.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                self.at = end;
                Ok(TokenKind::Number(value))
            }
            Ok(_) => Err(self.fail(
                start,
                format!("{number} is too large"),
                "write a number up to 1.7e308",
            )),
            Err(_) => Err(self.fail(
                start,
                format!("`{number}` is no number"),
                "write numbers as 3.5 or 1e-3",
            )),
        }
    }
}

fn starts_unsigned(c: char) -> bool {
    c.is_ascii_digit() || c == '.'
}
