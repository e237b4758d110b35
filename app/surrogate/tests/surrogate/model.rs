//! Property models: training, intervals, domain, files.

use crate::pool::scattered;
use matter::formula::Parser;
use matter::{Compositions, Element};
use surrogate::SurrogateError;
use surrogate::model::{About, Inputs, Kind, PropertyModel, Rows, TrainOptions, TrainingData};

const FAST: TrainOptions = TrainOptions {
    kind: None,
    descriptors: None,
    trees: 20,
    seed: 1,
};

fn parse(formulas: &[String]) -> Compositions {
    let (mut parser, mut all) = (Parser::new(), Compositions::new());
    for formula in formulas {
        parser.parse_into(formula, &mut all).expect("a formula");
    }
    all
}

/// Alloys of pairs of metals with a target of zero, and salts with one that follows from what they hold; noise of 0.1.
fn table() -> (Compositions, Vec<f64>) {
    let metals = ["Li", "Na", "K", "Mg", "Ca", "Ti", "Fe", "Zn"];
    let anions = [("O", 3.0), ("F", 5.0), ("Cl", 4.0), ("S", 2.0)];
    let noise = scattered(1000, 11);
    let (mut formulas, mut targets) = (Vec::new(), Vec::new());
    for (i, a) in metals.iter().enumerate() {
        for b in &metals[i + 1..] {
            for amount in 1..4 {
                formulas.push(format!("{a}{b}{amount}"));
                targets.push(0.0);
            }
        }
        for (anion, gap) in anions {
            for amount in 1..7 {
                formulas.push(format!("{a}{anion}{amount}"));
                let error = 0.2 * (noise[formulas.len()] - 0.5);
                targets.push(gap + 0.2 * i as f64 + 0.1 * f64::from(amount) + error);
            }
        }
    }
    (parse(&formulas), targets)
}

fn about() -> About {
    About {
        target: "band gap".to_owned(),
        unit: "eV".to_owned(),
        data: "made up for a test".to_owned(),
        sha256: "0".repeat(64),
        licence: "none needed".to_owned(),
        label: "internal".to_owned(),
    }
}

fn trained() -> (PropertyModel, Compositions, Vec<f64>) {
    let (compositions, targets) = table();
    let data = TrainingData {
        rows: Rows::Compositions(&compositions),
        targets: &targets,
    };
    let model = data
        .train(about(), &FAST, &job::Job::new())
        .expect("good data");
    (model, compositions, targets)
}

#[test]
fn held_out_rows_are_predicted_with_intervals_that_hold() {
    let (compositions, targets) = table();
    let data = TrainingData {
        rows: Rows::Compositions(&compositions),
        targets: &targets,
    };
    let job = job::Job::new();
    let folds = surrogate::k_folds(targets.len(), 5, 3);
    let found = data.evaluate(&folds, &FAST, &job).expect("good data");
    assert_eq!(found.scores.count, targets.len());
    assert_eq!(found.folds.len(), 5);
    // The median of all targets as the answer everywhere is off by 1.8.
    assert!(found.scores.mae < 0.3, "{:?}", found.scores);
    // 276 rows: three binomial standard deviations about 95 % are 4 %.
    assert!(
        (0.91..=0.995).contains(&found.scores.coverage_95),
        "{:?}",
        found.scores
    );
    let alloys = found
        .predictions
        .iter()
        .zip(&targets)
        .filter(|(_, y)| **y == 0.0)
        .filter_map(|(p, _)| p.as_ref());
    for alloy in alloys {
        assert!(alloy.probability_of_zero > 0.5 && alloy.median == 0.0);
    }
}

#[test]
fn nothing_of_a_test_fold_reaches_its_model() {
    // Targets that follow from nothing: a model that saw them would reproduce them.
    let (compositions, _) = table();
    let targets = scattered(compositions.len(), 77);
    let data = TrainingData {
        rows: Rows::Compositions(&compositions),
        targets: &targets,
    };
    let folds = surrogate::k_folds(targets.len(), 5, 3);
    let found = data
        .evaluate(&folds, &FAST, &job::Job::new())
        .expect("good data");
    // Uniform on 0 to 1: a quarter is the mean absolute error of the best constant.
    assert!(found.scores.mae > 0.22, "{:?}", found.scores);
    assert!(found.scores.r2 < 0.15);
    assert!(found.scores.coverage_95 > 0.9);
}

