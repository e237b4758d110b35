//! Compositions as a few numbers: Magpie's descriptors over the pool, standardised, and their principal components.

use crate::number::{Number, numbers, values};
use descriptor::{COUNT, Magpie};
use matter::Compositions;
use nalgebra::{DMatrix, SymmetricEigen};
use rayon::prelude::*;
use serde_json::{Value, json};

/// At most so many components.
const MOST: usize = 30;
/// Components are kept until they hold this share of the variance.
const SHARE: f64 = 0.99;
/// A descriptor that is unknown for more than this share of the candidates is left out.
const UNKNOWN: f64 = 0.1;
/// Rows that are summed together, whatever the number of threads.
const BLOCK: usize = 4096;

/// The way from a composition to its components.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// Descriptors that are used, by their place, with mean and standard deviation over the pool.
    used: Vec<(usize, f64, f64)>,
    /// For each component, a weight a used descriptor.
    weights: Vec<Vec<f64>>,
    /// The least value of each component over the pool.
    low: Vec<f64>,
    /// The widest range of a component: all are divided by it, so that distances keep their meaning.
    width: f64,
}

impl Components {
    /// Finds the components of the compositions of a pool, and gives them: `n x len` numbers from 0 to 1, row by row.
    /// Unknown descriptors count as their mean.
    pub fn fit(compositions: &Compositions) -> (Self, Vec<f64>) {
        let mut magpie = Magpie::new();
        magpie.compute(compositions);
        let rows = magpie.values();
        let sums = by_block(rows, COUNT * 3, |row, sums| {
            for (k, value) in row.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                sums[k] += value;
                sums[COUNT + k] += 1.0;
            }
        });
        let means: Vec<f64> = (0..COUNT)
            .map(|k| sums[k] / sums[COUNT + k].max(1.0))
            .collect();
        let squares = by_block(rows, COUNT, |row, sums| {
            for (k, value) in row.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                sums[k] += (value - means[k]) * (value - means[k]);
            }
        });
        let n = compositions.len().max(1) as f64;
        let used: Vec<(usize, f64, f64)> = (0..COUNT)
            .filter_map(|k| {
                let known = sums[COUNT + k];
                let std = (squares[k] / known.max(1.0)).sqrt();
                let varies = std > 1e-9 * means[k].abs().max(1e-9);
                (known >= (1.0 - UNKNOWN) * n && varies).then_some((k, means[k], std))
            })
            .collect();
        let mut found = Self {
            weights: principal(rows, &used),
            used,
            low: Vec::new(),
            width: 1.0,
        };
        let d = found.weights.len();
        let mut points: Vec<f64> = rows
            .par_chunks(COUNT)
            .flat_map_iter(|row| found.project(row))
            .collect();
        let mut high = vec![f64::NEG_INFINITY; d];
        found.low = vec![f64::INFINITY; d];
        for row in points.chunks(d.max(1)) {
            for (k, value) in row.iter().enumerate() {
                found.low[k] = found.low[k].min(*value);
                high[k] = high[k].max(*value);
            }
        }
        let widths = high.iter().zip(&found.low).map(|(high, low)| high - low);
        found.width = widths.fold(0.0, f64::max);
        points
            .par_chunks_mut(d.max(1))
            .for_each(|row| found.scale(row));
        (found, points)
    }

    /// All of it, to be written down; numbers as text, so that they come back bit by bit.
    pub fn to_json(&self) -> Value {
        let used: Vec<(usize, Number, Number)> = self
            .used
            .iter()
            .map(|&(k, mean, std)| (k, Number(mean), Number(std)))
            .collect();
        let weights: Vec<Vec<Number>> = self.weights.iter().map(|w| numbers(w)).collect();
        json!({"used": used, "weights": weights, "low": numbers(&self.low), "width": Number(self.width)})
    }

    /// The components that were written down so; none where they were not.
    pub fn from_json(value: &Value) -> Option<Self> {
        let get = |name: &str| value.get(name).cloned();
        let used: Vec<(usize, Number, Number)> = serde_json::from_value(get("used")?).ok()?;
        let weights: Vec<Vec<Number>> = serde_json::from_value(get("weights")?).ok()?;
        let low: Vec<Number> = serde_json::from_value(get("low")?).ok()?;
        let width: Number = serde_json::from_value(get("width")?).ok()?;
        Some(Self {
            used: used.into_iter().map(|(k, m, s)| (k, m.0, s.0)).collect(),
            weights: weights.iter().map(|w| values(w)).collect(),
            low: values(&low),
            width: width.0,
        })
    }

    /// How many components there are.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// The components of other compositions, scaled as the pool's.
    pub fn of(&self, compositions: &Compositions) -> Vec<f64> {
        let mut magpie = Magpie::new();
        magpie.compute(compositions);
        let rows = magpie.values().chunks(COUNT);
        rows.flat_map(|row| {
            let mut point = self.project(row);
            self.scale(&mut point);
            point
        })
        .collect()
    }

    fn project(&self, row: &[f64]) -> Vec<f64> {
        let standard: Vec<f64> = self
            .used
            .iter()
            .map(|&(k, mean, std)| {
                if row[k].is_nan() {
                    0.0
                } else {
                    (row[k] - mean) / std
                }
            })
            .collect();
        let along = |weights: &Vec<f64>| weights.iter().zip(&standard).map(|(w, x)| w * x).sum();
        self.weights.iter().map(along).collect()
    }

    fn scale(&self, point: &mut [f64]) {
        for (value, low) in point.iter_mut().zip(&self.low) {
            *value = (*value - low) / self.width;
        }
    }
}

