//! Fronts of two and three utilities (higher is better), the space above them cut into boxes, and hypervolumes.
//!
//! What a point adds to the hypervolume is the part of each box that it dominates. Expectations over independent utilities
//! are then sums of products of one-dimensional ones (M. Emmerich et al., IEEE CEC 2006; K. Yang et al., J. Glob. Optim. 75,
//! 2019).

/// A point of up to three utilities; further places are not used.
pub(crate) type Point = [f64; 3];

/// Part of the space between a reference point and infinity that no point of a front dominates: `low` to `high`, where the
/// last utility but one has no upper end in two dimensions, and the second none in three.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell {
    /// Of the first utility.
    pub first: [f64; 2],
    /// The second utility's lower end; it has no upper one.
    pub second: f64,
    /// Of the third utility; minus infinity to infinity with two.
    pub third: [f64; 2],
}

/// Whether `a` is at least as good as `b` in all of the first `m` utilities.
pub(crate) fn covers(a: &Point, b: &Point, m: usize) -> bool {
    (0..m).all(|j| a[j] >= b[j])
}

/// The places of the points that exceed the reference and that no other covers; of equal ones the first.
pub(crate) fn front(points: &[Point], reference: &Point, m: usize) -> Vec<usize> {
    (0..points.len())
        .filter(|&i| {
            let p = &points[i];
            (0..m).all(|j| p[j] > reference[j])
                && points
                    .iter()
                    .enumerate()
                    .all(|(k, q)| k == i || !covers(q, p, m) || (covers(p, q, m) && k > i))
        })
        .collect()
}

/// Cuts the space above a set of points into disjoint cells: at most `P + 1` with two utilities, `3 P + 1` with three.
///
/// With two, cells come from the greatest first utility down, so that each begins where the one before it ends.
pub(crate) fn cells(points: &[Point], reference: &Point, m: usize) -> Vec<Cell> {
    let mut order: Vec<&Point> = points
        .iter()
        .filter(|p| (0..m).all(|j| p[j] > reference[j]))
        .collect();
    // Greatest last utility first: the space above is swept from infinity down.
    order.sort_by(|a, b| b[m - 1].total_cmp(&a[m - 1]).then(b[0].total_cmp(&a[0])));
    if m == 2 {
        order.sort_by(|a, b| b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1])));
        let mut cells = vec![];
        let (mut end, mut floor) = (f64::INFINITY, reference[1]);
        for p in order {
            if p[1] > floor {
                cells.push(Cell {
                    first: [p[0], end],
                    second: floor,
                    third: [f64::NEG_INFINITY, f64::INFINITY],
                });
                (end, floor) = (p[0], p[1]);
            }
        }
        cells.push(Cell {
            first: [reference[0], end],
            second: floor,
            third: [f64::NEG_INFINITY, f64::INFINITY],
        });
        cells.retain(|cell| cell.first[0] < cell.first[1]);
        return cells;
    }
    // Open cells reach down in the third utility as far as the sweep has come; a point closes those that it cuts.
    let mut done = Vec::new();
    let mut open = vec![Cell {
        first: [reference[0], f64::INFINITY],
        second: reference[1],
        third: [reference[2], f64::INFINITY],
    }];
    for p in order {
        let mut left = f64::INFINITY;
        let mut kept = Vec::with_capacity(open.len() + 2);
        for cell in open {
            if !(cell.first[0] < p[0] && cell.second < p[1]) {
                kept.push(cell);
                continue;
            }
            left = left.min(cell.first[0]);
            let cut = cell.first[1].min(p[0]);
            if cell.third[1] > p[2] {
                done.push(Cell {
                    first: [cell.first[0], cut],
                    second: cell.second,
                    third: [p[2], cell.third[1]],
                });
            }
            if cut < cell.first[1] {
                kept.push(Cell {
                    first: [cut, cell.first[1]],
                    ..cell
                });
            }
        }
        if left < f64::INFINITY {
            kept.push(Cell {
                first: [left, p[0]],
                second: p[1],
                third: [reference[2], p[2]],
            });
        }
        open = kept;
    }
    done.extend(open);
    done
}

/// The volume that the points dominate above the reference.
pub(crate) fn hypervolume(points: &[Point], reference: &Point, m: usize) -> f64 {
    // The space above the reference up to a corner beyond all points, less its free part.
    let mut corner = *reference;
    for p in points {
        (0..m).for_each(|j| corner[j] = corner[j].max(p[j]));
    }
    let whole: f64 = (0..m).map(|j| corner[j] - reference[j]).product();
    whole - gain(&cells(points, reference, m), &corner, m)
}

/// What a point adds to the hypervolume above the points that were cut out of the cells.
pub(crate) fn gain(cells: &[Cell], p: &Point, m: usize) -> f64 {
    let within = |[low, high]: [f64; 2], x: f64| (x.min(high) - low).max(0.0);
    cells
        .iter()
        .map(|cell| {
            let area = within(cell.first, p[0]) * (p[1] - cell.second).max(0.0);
            if m == 3 {
                area * within(cell.third, p[2])
            } else {
                area
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    /// By inclusion and exclusion over all subsets.
    fn brute(points: &[Point], reference: &Point, m: usize) -> f64 {
        (1_u32..1 << points.len())
            .map(|subset| {
                let volume: f64 = (0..m)
                    .map(|j| {
                        let least = (0..points.len())
                            .filter(|i| subset >> i & 1 == 1)
                            .fold(f64::INFINITY, |a, i| a.min(points[i][j]));
                        (least - reference[j]).max(0.0)
                    })
                    .product();
                if subset.count_ones() % 2 == 1 {
                    volume
                } else {
                    -volume
                }
            })
            .sum()
    }

    #[test]
    fn volumes_and_gains_agree_with_inclusion_and_exclusion() {
        let mut random = Random::new(5, 0);
        for round in 0..400 {
            let m = 2 + round % 2;
            // A coarse grid, so that coordinates and whole points coincide, some on the reference or below it.
            let mut draw = || {
                let mut p = [0.0; 3];
                p[..m]
                    .iter_mut()
                    .for_each(|x| *x = random.below(7) as f64 - 1.0);
                p
            };
            let points: Vec<Point> = (0..round % 9).map(|_| draw()).collect();
            let new = draw();
            let reference = [0.0; 3];
            let volume = hypervolume(&points, &reference, m);
            assert!(
                (volume - brute(&points, &reference, m)).abs() < 1e-9,
                "{points:?}"
            );
            let mut more = points.clone();
            more.push(new);
            let found = gain(&cells(&points, &reference, m), &new, m);
            let truth = brute(&more, &reference, m) - brute(&points, &reference, m);
            assert!(
                (found - truth).abs() < 1e-9,
                "{points:?} {new:?}: {found} {truth}"
            );
            let first = front(&points, &reference, m);
            let members: Vec<Point> = first.iter().map(|i| points[*i]).collect();
            assert!((brute(&members, &reference, m) - volume).abs() < 1e-9);
            assert!(
                cells(&members, &reference, m).len()
                    <= if m == 2 { first.len() } else { 3 * first.len() } + 1
            );
        }
    }
}
