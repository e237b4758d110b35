//! How sure a place on the first front is: the share of draws from the predictions' uncertainty in which it holds.
//!
//! In each draw every row's objectives are moved by their standard deviation times a standard normal number (`draws`),
//! and the rows that no row dominates are counted. A quantity that cannot be negative is drawn from the lognormal
//! distribution with the same mean and standard deviation: a normal one would let an uncertain cost fall below nothing,
//! where it beats every candidate. Rows and objectives are independent, also where two objectives share a source of error
//! (a specific energy, and the cost per energy that follows from it). Nearly all rows are dismissed without being drawn: their stratum bounds
//! what the draw can be, and what is dominated even at that bound is not on the front (`shadow`). What remains is drawn
//! and sorted in full, so pruning changes the time and not the result.

use crate::draws::{Draws, Order};
use crate::shadow::{Cells, Shadow};
use crate::{Direction, ObjectiveColumn, RankOptions, front::front_numbers};
use job::{Cancelled, Job};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Rows looked at together.
const BLOCK: usize = 512;
/// Bytes that the fronts of all draws under way may take together, about.
const MEMORY: usize = 1 << 29;
/// Survivors of a draw that are kept before they are sorted for the first time.
const KEPT: usize = 1 << 15;

/// The front probability of every row; NaN where `front` is 0. `order` begins with the rows of the first front.
pub(crate) fn front_probabilities(
    columns: &[ObjectiveColumn],
    front: &[u32],
    order: &[u32],
    options: &RankOptions,
    job: &Job,
) -> Result<Vec<f64>, Cancelled> {
    let mut probability = vec![f64::NAN; front.len()];
    if options.draws == 0 || columns.is_empty() {
        return Ok(probability);
    }
    let known = order.partition_point(|&row| front[row as usize] != 0);
    if columns
        .iter()
        .all(|column| order[..known].iter().all(|&row| spread(column, row) == 0.0))
    {
        for &row in &order[..known] {
            probability[row as usize] = f64::from(front[row as usize] == 1);
        }
        return Ok(probability);
    }
    let draws = Draws::new(options.seed, options.draws);
    job.stage("front probability", Some(u64::from(draws.count())));
    let contest = Contest::new(columns, front, &order[..known], &draws);
    job.check()?;
    let wins: Vec<AtomicU32> = contest.rows.iter().map(|_| AtomicU32::new(0)).collect();
    // A group of draws shares the work on a row, as far as memory for the fronts of all draws under way allows.
    let first = order[..known].partition_point(|&row| front[row as usize] == 1);
    let bytes = first.max(1) * (4 + 8 * columns.len()) * rayon::current_num_threads();
    let group = (MEMORY / bytes).clamp(1, 32) as u32;
    let starts: Vec<u32> = (0..draws.count()).step_by(group as usize).collect();
    starts.par_iter().with_max_len(1).try_for_each(|&start| {
        let end = (start + group).min(draws.count());
        contest.run(&draws, start..end, &wins, job)?;
        job.advance(u64::from(end - start));
        Ok(())
    })?;
    order[..known]
        .iter()
        .for_each(|&row| probability[row as usize] = 0.0);
    for (&row, wins) in contest.rows.iter().zip(wins) {
        probability[row as usize] = f64::from(wins.into_inner()) / f64::from(draws.count());
    }
    Ok(probability)
}

/// The standard deviation that counts: 0 where it is not known, or where the mean is infinite.
fn spread(column: &ObjectiveColumn, row: u32) -> f64 {
    let std = column.std.get(row as usize).copied().unwrap_or(0.0);
    let finite_mean = column
        .mean
        .get(row as usize)
        .is_some_and(|mean| mean.is_finite());
    if std > 0.0 && std.is_finite() && finite_mean {
        std
    } else {
        0.0
    }
}

/// How a row's cost follows from its number `centre + std * z`.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// It is the number. For a property that cannot be negative the number is the logarithm: order is all that counts.
    Plain,
    /// Its absolute value: how far from a target.
    Folded,
    /// For uncertain rows the number is the logarithm of a value, and the cost is how far that is from a target.
    FoldedLog(f64),
}

/// An objective as costs that grow with a standard normal number z, before they are folded.
struct Cost {
    /// The objective's number among the user's.
    number: u32,
    form: Form,
    centre: Vec<f64>,
    std: Vec<f64>,
}

