//! The rows shown as lines over parallel axes, one axis a property: what many objectives do to each other at once
//! (Inselberg 1985). Between two neighbouring axes the lines are counted by where they start and end, so that a million of
//! them are drawn as fast as a thousand.

use crate::chart::Scale;
use crate::points::spans_decades;
use crate::project::{ParallelAxis, Project};
use crate::results::{Column, Results};
use job::{Cancelled, Job};
use rayon::prelude::*;
use std::sync::Arc;

/// Parts of an axis by which lines are counted; one more stands for values that are not known.
pub(crate) const BINS: usize = 256;

/// Axes that are shown where the user chose none.
const DEFAULT_AXES: usize = 5;

/// One of the parallel axes.
#[derive(Debug)]
pub struct ParallelColumn {
    pub column: Column,
    /// Whether values fall upwards.
    pub flipped: bool,
    /// Whether it runs by powers of ten.
    pub log: bool,
    /// The least and the greatest value shown.
    pub range: [f64; 2],
    /// How many rows have no value here, or none that has a place.
    pub missing: usize,
    /// Where each row lies, 0 below to 1 above; NaN where it has no place.
    shares: Vec<f32>,
}

impl ParallelColumn {
    fn new(results: &Results, chosen: &ParallelAxis, column: &Column, rows: &[u32]) -> Self {
        let values = rows.par_iter().map(|&row| results.value(column, row).mean);
        let values: Vec<f64> = values.collect();
        Self::of_values(column.clone(), chosen.flipped, chosen.log, &values)
    }

    /// An axis of a column with a value for each row. Better is above, unless it is said whether to turn it over.
    pub(crate) fn of_values(
        column: Column,
        flipped: Option<bool>,
        log: Option<bool>,
        values: &[f64],
    ) -> Self {
        let log = log.unwrap_or_else(|| spans_decades(values));
        let smaller_is_better = matches!(column.direction, Some(optimize::Direction::Minimize));
        let mut axis = Self {
            column,
            flipped: flipped.unwrap_or(smaller_is_better),
            log,
            range: Scale::of(log).bounds(values),
            missing: 0,
            shares: Vec::new(),
        };
        let shares = values.par_iter().map(|&value| axis.share(value));
        axis.shares = shares.collect();
        axis.missing = axis.shares.iter().filter(|share| share.is_nan()).count();
        axis
    }

    /// Where a value lies on the axis, 0 below to 1 above; NaN where it has no place.
    pub fn share(&self, value: f64) -> f32 {
        let scale = Scale::of(self.log);
        let [low, high] = self.range.map(|end| scale.along(end));
        let along = scale.along(value);
        if !along.is_finite() {
            return f32::NAN;
        }
        let share = if high > low {
            (along - low) / (high - low)
        } else {
            0.5
        };
        (if self.flipped { 1.0 - share } else { share }) as f32
    }

    /// The value at a place of the axis.
    pub fn value(&self, share: f32) -> f64 {
        let share = f64::from(if self.flipped { 1.0 - share } else { share });
        let scale = Scale::of(self.log);
        let [low, high] = self.range.map(|end| scale.along(end));
        scale.value(low + share * (high - low))
    }

    /// Where a row lies, by its place in [`Parallel::rows`].
    pub(crate) fn share_of(&self, at: u32) -> f32 {
        self.shares[at as usize]
    }

    fn bin(&self, at: usize) -> usize {
        let share = self.shares[at];
        match share.is_nan() {
            true => BINS,
            false => ((share * BINS as f32) as usize).min(BINS - 1),
        }
    }
}

/// How many lines go from each part of an axis to each of the next: the parts of the left one run slowest.
#[derive(Clone, Debug)]
pub(crate) struct Link(pub Vec<u32>);

/// All rows shown over their axes.
#[derive(Debug)]
pub struct Parallel {
    /// The screening, and the view, counted up with every change of the rows shown.
    pub key: (u64, u64),
    pub rows: Arc<Vec<u32>>,
    pub axes: Vec<ParallelColumn>,
    /// Places in `rows` of the candidates on the first front of the ranking.
    pub front: Vec<u32>,
    links: Vec<Link>,
}

