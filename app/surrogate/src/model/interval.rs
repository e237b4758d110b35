//! Intervals that hold as often as they say.
//!
//! A model's own quantiles are the start. On rows that the model has not seen (cross-validation) the narrowest central
//! interval is looked for that holds the wanted share; where even the widest does not, it is widened by a share of its
//! own width, as conformalised quantile regression does (Y. Romano, E. Patterson, E. Candès, NeurIPS 2019).
//!
//! A forest is certain of what it has learnt. So every interval reaches from the mean at least as far as the errors of the
//! surest predictions do; the levels are chosen with that already in place.

use crate::calibration::conformal_quantile;

/// What a model predicts of one candidate, whatever its kind.
pub(crate) trait Predictive {
    fn mean(&self) -> f64;
    fn std(&self) -> f64;
    fn quantile(&self, p: f64) -> f64;
    fn probability_of(&self, value: f64) -> f64;
}

/// How the interval of one share is made: the central share of the distribution, and how much is added on both sides.
/// [`Rules::interval`] then makes it as wide as it must be at least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rule {
    pub level: f64,
    pub widen: f64,
}

/// The rules of a model for one kind of candidate: the shares of [`SHARES`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rules {
    pub rules: [Rule; 2],
    /// The factor on standard deviations.
    pub scale: f64,
    /// The smallest standard deviation that is stated, in the target's unit: a forest is certain of what it has learnt, to
    /// which an experiment's error and the next sample of the same composition do not keep.
    pub least: f64,
    /// How far intervals reach from the mean at least: the shares of [`SHARES`] of the errors of the surest predictions.
    pub reach: [f64; 2],
}

/// The shares that intervals promise.
pub(crate) const SHARES: [f64; 2] = [0.68, 0.95];

/// Central shares that are tried; close together where the wanted ones lie, so that no interval is wider than it must be.
const LEVELS: [f64; 22] = [
    0.4, 0.5, 0.55, 0.58, 0.61, 0.64, 0.66, 0.68, 0.7, 0.72, 0.74, 0.76, 0.8, 0.85, 0.9, 0.92,
    0.935, 0.95, 0.96, 0.97, 0.98, 0.99,
];

/// What calibration needs of one row: the observed value, the intervals of all levels, the width that widening counts in,
/// and mean and standard deviation.
pub(crate) struct Judged {
    pub observed: f64,
    intervals: [(f64, f64); LEVELS.len()],
    width: f64,
    pub mean: f64,
    pub median: f64,
    pub std: f64,
}

/// The central interval.
fn central(predicted: &dyn Predictive, level: f64) -> (f64, f64) {
    (
        predicted.quantile(0.5 - 0.5 * level),
        predicted.quantile(0.5 + 0.5 * level),
    )
}

/// What widening counts in: the width of the 90 % interval, and a tenth of the spread of all targets, so that candidates of
/// which the model is wrongly certain get something too.
fn width(predicted: &dyn Predictive, spread: f64) -> f64 {
    let (low, high) = central(predicted, 0.9);
    high - low + 0.1 * spread
}

impl Judged {
    pub fn new(predicted: &dyn Predictive, observed: f64, spread: f64) -> Self {
        Self {
            observed,
            intervals: LEVELS.map(|level| central(predicted, level)),
            width: width(predicted, spread),
            mean: predicted.mean(),
            median: predicted.quantile(0.5),
            std: predicted.std(),
        }
    }
}

impl Rule {
    /// Of rows whose intervals reach so far from the mean at least.
    fn fit(judged: &[Judged], share: f64, reach: f64) -> Self {
        let near = |row: &Judged| (row.observed - row.mean).abs() <= reach;
        let enough = ((judged.len() + 1) as f64 * share).ceil() as usize;
        for (place, level) in LEVELS.iter().enumerate() {
            let held = judged
                .iter()
                .filter(|row| {
                    let (low, high) = row.intervals[place];
                    near(row) || (low <= row.observed && row.observed <= high)
                })
                .count();
            if held >= enough {
                return Self {
                    level: *level,
                    widen: 0.0,
                };
            }
        }
        // The quantiles of the wanted share itself, widened until they hold it.
        let place = LEVELS.len() - 1;
        let mut lacking: Vec<f64> = judged
            .iter()
            .map(|row| {
                let (low, high) = row.intervals[place];
                let lacking = (low - row.observed).max(row.observed - high) / row.width;
                if near(row) { lacking.min(0.0) } else { lacking }
            })
            .collect();
        lacking.sort_by(f64::total_cmp);
        let widen = conformal_quantile(&lacking, share);
        Self {
            level: LEVELS[place],
            widen: if widen.is_finite() {
                widen.max(0.0)
            } else {
                0.0
            },
        }
    }
}

impl Rules {
    /// From rows that the model had not seen.
    pub fn fit(judged: &[Judged]) -> Self {
        let errors: f64 = judged.iter().map(|r| (r.observed - r.mean).powi(2)).sum();
        let variances: f64 = judged.iter().map(|r| r.std * r.std).sum();
        let scale = (errors / variances).sqrt();
        let surest = errors_of_the_surest(judged);
        let squares: f64 = surest.iter().map(|error| error * error).sum();
        // Of none, nothing.
        let reach = SHARES.map(|share| conformal_quantile(&surest, share).max(0.0));
        Self {
            rules: [0, 1].map(|k| Rule::fit(judged, SHARES[k], reach[k])),
            scale: if scale.is_finite() && scale > 0.0 {
                scale
            } else {
                1.0
            },
            least: (squares / surest.len().max(1) as f64).sqrt(),
            reach,
        }
    }

