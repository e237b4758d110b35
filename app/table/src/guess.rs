//! Windows-1252 or Shift-JIS? Most texts of either are valid in both; what tells them apart is how their bytes stand.
//!
//! Western words have single letters outside ASCII among ASCII letters, and signs beside digits and blanks. Japanese
//! words are runs of characters of two bytes (JIS X 0208), most of them led by 0x81 to 0x9F, or of half-width kana.

use encoding_rs::{Encoding, SHIFT_JIS, WINDOWS_1252};

/// The encoding of a sample that is no UTF-8: the one that its bytes speak for; none where they speak for neither. The
/// sample begins with its first byte outside ASCII, which follows `before`; it may end within a character unless `ended`.
pub(crate) fn western_or_japanese(
    before: Option<u8>,
    sample: &[u8],
    ended: bool,
) -> Option<&'static Encoding> {
    let mut outside = sample.iter().filter(|byte| !byte.is_ascii());
    if outside.all(is_western_sign) {
        return Some(WINDOWS_1252);
    }
    match japanese_votes(before, sample, ended) {
        Some(votes) if votes.of_japanese > votes.of_western => Some(SHIFT_JIS),
        _ => (western_share(sample) >= 0.5).then_some(WINDOWS_1252),
    }
}

/// Windows-1252 bytes of the letters and signs that occur most in Western tables of materials: ° ± ² ³ µ · ¹ ¼ ½ ¾ × and the
/// letters of Western European names. Japanese text in Shift-JIS always has bytes outside this list.
fn is_western_sign(byte: &u8) -> bool {
    matches!(byte,
        0x96 | 0xA0 | 0xB0..=0xB3 | 0xB5 | 0xB7 | 0xB9 | 0xBC..=0xBE | 0xC4..=0xC9 | 0xD6..=0xD8 | 0xDC
        | 0xDF..=0xEF | 0xF1..=0xF4 | 0xF6 | 0xF8..=0xFC)
}

/// The share of the bytes outside ASCII that stand as in Western text: one or two in a row, or letters. 0 where some byte is no
/// character of Windows-1252, or a low quote is before no word.
fn western_share(sample: &[u8]) -> f64 {
    let odd = |(at, byte): (usize, &u8)| match byte {
        0x81 | 0x8D | 0x8F | 0x90 | 0x9D => true,
        0x82 | 0x84 => !sample.get(at + 1).is_some_and(u8::is_ascii_alphanumeric),
        _ => false,
    };
    if sample.iter().enumerate().any(odd) {
        return 0.0;
    }
    let runs = || sample.split(u8::is_ascii);
    let all: usize = runs().map(<[u8]>::len).sum();
    let few = runs().filter(|run| run.len() <= 2 || run.iter().all(is_western_sign));
    let few: usize = few.map(<[u8]>::len).sum();
    few as f64 / all.max(1) as f64
}

/// What the characters of a text speak for.
#[derive(Default)]
struct Votes {
    of_western: usize,
    of_japanese: usize,
}

/// A character of Shift-JIS outside ASCII.
#[derive(Clone, Copy, PartialEq)]
enum Character {
    /// Katakana of half width, one byte.
    HalfKana,
    /// Two bytes.
    Double(u8, u8),
}

/// Reads the sample as Shift-JIS; none where it is not.
fn japanese_votes(before: Option<u8>, sample: &[u8], ended: bool) -> Option<Votes> {
    let mut votes = Votes::default();
    let mut at = 0;
    while at < sample.len() {
        if sample[at].is_ascii() {
            at += 1;
            continue;
        }
        let before = match at {
            0 => before,
            at => Some(sample[at - 1]),
        };
        let mut run = Vec::new();
        while at < sample.len() && !sample[at].is_ascii() {
            match character(&sample[at..]) {
                Some((found, length)) => {
                    run.push(found);
                    at += length;
                }
                // A character that the sample cuts in two.
                None if !ended && at + 1 == sample.len() => at += 1,
                None => return None,
            }
        }
        count(&run, before, sample.get(at).copied(), &mut votes);
    }
    Some(votes)
}

/// The character outside ASCII that a text starts with, and its length.
fn character(text: &[u8]) -> Option<(Character, usize)> {
    match *text {
        [0xA1..=0xDF, ..] => Some((Character::HalfKana, 1)),
        [
            lead @ (0x81..=0x9F | 0xE0..=0xFC),
            trail @ (0x40..=0x7E | 0x80..=0xFC),
            ..,
        ] => Some((Character::Double(lead, trail), 2)),
        _ => None,
    }
}

