//! Times of sorting into fronts and of front probabilities, and how they grow with the rows.
//!
//! `cargo bench --workspace -- ranking`, or with a number of rows as the largest size.

use job::Job;
use optimize::{Direction, ObjectiveColumn, RankOptions, front_numbers, rank};
use std::time::Instant;

/// splitmix64, for numbers between 0 and 1.
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *state;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

fn column(rows: usize, state: &mut u64) -> Vec<f64> {
    // The sum of twelve uniform numbers less six: close to the standard normal, and cheap.
    (0..rows)
        .map(|_| (0..12).map(|_| uniform(state)).sum::<f64>() - 6.0)
        .collect()
}

/// The shortest of three runs, in seconds.
fn seconds(mut work: impl FnMut()) -> f64 {
    let run = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..3).map(run).fold(f64::INFINITY, f64::min)
}

fn main() {
    let largest = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .next()
        .unwrap_or(1_000_000);
    let sizes: Vec<usize> = [10_000, 100_000, 1_000_000, 10_000_000]
        .into_iter()
        .filter(|&size| size <= largest)
        .collect();
    println!(
        "fronts of independent normal objectives, {} threads",
        rayon::current_num_threads()
    );
    println!(
        "{:>10} {:>10} {:>10} {:>12} {:>14}",
        "objectives", "rows", "seconds", "per row, ns", "/ n log2 n, ns"
    );
    for objectives in [2, 3] {
        for &rows in &sizes {
            let mut state = 1;
            let costs: Vec<Vec<f64>> = (0..objectives).map(|_| column(rows, &mut state)).collect();
            let time = seconds(|| {
                std::hint::black_box(front_numbers(&costs, &Job::new())).ok();
            });
            let row = time * 1e9 / rows as f64;
            println!(
                "{objectives:>10} {rows:>10} {time:>10.3} {row:>12.0} {:>14.1}",
                row / (rows as f64).log2()
            );
        }
    }
    println!("whole ranking with 512 draws, independent normal objectives with a spread of 1");
    println!(
        "{:>10} {:>10} {:>10} {:>10}",
        "objectives", "rows", "deviation", "seconds"
    );
    for (objectives, most) in [(2, usize::MAX), (3, 1_000_000)] {
        for &rows in sizes.iter().filter(|&&rows| rows <= most) {
            let mut state = 2;
            let means: Vec<Vec<f64>> = (0..objectives).map(|_| column(rows, &mut state)).collect();
            for deviation in [0.0, 0.05, 0.3, 1.0] {
                let std = vec![deviation; rows];
                let columns: Vec<ObjectiveColumn> = means
                    .iter()
                    .map(|mean| ObjectiveColumn {
                        direction: Direction::Maximize,
                        mean,
                        std: &std,
                        non_negative: false,
                    })
                    .collect();
                let start = Instant::now();
                std::hint::black_box(rank(&columns, &RankOptions::default(), &Job::new())).ok();
                println!(
                    "{objectives:>10} {rows:>10} {deviation:>10} {:>10.3}",
                    start.elapsed().as_secs_f64()
                );
            }
        }
    }
}
