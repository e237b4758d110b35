//! Every kind of model: what it learns, what it says of odd tables, files, many rows, explanations.

use crate::pool::scattered;
use matter::Compositions;
use surrogate::model::{About, Kind, PropertyModel, Rows, TrainOptions, TrainingData};

fn options(kind: Kind) -> TrainOptions {
    TrainOptions {
        kind: Some(kind),
        trees: 30,
        seed: 2,
        ..TrainOptions::default()
    }
}

/// Four columns, the last of which means nothing, and a smooth target with noise that grows with the first column.
fn table(rows: usize) -> (Vec<String>, Vec<f64>, Vec<f64>) {
    let names = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let values = scattered(rows * 4, 41);
    let (u, v) = (scattered(rows, 17), scattered(rows, 23));
    let targets = values
        .chunks(4)
        .zip(u.iter().zip(&v))
        .map(|(r, (u, v))| {
            let noise = (-2.0 * u.max(1e-9).ln()).sqrt() * (std::f64::consts::TAU * v).cos();
            (6.0 * r[0]).sin() + 2.0 * r[1] * r[2] + (0.05 + 0.2 * r[0]) * noise
        })
        .collect();
    (names, values, targets)
}

fn train(kind: Kind, names: &[String], values: &[f64], targets: &[f64]) -> PropertyModel {
    let data = TrainingData {
        rows: Rows::Columns { names, values },
        targets,
    };
    data.train(About::default(), &options(kind), &job::Job::new())
        .expect("good data")
}

#[test]
fn adapters_predict_the_same_columns_as_the_processor() {
    let (names, mut values, targets) = table(700);
    for kind in Kind::ALL {
        let model = train(kind, &names, &values[..150 * 4], &targets[..150]);
        // Unknown, endless and far from the training data.
        values[151 * 4] = f64::NAN;
        values[152 * 4 + 1] = f64::INFINITY;
        values[153 * 4 + 2] = 1e9;
        let rows = Rows::Columns {
            names: &names,
            values: &values[150 * 4..],
        };
        compute::twins::compare(kind.name(), 1e-4, |device| {
            let place = model.place(rows.len(), device);
            assert_eq!(
                place.is_adapter(),
                device.adapters().next().is_some(),
                "{kind}"
            );
            let job = job::Job::new();
            let columns = model.predict_columns_on(rows, place, device, &job)?;
            assert_eq!(job.snapshot().done, rows.len() as u64, "{kind}");
            let outside = columns.outside.iter().map(|outside| f64::from(*outside));
            let notes = columns.notes.iter().map(|(row, _)| *row as f64);
            let numbers = columns.mean.iter().chain(&columns.std).copied();
            Ok::<_, surrogate::SurrogateError>(numbers.chain(outside).chain(notes).collect())
        })
        .unwrap_or_else(|different| panic!("{different}"));
        values[151 * 4] = 0.5;
        values[152 * 4 + 1] = 0.5;
    }
}

const TREES_AND_NETWORKS: [Kind; 3] = [Kind::Forest, Kind::Boosted, Kind::MlpEnsemble];

#[test]
fn every_kind_learns_and_its_intervals_hold() {
    let (names, values, targets) = table(900);
    let (known, fresh) = values.split_at(600 * 4);
    for kind in Kind::ALL {
        if kind == Kind::Gp {
            continue;
        }
        let model = train(kind, &names, known, &targets[..600]);
        assert_eq!(model.kind(), kind);
        let rows = Rows::Columns {
            names: &names,
            values: fresh,
        };
        let predicted = model.predict(rows, &job::Job::new()).expect("all columns");
        let scores = surrogate::model::Scores::of(targets[600..].iter().copied().zip(&predicted));
        // The noise alone leaves 0.13 of absolute error and 0.95 of R2.
        assert!(scores.mae < 0.27 && scores.r2 > 0.8, "{kind}: {scores:?}");
        // 300 rows: three binomial standard deviations about 95 % are 3.8 %.
        assert!(
            (0.90..=0.99).contains(&scores.coverage_95),
            "{kind}: {scores:?}"
        );
        assert!(
            (0.58..=0.80).contains(&scores.coverage_68),
            "{kind}: {scores:?}"
        );
    }
}

#[test]
fn files_threads_and_many_rows_change_nothing() {
    let (names, values, targets) = table(150);
    let rows = Rows::Columns {
        names: &names,
        values: &values,
    };
    for kind in TREES_AND_NETWORKS {
        let bytes = |threads| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("threads")
                .install(|| train(kind, &names, &values, &targets).to_bytes())
        };
        let one = bytes(1);
        assert_eq!(one, bytes(3), "{kind}");
        let model = train(kind, &names, &values, &targets);
        let read = PropertyModel::from_bytes(&one).expect("a model file");
        assert_eq!(read.to_bytes(), one, "{kind}");
        let job = job::Job::new();
        let predicted = model.predict(rows, &job).expect("all columns");
        assert_eq!(
            predicted,
            read.predict(rows, &job).expect("all columns"),
            "{kind}"
        );
        let columns = read.predict_columns(rows, &job).expect("all columns");
        for (row, one) in predicted.iter().enumerate() {
            assert!((one.mean - columns.mean[row]).abs() < 1e-6, "{kind} {row}");
            assert!((one.std - columns.std[row]).abs() < 1e-5, "{kind} {row}");
        }
    }
}

