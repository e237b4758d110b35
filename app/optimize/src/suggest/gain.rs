//! What a candidate is expected to add to the best value or to the hypervolume, averaged over draws of everything else that is
//! uncertain: the noise-free values of what was measured, what is in flight, and the picks before it.
//!
//! Given such a draw the candidate itself is normal, so its own expectation is taken in closed form (for two and three
//! objectives over the cells above the drawn front): only the others are drawn. That is the acquisition function of
//! qLogEI, qLogNEI (S. Ament et al., NeurIPS 2023) and qLogNEHVI (S. Daulton et al., NeurIPS 2021), filled greedily, without
//! their smoothing and with less error from draws.

use super::front::{Cell, Point, cells};
use super::normal::{Excess, cdf, log_cdf, log_difference, log_excess_of, log_sum};

/// How a standardised outcome becomes a utility, higher is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Utility {
    /// The outcome times this sign.
    Signed(f64),
    /// Minus the distance from this value.
    Target(f64),
}

impl Utility {
    pub fn of(self, value: f64) -> f64 {
        match self {
            Self::Signed(sign) => sign * value,
            Self::Target(target) => -(value - target).abs(),
        }
    }

    /// The mean that suits the utility best within `width` of a mean.
    pub fn favoured(self, mean: f64, width: f64) -> f64 {
        match self {
            Self::Signed(sign) => mean + sign * width,
            Self::Target(target) => mean + (target - mean).clamp(-width, width),
        }
    }
}

/// One utility of one candidate, given everything else: its outcome is normal.
#[derive(Clone, Copy)]
struct Chance {
    utility: Utility,
    mean: f64,
    sd: f64,
    inverse: f64,
}

impl Chance {
    /// `E(u - a)⁺`.
    #[inline(always)]
    fn excess(&self, table: Excess, a: f64) -> f64 {
        match self.utility {
            Utility::Signed(sign) => table.of(sign * self.mean, self.sd, self.inverse, a),
            Utility::Target(target) => {
                // (w - |f - t|)⁺ is a triangle: three kinks.
                let w = -a;
                if w <= 0.0 {
                    return 0.0;
                }
                // Seen from the side on which the mean lies below the target.
                let off = -(self.mean - target).abs();
                let of = |a| table.of(off, self.sd, self.inverse, a);
                (of(-w) - 2.0 * of(0.0) + of(w)).max(0.0)
            }
        }
    }

    /// Its logarithm.
    fn log_excess(&self, a: f64) -> f64 {
        match self.utility {
            Utility::Signed(sign) => log_excess_of(sign * self.mean, self.sd, a),
            Utility::Target(target) => {
                let w = -a;
                if w <= 0.0 {
                    return f64::NEG_INFINITY;
                }
                let off = -(self.mean - target).abs();
                if w < 1e-4 * self.sd {
                    // The density hardly changes over the triangle, whose area is w².
                    let u = off / self.sd;
                    return 2.0 * libm::log(w)
                        - libm::log(self.sd)
                        - 0.5 * u * u
                        - 0.918_938_533_204_672_7;
                }
                let of = |a| log_excess_of(off, self.sd, a);
                let twice = of(0.0) + std::f64::consts::LN_2;
                log_difference(log_sum(&[of(-w), of(w)]), twice)
            }
        }
    }

    /// `ln P(u > t)`.
    fn log_survival(&self, t: f64) -> f64 {
        let standard = |x: f64| if x.is_nan() { 0.0 } else { x };
        match self.utility {
            Utility::Signed(sign) => log_cdf(standard((sign * self.mean - t) * self.inverse)),
            Utility::Target(_) if t >= 0.0 => f64::NEG_INFINITY,
            Utility::Target(target) => {
                let off = -(self.mean - target).abs();
                let upper = log_cdf(standard((off - t) * self.inverse));
                log_difference(upper, log_cdf(standard((off + t) * self.inverse)))
            }
        }
    }

    fn survival(&self, t: f64) -> f64 {
        let standard = |x: f64| if x.is_nan() { 0.0 } else { x };
        match self.utility {
            Utility::Signed(sign) => cdf(standard((sign * self.mean - t) * self.inverse)),
            Utility::Target(_) if t >= 0.0 => 0.0,
            Utility::Target(target) => {
                let off = -(self.mean - target).abs();
                cdf(standard((off - t) * self.inverse)) - cdf(standard((off + t) * self.inverse))
            }
        }
    }

    /// Beyond this the utility hardly ever lies.
    fn furthest(&self) -> f64 {
        match self.utility {
            Utility::Signed(sign) => sign * self.mean + 8.0 * self.sd,
            Utility::Target(target) => (8.0 * self.sd - (self.mean - target).abs()).min(0.0),
        }
    }
}

