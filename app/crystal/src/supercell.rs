//! Cells that are integer combinations of another.

use crate::{CrystalError, Lattice, Structure};
use nalgebra::{Matrix3, Vector3};

/// How many sites a structure may have when it is read or enlarged.
pub const MAX_SITES: usize = 1_000_000;

impl Structure {
    /// The structure in a larger cell, whose basis vectors are `matrix` times those of this one: row `i` holds how many
    /// a, b and c make its vector `i`. Any integer matrix that is not singular will do; a negative determinant changes
    /// the handedness. Images of a site follow one another, and coordinates of new sites lie within 0 and 1.
    ///
    /// # Errors
    ///
    /// A singular matrix, or more than [`MAX_SITES`] sites.
    pub fn supercell(&self, matrix: [[i32; 3]; 3]) -> Result<Self, CrystalError> {
        let wide = matrix.map(|row| row.map(i128::from));
        let determinant = determinant(&wide);
        if determinant == 0 {
            let remedy = "its rows lie in one plane; give three independent vectors";
            return Err(CrystalError::Supercell(matrix, remedy));
        }
        let count = determinant.unsigned_abs() * self.sites.len() as u128;
        if count > MAX_SITES as u128 || determinant.unsigned_abs() > MAX_SITES as u128 {
            let shown = u64::try_from(count).unwrap_or(u64::MAX);
            return Err(CrystalError::TooManySites(shown));
        }
        let transform = Matrix3::from_fn(|i, j| f64::from(matrix[i][j]));
        let lattice = Lattice::new(transform * self.lattice.rows())?;
        let cofactors = cofactors(&wide);
        let points = lattice_points(&wide);
        let mut sites = Vec::with_capacity(count as usize);
        for site in &self.sites {
            for point in &points {
                // Numerators first: where the coordinates of the small cell are exact, so is the numerator.
                let place: Vector3<f64> = site.position + point.map(|n| n as f64);
                let mut new = site.clone();
                new.position = Vector3::from_fn(|j, _| {
                    let numerator: f64 = (0..3).map(|i| place[i] * cofactors[j][i] as f64).sum();
                    within_cell(numerator / determinant as f64)
                });
                sites.push(new);
            }
        }
        Ok(Self {
            lattice,
            sites,
            title: self.title.clone(),
            notes: self.notes.clone(),
        })
    }
}

/// The coordinate moved into 0 to 1, 1 excluded; a rounding error below 0 becomes 0 rather than 1.
pub(crate) fn within_cell(x: f64) -> f64 {
    let moved = x - x.floor();
    if moved >= 1.0 - 1e-12 { 0.0 } else { moved }
}

fn determinant(m: &[[i128; 3]; 3]) -> i128 {
    let cofactors = cofactors(m);
    (0..3).map(|j| m[0][j] * cofactors[0][j]).sum()
}

/// Cofactors: entry (i, j) belongs to entry (i, j) of the matrix. The inverse is their transpose by the determinant.
fn cofactors(m: &[[i128; 3]; 3]) -> [[i128; 3]; 3] {
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let (r, s) = ((i + 1) % 3, (i + 2) % 3);
            let (p, q) = ((j + 1) % 3, (j + 2) % 3);
            m[r][p] * m[s][q] - m[r][q] * m[s][p]
        })
    })
}

/// One lattice point of the small cell for each of its copies in the large one: the box on the diagonal of the matrix's
/// row Hermite normal form (H. Cohen, A Course in Computational Algebraic Number Theory, 2.4.2).
fn lattice_points(matrix: &[[i128; 3]; 3]) -> Vec<Vector3<i128>> {
    let mut h = *matrix;
    for column in 0..3 {
        // Euclid on the rows below until one entry of the column is left.
        loop {
            let below = (column..3).filter(|&r| h[r][column] != 0);
            let Some(pivot) = below.min_by_key(|&r| h[r][column].abs()) else {
                break;
            };
            h.swap(column, pivot);
            let mut done = true;
            for row in column + 1..3 {
                let quotient = h[row][column] / h[column][column];
                let subtracted = h[column].map(|x| quotient * x);
                for (entry, x) in h[row].iter_mut().zip(subtracted) {
                    *entry -= x;
                }
                done &= h[row][column] == 0;
            }
            if done {
                break;
            }
        }
    }
    let size = [0, 1, 2].map(|i| h[i][i].abs());
    let mut points = Vec::with_capacity((size[0] * size[1] * size[2]) as usize);
    for i in 0..size[0] {
        for j in 0..size[1] {
            for k in 0..size[2] {
                points.push(Vector3::new(i, j, k));
            }
        }
    }
    points
}
