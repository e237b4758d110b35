//! Baselines that know nothing of outcomes: candidates at random, and candidates that fill the space.

use super::pool::{Exclusion, Pool, gather_rows, read_block};
use super::random::Random;
use super::sobol::Sobol;
use super::{BLOCK, SuggestError};
use rayon::prelude::*;
use std::collections::HashSet;

/// Up to `count` different rows at random, each with the same chance. Rows with inputs that are not finite are left out.
pub(crate) fn at_random(
    pool: &dyn Pool,
    count: usize,
    seed: u64,
    job: &job::Job,
) -> Result<Vec<usize>, SuggestError> {
    let (rows, excluded) = (pool.rows(), Exclusion::of(pool)?);
    let mut random = Random::new(seed, 1);
    let (mut seen, mut picks) = (HashSet::new(), Vec::new());
    // Draws without repeats while these are cheap; a pool that is nearly used up is shuffled as a whole.
    let mut tries = 20 * count + 1000;
    while picks.len() < count && seen.len() < rows && tries > 0 {
        job.check()?;
        tries -= 1;
        let index = random.below(rows);
        if !excluded.holds(index) && seen.insert(index) && usable(pool, index)? {
            picks.push(index);
        }
    }
    if picks.len() < count {
        let mut left: Vec<usize> = (0..rows)
            .filter(|index| !excluded.holds(*index) && !seen.contains(index))
            .collect();
        while picks.len() < count && !left.is_empty() {
            job.check()?;
            let index = left.swap_remove(random.below(left.len()));
            if usable(pool, index)? {
                picks.push(index);
            }
        }
    }
    Ok(picks)
}

fn usable(pool: &dyn Pool, index: usize) -> Result<bool, SuggestError> {
    let row = gather_rows(pool, vec![index])?;
    Ok(row.inputs.iter().all(|x| x.is_finite()))
}

/// Up to `count` different rows, each the nearest to a point of a scrambled Sobol' sequence over the unit cube. `skip` points
/// are passed over, so that later rounds go on where earlier ones ended.
pub(crate) fn by_sobol(
    pool: &dyn Pool,
    count: usize,
    skip: usize,
    seed: u64,
    job: &job::Job,
) -> Result<Vec<usize>, SuggestError> {
    let (d, rows, excluded) = (pool.dimensions(), pool.rows(), Exclusion::of(pool)?);
    let sobol = Sobol::new(seed);
    let points: Vec<Vec<f64>> = (0..count)
        .map(|point| {
            let number = (skip + point) as u32;
            (0..d).map(|k| sobol.at(number, k)).collect()
        })
        .collect();
    // Of each point the `count` nearest rows: however the others choose, one of them is left.
    let starts: Vec<usize> = (0..rows).step_by(BLOCK).collect();
    let mut nearest: Vec<Vec<(f64, usize)>> = vec![Vec::new(); count];
    for starts in starts.chunks(rayon::current_num_threads().max(1)) {
        job.check()?;
        let parts: Vec<Vec<Vec<(f64, usize)>>> = starts
            .par_iter()
            .map(|start| {
                let end = rows.min(start + BLOCK);
                let block = read_block(pool, *start, end)?;
                let parts = points
                    .iter()
                    .map(|point| {
                        let mut near: Vec<(f64, usize)> = (*start..end)
                            .zip(block.inputs.chunks_exact(d))
                            .filter(|(index, _)| !excluded.holds(*index))
                            .map(|(index, row)| (squared_distance(row, point), index))
                            .filter(|(distance, _)| distance.is_finite())
                            .collect();
                        keep_nearest(&mut near, count);
                        near
                    })
                    .collect();
                job.advance((end - start) as u64);
                Ok::<_, SuggestError>(parts)
            })
            .collect::<Result<_, _>>()?;
        for part in parts {
            for (nearest, part) in nearest.iter_mut().zip(part) {
                nearest.extend(part);
                keep_nearest(nearest, count);
            }
        }
    }
    let mut picks = Vec::new();
    for near in nearest {
        if let Some((_, index)) = near.iter().find(|(_, index)| !picks.contains(index)) {
            picks.push(*index);
        }
    }
    Ok(picks)
}

pub(crate) fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn keep_nearest(near: &mut Vec<(f64, usize)>, count: usize) {
    near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    near.truncate(count);
}
