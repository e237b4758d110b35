//! From candidates to the numbers that a model learns from.

use std::ops::Range;

use descriptor::Magpie;
use matter::{CompositionRef, Compositions, Element, oxidation};
use rayon::prelude::*;

use crate::SurrogateError;

/// What a model is fed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inputs {
    Composition(DescriptorSet),
    /// Numeric columns of these names.
    Columns(Vec<String>),
}

/// Descriptors of compositions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescriptorSet {
    /// Atomic fractions of the elements up to lawrencium.
    Fractions,
    /// Those, and Magpie's 132 statistics of element properties.
    MagpieFractions,
    /// Those, and what the oxidation states say ([`STATES`]), which takes longer than all else.
    MagpieFractionsStates,
}

/// Rows that one task describes.
const ROWS_PER_TASK: usize = 512;

/// Elements with a fraction of their own: as far as Magpie has data.
const ELEMENTS: usize = 103;

/// Descriptors from the likeliest oxidation states; unknown where no assignment balances the charge, as in alloys. None
/// depends on how many formula units are written.
pub const STATES: [&str; 8] = [
    "charge balances (1 or 0)",
    "fraction of cations",
    "positive charge per atom",
    "highest oxidation state",
    "lowest oxidation state",
    "log likelihood of the states per atom",
    "number of states",
    "number of elements",
];

impl DescriptorSet {
    /// All sets, each part of the next.
    pub const ALL: [Self; 3] = [
        Self::Fractions,
        Self::MagpieFractions,
        Self::MagpieFractionsStates,
    ];
    /// Those that are tried where none is asked for.
    pub const TRIED: [Self; 2] = [Self::Fractions, Self::MagpieFractionsStates];

    /// Its name in model files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fractions => "fractions",
            Self::MagpieFractions => "magpie, fractions",
            Self::MagpieFractionsStates => "magpie, fractions, oxidation states",
        }
    }

    /// Its name on the command line, that of what it adds to the others.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fractions => "fractions",
            Self::MagpieFractions => "magpie",
            Self::MagpieFractionsStates => "states",
        }
    }

    /// The set of this [`DescriptorSet::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }

    fn width(self) -> usize {
        match self {
            Self::Fractions => ELEMENTS,
            Self::MagpieFractions => descriptor::COUNT + ELEMENTS,
            Self::MagpieFractionsStates => descriptor::COUNT + ELEMENTS + STATES.len(),
        }
    }
}

/// A batch of candidates.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'a> {
    Compositions(&'a Compositions),
    /// `n x names.len()` numbers, row after row; NaN where unknown.
    Columns {
        names: &'a [String],
        values: &'a [f64],
    },
}

impl Rows<'_> {
    /// Number of candidates.
    pub fn len(&self) -> usize {
        match self {
            Self::Compositions(compositions) => compositions.len(),
            Self::Columns { names, values } => values.len() / names.len().max(1),
        }
    }

    /// The compositions, where the candidates are such.
    pub fn compositions(&self) -> Option<&Compositions> {
        match self {
            Self::Compositions(all) => Some(all),
            Self::Columns { .. } => None,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The numbers of a batch, `n x width`, row after row, NaN where unknown; and which elements each candidate holds.
#[derive(Default)]
pub(crate) struct Design {
    pub width: usize,
    pub values: Vec<f32>,
    /// The same numbers as they were given, where these are columns of a table; empty for compositions.
    pub exact: Vec<f64>,
    /// One bit for each element; 0 for candidates that are not compositions.
    pub elements: Vec<u128>,
}

impl Design {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// The rows of these numbers.
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut values = Vec::with_capacity(rows.len() * self.width);
        let mut exact = Vec::new();
        for row in rows {
            values.extend_from_slice(self.row(*row));
            if !self.exact.is_empty() {
                exact.extend_from_slice(self.exact_row(*row));
            }
        }
        Self {
            width: self.width,
            values,
            exact,
            elements: rows.iter().map(|row| self.elements[*row]).collect(),
        }
    }

    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// Of a table of columns; empty for compositions.
    pub fn exact_row(&self, row: usize) -> &[f64] {
        self.exact
            .get(row * self.width..(row + 1) * self.width)
            .unwrap_or(&[])
    }

    /// All numbers in f64.
    pub fn wide(&self) -> std::borrow::Cow<'_, [f64]> {
        if self.exact.is_empty() {
            self.values.iter().map(|x| f64::from(*x)).collect()
        } else {
            (&self.exact).into()
        }
    }
}

/// Memory for descriptors on their way.
#[derive(Default)]
pub(crate) struct Scratch {
    compositions: Compositions,
    magpie: Magpie,
}

impl Inputs {
    /// Their number after they have become descriptors.
    pub fn width(&self) -> usize {
        match self {
            Self::Composition(set) => set.width(),
            Self::Columns(names) => names.len(),
        }
    }

    /// The names of the columns; none for compositions.
    pub(crate) fn columns(&self) -> &[String] {
        match self {
            Self::Composition(_) => &[],
            Self::Columns(names) => names,
        }
    }

    /// The names of the descriptors.
    pub fn names(&self) -> Vec<String> {
        let fractions = || {
            Element::all()
                .take(ELEMENTS)
                .map(|element| format!("fraction of {}", element.symbol()))
        };
        match self {
            Self::Composition(DescriptorSet::Fractions) => fractions().collect(),
            Self::Composition(DescriptorSet::MagpieFractions) => {
                descriptor::names().chain(fractions()).collect()
            }
            Self::Composition(DescriptorSet::MagpieFractionsStates) => {
                let states = STATES.map(str::to_owned);
                descriptor::names()
                    .chain(fractions())
                    .chain(states)
                    .collect()
            }
            Self::Columns(names) => names.clone(),
        }
    }

