//! Sobol's sequence: points that fill the unit cube more evenly than random ones do.
//!
//! I. M. Sobol' (1967), doi:10.1016/0041-5553(67)90144-9; direction numbers of S. Joe and F. Y. Kuo (2008),
//! doi:10.1137/070709359 (`joe_kuo.txt`), in the order of the Gray code. Scrambled by a random lower triangular matrix a
//! dimension and a digital shift (J. Matoušek 1998, doi:10.1006/jcom.1998.0489), which keeps the evenness of the net and
//! makes every point uniform, so that averages over the points are unbiased.

use crate::draws::{STEP, mix};
use std::sync::OnceLock;

/// Binary digits of a coordinate; so many that the middle of its interval is a number of its own.
const DIGITS: usize = 52;

/// One dimension: its polynomial and the initial direction numbers.
struct Direction {
    polynomial: u64,
    initial: Vec<u64>,
}

fn directions() -> &'static [Direction] {
    static TABLE: OnceLock<Vec<Direction>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lines = include_str!("joe_kuo.txt").lines();
        let numbers = |line: &str| -> Vec<u64> {
            line.split(' ')
                .filter_map(|word| word.parse().ok())
                .collect()
        };
        lines
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let (polynomial, initial) =
                    numbers(line).split_first().map(|(p, m)| (*p, m.to_vec()))?;
                Some(Direction {
                    polynomial,
                    initial,
                })
            })
            .collect()
    })
}

/// The columns of a dimension's generator matrix: for each digit of the point's number what it adds, with `DIGITS` digits.
fn columns(direction: &Direction) -> [u64; DIGITS] {
    let degree = direction.initial.len();
    let mut columns = [0; DIGITS];
    for at in 0..DIGITS {
        let shift = DIGITS - 1 - at;
        columns[at] = if degree == 0 {
            1 << shift
        } else if at < degree {
            direction.initial[at] << shift
        } else {
            let mut value = columns[at - degree] ^ (columns[at - degree] >> degree);
            for back in 1..degree {
                if direction.polynomial >> (degree - back) & 1 == 1 {
                    value ^= columns[at - back];
                }
            }
            value
        };
    }
    columns
}

/// The generator matrix of one of the first dimensions to 32 digits, column by column, a column's first digit topmost.
pub(crate) fn generator(dimension: usize) -> [u32; 32] {
    let known = columns(&directions()[dimension]);
    std::array::from_fn(|at| (known[at] >> (DIGITS - 32)) as u32)
}

/// A column after a random lower triangular matrix with ones on its diagonal: each digit changes those below it only.
fn scrambled(column: u64, rows: &[u64; DIGITS]) -> u64 {
    rows.iter()
        .enumerate()
        .map(|(digit, row)| u64::from((row & column).count_ones() & 1) << (DIGITS - 1 - digit))
        .sum()
}

/// Points of Sobol's sequence in up to [`Sobol::MAX_DIMENSIONS`] dimensions, each computed from its number alone.
///
/// ```
/// let sobol = optimize::Sobol::plain(2)?;
/// assert_eq!(sobol.points(0, 4), [0.0, 0.0, 0.5, 0.5, 0.75, 0.25, 0.25, 0.75]);
/// # Ok::<(), optimize::TooManyDimensions>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sobol {
    columns: Vec<[u64; DIGITS]>,
    shifts: Vec<u64>,
    /// Half a last digit, so that a scrambled coordinate is never 0 or 1; zero in the plain sequence.
    middle: f64,
}

/// More dimensions were asked for than there are direction numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "Sobol's sequence is known here in up to {known} dimensions, not in {0}; draw independent random numbers instead",
    known = Sobol::MAX_DIMENSIONS
)]
pub struct TooManyDimensions(pub usize);

impl Sobol {
    /// As many as `joe_kuo.txt` holds.
    pub const MAX_DIMENSIONS: usize = 256;

    /// The sequence as it is: its first point is zero, and the first 2^k points fill the cube evenly.
    pub fn plain(dimensions: usize) -> Result<Sobol, TooManyDimensions> {
        let known = directions()
            .get(..dimensions)
            .ok_or(TooManyDimensions(dimensions))?;
        Ok(Sobol {
            columns: known.iter().map(columns).collect(),
            shifts: vec![0; dimensions],
            middle: 0.0,
        })
    }

    /// The sequence scrambled by a seed: as even, every point uniform, no coordinate 0 or 1. Seeds give independent sequences.
    pub fn scrambled(dimensions: usize, seed: u64) -> Result<Sobol, TooManyDimensions> {
        let mut sobol = Sobol::plain(dimensions)?;
        for (dimension, columns) in sobol.columns.iter_mut().enumerate() {
            let stream = mix(mix(seed).wrapping_add(STEP.wrapping_mul(dimension as u64 + 1)));
            let draw = |number: usize| {
                mix(stream.wrapping_add(STEP.wrapping_mul(number as u64 + 1))) >> (64 - DIGITS)
            };
            let rows: [u64; DIGITS] = std::array::from_fn(|digit| {
                let diagonal = 1 << (DIGITS - 1 - digit);
                draw(digit) & !(diagonal | (diagonal - 1)) | diagonal
            });
            for column in columns.iter_mut() {
                *column = scrambled(*column, &rows);
            }
            sobol.shifts[dimension] = draw(DIGITS);
        }
        sobol.middle = 0.5;
        Ok(sobol)
    }

    pub fn dimensions(&self) -> usize {
        self.columns.len()
    }

