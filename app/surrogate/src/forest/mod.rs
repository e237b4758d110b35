//! Extremely randomised trees that remember which training targets each leaf holds, so that a prediction is a whole
//! distribution: mean, standard deviation, any quantile, and the probability of exactly zero.
//!
//! P. Geurts, D. Ernst, L. Wehenkel, Extremely Randomized Trees, Machine Learning 63, 3 (2006),
//! doi:10.1007/s10994-006-6226-1; N. Meinshausen, Quantile Regression Forests, Journal of Machine Learning Research 7, 983
//! (2006). Every tree sees every row.

mod distribution;
mod grow;

pub use distribution::Distribution;
use rayon::prelude::*;

use crate::SurrogateError;
use crate::random::Random;
use crate::trees::{Binned, Block, MOST_CUTS, MOST_INPUTS, MOST_NODES, Trees, Walker};

/// How trees grow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ForestOptions {
    pub trees: usize,
    /// Share of the descriptors that a split chooses from.
    pub descriptors: f64,
    /// Fewest rows of a leaf.
    pub leaf: usize,
    pub seed: u64,
}

impl Default for ForestOptions {
    fn default() -> Self {
        Self {
            trees: 150,
            descriptors: 0.3,
            leaf: 1,
            seed: 0,
        }
    }
}

/// Trained trees, and the training targets of their leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    trees: Trees,
    /// Leaf `i` holds `members[leaves[i]..leaves[i + 1]]`.
    leaves: Vec<u32>,
    /// Indices into `targets`.
    members: Vec<u32>,
    /// The distinct training targets, ascending.
    targets: Vec<f64>,
}

/// Rows that one task predicts.
const ROWS_PER_TASK: usize = 64;

impl Forest {
    /// Grows the trees. `descriptors` is `n x width`, row after row, NaN for an unknown value; `targets` are finite.
    ///
    /// # Errors
    ///
    /// Lengths that do not fit, a target that is not finite, an option out of range, cancelled.
    pub fn fit(
        descriptors: &[f32],
        width: usize,
        targets: &[f64],
        options: &ForestOptions,
        job: &job::Job,
    ) -> Result<Self, SurrogateError> {
        check(descriptors, width, targets, options)?;
        let n = targets.len();
        let (distinct, rank) = ranked(targets);
        let table = Binned::new(descriptors, width, MOST_CUTS);
        let mean = targets.iter().sum::<f64>() / n as f64;
        let spread = targets.iter().fold(0.0_f64, |a, y| a.max((y - mean).abs()));
        let scale = if spread > 0.0 { 1.0 / spread } else { 1.0 };
        let near: Vec<f32> = targets
            .iter()
            .map(|y| ((y - mean) * scale) as f32)
            .collect();
        // Nodes are two less one for each leaf.
        let options = &ForestOptions {
            leaf: options.leaf.max(n.div_ceil(MOST_NODES / 2)),
            ..*options
        };
        let grown: Vec<grow::Tree> = (0..options.trees)
            .into_par_iter()
            .map(|tree| {
                job.check()?;
                let random = Random::part(options.seed, tree as u64);
                let grown = grow::grow(&table, &near, &rank, options, random);
                job.advance(1);
                Ok(grown)
            })
            .collect::<Result<_, SurrogateError>>()?;
        let mut forest = Self {
            trees: Trees::new(width),
            leaves: vec![0],
            members: Vec::new(),
            targets: distinct,
        };
        for tree in grown {
            for leaf in forest.trees.push(&tree.nodes) {
                let members = tree.rows[leaf].iter().map(|row| rank[*row as usize]);
                forest.members.extend(members);
                forest.leaves.push(forest.members.len() as u32);
            }
        }
        Ok(forest)
    }

    /// The trees and the rows that they were grown from, of which each leaf remembers those that fall into it.
    pub(crate) fn from_trees(trees: Trees, descriptors: &[f32], targets: &[f64]) -> Self {
        let (distinct, rank) = ranked(targets);
        let count = trees.roots().len();
        let found = trees.leaves_of(&Walker::new(&trees), descriptors);
        let mut leaves = vec![0_u32; trees.leaves() + 1];
        for leaf in &found {
            leaves[*leaf as usize + 1] += 1;
        }
        for leaf in 1..leaves.len() {
            leaves[leaf] += leaves[leaf - 1];
        }
        let mut free = leaves.clone();
        let mut members = vec![0; found.len()];
        for (row, rank) in rank.iter().enumerate() {
            for leaf in &found[row * count..(row + 1) * count] {
                let place = &mut free[*leaf as usize];
                members[*place as usize] = *rank;
                *place += 1;
            }
        }
        Self {
            trees,
            leaves,
            members,
            targets: distinct,
        }
    }

    /// The trees; leaves are counted as in [`Forest::moments`].
    pub fn nodes(&self) -> &Trees {
        &self.trees
    }

    /// The training targets of a leaf, as places in `targets`; none where a damaged file says so.
    fn members_of(&self, leaf: usize) -> &[u32] {
        &self.members[self.leaves[leaf] as usize..self.leaves[leaf + 1] as usize]
    }

