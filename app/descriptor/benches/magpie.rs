//! How many compositions a second get their Magpie descriptors.

use descriptor::Magpie;
use matter::Compositions;
use matter::formula::Parser;
use std::time::Instant;

const ROWS: usize = 400_000;
const ROUNDS: usize = 5;

fn main() {
    let mut compositions = Compositions::new();
    let mut parser = Parser::new();
    let formulas = [
        "LiNi0.8Mn0.1Co0.1O2",
        "SrTiO3",
        "Nd2Fe14B",
        "CoCrFeMnNi",
        "NaCl",
        "Li10GeP2S12",
        "Cu46Zr46Al8",
    ];
    for row in 0..ROWS {
        parser
            .parse_into(formulas[row % formulas.len()], &mut compositions)
            .expect("the formulas above parse");
    }
    let mut magpie = Magpie::new();
    magpie.compute(&compositions);
    let best = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            magpie.compute(&compositions);
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    println!(
        "magpie: {:.2} million compositions/s, best of {ROUNDS}",
        ROWS as f64 / best / 1e6
    );
}