/// What is improved upon.
#[derive(Clone, Debug)]
pub(crate) enum Aspiration {
    /// No objective: to have a feasible candidate at all. Whether there is one already.
    Feasible(bool),
    /// One utility: the best, or the last of several leads.
    Best(f64),
    /// Two or three: the space above the front, of this many utilities.
    Above(usize, Vec<Cell>),
    /// More: the least of `(u - reference) weight` over the utilities, and its best.
    Scalar(f64),
    /// To learn where an outcome crosses its target: the straddle, `1.96 sd - |mean - target|`, made positive.
    Straddle,
}

/// The aspiration of each draw.
#[derive(Clone, Debug)]
pub(crate) struct Aspirations {
    pub draws: Vec<Aspiration>,
    /// What each draw has achieved: utilities of its feasible points.
    achieved: Vec<Vec<Vec<f64>>>,
    goal: Goal,
}

/// What all draws share.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    pub utilities: Vec<Utility>,
    /// The utilities that improvement is counted from; with a single one only where too little is feasible yet.
    pub reference: Vec<f64>,
    /// With one utility: improvement is counted from this best of what was achieved, from 1.
    pub lead: usize,
    /// With one utility: only what exceeds this counts.
    pub least: f64,
    /// With more than three: the weights of the scalarisation.
    pub weights: Vec<f64>,
    /// The single utility's target is to be straddled, not met.
    pub straddle: bool,
}

impl Goal {
    fn aspiration(&self, achieved: &[Vec<f64>]) -> Aspiration {
        match self.utilities.len() {
            _ if self.straddle => Aspiration::Straddle,
            0 => Aspiration::Feasible(!achieved.is_empty()),
            1 => Aspiration::Best(self.last_lead(achieved).max(self.least)),
            m @ (2 | 3) => {
                let point = |u: &[f64]| -> Point {
                    let mut p = [0.0; 3];
                    p[..m].copy_from_slice(&u[..m]);
                    p
                };
                let points: Vec<Point> = achieved.iter().map(|u| point(u)).collect();
                Aspiration::Above(m, cells(&points, &point(&self.reference), m))
            }
            _ => Aspiration::Scalar(achieved.iter().map(|u| self.scalar(u)).fold(0.0, f64::max)),
        }
    }

    /// Of one utility: the last of the leads. It never falls when a point is added, so that gains only shrink.
    fn last_lead(&self, achieved: &[Vec<f64>]) -> f64 {
        let mut leads: Vec<f64> = achieved.iter().map(|u| u[0]).collect();
        if leads.len() < self.lead {
            return self.reference[0];
        }
        let (_, last, _) = leads.select_nth_unstable_by(self.lead - 1, |a, b| b.total_cmp(a));
        if self.lead == 1 {
            *last
        } else {
            last.max(self.reference[0])
        }
    }

    fn scalar(&self, utilities: &[f64]) -> f64 {
        utilities
            .iter()
            .zip(&self.reference)
            .zip(&self.weights)
            .map(|((u, r), w)| (u - r) * w)
            .fold(f64::INFINITY, f64::min)
    }
}

impl Aspirations {
    /// `achieved`: for each draw the utilities of its feasible points.
    pub fn new(goal: Goal, achieved: Vec<Vec<Vec<f64>>>) -> Self {
        Self {
            draws: achieved.iter().map(|a| goal.aspiration(a)).collect(),
            achieved,
            goal,
        }
    }

    pub fn count(&self) -> usize {
        self.draws.len()
    }

    /// Adds a point to those draws that hold it feasible: its utilities by draw.
    pub fn add(&mut self, utilities: &[Vec<f64>], feasible: &[bool]) {
        for (draw, (u, feasible)) in utilities.iter().zip(feasible).enumerate() {
            if *feasible && u.iter().all(|u| !u.is_nan()) {
                self.achieved[draw].push(u.clone());
                self.draws[draw] = self.goal.aspiration(&self.achieved[draw]);
            }
        }
    }

    /// Changes the weights of the scalarisation.
    pub fn reweight(&mut self, weights: Vec<f64>) {
        self.goal.weights = weights;
        self.draws = self
            .achieved
            .iter()
            .map(|achieved| self.goal.aspiration(achieved))
            .collect();
    }

