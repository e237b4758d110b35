//! The grammar of plain formulas. Positions are bytes of the text that the reader was given.

use super::MAX_DEPTH;
use super::error::{FormulaErrorKind as Kind, unknown};
use super::typeset::UNKNOWN;
use crate::element::atomic_number_of;

/// What is wrong, and at which byte.
#[derive(Debug)]
pub(super) struct Fault {
    pub at: usize,
    pub kind: Kind,
}

/// An element and an amount as read, not yet added up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub atomic_number: u8,
    pub amount: f64,
}

/// An open bracket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    at: usize,
    first: usize,
    factor: f64,
}

/// A number as read.
#[derive(Clone, Copy)]
struct Number {
    value: f64,
    start: usize,
    end: usize,
    /// Nothing but digits.
    whole: bool,
}

pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    items: &'a mut Vec<Item>,
    frames: &'a mut Vec<Frame>,
    /// The first item of the part of the adduct that is being read.
    part: usize,
}

/// What ends a part of an adduct when read inside it, so that its dot can divide.
const ADDUCTS: [&[u8]; 7] = [b"H2O", b"D2O", b"NH3", b"H2O2", b"HCl", b"CH3OH", b"C2H5OH"];

impl<'a> Reader<'a> {
    /// A reader of a text that collects items; both vectors are working memory, whatever they held.
    pub(super) fn new(
        text: &'a [u8],
        items: &'a mut Vec<Item>,
        frames: &'a mut Vec<Frame>,
    ) -> Self {
        items.clear();
        frames.clear();
        Self {
            text,
            at: 0,
            items,
            frames,
            part: 0,
        }
    }

    /// Reads the whole text, and gives the charge.
    pub(super) fn formula(mut self) -> Result<f64, Fault> {
        self.at = self.past_blanks(0);
        if self.at == self.text.len() {
            return fault(0, Kind::Empty);
        }
        let mut charge = 0.0;
        loop {
            charge += self.part()?;
            if self.at >= self.text.len() {
                return Ok(charge);
            }
            self.at += 1;
        }
    }

    /// Reads a part of an adduct up to its dot or the end, and gives its charge.
    fn part(&mut self) -> Result<f64, Fault> {
        self.part = self.items.len();
        self.at = self.past_blanks(self.at);
        let factor = self.multiplier()?;
        let mut charge = None;
        while charge.is_none() {
            match self.peek(self.at) {
                b'A'..=b'Z' => charge = self.symbol()?,
                b'(' | b'[' | b'{' => charge = self.open()?,
                b')' | b']' | b'}' => charge = self.close()?,
                b if b.is_ascii_whitespace() => self.at += 1,
                b'+' | b'-' => charge = Some(self.sign()?),
                b'^' => charge = Some(self.raised()?),
                b'0'..=b'9' => charge = Some(self.stray_number()?),
                _ if self.ends_part(self.at) => break,
                b'.' | b'*' => return fault(self.at, Kind::AdductInBrackets),
                _ => return fault(self.at, Kind::UnexpectedCharacter('\0')),
            }
        }
        if let Some(frame) = self.frames.last() {
            return fault(frame.at, Kind::UnclosedBracket(self.peek(frame.at).into()));
        }
        if self.items.len() == self.part {
            return fault(self.at, Kind::EmptyPart);
        }
        self.at = self.past_blanks(self.at);
        self.scale(self.part, factor);
        Ok(charge.map_or(0.0, |charge| charge * factor))
    }

    fn symbol(&mut self) -> Result<Option<f64>, Fault> {
        let (first, second) = (self.peek(self.at), self.peek(self.at + 1));
        let mut atomic_number = 0;
        let mut length = 2;
        if second.is_ascii_lowercase() {
            atomic_number = atomic_number_of(first, second);
        }
        if atomic_number == 0 {
            atomic_number = atomic_number_of(first, 0);
            length = 1;
        }
        if atomic_number == 0 {
            let rest = self.text[self.at..]
                .get(..2)
                .unwrap_or(&self.text[self.at..]);
            return fault(self.at, unknown(&String::from_utf8_lossy(rest)));
        }
        self.at += length;
        let first = self.items.len();
        self.items.push(Item {
            atomic_number,
            amount: 1.0,
        });
        self.amount_after(first, false)
    }