    /// The numbers of all rows.
    ///
    /// # Errors
    ///
    /// Compositions for a model of columns or the reverse, a column that is not there.
    pub(crate) fn design(&self, rows: Rows) -> Result<Design, SurrogateError> {
        self.design_of(rows, 0..rows.len())
    }

    /// The numbers of some of the rows.
    ///
    /// # Errors
    ///
    /// As [`Inputs::design`].
    pub(crate) fn design_of(
        &self,
        rows: Rows,
        range: Range<usize>,
    ) -> Result<Design, SurrogateError> {
        let places = self.places(rows)?;
        let parts: Vec<Design> = (0..range.len().div_ceil(ROWS_PER_TASK))
            .into_par_iter()
            .map_init(Scratch::default, |scratch, part| {
                let start = range.start + part * ROWS_PER_TASK;
                let end = (start + ROWS_PER_TASK).min(range.end);
                let mut design = Design::default();
                self.fill(rows, &places, start..end, scratch, &mut design);
                design
            })
            .collect();
        let mut all = Design {
            width: self.width(),
            values: Vec::with_capacity(range.len() * self.width()),
            ..Design::default()
        };
        for part in parts {
            all.values.extend(part.values);
            all.exact.extend(part.exact);
            all.elements.extend(part.elements);
        }
        Ok(all)
    }

    /// Where each wanted column stands; empty for compositions.
    ///
    /// # Errors
    ///
    /// As [`Inputs::design`].
    pub(crate) fn places(&self, rows: Rows) -> Result<Vec<usize>, SurrogateError> {
        let mismatch = |needed: String| SurrogateError::Inputs { needed };
        match (self, rows) {
            (Self::Composition(_), Rows::Compositions(_)) => Ok(Vec::new()),
            (Self::Columns(wanted), Rows::Columns { names, .. }) => wanted
                .iter()
                .map(|name| {
                    names
                        .iter()
                        .position(|other| other == name)
                        .ok_or_else(|| mismatch(format!("the column `{name}`")))
                })
                .collect(),
            (Self::Composition(_), Rows::Columns { .. }) => {
                Err(mismatch("a column of formulas".to_owned()))
            }
            (Self::Columns(names), Rows::Compositions(_)) => {
                Err(mismatch(format!("the columns {}", names.join(", "))))
            }
        }
    }

    /// The numbers of some of the rows, into `design`, whose memory is used again. `places` is of [`Inputs::places`].
    pub(crate) fn fill(
        &self,
        rows: Rows,
        places: &[usize],
        range: Range<usize>,
        scratch: &mut Scratch,
        design: &mut Design,
    ) {
        design.width = self.width();
        design.values.clear();
        design.exact.clear();
        design.elements.clear();
        match (self, rows) {
            (Self::Composition(set), Rows::Compositions(all)) => {
                of_compositions(*set, all, range, scratch, design);
            }
            (_, Rows::Columns { names, values }) => {
                let width = names.len();
                design.elements.resize(range.len(), 0);
                let wanted =
                    range.flat_map(|row| places.iter().map(move |p| values[row * width + p]));
                design.exact.extend(wanted);
                design.values.extend(design.exact.iter().map(|x| *x as f32));
            }
            // `places` has refused it.
            (Self::Columns(_), Rows::Compositions(_)) => {}
        }
    }
}

fn of_compositions(
    set: DescriptorSet,
    all: &Compositions,
    range: Range<usize>,
    scratch: &mut Scratch,
    design: &mut Design,
) {
    let magpie = &mut scratch.magpie;
    let with_magpie = set != DescriptorSet::Fractions;
    if with_magpie {
        scratch.compositions.clear();
        for row in range.clone() {
            scratch.compositions.push(all.get(row));
        }
        magpie.compute(&scratch.compositions);
    }
    for (offset, row) in range.enumerate() {
        let composition = all.get(row);
        let values = &mut design.values;
        if with_magpie {
            let statistics = &magpie.values()[offset * descriptor::COUNT..][..descriptor::COUNT];
            values.extend(statistics.iter().map(|x| *x as f32));
        }
        let fractions = values.len();
        values.resize(fractions + ELEMENTS, 0.0);
        let total = composition.total_atoms();
        let mut held = 0_u128;
        for (element, amount) in composition.iter().filter(|part| part.1 > 0.0) {
            let z = usize::from(element.atomic_number());
            held |= 1 << z;
            if z <= ELEMENTS {
                values[fractions + z - 1] = (amount / total) as f32;
            }
        }
        if set == DescriptorSet::MagpieFractionsStates {
            values.extend(state_descriptors(composition).map(|x| x as f32));
        }
        design.elements.push(held);
    }
}

/// The descriptors of [`STATES`].
fn state_descriptors(composition: CompositionRef) -> [f64; STATES.len()] {
    let atoms = composition.total_atoms();
    let elements = composition.len() as f64;
    let Some(assignment) = oxidation::assign(composition, 0.0) else {
        let unknown = f64::NAN;
        return [
            0.0, unknown, unknown, unknown, unknown, unknown, unknown, elements,
        ];
    };
    let states = assignment.states();
    let (mut cations, mut charge) = (0.0, 0.0);
    let (mut highest, mut lowest) = (f64::NEG_INFINITY, f64::INFINITY);
    for part in states {
        let state = f64::from(part.state);
        if state > 0.0 {
            cations += part.amount;
            charge += part.amount * state;
        }
        highest = highest.max(state);
        lowest = lowest.min(state);
    }
    [
        1.0,
        cations / atoms,
        charge / atoms,
        highest,
        lowest,
        assignment.score() / atoms,
        states.len() as f64,
        elements,
    ]
}
