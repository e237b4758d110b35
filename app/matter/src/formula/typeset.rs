//! Turns typeset formulas (subscripts, full-width letters, markup) into the plain text that the grammar reads.

/// Stands for a character that has no meaning in a formula.
pub(super) const UNKNOWN: u8 = 1;

/// A formula in plain ASCII, and where each of its bytes came from.
#[derive(Clone, Debug, Default)]
pub(super) struct Plain {
    bytes: Vec<u8>,
    offsets: Vec<u32>,
}

/// Whether a byte needs the reading of [`Plain`].
pub(super) fn needs_reading(byte: u8) -> bool {
    !byte.is_ascii() || matches!(byte, b'<' | b'_' | b'$')
}

const MARKUP: [(&str, &str); 4] = [
    ("<sub>", ""),
    ("</sub>", ""),
    ("<sup>", "^"),
    ("</sup>", ""),
];

impl Plain {
    /// The plain text of a formula.
    pub(super) fn read(&mut self, text: &str) -> &[u8] {
        self.bytes.clear();
        self.offsets.clear();
        let (mut raised, mut subscript_brace) = (false, false);
        let mut skip = 0;
        for (at, c) in text.char_indices() {
            if at < skip {
                continue;
            }
            let is_raised = raised_digit_or_sign(c).is_some();
            if is_raised && !raised {
                self.push(at, b'^');
            }
            raised = is_raised;
            match c {
                '<' => {
                    let tag = |m: &&(&str, &str)| {
                        text.get(at..at + m.0.len())
                            .is_some_and(|t| t.eq_ignore_ascii_case(m.0))
                    };
                    match MARKUP.iter().find(tag) {
                        Some((name, plain)) => {
                            skip = at + name.len();
                            plain.bytes().for_each(|b| self.push(at, b));
                        }
                        None => self.push(at, UNKNOWN),
                    }
                }
                '_' if text[at..].starts_with("_{") => {
                    skip = at + 2;
                    subscript_brace = true;
                }
                '}' if subscript_brace => subscript_brace = false,
                '_' | '$' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}'
                | '\u{ad}' => {}
                '¼' | '½' | '¾' | '⅓' | '⅔'
                    if self
                        .bytes
                        .last()
                        .is_some_and(|b| b.is_ascii_digit() || *b == b'.') =>
                {
                    self.push(at, UNKNOWN);
                }
                '¼' => self.fraction(at, b"1/4"),
                '½' => self.fraction(at, b"1/2"),
                '¾' => self.fraction(at, b"3/4"),
                '⅓' => self.fraction(at, b"1/3"),
                '⅔' => self.fraction(at, b"2/3"),
                c => self.push(at, plain(c)),
            }
        }
        &self.bytes
    }

    /// Where in the typeset text byte `at` of the plain text came from; `end` for its end.
    pub(super) fn offset(&self, at: usize, end: usize) -> usize {
        self.offsets.get(at).map_or(end, |&offset| offset as usize)
    }

    fn fraction(&mut self, at: usize, digits: &[u8]) {
        digits.iter().for_each(|&b| self.push(at, b));
    }

    fn push(&mut self, at: usize, byte: u8) {
        self.bytes.push(byte);
        self.offsets.push(at as u32);
    }
}

fn raised_digit_or_sign(c: char) -> Option<u8> {
    Some(match c {
        '⁰' => b'0',
        '¹' => b'1',
        '²' => b'2',
        '³' => b'3',
        '⁴'..='⁹' => b'4' + (c as u32 - '⁴' as u32) as u8,
        '⁺' => b'+',
        '⁻' => b'-',
        _ => return None,
    })
}

fn plain(c: char) -> u8 {
    match c {
        c if c.is_ascii() => c as u8,
        '₀'..='₉' => b'0' + (c as u32 - '₀' as u32) as u8,
        // The full-width forms lie in the order of ASCII.
        '！'..='～' => b'!' + (c as u32 - '！' as u32) as u8,
        '·' | '•' | '⋅' | '∙' | '・' | '･' | '‧' | '●' | '×' | '∗' => b'*',
        '−' | '‐' | '‑' | '‒' | '–' | '—' | '₋' | '﹣' => b'-',
        '₊' | '﹢' => b'+',
        '⁄' | '∕' => b'/',
        '⁽' | '₍' => b'(',
        '⁾' | '₎' => b')',
        '。' => b'.',
        c if c.is_whitespace() => b' ',
        c => raised_digit_or_sign(c).unwrap_or(UNKNOWN),
    }
}
