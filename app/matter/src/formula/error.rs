//! What can be wrong with a formula, in words for the person who wrote it.

use crate::Element;
use std::fmt;

/// Why a text is not a formula, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct FormulaError {
    /// Where, counted in characters from 1.
    pub column: usize,
    /// Where, counted in bytes from 0.
    pub byte: usize,
    /// What is wrong.
    pub kind: FormulaErrorKind,
}

/// What is wrong with a formula.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FormulaErrorKind {
    /// Nothing but blanks.
    Empty,
    /// More than [`MAX_LENGTH`](super::MAX_LENGTH) bytes.
    TooLong,
    /// Brackets nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    TooDeep,
    /// A symbol that no element has, and the one that may be meant.
    UnknownSymbol {
        /// As written.
        symbol: String,
        /// What may be meant.
        suggestion: Option<&'static str>,
    },
    /// A letter that stands for any of several elements, `M`, `Ln`; in capitals, a symbol may be meant.
    Placeholder {
        /// As written.
        symbol: String,
        /// What may be meant.
        suggestion: Option<&'static str>,
    },
    /// A letter in place of a number: `x`, `δ`.
    Variable(String),
    /// An amount of zero.
    ZeroAmount,
    /// An amount below zero.
    NegativeAmount,
    /// An element's amount is outside [`AMOUNTS`](super::AMOUNTS).
    AmountOutOfRange,
    /// A number that cannot be read or stands where none can.
    MisplacedNumber,
    /// A number after a number and a blank: an adduct without its dot, perhaps.
    NumberAfterNumber,
    /// A sum or difference in place of a number: `1-0.5`.
    Arithmetic,
    /// An opening bracket that is never closed.
    UnclosedBracket(char),
    /// A closing bracket that was never opened.
    UnopenedBracket(char),
    /// A bracket closed by another kind of bracket.
    MismatchedBracket {
        /// The opening one.
        open: char,
        /// The closing one.
        close: char,
    },
    /// Brackets with nothing in them.
    EmptyBracket,
    /// Nothing before or after the dot of an adduct.
    EmptyPart,
    /// The dot of an adduct inside brackets.
    AdductInBrackets,
    /// A `.` that may be a decimal point or the dot of an adduct.
    AmbiguousDot,
    /// Digits before a sign of which the last, or all, may be the charge.
    AmbiguousCharge,
    /// A sign or `^` that is not a charge at the end.
    MisplacedCharge,
    /// A mass number before a symbol.
    MassNumber,
    /// A Roman oxidation number in brackets, which could be iodine or vanadium.
    OxidationNumber,
    /// A label of the phase in brackets: `(s)`, `(aq)`.
    PhaseLabel,
    /// A character that has no place in a formula.
    UnexpectedCharacter(char),
}

impl FormulaError {
    #[cold]
    pub(super) fn new(text: &str, byte: usize, kind: FormulaErrorKind) -> Self {
        let byte = text.floor_char_boundary(byte);
        let column = text[..byte].chars().count() + 1;
        let kind = match kind {
            FormulaErrorKind::UnexpectedCharacter(_) => named(text, byte),
            kind => kind,
        };
        Self { column, byte, kind }
    }

    #[cold]
    pub(super) fn too_long(text: &str) -> Self {
        Self::new(text, super::MAX_LENGTH, FormulaErrorKind::TooLong)
    }
}

/// The kind of error that the character at `byte` is.
fn named(text: &str, byte: usize) -> FormulaErrorKind {
    let rest = &text[byte..];
    let Some(first) = rest.chars().next() else {
        return FormulaErrorKind::Empty;
    };
    let before = text[..byte].trim_end();
    if let Some(element) = Element::from_word(text).filter(|_| before.is_empty()) {
        return FormulaErrorKind::UnknownSymbol {
            symbol: text.trim().into(),
            suggestion: Some(element.symbol()),
        };
    }
    let letters: String = rest.chars().take_while(|c| c.is_lowercase()).collect();
    if letters.is_empty() || before.is_empty() && !first.is_ascii() {
        return FormulaErrorKind::UnexpectedCharacter(first);
    }
    if before.is_empty() {
        return unknown(rest);
    }
    let whole_word = before
        .chars()
        .last()
        .is_some_and(char::is_alphabetic)
        .then(|| Element::from_word(text));
    match whole_word.flatten() {
        Some(element) => FormulaErrorKind::UnknownSymbol {
            symbol: text.trim().into(),
            suggestion: Some(element.symbol()),
        },
        None => FormulaErrorKind::Variable(letters),
    }
}

