//! From a study and a question to what candidates are weighed by: surrogates, what is improved upon, and the draws.

use super::feasible::{Feasibility, is_wanted_side};
use super::front::{Point, front, hypervolume};
use super::gain::{Aspirations, Goal, Utility};
use super::model::{Joint, Kind, Model};
use super::sobol::Sobol;
use super::viability::Viability;
use super::{Acquisition, Question, Study, SuggestError};
use crate::Direction;
use crate::draws::centred_quantile;
use std::collections::HashSet;

/// An objective that something is known of.
pub(crate) struct Goalpost {
    pub outcome: usize,
    pub utility: Utility,
}

/// Surrogates and what stands in the way; enough for every acquisition function.
pub(crate) struct Setup {
    pub models: Vec<Model>,
    pub objectives: Vec<Goalpost>,
    pub feasibility: Feasibility,
    pub goal: Goal,
    /// Rows of the study whose objectives are all measured, and that did not fail.
    pub complete: Vec<usize>,
    /// In the outcomes' units; `None` with fewer than two objectives.
    pub reference: Option<Vec<f64>>,
    pub front: Vec<usize>,
    pub hypervolume: Option<f64>,
    /// Of one objective: the best value that was observed, in its unit.
    best: Option<f64>,
    pub notes: Vec<String>,
}

impl Setup {
    pub fn new(
        study: &Study,
        question: &Question,
        extras: usize,
        job: &job::Job,
    ) -> Result<Self, SuggestError> {
        let mut notes = Vec::new();
        let mut models = Vec::new();
        for outcome in 0..study.outcomes.len() {
            models.push(Model::fit(study, outcome, question, extras, job)?);
        }
        for model in &models {
            let report = &model.report;
            let (name, jitter) = (&report.name, report.jitter);
            if report.spread_unknown && report.used > 0 {
                notes.push(format!(
                    "{name}: fewer than two different values were measured, so its uncertainty is a guess"
                ));
            }
            if jitter > 0.0 {
                notes.push(format!(
                    "{name}: the kernel matrix needed {jitter:e} on its diagonal"
                ));
            }
        }
        let viability = Viability::fit(study, job)?;
        let mut unknown = Vec::new();
        let feasibility = Feasibility::new(question, &models, viability, &mut unknown);
        for name in unknown {
            notes.push(format!(
                "{name}: nothing was measured yet, so its threshold cannot be weighed"
            ));
        }
        let mut objectives = Vec::new();
        for (outcome, direction) in question.objectives() {
            let model = &models[outcome];
            if matches!(model.kind, Kind::Nothing) {
                notes.push(format!(
                    "{}: nothing was measured yet, so it cannot be weighed",
                    model.name
                ));
                continue;
            }
            let utility = match direction {
                Direction::Maximize => Utility::Signed(1.0),
                Direction::Minimize => Utility::Signed(-1.0),
                Direction::Target(target) => {
                    let standardised = model.standardised(target);
                    if standardised.is_nan() {
                        return Err(SuggestError::Option {
                            what: format!("the target of {}", model.name),
                            value: target.to_string(),
                            remedy: "its transform has no value there; choose another transform or target",
                        });
                    }
                    Utility::Target(standardised)
                }
            };
            objectives.push(Goalpost { outcome, utility });
        }
        let mut setup = Self {
            models,
            objectives,
            feasibility,
            goal: Goal {
                utilities: Vec::new(),
                reference: Vec::new(),
                least: f64::NEG_INFINITY,
                weights: Vec::new(),
                straddle: false,
                lead: 1,
            },
            complete: Vec::new(),
            reference: None,
            front: Vec::new(),
            hypervolume: None,
            best: None,
            notes,
        };
        setup.complete = (0..study.rows())
            .filter(|row| !study.failed(*row))
            .filter(|row| study.row(*row).iter().all(|x| x.is_finite()))
            .filter(|row| {
                setup
                    .observed(study, extras, *row)
                    .iter()
                    .all(|u| !u.is_nan())
            })
            .collect();
        setup.set_goal(study, question, extras);
        setup.set_front(study, question, extras);
        Ok(setup)
    }

