//! A campaign as it is seen: everything that panels show of it, taken at one moment.

use crate::chart::{FrontPlot, Parity, Trace};
use ::campaign::progress::{self, Foretold, Measured};
use ::campaign::{
    Budget, Campaign, Candidate, Dependents, Event, Record, State, dependents, label, sentence,
};
use plugin_host::Origin;
use std::collections::HashMap;
use std::path::PathBuf;

/// A campaign at one moment.
#[derive(Debug)]
pub struct CampaignView {
    pub path: PathBuf,
    /// What its events amount to.
    pub state: State,
    records: Vec<Record>,
    /// What it is about, in a sentence.
    pub about: String,
    /// The hash of the last event.
    pub head: String,
    /// How many candidates may be chosen.
    pub candidates: usize,
    /// The inputs with their units.
    pub inputs: Vec<String>,
    /// The outcomes with their units, and whether each is measured (or predicted beforehand).
    pub outcomes: Vec<(String, bool)>,
    /// What may be spent, where that is limited, and what was.
    pub limit: Option<f64>,
    pub budget: Budget,
    pub suggestions: Vec<SuggestionView>,
    /// Candidates that were measured.
    pub measured: usize,
    /// The best of them, or the front.
    pub best: Vec<BestView>,
    /// Of one objective: its values and the best so far; of several: the volume of the front by round.
    pub convergence: Option<Trace>,
    pub front: Option<FrontPlot>,
    pub calibration: Vec<Calibration>,
    pub history: Vec<HistoryLine>,
}

/// A suggestion, why it was made and what became of it.
#[derive(Clone, Debug)]
pub struct SuggestionView {
    pub id: String,
    /// The event that made it, and its entry there (from 1).
    pub event: u64,
    pub entry: u32,
    pub round: usize,
    pub method: String,
    /// A text for each input.
    pub cells: Vec<String>,
    /// `open`, `pending`, `partial`, `measured`, `failed` or `abandoned`.
    pub standing: &'static str,
    /// Mean and standard deviation of each outcome before it was measured; NaN where no model was asked.
    pub expected: Vec<(f64, f64)>,
    /// What was measured: mean and standard error; NaN not known.
    pub observed: Vec<(f64, f64)>,
    /// The probability to satisfy every bound and to be viable.
    pub feasible: f64,
    /// Of the objective, or of the front's volume; NaN where no model was asked.
    pub improvement: f64,
    pub acquisition: f64,
    /// The nearest candidate that was tried, and its distance in the space of inputs.
    pub nearest: Option<(String, f64)>,
    /// Inputs and their shares of all that moves the expected outcomes here.
    pub drivers: Vec<(String, f64)>,
    /// All this in a sentence.
    pub why: String,
    /// The lab that has it.
    pub lab: Option<String>,
}

/// One of the best.
#[derive(Clone, Debug)]
pub struct BestView {
    pub suggestion: Option<String>,
    pub cells: Vec<String>,
    pub values: Vec<(f64, f64)>,
}

/// How right the predictions of an outcome were that were made before it was measured.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The outcome with its unit.
    pub label: String,
    pub parity: Parity,
    /// How many of them lay within their central 50 % and 90 % intervals.
    pub within: [usize; 2],
    /// Root mean square error, in the outcome's unit.
    pub rmse: f64,
}

/// An event.
#[derive(Clone, Debug)]
pub struct HistoryLine {
    pub number: u64,
    /// When it was acknowledged, in UTC.
    pub at: String,
    pub text: String,
    /// The first digits of its hash.
    pub hash: String,
    /// It does not count any more.
    pub struck: bool,
    /// Entries that do not count any more, from 1.
    pub struck_entries: Vec<u32>,
    /// How many entries can be retracted alone.
    pub entries: u32,
    /// Whether it can be retracted.
    pub can_retract: bool,
    /// Whether it is a retraction, which is taken back by retracting it.
    pub is_retraction: bool,
}

/// Of a normal distribution, half lies between these standard scores, and nine tenths.
const SCORES: [f64; 2] = [0.674_489_750_196_081_7, 1.644_853_626_951_472_2];

