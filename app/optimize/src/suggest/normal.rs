//! The normal distribution as improvements need it: expected excesses and their logarithms, far into the tails.

use std::sync::LazyLock;

const LN_2PI: f64 = 1.837_877_066_409_345_3;
const INV_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// The density of the standard normal distribution.
pub(crate) fn density(u: f64) -> f64 {
    INV_SQRT_2PI * libm::exp(-0.5 * u * u)
}

/// The probability of a standard normal variable below `u`.
pub(crate) fn cdf(u: f64) -> f64 {
    0.5 * libm::erfc(-u * std::f64::consts::FRAC_1_SQRT_2)
}

/// `R(t) = (1 - Φ(t)) / φ(t)` for `t >= 0`.
fn mills(t: f64) -> f64 {
    if t < 20.0 {
        cdf(-t) * libm::exp(0.5 * (t * t + LN_2PI))
    } else {
        // 1/t (1 - 1/t² + 3/t⁴ - 15/t⁶ ...)
        let x = 1.0 / (t * t);
        let series = (0..8)
            .rev()
            .fold(1.0, |sum, k| 1.0 - f64::from(2 * k + 1) * x * sum);
        series / t
    }
}

/// `ln Φ(u)`, for any `u`.
pub(crate) fn log_cdf(u: f64) -> f64 {
    if u > -5.0 {
        libm::log(cdf(u))
    } else {
        -0.5 * (u * u + LN_2PI) + libm::log(mills(-u))
    }
}

/// `ln ψ(u)` with `ψ(u) = E(Z + u)⁺ = φ(u) + u Φ(u)`, for any `u`: the logarithm of the expected improvement of a variable
/// with standard deviation 1 that lies `u` above the best (S. Ament et al., Unexpected Improvements to Expected
/// Improvement, NeurIPS 2023, equation 9).
pub(crate) fn log_excess(u: f64) -> f64 {
    if u > -1.0 {
        return libm::log(density(u) + u * cdf(u));
    }
    let t = -u;
    // ψ(-t) = φ(t) (1 - t R(t)), and the bracket is 1/t² (1 - 3/t² + 15/t⁴ - ...), of which the difference keeps no digits.
    let log_bracket = if t < 20.0 {
        libm::log1p(-t * mills(t))
    } else {
        let x = 1.0 / (t * t);
        let series = (1..9)
            .rev()
            .fold(1.0, |sum, k| 1.0 - f64::from(2 * k + 1) * x * sum);
        libm::log(series) - 2.0 * libm::log(t)
    };
    -0.5 * (u * u + LN_2PI) + log_bracket
}

/// Beyond this the table ends: `ψ(u)` is `u`, and 0 below `-REACH`, to 1e-16.
const REACH: f64 = 8.0;
const STEPS: f64 = 64.0;

/// `ψ, Φ, φ` at multiples of 1/64.
static TABLE: LazyLock<Vec<[f64; 3]>> = LazyLock::new(|| {
    (0..=(2.0 * REACH * STEPS) as i32)
        .map(|i| {
            let u = f64::from(i) / STEPS - REACH;
            [libm::exp(log_excess(u)), cdf(u), density(u)]
        })
        .collect()
});

