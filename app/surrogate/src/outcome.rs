//! Transforms of the target before a surrogate is fitted, and the way back: mean, standard deviation, median, quantiles.

use crate::SurrogateError;
use crate::normal;

/// What the surrogate is fitted to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// The target itself.
    Identity,
    /// The natural logarithm; for positive targets over decades (conductivities, rates).
    Log,
    /// `sign(y) ln(1 + |y|/unit)`: the logarithm far from zero, linear within `unit` of it; for targets of both signs.
    /// D. Eriksson, M. Poloczek, Scalable Constrained Bayesian Optimization, AISTATS 2021.
    BiLog { unit: f64 },
    /// `ln((y - lower) / (upper - y))`: for targets that cannot leave an interval (yields, fractions).
    Logit { lower: f64, upper: f64 },
    /// I.-K. Yeo and R. A. Johnson's power transform of `u = (y - centre)/unit` (Biometrika 87, 954, 2000): power 1 leaves the
    /// shape as it is, below 1 draws in what lies far above the centre, above 1 what lies far below. Powers from 0 (logarithm
    /// above) to 2 (logarithm below), for which every transformed value has its target.
    YeoJohnson { centre: f64, unit: f64, power: f64 },
}

/// What is predicted of one candidate, in the target's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    pub mean: f64,
    pub std: f64,
    /// The value that is exceeded with probability one half; the best guess under absolute errors.
    pub median: f64,
}

impl Moments {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        mean: f64::NAN,
        std: f64::NAN,
        median: f64::NAN,
    };
}

/// Points of the quadrature for moments without a closed form: the trapezoidal rule over ±9 standard deviations, whose
/// error for smooth functions of a normal variable falls faster than any power of the spacing.
const NODES: i32 = 144;
const REACH: f64 = 9.0;

impl Outcome {
    /// # Errors
    ///
    /// A unit that is not positive, an empty interval.
    pub fn validate(self) -> Result<Self, SurrogateError> {
        let wrong = |what, value, remedy| {
            Err(SurrogateError::Option {
                what,
                value,
                remedy,
            })
        };
        match self {
            Self::BiLog { unit } if !(unit > 0.0 && unit.is_finite()) => wrong(
                "the unit of the bilog transform",
                unit.to_string(),
                "give a positive number: the size below which targets are as good as zero",
            ),
            Self::Logit { lower, upper } if !(lower < upper && (upper - lower).is_finite()) => {
                wrong(
                    "the interval of the logit transform",
                    format!("{lower} to {upper}"),
                    "give the lowest and the highest value that the target can have",
                )
            }
            Self::YeoJohnson { unit, .. } if !(unit > 0.0 && unit.is_finite()) => wrong(
                "the unit of the power transform",
                unit.to_string(),
                "give a positive number: how far targets commonly lie from the centre",
            ),
            Self::YeoJohnson { centre, .. } if !centre.is_finite() => wrong(
                "the centre of the power transform",
                centre.to_string(),
                "give a finite number: a common value of the target",
            ),
            Self::YeoJohnson { power, .. } if !(0.0..=2.0).contains(&power) => wrong(
                "the power of the power transform",
                power.to_string(),
                "give a number from 0 to 2",
            ),
            _ => Ok(self),
        }
    }

    /// The transformed target; `None` where the transform has no value.
    pub fn transform(self, y: f64) -> Option<f64> {
        let t = match self {
            Self::Identity => y,
            Self::Log => libm::log(y),
            Self::BiLog { unit } => libm::log1p(y.abs() / unit).copysign(y),
            Self::Logit { lower, upper } => libm::log((y - lower) / (upper - y)),
            Self::YeoJohnson {
                centre,
                unit,
                power,
            } => {
                let u = (y - centre) / unit;
                if u >= 0.0 {
                    powered(u, power)
                } else {
                    -powered(-u, 2.0 - power)
                }
            }
        };
        t.is_finite().then_some(t)
    }

    /// The derivative of the transform at `y`, never negative: turns a small error of the target into one of `t`.
    pub fn slope(self, y: f64) -> f64 {
        match self {
            Self::Identity => 1.0,
            Self::Log => 1.0 / y,
            Self::BiLog { unit } => 1.0 / (unit + y.abs()),
            Self::Logit { lower, upper } => (upper - lower) / ((y - lower) * (upper - y)),
            Self::YeoJohnson {
                centre,
                unit,
                power,
            } => {
                let u = (y - centre) / unit;
                libm::exp((power - 1.0) * libm::log1p(u.abs()).copysign(u)) / unit
            }
        }
    }

    /// The target of a transformed value.
    pub fn back(self, t: f64) -> f64 {
        match self {
            Self::Identity => t,
            Self::Log => libm::exp(t),
            Self::BiLog { unit } => unit * libm::expm1(t.abs()).copysign(t),
            Self::Logit { lower, upper } => lower + (upper - lower) / (1.0 + libm::exp(-t)),
            Self::YeoJohnson {
                centre,
                unit,
                power,
            } => {
                let u = if t >= 0.0 {
                    unpowered(t, power)
                } else {
                    -unpowered(-t, 2.0 - power)
                };
                centre + unit * u
            }
        }
    }

    /// The quantile at probability `p` of the target, when `t` is normal with `mean` and `std`.
    pub fn quantile(self, mean: f64, std: f64, p: f64) -> f64 {
        if std > 0.0 {
            self.back(mean + std * normal::quantile(p))
        } else {
            self.back(mean)
        }
    }

