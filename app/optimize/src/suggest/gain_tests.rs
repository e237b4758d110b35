//! Improvements against draws, BoTorch, and what they must satisfy.

use super::super::random::Random;
use super::*;
use crate::draws::centred_quantile;

fn normal(random: &mut Random) -> f64 {
    centred_quantile((random.next() >> 12) as f64 + 0.5, (1_u64 << 52) as f64)
}

fn goal(utilities: &[Utility]) -> Goal {
    Goal {
        utilities: utilities.to_vec(),
        reference: vec![-2.0; utilities.len()],
        least: f64::NEG_INFINITY,
        weights: vec![1.0, 0.7, 1.6, 0.9][..utilities.len().min(4)].to_vec(),
        straddle: false,
        lead: 1,
    }
}

/// The mean improvement over draws of the candidate itself.
fn drawn(goal: &Goal, achieved: &[Vec<f64>], means: &[f64], sds: &[f64]) -> (f64, f64) {
    let mut random = Random::new(3, 9);
    let n = 200_000;
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..n {
        let u: Vec<f64> = (0..means.len())
            .map(|j| goal.utilities[j].of(means[j] + sds[j] * normal(&mut random)))
            .collect();
        let gain = match goal.aspiration(achieved) {
            Aspiration::Best(best) => (u[0] - best).max(0.0),
            Aspiration::Above(m, cells) => {
                let mut p = [0.0; 3];
                p[..m].copy_from_slice(&u);
                super::super::front::gain(&cells, &p, m)
            }
            Aspiration::Scalar(best) => (goal.scalar(&u) - best).max(0.0),
            Aspiration::Feasible(_) | Aspiration::Straddle => 0.0,
        };
        sum += gain;
        squares += gain * gain;
    }
    let mean = sum / f64::from(n);
    let variance = squares / f64::from(n) - mean * mean;
    (mean, (variance / f64::from(n)).sqrt())
}

#[test]
fn closed_forms_agree_with_draws_for_every_number_and_kind_of_objectives() {
    let up = Utility::Signed(1.0);
    let down = Utility::Signed(-1.0);
    let target = Utility::Target(0.4);
    let achieved = |m: usize| -> Vec<Vec<f64>> {
        [
            [0.5, -1.0, -0.3, 0.1],
            [-0.4, 0.3, -0.6, 0.0],
            [-1.2, 0.8, -1.1, -0.5],
        ]
        .iter()
        .map(|u| u[..m].iter().map(|u| u - 0.6).collect())
        .collect()
    };
    let means = [0.2, -0.3, 0.1, 0.5];
    let sds = [0.8, 0.5, 0.9, 0.4];
    for utilities in [
        vec![up],
        vec![down],
        vec![target],
        vec![up, down],
        vec![target, up],
        vec![up, down, up],
        vec![down, target, target],
        vec![up, down, up, target],
    ] {
        let m = utilities.len();
        let goal = goal(&utilities);
        let gains = Aspirations::new(goal.clone(), vec![achieved(m)]);
        let found = libm::exp(gains.log_gain(&means[..m], &sds[..m], &[]));
        let (truth, error) = drawn(&goal, &achieved(m), &means[..m], &sds[..m]);
        assert!(
            (found - truth).abs() < 5.0 * error + 1e-12,
            "{utilities:?}: {found}, drawn {truth} ± {error}"
        );
        assert!(libm::exp(gains.log_bound(&means[..m], &sds[..m])) >= found * (1.0 - 1e-9));
    }
}

#[test]
fn the_logarithm_joins_the_sum_far_below_the_front() {
    let up = Utility::Signed(1.0);
    for utilities in [
        vec![up],
        vec![up, up],
        vec![up, up, up],
        vec![Utility::Target(0.0)],
    ] {
        let m = utilities.len();
        let goal = goal(&utilities);
        let achieved = vec![vec![-0.1; m], vec![-0.3; m]];
        let gains = Aspirations::new(goal, vec![achieved]);
        let mut last = f64::INFINITY;
        let mut slope = f64::NAN;
        for step in 0..400 {
            let mean = -0.5 - 0.05 * f64::from(step);
            let log = gains.log_gain(&vec![mean; m], &vec![0.3; m], &[]);
            assert!(log < last, "{m} {mean}: {log} after {last}");
            // The logarithm is concave out there: its slope changes smoothly, without a jump where the sum gives over.
            let fall = last - log;
            if step > 1 {
                assert!(
                    (fall - slope).abs() < 0.05 * m as f64 * (1.0 + 0.01 * fall),
                    "{m} {mean}: {fall} after {slope}"
                );
            }
            (last, slope) = (log, fall);
        }
        assert!(last < -500.0);
    }
}