impl CampaignView {
    /// A campaign as it is now.
    pub(crate) fn of(campaign: &Campaign) -> Self {
        let (state, pool) = (campaign.state(), campaign.pool());
        let measured = progress::measured(state);
        let best = progress::best(state, &measured);
        let records = campaign.records().to_vec();
        let outcomes = state.created.outcomes.iter();
        Self {
            path: campaign.path().to_path_buf(),
            about: sentence(&Event::Created(Box::new(state.created.clone()))),
            head: records.last().map(Record::hash_hex).unwrap_or_default(),
            candidates: pool.kept.len(),
            inputs: pool
                .inputs
                .iter()
                .map(|input| screening::label(&input.name, &input.unit))
                .collect(),
            outcomes: outcomes.map(|o| (label(o), !o.known)).collect(),
            limit: state.created.budget.map(|budget| budget.0),
            budget: Budget::of(state, pool),
            suggestions: suggestions(campaign, &measured),
            measured: measured.len(),
            best: best
                .iter()
                .map(|&at| BestView {
                    suggestion: measured[at].suggestion.clone(),
                    cells: made(campaign, &measured[at]),
                    values: measured[at].values.clone(),
                })
                .collect(),
            convergence: convergence(state, &measured),
            front: front(state, &measured, &best),
            calibration: calibration(state),
            history: history(&records, state),
            state: state.clone(),
            records,
        }
    }

