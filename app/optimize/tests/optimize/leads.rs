//! What improvement is counted from.

use crate::suggest::asked;
use optimize::Direction;
use optimize::suggest::{Acquisition, Aim, Question, Rows, Study, Suggestion, Threshold};

/// Of `y`, to be maximised, measured at `x`; with `c`, at most 1, where it is given.
fn asked_of(x: &[f64], y: &[f64], c: Option<&[f64]>, change: impl Fn(&mut Question)) -> Suggestion {
    let names: &[&str] = if c.is_some() { &["y", "c"] } else { &["y"] };
    let mut study = Study::new(1, names);
    study.inputs = x.to_vec();
    study.outcomes[0].values = y.to_vec();
    let mut aims = vec![Aim {
        objective: Some(Direction::Maximize),
        ..Aim::default()
    }];
    if let Some(c) = c {
        study.outcomes[1].values = c.to_vec();
        aims.push(Aim {
            threshold: Some(Threshold::AtMost(1.0)),
            ..Aim::default()
        });
    }
    let mut question = Question::new(aims);
    question.straighten = false;
    change(&mut question);
    let pool: Vec<f64> = (0..200).map(|i| f64::from(i) / 199.0).collect();
    asked(&study, &question, &Rows::new(&pool, 1)).expect("a suggestion")
}

fn improvement(found: &Suggestion) -> f64 {
    found.picks[0].expected_improvement.expect("an improvement")
}

#[test]
fn the_best_that_is_feasible_counts_even_if_something_infeasible_is_better() {
    // y and c rise together: the best values of y are not allowed, and measured without noise.
    let x: Vec<f64> = (0..16).map(|i| f64::from(i) / 15.0).collect();
    let y: Vec<f64> = x.iter().map(|x| 10.0 * x).collect();
    let c: Vec<f64> = x.iter().map(|x| 2.0 * x).collect();
    let by = |acquisition| {
        improvement(&asked_of(&x, &y, Some(&c), |q| {
            q.acquisition = acquisition;
        }))
    };
    // Without noise what was observed and what is believed of it are the same.
    let (drawn, observed) = (by(Acquisition::LogNei), by(Acquisition::LogEi));
    assert!(
        (drawn / observed - 1.0).abs() < 0.2 && observed < 1.0,
        "{drawn} {observed}"
    );
}

#[test]
fn leads_are_a_fifth_of_the_candidates_that_were_tried_however_often() {
    let x: Vec<f64> = (0..20).map(|i| f64::from(i) / 19.0).collect();
    let y: Vec<f64> = x.iter().map(|x| (6.0 * x).sin()).collect();
    let leads = |x: &[f64], y: &[f64], wanted| {
        let found = asked_of(x, y, None, |question| question.leads = wanted);
        let note = found.notes.iter().find(|note| note.contains("leads"));
        let number =
            note.and_then(|note| note.split(' ').find_map(|word| word.parse::<usize>().ok()));
        (number.unwrap_or(1), improvement(&found))
    };
    let (alone, best) = leads(&x, &y, 1);
    let (fifth, more) = leads(&x, &y, 100);
    assert_eq!((alone, leads(&x, &y, 3).0, fifth), (1, 3, 4));
    // The last of four leads is easier to improve upon than the best.
    assert!(more > best, "{more} {best}");
    // Each measured three times: no more leads than before.
    let often = |values: &[f64]| values.repeat(3);
    assert_eq!(leads(&often(&x), &often(&y), 100).0, 4);
    // Nine candidates have one lead, measured once or three times.
    assert_eq!(leads(&often(&x[..9]), &often(&y[..9]), 100).0, 1);
}
