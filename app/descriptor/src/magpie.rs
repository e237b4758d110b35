//! Magpie's composition descriptors: 22 element properties times 6 statistics.
//!
//! L. Ward, A. Agrawal, A. Choudhary, C. Wolverton, npj Computational Materials 2, 16028 (2016),
//! doi:10.1038/npjcompumats.2016.28. Names, order, element table and statistics are those of
//! `ElementProperty.from_preset("magpie")` in matminer 0.10.1 (L. Ward et al., Computational Materials Science 152, 60
//! (2018), doi:10.1016/j.commatsci.2018.05.018), and the numbers agree with it to 1e-6 with one intended difference:
//!
//! matminer fills a gap of its element table with the average over the elements. Here a gap stays unknown: all six
//! statistics of that property are NaN for every composition with that element, and [`Magpie::gaps`] says why. The gaps
//! up to lawrencium are the melting point of He and Fr; the electronegativity of He, Ne, Ar, Rn and Lr; the covalent
//! radius of Bk to Lr; the space group of At, Rn, Fr and Es to Lr. Beyond are more, and from Nh on there is nothing.
//!
//! The mode is the value of the most abundant element; among amounts equal to 1 part in 100 000 the smallest value counts.
//! (numpy's `isclose`, which matminer uses, adds 1e-8 to that tolerance, which would make the mode depend on the scale.)

use matter::{CompositionRef, Compositions, Element};
use rayon::prelude::*;
use std::fmt;

include!(concat!(env!("OUT_DIR"), "/magpie_elements.rs"));

/// The statistics of one element property over a composition, weighted by atomic fraction, in the order of the columns.
pub const STATISTICS: [&str; 6] = ["minimum", "maximum", "range", "mean", "avg_dev", "mode"];

/// Number of descriptors of one composition.
pub const COUNT: usize = PROPERTIES.len() * STATISTICS.len();

/// Amounts that differ by less than this fraction of the largest are equally abundant.
pub(crate) const EQUALLY_ABUNDANT: f64 = 1e-5;

/// Rows that one task computes: a block of half a megabyte.
const ROWS_PER_TASK: usize = 512;

type PerProperty = [f64; PROPERTIES.len()];

/// The names of the columns in their order: `MagpieData minimum Number`, ..., as in matminer.
pub fn names() -> impl Iterator<Item = String> {
    PROPERTIES.iter().flat_map(|property| {
        STATISTICS
            .iter()
            .map(move |statistic| format!("MagpieData {statistic} {property}"))
    })
}

/// A property of an element out of Magpie's table, by its name in [`PROPERTIES`] and in that table's unit; `None` where there
/// is none.
pub fn element_property(element: Element, property: &str) -> Option<f64> {
    let column = PROPERTIES.iter().position(|name| *name == property)?;
    let value = ELEMENTS.get(usize::from(element.atomic_number()))?[column];
    (!value.is_nan()).then_some(value)
}

/// Why some or all descriptors of a composition are unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The composition holds no atoms.
    Empty,
    /// Magpie's table lacks something of this element.
    Element(Element),
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Element(element) = self else {
            return f.write_str("the composition holds no atoms");
        };
        let values = &ELEMENTS[usize::from(element.atomic_number())];
        if values.iter().all(|value| value.is_nan()) {
            return write!(f, "Magpie has no data for {}", element.symbol());
        }
        let missing: Vec<&str> = PROPERTIES
            .into_iter()
            .zip(values)
            .filter(|(_, value)| value.is_nan())
            .map(|(name, _)| name)
            .collect();
        write!(
            f,
            "Magpie has no {} for {}",
            missing.join(", "),
            element.symbol()
        )
    }
}

/// The descriptors of a batch: an `n x 132` block of f64 in row-major order, and the reasons for what is unknown.
#[derive(Clone, Debug, Default)]
pub struct Magpie {
    values: Vec<f64>,
    gaps: Vec<(usize, Gap)>,
}

