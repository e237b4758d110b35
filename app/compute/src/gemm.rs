//! The product of two dense matrices in f32, row after row: `C (m x n) = A (m x k) B (k x n)`.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;
use shaders::Kernel;

use crate::lanes::{HEIGHT, Panels, multiply, strip, strip_mut, width};
use crate::{Attempt, ComputeError, Device, Gpu, RowKernel, Trial};

/// Columns of A that are summed before C is touched again.
const DEPTH: usize = 256;
/// Rows of C that one task computes, a whole number of panels.
const ROWS: usize = 40 * HEIGHT;
/// Columns of C that one task computes, a whole number of strips on any processor.
const COLUMNS: usize = 256;

/// The sizes of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub m: usize,
    pub k: usize,
    pub n: usize,
}

impl Sizes {
    fn check(self, a: &[f32], b: &[f32]) -> Result<(), ComputeError> {
        for (what, found, rows, columns) in [
            ("the left matrix", a.len(), self.m, self.k),
            ("the right matrix", b.len(), self.k, self.n),
        ] {
            let expected = rows.saturating_mul(columns);
            if found != expected {
                return Err(ComputeError::Length {
                    what,
                    found,
                    expected,
                });
            }
        }
        Ok(())
    }

    /// Multiplications and additions.
    pub fn operations(self) -> f64 {
        2.0 * self.m as f64 * self.k as f64 * self.n as f64
    }
}

/// What it is measured by: rows of 512 into 512.
pub const TRIAL: Trial = Trial {
    kernel: &shaders::compute::GEMM,
    title: "the product of matrices",
    row: "a row of 512 numbers, times 512 x 512",
    operations: 2.0 * 512.0 * 512.0,
    most: 16_384,
    prepare: |m| {
        let sizes = Sizes { m, k: 512, n: 512 };
        let value = |i: usize| (i % 97) as f32 * 0.01 - 0.5;
        let a: Vec<f32> = (0..m * 512).map(value).collect();
        let b: Vec<f32> = (0..512 * 512).map(value).collect();
        let attempt: Attempt = Box::new(move |gpu| {
            match gpu {
                Some(gpu) => on_gpu(gpu, sizes, &a, &b, &job::Job::new())?,
                None => on_cpu(sizes, &a, &b),
            };
            Ok(())
        });
        attempt
    },
};

/// The product on a device: `m x n`, row after row. Each element is summed in the order of k, so the result does not depend
/// on the number of threads.
///
/// # Errors
///
/// Lengths that do not fit the sizes, cancelled.
pub fn gemm(
    device: &Device,
    sizes: Sizes,
    a: &[f32],
    b: &[f32],
    job: &job::Job,
) -> Result<Vec<f32>, ComputeError> {
    sizes.check(a, b)?;
    device.run(
        &TRIAL,
        sizes.operations(),
        job,
        |gpu| on_gpu(gpu, sizes, a, b, job),
        || {
            job.check()?;
            Ok(on_cpu(sizes, a, b))
        },
    )
}

struct OnGpu<'a> {
    sizes: Sizes,
    a: &'a [f32],
    b: &'a [u32],
    c: Vec<f32>,
}

impl RowKernel for OnGpu<'_> {
    fn kernel(&self) -> &'static Kernel {
        &shaders::compute::GEMM
    }
    fn rows(&self) -> usize {
        self.sizes.m
    }
    fn workgroups(&self, rows: usize) -> usize {
        let tile = shaders::compute::GEMM_TILE;
        rows.div_ceil(tile) * self.sizes.n.div_ceil(tile)
    }
    fn parameters(&self) -> Vec<u32> {
        vec![self.sizes.k as u32, self.sizes.n as u32]
    }
    fn constants(&self) -> Vec<&[u32]> {
        vec![self.b]
    }
    fn fill(&self, rows: Range<usize>, inputs: &mut [Vec<u32>]) {
        let k = self.sizes.k;
        inputs[0].extend_from_slice(bytemuck::cast_slice(&self.a[rows.start * k..rows.end * k]));
    }
    fn output_words(&self) -> Vec<usize> {
        vec![self.sizes.n]
    }
    fn take(&mut self, rows: Range<usize>, outputs: &[&[u32]]) {
        let n = self.sizes.n;
        self.c[rows.start * n..rows.end * n].copy_from_slice(bytemuck::cast_slice(outputs[0]));
    }
}

