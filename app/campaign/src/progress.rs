//! How far a campaign has come: what was measured of each candidate, the best of it, and how that grew.

use crate::Campaign;
pub use crate::acceleration::{Acceleration, Basis, Estimate, acceleration};
use crate::event::{Candidate, Status};
use crate::pool::extra_of;
use crate::state::{Experiment, State};
use job::Job;
use optimize::{Direction, front_numbers};
use std::collections::HashMap;

/// What was measured of one candidate, replicates averaged.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub candidate: Candidate,
    pub made: Option<Vec<String>>,
    /// The suggestion that it answers, if any.
    pub suggestion: Option<String>,
    /// The mean of each outcome, and its standard error where it can be told; NaN not known.
    pub values: Vec<(f64, f64)>,
    /// Places in [`State::experiments`].
    pub experiments: Vec<usize>,
}

/// What was measured, in the order in which it was first acknowledged.
pub fn measured(state: &State) -> Vec<Measured> {
    let mut places: HashMap<(&Candidate, &Option<Vec<String>>), usize> = HashMap::new();
    let mut all: Vec<Measured> = Vec::new();
    for (at, experiment) in state.experiments.iter().enumerate() {
        if experiment.status != Status::Measured {
            continue;
        }
        let place = *places
            .entry((&experiment.candidate, &experiment.made))
            .or_insert_with(|| {
                all.push(Measured {
                    candidate: experiment.candidate.clone(),
                    made: experiment.made.clone(),
                    suggestion: experiment.suggestion.clone(),
                    values: Vec::new(),
                    experiments: Vec::new(),
                });
                all.len() - 1
            });
        all[place].experiments.push(at);
    }
    for one in &mut all {
        let told: Vec<&Experiment> = one
            .experiments
            .iter()
            .map(|&at| &state.experiments[at])
            .collect();
        one.values = (0..state.created.outcomes.len())
            .map(|k| pooled(&told, k))
            .collect();
    }
    all
}

/// The same, with what is known of each candidate beforehand.
pub fn measured_and_known(campaign: &Campaign) -> Vec<Measured> {
    let mut all = measured(campaign.state());
    all.iter_mut().for_each(|one| add_known(campaign, one));
    all
}

/// Fills in what is known of a candidate beforehand.
fn add_known(campaign: &Campaign, one: &mut Measured) {
    let outcomes = &campaign.state().created.outcomes;
    if !outcomes.iter().any(|outcome| outcome.known) {
        return;
    }
    let Ok((_, extras)) = campaign.pool().point(&one.candidate, one.made.as_deref()) else {
        return;
    };
    for (k, _) in outcomes.iter().enumerate().filter(|(_, o)| o.known) {
        one.values[k].0 = known_value(campaign, k, &extras);
    }
}

/// What is predicted of an outcome that is known beforehand, out of a candidate's further columns.
pub(crate) fn known_value(campaign: &Campaign, outcome: usize, extras: &[f64]) -> f64 {
    let created = &campaign.state().created;
    let name = &created.outcomes[outcome].name;
    let place = created.predicted().iter().position(|p| p.name == *name);
    place.map_or(f64::NAN, |place| extras[extra_of(place)])
}

