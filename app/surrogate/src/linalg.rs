//! Dense factorisations in f64, in blocks, so that nearly all the work is matrix products.
//!
//! Everything here is sequential: the same matrix gives the same bytes for any number of threads.

use nalgebra::DMatrix;

/// Columns of one block; the products take over beyond it.
const BLOCK: usize = 48;

/// What a factorisation has added to the diagonal, in units of its mean, before it gave way.
///
/// The first is none at all. The last makes every row of a correlation matrix dominated by its diagonal.
const JITTERS: [f64; 8] = [0.0, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4];

/// The Cholesky factor of a symmetric matrix, and what it took to get it.
pub(crate) struct Cholesky {
    /// Lower triangular, zeros above.
    pub lower: DMatrix<f64>,
    /// What was added to every diagonal element; 0 for a matrix that was positive definite.
    pub jitter: f64,
}

impl Cholesky {
    /// Factors `matrix`, of which only the lower triangle is read. A matrix that is not positive definite gets a growing
    /// term on its diagonal; `None` only if it holds something that is not finite.
    pub fn new(matrix: &DMatrix<f64>) -> Option<Self> {
        let n = matrix.nrows();
        if matrix.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let scale = if n == 0 {
            1.0
        } else {
            (matrix.trace() / n as f64).abs().max(f64::MIN_POSITIVE)
        };
        // The last rung exceeds the sum of any row: diagonal dominance, hence positive definite.
        let dominant = matrix.iter().fold(0.0_f64, |a, x| a.max(x.abs())) * (n as f64 + 1.0);
        for jitter in JITTERS.map(|j| j * scale).into_iter().chain([dominant]) {
            let mut lower = matrix.clone();
            for i in 0..n {
                lower[(i, i)] += jitter;
            }
            if factor(&mut lower) {
                return Some(Self { lower, jitter });
            }
        }
        None
    }

    /// The inverse of the factor, lower triangular.
    pub fn inverse_factor(&self) -> DMatrix<f64> {
        let mut inverse = self.lower.clone();
        invert_lower(&mut inverse);
        inverse
    }

    /// The logarithm of the determinant.
    pub fn log_determinant(&self) -> f64 {
        let n = self.lower.nrows();
        2.0 * (0..n).map(|i| libm::log(self.lower[(i, i)])).sum::<f64>()
    }
}

/// Replaces the lower triangle by its Cholesky factor and clears what is above; `false` if a pivot is not positive.
fn factor(a: &mut DMatrix<f64>) -> bool {
    let n = a.nrows();
    for start in (0..n).step_by(BLOCK) {
        let width = BLOCK.min(n - start);
        let below = n - start - width;
        let mut corner = a.view((start, start), (width, width)).into_owned();
        if !factor_small(&mut corner) {
            return false;
        }
        a.view_mut((start, start), (width, width))
            .copy_from(&corner);
        if below == 0 {
            break;
        }
        invert_lower_small(&mut corner);
        let panel = a.view((start + width, start), (below, width)) * corner.transpose();
        a.view_mut((start + width, start), (below, width))
            .copy_from(&panel);
        let panel_t = panel.transpose();
        for column in (0..below).step_by(BLOCK) {
            let columns = BLOCK.min(below - column);
            a.view_mut(
                (start + width + column, start + width + column),
                (below - column, columns),
            )
            .gemm(
                -1.0,
                &panel.rows(column, below - column),
                &panel_t.columns(column, columns),
                1.0,
            );
        }
    }
    for j in 1..n {
        for i in 0..j {
            a[(i, j)] = 0.0;
        }
    }
    true
}

fn factor_small(a: &mut DMatrix<f64>) -> bool {
    let n = a.nrows();
    for j in 0..n {
        let pivot = a[(j, j)];
        if !(pivot > 0.0 && pivot.is_finite()) {
            return false;
        }
        let root = pivot.sqrt();
        a[(j, j)] = root;
        for i in j + 1..n {
            a[(i, j)] /= root;
        }
        for k in j + 1..n {
            let factor = a[(k, j)];
            for i in k..n {
                let term = a[(i, j)] * factor;
                a[(i, k)] -= term;
            }
            a[(j, k)] = 0.0;
        }
    }
    true
}

