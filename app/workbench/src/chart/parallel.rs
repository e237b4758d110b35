//! The plot with parallel axes, laid out: an axis a property, a line a candidate, and what is not known below the axes.

use super::density::Density;
use super::{Anchor, Drawing, Mark, Place, Role, Scale, Symbol};
use crate::parallel::{BINS, Link, Parallel, ParallelColumn};
use std::collections::BTreeMap;

/// Lines that are drawn one by one; more become a density.
const SINGLE_LINES: usize = 1000;

/// A plot with parallel axes laid out.
#[derive(Debug)]
pub struct ParallelChart {
    /// Where each axis stands.
    pub axes: Vec<f32>,
    /// The upper and the lower end of the axes.
    pub top: f32,
    pub bottom: f32,
    /// Where lines go that have no value.
    pub missing: f32,
    pub drawing: Drawing,
    /// Places in `Parallel::rows` of the lines that are drawn one by one, those that lie before others last.
    pub single: Vec<u32>,
}

impl ParallelChart {
    fn new(count: usize, (width, height): (f32, f32), text: f32) -> Self {
        let (left, right) = (4.5 * text, (width - 2.5 * text).max(5.0 * text));
        let step = (right - left) / (count.max(2) - 1) as f32;
        let bottom = (height - 3.6 * text).max(6.0 * text);
        Self {
            axes: (0..count).map(|at| left + at as f32 * step).collect(),
            top: 4.2 * text,
            bottom,
            missing: bottom + 1.8 * text,
            drawing: Drawing {
                size: [width, height],
                ..Drawing::default()
            },
            single: Vec::new(),
        }
    }

    /// The height of a share of an axis; of none, where there is no value.
    pub fn height(&self, share: f32) -> f32 {
        match share.is_nan() {
            true => self.missing,
            false => self.bottom - share * (self.bottom - self.top),
        }
    }

    /// The share of an axis at a height, 0 to 1.
    pub fn share(&self, y: f32) -> f32 {
        ((self.bottom - y) / (self.bottom - self.top)).clamp(0.0, 1.0)
    }

    /// The axis nearest to a place.
    pub fn axis_at(&self, x: f32) -> usize {
        let distance = |at: &usize| (self.axes[*at] - x).abs();
        let nearest = (0..self.axes.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)));
        nearest.unwrap_or(0)
    }

    /// The corners of a row's line, by its place in `Parallel::rows`.
    pub fn line(&self, parallel: &Parallel, at: u32) -> Vec<Place> {
        let axes = self.axes.iter().zip(&parallel.axes);
        axes.map(|(&x, axis)| [x, self.height(axis.share_of(at))])
            .collect()
    }

    /// The single line that a pointer at a place means, if it means one.
    pub fn nearest(&self, parallel: &Parallel, [x, y]: Place) -> Option<u32> {
        const NEAR: f32 = 5.0;
        let after = self.axes.iter().position(|&axis| axis > x)?;
        let before = after.checked_sub(1)?;
        let (left, right) = (self.axes[before], self.axes[after]);
        let part = (x - left) / (right - left);
        let distance = |at: u32| {
            let height = |axis: usize| self.height(parallel.axes[axis].share_of(at));
            (height(before) + part * (height(after) - height(before)) - y).abs()
        };
        // The line before the others wins among those that are equally near.
        let lines = self.single.iter().rev().map(|&at| (distance(at), at));
        let near = lines.filter(|(distance, _)| *distance <= NEAR);
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, at)| at)
    }

    fn push_lines(&mut self, parallel: &Parallel, which: &[u32], role: Role) {
        for &at in which {
            let line = self.line(parallel, at);
            let segments = line.windows(2).map(|ends| Mark::Line {
                from: ends[0],
                to: ends[1],
                role,
            });
            self.drawing.marks.extend(segments);
        }
        self.single.extend(which);
    }

    /// Lines as a density: of each pair of parts as many as there are.
    fn push_density(&mut self, links: &[Link], role: Role, cell: f32) {
        let (Some(&left), Some(&right)) = (self.axes.first(), self.axes.last()) else {
            return;
        };
        let mut density = Density::new([left, self.top], [right, self.missing + cell], cell);
        let heights: Vec<f32> = (0..=BINS)
            .map(|bin| match bin {
                BINS => self.height(f32::NAN),
                bin => self.height((bin as f32 + 0.5) / BINS as f32),
            })
            .collect();
        let row_of = |y: f32| (y - self.top) / cell;
        let last_row = density.rows - 1;
        for (link, ends) in links.iter().zip(self.axes.windows(2)) {
            let column_of = |x: f32| (((x - left) / cell).round() as usize).min(density.columns);
            let columns = column_of(ends[0])..column_of(ends[1]);
            let count = columns.len().max(1) as f32;
            for (pair, &lines) in link.0.iter().enumerate().filter(|(_, lines)| **lines > 0) {
                let from = row_of(heights[pair / (BINS + 1)]);
                let step = (row_of(heights[pair % (BINS + 1)]) - from) / count;
                let mut y = from + 0.5 * step;
                for column in columns.clone() {
                    let row = (y as usize).min(last_row);
                    density.counts[row * density.columns + column] += lines;
                    y += step;
                }
            }
        }
        self.drawing.densities.push((role, density));
    }
}