/// Counts what a run of characters outside ASCII speaks for, with the bytes before and after it.
fn count(run: &[Character], before: Option<u8>, after: Option<u8>, votes: &mut Votes) {
    match run {
        [] => {}
        // A letter or sign of the West; the kana of one sound says nothing.
        [Character::HalfKana] => votes.of_western += 1,
        [Character::Double(lead, trail)] => {
            match trail.is_ascii_alphabetic() && stands_western(*lead, before, after) {
                true => votes.of_western += 1,
                false => votes.of_japanese += 1,
            }
        }
        run => {
            let count = |test: fn(&&Character) -> bool| run.iter().filter(test).count();
            let usual = count(|c| matches!(c, Character::Double(0x81..=0x9F, _)));
            let rare = count(|c| matches!(c, Character::Double(0xE0.., _)));
            match usual + rare == 0 || usual > 0 && usual >= rare {
                true => votes.of_japanese += run.len() - usize::from(usual + rare == 0),
                false => votes.of_western += run.len(),
            }
        }
    }
}

/// Whether a byte, followed by a letter, stands where Western text has the character that it is in Windows-1252.
fn stands_western(byte: u8, before: Option<u8>, after: Option<u8>) -> bool {
    let letter = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_alphabetic());
    let in_word = letter(before) || letter(after);
    match byte {
        // Quotes open before a word.
        0x82 | 0x84 | 0x91 | 0x93 => in_word && !before.is_some_and(|b| b.is_ascii_alphanumeric()),
        // Capitals (Š, Œ, Ž, Ÿ) do not follow small letters.
        0x8A | 0x8C | 0x8E | 0x9F => in_word && !before.is_some_and(|b| b.is_ascii_lowercase()),
        // An apostrophe.
        0x92 => letter(before),
        // Dashes, and š, œ, ž.
        0x96 | 0x97 | 0x9A | 0x9C | 0x9E => in_word,
        // Letters with accents; as Japanese the rare kanji, hardly ever alone.
        0xE0.. => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is guessed of lines in one encoding, as a table would have them.
    fn guess(lines: &[&str], encoding: &'static Encoding) -> Option<&'static Encoding> {
        let text = format!("formula,x\n{}\n", lines.join("\n"));
        let (bytes, _, unmappable) = encoding.encode(&text);
        assert!(!unmappable, "{text}");
        let start = bytes.iter().position(|b| !b.is_ascii()).unwrap();
        western_or_japanese(Some(bytes[start - 1]), &bytes[start..], true)
    }

    #[test]
    fn western_words_and_signs_are_windows_1252() {
        for line in [
            "Preis €,5",
            "Célestin",
            "Ágnes Kovács",
            "Señor Ñandú",
            "Škoda",
            "“Alloy A”,1",
            "Fe–Ni ‘soft’",
            "Li’s",
            "ÅNGSTRÖM,ÄÖÜ",
            "ÄÖÜ,Preis €",
            "Élan vital",
            "São João",
            "Øresund,Æ",
            "£5,§2,©",
            "Žižek",
            "Œuvre…",
            "naïve,œuf",
        ] {
            assert_eq!(guess(&[line], WINDOWS_1252), Some(WINDOWS_1252), "{line}");
        }
        let many = ["Señor Ñandú", "Škoda", "25 °C", "Preis €"];
        assert_eq!(guess(&many, WINDOWS_1252), Some(WINDOWS_1252));
    }

    #[test]
    fn japanese_words_are_shift_jis() {
        for line in [
            "組成,電圧 [V]",
            "価格（円/kg）",
            "材料",
            "鉄",
            "テスト",
            "ﾃｽﾄ",
            "Fe系",
            "α相,β型",
            "25 ℃",
            "純度99%以上",
            "コバルト酸リチウム",
            "備考,値",
            "±0.5,\u{212b}",
            "比表面積 m2/g",
            "電気炉A",
        ] {
            assert_eq!(guess(&[line], SHIFT_JIS), Some(SHIFT_JIS), "{line}");
        }
        // Cut within a character.
        let (bytes, _, _) = SHIFT_JIS.encode("電圧");
        let cut = western_or_japanese(None, &bytes[..3], false);
        assert_eq!(cut, Some(SHIFT_JIS));
    }

    #[test]
    fn other_encodings_are_neither() {
        // Words of them are runs of letters outside ASCII.
        for (text, encoding) in [
            ("Напряжение,Плотность", encoding_rs::WINDOWS_1251),
            ("电压,价格", encoding_rs::GBK),
        ] {
            assert_eq!(guess(&[text], encoding), None, "{text}");
        }
    }
}
