//! From candidates to the numbers that a model learns from.

use descriptor::Magpie;
use matter::{CompositionRef, Compositions, Element, oxidation};

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
    /// Those, Magpie's 132 statistics of element properties, and what the oxidation states say ([`STATES`]).
    MagpieFractionsStates,
}

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
    /// Both sets, the shorter first.
    pub const ALL: [Self; 2] = [Self::Fractions, Self::MagpieFractionsStates];

    /// Its name in model files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fractions => "fractions",
            Self::MagpieFractionsStates => "magpie, fractions, oxidation states",
        }
    }

    /// The set of this [`DescriptorSet::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }

    fn width(self) -> usize {
        match self {
            Self::Fractions => ELEMENTS,
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

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The numbers of a batch, `n x width`, row after row, NaN where unknown; and which elements each candidate holds.
pub(crate) struct Design {
    pub width: usize,
    pub values: Vec<f64>,
    /// One bit for each element; 0 for candidates that are not compositions.
    pub elements: Vec<u128>,
}

impl Design {
    /// The rows of these numbers.
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut values = Vec::with_capacity(rows.len() * self.width);
        for row in rows {
            values.extend_from_slice(self.row(*row));
        }
        Self {
            width: self.width,
            values,
            elements: rows.iter().map(|row| self.elements[*row]).collect(),
        }
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }
}

impl Inputs {
    /// Their number after they have become descriptors.
    pub fn width(&self) -> usize {
        match self {
            Self::Composition(set) => set.width(),
            Self::Columns(names) => names.len(),
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

    /// # Errors
    ///
    /// Compositions for a model of columns or the reverse, a column that is not there.
    pub(crate) fn design(&self, rows: Rows) -> Result<Design, SurrogateError> {
        let mismatch = |needed: String| SurrogateError::Inputs { needed };
        match (self, rows) {
            (Self::Composition(set), Rows::Compositions(compositions)) => {
                Ok(of_compositions(*set, compositions))
            }
            (Self::Columns(wanted), Rows::Columns { names, values }) => {
                let places: Vec<usize> = wanted
                    .iter()
                    .map(|name| {
                        names
                            .iter()
                            .position(|other| other == name)
                            .ok_or_else(|| mismatch(format!("the column `{name}`")))
                    })
                    .collect::<Result<_, _>>()?;
                let n = values.len() / names.len().max(1);
                Ok(Design {
                    width: wanted.len(),
                    values: (0..n)
                        .flat_map(|row| places.iter().map(move |p| values[row * names.len() + p]))
                        .collect(),
                    elements: vec![0; n],
                })
            }
            (Self::Composition(_), Rows::Columns { .. }) => {
                Err(mismatch("a column of formulas".to_owned()))
            }
            (Self::Columns(names), Rows::Compositions(_)) => {
                Err(mismatch(format!("the columns {}", names.join(", "))))
            }
        }
    }
}

fn of_compositions(set: DescriptorSet, compositions: &Compositions) -> Design {
    let width = set.width();
    let mut magpie = Magpie::new();
    if set == DescriptorSet::MagpieFractionsStates {
        magpie.compute(compositions);
    }
    let mut values = Vec::with_capacity(compositions.len() * width);
    let mut elements = Vec::with_capacity(compositions.len());
    for row in 0..compositions.len() {
        let composition = compositions.get(row);
        values.extend_from_slice(magpie.row(row));
        let fractions = values.len();
        values.resize(fractions + ELEMENTS, 0.0);
        let total = composition.total_atoms();
        let mut held = 0_u128;
        for (element, amount) in composition.iter().filter(|part| part.1 > 0.0) {
            let z = usize::from(element.atomic_number());
            held |= 1 << z;
            if z <= ELEMENTS {
                values[fractions + z - 1] = amount / total;
            }
        }
        if set == DescriptorSet::MagpieFractionsStates {
            values.extend(state_descriptors(composition));
        }
        elements.push(held);
    }
    Design {
        width,
        values,
        elements,
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
                let bounds = crate::gp::Bounds::of(&design.values, design.width);
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
        let values = design.row(row);
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
                design.row(row)[k],
                self.lower[k],
                self.upper[k]
            ),
            None => String::new(),
        }
    }
}
