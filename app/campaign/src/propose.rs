//! What to try next: from a state and its candidates to an event that can be made again, bit by bit.

use crate::CampaignError;
use crate::event::{Candidate, Created, Nearest, Outcome, Pick, Status, Suggested};
use crate::number::{Number, numbers};
use crate::pool::{Pool, View, Wider, extra_of};
use crate::state::{Experiment, State};
use compute::Device;
use job::Job;
use optimize::Direction;
use optimize::suggest::{
    self, Acquisition, Aim, OutcomeColumn, Question, Source, Study, SuggestError, Suggestion,
    Threshold, Transform, suggest,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Drivers that a suggestion names.
const DRIVERS: usize = 5;

/// What is asked of a campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// How many suggestions.
    pub count: u32,
    pub acquisition: Acquisition,
}

/// A study with the experiment behind each of its rows.
pub struct Known {
    pub study: Study,
    /// Places in [`State::experiments`].
    pub rows: Vec<usize>,
    /// Experiments that are set aside, and why.
    pub aside: Vec<String>,
}

/// Everything that was tried, as the suggesting engine sees it.
pub fn known(state: &State, pool: &Pool) -> Known {
    let names: Vec<&str> = state
        .created
        .outcomes
        .iter()
        .map(|o| o.name.as_str())
        .collect();
    let mut study = Study::new(pool.dimensions(), &names);
    let mut columns: Vec<(Vec<f64>, Vec<f64>)> = vec![Default::default(); names.len()];
    let (mut rows, mut aside) = (Vec::new(), Vec::new());
    for (at, experiment) in state.experiments.iter().enumerate() {
        if !matches!(experiment.status, Status::Measured | Status::Failed) {
            continue;
        }
        let point = pool.point(&experiment.candidate, experiment.made.as_deref());
        let (point, extras) = match point {
            Ok(point) => point,
            Err(why) => {
                aside.push(format!("{} is not learnt from: {why}", told(experiment)));
                continue;
            }
        };
        rows.push(at);
        study.inputs.extend(point);
        study.extras.extend(extras);
        study
            .viable
            .push(Some(experiment.status == Status::Measured));
        for (column, &(value, std)) in columns.iter_mut().zip(&experiment.values) {
            column.0.push(value);
            column.1.push(std);
        }
    }
    for (outcome, (values, stds)) in study.outcomes.iter_mut().zip(columns) {
        *outcome = OutcomeColumn {
            name: std::mem::take(&mut outcome.name),
            std: stds.iter().any(|std| !std.is_nan()).then_some(stds),
            values,
            transform: Transform::None,
        };
    }
    for suggestion in state.open() {
        if let Ok((point, extras)) = pool.point(&suggestion.pick.candidate, None) {
            study.pending.extend(point);
            study.pending_extras.extend(extras);
        }
    }
    Known { study, rows, aside }
}

fn told(experiment: &Experiment) -> String {
    let event = experiment.told.first().map_or(0, |(event, _)| *event);
    match &experiment.suggestion {
        Some(id) => format!("{id} (event {event})"),
        None => format!("an experiment of event {event}"),
    }
}

/// Places of the pool that were tried, are under way or were given up.
fn excluded(state: &State, pool: &Pool) -> Vec<usize> {
    let tried = state.experiments.iter().map(|e| &e.candidate);
    let suggested = state.suggestions.iter().map(|s| &s.pick.candidate);
    let places: BTreeSet<usize> = tried
        .chain(suggested)
        .filter_map(|c| pool.place(c))
        .collect();
    places.into_iter().collect()
}

