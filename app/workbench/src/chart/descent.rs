//! How energy and largest force went down over the steps of a relaxation.

use super::{Chart, Drawing, Mark, Place, PlotRange, Role, Scale, marks};
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

/// Lays a figure of the steps out on a plane of `size`; `text` is the height of the text. What is not known, or has no logarithm,
/// has no place. The typical error of a model moves a whole run, not one step against the next: there are no bars.
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

/// Both plots above each other, as a picture.
pub(crate) fn descent_picture(steps: &[Figures]) -> Drawing {
    const SIZE: (f32, f32) = (800.0, 300.0);
    const TEXT: f32 = 13.0;
    let mut whole = Drawing {
        size: [SIZE.0, SIZE.1 * Descent::BOTH.len() as f32],
        ..Drawing::default()
    };
    for (at, which) in Descent::BOTH.into_iter().enumerate() {
        let mut part = descent_marks(which, steps, SIZE, TEXT).drawing;
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

    fn symbols(chart: &Chart) -> Vec<[f64; 2]> {
        let at = |mark: &Mark| match mark {
            Mark::Symbol { at, .. } => Some(chart.frame.values(*at)),
            _ => None,
        };
        chart.drawing.marks.iter().filter_map(at).collect()
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
        let whole = descent_picture(&run());
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
        assert!(descent_picture(&[unknown]).marks.is_empty());
        assert!(descent_picture(&[]).marks.is_empty());
    }
}
