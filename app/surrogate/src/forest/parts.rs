//! A forest as the lists that a file holds, and back.
//!
//! Nodes stand with their parent first, then its left and its right subtree whole; so which nodes are leaves says
//! everything of the shape.

use super::{Forest, LEAF};
use crate::trees::{MOST_INPUTS, MOST_NODES};

/// The lists.
pub(crate) struct Parts<'a> {
    /// The distinct training targets, ascending.
    pub targets: &'a [f64],
    /// Number of nodes of each tree.
    pub nodes: Vec<u32>,
    /// For each node its descriptor, [`LEAF`] for a leaf.
    pub descriptor: &'a [u16],
    /// For each split.
    pub threshold: Vec<f32>,
    /// For each leaf the number of its training rows.
    pub leaf_rows: Vec<u32>,
    /// The training rows of all leaves, as places in `targets`.
    pub members: &'a [u32],
}

/// Deepest tree that is accepted.
const DEPTH: usize = 4096;

impl Forest {
    pub(crate) fn parts(&self) -> Parts<'_> {
        let ends = self.roots.iter().skip(1).copied();
        let ends = ends.chain([self.descriptor.len() as u32]);
        Parts {
            targets: &self.targets,
            nodes: self
                .roots
                .iter()
                .zip(ends)
                .map(|(start, end)| end - start)
                .collect(),
            descriptor: &self.descriptor,
            threshold: self
                .threshold
                .iter()
                .zip(&self.descriptor)
                .filter(|(_, descriptor)| **descriptor != LEAF)
                .map(|(threshold, _)| *threshold)
                .collect(),
            leaf_rows: self
                .leaves
                .windows(2)
                .map(|pair| pair[1] - pair[0])
                .collect(),
            members: &self.members,
        }
    }

    /// Puts lists from a file together, or says what is wrong with them. Every walk through the trees ends at a leaf with
    /// members, after at most [`DEPTH`] steps.
    pub(crate) fn from_parts(
        width: usize,
        targets: Vec<f64>,
        nodes: &[u32],
        descriptor: Vec<u16>,
        threshold: &[f32],
        leaf_rows: &[u32],
        members: Vec<u32>,
    ) -> Result<Self, &'static str> {
        if !targets.is_sorted_by(|a, b| a < b) || targets.iter().any(|y| !y.is_finite()) {
            return Err("the targets of its forest do not ascend");
        }
        if width > MOST_INPUTS || nodes.iter().any(|count| *count as usize > MOST_NODES) {
            return Err("its trees are larger than this program reads");
        }
        if nodes.is_empty() {
            return Err("its forest has no trees");
        }
        if nodes.iter().map(|count| u64::from(*count)).sum::<u64>() != descriptor.len() as u64 {
            return Err("its trees do not have as many nodes as they say");
        }
        if descriptor
            .iter()
            .any(|d| *d != LEAF && usize::from(*d) >= width)
        {
            return Err("a split asks for a descriptor that there is not");
        }
        if threshold.iter().any(|t| t.is_nan()) {
            return Err("a split has no threshold");
        }
        if members.iter().any(|m| *m as usize >= targets.len()) {
            return Err("a leaf holds a target that there is not");
        }
        let mut leaves = vec![0_u32];
        for rows in leaf_rows {
            let end = leaves.last().and_then(|end| end.checked_add(*rows));
            match end {
                Some(end) if *rows > 0 => leaves.push(end),
                _ => return Err("a leaf holds nothing"),
            }
        }
        if leaves.last().copied() != u32::try_from(members.len()).ok() {
            return Err("its leaves do not hold as many rows as they say");
        }
        let mut forest = Self {
            width,
            roots: Vec::with_capacity(nodes.len()),
            next: vec![0; descriptor.len()],
            threshold: vec![0.0; descriptor.len()],
            descriptor,
            leaves,
            members,
            targets,
        };
        let mut thresholds = threshold.iter();
        let mut leaf = 0;
        let mut node = 0;
        for count in nodes {
            forest.roots.push(node as u32);
            let end = node + *count as usize;
            // The splits whose right subtree is still to come.
            let mut open: Vec<usize> = Vec::new();
            let mut complete = false;
            while node < end {
                if complete {
                    return Err("a tree has nodes that nothing leads to");
                }
                if forest.descriptor[node] == LEAF {
                    if leaf + 1 >= forest.leaves.len() {
                        return Err("its trees have more leaves than there are");
                    }
                    forest.next[node] = leaf as u32;
                    leaf += 1;
                    match open.pop() {
                        Some(split) => forest.next[split] = node as u32 + 1,
                        None => complete = true,
                    }
                } else {
                    let Some(threshold) = thresholds.next() else {
                        return Err("its trees have more splits than thresholds");
                    };
                    forest.threshold[node] = *threshold;
                    open.push(node);
                    if open.len() > DEPTH {
                        return Err("a tree is too deep");
                    }
                }
                node += 1;
            }
            if !complete {
                return Err("a tree ends before its last leaf");
            }
        }
        if leaf + 1 != forest.leaves.len() || thresholds.next().is_some() {
            return Err("its trees have fewer leaves or splits than there are");
        }
        Ok(forest)
    }
}
