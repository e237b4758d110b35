//! The plots of a campaign: values in the order in which they came with the best so far, and the measured front.

use super::{Chart, Mark, PlotRange, Role, Scale, marks};
use crate::points::{Axes, Points, PointsKey};
use crate::results::{Column, ColumnKind, Value};
use optimize::Direction;
use plugin_host::Origin;

/// Values along a count, and a line of steps over them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// What is counted.
    pub x: String,
    pub y: String,
    /// Of y; empty for a pure number.
    pub unit: String,
    /// Where the values come from.
    pub origin: Origin,
    /// Count, value, standard deviation (NaN not known).
    pub points: Vec<(f64, f64, f64)>,
    /// Count and level from there on; NaN where there is none yet.
    pub steps: Vec<(f64, f64)>,
}

/// Measured candidates over two objectives.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontPlot {
    /// Name and unit of x and y.
    pub axes: [(String, String); 2],
    /// What is wanted of both, where the front is a staircase between them.
    pub directions: Option<[Direction; 2]>,
    pub origin: Origin,
    /// Value and standard deviation of x and y.
    pub points: Vec<((f64, f64), (f64, f64))>,
    /// Places in `points` of those that no other dominates.
    pub front: Vec<usize>,
}

fn column(name: &str, unit: &str, origin: Origin, direction: Option<Direction>) -> Column {
    Column {
        name: name.to_owned(),
        unit: unit.to_owned(),
        kind: ColumnKind::Input(0),
        is_number: true,
        origin: Some(origin),
        direction,
        summary: String::new(),
    }
}

/// Points that belong to no screening.
fn points(columns: [Column; 2], placed: &[(u32, Value, Value)]) -> Points {
    let key = PointsKey {
        generation: 0,
        view: 0,
        x: String::new(),
        y: String::new(),
    };
    let log = [Some(false); 2];
    Points::new(key, Axes { columns, log }, placed, 0)
}

/// Lays a trace out on a plane of `size`; `text` is the height of the text.
pub fn trace_marks(trace: &Trace, size: (f32, f32), text: f32) -> Chart {
    let columns = [
        column(&trace.x, "", Origin::Measured, None),
        column(&trace.y, &trace.unit, trace.origin, None),
    ];
    let known = (0..).zip(&trace.points).filter(|(_, p)| p.1.is_finite());
    let placed: Vec<(u32, Value, Value)> = known
        .map(|(at, &(x, mean, std))| (at, Value { mean: x, std: 0.0 }, Value { mean, std }))
        .collect();
    let points = points(columns, &placed);
    let last = trace.steps.last().map_or(1.0, |step| step.0);
    let values: Vec<f64> = trace.points.iter().map(|p| p.1).collect();
    let range = PlotRange {
        x: Scale::Linear.full_range(&[0.0, last + 0.5]),
        y: Scale::Linear.full_range(&values),
    };
    let mut chart = marks(&points, range, &[], size, text);
    let mut line = |from: [f64; 2], to: [f64; 2]| {
        chart.drawing.marks.push(Mark::Line {
            from: chart.frame.place(from[0], from[1]),
            to: chart.frame.place(to[0], to[1]),
            role: Role::Front,
        });
    };
    let levels = trace.steps.iter().filter(|step| step.1.is_finite());
    let levels: Vec<(f64, f64)> = levels.copied().collect();
    for pair in levels.windows(2) {
        let [(x, level), (next, after)] = [pair[0], pair[1]];
        line([x, level], [next, level]);
        if after != level {
            line([next, level], [next, after]);
        }
    }
    if let Some(&(x, level)) = levels.last() {
        line([x, level], [x + 0.5, level]);
    }
    chart
}

