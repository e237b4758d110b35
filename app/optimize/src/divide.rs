//! Fronts in three and more objectives by divide and conquer (references in `front`).
//!
//! Costs become dense integers; equal rows become one point; points are numbered in lexicographic order, so of two points
//! only the earlier can dominate the later. `within` settles a set of points among themselves, `against` lifts a set
//! `high` over a set `low` that is already settled and no worse in every objective above `last`. Both halve the set at the
//! median of objective `last` and fall through to fewer objectives; with two left they sweep.

use crate::front::ordered_bits;
use job::{Cancelled, Job};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Sets up to this many points, or pairs of sets up to this many pairs, are compared one by one.
const FEW: usize = 24;
const FEW_PAIRS: usize = 512;
/// Halves larger than this are settled on two threads.
const MANY: usize = 1 << 13;

/// Writes the front numbers of the rows in `order`, none of which has a NaN, into `front`.
pub(crate) fn number_fronts(
    costs: &[Vec<f64>],
    order: Vec<u32>,
    front: &mut [u32],
    job: &Job,
) -> Result<(), Cancelled> {
    let width = costs.len();
    let mut keys = vec![0; order.len() * width];
    for (objective, column) in costs.iter().enumerate() {
        job.check()?;
        let mut sorted: Vec<(u64, u32)> = (0..order.len() as u32)
            .map(|at| (ordered_bits(column[order[at as usize] as usize]), at))
            .collect();
        sorted.par_sort_unstable();
        for (value, equal) in sorted.chunk_by(|a, b| a.0 == b.0).enumerate() {
            equal
                .iter()
                .for_each(|&(_, at)| keys[at as usize * width + objective] = value as u32);
        }
    }
    job.check()?;
    let key = |at: u32| &keys[at as usize * width..][..width];
    let mut lexicographic: Vec<u32> = (0..order.len() as u32).collect();
    lexicographic.par_sort_unstable_by(|&a, &b| key(a).cmp(key(b)).then(a.cmp(&b)));

    let mut points = Vec::with_capacity(keys.len());
    for equal in lexicographic.chunk_by(|&a, &b| key(a) == key(b)) {
        points.extend_from_slice(key(equal[0]));
    }
    let count = points.len() / width;
    let sorter = Sorter {
        keys: points,
        width,
        rank: (0..count).map(|_| AtomicU32::new(1)).collect(),
        job,
    };
    let all: Vec<u32> = (0..count as u32).collect();
    sorter.within(&all, width - 1)?;
    for (equal, rank) in lexicographic
        .chunk_by(|&a, &b| key(a) == key(b))
        .zip(sorter.rank)
    {
        let rank = rank.into_inner();
        equal
            .iter()
            .for_each(|&at| front[order[at as usize] as usize] = rank);
    }
    Ok(())
}

struct Sorter<'a> {
    /// `width` dense integers a point.
    keys: Vec<u32>,
    width: usize,
    /// The front number known so far. Atomic, because two threads lift different sets at a time: lifting takes a maximum
    /// over settled points, so the result does not depend on who comes first.
    rank: Vec<AtomicU32>,
    job: &'a Job,
}

