//! Training: which descriptors, how wide the intervals, then the model of all rows.

use std::ops::Range;
use std::sync::OnceLock;

use matter::Compositions;
use rayon::prelude::*;

use super::domain::Domain;
use super::inputs::{DescriptorSet, Design, Inputs, Rows};
use super::interval::{Judged, Rules};
use super::kept::{KEPT_ROWS, Kept};
use super::learner::{Effort, Kind, Learner, Training};
use super::{About, PropertyModel, unknown};
use crate::SurrogateError;
use crate::folds::grouped_folds;
use crate::random::Random;

/// A table to learn from.
#[derive(Clone, Copy, Debug)]
pub struct TrainingData<'a> {
    pub rows: Rows<'a>,
    /// One for each row; rows with NaN are left out.
    pub targets: &'a [f64],
}

/// How to train.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainOptions {
    /// `None`: by cross-validation, the kind and, for compositions, the descriptors with the smaller mean absolute error.
    pub kind: Option<Kind>,
    /// `None`: those of [`DescriptorSet::TRIED`] are tried.
    pub descriptors: Option<DescriptorSet>,
    pub trees: usize,
    pub seed: u64,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            kind: None,
            descriptors: None,
            trees: 100,
            seed: 0,
        }
    }
}

/// Folds of the cross-validation inside the training data, which selects and calibrates.
const FOLDS: usize = 5;
/// Groups that are left out in turn to learn how wrong the model is outside its domain.
const HELD_OUT: usize = 12;
/// Largest table for which a Gaussian process is tried unasked: its cost grows with the cube of the rows.
const GP_ROWS: usize = 400;
const GP_INPUTS: usize = 20;

/// Larger tables are for boosted trees alone: a forest keeps all rows in its file.
const FOREST_ROWS: usize = 30_000;
/// Smaller tables give boosted trees too little to learn from.
const BOOSTED_ROWS: usize = 500;
/// Tables of columns for which networks are tried unasked.
const NETWORK_ROWS: [usize; 2] = [200, 10_000];
const NETWORK_INPUTS: usize = 40;
/// Up to so many rows all folds of the cross-validation are tested, beyond only the first.
const ALL_FOLDS: usize = 50_000;
/// Rows that a model of unseen candidates is trained on at most.
const BEYOND_ROWS: usize = 20_000;

/// Training rows as descriptors, one design for each set that is tried.
pub(crate) struct Prepared {
    pub variants: Vec<(Inputs, Training, Design)>,
    pub targets: Vec<f64>,
    /// The number of each row in the table.
    pub origin: Vec<usize>,
    /// Rows of the same candidate have the same number and are never divided between training and test.
    pub groups: Vec<u64>,
}

impl TrainingData<'_> {
    /// Trains a model. The same data, options and seed give the same model for any number of threads.
    ///
    /// # Errors
    ///
    /// Lengths that do not fit, fewer than ten rows with a target, cancelled.
    pub fn train(
        &self,
        about: About,
        options: &TrainOptions,
        job: &job::Job,
    ) -> Result<PropertyModel, SurrogateError> {
        let prepared = self.prepare(options)?;
        let all: Vec<usize> = (0..prepared.targets.len()).collect();
        let mut model = prepared.train(&all, about, options.seed, job)?;
        // A forest finds the targets of its leaves again in them.
        if matches!(model.learner, Learner::Forest(_)) || all.len() <= KEPT_ROWS {
            let targets = prepared.targets.clone();
            model.kept = Kept::of(&model.inputs, self.rows, &prepared.origin, targets);
        }
        Ok(model)
    }

    pub(crate) fn prepare(&self, options: &TrainOptions) -> Result<Prepared, SurrogateError> {
        let n = self.rows.len();
        if self.targets.len() != n {
            return Err(SurrogateError::Length {
                what: "the column of targets",
                found: self.targets.len(),
                expected: n,
            });
        }
        let sets: Vec<Inputs> = match self.rows {
            Rows::Compositions(_) => match options.descriptors {
                Some(wanted) => vec![Inputs::Composition(wanted)],
                None => DescriptorSet::TRIED.map(Inputs::Composition).to_vec(),
            },
            Rows::Columns { names, .. } => vec![Inputs::Columns(names.to_vec())],
        };
        let mut designs = Vec::new();
        for inputs in sets {
            let design = inputs.design(self.rows)?;
            designs.push((inputs, design));
        }
        let Some((inputs, design)) = designs.first() else {
            return Err(SurrogateError::NoInputs);
        };
        if inputs.width() == 0 {
            return Err(SurrogateError::NoInputs);
        }
        let origin: Vec<usize> = (0..n)
            .filter(|row| self.targets[*row].is_finite() && unknown(inputs, design, *row).is_none())
            .collect();
        if origin.len() < 2 * FOLDS {
            return Err(SurrogateError::Option {
                what: "the number of rows with a target and inputs",
                value: origin.len().to_string(),
                remedy: "a model needs at least ten",
            });
        }
        let mut variants = Vec::new();
        let widest = designs.iter().map(|(inputs, _)| inputs.width()).max();
        for (inputs, design) in designs {
            let design = design.select(&origin);
            let training = |kind| Training {
                kind,
                trees: options.trees,
                // Of few descriptors each split may choose among all.
                descriptors: if design.width > 150 { 0.3 } else { 0.5 },
                seed: options.seed,
                effort: Effort::Full,
            };
            let kinds = match options.kind {
                Some(kind) => vec![kind],
                None => affordable(&inputs, &design, widest == Some(inputs.width())),
            };
            for kind in kinds {
                let all: Vec<usize> = (0..origin.len()).collect();
                variants.push((inputs.clone(), training(kind), design.select(&all)));
            }
        }
        Ok(Prepared {
            groups: groups(self.rows, &origin),
            targets: origin.iter().map(|row| self.targets[*row]).collect(),
            variants,
            origin,
        })
    }
}

