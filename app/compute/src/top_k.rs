//! The best of many scores.

use std::ops::Range;

use rayon::prelude::*;
use shaders::Kernel;
use shaders::compute::{TOP_K, TOP_K_BLOCK};

use crate::{ComputeError, Device, Gpu, RowKernel, Trial};

/// Beyond this an adapter thins the scores out too little.
const MOST_ON_GPU: usize = 256;

/// Scores that one task of the processor looks at.
const CHUNK: usize = 1 << 16;

/// What it is measured by.
pub const TRIAL: Trial = Trial {
    kernel: &TOP_K,
    title: "the best 100 of many scores",
    row: "a score",
    operations: 2.0,
    most: 1 << 24,
    prepare: |rows| {
        let scores: Vec<f32> = (0..rows).map(|i| (i as f32 * 0.618_034).fract()).collect();
        Box::new(move |gpu| {
            let found = match gpu {
                Some(gpu) => on_gpu(gpu, &scores, 100, &job::Job::new())?,
                None => on_cpu(&scores, 100),
            };
            std::hint::black_box(found);
            Ok(())
        })
    },
};

/// The places of the `k` largest scores, best first; of equal ones the earlier. NaN is never among them, so there may be
/// fewer than `k`.
///
/// # Errors
///
/// More than 2³² - 1 scores, cancelled.
pub fn top_k(
    device: &Device,
    scores: &[f32],
    k: usize,
    job: &job::Job,
) -> Result<Vec<u32>, ComputeError> {
    job.check()?;
    if u32::try_from(scores.len()).is_err() {
        return Err(ComputeError::Malformed {
            what: "a list of scores",
            reason: "it is longer than 4 billion; take the best of each part first".to_owned(),
        });
    }
    if k == 0 || k > MOST_ON_GPU {
        return Ok(on_cpu(scores, k));
    }
    device.run(
        &TRIAL,
        TRIAL.operations * scores.len() as f64,
        job,
        |gpu| on_gpu(gpu, scores, k, job),
        || Ok(on_cpu(scores, k)),
    )
}

/// A number that grows with the score; 0 for NaN, and the same for both zeros.
fn key(score: f32) -> u32 {
    if score.is_nan() {
        return 0;
    }
    let bits = (score + 0.0).to_bits();
    if bits >> 31 == 1 {
        !bits
    } else {
        bits | 1 << 31
    }
}

/// What the best are chosen by: the key above, the place below so that earlier ones are larger.
fn order(scores: &[f32], place: u32) -> u64 {
    u64::from(key(scores[place as usize])) << 32 | u64::from(!place)
}

/// Keeps the best k, best first.
fn cut(best: &mut Vec<u64>, k: usize) {
    if best.len() > k {
        if k > 0 {
            best.select_nth_unstable_by(k - 1, |a, b| b.cmp(a));
        }
        best.truncate(k);
    }
    best.sort_unstable_by(|a, b| b.cmp(a));
}

fn places(best: Vec<u64>) -> Vec<u32> {
    best.into_iter().map(|order| !(order as u32)).collect()
}

fn on_cpu(scores: &[f32], k: usize) -> Vec<u32> {
    let parts: Vec<Vec<u64>> = scores
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, part)| {
            let start = chunk * CHUNK;
            let room = 2 * k + 64;
            let mut best = Vec::new();
            // What does not exceed this is not among the best k.
            let mut bar = 0_u64;
            for (at, score) in part.iter().enumerate() {
                let order = u64::from(key(*score)) << 32 | u64::from(!((start + at) as u32));
                if order > bar && order >> 32 != 0 {
                    best.push(order);
                    if best.len() >= room {
                        cut(&mut best, k);
                        bar = best.last().copied().unwrap_or(u64::MAX);
                    }
                }
            }
            cut(&mut best, k);
            best
        })
        .collect();
    let mut best = parts.concat();
    cut(&mut best, k);
    places(best)
}

struct OnGpu<'a> {
    scores: &'a [f32],
    k: usize,
    best: Vec<u64>,
}

/// Rows are blocks of scores.
impl RowKernel for OnGpu<'_> {
    fn kernel(&self) -> &'static Kernel {
        &TOP_K
    }

    fn rows(&self) -> usize {
        self.scores.len().div_ceil(TOP_K_BLOCK)
    }

    fn workgroups(&self, rows: usize) -> usize {
        rows
    }

    fn parameters(&self) -> Vec<u32> {
        vec![self.k as u32]
    }

    fn fill(&self, rows: Range<usize>, inputs: &mut [Vec<u32>]) {
        let end = self.scores.len().min(rows.end * TOP_K_BLOCK);
        let scores = &self.scores[rows.start * TOP_K_BLOCK..end];
        inputs[0].extend(scores.iter().map(|score| key(*score)));
        inputs[0].resize(rows.len() * TOP_K_BLOCK, 0);
    }

    fn output_words(&self) -> Vec<usize> {
        vec![self.k]
    }

    fn take(&mut self, rows: Range<usize>, outputs: &[&[u32]]) {
        for (block, found) in rows.zip(outputs[0].chunks_exact(self.k)) {
            let known = found.iter().filter(|place| **place < TOP_K_BLOCK as u32);
            self.best.extend(
                known.map(|place| order(self.scores, (block * TOP_K_BLOCK) as u32 + place)),
            );
        }
        if self.best.len() > CHUNK {
            cut(&mut self.best, self.k);
        }
    }
}

fn on_gpu(gpu: &Gpu, scores: &[f32], k: usize, job: &job::Job) -> Result<Vec<u32>, ComputeError> {
    let mut work = OnGpu {
        scores,
        k,
        best: Vec::new(),
    };
    gpu.run(&mut work, job)?;
    cut(&mut work.best, k);
    Ok(places(work.best))
}
