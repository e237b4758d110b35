//! How energy and largest force went down over the steps of a relaxation.

use super::{Chart, Drawing, Frame, Mark, Place, PlotRange, Role, Scale, marks};
use crate::points::{Axes, Points, PointsKey};
use crate::relaxation::Figures;
use crate::results::{Column, ColumnKind, Value};
use plugin_host::Origin;

/// Which figure is plotted over the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descent {
    /// eV/atom.
    Energy,
    /// eV/Å, by powers of ten.
    Force,
}

impl Descent {
    /// Both, as they stand above each other.
    pub const BOTH: [Self; 2] = [Self::Energy, Self::Force];

    fn of(self, figures: &Figures) -> f64 {
        match self {
            Self::Energy => figures.energy_per_atom,
            Self::Force => figures.largest_force,
        }
    }

    /// Name and unit.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Energy => ("energy", "eV/atom"),
            Self::Force => ("largest force", "eV/Å"),
        }
    }
}

/// Of this many points of width the first, the last, the least and the greatest step are drawn.
const APART: f32 = 3.0;

/// The steps that a plot of a width tells apart, whatever their number: the ends of each strip, and its extremes.
fn thinned(placed: Vec<(u32, Value, Value)>, width: f32) -> Vec<(u32, Value, Value)> {
    let strips = ((width / APART) as usize).max(1);
    if placed.len() <= 4 * strips {
        return placed;
    }
    let kept = |strip: &[(u32, Value, Value)]| {
        let value = |at: &usize| strip[*at].2.mean;
        let by_value = |a: &usize, b: &usize| value(a).total_cmp(&value(b));
        let all = 0..strip.len();
        let extremes = [all.clone().min_by(by_value), all.max_by(by_value)];
        let mut kept = vec![0, strip.len() - 1];
        kept.extend(extremes.into_iter().flatten());
        kept.sort_unstable();
        kept.dedup();
        kept.into_iter().map(|at| strip[at]).collect::<Vec<_>>()
    };
    let strips = placed.chunks(placed.len().div_ceil(strips));
    strips.flat_map(kept).collect()
}

/// Lays a figure of the steps out on a plane of `size`; `text` is the height of the text. What is not known, or has no logarithm,
/// has no place; of more steps than the plane has room for, those that are seen. The typical error of a model moves a whole run,
/// not one step against the next: there are no bars.
pub fn descent_marks(which: Descent, steps: &[Figures], size: (f32, f32), text: f32) -> Chart {
    let (name, unit) = which.title();
    let is_log = which == Descent::Force;
    let placed: Vec<(u32, Value, Value)> = (0..)
        .zip(steps)
        .map(|(at, figures)| {
            let step = Value {
                mean: figures.step as f64,
                std: 0.0,
            };
            let (mean, std) = (which.of(figures), f64::NAN);
            (at, step, Value { mean, std })
        })
        .filter(|(.., value)| value.mean.is_finite() && (!is_log || value.mean > 0.0))
        .collect();
    let placed = thinned(placed, size.0);
    let columns = [column("step", ""), column(name, unit)];
    let key = PointsKey {
        generation: 0,
        view: 0,
        x: String::new(),
        y: String::new(),
    };
    let log = [Some(false), Some(is_log)];
    let points = Points::new(key, Axes { columns, log }, &placed, 0);
    // Both plots of a run have the same steps, whatever is known of each.
    let last = steps.last().map_or(1, |figures| figures.step.max(1));
    let range = PlotRange {
        x: Scale::Linear.full_range(&[0.0, last as f64]),
        y: super::full_range(&points).y,
    };
    let mut chart = marks(&points, range, &[], size, text);
    let places: Vec<Place> = placed
        .iter()
        .map(|(_, x, y)| chart.frame.place(x.mean, y.mean))
        .collect();
    let line = |pair: &[Place]| Mark::Line {
        from: pair[0],
        to: pair[1],
        role: Role::Front,
    };
    let lines: Vec<Mark> = places.windows(2).map(line).collect();
    // The line behind the points.
    chart.drawing.marks.splice(0..0, lines);
    chart
}

fn column(name: &str, unit: &str) -> Column {
    Column {
        name: name.to_owned(),
        unit: unit.to_owned(),
        kind: ColumnKind::Input(0),
        is_number: true,
        origin: Some(Origin::Predicted),
        direction: None,
        summary: String::new(),
    }
}

/// The line that marks a step.
pub fn step_mark(frame: &Frame, step: usize) -> Mark {
    let x = frame.place_x(step as f64);
    Mark::Line {
        from: [x, frame.min[1]],
        to: [x, frame.max[1]],
        role: Role::Selected,
    }
}

/// Both plots above each other, as a picture; `shown`: the step that is marked in them.
pub(crate) fn descent_picture(steps: &[Figures], shown: Option<usize>) -> Drawing {
    const SIZE: (f32, f32) = (800.0, 300.0);
    const TEXT: f32 = 13.0;
    let mut whole = Drawing {
        size: [SIZE.0, SIZE.1 * Descent::BOTH.len() as f32],
        ..Drawing::default()
    };
    for (at, which) in Descent::BOTH.into_iter().enumerate() {
        let chart = descent_marks(which, steps, SIZE, TEXT);
        let mark = shown.map(|step| step_mark(&chart.frame, step));
        let mut part = chart.drawing;
        part.behind.extend(mark);
        let down = SIZE.1 * at as f32;
        for mark in part.behind.iter_mut().chain(&mut part.marks) {
            mark.move_down(down);
        }
        for (_, density) in &mut part.densities {
            density.min[1] += down;
        }
        whole.behind.extend(part.behind);
        whole.densities.extend(part.densities);
        whole.marks.extend(part.marks);
    }
    whole
}

