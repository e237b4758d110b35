//! Growing one tree.

use super::ForestOptions;
use crate::random::Random;
use crate::trees::{Binned, Growing, MOST_DEPTH};

/// One tree: its nodes, and for each its rows, which only leaves have.
pub(super) struct Tree {
    pub nodes: Vec<Growing>,
    pub rows: Vec<Vec<u32>>,
}

struct Grower<'a> {
    table: &'a Binned,
    rank: &'a [u32],
    /// The targets less their mean over their spread.
    targets: &'a [f32],
    wanted: usize,
    leaf: usize,
    random: Random,
    /// The descriptors in a changing order.
    order: Vec<u16>,
    /// The classes and the targets of a node's rows.
    classes: Vec<u8>,
    near: Vec<f32>,
}

/// Grows a tree on all rows.
pub(super) fn grow(
    table: &Binned,
    targets: &[f32],
    rank: &[u32],
    options: &ForestOptions,
    random: Random,
) -> Tree {
    let width = table.width();
    let mut grower = Grower {
        table,
        rank,
        targets,
        wanted: ((width as f64 * options.descriptors).round() as usize).clamp(1, width),
        leaf: options.leaf,
        random,
        order: (0..width as u16).collect(),
        classes: Vec::new(),
        near: Vec::new(),
    };
    grower.run()
}

/// A way to divide the rows of a node: classes up to `class` of the descriptor go left.
struct Split {
    descriptor: u16,
    class: u8,
    /// The sum of squared sums over counts of both sides; larger is better.
    score: f32,
}

/// The class of unknown values.
const UNKNOWN: u8 = u8::MAX;

impl Grower<'_> {
    /// Grows all nodes without recursion: a bad table makes a deep tree.
    fn run(&mut self) -> Tree {
        let mut rows: Vec<u32> = (0..self.table.rows as u32).collect();
        let mut tree = Tree {
            nodes: vec![Growing::Leaf],
            rows: vec![Vec::new()],
        };
        // Ranges of rows still to be divided.
        let mut waiting = vec![(0, rows.len(), 0, 0)];
        while let Some((start, end, node, depth)) = waiting.pop() {
            let part = &mut rows[start..end];
            let split = if depth < MOST_DEPTH {
                self.choose(part)
            } else {
                None
            };
            let Some(split) = split else {
                tree.rows[node] = part.to_vec();
                continue;
            };
            let column = self.table.column(usize::from(split.descriptor));
            let left = partition(part, |row| column[row as usize] <= split.class);
            let child = tree.nodes.len();
            let cuts = &self.table.cuts.0[usize::from(split.descriptor)];
            tree.nodes[node] = Growing::Split {
                feature: u32::from(split.descriptor),
                threshold: cuts[usize::from(split.class)],
                left: child,
                right: child + 1,
            };
            tree.nodes.extend([Growing::Leaf; 2]);
            tree.rows.extend([Vec::new(), Vec::new()]);
            waiting.push((start + left, end, child + 1, depth + 1));
            waiting.push((start, start + left, child, depth + 1));
        }
        tree
    }

    /// The best of a few random splits; `None` where the node is a leaf.
    fn choose(&mut self, rows: &[u32]) -> Option<Split> {
        let first = self.rank[*rows.first()? as usize];
        let alike = rows.iter().all(|row| self.rank[*row as usize] == first);
        if alike || rows.len() < 2 * self.leaf {
            return None;
        }
        self.near.clear();
        self.near
            .extend(rows.iter().map(|row| self.targets[*row as usize]));
        let total = masked_sum(&self.near, |_| true).1;
        let mut best: Option<Split> = None;
        let mut divided = false;
        for drawn in 0..self.order.len() {
            if drawn >= self.wanted && divided {
                break;
            }
            let other = drawn + self.random.below(self.order.len() - drawn);
            self.order.swap(drawn, other);
            let descriptor = self.order[drawn];
            let column = self.table.column(usize::from(descriptor));
            self.classes.clear();
            self.classes
                .extend(rows.iter().map(|row| column[*row as usize]));
            let Some(class) = self.draw(descriptor) else {
                continue;
            };
            divided = true;
            let classes = &self.classes;
            let (count, sum) = masked_sum(&self.near, |i| classes[i] <= class);
            let rest = rows.len() - count;
            if count < self.leaf || rest < self.leaf {
                continue;
            }
            let score = sum * sum / count as f32 + (total - sum) * (total - sum) / rest as f32;
            if best.as_ref().is_none_or(|best| score > best.score) {
                best = Some(Split {
                    descriptor,
                    class,
                    score,
                });
            }
        }
        best
    }

    /// A random division of the classes that lie before us, uniform in the descriptor's values; `None` where all are
    /// alike. Known against unknown is a division too.
    fn draw(&mut self, descriptor: u16) -> Option<u8> {
        let (mut low, mut past, mut most) = (UNKNOWN, 0, 0);
        for class in &self.classes {
            low = low.min(*class);
            most = most.max(*class);
            // Wraps to 0 for the unknown.
            past = past.max(class.wrapping_add(1));
        }
        if past == 0 {
            return None;
        }
        let high = past - 1;
        if low == high {
            // A class beyond the cuts can only stand to the right.
            let cuts = self.table.cuts.0[usize::from(descriptor)].len();
            return (most == UNKNOWN && usize::from(low) < cuts).then_some(low);
        }
        let values = &self.table.centres[usize::from(descriptor)];
        let (from, to) = (values[usize::from(low)], values[usize::from(high)]);
        let at = from + self.random.uniform() as f32 * (to - from);
        let class = values.partition_point(|value| *value <= at).max(1) - 1;
        Some((class as u8).clamp(low, high - 1))
    }
}

/// Number and sum of the values that are wanted, without a branch (which way a row goes cannot be foreseen), in eight
/// partial sums.
fn masked_sum(values: &[f32], wanted: impl Fn(usize) -> bool) -> (usize, f32) {
    let (mut counts, mut sums) = ([0_u32; 8], [0.0_f32; 8]);
    for (part, values) in values.chunks(8).enumerate() {
        for (k, value) in values.iter().enumerate() {
            let here = wanted(8 * part + k);
            counts[k] += u32::from(here);
            sums[k] += if here { *value } else { 0.0 };
        }
    }
    (counts.iter().sum::<u32>() as usize, sums.iter().sum())
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
