//! The one error of this room's texts: objectives and constraints.

use std::fmt;

/// Which kind of text was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Objective,
    Constraint,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Subject::Objective => "objective",
            Subject::Constraint => "constraint",
        })
    }
}

/// A text that is no objective or no constraint: what is wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{subject} `{text}`, character {position}: {problem}; {remedy}")]
pub struct ParseError {
    pub subject: Subject,
    /// The whole text as given.
    pub text: String,
    /// Counted in characters from 1; one past the end where something is missing there.
    pub position: usize,
    pub problem: String,
    pub remedy: String,
}
