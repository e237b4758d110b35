// The limiting efficiency of a solar cell with one junction. The build script includes this file.
//
// W. Shockley, H. J. Queisser, J. Appl. Phys. 32, 510 (1961), doi:10.1063/1.1736034: every photon above the gap gives one
// electron, and only radiation through the front loses any (a mirror at the back).

/// Gaps of the table: from 0.2 eV in steps of 0.01 eV.
pub const GAPS: usize = 431;
/// Cell's temperature, K.
pub const TEMPERATURE: f64 = 298.15;

const PLANCK: f64 = 6.626_070_15e-34; // J s
const LIGHT: f64 = 299_792_458.0; // m/s
const BOLTZMANN: f64 = 1.380_649e-23; // J/K
const CHARGE: f64 = 1.602_176_634e-19; // C
/// Power that the efficiency is relative to, W/m2.
const POWER: f64 = 1000.0;

/// The gap of a place in the table, eV.
pub fn gap(place: usize) -> f64 {
    0.2 + 0.01 * place as f64
}

/// Current of the photons above the gap, A/m2. `spectrum`: nm and W/m2/nm, ascending.
pub fn photocurrent(spectrum: &[(f64, f64)], gap: f64) -> f64 {
    let edge = PLANCK * LIGHT / (gap * CHARGE) * 1e9;
    let mut sum = 0.0;
    for pair in spectrum.windows(2) {
        let ((a, at_a), (b, at_b)) = (pair[0], pair[1]);
        if a >= edge {
            break;
        }
        let end = b.min(edge);
        let at_end = at_a + (at_b - at_a) * (end - a) / (b - a);
        sum += 0.5 * (at_a * a + at_end * end) * (end - a);
    }
    sum * 1e-9 / (PLANCK * LIGHT) * CHARGE
}

/// Current lost to radiation of the cell in the dark, A/m2: black-body photons above the gap, by the series of 1/(exp(x) - 1).
pub fn dark_current(gap: f64) -> f64 {
    let thermal = BOLTZMANN * TEMPERATURE;
    let x = gap * CHARGE / thermal;
    let sum: f64 = (1..60)
        .map(|n| {
            let n = f64::from(n);
            (-n * x).exp() * (x * x / n + 2.0 * x / (n * n) + 2.0 / (n * n * n))
        })
        .sum();
    let quanta = PLANCK * PLANCK * PLANCK * LIGHT * LIGHT;
    2.0 * std::f64::consts::PI * CHARGE / quanta * thermal * thermal * thermal * sum
}

/// Limiting efficiency, %, under `spectrum` of [`POWER`].
pub fn efficiency(spectrum: &[(f64, f64)], gap: f64) -> f64 {
    let (light, dark) = (photocurrent(spectrum, gap), dark_current(gap));
    if light <= 0.0 {
        return 0.0;
    }
    let thermal = BOLTZMANN * TEMPERATURE / CHARGE;
    // d(VJ)/dV = 0: (1 + v) exp(v) = 1 + light/dark, v = V/thermal; Newton's method on the logarithm.
    let wanted = (light / dark).ln_1p();
    let mut v = wanted;
    for _ in 0..50 {
        v -= (v + v.ln_1p() - wanted) / (1.0 + 1.0 / (1.0 + v));
    }
    100.0 * v * thermal * (light - dark * v.exp_m1()) / POWER
}