    fn open(&mut self) -> Result<Option<f64>, Fault> {
        let at = self.at;
        if let Some(charge) = self.bracketed_charge() {
            return Ok(Some(charge));
        }
        self.refuse_label()?;
        if self.frames.len() == MAX_DEPTH {
            return fault(at, Kind::TooDeep);
        }
        self.at = self.past_blanks(at + 1);
        let factor = self.multiplier()?;
        self.frames.push(Frame {
            at,
            first: self.items.len(),
            factor,
        });
        Ok(None)
    }

    fn close(&mut self) -> Result<Option<f64>, Fault> {
        let close = self.peek(self.at);
        let Some(&Frame { at, first, factor }) = self.frames.last() else {
            return fault(self.at, Kind::UnopenedBracket(close.into()));
        };
        let open = self.peek(at);
        if closing(open) != close {
            return fault(
                self.at,
                Kind::MismatchedBracket {
                    open: open.into(),
                    close: close.into(),
                },
            );
        }
        if first == self.items.len() {
            return fault(at, Kind::EmptyBracket);
        }
        self.frames.pop();
        self.at += 1;
        self.scale(first, factor);
        self.amount_after(first, true)
    }

    /// Reads the amount of the symbol or group whose items start at `first`, and the charge if digits and sign end the
    /// part here.
    fn amount_after(&mut self, first: usize, group: bool) -> Result<Option<f64>, Fault> {
        let start = self.past_blanks(self.at);
        let next = self.peek(start);
        if !(next.is_ascii_digit() || next == b'.' && self.peek(start + 1).is_ascii_digit()) {
            return Ok(None);
        }
        let oxygen = self.items[first..]
            .iter()
            .any(|item| item.atomic_number == 8);
        let Some(number) = self.number(start, Some(oxygen))? else {
            return Ok(None);
        };
        if matches!(self.peek(number.end), b'+' | b'-') {
            return self.amount_or_charge(first, group, number);
        }
        self.apply(first, number)?;
        Ok(None)
    }

    /// Decides what a number is that a sign follows.
    fn amount_or_charge(
        &mut self,
        first: usize,
        group: bool,
        number: Number,
    ) -> Result<Option<f64>, Fault> {
        let Number {
            value,
            start,
            end,
            whole,
        } = number;
        let blank = start > self.at;
        let sign_ends_part = self.frames.is_empty() && self.ends_part(end + 1);
        let alone = !group && self.items.len() == self.part + 1;
        // `Fe3+` is one ion; `Fe2.5+` may mean a mean charge, which is not read, or 2.5 atoms.
        if sign_ends_part && alone && !whole {
            return fault(start, Kind::AmbiguousCharge);
        }
        if sign_ends_part && whole {
            let digits = end - start;
            if blank || group || alone && digits == 1 {
                self.at = start;
                return self.raised_at(start).map(Some);
            }
            if digits > 1 {
                return fault(start, Kind::AmbiguousCharge);
            }
        }
        self.apply(
            first,
            Number {
                value,
                start,
                end,
                whole,
            },
        )?;
        if !self.frames.is_empty()
            || !self
                .charge_at(end)
                .is_some_and(|(_, after)| self.ends_part(after))
        {
            return Err(self.misread_sign(end, true));
        }
        self.sign().map(Some)
    }

    fn apply(&mut self, first: usize, number: Number) -> Result<(), Fault> {
        if number.value <= 0.0 {
            return fault(number.start, Kind::ZeroAmount);
        }
        self.scale(first, number.value);
        self.at = number.end;
        Ok(())
    }

