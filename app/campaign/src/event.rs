//! What can happen to a campaign. Events are only ever added; [`crate::State`] is what they amount to.

use crate::number::Number;
use optimize::Direction;
use optimize::suggest::{Certificate, ModelReport, ViabilityReport};
use serde::{Deserialize, Serialize};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    Created(Box<Created>),
    Suggested(Box<Suggested>),
    Observed(Observed),
    Retracted(Retracted),
    Exported(Exported),
    Lab(LabEvent),
}

/// What the campaign is about. The first event, and the only one of its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// The version of the program that began it.
    pub program: String,
    pub candidates: Candidates,
    /// What is measured, or known of every candidate, and what is wanted of it.
    pub outcomes: Vec<Outcome>,
    /// Constraints on the candidates as the user wrote them; those on outcomes stand with the outcomes.
    pub constraints: Vec<String>,
    /// Suggestions in a round, unless asked otherwise.
    pub batch: u32,
    /// How many candidates are tried before a model is asked.
    pub initial: u32,
    /// How many of the best candidates are wanted; without it one of a hundred, and the best alone of a space too large to be
    /// listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads: Option<u32>,
    /// What may be spent: in the cost column's unit, or experiments where there is none.
    pub budget: Option<Number>,
    /// The column of the candidates that holds what each costs.
    pub cost: Option<String>,
    pub seed: u64,
    /// How candidates are chosen after the initial ones, by its name on the command line.
    pub acquisition: String,
    /// A point that every wanted combination of objectives beats, in their order and units; without it, it is taken from
    /// the data by the first suggestion that needs it, and kept from then on.
    pub reference: Option<Vec<Number>>,
}

impl Created {
    /// The outcomes that are measured, with their places among all.
    pub fn measured(&self) -> impl Iterator<Item = (usize, &Outcome)> {
        let all = self.outcomes.iter().enumerate();
        all.filter(|(_, outcome)| !outcome.known)
    }

    /// Those, and what is known beforehand and aimed at.
    pub fn told(&self) -> impl Iterator<Item = (usize, &Outcome)> {
        let all = self.outcomes.iter().enumerate();
        all.filter(|(_, outcome)| !outcome.known || outcome.aim.is_some())
    }

    /// What plugins and models predicted of the candidates.
    pub fn predicted(&self) -> &[Predicted] {
        match &self.candidates {
            Candidates::Pool(source) => &source.predicted,
            Candidates::Space(source) => &source.predicted,
        }
    }
}

/// Where candidates come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Candidates {
    Pool(PoolSource),
    Space(SpaceSource),
}

/// A design space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpaceSource {
    /// The file as it was named.
    pub file: String,
    /// Of its description (TOML), which is among the contents.
    pub sha256: String,
    /// How many candidates were listed, or drawn by the campaign's seed.
    pub candidates: u64,
    /// The SHA-256 of their numbers, as [`PoolSource::points`].
    pub points: String,
    /// As [`PoolSource::predicted`], of the candidates in the order in which they were listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predicted: Vec<Predicted>,
}

/// A table of candidates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoolSource {
    /// The file as it was named.
    pub file: String,
    /// `csv`, `tsv` or `parquet`.
    pub format: String,
    pub sha256: String,
    /// Where the file lies if it is too large to be among the contents.
    pub beside: Option<String>,
    /// Rows of the table.
    pub rows: u64,
    /// The rows that may be chosen: those that can be read and satisfy the constraints. None: all.
    pub kept: Option<u64>,
    /// The columns that candidates are told apart by, in the order of the table.
    pub inputs: Vec<Input>,
    /// The column of formulas, where compositions are an input.
    pub formula: Option<String>,
    /// What plugins and models predicted of every row when the campaign began, in order; each is among the contents.
    pub predicted: Vec<Predicted>,
    /// The SHA-256 of the rows that may be chosen with their numbers, by which a replay knows that it stands on the same.
    pub points: String,
    /// Of a large pool: the file in the campaign's folder that holds its numbers and texts in blocks, and the SHA-256 of that
    /// file's header and directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf: Option<(String, String)>,
}

/// A column of the pool that describes a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    pub name: String,
    /// Empty where the header states none.
    pub unit: String,
    pub kind: InputKind,
}

/// What a column of inputs holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    Number,
    Category,
    Formula,
}

/// A property that a plugin or model predicted of every row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Predicted {
    pub name: String,
    pub unit: String,
    /// By which plugin or model, of which version or hash.
    pub by: String,
    /// Means and then standard deviations, little-endian 64-bit floats, one a row of the table.
    pub sha256: String,
    /// Whether it is among the inputs of the surrogate.
    pub input: bool,
}

/// Something that is measured, or known of every candidate, and what is wanted of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub name: String,
    /// Empty for a pure number or where none is stated.
    pub unit: String,
    /// The objective; none where there are only bounds.
    pub aim: Option<Aim>,
    pub at_least: Option<Number>,
    pub at_most: Option<Number>,
    /// Not measured but predicted beforehand, by a column of [`PoolSource::predicted`] of the same name.
    pub known: bool,
    /// The predicted property that the surrogate takes as its prior mean, learning what is left.
    pub prior: Option<String>,
}

/// Which values of an outcome are better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    Maximize,
    Minimize,
    Target(Number),
}

