//! What the events amount to: a fold, from the first to any one of them.

use crate::event::{
    Candidate, Created, Entry, Event, Exported, LabEvent, Pick, Source, Status, Suggested,
};
use crate::{CampaignError, Record};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A campaign as it stands after some event.
#[derive(Clone, Debug)]
pub struct State {
    pub created: Created,
    /// When it began, in UTC.
    pub began: String,
    /// The first twelve digits of the first event's hash: the campaign's name for labs and files.
    pub id: String,
    /// The number of the last event.
    pub last: u64,
    /// All suggestions that count, in order.
    pub suggestions: Vec<Suggestion>,
    /// All experiments that count, in the order in which they were first acknowledged.
    pub experiments: Vec<Experiment>,
    /// The reference point that suggestions of several objectives are made with, once one was.
    pub reference: Option<Vec<f64>>,
    /// Rounds so far: events that suggested something.
    pub rounds: Vec<u64>,
    /// Round and hypervolume of the front that its suggestion knew, of several objectives.
    pub hypervolumes: Vec<(usize, f64)>,
    /// How many suggestions were ever made, retracted ones included: the next one's number.
    pub numbered: u64,
    pub exports: Vec<(u64, Exported)>,
    pub labs: Vec<(u64, String, LabEvent)>,
    /// What was retracted and does not count: event and entry (0: all of it).
    pub struck: Struck,
}

/// Events, and entries of them, that do not count.
pub type Struck = BTreeSet<(u64, u32)>;

/// A suggestion and what became of it.
#[derive(Clone, Debug)]
pub struct Suggestion {
    pub pick: Pick,
    /// The event that made it, the round (from 1), when and how.
    pub event: u64,
    pub round: usize,
    pub at: String,
    pub method: String,
    /// Places in [`State::experiments`] of what answers it.
    pub experiments: Vec<usize>,
    /// The lab and key that it was, or is about to be, submitted with, if any.
    pub submitted: Option<(String, String)>,
}

/// What identifies an experiment: candidate, suggestion, replicate.
pub type Key = (Candidate, Option<String>, u32);

/// One experiment: all that was told of it, the latest word on each number.
#[derive(Clone, Debug)]
pub struct Experiment {
    pub candidate: Candidate,
    pub suggestion: Option<String>,
    pub replicate: u32,
    /// Text for each input of what was made instead.
    pub made: Option<Vec<String>>,
    pub status: Status,
    /// Value and standard deviation by outcome; NaN not known.
    pub values: Vec<(f64, f64)>,
    pub note: Option<String>,
    pub source: Source,
    /// When it was first acknowledged, and by which events and entries (from 1) it was told.
    pub at: String,
    pub told: Vec<(u64, u32)>,
}

impl Experiment {
    pub fn key(&self) -> Key {
        (
            self.candidate.clone(),
            self.suggestion.clone(),
            self.replicate,
        )
    }

    /// Whether some outcome was measured.
    pub fn is_measured(&self) -> bool {
        self.status == Status::Measured && self.values.iter().any(|(value, _)| !value.is_nan())
    }
}

impl Suggestion {
    /// What became of it, in a word: `open`, `pending`, `partial`, `measured`, `failed` or `abandoned`.
    pub fn standing(&self, state: &State) -> &'static str {
        let experiments = self.experiments.iter().map(|&at| &state.experiments[at]);
        let mut word = "open";
        for experiment in experiments {
            let learned = state.created.outcomes.iter().zip(&experiment.values);
            let missing = learned
                .filter(|(outcome, (value, _))| !outcome.known && value.is_nan())
                .count();
            word = match experiment.status {
                Status::Failed => "failed",
                Status::Abandoned => "abandoned",
                Status::Pending => "pending",
                Status::Measured if missing > 0 => "partial",
                Status::Measured => return "measured",
            };
        }
        word
    }

    /// Whether nothing is known of it yet, so that it may still come.
    pub fn is_open(&self, state: &State) -> bool {
        matches!(self.standing(state), "open" | "pending")
    }
}

impl State {
    /// The state after event number `until`.
    ///
    /// # Errors
    /// There is no event, or the first is not that a campaign was made.
    pub fn until(records: &[Record], until: u64) -> Result<Self, CampaignError> {
        let records = &records[..records.len().min(until as usize)];
        let first = records.first();
        let Some((first, Event::Created(created))) = first.map(|record| (record, &record.event))
        else {
            return Err(CampaignError::Event {
                number: 1,
                why: "it does not say what the campaign is about".to_owned(),
            });
        };
        let mut state = Self {
            created: (**created).clone(),
            began: first.at.clone(),
            id: first.hash_hex()[..12].to_owned(),
            last: records.last().map_or(0, |record| record.number),
            suggestions: Vec::new(),
            experiments: Vec::new(),
            reference: None,
            rounds: Vec::new(),
            hypervolumes: Vec::new(),
            numbered: 0,
            exports: Vec::new(),
            labs: Vec::new(),
            struck: struck(records),
        };
        if let Some(reference) = &created.reference {
            state.reference = Some(crate::number::values(reference));
        }
        let mut places: HashMap<Key, usize> = HashMap::new();
        for record in &records[1..] {
            match &record.event {
                Event::Created(_) => {
                    return Err(CampaignError::Event {
                        number: record.number,
                        why: "a campaign begins only once".to_owned(),
                    });
                }
                Event::Suggested(suggested) => state.suggest(record, suggested),
                Event::Observed(observed) => {
                    for (place, entry) in (1..).zip(&observed.entries) {
                        if !state.is_struck(record.number, place) {
                            state.observe(&mut places, record, place, entry, &observed.source);
                        }
                    }
                }
                Event::Retracted(_) => {}
                Event::Exported(exported) => state.exports.push((record.number, exported.clone())),
                Event::Lab(lab) => state.lab(record, lab),
            }
        }
        state.link();
        Ok(state)
    }