#[test]
fn learnt_rows_have_intervals_too_and_every_row_is_counted_once() {
    let (names, values, targets) = table(300);
    let rows = Rows::Columns {
        names: &names,
        values: &values,
    };
    for kind in Kind::ALL {
        let model = train(kind, &names, &values, &targets);
        let job = job::Job::new();
        let columns = model.predict_columns(rows, &job).expect("good rows");
        assert_eq!(job.snapshot().done, 300, "{kind}");
        assert!(columns.std.iter().all(|std| *std > 0.0), "{kind}");
        let predictions = model.predict(rows, &job).expect("good rows");
        for p in predictions {
            let width = |(low, high): (f64, f64)| high - low;
            assert!(width(p.interval_68) > 0.05 * p.std, "{kind} {p:?}");
            assert!(width(p.interval_95) > p.std, "{kind} {p:?}");
            assert!(p.interval_95.0 <= p.interval_68.0 && p.interval_68.1 <= p.interval_95.1);
        }
    }
}

#[test]
fn odd_tables_have_an_answer_from_every_kind() {
    let names = ["a", "b"].map(str::to_owned).to_vec();
    let n = 40;
    let varied: Vec<f64> = scattered(n * 2, 3);
    let targets: Vec<f64> = varied.chunks(2).map(|r| r[0] - r[1]).collect();
    let mut holes = varied.clone();
    holes.iter_mut().step_by(3).for_each(|x| *x = f64::NAN);
    let twice: Vec<f64> = (0..n).flat_map(|_| [0.5, 0.25]).collect();
    let huge: Vec<f64> = varied.iter().map(|x| 1e30 * (x - 0.5)).collect();
    let constant = vec![3.5; n];
    let cases = [
        ("holes", &holes, &targets),
        ("the same row again and again", &twice, &targets),
        ("huge inputs", &huge, &targets),
        ("a constant target", &varied, &constant),
    ];
    for kind in TREES_AND_NETWORKS {
        for (what, values, targets) in cases {
            let model = train(kind, &names, values, targets);
            let rows = [0.3, 0.6, f64::NAN, 0.1, f64::NAN, f64::NAN, 1e300, -1e300];
            let rows = Rows::Columns {
                names: &names,
                values: &rows,
            };
            let job = job::Job::new();
            let told = model.predict(rows, &job).expect("both columns");
            assert!(
                told[0].mean.is_finite() && told[0].std >= 0.0,
                "{kind}: {what}"
            );
            assert!(told[1].mean.is_finite(), "{kind}: {what}");
            assert!(
                told[2].mean.is_nan() && !told[2].notes.is_empty(),
                "{kind}: {what}"
            );
            assert!(
                told[3].mean.is_finite() && told[3].outside,
                "{kind}: {what}"
            );
            if what == "a constant target" {
                assert!((told[0].mean - 3.5).abs() < 1e-3, "{kind}: {:?}", told[0]);
            }
            let bytes = model.to_bytes();
            assert!(PropertyModel::from_bytes(&bytes).is_ok(), "{kind}: {what}");
        }
    }
}