    /// Aims at where an outcome crosses a level instead of at the objectives.
    pub fn straddle(&mut self, outcome: usize, level: f64) -> Result<(), SuggestError> {
        let model = &self.models[outcome];
        let target = model.standardised(level);
        if target.is_nan() {
            return Err(SuggestError::Option {
                what: format!("the level of {}", model.name),
                value: level.to_string(),
                remedy: "its transform has no value there; choose another transform or level",
            });
        }
        self.objectives.clear();
        if !matches!(model.kind, Kind::Nothing) {
            let utility = Utility::Target(target);
            self.objectives.push(Goalpost { outcome, utility });
        }
        self.goal = Goal {
            utilities: self.objectives.iter().map(|o| o.utility).collect(),
            reference: vec![f64::NEG_INFINITY; self.objectives.len()],
            least: f64::NEG_INFINITY,
            weights: vec![1.0; self.objectives.len()],
            straddle: true,
            lead: 1,
        };
        Ok(())
    }

    /// The utilities that were observed in a row; NaN where one was not.
    pub fn observed(&self, study: &Study, extras: usize, row: usize) -> Vec<f64> {
        self.objectives
            .iter()
            .map(|objective| {
                let model = &self.models[objective.outcome];
                let value = match model.kind {
                    Kind::Known(value, std) => {
                        let extras = &study.extras[row * extras..(row + 1) * extras];
                        model.known(extras, value, std).0
                    }
                    _ => model.standardised(study.outcomes[objective.outcome].values[row]),
                };
                objective.utility.of(value)
            })
            .collect()
    }

    /// Whether a row's measured outcomes pass all thresholds that were measured; those that were not, count as passed.
    fn passes(&self, study: &Study, question: &Question, row: usize) -> bool {
        study
            .outcomes
            .iter()
            .zip(&question.aims)
            .all(|(column, aim)| {
                let value = column.values[row];
                aim.threshold
                    .is_none_or(|threshold| value.is_nan() || threshold.passes(value))
            })
    }

