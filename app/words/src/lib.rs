//! The `words` room: texts for people, in every language of the program.
//!
//! A room that shows texts lists them once, all languages beside each other, so that none can be forgotten:
//!
//! ```
//! words::texts! {
//!     Save: "Save", "保存";
//!     RowCount: "{} rows", "{}行";
//! }
//! assert_eq!(Text::Save.get(words::Language::Japanese), "保存");
//! let text = Text::RowCount.get(words::Language::English);
//! assert_eq!(words::fill(text, &[&7]), "7 rows");
//! assert!(words::faults(Text::TABLE, &[]).is_empty());
//! ```

use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// The language of the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    English,
    Japanese,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::English, Self::Japanese];
}

/// A text with its gaps `{}` filled, in their order; a gap without a value stays empty.
pub fn fill(text: &str, values: &[&dyn Display]) -> String {
    let mut filled = String::new();
    let mut values = values.iter();
    for (place, part) in text.split("{}").enumerate() {
        if place > 0
            && let Some(value) = values.next()
        {
            filled.push_str(&value.to_string());
        }
        filled.push_str(part);
    }
    filled
}

/// Makes the enum `Text` of a room: a name for each text, then English and Japanese; `{}` stands for what is filled in.
#[macro_export]
macro_rules! texts {
    ($($name:ident: $english:literal, $japanese:literal;)*) => {
        /// The name of a text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // the texts say what they are
        pub enum Text { $($name,)* }

        impl Text {
            /// Name, English and Japanese of all texts.
            pub const TABLE: &[(&str, &str, &str)] =
                &[$((stringify!($name), $english, $japanese),)*];

            /// The text in a language.
            pub fn get(self, language: $crate::Language) -> &'static str {
                let (_, english, japanese) = Self::TABLE[self as usize];
                match language {
                    $crate::Language::English => english,
                    $crate::Language::Japanese => japanese,
                }
            }
        }
    };
}

/// What is wrong with a table of names, English and Japanese: texts that are empty, have other gaps in one language, or were
/// left in English; `same` names those that are right to be the same in both. For tests.
pub fn faults(table: &[(&str, &str, &str)], same: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for &(name, english, japanese) in table {
        let mut wrong = |what: &str| faults.push(format!("{name}: {what}"));
        if english.trim().is_empty() || japanese.trim().is_empty() {
            wrong("is empty");
        }
        if english.matches("{}").count() != japanese.matches("{}").count() {
            wrong("has other gaps in Japanese");
        }
        match (english == japanese, same.contains(&name)) {
            (true, false) => wrong("is the same in Japanese"),
            (false, true) => wrong("is not the same in both languages"),
            _ => {}
        }
    }
    let known = |name: &&&str| table.iter().any(|(known, ..)| known == *name);
    let unknown = same.iter().filter(|name| !known(name));
    faults.extend(unknown.map(|name| format!("{name}: there is no such text")));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_in_order_and_one_without_a_value_stays_empty() {
        assert_eq!(fill("{} of {} rows", &[&3, &7]), "3 of 7 rows");
        assert_eq!(fill("{} of {} rows", &[&3]), "3 of  rows");
    }

    #[test]
    fn what_a_translator_forgot_is_found() {
        let table = [
            ("Good", "a {}", "い {}"),
            ("Empty", "a", " "),
            ("Gaps", "{} a", "い"),
            ("English", "a", "a"),
            ("Sign", "×", "×"),
        ];
        let found = faults(&table, &["Sign", "Good", "Gone"]);
        assert_eq!(
            found,
            [
                "Good: is not the same in both languages",
                "Empty: is empty",
                "Gaps: has other gaps in Japanese",
                "English: is the same in Japanese",
                "Gone: there is no such text",
            ]
        );
    }
}