    /// A single draw that every one of these draws has surpassed: what is improved upon it bounds what is improved upon any of
    /// them. Of a point it takes the least of each utility over the draws, if all hold it feasible.
    pub fn lowest(&self, draws: std::ops::Range<usize>) -> Self {
        let all = &self.achieved[draws];
        let everywhere = all.iter().map(Vec::len).min().unwrap_or(0);
        let mut low: Vec<Vec<f64>> = Vec::new();
        if self.goal.utilities.len() == 1 {
            let last = |achieved: &Vec<Vec<f64>>| self.goal.last_lead(achieved);
            let least = all.iter().map(last).fold(f64::INFINITY, f64::min);
            let goal = Goal {
                lead: 1,
                ..self.goal.clone()
            };
            low.extend(least.is_finite().then(|| vec![least]));
            return Self::new(goal, vec![low]);
        }
        if all.iter().all(|a| a.len() == everywhere) {
            for point in 0..everywhere {
                let mut least = all[0][point].clone();
                for achieved in &all[1..] {
                    for (least, u) in least.iter_mut().zip(&achieved[point]) {
                        *least = least.min(*u);
                    }
                }
                low.push(least);
            }
        }
        Self::new(self.goal.clone(), vec![low])
    }

    /// The logarithm of the mean improvement over the draws, which fall into as many blocks as there are sets of means and
    /// standard deviations. For each block and utility the outcome's mean and standard deviation given everything else, and in
    /// `shifts` what each draw adds to the mean, draw after draw and in it utility after utility; empty
    /// where nothing is added.
    pub fn log_gain(&self, means: &[f64], sds: &[f64], shifts: &[f64]) -> f64 {
        let table = Excess::new();
        let m = self.goal.utilities.len();
        let blocks = means.len().checked_div(m).unwrap_or(1);
        let chance = |draw: usize, j: usize| {
            let at = draw * blocks / self.draws.len() * m + j;
            Chance {
                utility: self.goal.utilities[j],
                mean: means[at]
                    + if shifts.is_empty() {
                        0.0
                    } else {
                        shifts[draw * m + j]
                    },
                sd: sds[at],
                inverse: 1.0 / sds[at],
            }
        };
        let count = self.count() as f64;
        if means.iter().chain(sds).any(|x| x.is_nan()) {
            return f64::NAN;
        }
        if self.goal.straddle {
            // The mean that is expected, whatever is in flight.
            return straddle(self.goal.utilities[0], means[0], sds[0]);
        }
        let size: f64 = sds
            .chunks_exact(m.max(1))
            .map(|sds| sds.iter().product::<f64>())
            .fold(0.0, f64::max);
        let mut total = 0.0;
        for (draw, aspiration) in self.draws.iter().enumerate() {
            total += match aspiration {
                Aspiration::Feasible(found) => f64::from(u8::from(!found)),
                Aspiration::Best(best) => chance(draw, 0).excess(table, *best),
                Aspiration::Above(2, cells) => {
                    above_two(table, &chance(draw, 0), &chance(draw, 1), cells)
                }
                Aspiration::Above(_, cells) => {
                    let parts = [chance(draw, 0), chance(draw, 1), chance(draw, 2)];
                    above_three(table, &parts, cells)
                }
                Aspiration::Scalar(best) => {
                    let parts: Vec<Chance> = (0..m).map(|j| chance(draw, j)).collect();
                    scalar_excess(&self.goal, &parts, *best)
                }
                Aspiration::Straddle => 0.0,
            };
        }
        // The table is as good as exact down to here.
        if total > 1e-8 * size * count || m == 0 {
            return libm::log(total / count);
        }
        let mut logs = Vec::new();
        for (draw, aspiration) in self.draws.iter().enumerate() {
            match aspiration {
                Aspiration::Feasible(_) | Aspiration::Straddle => {}
                Aspiration::Best(best) => logs.push(chance(draw, 0).log_excess(*best)),
                Aspiration::Above(m, cells) => {
                    for cell in cells {
                        let mut log = log_within(&chance(draw, 0), cell.first)
                            + chance(draw, 1).log_excess(cell.second);
                        if *m == 3 {
                            log += log_within(&chance(draw, 2), cell.third);
                        }
                        logs.push(log);
                    }
                }
                Aspiration::Scalar(best) => {
                    let parts: Vec<Chance> = (0..m).map(|j| chance(draw, j)).collect();
                    logs.push(log_scalar_excess(&self.goal, &parts, *best));
                }
            }
        }
        log_sum(&logs) - libm::log(count)
    }