    fn set_goal(&mut self, study: &Study, question: &Question, extras: usize) {
        let m = self.objectives.len();
        self.goal.utilities = self.objectives.iter().map(|o| o.utility).collect();
        self.goal.weights = vec![1.0; m];
        // The worst of what was observed less a tenth of its range; what nothing tells, one spread below the mean.
        let mut reference = vec![-1.1; m];
        for (j, place) in reference.iter_mut().enumerate() {
            let values = (0..study.rows())
                .map(|row| self.observed(study, extras, row)[j])
                .filter(|u| u.is_finite());
            let (least, greatest) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), u| {
                (a.min(u), b.max(u))
            });
            if least.is_finite() {
                let range = greatest - least;
                *place = least - if range > 0.0 { 0.1 * range } else { 0.1 };
            }
        }
        let given: Vec<(usize, Direction)> = question.objectives().collect();
        if let (Some(given_reference), true) = (&question.reference, given.len() == m) {
            for (j, value) in given_reference.iter().enumerate() {
                let model = &self.models[self.objectives[j].outcome];
                let utility = match given[j].1 {
                    // A distance from the target, here on the far side of it in transformed units.
                    Direction::Target(target) => {
                        let off = model.standardised(target + value.abs());
                        self.objectives[j].utility.of(off)
                    }
                    _ => self.objectives[j].utility.of(model.standardised(*value)),
                };
                if utility.is_finite() {
                    reference[j] = utility;
                }
            }
        }
        if m > 1 && given.len() == m {
            self.reference = Some(self.reference_told(&reference, question));
        }
        for (j, objective) in self.objectives.iter().enumerate() {
            let aim = &question.aims[objective.outcome];
            let Some(threshold) = aim.threshold else {
                continue;
            };
            if is_wanted_side(aim.objective, threshold) {
                let model = &self.models[objective.outcome];
                let bound = objective.utility.of(model.standardised(threshold.bound()));
                if bound.is_finite() {
                    reference[j] = reference[j].max(bound);
                    if m == 1 {
                        self.goal.least = bound;
                    }
                }
            }
        }
        self.goal.reference = reference;
        if m == 1 {
            // Replicates are one candidate.
            let tried: HashSet<Vec<u64>> = self
                .complete
                .iter()
                .filter(|row| self.passes(study, question, **row))
                .map(|row| key_of(study, *row))
                .collect();
            let lead = question.leads.min(tried.len() / TRIED_PER_LEAD);
            self.goal.lead = lead.clamp(1, LEADS);
        }
    }

    /// The reference in the outcomes' units; for a target the distance from it.
    fn reference_told(&self, reference: &[f64], question: &Question) -> Vec<f64> {
        if let Some(given) = &question.reference {
            return given.clone();
        }
        self.objectives
            .iter()
            .zip(reference)
            .map(|(objective, u)| {
                let model = &self.models[objective.outcome];
                let back = |t: f64| {
                    model
                        .transform
                        .outcome()
                        .back(model.centre + model.spread * t)
                };
                match objective.utility {
                    Utility::Signed(sign) => back(sign * u),
                    Utility::Target(target) => (back(target - u) - back(target)).abs(),
                }
            })
            .collect()
    }

    fn set_front(&mut self, study: &Study, question: &Question, extras: usize) {
        let rows: Vec<usize> = self
            .complete
            .iter()
            .copied()
            .filter(|row| self.passes(study, question, *row))
            .collect();
        let m = self.objectives.len();
        let utilities: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| self.observed(study, extras, *row))
            .collect();
        match m {
            0 => {}
            1 => {
                let best = utilities
                    .iter()
                    .map(|u| u[0])
                    .fold(f64::NEG_INFINITY, f64::max);
                let first = utilities.iter().position(|u| u[0] == best);
                self.front = first.map(|at| rows[at]).into_iter().collect();
                let values = &study.outcomes[self.objectives[0].outcome].values;
                self.best = self.front.first().map(|row| values[*row]);
            }
            2 | 3 => {
                let point = |u: &[f64]| -> Point {
                    let mut p = [0.0; 3];
                    p[..m].copy_from_slice(&u[..m]);
                    p
                };
                let points: Vec<Point> = utilities.iter().map(|u| point(u)).collect();
                let reference = point(&self.goal.reference);
                self.front = front(&points, &[f64::NEG_INFINITY; 3], m)
                    .into_iter()
                    .map(|at| rows[at])
                    .collect();
                let scale: f64 = self
                    .objectives
                    .iter()
                    .map(|o| self.models[o.outcome].spread)
                    .product();
                self.hypervolume = Some(hypervolume(&points, &reference, m) * scale);
            }
            _ => {
                let better = |a: &[f64], b: &[f64]| {
                    a.iter().zip(b).all(|(a, b)| a >= b) && a.iter().zip(b).any(|(a, b)| a > b)
                };
                self.front = (0..rows.len())
                    .filter(|i| !utilities.iter().any(|u| better(u, &utilities[*i])))
                    .map(|at| rows[at])
                    .collect();
            }
        }
    }

    /// Sets of hyperparameters that candidates are weighed under.
    pub fn members(&self) -> usize {
        let counts = self.objectives.iter();
        let counts = counts.map(|objective| self.models[objective.outcome].members());
        counts.max().unwrap_or(1)
    }

    /// The slope, at the best value so far, of a transform that was found for an objective; 1 of any other. Improvements are small
    /// beside what a found transform bends, so the slope is enough to tell them in the outcome's own unit.
    fn found_slope(&self, objective: &Goalpost) -> f64 {
        let model = &self.models[objective.outcome];
        let best = self.best.filter(|_| model.found());
        best.map_or(1.0, |best| model.transform.outcome().slope(best))
    }

    /// What converts an improvement in standardised utilities into the objectives' units; transformed ones where a transform
    /// was given.
    pub fn improvement_unit(&self) -> f64 {
        match self.objectives.len() {
            1..=3 => self
                .objectives
                .iter()
                .map(|o| self.models[o.outcome].spread / self.found_slope(o))
                .product(),
            _ => 1.0,
        }
    }
}

/// Draws of everything uncertain that a candidate's improvement depends on.
pub(crate) struct Draws {
    /// Sets of hyperparameters: each is that of a block of the draws.
    pub members: usize,
    /// One for each set of hyperparameters, and in it for each objective.
    pub joints: Vec<Joint>,
    /// For each objective and draw: a standard normal number for each joint candidate, those to come included.
    z: Vec<Vec<Vec<f64>>>,
    /// For each draw and joint candidate a uniform number, which decides whether it is feasible.
    luck: Vec<Vec<f64>>,
    /// Joint candidates.
    used: usize,
    pub aspirations: Aspirations,
}

/// Incumbents whose noise-free values are drawn at most.
const INCUMBENTS: usize = 48;
/// Leads that improvement is counted from at most: as many again may be among the incumbents as come close to the last.
const LEADS: usize = INCUMBENTS / 2;
/// Of so many tried candidates one is taken for a lead. Chosen on tables other than those of `tests/peers/bo_quality.py`.
const TRIED_PER_LEAD: usize = 5;

