//! What a plugin may be called.

use crate::AuthoringError;

/// Longest name, characters: what the host allows an id.
const LONGEST: usize = 64;

/// Names that compilers or the SDK have taken: a crate or module of that name would hide something else.
const TAKEN: [&str; 22] = [
    "alloc",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "lodestone",
    "matter",
    "model",
    "plugin_sdk",
    "proc_macro",
    "sdk",
    "std",
    "test",
    "tests",
    "wit",
    "wit_bindgen",
    "con",
    "prn",
    "aux",
    "nul",
    "componentize_py",
];

/// Keywords of Rust, Python and JavaScript that a name could be.
const KEYWORDS: &str = "abstract and arguments as assert async await become bool box break case catch class const continue \
     crate debugger def default del delete do dyn elif else enum eval except export extends extern false final finally fn for from function gen \
     global if impl implements import in instanceof interface is lambda let loop macro match mod move mut native new nonlocal not null or override \
     package pass priv private protected pub public raise ref return self static str struct super switch this throw trait \
     true try type typeof undefined union unsafe unsized use var virtual void where while with yield";

/// `Err` with the reason where `name` cannot be a plugin's id, a crate, a module and a folder at once.
pub(crate) fn check(name: &str) -> Result<(), AuthoringError> {
    let bad = |why: String| {
        Err(AuthoringError::Name {
            name: name.to_owned(),
            why,
        })
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(plain) {
        let lower: String = name
            .to_lowercase()
            .chars()
            .map(|c| if plain(c) { c } else { '_' })
            .collect();
        let lower = lower.trim_start_matches(|c: char| !c.is_ascii_lowercase());
        let hint = match lower.trim_end_matches('_') {
            "" => String::new(),
            better => format!("; {better} would do"),
        };
        return bad(format!(
            "it takes lower-case letters, digits and underscores, a letter first{hint}"
        ));
    }
    if name.len() > LONGEST {
        return bad(format!("it has more than {LONGEST} characters"));
    }
    if TAKEN.contains(&name) || KEYWORDS.split_whitespace().any(|k| k == name) {
        return bad(format!(
            "the word means something else to a compiler; {name}_model would do"
        ));
    }
    Ok(())
}

/// `PluginName` of `plugin_name`.
pub(crate) fn camel_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_crate_a_module_and_a_folder_can_have_pass() {
        for name in ["vec", "my_plugin2", "perovskite_tolerance"] {
            assert!(check(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn other_names_are_refused_with_one_that_would_do() {
        for (name, better) in [
            ("My-Plugin", "my_plugin would do"),
            ("2fast", "fast would do"),
            ("../up", "up would do"),
            ("a b", "a_b would do"),
            ("match", "match_model would do"),
            ("std", "std_model would do"),
        ] {
            let message = check(name).unwrap_err().to_string();
            assert!(message.contains(better), "{message}");
        }
        for name in ["", "..", "/", "é", &"a".repeat(65)] {
            assert!(check(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_name_becomes_a_type_by_its_words() {
        assert_eq!(camel_case("perovskite_tolerance_2"), "PerovskiteTolerance2");
    }
}
