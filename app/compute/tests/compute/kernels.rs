//! Every kernel on the adapter beside its twin on the processor, and the processor beside an independent truth.

use compute::gemm::{Sizes, gemm};
use compute::{Activation, ComputeError, Device, Layer, Mlp, Trees, top_k, trees, twins};
use job::Job;

/// A fixed sequence without visible order, within -1 to 1.
fn scattered(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// The same with every sort of number that nobody asked for, and with repeats.
fn hostile(count: usize, seed: u64) -> Vec<f32> {
    const STRANGE: [f32; 10] = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        0.0,
        -0.0,
        f32::MIN_POSITIVE,
        1e-40,
        f32::MAX,
        f32::MIN,
        0.5,
    ];
    let mut values = scattered(count, seed);
    for (at, value) in values.iter_mut().enumerate().filter(|(at, _)| at % 7 == 3) {
        *value = STRANGE[at / 7 % STRANGE.len()];
    }
    values
}

/// Sizes around those of workgroups and strips, none and one among them.
const SIZES: [usize; 10] = [0, 1, 2, 63, 64, 65, 255, 1000, 1024, 3001];

#[track_caller]
fn same(what: &str, tolerance: f64, work: impl Fn(&Device) -> Result<Vec<f32>, ComputeError>) {
    let wide =
        |device: &Device| Ok::<_, ComputeError>(work(device)?.into_iter().map(f64::from).collect());
    twins::compare(what, tolerance, wide).unwrap_or_else(|different| panic!("{different}"));
}

#[test]
fn adapters_compute_what_the_processor_computes() {
    let job = Job::new();
    for (m, k, n) in [
        (0, 3, 3),
        (3, 0, 2),
        (1, 1, 1),
        (7, 5, 3),
        (64, 16, 64),
        (65, 300, 129),
    ] {
        let (a, b) = (scattered(m * k, 1), scattered(k * n, 2));
        same(&format!("product {m} {k} {n}"), 2e-5, |device| {
            gemm(device, Sizes { m, k, n }, &a, &b, &job)
        });
    }
    let sizes = Sizes { m: 2, k: 2, n: 2 };
    same("a product of wrong sizes", 0.0, |device| {
        gemm(device, sizes, &[1.0; 3], &[1.0; 4], &job)
    });
    for count in SIZES {
        for k in [0, 1, 10, 256, 300] {
            for scores in [
                scattered(count, 5),
                hostile(count, 6),
                vec![f32::NAN; count],
                vec![-0.0; count],
            ] {
                same(&format!("best {k} of {count}"), 0.0, |device| {
                    let best = top_k(device, &scores, k, &job)?;
                    Ok(best.into_iter().map(|place| place as f32).collect())
                });
            }
        }
        let mlp = network(&[5, 70, 256, 3]);
        let ensemble = Ensemble::new(5, 11, 10);
        for rows in [scattered(count * 5, 7), hostile(count * 5, 8)] {
            same(&format!("network, {count} rows"), 2e-5, |device| {
                mlp.forward(device, &rows, &job)
            });
            // The same sums in the same order: not a bit differs.
            same(&format!("trees, {count} rows"), 0.0, |device| {
                ensemble.trees().forward(device, &rows, &job)
            });
        }
    }
    let (mlp, ensemble) = (network(&[5, 3]), Ensemble::new(5, 1, 1));
    for rows in [&[0.5; 7][..], &[0.5; 1]] {
        same("half a row", 0.0, |device| mlp.forward(device, rows, &job));
        same("half a row", 0.0, |device| {
            ensemble.trees().forward(device, rows, &job)
        });
    }
}

#[test]
fn products_are_those_of_three_plain_loops() {
    for (m, k, n) in [(1, 1, 1), (7, 5, 3), (64, 64, 64), (257, 300, 279)] {
        let (a, b) = (scattered(m * k, 1), scattered(k * n, 2));
        let sizes = Sizes { m, k, n };
        let c = gemm(&Device::cpu(), sizes, &a, &b, &Job::new()).expect("sound");
        for i in 0..m {
            for j in 0..n {
                let exact: f64 = (0..k)
                    .map(|s| f64::from(a[i * k + s]) * f64::from(b[s * n + j]))
                    .sum();
                assert!(
                    (f64::from(c[i * n + j]) - exact).abs() < 1e-4,
                    "{m} {k} {n} {i} {j}"
                );
            }
        }
    }
}

#[test]
fn the_best_are_those_of_a_stable_sort() {
    for count in [1, 1000, 200_001] {
        let mut scores = hostile(count, 3);
        // Many ties.
        scores
            .iter_mut()
            .for_each(|score| *score = (*score * 50.0).round() / 50.0);
        let mut sorted: Vec<u32> = (0..count as u32)
            .filter(|place| !scores[*place as usize].is_nan())
            .collect();
        sorted.sort_by(|a, b| {
            let [a, b] = [*a, *b].map(|place| scores[place as usize]);
            b.partial_cmp(&a).expect("numbers")
        });
        for k in [1, 7, 500, count + 1] {
            let best = top_k(&Device::cpu(), &scores, k, &Job::new()).expect("sound");
            assert_eq!(best, sorted[..k.min(sorted.len())]);
        }
    }
}

fn network(widths: &[usize]) -> Mlp {
    const ACTIVATIONS: [Activation; 4] = [
        Activation::Silu,
        Activation::Tanh,
        Activation::Identity,
        Activation::Relu,
    ];
    let layers = widths.windows(2).enumerate().map(|(at, pair)| Layer {
        weights: scattered(pair[0] * pair[1], at as u64)
            .iter()
            .map(|w| w * 0.3)
            .collect(),
        bias: scattered(pair[1], 90 + at as u64),
        activation: ACTIVATIONS[at % 4],
    });
    let d = widths[0];
    Mlp::new(scattered(d, 50), vec![1.5; d], layers.collect()).expect("fits")
}