/// Lays the lines out on a plane of `width` x `height`. `brushes` are ranges of values by column, `selection` holds rows,
/// ascending; `text` is the height of the text, `cell` the width of a cell where there are too many lines.
pub fn parallel_marks(
    parallel: &Parallel,
    brushes: &BTreeMap<String, [f64; 2]>,
    selection: &[u32],
    size: (f32, f32),
    text: f32,
    cell: f32,
) -> ParallelChart {
    let mut chart = ParallelChart::new(parallel.axes.len(), size, text);
    let all: Vec<u32> = match parallel.rows.len() {
        count if count <= SINGLE_LINES => (0..count as u32).collect(),
        _ => Vec::new(),
    };
    if all.is_empty() {
        chart.push_density(parallel.links(), Role::Point, cell);
    }
    chart.push_lines(parallel, &all, Role::Candidate);
    let selected = parallel.places_of(selection);
    for (which, role) in [(&parallel.front, Role::Front), (&selected, Role::Selected)] {
        if which.len() <= SINGLE_LINES {
            chart.push_lines(parallel, which, role);
        } else {
            chart.push_density(&parallel.links_of(which), role, cell);
        }
    }
    let step = size.0 / parallel.axes.len().max(1) as f32;
    for (at, axis) in parallel.axes.iter().enumerate() {
        axis_marks(&mut chart, at, axis, brushes, step, text);
    }
    chart
}

fn axis_marks(
    chart: &mut ParallelChart,
    at: usize,
    axis: &ParallelColumn,
    brushes: &BTreeMap<String, [f64; 2]>,
    room: f32,
    text: f32,
) {
    let (x, top, bottom) = (chart.axes[at], chart.top, chart.bottom);
    if let Some(range) = brushes.get(&axis.column.name) {
        let [a, b] = range.map(|value| chart.height(axis.share(value).clamp(0.0, 1.0)));
        chart.drawing.behind.push(Mark::Rect {
            min: [x - 0.5 * text, a.min(b)],
            max: [x + 0.5 * text, a.max(b)],
            role: Role::Brush,
        });
    }
    let heights: Vec<(f32, String)> = axis
        .ticks(((bottom - top) / (2.4 * text)).max(2.0) as usize)
        .into_iter()
        .map(|(share, label)| (chart.height(share), label))
        .collect();
    let (missing, foot) = (chart.missing, chart.missing + 0.4 * text);
    let marks = &mut chart.drawing.marks;
    let line = |from: Place, to: Place, role: Role| Mark::Line { from, to, role };
    marks.push(line([x, top], [x, bottom], Role::Axis));
    for (y, label) in heights {
        marks.push(line([x - 0.3 * text, y], [x, y], Role::Axis));
        marks.push(Mark::Text {
            at: [x - 0.45 * text, y],
            text: label,
            anchor: Anchor::Left,
        });
    }
    if let Some(optimize::Direction::Target(target)) = axis.column.direction {
        let share = axis.share(target);
        if (0.0..=1.0).contains(&share) {
            let y = bottom - share * (bottom - top);
            marks.push(line([x - 0.8 * text, y], [x + 0.8 * text, y], Role::Front));
        }
    }
    if axis.missing > 0 {
        let ends = ([x - 0.3 * text, missing], [x + 0.3 * text, missing]);
        marks.push(line(ends.0, ends.1, Role::Axis));
        marks.push(Mark::Text {
            at: [x, foot],
            text: format!("– {}", axis.missing),
            anchor: Anchor::Below,
        });
    }
    // Above stand name, unit and the sign of where the values come from; an arrow at the end that is better.
    let (_, short) = axis
        .column
        .name
        .rsplit_once('.')
        .unwrap_or(("", &axis.column.name));
    let most = ((room / (0.52 * text)) as usize).max(4);
    let mut title = |line: f32, text_of: String| {
        marks.push(Mark::Text {
            at: [x, line * text],
            text: shortened(&text_of, most),
            anchor: Anchor::Below,
        });
    };
    title(0.2, short.to_owned());
    if !axis.column.unit.is_empty() {
        title(1.3, format!("[{}]", axis.column.unit));
    }
    marks.push(Mark::Symbol {
        at: [x, top - 0.9 * text],
        symbol: Symbol::of([axis.column.origin].into_iter()),
        role: Role::Axis,
    });
    let better_above = match axis.column.direction {
        Some(optimize::Direction::Maximize) => Some(!axis.flipped),
        Some(optimize::Direction::Minimize) => Some(axis.flipped),
        Some(optimize::Direction::Target(_)) | None => None,
    };
    if let Some(above) = better_above {
        let (x, y, sign) = match above {
            true => (x + text, top - 1.5 * text, "▲"),
            false => (x, bottom + 0.2 * text, "▼"),
        };
        marks.push(Mark::Text {
            at: [x, y],
            text: sign.to_owned(),
            anchor: Anchor::Below,
        });
    }
}

