//! What a user says of a new campaign, of a lab and of results, as values that commands carry.

use crate::error::WorkbenchError;
use crate::project::ObjectiveChoice;
use ::campaign::CampaignError;
use ::campaign::lab::{LabChoice, Origin, Patience, RunOptions, TableLabOptions, Until};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// A new campaign over the candidates that are open, or over a design space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CampaignSettings {
    /// What is measured or predicted, and wanted. A name that no candidate has a value of is asked for in the worksheets;
    /// its unit stands behind it, as in `yield [%]`.
    pub objectives: Vec<ObjectiveChoice>,
    /// On inputs, predictions or outcomes, as they are written under the objectives.
    pub constraints: Vec<String>,
    /// A design space (TOML) instead of the candidates that are open.
    pub space: Option<PathBuf>,
    /// Columns that are no inputs.
    pub ignored: Vec<String>,
    /// Suggestions in a round.
    pub batch: u32,
    /// Candidates that are tried before a model is asked.
    pub initial: u32,
    /// How many of the best candidates are wanted, from 1; one of a hundred where nothing is said.
    pub leads: Option<u32>,
    /// Experiments, or the sum of the cost column.
    pub budget: Option<f64>,
    pub cost: Option<String>,
    /// Values of the objectives that the table has are not looked at, so that it can be replayed.
    pub blind: bool,
    pub seed: u64,
    /// By its name on the command line.
    pub acquisition: String,
}

impl CampaignSettings {
    /// How candidates can be chosen, by the names of the command line.
    pub const METHODS: [&str; 9] = [
        "auto",
        "logei",
        "lognei",
        "lognehvi",
        "lognparego",
        "thompson",
        "integrated-variance",
        "random",
        "sobol",
    ];
}

impl Default for CampaignSettings {
    fn default() -> Self {
        Self {
            objectives: Vec::new(),
            constraints: Vec::new(),
            space: None,
            ignored: Vec::new(),
            batch: 1,
            initial: 5,
            leads: None,
            budget: None,
            cost: None,
            blind: false,
            seed: 0,
            acquisition: "auto".to_owned(),
        }
    }
}

/// Where a lab's numbers come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabOrigin {
    #[default]
    Unstated,
    Measured,
    Computed,
}

impl LabOrigin {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Unstated, Self::Measured, Self::Computed];
}

/// A lab, and how long it is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabSettings {
    /// `table:FILE`, `command:PROGRAM` or `rest:URL`.
    pub lab: String,
    /// Rounds of this run at most; `None`: until something else ends it.
    pub rounds: Option<u32>,
    /// Suggestions in a round; `None`: as the campaign has it.
    pub count: Option<u32>,
    /// `budget`, `stalled:N` or `target:CONDITION`; empty: nothing but rounds, budget and candidates.
    pub until: String,
    pub origin: LabOrigin,
    /// Of a table: how far its row may be from what is ordered, as a share of each column's range.
    pub tolerance: f64,
    /// Seconds that one experiment is waited for.
    pub answer: f64,
    /// Seconds between two questions what became of it.
    pub poll: f64,
    /// Seconds that a lab may be away.
    pub away: f64,
}

impl Default for LabSettings {
    fn default() -> Self {
        let patience = Patience::default();
        Self {
            lab: String::new(),
            rounds: Some(10),
            count: None,
            until: String::new(),
            origin: LabOrigin::default(),
            tolerance: 0.0,
            answer: patience.answer.as_secs_f64(),
            poll: patience.poll.as_secs_f64(),
            away: patience.away.as_secs_f64(),
        }
    }
}

impl LabSettings {
    /// The lab's kind and address.
    pub(super) fn choice(&self) -> Result<LabChoice, WorkbenchError> {
        let choice = self.lab.trim().parse::<LabChoice>();
        let choice = choice.map_err(|error| WorkbenchError::Lab(error.to_string()))?;
        match choice {
            LabChoice::Manual => Err(WorkbenchError::Lab(
                "a person is not waited for: write a worksheet, and take in the results".to_owned(),
            )),
            choice => Ok(choice),
        }
    }

    pub(super) fn table_options(&self) -> TableLabOptions {
        TableLabOptions {
            tolerance: self.tolerance,
            origin: match self.origin {
                LabOrigin::Unstated => Origin::Unstated,
                LabOrigin::Measured => Origin::Measured,
                LabOrigin::Computed => Origin::Computed,
            },
        }
    }

    pub(super) fn options(&self) -> Result<RunOptions, WorkbenchError> {
        let seconds = |what: &str, value: f64| {
            let time = Duration::try_from_secs_f64(value);
            let wrong = |_| {
                WorkbenchError::Lab(format!("{what}: {value} is no number of seconds from 0 on"))
            };
            time.map_err(wrong)
        };
        let until = match self.until.trim() {
            "" => Vec::new(),
            text => vec![
                text.parse::<Until>()
                    .map_err(|error: CampaignError| WorkbenchError::Campaign(Box::new(error)))?,
            ],
        };
        Ok(RunOptions {
            until,
            max_rounds: self.rounds,
            count: self.count,
            patience: Patience {
                answer: seconds("time for an answer", self.answer)?,
                poll: seconds("time between questions", self.poll)?,
                away: seconds("time that the lab may be away", self.away)?,
                ..Patience::default()
            },
        })
    }
}

/// Results of one suggestion, as they are typed in. Empty texts are not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedResult {
    pub suggestion: String,
    /// Value and standard deviation of each outcome that is measured, in their order and the campaign's units.
    pub values: Vec<[String; 2]>,
    /// `measured`, `failed`, `abandoned`, `pending`, or empty.
    pub status: String,
    pub note: String,
}

impl TypedResult {
    /// Whether anything is filled in.
    pub fn says_something(&self) -> bool {
        let typed = |text: &String| !text.trim().is_empty();
        typed(&self.status) || typed(&self.note) || self.values.iter().flatten().any(typed)
    }
}

/// The parts of the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignPage {
    #[default]
    Overview,
    Suggestions,
    Results,
    Lab,
    History,
    Drill,
}

impl CampaignPage {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Overview,
        Self::Suggestions,
        Self::Results,
        Self::Lab,
        Self::History,
        Self::Drill,
    ];
}

/// The plots of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignPlot {
    /// The best so far, or the front's volume by round.
    Convergence,
    /// The first two objectives, the measured front marked.
    Front,
    /// Predicted over observed of an outcome, by its place among those that were predicted.
    Calibration(usize),
}