/// Mean and standard deviation of the logarithm of a lognormal number with a positive mean and a standard deviation of its
/// own: sigma^2 = ln(1 + (std / mean)^2), mu = ln(mean) - sigma^2 / 2.
fn logarithm(mean: f64, std: f64) -> (f64, f64) {
    // Beyond this the square overflows, and the mean has long been lost in the spread.
    let ratio = (std / mean).min(1e150);
    let variance = libm::log1p(ratio * ratio);
    (libm::log(mean) - variance / 2.0, libm::sqrt(variance))
}

impl Cost {
    fn new(number: usize, column: &ObjectiveColumn, rows: &[u32]) -> Self {
        let mean = |row: u32| column.mean.get(row as usize).copied().unwrap_or(f64::NAN);
        // One negative value disproves the claim.
        let logarithmic = column.non_negative && rows.par_iter().all(|&row| mean(row) >= 0.0);
        let plain = |row: u32| {
            let centre = match column.direction {
                Direction::Target(target) if mean(row) != target => mean(row) - target,
                Direction::Target(_) => 0.0,
                direction => direction.cost(mean(row)),
            };
            (centre, spread(column, row))
        };
        let (form, centre_and_std): (Form, Vec<(f64, f64)>) = match column.direction {
            Direction::Target(target) if logarithmic => {
                let drawn = |&row: &u32| match (mean(row), spread(column, row)) {
                    (mean, std) if mean > 0.0 && std > 0.0 => logarithm(mean, std),
                    _ => (plain(row).0, 0.0),
                };
                (
                    Form::FoldedLog(target),
                    rows.par_iter().map(drawn).collect(),
                )
            }
            direction if logarithmic => {
                let drawn = |&row: &u32| {
                    let (mu, sigma) = logarithm(mean(row).abs(), spread(column, row));
                    // Where the mean is 0, all draws are: what cannot be negative has no other way to average 0.
                    (direction.cost(mu), if mu.is_finite() { sigma } else { 0.0 })
                };
                (Form::Plain, rows.par_iter().map(drawn).collect())
            }
            direction => {
                let form = match direction {
                    Direction::Target(_) => Form::Folded,
                    _ => Form::Plain,
                };
                (form, rows.par_iter().map(|&row| plain(row)).collect())
            }
        };
        let (centre, std) = centre_and_std.into_iter().unzip();
        Cost {
            number: number as u32,
            form,
            centre,
            std,
        }
    }

    /// The cost of a row for a drawn number.
    fn at(&self, index: usize, z: f64) -> f64 {
        let number = self.centre[index] + self.std[index] * z;
        let cost = match self.form {
            Form::Plain => number,
            Form::FoldedLog(target) if self.std[index] > 0.0 => (libm::exp(number) - target).abs(),
            Form::Folded | Form::FoldedLog(_) => number.abs(),
        };
        cost + 0.0
    }

    /// The least cost for numbers between two bounds.
    #[inline(always)]
    fn least(&self, index: usize, low: f64, high: f64) -> f64 {
        let number = |z: f64| self.centre[index] + self.std[index] * z;
        let (least, most) = match self.form {
            Form::Plain => return number(low),
            // The exponential of a library is off by a digit here and there; the bounds must hold all the same.
            Form::FoldedLog(target) if self.std[index] > 0.0 => (
                libm::exp(number(low)) * (1.0 - 1e-14) - target,
                libm::exp(number(high)) * (1.0 + 1e-14) - target,
            ),
            Form::Folded | Form::FoldedLog(_) => (number(low), number(high)),
        };
        if least > 0.0 {
            least
        } else if most < 0.0 {
            -most
        } else {
            0.0
        }
    }

    /// About how far a row's cost scatters, in units of the cost.
    fn scatter(&self, index: usize) -> f64 {
        match self.form {
            Form::FoldedLog(_) if self.std[index] > 0.0 => {
                libm::exp(self.centre[index]) * self.std[index]
            }
            _ => self.std[index],
        }
    }
}

/// The rows that can be on the first front of some draw, the most promising first.
struct Contest {
    rows: Vec<u32>,
    /// In the order of the cells' axes; the last has the most equal values at its best.
    costs: Vec<Cost>,
    cells: Cells,
}

