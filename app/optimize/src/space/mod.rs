//! Search spaces: which candidates there can be, where no table lists them.
//!
//! A space is a list of inputs (ranges of numbers, categories, ordered levels, mixtures) and constraints on them. It is
//! written in TOML, an `[[input]]` each, whose kind follows from its key:
//!
//! ```
//! # use optimize::space::Space;
//! let space = Space::from_toml(r#"
//! constraints = ["temperature < 420 and time <= 500"]
//!
//! [[input]]
//! name = "temperature"
//! unit = "K"
//! range = [300, 450]            # lower and upper bound
//! step = 10                     # optional: 300, 310, ...
//!
//! [[input]]
//! name = "time"
//! unit = "s"
//! range = [1, 1000]
//! scale = "log"                 # optional: distances count in the logarithm
//!
//! [[input]]
//! name = "solvent"
//! category = ["DMF", "DMSO", "GBL"]
//!
//! [[input]]
//! name = "stirring"
//! levels = ["slow", "medium", "fast"]   # in their order; numbers too
//!
//! [[input]]
//! name = "cations"
//! mixture = ["MA", "FA", "Cs", "Rb"]    # a column each
//! total = 1                     # what they sum to; 1 where left out
//! step = 0.05                   # optional: whole multiples of it; must divide the total
//! at_most = 3                   # optional: so many of them above zero (and at_least)
//! least = 0.1                   # optional: no less of a part that is there
//! bounds = { Cs = [0, 0.3], Rb = [0, 0.1] }
//! groups = [{ parts = ["MA", "FA"], range = [0.6, 1] }]   # bounds on a sum; disjoint or nested
//! "#)?;
//! let names: Vec<&str> = space.columns().iter().map(|column| column.name.as_str()).collect();
//! assert_eq!(names, ["temperature", "time", "solvent", "stirring", "MA", "FA", "Cs", "Rb"]);
//!
//! let candidates = space.sample(100, 7)?;
//! assert_eq!(candidates.len(), 100);
//! let (candidate, mut row) = (candidates.row(0), vec![0.0; space.width()]);
//! space.encode(candidate, &mut row);
//! assert_eq!(space.decode(&row), candidate);
//! assert_eq!(space.read(&space.texts(candidate))?, candidate);
//! # Ok::<(), optimize::space::SpaceError>(())
//! ```
//!
//! A **candidate** is a slice of numbers, one a column: a number in its unit, or the index (from 0) of a category's value or
//! of a level. A **row** is the same candidate for a surrogate, in [0, 1]: ranges by their bounds, a category one column a
//! value with 1/sqrt(2) where it holds, so that two values lie at distance 1, levels evenly spaced, parts of a mixture as
//! fractions of the total.
//!
//! Every number that a space makes is a decimal that reads back as itself: a multiple of the step, or ten digits of the
//! range. Amounts are whole multiples of a smallest amount, so a mixture's sum is exact in decimals.

mod enumerate;
mod error;
mod guess;
mod input;
mod lattice;
mod mixture;
mod neighbours;
mod random;
mod sample;
mod text;
mod toml;

pub use enumerate::Count;
pub use error::SpaceError;
pub use guess::{Guess, PoolColumn, PoolValues};
pub use input::{Category, Levels, Range};
pub use mixture::{Group, Mixture, Part};

use crate::constraint::{Constraint, Verdict};
use error::Fault;
use lattice::Lattice;
use std::f64::consts::FRAC_1_SQRT_2;
use std::ops::Range as Span;

/// One input of a space.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    Range(Range),
    Category(Category),
    Levels(Levels),
    Mixture(Mixture),
}

impl Input {
    /// Its name; a mixture's columns are named by its parts.
    pub fn name(&self) -> &str {
        match self {
            Input::Range(range) => &range.name,
            Input::Category(category) => &category.name,
            Input::Levels(levels) => &levels.name,
            Input::Mixture(mixture) => &mixture.name,
        }
    }
}

/// One column of a candidate, as a table shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub unit: Option<String>,
    /// Whether its values are numbers; of a category and of levels in words, texts.
    pub is_number: bool,
}

/// Candidates, one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    columns: usize,
    numbers: Vec<f64>,
}

