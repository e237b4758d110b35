//! Observations as a Gaussian process sees them: unusable rows set aside, inputs in the unit cube, outcomes transformed and
//! standardised, rows with the same inputs pooled.

use std::collections::HashMap;

use crate::SurrogateError;
use crate::outcome::Outcome;

/// What was measured: `n` rows of `d` inputs, and one target each.
#[derive(Clone, Copy, Debug)]
pub struct Observations<'a> {
    /// `n x d`, row after row. A row with a value that is not finite is set aside and counted.
    pub inputs: &'a [f64],
    /// `d`.
    pub dimensions: usize,
    /// One for each row; NaN or infinite: this row knows nothing of this target.
    pub targets: &'a [f64],
    /// The known standard deviation of each target, in its unit; NaN where unknown, 0 for an exact value.
    pub std: Option<&'a [f64]>,
}

/// Which rows took part in a fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub used: usize,
    /// Distinct inputs among them.
    pub distinct: usize,
    /// Rows without a target.
    pub missing_target: usize,
    /// Rows with an input that is not finite.
    pub unusable_input: usize,
    /// Targets that the outcome transform has no value for (the logarithm of zero).
    pub outside_transform: usize,
}

/// The range of each input that becomes 0 to 1.
///
/// Give the range of the candidates, not that of the observations: then a lengthscale means the same in every round.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

impl Bounds {
    /// The range of each of `dimensions` columns over the finite values of `inputs` (`n x d`, row after row); 0 to 1 for
    /// a column that has none.
    pub fn of(inputs: &[f64], dimensions: usize) -> Self {
        let mut lower = vec![f64::INFINITY; dimensions];
        let mut upper = vec![f64::NEG_INFINITY; dimensions];
        for row in inputs.chunks_exact(dimensions.max(1)) {
            for ((x, low), high) in row.iter().zip(&mut lower).zip(&mut upper) {
                if x.is_finite() {
                    *low = low.min(*x);
                    *high = high.max(*x);
                }
            }
        }
        for (low, high) in lower.iter_mut().zip(&mut upper) {
            if low > high {
                (*low, *high) = (0.0, 1.0);
            }
        }
        Self { lower, upper }
    }

    /// The unit cube.
    pub fn unit(dimensions: usize) -> Self {
        Self {
            lower: vec![0.0; dimensions],
            upper: vec![1.0; dimensions],
        }
    }

    /// Scales one value of input `d`. Where the range is a single value, differences count in units of its size.
    pub(crate) fn scale(&self, d: usize, x: f64) -> f64 {
        // Adding 0 makes -0 into 0: the two are the same candidate.
        (x - self.lower[d]) / self.width(d) + 0.0
    }

    pub(crate) fn width(&self, d: usize) -> f64 {
        let width = self.upper[d] - self.lower[d];
        if width > 0.0 {
            width
        } else {
            self.lower[d].abs().max(1.0)
        }
    }
}

/// Observations ready for a fit. Everything is in standardised units.
#[derive(Clone, Debug)]
pub(crate) struct Data {
    pub dimensions: usize,
    /// `g x d` scaled inputs of the distinct candidates, in the order in which they first occur.
    pub x: Vec<f64>,
    /// For each observation: the candidate, the row it came from, the standardised value, the known variance.
    pub group: Vec<usize>,
    pub row: Vec<usize>,
    pub y: Vec<f64>,
    pub known: Vec<f64>,
    /// Standardised value = (transformed target - centre) / spread.
    pub centre: f64,
    pub spread: f64,
    /// The spread was not to be had from the data: fewer than two different values.
    pub spread_unknown: bool,
    pub usage: Usage,
}

/// The observations of each candidate pooled for one value of the inferred noise; derivatives are with respect to it.
///
/// Pooling is exact: the likelihood of all observations is that of the pooled ones times what `extra` holds.
pub(crate) struct Pooled {
    pub y: Vec<f64>,
    pub variance: Vec<f64>,
    pub y_slope: Vec<f64>,
    pub variance_slope: Vec<f64>,
    pub extra: f64,
    pub extra_slope: f64,
}

/// Standardised variances are at least this, so that an exact value does not have an infinite weight.
const LEAST_VARIANCE: f64 = 1e-10;

impl Data {
    /// # Errors
    ///
    /// Lengths that do not fit, no inputs, a negative standard deviation.
    pub fn new(
        observations: Observations,
        bounds: &Bounds,
        outcome: Outcome,
    ) -> Result<Self, SurrogateError> {
        let d = observations.dimensions;
        check(observations, bounds)?;
        let n = observations.targets.len();
        let mut usage = Usage::default();
        let mut data = Self {
            dimensions: d,
            x: Vec::new(),
            group: Vec::new(),
            row: Vec::new(),
            y: Vec::new(),
            known: Vec::new(),
            centre: 0.0,
            spread: 1.0,
            spread_unknown: true,
            usage,
        };
        let mut seen: HashMap<Vec<u64>, usize> = HashMap::new();
        for row in 0..n {
            let target = observations.targets[row];
            if !target.is_finite() {
                usage.missing_target += 1;
                continue;
            }
            let inputs = &observations.inputs[row * d..(row + 1) * d];
            let scaled: Vec<f64> = (0..d).map(|k| bounds.scale(k, inputs[k])).collect();
            if scaled.iter().any(|x| !x.is_finite()) {
                usage.unusable_input += 1;
                continue;
            }
            let Some(y) = outcome.transform(target) else {
                usage.outside_transform += 1;
                continue;
            };
            let std = observations.std.map_or(0.0, |std| std[row]);
            let std = if std.is_nan() { 0.0 } else { std };
            let std = std * outcome.slope(target);
            if !std.is_finite() {
                // An error without bound says nothing of the target.
                usage.missing_target += 1;
                continue;
            }
            let key: Vec<u64> = scaled.iter().map(|x| x.to_bits()).collect();
            let next = seen.len();
            let group = *seen.entry(key).or_insert(next);
            if group == next {
                data.x.extend_from_slice(&scaled);
            }
            data.group.push(group);
            data.row.push(row);
            data.y.push(y);
            data.known.push(std * std);
        }
        usage.used = data.y.len();
        usage.distinct = seen.len();
        data.usage = usage;
        data.standardise();
        Ok(data)
    }