impl Parallel {
    /// Lays the rows over the axes of a project. `None` where there is no column of numbers.
    pub(crate) fn new(
        results: &Results,
        project: &Project,
        rows: Arc<Vec<u32>>,
        view: u64,
        job: &Job,
    ) -> Result<Option<Self>, Cancelled> {
        job.stage("placing lines", None);
        let mut axes = Vec::new();
        for chosen in chosen_axes(results, project) {
            if let Some(column) = results.column(&chosen.column) {
                axes.push(ParallelColumn::new(results, &chosen, column, &rows));
            }
            job.check()?;
        }
        if axes.is_empty() {
            return Ok(None);
        }
        let places = 0..rows.len() as u32;
        let front = places.filter(|&at| results.front(rows[at as usize]) == Some(1));
        let front: Vec<u32> = front.collect();
        let parallel = Self::of_axes((results.generation, view), rows, axes, front);
        job.check()?;
        Ok(Some(parallel))
    }

    /// Axes with a value for each row, and the places in `rows` of those on the first front.
    pub(crate) fn of_axes(
        key: (u64, u64),
        rows: Arc<Vec<u32>>,
        axes: Vec<ParallelColumn>,
        front: Vec<u32>,
    ) -> Self {
        let mut parallel = Self {
            key,
            rows,
            axes,
            front,
            links: Vec::new(),
        };
        parallel.links = parallel.count(|_| true);
        parallel
    }

    /// The lines between neighbouring axes, of all rows.
    pub(crate) fn links(&self) -> &[Link] {
        &self.links
    }

    /// The lines of some rows, by their places in `rows`.
    pub(crate) fn links_of(&self, which: &[u32]) -> Vec<Link> {
        let mut wanted = vec![false; self.rows.len()];
        which.iter().for_each(|&at| wanted[at as usize] = true);
        self.count(|at| wanted[at])
    }

    fn count(&self, wanted: impl Fn(usize) -> bool + Sync) -> Vec<Link> {
        let pairs = self.axes.par_windows(2).map(|pair| {
            let mut counts = vec![0; (BINS + 1) * (BINS + 1)];
            for at in (0..self.rows.len()).filter(|&at| wanted(at)) {
                counts[pair[0].bin(at) * (BINS + 1) + pair[1].bin(at)] += 1;
            }
            Link(counts)
        });
        pairs.collect()
    }

    /// The places in `rows` of some rows, which are given ascending.
    pub(crate) fn places_of(&self, selection: &[u32]) -> Vec<u32> {
        let Some(&last) = selection.last() else {
            return Vec::new();
        };
        let mut wanted = vec![false; last as usize + 1];
        selection
            .iter()
            .for_each(|&row| wanted[row as usize] = true);
        let places = (0..).zip(self.rows.iter());
        places
            .filter(|(_, row)| wanted.get(**row as usize).copied().unwrap_or(false))
            .map(|(at, _)| at)
            .collect()
    }
}

/// The axes as chosen, else the objectives and after them what a direction is known of.
fn chosen_axes(results: &Results, project: &Project) -> Vec<ParallelAxis> {
    if let Some(axes) = &project.parallel.axes {
        return axes.clone();
    }
    let mut names: Vec<&str> = Vec::new();
    let objectives = results.objectives().iter().map(|(_, q)| q.name.as_str());
    let numbers = || {
        let numbers = results.columns().iter().filter(|c| c.is_number);
        numbers.filter(|c| !c.name.starts_with("lodestone."))
    };
    let directed = numbers().filter(|c| c.direction.is_some());
    let others = directed.chain(numbers()).map(|c| c.name.as_str());
    for (name, is_objective) in objectives
        .map(|name| (name, true))
        .chain(others.map(|name| (name, false)))
    {
        if !names.contains(&name) && (is_objective || names.len() < DEFAULT_AXES) {
            names.push(name);
        }
    }
    names.into_iter().map(ParallelAxis::of).collect()
}

/// The rows whose values lie in all ranges that are brushed; a value that is not known lies in none.
pub(crate) fn brushed(results: &Results, project: &Project, rows: &[u32]) -> Vec<u32> {
    let brushes = project.parallel.brushes.iter();
    let brushes: Vec<(&Column, [f64; 2])> = brushes
        .filter_map(|(name, &range)| Some((results.column(name)?, range)))
        .collect();
    if brushes.is_empty() {
        return Vec::new();
    }
    let passes = |row: u32| {
        brushes.iter().all(|&(column, [low, high])| {
            let value = results.value(column, row).mean;
            low <= value && value <= high
        })
    };
    let rows = rows.par_iter().copied();
    rows.filter(|&row| passes(row)).collect()
}