    fn scale(&mut self, first: usize, factor: f64) {
        if factor != 1.0 {
            for item in &mut self.items[first..] {
                item.amount *= factor;
            }
        }
    }

    /// A multiplier before a part or a group; 1 where there is none.
    fn multiplier(&mut self) -> Result<f64, Fault> {
        let next = self.peek(self.at);
        if !(next.is_ascii_digit() || next == b'.' && self.peek(self.at + 1).is_ascii_digit()) {
            return Ok(1.0);
        }
        let Some(number) = self.number(self.at, None)? else {
            return Ok(1.0);
        };
        if matches!(self.peek(number.end), b'+' | b'-') {
            return Err(self.misread_sign(number.end, true));
        }
        if number.value <= 0.0 {
            return fault(number.start, Kind::ZeroAmount);
        }
        self.at = number.end;
        Ok(number.value)
    }

    /// A number, which starts with a digit or a dot and a digit. `after` says, for an amount, whether what it belongs to
    /// has oxygen: then a dot may divide an adduct, and there may be no number at all.
    fn number(&self, start: usize, after: Option<bool>) -> Result<Option<Number>, Fault> {
        let mut end = self.past_digits(start);
        let whole = end;
        let lone_zero = &self.text[start..end] == b"0";
        let mut decimals = 0;
        if self.peek(end) == b'.' && self.peek(end + 1).is_ascii_digit() {
            let divides = match after {
                Some(oxygen) if !lone_zero && self.frames.is_empty() => {
                    self.dot_divides(end, oxygen)?
                }
                _ => false,
            };
            if !divides {
                end = self.past_digits(end + 1);
                decimals = end - whole - 1;
            }
        }
        if end == start {
            return Ok(None);
        }
        let exponent = matches!(self.peek(end), b'e' | b'E') && {
            let digit = end
                + if matches!(self.peek(end + 1), b'+' | b'-') {
                    2
                } else {
                    1
                };
            self.peek(digit).is_ascii_digit()
        };
        let mut value = if exponent || end - start > 16 {
            if exponent {
                end = self.past_digits(end + 2);
            }
            // The scan admits nothing that Rust's own reader does not.
            std::str::from_utf8(&self.text[start..end])
                .ok()
                .and_then(|t| t.parse().ok())
                .unwrap_or(f64::NAN)
        } else {
            // Fewer than 16 digits and a power of ten below 10^22 are exact, and so their quotient is correctly rounded.
            let digits = self.text[start..end].iter().filter(|b| **b != b'.');
            let mantissa = digits.fold(0_u64, |sum, b| sum * 10 + u64::from(b - b'0'));
            mantissa as f64 / POWERS[decimals.min(POWERS.len() - 1)]
        };
        let mut is_whole = end == whole;
        if is_whole && self.peek(end) == b'/' && self.peek(end + 1).is_ascii_digit() {
            let divisor = self.past_digits(end + 1);
            let text = std::str::from_utf8(&self.text[end + 1..divisor]).ok();
            value /= text.and_then(|t| t.parse::<f64>().ok()).unwrap_or(f64::NAN);
            (end, is_whole) = (divisor, false);
        }
        if !value.is_finite() {
            return fault(start, Kind::AmountOutOfRange);
        }
        Ok(Some(Number {
            value,
            start,
            end,
            whole: is_whole,
        }))
    }