impl Mark {
    fn move_down(&mut self, by: f32) {
        match self {
            Self::Line { from, to, .. } => {
                from[1] += by;
                to[1] += by;
            }
            Self::Rect { min, max, .. } => {
                min[1] += by;
                max[1] += by;
            }
            Self::Symbol { at, .. } | Self::Text { at, .. } => at[1] += by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> Vec<Figures> {
        let figures = |step: usize| Figures {
            step,
            energy_per_atom: -4.0 - 0.1 * (1.0 - 0.5_f64.powi(step as i32)),
            largest_force: if step == 3 {
                0.0
            } else {
                0.1_f64.powi(step as i32)
            },
            pressure: 0.0,
            largest_stress: 0.0,
            volume: 40.0,
        };
        (0..=5).map(figures).collect()
    }

    fn symbol_at(mark: &Mark) -> Option<Place> {
        match mark {
            Mark::Symbol { at, .. } => Some(*at),
            _ => None,
        }
    }

    fn symbols(chart: &Chart) -> Vec<[f64; 2]> {
        let marks = chart.drawing.marks.iter();
        let places = marks.filter_map(symbol_at);
        places.map(|at| chart.frame.values(at)).collect()
    }

    #[test]
    fn every_step_has_its_place_and_one_whose_force_vanishes_none_by_powers_of_ten() {
        let energy = descent_marks(Descent::Energy, &run(), (400.0, 200.0), 12.0);
        let places = symbols(&energy);
        assert_eq!(places.len(), 6);
        for (figures, [x, y]) in run().iter().zip(&places) {
            assert!((figures.step as f64 - x).abs() < 1e-3);
            assert!((figures.energy_per_atom - y).abs() < 1e-4);
        }
        let force = descent_marks(Descent::Force, &run(), (400.0, 200.0), 12.0);
        let steps: Vec<f64> = symbols(&force).iter().map(|at| at[0].round()).collect();
        assert_eq!(steps, [0.0, 1.0, 2.0, 4.0, 5.0]);
        // Equal factors are equal distances.
        let heights: Vec<f32> = [1.0, 0.1, 0.01].map(|f| force.frame.place_y(f)).into();
        let [first, second] = [heights[1] - heights[0], heights[2] - heights[1]];
        assert!(first > 1.0 && (first - second).abs() < 1e-2);
    }

    #[test]
    fn a_picture_holds_both_plots_above_each_other_and_nothing_known_is_still_a_plot() {
        let whole = descent_picture(&run(), None);
        let of = |low: f32, high: f32| {
            let inside = |mark: &&Mark| matches!(mark, Mark::Symbol { at, .. } if (low..high).contains(&at[1]));
            whole.marks.iter().filter(inside).count()
        };
        assert_eq!((of(0.0, 300.0), of(300.0, 600.0)), (6, 5));
        assert_eq!(whole.size, [800.0, 600.0]);
        let unknown = Figures {
            energy_per_atom: f64::NAN,
            largest_force: f64::NAN,
            ..run()[0]
        };
        assert!(descent_picture(&[unknown], None).marks.is_empty());
        assert!(descent_picture(&[], None).marks.is_empty());
    }

    #[test]
    fn a_picture_marks_the_step_that_is_shown_in_both_plots() {
        let lines = |whole: &Drawing| -> Vec<[Place; 2]> {
            let ends = |mark: &Mark| match mark {
                Mark::Line {
                    from,
                    to,
                    role: Role::Selected,
                } => Some([*from, *to]),
                _ => None,
            };
            whole.behind.iter().filter_map(ends).collect()
        };
        assert!(lines(&descent_picture(&run(), None)).is_empty());
        let marked = descent_picture(&run(), Some(4));
        let [upper, lower] = lines(&marked)[..] else {
            panic!("{:?}", lines(&marked));
        };
        // Through the symbol of the step, which is the last but one of each plot.
        let symbols: Vec<Place> = marked.marks.iter().filter_map(symbol_at).collect();
        for (line, symbol) in [(upper, symbols[4]), (lower, symbols[9])] {
            assert_eq!((line[0][0], line[1][0]), (symbol[0], symbol[0]));
            assert!(line[0][1] <= symbol[1] && symbol[1] <= line[1][1]);
        }
    }

    #[test]
    fn of_a_hundred_thousand_steps_what_is_seen_is_drawn_and_no_extreme_is_lost() {
        let figures = |step: usize| Figures {
            step,
            // Noise, and one step far above and one far below.
            energy_per_atom: match step {
                31_415 => 5.0,
                92_653 => -9.0,
                _ => -4.0 + 0.1 * (step as f64 * 0.7).sin(),
            },
            largest_force: f64::NAN,
            ..run()[0]
        };
        let steps: Vec<Figures> = (0..100_000).map(figures).collect();
        let chart = descent_marks(Descent::Energy, &steps, (400.0, 200.0), 12.0);
        assert!(
            chart.drawing.marks.len() < 1200,
            "{}",
            chart.drawing.marks.len()
        );
        assert!(chart.drawing.densities.is_empty());
        let places = symbols(&chart);
        for (step, energy) in [
            (0, -4.0),
            (31_415, 5.0),
            (92_653, -9.0),
            (99_999, figures(99_999).energy_per_atom),
        ] {
            let is_there =
                |[x, y]: &[f64; 2]| (x - f64::from(step)).abs() < 50.0 && (y - energy).abs() < 0.01;
            assert!(places.iter().any(is_there), "{step}");
        }
        assert!(places.windows(2).all(|pair| pair[0][0] <= pair[1][0]));
    }
}