/// Mean of the replicates, and the standard error: from the stated ones, else from their scatter, else not known.
fn pooled(experiments: &[&Experiment], outcome: usize) -> (f64, f64) {
    let known: Vec<(f64, f64)> = experiments
        .iter()
        .map(|e| e.values[outcome])
        .filter(|(v, _)| !v.is_nan())
        .collect();
    let n = known.len() as f64;
    if known.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    let mean = known.iter().map(|(value, _)| value).sum::<f64>() / n;
    let stated = known.iter().map(|(_, std)| std * std).sum::<f64>().sqrt() / n;
    if !stated.is_nan() || known.len() == 1 {
        return (mean, stated);
    }
    let scatter = known
        .iter()
        .map(|(value, _)| (value - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0);
    (mean, (scatter / n).sqrt())
}

/// The learnt objectives: their places among the outcomes and directions.
pub fn objectives(state: &State) -> Vec<(usize, Direction)> {
    let outcomes = state.created.outcomes.iter().enumerate();
    let learnt = outcomes.filter(|(_, outcome)| !outcome.known);
    learnt
        .filter_map(|(at, o)| Some((at, Direction::from(o.aim?))))
        .collect()
}

/// All objectives of which something is told, those that are known beforehand included.
pub fn aims(state: &State, measured: &[Measured]) -> Vec<(usize, Direction)> {
    let told = |k: usize| measured.iter().any(|one| !one.values[k].0.is_nan());
    let outcomes = state.created.outcomes.iter().enumerate();
    outcomes
        .filter(|(k, outcome)| !outcome.known || told(*k))
        .filter_map(|(k, outcome)| Some((k, Direction::from(outcome.aim?))))
        .collect()
}

/// Whether every measured bound holds; one that is not known does not.
pub fn holds_bounds(state: &State, values: &[(f64, f64)]) -> bool {
    state
        .created
        .outcomes
        .iter()
        .zip(values)
        .filter(|(o, _)| !o.known)
        .all(|(outcome, (value, _))| {
            outcome.at_least.is_none_or(|bound| *value >= bound.0)
                && outcome.at_most.is_none_or(|bound| *value <= bound.0)
        })
}

/// The best of what was measured: places in [`measured`]'s list that no other dominates, of those that hold the bounds;
/// with one objective the first of the best.
pub fn best(state: &State, measured: &[Measured]) -> Vec<usize> {
    let objectives = aims(state, measured);
    let whole: Vec<usize> = (0..measured.len())
        .filter(|&at| {
            let values = &measured[at].values;
            objectives.iter().all(|&(k, _)| !values[k].0.is_nan()) && holds_bounds(state, values)
        })
        .collect();
    if objectives.is_empty() || whole.is_empty() {
        return Vec::new();
    }
    let costs: Vec<Vec<f64>> = objectives
        .iter()
        .map(|&(k, direction)| {
            whole
                .iter()
                .map(|&at| direction.cost(measured[at].values[k].0))
                .collect()
        })
        .collect();
    // A job of its own: nobody cancels a sort.
    let fronts = front_numbers(&costs, &Job::new()).unwrap_or_default();
    let first = whole
        .iter()
        .zip(fronts)
        .filter(|(_, front)| *front == 1)
        .map(|(at, _)| *at);
    match objectives.len() {
        1 => first.take(1).collect(),
        _ => first.collect(),
    }
}

/// For one objective: the best value after each candidate was measured; NaN before any holds the bounds.
pub fn running_best(state: &State, measured: &[Measured]) -> Vec<f64> {
    let objectives = objectives(state);
    let Some(&(k, direction)) = objectives.first() else {
        return Vec::new();
    };
    let mut best = f64::NAN;
    let values = measured.iter().map(|one| {
        let value = one.values[k].0;
        let better = best.is_nan() || direction.cost(value) < direction.cost(best);
        if !value.is_nan() && better && holds_bounds(state, &one.values) {
            best = value;
        }
        best
    });
    values.collect()
}

/// A prediction that was made before its candidate was measured, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Foretold {
    pub suggestion: String,
    pub round: usize,
    pub outcome: usize,
    pub mean: f64,
    pub std: f64,
    pub observed: f64,
}

/// All predictions of suggestions that were measured as suggested, in order.
pub fn foretold(state: &State) -> Vec<Foretold> {
    let mut all = Vec::new();
    for suggestion in &state.suggestions {
        let experiments = suggestion
            .experiments
            .iter()
            .map(|&at| &state.experiments[at]);
        let told: Vec<&Experiment> = experiments
            .filter(|e| e.status == Status::Measured && e.made.is_none())
            .collect();
        for (k, outcome) in state.created.outcomes.iter().enumerate() {
            let (mean, std) = (suggestion.pick.mean[k].0, suggestion.pick.std[k].0);
            let (observed, _) = pooled(&told, k);
            if !outcome.known && !mean.is_nan() && !observed.is_nan() {
                all.push(Foretold {
                    suggestion: suggestion.pick.id.clone(),
                    round: suggestion.round,
                    outcome: k,
                    mean,
                    std,
                    observed,
                });
            }
        }
    }
    all
}
