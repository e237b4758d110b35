//! Points of a plane sorted into the cells of a grid, so that a part of the plane is found without asking every point: what
//! a million points need to be hovered, zoomed and drawn around while the window goes on.

/// Points a cell holds on average.
const IN_A_CELL: usize = 4;

/// Cells a side, at most.
const MOST: usize = 1024;

/// A part of the plane: the lower and the upper end of each axis.
pub(crate) type Area = [[f64; 2]; 2];

/// Points by where they lie.
#[derive(Debug)]
pub(crate) struct Places {
    low: [f64; 2],
    /// Cells a unit of each axis.
    fineness: [f64; 2],
    side: usize,
    /// Where each cell begins in what follows, row of cells by row; one more for the end.
    starts: Vec<u32>,
    /// Number and place of each point, by cell.
    points: Vec<(u32, [f64; 2])>,
}

impl Places {
    /// Sorts `n` points. A point without a finite place is left out.
    pub fn new(n: usize, place: impl Fn(usize) -> [f64; 2]) -> Self {
        let finite = |at: &[f64; 2]| at.iter().all(|v| v.is_finite());
        let all: Vec<(u32, [f64; 2])> = (0..n)
            .map(|at| (at as u32, place(at)))
            .filter(|(_, place)| finite(place))
            .collect();
        let side = ((all.len() / IN_A_CELL) as f64).sqrt() as usize;
        let side = side.clamp(1, MOST);
        let mut low = [f64::INFINITY; 2];
        let mut high = [f64::NEG_INFINITY; 2];
        for (_, place) in &all {
            for axis in 0..2 {
                low[axis] = low[axis].min(place[axis]);
                high[axis] = high[axis].max(place[axis]);
            }
        }
        let fineness = [0, 1].map(|axis| match high[axis] - low[axis] {
            span if span > 0.0 => side as f64 / span,
            _ => 0.0,
        });
        let mut places = Self {
            low,
            fineness,
            side,
            starts: vec![0; side * side + 1],
            points: Vec::new(),
        };
        let cells: Vec<u32> = all
            .iter()
            .map(|(_, [x, y])| (places.cell(1, *y) * side + places.cell(0, *x)) as u32)
            .collect();
        // A counting sort: how many, from where, and then each to its place.
        for &cell in &cells {
            places.starts[cell as usize + 1] += 1;
        }
        for cell in 1..places.starts.len() {
            places.starts[cell] += places.starts[cell - 1];
        }
        let mut next = places.starts.clone();
        places.points = vec![(0, [0.0; 2]); all.len()];
        for (point, cell) in all.into_iter().zip(cells) {
            let at = &mut next[cell as usize];
            places.points[*at as usize] = point;
            *at += 1;
        }
        places
    }

    /// The cell of a value along an axis; what lies outside belongs to the outermost.
    fn cell(&self, axis: usize, value: f64) -> usize {
        let cell = (value - self.low[axis]) * self.fineness[axis];
        // Negative and NaN become 0.
        (cell as usize).min(self.side - 1)
    }

    /// The points in an area, its border included, with their places.
    pub fn within(&self, area: Area) -> impl Iterator<Item = (u32, [f64; 2])> + '_ {
        let [[x0, x1], [y0, y1]] = area;
        let (first, last) = (self.cell(0, x0), self.cell(0, x1));
        let rows = match self.points.is_empty() {
            true => 0..0,
            false => self.cell(1, y0)..self.cell(1, y1) + 1,
        };
        let runs = rows.map(move |row| {
            let start = self.starts[row * self.side + first] as usize;
            let end = self.starts[row * self.side + last + 1] as usize;
            &self.points[start..end.max(start)]
        });
        let inside = move |[x, y]: [f64; 2]| x0 <= x && x <= x1 && y0 <= y && y <= y1;
        runs.flatten().copied().filter(move |(_, at)| inside(*at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_area_holds_what_a_look_at_every_point_finds(
            points in prop::collection::vec((-1e3..1e3_f64, -1e-3..1e-3_f64), 0..400),
            x in (-1.2e3..1.2e3_f64, -1.2e3..1.2e3_f64),
            y in (-1.2e-3..1.2e-3_f64, -1.2e-3..1.2e-3_f64),
        ) {
            let places = Places::new(points.len(), |at| [points[at].0, points[at].1]);
            let sorted = |(a, b): (f64, f64)| [a.min(b), a.max(b)];
            let area = [sorted(x), sorted(y)];
            let mut found: Vec<u32> = places.within(area).map(|(at, _)| at).collect();
            found.sort_unstable();
            let inside = |value: f64, [low, high]: [f64; 2]| low <= value && value <= high;
            let expected: Vec<u32> = (0..points.len())
                .filter(|&at| inside(points[at].0, area[0]) && inside(points[at].1, area[1]))
                .map(|at| at as u32)
                .collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn points_without_a_place_and_points_all_in_one_do_no_harm() {
        let none = Places::new(3, |_| [f64::NAN, 1.0]);
        assert_eq!(none.within([[-9.0, 9.0], [-9.0, 9.0]]).count(), 0);
        let one = Places::new(50, |_| [2.0, 3.0]);
        assert_eq!(one.within([[2.0, 2.0], [3.0, 3.0]]).count(), 50);
        assert_eq!(one.within([[2.1, 4.0], [3.0, 3.0]]).count(), 0);
    }
}
