//! Observations that are none, one, all alike, repeated, clustered, unknown or extreme: each has a defined answer.

use surrogate::gp::{
    Bounds, Gp, GpOptions, Hyperparameters, Kernel, KernelChoice, Noise, Observations,
};
use surrogate::{Outcome, SurrogateError};

fn fit(inputs: &[f64], dimensions: usize, targets: &[f64], options: &GpOptions) -> Gp {
    let observations = Observations {
        inputs,
        dimensions,
        targets,
        std: None,
    };
    Gp::fit(observations, options, &job::Job::new()).expect("any numbers can be fitted")
}

fn at(gp: &Gp, x: &[f64]) -> (f64, f64) {
    let moments = gp.predict(x, &job::Job::new()).expect("one row")[0];
    (moments.mean, moments.std)
}

#[test]
fn no_observations_know_nothing() {
    for gp in [
        fit(&[], 2, &[], &GpOptions::default()),
        fit(&[1.0, 2.0], 2, &[f64::NAN], &GpOptions::default()),
    ] {
        let (mean, std) = at(&gp, &[0.5, 0.5]);
        assert!(mean.is_nan() && std.is_nan());
        assert!(gp.leave_one_out().is_none());
        assert_eq!(gp.usage().used, 0);
    }
}

#[test]
fn one_or_equal_observations_predict_their_value_in_any_unit() {
    for unit in [1.0, 1e-30, 1e30, 1e300] {
        let options = GpOptions {
            bounds: Some(Bounds::unit(1)),
            ..GpOptions::default()
        };
        let single = fit(&[0.5], 1, &[250.0 * unit], &options);
        let constant = fit(&[0.1, 0.5, 0.9], 1, &[250.0 * unit; 3], &options);
        for gp in [single, constant] {
            assert!(gp.spread_unknown());
            let (mean, near) = at(&gp, &[0.5]);
            let (_, far) = at(&gp, &[30.0]);
            assert!((mean / (250.0 * unit) - 1.0).abs() < 1e-9);
            assert!(
                near > 0.0 && near < far && far <= 250.0 * unit,
                "{near} {far}"
            );
        }
    }
    let (mean, std) = at(&fit(&[0.5], 1, &[0.0], &GpOptions::default()), &[0.5]);
    assert!(mean == 0.0 && std > 0.0);
}

#[test]
fn unusable_rows_are_counted_and_change_nothing() {
    let good = fit(
        &[0.0, 0.1, 0.4, 0.3, 1.0, 1.0],
        2,
        &[1.0, 4.0, 2.0],
        &GpOptions::default(),
    );
    let nan = f64::NAN;
    let inputs = [
        0.0,
        0.1,
        nan,
        0.5,
        0.4,
        0.3,
        0.5,
        0.5,
        1.0,
        1.0,
        0.2,
        f64::INFINITY,
    ];
    let mixed = fit(
        &inputs,
        2,
        &[1.0, 7.0, 4.0, nan, 2.0, 3.0],
        &GpOptions::default(),
    );
    let usage = mixed.usage();
    assert_eq!(
        (usage.used, usage.unusable_input, usage.missing_target),
        (3, 2, 1)
    );
    assert_eq!(at(&good, &[0.3, 0.3]), at(&mixed, &[0.3, 0.3]));
    let (mean, std) = at(&mixed, &[0.3, nan]);
    assert!(mean.is_nan() && std.is_nan());
}

#[test]
fn repeated_and_clustered_rows_never_fail_to_factor() {
    for kernel in Kernel::ALL {
        for noise in [Noise::Inferred, Noise::AsGiven] {
            let options = GpOptions {
                kernel: KernelChoice::Fixed(kernel),
                noise,
                ..GpOptions::default()
            };
            for spacing in [0.0, 1e-300, 1e-16, 1e-12, 1e-6] {
                let inputs: Vec<f64> = (0..60)
                    .map(|i| f64::from(i % 2) + spacing * f64::from(i))
                    .collect();
                let targets: Vec<f64> = (0..60).map(|i| f64::from((i * 37) % 11)).collect();
                let gp = fit(&inputs, 1, &targets, &options);
                let (mean, std) = at(&gp, &[0.5]);
                assert!(mean.is_finite() && std.is_finite(), "{kernel:?} {spacing}");
                assert!(gp.log_marginal_likelihood().is_finite());
            }
        }
    }
}

