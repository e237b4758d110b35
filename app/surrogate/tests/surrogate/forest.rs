//! Trees that predict distributions.

use crate::pool::scattered;
use surrogate::forest::{Forest, ForestOptions};

const OPTIONS: ForestOptions = ForestOptions {
    trees: 60,
    descriptors: 0.5,
    leaf: 1,
    seed: 4,
};

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|x| *x as f32).collect()
}

#[test]
fn training_rows_come_back_exactly_and_between_them_lies_what_is_between() {
    let x = narrow(&scattered(300 * 3, 1));
    let y: Vec<f64> = x.chunks(3).map(|r| f64::from(r[0] * 4.0 + r[1])).collect();
    let job = job::Job::new();
    let forest = Forest::fit(&x, 3, &y, &OPTIONS, &job).expect("good data");
    // Leaves of one row: the distribution at a training row is that row.
    let back = forest
        .predict(&x, &job, |_, d| (d.mean(), d.std(), d.median()))
        .expect("whole rows");
    for ((mean, std, median), y) in back.iter().zip(&y) {
        assert!((mean - y).abs() < 1e-12 && *std < 1e-6 && median == y);
    }
    let fresh = narrow(&scattered(200 * 3, 9));
    let truth: Vec<f64> = fresh
        .chunks(3)
        .map(|r| f64::from(r[0] * 4.0 + r[1]))
        .collect();
    let means = forest
        .predict(&fresh, &job, |_, d| d.mean())
        .expect("whole rows");
    let error: f64 = means
        .iter()
        .zip(&truth)
        .map(|(m, y)| (m - y).abs())
        .sum::<f64>()
        / 200.0;
    // The mean of all targets as the answer everywhere would be off by 1.0.
    assert!(error < 0.25, "{error}");
}

#[test]
fn quantiles_and_probabilities_are_those_of_the_leaf_shares() {
    // A descriptor that tells nothing: one leaf, the distribution of all targets.
    let y = [0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 10.0];
    let job = job::Job::new();
    let forest = Forest::fit(&[7.0; 8], 1, &y, &OPTIONS, &job).expect("good data");
    forest
        .predict(&[7.0], &job, |_, d| {
            assert!((d.mean() - 2.5).abs() < 1e-12);
            let variance = y.iter().map(|y| (y - 2.5_f64).powi(2)).sum::<f64>() / 8.0;
            assert!((d.std() - variance.sqrt()).abs() < 1e-12);
            assert!((d.probability_of(0.0) - 0.375).abs() < 1e-12);
            assert_eq!(d.probability_of(5.0), 0.0);
            assert_eq!(
                [0.0, 0.375, 0.38, 0.5, 0.875, 0.876, 1.0].map(|p| d.quantile(p)),
                [0.0, 0.0, 1.0, 1.0, 4.0, 10.0, 10.0]
            );
        })
        .expect("one row");
}

#[test]
fn unknown_descriptors_divide_and_never_lose_a_row() {
    let job = job::Job::new();
    let x = [f32::NAN, f32::NAN, 1.0, 1.0];
    let y = [5.0, 5.0, 9.0, 9.0];
    let forest = Forest::fit(&x, 1, &y, &OPTIONS, &job).expect("good data");
    let means = forest
        .predict(&[f32::NAN, 1.0], &job, |_, d| d.mean())
        .expect("two rows");
    assert_eq!(means, [5.0, 9.0]);
    let blank = Forest::fit(&[f32::NAN; 4], 1, &y, &OPTIONS, &job).expect("good data");
    assert_eq!(
        blank
            .predict(&[0.0], &job, |_, d| d.mean())
            .expect("one row"),
        [7.0]
    );
    let infinite = [f32::NEG_INFINITY, f32::INFINITY, 0.0, f32::MAX];
    let wide = Forest::fit(&infinite, 1, &y, &OPTIONS, &job).expect("good data");
    assert!(
        wide.predict(&[1.0], &job, |_, d| d.mean())
            .expect("one row")[0]
            .is_finite()
    );
}

#[test]
fn the_same_forest_grows_on_any_number_of_threads_and_another_from_another_seed() {
    let x = narrow(&scattered(120 * 4, 2));
    let y = scattered(120, 3);
    let grow = |threads, seed| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads")
            .install(|| {
                let options = ForestOptions { seed, ..OPTIONS };
                Forest::fit(&x, 4, &y, &options, &job::Job::new()).expect("good data")
            })
    };
    assert_eq!(grow(1, 4), grow(3, 4));
    assert_ne!(grow(1, 4), grow(1, 5));
}

#[test]
fn bad_shapes_and_targets_are_refused() {
    let job = job::Job::new();
    let told = |x: &[f32], y: &[f64], options: &ForestOptions| {
        Forest::fit(x, 2, y, options, &job)
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default()
    };
    assert!(told(&[1.0; 3], &[1.0, 2.0], &OPTIONS).contains("3 values where 4"));
    assert!(told(&[1.0; 4], &[1.0, f64::NAN], &OPTIONS).contains("row 1"));
    assert!(told(&[], &[], &OPTIONS).contains("training rows"));
    let none = ForestOptions {
        trees: 0,
        ..OPTIONS
    };
    assert!(told(&[1.0; 4], &[1.0, 2.0], &none).contains("at least 1"));
}
