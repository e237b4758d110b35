//! Exact Shapley values of sums of trees.
//!
//! The game is that of S. M. Lundberg et al., Nature Machine Intelligence 2, 56 (2020), doi:10.1038/s42256-019-0138-9: where
//! an input is not known, a row goes both ways of a split, in the shares of the training rows. It is summed here leaf by
//! leaf. On the way to a leaf let input `j` let the row pass with the share `z_j` when unknown, and `o_j`, 0 or 1, when
//! known; then the leaf's value reaches a coalition S in the share of the product of all `o_j` in S and all `z_j` outside,
//! and the Shapley sum over coalitions of one size is a coefficient of the polynomial of the product of `z_j + o_j t`.

use super::{LEAF, Trees};

/// What each input adds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shapley {
    /// The sum of the trees where no input is known.
    pub base: f64,
    /// For each input; with `base` they sum to that of the row.
    pub amounts: Vec<f64>,
}

/// An input on the way to a leaf.
#[derive(Clone, Copy)]
struct Step {
    input: u32,
    share: f64,
    open: bool,
}

impl Trees {
    /// Of one row. `values` and `covers`, the number of training rows, are of each leaf.
    pub(crate) fn shapley(
        &self,
        values: impl Fn(usize) -> f64,
        covers: impl Fn(usize) -> f64,
        row: &[f32],
    ) -> Shapley {
        let mut out = Shapley {
            base: 0.0,
            amounts: vec![0.0; self.width],
        };
        // Children stand behind their parents.
        let mut cover = vec![0.0; self.feature.len()];
        for node in (0..self.feature.len()).rev() {
            let left = self.left[node] as usize;
            cover[node] = if self.feature[node] == LEAF {
                covers(left)
            } else {
                cover[left] + cover[left + 1]
            };
        }
        for root in &self.roots {
            let mut waiting: Vec<(usize, Vec<Step>)> = vec![(*root as usize, Vec::new())];
            while let Some((node, path)) = waiting.pop() {
                let left = self.left[node] as usize;
                let input = self.feature[node];
                if input == LEAF {
                    out.leaf(values(left), &path);
                    continue;
                }
                let goes_left = row[input as usize] <= self.threshold[node];
                for (child, open) in [(left, goes_left), (left + 1, !goes_left)] {
                    let share = if cover[node] > 0.0 {
                        cover[child] / cover[node]
                    } else {
                        0.5
                    };
                    let mut path = path.clone();
                    match path.iter_mut().find(|step| step.input == input) {
                        Some(step) => {
                            step.share *= share;
                            step.open &= open;
                        }
                        None => path.push(Step { input, share, open }),
                    }
                    waiting.push((child, path));
                }
            }
        }
        out
    }
}

impl Shapley {
    fn leaf(&mut self, value: f64, path: &[Step]) {
        let m = path.len();
        self.base += value * path.iter().map(|step| step.share).product::<f64>();
        if m == 0 || value == 0.0 {
            return;
        }
        // Coefficient k: coalitions of k inputs that are known.
        let mut whole = vec![0.0; m + 1];
        whole[0] = 1.0;
        for (known, step) in path.iter().enumerate() {
            for k in (0..=known).rev() {
                if step.open {
                    whole[k + 1] += whole[k];
                }
                whole[k] *= step.share;
            }
        }
        // k! (m - k - 1)! / m!
        let mut weight = vec![1.0 / m as f64; m];
        for k in 1..m {
            weight[k] = weight[k - 1] * k as f64 / (m - k) as f64;
        }
        // An input that is closed has the same part in every coalition without it.
        let closed: f64 = weight.iter().zip(&whole).map(|(w, c)| w * c).sum();
        for step in path {
            let amount = if step.open {
                // The polynomial without this input's factor.
                let (mut sum, mut rest) = (0.0, 0.0);
                for k in (0..m).rev() {
                    rest = whole[k + 1] - step.share * rest;
                    sum += weight[k] * rest;
                }
                (1.0 - step.share) * sum
            } else {
                -closed
            };
            self.amounts[step.input as usize] += value * amount;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Growing, Trees};
    use crate::random::Random;

    /// A random tree of `splits` splits over `width` inputs; leaves get rows 1 to 9.
    fn tree(trees: &mut Trees, width: usize, splits: usize, random: &mut Random) {
        let mut grown = vec![Growing::Leaf];
        for _ in 0..splits {
            let leaves: Vec<usize> = (0..grown.len())
                .filter(|i| matches!(grown[*i], Growing::Leaf))
                .collect();
            let node = leaves[random.below(leaves.len())];
            grown[node] = Growing::Split {
                feature: random.below(width) as u32,
                threshold: random.uniform() as f32,
                left: grown.len(),
                right: grown.len() + 1,
            };
            grown.extend([Growing::Leaf; 2]);
        }
        trees.push(&grown);
    }

    /// The value where only the inputs of `known` are known, by the definition.
    fn game(
        trees: &Trees,
        node: usize,
        known: u32,
        row: &[f32],
        leaf: &dyn Fn(usize) -> (f64, f64),
    ) -> (f64, f64) {
        let left = trees.left[node] as usize;
        let input = trees.feature[node];
        if input == super::LEAF {
            return leaf(left);
        }
        let (a, rows_a) = game(trees, left, known, row, leaf);
        let (b, rows_b) = game(trees, left + 1, known, row, leaf);
        let rows = rows_a + rows_b;
        let value = if known >> input & 1 == 0 {
            (a * rows_a + b * rows_b) / rows
        } else if row[input as usize] <= trees.threshold[node] {
            a
        } else {
            b
        };
        (value, rows)
    }

    #[test]
    fn shapley_values_are_those_of_all_coalitions() {
        let width = 5;
        let mut random = Random::new(3);
        for splits in [0, 1, 4, 12, 30] {
            let mut trees = Trees::new(width);
            for _ in 0..3 {
                tree(&mut trees, width, splits, &mut random);
            }
            let values: Vec<(f64, f64)> = (0..trees.leaves())
                .map(|_| (random.normal(), (1 + random.below(9)) as f64))
                .collect();
            let mut row: Vec<f32> = (0..width).map(|_| random.uniform() as f32).collect();
            row[2] = f32::NAN;
            let found = trees.shapley(|leaf| values[leaf].0, |leaf| values[leaf].1, &row);
            let value = |known: u32| {
                let of =
                    |root: &u32| game(&trees, *root as usize, known, &row, &|leaf| values[leaf]).0;
                trees.roots.iter().map(of).sum::<f64>()
            };
            assert!((found.base - value(0)).abs() < 1e-12);
            let sum: f64 = found.amounts.iter().sum();
            assert!((found.base + sum - value(31)).abs() < 1e-12);
            let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
            for input in 0..width {
                let mut truth = 0.0;
                for others in (0..1_u32 << width).filter(|s| s >> input & 1 == 0) {
                    let size = others.count_ones() as usize;
                    let weight = factorial(size) * factorial(width - size - 1) / factorial(width);
                    truth += weight * (value(others | 1 << input) - value(others));
                }
                assert!(
                    (found.amounts[input] - truth).abs() < 1e-12,
                    "{splits} {input}: {} {truth}",
                    found.amounts[input]
                );
            }
        }
    }
}
