//! Growing one tree of a boosted ensemble, level by level, from histograms of the slopes and curvatures of the loss.
//!
//! Trees are symmetric: all nodes of a level ask the same question (A. V. Dorogush, V. Ershov, A. Gulin, CatBoost, 2018,
//! arXiv:1810.11363). They err as little as others, and a row's leaf is a number of as many bits as there are levels, found
//! without a branch for many rows at once.

use rayon::prelude::*;

use crate::trees::{Binned, Growing};

/// How a tree grows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Most questions between root and leaf.
    pub depth: usize,
    /// Least sum of curvatures, for squares the number of rows, on both sides of a split for it to count as a gain.
    pub least: f64,
    /// Added to the sum of curvatures, which draws leaves towards zero.
    pub lambda: f64,
}

/// One tree: the questions from the root on, for each leaf its value and the number of rows it grew from. A leaf's number
/// has a bit for each question, the first the highest; 0 where the row goes left.
pub(super) struct Tree {
    questions: Vec<Question>,
    pub values: Vec<f64>,
    pub counts: Vec<u32>,
}

struct Question {
    feature: u32,
    threshold: f32,
    /// The last class to go left.
    class: u8,
}

/// Sums of slopes and of curvatures.
type Cell = [f64; 2];

/// Below this many numbers a level is not worth dividing among threads.
const ALONE: usize = 1 << 17;

struct Grower<'a> {
    table: &'a Binned,
    rows: &'a [u32],
    /// Slope and curvature of each of the rows.
    slopes: Vec<[f32; 2]>,
    /// The node of each row on the level under way.
    node: Vec<u16>,
    /// Of the rows, those in the smaller child of each node of the level before; all at the root.
    counted: Vec<Counted>,
    /// For each node of the level under way the sums, and whether its rows are among `counted`.
    sums: Vec<Cell>,
    smaller: Vec<bool>,
    shape: Shape,
}

/// A row that is counted, its node, slope and curvature.
struct Counted {
    row: u32,
    node: u32,
    slope: f32,
    curvature: f32,
}

/// A column and its histograms, one a node of the level under way: a class each, and one for what lies beyond all cuts.
struct Column {
    feature: u32,
    cells: usize,
    histogram: Vec<Cell>,
}

/// Grows a tree on `rows`, choosing from `columns`. `slopes` holds slope and curvature of the loss at each row of the table.
pub(super) fn grow(
    table: &Binned,
    rows: &[u32],
    columns: &[u32],
    slopes: &[[f32; 2]],
    shape: Shape,
) -> Tree {
    let mut grower = Grower {
        table,
        rows,
        slopes: rows.iter().map(|row| slopes[*row as usize]).collect(),
        node: vec![0; rows.len()],
        counted: Vec::new(),
        sums: Vec::new(),
        smaller: vec![true],
        shape,
    };
    grower.enter(1);
    let column = |feature: &u32| Column {
        feature: *feature,
        cells: table.cuts.0[*feature as usize].len() + 1,
        histogram: Vec::new(),
    };
    let mut columns: Vec<Column> = columns.iter().map(column).collect();
    let mut questions = Vec::new();
    while questions.len() < shape.depth {
        let alone = grower.counted.len() * columns.len() < ALONE;
        let least = if alone { columns.len().max(1) } else { 1 };
        let found: Vec<Option<Split>> = columns
            .par_iter_mut()
            .with_min_len(least)
            .map(|column| {
                grower.count(column);
                grower.best(column)
            })
            .collect();
        // The largest gain; the first among equals.
        let found = found.into_iter().zip(&columns);
        let best = found.filter_map(|(split, column)| Some((split?, column.feature)));
        let best = best.reduce(|a, b| if b.0.gain > a.0.gain { b } else { a });
        let Some((split, feature)) = best else {
            break;
        };
        questions.push(Question {
            feature,
            threshold: table.cuts.0[feature as usize][usize::from(split.class)],
            class: split.class,
        });
        grower.divide(feature, split.class);
    }
    let mut counts = vec![0; grower.sums.len()];
    for node in &grower.node {
        counts[usize::from(*node)] += 1;
    }
    let value = |sum: &Cell| -sum[0] / (sum[1] + shape.lambda);
    Tree {
        questions,
        values: grower.sums.iter().map(value).collect(),
        counts,
    }
}

/// A way to divide every node of a level.
#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    class: u8,
}

