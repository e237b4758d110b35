//! Mean and standard deviation of millions of candidates: no quantiles, and descriptors only as long as they are needed.

use rayon::prelude::*;

use super::inputs::{Design, Rows, Scratch};
use super::learner::{BoostedWalkers, Learner};
use super::{PropertyModel, unknown};
use crate::SurrogateError;
use crate::gp::PosteriorWeights;
use crate::trees::{BLOCK, Block, Walker};

/// What a model predicts of a batch, in the property's unit; NaN where it can say nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    pub mean: Vec<f64>,
    pub std: Vec<f64>,
    /// The probability of exactly zero, where many training targets are: of a metal where the property is a band gap.
    pub probability_of_zero: Option<Vec<f64>>,
    /// Whether the candidate lies outside the training data.
    pub outside: Vec<bool>,
    /// Row and reason of those outside and those of which nothing is known, by row.
    pub notes: Vec<(usize, String)>,
}

/// A learner in the form that is fast to ask.
pub(crate) enum Fast {
    /// For each leaf the mean and the variance of its targets and the share of those that are zero.
    Forest(Walker, Vec<[f32; 3]>),
    Boosted(BoostedWalkers),
    Networks,
    /// `None` without observations.
    Gp(Option<Box<PosteriorWeights>>),
}

/// Mean, standard deviation and probability of zero of one row, before calibration.
#[derive(Clone, Copy)]
pub(super) struct Told {
    pub mean: f64,
    pub std: f64,
    pub zero: f64,
}

/// Rows of a task.
const ROWS: usize = 2 * BLOCK;

#[derive(Default)]
struct Memory {
    scratch: Scratch,
    design: Design,
    block: Block,
    sums: Vec<[f64; 4]>,
    told: Vec<Told>,
}

impl PropertyModel {
    /// Predicts a large batch, on all cores: means and standard deviations are those of [`PropertyModel::predict`], up to
    /// the rounding of single precision.
    ///
    /// # Errors
    ///
    /// Inputs of another kind than the model's, a column that is not there, cancelled.
    pub fn predict_columns(&self, rows: Rows, job: &job::Job) -> Result<Columns, SurrogateError> {
        let places = self.inputs.places(rows)?;
        let fast = self.fast.get_or_init(|| Fast::of(&self.learner));
        let count = rows.len();
        let parts: Vec<Columns> = (0..count.div_ceil(ROWS))
            .into_par_iter()
            .map_init(Memory::default, |memory, part| {
                job.check()?;
                let start = part * ROWS;
                let range = start..(start + ROWS).min(count);
                let design = &mut memory.design;
                self.inputs
                    .fill(rows, &places, range, &mut memory.scratch, design);
                self.tell(fast, memory, job)?;
                let columns = self.judge(&memory.design, &memory.told, start);
                job.advance(memory.told.len() as u64);
                Ok(columns)
            })
            .collect::<Result<_, SurrogateError>>()?;
        Ok(self.joined(parts))
    }

    /// The columns of parts that follow each other.
    pub(super) fn joined(&self, parts: Vec<Columns>) -> Columns {
        let mut all = Columns::default();
        let mut zero = Vec::new();
        for part in parts {
            all.mean.extend(part.mean);
            all.std.extend(part.std);
            zero.extend(part.probability_of_zero.unwrap_or_default());
            all.outside.extend(part.outside);
            all.notes.extend(part.notes);
        }
        all.probability_of_zero = self.zero_inflated.then_some(zero);
        all
    }