#[test]
fn a_network_is_its_sums_and_activations_one_after_the_other() {
    for widths in [&[3, 2][..], &[4, 9, 1], &[5, 20, 300, 7, 2]] {
        let mlp = network(widths);
        let rows = scattered(41 * widths[0], 4);
        let found = mlp
            .forward(&Device::cpu(), &rows, &Job::new())
            .expect("sound");
        let (centre, mut expected) = (scattered(widths[0], 50), Vec::new());
        for row in rows.chunks(widths[0]) {
            let mut values: Vec<f64> = row
                .iter()
                .zip(&centre)
                .map(|(x, c)| (f64::from(*x) - f64::from(*c)) * 1.5)
                .collect();
            for (at, pair) in widths.windows(2).enumerate() {
                let weights = scattered(pair[0] * pair[1], at as u64);
                let bias = scattered(pair[1], 90 + at as u64);
                values = (0..pair[1])
                    .map(|o| {
                        let terms = (0..pair[0])
                            .map(|i| f64::from(weights[o * pair[0] + i]) * 0.3 * values[i]);
                        let x = f64::from(bias[o]) + terms.sum::<f64>();
                        match at % 4 {
                            0 => x / (1.0 + (-x).exp()),
                            1 => x.tanh(),
                            2 => x,
                            _ => x.max(0.0),
                        }
                    })
                    .collect();
            }
            expected.extend(values);
        }
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert!(
                (f64::from(*found) - expected).abs() < 1e-5,
                "{found} {expected}"
            );
        }
    }
    let wide = network(&[2, 300, 1]);
    let device = Device::open_in(compute::Choice::Gpu, None).expect("an adapter");
    let on_adapter = wide.forward(&device, &[0.1, 0.2], &Job::new());
    assert_eq!(
        on_adapter,
        wide.forward(&Device::cpu(), &[0.1, 0.2], &Job::new())
    );
    let told = device.take_messages().join("");
    assert!(
        told.contains("a hidden layer takes 300 units, more than the 256"),
        "{told}"
    );
    assert!(Mlp::new(vec![0.0], vec![1.0], Vec::new()).is_err());
}

/// Complete trees of two levels: input 0 at the root, others below.
struct Ensemble {
    feature: Vec<u32>,
    threshold: Vec<f32>,
    left: Vec<u32>,
    roots: Vec<u32>,
    payload: Vec<f32>,
    width: usize,
    outputs: usize,
}

impl Ensemble {
    fn new(width: usize, count: u32, outputs: usize) -> Self {
        let (mut feature, mut left, mut roots) = (Vec::new(), Vec::new(), Vec::new());
        for tree in 0..count {
            let start = 7 * tree;
            roots.push(start);
            feature.extend([0, (tree + 1) % width as u32, (tree + 2) % width as u32]);
            feature.extend([trees::LEAF; 4]);
            left.extend([start + 1, start + 3, start + 5]);
            left.extend((0..4).map(|leaf| 4 * tree + leaf));
        }
        Self {
            threshold: scattered(feature.len(), 20),
            payload: scattered(4 * count as usize * outputs, 21),
            feature,
            left,
            roots,
            width,
            outputs,
        }
    }

    fn trees(&self) -> Trees<'_> {
        Trees {
            width: self.width,
            roots: &self.roots,
            feature: &self.feature,
            threshold: &self.threshold,
            left: &self.left,
            payload: &self.payload,
            outputs: self.outputs,
        }
    }
}

#[test]
fn a_row_adds_up_the_leaves_that_its_inputs_lead_to() {
    let ensemble = Ensemble::new(3, 5, 2);
    let mut rows = hostile(3 * 500, 30);
    rows[0] = ensemble.threshold[0]; // At the threshold: left.
    let sums = ensemble
        .trees()
        .forward(&Device::cpu(), &rows, &Job::new())
        .expect("sound");
    for (row, sums) in rows.chunks(3).zip(sums.chunks(2)) {
        let mut expected = [0.0_f32; 2];
        for tree in 0..5 {
            let at = |node: usize| {
                let x = row[ensemble.feature[7 * tree + node] as usize];
                usize::from(x.is_nan() || x > ensemble.threshold[7 * tree + node])
            };
            let upper = at(0);
            let leaf = 4 * tree + 2 * upper + at(1 + upper);
            for (sum, value) in expected.iter_mut().zip(&ensemble.payload[2 * leaf..]) {
                *sum += value;
            }
        }
        assert_eq!(sums, expected);
    }
}

#[test]
fn lists_that_are_no_trees_are_refused_in_words() {
    let sound = Ensemble::new(3, 2, 1);
    let refused = |change: &dyn Fn(&mut Ensemble), said: &str| {
        let mut ensemble = Ensemble::new(3, 2, 1);
        change(&mut ensemble);
        let error = ensemble
            .trees()
            .forward(&Device::cpu(), &[0.0; 3], &Job::new());
        let error = error.expect_err(said).to_string();
        assert!(error.contains(said), "{error}");
    };
    assert!(
        sound
            .trees()
            .forward(&Device::cpu(), &[0.0; 3], &Job::new())
            .is_ok()
    );
    refused(&|e| e.left[0] = 0, "node 0 leads to 0");
    refused(&|e| e.left[2] = 13, "node 2 leads to 13 of 14");
    refused(&|e| e.left[3] = 8, "node 3 is leaf 8 of 8");
    refused(&|e| e.feature[1] = 3, "node 1 asks for input 3 of 3");
    refused(&|e| e.roots[1] = 14, "begins at node 14 of 14");
    refused(&|e| e.threshold.truncate(3), "differ in length");
}