    /// Whether the dot at `dot`, with a digit after it, divides an adduct: the rules are in the module's text.
    fn dot_divides(&self, dot: usize, oxygen: bool) -> Result<bool, Fault> {
        let digits = self.past_digits(dot + 1);
        let second_dot = self.peek(digits) == b'.' && self.peek(digits + 1).is_ascii_digit();
        let after = match self.peek(digits) {
            b'.' | b'/' if self.peek(digits + 1).is_ascii_digit() => self.past_digits(digits + 1),
            _ => digits,
        };
        let bracket = usize::from(self.peek(after) == b'(');
        let is_adduct = |adduct: &&[u8]| {
            let rest = &self.text[(after + bracket).min(self.text.len())..];
            let end = after + bracket + adduct.len();
            let closed = bracket == 0 || self.peek(end) == b')';
            rest.starts_with(adduct) && closed && self.ends_part(end + bracket)
        };
        if ADDUCTS.iter().any(is_adduct) {
            return Ok(true);
        }
        if second_dot {
            let divides = &self.text[dot + 1..digits] == b"0";
            return if divides {
                Ok(true)
            } else {
                fault(dot, Kind::AmbiguousDot)
            };
        }
        let is_oxygen =
            |at: usize| self.peek(at) == b'O' && !self.peek(at + 1).is_ascii_lowercase();
        let ambiguous = oxygen && self.peek(after).is_ascii_uppercase() && !is_oxygen(after) && {
            let rest = after..self.text.len();
            rest.take_while(|&at| !self.is_divider(at)).any(is_oxygen)
        };
        if ambiguous {
            fault(dot, Kind::AmbiguousDot)
        } else {
            Ok(false)
        }
    }

    /// A number between symbols: the charge after a blank, or out of place.
    #[cold]
    fn stray_number(&mut self) -> Result<f64, Fault> {
        let blank = self.at > 0 && self.peek(self.at - 1).is_ascii_whitespace();
        match self.charge_at(self.at) {
            Some((_, after)) if blank && self.frames.is_empty() && self.ends_part(after) => {
                self.raised_at(self.at)
            }
            _ if blank => fault(self.at, Kind::NumberAfterNumber),
            _ => fault(self.at, Kind::MisplacedNumber),
        }
    }

    /// A charge that starts with its sign.
    #[cold]
    fn sign(&mut self) -> Result<f64, Fault> {
        match self.charge_at(self.at) {
            Some((charge, after))
                if self.frames.is_empty()
                    && self.items.len() > self.part
                    && self.ends_part(after) =>
            {
                self.at = after;
                Ok(charge)
            }
            _ => Err(self.misread_sign(self.at, false)),
        }
    }

    /// A charge after `^`, in brackets or not.
    #[cold]
    fn raised(&mut self) -> Result<f64, Fault> {
        if self.items.len() == self.part {
            return fault(self.at, Kind::MassNumber);
        }
        let open = self.peek(self.at + 1);
        let bracket = usize::from(matches!(open, b'{' | b'('));
        if let Some((charge, after)) = self.charge_at(self.at + 1 + bracket) {
            let closed = bracket == 0 || self.peek(after) == closing(open);
            if closed && self.frames.is_empty() && self.ends_part(after + bracket) {
                self.at = after + bracket;
                return Ok(charge);
            }
        }
        fault(self.at, Kind::MisplacedCharge)
    }

    /// A charge at `at` that ends the part.
    #[cold]
    fn raised_at(&mut self, at: usize) -> Result<f64, Fault> {
        match self.charge_at(at) {
            Some((charge, after)) if self.ends_part(after) => {
                self.at = after;
                Ok(charge)
            }
            _ => fault(at, Kind::MisplacedCharge),
        }
    }

    /// A charge in brackets that ends the part, `[3+]` or `(2-)`: read and passed, or nothing.
    fn bracketed_charge(&mut self) -> Option<f64> {
        let start = self.at + 1;
        if !self.frames.is_empty()
            || self.items.len() == self.part
            || !matches!(self.peek(start), b'0'..=b'9' | b'+' | b'-')
        {
            return None;
        }
        let (charge, after) = self.charge_at(start)?;
        if self.peek(after) != closing(self.peek(self.at)) || !self.ends_part(after + 1) {
            return None;
        }
        self.at = after + 1;
        Some(charge)
    }

