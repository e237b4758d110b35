//! The draws from the predictions' uncertainty: standard normal numbers, stratified, reproducible, without state.
//!
//! The D draws of one row and objective are a Latin hypercube sample (McKay, Beckman & Conover 1979,
//! doi:10.2307/1268522): each of the D equally probable strata of the normal distribution is used once, at a random place
//! within it, in an order that a hash of seed, objective and row decides. So each draw is exactly normal, rows are
//! independent of each other, and shares over the draws scatter less than with independent draws.

/// Standard normal draws in D strata.
pub(crate) struct Draws {
    seed: u64,
    count: u32,
    bits: u32,
    /// D + 1 bounds of the strata; the outermost are the furthest numbers that can be drawn (7.0 for D = 512).
    edges: Vec<f64>,
}

/// The order in which one row's draws of one objective use the strata.
#[derive(Clone, Copy, Default)]
pub(crate) struct Order {
    first: u32,
    second: u32,
    multipliers: [u32; 2],
}

/// Sebastiano Vigna's splitmix64 finalizer (variant 13 of David Stafford's mixers).
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Draws {
    /// `count` is rounded up to a power of two between 2 and 32768.
    pub fn new(seed: u64, count: u32) -> Self {
        let count = count.clamp(2, 1 << 15).next_power_of_two();
        let furthest = -quantile(0.5 / 4_294_967_296.0 / f64::from(count));
        let inner =
            (1..count).map(|stratum| centred_quantile(f64::from(stratum), f64::from(count)));
        let edges = std::iter::once(-furthest)
            .chain(inner)
            .chain(std::iter::once(furthest))
            .collect();
        Draws {
            seed,
            count,
            bits: count.trailing_zeros(),
            edges,
        }
    }

    pub fn count(&self) -> u32 {
        self.count
    }

    /// No draw lies further from zero.
    pub fn furthest(&self) -> f64 {
        self.edges[self.count as usize]
    }

    /// The lower bounds of the strata; a stratum's upper bound is the next one's lower bound.
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    fn key(&self, objective: u32, row: u32) -> u64 {
        let stream = mix(self
            .seed
            .wrapping_add(STEP.wrapping_mul(u64::from(objective) + 1)));
        mix(stream.wrapping_add(STEP.wrapping_mul(u64::from(row) + 1)))
    }

    pub fn order(&self, objective: u32, row: u32) -> Order {
        let key = mix(self.key(objective, row) ^ STEP);
        Order {
            first: key as u32 & 0xffff,
            second: (key >> 16) as u32 & 0xffff,
            multipliers: [(key >> 32) as u32 & 0xffff | 1, (key >> 48) as u32 | 1],
        }
    }

    /// The stratum that a draw uses: every step is a bijection of 0..D.
    #[inline(always)]
    pub fn stratum(&self, order: Order, draw: u32) -> u32 {
        let (mask, half) = (self.count - 1, self.bits.div_ceil(2));
        let mut x = (draw ^ order.first) & mask;
        x = x.wrapping_mul(order.multipliers[0]) & mask;
        x ^= x >> half;
        x = x
            .wrapping_mul(order.multipliers[1])
            .wrapping_add(order.second)
            & mask;
        x ^ (x >> half)
    }

    /// The least and the greatest stratum that a range of draws uses: `stratum` in 16-bit numbers, which compilers turn
    /// into vector instructions, and whose low bits are the same.
    #[inline(always)]
    pub fn strata(&self, order: Order, range: std::ops::Range<u32>) -> (u32, u32) {
        let (mask, half) = ((self.count - 1) as u16, self.bits.div_ceil(2) as u16);
        let (first, second) = (order.first as u16, order.second as u16);
        let [m, k] = order.multipliers.map(|multiplier| multiplier as u16);
        let (mut least, mut greatest) = (i16::MAX, 0);
        for draw in range.start as u16..range.end as u16 {
            let mut x = (draw ^ first) & mask;
            x = x.wrapping_mul(m) & mask;
            x ^= x >> half;
            x = x.wrapping_mul(k).wrapping_add(second) & mask;
            x ^= x >> half;
            least = least.min(x as i16);
            greatest = greatest.max(x as i16);
        }
        (least as u32, greatest as u32)
    }

    /// The drawn number itself.
    pub fn normal(&self, objective: u32, row: u32, draw: u32) -> f64 {
        let stratum = self.stratum(self.order(objective, row), draw);
        let hash = mix(self
            .key(objective, row)
            .wrapping_add(STEP.wrapping_mul(u64::from(draw) + 1)));
        let within = ((hash >> 32) as f64 + 0.5) / 4_294_967_296.0;
        let z = centred_quantile(f64::from(stratum) + within, f64::from(self.count));
        // Rounding must not carry it over the stratum's bounds, on which the pruning relies.
        z.clamp(
            self.edges[stratum as usize],
            self.edges[stratum as usize + 1],
        )
    }
}