#[test]
fn what_is_lower_in_every_draw_bounds_what_is_gained_on_average() {
    let up = Utility::Signed(1.0);
    let mut random = Random::new(1, 1);
    for m in 1..=4 {
        let goal = goal(&vec![up; m]);
        let draws: Vec<Vec<Vec<f64>>> = (0..32)
            .map(|_| {
                (0..5)
                    .map(|p| {
                        (0..m)
                            .map(|j| {
                                0.2 * normal(&mut random) + ((p * (j + 1)) % 5) as f64 * 0.3 - 1.0
                            })
                            .collect()
                    })
                    .collect()
            })
            .collect();
        let gains = Aspirations::new(goal, draws);
        let low = gains.lowest(0..gains.count());
        for _ in 0..200 {
            let means: Vec<f64> = (0..m).map(|_| normal(&mut random)).collect();
            let sds: Vec<f64> = (0..m).map(|_| normal(&mut random).abs()).collect();
            let gain = gains.log_gain(&means, &sds, &[]);
            let bound = low.log_bound(&means, &sds);
            assert!(bound >= gain - 1e-9, "{m}: {bound} {gain}");
        }
    }
}

#[test]
fn improvements_agree_with_botorch() {
    // tests/optimize/improvement.csv, made by improvement.py.
    let text = include_str!("../../tests/optimize/improvement.csv");
    let mut count = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let values: Vec<f64> = line
            .split(',')
            .map(|x| x.parse().expect("a number"))
            .collect();
        let m = values[0] as usize;
        let (means, rest) = values[1..].split_at(m);
        let (sds, rest) = rest.split_at(m);
        let (points, rest) = rest[1..].split_at(rest[0] as usize * m);
        let (reference, truth) = (&rest[..m], rest[m]);
        let mut goal = goal(&vec![Utility::Signed(1.0); m]);
        goal.reference = reference.to_vec();
        let achieved = points.chunks_exact(m).map(<[f64]>::to_vec).collect();
        let gains = Aspirations::new(goal, vec![achieved]);
        let found = gains.log_gain(means, sds, &[]);
        // BoTorch adds 1e-12 to variances here and there.
        assert!(
            (found - truth).abs() < 1e-7 * truth.abs().max(1.0),
            "{line}: {found}"
        );
        count += 1;
    }
    assert_eq!(count, 36);
}

#[test]
fn several_leads_gain_what_their_sum_gains() {
    // What the three best are worth together, against draws of the candidate; and gains that only shrink as points are added.
    let mut goal = goal(&[Utility::Signed(1.0)]);
    goal.lead = 3;
    let mut random = Random::new(17, 1);
    let worth = |goal: &Goal, points: &[f64]| -> f64 {
        let mut points: Vec<f64> = points.iter().map(|u| u.max(goal.reference[0])).collect();
        points.resize(points.len().max(3), goal.reference[0]);
        points.sort_by(|a, b| b.total_cmp(a));
        points[..3].iter().sum()
    };
    let mut achieved: Vec<Vec<f64>> = Vec::new();
    let mut before = f64::INFINITY;
    for _ in 0..8 {
        let points: Vec<f64> = achieved.iter().map(|u| u[0]).collect();
        let (mean, sd) = (0.4, 0.8);
        let (mut sum, mut squares, n) = (0.0, 0.0, 100_000);
        for _ in 0..n {
            let mut with = points.clone();
            with.push(mean + sd * normal(&mut random));
            let gain = worth(&goal, &with) - worth(&goal, &points);
            sum += gain;
            squares += gain * gain;
        }
        let expected = sum / f64::from(n);
        let error = ((squares / f64::from(n) - expected * expected) / f64::from(n)).sqrt();
        let one = Aspirations::new(goal.clone(), vec![achieved.clone()]);
        let gain = one.log_gain(&[mean], &[sd], &[]).exp();
        assert!(
            (gain - expected).abs() < 5.0 * error + 1e-9,
            "{gain} {expected} {error}"
        );
        assert!(gain <= before + 1e-12);
        before = gain;
        // The bound over several draws is reached by none of them.
        let mut other = achieved.clone();
        other.push(vec![0.3]);
        let both = Aspirations::new(goal.clone(), vec![achieved.clone(), other]);
        let bound = both.lowest(0..2).log_bound(&[mean], &[sd]);
        assert!(both.log_gain(&[mean], &[sd], &[]) <= bound + 1e-9);
        achieved.push(vec![normal(&mut random)]);
    }
}
