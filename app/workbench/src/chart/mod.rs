//! The plot of two properties as a list of marks on a plane, which the window draws and a picture file holds: what is
//! exported is what is seen.
//!
//! [`marks`] lays points, error bars, front, dominated region, axes and ticks out on a plane of some size, y downwards, one
//! unit a point of the screen. Crowded points become a [`Density`] of cells.

mod axes;
mod campaign;
mod density;
mod descent;
mod hull;
mod parallel;
mod parity;
mod picture;
mod scale;

pub use campaign::{FrontPlot, Trace, front_marks, trace_marks};
pub use density::Density;
pub(crate) use descent::descent_picture;
pub use descent::{Descent, descent_marks, step_mark};
pub use hull::{HullChart, HullTexts, hull_marks};
pub use parallel::{ParallelChart, parallel_marks};
pub use parity::{Parity, parity, parity_marks};
pub use picture::{check_picture, write_picture};
pub use scale::{Frame, PlotRange, Scale};

use crate::points::Points;
use axes::axes;
use optimize::Direction;
use plugin_host::Origin;

/// A place on the plane.
pub type Place = [f32; 2];

/// What a mark stands for; the window and the picture each have a colour for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Axis,
    Grid,
    Text,
    Point,
    ErrorBar,
    Front,
    Dominated,
    Selected,
    /// One candidate's line among many.
    Candidate,
    /// The part of an axis that selects.
    Brush,
    /// A colour of the scale, from 0, its dark end, to 255.
    Shade(u8),
}

/// Which sign stands for a candidate: it tells where its values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// A value of both axes that a model predicted: a circle.
    Predicted,
    /// Computed by simulation, none predicted: a diamond.
    Computed,
    /// Measured or exact, or from the user's table: a square.
    Measured,
    /// A candidate among phases that are none: a triangle.
    Candidate,
}

/// Where a text stands by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Centred below.
    Below,
    /// Centred above.
    Above,
    /// To the left, centred.
    Left,
    /// To the right, centred.
    Right,
    /// Centred, running upwards.
    Upwards,
}

/// Something drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    Line {
        from: Place,
        to: Place,
        role: Role,
    },
    Rect {
        min: Place,
        max: Place,
        role: Role,
    },
    Symbol {
        at: Place,
        symbol: Symbol,
        role: Role,
    },
    Text {
        at: Place,
        text: String,
        anchor: Anchor,
    },
}

/// What is drawn, from behind to before.
#[derive(Debug, Default)]
pub struct Drawing {
    /// Width and height of the plane.
    pub size: [f32; 2],
    /// Behind everything: axes, grid and the dominated region.
    pub behind: Vec<Mark>,
    /// Instead of symbols or lines, where there are too many of them.
    pub densities: Vec<(Role, Density)>,
    /// Points and front, clipped to the frame.
    pub marks: Vec<Mark>,
}

/// A plot laid out.
#[derive(Debug)]
pub struct Chart {
    pub frame: Frame,
    pub symbol: Symbol,
    pub drawing: Drawing,
}

/// The corners of an upright triangle around its middle, from which each is `r` away.
pub fn triangle(r: f32) -> [Place; 3] {
    let half = 3.0_f32.sqrt() / 2.0 * r;
    [[0.0, -r], [half, r / 2.0], [-half, r / 2.0]]
}

/// A colour of the scale from 0 to 1, dark blue over green to yellow, even to the eye and for any colour vision (viridis of
/// matplotlib, five of its colours).
pub fn scale_colour(share: f32) -> [u8; 3] {
    const STOPS: [[f32; 3]; 5] = [
        [68.0, 1.0, 84.0],
        [59.0, 82.0, 139.0],
        [33.0, 145.0, 140.0],
        [94.0, 201.0, 98.0],
        [253.0, 231.0, 37.0],
    ];
    let at = share.clamp(0.0, 1.0) * (STOPS.len() - 1) as f32;
    let low = (at as usize).min(STOPS.len() - 2);
    let part = at - low as f32;
    [0, 1, 2].map(|c| (STOPS[low][c] + part * (STOPS[low + 1][c] - STOPS[low][c])) as u8)
}

