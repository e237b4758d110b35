//! Walking many rows through trees whose nodes of a level all ask the same question: a row's leaf is a number of as many
//! bits as there are levels, and the rows of a block are compared side by side, without a branch.

use super::{LEAF, Trees, walk::BLOCK};

/// Trees of more levels are walked as others are.
const MOST_LEVELS: u32 = 16;

/// Rows that are turned into columns together: with their inputs they fit a first-level cache.
const TURNED: usize = 16;

/// Symmetric trees.
pub(super) struct Symmetric {
    width: usize,
    /// The inputs that are asked for, ascending.
    inputs: Vec<u32>,
    trees: Vec<Tree>,
    /// Of all trees, one after another: place among `inputs`, and threshold.
    questions: Vec<(u32, f32)>,
}

struct Tree {
    /// Where its questions end; they begin where those of the tree before do.
    end: usize,
    first_leaf: u32,
}

impl Symmetric {
    /// `None` if a tree is not symmetric.
    pub fn of(trees: &Trees) -> Option<Self> {
        let mut questions = Vec::new();
        let mut found = Vec::new();
        for tree in 0..trees.roots.len() {
            let first_leaf = questions_of(trees, tree, &mut questions)?;
            found.push(Tree {
                end: questions.len(),
                first_leaf,
            });
        }
        let mut inputs: Vec<u32> = questions.iter().map(|(input, _)| *input).collect();
        inputs.sort_unstable();
        inputs.dedup();
        for (input, _) in &mut questions {
            *input = inputs.partition_point(|other| other < input) as u32;
        }
        Some(Self {
            width: trees.width,
            inputs,
            trees: found,
            questions,
        })
    }

    pub fn trees(&self) -> usize {
        self.trees.len()
    }

    /// As [`super::Walker::walk`]; `columns` and `leaves` are memory.
    pub fn walk(
        &self,
        rows: &[f32],
        columns: &mut Vec<f32>,
        leaves: &mut Vec<u32>,
        mut arrived: impl FnMut(usize, &[u32]),
    ) {
        let count = rows.len() / self.width.max(1);
        columns.resize(self.inputs.len() * BLOCK, 0.0);
        leaves.resize(BLOCK, 0);
        for (part, rows) in rows.chunks(TURNED * self.width.max(1)).enumerate() {
            for (input, column) in self.inputs.iter().zip(columns.chunks_exact_mut(BLOCK)) {
                let values = rows.iter().skip(*input as usize).step_by(self.width.max(1));
                for (slot, value) in column[part * TURNED..].iter_mut().zip(values) {
                    *slot = *value;
                }
            }
        }
        let arch = pulp::Arch::new();
        let leaves: &mut [u32; BLOCK] = leaves.as_mut_slice().try_into().expect("of this length");
        let mut start = 0;
        for (place, tree) in self.trees.iter().enumerate() {
            let questions = &self.questions[start..tree.end];
            start = tree.end;
            arch.dispatch(
                #[inline(always)]
                || arrive(questions, columns, tree.first_leaf, leaves),
            );
            arrived(place, &leaves[..count]);
        }
    }
}

/// The leaves of all rows of a block in one tree.
#[inline(always)]
fn arrive(questions: &[(u32, f32)], columns: &[f32], first: u32, leaves: &mut [u32; BLOCK]) {
    leaves.fill(0);
    for (place, threshold) in questions {
        let column = &columns[*place as usize * BLOCK..][..BLOCK];
        for (leaf, x) in leaves.iter_mut().zip(column) {
            // Unknown values compare false and go right.
            let goes_left = x <= threshold;
            *leaf = 2 * *leaf + u32::from(!goes_left);
        }
    }
    for leaf in leaves {
        *leaf += first;
    }
}

/// Adds the questions of a tree from the root on and gives its first leaf; `None` if it is not symmetric, with all leaves on
/// one level and numbered in their order.
fn questions_of(trees: &Trees, tree: usize, questions: &mut Vec<(u32, f32)>) -> Option<u32> {
    let range = trees.nodes(tree);
    let levels = (range.len() + 1).ilog2().checked_sub(1)?;
    if range.len() != (2 << levels) - 1 || levels > MOST_LEVELS {
        return None;
    }
    for level in 0..levels {
        let first = (1_usize << level) - 1;
        let asked = |node: usize| (trees.feature[node], trees.threshold[node]);
        let question = asked(range.start + first);
        let same = (first..2 * first + 1).all(|node| {
            let own = range.start + node;
            asked(own) == question && trees.left[own] as usize == range.start + 2 * node + 1
        });
        if question.0 == LEAF || !same {
            return None;
        }
        questions.push(question);
    }
    let leaves = range.start + (1 << levels) - 1..range.end;
    let first = trees.left[leaves.start];
    let numbered = leaves.enumerate().all(|(number, node)| {
        trees.feature[node] == LEAF && trees.left[node] == first + number as u32
    });
    numbered.then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use crate::trees::{Block, Growing, Walker};

    /// The leaf of a row, node by node.
    fn descend(trees: &Trees, tree: usize, row: &[f32]) -> u32 {
        let mut node = trees.roots[tree] as usize;
        while trees.feature[node] != LEAF {
            let left = row[trees.feature[node] as usize] <= trees.threshold[node];
            node = trees.left[node] as usize + usize::from(!left);
        }
        trees.left[node]
    }

    /// Trees of 0 to 7 levels over 5 inputs, of which one is never asked for.
    fn trees(random: &mut Random) -> Trees {
        let mut trees = Trees::new(5);
        for levels in [3, 0, 7, 1, 6] {
            let mut grown = Vec::new();
            for level in 0..levels {
                let (feature, threshold) = (random.below(4) as u32, random.uniform() as f32);
                for node in (1_usize << level) - 1..(2 << level) - 1 {
                    let (left, right) = (2 * node + 1, 2 * node + 2);
                    grown.push(Growing::Split {
                        feature,
                        threshold,
                        left,
                        right,
                    });
                }
            }
            grown.extend((0..1 << levels).map(|_| Growing::Leaf));
            trees.push(&grown);
        }
        trees
    }

    #[test]
    fn rows_arrive_where_descending_node_by_node_leads_them() {
        let mut random = Random::part(7, 0);
        let trees = trees(&mut random);
        assert!(Symmetric::of(&trees).is_some());
        let walker = Walker::new(&trees);
        let mut block = Block::default();
        for count in [1, 15, 17, BLOCK, 100] {
            let mut rows: Vec<f32> = (0..count * 5).map(|_| random.uniform() as f32).collect();
            let hostile = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0];
            for (slot, value) in rows.iter_mut().step_by(13).zip(hostile.iter().cycle()) {
                *slot = *value;
            }
            let mut seen = 0;
            walker.walk(&rows, &mut block, |tree, leaves| {
                assert_eq!((tree, leaves.len()), (seen, count));
                seen += 1;
                for (row, leaf) in rows.chunks(5).zip(leaves) {
                    assert_eq!(*leaf, descend(&trees, tree, row));
                }
            });
            assert_eq!(seen, 5);
        }
    }

    #[test]
    fn a_tree_with_one_other_question_is_not_symmetric() {
        let mut random = Random::part(7, 1);
        let symmetric = trees(&mut random);
        let splits = (0..symmetric.feature.len()).filter(|n| symmetric.feature[*n] != LEAF);
        for node in splits {
            let mut other = symmetric.clone();
            other.threshold[node] += 1.0;
            // The question of a root, or of the one node of its level, may be any.
            let alone = symmetric.roots.contains(&(node as u32));
            assert_eq!(Symmetric::of(&other).is_some(), alone);
        }
    }
}