    /// A charge at `at` and where it ends: one or two digits on either side of a sign, or several signs.
    fn charge_at(&self, at: usize) -> Option<(f64, usize)> {
        let digits = |from: usize, to: usize| match self.text.get(from..to) {
            Some(text @ [b'1'..=b'9', ..]) if text.len() <= 2 => text
                .iter()
                .all(u8::is_ascii_digit)
                .then(|| text.iter().fold(0.0, |n, b| n * 10.0 + f64::from(b - b'0'))),
            _ => None,
        };
        let sign_at = self.past_digits(at);
        let sign = match self.peek(sign_at) {
            b'+' => 1.0,
            b'-' => -1.0,
            _ => return None,
        };
        if sign_at > at {
            return Some((sign * digits(at, sign_at)?, sign_at + 1));
        }
        let same = |b: &&u8| **b == self.text[sign_at];
        let signs = self.text[sign_at..].iter().take_while(same).count();
        let end = self.past_digits(at + signs);
        match (signs, end - (at + signs)) {
            (2..=9, 0) => Some((sign * signs as f64, end)),
            (1, 0) => Some((sign, end)),
            (1, _) => Some((sign * digits(at + 1, end)?, end)),
            _ => None,
        }
    }

    /// What a sign is that is not a charge.
    #[cold]
    fn misread_sign(&self, sign: usize, after_number: bool) -> Fault {
        let next = self.past_blanks(sign + 1);
        let (at, kind) = match self.peek(next) {
            b'0'..=b'9' | b'.' if after_number => (sign, Kind::Arithmetic),
            b'0'..=b'9' | b'.' if self.peek(sign) == b'-' => (sign, Kind::NegativeAmount),
            b'a'..=b'z' | UNKNOWN => (next, Kind::UnexpectedCharacter('\0')),
            _ => (sign, Kind::MisplacedCharge),
        };
        Fault { at, kind }
    }

    /// Refuses `(II)` and `(aq)`.
    fn refuse_label(&self) -> Result<(), Fault> {
        const NUMBERS: [&[u8]; 8] = [b"I", b"II", b"III", b"IV", b"V", b"VI", b"VII", b"VIII"];
        const PHASES: [&[u8]; 6] = [b"s", b"l", b"g", b"aq", b"cr", b"am"];
        let rest = &self.text[self.at + 1..];
        let length = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let (label, after) = (&rest[..length], self.at + 1 + length);
        if length == 0 || self.peek(after) != b')' || self.items.len() == self.part {
            return Ok(());
        }
        if NUMBERS.contains(&label) && !self.peek(after + 1).is_ascii_digit() {
            return fault(self.at, Kind::OxidationNumber);
        }
        if PHASES.contains(&label) {
            return fault(self.at, Kind::PhaseLabel);
        }
        Ok(())
    }

    #[inline]
    fn peek(&self, at: usize) -> u8 {
        // 0 stands for the end; in a text it is a character without meaning, as any other control character.
        self.text.get(at).copied().unwrap_or(0)
    }

    fn past_blanks(&self, mut at: usize) -> usize {
        while self.peek(at).is_ascii_whitespace() {
            at += 1;
        }
        at
    }

    fn past_digits(&self, mut at: usize) -> usize {
        while self.peek(at).is_ascii_digit() {
            at += 1;
        }
        at
    }

    /// Whether an adduct is divided here.
    fn is_divider(&self, at: usize) -> bool {
        match self.peek(at) {
            b'*' => true,
            b'.' => !self.peek(at + 1).is_ascii_digit(),
            _ => false,
        }
    }

    /// Whether a part ends here: blanks, then the end of the text or a dot, outside brackets.
    fn ends_part(&self, at: usize) -> bool {
        let at = self.past_blanks(at);
        at >= self.text.len() || self.frames.is_empty() && matches!(self.peek(at), b'*' | b'.')
    }
}

const POWERS: [f64; 17] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
];

fn closing(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn fault<T>(at: usize, kind: Kind) -> Result<T, Fault> {
    Err(Fault { at, kind })
}