/// Points that are drawn one by one; more become a density.
pub const SINGLE_POINTS: usize = 4000;

/// Points that get error bars.
const WITH_ERRORS: usize = 400;

/// The width of a cell of crowded points.
const CELL: f32 = 3.0;

/// How far from a point the pointer may be to mean it.
const NEAR: f32 = 8.0;

impl Symbol {
    /// The sign of values of some origins: the least certain decides. `None` is the user's own.
    pub fn of(origins: impl Iterator<Item = Option<Origin>>) -> Self {
        origins.fold(Self::Measured, |symbol, origin| match (symbol, origin) {
            (Self::Predicted, _) | (_, Some(Origin::Predicted)) => Self::Predicted,
            (Self::Computed, _) | (_, Some(Origin::Computed)) => Self::Computed,
            _ => Self::Measured,
        })
    }
}

/// What sign the points of two columns get.
pub fn symbol(points: &Points) -> Symbol {
    Symbol::of([points.x_column.origin, points.y_column.origin].into_iter())
}

/// The whole range of the points, with a little room around them.
pub fn full_range(points: &Points) -> PlotRange {
    points.range
}

/// The name and unit of a column, as an axis shows it.
fn axis_title(column: &crate::results::Column) -> String {
    screening::label(&column.name, &column.unit)
}

/// Lays the points out on a plane of `width` x `height`, of which `range` is shown. `selection` holds rows, ascending;
/// `text` is the height of the text.
pub fn marks(
    points: &Points,
    range: PlotRange,
    selection: &[u32],
    (width, height): (f32, f32),
    text: f32,
) -> Chart {
    let frame = Frame::new(points, range, (width, height), text);
    let mut chart = Chart {
        symbol: symbol(points),
        drawing: Drawing {
            size: [width, height],
            ..Drawing::default()
        },
        frame,
    };
    let titles = [&points.x_column, &points.y_column].map(axis_title);
    axes(&mut chart.drawing, &chart.frame, titles, text);
    dominated(&mut chart, points);
    let shown = |at: &u32| {
        let at = *at as usize;
        chart.frame.shows(points.x[at], points.y[at])
    };
    let front: Vec<u32> = points.front.iter().copied().filter(shown).collect();
    let selected: Vec<u32> = points.of_rows(selection).filter(shown).collect();
    let most = SINGLE_POINTS + 1;
    let visible = points.within(chart.frame.area()).map(|(at, _)| at);
    let mut visible: Vec<u32> = visible.take(most).collect();
    if visible.len() == most {
        chart.crowd(Role::Point, points.within(chart.frame.area()).map(|p| p.1));
    } else {
        visible.sort_unstable();
        if visible.len() <= WITH_ERRORS {
            for &at in &visible {
                error_bars(&mut chart.drawing.marks, &chart.frame, points, at as usize);
            }
        }
        chart.symbols(Role::Point, points, &visible);
    }
    if front.len() <= SINGLE_POINTS {
        chart.symbols(Role::Front, points, &front);
    }
    if selected.len() <= SINGLE_POINTS {
        chart.symbols(Role::Selected, points, &selected);
    } else {
        let scales = [chart.frame.x_scale, chart.frame.y_scale];
        let along = |at: &u32| {
            let at = *at as usize;
            [scales[0].along(points.x[at]), scales[1].along(points.y[at])]
        };
        chart.crowd(Role::Selected, selected.iter().map(along));
    }
    chart
}

impl Chart {
    fn symbols(&mut self, role: Role, points: &Points, which: &[u32]) {
        let (frame, symbol) = (self.frame, self.symbol);
        let place = |at: u32| frame.place(points.x[at as usize], points.y[at as usize]);
        let symbols = which.iter().map(|&at| Mark::Symbol {
            at: place(at),
            symbol,
            role,
        });
        self.drawing.marks.extend(symbols);
    }