#[test]
fn an_element_that_was_never_seen_is_told_and_the_interval_is_wide() {
    let (model, ..) = trained();
    let rows = parse(&["LiF".to_owned(), "LiBr".to_owned(), "UBr3".to_owned()]);
    let predicted = model
        .predict(Rows::Compositions(&rows), &job::Job::new())
        .expect("compositions");
    assert!(!predicted[0].outside && predicted[0].notes.is_empty());
    assert_eq!(predicted[1].notes, "outside the training data: no Br in it");
    assert_eq!(
        predicted[2].notes,
        "outside the training data: no Br, U in it"
    );
    let width = |k: usize| predicted[k].interval_95.1 - predicted[k].interval_95.0;
    assert!(width(1) > width(0));
    assert!(predicted[1].std > predicted[0].std);
}

#[test]
fn intervals_hold_for_elements_that_are_left_out() {
    let (compositions, targets) = table();
    let data = TrainingData {
        rows: Rows::Compositions(&compositions),
        targets: &targets,
    };
    let elements = [Element::O, Element::new(9).expect("fluorine"), Element::FE];
    let found = data
        .evaluate_without_elements(&elements, &FAST, &job::Job::new())
        .expect("compositions");
    assert_eq!(found.folds.len(), 3);
    assert!(found.scores.coverage_95 >= 0.85, "{:?}", found.scores);
}

#[test]
fn predictions_do_not_depend_on_how_many_formula_units_are_written() {
    let (model, ..) = trained();
    let rows = parse(&["LiFeO2", "Li2Fe2O4", "Li0.5Fe0.5O", "Fe3O4", "Fe6O8"].map(str::to_owned));
    let p = model
        .predict(Rows::Compositions(&rows), &job::Job::new())
        .expect("compositions");
    for (a, b) in [(0, 1), (0, 2), (3, 4)] {
        assert!(
            (p[a].mean - p[b].mean).abs() < 1e-9,
            "{:?} {:?}",
            p[a],
            p[b]
        );
    }
}

#[test]
fn a_candidate_without_atoms_has_no_prediction() {
    let (model, ..) = trained();
    let mut rows = Compositions::new();
    rows.push(matter::CompositionRef::default());
    let predicted = model
        .predict(Rows::Compositions(&rows), &job::Job::new())
        .expect("compositions");
    assert!(predicted[0].mean.is_nan() && predicted[0].std.is_nan());
    assert_eq!(predicted[0].notes, "no composition");
}

#[test]
fn a_file_comes_back_as_the_same_model_whatever_the_number_of_threads() {
    let (compositions, targets) = table();
    let bytes = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads")
            .install(|| {
                let data = TrainingData {
                    rows: Rows::Compositions(&compositions),
                    targets: &targets,
                };
                let model = data
                    .train(about(), &FAST, &job::Job::new())
                    .expect("good data");
                model.to_bytes()
            })
    };
    let one = bytes(1);
    assert_eq!(one, bytes(3));
    let (model, ..) = trained();
    let read = PropertyModel::from_bytes(&one).expect("a model file");
    assert_eq!(read.to_bytes(), one);
    assert_eq!(read.about(), &about());
    assert_eq!(read.rows(), targets.len());
    let job = job::Job::new();
    let rows = Rows::Compositions(&compositions);
    assert_eq!(
        model.predict(rows, &job).expect("compositions"),
        read.predict(rows, &job).expect("compositions")
    );
}

/// A smooth function of two named columns, and one column that means nothing.
fn columns() -> (Vec<String>, Vec<f64>, Vec<f64>) {
    let names = ["temperature", "pressure", "batch"]
        .map(str::to_owned)
        .to_vec();
    let values: Vec<f64> = scattered(60 * 3, 5)
        .iter()
        .map(|x| 100.0 + 50.0 * x)
        .collect();
    let targets = values
        .chunks(3)
        .map(|r| (r[0] / 15.0).sin() + 0.02 * r[1])
        .collect();
    (names, values, targets)
}

#[test]
fn a_smooth_function_of_columns_is_learnt_by_a_gaussian_process_and_kept() {
    let (names, values, targets) = columns();
    let data = TrainingData {
        rows: Rows::Columns {
            names: &names,
            values: &values,
        },
        targets: &targets,
    };
    let job = job::Job::new();
    let model = data.train(about(), &FAST, &job).expect("good data");
    assert_eq!(model.kind(), Kind::Gp);
    assert_eq!(model.inputs(), &Inputs::Columns(names.clone()));
    let read = PropertyModel::from_bytes(&model.to_bytes()).expect("a model file");
    // Columns in another order, and one too many.
    let other = ["extra", "batch", "pressure", "temperature"].map(str::to_owned);
    let row = [0.0, 120.0, 130.0, 110.0, 0.0, 120.0, 130.0, 400.0];
    let rows = Rows::Columns {
        names: &other,
        values: &row,
    };
    let predicted = read.predict(rows, &job).expect("all columns");
    assert_eq!(predicted, model.predict(rows, &job).expect("all columns"));
    let truth = (110.0_f64 / 15.0).sin() + 2.6;
    assert!(
        (predicted[0].mean - truth).abs() < 0.05,
        "{:?}",
        predicted[0]
    );
    assert!(!predicted[0].outside && predicted[1].outside);
    assert!(predicted[1].notes.contains("temperature is 400"));
    let missing = read.predict(
        Rows::Columns {
            names: &other[..2],
            values: &row[..2],
        },
        &job,
    );
    let told = missing.expect_err("a column is missing").to_string();
    assert!(told.contains("`temperature`"), "{told}");
}

