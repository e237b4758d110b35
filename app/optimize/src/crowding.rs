//! Crowding distance: how much room a candidate has on its front (Deb, Pratap, Agarwal & Meyarivan 2002,
//! "A fast and elitist multiobjective genetic algorithm: NSGA-II", doi:10.1109/4235.996017, section III-B).

use crate::front::ordered_bits;
use job::{Cancelled, Job};
use rayon::prelude::*;

/// The crowding distance of every row within its front, 0 or greater; NaN for rows without a front.
///
/// `costs` is m columns of n values, lower is better; `front` is n front numbers, 0 for unknown.
/// An objective adds to a row the gap between its two neighbours on the front, divided by the front's range; the two
/// ends get infinity. What the paper leaves open is defined so: equal values stand in input order; an objective that is
/// constant on a front of three rows or more adds nothing there, not even to its ends; the range is that of the finite
/// values, and a gap that reaches to an infinite value is infinite.
pub fn crowding_distances(
    costs: &[Vec<f64>],
    front: &[u32],
    job: &Job,
) -> Result<Vec<f64>, Cancelled> {
    let mut distance: Vec<f64> = front
        .iter()
        .map(|&f| if f == 0 { f64::NAN } else { 0.0 })
        .collect();
    let mut rows: Vec<(u32, u32, u64)> = Vec::new();
    for column in costs {
        job.check()?;
        rows.clear();
        let known = (0..front.len()).filter(|&row| front[row] != 0);
        rows.extend(known.map(|row| (front[row], row as u32, ordered_bits(column[row]))));
        rows.par_sort_unstable_by_key(|&(front, row, bits)| (front, bits, row));
        for members in rows.chunk_by(|a, b| a.0 == b.0) {
            let value = |at: usize| column[members[at].1 as usize];
            let last = members.len() - 1;
            if last >= 2 && value(0) == value(last) {
                continue;
            }
            let finite = || {
                members
                    .iter()
                    .map(|member| column[member.1 as usize])
                    .filter(|x| x.is_finite())
            };
            let range = finite().next_back().unwrap_or(0.0) - finite().next().unwrap_or(0.0);
            for at in 0..=last {
                let gap = if at == 0 || at == last {
                    f64::INFINITY
                } else if value(at - 1) == value(at + 1) {
                    0.0
                } else {
                    let gap = value(at + 1) - value(at - 1);
                    if gap.is_finite() { gap / range } else { gap }
                };
                distance[members[at].1 as usize] += gap;
            }
        }
    }
    Ok(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;

    fn crowding(costs: &[Vec<f64>], front: &[u32]) -> Vec<f64> {
        crowding_distances(costs, front, &Job::new()).expect("nobody cancelled")
    }

    #[test]
    fn interior_rows_get_the_sides_of_their_cuboid_and_ends_get_infinity() {
        // By hand: ranges 4 and 8; the row (1, 5) lies between (0, 8) and (3, 2): 3/4 + 6/8.
        let costs = [vec![1.0, 0.0, 4.0, 3.0, 9.0], vec![5.0, 8.0, 0.0, 2.0, 9.0]];
        assert_eq!(
            crowding(&costs, &[1, 1, 1, 1, 2]),
            [1.5, INF, INF, 3.0 / 4.0 + 5.0 / 8.0, INF]
        );
    }

    #[test]
    fn a_constant_objective_adds_nothing() {
        let costs = [vec![2.0; 4], vec![0.0, 1.0, 2.0, 4.0]];
        assert_eq!(crowding(&costs, &[1; 4]), [INF, 0.5, 0.75, INF]);
        assert_eq!(crowding(&[vec![1.0; 3], vec![1.0; 3]], &[1; 3]), [0.0; 3]);
    }

    #[test]
    fn infinite_values_leave_a_finite_range_and_unknown_rows_get_none() {
        let costs = [vec![-INF, 0.0, 1.0, 2.0, INF, INF, f64::NAN]];
        let got = crowding(&costs, &[1, 1, 1, 1, 1, 1, 0]);
        assert_eq!(got[..6], [INF, INF, 1.0, INF, INF, INF]);
        assert!(got[6].is_nan());
    }
}
