//! Non-dominated sorting: which front every candidate is on.
//!
//! A row dominates another where it is no worse in every objective and better in one. Front 1 are the rows that no row
//! dominates; front k those that only rows of the fronts before it dominate. Equal rows share a front.
//!
//! One objective: the k-th distinct value. Two: a sweep with a binary search over the fronts' last members (Jensen 2003,
//! "Reducing the run-time complexity of multiobjective EAs", doi:10.1109/TEVC.2003.817234), n log n. Three and more:
//! Jensen's divide and conquer in the form that is right with equal values (Fortin, Grenier & Parizeau 2013,
//! "Generalizing the improved run-time complexity algorithm for non-dominated sorting", doi:10.1145/2463372.2463454;
//! Buzdalov & Shalyto 2014, doi:10.1007/978-3-319-10762-2_52), n (log n)^(m-1); see `divide`.

use crate::divide;
use job::{Cancelled, Job};
use rayon::prelude::*;

/// The front number of every row, from 1; 0 for rows that have a NaN among their costs.
///
/// `costs` is m columns of n values each, lower is better; infinite values are values like others. With no column every
/// row is unknown: the result is empty.
pub fn front_numbers(costs: &[Vec<f64>], job: &Job) -> Result<Vec<u32>, Cancelled> {
    let Some(rows) = costs.iter().map(Vec::len).min() else {
        return Ok(Vec::new());
    };
    let mut front = vec![0; rows];
    let known = |row: u32| costs.iter().all(|column| !column[row as usize].is_nan());
    job.check()?;
    match costs {
        [only] => {
            let mut order: Vec<(u64, u32)> = (0..rows as u32)
                .filter(|&row| known(row))
                .map(|row| (ordered_bits(only[row as usize]), row))
                .collect();
            order.par_sort_unstable();
            for (number, equal) in order.chunk_by(|a, b| a.0 == b.0).enumerate() {
                equal
                    .iter()
                    .for_each(|&(_, row)| front[row as usize] = number as u32 + 1);
            }
        }
        [first, second] => {
            let mut order: Vec<(u64, u64, u32)> = (0..rows as u32)
                .filter(|&row| known(row))
                .map(|row| {
                    (
                        ordered_bits(first[row as usize]),
                        ordered_bits(second[row as usize]),
                        row,
                    )
                })
                .collect();
            order.par_sort_unstable();
            job.check()?;
            sweep_two(&order, &mut front);
        }
        _ => {
            let order: Vec<u32> = (0..rows as u32).filter(|&row| known(row)).collect();
            divide::number_fronts(costs, order, &mut front, job)?;
        }
    }
    Ok(front)
}

/// Rows in lexicographic order of two costs. The last member of a front has its least second cost so far, and these grow
/// with the front's number, so the first front whose last member does not dominate is found by bisection.
fn sweep_two(order: &[(u64, u64, u32)], front: &mut [u32]) {
    let mut last: Vec<u64> = Vec::new();
    for equal in order.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let second = equal[0].1;
        let at = last.partition_point(|&tail| tail <= second);
        if at == last.len() {
            last.push(second);
        } else {
            last[at] = second;
        }
        equal
            .iter()
            .for_each(|&(_, _, row)| front[row as usize] = at as u32 + 1);
    }
}

/// An integer that orders as the number does, -inf to +inf; -0 and +0 are equal. Not for NaN.
pub(crate) fn ordered_bits(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    }
}
