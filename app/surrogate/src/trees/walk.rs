//! Walking many rows through many trees: nodes of eight bytes, blocks of rows a tree at a time, eight rows abreast, so that
//! waiting for one row's node is spent on the others.

use super::symmetric::Symmetric;
use super::{LEAF, Trees};

/// Rows whose steps are interleaved.
const ABREAST: usize = 8;
/// Rows that go through a tree before the next tree is fetched: with their inputs they fit a second-level cache.
pub(crate) const BLOCK: usize = 256;
/// Steps between looks at whether all rows have arrived.
const STRIDE: usize = 4;

/// A threshold, and the input (upper 12 bits) and left child within the tree (lower 20 bits). A leaf is its own left child
/// and sends every row there: it asks for one more input, which is 0 in every row, and is at or below infinity.
#[derive(Clone, Copy)]
struct Node {
    threshold: f32,
    link: u32,
}

const CHILD: u32 = (1 << 20) - 1;

/// Trees packed for walking.
pub(crate) struct Walker(Form);

enum Form {
    Symmetric(Symmetric),
    Branching(Branching),
}

struct Branching {
    width: usize,
    roots: Vec<u32>,
    nodes: Vec<Node>,
    /// For each node the number of its leaf.
    leaf: Vec<u32>,
}

/// Memory for one block of rows.
#[derive(Default)]
pub(crate) struct Block {
    rows: Vec<f32>,
    leaves: Vec<u32>,
}

impl Walker {
    /// Of trees within [`super::MOST_NODES`] and [`super::MOST_INPUTS`].
    pub fn new(trees: &Trees) -> Self {
        Self(match Symmetric::of(trees) {
            Some(symmetric) => Form::Symmetric(symmetric),
            None => Form::Branching(Branching::new(trees)),
        })
    }

    pub fn trees(&self) -> usize {
        match &self.0 {
            Form::Symmetric(symmetric) => symmetric.trees(),
            Form::Branching(branching) => branching.roots.len(),
        }
    }

    /// Calls `arrived` with each tree and the leaves of all rows in it, tree after tree. `rows` is `N x width`, N up to
    /// [`BLOCK`].
    pub fn walk(&self, rows: &[f32], block: &mut Block, arrived: impl FnMut(usize, &[u32])) {
        let Block { rows: own, leaves } = block;
        match &self.0 {
            Form::Symmetric(symmetric) => symmetric.walk(rows, own, leaves, arrived),
            Form::Branching(branching) => branching.walk(rows, own, leaves, arrived),
        }
    }
}

impl Branching {
    fn new(trees: &Trees) -> Self {
        let mut nodes = Vec::with_capacity(trees.feature.len());
        for tree in 0..trees.roots.len() {
            let range = trees.nodes(tree);
            for node in range.clone() {
                let feature = trees.feature[node];
                nodes.push(if feature == LEAF {
                    let own = (node - range.start) as u32;
                    Node {
                        threshold: f32::INFINITY,
                        link: (trees.width as u32) << 20 | own,
                    }
                } else {
                    Node {
                        threshold: trees.threshold[node],
                        link: feature << 20 | (trees.left[node] - range.start as u32),
                    }
                });
            }
        }
        Self {
            width: trees.width,
            roots: trees.roots.clone(),
            nodes,
            leaf: trees.left.clone(),
        }
    }

    fn walk(
        &self,
        rows: &[f32],
        padded: &mut Vec<f32>,
        leaves: &mut Vec<u32>,
        mut arrived: impl FnMut(usize, &[u32]),
    ) {
        let stride = self.width + 1;
        let count = rows.len() / self.width.max(1);
        let most = count.next_multiple_of(ABREAST);
        padded.clear();
        for row in rows.chunks_exact(self.width) {
            padded.extend_from_slice(row);
            padded.push(0.0);
        }
        padded.resize(most * stride, 0.0);
        leaves.resize(most, 0);
        for tree in 0..self.roots.len() {
            let start = self.roots[tree] as usize;
            let end = self.roots.get(tree + 1).map(|end| *end as usize);
            let end = end.unwrap_or(self.nodes.len());
            let (nodes, leaf) = (&self.nodes[start..end], &self.leaf[start..end]);
            let groups = padded.chunks_exact(ABREAST * stride);
            for (rows, out) in groups.zip(leaves.chunks_exact_mut(ABREAST)) {
                let mut at = [0_u32; ABREAST];
                loop {
                    let before = at;
                    for _ in 0..STRIDE {
                        for (k, at) in at.iter_mut().enumerate() {
                            let node = nodes[*at as usize];
                            let x = rows[k * stride + (node.link >> 20) as usize];
                            // Unknown values compare false and go right.
                            let goes_left = x <= node.threshold;
                            *at = (node.link & CHILD) + u32::from(!goes_left);
                        }
                    }
                    if at == before {
                        break;
                    }
                }
                for (out, at) in out.iter_mut().zip(at) {
                    *out = leaf[at as usize];
                }
            }
            arrived(tree, &leaves[..count]);
        }
    }
}