impl Draws {
    /// Draws the incumbents (of `LogEi`: takes their best as it was observed) and what is in flight.
    pub fn new(
        setup: &Setup,
        study: &Study,
        question: &Question,
        acquisition: Acquisition,
        extras: usize,
    ) -> Self {
        let m = setup.objectives.len();
        let as_observed = acquisition == Acquisition::LogEi;
        let incumbents = if as_observed || setup.goal.straddle {
            Vec::new()
        } else {
            incumbents(setup, study, question, extras)
        };
        let later = study.in_flight() + question.batch;
        let size = incumbents.len() + later;
        let wanted = if setup.goal.straddle {
            1
        } else {
            question.samples
        };
        let count = wanted.clamp(1, 4096).next_power_of_two();
        let sobol = Sobol::new(question.seed ^ 0x6d63);
        // What is least known, the picks to come, gets the first and best dimensions.
        let place = |at: usize| (at + later) % size;
        let number = |draw: usize, dimension: usize| sobol.at(draw as u32, dimension);
        let z = (0..m)
            .map(|j| {
                (0..count)
                    .map(|draw| {
                        (0..size)
                            .map(|at| centred_quantile(number(draw, place(at) * m + j), 1.0))
                            .collect()
                    })
                    .collect()
            })
            .collect();
        let luck = (0..count)
            .map(|draw| {
                (0..size)
                    .map(|at| number(draw, size * m + place(at)))
                    .collect()
            })
            .collect();
        let mut achieved = vec![Vec::new(); count];
        if as_observed {
            for row in &setup.complete {
                if setup.passes(study, question, *row) {
                    let utilities = setup.observed(study, extras, *row);
                    achieved
                        .iter_mut()
                        .for_each(|achieved: &mut Vec<Vec<f64>>| achieved.push(utilities.clone()));
                }
            }
        }
        let members = setup.members().min(count);
        let mut draws = Self {
            members,
            joints: (0..members * m).map(|at| Joint::of(at / m)).collect(),
            z,
            luck,
            used: 0,
            aspirations: Aspirations::new(setup.goal.clone(), achieved),
        };
        for row in incumbents {
            let feasible = |outcome: usize, log_probability: f64| {
                let value = study.outcomes[outcome].values[row];
                match question.aims[outcome].threshold {
                    Some(threshold) if !value.is_nan() => {
                        if threshold.passes(value) {
                            0.0
                        } else {
                            f64::NEG_INFINITY
                        }
                    }
                    _ => log_probability,
                }
            };
            let extras_row = &study.extras[row * extras..(row + 1) * extras];
            let inputs = study.row(row);
            let log_probability = setup
                .feasibility
                .constraints()
                .iter()
                .map(|limit| {
                    let (mean, sd) = setup.models[limit.outcome].predict(inputs, extras_row);
                    feasible(limit.outcome, limit.log_probability(mean, sd))
                })
                .sum();
            draws.push(setup, inputs, extras_row, log_probability);
        }
        let d = study.dimensions;
        for at in 0..study.in_flight() {
            let inputs = &study.pending[at * d..(at + 1) * d];
            if inputs.iter().any(|x| !x.is_finite()) {
                continue;
            }
            let extras_row = &study.pending_extras[at * extras..(at + 1) * extras];
            let log_probability =
                setup
                    .feasibility
                    .log_probability(inputs, extras_row, |outcome| {
                        setup.models[outcome].predict(inputs, extras_row)
                    });
            draws.push(setup, inputs, extras_row, log_probability);
        }
        draws
    }

    /// Adds a candidate that is measured or will be: every draw learns its utilities.
    pub fn push(&mut self, setup: &Setup, inputs: &[f64], extras: &[f64], log_probability: f64) {
        let at = self.used;
        self.used += 1;
        let probability = libm::exp(log_probability);
        let feasible: Vec<bool> = self
            .luck
            .iter()
            .map(|luck| luck[at] < probability)
            .collect();
        let mut utilities = vec![Vec::new(); self.luck.len()];
        let m = setup.objectives.len();
        for (j, objective) in setup.objectives.iter().enumerate() {
            for member in 0..self.members {
                self.joints[member * m + j].push(&setup.models[objective.outcome], inputs, extras);
            }
            for (draw, (utilities, z)) in utilities.iter_mut().zip(&self.z[j]).enumerate() {
                let joint = &self.joints[self.member(draw) * m + j];
                utilities.push(objective.utility.of(joint.value(at, z)));
            }
        }
        self.aspirations.add(&utilities, &feasible);
    }

