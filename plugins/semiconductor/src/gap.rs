//! What is known of a band gap: the probability of none at all, and a log-normal distribution of the gap otherwise.
//!
//! Its mean and standard deviation are those given, so that what follows from it carries the same error.

use std::f64::consts::{PI, SQRT_2};

/// Least standard deviation of a predicted gap, eV: that of one report of a measured gap (datasets/SOURCES.md). A model that has
/// learnt the very compound is no surer than its data.
pub const LEAST_SPREAD: f64 = 0.15;
/// Steps and reach of the quadrature over the normal variable.
const STEP: f64 = 0.1;
const REACH: i32 = 60;

/// What is known of the gap of one candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Probability of no gap.
    pub metal: f64,
    /// Mean and standard deviation of the logarithm of the gap in eV, if there is one.
    location: f64,
    spread: f64,
}

/// The mean of a quantity and its standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    pub mean: f64,
    pub std: f64,
}

impl Gap {
    /// Of the mean and standard deviation over all possibilities, that of a metal (gap 0) among them.
    pub fn predicted(mean: f64, std: f64, metal: f64) -> Self {
        let metal = metal.clamp(0.0, 1.0);
        let open = 1.0 - metal;
        if open <= 0.0 || mean <= 0.0 {
            return Self::none();
        }
        // mean = open * centre, mean2 + std2 = open * (centre2 + variance)
        let centre = mean / open;
        let variance = (mean * mean + std * std) / open - centre * centre;
        Self::of(centre, variance.max(LEAST_SPREAD * LEAST_SPREAD), metal)
    }

    /// Of a value that the user gives; 0 is a metal.
    pub fn given(mean: f64, std: f64) -> Self {
        if mean > 0.0 {
            Self::of(mean, std * std, 0.0)
        } else {
            Self::none()
        }
    }

    fn none() -> Self {
        Self {
            metal: 1.0,
            location: f64::NAN,
            spread: 0.0,
        }
    }

    fn of(centre: f64, variance: f64, metal: f64) -> Self {
        let square = libm::log1p(variance / (centre * centre));
        Self {
            metal,
            location: libm::log(centre) - 0.5 * square,
            spread: libm::sqrt(square),
        }
    }

    /// The probability of a gap between two energies, both positive, eV.
    pub fn between(&self, low: f64, high: f64) -> f64 {
        if self.metal >= 1.0 {
            return 0.0;
        }
        (1.0 - self.metal) * (self.below(high) - self.below(low))
    }

    /// Probability that the gap, if there is one, is below `energy`.
    fn below(&self, energy: f64) -> f64 {
        let z = libm::log(energy) - self.location;
        if self.spread == 0.0 {
            return if z > 0.0 { 1.0 } else { 0.0 };
        }
        normal_cdf(z / self.spread)
    }

    /// Mean and standard deviation of the gap, 0 for the share of metals.
    pub fn overall(&self) -> Moments {
        let Some(open) = self.if_open() else {
            return Moments {
                mean: 0.0,
                std: 0.0,
            };
        };
        let share = 1.0 - self.metal;
        let mean = share * open.mean;
        let square = share * (open.mean * open.mean + open.std * open.std);
        Moments {
            mean,
            std: libm::sqrt((square - mean * mean).max(0.0)),
        }
    }

    /// Mean and standard deviation of the gap where there is one; `None` for a sure metal.
    pub fn if_open(&self) -> Option<Moments> {
        self.power(1.0)
    }

    /// Mean and standard deviation of scale / gap, where there is one.
    pub fn reciprocal(&self, scale: f64) -> Option<Moments> {
        self.power(-1.0).map(|m| Moments {
            mean: scale * m.mean,
            std: scale * m.std,
        })
    }

    /// Moments of a power of a log-normal variable, in closed form.
    fn power(&self, exponent: f64) -> Option<Moments> {
        if self.metal >= 1.0 {
            return None;
        }
        let square = (exponent * self.spread) * (exponent * self.spread);
        let mean = libm::exp(exponent * self.location + 0.5 * square);
        Some(Moments {
            mean,
            std: mean * libm::sqrt(libm::expm1(square)),
        })
    }

    /// Mean and standard deviation of a function of the gap, which is `of_metal` without one: by the trapezoidal rule over the
    /// normal variable, whose error falls faster than any power of the step for smooth functions.
    pub fn moments(&self, of_metal: f64, f: impl Fn(f64) -> f64) -> Moments {
        if self.metal >= 1.0 {
            return Moments {
                mean: of_metal,
                std: 0.0,
            };
        }
        let (mut weights, mut sum, mut squares) = (0.0, 0.0, 0.0);
        if self.spread == 0.0 {
            let value = f(libm::exp(self.location));
            (weights, sum, squares) = (1.0, value, value * value);
        } else {
            for k in -REACH..=REACH {
                let z = STEP * f64::from(k);
                let weight = libm::exp(-0.5 * z * z);
                let value = f(libm::exp(self.location + self.spread * z));
                weights += weight;
                sum += weight * value;
                squares += weight * value * value;
            }
        }
        let open = (1.0 - self.metal) / weights;
        let mean = open * sum + self.metal * of_metal;
        let square = open * squares + self.metal * of_metal * of_metal;
        Moments {
            mean,
            std: libm::sqrt((square - mean * mean).max(0.0)),
        }
    }

    /// The integral of `f` over the gaps between two energies, weighted by their probability: by Simpson's rule over the part of
    /// the normal variable that lies between.
    pub fn integral(&self, low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
        if self.metal >= 1.0 {
            return 0.0;
        }
        let open = 1.0 - self.metal;
        if self.spread == 0.0 {
            let gap = libm::exp(self.location);
            return if low < gap && gap < high {
                open * f(gap)
            } else {
                0.0
            };
        }
        let place =
            |energy: f64| ((libm::log(energy) - self.location) / self.spread).clamp(-8.0, 8.0);
        let (from, to) = (place(low), place(high));
        const PARTS: usize = 64;
        let width = (to - from) / PARTS as f64;
        let sum: f64 = (0..=PARTS)
            .map(|k| {
                let z = from + width * k as f64;
                let weight = match k {
                    0 | PARTS => 1.0,
                    k if k % 2 == 1 => 4.0,
                    _ => 2.0,
                };
                weight * libm::exp(-0.5 * z * z) * f(libm::exp(self.location + self.spread * z))
            })
            .sum();
        open * sum * width / 3.0 / libm::sqrt(2.0 * PI)
    }
}

/// The distribution function of the standard normal distribution.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / SQRT_2)
}
