//! The normal distribution: density, distribution function, quantiles.

use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

/// The probability of a standard normal variable below `z`.
pub(crate) fn cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// The standard deviation of a sum of independent parts.
pub(crate) fn hypot(a: f64, b: f64) -> f64 {
    libm::hypot(a, b)
}

/// The logarithm of the density at `y` of a normal variable.
pub(crate) fn log_density(y: f64, mean: f64, variance: f64) -> f64 {
    let off = y - mean;
    -0.5 * (1.837_877_066_409_345_3 + libm::log(variance) + off * off / variance)
}

/// The standard normal value that is exceeded with probability `1 - p`; infinite at 0 and 1, NaN outside.
///
/// P. J. Acklam's rational approximation (relative error 1.2e-9), then one step of Halley's method on the distribution
/// function, which brings it to the rounding error.
pub(crate) fn quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
    ];
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p > 0.5 {
        return -quantile(1.0 - p);
    }
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    let horner = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |a, c| a * x + c);
    let z = if p < 0.024_25 {
        let q = libm::sqrt(-2.0 * libm::log(p));
        horner(&C, q) / (horner(&D, q) * q + 1.0)
    } else {
        let q = p - 0.5;
        let r = q * q;
        horner(&A, r) * q / (horner(&B, r) * r + 1.0)
    };
    let error = cdf(z) - p;
    let u = error * SQRT_2 * libm::sqrt(std::f64::consts::PI) * libm::exp(0.5 * z * z);
    if u.is_finite() {
        z - u / (1.0 + 0.5 * z * u)
    } else {
        z
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_undo_the_distribution_function() {
        // scipy.stats.norm.ppf
        for (p, z) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.84, 0.994_457_883_209_753),
            (1e-10, -6.361_340_902_404_056),
            (0.02, -2.053_748_910_631_823),
        ] {
            assert!((quantile(p) - z).abs() < 1e-12, "{p}: {}", quantile(p));
        }
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
        assert!(quantile(1.5).is_nan());
    }
}
