//! The pool engine: everything is bounded in single precision, what may win is examined in double precision.
//!
//! Per draw, what a candidate adds to a set is never more than what it adds to a smaller set: improvements are submodular.
//! So the value that a candidate has alone bounds what it adds after any picks (lazy greedy: M. Minoux, 1978). One pass over
//! the pool, on the device, bounds every candidate; nothing of the size of pool times observations or draws is kept, only
//! a number a candidate. Then, for each pick, candidates are examined exactly in the order of their bounds until no bound
//! reaches the best: that none outside could have won is proved, not hoped for. What a pick tells of an examined candidate
//! costs its kernel values and one number for each pick before (rank-one conditioning), never `n²` again.

use super::SuggestError;
use super::gain::Aspirations;
use super::model::Learned;
use super::normal::log_sum;
use super::pool::{Block, Exclusion, Pool, gather_rows, read_block};
use super::setup::{Draws, Setup};
use super::suggestion::Certificate;
use compute::Device;
use rayon::prelude::*;

/// Rows that the first pass takes at once.
const BLOCK: usize = 1 << 16;
/// Candidates that are examined at once, and in one task.
const ROUND: usize = 512;
const TASK: usize = 32;
/// Candidates that are examined at most; each takes about a kilobyte.
const MOST: usize = 1 << 17;
/// What bounds are widened by at least, in the logarithm: draws average to a normal variable only so well.
const LEAST_EXCESS: f64 = 0.005;

/// A pick, as it was chosen.
pub(crate) struct Chosen {
    pub index: usize,
    pub inputs: Vec<f64>,
    pub extras: Vec<f64>,
    /// The logarithm of the acquisition function, and of the gain alone.
    pub acquisition: f64,
    pub log_gain: f64,
}

/// A candidate examined in double precision.
struct Examined {
    index: usize,
    inputs: Vec<f64>,
    extras: Vec<f64>,
    /// For each set of hyperparameters and in it each objective: the outcome's mean and variance, and its columns among the
    /// joint candidates as far as they are known.
    means: Vec<f64>,
    variances: Vec<f64>,
    columns: Vec<Vec<f64>>,
    log_probability: f64,
    /// The logarithm of the probability to be feasible per cost.
    factor: f64,
    log_gain: f64,
    taken: bool,
}

impl Examined {
    fn value(&self) -> f64 {
        let value = self.log_gain + self.factor;
        if value.is_nan() {
            f64::NEG_INFINITY
        } else {
            value
        }
    }
}

/// The bounds of all candidates, best first as far as they have been sorted.
struct Bounds {
    /// By place in the pool; minus infinity for what cannot be suggested.
    values: Vec<f32>,
    order: Vec<u32>,
    sorted: usize,
}

impl Bounds {
    fn new(values: Vec<f32>) -> Self {
        let order = (0..values.len() as u32)
            .filter(|index| values[*index as usize] > f32::NEG_INFINITY)
            .collect();
        Self {
            values,
            order,
            sorted: 0,
        }
    }

    /// Candidate number `at` in the order of bounds, and its bound.
    fn get(&mut self, at: usize) -> Option<(usize, f64)> {
        if at >= self.order.len() {
            return None;
        }
        if at >= self.sorted {
            let rest = &mut self.order[self.sorted..];
            let more = (4 * self.sorted).max(4096).min(rest.len());
            let values = &self.values;
            let better = |a: &u32, b: &u32| {
                values[*b as usize]
                    .total_cmp(&values[*a as usize])
                    .then(a.cmp(b))
            };
            if more < rest.len() {
                rest.select_nth_unstable_by(more, better);
            }
            rest[..more].sort_unstable_by(better);
            self.sorted += more;
        }
        let index = self.order[at] as usize;
        Some((index, f64::from(self.values[index])))
    }
}

/// Everything that a batch is chosen by.
pub(crate) struct Engine<'a> {
    pub setup: &'a Setup,
    pub pool: &'a dyn Pool,
    pub device: &'a Device,
    pub job: &'a job::Job,
}