impl Magpie {
    /// An empty block; [`Magpie::compute`] fills it, and again, keeping its memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// Computes the descriptors of all compositions on all cores, replacing what was here. The result does not depend
    /// on the number of threads.
    pub fn compute(&mut self, compositions: &Compositions) {
        self.values.resize(compositions.len() * COUNT, 0.0);
        self.values
            .par_chunks_mut(ROWS_PER_TASK * COUNT)
            .enumerate()
            .for_each(|(task, block)| {
                let (rows, _) = block.as_chunks_mut::<COUNT>();
                for (offset, row) in rows.iter_mut().enumerate() {
                    describe(compositions.get(task * ROWS_PER_TASK + offset), row);
                }
            });
        self.find_gaps(compositions);
    }

    pub(crate) fn values_mut(&mut self) -> &mut Vec<f64> {
        &mut self.values
    }

    /// Notes which compositions have unknown descriptors.
    pub(crate) fn find_gaps(&mut self, compositions: &Compositions) {
        self.gaps.clear();
        for row in 0..compositions.len() {
            let composition = compositions.get(row);
            if composition.total_atoms() <= 0.0 {
                self.gaps.push((row, Gap::Empty));
            }
            let lacking = composition
                .iter()
                .filter(|(element, amount)| *amount > 0.0 && has_gap(*element));
            self.gaps
                .extend(lacking.map(|(element, _)| (row, Gap::Element(element))));
        }
    }

    /// Number of compositions.
    pub fn len(&self) -> usize {
        self.values.len() / COUNT
    }

    /// Whether there are no compositions.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The whole block, `n x 132`, row after row; NaN is unknown. Units are those of the element table.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The 132 descriptors of the composition with this index, in the order of [`names`]; empty past the end.
    pub fn row(&self, index: usize) -> &[f64] {
        self.values.chunks_exact(COUNT).nth(index).unwrap_or(&[])
    }

    /// One descriptor of every composition, in their order; `index` is its place in [`names`].
    pub fn column(&self, index: usize) -> impl Iterator<Item = f64> {
        self.values.iter().skip(index).step_by(COUNT).copied()
    }

    /// Which compositions have unknown descriptors, in their order, and why.
    pub fn gaps(&self) -> &[(usize, Gap)] {
        &self.gaps
    }
}

fn has_gap(element: Element) -> bool {
    ELEMENTS[usize::from(element.atomic_number())]
        .iter()
        .any(|value| value.is_nan())
}

/// Writes the descriptors of one composition.
fn describe(composition: CompositionRef, out: &mut [f64; COUNT]) {
    let parts = || {
        composition
            .iter()
            .filter(|(_, amount)| *amount > 0.0)
            .map(|(element, amount)| (&ELEMENTS[usize::from(element.atomic_number())], amount))
    };
    let (mut total, mut largest) = (0.0, 0.0_f64);
    for (_, amount) in parts() {
        total += amount;
        largest = largest.max(amount);
    }
    if total <= 0.0 {
        out.fill(f64::NAN);
        return;
    }

    let mut minimum: PerProperty = [f64::INFINITY; _];
    let mut maximum: PerProperty = [f64::NEG_INFINITY; _];
    let mut mean: PerProperty = [0.0; _];
    let mut mode: PerProperty = [f64::INFINITY; _];
    for (element, amount) in parts() {
        let fraction = amount / total;
        let abundant = amount >= largest * (1.0 - EQUALLY_ABUNDANT);
        for p in 0..PROPERTIES.len() {
            minimum[p] = minimum[p].min(element[p]);
            maximum[p] = maximum[p].max(element[p]);
            mean[p] += fraction * element[p];
        }
        if abundant {
            for p in 0..PROPERTIES.len() {
                mode[p] = mode[p].min(element[p]);
            }
        }
    }
    let mut deviation: PerProperty = [0.0; _];
    for (element, amount) in parts() {
        let fraction = amount / total;
        for p in 0..PROPERTIES.len() {
            deviation[p] += fraction * (element[p] - mean[p]).abs();
        }
    }
    let (rows, _) = out.as_chunks_mut::<{ STATISTICS.len() }>();
    for (p, row) in rows.iter_mut().enumerate() {
        // A gap has made the mean NaN; the comparisons have passed over it.
        *row = if mean[p].is_nan() {
            [f64::NAN; _]
        } else {
            [
                minimum[p],
                maximum[p],
                maximum[p] - minimum[p],
                mean[p],
                deviation[p],
                mode[p],
            ]
        };
    }
}
