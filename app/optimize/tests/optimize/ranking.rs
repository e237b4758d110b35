//! Fronts, ranking and front probability against brute force, closed forms and independent draws.

use job::{Cancelled, Job};
use optimize::{
    Direction, ObjectiveColumn, RankOptions, Ranking, crowding_distances, front_numbers, rank,
};
use proptest::prelude::*;

/// A small random generator of the tests' own (xorshift64*), so that they draw from another source than the room does.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal (Box & Muller 1958).
    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn normals(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.normal()).collect()
    }
}

fn dominates(costs: &[Vec<f64>], a: usize, b: usize) -> bool {
    costs.iter().all(|c| c[a] <= c[b]) && costs.iter().any(|c| c[a] < c[b])
}

/// Peels fronts by comparing all pairs.
fn fronts_by_peeling(costs: &[Vec<f64>]) -> Vec<u32> {
    let rows = costs[0].len();
    let mut front = vec![0; rows];
    let mut left: Vec<usize> = (0..rows)
        .filter(|&row| costs.iter().all(|c| !c[row].is_nan()))
        .collect();
    for number in 1.. {
        if left.is_empty() {
            break;
        }
        let (best, rest) = left
            .iter()
            .partition(|&&b| !left.iter().any(|&a| dominates(costs, a, b)));
        let best: Vec<usize> = best;
        best.iter().for_each(|&row| front[row] = number);
        left = rest;
    }
    front
}

fn fronts(costs: &[Vec<f64>]) -> Vec<u32> {
    front_numbers(costs, &Job::new()).expect("nobody cancelled")
}

fn ranked(columns: &[ObjectiveColumn], seed: u64) -> Ranking {
    rank(
        columns,
        &RankOptions {
            seed,
            ..RankOptions::default()
        },
        &Job::new(),
    )
    .expect("nobody cancelled")
}

fn minimize<'a>(mean: &'a [f64], std: &'a [f64]) -> ObjectiveColumn<'a> {
    ObjectiveColumn {
        direction: Direction::Minimize,
        mean,
        std,
        non_negative: false,
    }
}

#[test]
fn fronts_of_random_rows_equal_those_by_peeling() {
    let mut random = Random(1);
    for objectives in 1..=6 {
        // Rows that nothing relates, a coarse grid with many equal rows, and rows along one line with a little noise.
        for (levels, noise) in [(0.0, 1.0), (3.0, 1.0), (12.0, 1.0), (0.0, 0.05)] {
            let rows = 700;
            let along: Vec<f64> = random.normals(rows);
            let costs: Vec<Vec<f64>> = (0..objectives)
                .map(|objective| {
                    let sign = if objective % 2 == 0 { 1.0 } else { -1.0 };
                    let value = |&along: &f64| {
                        let x = sign * along * (1.0 - noise) + noise * random.uniform();
                        if levels > 0.0 {
                            (x * levels).floor()
                        } else {
                            x
                        }
                    };
                    along.iter().map(value).collect()
                })
                .collect();
            assert_eq!(
                fronts(&costs),
                fronts_by_peeling(&costs),
                "{objectives} objectives, {levels} levels"
            );
        }
    }
}

#[test]
fn a_chain_has_as_many_fronts_as_rows_and_a_trade_off_has_one() {
    let rising: Vec<f64> = (0..5000).map(f64::from).collect();
    let falling: Vec<f64> = rising.iter().map(|x| -x).collect();
    for objectives in 1..=5 {
        assert_eq!(
            fronts(&vec![rising.clone(); objectives]),
            (1..=5000).collect::<Vec<u32>>()
        );
        let mut costs = vec![rising.clone(); objectives];
        costs.push(falling.clone());
        assert_eq!(fronts(&costs), [1; 5000]);
    }
}

#[test]
fn one_objective_ranks_by_value_with_ties_in_input_order_and_unknown_last() {
    let mean = [
        2.0,
        f64::NAN,
        5.0,
        2.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
    ];
    let std = [0.0; 8];
    let ranking = ranked(
        &[ObjectiveColumn {
            direction: Direction::Maximize,
            mean: &mean,
            std: &std,
            non_negative: false,
        }],
        0,
    );
    assert_eq!(ranking.order, [4, 2, 0, 3, 6, 7, 5, 1]);
    assert_eq!(ranking.front, [3, 0, 2, 3, 1, 5, 4, 4]);
    let ranking = ranked(
        &[ObjectiveColumn {
            direction: Direction::Target(2.5),
            mean: &mean[..4],
            std: &std,
            non_negative: false,
        }],
        0,
    );
    assert_eq!(ranking.order, [0, 3, 2, 1]);
}