    /// The set of hyperparameters of a draw. Blocks of a Sobol' sequence are spread evenly; every eighth point of it is not.
    pub fn member(&self, draw: usize) -> usize {
        draw * self.members / self.luck.len()
    }

    /// The draws of a set of hyperparameters.
    pub fn of_member(&self, member: usize) -> std::ops::Range<usize> {
        let first = |member: usize| (member * self.luck.len()).div_ceil(self.members);
        first(member)..first(member + 1)
    }

    /// What each draw adds to a candidate's means, from its columns (set of hyperparameters after set, in it objective after
    /// objective): draw after draw, in it objective after objective.
    pub fn shifts(&self, columns: &[Vec<f64>], out: &mut Vec<f64>) {
        out.clear();
        if columns.iter().all(Vec::is_empty) {
            return;
        }
        let m = self.z.len();
        out.resize(self.luck.len() * m, 0.0);
        for (j, z) in self.z.iter().enumerate() {
            for (draw, z) in z.iter().enumerate() {
                out[draw * m + j] = super::model::dot(&columns[self.member(draw) * m + j], z);
            }
        }
    }
}

/// The same for rows with the same inputs.
fn key_of(study: &Study, row: usize) -> Vec<u64> {
    study.row(row).iter().map(|x| (x + 0.0).to_bits()).collect()
}

/// Rows whose noise-free values may be the best, one of the leads, or on the front: all but those that another surely
/// surpasses, or as many as there are leads. What failed a threshold is none and surpasses none; what may fail one surpasses none.
fn incumbents(setup: &Setup, study: &Study, question: &Question, extras: usize) -> Vec<usize> {
    let mut seen = HashSet::new();
    let surely_feasible = |row: usize| {
        let mut outcomes = study.outcomes.iter().zip(&question.aims);
        outcomes.all(|(column, aim)| aim.threshold.is_none_or(|t| t.passes(column.values[row])))
    };
    // For each distinct candidate: the row, the utilities' expected, least and greatest values.
    let mut rows: Vec<(usize, Vec<[f64; 3]>)> = Vec::new();
    for &row in &setup.complete {
        if !setup.passes(study, question, row) || !seen.insert(key_of(study, row)) {
            continue;
        }
        let extras_row = &study.extras[row * extras..(row + 1) * extras];
        let spans: Vec<[f64; 3]> = setup
            .objectives
            .iter()
            .map(|objective| {
                let (mean, sd) =
                    setup.models[objective.outcome].predict(study.row(row), extras_row);
                let favoured = objective.utility.favoured(mean, 4.0 * sd);
                let ends = [mean - 4.0 * sd, mean + 4.0 * sd].map(|x| objective.utility.of(x));
                [
                    objective.utility.of(mean),
                    ends[0].min(ends[1]),
                    objective.utility.of(favoured),
                ]
            })
            .collect();
        if spans.iter().flatten().all(|x| x.is_finite()) {
            rows.push((row, spans));
        }
    }
    let surpassed = |a: &[[f64; 3]], b: &[[f64; 3]]| a.iter().zip(b).all(|(a, b)| b[1] > a[2]);
    let better = |a: &[[f64; 3]]| {
        let surpass = |(row, b): &&(usize, Vec<[f64; 3]>)| surely_feasible(*row) && surpassed(a, b);
        rows.iter().filter(surpass).count()
    };
    let mut kept: Vec<&(usize, Vec<[f64; 3]>)> = rows
        .iter()
        .filter(|(_, a)| better(a) < setup.goal.lead)
        .collect();
    if kept.len() > INCUMBENTS {
        // Those that fewest others are expected to surpass.
        let rank = |a: &[[f64; 3]]| {
            let expected = |b: &[[f64; 3]]| a.iter().zip(b).all(|(a, b)| b[0] > a[0]);
            rows.iter().filter(|(_, b)| expected(b)).count()
        };
        kept.sort_by_cached_key(|(row, spans)| (rank(spans), *row));
        kept.truncate(INCUMBENTS);
        kept.sort_by_key(|(row, _)| *row);
    }
    kept.into_iter().map(|(row, _)| *row).collect()
}