    /// The state after all events.
    ///
    /// # Errors
    /// As [`State::until`].
    pub fn of(records: &[Record]) -> Result<Self, CampaignError> {
        Self::until(records, u64::MAX)
    }

    fn is_struck(&self, event: u64, entry: u32) -> bool {
        self.struck.contains(&(event, 0)) || self.struck.contains(&(event, entry))
    }

    fn suggest(&mut self, record: &Record, suggested: &Suggested) {
        self.numbered += suggested.picks.len() as u64;
        if self.is_struck(record.number, 0) {
            return;
        }
        self.rounds.push(record.number);
        if let Some(volume) = suggested.hypervolume {
            self.hypervolumes.push((self.rounds.len(), volume));
        }
        if self.reference.is_none() {
            let reference = suggested.reference.as_deref();
            self.reference = reference.map(crate::number::values);
        }
        for (place, pick) in (1..).zip(&suggested.picks) {
            if self.is_struck(record.number, place) {
                continue;
            }
            self.suggestions.push(Suggestion {
                pick: pick.clone(),
                event: record.number,
                round: self.rounds.len(),
                at: record.at.clone(),
                method: pick
                    .method
                    .clone()
                    .unwrap_or_else(|| suggested.method.clone()),
                experiments: Vec::new(),
                submitted: None,
            });
        }
    }

    fn observe(
        &mut self,
        places: &mut HashMap<Key, usize>,
        record: &Record,
        place: u32,
        entry: &Entry,
        source: &Source,
    ) {
        let key = (
            entry.candidate.clone(),
            entry.suggestion.clone(),
            entry.replicate,
        );
        let experiments = &mut self.experiments;
        let at = *places.entry(key).or_insert_with(|| {
            experiments.push(Experiment {
                candidate: entry.candidate.clone(),
                suggestion: entry.suggestion.clone(),
                replicate: entry.replicate,
                made: None,
                status: entry.status,
                values: vec![(f64::NAN, f64::NAN); self.created.outcomes.len()],
                note: None,
                source: source.clone(),
                at: record.at.clone(),
                told: Vec::new(),
            });
            experiments.len() - 1
        });
        let experiment = &mut experiments[at];
        experiment.told.push((record.number, place));
        experiment.status = entry.status;
        if entry.made.is_some() {
            experiment.made.clone_from(&entry.made);
        }
        if entry.note.is_some() {
            experiment.note.clone_from(&entry.note);
        }
        for reading in &entry.values {
            if let Some(value) = experiment.values.get_mut(reading.outcome as usize) {
                *value = (reading.value.0, reading.std.0);
            }
        }
    }

    fn lab(&mut self, record: &Record, lab: &LabEvent) {
        if let LabEvent::Submitting {
            lab,
            key,
            suggestions,
        } = lab
        {
            for suggestion in &mut self.suggestions {
                if suggestions.contains(&suggestion.pick.id) {
                    suggestion.submitted = Some((lab.clone(), key.clone()));
                }
            }
        }
        self.labs
            .push((record.number, record.at.clone(), lab.clone()));
    }

    /// Says of every suggestion which experiments answer it.
    fn link(&mut self) {
        let mut of: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, experiment) in self.experiments.iter().enumerate() {
            if let Some(id) = &experiment.suggestion {
                of.entry(id).or_default().push(at);
            }
        }
        for suggestion in &mut self.suggestions {
            let found = of.get(suggestion.pick.id.as_str());
            suggestion.experiments = found.cloned().unwrap_or_default();
        }
    }

    /// The suggestion of this name.
    pub fn suggestion(&self, id: &str) -> Option<&Suggestion> {
        self.suggestions.iter().find(|s| s.pick.id == id)
    }

    /// The suggestions of which nothing is known yet.
    pub fn open(&self) -> impl Iterator<Item = &Suggestion> {
        self.suggestions.iter().filter(|s| s.is_open(self))
    }

    /// How many candidates were tried or are under way: what counts towards the initial ones.
    pub fn tried(&self) -> usize {
        let tried = self
            .experiments
            .iter()
            .filter(|e| e.replicate == 1 && matches!(e.status, Status::Measured | Status::Failed));
        tried.count() + self.open().count()
    }
}

/// What does not count: a retraction that was itself retracted strikes nothing.
fn struck(records: &[Record]) -> Struck {
    let mut struck = Struck::new();
    for record in records.iter().rev() {
        if let Event::Retracted(retracted) = &record.event
            && !struck.contains(&(record.number, 0))
        {
            struck.insert((retracted.event, retracted.entry.unwrap_or(0)));
        }
    }
    struck
}