/// Sums over rows, block by block in order.
fn by_block(rows: &[f64], length: usize, add: impl Fn(&[f64], &mut [f64]) + Sync) -> Vec<f64> {
    let blocks: Vec<Vec<f64>> = rows
        .par_chunks(BLOCK * COUNT)
        .map(|block| {
            let mut sums = vec![0.0; length];
            block.chunks(COUNT).for_each(|row| add(row, &mut sums));
            sums
        })
        .collect();
    let mut total = vec![0.0; length];
    for block in blocks {
        total
            .iter_mut()
            .zip(block)
            .for_each(|(total, sum)| *total += sum);
    }
    total
}

/// The directions of greatest variance of the standardised descriptors, greatest first; the largest weight of each is
/// positive, so that signs do not hang on rounding.
fn principal(rows: &[f64], used: &[(usize, f64, f64)]) -> Vec<Vec<f64>> {
    let m = used.len();
    if m == 0 {
        return Vec::new();
    }
    let covariance = by_block(rows, m * m, |row, sums| {
        let standard: Vec<f64> = used
            .iter()
            .map(|&(k, mean, std)| {
                if row[k].is_nan() {
                    0.0
                } else {
                    (row[k] - mean) / std
                }
            })
            .collect();
        for (i, x) in standard.iter().enumerate() {
            for (sum, y) in sums[i * m..=i * m + i].iter_mut().zip(&standard) {
                *sum += x * y;
            }
        }
    });
    let matrix = DMatrix::from_fn(m, m, |i, j| covariance[i.max(j) * m + i.min(j)]);
    let eigen = SymmetricEigen::new(matrix);
    let mut order: Vec<usize> = (0..m).collect();
    let variance = |k: usize| eigen.eigenvalues[k].max(0.0);
    order.sort_by(|&a, &b| variance(b).total_cmp(&variance(a)).then(a.cmp(&b)));
    let total: f64 = (0..m).map(variance).sum();
    let (mut kept, mut held) = (Vec::new(), 0.0);
    for k in order {
        if kept.len() == MOST || held >= SHARE * total {
            break;
        }
        held += variance(k);
        let vector = eigen.eigenvectors.column(k);
        let largest = vector.iter().fold(
            0.0_f64,
            |best, w| if w.abs() > best.abs() { *w } else { best },
        );
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        kept.push(vector.iter().map(|w| sign * w).collect());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use matter::formula::Parser;

    fn compositions(formulas: &[&str]) -> Compositions {
        let (mut all, mut parser) = (Compositions::new(), Parser::new());
        for formula in formulas {
            parser.parse_into(formula, &mut all).unwrap();
        }
        all
    }

    #[test]
    fn components_keep_the_distances_of_the_standardised_descriptors() {
        let formulas = [
            "LiCoO2", "LiFePO4", "NaCl", "SiC", "Fe2O3", "GaAs", "BaTiO3", "MgO",
        ];
        let all = compositions(&formulas);
        let (components, points) = Components::fit(&all);
        let d = components.len();
        assert!(
            (2..formulas.len()).contains(&d),
            "{d} directions hold eight points"
        );
        assert!(points.iter().all(|x| (-1e-12..=1.0 + 1e-12).contains(x)));
        // The same by its definition: rows standardised one column at a time.
        let mut magpie = Magpie::new();
        magpie.compute(&all);
        let mut standard = vec![Vec::new(); formulas.len()];
        for k in 0..COUNT {
            let column: Vec<f64> = magpie.column(k).collect();
            let mean = column.iter().sum::<f64>() / 8.0;
            let std = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 8.0).sqrt();
            if std > 1e-9 * mean.abs().max(1e-9) {
                standard
                    .iter_mut()
                    .zip(&column)
                    .for_each(|(row, x)| row.push((x - mean) / std));
            }
        }
        let distance = |a: &[f64], b: &[f64]| -> f64 {
            a.iter()
                .zip(b)
                .map(|(x, y)| (x - y).powi(2))
                .sum::<f64>()
                .sqrt()
        };
        for (i, j) in [(0, 1), (2, 5), (3, 7)] {
            let whole = distance(&standard[i], &standard[j]);
            let kept = distance(&points[i * d..][..d], &points[j * d..][..d]) * components.width;
            assert!(
                kept <= whole * (1.0 + 1e-9) && kept > 0.9 * whole,
                "{kept} of {whole}"
            );
        }
        assert_eq!(components.of(&all), points);
        let text = components.to_json().to_string();
        let back = Components::from_json(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(back, components);
    }

    #[test]
    fn a_pool_of_one_composition_has_no_direction() {
        let (components, points) = Components::fit(&compositions(&["MgO", "MgO"]));
        assert_eq!((components.len(), points.len()), (0, 0));
    }
}
