//! How long a random search takes: candidates drawn from a pool one after the other, none twice, until one is good enough.

use super::front::{Point, hypervolume};
use super::random::Random;
use crate::draws::centred_quantile;

/// The probability that at least one of `tries` candidates drawn from `candidates` without putting back is one of the `good`
/// ones: the hypergeometric distribution.
///
/// ```
/// use optimize::suggest::random_search::chance;
/// assert!((chance(10, 2, 3) - (1.0 - 7.0 / 10.0 * 6.0 / 9.0)).abs() < 1e-12);
/// ```
pub fn chance(candidates: u64, good: u64, tries: u64) -> f64 {
    let (good, tries) = (good.min(candidates), tries.min(candidates));
    // C(N - K, t) / C(N, t) is the same with K and t exchanged: the shorter product is taken.
    let (few, many) = (good.min(tries), good.max(tries));
    if few + many > candidates {
        return 1.0;
    }
    let factor = |i: u64| (candidates - many - i) as f64 / (candidates - i) as f64;
    1.0 - (0..few).map(factor).product::<f64>()
}

/// After how many candidates a random search has found one of the `good` ones with a probability of one half or more; the
/// median of the negative hypergeometric distribution. Infinite where none is good.
pub fn even_odds(candidates: u64, good: u64) -> f64 {
    if good == 0 {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (1, candidates);
    while low < high {
        let middle = low + (high - low) / 2;
        if chance(candidates, good, middle) < 0.5 {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low as f64
}

/// A draw of the share of good ones in a population of which `good` of `seen` that were looked at are: Jeffreys' posterior, a
/// beta distribution with 1/2 added to either count. Draws of another number are independent.
pub fn share(good: usize, seen: usize, seed: u64, number: u64) -> f64 {
    let mut random = Random::new(seed ^ number.rotate_left(40), 31);
    // Gamma(n + 1/2) is half a sum of 2n + 1 squared standard normal numbers.
    let mut gamma = |n: usize| -> f64 {
        let mut normal = || {
            let uniform = (random.next() >> 12) as f64 + 0.5;
            centred_quantile(uniform, (1_u64 << 52) as f64)
        };
        (0..2 * n + 1).map(|_| normal().powi(2)).sum()
    };
    let (yes, no) = (gamma(good), gamma(seen - good.min(seen)));
    yes / (yes + no)
}

/// After how many of the points, drawn in an order of its own for each `number`, their front has at least this volume above the
/// reference; none where all of them together have not. Points (`m` numbers each, one after the other) and reference are to be
/// maximised; a point with NaN adds nothing, and takes its turn.
pub fn until_volume(
    points: &[f64],
    reference: &[f64],
    volume: f64,
    seed: u64,
    number: u64,
) -> Option<usize> {
    let m = reference.len();
    let mut random = Random::new(seed ^ number.rotate_left(40), 32);
    let mut order: Vec<usize> = (0..points.len() / m).collect();
    let mut floor: Point = [0.0; 3];
    floor[..m].copy_from_slice(reference);
    let mut front: Vec<Point> = Vec::new();
    for at in 0..order.len() {
        let other = at + random.below(order.len() - at);
        order.swap(at, other);
        let mut point: Point = [0.0; 3];
        point[..m].copy_from_slice(&points[order[at] * m..(order[at] + 1) * m]);
        let covers = |a: &Point, b: &Point| (0..m).all(|j| a[j] >= b[j]);
        if point[..m]
            .iter()
            .zip(reference)
            .any(|(x, r)| x.is_nan() || x <= r)
            || front.iter().any(|held| covers(held, &point))
        {
            continue;
        }
        front.retain(|held| !covers(&point, held));
        front.push(point);
        if hypervolume(&front, &floor, m) >= volume {
            return Some(at + 1);
        }
    }
    None
}

/// The volume that points dominate above a reference, all to be maximised: `m` numbers each, two or three.
pub fn volume(points: &[f64], reference: &[f64]) -> f64 {
    let m = reference.len();
    let mut floor: Point = [0.0; 3];
    floor[..m].copy_from_slice(reference);
    let above = points.chunks_exact(m).filter(|point| {
        let pairs = point.iter().zip(reference);
        pairs.clone().all(|(x, r)| x > r)
    });
    let above: Vec<Point> = above
        .map(|point| {
            let mut whole: Point = [0.0; 3];
            whole[..m].copy_from_slice(point);
            whole
        })
        .collect();
    hypervolume(&above, &floor, m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_those_of_every_order_counted() {
        // All subsets of so many of eight candidates, the first `good` of which are good.
        for good in 0..=8_u32 {
            for tries in 0..=8_u32 {
                let sets = (0..256_u32).filter(|set| set.count_ones() == tries);
                let (mut all, mut hits) = (0.0, 0.0);
                for set in sets {
                    all += 1.0;
                    hits += f64::from(u8::from(set & ((1 << good) - 1) != 0));
                }
                let found = chance(8, u64::from(good), u64::from(tries));
                assert!((found - hits / all).abs() < 1e-12, "{good} {tries}");
            }
        }
        // One of N: with the median in the middle.
        assert_eq!(even_odds(1000, 1), 500.0);
        assert_eq!(even_odds(10_000_000, 1), 5_000_000.0);
        assert_eq!(even_odds(7, 0), f64::INFINITY);
        assert_eq!(even_odds(7, 7), 1.0);
        assert!(chance(1000, 3, 205) < 0.5 && chance(1000, 3, 207) > 0.5);
        assert_eq!(even_odds(1000, 3), 207.0);
    }

    #[test]
    fn shares_have_the_moments_of_the_beta_distribution() {
        let draws: Vec<f64> = (0..4000).map(|number| share(3, 40, 7, number)).collect();
        let (a, b) = (3.5, 37.5);
        let mean = draws.iter().sum::<f64>() / 4000.0;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 4000.0;
        let truth = a * b / ((a + b) * (a + b) * (a + b + 1.0_f64));
        assert!((mean - a / (a + b)).abs() < 5.0 * (truth / 4000.0).sqrt());
        assert!((variance / truth - 1.0).abs() < 0.15, "{variance} {truth}");
    }

    #[test]
    fn a_volume_is_reached_when_the_last_point_it_needs_is_drawn() {
        // Two points span 3 above the origin: (1, 2) and (2, 1); the others are worthless.
        let mut points = vec![0.0; 2 * 98];
        points.extend([1.0, 2.0, 2.0, 1.0]);
        assert_eq!(volume(&points, &[0.0, 0.0]), 3.0);
        let both = |number| until_volume(&points, &[0.0, 0.0], 3.0, 1, number).unwrap();
        let either = |number| until_volume(&points, &[0.0, 0.0], 2.0, 1, number).unwrap();
        let mean = |f: &dyn Fn(u64) -> usize| (0..4000).map(|n| f(n) as f64).sum::<f64>() / 4000.0;
        // The greater and the lesser of two places among 100: 2 (N + 1) / 3 and (N + 1) / 3.
        assert!((mean(&both) - 2.0 * 101.0 / 3.0).abs() < 2.0);
        assert!((mean(&either) - 101.0 / 3.0).abs() < 2.0);
        assert_eq!(until_volume(&points, &[0.0, 0.0], 3.1, 1, 0), None);
    }
}
