//! Gaussian processes at 200 observations of 10 inputs: the fit, and the posterior of a hundred thousand candidates.

use compute::Device;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use surrogate::gp::{Gp, GpOptions, Observations};

const N: usize = 200;
const D: usize = 10;
const POOL: usize = 100_000;

/// A fixed sequence without visible order, within 0 to 1.
fn scattered(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        })
        .collect()
}

fn bench(c: &mut Criterion) {
    let inputs = scattered(N * D, 1);
    let noise = scattered(N, 2);
    let targets: Vec<f64> = inputs
        .chunks(D)
        .zip(&noise)
        .map(|(x, e)| (6.0 * x[0]).sin() + x[1] * x[2] + 0.2 * x.iter().sum::<f64>() + 0.1 * e)
        .collect();
    let observations = Observations {
        inputs: &inputs,
        dimensions: D,
        targets: &targets,
        std: None,
    };
    let options = GpOptions::default();
    let job = job::Job::new();
    let mut group = c.benchmark_group("gp");
    group.sample_size(10);
    group.bench_function("fit of 200 x 10", |b| {
        b.iter(|| Gp::fit(black_box(observations), &options, &job));
    });
    let gp = Gp::fit(observations, &options, &job).expect("good data");
    let pool = scattered(POOL * D, 3);
    group.throughput(Throughput::Elements(POOL as u64));
    group.bench_function("posterior of 100 000 in f32", |b| {
        b.iter(|| gp.predict_pool(black_box(&pool), &Device::cpu(), &job));
    });
    group.bench_function("posterior of 100 000 in f64", |b| {
        b.iter(|| gp.predict_transformed(black_box(&pool), &job));
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