impl Contest {
    fn new(columns: &[ObjectiveColumn], front: &[u32], order: &[u32], draws: &Draws) -> Self {
        let mut rows = order.to_vec();
        let mut costs: Vec<Cost> = columns
            .iter()
            .enumerate()
            .map(|(number, column)| Cost::new(number, column, &rows))
            .collect();
        costs.sort_by_cached_key(|cost| {
            let best = (0..rows.len())
                .map(|index| cost.at(index, 0.0))
                .fold(f64::INFINITY, f64::min);
            (0..rows.len())
                .filter(|&index| cost.std[index] == 0.0 && cost.at(index, 0.0) == best)
                .count()
        });
        let first = order
            .iter()
            .take_while(|&&row| front[row as usize] == 1)
            .count()
            .max(1024)
            .min(rows.len());
        let bounds: Vec<(f64, f64)> = costs[..costs.len() - 1]
            .iter()
            .map(|cost| {
                let mut std: Vec<f64> = (0..first).map(|index| cost.scatter(index)).collect();
                let margin = 4.0 * *std.select_nth_unstable_by(first / 2, f64::total_cmp).1;
                let finite = (0..first)
                    .map(|index| cost.at(index, 0.0))
                    .filter(|cost| cost.is_finite());
                let (low, high) = finite
                    .fold((f64::INFINITY, -f64::INFINITY), |(low, high), cost| {
                        (low.min(cost), high.max(cost))
                    });
                (low - margin, high + margin)
            })
            .collect();
        let cells = Cells::new(&bounds);

        // Rows that are dominated even if everything goes their way and nothing another's are out for all draws.
        let furthest = draws.furthest();
        let mut shadow = Shadow::new(&cells);
        for index in 0..rows.len() {
            shadow.cast(&cells, |axis| {
                costs[axis]
                    .at(index, furthest)
                    .max(costs[axis].at(index, -furthest))
            });
        }
        let kept: Vec<u32> = (0..rows.len() as u32)
            .into_par_iter()
            .filter(|&index| {
                !shadow.covers_point(&cells, |axis| {
                    costs[axis].least(index as usize, -furthest, furthest)
                })
            })
            .collect();
        for cost in &mut costs {
            keep_indices(&mut cost.centre, &kept);
            keep_indices(&mut cost.std, &kept);
        }
        keep_indices(&mut rows, &kept);
        Contest { rows, costs, cells }
    }

    /// Counts, for the draws of a range, which rows are on the first front.
    fn run(
        &self,
        draws: &Draws,
        range: Range<u32>,
        wins: &[AtomicU32],
        job: &Job,
    ) -> Result<(), Cancelled> {
        let mut rounds: Vec<Round> = range
            .clone()
            .map(|draw| Round::new(draw, &self.cells, self.costs.len()))
            .collect();
        let mut common = Shadow::new(&self.cells);
        let mut block = Block {
            indices: Vec::new(),
            orders: vec![Vec::new(); self.costs.len()],
        };
        let mut orders = vec![Order::default(); self.costs.len()];
        let mut least = vec![0.0; self.costs.len()];
        for (number, start) in (0..self.rows.len()).step_by(BLOCK).enumerate() {
            job.check()?;
            // The shadows grow fast at first, for the promising rows come first.
            if number.is_power_of_two() || number % 64 == 0 {
                common.intersect(rounds.iter().map(|round| &round.shadow));
            }
            block.clear();
            for index in start..(start + BLOCK).min(self.rows.len()) {
                for (at, cost) in self.costs.iter().enumerate() {
                    if cost.std[index] == 0.0 {
                        least[at] = cost.at(index, 0.0);
                    } else {
                        orders[at] = draws.order(cost.number, self.rows[index]);
                        let (low, high) = draws.strata(orders[at], range.clone());
                        least[at] = cost.least(
                            index,
                            draws.edges()[low as usize],
                            draws.edges()[high as usize + 1],
                        );
                    }
                }
                // What is dominated in all draws of the range even with its best draw of each objective needs no look.
                if !common.covers_point(&self.cells, |axis| least[axis]) {
                    block.push(index, &orders);
                }
            }
            for round in &mut rounds {
                round.meet(self, draws, &block, job)?;
            }
        }
        for mut round in rounds {
            round.settle(&self.cells, job)?;
            round.rows.iter().for_each(|&index| {
                wins[index as usize].fetch_add(1, Relaxed);
            });
        }
        Ok(())
    }
}

