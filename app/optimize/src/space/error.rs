//! What is wrong with a search space, or with a candidate of one.

use std::fmt;

/// A search space that cannot be, or a candidate that is not of it: where, what is wrong, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SpaceError {
    /// The line of the TOML text, from 1, where there is one.
    pub line: Option<usize>,
    /// The input concerned, where it is one.
    pub input: Option<String>,
    pub problem: String,
    pub remedy: String,
}

impl fmt::Display for SpaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, &self.input) {
            (Some(line), Some(input)) => write!(f, "line {line}, input `{input}`: ")?,
            (Some(line), None) => write!(f, "line {line}: ")?,
            (None, Some(input)) => write!(f, "input `{input}`: ")?,
            (None, None) => {}
        }
        write!(f, "{}; {}", self.problem, self.remedy)
    }
}

impl SpaceError {
    pub(crate) fn of_space(problem: impl Into<String>, remedy: impl Into<String>) -> SpaceError {
        SpaceError {
            line: None,
            input: None,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    pub(crate) fn of_input(
        input: &str,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> SpaceError {
        SpaceError {
            input: Some(input.to_owned()),
            ..SpaceError::of_space(problem, remedy)
        }
    }
}

/// What is wrong with one setting of an input, before it is known in which line that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The key in TOML.
    pub key: &'static str,
    pub problem: String,
    pub remedy: String,
}

impl Fault {
    pub fn new(key: &'static str, problem: impl Into<String>, remedy: impl Into<String>) -> Fault {
        Fault {
            key,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    pub fn at(self, input: &str, line: Option<usize>) -> SpaceError {
        SpaceError {
            line,
            ..SpaceError::of_input(input, self.problem, self.remedy)
        }
    }
}