/// `ψ(u)` of many values of `u`.
#[derive(Clone, Copy)]
pub(crate) struct Excess(&'static [[f64; 3]]);

impl Excess {
    pub fn new() -> Self {
        Self(&TABLE)
    }

    /// To 1e-15, by Taylor's series around the nearest entry; below -8 it is 0.
    #[inline(always)]
    pub fn standard(self, u: f64) -> f64 {
        if u >= REACH {
            return u;
        }
        // NaN ends here as well.
        let within = u > -REACH;
        if !within {
            return 0.0;
        }
        let place = ((u + REACH) * STEPS + 0.5) as usize;
        let node = place as f64 / STEPS - REACH;
        let h = u - node;
        let [psi, cdf, density] = self.0[place];
        // Derivatives of φ: -u φ, (u² - 1) φ, (3u - u³) φ.
        let n2 = node * node;
        let tail =
            0.5 + h * (-node / 6.0 + h * ((n2 - 1.0) / 24.0 + h * node * (3.0 - n2) / 120.0));
        psi + h * (cdf + h * density * tail)
    }

    /// `E(f - a)⁺` of a normal `f`; `inverse` is `1 / sd`, infinite where `f` is known.
    #[inline(always)]
    pub fn of(self, mean: f64, sd: f64, inverse: f64, a: f64) -> f64 {
        if inverse.is_finite() {
            sd * self.standard((mean - a) * inverse)
        } else {
            (mean - a).max(0.0)
        }
    }
}

/// `ln E(f - a)⁺` of a normal `f`; minus infinity where it is 0.
pub(crate) fn log_excess_of(mean: f64, sd: f64, a: f64) -> f64 {
    if sd > 0.0 {
        libm::log(sd) + log_excess((mean - a) / sd)
    } else {
        libm::log((mean - a).max(0.0))
    }
}

/// `ln (eᵃ - eᵇ)` for `a >= b`.
pub(crate) fn log_difference(a: f64, b: f64) -> f64 {
    if b == f64::NEG_INFINITY {
        return a;
    }
    let d = b - a;
    if d >= 0.0 {
        f64::NEG_INFINITY
    } else if d > -std::f64::consts::LN_2 {
        a + libm::log(-libm::expm1(d))
    } else {
        a + libm::log1p(-libm::exp(d))
    }
}

/// `ln Σ eˣ`.
pub(crate) fn log_sum(values: &[f64]) -> f64 {
    let largest = values.iter().fold(f64::NEG_INFINITY, |a, x| a.max(*x));
    if largest.is_finite() {
        largest + libm::log(values.iter().map(|x| libm::exp(x - largest)).sum())
    } else {
        largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_keep_to_values_of_fifty_digits() {
        // tests/optimize/excess.csv, made by excess.py with mpmath: u, ln ψ(u), ln Φ(u).
        let text = include_str!("../../tests/optimize/excess.csv");
        let mut count = 0;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let values: Vec<f64> = line
                .split(',')
                .map(|x| x.parse().expect("a number"))
                .collect();
            let [u, excess, cdf] = values[..] else {
                panic!("three columns: {line}")
            };
            let close = |found: f64, truth: f64| {
                // The relative error of ψ, or of its logarithm where that is large.
                (found - truth).abs() < 5e-12 * truth.abs().max(1.0)
            };
            assert!(
                close(log_excess(u), excess),
                "{u}: {} {excess}",
                log_excess(u)
            );
            assert!(close(log_cdf(u), cdf), "{u}: {} {cdf}", log_cdf(u));
            let table = Excess::new().standard(u);
            let truth = libm::exp(excess);
            assert!(
                (table - truth).abs() < 2e-15 * truth.max(1.0),
                "{u}: {table} {truth}"
            );
            // Relative to the value itself, down to where the logarithm takes over.
            if u > -6.0 {
                assert!((table / truth - 1.0).abs() < 1e-9, "{u}: {table} {truth}");
            }
            count += 1;
        }
        assert!(count > 100);
    }

    #[test]
    fn differences_and_sums_of_logarithms_keep_small_terms() {
        assert!((log_difference(1e-12, 0.0) - libm::log(1e-12)).abs() < 1e-3);
        assert_eq!(log_difference(2.0, 2.0), f64::NEG_INFINITY);
        assert_eq!(log_difference(-3.0, f64::NEG_INFINITY), -3.0);
        let sum = log_sum(&[-2000.0, -2000.0 + libm::log(3.0)]);
        assert!((sum - (libm::log(4.0) - 2000.0)).abs() < 1e-12);
        assert_eq!(log_sum(&[f64::NEG_INFINITY; 2]), f64::NEG_INFINITY);
    }
}