/// The kinds that are tried where none is asked for. The dear ones are tried with the widest set of descriptors only.
fn affordable(inputs: &Inputs, design: &Design, widest: bool) -> Vec<Kind> {
    let n = design.len();
    if n > FOREST_ROWS {
        return if widest {
            vec![Kind::Boosted]
        } else {
            Vec::new()
        };
    }
    let known = design.values.iter().all(|x| x.is_finite());
    let mut kinds = Vec::new();
    if n <= GP_ROWS && design.width <= GP_INPUTS && known {
        kinds.push(Kind::Gp);
    }
    kinds.push(Kind::Forest);
    if n >= BOOSTED_ROWS && widest {
        kinds.push(Kind::Boosted);
    }
    let columns = matches!(inputs, Inputs::Columns(_)) && design.width <= NETWORK_INPUTS;
    if columns && (NETWORK_ROWS[0]..=NETWORK_ROWS[1]).contains(&n) {
        kinds.push(Kind::MlpEnsemble);
    }
    kinds
}

/// Formulas of the same composition, or rows with the same inputs.
fn groups(rows: Rows, origin: &[usize]) -> Vec<u64> {
    match rows {
        Rows::Compositions(compositions) => fingerprints(compositions, origin),
        Rows::Columns { .. } => (0..origin.len() as u64).collect(),
    }
}

fn fingerprints(compositions: &Compositions, origin: &[usize]) -> Vec<u64> {
    origin
        .iter()
        .map(|row| compositions.get(*row).fingerprint())
        .collect()
}

impl Prepared {
    /// A model of these rows, which may be all or those of a fold: nothing else is looked at.
    pub fn train(
        &self,
        rows: &[usize],
        about: About,
        seed: u64,
        job: &job::Job,
    ) -> Result<PropertyModel, SurrogateError> {
        let targets: Vec<f64> = rows.iter().map(|row| self.targets[*row]).collect();
        let groups: Vec<u64> = rows.iter().map(|row| self.groups[*row]).collect();
        let folds = grouped_folds(&groups, FOLDS, seed as u32);
        let spread = spread(&targets);
        let known = Known {
            targets: &targets,
            groups: &groups,
            spread,
        };
        let n = targets.len();
        let tested = if n <= ALL_FOLDS { FOLDS } else { 1 };
        // Of a large table some folds are enough to choose, and only the choice goes on to the others.
        let enough = if n < 500 || self.variants.len() == 1 {
            tested
        } else {
            tested.min(2)
        };
        let mut best: Option<(f64, usize, Design, Vec<Judged>)> = None;
        for (place, (_, training, design)) in self.variants.iter().enumerate() {
            let design = design.select(rows);
            let judged = cross_validate(*training, &design, &known, &folds, 0..enough, job)?;
            let error: f64 = judged.iter().map(|r| (r.observed - r.median).abs()).sum();
            if best.as_ref().is_none_or(|(least, ..)| error < *least) {
                best = Some((error, place, design, judged));
            }
        }
        let Some((_, place, design, mut judged)) = best else {
            return Err(SurrogateError::NoInputs);
        };
        let (_, training, _) = &self.variants[place];
        let rest = enough..tested;
        judged.extend(cross_validate(
            *training, &design, &known, &folds, rest, job,
        )?);
        let (inputs, training, _) = &self.variants[place];
        let inside = Rules::fit(&judged);
        let strange = beyond(inputs, *training, &design, &known, job)?;
        let outside = if strange.is_empty() {
            inside
        } else {
            Rules::fit(&strange).at_least(&inside)
        };
        let lowest = targets.iter().fold(f64::INFINITY, |a, y| a.min(*y));
        Ok(PropertyModel {
            about,
            learner: training.fit(&design, &targets, &groups, job)?,
            domain: Domain::of(inputs, &design),
            inputs: inputs.clone(),
            inside,
            outside,
            spread,
            floor: if lowest >= 0.0 {
                0.0
            } else {
                f64::NEG_INFINITY
            },
            rows: rows.len(),
            seed,
            scores: None,
            zero_inflated: 20 * targets.iter().filter(|y| **y == 0.0).count() >= targets.len(),
            kept: None,
            fast: OnceLock::new(),
        })
    }
}

