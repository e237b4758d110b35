//! How many times faster than random search a campaign has been.
//!
//! What is compared: the campaign tried `tried` candidates (measured or failed, the initial ones among them; what the table knew
//! beforehand is not its merit). A random search draws from the same candidates, none twice, until it has measured something as
//! good: for one objective a value at least as good as the campaign's best, for two or three a front of at least the same volume.
//! The number after which it has even odds to be there, over `tried`, is the acceleration. The median and not the mean, so that
//! a campaign that itself draws at random is as often above 1 as below.
//!
//! How many candidates are good enough is only known where all were measured: where a table knows them all, they are counted
//! ([`Basis::Counted`]). Otherwise it is believed ([`Basis::Believed`]): true values of all candidates, tried ones included, are
//! drawn together from the surrogate's posterior, and in each draw those are counted that are at least as good as the best that
//! was tried. The interval holds 95 % of the draws. It tells what the surrogate does not know, and not what it is wrong about;
//! candidates that cannot be made count as if they could.

use crate::event::{Candidate, Candidates, Status};
use crate::observe::{Verdict, read_results};
use crate::pool::Pool;
use crate::progress::{Measured, holds_bounds, known_value, measured_and_known};
use crate::propose::{known, question_of};
use crate::{Campaign, CampaignError, Outcome, Source};
use job::Job;
use optimize::Direction;
use optimize::suggest::random_search::{chance, even_odds, share, until_volume, volume};
use optimize::suggest::{Acquisition, believed};
use std::collections::{BTreeMap, BTreeSet};
use table::Table;

/// Candidates that are looked at, evenly spread over a larger pool.
const LOOKED_AT: usize = 16_384;
/// Draws of what is believed, and orders in which a known pool is searched for a front.
const DRAWS: usize = 128;
/// Fewer measured values than this say too little of all others.
const LEAST: usize = 5;

/// An estimate with its interval; infinite where a random search does not get there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub median: f64,
    /// 95 % of what is believed lies between these two.
    pub low: f64,
    pub high: f64,
}

/// How much faster than random search a campaign was so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceleration {
    /// Candidates that the campaign tried.
    pub tried: usize,
    /// Candidates that a random search draws from.
    pub candidates: usize,
    /// After how many of them it has even odds to have done as well.
    pub random: Estimate,
    /// That number over the campaign's.
    pub factor: Estimate,
    /// The probability that a random search of as many candidates has done as well.
    pub chance: f64,
    pub basis: Basis,
}

/// On what an acceleration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A table knows what `known` of the candidates give.
    Counted { known: usize },
    /// The surrogate's belief about `looked_at` candidates.
    Believed { looked_at: usize },
}

impl Acceleration {
    /// In a sentence.
    pub fn sentence(&self) -> String {
        let count = |x: f64| {
            if x.is_finite() {
                format!("{x:.0}")
            } else {
                "more than all".to_owned()
            }
        };
        let (factor, interval) = (times(self.factor.median), self.factor);
        let (tried, all) = (self.tried, self.candidates);
        let basis = match self.basis {
            Basis::Counted { known } if known == all => "counted".to_owned(),
            Basis::Counted { known } => {
                format!("counted; the table knows {known} of the candidates")
            }
            Basis::Believed { .. } => format!(
                "95 % of what the surrogate believes: {} to {}",
                times(interval.low),
                times(interval.high)
            ),
        };
        format!(
            "{factor} times as fast as random search ({basis}): {tried} candidates were tried, and a random search of the {all} has \
             even odds to do as well after {}; the chance that {tried} drawn at random do is {}",
            count(self.random.median),
            percent(self.chance)
        )
    }
}

fn times(x: f64) -> String {
    match x {
        x if !x.is_finite() => "beyond what can be told".to_owned(),
        x if x < 9.95 => format!("{x:.1}"),
        x => format!("{x:.0}"),
    }
}

