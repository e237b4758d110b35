//! Predicted over observed values: points on the diagonal were predicted right.

use super::{Chart, Frame, Mark, PlotRange, Role, SINGLE_POINTS, Scale, error_bars, marks};
use crate::points::{Axes, Points, PointsKey};
use crate::results::{Column, ColumnKind, Value};
use plugin_host::Origin;

/// What a parity plot shows: one number a row in each list, all in `unit`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parity {
    /// The property.
    pub name: String,
    /// Empty for a pure number.
    pub unit: String,
    pub observed: Vec<f64>,
    pub predicted: Vec<f64>,
    /// Standard deviations of the predictions; NaN unknown.
    pub std: Vec<f64>,
}

/// The size of a parity plot, which is square, and its text's height.
const SIDE: f32 = 700.0;
const TEXT: f32 = 13.0;

impl Parity {
    /// As points of a plot; the order is kept, and rows with an unknown value are left out.
    pub fn points(&self) -> Points {
        let known: Vec<usize> = (0..self.observed.len())
            .filter(|&at| self.observed[at].is_finite() && self.predicted[at].is_finite())
            .collect();
        let column = |what: &str, origin| Column {
            name: format!("{what} {}", self.name),
            unit: self.unit.clone(),
            kind: ColumnKind::Input(0),
            is_number: true,
            origin: Some(origin),
            direction: None,
            summary: String::new(),
        };
        let value = |mean, std| Value { mean, std };
        let placed: Vec<(u32, Value, Value)> = known
            .iter()
            .map(|&at| {
                let predicted = value(self.predicted[at], self.std[at]);
                (at as u32, value(self.observed[at], 0.0), predicted)
            })
            .collect();
        let key = PointsKey {
            generation: 0,
            view: 0,
            x: String::new(),
            y: String::new(),
        };
        let axes = Axes {
            columns: [
                column("observed", Origin::Measured),
                column("predicted", Origin::Predicted),
            ],
            log: [Some(false); 2],
        };
        Points::new(key, axes, &placed, self.observed.len() - known.len())
    }

    /// The range of both axes: the same, so that the diagonal is one.
    pub fn range(&self) -> PlotRange {
        let both = self.observed.iter().chain(&self.predicted).copied();
        let both: Vec<f64> = both.filter(|value| value.is_finite()).collect();
        let range = Scale::Linear.full_range(&both);
        PlotRange { x: range, y: range }
    }
}

/// Lays a parity plot out on a plane of `size`: points, their error bars and the diagonal.
pub fn parity_marks(parity: &Parity, size: (f32, f32), text: f32) -> Chart {
    let points = parity.points();
    let range = parity.range();
    let mut chart = marks(&points, range, &[], size, text);
    if chart.drawing.densities.is_empty() && points.rows.len() <= SINGLE_POINTS {
        // A crowd of bars is still worth seeing here: they are what the plot is about.
        let mut bars = Vec::new();
        for at in 0..points.rows.len() {
            error_bars(&mut bars, &chart.frame, &points, at);
        }
        let is_bar = |mark: &Mark| {
            matches!(
                mark,
                Mark::Line {
                    role: Role::ErrorBar,
                    ..
                }
            )
        };
        chart.drawing.marks.retain(|mark| !is_bar(mark));
        bars.append(&mut chart.drawing.marks);
        chart.drawing.marks = bars;
    }
    let diagonal = diagonal(&chart.frame, range);
    chart.drawing.behind.push(diagonal);
    chart
}

fn diagonal(frame: &Frame, range: PlotRange) -> Mark {
    let [low, high] = range.x;
    Mark::Line {
        from: frame.place(low, low),
        to: frame.place(high, high),
        role: Role::Axis,
    }
}

/// A parity plot at the size of a picture, for a file.
pub fn parity(parity: &Parity) -> Chart {
    parity_marks(parity, (SIDE, SIDE), TEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Parity {
        Parity {
            name: "gap".to_owned(),
            unit: "eV".to_owned(),
            observed: vec![0.0, 1.0, 5.0, f64::NAN],
            predicted: vec![0.5, 1.0, 4.0, 2.0],
            std: vec![0.2, f64::NAN, 0.5, 0.1],
        }
    }

    #[test]
    fn a_right_prediction_lies_on_the_diagonal_and_a_wrong_one_does_not() {
        let chart = parity(&example());
        let on_diagonal = |at: [f32; 2]| {
            let [x, y] = chart.frame.values(at);
            (x - y).abs() < 1e-3
        };
        let symbols: Vec<bool> = chart
            .drawing
            .marks
            .iter()
            .filter_map(|mark| match mark {
                Mark::Symbol { at, .. } => Some(on_diagonal(*at)),
                _ => None,
            })
            .collect();
        assert_eq!(symbols, [false, true, false]);
        let diagonal = chart.drawing.behind.iter().any(|mark| match mark {
            Mark::Line { from, to, .. } => {
                on_diagonal(*from) && on_diagonal(*to) && from[0] != to[0] && from[1] != to[1]
            }
            _ => false,
        });
        assert!(diagonal);
    }

    #[test]
    fn only_known_errors_get_bars() {
        let chart = parity(&example());
        let bars = chart.drawing.marks.iter().filter(|mark| {
            matches!(
                mark,
                Mark::Line {
                    role: Role::ErrorBar,
                    ..
                }
            )
        });
        assert_eq!(bars.count(), 2);
    }
}
