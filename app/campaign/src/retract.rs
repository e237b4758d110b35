//! Taking back: what may be retracted, and what was built on it.

use crate::event::Event;
use crate::state::State;
use crate::{CampaignError, Record};

/// What was built on an event while it counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependents {
    /// Events that suggested something, with how and the names of their suggestions.
    pub suggested: Vec<(u64, String, Vec<String>)>,
    /// Events that wrote a file for others: number, what, file.
    pub exported: Vec<(u64, String, String)>,
    /// Observations that answer its suggestions, by event.
    pub observed: Vec<u64>,
}

/// Whether an event, or an entry of it, can be retracted.
pub(crate) fn check(
    records: &[Record],
    state: &State,
    event: u64,
    entry: Option<u32>,
) -> Result<(), CampaignError> {
    let wrong = |why: String| Err(CampaignError::Question(format!("event {event}: {why}")));
    let record = event.checked_sub(1).and_then(|at| records.get(at as usize));
    let Some(record) = record else {
        return wrong(format!("there is none; the last is {}", state.last));
    };
    let entries = match &record.event {
        Event::Observed(observed) => observed.entries.len(),
        Event::Suggested(suggested) => suggested.picks.len(),
        Event::Retracted(_) => 0,
        Event::Created(_) => {
            return wrong("it begins the campaign; begin another one instead".to_owned());
        }
        Event::Exported(_) | Event::Lab(_) => {
            return wrong("it tells what happened outside; that cannot be undone".to_owned());
        }
    };
    if let Some(entry) = entry
        && !(1..=entries as u32).contains(&entry)
    {
        return wrong(format!("it has no entry {entry}, but {entries}"));
    }
    let struck = |entry: u32| state.struck.contains(&(event, entry));
    if struck(0) || entry.is_some_and(struck) {
        return wrong("it is retracted already; retract the retraction to have it back".to_owned());
    }
    Ok(())
}

/// Everything that depended on an event, or on one of its entries.
pub fn dependents(records: &[Record], event: u64, entry: Option<u32>) -> Dependents {
    let mut found = Dependents::default();
    let target = event.checked_sub(1).and_then(|at| records.get(at as usize));
    let ids: Vec<&str> = match target.map(|record| &record.event) {
        Some(Event::Suggested(suggested)) => (1..)
            .zip(&suggested.picks)
            .filter(|(place, _)| entry.is_none_or(|entry| entry == *place))
            .map(|(_, pick)| pick.id.as_str())
            .collect(),
        _ => Vec::new(),
    };
    for record in records.iter().filter(|record| record.number > event) {
        match &record.event {
            Event::Suggested(suggested) if suggested.saw >= event => {
                let names = suggested.picks.iter().map(|pick| pick.id.clone());
                found
                    .suggested
                    .push((record.number, suggested.method.clone(), names.collect()));
            }
            Event::Exported(exported) if exported.saw >= event => {
                found
                    .exported
                    .push((record.number, exported.what.clone(), exported.file.clone()));
            }
            Event::Observed(observed) => {
                let answers = observed
                    .entries
                    .iter()
                    .filter_map(|e| e.suggestion.as_deref());
                if answers.into_iter().any(|id| ids.contains(&id)) {
                    found.observed.push(record.number);
                }
            }
            _ => {}
        }
    }
    found
}
