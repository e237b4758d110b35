//! Large pools: f32 tiles beside the exact posterior.

use compute::{Choice, Device, twins};
use surrogate::SurrogateError;
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
            let fast = gp
                .predict_pool(&pool, &Device::cpu(), &job)
                .expect("whole rows");
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

/// Candidates of every sort: scattered, observed, repeated, far away, unknown.
fn hostile_pool(n: usize, d: usize, count: usize) -> Vec<f64> {
    let mut pool = scattered(n * d, 3);
    pool.extend(scattered(count * d, 5).iter().map(|x| 1.4 * x - 0.2));
    let row = pool[..d].to_vec();
    pool.extend(row);
    for x in [
        1e3,
        1e30,
        -1e300,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        5e-324,
    ] {
        let mut row = vec![0.5; d];
        row[d - 1] = x;
        pool.extend(row);
    }
    pool
}

#[test]
fn adapters_compute_the_same_posterior_as_the_processor() {
    for kernel in Kernel::ALL {
        for (n, d, count) in [
            (1, 1, 0),
            (7, 3, 1),
            (64, 2, 40),
            (65, 1, 63),
            (130, 12, 200),
        ] {
            let gp = model(kernel, n, d, 0.0);
            let pool = hostile_pool(n, d, count);
            let what = format!("{kernel:?}, {n} observations of {d} inputs");
            twins::compare(&what, 3e-5, |device| {
                let posterior = gp.predict_pool(&pool, device, &job::Job::new())?;
                let variances = posterior.std.iter().map(|std| std * std);
                Ok::<_, SurrogateError>(posterior.mean.iter().copied().chain(variances).collect())
            })
            .unwrap_or_else(|different| panic!("{different}"));
        }
    }
    let gp = model(Kernel::Rbf, 3, 2, 0.0);
    for pool in [&[][..], &[0.5; 3]] {
        twins::compare("a pool of nothing, and half a row", 0.0, |device| {
            gp.predict_pool(pool, device, &job::Job::new())
                .map(|posterior| posterior.mean)
        })
        .unwrap_or_else(|different| panic!("{different}"));
    }
}

#[test]
fn candidates_far_away_get_the_prior_and_those_that_are_not_finite_nothing() {
    let gp = model(Kernel::Matern52, 20, 3, 0.0);
    let pool = hostile_pool(1, 3, 0);
    let device = Device::cpu();
    let posterior = gp.predict_pool(&pool[6..], &device, &job::Job::new());
    let posterior = posterior.expect("whole rows");
    let (centre, spread) = gp.standardisation();
    let prior = centre + spread * gp.hyperparameters().mean;
    for far in 0..3 {
        assert!((posterior.mean[far] - prior).abs() < 1e-6 * spread, "{far}");
        assert!((posterior.std[far] / spread - 1.0).abs() < 1e-6, "{far}");
    }
    for unknown in 3..6 {
        assert!(posterior.mean[unknown].is_nan() && posterior.std[unknown].is_nan());
    }
    assert!(posterior.mean[6].is_finite());
}

#[test]
fn an_adapter_lost_in_the_middle_of_a_pool_costs_no_candidate() {
    let device =
        Device::open_in(Choice::Gpu, None).expect("tests need an adapter: lavapipe will do");
    let gp = model(Kernel::Matern52, 60, 4, 0.0);
    let pool = scattered(40_000 * 4, 9);
    let job = job::Job::new();
    let (gpu, watched) = (device.gpu(0).expect("opened"), job.clone());
    // Pulled out as soon as the first chunk is through.
    let hand = std::thread::spawn(move || {
        while watched.snapshot().done == 0 {
            std::thread::yield_now();
        }
        gpu.lose();
    });
    let found = gp
        .predict_pool(&pool, &device, &job)
        .expect("the processor goes on");
    hand.join().expect("no panic");
    let expected = gp.predict_pool(&pool, &Device::cpu(), &job::Job::new());
    assert_eq!(found, expected.expect("sound"));
    let messages = device.take_messages();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].contains("was lost"), "{messages:?}");
    assert_eq!(job.snapshot().done, 40_000);
}

#[test]
fn a_cancelled_pool_ends() {
    let job = job::Job::new();
    job.cancel();
    let gp = model(Kernel::Rbf, 5, 2, 0.0);
    assert!(gp.predict_pool(&[0.5; 20], &Device::cpu(), &job).is_err());
}
