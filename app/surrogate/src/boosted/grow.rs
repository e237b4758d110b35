//! Growing one tree of a boosted ensemble: best leaf first, from histograms of the slopes and curvatures of the loss.

use rayon::prelude::*;

use crate::trees::{Binned, Growing};

/// How a tree grows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub leaves: usize,
    /// Fewest rows of a leaf.
    pub least: usize,
    /// Added to the sum of curvatures, which draws leaves towards zero.
    pub lambda: f64,
}

/// One tree: its nodes, for each its value (of leaves) and the number of rows it grew from.
pub(super) struct Tree {
    pub nodes: Vec<Growing>,
    pub values: Vec<f64>,
    pub counts: Vec<u32>,
    /// For each split the class that is the last to go left.
    classes: Vec<u8>,
}

/// Slope, curvature and number of rows of a class.
type Cell = [f64; 3];
/// The cells of all columns of a tree, one behind the other: a class each, and one for what lies beyond all cuts.
type Histogram = Vec<Cell>;

struct Open {
    node: usize,
    rows: Vec<u32>,
    histogram: Histogram,
    sum: Cell,
    best: Option<Split>,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    /// Place among the columns of this tree.
    place: usize,
    class: u8,
    left: Cell,
}

/// Below this many numbers a histogram is not worth dividing among threads.
const ALONE: usize = 1 << 21;

struct Grower<'a> {
    table: &'a Binned,
    columns: &'a [u32],
    /// Where the cells of each column begin, and where the last end.
    starts: Vec<usize>,
    slopes: &'a [[f32; 2]],
    shape: Shape,
}

/// Grows a tree on `rows`, choosing from `columns`. `slopes` holds slope and curvature of the loss at each row of the table.
pub(super) fn grow(
    table: &Binned,
    rows: Vec<u32>,
    columns: &[u32],
    slopes: &[[f32; 2]],
    shape: Shape,
) -> Tree {
    let mut starts = vec![0];
    for column in columns {
        let cells = table.cuts.0[*column as usize].len() + 1;
        starts.push(starts[starts.len() - 1] + cells);
    }
    let grower = Grower {
        table,
        columns,
        starts,
        slopes,
        shape,
    };
    let mut tree = Tree {
        nodes: vec![Growing::Leaf],
        values: vec![0.0],
        counts: vec![rows.len() as u32],
        classes: vec![0],
    };
    let histogram = grower.histogram(&rows);
    let mut sum = [0.0; 3];
    for row in &rows {
        let [slope, curvature] = slopes[*row as usize];
        add(&mut sum, [f64::from(slope), f64::from(curvature), 1.0]);
    }
    let mut open = vec![grower.open(0, rows, histogram, sum)];
    tree.values[0] = grower.value(sum);
    for _ in 1..shape.leaves {
        // The largest gain; the first among equals.
        let best = (0..open.len()).reduce(|a, b| {
            let gain = |i: usize| open[i].best.map_or(0.0, |split| split.gain);
            if gain(b) > gain(a) { b } else { a }
        });
        let Some((place, split)) = best.and_then(|i| open[i].best.map(|split| (i, split))) else {
            break;
        };
        let parent = open.swap_remove(place);
        open.extend(grower.divide(parent, split, &mut tree));
    }
    tree
}

fn add(cell: &mut Cell, other: Cell) {
    for (a, b) in cell.iter_mut().zip(other) {
        *a += b;
    }
}