    /// The interval of the share [`SHARES`]`[k]`; never below `floor`, the smallest value that the property can have.
    pub fn interval(
        &self,
        k: usize,
        predicted: &dyn Predictive,
        spread: f64,
        floor: f64,
    ) -> (f64, f64) {
        let rule = self.rules[k];
        let (low, high) = central(predicted, rule.level);
        let by = if rule.widen == 0.0 {
            0.0
        } else {
            rule.widen * width(predicted, spread)
        };
        let (mean, reach) = (predicted.mean(), self.reach[k]);
        (
            (low - by).min(mean - reach).max(floor.min(low)),
            (high + by).max(mean + reach),
        )
    }

    /// The standard deviation that is stated where the learner's own is `std`; NaN stays NaN.
    pub fn std(&self, std: f64) -> f64 {
        let scaled = self.scale * std;
        if scaled < self.least {
            self.least
        } else {
            scaled
        }
    }

    /// For candidates outside the domain an interval is never narrower than inside.
    pub fn at_least(mut self, inside: &Self) -> Self {
        for (rule, inside) in self.rules.iter_mut().zip(&inside.rules) {
            rule.level = rule.level.max(inside.level);
            rule.widen = rule.widen.max(inside.widen);
        }
        self.scale = self.scale.max(inside.scale);
        self.least = self.least.max(inside.least);
        self.reach = [0, 1].map(|k| self.reach[k].max(inside.reach[k]));
        self
    }
}

/// The sizes, ascending, of the errors of the tenth of the rows of which the model was surest, and of those that tie with
/// them. Where it says zero and nothing else (a metal's gap) it may be right to the last digit, so these do not count.
fn errors_of_the_surest(judged: &[Judged]) -> Vec<f64> {
    let mut known: Vec<(f64, f64)> = judged
        .iter()
        .filter(|row| row.mean != 0.0)
        .map(|row| (row.std, (row.observed - row.mean).abs()))
        .filter(|(std, error)| std.is_finite() && error.is_finite())
        .collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some((limit, _)) = known
        .get(known.len().div_ceil(10).saturating_sub(1))
        .copied()
    else {
        return Vec::new();
    };
    let surest = known.into_iter().take_while(|(std, _)| *std <= limit);
    let mut errors: Vec<f64> = surest.map(|(_, error)| error).collect();
    errors.sort_by(f64::total_cmp);
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Outcome;

    struct Normal(f64, f64);

    impl Predictive for Normal {
        fn mean(&self) -> f64 {
            self.0
        }
        fn std(&self) -> f64 {
            self.1
        }
        fn quantile(&self, p: f64) -> f64 {
            Outcome::Identity.quantile(self.0, self.1, p)
        }
        fn probability_of(&self, _: f64) -> f64 {
            0.0
        }
    }

    #[test]
    fn no_stated_deviation_is_below_the_error_of_the_surest_predictions() {
        // The ten surest of a hundred claim a thousandth and are wrong by 0.3.
        let judged: Vec<Judged> = (0..100)
            .map(|row| {
                let (std, error) = if row < 10 { (1e-3, 0.3) } else { (1.0, 1.0) };
                let sign = if row % 2 == 0 { 1.0 } else { -1.0 };
                Judged::new(&Normal(5.0, std), 5.0 + sign * error, 1.0)
            })
            .collect();
        let rules = Rules::fit(&judged);
        assert!((rules.least - 0.3).abs() < 1e-12);
        assert_eq!(rules.std(0.0), rules.least);
        assert!((rules.std(1.0) - rules.scale).abs() < 1e-12);
        assert!(rules.std(f64::NAN).is_nan());
        // An interval is as wide as their errors, but does not reach where the property cannot be.
        let (low, high) = rules.interval(1, &Normal(5.0, 0.0), 1.0, 0.0);
        assert!((low - 4.7).abs() < 1e-12 && (high - 5.3).abs() < 1e-12);
        assert_eq!(rules.interval(1, &Normal(0.1, 0.0), 1.0, 0.0).0, 0.0);
        // Sure and right about zeros is no reason to be sure of anything else.
        let zeros = (0..100).map(|_| Judged::new(&Normal(0.0, 0.0), 0.0, 1.0));
        let all: Vec<Judged> = judged.into_iter().chain(zeros).collect();
        assert!((Rules::fit(&all).least - 0.3).abs() < 1e-12);
    }

    #[test]
    fn levels_are_chosen_with_the_least_width_in_place() {
        // Errors are normal with the standard deviation 1, and a fifth of the rows claim to be exact.
        let rows = 4000;
        let error = |row: usize| crate::normal::quantile((row as f64 + 0.5) / rows as f64);
        let claim = |row: usize| if row.is_multiple_of(5) { 0.0 } else { 1.0 };
        let judged: Vec<Judged> = (0..rows)
            .map(|row| Judged::new(&Normal(9.0, claim(row)), 9.0 + error(row), 1.0))
            .collect();
        let rules = Rules::fit(&judged);
        for (k, share) in SHARES.into_iter().enumerate() {
            let held = (0..rows).filter(|row| {
                let predicted = Normal(9.0, claim(*row));
                let (low, high) = rules.interval(k, &predicted, 1.0, f64::NEG_INFINITY);
                (low..=high).contains(&(9.0 + error(*row)))
            });
            let held = held.count() as f64 / rows as f64;
            assert!((share..share + 0.02).contains(&held), "{share}: {held}");
            assert_eq!(rules.rules[k].widen, 0.0);
        }
    }
}