#[test]
fn partly_known_rows_come_last_in_input_order() {
    let (a, b) = (
        [f64::NAN, 1.0, 0.0, f64::NAN, 9.0],
        [0.0, 1.0, f64::NAN, f64::NAN, 9.0],
    );
    let ranking = ranked(&[minimize(&a, &[0.0; 5]), minimize(&b, &[0.0; 5])], 0);
    assert_eq!(ranking.order, [1, 4, 0, 2, 3]);
    assert!(ranking.front_probability[0].is_nan() && ranking.crowding[3].is_nan());
    assert_eq!(ranking.front_probability[1], 1.0);
    // Columns of unequal length: what is missing is not known.
    assert_eq!(
        ranked(&[minimize(&[1.0, 2.0], &[]), minimize(&[1.0], &[])], 0).front,
        [1, 0]
    );
    assert!(ranked(&[], 0).order.is_empty());
}

#[test]
fn a_cancelled_ranking_says_so() {
    let job = Job::new();
    job.cancel();
    let mean = [1.0, 2.0];
    assert_eq!(
        rank(&[minimize(&mean, &mean)], &RankOptions::default(), &job),
        Err(Cancelled)
    );
}

/// Shares of the first front over independent draws from another generator.
fn shares_by_independent_draws(
    columns: &[ObjectiveColumn],
    draws: usize,
    random: &mut Random,
) -> Vec<f64> {
    let rows = columns[0].mean.len();
    let mut wins = vec![0.0; rows];
    for _ in 0..draws {
        let costs: Vec<Vec<f64>> = columns
            .iter()
            .map(|c| {
                (0..rows)
                    .map(|row| {
                        let (mean, std, z) = (c.mean[row], c.std[row], random.normal());
                        // Moments of the lognormal distribution: Johnson, Kotz & Balakrishnan 1994, chapter 14.
                        let variance = (1.0 + std * std / (mean * mean)).ln();
                        c.direction.cost(match c.non_negative && std > 0.0 {
                            true => mean * (variance.sqrt() * z - variance / 2.0).exp(),
                            false => mean + std * z,
                        })
                    })
                    .collect()
            })
            .collect();
        for (row, wins) in wins.iter_mut().enumerate() {
            *wins += f64::from(u8::from(
                !(0..rows).any(|other| dominates(&costs, other, row)),
            ));
        }
    }
    wins.iter().map(|wins| wins / draws as f64).collect()
}

#[test]
fn front_probabilities_agree_with_independent_draws() {
    let mut random = Random(5);
    for (objectives, target, non_negative) in [
        (1, false, false),
        (1, true, false),
        (1, true, true),
        (2, false, false),
        (2, false, true),
        (2, true, false),
        (2, true, true),
        (3, false, false),
        (4, true, true),
        (6, false, false),
    ] {
        let rows = 40;
        let mut means: Vec<Vec<f64>> = (0..objectives).map(|_| random.normals(rows)).collect();
        if non_negative {
            means
                .iter_mut()
                .flatten()
                .for_each(|mean| *mean = mean.abs());
        }
        let stds: Vec<Vec<f64>> = (0..objectives)
            .map(|_| {
                (0..rows)
                    .map(|row| {
                        if row % 5 == 0 {
                            0.0
                        } else {
                            0.8 * random.uniform()
                        }
                    })
                    .collect()
            })
            .collect();
        let columns: Vec<ObjectiveColumn> = (0..objectives)
            .map(|i| ObjectiveColumn {
                direction: match i {
                    0 if target => Direction::Target(0.3),
                    i if i % 2 == 0 => Direction::Maximize,
                    _ => Direction::Minimize,
                },
                mean: &means[i],
                std: &stds[i],
                // The last one is drawn normally, beside the others.
                non_negative: non_negative && (i == 0 || i + 1 < objectives),
            })
            .collect();
        let draws = 8000;
        let expected = shares_by_independent_draws(&columns, draws, &mut random);
        for seed in 0..3 {
            let found = ranked(&columns, seed).front_probability;
            for (row, (&p, &q)) in found.iter().zip(&expected).enumerate() {
                // Both shares scatter binomially (ours a little less); 4.5 standard errors, and one draw's width.
                let error = (q * (1.0 - q) * (1.0 / 512.0 + 1.0 / draws as f64)).sqrt();
                assert!(
                    (p - q).abs() <= 4.5 * error + 1.0 / 512.0,
                    "{objectives} objectives, row {row}: {p}, {q}"
                );
            }
        }
    }
}

