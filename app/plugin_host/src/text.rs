//! Texts from plugins, made safe to show: no terminal escapes, no reordering marks, bounded length.

/// Characters that act on a terminal or on the order of a line instead of being shown.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// `text` on one line, without hidden characters, cut to `max` characters with an ellipsis.
pub(crate) fn clean(text: &str, max: usize) -> String {
    let mut out = String::new();
    // Only so many characters are ever looked at: a text of megabytes costs no more than a long one.
    for (kept, c) in text
        .chars()
        .take(max.saturating_mul(4).saturating_add(1))
        .filter_map(|c| match c {
            '\n' | '\t' => Some(' '),
            c if is_hidden(c) => None,
            c => Some(c),
        })
        .enumerate()
    {
        if kept == max {
            out.push('…');
            return out;
        }
        out.push(c);
    }
    out
}

/// A number for a message: as one writes it, with an exponent where that is shorter than its zeros.
pub(crate) fn number(x: f64) -> String {
    if x == 0.0 || (1e-4..1e7).contains(&x.abs()) || !x.is_finite() {
        x.to_string()
    } else {
        format!("{x:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_escapes_and_reordering_marks_are_taken_out() {
        assert_eq!(
            clean("a\u{1b}[31mred\u{202e}\r\nb\u{9b}2J", 100),
            "a[31mred b2J"
        );
    }

    #[test]
    fn a_long_text_is_cut_with_an_ellipsis() {
        assert_eq!(clean("µµµµ", 4), "µµµµ");
        assert_eq!(clean("µµµµµ", 4), "µµµµ…");
    }
}