    /// Number of training rows in each leaf.
    pub(crate) fn rows_of_leaves(&self) -> impl Iterator<Item = u32> + '_ {
        self.leaves.windows(2).map(|pair| pair[1] - pair[0])
    }

    /// For each leaf the mean and the variance of its targets, and the share of zeros.
    pub fn moments(&self) -> Vec<[f32; 3]> {
        let moments = |members: &[u32]| {
            let n = members.len() as f64;
            let targets = || members.iter().map(|m| self.targets[*m as usize]);
            let mean = targets().sum::<f64>() / n;
            let variance = targets().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
            let zeros = targets().filter(|y| *y == 0.0).count() as f64 / n;
            [mean, variance, zeros].map(|x| x as f32)
        };
        (0..self.trees.leaves())
            .map(|leaf| moments(self.members_of(leaf)))
            .collect()
    }

    /// Number of trees.
    pub fn trees(&self) -> usize {
        self.trees.roots().len()
    }

    /// Number of descriptors.
    pub fn width(&self) -> usize {
        self.trees.width()
    }

    /// Calls `use_it` with the place and the distribution of each row of `descriptors` (`N x width`, row after row), in parallel, and
    /// collects what it returns.
    ///
    /// # Errors
    ///
    /// A block that is no whole number of rows, cancelled.
    pub fn predict<T: Send>(
        &self,
        descriptors: &[f32],
        job: &job::Job,
        use_it: impl Fn(usize, &Distribution) -> T + Sync,
    ) -> Result<Vec<T>, SurrogateError> {
        let width = self.width();
        if !descriptors.len().is_multiple_of(width) {
            return Err(SurrogateError::Length {
                what: "the block of descriptors",
                found: descriptors.len(),
                expected: descriptors.len() / width * width,
            });
        }
        let trees = self.trees();
        let walker = Walker::new(&self.trees);
        let parts: Vec<Vec<T>> = descriptors
            .par_chunks(ROWS_PER_TASK * width)
            .enumerate()
            .map_init(
                || (Distribution::over(&self.targets), Block::default()),
                |(distribution, block), (task, rows)| {
                    job.check()?;
                    let count = rows.len() / width;
                    let mut leaves = vec![0; count * trees];
                    walker.walk(rows, block, |tree, found| {
                        for (row, leaf) in found.iter().enumerate() {
                            leaves[row * trees + tree] = *leaf;
                        }
                    });
                    let mut out = Vec::with_capacity(count);
                    for (offset, leaves) in leaves.chunks_exact(trees).enumerate() {
                        distribution.clear();
                        for leaf in leaves {
                            distribution.add(self.members_of(*leaf as usize));
                        }
                        distribution.finish();
                        out.push(use_it(task * ROWS_PER_TASK + offset, distribution));
                    }
                    Ok(out)
                },
            )
            .collect::<Result<_, SurrogateError>>()?;
        Ok(parts.into_iter().flatten().collect())
    }
}

/// The distinct targets, ascending, and the place of each row's among them.
fn ranked(targets: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let mut distinct = targets.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let rank = targets
        .iter()
        .map(|y| distinct.partition_point(|other| other < y) as u32)
        .collect();
    (distinct, rank)
}

fn check(
    descriptors: &[f32],
    width: usize,
    targets: &[f64],
    options: &ForestOptions,
) -> Result<(), SurrogateError> {
    check_table(descriptors, width, targets)?;
    if options.trees == 0 || options.leaf == 0 {
        return option(
            "the number of trees or of rows in a leaf",
            "0".to_owned(),
            "use at least 1",
        );
    }
    let share = options.descriptors;
    if !(share > 0.0 && share <= 1.0) {
        return option(
            "the share of descriptors at a split",
            share.to_string(),
            "use a number above 0 and up to 1",
        );
    }
    Ok(())
}

fn option(what: &'static str, value: String, remedy: &'static str) -> Result<(), SurrogateError> {
    Err(SurrogateError::Option {
        what,
        value,
        remedy,
    })
}

/// Whether trees can be grown on a table.
pub(crate) fn check_table(
    descriptors: &[f32],
    width: usize,
    targets: &[f64],
) -> Result<(), SurrogateError> {
    if width == 0 {
        return Err(SurrogateError::NoInputs);
    }
    if descriptors.len() != targets.len() * width {
        return Err(SurrogateError::Length {
            what: "the block of descriptors",
            found: descriptors.len(),
            expected: targets.len() * width,
        });
    }
    if let Some(row) = targets.iter().position(|y| !y.is_finite()) {
        return Err(SurrogateError::Value {
            what: "the target",
            row,
            value: targets[row],
            remedy: "leave rows without a target out before training",
        });
    }
    if width > MOST_INPUTS {
        return option(
            "the number of descriptors",
            width.to_string(),
            "use at most 4094",
        );
    }
    if targets.is_empty() {
        return option(
            "the number of training rows",
            "0".to_owned(),
            "give rows with a target",
        );
    }
    Ok(())
}