    /// Mean, standard deviation and median of the target, when `t` is normal with `mean` and `std`.
    pub fn moments(self, mean: f64, std: f64) -> Moments {
        let median = self.back(mean);
        let (mean, std) = match self {
            Self::Identity => (mean, std),
            Self::Log => {
                let variance = std * std;
                let m = libm::exp(mean + 0.5 * variance);
                (m, m * libm::expm1(variance).sqrt())
            }
            Self::BiLog { .. } | Self::Logit { .. } | Self::YeoJohnson { .. } => {
                self.quadrature(mean, std)
            }
        };
        Moments { mean, std, median }
    }

    fn quadrature(self, mean: f64, std: f64) -> (f64, f64) {
        let centre = self.back(mean);
        if std.is_nan() || std <= 0.0 {
            return (centre, std);
        }
        let step = REACH / f64::from(NODES);
        let (mut total, mut first, mut second) = (0.0, 0.0, 0.0);
        for node in -NODES..=NODES {
            let z = f64::from(node) * step;
            let weight = libm::exp(-0.5 * z * z);
            let off = self.back(mean + std * z) - centre;
            total += weight;
            first += weight * off;
            second += weight * off * off;
        }
        let shift = first / total;
        (
            centre + shift,
            (second / total - shift * shift).max(0.0).sqrt(),
        )
    }
}

/// `((1 + u)^power - 1)/power` for `u >= 0`; the logarithm at power 0.
fn powered(u: f64, power: f64) -> f64 {
    let ln = libm::log1p(u);
    if power == 0.0 {
        ln
    } else {
        libm::expm1(power * ln) / power
    }
}

fn unpowered(t: f64, power: f64) -> f64 {
    if power == 0.0 {
        libm::expm1(t)
    } else {
        libm::expm1(libm::log1p(power * t) / power)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_undoes_every_transform() {
        let logit = Outcome::Logit {
            lower: 0.0,
            upper: 100.0,
        };
        let power = |power| Outcome::YeoJohnson {
            centre: 5.0,
            unit: 2.0,
            power,
        };
        for outcome in [
            power(0.0),
            power(0.4),
            power(1.0),
            power(2.0),
            Outcome::Identity,
            Outcome::Log,
            Outcome::BiLog { unit: 3.0 },
            logit,
        ] {
            for y in [1e-3, 0.7, 12.0, 99.0] {
                let t = outcome.transform(y).expect("inside");
                assert!(
                    (outcome.back(t) - y).abs() < 1e-10 * y.max(1.0),
                    "{outcome:?}"
                );
                let h = 1e-6 * y;
                let slope = (outcome.transform(y + h).expect("inside")
                    - outcome.transform(y - h).expect("inside"))
                    / (2.0 * h);
                assert!((slope / outcome.slope(y) - 1.0).abs() < 1e-6, "{outcome:?}");
            }
        }
        assert_eq!(Outcome::Log.transform(0.0), None);
        assert_eq!(logit.transform(100.0), None);
        assert!((Outcome::BiLog { unit: 1.0 }.back(-libm::log(3.0)) + 2.0).abs() < 1e-14);
    }

    #[test]
    fn the_power_transform_is_yeo_s_and_johnson_s() {
        // scipy.stats.yeojohnson([-1.5, 0.7, 3.0], 0.5) of SciPy 1.17.1.
        let outcome = Outcome::YeoJohnson {
            centre: 0.0,
            unit: 1.0,
            power: 0.5,
        };
        for (y, t) in [
            (-1.5, -1.968564716806983),
            (0.7, 0.6076809620810595),
            (3.0, 2.0),
        ] {
            assert!((outcome.transform(y).expect("finite") - t).abs() < 1e-14);
        }
    }

    #[test]
    fn quadrature_reproduces_closed_forms() {
        // Beyond ten of its units a bilog is a shifted logarithm: mean exp(m + s²/2) - 1.
        let moments = Outcome::BiLog { unit: 1.0 }.moments(10.0, 0.5);
        let mean = libm::exp(10.125) - 1.0;
        let std = libm::exp(10.125) * libm::expm1(0.25).sqrt();
        assert!((moments.mean / mean - 1.0).abs() < 1e-12);
        assert!((moments.std / std - 1.0).abs() < 1e-12);
        // At power 0 what lies well above the centre is a shifted logarithm too.
        let power = Outcome::YeoJohnson {
            centre: 0.0,
            unit: 1.0,
            power: 0.0,
        }
        .moments(10.0, 0.5);
        assert!((power.mean / mean - 1.0).abs() < 1e-12);
        assert!((power.std / std - 1.0).abs() < 1e-12);
        // A logit-normal around the middle is symmetric.
        let half = Outcome::Logit {
            lower: 0.0,
            upper: 1.0,
        }
        .moments(0.0, 2.0);
        assert!((half.mean - 0.5).abs() < 1e-14);
    }

    #[test]
    fn a_bilog_across_zero_agrees_with_its_partial_lognormal_moments() {
        let (m, s) = (0.3_f64, 0.8_f64);
        let moments = Outcome::BiLog { unit: 1.0 }.moments(m, s);
        let half = 0.5 * s * s;
        let plus = libm::exp(m + half) * normal::cdf((m + s * s) / s);
        let minus = libm::exp(-m + half) * normal::cdf((-m + s * s) / s);
        let mean = plus - minus - normal::cdf(m / s) + normal::cdf(-m / s);
        // The kink of the second derivative at zero costs the rule its fast convergence.
        assert!(
            (moments.mean - mean).abs() < 1e-4,
            "{} {mean}",
            moments.mean
        );
    }
}