    /// Points as a density, by where they are along the axes.
    fn crowd(&mut self, role: Role, along: impl Iterator<Item = [f64; 2]>) {
        let mut density = Density::new(self.frame.min, self.frame.max, CELL);
        let place = self.frame.placement();
        along.for_each(|at| density.add(place(at)));
        self.drawing.densities.push((role, density));
    }
}

/// The point that a pointer at a place means, if it means one: its place in `rows`.
pub fn nearest(points: &Points, frame: &Frame, [x, y]: Place) -> Option<u32> {
    let area = frame.area_between([x - NEAR, y - NEAR], [x + NEAR, y + NEAR]);
    let place = frame.placement();
    let near = points.within(area).map(|(at, along)| {
        let [a, b] = place(along);
        ((a - x).hypot(b - y), at)
    });
    let near = near.filter(|(distance, _)| *distance <= NEAR);
    near.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
        .map(|(_, at)| at)
}

/// The rows of the points inside a closed line, whose corners are given as places.
pub fn rows_inside(points: &Points, frame: &Frame, line: &[Place]) -> Vec<u32> {
    let mut low = [f32::INFINITY; 2];
    let mut high = [f32::NEG_INFINITY; 2];
    for corner in line {
        for axis in 0..2 {
            low[axis] = low[axis].min(corner[axis]);
            high[axis] = high[axis].max(corner[axis]);
        }
    }
    if line.len() < 3 {
        return Vec::new();
    }
    let area = frame.area_between(frame.clamped(low), frame.clamped(high));
    let place = frame.placement();
    let inside = points
        .within(area)
        .filter(|(_, at)| is_inside(line, place(*at)));
    inside.map(|(at, _)| points.rows[at as usize]).collect()
}

