//! What the points seen so far dominate, coarsely: a grid over all costs but the last that holds, for each cell, the least
//! last cost among points whose other costs are surely lower than any in the cell. It never says "dominated" wrongly.

/// How costs are placed in cells; shared by the shadows of all draws.
pub(crate) struct Cells {
    /// A cost's cell is `(cost - start) * scale` rounded down, within 0 to `side` - 1.
    axes: Vec<(f64, f64)>,
    side: usize,
}

impl Cells {
    /// Cells between the given bounds, one pair for each cost but the last. They decide speed, not results.
    pub fn new(bounds: &[(f64, f64)]) -> Self {
        let side: usize = match bounds.len() {
            0 | 1 => 1024,
            2 => 64,
            3 => 16,
            4 => 8,
            5 => 5,
            // Too many cells to be worth it: one cell, which covers nothing.
            _ => 1,
        };
        let axes = bounds.iter().map(|&(low, high)| {
            let scale = side.saturating_sub(2) as f64 / (high - low);
            let usable = scale.is_finite() && scale > 0.0 && low.is_finite();
            // One cell is left below the lower bound; cell 0 holds all costs that no point surely beats.
            if usable {
                (low - 1.0 / scale, scale)
            } else {
                (0.0, 1.0)
            }
        });
        Cells {
            axes: axes.collect(),
            side,
        }
    }

    pub fn axes(&self) -> usize {
        self.axes.len()
    }

    /// How far apart neighbouring cells of an axis are in a shadow.
    pub fn stride(&self, axis: usize) -> usize {
        self.side.pow(axis as u32)
    }

    /// The cell of a cost along an axis; grows with the cost, so a higher cell means a higher cost. Not for NaN.
    #[inline(always)]
    pub fn cell(&self, axis: usize, cost: f64) -> usize {
        let (start, scale) = self.axes[axis];
        ((cost - start) * scale).clamp(0.0, (self.side - 1) as f64) as usize
    }
}

/// What the points of one draw dominate.
pub(crate) struct Shadow {
    least: Vec<f64>,
}

impl Shadow {
    pub fn new(cells: &Cells) -> Self {
        Shadow {
            least: vec![f64::INFINITY; cells.side.pow(cells.axes.len() as u32)],
        }
    }

    /// Whether a point of this cell (strides times cells, summed) with at least this last cost is surely dominated.
    #[inline(always)]
    pub fn covers(&self, cells: &Cells, cell: usize, last: f64) -> bool {
        let least = self.least[cell];
        // With no other cost, an equal last cost is no domination. Where nothing was cast, `least` is infinite.
        if cells.axes.is_empty() {
            least < last
        } else {
            least <= last && least < f64::INFINITY
        }
    }

    /// Whether a point, given by its costs, is surely dominated.
    pub fn covers_point(&self, cells: &Cells, cost: impl Fn(usize) -> f64) -> bool {
        let cell = (0..cells.axes())
            .map(|axis| cells.cell(axis, cost(axis)) * cells.stride(axis))
            .sum();
        self.covers(cells, cell, cost(cells.axes()))
    }

    /// Makes this what all the given shadows cover.
    pub fn intersect<'a>(&mut self, shadows: impl Iterator<Item = &'a Shadow>) {
        self.least.fill(f64::NEG_INFINITY);
        for shadow in shadows {
            self.least
                .iter_mut()
                .zip(&shadow.least)
                .for_each(|(all, &one)| *all = all.max(one));
        }
    }

    /// Adds what a point dominates.
    pub fn cast(&mut self, cells: &Cells, cost: impl Fn(usize) -> f64) {
        let mut corner = [0; 5];
        for (axis, first) in corner.iter_mut().enumerate().take(cells.axes()) {
            let from = cells.cell(axis, cost(axis)) + 1;
            if from >= cells.side {
                return;
            }
            *first = from;
        }
        self.fill(cells, &corner[..cells.axes()], 0, cost(cells.axes()));
    }

    /// Fills the cells at and beyond `corner` in the given axes. The held costs fall along every axis, so where one is low
    /// enough, all beyond are.
    fn fill(&mut self, cells: &Cells, corner: &[usize], base: usize, last: f64) {
        let Some((&from, inner)) = corner.split_last() else {
            self.least[base] = self.least[base].min(last);
            return;
        };
        let nearest: usize = inner
            .iter()
            .enumerate()
            .map(|(axis, &cell)| cell * cells.stride(axis))
            .sum();
        for cell in from..cells.side {
            let base = base + cell * cells.stride(inner.len());
            if self.least[base + nearest] <= last {
                return;
            }
            self.fill(cells, inner, base, last);
        }
    }
}
