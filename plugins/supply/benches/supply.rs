//! What one candidate costs in time, for each quantity.

use matter::{CompositionRef, formula::parse};
use std::hint::black_box;
use std::time::Instant;
use supply::{cost_usd_per_kg, critical_mass_fraction, supply_risk};

const ROUNDS: usize = 2_000_000;

fn main() {
    let parsed = parse("LiNi0.8Mn0.1Co0.1O2").expect("the formula parses");
    let composition = parsed.composition.as_ref();
    time("cost", composition, |c| {
        cost_usd_per_kg(c).unwrap_or(f64::NAN)
    });
    time("supply risk", composition, |c| {
        supply_risk(c).unwrap_or(f64::NAN)
    });
    time(
        "critical mass fraction",
        composition,
        critical_mass_fraction,
    );
}

fn time(what: &str, composition: CompositionRef, f: impl Fn(CompositionRef) -> f64) {
    let start = Instant::now();
    for _ in 0..ROUNDS {
        black_box(f(black_box(composition)));
    }
    println!(
        "{what}: {:.1} ns a candidate",
        start.elapsed().as_secs_f64() / ROUNDS as f64 * 1e9
    );
}
