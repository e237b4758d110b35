//! What a plugin costs: a fresh instance, a column of values against the same arithmetic in native code, and loading.
//!
//! `LODESTONE_BENCH_PLUGIN=plugins/dist/battery.wasm cargo bench -p plugin_host` measures that component too.

#[path = "../tests/host/guest.rs"]
mod guest;

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use job::Job;
use plugin_host::{BatchInput, CompositionsInput, Host, HostOptions, Session};

/// The rows of a full batch.
const ROWS: usize = 4096;

/// Lithium transition-metal oxides of five elements, amounts as in a formula.
struct Table {
    offsets: Vec<u32>,
    atomic_numbers: Vec<u8>,
    amounts: Vec<f64>,
}

impl Table {
    fn new(rows: usize) -> Self {
        let mut table = Self {
            offsets: vec![0],
            atomic_numbers: Vec::new(),
            amounts: Vec::new(),
        };
        for row in 0..rows {
            let x = (row % 97) as f64 / 100.0;
            table.atomic_numbers.extend([3, 8, 25, 27, 28]);
            table.amounts.extend([1.0, 2.0, 0.5 * x, 0.5 * x, 1.0 - x]);
            table.offsets.push(table.amounts.len() as u32);
        }
        table
    }

    fn batch(&self) -> BatchInput<'_> {
        BatchInput {
            compositions: CompositionsInput {
                offsets: &self.offsets,
                atomic_numbers: &self.atomic_numbers,
                amounts: &self.amounts,
            },
            ..BatchInput::default()
        }
    }

    /// What the guest computes, natively.
    fn sums(&self, scale: f64) -> Vec<f64> {
        let row = |w: &[u32]| {
            self.amounts[w[0] as usize..w[1] as usize]
                .iter()
                .sum::<f64>()
                * scale
        };
        self.offsets.windows(2).map(row).collect()
    }
}

fn columns(c: &mut Criterion, host: &Host, name: &str, wasm: &[u8]) {
    let plugin = host.load(wasm, name).expect("a good plugin");
    let session = Session::new(&plugin, &[]).expect("defaults");
    let job = Job::new();
    let mut group = c.benchmark_group(name);
    for rows in [0, 1, ROWS] {
        let table = Table::new(rows);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(format!("{rows} candidates, fresh instance"), |b| {
            b.iter(|| session.predict(black_box(&table.batch()), &job));
        });
    }
    group.finish();
}

fn plugin(c: &mut Criterion) {
    let host = Host::new(HostOptions::default()).expect("a host");
    let wasm = guest::Guest::default().wasm();
    let table = Table::new(ROWS);
    let mut group = c.benchmark_group("sum");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function(format!("{ROWS} candidates, native"), |b| {
        b.iter(|| black_box(&table).sums(black_box(1.0)));
    });
    group.finish();
    columns(c, &host, "sum", &wasm);
    c.bench_function("verify, compile and describe `sum`", |b| {
        b.iter(|| host.load(black_box(&wasm), "sum"));
    });
    if let Some(path) = std::env::var_os("LODESTONE_BENCH_PLUGIN").map(PathBuf::from) {
        let wasm = std::fs::read(&path).expect("a component");
        columns(c, &host, &path.display().to_string(), &wasm);
    }
}

criterion_group!(benches, plugin);
criterion_main!(benches);
