//! Magnetic moments of trivalent rare-earth ions: Hund's rules, and their alignment in the exchange field of a 3d host.

/// The ground multiplet of a 4f^n ion by Hund's rules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Multiplet {
    /// Total angular momentum J.
    pub j: f64,
    /// Landé factor g_J.
    pub lande: f64,
    /// Fewer than seven 4f electrons: the moment is parallel to the 3d moments; otherwise antiparallel, because the 4f
    /// spin is antiparallel to the 3d spin in both cases (Campbell, J. Phys. F 2, L47, 1972).
    pub light: bool,
}

impl Multiplet {
    /// The multiplet of `electrons` 4f electrons, 1 to 13.
    pub fn of(electrons: u8) -> Option<Self> {
        if !(1..=13).contains(&electrons) {
            return None;
        }
        let n = f64::from(electrons);
        let spin = if n <= 7.0 { n / 2.0 } else { 7.0 - n / 2.0 };
        let k = if n < 7.0 { n } else { n - 7.0 };
        let orbital = k * (7.0 - k) / 2.0;
        let light = n < 7.0;
        let j = if light {
            (orbital - spin).abs()
        } else {
            orbital + spin
        };
        // Eu3+ (4f6) has J = 0 and no moment in the ground state
        let lande = if j == 0.0 {
            0.0
        } else {
            1.0 + (j * (j + 1.0) + spin * (spin + 1.0) - orbital * (orbital + 1.0))
                / (2.0 * j * (j + 1.0))
        };
        Some(Self { j, lande, light })
    }

    /// The trivalent ion of a lanthanide, Pr to Yb without Eu; `None` for others (Ce is taken as tetravalent, as it
    /// mostly is in intermetallics; Eu and Yb are mostly divalent; La, Lu and Y have no 4f moment).
    pub fn trivalent(atomic_number: u8) -> Option<Self> {
        match atomic_number {
            59..=62 | 64..=69 => Self::of(atomic_number - 57),
            _ => None,
        }
    }

    /// The saturated moment g_J J, µB.
    pub fn saturated(&self) -> f64 {
        self.lande * self.j
    }

    /// The thermal mean of the moment along the 3d moments, µB, negative where antiparallel: g_J J B_J(x) with
    /// x = 2 |g_J - 1| J `exchange` / `temperature`, both in K. The exchange of light rare earths is taken as twice
    /// that of heavy ones (Cadogan et al., J. Appl. Phys. 61, 3974, 1987, doi 10.1063/1.338574).
    pub fn aligned(&self, exchange: f64, temperature: f64) -> f64 {
        let factor = if self.light { 2.0 } else { 1.0 };
        let x = 2.0 * (self.lande - 1.0).abs() * self.j * factor * exchange / temperature;
        let moment = self.saturated() * brillouin(self.j, x);
        if self.light { moment } else { -moment }
    }
}

/// The Brillouin function B_J(x), x >= 0.
fn brillouin(j: f64, x: f64) -> f64 {
    if j == 0.0 {
        return 0.0;
    }
    // the leading term of the series: the difference of two large cotangents loses all digits near zero
    if x < 1e-4 {
        return (j + 1.0) / (3.0 * j) * x;
    }
    let (a, b) = ((2.0 * j + 1.0) / (2.0 * j), 1.0 / (2.0 * j));
    a / libm::tanh(a * x) - b / libm::tanh(b * x)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(symbol_z: u8) -> f64 {
        Multiplet::trivalent(symbol_z).map_or(f64::NAN, |m| m.saturated())
    }

    #[test]
    fn saturated_moments_are_the_textbook_values_of_hunds_rules() {
        // g_J J of Pr, Nd, Sm, Gd, Tb, Dy, Ho, Er, Tm: Coey 2010, table of the rare-earth ions
        let textbook = [
            (59, 3.20),
            (60, 3.27),
            (62, 0.71),
            (64, 7.0),
            (65, 9.0),
            (66, 10.0),
            (67, 10.0),
            (68, 9.0),
            (69, 7.0),
        ];
        for (z, expected) in textbook {
            assert!(
                (moment(z) - expected).abs() < 0.005,
                "Z = {z}: {} instead of {expected}",
                moment(z)
            );
        }
    }

    #[test]
    fn ions_without_a_stable_trivalent_moment_have_none() {
        for z in [0, 26, 39, 57, 58, 63, 70, 71, 118, 255] {
            assert_eq!(Multiplet::trivalent(z), None, "Z = {z}");
        }
        assert!(Multiplet::of(6).is_some_and(|europium| europium.saturated() == 0.0));
    }

    #[test]
    fn alignment_goes_from_the_curie_law_to_saturation() {
        let dysprosium = Multiplet::of(9).expect("4f9");
        assert!((dysprosium.aligned(1e6, 300.0) + 10.0).abs() < 1e-9);
        let weak = dysprosium.aligned(1e-3, 300.0);
        let curie = -dysprosium.saturated() * (dysprosium.j + 1.0) / (3.0 * dysprosium.j)
            * (2.0 * (dysprosium.lande - 1.0) * dysprosium.j * 1e-3 / 300.0);
        assert!((weak / curie - 1.0).abs() < 1e-9);
        assert!(Multiplet::of(3).is_some_and(|neodymium| neodymium.aligned(150.0, 300.0) > 0.0));
    }

    #[test]
    fn the_series_near_zero_meets_the_full_function() {
        assert!((brillouin(3.5, 0.999e-4) / brillouin(3.5, 1.001e-4) - 0.999 / 1.001).abs() < 1e-6);
        // B_1/2(x) = tanh x
        assert!((brillouin(0.5, 0.7) - 0.7f64.tanh()).abs() < 1e-12);
    }
}
