//! Why a candidate was picked: what is expected of it, what it adds, what it is near to, and which inputs drive it.

use super::baseline::squared_distance;
use super::feasible::limit;
use super::model::Kind;
use super::random::Random;
use super::setup::Setup;
use super::suggestion::{Belief, NearestRow, Pick};
use super::{Question, Study};

/// Inputs up to which Shapley values are computed over all subsets.
const EXACT: usize = 12;
/// Orders of the inputs that are drawn beyond, each with its reverse.
const ORDERS: usize = 32;

/// The picks with their reasons. Of each: place in the pool, inputs, extras, acquisition value, logarithm of the gain.
pub(crate) struct Reasons<'a> {
    pub setup: &'a Setup,
    pub study: &'a Study,
    pub question: &'a Question,
}

impl Reasons<'_> {
    pub fn pick(
        &self,
        index: usize,
        inputs: &[f64],
        extras: &[f64],
        acquisition: Option<f64>,
        log_gain: Option<f64>,
    ) -> Pick {
        let setup = self.setup;
        let log_probability = setup
            .feasibility
            .log_probability(inputs, extras, |outcome| {
                setup.models[outcome].predict(inputs, extras)
            });
        let told = matches!(setup.objectives.len(), 1..=3);
        Pick {
            index,
            inputs: inputs.to_vec(),
            acquisition,
            outcomes: (0..setup.models.len())
                .map(|outcome| self.belief(outcome, index, inputs, extras))
                .collect(),
            probability_feasible: if log_probability.is_nan() {
                0.0
            } else {
                libm::exp(log_probability)
            },
            expected_improvement: log_gain
                .filter(|log| told && !log.is_nan())
                .map(|log| libm::exp(log) * setup.improvement_unit()),
            cost: self.question.cost.map(|column| extras[column]),
            nearest: nearest_row(self.study, inputs),
        }
    }

    fn belief(&self, outcome: usize, index: usize, inputs: &[f64], extras: &[f64]) -> Belief {
        let model = &self.setup.models[outcome];
        let (mean, sd) = model.predict(inputs, extras);
        let finite = |x: f64| x.is_finite().then_some(x);
        let moments = model
            .transform
            .outcome()
            .moments(model.centre + model.spread * mean, model.spread * sd);
        let mut belief = Belief {
            mean: finite(moments.mean),
            std: finite(moments.std),
            passes: self.question.aims[outcome].threshold.and_then(|threshold| {
                finite(libm::exp(
                    limit(outcome, model, threshold).log_probability(mean, sd),
                ))
            }),
            drivers: Vec::new(),
            base: None,
        };
        if let (true, Kind::Learned(_)) = (self.question.explain, &model.kind) {
            let centre = self.centre();
            let seed = self.question.seed ^ (index as u64).rotate_left(20) ^ outcome as u64;
            let offset = model.offset(extras);
            // What is explained: the mean on the transformed scale; of a transform that was found the median, in its own unit.
            let told = |rows: &[f64]| -> Vec<f64> {
                let means = model.predict_means(rows).into_iter();
                let means = means.map(|mean| model.centre + model.spread * (mean + offset));
                if model.found() {
                    means
                        .map(|mean| model.transform.outcome().back(mean))
                        .collect()
                } else {
                    means.collect()
                }
            };
            let (base, drivers) = shapley(&told, inputs, &centre, seed);
            belief.drivers = drivers;
            belief.base = finite(base);
        }
        belief
    }

    /// The mean of the tried rows.
    fn centre(&self) -> Vec<f64> {
        let d = self.study.dimensions;
        let mut sum = vec![0.0; d];
        let mut count = 0.0;
        for row in self.study.inputs.chunks_exact(d) {
            if row.iter().all(|x| x.is_finite()) {
                sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
                count += 1.0;
            }
        }
        sum.iter().map(|sum| sum / f64::max(count, 1.0)).collect()
    }
}

/// The nearest tried row; of equally near ones the first.
pub(crate) fn nearest_row(study: &Study, inputs: &[f64]) -> Option<NearestRow> {
    (0..study.rows())
        .map(|row| (squared_distance(study.row(row), inputs), row))
        .filter(|(distance, _)| distance.is_finite())
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
        .map(|(squared, row)| NearestRow {
            row,
            distance: squared.sqrt(),
        })
}

/// The means of rows of inputs, in the unit that they are explained in.
type Told<'a> = dyn Fn(&[f64]) -> Vec<f64> + 'a;

/// The mean at `centre`, and each input's Shapley value of the difference to it (L. S. Shapley 1953; one reference point:
/// S. M. Lundberg, S.-I. Lee, NIPS 2017, section 2.4).
fn shapley(told: &Told, inputs: &[f64], centre: &[f64], seed: u64) -> (f64, Vec<f64>) {
    if inputs.len() <= EXACT {
        exact(told, inputs, centre)
    } else {
        drawn(told, inputs, centre, seed)
    }
}

fn exact(told: &Told, inputs: &[f64], centre: &[f64]) -> (f64, Vec<f64>) {
    let d = inputs.len();
    let rows: Vec<f64> = (0_usize..1 << d)
        .flat_map(|subset| {
            (0..d).map(move |k| {
                if subset >> k & 1 == 1 {
                    inputs[k]
                } else {
                    centre[k]
                }
            })
        })
        .collect();
    let values = told(&rows);
    // |S|! (d - |S| - 1)! / d! for each size of S.
    let mut weights = vec![1.0 / d as f64; d];
    for size in 1..d {
        weights[size] = weights[size - 1] * size as f64 / (d - size) as f64;
    }
    let shares = (0..d)
        .map(|k| {
            (0_usize..1 << d)
                .filter(|subset| subset >> k & 1 == 0)
                .map(|subset| {
                    let weight = weights[subset.count_ones() as usize];
                    weight * (values[subset | 1 << k] - values[subset])
                })
                .sum()
        })
        .collect();
    (values[0], shares)
}

fn drawn(told: &Told, inputs: &[f64], centre: &[f64], seed: u64) -> (f64, Vec<f64>) {
    let d = inputs.len();
    let mut random = Random::new(seed, 7);
    let mut shares = vec![0.0; d];
    let mut base = f64::NAN;
    for _ in 0..ORDERS {
        let mut order: Vec<usize> = (0..d).collect();
        for at in (1..d).rev() {
            order.swap(at, random.below(at + 1));
        }
        let reverse: Vec<usize> = order.iter().rev().copied().collect();
        for order in [order, reverse] {
            let mut row = centre.to_vec();
            let mut rows = row.clone();
            for &k in &order {
                row[k] = inputs[k];
                rows.extend_from_slice(&row);
            }
            let values = told(&rows);
            base = values[0];
            for (&k, pair) in order.iter().zip(values.windows(2)) {
                shares[k] += (pair[1] - pair[0]) / (2 * ORDERS) as f64;
            }
        }
    }
    (base, shares)
}