fn less(a: Cell, b: Cell) -> Cell {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

impl Grower<'_> {
    fn histogram(&self, rows: &[u32]) -> Histogram {
        let near: Vec<[f64; 2]> = rows
            .iter()
            .map(|row| self.slopes[*row as usize].map(f64::from))
            .collect();
        let mut all = vec![[0.0; 3]; self.starts[self.columns.len()]];
        let mut parts = Vec::with_capacity(self.columns.len());
        let mut rest = &mut all[..];
        for (place, column) in self.columns.iter().enumerate() {
            let (cells, other) = rest.split_at_mut(self.starts[place + 1] - self.starts[place]);
            parts.push((*column, cells));
            rest = other;
        }
        let fill = |(column, cells): (u32, &mut [Cell])| {
            let codes = self.table.column(column as usize);
            let last = cells.len() - 1;
            for (row, [slope, curvature]) in rows.iter().zip(&near) {
                let cell = &mut cells[usize::from(codes[*row as usize]).min(last)];
                cell[0] += slope;
                cell[1] += curvature;
                cell[2] += 1.0;
            }
        };
        if rows.len() * self.columns.len() < ALONE {
            parts.into_iter().for_each(fill);
        } else {
            parts.into_par_iter().for_each(fill);
        }
        all
    }

    /// Minus the slope over the curvature: the step to the least loss.
    fn value(&self, sum: Cell) -> f64 {
        -sum[0] / (sum[1] + self.shape.lambda)
    }

    fn open(&self, node: usize, rows: Vec<u32>, histogram: Histogram, sum: Cell) -> Open {
        let best = if rows.len() < 2 * self.shape.least {
            None
        } else {
            self.best(&histogram, sum)
        };
        Open {
            node,
            rows,
            histogram,
            sum,
            best,
        }
    }

    fn best(&self, histogram: &Histogram, sum: Cell) -> Option<Split> {
        let score = |cell: Cell| cell[0] * cell[0] / (cell[1] + self.shape.lambda);
        let whole = score(sum);
        let least = self.shape.least as f64;
        let mut best: Option<Split> = None;
        for place in 0..self.columns.len() {
            let cells = &histogram[self.starts[place]..self.starts[place + 1]];
            let mut left = [0.0; 3];
            // What lies beyond the last cut cannot go left.
            for (class, cell) in cells.iter().enumerate().take(cells.len() - 1) {
                if cell[2] == 0.0 {
                    continue;
                }
                add(&mut left, *cell);
                let right = less(sum, left);
                if left[2] < least {
                    continue;
                }
                if right[2] < least {
                    break;
                }
                let gain = score(left) + score(right) - whole;
                // What rounding leaves of nothing is no gain.
                if gain > 1e-9 * whole.abs() && best.is_none_or(|best| gain > best.gain) {
                    best = Some(Split {
                        gain,
                        place,
                        class: class as u8,
                        left,
                    });
                }
            }
        }
        best
    }

    fn divide(&self, parent: Open, split: Split, tree: &mut Tree) -> [Open; 2] {
        let column = self.columns[split.place];
        let codes = self.table.column(column as usize);
        let (left, right): (Vec<u32>, Vec<u32>) = parent
            .rows
            .iter()
            .partition(|row| codes[**row as usize] <= split.class);
        let child = tree.nodes.len();
        tree.nodes[parent.node] = Growing::Split {
            feature: column,
            threshold: self.table.cuts.0[column as usize][usize::from(split.class)],
            left: child,
            right: child + 1,
        };
        tree.classes[parent.node] = split.class;
        let sums = [split.left, less(parent.sum, split.left)];
        for (rows, sum) in [&left, &right].into_iter().zip(sums) {
            tree.nodes.push(Growing::Leaf);
            tree.values.push(self.value(sum));
            tree.counts.push(rows.len() as u32);
            tree.classes.push(0);
        }
        // The histogram of the larger child is what the smaller leaves of the parent's.
        let smaller = self.histogram(if left.len() <= right.len() {
            &left
        } else {
            &right
        });
        let mut larger = parent.histogram;
        for (cell, taken) in larger.iter_mut().zip(&smaller) {
            *cell = less(*cell, *taken);
        }
        let (a, b) = if left.len() <= right.len() {
            (smaller, larger)
        } else {
            (larger, smaller)
        };
        [
            self.open(child, left, a, sums[0]),
            self.open(child + 1, right, b, sums[1]),
        ]
    }
}

impl Tree {
    /// The value at a row of the table.
    pub fn at(&self, table: &Binned, row: usize) -> f64 {
        let mut node = 0;
        while let Growing::Split {
            feature,
            left,
            right,
            ..
        } = self.nodes[node]
        {
            let code = table.codes[feature as usize * table.rows + row];
            node = if code <= self.classes[node] {
                left
            } else {
                right
            };
        }
        self.values[node]
    }
}
