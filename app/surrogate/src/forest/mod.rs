//! Extremely randomised trees that remember which training targets each leaf holds, so that a prediction is a whole
//! distribution: mean, standard deviation, any quantile, and the probability of exactly zero.
//!
//! P. Geurts, D. Ernst, L. Wehenkel, Extremely Randomized Trees, Machine Learning 63, 3 (2006),
//! doi:10.1007/s10994-006-6226-1; N. Meinshausen, Quantile Regression Forests, Journal of Machine Learning Research 7, 983
//! (2006). Every tree sees every row.

mod distribution;
mod grow;
mod parts;

pub use distribution::Distribution;
use rayon::prelude::*;

use crate::SurrogateError;
use crate::random::Random;
use crate::trees::{MOST_INPUTS, MOST_NODES, Trees};

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

/// Trained trees. Nodes of all trees stand in one list, a parent right before its left child.
#[derive(Clone, Debug, PartialEq)]
pub struct Forest {
    /// Number of descriptors.
    pub(crate) width: usize,
    /// The first node of each tree.
    pub(crate) roots: Vec<u32>,
    /// For each node the descriptor that splits it; [`LEAF`] for a leaf.
    pub(crate) descriptor: Vec<u16>,
    /// Rows with a descriptor at or below it go left; the others, unknown ones among them, right.
    pub(crate) threshold: Vec<f32>,
    /// Of a split its right child; of a leaf its number.
    pub(crate) next: Vec<u32>,
    /// Leaf `i` holds `members[leaves[i]..leaves[i + 1]]`.
    pub(crate) leaves: Vec<u32>,
    /// Indices into `targets`.
    pub(crate) members: Vec<u32>,
    /// The distinct training targets, ascending.
    pub(crate) targets: Vec<f64>,
}

pub(crate) const LEAF: u16 = u16::MAX;

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
        let mut distinct = targets.to_vec();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        let rank: Vec<u32> = targets
            .iter()
            .map(|y| distinct.partition_point(|other| other < y) as u32)
            .collect();
        let mut columns = vec![0.0; descriptors.len()];
        for (row, values) in descriptors.chunks_exact(width).enumerate() {
            for (k, value) in values.iter().enumerate() {
                columns[k * n + row] = *value;
            }
        }
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
                let grown = grow::grow(&columns, width, targets, &rank, options, random);
                job.advance(1);
                Ok(grown)
            })
            .collect::<Result<_, SurrogateError>>()?;
        let mut forest = Self {
            width,
            roots: Vec::new(),
            descriptor: Vec::new(),
            threshold: Vec::new(),
            next: Vec::new(),
            leaves: vec![0],
            members: Vec::new(),
            targets: distinct,
        };
        for tree in grown {
            forest.append(tree);
        }
        Ok(forest)
    }

    fn append(&mut self, tree: grow::Tree) {
        let (first_node, first_leaf) = (self.next.len() as u32, self.leaves.len() as u32 - 1);
        let first_member = self.members.len() as u32;
        self.roots.push(first_node);
        self.next.extend(
            tree.next
                .iter()
                .zip(&tree.descriptor)
                .map(|(next, d)| next + if *d == LEAF { first_leaf } else { first_node }),
        );
        self.descriptor.extend(tree.descriptor);
        self.threshold.extend(tree.threshold);
        self.leaves
            .extend(tree.leaf_ends.iter().map(|end| end + first_member));
        self.members.extend(tree.members);
    }

    /// The trees level by level.
    pub(crate) fn trees_of_nodes(&self) -> Trees {
        let mut trees = Trees::new(self.width);
        for root in &self.roots {
            let start = trees.feature.len();
            trees.roots.push(start as u32);
            let mut queue = std::collections::VecDeque::from([*root as usize]);
            let mut next = start + 1;
            while let Some(node) = queue.pop_front() {
                let leaf = self.descriptor[node] == LEAF;
                trees.threshold.push(self.threshold[node]);
                if leaf {
                    trees.feature.push(crate::trees::LEAF);
                    trees.left.push(self.next[node]);
                } else {
                    trees.feature.push(u32::from(self.descriptor[node]));
                    trees.left.push(next as u32);
                    next += 2;
                    queue.extend([node + 1, self.next[node] as usize]);
                }
            }
        }
        trees.leaves = self.leaves.len() as u32 - 1;
        trees
    }

    /// For each leaf the mean and the variance of its targets, and the share of zeros.
    pub(crate) fn moments(&self) -> Vec<[f32; 3]> {
        let moments = |members: &[u32]| {
            let n = members.len() as f64;
            let targets = || members.iter().map(|m| self.targets[*m as usize]);
            let mean = targets().sum::<f64>() / n;
            let variance = targets().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
            let zeros = targets().filter(|y| *y == 0.0).count() as f64 / n;
            [mean, variance, zeros].map(|x| x as f32)
        };
        self.leaves
            .windows(2)
            .map(|pair| moments(&self.members[pair[0] as usize..pair[1] as usize]))
            .collect()
    }

    /// Number of trees.
    pub fn trees(&self) -> usize {
        self.roots.len()
    }

    /// Number of descriptors.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The leaf of a row in a tree that starts at `root`.
    fn leaf(&self, root: u32, row: &[f32]) -> &[u32] {
        let mut node = root as usize;
        loop {
            let split = self.descriptor[node];
            if split == LEAF {
                let leaf = self.next[node] as usize;
                return &self.members[self.leaves[leaf] as usize..self.leaves[leaf + 1] as usize];
            }
            node = if row[usize::from(split)] <= self.threshold[node] {
                node + 1
            } else {
                self.next[node] as usize
            };
        }
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
        if !descriptors.len().is_multiple_of(self.width) {
            return Err(SurrogateError::Length {
                what: "the block of descriptors",
                found: descriptors.len(),
                expected: descriptors.len() / self.width * self.width,
            });
        }
        let parts: Vec<Vec<T>> = descriptors
            .par_chunks(ROWS_PER_TASK * self.width)
            .enumerate()
            .map_init(
                || Distribution::over(&self.targets),
                |distribution, (task, rows)| {
                    job.check()?;
                    let mut out = Vec::with_capacity(ROWS_PER_TASK);
                    for (offset, row) in rows.chunks_exact(self.width).enumerate() {
                        distribution.clear();
                        for root in &self.roots {
                            distribution.add(self.leaf(*root, row));
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

fn check(
    descriptors: &[f32],
    width: usize,
    targets: &[f64],
    options: &ForestOptions,
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
    let option = |what, value: String, remedy| {
        Err(SurrogateError::Option {
            what,
            value,
            remedy,
        })
    };
    if width > MOST_INPUTS {
        return option(
            "the number of descriptors",
            width.to_string(),
            "use at most 4094",
        );
    }
    if options.trees == 0 || options.leaf == 0 {
        return option(
            "the number of trees or of rows in a leaf",
            "0".to_owned(),
            "use at least 1",
        );
    }
    if targets.is_empty() {
        return option(
            "the number of training rows",
            "0".to_owned(),
            "give rows with a target",
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