impl Candidates {
    pub fn len(&self) -> usize {
        self.numbers.len().checked_div(self.columns).unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Candidate `number`; panics beyond the last.
    pub fn row(&self, number: usize) -> &[f64] {
        &self.numbers[number * self.columns..(number + 1) * self.columns]
    }

    pub fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.numbers.chunks_exact(self.columns.max(1))
    }
}

/// A search space: inputs, and constraints on them. See the head of the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    inputs: Vec<Input>,
    constraints: Vec<Constraint>,
    columns: Vec<Column>,
    places: Vec<Place>,
    /// For each constraint the columns it compares.
    compared: Vec<Vec<usize>>,
    width: usize,
}

/// Where an input stands in a candidate and in a row.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    columns: Span<usize>,
    row: Span<usize>,
    lattice: Option<Lattice>,
}

impl Space {
    /// A space of these inputs and constraints; refused where names repeat, bounds conflict, or a constraint compares what
    /// is no number of the space.
    pub fn new(inputs: Vec<Input>, constraints: Vec<Constraint>) -> Result<Space, SpaceError> {
        Space::located(inputs, constraints, &|_, _| None)
    }

    /// `line(Some(input), key)`: where a setting stands in a text; `line(None, i)`: where constraint i does.
    fn located(
        inputs: Vec<Input>,
        constraints: Vec<Constraint>,
        line: &dyn Fn(Option<usize>, &str) -> Option<usize>,
    ) -> Result<Space, SpaceError> {
        if inputs.is_empty() {
            return Err(SpaceError::of_space(
                "the space has no inputs",
                "describe each input in an [[input]]",
            ));
        }
        let mut space = Space {
            inputs: vec![],
            constraints: vec![],
            columns: vec![],
            places: vec![],
            compared: vec![],
            width: 0,
        };
        for (i, input) in inputs.into_iter().enumerate() {
            let place = |fault: Fault| {
                let at = line(Some(i), fault.key);
                fault.at(input.name(), at)
            };
            let (columns, width, lattice) = described(&input).map_err(place)?;
            for column in &columns {
                let fault =
                    |problem: String, remedy: &str| place(Fault::new("name", problem, remedy));
                if column.name.trim() != column.name || column.name.is_empty() {
                    return Err(fault(
                        format!("`{}` is no name", column.name),
                        "write a name without spaces around it",
                    ));
                }
                if space.columns.iter().any(|other| other.name == column.name)
                    || columns.iter().filter(|it| it.name == column.name).count() > 1
                {
                    return Err(fault(
                        format!("the name `{}` stands twice", column.name),
                        "give every input and every part a name of its own",
                    ));
                }
            }
            space.places.push(Place {
                columns: space.columns.len()..space.columns.len() + columns.len(),
                row: space.width..space.width + width,
                lattice,
            });
            space.width += width;
            space.columns.extend(columns);
            space.inputs.push(input);
        }
        for (i, constraint) in constraints.into_iter().enumerate() {
            let compared = space.compared(&constraint).map_err(|error| SpaceError {
                line: line(None, &i.to_string()),
                ..error
            })?;
            space.compared.push(compared);
            space.constraints.push(constraint);
        }
        Ok(space)
    }

    /// The columns that a constraint compares.
    fn compared(&self, constraint: &Constraint) -> Result<Vec<usize>, SpaceError> {
        if constraint.needs_composition() {
            return Err(SpaceError::of_space(
                format!("the constraint `{constraint}` asks for elements"),
                "compare inputs with numbers; a part that must not be there is left out",
            ));
        }
        let find = |(i, name): (usize, &String)| {
            let at = self.columns.iter().position(|column| column.name == *name);
            match at {
                Some(at) if self.columns[at].is_number => Ok(at),
                Some(_) => Err(SpaceError::of_space(
                    format!(
                        "the constraint `{constraint}` compares `{name}`, whose values are words"
                    ),
                    "compare numbers only; leave out values that are not wanted",
                )),
                None => {
                    let names = self.columns.iter().map(|column| column.name.as_str());
                    let remedy = match crate::suggest_nearest(name, names.clone()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("the inputs are {}", names.collect::<Vec<_>>().join(", ")),
                    };
                    let error = constraint.unknown_property(i, remedy.clone());
                    Err(SpaceError::of_space(
                        format!(
                            "constraint `{constraint}`, character {}: there is no input `{name}`",
                            error.position
                        ),
                        remedy,
                    ))
                }
            }
        };
        constraint
            .properties()
            .iter()
            .enumerate()
            .map(find)
            .collect()
    }

    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// The columns of a candidate: one an input, one a part of a mixture.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many numbers a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// What each number of a row is: a column's name, or `solvent=DMF` for a category.
    pub fn row_names(&self) -> Vec<String> {
        let name = |(input, place): (&Input, &Place)| -> Vec<String> {
            match input {
                Input::Category(category) => category
                    .values
                    .iter()
                    .map(|value| format!("{}={value}", category.name))
                    .collect(),
                _ => self.columns[place.columns.clone()]
                    .iter()
                    .map(|column| column.name.clone())
                    .collect(),
            }
        };
        self.inputs
            .iter()
            .zip(&self.places)
            .flat_map(name)
            .collect()
    }