    /// A bound of [`Aspirations::log_gain`] for a single draw that is cheap where the gain is next to nothing.
    pub fn log_bound(&self, means: &[f64], sds: &[f64]) -> f64 {
        if let [Aspiration::Above(m, cells)] = &self.draws[..] {
            let chance = |j: usize| Chance {
                utility: self.goal.utilities[j],
                mean: means[j],
                sd: sds[j],
                inverse: 1.0 / sds[j],
            };
            if means.iter().chain(sds).any(|x| x.is_nan()) {
                return f64::NAN;
            }
            let table = Excess::new();
            let total = if *m == 2 {
                above_two(table, &chance(0), &chance(1), cells)
            } else {
                above_three(table, &[chance(0), chance(1), chance(2)], cells)
            };
            // What the table loses is less than this for each cell, times what lies above the reference.
            let whole: f64 = (0..*m)
                .map(|j| chance(j).excess(table, self.goal.reference[j]) + 1e-14 * sds[j])
                .product();
            return libm::log(total + 1e-12 * whole + f64::MIN_POSITIVE);
        }
        if let [Aspiration::Scalar(best)] = &self.draws[..] {
            // The least of several exceeds the best no more than each of them does.
            return (0..means.len())
                .map(|j| {
                    let weight = self.goal.weights[j];
                    let part = Chance {
                        utility: self.goal.utilities[j],
                        mean: means[j],
                        sd: sds[j],
                        inverse: 1.0 / sds[j],
                    };
                    libm::log(weight) + part.log_excess(self.goal.reference[j] + best / weight)
                })
                .fold(f64::INFINITY, |a, b| if b.is_nan() { b } else { a.min(b) });
        }
        self.log_gain(means, sds, &[])
    }
}

/// The logarithm of the straddle, by a smooth function that keeps its order and makes it positive.
fn straddle(utility: Utility, mean: f64, sd: f64) -> f64 {
    let score = 1.96 * sd + utility.of(mean);
    // ln ln(1 + eˣ)
    if score < -30.0 {
        score
    } else {
        libm::log(libm::log1p(libm::exp(score.min(700.0))))
    }
}

/// `E` of the area that a point adds above cells that follow each other from infinity down.
#[inline(always)]
fn above_two(table: Excess, first: &Chance, second: &Chance, cells: &[Cell]) -> f64 {
    let (mut sum, mut before) = (0.0, 0.0);
    for cell in cells {
        let here = first.excess(table, cell.first[0]);
        sum += (here - before) * second.excess(table, cell.second);
        before = here;
    }
    sum
}

#[inline(always)]
fn above_three(table: Excess, parts: &[Chance; 3], cells: &[Cell]) -> f64 {
    let within = |chance: &Chance, [low, high]: [f64; 2]| {
        let beyond = if high < f64::INFINITY {
            chance.excess(table, high)
        } else {
            0.0
        };
        chance.excess(table, low) - beyond
    };
    cells
        .iter()
        .map(|cell| {
            within(&parts[0], cell.first)
                * parts[1].excess(table, cell.second)
                * within(&parts[2], cell.third)
        })
        .sum()
}

/// `ln E` of how much of an interval lies below a utility.
fn log_within(chance: &Chance, [low, high]: [f64; 2]) -> f64 {
    let whole = chance.log_excess(low);
    if high < f64::INFINITY {
        log_difference(whole, chance.log_excess(high).min(whole))
    } else {
        whole
    }
}

/// Nodes and weights of Gauss's rule with 16 points on 0 to 1, half of the symmetric set: M. Abramowitz, I. A. Stegun,
/// Handbook of Mathematical Functions, NBS 1964, table 25.4.
const GAUSS: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_7, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_89),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];

/// `E(min_j (u_j - r_j) w_j - best)⁺ = ∫ Π P((u_j - r_j) w_j > t) dt` from the best on, over independent utilities.
fn scalar_excess(goal: &Goal, parts: &[Chance], best: f64) -> f64 {
    let at = |t: f64, j: usize| goal.reference[j] + t / goal.weights[j];
    let end = (0..parts.len())
        .map(|j| (parts[j].furthest() - goal.reference[j]) * goal.weights[j])
        .fold(f64::INFINITY, f64::min);
    // NaN has no excess.
    let exceeds = end > best;
    if !exceeds {
        return 0.0;
    }
    let half = 0.5 * (end - best);
    let value = |t: f64| -> f64 {
        (0..parts.len())
            .map(|j| parts[j].survival(at(t, j)))
            .product()
    };
    GAUSS
        .iter()
        .map(|(x, weight)| {
            let off = half * x;
            weight * (value(best + half - off) + value(best + half + off))
        })
        .sum::<f64>()
        * half
}

/// Its logarithm where it is next to nothing: the chance to exceed the best times the length over which that falls by 1/e.
fn log_scalar_excess(goal: &Goal, parts: &[Chance], best: f64) -> f64 {
    let at = |t: f64, j: usize| goal.reference[j] + t / goal.weights[j];
    let log = |t: f64| -> f64 {
        (0..parts.len())
            .map(|j| parts[j].log_survival(at(t, j)))
            .sum()
    };
    let scale = (0..parts.len())
        .map(|j| parts[j].sd * goal.weights[j])
        .fold(f64::INFINITY, f64::min);
    let step = 1e-3 * scale;
    let (here, there) = (log(best), log(best + step));
    if step > 0.0 && here > f64::NEG_INFINITY && here > there {
        here + libm::log(step / (here - there))
    } else {
        here
    }
}

#[cfg(test)]
#[path = "gain_tests.rs"]
mod tests;