    /// Writes point `number` (below 2^52) to `row`, whose length is the number of dimensions; coordinates in [0, 1).
    pub fn point(&self, number: u64, row: &mut [f64]) {
        let gray = number ^ (number >> 1);
        for ((columns, shift), value) in self.columns.iter().zip(&self.shifts).zip(row) {
            let mut digits = *shift;
            let mut left = gray;
            while left != 0 {
                digits ^= columns
                    .get(left.trailing_zeros() as usize)
                    .copied()
                    .unwrap_or(0);
                left &= left - 1;
            }
            // Exact: 52 digits and a half fit a double.
            *value = (digits as f64 + self.middle) / (1u64 << DIGITS) as f64;
        }
    }

    /// `count` points from number `first` on, row by row (`count x dimensions`).
    pub fn points(&self, first: u64, count: usize) -> Vec<f64> {
        let dimensions = self.dimensions();
        let mut rows = vec![0.0; count * dimensions];
        if dimensions > 0 {
            for (number, row) in rows.chunks_exact_mut(dimensions).enumerate() {
                self.point(first + number as u64, row);
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_direction_numbers_as_promised() {
        assert_eq!(directions().len(), Sobol::MAX_DIMENSIONS);
        assert_eq!(Sobol::plain(257).unwrap_err(), TooManyDimensions(257));
        assert!(TooManyDimensions(257).to_string().contains("256"));
        for direction in &directions()[1..] {
            assert_eq!(
                direction.initial.len(),
                direction.polynomial.ilog2() as usize
            );
        }
    }

    /// scipy 1.17.1: `scipy.stats.qmc.Sobol(256, scramble=False, bits=52)`.
    #[test]
    fn plain_points_are_those_of_scipy() {
        let sobol = Sobol::plain(256).unwrap();
        let in_2_20 = |number: u64| -> Vec<u64> {
            let mut row = vec![0.0; 256];
            sobol.point(number, &mut row);
            [0, 1, 2, 7, 31, 63, 127, 200, 255]
                .map(|at: usize| (row[at] * 1_048_576.0) as u64)
                .to_vec()
        };
        assert_eq!(
            in_2_20(5),
            [
                917504, 917504, 131072, 393216, 655360, 655360, 131072, 131072, 917504
            ]
        );
        assert_eq!(
            in_2_20(37),
            [
                966656, 671744, 606208, 835584, 147456, 868352, 704512, 868352, 475136
            ]
        );
        assert_eq!(
            in_2_20(63),
            [
                16384, 835584, 376832, 147456, 966656, 770048, 671744, 180224, 49152
            ]
        );
    }

    #[test]
    fn late_points_and_sums_are_those_of_scipy() {
        let mut row = vec![0.0; 64];
        Sobol::plain(64).unwrap().point(1_000_003, &mut row);
        assert_eq!(
            [0, 1, 5, 20, 63].map(|at: usize| (row[at] * 2f64.powi(52)) as u64),
            [
                1_245_132_493_946_880,
                2_530_659_155_312_640,
                2_454_741_313_388_544,
                3_558_427_649_376_256,
                1_387_656_688_697_344
            ]
        );
        let points = Sobol::plain(256).unwrap().points(0, 1024);
        let weighted = |power: i32| -> f64 {
            let rows = points.chunks_exact(256);
            rows.flat_map(|row| {
                row.iter()
                    .zip(1..)
                    .map(|(x, k)| x.powi(power) * f64::from(k))
            })
            .sum()
        };
        assert_eq!(weighted(1), 16_826_304.0);
        assert!((weighted(2) - 11_212_058.687_5).abs() < 1e-4);
    }

    #[test]
    fn scrambled_points_keep_the_net_and_stay_inside() {
        for seed in 0..20 {
            let sobol = Sobol::scrambled(24, seed).unwrap();
            let points = sobol.points(0, 256);
            assert!(points.iter().all(|&x| 0.0 < x && x < 1.0));
            for dimension in 0..24 {
                let mut strata = [0; 256];
                for point in points.chunks_exact(24) {
                    strata[(point[dimension] * 256.0) as usize] += 1;
                }
                assert!(strata.iter().all(|&count| count == 1));
            }
            // The first two dimensions are a (0, 8, 2)-net: every elementary box of volume 1/256 holds one point.
            for bits in 0..=8 {
                let mut boxes = [0; 256];
                for point in points.chunks_exact(24) {
                    let first = (point[0] * f64::from(1 << bits)) as usize;
                    let second = (point[1] * f64::from(1 << (8 - bits))) as usize;
                    boxes[first << (8 - bits) | second] += 1;
                }
                assert!(boxes.iter().all(|&count| count == 1));
            }
        }
    }

    #[test]
    fn averages_over_seeds_are_unbiased_and_scatter_less_than_random_ones() {
        // The integral of the product of (x + 1/2) over the cube is 1; its variance for one random point is (13/12)^4 - 1.
        let averages: Vec<f64> = (0..400)
            .map(|seed| {
                let points = Sobol::scrambled(4, seed).unwrap().points(0, 64);
                let values = points
                    .chunks_exact(4)
                    .map(|row| row.iter().map(|x| x + 0.5).product::<f64>());
                values.sum::<f64>() / 64.0
            })
            .collect();
        let mean = averages.iter().sum::<f64>() / 400.0;
        let variance = averages.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / 399.0;
        let random = ((13.0f64 / 12.0).powi(4) - 1.0) / 64.0;
        assert!((mean - 1.0).abs() < 4.0 * (variance / 400.0).sqrt());
        assert!(variance < random / 20.0, "{variance} {random}");
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let points = |seed| Sobol::scrambled(3, seed).unwrap().points(7, 5);
        assert_eq!(points(1), points(1));
        assert_ne!(points(1), points(2));
        assert!(Sobol::plain(0).unwrap().points(0, 3).is_empty());
    }
}
