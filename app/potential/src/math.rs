//! The two precisions, and functions of theirs without branches, so that loops over them run on vectors.
//!
//! Every number is the sum of the same terms in the same order whatever the processor's vectors are wide, so processors with
//! fused multiplication give the same bytes; one without computes the same by the library's slow `fma`.

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// Work whose loops the compiler is to turn into vectors: `run` and all that it calls must be `#[inline(always)]`.
pub(crate) trait Work {
    /// Does it, with products of matrices in strips of `STRIP` columns.
    fn run<const STRIP: usize>(self);
}

/// f32 or f64.
pub(crate) trait Real:
    Copy
    + Send
    + Sync
    + 'static
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Neg<Output = Self>
    + AddAssign
{
    const ZERO: Self;
    const ONE: Self;
    /// Below this the logistic function stays what it is there.
    const LEAST: Self;
    fn of(x: f64) -> Self;
    fn wide(self) -> f64;
    /// `self * b + c`, rounded once.
    fn fma(self, b: Self, c: Self) -> Self;
    fn exp(self) -> Self;
    fn sqrt(self) -> Self;
    fn reciprocal(self) -> Self;
    /// The sum: of those eight apart, then four, two, one.
    #[inline(always)]
    fn total(mut lanes: [Self; 16]) -> Self {
        for apart in [8, 4, 2, 1] {
            for l in 0..apart {
                lanes[l] += lanes[l + apart];
            }
        }
        lanes[0]
    }
    /// Does the work with the widest vectors of this processor.
    fn run(work: impl Work);

    /// The logistic function.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        (Self::ONE + (-self).exp()).reciprocal()
    }
    /// The number, no less than [`Self::LEAST`]: so that with its logistic function, which there is not quite zero, it makes a
    /// silu that does not grow again far below zero.
    #[inline(always)]
    fn held(self) -> Self {
        if self < Self::LEAST {
            Self::LEAST
        } else {
            self
        }
    }
    /// The logistic function of four numbers; two share a division.
    fn sigmoids(of: [Self; 4]) -> [Self; 4];
}

/// Dispatch on the processor: the strips were measured on one with 512-bit vectors (a product then runs at 90 % of the peak).
macro_rules! dispatch {
    ($work:ident, $widest:literal, $wide:literal, $plain:literal) => {{
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
            fn widest<W: Work>(work: W) {
                work.run::<$widest>();
            }
            #[target_feature(enable = "avx2,fma")]
            fn wide<W: Work>(work: W) {
                work.run::<$wide>();
            }
            let has = |all: bool| all && is_x86_feature_detected!("fma");
            if has(is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx2"))
            {
                // SAFETY: the features were just found.
                return unsafe { widest($work) };
            }
            if has(is_x86_feature_detected!("avx2")) {
                // SAFETY: the features were just found.
                return unsafe { wide($work) };
            }
        }
        $work.run::<$plain>();
    }};
}

impl Real for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const LEAST: Self = -40.0;
    #[inline(always)]
    fn of(x: f64) -> Self {
        x as f32
    }
    #[inline(always)]
    fn wide(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn fma(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }
    /// To 2 parts in 10⁷; the argument is held within -87 and 88.
    #[inline(always)]
    fn exp(self) -> Self {
        // Adding 1.5 * 2²³ rounds to a whole number, which then stands in the low bits.
        const ROUND: f32 = 12_582_912.0;
        const LN_2_HIGH: f32 = 0.693_359_4;
        const LN_2_LOW: f32 = -2.121_944_4e-4;
        let x = if self < -87.0 { -87.0 } else { self };
        let x = if x > 88.0 { 88.0 } else { x };
        let rounded = x.fma(std::f32::consts::LOG2_E, ROUND);
        let whole = rounded - ROUND;
        let r = whole.fma(-LN_2_LOW, whole.fma(-LN_2_HIGH, x));
        let mut series: f32 = 1.393_33e-3;
        for factor in [8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5, 1.0, 1.0] {
            series = series.fma(r, factor);
        }
        f32::from_bits(rounded.to_bits().wrapping_add(127) << 23) * series
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn reciprocal(self) -> Self {
        1.0 / self
    }
    /// To 4 parts in 10⁷, far below zero 3 in 10⁶; the argument is held within -40 and 40, where two of what is
    /// divided by are not yet too large together.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        1.0 / grown(self)
    }
    // The compiler adds number by number what is written without these, at ten times the instructions.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn total(lanes: [Self; 16]) -> Self {
        use std::arch::x86_64::{
            __m128, _mm_add_ps, _mm_add_ss, _mm_cvtss_f32, _mm_movehl_ps, _mm_shuffle_ps,
        };
        let [a, b, c, d]: [__m128; 4] = bytemuck::cast(lanes);
        // SAFETY: every x86_64 has SSE.
        unsafe {
            let four = _mm_add_ps(_mm_add_ps(a, c), _mm_add_ps(b, d));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
        }
    }
    #[inline(always)]
    fn sigmoids(of: [Self; 4]) -> [Self; 4] {
        let [a, b, c, d] = of;
        let (a, b, c, d) = (grown(a), grown(b), grown(c), grown(d));
        let (of_ab, of_cd) = (1.0 / (a * b), 1.0 / (c * d));
        [of_ab * b, of_ab * a, of_cd * d, of_cd * c]
    }
    fn run(work: impl Work) {
        dispatch!(work, 64, 16, 8)
    }
}