fn percent(share: f64) -> String {
    match 100.0 * share {
        p if p < 0.1 => "below 0.1 %".to_owned(),
        p if p < 9.95 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

/// Why nothing can be said, in words.
type Unsaid = String;

/// How much faster than random search a campaign was so far; `truth`: a table that knows the outcomes of the candidates.
/// Within: why that cannot be told.
///
/// # Errors
/// The table does not fit the campaign, cancelled.
pub fn acceleration(
    campaign: &Campaign,
    truth: Option<&Table>,
    job: &Job,
) -> Result<Result<Acceleration, Unsaid>, CampaignError> {
    let race = match Race::of(campaign) {
        Ok(race) => race,
        Err(why) => return Ok(Err(why)),
    };
    let (searches, basis) = match truth {
        Some(truth) => race.counted(truth)?,
        None => match race.believed(job)? {
            Ok(found) => found,
            Err(why) => return Ok(Err(why)),
        },
    };
    let tried = race.tried;
    let mut all: Vec<f64> = searches.iter().map(|s| s.even_odds).collect();
    all.sort_by(f64::total_cmp);
    let at = |share: f64| all[((all.len() - 1) as f64 * share).round() as usize];
    let random = Estimate {
        median: at(0.5),
        low: at(0.025),
        high: at(0.975),
    };
    let over = |x: f64| x / tried as f64;
    Ok(Ok(Acceleration {
        tried,
        candidates: race.rivals.len(),
        factor: Estimate {
            median: over(random.median),
            low: over(random.low),
            high: over(random.high),
        },
        random,
        chance: searches.iter().map(|s| s.chance).sum::<f64>() / searches.len() as f64,
        basis,
    }))
}

/// What a random search is up to if one draw of what is believed is true.
struct Search {
    even_odds: f64,
    chance: f64,
}

/// The campaign and what it reached.
struct Race<'a> {
    campaign: &'a Campaign,
    /// Places among the outcomes, and directions, of all that is aimed at.
    aims: Vec<(usize, Direction)>,
    measured: Vec<Measured>,
    tried: usize,
    /// Places of the pool that a random search draws from: all but those that were known beforehand.
    rivals: Others,
    level: Level,
}

/// What is to be reached.
enum Level {
    /// A cost at most this, where costs are what is minimised.
    Cost(f64),
    /// A volume above a reference, of negated costs.
    Volume { reference: Vec<f64>, volume: f64 },
}

impl<'a> Race<'a> {
    fn of(campaign: &'a Campaign) -> Result<Self, Unsaid> {
        let (state, pool) = (campaign.state(), campaign.pool());
        let aims: Vec<(usize, Direction)> = state
            .created
            .outcomes
            .iter()
            .enumerate()
            .filter_map(|(at, o)| Some((at, Direction::from(o.aim?))))
            .collect();
        if aims.len() > 3 {
            return Err("of more than three objectives it is not told".to_owned());
        }
        let before = |e: &crate::Experiment| e.source == Source::Pool;
        let mut mine = BTreeSet::new();
        for experiment in &state.experiments {
            let made = matches!(experiment.status, Status::Measured | Status::Failed);
            if made && !before(experiment) {
                mine.insert((&experiment.candidate, &experiment.made));
            }
        }
        let tried = mine.len();
        let measured = measured_and_known(campaign);
        let whole = |one: &&Measured| {
            let known = aims.iter().all(|&(k, _)| !one.values[k].0.is_nan());
            known && holds_bounds(state, &one.values)
        };
        let beforehand = |one: &Measured| {
            one.experiments
                .iter()
                .any(|&e| before(&state.experiments[e]))
        };
        let told = measured.iter().filter(whole).count();
        let chosen = state.suggestions.iter().any(|s| {
            let blind = matches!(s.method.as_str(), "sobol" | "random");
            !blind && matches!(s.standing(state), "measured" | "partial" | "failed")
        });
        if !chosen {
            return Err("nothing that a model chose was tried yet".to_owned());
        }
        if told < LEAST {
            return Err(format!(
                "fewer than {LEAST} candidates with every objective within its bounds were measured"
            ));
        }
        let point = |one: &Measured| -> Vec<f64> {
            aims.iter()
                .map(|&(k, direction)| -direction.cost(one.values[k].0))
                .collect()
        };
        let reached = |those: &dyn Fn(&Measured) -> bool| -> Vec<Vec<f64>> {
            let all = measured.iter().filter(whole).filter(|one| those(one));
            all.map(point).collect()
        };
        let (all, old) = (reached(&|_| true), reached(&beforehand));
        let nothing_new = "nothing better was found than was known beforehand".to_owned();
        let level = if aims.len() == 1 {
            let least = |points: &[Vec<f64>]| {
                let costs = points.iter().map(|p| -p[0]);
                costs.fold(f64::INFINITY, f64::min)
            };
            if least(&all) >= least(&old) {
                return Err(nothing_new);
            }
            Level::Cost(least(&all))
        } else {
            let reference = state.reference.as_ref();
            let reference = reference.filter(|reference| reference.len() == aims.len());
            let Some(reference) = reference else {
                return Err("there is no reference point yet".to_owned());
            };
            let reference: Vec<f64> = aims
                .iter()
                .zip(reference)
                .map(|(&(_, direction), &r)| match direction {
                    Direction::Target(_) => -r.abs(),
                    other => -other.cost(r),
                })
                .collect();
            let (now, then) = (
                volume(&all.concat(), &reference),
                volume(&old.concat(), &reference),
            );
            if now <= then {
                return Err(nothing_new);
            }
            // What rounding takes from a volume in another order of its points must not keep it from being reached.
            let volume = now * (1.0 - 1e-9);
            Level::Volume { reference, volume }
        };
        let known = measured.iter().filter(|one| beforehand(one));
        let rivals = Others::new(pool, known.map(|one| &one.candidate));
        Ok(Self {
            campaign,
            aims,
            measured,
            tried,
            rivals,
            level,
        })
    }

    /// What of values by outcome counts: negated costs of the aims; NaN where a bound does not hold or something is missing.
    fn point(&self, value: &dyn Fn(usize) -> f64) -> Vec<f64> {
        let outcomes = &self.campaign.state().created.outcomes;
        let holds = |(k, outcome): (usize, &Outcome)| {
            let x = value(k);
            let bounded = outcome.at_least.is_some() || outcome.at_most.is_some();
            // A bound of which nothing is known keeps nobody back.
            !bounded
                || x.is_infinite()
                || outcome.at_least.is_none_or(|bound| x >= bound.0)
                    && outcome.at_most.is_none_or(|bound| x <= bound.0)
        };
        let within = outcomes.iter().enumerate().all(holds);
        let aims = self.aims.iter();
        aims.map(|&(k, direction)| match within {
            true => -direction.cost(value(k)),
            false => f64::NAN,
        })
        .collect()
    }

    /// A random search among `points` (one after the other), all that there are; the `number`th draw.
    fn search(&self, level: &Level, points: &[f64], number: u64) -> Search {
        let (all, tried) = (self.rivals.len() as u64, self.tried as u64);
        match level {
            Level::Cost(cost) => {
                let good = points.iter().filter(|x| -**x <= *cost).count() as u64;
                Search {
                    even_odds: even_odds(all, good),
                    chance: chance(all, good, tried),
                }
            }
            Level::Volume { reference, volume } => {
                let seed = self.campaign.state().created.seed;
                let when = until_volume(points, reference, *volume, seed, number);
                Search {
                    even_odds: when.map_or(f64::INFINITY, |when| when as f64),
                    chance: f64::from(u8::from(when.is_some_and(|when| when <= self.tried))),
                }
            }
        }
    }

    /// By a table that knows.
    fn counted(&self, truth: &Table) -> Result<(Vec<Search>, Basis), CampaignError> {
        let (state, pool) = (self.campaign.state(), self.campaign.pool());
        let results = read_results(state, pool, truth)?;
        // Sum and count by outcome.
        let mut told: BTreeMap<Candidate, Vec<(f64, f64)>> = BTreeMap::new();
        for row in results.rows {
            let (Verdict::New(entry) | Verdict::Changed(entry, _)) = row.verdict else {
                continue;
            };
            let sums = told.entry(entry.candidate);
            let sums = sums.or_insert_with(|| vec![(0.0, 0.0); state.created.outcomes.len()]);
            for reading in entry.values {
                let sum = &mut sums[reading.outcome as usize];
                *sum = (sum.0 + reading.value.0, sum.1 + 1.0);
            }
        }
        for one in self.measured.iter().filter(|one| one.made.is_none()) {
            let sums = one.values.iter();
            let sums = sums.map(|(value, _)| match value.is_nan() {
                true => (0.0, 0.0),
                false => (*value, 1.0),
            });
            told.insert(one.candidate.clone(), sums.collect());
        }
        let mut points = Vec::with_capacity(self.rivals.len() * self.aims.len());
        let mut known = 0;
        for at in (0..self.rivals.len()).map(|i| self.rivals.nth(i)) {
            let candidate = pool.candidate(at);
            let values = told.get(&candidate);
            known += usize::from(values.is_some());
            let (_, extras) = pool.numbers_at(at)?;
            points.extend(self.point(&|k| {
                let outcome = &state.created.outcomes[k];
                if outcome.known {
                    return known_value(self.campaign, k, &extras);
                }
                values.map_or(f64::NAN, |values| values[k].0 / values[k].1)
            }));
        }
        let orders = match self.level {
            Level::Cost(_) => 1,
            Level::Volume { .. } => DRAWS as u64,
        };
        let searches = (0..orders).map(|number| self.search(&self.level, &points, number));
        let mut searches: Vec<Search> = searches.collect();
        if searches.len() > 1 {
            // The orders are the luck of the search, and not something that is not known: even odds are their median.
            searches.sort_by(|a, b| a.even_odds.total_cmp(&b.even_odds));
            let chance = searches.iter().map(|s| s.chance).sum::<f64>() / searches.len() as f64;
            let even_odds = searches[searches.len() / 2].even_odds;
            searches = vec![Search { even_odds, chance }];
        }
        Ok((searches, Basis::Counted { known }))
    }

    /// By what the surrogate believes.
    fn believed(&self, job: &Job) -> Result<Result<(Vec<Search>, Basis), Unsaid>, CampaignError> {
        let (state, pool) = (self.campaign.state(), self.campaign.pool());
        let outcomes = &state.created.outcomes;
        let untried = Others::new(pool, state.experiments.iter().map(|e| &e.candidate));
        let looked_at = untried.len().min(LOOKED_AT);
        let whole = untried.len() <= LOOKED_AT && pool.is_whole();
        // What the campaign measured, then what it did not, evenly spread over a larger pool.
        let (mut inputs, mut extras, mut rivals) = (Vec::new(), Vec::new(), Vec::new());
        let beforehand = |one: &Measured| {
            let told = one.experiments.iter();
            told.into_iter()
                .any(|&at| state.experiments[at].source == Source::Pool)
        };
        for one in self.measured.iter().filter(|one| !beforehand(one)) {
            if let Ok((point, more)) = pool.point(&one.candidate, one.made.as_deref()) {
                inputs.extend(point);
                extras.extend(more);
                let place = pool.place(&one.candidate).filter(|_| one.made.is_none());
                rivals.push(place.is_some_and(|at| self.rivals.holds(at)));
            }
        }
        let mine = rivals.len();
        for i in 0..looked_at {
            let nth = (i as u64 * untried.len() as u64 / looked_at as u64) as usize;
            let (point, more) = pool.numbers_at(untried.nth(nth))?;
            inputs.extend(point);
            extras.extend(more);
        }
        let study = known(state, pool).study;
        let question = question_of(state, pool, Acquisition::Auto, 1);
        let all = believed(&study, &question, &inputs, &extras, DRAWS, job)?;
        if mine == 0 || self.aims.iter().any(|&(k, _)| all[k].is_empty()) {
            return Ok(Err("an objective was not measured yet".to_owned()));
        }
        let mut searches = Vec::with_capacity(DRAWS);
        for draw in 0..DRAWS {
            job.check().map_err(|_| CampaignError::Cancelled)?;
            let point = |at: usize| {
                self.point(&|k| match all[k].get(at * DRAWS + draw) {
                    Some(value) => *value,
                    None if outcomes[k].aim.is_none() => f64::INFINITY,
                    None => f64::NAN,
                })
            };
            let reached: Vec<f64> = (0..mine).flat_map(point).collect();
            let others: Vec<f64> = (mine..mine + looked_at).flat_map(point).collect();
            let level = self.level.among(&reached);
            // Of what was tried, the candidates of the pool that were made as they are in it.
            let m = self.aims.len();
            let rivalling = reached.chunks_exact(m).zip(&rivals);
            let own: Vec<f64> = rivalling
                .filter(|(_, rival)| **rival)
                .flat_map(|(point, _)| point.iter().copied())
                .collect();
            searches.push(match level {
                Level::Cost(cost) if !whole => {
                    let good = |points: &[f64]| points.iter().filter(|x| -**x <= cost).count();
                    let share = share(good(&others), looked_at, question.seed, draw as u64);
                    self.sampled(share, good(&own) as u64, untried.len())
                }
                // Of a sample of fronts nothing can be told beyond the sample.
                level => {
                    let mut points = others;
                    points.extend(own);
                    // Those that failed are drawn too, and give nothing.
                    let failed = (self.rivals.len() * m).saturating_sub(points.len());
                    points.extend(std::iter::repeat_n(
                        f64::NAN,
                        if whole { failed } else { 0 },
                    ));
                    self.search(&level, &points, draw as u64)
                }
            });
        }
        let basis = Basis::Believed { looked_at };
        Ok(Ok((searches, basis)))
    }

    /// A random search where this share of the candidates that were not tried is good, beside so many that were.
    fn sampled(&self, share: f64, found: u64, untried: usize) -> Search {
        let (all, tried) = (self.rivals.len() as u64, self.tried as u64);
        match &self.campaign.state().created.candidates {
            Candidates::Pool(_) => {
                let good = found + (share * untried as f64).round() as u64;
                Search {
                    even_odds: even_odds(all, good),
                    chance: chance(all, good, tried),
                }
            }
            // A space has more candidates than were drawn of it.
            Candidates::Space(_) => Search {
                even_odds: (0.5_f64.ln() / (-share).ln_1p()).ceil().max(1.0),
                chance: 1.0 - power(1.0 - share, tried),
            },
        }
    }
}

/// `x` multiplied with itself so often, the same on every machine.
fn power(x: f64, times: u64) -> f64 {
    (0..times).fold(1.0, |product, _| product * x)
}

impl Level {
    /// The same level where these points were reached, in a draw.
    fn among(&self, reached: &[f64]) -> Self {
        match self {
            Self::Cost(_) => Self::Cost(reached.iter().map(|x| -x).fold(f64::INFINITY, f64::min)),
            Self::Volume { reference, .. } => Self::Volume {
                volume: volume(reached, reference) * (1.0 - 1e-9),
                reference: reference.clone(),
            },
        }
    }
}

/// The places of a pool without some of them.
struct Others {
    /// Ascending.
    without: Vec<usize>,
    rows: usize,
}

impl Others {
    fn new<'a>(pool: &Pool, without: impl Iterator<Item = &'a Candidate>) -> Self {
        let without: BTreeSet<usize> = without.filter_map(|c| pool.place(c)).collect();
        Self {
            without: without.into_iter().collect(),
            rows: pool.kept.len(),
        }
    }

    fn len(&self) -> usize {
        self.rows - self.without.len()
    }

    fn holds(&self, place: usize) -> bool {
        self.without.binary_search(&place).is_err()
    }

    /// The place of number `i` of them.
    fn nth(&self, i: usize) -> usize {
        // Of the places left out, those before it push it back: the first so many that it still stands behind.
        let (mut low, mut high) = (0, self.without.len());
        while low < high {
            let middle = (low + high) / 2;
            if self.without[middle] <= i + middle {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        i + low
    }
}
