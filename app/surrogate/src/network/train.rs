//! Training one network.

use super::layers::{Passes, Sizes};
use crate::SurrogateError;
use crate::random::Random;

const RATE: f32 = 3e-3;
const DECAY: f32 = 1e-3;
/// Share of the groups that choose the epoch.
const HELD_OUT: f64 = 0.1;
const BETA: f32 = 0.5;

/// The parameters of a network trained on nine tenths of the groups, as they were where the others were predicted best.
pub(super) fn member(
    sizes: Sizes,
    table: &[f32],
    targets: &[f32],
    groups: &[u64],
    epochs: usize,
    mut random: Random,
    job: &job::Job,
) -> Result<Vec<f32>, SurrogateError> {
    let width = sizes.inputs;
    let salt = random.next();
    let held_out = |row: usize| {
        let group = groups.get(row).copied().unwrap_or(row as u64);
        Random::part(salt, group).uniform() < HELD_OUT
    };
    let (test, mut train): (Vec<usize>, Vec<usize>) =
        (0..targets.len()).partition(|row| held_out(*row));
    if train.is_empty() {
        train = test.clone();
    }
    let gather = |rows: &[usize]| -> (Vec<f32>, Vec<f32>) {
        let row = |row: &usize| table[row * width..(row + 1) * width].iter().copied();
        (
            rows.iter().flat_map(row).collect(),
            rows.iter().map(|row| targets[*row]).collect(),
        )
    };
    let (test_rows, test_targets) = gather(&test);
    let mut passes = Passes::new(sizes, &test_rows);
    let mut ignored = vec![0.0; sizes.parameters()];
    let batch = (train.len() / 50).clamp(16, 512);
    let steps = epochs * train.len().div_ceil(batch);
    let mut parameters = first(sizes, &mut random);
    let mut adam = Adam::new(parameters.len());
    let mut slopes = vec![0.0; parameters.len()];
    let mut best = (f32::INFINITY, parameters.clone());
    let mut step = 0;
    for _ in 0..epochs {
        job.check()?;
        for place in (1..train.len()).rev() {
            train.swap(place, random.below(place + 1));
        }
        for rows in train.chunks(batch) {
            let (rows, targets) = gather(rows);
            let mut passes = Passes::new(sizes, &rows);
            passes.forward(&parameters);
            passes.backward(&parameters, &targets, BETA, &mut slopes);
            let share = step as f64 / steps as f64;
            // Half a cosine, down to nothing.
            let rate = RATE * (0.5 * (1.0 + libm::cos(std::f64::consts::PI * share))) as f32;
            adam.step(&mut parameters, &slopes, rate);
            step += 1;
        }
        let loss = if test.is_empty() {
            0.0
        } else {
            passes.forward(&parameters);
            passes.backward(&parameters, &test_targets, 0.0, &mut ignored)
        };
        // A network that diverged is never kept; without test rows the last counts.
        if loss < best.0 || (test.is_empty() && parameters.iter().all(|x| x.is_finite())) {
            best = (loss, parameters.clone());
        }
        job.advance(1);
    }
    Ok(best.1)
}

/// Random weights that keep the variance from layer to layer (K. He et al., ICCV 2015); outputs begin at 0.
fn first(sizes: Sizes, random: &mut Random) -> Vec<f32> {
    let mut parameters = Vec::with_capacity(sizes.parameters());
    for (layer, (from, to)) in sizes.layers().into_iter().enumerate() {
        let scale = if layer < 2 {
            (2.0 / from as f64).sqrt()
        } else {
            0.0
        };
        parameters.extend((0..from * to).map(|_| (scale * random.normal()) as f32));
        parameters.extend(std::iter::repeat_n(0.0, to));
    }
    parameters
}

/// Adam's moments.
struct Adam {
    first: Vec<f32>,
    second: Vec<f32>,
    steps: i32,
}

impl Adam {
    fn new(count: usize) -> Self {
        Self {
            first: vec![0.0; count],
            second: vec![0.0; count],
            steps: 0,
        }
    }

    fn step(&mut self, parameters: &mut [f32], slopes: &[f32], rate: f32) {
        const KEEP: (f32, f32) = (0.9, 0.999);
        // Slopes longer than this are cut to it.
        const LONGEST: f32 = 5.0;
        self.steps += 1;
        let length = slopes.iter().map(|s| s * s).sum::<f32>().sqrt();
        let cut = if length > LONGEST {
            LONGEST / length
        } else {
            1.0
        };
        let correct = |keep: f32| 1.0 - libm::powf(keep, self.steps as f32);
        let (a, b) = (correct(KEEP.0), correct(KEEP.1));
        for (k, parameter) in parameters.iter_mut().enumerate() {
            let slope = cut * slopes[k];
            self.first[k] = KEEP.0 * self.first[k] + (1.0 - KEEP.0) * slope;
            self.second[k] = KEEP.1 * self.second[k] + (1.0 - KEEP.1) * slope * slope;
            let change = (self.first[k] / a) / ((self.second[k] / b).sqrt() + 1e-8);
            *parameter -= rate * (change + DECAY * *parameter);
        }
    }
}
