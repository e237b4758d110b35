//! Where a model has seen data, and so may be trusted.

use matter::Element;

use super::inputs::{Design, Inputs};

/// Where a model has seen training data.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// One bit for each element that occurs in the training data.
    pub(crate) elements: u128,
    /// The range of each numeric input column in the training data; empty for compositions.
    pub(crate) lower: Vec<f64>,
    pub(crate) upper: Vec<f64>,
}

/// A column may be this much of its training range outside it.
const MARGIN: f64 = 0.05;

impl Domain {
    pub(crate) fn of(inputs: &Inputs, design: &Design) -> Self {
        let elements = design.elements.iter().fold(0, |all, held| all | held);
        let (lower, upper) = match inputs {
            Inputs::Composition(_) => (Vec::new(), Vec::new()),
            Inputs::Columns(_) => {
                let bounds = crate::gp::Bounds::of(&design.wide(), design.width);
                (bounds.lower, bounds.upper)
            }
        };
        Self {
            elements,
            lower,
            upper,
        }
    }

    /// The elements of the training data.
    pub fn elements(&self) -> impl Iterator<Item = Element> {
        Element::all().filter(|element| self.elements >> element.atomic_number() & 1 == 1)
    }

    /// The range of each numeric input column in the training data; none for compositions.
    pub fn ranges(&self) -> impl Iterator<Item = (f64, f64)> {
        self.lower.iter().copied().zip(self.upper.iter().copied())
    }

    /// Whether a candidate lies outside.
    pub(crate) fn excludes(&self, design: &Design, row: usize) -> bool {
        design.elements[row] & !self.elements != 0 || self.strange(design, row).next().is_some()
    }

    fn strange<'a>(&'a self, design: &'a Design, row: usize) -> impl Iterator<Item = usize> + 'a {
        let values = design.exact_row(row);
        (0..self.lower.len()).filter(move |k| {
            let margin = MARGIN * (self.upper[*k] - self.lower[*k]);
            values[*k] < self.lower[*k] - margin || values[*k] > self.upper[*k] + margin
        })
    }

    /// Why a candidate lies outside, for its notes; empty inside.
    pub(crate) fn reason(&self, inputs: &Inputs, design: &Design, row: usize) -> String {
        let unseen = design.elements[row] & !self.elements;
        if unseen != 0 {
            let symbols: Vec<&str> = Element::all()
                .filter(|element| unseen >> element.atomic_number() & 1 == 1)
                .map(Element::symbol)
                .collect();
            return format!("outside the training data: no {} in it", symbols.join(", "));
        }
        let Inputs::Columns(names) = inputs else {
            return String::new();
        };
        match self.strange(design, row).next() {
            Some(k) => format!(
                "outside the training data: {} is {}, seen {} to {}",
                names[k],
                design.exact_row(row)[k],
                self.lower[k],
                self.upper[k]
            ),
            None => String::new(),
        }
    }
}
