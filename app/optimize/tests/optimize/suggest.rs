//! Suggestions of the engine as a campaign asks for them.

use optimize::Direction;
use optimize::suggest::{
    Acquisition, Aim, Question, Rows, Study, SuggestError, Suggestion, suggest,
};

pub fn asked(study: &Study, question: &Question, pool: &Rows) -> Result<Suggestion, SuggestError> {
    suggest(
        study,
        question,
        pool,
        &compute::Device::cpu(),
        &job::Job::new(),
    )
}

pub fn maximize() -> Question {
    Question::new(vec![Aim {
        objective: Some(Direction::Maximize),
        ..Aim::default()
    }])
}

pub fn indices(suggestion: &Suggestion) -> Vec<usize> {
    suggestion.picks.iter().map(|pick| pick.index).collect()
}

/// Numbers that look random, from a source of the tests' own.
fn scattered(count: usize, step: f64) -> Vec<f64> {
    (1..=count).map(|i| (i as f64 * step).fract()).collect()
}

/// A pool of `rows x d`, and a study of its first rows with these outcomes.
pub fn smooth(d: usize, observed: usize, outcomes: &[fn(&[f64]) -> f64]) -> (Study, Vec<f64>) {
    let pool: Vec<f64> = scattered(600 * d, 0.754_877_666_246_692_7);
    let names = ["a", "b", "c", "d", "e"];
    let mut study = Study::new(d, &names[..outcomes.len()]);
    study.inputs = pool[..observed * d].to_vec();
    for (column, outcome) in study.outcomes.iter_mut().zip(outcomes) {
        column.values = study.inputs.chunks_exact(d).map(outcome).collect();
    }
    (study, pool[observed * d..].to_vec())
}

pub fn aims(directions: &[Direction]) -> Question {
    let mut question = Question::new(
        directions
            .iter()
            .map(|direction| Aim {
                objective: Some(*direction),
                ..Aim::default()
            })
            .collect(),
    );
    question.samples = 64;
    question
}

const UP: Direction = Direction::Maximize;

/// Without a transform, and by the most probable hyperparameters alone.
fn plain(mut question: Question) -> Question {
    (question.straighten, question.average) = (false, false);
    question
}

pub fn ridge(x: &[f64]) -> f64 {
    (3.0 * x[0]).sin() + x[1] * x[1] - 0.3 * x[0] * x[1]
}
pub fn bowl(x: &[f64]) -> f64 {
    -(x[0] - 0.4).powi(2) - (x[1] - 0.7).powi(2)
}
fn tilt(x: &[f64]) -> f64 {
    x[0] - 0.5 * x[1]
}