#[test]
fn damaged_and_hostile_files_are_refused_or_harmless() {
    let (model, compositions, _) = trained();
    let job = job::Job::new();
    let good = model.to_bytes();
    let (names, values, targets) = columns();
    let data = TrainingData {
        rows: Rows::Columns {
            names: &names,
            values: &values,
        },
        targets: &targets,
    };
    let gp = data
        .train(about(), &FAST, &job)
        .expect("good data")
        .to_bytes();
    for file in [&good, &gp] {
        for end in (0..file.len()).step_by(file.len() / 97 + 1) {
            assert!(matches!(
                PropertyModel::from_bytes(&file[..end]),
                Err(SurrogateError::File { .. })
            ));
        }
        for (i, at) in scattered(300, 8).iter().enumerate() {
            let mut bytes = file.clone();
            // Half of the blows hit the header and what follows it.
            let reach = bytes.len().min(if i % 2 == 0 { usize::MAX } else { 3000 });
            let place = (at * reach as f64) as usize;
            bytes[place] ^= 1 << (i % 8);
            if let Ok(model) = PropertyModel::from_bytes(&bytes) {
                let part = {
                    let mut part = Compositions::new();
                    part.push(compositions.get(0));
                    part
                };
                let rows = match model.inputs() {
                    Inputs::Composition(_) => Rows::Compositions(&part),
                    Inputs::Columns(_) => Rows::Columns {
                        names: &names,
                        values: &values,
                    },
                };
                // A changed name of a column is an error; nothing may panic or run on.
                let _ = model.predict(rows, &job);
            }
        }
    }
    assert!(PropertyModel::from_bytes(b"").is_err());
    assert!(PropertyModel::from_bytes(&u64::MAX.to_le_bytes()).is_err());
}

#[test]
fn too_few_rows_are_told() {
    let (compositions, mut targets) = table();
    targets[9..].fill(f64::NAN);
    let data = TrainingData {
        rows: Rows::Compositions(&compositions),
        targets: &targets,
    };
    let told = data
        .train(about(), &FAST, &job::Job::new())
        .err()
        .map(|e| e.to_string())
        .unwrap_or_default();
    assert!(told.contains("is 9; a model needs at least ten"), "{told}");
}

#[test]
fn columns_of_many_rows_are_the_predictions_of_each() {
    let (model, compositions, _) = trained();
    let mut many = Compositions::new();
    for k in 0..1500 {
        many.push(compositions.get(k * 7 % compositions.len()));
    }
    many.push(matter::CompositionRef::default());
    for odd in parse(&["LiBr".to_owned(), "Li0.1F0.9".to_owned()]).iter() {
        many.push(odd);
    }
    let job = job::Job::new();
    let rows = Rows::Compositions(&many);
    let slow = model.predict(rows, &job).expect("compositions");
    let fast = model.predict_columns(rows, &job).expect("compositions");
    let zero = fast.probability_of_zero.expect("a third of the targets");
    for (row, one) in slow.iter().enumerate() {
        let close =
            |a: f64, b: f64| (a - b).abs() < 1e-6 * (1.0 + a.abs()) || a.is_nan() && b.is_nan();
        assert!(close(one.mean, fast.mean[row]), "{row}: {one:?}");
        assert!(
            close(one.std, fast.std[row]),
            "{row}: {one:?} {}",
            fast.std[row]
        );
        assert!(close(one.probability_of_zero, zero[row]), "{row}: {one:?}");
        assert_eq!(one.outside, fast.outside[row]);
    }
    let noted: Vec<(usize, &str)> = slow
        .iter()
        .enumerate()
        .filter(|(_, one)| !one.notes.is_empty())
        .map(|(row, one)| (row, one.notes.as_str()))
        .collect();
    let told: Vec<(usize, &str)> = fast
        .notes
        .iter()
        .map(|(row, why)| (*row, why.as_str()))
        .collect();
    assert_eq!(noted, told);
}