fn spread(targets: &[f64]) -> f64 {
    let n = targets.len() as f64;
    let mean = targets.iter().sum::<f64>() / n;
    (targets.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / n).sqrt()
}

/// What is known of the rows of a training.
struct Known<'a> {
    targets: &'a [f64],
    groups: &'a [u64],
    spread: f64,
}

/// Trains without some rows, on `most` of the others at most, and judges those.
fn judge(
    training: Training,
    design: &Design,
    known: &Known,
    held_out: impl Fn(usize) -> bool,
    most: usize,
    job: &job::Job,
) -> Result<Vec<Judged>, SurrogateError> {
    let (test, mut train): (Vec<usize>, Vec<usize>) =
        (0..known.targets.len()).partition(|row| held_out(*row));
    if test.is_empty() || train.is_empty() {
        return Ok(Vec::new());
    }
    let step = train.len().div_ceil(most);
    train = train.into_iter().step_by(step).collect();
    let targets: Vec<f64> = train.iter().map(|row| known.targets[*row]).collect();
    let groups: Vec<u64> = train.iter().map(|row| known.groups[*row]).collect();
    let learner = training.fit(&design.select(&train), &targets, &groups, job)?;
    learner.predict(&design.select(&test), job, |row, predicted| {
        Judged::new(predicted, known.targets[test[row]], known.spread)
    })
}

fn cross_validate(
    training: Training,
    design: &Design,
    known: &Known,
    folds: &[usize],
    tested: Range<usize>,
    job: &job::Job,
) -> Result<Vec<Judged>, SurrogateError> {
    let training = Training {
        effort: Effort::Half,
        ..training
    };
    let judged: Vec<Vec<Judged>> = tested
        .into_par_iter()
        .map(|fold| {
            let held_out = |row: usize| folds[row] == fold;
            judge(training, design, known, held_out, usize::MAX, job)
        })
        .collect::<Result<_, _>>()?;
    Ok(judged.into_iter().flatten().collect())
}

/// Predictions of candidates from outside: all that hold some element, or the lowest or highest tenth in one column, are
/// left out in turn.
fn beyond(
    inputs: &Inputs,
    training: Training,
    design: &Design,
    known: &Known,
    job: &job::Job,
) -> Result<Vec<Judged>, SurrogateError> {
    let n = known.targets.len();
    let training = Training {
        effort: Effort::Little,
        ..training
    };
    let mut held_out: Vec<Vec<bool>> = Vec::new();
    match inputs {
        Inputs::Composition(_) => {
            for z in 1..=118 {
                held_out.push(design.elements.iter().map(|e| e >> z & 1 == 1).collect());
            }
        }
        Inputs::Columns(_) => {
            for k in 0..design.width {
                let mut column: Vec<f32> = (0..n).map(|row| design.row(row)[k]).collect();
                let order = {
                    let mut order = column.clone();
                    order.retain(|x| !x.is_nan());
                    order.sort_by(f32::total_cmp);
                    order
                };
                if let (Some(low), Some(high)) =
                    (order.get(order.len() / 10), order.get(order.len() * 9 / 10))
                {
                    held_out.push(column.iter().map(|x| x < low).collect());
                    held_out.push(column.drain(..).map(|x| x > *high).collect());
                }
            }
        }
    }
    // Elements in half the rows say little of the rest of the world; a lone row, nothing.
    held_out.retain(|rows| {
        let count = rows.iter().filter(|out| **out).count();
        count >= 3 && 2 * count <= n
    });
    let mut random = Random::new(training.seed);
    let drawn: Vec<Vec<bool>> = (0..HELD_OUT.min(held_out.len()))
        .map(|_| held_out.swap_remove(random.below(held_out.len())))
        .collect();
    let judged: Vec<Vec<Judged>> = drawn
        .into_par_iter()
        .map(|group| {
            let held_out = |row: usize| group[row];
            judge(training, design, known, held_out, BEYOND_ROWS, job)
        })
        .collect::<Result<_, _>>()?;
    Ok(judged.into_iter().flatten().collect())
}
