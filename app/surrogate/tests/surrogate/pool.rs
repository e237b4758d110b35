//! Large pools: f32 tiles beside the exact posterior.

use surrogate::gp::{Bounds, Gp, GpOptions, Hyperparameters, Kernel, Noise, Observations};

/// A fixed sequence without visible order, within 0 to 1.
pub fn scattered(count: usize, seed: u64) -> Vec<f64> {
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

fn model(kernel: Kernel, n: usize, d: usize, offset: f64) -> Gp {
    let inputs: Vec<f64> = scattered(n * d, 3).iter().map(|x| offset + x).collect();
    let targets: Vec<f64> = inputs
        .chunks(d)
        .map(|row| (5.0 * (row[0] - offset)).sin() + 0.3 * (row[d - 1] - offset))
        .collect();
    let hyper = Hyperparameters {
        lengthscales: (0..d).map(|k| 0.5 + 0.1 * k as f64).collect(),
        noise: 1e-3,
        mean: 0.1,
    };
    let options = GpOptions {
        bounds: Some(Bounds {
            lower: vec![offset; d],
            upper: vec![offset + 1.0; d],
        }),
        noise: Noise::Inferred,
        ..GpOptions::default()
    };
    let observations = Observations {
        inputs: &inputs,
        dimensions: d,
        targets: &targets,
        std: None,
    };
    Gp::with_hyperparameters(observations, kernel, hyper, &options).expect("good data")
}

#[test]
fn tiles_in_f32_agree_with_f64_within_the_accuracy_of_f32() {
    let job = job::Job::new();
    for kernel in Kernel::ALL {
        for (n, d, offset) in [(1, 1, 0.0), (7, 3, -4.0), (63, 2, 0.0), (200, 10, 1e4)] {
            let gp = model(kernel, n, d, offset);
            let (_, spread) = gp.standardisation();
            // More than a tile and no whole number of them; the observed candidates are among the pool.
            let mut pool = scattered(n * d, 3);
            pool.extend(scattered(1301 * d, 5).iter().map(|x| 1.4 * x - 0.2));
            pool.iter_mut().for_each(|x| *x += offset);
            pool[d] = f64::NAN;
            let exact = gp.predict_transformed(&pool, &job).expect("whole rows");
            let fast = gp.predict_pool(&pool, &job).expect("whole rows");
            assert!(fast.mean[1].is_nan() && fast.std[1].is_nan());
            for (i, (mean, std)) in exact.iter().enumerate().filter(|(i, _)| *i != 1) {
                let off = (fast.mean[i] - mean).abs() / spread;
                assert!(off < 3e-4, "{kernel:?} {n} {d} {i}: mean off by {off}");
                let off = (fast.std[i].powi(2) - std.powi(2)).abs() / (spread * spread);
                assert!(off < 5e-5, "{kernel:?} {n} {d} {i}: variance off by {off}");
            }
        }
    }
}

#[test]
fn a_cancelled_pool_ends() {
    let job = job::Job::new();
    job.cancel();
    let gp = model(Kernel::Rbf, 5, 2, 0.0);
    assert!(gp.predict_pool(&[0.5; 20], &job).is_err());
}