/// The error for the letters at the start of `text`, which are the symbol of no element.
#[cold]
pub(super) fn unknown(text: &str) -> FormulaErrorKind {
    const PLACEHOLDERS: [&str; 13] = [
        "Ln", "RE", "TM", "A", "E", "G", "J", "L", "M", "Q", "R", "X", "Z",
    ];
    let mut letters = text.chars().take_while(char::is_ascii_alphabetic);
    let Some(first) = letters.next() else {
        return FormulaErrorKind::Empty;
    };
    let second = letters.next();
    let cased = |second: Option<char>| {
        let symbol: String = Some(first.to_ascii_uppercase())
            .into_iter()
            .chain(second)
            .collect();
        Element::from_symbol(&symbol).map(Element::symbol)
    };
    // A capital I is easily taken for a small l: AI for Al.
    let ell = second.filter(|c| *c == 'I').and(Some('l'));
    let pair: String = Some(first).into_iter().chain(second).collect();
    let in_two = cased(second.map(|c| c.to_ascii_lowercase()))
        .or_else(|| cased(ell))
        .filter(|_| second.is_some());
    let stands_for_several = |symbol: &str| PLACEHOLDERS.contains(&symbol);
    // MO2 is an oxide of any metal rather than a misspelt molybdenum; the message says both.
    let next_is_symbol =
        second.is_some_and(|c| Element::from_symbol(c.encode_utf8(&mut [0; 4])).is_some());
    let single = first.to_string();
    if stands_for_several(&pair) {
        FormulaErrorKind::Placeholder {
            symbol: pair,
            suggestion: None,
        }
    } else if matches!(first, 'A' | 'M' | 'R' | 'X') && next_is_symbol && ell.is_none() {
        FormulaErrorKind::Placeholder {
            symbol: single,
            suggestion: in_two,
        }
    } else if in_two.is_some() {
        FormulaErrorKind::UnknownSymbol {
            symbol: pair,
            suggestion: in_two,
        }
    } else if stands_for_several(&single) {
        FormulaErrorKind::Placeholder {
            symbol: single,
            suggestion: None,
        }
    } else {
        FormulaErrorKind::UnknownSymbol {
            symbol: single,
            suggestion: cased(None),
        }
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.kind)
    }
}

impl std::error::Error for FormulaError {}

impl fmt::Display for FormulaErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no formula"),
            Self::TooLong => write!(f, "longer than {} bytes", super::MAX_LENGTH),
            Self::TooDeep => write!(f, "brackets nested deeper than {}", super::MAX_DEPTH),
            Self::UnknownSymbol { symbol, suggestion: Some(other) } => {
                write!(f, "`{symbol}` is not the symbol of an element; is `{other}` meant?")
            }
            Self::UnknownSymbol { symbol, suggestion: None } => write!(f, "`{symbol}` is not the symbol of an element"),
            Self::Placeholder { symbol, suggestion: Some(other) } => {
                write!(f, "`{symbol}` is no element; name the element that it stands for, or is `{other}` meant?")
            }
            Self::Placeholder { symbol, suggestion: None } => {
                write!(f, "`{symbol}` is no element; name the element that it stands for")
            }
            Self::Variable(letters) => {
                write!(f, "`{letters}` is a variable, or not part of a symbol; put a number in its place, as in Li0.5CoO2")
            }
            Self::ZeroAmount => f.write_str("an amount is zero; leave the element out"),
            Self::NegativeAmount => f.write_str("an amount is negative; mass percent, as in Ti-6Al-4V, is not read"),
            Self::AmountOutOfRange => {
                let bounds = super::AMOUNTS;
                write!(f, "the amount of an element is not between {:e} and {:e}", bounds.start(), bounds.end())
            }
            Self::MisplacedNumber => f.write_str("this number cannot be read, or does not belong here"),
            Self::NumberAfterNumber => f.write_str("a number after a number; write `·` before an adduct, as in CuSO4·5H2O"),
            Self::Arithmetic => f.write_str("sums are not worked out; write the number"),
            Self::UnclosedBracket(open) => write!(f, "`{open}` is never closed"),
            Self::UnopenedBracket(close) => write!(f, "`{close}` was never opened"),
            Self::MismatchedBracket { open, close } => write!(f, "`{open}` is closed by `{close}`"),
            Self::EmptyBracket => f.write_str("nothing in the brackets"),
            Self::EmptyPart => f.write_str("a part of the adduct is empty"),
            Self::AdductInBrackets => f.write_str("the dot of an adduct cannot stand inside brackets"),
            Self::AmbiguousDot => f.write_str(
                "`.` may be a decimal point or divide an adduct; write `·` for the adduct, a blank after the number for the decimal",
            ),
            Self::AmbiguousCharge => f.write_str(
                "the number before the sign may be an amount or end with the charge; write `^` before the charge, as in SO4^2-",
            ),
            Self::MisplacedCharge => f.write_str("a charge has a sign, at most two digits, and stands at the end"),
            Self::MassNumber => f.write_str("mass numbers are not read; write the element (or D, T)"),
            Self::OxidationNumber => f.write_str("an oxidation number in brackets could be iodine or vanadium; leave it out"),
            Self::PhaseLabel => f.write_str("a phase label is not part of the formula; leave it out"),
            Self::UnexpectedCharacter('□') => f.write_str("vacancies are not part of the composition; leave `□` out"),
            Self::UnexpectedCharacter('/') => f.write_str("`/` is read only between whole numbers, as in Li1/2; a composite is no formula"),
            Self::UnexpectedCharacter(c) => write!(f, "{c:?} has no place in a formula"),
        }
    }
}
