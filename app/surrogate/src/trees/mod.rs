//! Ensembles of binary trees as flat lists: what forests and boosted models share, and what files and kernels take.

mod bins;
mod pack;
mod shapley;
mod symmetric;
mod walk;

pub(crate) use bins::{Binned, MOST_CUTS};
pub(crate) use pack::Packed;
pub(crate) use walk::{BLOCK, Block, Walker};

/// Marks a leaf in [`Trees::feature`].
pub const LEAF: u32 = u32::MAX;

/// Trees in flat lists. The nodes of a tree stand together, level by level; the two children of a split stand side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trees {
    pub(crate) width: usize,
    pub(crate) roots: Vec<u32>,
    pub(crate) feature: Vec<u32>,
    pub(crate) threshold: Vec<f32>,
    pub(crate) left: Vec<u32>,
    pub(crate) leaves: u32,
}

/// A node of a tree that grows, in any order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Growing {
    Leaf,
    Split {
        feature: u32,
        threshold: f32,
        /// Places of the children.
        left: usize,
        right: usize,
    },
}

/// Most nodes of one tree, and most inputs: a node is packed into eight bytes.
pub(crate) const MOST_NODES: usize = 1 << 20;
pub(crate) const MOST_INPUTS: usize = (1 << 12) - 2;
/// Deepest tree that is grown or read; and the largest sum of the depths of all trees that is read, which bounds the cost
/// of a prediction.
pub(crate) const MOST_DEPTH: usize = 256;
const MOST_STEPS: usize = 400_000;

impl Trees {
    pub(crate) fn new(width: usize) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Number of inputs.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The first node of each tree.
    pub fn roots(&self) -> &[u32] {
        &self.roots
    }

    /// For each node the input that it asks for; [`LEAF`] for a leaf.
    pub fn feature(&self) -> &[u32] {
        &self.feature
    }

    /// For each split: a row goes left if its input is at or below it; all others, unknown ones among them, go right.
    pub fn threshold(&self) -> &[f32] {
        &self.threshold
    }

    /// For each split its left child, right before the right one; for each leaf its number, by which payloads are kept.
    pub fn left(&self) -> &[u32] {
        &self.left
    }

    /// Number of leaves of all trees.
    pub fn leaves(&self) -> usize {
        self.leaves as usize
    }

    /// The nodes of a tree.
    pub(crate) fn nodes(&self, tree: usize) -> std::ops::Range<usize> {
        let end = self.roots.get(tree + 1).map(|end| *end as usize);
        self.roots[tree] as usize..end.unwrap_or(self.feature.len())
    }

    /// Adds a grown tree, whose root is its first node; says which of its nodes the new leaves are, in their order.
    pub(crate) fn push(&mut self, grown: &[Growing]) -> Vec<usize> {
        let start = self.feature.len();
        self.roots.push(start as u32);
        let mut leaves = Vec::new();
        let mut order = vec![0];
        let mut place = 0;
        while let Some(node) = order.get(place).copied() {
            match grown[node] {
                Growing::Leaf => {
                    self.feature.push(LEAF);
                    self.threshold.push(0.0);
                    self.left.push(self.leaves);
                    self.leaves += 1;
                    leaves.push(node);
                }
                Growing::Split {
                    feature,
                    threshold,
                    left,
                    right,
                } => {
                    self.feature.push(feature);
                    self.threshold.push(threshold);
                    self.left.push((start + order.len()) as u32);
                    order.extend([left, right]);
                }
            }
            place += 1;
        }
        leaves
    }

    /// The leaves of all rows (`N x width`) in all trees: `N x trees`.
    pub(crate) fn leaves_of(&self, walker: &Walker, rows: &[f32]) -> Vec<u32> {
        use rayon::prelude::*;
        let trees = self.roots.len();
        let mut out = vec![0; rows.len() / self.width.max(1) * trees];
        rows.par_chunks(walk::BLOCK * self.width)
            .zip(out.par_chunks_mut(walk::BLOCK * trees))
            .for_each_init(Block::default, |block, (rows, out)| {
                walker.walk(rows, block, |tree, leaves| {
                    for (row, leaf) in leaves.iter().enumerate() {
                        out[row * trees + tree] = *leaf;
                    }
                });
            });
        out
    }
}