/// The search for one pick after the other.
struct Race<'a> {
    engine: &'a Engine<'a>,
    bounds: Bounds,
    /// In the order in which they were examined, by decreasing bounds.
    examined: Vec<Examined>,
    excess: f64,
}

/// The best so far: its value, and its place among the examined.
type Leader = Option<(f64, usize)>;

impl Engine<'_> {
    /// Chooses a batch greedily; fewer than asked for where nothing is left that could improve anything. `reweight` gives the
    /// scalarisation of each pick, where there is one; all bounds change with it.
    pub fn choose(
        &self,
        draws: &mut Draws,
        batch: usize,
        reweight: Option<&dyn Fn(usize) -> Vec<f64>>,
    ) -> Result<(Vec<Chosen>, Certificate), SuggestError> {
        let mut certificate = Certificate {
            candidates: 0,
            examined: 0,
            margins: Vec::new(),
            excess: 0.0,
            holds: true,
        };
        let mut chosen: Vec<Chosen> = Vec::new();
        let mut race: Option<Race> = None;
        for pick in 0..batch {
            if let Some(reweight) = reweight {
                draws.aspirations.reweight(reweight(pick));
                race = None;
            }
            let race = match &mut race {
                Some(race) => race,
                none => {
                    let bounds = self.bound_all(draws, &chosen)?;
                    none.insert(Race {
                        engine: self,
                        bounds: Bounds::new(bounds),
                        examined: Vec::new(),
                        excess: LEAST_EXCESS,
                    })
                }
            };
            let (leader, margin, complete) = race.run(draws)?;
            certificate.candidates = certificate
                .candidates
                .max(race.bounds.order.len() + if reweight.is_some() { pick } else { 0 });
            certificate.examined = certificate.examined.max(race.examined.len());
            certificate.excess = certificate.excess.max(race.excess);
            certificate.holds &= complete;
            let Some((value, place)) = leader.filter(|(value, _)| *value > f64::NEG_INFINITY)
            else {
                break;
            };
            certificate.margins.push(margin);
            let candidate = &mut race.examined[place];
            candidate.taken = true;
            draws.push(
                self.setup,
                &candidate.inputs,
                &candidate.extras,
                candidate.log_probability,
            );
            chosen.push(Chosen {
                index: candidate.index,
                inputs: candidate.inputs.clone(),
                extras: candidate.extras.clone(),
                acquisition: value,
                log_gain: candidate.log_gain,
            });
        }
        Ok((chosen, certificate))
    }

    /// Bounds of the logarithm of the acquisition function, by place in the pool.
    fn bound_all(&self, draws: &Draws, taken: &[Chosen]) -> Result<Vec<f32>, SuggestError> {
        let rows = self.pool.rows();
        if u32::try_from(rows).is_err() {
            return Err(SuggestError::Option {
                what: "the number of candidates".into(),
                value: rows.to_string(),
                remedy: "a pool holds at most 4 billion; suggest from parts of it",
            });
        }
        let excluded = Exclusion::of(self.pool)?;
        self.job.stage("looking over the pool", Some(rows as u64));
        let part = self.job.part();
        let lows: Vec<Aspirations> = (0..draws.members)
            .map(|member| draws.aspirations.lowest(draws.of_member(member)))
            .collect();
        let mut values = Vec::with_capacity(rows);
        for start in (0..rows).step_by(BLOCK) {
            self.job.check()?;
            let block = read_block(self.pool, start, rows.min(start + BLOCK))?;
            let beliefs = self.rough_beliefs(&block, lows.len(), &part)?;
            let indices = &block.indices;
            let found: Vec<f32> = (0..indices.len())
                .into_par_iter()
                .map(|at| {
                    let index = indices[at];
                    if excluded.holds(index) || taken.iter().any(|pick| pick.index == index) {
                        return f32::NEG_INFINITY;
                    }
                    self.bound(&block, at, &beliefs, &lows)
                })
                .collect();
            values.extend(found);
            self.job.advance(indices.len() as u64);
        }
        Ok(values)
    }

    /// For each outcome that counts, and each set of its hyperparameters: standardised means and standard deviations in single
    /// precision, and the error that the means may have.
    fn rough_beliefs(
        &self,
        block: &Block,
        members: usize,
        job: &job::Job,
    ) -> Result<Vec<Vec<Rough>>, SuggestError> {
        let setup = self.setup;
        let counts = |outcome: usize| {
            setup.objectives.iter().any(|o| o.outcome == outcome)
                || setup
                    .feasibility
                    .constraints()
                    .iter()
                    .any(|c| c.outcome == outcome)
        };
        let rough = |learned: &Learned| -> Result<Rough, SuggestError> {
            let found = learned.fast.posterior(&block.inputs, self.device, job)?;
            Ok(Rough {
                mean: found.mean,
                std: found.std,
                error: learned.rough_error(),
            })
        };
        setup
            .models
            .iter()
            .enumerate()
            .map(|(outcome, model)| {
                let members = if counts(outcome) {
                    model.members().min(members)
                } else {
                    0
                };
                (0..members)
                    .filter_map(|member| model.learned(member))
                    .map(rough)
                    .collect()
            })
            .collect()
    }

    fn bound(&self, block: &Block, at: usize, rough: &[Vec<Rough>], lows: &[Aspirations]) -> f32 {
        let setup = self.setup;
        let (inputs, extras) = block.row(at, self.pool);
        if inputs.iter().any(|x| !x.is_finite()) {
            return f32::NEG_INFINITY;
        }
        // Mean, standard deviation, error of the mean and of the variance.
        let belief = |outcome: usize, member: usize| -> (f64, f64, f64, f64) {
            let model = &setup.models[outcome];
            let rough = &rough[outcome];
            match rough.get(member).or(rough.first()) {
                Some(rough) => (
                    (rough.mean[at] - model.centre) / model.spread + model.offset(extras),
                    rough.std[at] / model.spread,
                    rough.error,
                    VARIANCE_ERROR,
                ),
                None => {
                    let (mean, sd) = model.predict(inputs, extras);
                    (mean, sd, 0.0, 0.0)
                }
            }
        };
        let m = setup.objectives.len();
        let gain = |member: usize| {
            let (mut means, mut sds) = ([0.0; MOST_OBJECTIVES], [0.0; MOST_OBJECTIVES]);
            for (j, objective) in setup.objectives.iter().enumerate() {
                let (mean, sd, error, variance_error) = belief(objective.outcome, member);
                means[j] = objective.utility.favoured(mean, error);
                sds[j] = (sd * sd + variance_error).sqrt();
            }
            lows[member].log_bound(&means[..m], &sds[..m])
        };
        let mut log = mean_of_logs(lows.len(), gain);
        for limit in setup.feasibility.constraints() {
            let (mean, sd, error, variance_error) = belief(limit.outcome, 0);
            log += limit.log_bound(mean, sd, error, variance_error);
        }
        log += setup
            .feasibility
            .log_probability_beside_outcomes(inputs, extras);
        log -= setup.feasibility.log_cost(extras);
        if log.is_nan() {
            f32::NEG_INFINITY
        } else {
            (log.max(f64::from(f32::MIN)) as f32).next_up()
        }
    }

    /// Examines candidates in double precision.
    fn examine(&self, indices: Vec<usize>, draws: &Draws) -> Result<Vec<Examined>, SuggestError> {
        let block = gather_rows(self.pool, indices)?;
        let count = block.indices.len();
        let d = self.pool.dimensions();
        let tasks: Vec<Vec<Examined>> = (0..count.div_ceil(TASK))
            .into_par_iter()
            .map(|task| {
                let range = task * TASK..count.min((task + 1) * TASK);
                let inputs = &block.inputs[range.start * d..range.end * d];
                // For each outcome that is learned and each set of its hyperparameters: means and variances of these rows.
                let learned: Vec<Vec<Vec<(f64, f64)>>> = self
                    .setup
                    .models
                    .iter()
                    .map(|model| {
                        (0..model.members().min(draws.members))
                            .filter_map(|member| model.learned(member))
                            .map(|learned| learned.predict(inputs))
                            .collect()
                    })
                    .collect();
                range
                    .clone()
                    .map(|at| {
                        let (inputs, extras) = block.row(at, self.pool);
                        let belief = |outcome: usize, member: usize| {
                            let found = &learned[outcome];
                            let model = &self.setup.models[outcome];
                            match found.get(member).or(found.first()) {
                                Some(found) => {
                                    let (mean, variance) = found[at - range.start];
                                    (mean + model.offset(extras), variance)
                                }
                                None => {
                                    let (mean, sd) = model.predict(inputs, extras);
                                    (mean, sd * sd)
                                }
                            }
                        };
                        let outcomes = || {
                            (0..draws.members).flat_map(|member| {
                                let objectives = self.setup.objectives.iter();
                                objectives.map(move |o| (o.outcome, member))
                            })
                        };
                        let beliefs: Vec<(f64, f64)> = outcomes()
                            .map(|(outcome, member)| belief(outcome, member))
                            .collect();
                        let log_probability =
                            self.setup
                                .feasibility
                                .log_probability(inputs, extras, |outcome| {
                                    let (mean, variance) = belief(outcome, 0);
                                    (mean, variance.sqrt())
                                });
                        let mut candidate = Examined {
                            index: block.indices[at],
                            inputs: inputs.to_vec(),
                            extras: extras.to_vec(),
                            means: beliefs.iter().map(|(mean, _)| *mean).collect(),
                            variances: beliefs.iter().map(|(_, variance)| *variance).collect(),
                            columns: vec![Vec::new(); beliefs.len()],
                            log_probability,
                            factor: log_probability - self.setup.feasibility.log_cost(extras),
                            log_gain: f64::NAN,
                            taken: false,
                        };
                        self.refresh(&mut candidate, draws, &mut Scratch::default());
                        candidate
                    })
                    .collect()
            })
            .collect();
        Ok(tasks.into_iter().flatten().collect())
    }

    /// Brings a candidate's gain up to the joint candidates of now.
    fn refresh(&self, candidate: &mut Examined, draws: &Draws, scratch: &mut Scratch) {
        let m = self.setup.objectives.len();
        scratch.sds.resize(candidate.means.len(), 0.0);
        for (at, columns) in candidate.columns.iter_mut().enumerate() {
            let model = &self.setup.models[self.setup.objectives[at % m].outcome];
            if let Some(learned) = model.learned(at / m) {
                scratch.k.resize(learned.observations(), 0.0);
                let scaled = learned.scaled(&candidate.inputs);
                draws.joints[at].extend(model, &scaled, columns, &mut scratch.k);
            }
            let known: f64 = columns.iter().map(|c| c * c).sum();
            scratch.sds[at] = (candidate.variances[at] - known).max(0.0).sqrt();
        }
        draws.shifts(&candidate.columns, &mut scratch.shifts);
        candidate.log_gain =
            draws
                .aspirations
                .log_gain(&candidate.means, &scratch.sds, &scratch.shifts);
    }
}

