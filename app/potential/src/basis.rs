//! What the network sees of lengths and angles: sines within an envelope, and a Fourier series.

use crate::math::sin_cos;

/// Functions of a basis, one of them zero: 31 rounded up to whole vectors.
pub(crate) const BASIS: usize = 32;
/// Keeps the arc cosine of a straight angle finite.
const STRAIGHT: f64 = 1.0 - 1e-6;

/// The radial functions of a length (Å) and their derivatives: `sqrt(2/c) sin(f x) / r` with `x = r/c`, times the envelope
/// `1 - 45 x⁸ + 80 x⁹ - 36 x¹⁰`, which is zero from the cutoff on.
#[inline(always)]
pub(crate) fn radial(
    length: f64,
    cutoff: f64,
    frequencies: &[f64; BASIS],
) -> ([f64; BASIS], [f64; BASIS]) {
    let x = length / cutoff;
    let inside = if x < 1.0 { (2.0 / cutoff).sqrt() } else { 0.0 };
    let x2 = x * x;
    let x4 = x2 * x2;
    let x7 = x4 * x2 * x;
    let envelope = inside * (1.0 + x7 * x * (-45.0 + x * (80.0 - 36.0 * x)));
    let slope = inside * -360.0 * x7 * (1.0 - x) * (1.0 - x) / cutoff;
    let (mut values, mut slopes) = ([0.0; BASIS], [0.0; BASIS]);
    let inverse = 1.0 / length;
    for n in 0..BASIS {
        let (sine, cosine) = sin_cos(frequencies[n] * x);
        values[n] = envelope * sine * inverse;
        slopes[n] = (slope * sine + envelope * (frequencies[n] / cutoff * cosine - sine * inverse))
            * inverse;
    }
    (values, slopes)
}

/// The Fourier series of an angle and its derivatives by it: `1/√2`, 15 sines, 15 cosines, all over `√π`.
#[inline(always)]
pub(crate) fn fourier(angle: f64, frequencies: &[f64; 16]) -> ([f64; BASIS], [f64; BASIS]) {
    let scale = (1.0 / std::f64::consts::PI).sqrt();
    let (mut values, mut slopes) = ([0.0; BASIS], [0.0; BASIS]);
    let (mut sines, mut cosines) = ([0.0; 16], [0.0; 16]);
    for k in 0..16 {
        (sines[k], cosines[k]) = sin_cos(frequencies[k] * angle);
    }
    values[0] = scale * std::f64::consts::FRAC_1_SQRT_2;
    for k in 0..15 {
        values[1 + k] = scale * sines[k];
        values[16 + k] = scale * cosines[k];
        slopes[1 + k] = scale * frequencies[k] * cosines[k];
        slopes[16 + k] = -scale * frequencies[k] * sines[k];
    }
    (values, slopes)
}

/// The angle of two unit vectors by their product, and its derivative by that product.
pub(crate) fn angle_of(cosine: f64) -> (f64, f64) {
    let c = (STRAIGHT * cosine).clamp(-STRAIGHT, STRAIGHT);
    (libm::acos(c), -STRAIGHT / (1.0 - c * c).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_values() {
        let frequencies: [f64; BASIS] = std::array::from_fn(|n| 3.1 * n as f64);
        let step = 1e-5;
        for length in [0.7, 1.9, 2.8, 2.99, 3.5] {
            let at = |r| radial(r, 3.0, &frequencies).0;
            let (above, below) = (at(length + step), at(length - step));
            for (n, slope) in radial(length, 3.0, &frequencies).1.iter().enumerate() {
                let difference = (above[n] - below[n]) / (2.0 * step);
                assert!((slope - difference).abs() < 1e-5 * (1.0 + slope.abs()));
            }
        }
        let frequencies: [f64; 16] = std::array::from_fn(|n| 1.02 * n as f64);
        for angle in [0.1, 1.2, 3.0] {
            let at = |x| fourier(x, &frequencies).0;
            let (above, below) = (at(angle + step), at(angle - step));
            for (n, slope) in fourier(angle, &frequencies).1.iter().enumerate() {
                let difference = (above[n] - below[n]) / (2.0 * step);
                assert!((slope - difference).abs() < 1e-6);
            }
        }
        let (_, slope) = angle_of(0.3);
        let difference = (angle_of(0.3 + step).0 - angle_of(0.3 - step).0) / (2.0 * step);
        assert!((slope - difference).abs() < 1e-8);
    }
}
