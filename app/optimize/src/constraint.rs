//! Which candidates are wanted at all: `battery.average_voltage > 3 and 0 <= cost <= 20 and not has Co`.

use crate::error::{ParseError, Subject};
use crate::token::{Token, TokenKind, tokenize};
use matter::{CompositionRef, Element};
use std::fmt;

/// What a constraint says of one candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Satisfied,
    Violated,
    /// It depends on something that is not known.
    Unknown,
}

impl Verdict {
    /// Both: one violation settles it, otherwise one unknown.
    #[must_use]
    pub fn and(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::Violated, _) | (_, Verdict::Violated) => Verdict::Violated,
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
            (Verdict::Satisfied, Verdict::Satisfied) => Verdict::Satisfied,
        }
    }

    fn from_known(satisfied: bool) -> Verdict {
        if satisfied {
            Verdict::Satisfied
        } else {
            Verdict::Violated
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

impl Comparison {
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::GreaterOrEqual => left >= right,
            Comparison::Greater => left > right,
        }
    }

    /// What holds between right and left where this holds between left and right.
    fn mirrored(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            Comparison::Greater => Comparison::Less,
            same => same,
        }
    }

    /// -1 falling, 1 rising, 0 neither.
    fn slope(self) -> i8 {
        match self {
            Comparison::Less | Comparison::LessOrEqual => 1,
            Comparison::Greater | Comparison::GreaterOrEqual => -1,
            Comparison::Equal | Comparison::NotEqual => 0,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Term {
    Compare {
        property: usize,
        comparison: Comparison,
        number: f64,
    },
    Has {
        element: Element,
        wanted: bool,
    },
}

/// A condition on candidates: comparisons of a property with a number, and `has ELEMENT`, joined by `and`.
///
/// Comparisons are `<`, `<=`, `=` (or `==`), `!=`, `>=`, `>` (or `≤`, `≠`, `≥`), either way round, or both ways as in
/// `1 < p < 2`. Numbers stand in the property's unit. A name that holds anything but letters, digits, `_` and `.`, starts
/// with a digit, or is `and`, `or`, `not` or `has`, is put in double quotes or backticks. Upper and lower case differ in
/// names, not in the words. There is no `or`, no bracket and no arithmetic.
///
/// ```
/// use optimize::{Constraint, Verdict};
/// let constraint = Constraint::parse(r#"voltage > 3 and "Cost (USD/kg)" <= 20"#)?;
/// assert_eq!(constraint.properties(), ["voltage", "Cost (USD/kg)"]);
/// let columns: [&[f64]; 2] = [&[3.5, 3.5, 2.0], &[10.0, f64::NAN, f64::NAN]];
/// let verdicts = constraint.evaluate(3, &columns, |_| None);
/// assert_eq!(verdicts, [Verdict::Satisfied, Verdict::Unknown, Verdict::Violated]);
/// # Ok::<(), optimize::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    text: String,
    properties: Vec<String>,
    /// Where each property first stands, in characters from 1.
    positions: Vec<usize>,
    terms: Vec<Term>,
}

impl Constraint {
    /// Reads a constraint.
    pub fn parse(text: &str) -> Result<Constraint, ParseError> {
        let tokens = tokenize(text)?;
        let constraint = Constraint {
            text: text.to_owned(),
            properties: vec![],
            positions: vec![],
            terms: vec![],
        };
        let mut reader = Reader {
            constraint,
            tokens: &tokens,
            at: 0,
        };
        loop {
            reader.term()?;
            match &reader.peek().kind {
                TokenKind::End => return Ok(reader.constraint),
                kind if kind.is_word("and") => reader.at += 1,
                _ => return Err(reader.unjoined()),
            }
        }
    }

    /// The properties it compares, each once, in the order of their first appearance.
    pub fn properties(&self) -> &[String] {
        &self.properties
    }

    /// The comparisons as bounds: a property's number, and what it must be at least and at most (infinite: no bound). None
    /// where a term is no bound: `=`, `!=` or `has`.
    pub fn bounds(&self) -> Option<Vec<(usize, f64, f64)>> {
        let bound = |term: &Term| match term {
            Term::Compare {
                property,
                comparison: Comparison::Less | Comparison::LessOrEqual,
                number,
            } => Some((*property, f64::NEG_INFINITY, *number)),
            Term::Compare {
                property,
                comparison: Comparison::Greater | Comparison::GreaterOrEqual,
                number,
            } => Some((*property, *number, f64::INFINITY)),
            Term::Compare { .. } | Term::Has { .. } => None,
        };
        self.terms.iter().map(bound).collect()
    }

    /// Whether it asks for elements, and so needs compositions.
    pub fn needs_composition(&self) -> bool {
        self.terms
            .iter()
            .any(|term| matches!(term, Term::Has { .. }))
    }

    /// The error that says that `properties()[index]` does not exist, with what would be right (see `suggest_nearest`).
    pub fn unknown_property(&self, index: usize, remedy: impl Into<String>) -> ParseError {
        ParseError {
            subject: Subject::Constraint,
            text: self.text.clone(),
            position: self.positions.get(index).copied().unwrap_or(1),
            problem: match self.properties.get(index) {
                Some(name) => format!("there is no property `{name}`"),
                None => "there is no such property".into(),
            },
            remedy: remedy.into(),
        }
    }

    /// The verdict on each of `rows` candidates.
    ///
    /// `columns` holds one column of values a property, in the order of [`Constraint::properties`] and in the property's
    /// unit, NaN where not known; `composition` gives a row's composition, `None` where it has none. What is absent is
    /// not known.
    pub fn evaluate<'a>(
        &self,
        rows: usize,
        columns: &[&[f64]],
        composition: impl Fn(usize) -> Option<CompositionRef<'a>>,
    ) -> Vec<Verdict> {
        let mut verdicts = vec![Verdict::Satisfied; rows];
        for term in &self.terms {
            match *term {
                Term::Compare {
                    property,
                    comparison,
                    number,
                } => {
                    let column = columns.get(property).copied().unwrap_or_default();
                    for (row, verdict) in verdicts.iter_mut().enumerate() {
                        let value = column.get(row).copied().filter(|value| !value.is_nan());
                        let known =
                            value.map(|value| Verdict::from_known(comparison.holds(value, number)));
                        *verdict = verdict.and(known.unwrap_or(Verdict::Unknown));
                    }
                }
                Term::Has { element, wanted } => {
                    for (row, verdict) in verdicts.iter_mut().enumerate() {
                        let known = composition(row)
                            .map(|it| Verdict::from_known(it.contains(element) == wanted));
                        *verdict = verdict.and(known.unwrap_or(Verdict::Unknown));
                    }
                }
            }
        }
        verdicts
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Constraint {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Constraint::parse(text)
    }
}

enum Operand {
    Property(String, usize),
    Number(f64),
}

struct Reader<'a> {
    constraint: Constraint,
    /// Ends with `TokenKind::End`.
    tokens: &'a [Token],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn fail(
        &self,
        token: &Token,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> ParseError {
        ParseError {
            subject: Subject::Constraint,
            text: self.constraint.text.clone(),
            position: token.position,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    fn term(&mut self) -> Result<(), ParseError> {
        let first = self.peek().clone();
        let negated = first.kind.is_word("not");
        if negated {
            self.at += 1;
            if !self.peek().kind.is_word("has") {
                let remedy = "turn the comparison round (`>=` for not `<`), or write `not has Co`";
                return Err(self.fail(&first, "`not` is known before `has` only", remedy));
            }
        }
        if self.peek().kind.is_word("has") {
            self.at += 1;
            return self.has(!negated);
        }
        let left = self.operand()?;
        let comparison = self.comparison()?;
        let middle = self.operand()?;
        if let (Operand::Number(low), Operand::Property(..)) = (&left, &middle)
            && let TokenKind::Comparison(second) = self.peek().kind
        {
            let (low, token) = (*low, self.peek().clone());
            if comparison.slope() == 0 || comparison.slope() != second.slope() {
                return Err(self.fail(
                    &token,
                    "the two comparisons do not bound a range",
                    "write 1 < PROPERTY < 2, or join two comparisons with `and`",
                ));
            }
            self.at += 1;
            let end = self.peek().clone();
            let Operand::Number(high) = self.operand()? else {
                return Err(self.fail(
                    &end,
                    "the range does not end in a number",
                    "write 1 < PROPERTY < 2",
                ));
            };
            let property = self.property(middle);
            self.compare(property, comparison.mirrored(), low);
            self.compare(property, second, high);
        } else {
            match (left, middle) {
                (left @ Operand::Property(..), Operand::Number(number)) => {
                    let property = self.property(left);
                    self.compare(property, comparison, number);
                }
                (Operand::Number(number), middle @ Operand::Property(..)) => {
                    let property = self.property(middle);
                    self.compare(property, comparison.mirrored(), number);
                }
                (Operand::Property(..), Operand::Property(..)) => {
                    return Err(self.fail(
                        &first,
                        "two properties are compared with each other",
                        "compare a property with a number",
                    ));
                }
                (Operand::Number(_), Operand::Number(_)) => {
                    return Err(self.fail(
                        &first,
                        "two numbers are compared with each other",
                        "compare a property with a number",
                    ));
                }
            }
        }
        if let TokenKind::Comparison(_) = self.peek().kind {
            let token = self.peek().clone();
            return Err(self.fail(
                &token,
                "one comparison too many",
                "write PROPERTY < 2, 1 < PROPERTY < 2, or join comparisons with `and`",
            ));
        }
        Ok(())
    }

    /// The number of a property in the list, which it joins at its first appearance.
    fn property(&mut self, operand: Operand) -> usize {
        let Operand::Property(name, position) = operand else {
            return 0;
        };
        let known = &mut self.constraint.properties;
        known
            .iter()
            .position(|other| *other == name)
            .unwrap_or_else(|| {
                known.push(name);
                self.constraint.positions.push(position);
                known.len() - 1
            })
    }

    fn compare(&mut self, property: usize, comparison: Comparison, number: f64) {
        self.constraint.terms.push(Term::Compare {
            property,
            comparison,
            number,
        });
    }

    fn has(&mut self, wanted: bool) -> Result<(), ParseError> {
        let token = self.peek().clone();
        let symbol = match &token.kind {
            TokenKind::Word(word) if !token.kind.is_reserved() => word,
            TokenKind::Comparison(_) => {
                return Err(self.fail(
                    &token,
                    "`has` asks for an element",
                    "write `has Co`; a property named has is put in double quotes",
                ));
            }
            _ => return Err(self.fail(&token, "`has` lacks its element", "write `has Co`")),
        };
        let Some(element) = Element::from_symbol(symbol) else {
            let meant = (1..=118).filter_map(Element::new).find(|element| {
                element.symbol().eq_ignore_ascii_case(symbol)
                    || element.name().eq_ignore_ascii_case(symbol)
            });
            let remedy = match meant {
                Some(element) => format!("write `has {}`", element.symbol()),
                None => "write a symbol of the periodic table, as in `has Co`".into(),
            };
            return Err(self.fail(&token, format!("`{symbol}` is no element's symbol"), remedy));
        };
        self.constraint.terms.push(Term::Has { element, wanted });
        self.at += 1;
        Ok(())
    }

    fn operand(&mut self) -> Result<Operand, ParseError> {
        let token = self.peek().clone();
        let operand = match &token.kind {
            kind if kind.is_reserved() => None,
            TokenKind::Word(name) | TokenKind::Quoted(name) => {
                Some(Operand::Property(name.clone(), token.position))
            }
            TokenKind::Number(number) => Some(Operand::Number(*number)),
            TokenKind::Comparison(_) | TokenKind::End => None,
        };
        self.at += usize::from(operand.is_some());
        operand.ok_or_else(|| {
            let problem = match &token.kind {
                TokenKind::End if self.at == 0 => "it is empty".into(),
                TokenKind::End => "it ends too early".into(),
                kind => format!("{kind} stands where a property or a number should"),
            };
            self.fail(
                &token,
                problem,
                "write PROPERTY < 2, PROPERTY >= 0.5 or `has Co`, joined by `and`",
            )
        })
    }

    fn comparison(&mut self) -> Result<Comparison, ParseError> {
        let token = self.peek().clone();
        if let TokenKind::Comparison(comparison) = token.kind {
            self.at += 1;
            return Ok(comparison);
        }
        let remedy = match (&self.tokens[self.at.saturating_sub(1)].kind, &token.kind) {
            (TokenKind::Word(first), TokenKind::Word(second)) if !token.kind.is_reserved() => {
                format!(
                    "put a name with spaces in double quotes (\"{first} {second}\"), or compare with <, <=, =, !=, >= or >"
                )
            }
            _ => "compare with <, <=, =, !=, >= or >".into(),
        };
        Err(self.fail(
            &token,
            format!("{} stands where a comparison should", token.kind),
            remedy,
        ))
    }

    /// What to say of a token behind a whole term that is not `and`.
    fn unjoined(&self) -> ParseError {
        let token = self.peek();
        if token.kind.is_word("or") {
            let remedy = "only `and` joins; run once for each case";
            return self.fail(token, "`or` is not known", remedy);
        }
        if let (TokenKind::Number(_), TokenKind::Word(word)) =
            (&self.tokens[self.at.saturating_sub(1)].kind, &token.kind)
        {
            let remedy = "numbers stand without unit, in the property's own; join terms with `and`";
            return self.fail(token, format!("`{word}` stands behind a number"), remedy);
        }
        self.fail(
            token,
            format!("{} stands where `and` should", token.kind),
            "join terms with `and`",
        )
    }
}

#[cfg(test)]
#[path = "constraint_tests.rs"]
mod tests;