#[test]
fn two_rows_have_the_probability_of_the_closed_form() {
    // P(a < b) = Phi((mean_b - mean_a) / sqrt(std_a^2 + std_b^2)), averaged over seeds.
    let (mean, std) = ([0.0, 0.7], [0.3, 0.4]);
    let expected = libm::erfc(-0.7 / 0.5 / std::f64::consts::SQRT_2) / 2.0;
    let seeds = 200;
    let share: f64 = (0..seeds)
        .map(|seed| ranked(&[minimize(&mean, &std)], seed).front_probability[0])
        .sum();
    let error = (expected * (1.0 - expected) / (512.0 * seeds as f64)).sqrt();
    assert!(
        (share / seeds as f64 - expected).abs() < 4.0 * error,
        "{} {expected}",
        share / seeds as f64
    );
}

#[test]
fn draws_of_what_cannot_be_negative_keep_its_mean_and_deviation() {
    // For a number A >= 0: mean = integral of P(A > t), mean square = integral of 2 t P(A > t). P(A > t) is the front
    // probability of A, to be maximized, beside an exact t.
    for (mean, std) in [(2.0, 0.2), (1.0, 0.6), (10.0, 8.0)] {
        let step = std / 50.0;
        let (mut first, mut second) = (0.0, 0.0);
        let mut t: f64 = step / 2.0;
        while t < mean + 20.0 * std {
            let column = ObjectiveColumn {
                direction: Direction::Maximize,
                mean: &[mean, t],
                std: &[std, 0.0],
                non_negative: true,
            };
            let above = ranked(&[column], 1).front_probability[0];
            first += above * step;
            second += 2.0 * t * above * step;
            t += step;
        }
        let deviation = (second - first * first).sqrt();
        assert!((first / mean - 1.0).abs() < 0.005, "{first} {mean}");
        // Few of 512 draws decide the tail.
        assert!((deviation / std - 1.0).abs() < 0.06, "{deviation} {std}");
    }
}

#[test]
fn a_cost_never_falls_below_nothing() {
    // The second cost is 60 % uncertain more than it is high; of a normal distribution a quarter would lie below 0.
    let (mean, std) = ([50.0, 9937.0], [5.0, 15891.0]);
    let cost = ObjectiveColumn {
        non_negative: true,
        ..minimize(&mean, &std)
    };
    assert_eq!(ranked(&[cost], 1).front_probability, [1.0, 0.0]);
    assert!(ranked(&[minimize(&mean, &std)], 1).front_probability[1] > 0.2);
    // A mean of 0 is exact; a negative one disproves the claim, and the draws are normal.
    let zero = ObjectiveColumn {
        non_negative: true,
        ..minimize(&[0.0, 1.0], &[3.0, 0.1])
    };
    assert_eq!(ranked(&[zero], 1).front_probability, [1.0, 0.0]);
    let negative = ObjectiveColumn {
        non_negative: true,
        ..minimize(&[-1.0, 1.0], &[1.0, 1.0])
    };
    let plain = ranked(&[minimize(&[-1.0, 1.0], &[1.0, 1.0])], 1);
    assert_eq!(ranked(&[negative], 1), plain);
}

#[test]
fn independent_equal_rows_share_the_expected_front() {
    // n independent rows without ties have 1 + 1/2 + ... + 1/n maxima in two objectives on average (Barndorff-Nielsen &
    // Sobel 1966), whatever the distribution; in one objective 1.
    let rows = 20_000;
    let (mean, std) = (vec![1.0; rows], vec![0.5; rows]);
    let harmonic: f64 = (1..=rows).map(|i| 1.0 / i as f64).sum();
    let column = minimize(&mean, &std);
    let size: f64 = ranked(&[column, column], 9).front_probability.iter().sum();
    // The variance of one draw's front is about its mean; five standard errors over 512 draws.
    assert!(
        (size - harmonic).abs() < 5.0 * (harmonic / 512.0).sqrt(),
        "{size} {harmonic}"
    );
    let size: f64 = ranked(&[column], 9).front_probability.iter().sum();
    assert!((size - 1.0).abs() < 1e-12, "{size}");
}