impl Grower<'_> {
    /// Readies a level, whose `node`s and `smaller` ones are known.
    fn enter(&mut self, nodes: usize) {
        self.sums.clear();
        self.sums.resize(nodes, [0.0; 2]);
        self.counted.clear();
        for ((node, row), [slope, curvature]) in self.node.iter().zip(self.rows).zip(&self.slopes) {
            let node = usize::from(*node);
            let sum = &mut self.sums[node];
            sum[0] += f64::from(*slope);
            sum[1] += f64::from(*curvature);
            if self.smaller[node] {
                self.counted.push(Counted {
                    row: *row,
                    node: node as u32,
                    slope: *slope,
                    curvature: *curvature,
                });
            }
        }
    }

    /// The histograms of the level under way: the smaller child of each node is counted, the larger one is what it leaves.
    fn count(&self, column: &mut Column) {
        let cells = column.cells;
        let codes = self.table.column(column.feature as usize);
        let mut histogram = vec![[0.0; 2]; self.sums.len() * cells];
        for one in &self.counted {
            let code = usize::from(codes[one.row as usize]).min(cells - 1);
            let cell = &mut histogram[one.node as usize * cells + code];
            cell[0] += f64::from(one.slope);
            cell[1] += f64::from(one.curvature);
        }
        let parents = column.histogram.chunks_exact(cells);
        let pairs = histogram.chunks_exact_mut(2 * cells);
        for ((parent, pair), smaller) in parents.zip(pairs).zip(self.smaller.chunks_exact(2)) {
            let (left, right) = pair.split_at_mut(cells);
            let (known, larger) = if smaller[0] {
                (left, right)
            } else {
                (right, left)
            };
            for ((larger, parent), known) in larger.iter_mut().zip(parent).zip(known) {
                *larger = [parent[0] - known[0], parent[1] - known[1]];
            }
        }
        column.histogram = histogram;
    }

    /// The class of a column whose split of all nodes gains the most.
    fn best(&self, column: &Column) -> Option<Split> {
        let (least, lambda) = (self.shape.least, self.shape.lambda);
        // What lies beyond the last cut cannot go left.
        let mut gains = vec![0.0; column.cells - 1];
        let mut whole = 0.0;
        let histograms = column.histogram.chunks_exact(column.cells);
        for (sum, histogram) in self.sums.iter().zip(histograms) {
            if sum[1] < 2.0 * least {
                continue;
            }
            let undivided = sum[0] * sum[0] / (sum[1] + lambda);
            whole += undivided;
            let (mut left, mut gained) = ([0.0; 2], 0.0);
            for (cell, gain) in histogram.iter().zip(&mut gains) {
                if cell[1] != 0.0 {
                    left = [left[0] + cell[0], left[1] + cell[1]];
                    let right = [sum[0] - left[0], sum[1] - left[1]];
                    gained = if left[1].min(right[1]) >= least {
                        // The sum of both squared slopes, each over its curvature, with one division.
                        let (a, b) = (left[1] + lambda, right[1] + lambda);
                        (left[0] * left[0] * b + right[0] * right[0] * a) / (a * b) - undivided
                    } else {
                        0.0
                    };
                }
                *gain += gained;
            }
        }
        let gains = gains.into_iter().enumerate();
        let best = gains.reduce(|a, b| if b.1 > a.1 { b } else { a });
        let (class, gain) = best?;
        // What rounding leaves of nothing is no gain.
        (gain > 1e-9 * whole).then_some(Split {
            gain,
            class: class as u8,
        })
    }

    /// Goes down to the next level.
    fn divide(&mut self, feature: u32, class: u8) {
        let codes = self.table.column(feature as usize);
        let nodes = 2 * self.sums.len();
        let mut counts = vec![0_u32; nodes];
        for (node, row) in self.node.iter_mut().zip(self.rows) {
            *node = 2 * *node + u16::from(codes[*row as usize] > class);
            counts[usize::from(*node)] += 1;
        }
        let smaller = counts.chunks_exact(2);
        self.smaller = smaller
            .flat_map(|pair| [pair[0] <= pair[1], pair[0] > pair[1]])
            .collect();
        self.enter(nodes);
    }
}

impl Tree {
    /// Its nodes, level after level; the leaves come last, in the order of their numbers.
    pub fn nodes(&self) -> Vec<Growing> {
        let splits = self
            .questions
            .iter()
            .enumerate()
            .flat_map(|(level, question)| {
                let first = (1_usize << level) - 1;
                (first..2 * first + 1).map(|node| Growing::Split {
                    feature: question.feature,
                    threshold: question.threshold,
                    left: 2 * node + 1,
                    right: 2 * node + 2,
                })
            });
        let leaves = self.values.iter().map(|_| Growing::Leaf);
        splits.chain(leaves).collect()
    }

    /// Adds its values at all rows of the table.
    pub fn add_to(&self, table: &Binned, predicted: &mut [f64]) {
        let columns: Vec<(&[u8], u8)> = self
            .questions
            .iter()
            .map(|q| (table.column(q.feature as usize), q.class))
            .collect();
        let add = |(block, predicted): (usize, &mut [f64])| {
            let mut leaf = [0_u16; BLOCK];
            let leaf = &mut leaf[..predicted.len()];
            for (codes, class) in &columns {
                for (leaf, code) in leaf.iter_mut().zip(&codes[block * BLOCK..]) {
                    *leaf = 2 * *leaf + u16::from(code > class);
                }
            }
            for (predicted, leaf) in predicted.iter_mut().zip(leaf) {
                *predicted += self.values[usize::from(*leaf)];
            }
        };
        let blocks = predicted.par_chunks_mut(BLOCK).enumerate();
        blocks.with_min_len(32).for_each(add);
    }
}

/// Rows that go through a tree together.
const BLOCK: usize = 512;
