//! Every kernel on the processor.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("processor");
    group.sample_size(10);
    for trial in compute::TRIALS {
        let rows = trial.most.min(1 << 16);
        let attempt = (trial.prepare)(rows);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(trial.title, |b| b.iter(|| attempt(None)));
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