/// Chooses what to try next. The same state, candidates and question give the same event.
///
/// # Errors
/// Nothing is left to suggest, the budget is spent, a question that does not fit, cancelled.
pub fn propose(
    state: &State,
    pool: &Pool,
    asked: &Asked,
    device: &Device,
    job: &Job,
) -> Result<Suggested, CampaignError> {
    let created = &state.created;
    let mut known = known(state, pool);
    let measured = state.experiments.iter().any(Experiment::is_measured);
    let left = Budget::of(state, pool).left;
    let count = match &created.cost {
        None => f64::from(asked.count).min(left.floor()),
        Some(_) => f64::from(asked.count),
    };
    if left <= 0.0 || count < 1.0 {
        return Err(CampaignError::Spent(format!(
            "the budget of {} is spent or promised; nothing more is suggested",
            created.budget.map_or(f64::NAN, |budget| budget.0)
        )));
    }
    // What is left of the initial ones fills the space; the rest of the round is a model's, once there is one.
    let missing = (created.initial as usize).saturating_sub(state.tried());
    let acquisition = match asked.acquisition {
        Acquisition::Random => Acquisition::Random,
        _ if missing >= count as usize || !measured => Acquisition::Sobol,
        other => other,
    };
    let even = match acquisition {
        Acquisition::Random | Acquisition::Sobol => 0,
        _ => missing,
    };
    let mut excluded = excluded(state, pool);
    let mut shop = Shop {
        state,
        pool,
        left,
        picks: Vec::new(),
    };
    let mut first = None;
    if even > 0 {
        let question = question_of(state, pool, Acquisition::Sobol, even);
        let answer = suggest(&known.study, &question, &pool.rows(&excluded), device, job)?;
        shop.take(&known, &answer, None, Some(Acquisition::Sobol));
        for pick in shop.picks.iter() {
            excluded.extend(pool.place(&pick.candidate));
            if let Ok((point, extras)) = pool.point(&pick.candidate, None) {
                known.study.pending.extend(point);
                known.study.pending_extras.extend(extras);
            }
        }
        excluded.sort_unstable();
        first = Some(answer);
    }
    let question = question_of(state, pool, acquisition, count as usize - even);
    let wider = match acquisition {
        Acquisition::Random | Acquisition::Sobol => None,
        _ => Wider::of(pool, state, question.seed),
    };
    let rows = match &wider {
        Some(wider) => View::Memory(wider.rows(pool, &excluded)),
        None => pool.rows(&excluded),
    };
    let answer = match (suggest(&known.study, &question, &rows, device, job), first) {
        // The last ones of the pool were taken to fill the space.
        (Err(SuggestError::Exhausted { .. }), Some(first)) => first,
        (answer, _) => {
            let answer = answer?;
            shop.take(&known, &answer, wider.as_ref(), None);
            answer
        }
    };
    let picks = shop.picks;
    if picks.is_empty() {
        return Err(CampaignError::Spent(format!(
            "what is left of the budget, {left}, buys none of the candidates that are worth trying"
        )));
    }
    let mut notes = answer.notes.clone();
    notes.extend(known.aside);
    Ok(Suggested {
        program: Some(env!("CARGO_PKG_VERSION").to_owned()),
        saw: state.last,
        asked: asked.count,
        wanted: asked.acquisition.to_string(),
        method: answer.acquisition.to_string(),
        seed: question.seed,
        reference: answer.reference.as_deref().map(numbers),
        picks,
        models: answer.models,
        viability: answer.viability,
        certificate: answer.certificate,
        hypervolume: answer.hypervolume,
        notes,
    })
}

/// What is bought with what is left of the budget.
struct Shop<'a> {
    state: &'a State,
    pool: &'a Pool,
    left: f64,
    picks: Vec<Pick>,
}

impl Shop<'_> {
    /// Takes of an answer what can be paid; `method`: where it is not the round's own.
    fn take(
        &mut self,
        known: &Known,
        answer: &Suggestion,
        wider: Option<&Wider>,
        method: Option<Acquisition>,
    ) {
        for pick in &answer.picks {
            let cost = pick.cost.unwrap_or(0.0);
            if cost > self.left {
                continue;
            }
            let candidate = match self.pool.kept.get(pick.index) {
                Some(row) => Some(Candidate::Row(*row)),
                None => wider.and_then(|wider| wider.candidate(pick.index)),
            };
            let Some(candidate) = candidate else {
                continue;
            };
            self.left -= cost;
            let reason = Reason {
                state: self.state,
                known,
                answer,
                pick,
            };
            let id = format!("s{}", self.state.numbered + self.picks.len() as u64 + 1);
            let mut made = reason.event_pick(self.pool, candidate, id);
            made.method = method.map(|method| method.to_string());
            self.picks.push(made);
        }
    }
}

