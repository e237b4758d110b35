//! Keeps the search for symmetry finite.
//!
//! moyo 0.22 collects the rotations that leave the primitive lattice unchanged within the tolerance and multiplies them
//! until no new one appears. Where the lattice is within the tolerance of two symmetric ones that do not go together, the
//! products never end, and the memory goes. Here the same rotations are collected beforehand, at the tolerance and at those
//! that the search may go to, and their products counted: no crystal has more than 48.

use crate::places::Places;
use moyo::base::{Cell, Lattice};
use nalgebra::{Matrix3, Vector3};

/// Rotations and inversions of a cubic lattice; no lattice has more.
const MOST_ROTATIONS: usize = 48;
/// How often the tolerance is halved before giving up.
const HALVINGS: i32 = 12;
/// The search doubles or halves the tolerance where it fails, later by roots of two; so far on either side is looked.
const STEPS: std::ops::RangeInclusive<i32> = -12..=8;

type Rotation = Matrix3<i32>;

/// The largest tolerance, at most the one given, at which the search ends; none where there is none.
pub(super) fn safe_tolerance(cell: &Cell, lattice: &crate::Lattice, tolerance: f64) -> Option<f64> {
    let reduced = |lattice: &Lattice| lattice.minkowski_reduce().ok().map(|(lattice, _)| lattice);
    let own = reduced(&cell.lattice);
    (0..HALVINGS)
        .map(|n| tolerance / f64::from(1 << n))
        .find(|&tolerance| {
            let primitive =
                primitive_lattice(cell, lattice, tolerance).and_then(|lattice| reduced(&lattice));
            // A lattice that cannot be reduced is an error of the search, not endless.
            let lattices = own.iter().chain(&primitive);
            lattices.clone().all(|lattice| {
                STEPS
                    .map(|step| tolerance * 2.0_f64.powf(f64::from(step) / 2.0))
                    .all(|t| is_finite(&rotations(lattice, t)))
            })
        })
}

/// The lattice that the translations of the structure within the tolerance (Å) make.
fn primitive_lattice(cell: &Cell, lattice: &crate::Lattice, tolerance: f64) -> Option<Lattice> {
    let count = |kind: i32| cell.numbers.iter().filter(|n| **n == kind).count();
    let rarest = cell
        .numbers
        .iter()
        .copied()
        .min_by_key(|&kind| count(kind))?;
    let mut pivots = cell
        .positions
        .iter()
        .zip(&cell.numbers)
        .filter(|(_, n)| **n == rarest)
        .map(|(p, _)| p);
    let first = pivots.next()?;
    let mut places = Places::new(lattice, tolerance);
    cell.positions
        .iter()
        .for_each(|position| places.add(position));
    let is_translation = |shift: &Vector3<f64>| {
        let mut sites = cell.positions.iter().zip(&cell.numbers);
        sites.all(|(from, kind)| {
            let meets = places.find(&(from + shift), |other| cell.numbers[other] == *kind);
            meets.is_some()
        })
    };
    let shifts: Vec<Vector3<f64>> = pivots.map(|p| p - first).filter(is_translation).collect();
    if shifts.is_empty() {
        return None;
    }
    // As in the search: fractions of the number of translations, made whole.
    let size = shifts.len() as i64 + 1;
    let mut rows: Vec<[i64; 3]> = vec![[size, 0, 0], [0, size, 0], [0, 0, size]];
    rows.extend(
        shifts
            .iter()
            .map(|s| [0, 1, 2].map(|i| (s[i] * size as f64).round() as i64)),
    );
    let basis = basis_of(rows);
    let fractional = Matrix3::from_fn(|i, j| basis[i][j] as f64 / size as f64);
    Some(Lattice::new(fractional * lattice.rows()))
}

/// Three rows that make the same lattice as all rows: Gauss's elimination by whole numbers.
pub(crate) fn basis_of(mut rows: Vec<[i64; 3]>) -> [[i64; 3]; 3] {
    let mut basis = [[0; 3]; 3];
    for column in 0..3 {
        // Euclid: subtract the row with the least entry of this column from the others until it is the only one.
        while let Some(pivot) = (0..rows.len())
            .filter(|&r| rows[r][column] != 0)
            .min_by_key(|&r| rows[r][column].abs())
        {
            let least = rows[pivot];
            let mut left = false;
            for (index, row) in rows.iter_mut().enumerate() {
                if index != pivot && row[column] != 0 {
                    let quotient = row[column] / least[column];
                    row.iter_mut()
                        .zip(least)
                        .for_each(|(entry, x)| *entry -= quotient * x);
                    left |= row[column] != 0;
                }
            }
            if !left {
                basis[column] = rows.swap_remove(pivot);
                break;
            }
        }
    }
    basis
}

/// The rotations that the search takes for those of a reduced lattice: lengths within the tolerance, and angles by the
/// criterion sin²Δθ |u| |v| < tolerance² (K. Momma, A. Togo and others: spglib, arXiv:1808.01590, equation 7).
fn rotations(lattice: &Lattice, tolerance: f64) -> Vec<Rotation> {
    let basis = &lattice.basis;
    let lengths = [0, 1, 2].map(|i| basis.column(i).norm());
    let points: Vec<Vector3<i32>> = (0..27)
        .map(|n| Vector3::new(n / 9 - 1, n / 3 % 3 - 1, n % 3 - 1))
        .collect();
    let place = |point: &Vector3<i32>| basis * point.map(f64::from);
    let images = lengths.map(|length| {
        let near = |p: &&Vector3<i32>| (place(p).norm() - length).abs() < tolerance;
        points.iter().filter(near).copied().collect::<Vec<_>>()
    });
    let same_angle = |u: &Vector3<i32>, v: &Vector3<i32>, i: usize, j: usize| {
        let (u, v) = (place(u), place(v));
        let change = u.angle(&v) - basis.column(i).angle(&basis.column(j));
        let product = (u.norm() + lengths[i]) / 2.0 * (v.norm() + lengths[j]) / 2.0;
        change.sin().powi(2) * product < tolerance * tolerance
    };
    let mut found = Vec::new();
    for a in &images[0] {
        for b in images[1].iter().filter(|b| same_angle(a, b, 0, 1)) {
            for c in &images[2] {
                let rotation = Rotation::from_columns(&[*a, *b, *c]);
                let whole = rotation.map(f64::from).determinant().abs();
                if (whole - 1.0).abs() < 1e-8 && same_angle(b, c, 1, 2) && same_angle(c, a, 2, 0) {
                    found.push(rotation);
                }
            }
        }
    }
    found
}

/// Whether products of the rotations end: at most 48 different ones.
fn is_finite(rotations: &[Rotation]) -> bool {
    let mut group = vec![Rotation::identity()];
    let mut next = 0;
    while next < group.len() {
        for rotation in rotations {
            // At most 48 steps of entries -1, 0 and 1: the numbers stay small enough only until the limit ends the loop.
            let product = group[next] * rotation;
            if !group.contains(&product) {
                if group.len() == MOST_ROTATIONS {
                    return false;
                }
                group.push(product);
            }
        }
        next += 1;
    }
    true
}