    /// The name of the file without its ending.
    pub fn name(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    /// Experiments that count, of whatever outcome.
    pub fn observations(&self) -> usize {
        self.state.experiments.len()
    }

    /// The suggestions of which nothing is known yet.
    pub fn open(&self) -> impl Iterator<Item = &SuggestionView> {
        let open = |s: &&SuggestionView| matches!(s.standing, "open" | "pending");
        self.suggestions.iter().filter(open)
    }

    /// What was built on an event, or on one of its entries (from 1), while it counted.
    pub fn dependents(&self, event: u64, entry: Option<u32>) -> Dependents {
        dependents(&self.records, event, entry)
    }
}

fn made(campaign: &Campaign, one: &Measured) -> Vec<String> {
    let made = one.made.clone();
    made.unwrap_or_else(|| campaign.pool().cells(&one.candidate))
}

fn suggestions(campaign: &Campaign, measured: &[Measured]) -> Vec<SuggestionView> {
    let (state, pool) = (campaign.state(), campaign.pool());
    let answers = measured.iter();
    let answers = answers.filter_map(|one| Some((one.suggestion.as_deref()?, one)));
    let answers: HashMap<&str, &Measured> = answers.collect();
    let name_of = |candidate: &Candidate| {
        let same = |s: &&::campaign::Suggestion| s.pick.candidate == *candidate;
        match (state.suggestions.iter().find(same), candidate) {
            (Some(suggestion), _) => suggestion.pick.id.clone(),
            (None, Candidate::Row(row)) => format!("row {}", row + 1),
            (None, Candidate::Cells(cells)) => cells.join(", "),
        }
    };
    let entry_of = |event: u64, id: &str| {
        let record = campaign.records().get(event as usize - 1);
        let place = match record.map(|record| &record.event) {
            Some(Event::Suggested(suggested)) => suggested.picks.iter().position(|p| p.id == id),
            _ => None,
        };
        place.map_or(1, |place| place as u32 + 1)
    };
    let all = state.suggestions.iter().map(|suggestion| {
        let pick = &suggestion.pick;
        let answer = answers.get(pick.id.as_str());
        let unknown = || vec![(f64::NAN, f64::NAN); state.created.outcomes.len()];
        SuggestionView {
            id: pick.id.clone(),
            event: suggestion.event,
            entry: entry_of(suggestion.event, &pick.id),
            round: suggestion.round,
            method: suggestion.method.clone(),
            cells: pool.cells(&pick.candidate),
            standing: suggestion.standing(state),
            expected: pick
                .mean
                .iter()
                .zip(&pick.std)
                .map(|(mean, std)| (mean.0, std.0))
                .collect(),
            observed: answer.map_or_else(unknown, |one| one.values.clone()),
            feasible: pick.feasible.0,
            improvement: pick.improvement.0,
            acquisition: pick.acquisition.0,
            nearest: pick
                .nearest
                .as_ref()
                .map(|near| (name_of(&near.candidate), near.distance.0)),
            drivers: pick
                .drivers
                .iter()
                .map(|(name, share)| (name.clone(), share.0))
                .collect(),
            why: pick.why.clone(),
            lab: suggestion.submitted.as_ref().map(|(lab, _)| lab.clone()),
        }
    });
    all.collect()
}

/// Measured, or computed where a lab said so of any of them.
fn origin(state: &State) -> Origin {
    let computed = ::campaign::lab::Origin::Computed.to_string();
    let says = |note: &String| note.starts_with(&computed);
    let any = state
        .experiments
        .iter()
        .any(|e| e.note.as_ref().is_some_and(says));
    match any {
        true => Origin::Computed,
        false => Origin::Measured,
    }
}

fn convergence(state: &State, measured: &[Measured]) -> Option<Trace> {
    let objectives = progress::objectives(state);
    if let [(k, _)] = objectives.as_slice() {
        let outcome = &state.created.outcomes[*k];
        return (!measured.is_empty()).then(|| Trace {
            x: "candidates measured".to_owned(),
            y: outcome.name.clone(),
            unit: outcome.unit.clone(),
            origin: origin(state),
            points: (1..)
                .zip(measured)
                .map(|(at, one)| (f64::from(at), one.values[*k].0, one.values[*k].1))
                .collect(),
            steps: (1..)
                .zip(progress::running_best(state, measured))
                .map(|(at, value)| (f64::from(at), value))
                .collect(),
        });
    }
    let volumes = state.hypervolumes.iter();
    let volumes: Vec<(f64, f64)> = volumes
        .map(|&(round, volume)| (round as f64, volume))
        .collect();
    (!volumes.is_empty()).then(|| Trace {
        x: "round".to_owned(),
        y: "hypervolume of the measured front".to_owned(),
        unit: String::new(),
        origin: origin(state),
        points: volumes.iter().map(|&(x, y)| (x, y, f64::NAN)).collect(),
        steps: volumes,
    })
}

fn front(state: &State, measured: &[Measured], best: &[usize]) -> Option<FrontPlot> {
    let objectives = progress::objectives(state);
    let [(a, x), (b, y), ..] = objectives.as_slice() else {
        return None;
    };
    let axis = |k: usize| {
        let outcome = &state.created.outcomes[k];
        (outcome.name.clone(), outcome.unit.clone())
    };
    Some(FrontPlot {
        axes: [axis(*a), axis(*b)],
        // Of more objectives the front is no staircase in the plane of the first two.
        directions: (objectives.len() == 2).then_some([*x, *y]),
        origin: origin(state),
        points: measured
            .iter()
            .map(|one| (one.values[*a], one.values[*b]))
            .collect(),
        front: best.to_vec(),
    })
}

fn calibration(state: &State) -> Vec<Calibration> {
    let all = progress::foretold(state);
    let outcomes = state.created.outcomes.iter().enumerate();
    let of_each = outcomes.filter_map(|(k, outcome)| {
        let of: Vec<&Foretold> = all.iter().filter(|f| f.outcome == k).collect();
        if of.is_empty() {
            return None;
        }
        let score = |f: &&&Foretold| ((f.observed - f.mean) / f.std).abs();
        let squares = of.iter().map(|f| (f.observed - f.mean).powi(2));
        Some(Calibration {
            label: label(outcome),
            within: SCORES.map(|z| of.iter().filter(|f| score(f) <= z).count()),
            rmse: (squares.sum::<f64>() / of.len() as f64).sqrt(),
            parity: Parity {
                name: outcome.name.clone(),
                unit: outcome.unit.clone(),
                observed: of.iter().map(|f| f.observed).collect(),
                predicted: of.iter().map(|f| f.mean).collect(),
                std: of.iter().map(|f| f.std).collect(),
            },
        })
    });
    of_each.collect()
}

fn history(records: &[Record], state: &State) -> Vec<HistoryLine> {
    let line = |record: &Record| {
        let (entries, can_retract) = match &record.event {
            Event::Observed(observed) => (observed.entries.len() as u32, true),
            Event::Suggested(suggested) => (suggested.picks.len() as u32, true),
            Event::Retracted(_) => (0, true),
            Event::Created(_) | Event::Exported(_) | Event::Lab(_) => (0, false),
        };
        let struck = state.struck.contains(&(record.number, 0));
        let hash = record.hash_hex();
        HistoryLine {
            number: record.number,
            at: record.at.clone(),
            text: sentence(&record.event),
            hash: hash.get(..12).unwrap_or_default().to_owned(),
            struck,
            struck_entries: (1..=entries)
                .filter(|&entry| state.struck.contains(&(record.number, entry)))
                .collect(),
            entries,
            can_retract: can_retract && !struck,
            is_retraction: matches!(record.event, Event::Retracted(_)),
        }
    };
    records.iter().map(line).collect()
}
