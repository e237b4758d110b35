//! A large batch on a device: descriptors on the processor, the learner on the adapter.

use compute::{ComputeError, Device, Gpu, Place, Trees, Trial};
use rayon::prelude::*;
use shaders::compute::MLP_WIDEST;

use super::PropertyModel;
use super::columns::{Columns, Told};
use super::inputs::{Design, Rows, Scratch};
use super::learner::Learner;
use crate::SurrogateError;
use crate::boosted::{Boosted, Ensemble};
use crate::forest::Forest;
use crate::gp::POSTERIOR;

/// Rows whose descriptors are held at a time: some tens of megabytes.
const SLAB: usize = 65_536;
/// Rows that one task describes.
const ROWS: usize = 512;

/// Operations of one level of one tree.
const LEVEL: f64 = 2.0;

/// Where a model predicts, as [`PropertyModel::place`] decided.
#[derive(Clone, Copy)]
pub struct ModelPlace(Option<(&'static Trial, Place)>);

impl ModelPlace {
    /// Whether that is an adapter.
    pub fn is_adapter(self) -> bool {
        self.0.is_some_and(|(_, place)| place.is_adapter())
    }
}

impl PropertyModel {
    /// Decides where so many rows are predicted: once, before they are divided among threads.
    pub fn place(&self, rows: usize, device: &Device) -> ModelPlace {
        let kernel = self.kernel();
        ModelPlace(kernel.map(|(trial, operations)| {
            let place = device.place(trial, operations * rows as f64);
            (trial, place)
        }))
    }

    /// The kernel of the learner, and its operations a row.
    fn kernel(&self) -> Option<(&'static Trial, f64)> {
        match &self.learner {
            Learner::Forest(forest) => {
                Some((&compute::trees::TRIAL, LEVEL * 12.0 * forest.trees() as f64))
            }
            Learner::Gp(learner) => Some((&POSTERIOR, learner.gp.operations())),
            Learner::Boosted(boosted) => {
                let rounds: usize = boosted.ensembles().map(Ensemble::rounds).sum();
                Some((&compute::trees::TRIAL, LEVEL * 6.0 * rounds as f64))
            }
            // Wider layers do not fit a workgroup's memory.
            Learner::MlpEnsemble(networks) => networks
                .sizes()
                .iter()
                .skip(1)
                .all(|units| *units <= MLP_WIDEST)
                .then_some((&compute::mlp::TRIAL, 2.0 * networks.parameters.len() as f64)),
        }
    }

    /// [`PropertyModel::predict_columns`] where [`PropertyModel::place`] decided; adapters agree with the processor to the
    /// accuracy of f32.
    ///
    /// # Errors
    ///
    /// Those of [`PropertyModel::predict_columns`].
    pub fn predict_columns_on(
        &self,
        rows: Rows,
        place: ModelPlace,
        device: &Device,
        job: &job::Job,
    ) -> Result<Columns, SurrogateError> {
        let Some((trial, place)) = place.0 else {
            return self.predict_columns(rows, job);
        };
        let places = self.inputs.places(rows)?;
        device.run_at(
            place,
            trial,
            job,
            |gpu| self.columns_on_gpu(gpu, rows, &places, job),
            || self.predict_columns(rows, job),
        )
    }

    fn columns_on_gpu(
        &self,
        gpu: &Gpu,
        rows: Rows,
        places: &[usize],
        job: &job::Job,
    ) -> Result<Columns, ComputeError> {
        let count = rows.len();
        let mut parts = Vec::new();
        for slab in (0..count).step_by(SLAB) {
            job.check()?;
            let end = count.min(slab + SLAB);
            let starts: Vec<usize> = (slab..end).step_by(ROWS).collect();
            let designs: Vec<Design> = starts
                .par_iter()
                .map_init(Scratch::default, |scratch, start| {
                    let mut design = Design::default();
                    let range = *start..end.min(start + ROWS);
                    self.inputs.fill(rows, places, range, scratch, &mut design);
                    design
                })
                .collect();
            let told = self.told_by_gpu(gpu, &designs, job)?;
            parts.par_extend(
                designs
                    .par_iter()
                    .zip(told.par_chunks(ROWS))
                    .zip(&starts)
                    .map(|((design, told), start)| self.judge(design, told, *start)),
            );
        }
        Ok(self.joined(parts))
    }

    /// What the learner says of each row of the designs, before calibration.
    fn told_by_gpu(
        &self,
        gpu: &Gpu,
        designs: &[Design],
        job: &job::Job,
    ) -> Result<Vec<Told>, ComputeError> {
        let values = || -> Vec<f32> {
            let all = designs.iter().map(|design| &design.values[..]);
            all.collect::<Vec<_>>().concat()
        };
        match &self.learner {
            Learner::Forest(forest) => forest_by_gpu(forest, gpu, &values(), job),
            Learner::Boosted(boosted) => boosted_by_gpu(boosted, gpu, &values(), job),
            Learner::MlpEnsemble(networks) => {
                let told = networks.predict_on_gpu(gpu, &values(), job)?.into_iter();
                let zero = 0.0;
                Ok(told.map(|(mean, std)| Told { mean, std, zero }).collect())
            }
            Learner::Gp(learner) => {
                let inputs: Vec<f64> = designs
                    .iter()
                    .flat_map(|design| design.wide().into_owned())
                    .collect();
                let posterior = learner.gp.posterior_on_gpu(gpu, &inputs, job)?;
                let told = posterior.mean.into_iter().zip(posterior.std);
                Ok(told
                    .map(|(mean, std)| Told {
                        mean,
                        std: (std * std + learner.noise).sqrt(),
                        zero: 0.0,
                    })
                    .collect())
            }
        }
    }
}

fn forest_by_gpu(
    forest: &Forest,
    gpu: &Gpu,
    values: &[f32],
    job: &job::Job,
) -> Result<Vec<Told>, ComputeError> {
    let moments = forest.moments();
    // Squares are summed about a centre, so that their difference loses no digits.
    let centre = moments.iter().map(|m| f64::from(m[0])).sum::<f64>() / moments.len().max(1) as f64;
    let payload: Vec<f32> = moments
        .iter()
        .flat_map(|[mean, variance, zero]| {
            let off = (f64::from(*mean) - centre) as f32;
            [off, off * off, *variance, *zero]
        })
        .collect();
    let sums = lists(forest.nodes(), &payload, 4).forward_on_gpu(gpu, values, job)?;
    let trees = forest.trees() as f64;
    let told = sums.chunks_exact(4).map(|sums| {
        let [mean, square, within, zero] = [0, 1, 2, 3].map(|at| f64::from(sums[at]) / trees);
        // The law of total variance.
        Told {
            mean: centre + mean,
            std: (within + (square - mean * mean).max(0.0)).sqrt(),
            zero,
        }
    });
    Ok(told.collect())
}

fn boosted_by_gpu(
    boosted: &Boosted,
    gpu: &Gpu,
    values: &[f32],
    job: &job::Job,
) -> Result<Vec<Told>, ComputeError> {
    let rows = values.len() / boosted.width();
    let mut sums = [const { Vec::new() }; 3];
    for (place, (sums, ensemble)) in sums.iter_mut().zip(boosted.ensembles()).enumerate() {
        *sums = vec![ensemble.base; rows];
        // Adapters bind no empty list.
        if ensemble.rounds() == 0 {
            continue;
        }
        // Rows are counted once.
        let job = if place == 0 { job.clone() } else { job.part() };
        let added =
            lists(&ensemble.trees, &ensemble.values, 1).forward_on_gpu(gpu, values, &job)?;
        for (sum, added) in sums.iter_mut().zip(added) {
            *sum += f64::from(added);
        }
    }
    let told = boosted.told_of(sums).map(|one| Told {
        mean: one.mean,
        std: one.std,
        zero: one.zero,
    });
    Ok(told.collect())
}

/// As the kernel takes them.
fn lists<'a>(trees: &'a crate::trees::Trees, payload: &'a [f32], outputs: usize) -> Trees<'a> {
    Trees {
        width: trees.width(),
        roots: trees.roots(),
        feature: trees.feature(),
        threshold: trees.threshold(),
        left: trees.left(),
        payload,
        outputs,
    }
}
