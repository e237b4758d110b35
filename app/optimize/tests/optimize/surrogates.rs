//! What a suggestion makes of its surrogates: their average over hyperparameters, and the shape of an outcome.

use crate::suggest::{aims, asked, bowl, indices, ridge, smooth};
use optimize::Direction;
use optimize::suggest::{Acquisition, Rows};

const UP: Direction = Direction::Maximize;

#[test]
fn under_several_sets_of_hyperparameters_a_candidate_is_worth_their_average() {
    use surrogate::gp::{Bounds, Gp, GpOptions, Observations};
    let (study, pool) = smooth(2, 12, &[ridge]);
    let mut question = aims(&[UP]);
    question.acquisition = Acquisition::LogEi;
    question.straighten = false;
    let found = asked(&study, &question, &Rows::new(&pool, 2)).expect("some");
    assert_eq!(found.models[0].members, 8);
    let observations = Observations {
        inputs: &study.inputs,
        dimensions: 2,
        targets: &study.outcomes[0].values,
        std: None,
    };
    let options = GpOptions {
        bounds: Some(Bounds::unit(2)),
        seed: question.seed,
        ..GpOptions::default()
    };
    let job = job::Job::new();
    let gp = Gp::fit(observations, &options, &job).expect("fits");
    let drawn = gp.sample(8, question.seed, &job).expect("not cancelled");
    let values = &study.outcomes[0].values;
    let best = values.iter().fold(f64::MIN, |a, y| a.max(*y));
    let pick = &found.picks[0];
    let (mut worth, mut first, mut second) = (0.0, 0.0, 0.0);
    for gp in &drawn {
        let (mean, std) = gp.predict_transformed(&pick.inputs, &job).expect("done")[0];
        let u = (mean - best) / std;
        let density = (-0.5 * u * u).exp() / (2.0 * std::f64::consts::PI).sqrt();
        worth += std * (density + u * 0.5 * libm::erfc(-u / 2.0_f64.sqrt())) / 8.0;
        first += mean / 8.0;
        second += (mean * mean + std * std) / 8.0;
    }
    let told = pick.expected_improvement.expect("told");
    assert!((told / worth - 1.0).abs() < 1e-9, "{told} {worth}");
    let belief = &pick.outcomes[0];
    assert!((belief.mean.expect("known") - first).abs() < 1e-9);
    let std = (second - first * first).sqrt();
    assert!((belief.std.expect("known") / std - 1.0).abs() < 1e-6);
}

#[test]
fn a_skewed_outcome_is_made_straight_and_told_in_its_own_unit() {
    let (mut study, pool) = smooth(2, 30, &[ridge]);
    let straight = asked(&study, &aims(&[UP]), &Rows::new(&pool, 2)).expect("some");
    let power = straight.models[0].power.unwrap_or(1.0);
    assert!((0.25..=1.75).contains(&power), "{power}");
    let values = &mut study.outcomes[0].values;
    let least = values.iter().fold(f64::MAX, |a, y| a.min(*y));
    values
        .iter_mut()
        .for_each(|y| *y = (6.0 * (*y - least)).exp());
    let greatest = study.outcomes[0]
        .values
        .iter()
        .fold(f64::MIN, |a, y| a.max(*y));
    let found = asked(&study, &aims(&[UP]), &Rows::new(&pool, 2)).expect("some");
    let power = found.models[0].power.expect("found");
    assert!(power <= 0.5, "{power}");
    let pick = &found.picks[0];
    let belief = &pick.outcomes[0];
    let (mean, std) = (belief.mean.expect("known"), belief.std.expect("known"));
    assert!(mean > 0.1 * greatest && mean < 10.0 * greatest, "{mean}");
    assert!(std > 0.0 && std < greatest);
    let told = pick.expected_improvement.expect("told");
    assert!(told > 0.0 && told < mean.abs() + 3.0 * std, "{told}");
    // The drivers add up to the median, which a skew to the right leaves below the mean.
    let median = belief.base.expect("known") + belief.drivers.iter().sum::<f64>();
    assert!(
        median <= mean && median > mean - 2.0 * std,
        "{median} {mean} {std}"
    );
    // Minimised, the other way round.
    let values = &mut study.outcomes[0].values;
    values.iter_mut().for_each(|y| *y = -*y);
    let mirrored = asked(&study, &aims(&[Direction::Minimize]), &Rows::new(&pool, 2));
    let mirrored = mirrored.expect("some");
    assert_eq!(mirrored.models[0].power, Some(2.0 - power));
    assert_eq!(indices(&mirrored), indices(&found));
    // Several objectives share one volume: nothing is bent.
    let (study, pool) = smooth(2, 20, &[ridge, bowl]);
    let two = asked(&study, &aims(&[UP, UP]), &Rows::new(&pool, 2)).expect("some");
    assert!(two.models.iter().all(|model| model.power.is_none()));
}
