//! Points in cells, where there are too many to be drawn one by one.

use super::{Frame, Place};

/// The width of a cell.
const CELL: f32 = 3.0;

/// How many points lie in each cell of the frame.
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
    pub(super) fn new(frame: &Frame, places: impl Iterator<Item = Place>) -> Self {
        let cells = |low: f32, high: f32| ((high - low) / CELL).ceil().max(1.0) as usize;
        let columns = cells(frame.min[0], frame.max[0]);
        let rows = cells(frame.min[1], frame.max[1]);
        let mut counts = vec![0; columns * rows];
        for [x, y] in places {
            let column = (((x - frame.min[0]) / CELL) as usize).min(columns - 1);
            let row = (((y - frame.min[1]) / CELL) as usize).min(rows - 1);
            counts[row * columns + column] += 1;
        }
        Self {
            columns,
            rows,
            counts,
            min: frame.min,
            cell: CELL,
        }
    }

    /// How crowded each cell is, 0 to 1 by the logarithm of the count; `None` where it is empty.
    pub fn shades(&self) -> Vec<Option<f32>> {
        let most = self.counts.iter().copied().max().unwrap_or(1).max(1);
        let full = (most as f32 + 1.0).ln();
        let shade = |&count: &u32| (count > 0).then(|| (count as f32 + 1.0).ln() / full);
        self.counts.iter().map(shade).collect()
    }
}