/// The normal quantile of `part / whole`, without loss of digits near `whole`.
pub(crate) fn centred_quantile(part: f64, whole: f64) -> f64 {
    if part > whole / 2.0 {
        -quantile((whole - part) / whole)
    } else {
        quantile(part / whole)
    }
}

/// The standard normal quantile of a probability between 0 and 1/2: algorithm AS 241, PPND16 (Wichura 1988,
/// doi:10.2307/2347330), accurate to about 1 part in 10^16.
fn quantile(p: f64) -> f64 {
    let polynomial =
        |coefficients: &[f64], x: f64| coefficients.iter().rev().fold(0.0, |sum, &c| sum * x + c);
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * polynomial(&A, r) / polynomial(&B, r);
    }
    let r = libm::sqrt(-libm::log(p));
    let ratio = if r <= 5.0 {
        polynomial(&C, r - 1.6) / polynomial(&D, r - 1.6)
    } else {
        polynomial(&E, r - 5.0) / polynomial(&F, r - 5.0)
    };
    -ratio
}

const A: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const B: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const C: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
const D: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const E: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const F: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_inverts_the_distribution_function() {
        // Phi(z) = erfc(-z / sqrt 2) / 2, from another source (libm).
        for p in [
            1e-13, 1e-9, 3e-7, 1e-4, 0.01, 0.0749, 0.0751, 0.2, 0.4, 0.499,
        ] {
            let back = libm::erfc(-quantile(p) / std::f64::consts::SQRT_2) / 2.0;
            assert!((back / p - 1.0).abs() < 2e-14, "{p}: {back}");
        }
        assert_eq!(quantile(0.5), 0.0);
        // Published: the 97.5 % point.
        assert!((centred_quantile(0.975, 1.0) - 1.959_963_984_540_054).abs() < 1e-15);
    }

    #[test]
    fn every_stratum_is_used_once_and_the_number_lies_within_it() {
        for count in [2, 8, 512, 4096] {
            let draws = Draws::new(7, count);
            for row in 0..20 {
                let mut used = vec![false; count as usize];
                let range = count / 4..count / 2 + 1;
                let strata = range
                    .clone()
                    .map(|draw| draws.stratum(draws.order(1, row), draw));
                let (least, greatest) = draws.strata(draws.order(1, row), range);
                assert_eq!(
                    (strata.clone().min(), strata.max()),
                    (Some(least), Some(greatest))
                );
                for draw in 0..count {
                    let stratum = draws.stratum(draws.order(1, row), draw) as usize;
                    assert!(!std::mem::replace(&mut used[stratum], true));
                    let z = draws.normal(1, row, draw);
                    assert!(draws.edges()[stratum] <= z && z <= draws.edges()[stratum + 1]);
                }
            }
        }
    }

    #[test]
    fn rows_and_objectives_are_uncorrelated_as_random_orders_would_be() {
        // The correlation of two random permutations of D numbers has mean 0 and variance 1 / (D - 1).
        let draws = Draws::new(3, 512);
        let column = |objective, row| {
            (0..512)
                .map(|draw| draws.normal(objective, row, draw))
                .collect::<Vec<_>>()
        };
        let columns: Vec<Vec<f64>> = (0..2)
            .flat_map(|objective| (0..1500).map(move |row| (objective, row)))
            .map(|(o, r)| column(o, r))
            .collect();
        let correlation = |a: &[f64], b: &[f64]| {
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
            dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
        };
        for shift in [1, 2, 64, 1499, 1500] {
            let pairs = columns.len() - shift;
            let found: Vec<f64> = (0..pairs)
                .map(|i| correlation(&columns[i], &columns[i + shift]))
                .collect();
            let mean = found.iter().sum::<f64>() / pairs as f64;
            let variance = 511.0 * found.iter().map(|c| c * c).sum::<f64>() / pairs as f64;
            assert!(
                mean.abs() < 4.0 / (511.0 * pairs as f64).sqrt(),
                "shift {shift}: mean {mean}"
            );
            assert!(
                (variance - 1.0).abs() < 0.15,
                "shift {shift}: variance {variance}"
            );
        }
    }

    #[test]
    fn one_draw_over_the_rows_is_normal() {
        // Moments of the standard normal over 200,000 rows, five standard errors.
        let draws = Draws::new(11, 512);
        let n = 200_000;
        for draw in [0, 1, 300] {
            let z: Vec<f64> = (0..n).map(|row| draws.normal(0, row, draw)).collect();
            let moment = |power| z.iter().map(|z| z.powi(power)).sum::<f64>() / f64::from(n);
            let error = |variance: f64| 5.0 * (variance / f64::from(n)).sqrt();
            assert!(moment(1).abs() < error(1.0), "{}", moment(1));
            assert!((moment(2) - 1.0).abs() < error(2.0), "{}", moment(2));
            assert!(moment(3).abs() < error(15.0), "{}", moment(3));
            assert!((moment(4) - 3.0).abs() < error(96.0), "{}", moment(4));
        }
    }
}