/// Lays the front of two objectives out on a plane of `size`.
pub fn front_marks(plot: &FrontPlot, size: (f32, f32), text: f32) -> Chart {
    let direction = |axis: usize| plot.directions.map(|d| d[axis]);
    let [x, y] = &plot.axes;
    let columns = [
        column(&x.0, &x.1, plot.origin, direction(0)),
        column(&y.0, &y.1, plot.origin, direction(1)),
    ];
    let known = plot.points.iter().enumerate();
    let known = known.filter(|(_, (x, y))| x.0.is_finite() && y.0.is_finite());
    let placed: Vec<(u32, Value, Value)> = known
        .map(|(at, &(x, y))| {
            let value = |(mean, std)| Value { mean, std };
            (at as u32, value(x), value(y))
        })
        .collect();
    let mut points = points(columns, &placed);
    let mut front: Vec<u32> = (0..)
        .zip(&points.rows)
        .filter(|(_, row)| plot.front.contains(&(**row as usize)))
        .map(|(place, _)| place)
        .collect();
    front.sort_by(|&a, &b| points.x[a as usize].total_cmp(&points.x[b as usize]));
    points.front = front;
    marks(&points, super::full_range(&points), &[], size, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Symbol;

    #[test]
    fn the_best_so_far_is_a_staircase_through_the_values_that_made_it() {
        let trace = Trace {
            x: "candidates measured".to_owned(),
            y: "yield".to_owned(),
            unit: "%".to_owned(),
            origin: Origin::Measured,
            points: vec![(1.0, 3.0, f64::NAN), (2.0, 2.0, 0.5), (3.0, 7.0, f64::NAN)],
            steps: vec![(1.0, 3.0), (2.0, 3.0), (3.0, 7.0)],
        };
        let chart = trace_marks(&trace, (400.0, 300.0), 12.0);
        let symbols: Vec<[f64; 2]> = chart
            .drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Symbol { at, symbol, .. } => {
                    assert_eq!(*symbol, Symbol::Measured);
                    Some(chart.frame.values(*at))
                }
                _ => None,
            })
            .collect();
        assert_eq!(symbols.len(), 3);
        let steps: Vec<([f64; 2], [f64; 2])> = chart
            .drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Line {
                    from,
                    to,
                    role: Role::Front,
                } => Some((chart.frame.values(*from), chart.frame.values(*to))),
                _ => None,
            })
            .collect();
        // Two levels between three counts, a rise, and the end.
        assert_eq!(steps.len(), 4);
        for (from, to) in &steps {
            let level = (from[1] - to[1]).abs() < 1e-3;
            let rise = (from[0] - to[0]).abs() < 1e-3;
            assert!(level || rise, "{from:?} {to:?}");
        }
        let top = steps.iter().map(|s| s.1[1]).fold(f64::MIN, f64::max);
        assert!((top - 7.0).abs() < 1e-3, "{top}");
    }

    #[test]
    fn the_front_is_marked_by_ascending_x_and_unknown_values_have_no_place() {
        let exact = |x: f64| (x, f64::NAN);
        let plot = FrontPlot {
            axes: [
                ("yield".to_owned(), "%".to_owned()),
                ("cost".to_owned(), "USD".to_owned()),
            ],
            directions: Some([Direction::Maximize, Direction::Minimize]),
            origin: Origin::Computed,
            points: vec![
                (exact(5.0), exact(4.0)),
                (exact(f64::NAN), exact(1.0)),
                (exact(2.0), exact(1.0)),
                (exact(1.0), exact(9.0)),
            ],
            front: vec![0, 2],
        };
        let chart = front_marks(&plot, (400.0, 300.0), 12.0);
        let of = |wanted: Role| {
            let of = chart
                .drawing
                .marks
                .iter()
                .filter_map(move |mark| match mark {
                    Mark::Symbol { at, symbol, role } if *role == wanted => Some((*at, *symbol)),
                    _ => None,
                });
            of.collect::<Vec<_>>()
        };
        assert_eq!(of(Role::Point).len(), 3);
        let front = of(Role::Front);
        assert!(front.len() == 2 && front[0].0[0] < front[1].0[0]);
        assert!(front.iter().all(|(_, symbol)| *symbol == Symbol::Computed));
    }
}
