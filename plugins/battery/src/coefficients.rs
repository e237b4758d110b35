//! Written by `cargo run --example fit`; do not edit.

use crate::regression::{FEATURES, Figures};

/// Coefficients of the voltage regression, V.
#[rustfmt::skip]
pub const COEFFICIENTS: [f64; FEATURES] = [
    0.000000, -1.132380, -0.344075, -0.315331, -0.692057, 0.057162,
    -1.196471, 0.000000, 0.000000, -0.108534, -0.519467, 0.000000,
    -0.082301, -0.134570, -0.097684, -0.298479, -0.837329, -0.074070,
    0.182400, -0.211201, 0.554216, -0.728679, 0.000000, 0.237631,
    -0.182230, 0.286830, 0.534556, -0.536758, 0.642307, 0.161812,
    0.502975, 0.390139, 0.396447, 0.181378, 1.068047, 0.842280,
    0.475557, 0.838253, 0.157174, -0.017548, 0.000000, 0.237631,
    0.013292, 0.188774, -0.281310, -0.060703, -0.097684, 0.777009,
    -0.264962, -0.411605, 0.024353, -0.020882, 0.608112, 0.509806,
    0.523668, 0.204930, -0.080029, 0.301980, 0.116974, -0.083555,
    -0.294650, 0.210653, 0.303202, -0.066318, -0.186305, -1.308195,
    -0.506227, 0.363704, 3.253126,
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
    Figures { rows: 113, mean_absolute: 0.382, root_mean_square: 0.471, of_the_mean: 0.801, offered: true },
    Figures { rows: 71, mean_absolute: 0.471, root_mean_square: 0.593, of_the_mean: 0.951, offered: true },
    Figures { rows: 31, mean_absolute: 0.462, root_mean_square: 0.573, of_the_mean: 0.755, offered: true },
    Figures { rows: 8, mean_absolute: 0.429, root_mean_square: 0.530, of_the_mean: 0.794, offered: true },
    Figures { rows: 17, mean_absolute: 0.391, root_mean_square: 0.551, of_the_mean: 0.723, offered: true },
    Figures { rows: 5, mean_absolute: 0.407, root_mean_square: 0.478, of_the_mean: 0.502, offered: false },
    Figures { rows: 4, mean_absolute: 0.407, root_mean_square: 0.475, of_the_mean: 0.949, offered: false },
];

/// Out-of-fold errors over all ions.
#[rustfmt::skip]
pub const OVERALL: Figures =
    Figures { rows: 249, mean_absolute: 0.421, root_mean_square: 0.529, of_the_mean: 0.867, offered: true };

/// Frameworks, each left out in turn.
pub const FRAMEWORKS: usize = 87;
/// Measured minus computed voltage, mean, V.
pub const LOOKUP_BIAS: f64 = 0.198;
/// Mean absolute error of the computed voltages after the bias is taken off, V.
pub const LOOKUP_MEAN_ABSOLUTE: f64 = 0.243;
/// Standard deviation of measured minus computed voltage, V.
pub const LOOKUP_DEVIATION: f64 = 0.298;
/// Root mean square of measured minus computed voltage, V.
pub const LOOKUP_ROOT_MEAN_SQUARE: f64 = 0.346;
/// Measured cathodes whose pair is in the computed table, by ion, in the order of the ions.
pub const LOOKUP_PAIRS: [usize; 7] = [9, 1, 0, 0, 0, 1, 0];
/// Measured cathodes the regression was tested against, out of fold.
pub const MEASURED_ROWS: usize = 58;
/// Mean absolute error of the regression against them, V.
pub const MEASURED_MEAN_ABSOLUTE: f64 = 0.425;
/// Share of them within one standard deviation.
pub const WITHIN_ONE: f64 = 0.72;
/// Share of them within two standard deviations.
pub const WITHIN_TWO: f64 = 1.00;
