//! Small dense products on the processor's vectors: what GEMM and the posterior of a Gaussian process are made of.
//!
//! The left factor is cut into panels of [`HEIGHT`] rows, the right one into strips of two vectors' width. A panel times a
//! strip stays in registers: twelve sums, for each step two loads, six broadcasts and twelve fused multiply-adds.

use bytemuck::Zeroable;
use pulp::Simd;

/// Rows of a panel.
pub const HEIGHT: usize = 6;

/// Columns of a strip.
pub const fn width<S: Simd>() -> usize {
    2 * S::F32_LANES
}

/// A matrix cut into panels: of each, column after column, its rows' values; rows beyond the last are zero.
#[derive(Clone, Debug, Default)]
pub struct Panels {
    values: Vec<[f32; HEIGHT]>,
    /// Where each panel begins, and where the last ends.
    starts: Vec<usize>,
}

impl Panels {
    /// Of `rows x columns`; `value` gives the element of a row and column.
    pub fn new(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        Self::reaching(rows, |_| columns, value)
    }

    /// Of a lower triangle of `rows x rows`: no panel reaches beyond its last row's diagonal.
    pub fn lower_triangle(rows: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        Self::reaching(
            rows,
            |start| rows.min(start + HEIGHT),
            |row, column| {
                if column <= row {
                    value(row, column)
                } else {
                    0.0
                }
            },
        )
    }

    fn reaching(
        rows: usize,
        columns: impl Fn(usize) -> usize,
        value: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let mut panels = Self {
            values: Vec::new(),
            starts: vec![0],
        };
        for start in (0..rows).step_by(HEIGHT) {
            for column in 0..columns(start) {
                let mut values = [0.0; HEIGHT];
                for (row, slot) in (start..rows).zip(&mut values) {
                    *slot = value(row, column);
                }
                panels.values.push(values);
            }
            panels.starts.push(panels.values.len());
        }
        panels
    }

    /// Panel after panel, each a list of columns.
    pub fn iter(&self) -> impl Iterator<Item = &[[f32; HEIGHT]]> {
        self.starts.windows(2).map(|w| &self.values[w[0]..w[1]])
    }
}

/// A panel times as many rows of a strip as the panel has columns; `strip` holds row after row of two vectors.
#[inline(always)]
pub fn multiply<S: Simd>(
    simd: S,
    panel: &[[f32; HEIGHT]],
    strip: &[[S::f32s; 2]],
) -> [[S::f32s; 2]; HEIGHT] {
    let zero = [S::f32s::zeroed(); 2];
    // Named one by one: as an array they would not all stay in registers.
    let (mut s0, mut s1, mut s2, mut s3, mut s4, mut s5) = (zero, zero, zero, zero, zero, zero);
    for ([a0, a1, a2, a3, a4, a5], b) in panel.iter().zip(strip) {
        s0 = add(simd, s0, *a0, b);
        s1 = add(simd, s1, *a1, b);
        s2 = add(simd, s2, *a2, b);
        s3 = add(simd, s3, *a3, b);
        s4 = add(simd, s4, *a4, b);
        s5 = add(simd, s5, *a5, b);
    }
    [s0, s1, s2, s3, s4, s5]
}

#[inline(always)]
fn add<S: Simd>(simd: S, sum: [S::f32s; 2], a: f32, b: &[S::f32s; 2]) -> [S::f32s; 2] {
    let a = simd.splat_f32s(a);
    [
        simd.mul_add_f32s(a, b[0], sum[0]),
        simd.mul_add_f32s(a, b[1], sum[1]),
    ]
}

/// The rows of a strip as vectors; its length is a whole number of rows.
#[inline(always)]
pub fn strip<S: Simd>(values: &[f32]) -> &[[S::f32s; 2]] {
    S::as_simd_f32s(values).0.as_chunks().0
}

/// As [`strip`], to be written to.
#[inline(always)]
pub fn strip_mut<S: Simd>(values: &mut [f32]) -> &mut [[S::f32s; 2]] {
    S::as_mut_simd_f32s(values).0.as_chunks_mut().0
}
