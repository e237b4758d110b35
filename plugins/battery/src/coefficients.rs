//! Written by `cargo run --example fit`; do not edit.

use crate::regression::{FEATURES, Figures};

/// Coefficients of the voltage regression, V.
#[rustfmt::skip]
pub const COEFFICIENTS: [f64; FEATURES] = [
    0.000000, -1.132388, -0.344984, -0.315463, -0.692053, 0.057424,
    -1.196954, 0.000000, 0.000000, -0.108439, -0.519770, 0.000000,
    -0.082569, -0.134475, -0.097670, -0.300102, -0.837882, -0.074095,
    0.182247, -0.213795, 0.554109, -0.728628, 0.000000, 0.236611,
    -0.182224, 0.285874, 0.533390, -0.537583, 0.642526, 0.161337,
    0.502860, 0.389492, 0.396583, 0.181421, 1.076431, 0.847372,
    0.475462, 0.838800, 0.155629, -0.018495, 0.000000, 0.236611,
    0.014546, 0.188790, -0.281610, -0.060667, -0.097670, 0.776102,
    -0.265542, -0.412188, 0.023615, -0.021466, 0.606930, 0.509279,
    0.521804, 0.203411, -0.081626, 0.301191, 0.117916, -0.084267,
    -0.294290, 0.210470, 0.303258, -0.066781, -0.186305, -1.308489,
    -0.502877, 0.364690, 3.252113,
];

/// Whether a couple of the ladder occurs in the training data.
#[rustfmt::skip]
pub const COUPLES_SEEN: [bool; 41] = [
    false, true, true, true, true, true, true, false, false, true,
    true, false, true, true, true, true, true, true, true, true,
    true, true, false, true, true, true, true, true, true, true,
    true, true, true, true, true, true, true, true, true, true,
    false,
];

/// Out-of-fold errors by ion, in the order of the ions.
#[rustfmt::skip]
pub const BY_ION: [Figures; 7] = [
    Figures { rows: 113, mean_absolute: 0.380, root_mean_square: 0.469, of_the_mean: 0.803, offered: true },
    Figures { rows: 71, mean_absolute: 0.471, root_mean_square: 0.593, of_the_mean: 0.951, offered: true },
    Figures { rows: 31, mean_absolute: 0.462, root_mean_square: 0.572, of_the_mean: 0.755, offered: true },
    Figures { rows: 8, mean_absolute: 0.430, root_mean_square: 0.530, of_the_mean: 0.794, offered: true },
    Figures { rows: 17, mean_absolute: 0.389, root_mean_square: 0.551, of_the_mean: 0.723, offered: true },
    Figures { rows: 5, mean_absolute: 0.408, root_mean_square: 0.479, of_the_mean: 0.502, offered: false },
    Figures { rows: 4, mean_absolute: 0.408, root_mean_square: 0.475, of_the_mean: 0.949, offered: false },
];

/// Out-of-fold errors over all ions.
#[rustfmt::skip]
pub const OVERALL: Figures =
    Figures { rows: 249, mean_absolute: 0.419, root_mean_square: 0.528, of_the_mean: 0.867, offered: true };

/// Frameworks, each left out in turn.
pub const FRAMEWORKS: usize = 87;
/// Measured minus computed voltage, mean, V.
pub const LOOKUP_BIAS: f64 = 0.181;
/// Mean absolute error of the computed voltages after the bias is taken off, V.
pub const LOOKUP_MEAN_ABSOLUTE: f64 = 0.247;
/// Standard deviation of measured minus computed voltage, V.
pub const LOOKUP_DEVIATION: f64 = 0.314;
/// Root mean square of measured minus computed voltage, V.
pub const LOOKUP_ROOT_MEAN_SQUARE: f64 = 0.349;
/// Measured cathodes whose pair is in the computed table.
pub const LOOKUP_PAIRS: usize = 11;
/// Measured cathodes the regression was tested against, out of fold.
pub const MEASURED_ROWS: usize = 58;
/// Mean absolute error of the regression against them, V.
pub const MEASURED_MEAN_ABSOLUTE: f64 = 0.421;
/// Share of them within one standard deviation.
pub const WITHIN_ONE: f64 = 0.72;
/// Share of them within two standard deviations.
pub const WITHIN_TWO: f64 = 1.00;