/// What the suggesting engine is asked.
pub(crate) fn question_of(
    state: &State,
    pool: &Pool,
    acquisition: Acquisition,
    batch: usize,
) -> Question {
    let created = &state.created;
    let leads = match created.leads {
        Some(leads) => leads as usize,
        None if pool.is_whole() => pool.kept.len().div_ceil(100),
        None => 1,
    };
    Question {
        acquisition,
        batch,
        seed: seed(created.seed, state.last),
        reference: state.reference.clone(),
        leads: leads.max(1),
        cost: created.cost.is_some().then_some(0),
        ..Question::new(aims(created))
    }
}

/// A seed of its own for every suggestion.
fn seed(campaign: u64, saw: u64) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(b"lodestone suggestion");
    hasher.update(campaign.to_be_bytes());
    hasher.update(saw.to_be_bytes());
    let digest = hasher.finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

/// What the suggesting engine is told to aim at.
fn aims(created: &Created) -> Vec<Aim> {
    let predicted = |name: &str| created.predicted().iter().position(|p| p.name == name);
    let aim = |outcome: &Outcome| Aim {
        objective: outcome.aim.map(Direction::from),
        threshold: match (outcome.at_least, outcome.at_most) {
            (Some(low), Some(high)) => Some(Threshold::Between(low.0, high.0)),
            (Some(bound), None) => Some(Threshold::AtLeast(bound.0)),
            (None, Some(bound)) => Some(Threshold::AtMost(bound.0)),
            (None, None) => None,
        },
        source: match (
            outcome.known.then(|| predicted(&outcome.name)),
            &outcome.prior,
        ) {
            (Some(Some(place)), _) => Source::Known {
                mean: extra_of(place),
                std: Some(extra_of(place) + 1),
            },
            (_, Some(prior)) => {
                predicted(prior).map_or(Source::Learned, |place| Source::LearnedFrom {
                    prior_mean: extra_of(place),
                })
            }
            _ => Source::Learned,
        },
    };
    created.outcomes.iter().map(aim).collect()
}

/// What may be spent, was, and is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Of experiments that were made, and of suggestions that are open.
    pub spent: f64,
    pub promised: f64,
    /// Infinite without a budget.
    pub left: f64,
}

impl Budget {
    /// In the cost column's unit, or experiments.
    pub fn of(state: &State, pool: &Pool) -> Self {
        let cost = |candidate: &Candidate| match (&state.created.cost, pool.point(candidate, None))
        {
            (Some(_), Ok((_, extras))) => extras.first().copied().filter(|c| !c.is_nan()),
            _ => Some(1.0),
        };
        let made = state.experiments.iter().filter(|e| {
            e.source != crate::Source::Pool && matches!(e.status, Status::Measured | Status::Failed)
        });
        // The sum of nothing is -0.
        let total = |costs: &mut dyn Iterator<Item = f64>| costs.sum::<f64>() + 0.0;
        let spent = total(&mut made.filter_map(|e| cost(&e.candidate)));
        let promised = total(&mut state.open().filter_map(|s| cost(&s.pick.candidate)));
        let budget = state
            .created
            .budget
            .map_or(f64::INFINITY, |budget| budget.0);
        Self {
            spent,
            promised,
            left: budget - spent - promised,
        }
    }
}

/// A pick with all that it was chosen from.
struct Reason<'a> {
    state: &'a State,
    known: &'a Known,
    answer: &'a Suggestion,
    pick: &'a suggest::Pick,
}