    /// What the learner says of the design in `memory`.
    fn tell(&self, fast: &Fast, memory: &mut Memory, job: &job::Job) -> Result<(), SurrogateError> {
        let Memory {
            design,
            block,
            sums,
            told,
            ..
        } = memory;
        told.clear();
        match (fast, &self.learner) {
            (Fast::Forest(walker, leaves), _) => {
                let trees = walker.trees() as f64;
                for rows in design.values.chunks(BLOCK * design.width) {
                    sums.clear();
                    sums.resize(rows.len() / design.width, [0.0; 4]);
                    walker.walk(rows, block, |_, arrived| {
                        for (sums, leaf) in sums.iter_mut().zip(arrived) {
                            let [mean, variance, zero] = leaves[*leaf as usize].map(f64::from);
                            sums[0] += mean;
                            sums[1] += mean * mean;
                            sums[2] += variance;
                            sums[3] += zero;
                        }
                    });
                    told.extend(sums.iter().map(|sums| {
                        let [mean, square, within, zero] = sums.map(|sum| sum / trees);
                        // The law of total variance.
                        Told {
                            mean,
                            std: (within + (square - mean * mean).max(0.0)).sqrt(),
                            zero,
                        }
                    }));
                }
            }
            (Fast::Boosted(walkers), Learner::Boosted(boosted)) => {
                for rows in design.values.chunks(BLOCK * design.width) {
                    let predicted = walkers.predict(boosted, rows, block);
                    told.extend(predicted.into_iter().map(|one| Told {
                        mean: one.mean,
                        std: one.std,
                        zero: one.zero,
                    }));
                }
            }
            (Fast::Gp(weights), Learner::Gp(learner)) => {
                let (mut mean, mut std) =
                    (vec![f64::NAN; design.len()], vec![f64::NAN; design.len()]);
                if let Some(weights) = weights {
                    // A row costs the square of the observations: none is spent on one that lacks an input.
                    let wide = design.wide();
                    let inputs = |row: usize| &wide[row * design.width..][..design.width];
                    let known = |row: &usize| inputs(*row).iter().all(|x| x.is_finite());
                    let rows: Vec<usize> = (0..design.len()).filter(known).collect();
                    let asked: Vec<f64> = rows.iter().flat_map(|r| inputs(*r)).copied().collect();
                    let mut told = (vec![f64::NAN; rows.len()], vec![f64::NAN; rows.len()]);
                    // The caller counts the rows of all learners.
                    weights.predict(&asked, &mut told.0, &mut told.1, &job.part())?;
                    for (k, row) in rows.into_iter().enumerate() {
                        (mean[row], std[row]) = (told.0[k], told.1[k]);
                    }
                }
                told.extend(mean.into_iter().zip(std).map(|(mean, std)| Told {
                    mean,
                    std: (std * std + learner.noise).sqrt(),
                    zero: 0.0,
                }));
            }
            (Fast::Networks, Learner::MlpEnsemble(networks)) => {
                let predicted = networks.predict(&design.values).into_iter();
                told.extend(predicted.map(|(mean, std)| Told {
                    mean,
                    std,
                    zero: 0.0,
                }));
            }
            (Fast::Gp(_) | Fast::Boosted(_) | Fast::Networks, _) => {}
        }
        Ok(())
    }

    pub(super) fn judge(&self, design: &Design, told: &[Told], start: usize) -> Columns {
        let mut columns = Columns::default();
        let mut zero = Vec::with_capacity(told.len());
        for (row, told) in told.iter().enumerate() {
            let unknown = unknown(&self.inputs, design, row);
            if unknown.is_some() || !told.mean.is_finite() {
                let why = unknown.unwrap_or("no prediction");
                columns.notes.push((start + row, why.to_owned()));
                columns.mean.push(f64::NAN);
                columns.std.push(f64::NAN);
                columns.outside.push(true);
                zero.push(f64::NAN);
                continue;
            }
            let outside = self.domain.excludes(design, row);
            if outside {
                let why = self.domain.reason(&self.inputs, design, row);
                columns.notes.push((start + row, why));
            }
            let rules = if outside { &self.outside } else { &self.inside };
            columns.mean.push(told.mean);
            columns.std.push(rules.std(told.std));
            columns.outside.push(outside);
            zero.push(told.zero);
        }
        columns.probability_of_zero = Some(zero);
        columns
    }
}

impl Fast {
    fn of(learner: &Learner) -> Self {
        match learner {
            Learner::Forest(forest) => Self::Forest(Walker::new(forest.nodes()), forest.moments()),
            Learner::Boosted(boosted) => Self::Boosted(BoostedWalkers::new(boosted)),
            Learner::MlpEnsemble(_) => Self::Networks,
            Learner::Gp(learner) => Self::Gp(learner.gp.posterior_weights().map(Box::new)),
        }
    }
}