/// The logarithm of the mean of `count` values, from their logarithms.
fn mean_of_logs(count: usize, log: impl Fn(usize) -> f64) -> f64 {
    if count == 1 {
        return log(0);
    }
    let logs: Vec<f64> = (0..count).map(log).collect();
    if logs.iter().any(|log| log.is_nan()) {
        return f64::NAN;
    }
    log_sum(&logs) - libm::log(count as f64)
}

/// Objectives that a question may have.
pub(crate) const MOST_OBJECTIVES: usize = 16;

/// What the variance of the first pass may be off by, in standardised units: twice what was measured at its worst.
const VARIANCE_ERROR: f64 = 6e-6;

struct Rough {
    mean: Vec<f64>,
    std: Vec<f64>,
    error: f64,
}

impl Learned {
    /// What a mean of the first pass may be off by: each kernel value by a few parts in 10⁷.
    fn rough_error(&self) -> f64 {
        1e-6 + 4e-7 * self.absolute_weights()
    }
}

#[derive(Default)]
struct Scratch {
    k: Vec<f64>,
    sds: Vec<f64>,
    shifts: Vec<f64>,
}

impl Race<'_> {
    /// Finds the best candidate given the draws as they are. Also: how far below it the first candidate not examined is
    /// bounded, and whether that proves it.
    fn run(&mut self, draws: &Draws) -> Result<(Leader, Option<f64>, bool), SuggestError> {
        let mut leader: Leader = None;
        // What was examined before, by what it was worth then.
        let mut stale: Vec<(f64, usize)> = self
            .examined
            .iter()
            .enumerate()
            .filter(|(_, candidate)| !candidate.taken)
            .map(|(place, candidate)| (candidate.value(), place))
            .collect();
        stale.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut refreshed = 0;
        loop {
            let before = self.excess;
            self.engine.job.check()?;
            refreshed = self.refresh(&stale, refreshed, draws, &mut leader);
            let margin = loop {
                let next = self.examined.len();
                let Some((_, bound)) = self.bounds.get(next) else {
                    break None;
                };
                let bound = bound + self.excess;
                if let Some((value, _)) = leader
                    && bound < value
                {
                    break Some(value - bound);
                }
                if next >= MOST {
                    let value = leader.map_or(f64::NEG_INFINITY, |(value, _)| value);
                    return Ok((leader, Some(value - bound), false));
                }
                self.engine.job.check()?;
                self.examine(draws, &mut leader)?;
            };
            if self.excess <= before {
                return Ok((leader, margin, true));
            }
        }
    }

    /// Examines the next candidates in the order of their bounds.
    fn examine(&mut self, draws: &Draws, leader: &mut Leader) -> Result<(), SuggestError> {
        let from = self.examined.len();
        let mut next: Vec<(usize, f64)> = Vec::with_capacity(ROUND);
        while next.len() < ROUND
            && let Some(found) = self.bounds.get(from + next.len())
        {
            next.push(found);
        }
        next.sort_unstable_by_key(|(index, _)| *index);
        let indices = next.iter().map(|(index, _)| *index).collect();
        let found = self.engine.examine(indices, draws)?;
        for (candidate, (_, bound)) in found.iter().zip(&next) {
            self.surpassed(candidate.value(), *bound);
        }
        self.examined.extend(found);
        for place in from..self.examined.len() {
            self.consider(place, leader);
        }
        Ok(())
    }

    /// Refreshes candidates from `from` on in the order of what they were worth, until none can lead.
    fn refresh(
        &mut self,
        stale: &[(f64, usize)],
        mut from: usize,
        draws: &Draws,
        leader: &mut Leader,
    ) -> usize {
        let engine = self.engine;
        while from < stale.len() {
            if leader.is_some_and(|(value, _)| stale[from].0 + self.excess < value) {
                break;
            }
            let round = &stale[from..stale.len().min(from + ROUND)];
            let mut places: Vec<usize> = round.iter().map(|(_, place)| *place).collect();
            places.sort_unstable();
            let mut rest = &mut self.examined[..];
            let mut candidates = Vec::with_capacity(places.len());
            let mut passed = 0;
            for place in &places {
                let (head, tail) = rest.split_at_mut(place - passed + 1);
                candidates.extend(head.last_mut());
                passed = place + 1;
                rest = tail;
            }
            candidates.par_chunks_mut(TASK).for_each(|candidates| {
                let mut scratch = Scratch::default();
                for candidate in candidates {
                    engine.refresh(candidate, draws, &mut scratch);
                }
            });
            for (before, place) in round {
                self.surpassed(self.examined[*place].value(), *before);
            }
            for place in places {
                self.consider(place, leader);
            }
            from += round.len();
        }
        from
    }

    /// Widens all bounds where a value exceeds its own.
    fn surpassed(&mut self, value: f64, bound: f64) {
        if value - bound > self.excess && bound > f64::NEG_INFINITY {
            self.excess = 1.5 * (value - bound);
        }
    }

    fn consider(&self, place: usize, leader: &mut Leader) {
        let candidate = &self.examined[place];
        let value = candidate.value();
        let better = leader.is_none_or(|(top, held)| {
            value > top || (value == top && candidate.index < self.examined[held].index)
        });
        if better {
            *leader = Some((value, place));
        }
    }
}
