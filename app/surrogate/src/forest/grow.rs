//! Growing one tree.

use super::{ForestOptions, LEAF};
use crate::random::Random;

/// One tree; indices count from its own first node, leaf and member.
pub(super) struct Tree {
    pub descriptor: Vec<u16>,
    pub threshold: Vec<f32>,
    pub next: Vec<u32>,
    pub leaf_ends: Vec<u32>,
    pub members: Vec<u32>,
}

struct Grower<'a> {
    columns: &'a [f32],
    n: usize,
    targets: &'a [f64],
    rank: &'a [u32],
    wanted: usize,
    leaf: usize,
    random: Random,
    /// The descriptors in a changing order.
    order: Vec<u16>,
    tree: Tree,
}

/// Grows a tree on all rows. `columns` is `width x n`.
pub(super) fn grow(
    columns: &[f32],
    width: usize,
    targets: &[f64],
    rank: &[u32],
    options: &ForestOptions,
    random: Random,
) -> Tree {
    let n = targets.len();
    let mut rows: Vec<u32> = (0..n as u32).collect();
    let mut grower = Grower {
        columns,
        n,
        targets,
        rank,
        wanted: ((width as f64 * options.descriptors).round() as usize).clamp(1, width),
        leaf: options.leaf,
        random,
        order: (0..width as u16).collect(),
        tree: Tree {
            descriptor: Vec::new(),
            threshold: Vec::new(),
            next: Vec::new(),
            leaf_ends: Vec::new(),
            members: Vec::new(),
        },
    };
    grower.run(&mut rows);
    grower.tree
}

/// A way to divide the rows of a node.
struct Split {
    descriptor: u16,
    threshold: f32,
    /// The sum of squared sums over counts of both sides; larger is better.
    score: f64,
}

impl Grower<'_> {
    /// Grows all nodes, parents before children, left before right, without recursion: a bad table makes a deep tree.
    fn run(&mut self, rows: &mut [u32]) {
        // Ranges of rows still to be divided, and the parent whose right child they are.
        let mut waiting = vec![(0, rows.len(), None::<usize>)];
        while let Some((start, end, parent)) = waiting.pop() {
            let node = self.tree.next.len();
            if let Some(parent) = parent {
                self.tree.next[parent] = node as u32;
            }
            let part = &mut rows[start..end];
            match self.choose(part) {
                Some(split) => {
                    let column = &self.columns[usize::from(split.descriptor) * self.n..];
                    let left = partition(part, |row| column[row as usize] <= split.threshold);
                    self.tree.descriptor.push(split.descriptor);
                    self.tree.threshold.push(split.threshold);
                    self.tree.next.push(0);
                    waiting.push((start + left, end, Some(node)));
                    waiting.push((start, start + left, None));
                }
                None => {
                    self.tree.descriptor.push(LEAF);
                    self.tree.threshold.push(0.0);
                    self.tree.next.push(self.tree.leaf_ends.len() as u32);
                    let members = part.iter().map(|row| self.rank[*row as usize]);
                    self.tree.members.extend(members);
                    self.tree.leaf_ends.push(self.tree.members.len() as u32);
                }
            }
        }
    }

    /// The best of a few random splits; `None` where the node is a leaf.
    fn choose(&mut self, rows: &[u32]) -> Option<Split> {
        let first = self.rank[*rows.first()? as usize];
        let alike = rows.iter().all(|row| self.rank[*row as usize] == first);
        if alike || rows.len() < 2 * self.leaf {
            return None;
        }
        let total: f64 = rows.iter().map(|row| self.targets[*row as usize]).sum();
        let mut best: Option<Split> = None;
        let mut divided = false;
        for drawn in 0..self.order.len() {
            if drawn >= self.wanted && divided {
                break;
            }
            let other = drawn + self.random.below(self.order.len() - drawn);
            self.order.swap(drawn, other);
            let descriptor = self.order[drawn];
            let column = &self.columns[usize::from(descriptor) * self.n..][..self.n];
            let (mut low, mut high, mut unknown) = (f32::INFINITY, f32::NEG_INFINITY, false);
            for row in rows {
                let x = column[*row as usize];
                low = low.min(x);
                high = high.max(x);
                unknown |= x.is_nan();
            }
            // Known against unknown is a division too.
            if low > high || (low == high && !unknown) {
                continue;
            }
            divided = true;
            let threshold = if low == high {
                low
            } else {
                let share = self.random.uniform() as f32;
                // Rounding must not bring the threshold up to `high`, which would divide nothing.
                let at = low + share * (high - low);
                if at < high { at } else { low }
            };
            let (mut count, mut sum) = (0_usize, 0.0);
            for row in rows {
                // Without a branch: which way a row goes cannot be foreseen.
                let left = column[*row as usize] <= threshold;
                count += usize::from(left);
                sum += f64::from(u8::from(left)) * self.targets[*row as usize];
            }
            let rest = rows.len() - count;
            if count < self.leaf || rest < self.leaf {
                continue;
            }
            let score = sum * sum / count as f64 + (total - sum) * (total - sum) / rest as f64;
            if best.as_ref().is_none_or(|best| score > best.score) {
                best = Some(Split {
                    descriptor,
                    threshold,
                    score,
                });
            }
        }
        best
    }
}

/// Moves the rows that go left to the front, keeping the order on both sides; says how many they are.
fn partition(rows: &mut [u32], goes_left: impl Fn(u32) -> bool) -> usize {
    let right: Vec<u32> = rows
        .iter()
        .copied()
        .filter(|row| !goes_left(*row))
        .collect();
    let mut left = 0;
    for i in 0..rows.len() {
        if goes_left(rows[i]) {
            rows[left] = rows[i];
            left += 1;
        }
    }
    rows[left..].copy_from_slice(&right);
    left
}
