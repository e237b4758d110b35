//! Nanoseconds a formula and an assignment of oxidation states: `cargo bench -p matter`.
//!
//! A plain program: the figures are large and steady enough to need no statistics beyond the best of several runs.

use matter::{Compositions, formula, oxidation};
use std::hint::black_box;
use std::time::Instant;

const FORMULAS: [&str; 8] = [
    "LiFePO4",
    "LiCoO2",
    "LiNi0.8Mn0.1Co0.1O2",
    "Na3V2(PO4)2F3",
    "La0.7Sr0.3MnO3",
    "Nd2Fe14B",
    "SrTiO3",
    "Li3Fe2(PO4)3",
];
const ROUNDS: usize = 50_000;

fn main() {
    let count = ROUNDS * FORMULAS.len();
    let mut parser = formula::Parser::new();
    let mut batch = Compositions::with_capacity(count);
    report("formula::Parser::parse_into", count, || {
        batch.clear();
        for _ in 0..ROUNDS {
            for text in FORMULAS {
                let _ = black_box(parser.parse_into(black_box(text), &mut batch));
            }
        }
    });
    for text in FORMULAS {
        report(&format!("  {text}"), count, || {
            batch.clear();
            for _ in 0..count {
                let _ = black_box(parser.parse_into(black_box(text), &mut batch));
            }
        });
    }
    batch.clear();
    for text in FORMULAS {
        if let Err(error) = parser.parse_into(text, &mut batch) {
            eprintln!("{text}: {error}");
        }
    }
    for (row, text) in FORMULAS.iter().enumerate() {
        report(&format!("oxidation::assign {text}"), ROUNDS, || {
            for _ in 0..ROUNDS {
                black_box(oxidation::assign(black_box(batch.get(row)), 0.0));
            }
        });
    }
    report("CompositionRef::fingerprint", ROUNDS, || {
        for _ in 0..ROUNDS {
            black_box(black_box(batch.get(0)).fingerprint());
        }
    });
    report("CompositionRef::reduced_formula", ROUNDS, || {
        for _ in 0..ROUNDS {
            black_box(black_box(batch.get(0)).reduced_formula());
        }
    });
}

fn report(name: &str, count: usize, mut work: impl FnMut()) {
    let best = (0..7).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_nanos() as f64 / count as f64
    });
    println!("{name:<44} {:8.1} ns", best.fold(f64::INFINITY, f64::min));
}
