//! The closed loop: suggest, have it measured, learn, and go round again.

use super::desk::Desk;
use super::ledger::{Halt, Ledger, Summary};
use super::{Cell, Lab, Patience};
use crate::event::{Candidate, Event, LabEvent};
use crate::progress;
use crate::propose::{Asked, Budget};
use crate::state::State;
use crate::{Campaign, CampaignError};
use compute::Device;
use job::Job;
use optimize::suggest::SuggestError;
use optimize::{Constraint, Verdict};
use std::fmt;

/// How long the loop goes on.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// The first of these that is reached ends it; whatever is said, the budget and the candidates do.
    pub until: Vec<Until>,
    pub max_rounds: Option<u32>,
    /// Suggestions in a round; the campaign's batch where not given.
    pub count: Option<u32>,
    pub patience: Patience,
}

/// What ends a loop.
#[derive(Clone, Debug, PartialEq)]
pub enum Until {
    /// All that may be spent is spent.
    Budget,
    /// So many candidates in a row were measured without one of them being among the best.
    Stalled(u32),
    /// A candidate was measured that satisfies this and every bound of the campaign.
    Target(Constraint),
}

/// Candidates in vain that `stalled` stands for.
const STALLED: u32 = 10;

impl std::str::FromStr for Until {
    type Err = CampaignError;

    /// Reads `budget`, `stalled`, `stalled:N` or `target:CONDITION`.
    fn from_str(text: &str) -> Result<Self, CampaignError> {
        let wrong = || {
            CampaignError::Question(format!(
                "`{text}` is no end; write budget, stalled, stalled:N or 'target:NAME >= VALUE'"
            ))
        };
        let (word, rest) = text.split_once(':').unwrap_or((text, ""));
        match (word.trim(), rest.trim()) {
            ("budget", "") => Ok(Self::Budget),
            ("stalled", "") => Ok(Self::Stalled(STALLED)),
            ("stalled", count) => match count.parse() {
                Ok(count) if count > 0 => Ok(Self::Stalled(count)),
                _ => Err(wrong()),
            },
            ("target", condition) if !condition.is_empty() => {
                Ok(Self::Target(Constraint::parse(condition)?))
            }
            _ => Err(wrong()),
        }
    }
}

/// Why a loop ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    Budget(String),
    Stalled(u32),
    Target(String),
    Rounds(u32),
    /// Every candidate was tried or given up.
    Exhausted,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget(why) => f.write_str(why),
            Self::Stalled(count) => write!(f, "the last {count} candidates were no improvement"),
            Self::Target(condition) => write!(f, "the target is reached: {condition}"),
            Self::Rounds(count) => write!(f, "{count} rounds were run"),
            Self::Exhausted => f.write_str("every candidate was tried"),
        }
    }
}

/// What a loop did.
#[derive(Clone, Debug)]
pub struct Ran {
    pub ending: Ending,
    /// Of this run.
    pub rounds: u32,
    pub summary: Summary,
}

impl Ledger for Campaign {
    fn state(&self) -> &State {
        Campaign::state(self)
    }

    fn keep(&mut self, event: &Event) -> Result<(), CampaignError> {
        self.append(event).map(|_| ())
    }

    fn cells(&self, candidate: &Candidate) -> Vec<Cell> {
        let cell = |(input, text): (&crate::Input, String)| Cell {
            name: input.name.clone(),
            unit: input.unit.clone(),
            text,
        };
        let texts = self.pool().cells(candidate);
        self.pool().inputs.iter().zip(texts).map(cell).collect()
    }
}

