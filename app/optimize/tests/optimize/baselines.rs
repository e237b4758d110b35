//! Suggestions without a model: baselines, pools that are exhausted, and acquisition functions by their names.

use crate::suggest::{asked, indices, maximize};
use optimize::suggest::{Acquisition, Rows, Study, SuggestError};

#[test]
fn baselines_never_repeat_and_never_take_what_is_excluded_or_unusable() {
    let mut inputs: Vec<f64> = (0..60).map(|i| f64::from(i) / 60.0).collect();
    inputs[7] = f64::NAN;
    let excluded = [0, 1, 2, 30, 59];
    let pool = Rows::new(&inputs, 1).without(&excluded);
    for acquisition in [Acquisition::Random, Acquisition::Sobol] {
        let mut question = maximize();
        (question.acquisition, question.batch) = (acquisition, 100);
        let mut found = indices(&asked(&Study::new(1, &["y"]), &question, &pool).expect("some"));
        found.sort_unstable();
        let expected: Vec<usize> = (0..60)
            .filter(|i| !excluded.contains(i) && *i != 7)
            .collect();
        assert_eq!(found, expected, "{acquisition}");
    }
}

#[test]
fn random_picks_are_uniform_and_sobol_picks_fill_the_space() {
    let inputs: Vec<f64> = (0..1024).map(|i| (f64::from(i) + 0.5) / 1024.0).collect();
    let pool = Rows::new(&inputs, 1);
    let mut question = maximize();
    question.batch = 16;
    question.acquisition = Acquisition::Random;
    let mut sum = 0.0;
    for seed in 0..200 {
        question.seed = seed;
        let found = asked(&Study::new(1, &["y"]), &question, &pool).expect("some");
        sum += found.picks.iter().map(|pick| pick.inputs[0]).sum::<f64>();
    }
    // 3200 uniform numbers: mean 1/2 within five standard errors.
    assert!((sum / 3200.0 - 0.5).abs() < 5.0 * (1.0 / 12.0_f64 / 3200.0).sqrt());
    question.acquisition = Acquisition::Sobol;
    for seed in 0..20 {
        question.seed = seed;
        let found = asked(&Study::new(1, &["y"]), &question, &pool).expect("some");
        let mut cells = [0; 16];
        for pick in &found.picks {
            cells[(pick.inputs[0] * 16.0) as usize] += 1;
        }
        assert_eq!(cells, [1; 16], "seed {seed}");
    }
}

#[test]
fn an_exhausted_pool_and_wrong_lengths_are_told() {
    let inputs = [0.0, 1.0];
    let all = [0, 1];
    let mut question = maximize();
    question.acquisition = Acquisition::Random;
    let exhausted = asked(
        &Study::new(1, &["y"]),
        &question,
        &Rows::new(&inputs, 1).without(&all),
    );
    assert!(matches!(
        exhausted,
        Err(SuggestError::Exhausted { candidates: 2, .. })
    ));
    let mut study = Study::new(1, &["y"]);
    study.inputs = vec![0.5];
    let error = asked(&study, &question, &Rows::new(&inputs, 1)).expect_err("no values");
    assert_eq!(
        error.to_string(),
        "the column of y has 0 values where 1 are needed; give one for every row (NaN for an unknown one)"
    );
}

#[test]
fn acquisition_functions_are_read_by_the_names_they_are_written_with() {
    for text in [
        "auto",
        "logei",
        "lognei",
        "lognehvi",
        "lognparego",
        "thompson",
        "integrated-variance",
        "random",
        "sobol",
        "level-set:1=2.5",
    ] {
        let read: Acquisition = text.parse().expect(text);
        assert_eq!(read.to_string(), text);
    }
    assert!("ucb".parse::<Acquisition>().is_err());
}