impl ParallelColumn {
    /// Round values with the shares of the axis where they stand.
    fn ticks(&self, wanted: usize) -> Vec<(f32, String)> {
        let [low, high] = self.range;
        let ticks = Scale::of(self.log).ticks(low, high, wanted);
        ticks
            .into_iter()
            .map(|(value, label)| (self.share(value), label))
            .collect()
    }
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::column;
    use optimize::Direction;
    use std::sync::Arc;

    /// Lines over three axes, the second of which lacks every tenth value.
    fn lines(count: usize) -> Parallel {
        let value = |row: usize, axis: usize| match axis {
            1 if row.is_multiple_of(10) => f64::NAN,
            _ => ((row * [7919, 104_729, 1_299_709][axis]) % count) as f64,
        };
        let names = ["a", "b", "c"];
        let directions = [
            Some(Direction::Maximize),
            Some(Direction::Minimize),
            Some(Direction::Target(3.0)),
        ];
        let axes = (0..3).map(|axis| {
            let values: Vec<f64> = (0..count).map(|row| value(row, axis)).collect();
            ParallelColumn::of_values(column(names[axis], directions[axis]), None, None, &values)
        });
        let rows: Vec<u32> = (0..count as u32).collect();
        Parallel::of_axes((0, 0), Arc::new(rows), axes.collect(), vec![0, 1])
    }

    fn laid_out(parallel: &Parallel, selection: &[u32]) -> ParallelChart {
        let size = (900.0, 500.0);
        parallel_marks(parallel, &BTreeMap::new(), selection, size, 12.0, 2.0)
    }

    #[test]
    fn better_is_above_and_what_is_not_known_lies_below_the_axis() {
        let parallel = lines(100);
        let chart = laid_out(&parallel, &[]);
        assert!(
            chart.height(parallel.axes[0].share(99.0)) < chart.height(parallel.axes[0].share(0.0))
        );
        assert!(
            chart.height(parallel.axes[1].share(99.0)) > chart.height(parallel.axes[1].share(1.0))
        );
        assert_eq!(parallel.axes[1].missing, 10);
        assert!(chart.line(&parallel, 0)[1][1] > chart.bottom);
        for axis in &parallel.axes {
            for value in [0.0, 12.5, 99.0] {
                assert!((axis.value(axis.share(value)) - value).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn a_crowd_is_a_density_in_which_every_line_crosses_every_column() {
        let parallel = lines(20_000);
        let chart = laid_out(&parallel, &(0..5000).collect::<Vec<_>>());
        let [(role, all), (chosen, selected)] = &chart.drawing.densities[..] else {
            panic!("{:?}", chart.drawing.densities.len());
        };
        assert_eq!((*role, *chosen), (Role::Point, Role::Selected));
        for (density, lines) in [(all, 20_000), (selected, 5000)] {
            for column in 0..density.columns - 1 {
                let cells =
                    (0..density.rows).map(|row| density.counts[row * density.columns + column]);
                assert_eq!(cells.sum::<u32>(), lines, "column {column}");
            }
        }
    }

    #[test]
    fn a_crowd_lies_where_its_lines_lie() {
        let parallel = lines(5000);
        let chart = laid_out(&parallel, &[]);
        let (_, density) = &chart.drawing.densities[0];
        // The mean height of all lines at a column, by the density and by the lines themselves.
        for column in [10, 100, 200, 300] {
            let x = density.min[0] + (column as f32 + 0.5) * density.cell;
            let axis = chart.axes.iter().rposition(|&axis| axis <= x).unwrap();
            let part = (x - chart.axes[axis]) / (chart.axes[axis + 1] - chart.axes[axis]);
            let heights = (0..5000).map(|at| {
                let line = chart.line(&parallel, at);
                f64::from(line[axis][1] + part * (line[axis + 1][1] - line[axis][1]))
            });
            let by_lines = heights.sum::<f64>() / 5000.0;
            let by_cells = (0..density.rows).map(|row| {
                let count = density.counts[row * density.columns + column];
                f64::from(count) * f64::from(density.min[1] + (row as f32 + 0.5) * density.cell)
            });
            let by_cells = by_cells.sum::<f64>() / 5000.0;
            assert!((by_lines - by_cells).abs() < 2.0, "{by_lines} {by_cells}");
        }
    }

    #[test]
    fn the_pointer_finds_the_line_under_it() {
        let parallel = lines(200);
        let chart = laid_out(&parallel, &[]);
        for at in [3, 77, 120] {
            let line = chart.line(&parallel, at);
            let part = 0.31;
            let place = [0, 1].map(|i| line[0][i] + part * (line[1][i] - line[0][i]));
            let found = chart.nearest(&parallel, place).unwrap();
            let other = chart.line(&parallel, found);
            let y = other[0][1] + part * (other[1][1] - other[0][1]);
            assert!((y - place[1]).abs() < 1e-2, "{at} {found}");
        }
        assert_eq!(chart.nearest(&parallel, [1.0, 100.0]), None);
    }
}