/// Whether a place lies inside a closed line: a ray to the right crosses it an odd number of times.
fn is_inside(line: &[Place], [x, y]: Place) -> bool {
    let mut inside = false;
    let mut before = line.len() - 1;
    for at in 0..line.len() {
        let ([ax, ay], [bx, by]) = (line[at], line[before]);
        if (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax {
            inside = !inside;
        }
        before = at;
    }
    inside
}

fn error_bars(marks: &mut Vec<Mark>, frame: &Frame, points: &Points, at: usize) {
    let (x, y) = (points.x[at], points.y[at]);
    let (x_std, y_std) = (points.x_std[at], points.y_std[at]);
    let mut bar = |from: Place, to: Place| {
        marks.push(Mark::Line {
            from: frame.clamped(from),
            to: frame.clamped(to),
            role: Role::ErrorBar,
        });
    };
    if x_std > 0.0 {
        bar(frame.place(x - x_std, y), frame.place(x + x_std, y));
    }
    if y_std > 0.0 {
        bar(frame.place(x, y - y_std), frame.place(x, y + y_std));
    }
}

/// The region that the front dominates, as upright strips, and the line that bounds it. Nothing where an axis has a target,
/// since then the region is no staircase.
fn dominated(chart: &mut Chart, points: &Points) {
    let (Some(x), Some(y)) = (points.x_column.direction, points.y_column.direction) else {
        return;
    };
    if points.front.is_empty() || [x, y].iter().any(|d| matches!(d, Direction::Target(_))) {
        return;
    }
    let frame = &chart.frame;
    let places: Vec<Place> = points
        .front
        .iter()
        .map(|&at| frame.clamped(frame.place(points.x[at as usize], points.y[at as usize])))
        .collect();
    let worst_y = if y == Direction::Maximize {
        frame.max[1]
    } else {
        frame.min[1]
    };
    // Strips between one front point and the next, towards the worse values of x.
    let mut strips: Vec<(f32, f32, f32)> = Vec::new();
    if x == Direction::Maximize {
        let mut left = frame.min[0];
        for place in &places {
            strips.push((left, place[0], place[1]));
            left = place[0];
        }
    } else {
        let rights = places.iter().skip(1).map(|place| place[0]);
        for (place, right) in places.iter().zip(rights.chain([frame.max[0]])) {
            strips.push((place[0], right, place[1]));
        }
    }
    let line = |from: Place, to: Place| Mark::Line {
        from,
        to,
        role: Role::Front,
    };
    let mut before: Option<f32> = None;
    for (left, right, level) in strips {
        chart.drawing.behind.push(Mark::Rect {
            min: [left, level.min(worst_y)],
            max: [right, level.max(worst_y)],
            role: Role::Dominated,
        });
        if let Some(before) = before {
            chart
                .drawing
                .marks
                .push(line([left, before], [left, level]));
        }
        chart
            .drawing
            .marks
            .push(line([left, level], [right, level]));
        before = Some(level);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::points::{Axes, PointsKey};
    use crate::results::{Column, ColumnKind, Value};

    pub(crate) fn column(name: &str, direction: Option<Direction>) -> Column {
        Column {
            name: name.to_owned(),
            unit: "V".to_owned(),
            kind: ColumnKind::Input(0),
            is_number: true,
            origin: None,
            direction,
            summary: String::new(),
        }
    }

    pub(crate) fn points(x: Vec<f64>, y: Vec<f64>, front: Vec<u32>) -> Points {
        on_scales(x, y, front, [false; 2])
    }

    pub(crate) fn on_scales(x: Vec<f64>, y: Vec<f64>, front: Vec<u32>, log: [bool; 2]) -> Points {
        let key = PointsKey {
            generation: 0,
            view: 0,
            x: "x".to_owned(),
            y: "y".to_owned(),
        };
        let axes = Axes {
            columns: [
                column("x", Some(Direction::Maximize)),
                column("y", Some(Direction::Minimize)),
            ],
            log: log.map(Some),
        };
        let value = |mean, std| Value { mean, std };
        let placed = x.iter().zip(&y).zip(0..);
        let placed: Vec<_> = placed
            .map(|((&x, &y), row)| (row, value(x, 0.1), value(y, f64::NAN)))
            .collect();
        let mut points = Points::new(key, axes, &placed, 0);
        points.front = front;
        points
    }

    fn laid_out(points: &Points) -> Chart {
        marks(points, full_range(points), &[], (640.0, 480.0), 12.0)
    }

    #[test]
    fn every_point_is_a_symbol_with_bars_for_the_errors_that_are_known() {
        let points = points(vec![1.0, 2.0, 3.0], vec![5.0, 6.0, 8.0], vec![0, 1, 2]);
        let chart = laid_out(&points);
        let count = |role| {
            let of = |m: &&Mark| matches!(m, Mark::Symbol { role: r, .. } if *r == role);
            chart.drawing.marks.iter().filter(of).count()
        };
        assert_eq!((count(Role::Point), count(Role::Front)), (3, 3));
        let bars = chart.drawing.marks.iter().filter(|m| {
            matches!(
                m,
                Mark::Line {
                    role: Role::ErrorBar,
                    ..
                }
            )
        });
        assert_eq!(bars.count(), 3);
    }

    #[test]
    fn a_point_lies_in_the_dominated_region_exactly_if_another_point_is_as_good_in_both_and_better_in_one()
     {
        // A small generator of its own keeps the test the same on every run.
        let mut seed = 7_u64;
        let mut next = move || {
            seed = seed
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (seed >> 40) as f64 / f64::from(1 << 24)
        };
        for (x_direction, y_direction) in [
            (Direction::Maximize, Direction::Minimize),
            (Direction::Maximize, Direction::Maximize),
            (Direction::Minimize, Direction::Minimize),
            (Direction::Minimize, Direction::Maximize),
        ] {
            let x: Vec<f64> = (0..60).map(|_| next()).collect();
            let y: Vec<f64> = (0..60).map(|_| next()).collect();
            let cost = |at: usize| (x_direction.cost(x[at]), y_direction.cost(y[at]));
            let dominated: Vec<bool> = (0..60)
                .map(|at| {
                    let (a, b) = cost(at);
                    (0..60).any(|other| {
                        let (c, d) = cost(other);
                        other != at && c <= a && d <= b
                    })
                })
                .collect();
            let mut front: Vec<u32> = (0..60).filter(|&at| !dominated[at as usize]).collect();
            front.sort_by(|&a, &b| x[a as usize].total_cmp(&x[b as usize]));
            let mut points = points(x, y, front);
            points.x_column.direction = Some(x_direction);
            points.y_column.direction = Some(y_direction);
            let chart = laid_out(&points);
            for (at, &dominated) in dominated.iter().enumerate() {
                let [px, py] = chart.frame.place(points.x[at], points.y[at]);
                let inside = chart.drawing.behind.iter().any(|mark| {
                    matches!(mark, Mark::Rect { min, max, .. }
                        if min[0] + 1e-3 < px && px < max[0] - 1e-3 && min[1] + 1e-3 < py && py < max[1] - 1e-3)
                });
                assert_eq!(inside, dominated, "{x_direction:?} {y_direction:?} {at}");
            }
        }
    }

    #[test]
    fn a_crowd_becomes_a_density_that_counts_every_point() {
        let n = 3 * SINGLE_POINTS;
        let x: Vec<f64> = (0..n).map(|i| (i % 97) as f64).collect();
        let y: Vec<f64> = (0..n).map(|i| (i % 89) as f64).collect();
        let points = points(x, y, Vec::new());
        let chart = laid_out(&points);
        let (_, density) = &chart.drawing.densities[0];
        assert_eq!(density.counts.iter().map(|&c| c as usize).sum::<usize>(), n);
    }

    #[test]
    fn a_lasso_holds_what_lies_inside_it_also_where_it_is_not_convex() {
        let arrow = [
            [0.0, 0.0],
            [10.0, 0.0],
            [10.0, 10.0],
            [5.0, 3.0],
            [0.0, 10.0],
        ];
        assert!(is_inside(&arrow, [5.0, 1.0]));
        assert!(is_inside(&arrow, [1.0, 7.0]));
        assert!(!is_inside(&arrow, [5.0, 6.0]));
        assert!(!is_inside(&arrow, [-1.0, 1.0]));
    }

    #[test]
    fn pointer_and_lasso_find_what_a_look_at_every_point_finds_on_both_scales() {
        let n = 5000_u32;
        let x: Vec<f64> = (0..n).map(|i| 1.0 + f64::from(i * 7919 % n)).collect();
        let y: Vec<f64> = (0..n).map(|i| 0.01 + f64::from(i * 104_729 % n)).collect();
        for log in [[false, false], [true, false], [true, true]] {
            let points = on_scales(x.clone(), y.clone(), Vec::new(), log);
            let frame = Frame::new(&points, full_range(&points), (700.0, 500.0), 12.0);
            let places: Vec<Place> = x.iter().zip(&y).map(|(&x, &y)| frame.place(x, y)).collect();
            for at in [[200.0, 200.0], [650.0, 60.0], [90.0, 470.0]] {
                let distance = |p: &Place| (p[0] - at[0]).hypot(p[1] - at[1]);
                let best = places.iter().map(distance).fold(NEAR, f32::min);
                match nearest(&points, &frame, at) {
                    Some(found) => {
                        assert!((distance(&places[found as usize]) - best).abs() < 1e-2);
                    }
                    None => assert!(best > NEAR - 1e-2, "{at:?} {best}"),
                }
            }
            let line = [
                [150.0, 80.0],
                [600.0, 120.0],
                [400.0, 400.0],
                [300.0, 150.0],
            ];
            let mut found = rows_inside(&points, &frame, &line);
            found.sort_unstable();
            let inside = |at: &u32| is_inside(&line, places[*at as usize]);
            assert_eq!(found, (0..n).filter(inside).collect::<Vec<_>>());
        }
    }
}