#[test]
fn repeats_are_worth_their_mean() {
    // Four repeats of variance v at one input are one observation of variance v/4; noise given, so nothing is inferred.
    let hyper = Hyperparameters {
        lengthscales: vec![0.4],
        noise: 0.0,
        mean: 0.0,
    };
    let options = GpOptions {
        bounds: Some(Bounds::unit(1)),
        noise: Noise::AsGiven,
        ..GpOptions::default()
    };
    let repeated = Gp::with_hyperparameters(
        Observations {
            inputs: &[0.2, 0.2, 0.2, 0.2, 0.8],
            dimensions: 1,
            targets: &[2.0, 3.0, 1.0, 2.0, 5.0],
            std: Some(&[0.4, 0.4, 0.4, 0.4, 0.1]),
        },
        Kernel::Matern52,
        hyper,
        &options,
    )
    .expect("good data");
    assert_eq!((repeated.usage().used, repeated.usage().distinct), (5, 2));
    // By hand: standardised by the five values, then the two by two system.
    let (centre, spread) = repeated.standardisation();
    let k = Kernel::Matern52.value((0.6_f64 / 0.4).powi(2));
    let (y1, y2) = ((2.0 - centre) / spread, (5.0 - centre) / spread);
    let (a, b) = (
        1.0 + 0.04 / (spread * spread),
        1.0 + 0.01 / (spread * spread),
    );
    let determinant = a * b - k * k;
    let (w1, w2) = (
        (b * y1 - k * y2) / determinant,
        (a * y2 - k * y1) / determinant,
    );
    let expected = centre + spread * (w1 + k * w2);
    assert!((at(&repeated, &[0.2]).0 - expected).abs() < 1e-12);
}

#[test]
fn wrong_shapes_and_options_are_told_apart() {
    let observations = |inputs: &'static [f64], std: Option<&'static [f64]>| Observations {
        inputs,
        dimensions: 2,
        targets: &[1.0, 2.0],
        std,
    };
    let error = |observations, options: &GpOptions| {
        Gp::fit(observations, options, &job::Job::new())
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default()
    };
    let plain = GpOptions::default();
    assert!(error(observations(&[1.0; 3], None), &plain).contains("3 values where 4"));
    assert!(error(observations(&[1.0; 4], Some(&[0.1, -0.1])), &plain).contains("row 1"));
    let options = GpOptions {
        outcome: Outcome::BiLog { unit: 0.0 },
        ..GpOptions::default()
    };
    assert!(error(observations(&[1.0; 4], None), &options).contains("bilog"));
    let cancelled = job::Job::new();
    cancelled.cancel();
    let result = Gp::fit(
        observations(&[0.0, 1.0, 1.0, 0.0], None),
        &plain,
        &cancelled,
    );
    assert!(matches!(result, Err(SurrogateError::Cancelled)));
}

#[test]
fn a_logarithm_predicts_the_mean_of_a_lognormal_and_leaves_zeros_out() {
    let options = GpOptions {
        outcome: Outcome::Log,
        bounds: Some(Bounds::unit(1)),
        ..GpOptions::default()
    };
    let gp = fit(
        &[0.0, 0.2, 0.5, 0.7, 1.0],
        1,
        &[1e-6, 1e-4, 0.0, 1e-3, 1.0],
        &options,
    );
    assert_eq!(gp.usage().outside_transform, 1);
    let job = job::Job::new();
    let (m, s) = gp.predict_transformed(&[0.4], &job).expect("one row")[0];
    let moments = gp.predict(&[0.4], &job).expect("one row")[0];
    assert!((moments.median / m.exp() - 1.0).abs() < 1e-12);
    assert!((moments.mean / (m + s * s / 2.0).exp() - 1.0).abs() < 1e-12);
    let high = gp.outcome().quantile(m, s, 0.975);
    assert!((high / (m + 1.959_963_984_540_054 * s).exp() - 1.0).abs() < 1e-10);
}

#[test]
fn the_same_fit_comes_from_any_number_of_threads() {
    let inputs: Vec<f64> = (0..120).map(|i| f64::from((i * 31) % 97) / 97.0).collect();
    let targets: Vec<f64> = (0..40).map(|i| f64::from((i * 17) % 23)).collect();
    let run = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads")
            .install(|| {
                let gp = fit(&inputs, 3, &targets, &GpOptions::default());
                let bits: Vec<u64> = gp
                    .predict(&inputs, &job::Job::new())
                    .expect("whole rows")
                    .iter()
                    .flat_map(|m| [m.mean.to_bits(), m.std.to_bits()])
                    .collect();
                bits
            })
    };
    assert_eq!(run(1), run(3));
}