impl Sorter<'_> {
    fn key(&self, point: u32, objective: usize) -> u32 {
        self.keys[point as usize * self.width + objective]
    }

    fn rank(&self, point: u32) -> u32 {
        self.rank[point as usize].load(Relaxed)
    }

    fn lift(&self, point: u32, rank: u32) {
        self.rank[point as usize].fetch_max(rank, Relaxed);
    }

    /// Lifts `high` over `low` if `low` is no worse in the objectives 0 to `last`.
    fn compare(&self, low: u32, high: u32, last: usize) {
        let a = &self.keys[low as usize * self.width..][..=last];
        let b = &self.keys[high as usize * self.width..][..=last];
        if a.iter().zip(b).all(|(a, b)| a <= b) {
            self.lift(high, self.rank(low) + 1);
        }
    }

    /// Splits points, in order, into those below, at and above `pivot` in an objective.
    fn split(&self, points: &[u32], objective: usize, pivot: u32) -> [Vec<u32>; 3] {
        let mut parts = [Vec::new(), Vec::new(), Vec::new()];
        for &point in points {
            let part = match self.key(point, objective).cmp(&pivot) {
                std::cmp::Ordering::Less => 0,
                std::cmp::Ordering::Equal => 1,
                std::cmp::Ordering::Greater => 2,
            };
            parts[part].push(point);
        }
        parts
    }

    fn median(&self, points: impl Iterator<Item = u32>, objective: usize) -> u32 {
        let mut values: Vec<u32> = points.map(|point| self.key(point, objective)).collect();
        let middle = values.len() / 2;
        *values.select_nth_unstable(middle).1
    }

    /// Settles points that are equal in every objective above `last`.
    fn within(&self, points: &[u32], last: usize) -> Result<(), Cancelled> {
        if points.len() <= FEW {
            for (at, &high) in points.iter().enumerate() {
                points[..at]
                    .iter()
                    .for_each(|&low| self.compare(low, high, last));
            }
            return Ok(());
        }
        self.job.check()?;
        if last == 1 {
            let mut stairs = Stairs::default();
            for &point in points {
                let second = self.key(point, 1);
                self.lift(point, stairs.highest(second) + 1);
                stairs.insert(second, self.rank(point));
            }
            return Ok(());
        }
        let pivot = self.median(points.iter().copied(), last);
        if points.iter().all(|&point| self.key(point, last) == pivot) {
            return self.within(points, last - 1);
        }
        let [below, at, above] = self.split(points, last, pivot);
        self.within(&below, last)?;
        self.against(&below, &at, last - 1)?;
        self.within(&at, last - 1)?;
        drop((below, at));
        let rest: Vec<u32> = points
            .iter()
            .copied()
            .filter(|&point| self.key(point, last) <= pivot)
            .collect();
        self.against(&rest, &above, last - 1)?;
        drop(rest);
        self.within(&above, last)
    }

    /// Lifts `high` over the settled points `low`, which are no worse above `last`, and better in one objective there.
    fn against(&self, low: &[u32], high: &[u32], last: usize) -> Result<(), Cancelled> {
        if low.len() * high.len() <= FEW_PAIRS {
            for &high in high {
                low.iter().for_each(|&low| self.compare(low, high, last));
            }
            return Ok(());
        }
        self.job.check()?;
        if last == 1 {
            let mut stairs = Stairs::default();
            let mut waiting = low.iter().copied().peekable();
            for &point in high {
                while let Some(low) = waiting.next_if(|&low| low < point) {
                    stairs.insert(self.key(low, 1), self.rank(low));
                }
                self.lift(point, stairs.highest(self.key(point, 1)) + 1);
            }
            return Ok(());
        }
        let bounds = |points: &[u32]| {
            points
                .iter()
                .map(|&point| self.key(point, last))
                .fold((u32::MAX, 0), |(min, max), key| {
                    (min.min(key), max.max(key))
                })
        };
        let ((low_min, low_max), (high_min, high_max)) = (bounds(low), bounds(high));
        if low_max <= high_min {
            return self.against(low, high, last - 1);
        }
        if low_min > high_max {
            return Ok(());
        }
        let pivot = self.median(low.iter().chain(high).copied(), last);
        let [low_below, low_at, low_above] = self.split(low, last, pivot);
        let [high_below, high_at, high_above] = self.split(high, last, pivot);
        let lower = || {
            self.against(&low_below, &high_below, last)?;
            self.against(&low_below, &high_at, last - 1)?;
            self.against(&low_at, &high_at, last - 1)
        };
        let upper = || {
            let rest: Vec<u32> = low
                .iter()
                .copied()
                .filter(|&point| self.key(point, last) <= pivot)
                .collect();
            self.against(&rest, &high_above, last - 1)?;
            drop(rest);
            self.against(&low_above, &high_above, last)
        };
        if low.len() + high.len() > MANY {
            let (lower, upper) = rayon::join(lower, upper);
            lower.and(upper)
        } else {
            lower()?;
            upper()
        }
    }
}

/// The highest rank among points whose second key is at most a bound: pairs of key and rank, which grow together. A sorted
/// list beats a tree here, for new stairs come mostly near the end or replace others.
#[derive(Default)]
struct Stairs(Vec<(u32, u32)>);

impl Stairs {
    fn highest(&self, key: u32) -> u32 {
        let end = self.0.partition_point(|stair| stair.0 <= key);
        end.checked_sub(1).map_or(0, |at| self.0[at].1)
    }

    fn insert(&mut self, key: u32, rank: u32) {
        if self.highest(key) >= rank {
            return;
        }
        let start = self.0.partition_point(|stair| stair.0 < key);
        let covered = self.0[start..]
            .iter()
            .take_while(|stair| stair.1 <= rank)
            .count();
        if covered > 0 {
            self.0[start] = (key, rank);
            self.0.drain(start + 1..start + covered);
        } else {
            self.0.insert(start, (key, rank));
        }
    }
}
