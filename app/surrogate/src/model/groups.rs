//! Which rows belong together: they are never divided between training and test.

use std::fmt;
use std::str::FromStr;

use matter::Element;

use super::inputs::Rows;
use crate::SurrogateError;

/// What makes rows of compositions alike. Rows may be grouped by anything else too: [`crate::grouped_folds`] takes any key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// The same composition, however it is written.
    Formula,
    /// The same elements.
    ChemicalSystem,
}

impl GroupBy {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Formula, Self::ChemicalSystem];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Formula => "formula",
            Self::ChemicalSystem => "chemical-system",
        }
    }

    /// The group of each row.
    ///
    /// # Errors
    ///
    /// Columns instead of compositions.
    pub fn groups(self, rows: Rows) -> Result<Vec<u128>, SurrogateError> {
        let compositions = rows.compositions().ok_or_else(|| SurrogateError::Inputs {
            needed: "a column of formulas".to_owned(),
        })?;
        let group = |row| {
            let composition = compositions.get(row);
            match self {
                Self::Formula => u128::from(composition.fingerprint()),
                Self::ChemicalSystem => composition
                    .iter()
                    .fold(0, |held, (element, _)| held | 1 << element.atomic_number()),
            }
        };
        Ok((0..compositions.len()).map(group).collect())
    }
}

impl fmt::Display for GroupBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for GroupBy {
    type Err = SurrogateError;

    fn from_str(name: &str) -> Result<Self, SurrogateError> {
        let found = Self::ALL.into_iter().find(|by| by.name() == name);
        found.ok_or_else(|| SurrogateError::Option {
            what: "what rows are grouped by",
            value: format!("`{name}`"),
            remedy: "use formula or chemical-system",
        })
    }
}

/// The elements that at least `least` rows hold, but not more than half of them: those that can be left out in turn.
pub fn elements_to_leave_out(rows: Rows, least: usize) -> Vec<Element> {
    let Some(compositions) = rows.compositions() else {
        return Vec::new();
    };
    let n = compositions.len();
    let mut counts = [0_usize; 119];
    for composition in compositions.iter() {
        for (element, _) in composition.iter() {
            counts[usize::from(element.atomic_number())] += 1;
        }
    }
    Element::all()
        .filter(|element| {
            let count = counts[usize::from(element.atomic_number())];
            count >= least.max(1) && 2 * count <= n
        })
        .collect()
}
