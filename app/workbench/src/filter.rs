//! Filters on the rows that are shown. They hide, and change neither ranking nor front: that is what constraints are for.

use serde::{Deserialize, Serialize};

/// How a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    AtLeast,
    AtMost,
    /// The text holds this one, upper and lower case alike.
    Contains,
    /// The value is known.
    Known,
}

/// One filter on the rows shown; all of them must hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// The name of a column.
    pub column: String,
    pub comparison: Comparison,
    /// A number in the column's unit, or a text.
    pub value: String,
}

impl Filter {
    /// The number to compare with, where the filter compares numbers and its value is one.
    pub fn number(&self) -> Option<f64> {
        match self.comparison {
            Comparison::AtLeast | Comparison::AtMost => {
                table::parse_number(&self.value, false).ok().flatten()
            }
            Comparison::Contains | Comparison::Known => None,
        }
    }

    /// Whether a number passes; NaN passes no comparison.
    pub fn passes_number(&self, value: f64) -> bool {
        match (self.comparison, self.number()) {
            (Comparison::Known, _) => !value.is_nan(),
            (Comparison::AtLeast, Some(bound)) => value >= bound,
            (Comparison::AtMost, Some(bound)) => value <= bound,
            // A bound that is still being typed hides nothing.
            _ => true,
        }
    }
}