impl Reason<'_> {
    fn event_pick(&self, pool: &Pool, candidate: Candidate, id: String) -> Pick {
        let pick = self.pick;
        let number = |value: Option<f64>| Number(value.unwrap_or(f64::NAN));
        let nearest = pick.nearest.map(|nearest| Nearest {
            candidate: self.state.experiments[self.known.rows[nearest.row]]
                .candidate
                .clone(),
            distance: Number(nearest.distance),
        });
        let count = self.state.created.outcomes.len();
        let mut mean = vec![Number(f64::NAN); count];
        let mut std = mean.clone();
        for (place, belief) in pick.outcomes.iter().enumerate() {
            mean[place] = number(belief.mean);
            std[place] = number(belief.std);
        }
        let mut made = Pick {
            id,
            candidate,
            mean,
            std,
            acquisition: number(pick.acquisition),
            feasible: Number(pick.probability_feasible),
            improvement: number(pick.expected_improvement),
            nearest,
            drivers: drivers(pool, pick),
            why: String::new(),
            method: None,
        };
        made.why = self.sentence(&made);
        made
    }

    /// The reason in a sentence.
    fn sentence(&self, made: &Pick) -> String {
        let mut parts = Vec::new();
        match self.answer.acquisition {
            Acquisition::Sobol => parts.push("fills the space of candidates evenly".to_owned()),
            Acquisition::Random => parts.push("drawn at random".to_owned()),
            other => {
                let value = self
                    .pick
                    .acquisition
                    .map_or_else(String::new, |a| format!(" {}", short(a)));
                parts.push(format!("best by {other}{value}"));
            }
        }
        for (outcome, belief) in self.state.created.outcomes.iter().zip(&self.pick.outcomes) {
            if let (Some(mean), Some(std)) = (belief.mean, belief.std) {
                let unit = if outcome.unit.is_empty() {
                    String::new()
                } else {
                    format!(" {}", outcome.unit)
                };
                let verb = if outcome.known {
                    "is predicted as"
                } else {
                    "is expected at"
                };
                parts.push(format!(
                    "{} {verb} {} ± {}{unit}",
                    outcome.name,
                    short(mean),
                    short(std)
                ));
            }
        }
        if let Some(improvement) = self.pick.expected_improvement {
            parts.push(format!("expected improvement {}", short(improvement)));
        }
        if self.pick.probability_feasible < 0.9995 {
            parts.push(format!(
                "feasible with probability {:.2}",
                self.pick.probability_feasible
            ));
        }
        if let Some(nearest) = self.pick.nearest {
            let experiment = &self.state.experiments[self.known.rows[nearest.row]];
            let name = match (&experiment.suggestion, &experiment.candidate) {
                (Some(id), _) => id.clone(),
                (None, Candidate::Row(row)) => format!("row {}", row + 1),
                (None, Candidate::Cells(cells)) => cells.join(", "),
            };
            parts.push(format!(
                "nearest tried: {name}, at distance {}",
                short(nearest.distance)
            ));
        }
        if !made.drivers.is_empty() {
            let named = made
                .drivers
                .iter()
                .take(3)
                .map(|(name, share)| format!("{name} {:.0} %", 100.0 * share.0));
            parts.push(format!(
                "driven by {}",
                named.collect::<Vec<_>>().join(", ")
            ));
        }
        parts.join("; ")
    }
}

/// The inputs that move the expected outcomes most, with their shares of all that the inputs move.
fn drivers(pool: &Pool, pick: &suggest::Pick) -> Vec<(String, Number)> {
    let mut shares = vec![0.0; pool.dimensions()];
    for belief in &pick.outcomes {
        let total: f64 = belief.drivers.iter().map(|x| x.abs()).sum();
        if total > 0.0 {
            for (share, x) in shares.iter_mut().zip(&belief.drivers) {
                *share += x.abs() / total;
            }
        }
    }
    let total: f64 = shares.iter().sum();
    let mut order: Vec<usize> = (0..shares.len()).filter(|&k| shares[k] > 0.0).collect();
    order.sort_by(|&a, &b| shares[b].total_cmp(&shares[a]).then(a.cmp(&b)));
    let named = order.into_iter().take(DRIVERS);
    named
        .map(|k| (pool.names()[k].clone(), Number(shares[k] / total)))
        .collect()
}

/// A number to four digits.
pub(crate) fn short(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return x.to_string();
    }
    let magnitude = x.abs().log10().floor() as i32;
    if !(-4..9).contains(&magnitude) {
        return format!("{x:.3e}");
    }
    format!("{x:.*}", (3 - magnitude).max(0) as usize)
}