#[test]
fn without_uncertainty_the_probability_is_the_first_front() {
    let mut random = Random(3);
    let (a, b) = (random.normals(3000), random.normals(3000));
    // Unknown, negative and infinite deviations count as none.
    let std: Vec<f64> = (0..3000)
        .map(|row| [0.0, f64::NAN, -1.0, f64::INFINITY][row % 4])
        .collect();
    let ranking = ranked(&[minimize(&a, &std), minimize(&b, &std)], 1);
    let expected: Vec<f64> = ranking
        .front
        .iter()
        .map(|&front| f64::from(front == 1))
        .collect();
    assert_eq!(ranking.front_probability, expected);
    // A deviation too small to matter takes the long way to the same answer.
    let tiny = vec![1e-12; 3000];
    assert_eq!(
        ranked(&[minimize(&a, &tiny), minimize(&b, &tiny)], 1).front_probability,
        expected
    );
}

#[test]
fn threads_do_not_change_a_byte_and_seeds_do() {
    let mut random = Random(8);
    let means: Vec<Vec<f64>> = (0..3).map(|_| random.normals(30_000)).collect();
    let std: Vec<f64> = (0..30_000).map(|_| 0.3 * random.uniform()).collect();
    let columns: Vec<ObjectiveColumn> = means.iter().map(|mean| minimize(mean, &std)).collect();
    for columns in [&columns[..2], &columns[..]] {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("threads");
            pool.install(|| ranked(columns, 4))
        };
        let one = with(1);
        assert_eq!(one, with(3));
        assert_ne!(one.front_probability, ranked(columns, 5).front_probability);
    }
}

/// Values that collide often, with the infinite, the signed zeros and the unknown among them.
fn hostile() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => (0..4).prop_map(f64::from),
        3 => -1.0..1.0f64,
        1 => proptest::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::MAX, f64::MIN, 1e-310]),
    ]
}

proptest! {
    #[test]
    fn fronts_of_hostile_rows_equal_those_by_peeling(
        costs in (1usize..=6, 0usize..120).prop_flat_map(|(m, n)| proptest::collection::vec(proptest::collection::vec(hostile(), n), m)),
    ) {
        let found = fronts(&costs);
        prop_assert_eq!(&found, &fronts_by_peeling(&costs));
        let crowding = crowding_distances(&costs, &found, &Job::new()).expect("nobody cancelled");
        for (distance, front) in crowding.iter().zip(found) {
            let sensible = if front == 0 { distance.is_nan() } else { *distance >= 0.0 };
            prop_assert!(sensible);
        }
    }

    #[test]
    fn hostile_rankings_hold_every_row_once_with_sensible_probabilities(
        columns in (1usize..=4, 1usize..40).prop_flat_map(|(m, n)| proptest::collection::vec((
            prop_oneof![Just(Direction::Maximize), Just(Direction::Minimize), hostile().prop_map(Direction::Target)],
            proptest::collection::vec(hostile(), n),
            proptest::collection::vec(hostile(), n),
            proptest::bool::ANY,
        ), m)),
    ) {
        let columns: Vec<ObjectiveColumn> =
            columns.iter().map(|(direction, mean, std, claim)| ObjectiveColumn {
                direction: *direction, mean, std, non_negative: *claim,
            }).collect();
        let ranking = ranked(&columns, 2);
        let mut order = ranking.order.clone();
        order.sort_unstable();
        prop_assert!(order.iter().enumerate().all(|(i, &row)| i == row as usize));
        let mut known = 0;
        for (&p, &front) in ranking.front_probability.iter().zip(&ranking.front) {
            let sensible = if front == 0 { p.is_nan() } else { (0.0..=1.0).contains(&p) };
            prop_assert!(sensible);
            known += usize::from(front != 0);
        }
        // Some row is on the first front of every draw.
        let total: f64 = ranking.front_probability.iter().filter(|p| !p.is_nan()).sum();
        prop_assert!(known == 0 || total >= 1.0 - 1e-9);
        let places: Vec<u32> = ranking.order.iter().map(|&row| ranking.front[row as usize].wrapping_sub(1)).collect();
        prop_assert!(places.is_sorted());
    }
}