impl Real for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const LEAST: Self = -700.0;
    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
    #[inline(always)]
    fn fma(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }
    /// To 3 parts in 10¹⁶; the argument is held within -700 and 700.
    #[inline(always)]
    fn exp(self) -> Self {
        const ROUND: f64 = 6_755_399_441_055_744.0;
        const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
        const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
        let x = if self < -700.0 { -700.0 } else { self };
        let x = if x > 700.0 { 700.0 } else { x };
        let rounded = x.fma(std::f64::consts::LOG2_E, ROUND);
        let whole = rounded - ROUND;
        let r = whole.fma(-LN_2_LOW, whole.fma(-LN_2_HIGH, x));
        let mut series: f64 = 1.0 / 6_227_020_800.0;
        for factorial in [
            479_001_600.0,
            39_916_800.0,
            3_628_800.0,
            362_880.0,
            40_320.0,
            5_040.0,
            720.0,
            120.0,
            24.0,
            6.0,
            2.0,
            1.0,
            1.0,
        ] {
            series = series.fma(r, 1.0 / factorial);
        }
        f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52) * series
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn reciprocal(self) -> Self {
        1.0 / self
    }
    #[inline(always)]
    fn sigmoids(of: [Self; 4]) -> [Self; 4] {
        let [a, b, c, d] = of;
        [a.sigmoid(), b.sigmoid(), c.sigmoid(), d.sigmoid()]
    }
    fn run(work: impl Work) {
        dispatch!(work, 16, 8, 4)
    }
}

/// `1 + exp(-x)`, x held within -40 and 40.
///
/// Nothing in here may call the library: inside the implementation of a trait for f32, `x.exp()` would.
#[inline(always)]
fn grown(x: f32) -> f32 {
    // Adding 1.5 * 2²³ rounds to a whole number, which then stands in the low bits, and with 127 is an exponent.
    const ROUND: f32 = 12_582_912.0 + 127.0;
    let x = x.held();
    let x = if x > -f32::LEAST { -f32::LEAST } else { x };
    let rounded = x.mul_add(-std::f32::consts::LOG2_E, ROUND);
    let part = x.mul_add(-std::f32::consts::LOG2_E, ROUND - rounded);
    // 2 to the part, within half of a whole number, to 1 part in 10⁷.
    let mut power: f32 = 1.330_061e-3;
    for factor in [
        9.669_691e-3,
        5.550_558e-2,
        2.402_228e-1,
        std::f32::consts::LN_2,
        1.0,
    ] {
        power = power.mul_add(part, factor);
    }
    f32::from_bits(rounded.to_bits() << 23).mul_add(power, 1.0)
}