    /// Writes a candidate as a row of `width()` numbers in [0, 1] (beyond for numbers beyond the bounds).
    pub fn encode(&self, candidate: &[f64], row: &mut [f64]) {
        for (input, place) in self.inputs.iter().zip(&self.places) {
            let values = &candidate[place.columns.clone()];
            let row = &mut row[place.row.clone()];
            match input {
                Input::Range(range) => row[0] = range.encode(values[0]),
                Input::Levels(levels) => row[0] = levels.encode(values[0]),
                Input::Category(_) => {
                    row.fill(0.0);
                    if let Some(holds) = row.get_mut(values[0] as usize) {
                        *holds = FRAC_1_SQRT_2;
                    }
                }
                Input::Mixture(mixture) => {
                    for (place, amount) in row.iter_mut().zip(values) {
                        *place = amount / mixture.total;
                    }
                }
            }
        }
    }

    /// All candidates as rows, one after the other (`len x width()`).
    pub fn encode_all(&self, candidates: &Candidates) -> Vec<f64> {
        let mut rows = vec![0.0; candidates.len() * self.width];
        for (candidate, row) in candidates.rows().zip(rows.chunks_exact_mut(self.width)) {
            self.encode(candidate, row);
        }
        rows
    }

    /// The candidate of a row: exactly the one it was encoded from if the space made that one. Of other rows, each column's
    /// nearest value; see [`Space::check`].
    pub fn decode(&self, row: &[f64]) -> Vec<f64> {
        let mut candidate = vec![0.0; self.columns.len()];
        for (input, place) in self.inputs.iter().zip(&self.places) {
            let values = &mut candidate[place.columns.clone()];
            let row = &row[place.row.clone()];
            match input {
                Input::Range(range) => values[0] = range.decode(row[0]),
                Input::Levels(levels) => values[0] = levels.decode(row[0]),
                Input::Category(_) => {
                    let mut best = 0;
                    for (i, place) in row.iter().enumerate() {
                        if *place > row[best] {
                            best = i;
                        }
                    }
                    values[0] = best as f64;
                }
                Input::Mixture(mixture) => {
                    if let Some(lattice) = &place.lattice {
                        for (value, fraction) in values.iter_mut().zip(row) {
                            *value = lattice.amount(lattice.units_of(fraction * mixture.total));
                        }
                    }
                }
            }
        }
        candidate
    }

