//! Figures of merit of a permanent magnet, with linear propagation of standard deviations.

/// The magnetic constant µ0, T m/A (CODATA 2018; 4π·10⁻⁷ to ten digits).
pub const MU0: f64 = 1.256_637_062_12e-6;
/// The Bohr magneton, A m² (CODATA 2018).
pub const BOHR_MAGNETON: f64 = 9.274_010_078_3e-24;
/// µ0 µB / Å3 in T: the saturation of one µB in each Å3.
pub const TESLA_PER_BOHR_MAGNETON: f64 = MU0 * BOHR_MAGNETON * 1e30;

/// A value and its standard deviation: 0 exact, NaN unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value.
    pub mean: f64,
    /// One standard deviation.
    pub std: f64,
}

impl Estimate {
    /// A value with its standard deviation.
    pub fn new(mean: f64, std: f64) -> Self {
        Self { mean, std }
    }

    /// Standard deviation relative to the value.
    fn relative(self) -> f64 {
        self.std / self.mean
    }
}

/// The bound µ0Ms²/4 on the energy product, kJ/m3, from µ0Ms in T.
pub fn energy_product_bound(saturation: Estimate) -> Estimate {
    let mean = saturation.mean * saturation.mean / (4.0 * MU0) * 1e-3;
    Estimate::new(mean, 2.0 * mean * saturation.relative())
}

/// The hardness κ = √(K1/(µ0Ms²)), from K1 > 0 in kJ/m3 and µ0Ms in T (Skomski and Coey, Scripta Mater. 112, 3, 2016).
pub fn hardness(anisotropy: Estimate, saturation: Estimate) -> Estimate {
    let mean = (1e3 * anisotropy.mean * MU0).sqrt() / saturation.mean;
    Estimate::new(
        mean,
        mean * libm::hypot(0.5 * anisotropy.relative(), saturation.relative()),
    )
}

/// The energy product, kJ/m3, of a rectangular loop whose coercivity is the share `reached` of the anisotropy field
/// Ha = 2K1/(µ0Ms): µ0 Hc (Ms - Hc) below Hc = Ms/2, and the bound µ0Ms²/4 above. At a share of 1/4 the bound is
/// reached at κ = 1.
pub fn energy_product_reachable(
    anisotropy: Estimate,
    saturation: Estimate,
    reached: f64,
) -> Estimate {
    let js = saturation.mean;
    // Hc/Ms, which falls with the square of µ0Ms
    let h = 2.0 * reached * 1e3 * anisotropy.mean * MU0 / (js * js);
    if h >= 0.5 {
        return energy_product_bound(saturation);
    }
    let scale = js * js / MU0 * 1e-3;
    // in terms of K1 and µ0Ms: E = 2 r K1 - 4 r² K1² µ0 / (µ0Ms)²
    let by_anisotropy = scale * h * (1.0 - 2.0 * h) * anisotropy.relative();
    let by_saturation = scale * 2.0 * h * h * saturation.relative();
    Estimate::new(
        scale * h * (1.0 - h),
        libm::hypot(by_anisotropy, by_saturation),
    )
}

/// K1 in kJ/m3 from an anisotropy field and µ0Ms, both in T, where K2 is neglected: µ0Ha µ0Ms / (2µ0).
pub fn anisotropy_from_field(field: f64, saturation: f64) -> f64 {
    field * saturation / (2.0 * MU0) * 1e-3
}

/// µ0Ms in T of a cell of `volume` Å3 whose moments, in µB, add up to `moment`.
pub fn saturation_from_moment(moment: f64, volume: f64) -> f64 {
    TESLA_PER_BOHR_MAGNETON * moment / volume
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neodymium_iron_boron_has_the_published_bound_and_hardness() {
        // Coey 2011 (10.1109/TMAG.2011.2166975): µ0Ms 1.61 T, K1 4.9 MJ/m3, bound 515 kJ/m3, κ 1.54
        let (js, k1) = (Estimate::new(1.61, 0.01), Estimate::new(4900.0, 100.0));
        assert!((energy_product_bound(js).mean - 515.7).abs() < 0.1);
        assert!((hardness(k1, js).mean - 1.541).abs() < 0.001);
        assert_eq!(
            energy_product_reachable(k1, js, 0.25),
            energy_product_bound(js)
        );
    }

    #[test]
    fn iron_has_the_saturation_of_its_moment_and_volume() {
        // 2.22 µB in 11.78 Å3: 2.19 T at 0 K
        assert!((saturation_from_moment(2.22, 11.78) - 2.196).abs() < 0.002);
    }

    #[test]
    fn the_reachable_product_meets_the_bound_at_hardness_one() {
        let js = Estimate::new(1.5, 0.0);
        let k1 = js.mean * js.mean / MU0 * 1e-3;
        let below = energy_product_reachable(Estimate::new(0.999 * k1, 0.0), js, 0.25).mean;
        let bound = energy_product_bound(js).mean;
        assert!(below < bound && below > 0.999 * bound);
        // a soft magnet: E = 2 r K1 to first order
        let soft = energy_product_reachable(Estimate::new(1.0, 0.0), js, 0.25).mean;
        assert!((soft - 0.5).abs() < 1e-3);
    }

    #[test]
    fn standard_deviations_are_the_derivatives() {
        let (js, k1, step) = (1.3, 500.0, 1e-6);
        let derivative = |f: &dyn Fn(f64) -> f64, x: f64| {
            (f(x * (1.0 + step)) - f(x * (1.0 - step))) / (2.0 * x * step)
        };
        type Merit = fn(Estimate, Estimate) -> Estimate;
        let cases: [(Merit, &str); 3] = [
            (|_, js| energy_product_bound(js), "bound"),
            (hardness, "hardness"),
            (|k1, js| energy_product_reachable(k1, js, 0.25), "reachable"),
        ];
        for (f, name) in cases {
            let by_k1 = derivative(
                &|x| f(Estimate::new(x, 0.0), Estimate::new(js, 0.0)).mean,
                k1,
            ) * 20.0;
            let by_js = derivative(
                &|x| f(Estimate::new(k1, 0.0), Estimate::new(x, 0.0)).mean,
                js,
            ) * 0.02;
            let std = f(Estimate::new(k1, 20.0), Estimate::new(js, 0.02)).std;
            assert!(
                (std - by_k1.hypot(by_js)).abs() < 1e-5 * std,
                "{name}: {std} {by_k1} {by_js}"
            );
        }
    }

    #[test]
    fn an_unknown_error_stays_unknown() {
        assert!(
            hardness(Estimate::new(1.0, f64::NAN), Estimate::new(1.0, 0.1))
                .std
                .is_nan()
        );
        assert!(
            energy_product_bound(Estimate::new(1.0, f64::NAN))
                .std
                .is_nan()
        );
    }

    #[test]
    fn an_anisotropy_field_gives_the_anisotropy() {
        // SmCo5: 17.2 MJ/m3 and 1.07 T belong to 2K1/Ms = 40.4 T
        assert!((anisotropy_from_field(40.4, 1.07) - 17200.0).abs() < 20.0);
    }
}