/// Runs a campaign at a lab until something ends it. What an earlier run left open at this lab is taken up first; open
/// suggestions that nobody has are submitted next; then rounds of new ones follow. `told` is called after each round.
///
/// # Errors
/// The lab was away for too long or gave nothing in a row ([`Halt::Stopped`], which stands in the journal), the user cancelled,
/// or the campaign cannot be read or written. The next run goes on from there.
pub fn run(
    campaign: &mut Campaign,
    lab: &mut dyn Lab,
    options: &RunOptions,
    device: &Device,
    job: &Job,
    told: &mut dyn FnMut(&Campaign, u32),
) -> Result<Ran, Halt> {
    for until in &options.until {
        if let Until::Target(condition) = until {
            checked(condition, Campaign::state(campaign))?;
        }
    }
    let created = &Campaign::state(campaign).created;
    let asked = Asked {
        count: options.count.unwrap_or(created.batch),
        acquisition: created
            .acquisition
            .parse()
            .map_err(|error: SuggestError| Halt::Campaign(error.into()))?,
    };
    let name = lab.name().to_owned();
    let mut desk = Desk::open(campaign, lab, options.patience.clone(), job)?;
    let state = Campaign::state(campaign);
    let nobodys = state.open().filter(|it| it.submitted.is_none());
    let nobodys: Vec<String> = nobodys.map(|it| it.pick.id.clone()).collect();
    desk.submit(campaign, &nobodys, job)?;
    let before = Campaign::state(campaign).last;
    desk.wait(campaign, job)?;
    let mut rounds = 0;
    if Campaign::state(campaign).last > before {
        told(campaign, rounds);
    }
    let ending = loop {
        if let Some(ending) = ended(campaign, options, rounds) {
            break ending;
        }
        let event = match campaign.suggest(&asked, device, job) {
            Ok(record) => record.number,
            // What is left buys nothing.
            Err(CampaignError::Spent(why)) => break Ending::Budget(why),
            Err(CampaignError::Suggest(SuggestError::Exhausted { .. })) => break Ending::Exhausted,
            Err(CampaignError::Cancelled) => return Err(Halt::Cancelled),
            Err(error) => return Err(error.into()),
        };
        let suggestions = &Campaign::state(campaign).suggestions;
        let ids = suggestions.iter().filter(|it| it.event == event);
        let ids: Vec<String> = ids.map(|it| it.pick.id.clone()).collect();
        desk.submit(campaign, &ids, job)?;
        desk.wait(campaign, job)?;
        rounds += 1;
        told(campaign, rounds);
    };
    campaign.append(&Event::Lab(LabEvent::Stopped {
        lab: name,
        why: ending.to_string(),
    }))?;
    Ok(Ran {
        ending,
        rounds,
        summary: desk.summary,
    })
}

/// Whether a condition compares what is measured.
fn checked(condition: &Constraint, state: &State) -> Result<(), CampaignError> {
    if condition.needs_composition() {
        let why =
            format!("the target `{condition}` asks for elements; compare outcomes with numbers");
        return Err(CampaignError::Question(why));
    }
    let names = || {
        state
            .created
            .outcomes
            .iter()
            .map(|outcome| outcome.name.as_str())
    };
    for (at, name) in condition.properties().iter().enumerate() {
        if !names().any(|known| known == name) {
            let known: Vec<&str> = names().collect();
            let remedy = format!("the outcomes are {}", known.join(", "));
            return Err(condition.unknown_property(at, remedy).into());
        }
    }
    Ok(())
}

/// What ends the loop before another round.
fn ended(campaign: &Campaign, options: &RunOptions, rounds: u32) -> Option<Ending> {
    let state = Campaign::state(campaign);
    let measured = progress::measured_and_known(campaign);
    for until in &options.until {
        match until {
            Until::Budget => {}
            Until::Stalled(count) => {
                let since = progress::best(state, &measured).into_iter().max();
                let since = since.map_or(0, |best| measured.len() - 1 - best);
                if since >= *count as usize {
                    return Some(Ending::Stalled(*count));
                }
            }
            Until::Target(condition) => {
                let column = |name: &String| -> Vec<f64> {
                    let at = state
                        .created
                        .outcomes
                        .iter()
                        .position(|it| it.name == *name);
                    let value =
                        |one: &progress::Measured| at.map_or(f64::NAN, |at| one.values[at].0);
                    measured.iter().map(value).collect()
                };
                let columns: Vec<Vec<f64>> = condition.properties().iter().map(column).collect();
                let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
                let verdicts = condition.evaluate(measured.len(), &slices, |_| None);
                let reached = verdicts.iter().zip(&measured).any(|(verdict, one)| {
                    *verdict == Verdict::Satisfied && progress::holds_bounds(state, &one.values)
                });
                if reached {
                    return Some(Ending::Target(condition.to_string()));
                }
            }
        }
    }
    if options.max_rounds.is_some_and(|most| rounds >= most) {
        return Some(Ending::Rounds(rounds));
    }
    let budget = Budget::of(state, campaign.pool());
    let spent = match state.created.cost {
        None => budget.left < 1.0,
        Some(_) => budget.left <= 0.0,
    };
    spent.then(|| Ending::Budget(format!("the budget is spent ({})", budget.spent)))
}