impl From<Direction> for Aim {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Maximize => Self::Maximize,
            Direction::Minimize => Self::Minimize,
            Direction::Target(value) => Self::Target(Number(value)),
        }
    }
}

impl From<Aim> for Direction {
    fn from(aim: Aim) -> Self {
        match aim {
            Aim::Maximize => Self::Maximize,
            Aim::Minimize => Self::Minimize,
            Aim::Target(value) => Self::Target(value.0),
        }
    }
}

/// Candidates chosen to be made or measured, and all that is needed to choose them again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggested {
    /// The version of the program that chose; none: an earlier one, which did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// The number of the last event that was known.
    pub saw: u64,
    pub asked: u32,
    /// The acquisition function that was asked for.
    pub wanted: String,
    /// The one that was used, or `sobol` or `random` for the initial ones.
    pub method: String,
    pub seed: u64,
    /// The reference point that was used, in the objectives' order and units.
    pub reference: Option<Vec<Number>>,
    pub picks: Vec<Pick>,
    /// What was fitted, one for each outcome.
    pub models: Vec<ModelReport>,
    pub viability: Option<ViabilityReport>,
    pub certificate: Option<Certificate>,
    /// The hypervolume of the front at that time, in the product of the (transformed) objectives' units.
    pub hypervolume: Option<f64>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// `s1`, `s2`, ...: counted over the campaign.
    pub id: String,
    pub candidate: Candidate,
    /// What was expected, in the order of [`Created::outcomes`]; NaN where no model was asked.
    pub mean: Vec<Number>,
    pub std: Vec<Number>,
    /// The value of the acquisition function, NaN where none was asked.
    pub acquisition: Number,
    /// The probability to satisfy every bound and to be viable.
    pub feasible: Number,
    /// The expected improvement, of the objective or of the front's volume.
    pub improvement: Number,
    /// The candidate nearest to it that was tried, and how far it is in the space of inputs.
    pub nearest: Option<Nearest>,
    /// What the model believes to matter most here: input and share.
    pub drivers: Vec<(String, Number)>,
    /// All this in a sentence.
    pub why: String,
    /// How it was chosen, where that differs from the others of its round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}

/// A candidate that was tried before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Nearest {
    pub candidate: Candidate,
    pub distance: Number,
}

/// A candidate: a row of the pool, or values for every input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Candidate {
    /// A row of the pool's table, from 0.
    Row(u32),
    /// A text for each input, in their order.
    Cells(Vec<String>),
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub source: Source,
    pub entries: Vec<Entry>,
}

/// Where observations come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// The pool had them when the campaign began.
    Pool,
    File {
        name: String,
        sha256: String,
    },
    Lab {
        lab: String,
        job: String,
        /// Whether its numbers are measured or computed; not stated where it is not said.
        #[serde(default, skip_serializing_if = "is_unstated")]
        origin: Origin,
    },
}

/// Where a lab's numbers come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Measured,
    Computed,
    #[default]
    Unstated,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Measured => "measured",
            Self::Computed => "computed",
            Self::Unstated => "origin not stated",
        })
    }
}

fn is_unstated(origin: &Origin) -> bool {
    *origin == Origin::Unstated
}

/// One experiment, or one more reading of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What was to be made.
    pub candidate: Candidate,
    /// The suggestion that it answers, if any.
    pub suggestion: Option<String>,
    /// 1, 2, ... of the same candidate and suggestion.
    pub replicate: u32,
    /// What was made instead, a text for each input.
    pub made: Option<Vec<String>>,
    pub status: Status,
    pub values: Vec<Reading>,
    /// What the person or the lab remarked.
    pub note: Option<String>,
}

/// What became of an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It gave what it gave; an outcome without a reading is missing or comes later.
    Measured,
    /// It was tried and did not work, which says something of the candidate.
    Failed,
    /// It was not tried and will not be, which says nothing of the candidate.
    Abandoned,
    /// It is under way.
    Pending,
}

/// A number that was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Its place in [`Created::outcomes`].
    pub outcome: u32,
    pub value: Number,
    /// Its standard deviation; NaN unknown.
    pub std: Number,
}

/// An event, or one entry of it, that counts no longer. Retracting a retraction makes it count again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retracted {
    pub event: u64,
    /// Which of its entries or picks, from 1; none: all of it.
    pub entry: Option<u32>,
    pub reason: String,
}

/// A file that was written for others to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// `csv`, `crate` or `report`.
    pub what: String,
    pub file: String,
    pub sha256: String,
    /// The number of the last event that it tells of.
    pub saw: u64,
}

/// What passes between a campaign and a lab. What a lab measured is an [`Observed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum LabEvent {
    /// Written before anything is sent: after a crash it tells what may be under way, by a key that the lab is given too.
    Submitting {
        lab: String,
        key: String,
        suggestions: Vec<String>,
    },
    /// The lab took them; a job for each suggestion, in the same order.
    Submitted { key: String, jobs: Vec<String> },
    /// Something that came and does not count, or did not come: `late`, `twice`, `wrong`, `timeout`, `lost`, ...
    Noted {
        lab: String,
        job: Option<String>,
        suggestion: Option<String>,
        what: String,
        detail: String,
    },
    /// The loop ended, and why.
    Stopped { lab: String, why: String },
}