/// Sine and cosine to 2 parts in 10¹⁶ for arguments up to some thousands.
#[inline(always)]
pub(crate) fn sin_cos(x: f64) -> (f64, f64) {
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const HALF_PI_LOW: f64 = 6.123_233_995_736_766e-17;
    let rounded = x.fma(std::f64::consts::FRAC_2_PI, ROUND);
    let quarter = rounded.to_bits();
    let whole = rounded - ROUND;
    let r = whole.fma(-HALF_PI_LOW, whole.fma(-std::f64::consts::FRAC_PI_2, x));
    let square = r * r;
    // Taylor's series within 45 degrees.
    let mut sine: f64 = 1.0 / 355_687_428_096_000.0;
    for factorial in [
        -1_307_674_368_000.0,
        6_227_020_800.0,
        -39_916_800.0,
        362_880.0,
        -5_040.0,
        120.0,
        -6.0,
    ] {
        sine = sine.fma(square, 1.0 / factorial);
    }
    let sine = (sine * square).fma(r, r);
    let mut cosine: f64 = 1.0 / 20_922_789_888_000.0;
    for factorial in [
        -87_178_291_200.0,
        479_001_600.0,
        -3_628_800.0,
        40_320.0,
        -720.0,
        24.0,
        -2.0,
        1.0,
    ] {
        cosine = cosine.fma(square, 1.0 / factorial);
    }
    let swapped = quarter & 1 == 1;
    let first = if swapped { cosine } else { sine };
    let second = if swapped { sine } else { cosine };
    let sine = f64::from_bits(first.to_bits() ^ ((quarter & 2) << 62));
    let cosine = f64::from_bits(second.to_bits() ^ ((quarter.wrapping_add(1) & 2) << 62));
    (sine, cosine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_go_by_eight_four_two_and_one() {
        let lanes: [f32; 16] = std::array::from_fn(|l| 1.0 / (l as f32 + 0.3));
        let eight: [f32; 8] = std::array::from_fn(|l| lanes[l] + lanes[l + 8]);
        let four: [f32; 4] = std::array::from_fn(|l| eight[l] + eight[l + 4]);
        let sum = (four[0] + four[2]) + (four[1] + four[3]);
        assert_eq!(Real::total(lanes).to_bits(), sum.to_bits());
        let wide = lanes.map(f64::from);
        assert!((Real::total(wide) - wide.iter().sum::<f64>()).abs() < 1e-15);
    }

    #[test]
    fn functions_keep_to_their_precision() {
        for i in -60_000..60_000 {
            let x = f64::from(i) * 1.1e-3;
            let error = (Real::exp(x) / libm::exp(x) - 1.0).abs();
            assert!(error < 4e-16, "exp {x}: {error}");
            let short = x as f32;
            let error = (f64::from(Real::exp(short)) / libm::exp(f64::from(short)) - 1.0).abs();
            assert!(error < 3e-7, "exp {short}: {error}");
            let logistic = |x: f32| 1.0 / (1.0 + libm::exp(-f64::from(x)));
            let found = f64::from(Real::sigmoid(short));
            let error = (found / logistic(short) - 1.0).abs();
            assert!(
                (short < -40.0 && found < 5e-18) || error < 3e-6_f64.min(4e-7 + 2e-7 * x.abs()),
                "sigmoid {short}: {error}"
            );
            let four = [short, 1.5 - 0.7 * short, -short, 0.1 * short];
            for (x, found) in four.into_iter().zip(Real::sigmoids(four)) {
                let error = (f64::from(found) - logistic(x)).abs();
                assert!(error < 4e-7, "sigmoids {x} of {four:?}: {error}");
            }
            let (sine, cosine) = sin_cos(2.0 * x);
            let error = (sine - libm::sin(2.0 * x))
                .abs()
                .max((cosine - libm::cos(2.0 * x)).abs());
            assert!(error < 3e-16, "sin, cos {x}: {error}");
        }
        assert_eq!(Real::sigmoid(0.0_f64), 0.5);
        for far in [1e3_f32, f32::MAX, f32::INFINITY] {
            assert!(
                Real::sigmoid(far) > 0.999_999_9 && (0.0..1e-17).contains(&Real::sigmoid(-far))
            );
        }
        assert!(Real::exp(f32::NAN).is_nan() && Real::exp(f64::NAN).is_nan());
        assert!(Real::sigmoid(f32::NAN).is_nan());
        let worst = [f32::MAX, -f32::MAX, f32::INFINITY, -f32::INFINITY];
        for x in [-100.0, 0.0, 100.0]
            .map(|x: f32| [x; 4])
            .iter()
            .chain([&worst])
        {
            assert!(
                Real::sigmoids(*x).iter().all(|s| (0.0..=1.0).contains(s)),
                "{x:?}"
            );
        }
    }
}
