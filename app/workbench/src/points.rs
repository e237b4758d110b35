//! The rows shown as points of a plot, with the front of the two axes where something is wanted of both.

use crate::chart::{PlotRange, Scale};
use crate::places::{Area, Places};
use crate::project::Project;
use crate::results::{Column, Results, Value};
use job::{Cancelled, Job};
use optimize::{Direction, front_numbers};
use rayon::prelude::*;

/// What the points were made of: they are made anew when it changes.
#[derive(Clone, Debug, PartialEq)]
pub struct PointsKey {
    /// The screening.
    pub generation: u64,
    /// The view, counted up with every change of the rows shown.
    pub view: u64,
    pub x: String,
    pub y: String,
}

/// Points of a plot, one for each shown row that has both values.
#[derive(Debug)]
pub struct Points {
    pub key: PointsKey,
    pub x_column: Column,
    pub y_column: Column,
    /// Whether the axes run by powers of ten.
    pub x_log: bool,
    pub y_log: bool,
    pub rows: Vec<u32>,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    /// Standard deviations; 0 exact, NaN unknown.
    pub x_std: Vec<f64>,
    pub y_std: Vec<f64>,
    /// Places in `rows` of the points that no other dominates, by ascending x; empty where nothing is wanted of an axis.
    pub front: Vec<u32>,
    /// How many shown rows lack one of the values.
    pub missing: usize,
    /// What shows all points, with a little room around them.
    pub(crate) range: PlotRange,
    /// The points as they lie along the axes.
    places: Places,
    /// Row and place in `rows`, by row.
    by_row: Vec<(u32, u32)>,
}

/// The columns of a plot's axes and how the axes run.
pub(crate) struct Axes {
    pub columns: [Column; 2],
    /// `None`: by powers of ten where the values span more than three of them.
    pub log: [Option<bool>; 2],
}

impl Points {
    /// Rows with their values of x and y, of which both are known.
    pub(crate) fn new(
        key: PointsKey,
        axes: Axes,
        placed: &[(u32, Value, Value)],
        missing: usize,
    ) -> Self {
        let x: Vec<f64> = placed.iter().map(|p| p.1.mean).collect();
        let y: Vec<f64> = placed.iter().map(|p| p.2.mean).collect();
        let x_log = axes.log[0].unwrap_or_else(|| spans_decades(&x));
        let y_log = axes.log[1].unwrap_or_else(|| spans_decades(&y));
        let (x_scale, y_scale) = (Scale::of(x_log), Scale::of(y_log));
        let places = Places::new(x.len(), |at| [x_scale.along(x[at]), y_scale.along(y[at])]);
        let rows = placed.iter().zip(0..);
        let mut by_row: Vec<(u32, u32)> = rows.map(|((row, ..), at)| (*row, at)).collect();
        by_row.par_sort_unstable();
        let range = PlotRange {
            x: x_scale.full_range(&x),
            y: y_scale.full_range(&y),
        };
        let [x_column, y_column] = axes.columns;
        Self {
            range,
            key,
            x_column,
            y_column,
            x_log,
            y_log,
            rows: placed.iter().map(|p| p.0).collect(),
            x,
            y,
            x_std: placed.iter().map(|p| p.1.std).collect(),
            y_std: placed.iter().map(|p| p.2.std).collect(),
            front: Vec::new(),
            missing,
            places,
            by_row,
        }
    }

    /// The points in an area, given along the axes (the power of ten where an axis runs by them), with their places there.
    pub(crate) fn within(&self, area: Area) -> impl Iterator<Item = (u32, [f64; 2])> + '_ {
        self.places.within(area)
    }

    /// The places in `rows` of those of some ascending rows that have a point.
    pub(crate) fn of_rows<'a>(&'a self, rows: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        let mut rest = self.by_row.as_slice();
        rows.iter().filter_map(move |&row| {
            // In growing steps: many rows walk along, few leap.
            let mut step = 1;
            while rest.get(step).is_some_and(|&(other, _)| other < row) {
                step *= 2;
            }
            let near = &rest[step / 2..rest.len().min(step + 1)];
            let ahead = step / 2 + near.partition_point(|&(other, _)| other < row);
            rest = &rest[ahead..];
            let &(found, at) = rest.first()?;
            (found == row).then_some(at)
        })
    }
}

/// The columns of the axes: as chosen, else the first two objectives, else the first two columns of numbers.
pub(crate) fn axes(results: &Results, project: &Project) -> Option<(Column, Column)> {
    let objectives = results.objectives().iter().map(|(_, q)| q.name.as_str());
    let others = results.columns().iter().filter(|c| c.is_number);
    let others = others.filter(|c| !c.name.starts_with("lodestone."));
    let mut defaults: Vec<&str> = objectives.collect();
    for column in others {
        if !defaults.contains(&column.name.as_str()) {
            defaults.push(&column.name);
        }
    }
    let chosen = |name: &Option<String>, other: &Option<String>, nth: usize| {
        let chosen = name.as_deref().and_then(|name| results.column(name));
        let mut free = defaults.iter().filter(|d| Some(**d) != other.as_deref());
        chosen.or_else(|| results.column(free.nth(nth)?)).cloned()
    };
    let nth = usize::from(project.axes.x.is_none());
    let x = chosen(&project.axes.x, &project.axes.y, 0)?;
    let y = chosen(&project.axes.y, &project.axes.x, nth)?;
    Some((x, y))
}

pub(crate) fn points(
    results: &Results,
    project: &Project,
    rows: &[u32],
    view: u64,
    job: &Job,
) -> Result<Option<Points>, Cancelled> {
    job.stage("placing points", None);
    let Some((x_column, y_column)) = axes(results, project) else {
        return Ok(None);
    };
    let place = |&row: &u32| {
        let (x, y) = (results.value(&x_column, row), results.value(&y_column, row));
        (x.mean.is_finite() && y.mean.is_finite()).then_some((row, x, y))
    };
    let placed: Vec<_> = rows.par_iter().filter_map(place).collect();
    job.check()?;
    let missing = rows.len() - placed.len();
    let key = PointsKey {
        generation: results.generation,
        view,
        x: x_column.name.clone(),
        y: y_column.name.clone(),
    };
    let axes = Axes {
        columns: [x_column, y_column],
        log: [project.axes.x_log, project.axes.y_log],
    };
    let mut points = Points::new(key, axes, &placed, missing);
    job.check()?;
    if let (Some(x), Some(y)) = (points.x_column.direction, points.y_column.direction) {
        points.front = front(&points, x, y, job)?;
    }
    Ok(Some(points))
}

/// Whether values are better seen by powers of ten: all positive, and over three of them.
pub(crate) fn spans_decades(values: &[f64]) -> bool {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(0.0, f64::max);
    low > 0.0 && low.is_finite() && high / low > 1000.0
}

/// The places of the points that no other dominates, by ascending x.
fn front(points: &Points, x: Direction, y: Direction, job: &Job) -> Result<Vec<u32>, Cancelled> {
    let costs = |direction: Direction, values: &[f64]| -> Vec<f64> {
        values.par_iter().map(|&v| direction.cost(v)).collect()
    };
    let fronts = front_numbers(&[costs(x, &points.x), costs(y, &points.y)], job)?;
    let first = (0..fronts.len() as u32).filter(|&at| fronts[at as usize] == 1);
    let mut first: Vec<u32> = first.collect();
    first.sort_by(|&a, &b| {
        let key = |at: u32| (points.x[at as usize], points.y[at as usize]);
        key(a)
            .partial_cmp(&key(b))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok(first)
}