pub(crate) fn on_gpu(
    gpu: &Gpu,
    sizes: Sizes,
    a: &[f32],
    b: &[f32],
    job: &job::Job,
) -> Result<Vec<f32>, ComputeError> {
    let mut work = OnGpu {
        sizes,
        a,
        b: bytemuck::cast_slice(b),
        c: vec![0.0; sizes.m * sizes.n],
    };
    if sizes.n > 0 {
        gpu.run(&mut work, job)?;
    }
    Ok(work.c)
}

/// One task's part of C: some rows of A times some columns of B.
struct Part<'a> {
    sizes: Sizes,
    a: &'a [f32],
    b: &'a [f32],
    rows: Range<usize>,
    columns: Range<usize>,
}

impl WithSimd for Part<'_> {
    /// Row after row of the part.
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        let Sizes { k, n, .. } = self.sizes;
        let (height, across) = (self.rows.len(), self.columns.len());
        let wide = width::<S>();
        let mut c = vec![0.0_f32; height * across];
        let mut packed = Vec::new();
        let mut out = vec![0.0_f32; HEIGHT * wide];
        for depth in (0..k).step_by(DEPTH) {
            let steps = DEPTH.min(k - depth);
            packed.clear();
            for from in self.columns.clone().step_by(wide) {
                let to = self.columns.end.min(from + wide);
                for row in depth..depth + steps {
                    packed.extend_from_slice(&self.b[row * n + from..row * n + to]);
                    packed.resize(packed.len() + wide - (to - from), 0.0);
                }
            }
            let panels = Panels::new(height, steps, |row, column| {
                self.a[(self.rows.start + row) * k + depth + column]
            });
            for (panel, rows) in panels.iter().zip(c.chunks_mut(HEIGHT * across)) {
                for (at, columns) in packed.chunks_exact(steps * wide).enumerate() {
                    let sums = multiply(simd, panel, strip::<S>(columns));
                    strip_mut::<S>(&mut out).copy_from_slice(&sums);
                    let from = at * wide;
                    for (row, sums) in rows.chunks_mut(across).zip(out.chunks_exact(wide)) {
                        for (c, sum) in row[from..].iter_mut().zip(sums) {
                            *c += sum;
                        }
                    }
                }
            }
        }
        c
    }
}

pub(crate) fn on_cpu(sizes: Sizes, a: &[f32], b: &[f32]) -> Vec<f32> {
    let Sizes { m, n, .. } = sizes;
    let mut c = vec![0.0; m * n];
    if n == 0 {
        return c;
    }
    let arch = Arch::new();
    c.par_chunks_mut(ROWS * n).enumerate().for_each(|(at, c)| {
        let rows = at * ROWS..m.min((at + 1) * ROWS);
        let parts: Vec<Vec<f32>> = (0..n.div_ceil(COLUMNS))
            .into_par_iter()
            .map(|at| {
                arch.dispatch(Part {
                    sizes,
                    a,
                    b,
                    rows: rows.clone(),
                    columns: at * COLUMNS..n.min((at + 1) * COLUMNS),
                })
            })
            .collect();
        for (at, part) in parts.iter().enumerate() {
            let from = at * COLUMNS;
            let across = COLUMNS.min(n - from);
            for (c, part) in c.chunks_exact_mut(n).zip(part.chunks_exact(across)) {
                c[from..from + across].copy_from_slice(part);
            }
        }
    });
    c
}