/// Inverts a lower triangular matrix in place.
fn invert_lower(a: &mut DMatrix<f64>) {
    let n = a.nrows();
    if n <= BLOCK {
        invert_lower_small(a);
        return;
    }
    let half = n / 2;
    let mut top = a.view((0, 0), (half, half)).into_owned();
    let mut bottom = a.view((half, half), (n - half, n - half)).into_owned();
    let side = a.view((half, 0), (n - half, half)).into_owned();
    invert_lower(&mut top);
    invert_lower(&mut bottom);
    let side = &bottom * (side * &top);
    a.view_mut((0, 0), (half, half)).copy_from(&top);
    a.view_mut((half, half), (n - half, n - half))
        .copy_from(&bottom);
    a.view_mut((half, 0), (n - half, half)).copy_from(&-side);
}

fn invert_lower_small(a: &mut DMatrix<f64>) {
    let n = a.nrows();
    for j in 0..n {
        a[(j, j)] = 1.0 / a[(j, j)];
        for i in j + 1..n {
            let mut sum = 0.0;
            for k in j..i {
                sum += a[(i, k)] * a[(k, j)];
            }
            a[(i, j)] = -sum / a[(i, i)];
        }
    }
}

/// `Lᵀ L` of a lower triangular `L`: the inverse of a matrix from the inverse of its factor. Symmetric, full.
pub(crate) fn gram_of_lower(lower: &DMatrix<f64>) -> DMatrix<f64> {
    let n = lower.nrows();
    let transposed = lower.transpose();
    let mut gram = DMatrix::zeros(n, n);
    for start in (0..n).step_by(BLOCK) {
        let width = BLOCK.min(n - start);
        // Column j of L is zero above row j, so rows from `start` on are enough for these columns and those after.
        let rows = n - start;
        gram.view_mut((start, start), (rows, width)).gemm(
            1.0,
            &transposed.view((start, start), (rows, rows)),
            &lower.view((start, start), (rows, width)),
            0.0,
        );
    }
    for j in 1..n {
        for i in 0..j {
            gram[(i, j)] = gram[(j, i)];
        }
    }
    gram
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matern(n: usize, noise: f64) -> DMatrix<f64> {
        DMatrix::from_fn(n, n, |i, j| {
            let r = (i as f64 - j as f64).abs() / 7.0;
            (1.0 + r) * (-r).exp() + if i == j { noise } else { 0.0 }
        })
    }

    #[test]
    fn factors_and_inverses_multiply_back_across_block_edges() {
        for n in [0, 1, 2, 47, 48, 49, 97, 131, 200] {
            let a = matern(n, 1e-3);
            let cholesky = Cholesky::new(&a).expect("finite");
            assert_eq!(cholesky.jitter, 0.0);
            let back = &cholesky.lower * cholesky.lower.transpose();
            let inverse = gram_of_lower(&cholesky.inverse_factor());
            let one = &inverse * &a;
            for i in 0..n {
                for j in 0..n {
                    assert!((back[(i, j)] - a[(i, j)]).abs() < 1e-12, "{n} {i} {j}");
                    let unit = if i == j { 1.0 } else { 0.0 };
                    assert!((one[(i, j)] - unit).abs() < 1e-8, "{n} {i} {j}");
                }
            }
        }
    }

    #[test]
    fn a_singular_or_indefinite_matrix_gets_the_smallest_jitter_that_works() {
        let ones = Cholesky::new(&DMatrix::from_element(60, 60, 1.0)).expect("finite");
        assert!(ones.jitter > 0.0 && ones.jitter <= 1e-8, "{}", ones.jitter);
        let indefinite = Cholesky::new(&DMatrix::from_fn(
            5,
            5,
            |i, j| {
                if i == j { 0.0 } else { 3.0 }
            },
        ));
        assert!(indefinite.is_some());
        assert!(Cholesky::new(&DMatrix::from_element(2, 2, f64::NAN)).is_none());
    }
}