    /// Whether a candidate is of this space: its bounds, steps, sums and constraints; what is wrong if not.
    pub fn check(&self, candidate: &[f64]) -> Result<(), SpaceError> {
        if candidate.len() != self.columns.len() {
            return Err(SpaceError::of_space(
                format!(
                    "a candidate of {} values is none of {} columns",
                    candidate.len(),
                    self.columns.len()
                ),
                "give one value for each column",
            ));
        }
        for (input, place) in self.inputs.iter().zip(&self.places) {
            let values = &candidate[place.columns.clone()];
            let wrong = match input {
                Input::Range(range) => (range.nearest(values[0]) != values[0]).then(|| {
                    let step = range
                        .step
                        .map_or(String::new(), |step| format!(" in steps of {step}"));
                    format!(
                        "{} is not from {} to {}{step}",
                        values[0], range.low, range.high
                    )
                }),
                Input::Category(Category { values: known, .. })
                | Input::Levels(Levels { values: known, .. }) => {
                    let whole = values[0] >= 0.0 && values[0].fract() == 0.0;
                    (!whole || values[0] >= known.len() as f64).then(|| {
                        format!(
                            "{} is not the index of one of {} values",
                            values[0],
                            known.len()
                        )
                    })
                }
                Input::Mixture(mixture) => place.lattice.as_ref().and_then(|lattice| {
                    let units: Vec<i64> = values.iter().map(|&v| lattice.units_of(v)).collect();
                    let off = values
                        .iter()
                        .zip(&units)
                        .find(|(v, u)| lattice.amount(**u) != **v);
                    match off {
                        Some((value, _)) => Some(format!(
                            "{value} is no whole number of steps from 0 to {}",
                            mixture.total
                        )),
                        None => lattice.problem(&units, &mixture.parts),
                    }
                }),
            };
            if let Some(problem) = wrong {
                return Err(SpaceError::of_input(
                    input.name(),
                    problem,
                    "take a candidate of the space",
                ));
            }
        }
        for (constraint, compared) in self.constraints.iter().zip(&self.compared) {
            if self.verdicts(constraint, compared, candidate)[0] != Verdict::Satisfied {
                return Err(SpaceError::of_space(
                    format!("the constraint `{constraint}` does not hold"),
                    "take a candidate that satisfies it",
                ));
            }
        }
        Ok(())
    }

    /// What a constraint says of candidates, one after the other.
    fn verdicts(
        &self,
        constraint: &Constraint,
        compared: &[usize],
        candidates: &[f64],
    ) -> Vec<Verdict> {
        let rows = candidates.len() / self.columns.len();
        let column = |at: &usize| -> Vec<f64> {
            let levels =
                self.inputs
                    .iter()
                    .zip(&self.places)
                    .find_map(|(input, place)| match input {
                        Input::Levels(levels) if place.columns.start == *at => {
                            levels.numbers.as_ref()
                        }
                        _ => None,
                    });
            let values = candidates
                .chunks_exact(self.columns.len())
                .map(|row| row[*at]);
            match levels {
                Some(numbers) => values
                    .map(|index| numbers.get(index as usize).copied().unwrap_or(f64::NAN))
                    .collect(),
                None => values.collect(),
            }
        };
        let columns: Vec<Vec<f64>> = compared.iter().map(column).collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        constraint.evaluate(rows, &slices, |_| None)
    }

    /// Leaves of candidates, one after the other, those that satisfy every constraint.
    fn retain_allowed(&self, candidates: &mut Vec<f64>) {
        for (constraint, compared) in self.constraints.iter().zip(&self.compared) {
            let verdicts = self.verdicts(constraint, compared, candidates);
            let mut kept = Vec::with_capacity(candidates.len());
            for (row, verdict) in candidates.chunks_exact(self.columns.len()).zip(verdicts) {
                if verdict == Verdict::Satisfied {
                    kept.extend_from_slice(row);
                }
            }
            *candidates = kept;
        }
    }
}

/// An input's columns, how many numbers of a row it takes, and a mixture's lattice.
fn described(input: &Input) -> Result<(Vec<Column>, usize, Option<Lattice>), Fault> {
    let column = |name: &str, unit: &Option<String>, is_number: bool| Column {
        name: name.to_owned(),
        unit: unit.clone(),
        is_number,
    };
    Ok(match input {
        Input::Range(range) => {
            range.check()?;
            (vec![column(&range.name, &range.unit, true)], 1, None)
        }
        Input::Category(category) => {
            category.check()?;
            let columns = vec![column(&category.name, &None, false)];
            (columns, category.values.len(), None)
        }
        Input::Levels(levels) => {
            levels.check()?;
            let is_number = levels.numbers.is_some();
            (vec![column(&levels.name, &levels.unit, is_number)], 1, None)
        }
        Input::Mixture(mixture) => {
            let lattice = mixture.lattice()?;
            let part = |part: &Part| column(&part.name, &mixture.unit, true);
            (
                mixture.parts.iter().map(part).collect(),
                mixture.parts.len(),
                Some(lattice),
            )
        }
    })
}

#[cfg(test)]
mod tests;