    /// Number of distinct candidates.
    pub fn len(&self) -> usize {
        self.usage.distinct
    }

    fn standardise(&mut self) {
        let n = self.y.len() as f64;
        if self.y.is_empty() {
            return;
        }
        // Of values near the largest number the plain sum would overflow.
        self.centre = self.y.iter().map(|y| y / n).sum();
        let largest = self.y.iter().fold(0.0_f64, |a, y| a.max(y.abs()));
        let deviation = self
            .y
            .iter()
            .fold(0.0_f64, |a, y| a.max((y - self.centre).abs()));
        // Differences in the last digits are not a spread.
        self.spread_unknown = self.y.len() < 2 || deviation <= 1e-12 * largest;
        self.spread = if self.spread_unknown {
            // Nothing is known of the spread but the size of the value, which at least follows its unit.
            if largest > 0.0 { largest } else { 1.0 }
        } else {
            let squares: f64 = self
                .y
                .iter()
                .map(|y| ((y - self.centre) / deviation).powi(2))
                .sum();
            deviation * (squares / (n - 1.0)).sqrt()
        };
        for (y, known) in self.y.iter_mut().zip(&mut self.known) {
            *y = (*y - self.centre) / self.spread;
            *known /= self.spread * self.spread;
        }
    }

    /// Pools the observations of each candidate, weighted by their precision `1 / (known + noise)`.
    pub fn pool(&self, noise: f64) -> Pooled {
        let g = self.len();
        let variance = |i: usize| (self.known[i] + noise).max(LEAST_VARIANCE);
        let mut weight = vec![0.0; g];
        let mut squares = vec![0.0; g];
        let mut y = vec![0.0; g];
        for (i, &group) in self.group.iter().enumerate() {
            let w = 1.0 / variance(i);
            weight[group] += w;
            squares[group] += w * w;
            y[group] += w * self.y[i];
        }
        y.iter_mut().zip(&weight).for_each(|(y, w)| *y /= w);
        let (mut extra, mut extra_slope) = (0.0, 0.0);
        let mut y_slope = vec![0.0; g];
        for (i, &group) in self.group.iter().enumerate() {
            let w = 1.0 / variance(i);
            let off = self.y[i] - y[group];
            y_slope[group] -= w * w * off / weight[group];
            extra += 0.5 * (libm::log(w) - super::hyper::LN_2PI - w * off * off);
            extra_slope += 0.5 * (w * w * off * off - w);
        }
        for group in 0..g {
            extra += 0.5 * (super::hyper::LN_2PI - libm::log(weight[group]));
            extra_slope += 0.5 * squares[group] / weight[group];
        }
        Pooled {
            y,
            y_slope,
            variance_slope: squares
                .iter()
                .zip(&weight)
                .map(|(s, w)| s / (w * w))
                .collect(),
            variance: weight.iter().map(|w| 1.0 / w).collect(),
            extra,
            extra_slope,
        }
    }
}

fn check(observations: Observations, bounds: &Bounds) -> Result<(), SurrogateError> {
    let d = observations.dimensions;
    if d == 0 {
        return Err(SurrogateError::NoInputs);
    }
    let n = observations.targets.len();
    let length = |what, found, expected| {
        if found == expected {
            Ok(())
        } else {
            Err(SurrogateError::Length {
                what,
                found,
                expected,
            })
        }
    };
    length("the block of inputs", observations.inputs.len(), n * d)?;
    length("the lower bounds", bounds.lower.len(), d)?;
    length("the upper bounds", bounds.upper.len(), d)?;
    for (low, high) in bounds.lower.iter().zip(&bounds.upper) {
        if !(low <= high && (high - low).is_finite()) {
            return Err(SurrogateError::Option {
                what: "the range of an input",
                value: format!("{low} to {high}"),
                remedy: "give two finite numbers, the lower one first",
            });
        }
    }
    let Some(std) = observations.std else {
        return Ok(());
    };
    length("the column of standard deviations", std.len(), n)?;
    match std.iter().position(|s| *s < 0.0) {
        Some(row) => Err(SurrogateError::Value {
            what: "the standard deviation of the target",
            row,
            value: std[row],
            remedy: "give a positive number, 0 for an exact value, or NaN for an unknown one",
        }),
        None => Ok(()),
    }
}
