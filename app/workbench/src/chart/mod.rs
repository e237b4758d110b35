//! The plot of two properties as a list of marks on a plane, which the window draws and a picture file holds: what is
//! exported is what is seen.
//!
//! [`marks`] lays points, error bars, front, dominated region, axes and ticks out on a plane of some size, y downwards, one
//! unit a point of the screen. Crowded points become a [`Density`] of cells.

mod density;
mod parity;
mod picture;
mod scale;

pub use density::Density;
pub use parity::{Parity, parity, parity_marks};
pub use picture::{check_picture, write_picture};
pub use scale::{Frame, PlotRange, Scale};

use crate::points::Points;
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
}

/// Where a text stands by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Centred below.
    Below,
    /// To the left, centred.
    Left,
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

/// A plot laid out.
#[derive(Debug)]
pub struct Chart {
    /// Width and height of the plane.
    pub size: [f32; 2],
    pub frame: Frame,
    pub symbol: Symbol,
    /// Behind everything: axes, grid and the dominated region.
    pub behind: Vec<Mark>,
    /// Instead of symbols, where there are too many points for them.
    pub density: Option<Density>,
    /// Points and front, clipped to the frame.
    pub marks: Vec<Mark>,
}

/// Points that are drawn one by one; more become a density.
pub const SINGLE_POINTS: usize = 4000;

/// Points that get error bars.
const WITH_ERRORS: usize = 400;

/// What sign the points of two columns get.
pub fn symbol(points: &Points) -> Symbol {
    let origins = [points.x_column.origin, points.y_column.origin];
    if origins.contains(&Some(Origin::Predicted)) {
        Symbol::Predicted
    } else if origins.contains(&Some(Origin::Computed)) {
        Symbol::Computed
    } else {
        Symbol::Measured
    }
}

/// The whole range of the points, with a little room around them.
pub fn full_range(points: &Points) -> PlotRange {
    PlotRange {
        x: Scale::of(points.x_log).full_range(&points.x),
        y: Scale::of(points.y_log).full_range(&points.y),
    }
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
        size: [width, height],
        symbol: symbol(points),
        behind: Vec::new(),
        density: None,
        marks: Vec::new(),
        frame,
    };
    axes(&mut chart, points, (width, height), text);
    dominated(&mut chart, points);
    let shown = |at: &u32| {
        chart
            .frame
            .shows(points.x[*at as usize], points.y[*at as usize])
    };
    let visible: Vec<u32> = (0..points.rows.len() as u32).filter(shown).collect();
    let place = |frame: &Frame, at: u32| frame.place(points.x[at as usize], points.y[at as usize]);
    let symbol = chart.symbol;
    if visible.len() > SINGLE_POINTS {
        let places = visible.iter().map(|&at| place(&chart.frame, at));
        chart.density = Some(Density::new(&chart.frame, places));
    } else {
        if visible.len() <= WITH_ERRORS {
            for &at in &visible {
                error_bars(&mut chart.marks, &chart.frame, points, at as usize);
            }
        }
        chart.marks.extend(visible.iter().map(|&at| Mark::Symbol {
            at: place(&chart.frame, at),
            symbol,
            role: Role::Point,
        }));
    }
    let front: Vec<u32> = points
        .front
        .iter()
        .copied()
        .filter(|at| visible.binary_search(at).is_ok())
        .collect();
    if front.len() <= SINGLE_POINTS {
        chart.marks.extend(front.iter().map(|&at| Mark::Symbol {
            at: place(&chart.frame, at),
            symbol,
            role: Role::Front,
        }));
    }
    let selected = visible
        .iter()
        .filter(|&&at| selection.binary_search(&points.rows[at as usize]).is_ok());
    chart
        .marks
        .extend(selected.take(SINGLE_POINTS).map(|&at| Mark::Symbol {
            at: place(&chart.frame, at),
            symbol,
            role: Role::Selected,
        }));
    chart
}

fn axes(chart: &mut Chart, points: &Points, (width, height): (f32, f32), text: f32) {
    let frame = &chart.frame;
    let (left, right, top, bottom) = (frame.min[0], frame.max[0], frame.min[1], frame.max[1]);
    let marks = &mut chart.behind;
    for (value, label) in frame.x_ticks() {
        let x = frame.place_x(value);
        marks.push(Mark::Line {
            from: [x, top],
            to: [x, bottom],
            role: Role::Grid,
        });
        marks.push(Mark::Text {
            at: [x, bottom + 3.0],
            text: label,
            anchor: Anchor::Below,
        });
    }
    for (value, label) in frame.y_ticks() {
        let y = frame.place_y(value);
        marks.push(Mark::Line {
            from: [left, y],
            to: [right, y],
            role: Role::Grid,
        });
        marks.push(Mark::Text {
            at: [left - 4.0, y],
            text: label,
            anchor: Anchor::Left,
        });
    }
    for (from, to) in [
        ([left, bottom], [right, bottom]),
        ([left, top], [left, bottom]),
    ] {
        marks.push(Mark::Line {
            from,
            to,
            role: Role::Axis,
        });
    }
    marks.push(Mark::Text {
        at: [(left + right) / 2.0, height - 1.4 * text],
        text: axis_title(&points.x_column),
        anchor: Anchor::Below,
    });
    marks.push(Mark::Text {
        at: [0.7 * text, (top + bottom) / 2.0],
        text: axis_title(&points.y_column),
        anchor: Anchor::Upwards,
    });
    debug_assert!(right <= width);
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
        chart.behind.push(Mark::Rect {
            min: [left, level.min(worst_y)],
            max: [right, level.max(worst_y)],
            role: Role::Dominated,
        });
        if let Some(before) = before {
            chart.marks.push(line([left, before], [left, level]));
        }
        chart.marks.push(line([left, level], [right, level]));
        before = Some(level);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::points::PointsKey;
    use crate::results::{Column, ColumnKind};

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
        let n = x.len();
        Points {
            key: PointsKey {
                generation: 0,
                view: 0,
                x: "x".to_owned(),
                y: "y".to_owned(),
            },
            x_column: column("x", Some(Direction::Maximize)),
            y_column: column("y", Some(Direction::Minimize)),
            x_log: false,
            y_log: false,
            rows: (0..n as u32).collect(),
            x_std: vec![0.1; n],
            y_std: vec![f64::NAN; n],
            x,
            y,
            front,
            missing: 0,
        }
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
            chart.marks.iter().filter(of).count()
        };
        assert_eq!((count(Role::Point), count(Role::Front)), (3, 3));
        let bars = chart.marks.iter().filter(|m| {
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
                let inside = chart.behind.iter().any(|mark| {
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
        let density = laid_out(&points).density.unwrap();
        assert_eq!(density.counts.iter().map(|&c| c as usize).sum::<usize>(), n);
    }
}
