//! Points in cells, where there are too many to be drawn one by one.

use super::Place;

/// How many points or lines lie in each cell of a part of the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Density {
    pub columns: usize,
    pub rows: usize,
    /// Row by row from the top.
    pub counts: Vec<u32>,
    /// The upper left corner of the first cell.
    pub min: Place,
    pub cell: f32,
}

impl Density {
    /// Empty cells from one corner to the other.
    pub(super) fn new(min: Place, max: Place, cell: f32) -> Self {
        let cells = |low: f32, high: f32| ((high - low) / cell).ceil().max(1.0) as usize;
        let (columns, rows) = (cells(min[0], max[0]), cells(min[1], max[1]));
        Self {
            columns,
            rows,
            counts: vec![0; columns * rows],
            min,
            cell,
        }
    }

    /// Counts a point at the cell of its place; what lies outside belongs to the outermost.
    pub(super) fn add(&mut self, [x, y]: Place) {
        let column = (((x - self.min[0]) / self.cell) as usize).min(self.columns - 1);
        let row = (((y - self.min[1]) / self.cell) as usize).min(self.rows - 1);
        self.counts[row * self.columns + column] += 1;
    }

    /// How crowded each cell is, 0 to 1 by the logarithm of the count; `None` where it is empty.
    pub fn shades(&self) -> Vec<Option<f32>> {
        let most = self.counts.iter().copied().max().unwrap_or(1).max(1);
        let full = (most as f32 + 1.0).ln();
        let shade = |&count: &u32| (count > 0).then(|| (count as f32 + 1.0).ln() / full);
        self.counts.iter().map(shade).collect()
    }
}