#[test]
fn hostile_files_of_every_kind_are_refused_or_harmless() {
    let (names, values, targets) = table(60);
    let rows = Rows::Columns {
        names: &names,
        values: &values[..40],
    };
    let job = job::Job::new();
    for kind in TREES_AND_NETWORKS {
        let good = train(kind, &names, &values, &targets).to_bytes();
        let mut refused = 0;
        for (i, at) in scattered(600, 8).iter().enumerate() {
            let mut bytes = good.clone();
            let reach = bytes.len().min(if i % 2 == 0 { usize::MAX } else { 4000 });
            let place = (at * reach as f64) as usize;
            bytes[place] ^= 1 << (i % 8);
            match PropertyModel::from_bytes(&bytes) {
                Ok(model) => {
                    let _ = model.predict(rows, &job);
                    let _ = model.predict_columns(rows, &job);
                    let _ = model.explain(rows, 0, 3, &job);
                }
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 50, "{kind}: {refused}");
        for end in (0..good.len()).step_by(good.len() / 50 + 1) {
            assert!(PropertyModel::from_bytes(&good[..end]).is_err(), "{kind}");
        }
    }
}

#[test]
fn contributions_add_up_to_the_mean_and_name_what_matters() {
    let (names, values, targets) = table(300);
    let rows = Rows::Columns {
        names: &names,
        values: &values,
    };
    let job = job::Job::new();
    for kind in TREES_AND_NETWORKS {
        let model = train(kind, &names, &values, &targets);
        let mut sizes = [0.0; 4];
        for row in [0, 7, 100] {
            let found = model.explain(rows, row, 4, &job).expect("a row");
            let sum: f64 = found.contributions.iter().map(|c| c.amount).sum();
            let off = found.base + sum - found.prediction.mean;
            assert!(off.abs() < 1e-5, "{kind} {row}: {off}");
            for c in &found.contributions {
                let place = names.iter().position(|n| *n == c.name).expect("a column");
                assert_eq!(c.value, values[row * 4 + place]);
                sizes[place] += c.amount.abs();
            }
            // The candidate itself is among the training rows.
            assert_eq!(found.nearest.len(), 4);
            assert_eq!(
                (found.nearest[0].row, found.nearest[0].distance),
                (row, 0.0)
            );
            assert_eq!(found.nearest[0].target, targets[row]);
            assert!(found.nearest.is_sorted_by(|a, b| a.distance <= b.distance));
        }
        assert!(sizes[3] < 0.3 * sizes[0], "{kind}: {sizes:?}");
    }
    let model = train(Kind::Forest, &names, &values, &targets);
    assert!(model.explain(rows, 300, 1, &job).is_err());
}

#[test]
fn many_inputs_are_explained_by_random_orders_with_a_standard_error() {
    // A linear function of twenty inputs: Shapley values are weight times distance from the mean.
    let names: Vec<String> = (0..20).map(|k| format!("x{k}")).collect();
    let values = scattered(400 * 20, 5);
    let weight = |k: usize| if k < 3 { 3.0 - k as f64 } else { 0.0 };
    let targets: Vec<f64> = values
        .chunks(20)
        .map(|r| r.iter().enumerate().map(|(k, x)| weight(k) * x).sum())
        .collect();
    let model = train(Kind::MlpEnsemble, &names, &values, &targets);
    let rows = Rows::Columns {
        names: &names,
        values: &values,
    };
    let found = model.explain(rows, 11, 1, &job::Job::new()).expect("a row");
    let sum: f64 = found.contributions.iter().map(|c| c.amount).sum();
    assert!((found.base + sum - found.prediction.mean).abs() < 1e-6);
    for c in &found.contributions {
        let k: usize = c.name[1..].parse().expect("a number");
        let truth = weight(k) * (values[11 * 20 + k] - 0.5);
        assert!(c.error >= 0.0 && c.error < 0.15);
        let allowed = 4.0 * c.error + 0.15;
        assert!((c.amount - truth).abs() < allowed, "{c:?} {truth}");
    }
}

#[test]
fn a_mixture_with_zeros_has_its_probability_and_median() {
    let names = vec!["x".to_owned(), "y".to_owned()];
    let values = scattered(500 * 2, 7);
    let targets: Vec<f64> = values
        .chunks(2)
        .map(|r| if r[0] < 0.5 { 0.0 } else { 2.0 + r[1] })
        .collect();
    for kind in [Kind::Forest, Kind::Boosted] {
        let model = train(kind, &names, &values, &targets);
        assert!(model.is_zero_inflated());
        let rows = [0.1, 0.5, 0.9, 0.5];
        let rows = Rows::Columns {
            names: &names,
            values: &rows,
        };
        let job = job::Job::new();
        let told = model.predict(rows, &job).expect("both columns");
        assert!(
            told[0].probability_of_zero > 0.9 && told[0].median == 0.0,
            "{kind}: {:?}",
            told[0]
        );
        assert!(told[1].probability_of_zero < 0.1, "{kind}: {:?}", told[1]);
        assert!((told[1].median - 2.5).abs() < 0.2, "{kind}: {:?}", told[1]);
        let columns = model.predict_columns(rows, &job).expect("both columns");
        let zero = columns.probability_of_zero.expect("half the targets");
        assert!((zero[0] - told[0].probability_of_zero).abs() < 1e-6);
    }
}

#[test]
fn kinds_and_groups_have_names() {
    for kind in Kind::ALL {
        assert_eq!(kind.name().parse::<Kind>().expect("a kind"), kind);
    }
    let told = "svm".parse::<Kind>().expect_err("no kind").to_string();
    assert!(told.contains("`svm`") && told.contains("boosted"), "{told}");
    let mut all = Compositions::new();
    let mut parser = matter::formula::Parser::new();
    for formula in ["LiCoO2", "Li2Co2O4", "LiCo2O4", "NaCl"] {
        parser.parse_into(formula, &mut all).expect("a formula");
    }
    let rows = Rows::Compositions(&all);
    let groups = |by: &str| {
        let by: surrogate::model::GroupBy = by.parse().expect("a name");
        by.groups(rows).expect("compositions")
    };
    let (formula, system) = (groups("formula"), groups("chemical-system"));
    assert!(formula[0] == formula[1] && formula[0] != formula[2]);
    assert!(system[0] == system[2] && system[0] != system[3]);
}