#[test]
fn the_engine_picks_what_examining_everything_would_pick() {
    // With every candidate observed as in flight nothing is left to bound: instead ask for so many picks that all candidates
    // are examined, and compare the first ones.
    for directions in [
        vec![UP],
        vec![UP, Direction::Minimize],
        vec![UP, UP, UP],
        vec![Direction::Target(0.5)],
    ] {
        let outcomes: Vec<fn(&[f64]) -> f64> = vec![ridge, bowl, tilt];
        let (study, pool) = smooth(2, 20, &outcomes[..directions.len()]);
        let mut question = aims(&directions);
        // One objective under several sets of hyperparameters: bounds and values are averages then.
        question.average = directions.len() == 1;
        question.batch = 4;
        let found = asked(&study, &question, &Rows::new(&pool, 2)).expect("some");
        let certificate = found.certificate.clone().expect("proved");
        assert!(certificate.holds);
        assert!(certificate.margins.iter().flatten().all(|m| *m >= 0.0));
        // One candidate at a time, alone in the pool: its value as the first pick, exactly. Every third is enough, and the pick.
        question.batch = 1;
        let some = |row: &usize| row.is_multiple_of(3) || *row == found.picks[0].index;
        let best = (0..pool.len() / 2)
            .filter(some)
            .map(|row| {
                let alone = asked(
                    &study,
                    &question,
                    &Rows::new(&pool[2 * row..2 * row + 2], 2),
                );
                let value = alone.expect("one").picks[0].acquisition;
                (row, value.unwrap_or(f64::NEG_INFINITY))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
            .expect("rows");
        assert_eq!(found.picks[0].index, best.0, "{directions:?}");
        assert!((found.picks[0].acquisition.expect("a value") - best.1).abs() < 0.02);
    }
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let (study, pool) = smooth(2, 15, &[ridge, bowl]);
    let mut question = aims(&[UP, UP]);
    question.batch = 5;
    let run = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads")
            .install(|| asked(&study, &question, &Rows::new(&pool, 2)).expect("some"))
    };
    let one = run(1);
    assert_eq!(one, run(3));
    assert_eq!(format!("{one:?}"), format!("{:?}", run(4)));
}

#[test]
fn one_candidate_s_value_is_the_closed_form_of_expected_improvement() {
    // Exact measurements: the noise-free best is the measured best, and nothing but the candidate is drawn.
    let (mut study, pool) = smooth(2, 12, &[ridge]);
    study.outcomes[0].std = Some(vec![0.0; 12]);
    let mut question = plain(aims(&[UP]));
    for acquisition in [Acquisition::LogEi, Acquisition::LogNei] {
        question.acquisition = acquisition;
        let found = asked(&study, &question, &Rows::new(&pool, 2)).expect("some");
        let pick = &found.picks[0];
        let (mean, std) = (
            pick.outcomes[0].mean.expect("known"),
            pick.outcomes[0].std.expect("known"),
        );
        let best = study.outcomes[0]
            .values
            .iter()
            .fold(f64::MIN, |a, y| a.max(*y));
        let u = (mean - best) / std;
        let density = (-0.5 * u * u).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let cdf = 0.5 * libm::erfc(-u / 2.0_f64.sqrt());
        let expected = std * (density + u * cdf);
        let told = pick.expected_improvement.expect("told");
        let tolerance = if acquisition == Acquisition::LogEi {
            1e-9
        } else {
            0.05
        };
        assert!(
            (told / expected - 1.0).abs() < tolerance,
            "{acquisition}: {told} {expected}"
        );
    }
}

#[test]
fn hostile_studies_have_answers() {
    let (clean, pool) = smooth(2, 10, &[ridge]);
    let nothing = Study::new(2, &["a"]);
    let mut one = clean.clone();
    one.inputs.truncate(2);
    one.outcomes[0].values.truncate(1);
    let mut constant = clean.clone();
    constant.outcomes[0].values = vec![3.0; 10];
    let mut unknown = clean.clone();
    unknown.outcomes[0].values = vec![f64::NAN; 10];
    let mut failed = unknown.clone();
    failed.viable = vec![Some(false); 10];
    let mut repeated = clean.clone();
    repeated.inputs = vec![0.5; 20];
    let mut wild = clean.clone();
    wild.outcomes[0].values = vec![
        1e300,
        -1e300,
        f64::INFINITY,
        0.0,
        1e-300,
        f64::NAN,
        1.0,
        2.0,
        3.0,
        -5.0,
    ];
    wild.inputs[6] = f64::NAN;
    wild.inputs[9] = f64::INFINITY;
    for (name, study) in [
        ("nothing", nothing),
        ("one", one),
        ("constant", constant),
        ("unknown", unknown),
        ("failed", failed),
        ("repeated", repeated),
        ("wild", wild),
    ] {
        let mut question = aims(&[UP]);
        question.batch = 3;
        let mut hostile = pool.clone();
        hostile[0] = f64::NAN;
        hostile[3] = f64::INFINITY;
        hostile.copy_within(10..12, 12);
        let found = asked(&study, &question, &Rows::new(&hostile, 2)).expect(name);
        let mut picked = indices(&found);
        assert!(!picked.contains(&0) && !picked.contains(&1), "{name}");
        picked.sort_unstable();
        picked.dedup();
        assert_eq!(picked.len(), 3, "{name}");
    }
}

#[test]
fn what_is_in_flight_is_not_suggested_again_next_to_itself() {
    let (mut study, pool) = smooth(2, 12, &[ridge]);
    let question = aims(&[UP]);
    let first = asked(&study, &question, &Rows::new(&pool, 2)).expect("some");
    study.pending = first.picks[0].inputs.clone();
    let without = [first.picks[0].index];
    let second = asked(&study, &question, &Rows::new(&pool, 2).without(&without)).expect("some");
    // In flight or picked before: the same knowledge, the same next pick.
    let mut both = question.clone();
    both.batch = 2;
    study.pending.clear();
    let together = asked(&study, &both, &Rows::new(&pool, 2)).expect("some");
    assert_eq!(indices(&together), [without[0], second.picks[0].index]);
}

#[test]
fn constraints_failures_and_costs_move_the_pick() {
    let (mut study, pool) = smooth(2, 30, &[ridge, tilt]);
    let mut question = aims(&[UP]);
    question.aims.push(Aim {
        threshold: Some(optimize::suggest::Threshold::AtMost(0.0)),
        ..Aim::default()
    });
    let found = asked(&study, &question, &Rows::new(&pool, 2)).expect("some");
    let pick = &found.picks[0];
    // tilt(x) is linear: the surrogate knows its sign well.
    assert!(tilt(&pick.inputs) < 0.05, "{:?}", pick.inputs);
    assert!(pick.probability_feasible > 0.4);
    assert_eq!(pick.outcomes[1].passes, Some(pick.probability_feasible));
    // Failures wherever x0 > 0.5.
    question.aims[1].threshold = None;
    study.viable = study
        .inputs
        .chunks_exact(2)
        .map(|x| Some(x[0] <= 0.5))
        .collect();
    for row in 0..30 {
        if study.failed(row) {
            study.outcomes[0].values[row] = f64::NAN;
        }
    }
    let found = asked(&study, &question, &Rows::new(&pool, 2)).expect("some");
    assert!(
        found.picks[0].inputs[0] < 0.6,
        "{:?}",
        found.picks[0].inputs
    );
    assert_eq!(
        found.viability.as_ref().map(|v| v.worked + v.failed),
        Some(30)
    );
    // What was best becomes too dear; a cost that all share changes nothing but the value.
    let best = &found.picks[0];
    let mut costs = vec![2.0; pool.len() / 2];
    question.cost = Some(0);
    study.extras = vec![1.0; 30];
    let shared = asked(
        &study,
        &question,
        &Rows::new(&pool, 2).with_extras(&costs, 1),
    );
    let shared = &shared.expect("some").picks[0];
    assert_eq!((shared.index, shared.cost), (best.index, Some(2.0)));
    let halved = best.acquisition.expect("a value") - shared.acquisition.expect("a value");
    assert!((halved - 2.0_f64.ln()).abs() < 1e-12);
    costs[best.index] = 1e9;
    let dear = asked(
        &study,
        &question,
        &Rows::new(&pool, 2).with_extras(&costs, 1),
    );
    assert_ne!(dear.expect("some").picks[0].index, best.index);
}

#[test]
fn drivers_add_up_to_what_is_expected() {
    let (study, pool) = smooth(2, 25, &[ridge]);
    let mut question = aims(&[UP]);
    question.straighten = false;
    let found = asked(&study, &question, &Rows::new(&pool, 2)).expect("some");
    let belief = &found.picks[0].outcomes[0];
    let sum: f64 = belief.drivers.iter().sum();
    let told = belief.mean.expect("known") - belief.base.expect("known");
    assert!((sum - told).abs() < 1e-9, "{sum} {told}");
    let nearest = found.picks[0].nearest.expect("tried rows");
    let off: f64 = study
        .row(nearest.row)
        .iter()
        .zip(&found.picks[0].inputs)
        .map(|(a, b)| (a - b).powi(2))
        .sum();
    assert!((off.sqrt() - nearest.distance).abs() < 1e-12);
}

#[test]
fn four_objectives_thompson_and_active_learning_pick_sensibly() {
    fn swirl(x: &[f64]) -> f64 {
        (4.0 * x[0] * x[1]).cos()
    }
    let (study, pool) = smooth(2, 25, &[ridge, bowl, tilt, swirl]);
    let rows = Rows::new(&pool, 2);
    let mut question = aims(&[UP, Direction::Minimize, UP, Direction::Target(0.2)]);
    question.batch = 3;
    let found = asked(&study, &question, &rows).expect("some");
    assert_eq!(found.acquisition, Acquisition::LogNparego);
    assert!(found.certificate.expect("proved").holds);
    assert_eq!(found.picks.len(), 3);

    let (study, pool) = smooth(2, 40, &[ridge]);
    let rows = Rows::new(&pool, 2);
    let mut question = aims(&[UP]);
    (question.acquisition, question.batch) = (Acquisition::Thompson, 12);
    let found = asked(&study, &question, &rows).expect("some");
    // Functions drawn after 40 measurements are best near where the true one is: at (0.5, 1).
    let near = found
        .picks
        .iter()
        .filter(|pick| ridge(&pick.inputs) > 1.5)
        .count();
    assert!(near >= 8, "{near}");
    let mut large = aims(&[UP]);
    (large.batch, large.explain) = (60, false);
    let found = asked(&study, &large, &rows).expect("some");
    assert_eq!(
        (found.acquisition, found.picks.len()),
        (Acquisition::Thompson, 60)
    );

    question.acquisition = Acquisition::LevelSet {
        outcome: 0,
        level: 0.8,
    };
    let found = asked(&study, &question, &rows).expect("some");
    let worst = found
        .picks
        .iter()
        .map(|pick| (ridge(&pick.inputs) - 0.8).abs())
        .fold(0.0, f64::max);
    assert!(worst < 0.3, "{worst}");
}

#[test]
fn integrated_variance_prefers_the_middle_of_what_is_unknown() {
    // One row at each end of a line; the middle tells most.
    let pool: Vec<f64> = (0..101).map(|i| f64::from(i) / 100.0).collect();
    let mut study = Study::new(1, &["y"]);
    study.inputs = vec![0.0, 1.0];
    study.outcomes[0].values = vec![0.0, 1.0];
    let mut question = aims(&[UP]);
    (question.acquisition, question.batch) = (Acquisition::IntegratedVariance, 3);
    let found = asked(&study, &question, &Rows::new(&pool, 1)).expect("some");
    assert!(
        (found.picks[0].inputs[0] - 0.5).abs() < 0.06,
        "{:?}",
        indices(&found)
    );
    // Those after it take the halves that are left.
    let mut rest = [found.picks[1].inputs[0], found.picks[2].inputs[0]];
    rest.sort_by(f64::total_cmp);
    assert!(
        (0.15..0.4).contains(&rest[0]) && (0.6..0.85).contains(&rest[1]),
        "{rest:?}"
    );
}

#[test]
fn what_is_known_beforehand_needs_no_measurement() {
    // The second objective, a price, stands in the pool; the first is learned as the difference to a prediction.
    let (mut study, pool) = smooth(2, 15, &[ridge, tilt]);
    let extras = |rows: &[f64]| -> Vec<f64> {
        rows.chunks_exact(2)
            .flat_map(|x| [tilt(x), ridge(x) + 0.05 * x[0]])
            .collect()
    };
    study.extras = extras(&study.inputs);
    study.outcomes[1].values = vec![f64::NAN; 15];
    let mut question = aims(&[UP, Direction::Minimize]);
    question.aims[1].source = optimize::suggest::Source::Known { mean: 0, std: None };
    question.aims[0].source = optimize::suggest::Source::LearnedFrom { prior_mean: 1 };
    let further = extras(&pool);
    let rows = Rows::new(&pool, 2).with_extras(&further, 2);
    let found = asked(&study, &question, &rows).expect("some");
    let pick = &found.picks[0];
    assert_eq!(pick.outcomes[1].mean, Some(tilt(&pick.inputs)));
    assert_eq!(pick.outcomes[1].std, Some(0.0));
    let off = pick.outcomes[0].mean.expect("known") - ridge(&pick.inputs);
    // The rows lie on a few lines; elsewhere the small difference has to be guessed.
    assert!(off.abs() < 0.03, "{off}");
    assert_eq!(found.acquisition, Acquisition::LogNehvi);
}

/// The posterior covariance of one outcome between candidates, and its means, by a process of the test's own.
fn joint_posterior(
    study: &Study,
    outcome: usize,
    rows: &[f64],
) -> (Vec<f64>, nalgebra::DMatrix<f64>) {
    use surrogate::gp::{Bounds, Gp, GpOptions, Observations};
    let d = study.dimensions;
    let observations = Observations {
        inputs: &study.inputs,
        dimensions: d,
        targets: &study.outcomes[outcome].values,
        std: study.outcomes[outcome].std.as_deref(),
    };
    let options = GpOptions {
        bounds: Some(Bounds::unit(d)),
        ..GpOptions::default()
    };
    let gp = Gp::fit(observations, &options, &job::Job::new()).expect("fits");
    let parts = gp.posterior_parts().expect("measured");
    let k = |a: &[f64], b: &[f64]| {
        let r2 = (0..d)
            .map(|j| ((a[j] - b[j]) / parts.lengthscales[j]).powi(2))
            .sum();
        parts.kernel.value(r2)
    };
    let rows: Vec<&[f64]> = rows.chunks_exact(d).collect();
    let seen: Vec<&[f64]> = parts.inputs.chunks_exact(d).collect();
    let cross = nalgebra::DMatrix::from_fn(seen.len(), rows.len(), |i, j| k(seen[i], rows[j]));
    let v = parts.inverse_factor * &cross;
    let own = nalgebra::DMatrix::from_fn(rows.len(), rows.len(), |i, j| k(rows[i], rows[j]));
    let covariance = (own - v.tr_mul(&v)) * (parts.spread * parts.spread);
    let mean = cross
        .tr_mul(parts.weights)
        .iter()
        .map(|m| parts.centre + parts.spread * (parts.mean + m))
        .collect();
    (mean, covariance)
}

#[test]
fn a_batch_is_worth_what_draws_of_everything_together_say() {
    // Noisy outcomes, so that the best measured values are uncertain: incumbents and picks are drawn from one joint
    // posterior, and the mean improvement of the whole batch is compared with what the picks were said to add.
    let noise = |i: usize| 0.15 * ((i * i * 7 + 3 * i) as f64).sin();
    for directions in [vec![UP], vec![UP, Direction::Minimize]] {
        let m = directions.len();
        let outcomes: Vec<fn(&[f64]) -> f64> = vec![ridge, tilt];
        let (mut study, mut pool) = smooth(2, 14, &outcomes[..m]);
        // Off the few lines on which the scattered numbers lie.
        for (i, x) in study.inputs.iter_mut().chain(&mut pool).enumerate() {
            *x = (*x + (i * i) as f64 * 0.324_717_957).fract();
        }
        for (j, column) in study.outcomes.iter_mut().enumerate() {
            column.values = study
                .inputs
                .chunks_exact(2)
                .enumerate()
                .map(|(i, x)| outcomes[j](x) + noise(i + 31 * j))
                .collect();
        }
        let mut question = plain(aims(&directions));
        (question.batch, question.samples) = (3, 1024);
        let found = asked(&study, &question, &Rows::new(&pool, 2)).expect("some");
        let told: f64 = found
            .picks
            .iter()
            .map(|pick| pick.expected_improvement.expect("told"))
            .sum();
        let reference = found.reference.clone().unwrap_or(vec![f64::MIN]);
        let mut rows = study.inputs.clone();
        found
            .picks
            .iter()
            .for_each(|pick| rows.extend(&pick.inputs));
        let count = rows.len() / 2;
        let mut values = Vec::new();
        let draws = 40_000;
        let mut state = 88_172_645_463_325_252_u64;
        let mut uniform = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        for (outcome, direction) in directions.iter().enumerate() {
            let (mean, mut covariance) = joint_posterior(&study, outcome, &rows);
            for i in 0..count {
                covariance[(i, i)] += 1e-10;
            }
            let factor = covariance.cholesky().expect("positive").l();
            let sign = if *direction == UP { 1.0 } else { -1.0 };
            let mut column = Vec::with_capacity(draws);
            for _ in 0..draws {
                let z = nalgebra::DVector::from_fn(count, |_, _| {
                    (-2.0 * (1.0 - uniform()).ln()).sqrt()
                        * (std::f64::consts::TAU * uniform()).cos()
                });
                let f = &factor * z;
                column.push(
                    (0..count)
                        .map(|i| sign * (mean[i] + f[i]))
                        .collect::<Vec<f64>>(),
                );
            }
            values.push(column);
        }
        let floor: Vec<f64> = reference
            .iter()
            .zip(&directions)
            .map(|(r, d)| if *d == UP { *r } else { -r })
            .collect();
        // What a set of rows is worth in a draw: the best, or the area above the reference.
        let worth = |draw: usize, rows: std::ops::Range<usize>| -> f64 {
            let mut points: Vec<[f64; 2]> = rows
                .map(|i| {
                    [
                        values[0][draw][i],
                        if m == 2 { values[1][draw][i] } else { 1.0 },
                    ]
                })
                .collect();
            if m == 1 {
                return points.iter().fold(f64::MIN, |a, p| a.max(p[0]));
            }
            points.retain(|p| p[0] > floor[0] && p[1] > floor[1]);
            points.sort_by(|a, b| b[0].total_cmp(&a[0]));
            let (mut area, mut height) = (0.0, floor[1]);
            for p in points {
                if p[1] > height {
                    area += (p[0] - floor[0]) * (p[1] - height);
                    height = p[1];
                }
            }
            area
        };
        let gains: Vec<f64> = (0..draws)
            .map(|draw| worth(draw, 0..count) - worth(draw, 0..count - 3))
            .collect();
        let mean = gains.iter().sum::<f64>() / draws as f64;
        let variance = gains.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / draws as f64;
        let error = 4.0 * (variance / draws as f64).sqrt() + 0.02 * mean;
        assert!(
            (told - mean).abs() < error,
            "{directions:?}: told {told}, drawn {mean} ± {error}"
        );
    }
}
