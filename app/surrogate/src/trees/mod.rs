//! Ensembles of binary trees as flat lists: what forests and boosted models share, and what files and kernels take.

mod walk;

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

/// Most nodes of one tree, and most inputs: a node is packed into eight bytes.
pub(crate) const MOST_NODES: usize = 1 << 20;
pub(crate) const MOST_INPUTS: usize = (1 << 12) - 2;

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
}