/// Keeps the values at these ascending indices.
fn keep_indices<T: Copy>(values: &mut Vec<T>, kept: &[u32]) {
    for (to, &from) in kept.iter().enumerate() {
        values[to] = values[from as usize];
    }
    values.truncate(kept.len());
    values.shrink_to_fit();
}

/// Some rows, as indices of the contest, and how their draws use the strata, for each objective.
struct Block {
    indices: Vec<usize>,
    orders: Vec<Vec<Order>>,
}

impl Block {
    fn clear(&mut self) {
        self.indices.clear();
        self.orders.iter_mut().for_each(Vec::clear);
    }

    fn push(&mut self, index: usize, orders: &[Order]) {
        self.indices.push(index);
        self.orders
            .iter_mut()
            .zip(orders)
            .for_each(|(all, &order)| all.push(order));
    }
}

/// One draw under way.
struct Round {
    draw: u32,
    shadow: Shadow,
    /// The rows that may be on the draw's first front, as indices of the contest, and their drawn costs.
    rows: Vec<u32>,
    values: Vec<Vec<f64>>,
    /// How many rows may wait to be settled.
    limit: usize,
    /// For a block of rows: the cell, and the least cost of one objective.
    cell: Vec<usize>,
    least: Vec<f64>,
}

impl Round {
    fn new(draw: u32, cells: &Cells, costs: usize) -> Self {
        Round {
            draw,
            shadow: Shadow::new(cells),
            rows: Vec::new(),
            values: vec![Vec::new(); costs],
            limit: KEPT,
            cell: vec![0; BLOCK],
            least: vec![0.0; BLOCK],
        }
    }

    /// Looks at a block of rows; those that are not surely dominated are drawn and kept.
    fn meet(
        &mut self,
        contest: &Contest,
        draws: &Draws,
        block: &Block,
        job: &Job,
    ) -> Result<(), Cancelled> {
        let cells = &contest.cells;
        self.cell.fill(0);
        for (axis, (cost, orders)) in contest.costs.iter().zip(&block.orders).enumerate() {
            for ((least, &index), &order) in self.least.iter_mut().zip(&block.indices).zip(orders) {
                let stratum = draws.stratum(order, self.draw) as usize;
                *least = cost.least(index, draws.edges()[stratum], draws.edges()[stratum + 1]);
            }
            if axis < cells.axes() {
                let stride = cells.stride(axis);
                for (cell, &least) in self.cell.iter_mut().zip(&self.least[..block.indices.len()]) {
                    *cell += cells.cell(axis, least) * stride;
                }
            }
        }
        let mut point = vec![0.0; contest.costs.len()];
        for (at, &index) in block.indices.iter().enumerate() {
            if self.shadow.covers(cells, self.cell[at], self.least[at]) {
                continue;
            }
            for (value, cost) in point.iter_mut().zip(&contest.costs) {
                let exact = cost.std[index] == 0.0;
                let z = if exact {
                    0.0
                } else {
                    draws.normal(cost.number, contest.rows[index], self.draw)
                };
                *value = cost.at(index, z);
            }
            if !self.shadow.covers_point(cells, |axis| point[axis]) {
                self.shadow.cast(cells, |axis| point[axis]);
                self.rows.push(index as u32);
                self.values
                    .iter_mut()
                    .zip(&point)
                    .for_each(|(values, &value)| values.push(value));
            }
        }
        if self.rows.len() > self.limit {
            self.settle(cells, job)?;
            self.limit = KEPT.max(2 * self.rows.len());
        }
        Ok(())
    }

    /// Keeps of the rows those that no other dominates.
    fn settle(&mut self, cells: &Cells, job: &Job) -> Result<(), Cancelled> {
        let covered: Vec<bool> = (0..self.rows.len())
            .map(|at| {
                self.shadow
                    .covers_point(cells, |axis| self.values[axis][at])
            })
            .collect();
        self.keep(|at| !covered[at]);
        let fronts = front_numbers(&self.values, job)?;
        self.keep(|at| fronts[at] == 1);
        Ok(())
    }

    fn keep(&mut self, keep: impl Fn(usize) -> bool) {
        let mut at = 0..;
        self.rows.retain(|_| at.next().is_some_and(&keep));
        for values in &mut self.values {
            let mut at = 0..;
            values.retain(|_| at.next().is_some_and(&keep));
        }
    }
}
