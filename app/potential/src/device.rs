//! Where the potential computes: on the processor, or many structures at a time on an adapter.

use crate::gpu::{self, Batch, Sizes};
use crate::graph::Graph;
use crate::model::{Potential, Prediction};
use crate::{Model, PotentialError, Precision};
use compute::{Attempt, Choice, ComputeError, Device, Gpu, Place, Trial};
use crystal::{Lattice, Site, Structure};
use job::Job;
use matter::Element;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

/// Additions and multiplications an atom, about, before its bonds are known.
const OPERATIONS: f64 = 1e8;
/// Atoms whose graphs are made at a time, while the adapter computes those before.
const WINDOW: usize = 4_096;
/// Atoms that an adapter is given at a time where the work may be cancelled: many batches, so that they still overlap.
const SHARE: usize = 16 * WINDOW;
/// Words of a batch on the adapter, about: 512 MiB.
const BATCH: usize = 128 << 20;

/// What it is measured by.
pub const TRIAL: Trial = Trial {
    kernel: &shaders::potential::ANGLE_MESSAGES_BACK,
    title: "the universal potential",
    row: "an atom of strontium titanate: energy, forces, stress and moment",
    operations: OPERATIONS,
    most: 4_000,
    prepare: |atoms| {
        let made = Potential::new(Model::default(), Precision::Single)
            .and_then(|potential| Ok((potential, vec![perovskite()?; atoms.div_ceil(5)])));
        let attempt: Attempt = Box::new(move |gpu| {
            let malformed = |error: &PotentialError| ComputeError::Malformed {
                what: "the measurement of the potential",
                reason: error.to_string(),
            };
            let (potential, structures) = made.as_ref().map_err(malformed)?;
            match gpu {
                Some(gpu) => drop(potential.on_adapter(gpu, structures, &Job::new(), false)?),
                None => drop(potential.on_processor(structures, &Job::new(), false)),
            }
            Ok(())
        });
        attempt
    },
};

fn perovskite() -> Result<Structure, PotentialError> {
    let half = 0.5;
    let sites = [
        (38, [0.0, 0.0, 0.0]),
        (22, [half, half, half]),
        (8, [half, half, 0.02]),
        (8, [half, 0.0, half]),
        (8, [0.0, half, half]),
    ];
    let site = |(number, place): (u8, [f64; 3])| {
        Element::new(number).map(|element| Site::new(element, place.into()))
    };
    let cube = Lattice::from_parameters(3.905, 3.905, 3.905, 90.0, 90.0, 90.0)?;
    let sites = sites.into_iter().filter_map(site).collect();
    Ok(Structure::new(cube, sites))
}

type Found = Result<Prediction, PotentialError>;

/// A batch, or what refused a structure; with the numbers of the structures.
enum Ready {
    Batch(Vec<usize>, Box<Batch>),
    Refused(usize, PotentialError),
}

impl Potential {
    /// The same potential, computing there: `f64` on the processor all the same.
    #[must_use]
    pub fn on(mut self, device: &Device) -> Self {
        self.device = device.clone();
        self
    }

    /// What happened to the device that the user should know, each told once.
    pub fn messages(&self) -> Vec<String> {
        self.device.take_messages()
    }

    /// Where these structures are computed, all in one evaluation; decided once, before a relaxation.
    pub(crate) fn place(&self, structures: &[Structure]) -> Option<Place> {
        let atoms: usize = structures.iter().map(|s| s.sites.len()).sum();
        self.single()?;
        let operations = OPERATIONS * atoms as f64;
        // An adapter that is slow at plain products is not even measured: making all kernels ready may take it ten seconds.
        let promising = self.device.choice() != Choice::Auto
            || self
                .device
                .place(&compute::gemm::TRIAL, operations)
                .is_adapter();
        if !promising {
            return None;
        }
        Some(self.device.place(&TRIAL, operations)).filter(|place| place.is_adapter())
    }

    /// Many structures, each with its own result: on the device if it was given one, else on all cores. The job counts them.
    ///
    /// # Errors
    ///
    /// Cancelled.
    pub fn predict_all(
        &self,
        structures: &[Structure],
        job: &Job,
    ) -> Result<Vec<Found>, PotentialError> {
        let mut place = self.place(structures);
        self.predict_at(&mut place, structures, job, true)
    }

    /// [`Potential::predict_all`] that keeps what is done where it is cancelled: the others have no prediction then.
    ///
    /// # Errors
    ///
    /// A device that neither computes nor lets the processor do it.
    pub fn predict_while_wanted(
        &self,
        structures: &[Structure],
        job: &Job,
    ) -> Result<Vec<Option<Found>>, PotentialError> {
        let mut place = self.place(structures);
        let mut found: Vec<Option<Found>> = Vec::with_capacity(structures.len());
        while place.is_some() && found.len() < structures.len() {
            let (mut end, mut atoms) = (found.len(), 0);
            while end < structures.len() && atoms < SHARE {
                atoms += structures[end].sites.len();
                end += 1;
            }
            let share = &structures[found.len()..end];
            match self.predict_at(&mut place, share, job, true) {
                Ok(done) => {
                    if place.is_none() {
                        // The adapter failed: what it did before is done again, so that no list mixes both.
                        found.clear();
                    }
                    let whole = place.is_some() || end == share.len();
                    found.extend(done.into_iter().filter(|_| whole).map(Some));
                }
                Err(PotentialError::Cancelled) => {
                    found.resize(structures.len(), None);
                    return Ok(found);
                }
                Err(error) => return Err(error),
            }
        }
        let one = |structure| {
            job.check().ok()?;
            let prediction = self.predict(structure);
            job.advance(1);
            Some(prediction)
        };
        let left = structures[found.len()..].par_iter().with_max_len(1);
        found.extend(left.map(one).collect::<Vec<_>>());
        Ok(found)
    }

    /// [`Potential::predict_all`] where it was decided to be done; an adapter that fails is not asked again.
    pub(crate) fn predict_at(
        &self,
        place: &mut Option<Place>,
        structures: &[Structure],
        job: &Job,
        counts: bool,
    ) -> Result<Vec<Found>, PotentialError> {
        let Some(adapter) = *place else {
            return self.on_processor(structures, job, counts);
        };
        let on_processor = || {
            *place = None;
            self.on_processor(structures, job, counts)
        };
        let on_adapter = |gpu: &Gpu| self.on_adapter(gpu, structures, job, counts);
        self.device
            .run_at(adapter, &TRIAL, job, on_adapter, on_processor)
    }

    fn on_processor(
        &self,
        structures: &[Structure],
        job: &Job,
        counts: bool,
    ) -> Result<Vec<Found>, PotentialError> {
        structures
            .par_iter()
            .with_max_len(1)
            .map(|structure| {
                job.check()?;
                let prediction = self.predict(structure);
                job.advance(u64::from(counts));
                Ok(prediction)
            })
            .collect()
    }

    /// Makes the graphs of a window while the adapter computes the one before.
    fn on_adapter(
        &self,
        gpu: &Gpu,
        structures: &[Structure],
        job: &Job,
        counts: bool,
    ) -> Result<Vec<Found>, ComputeError> {
        let parameters = self
            .on_device
            .get_or_init(|| self.single().map(gpu::Parameters::new));
        let Some(parameters) = parameters else {
            return Err(ComputeError::Malformed {
                what: "the potential",
                reason: "adapters compute in f32 alone".to_owned(),
            });
        };
        let mut found: Vec<Option<Found>> = vec![None; structures.len()];
        std::thread::scope(|scope| {
            let (send, made) = sync_channel(1);
            // Threads of its own: an adapter's turn must not wait for rayon's.
            scope.spawn(move || self.prepare(gpu, structures, &send));
            for ready in made {
                job.check()?;
                match ready {
                    Ready::Refused(number, error) => found[number] = Some(Err(error)),
                    Ready::Batch(numbers, batch) => {
                        let key = self.model().name();
                        let evaluations = gpu::evaluate(gpu, key, parameters, &batch, job)?;
                        job.advance(if counts { numbers.len() as u64 } else { 0 });
                        for (number, evaluation) in numbers.into_iter().zip(evaluations) {
                            found[number] = Some(self.said(&structures[number], evaluation));
                        }
                    }
                }
            }
            Ok::<_, ComputeError>(())
        })?;
        let missing = || PotentialError::NotFinite { what: "energy" };
        let found = found.into_iter();
        Ok(found
            .map(|found| found.unwrap_or_else(|| Err(missing())))
            .collect())
    }

    /// Sends batches until nobody listens any more.
    fn prepare(&self, gpu: &Gpu, structures: &[Structure], to: &SyncSender<Ready>) {
        let mut start = 0;
        while start < structures.len() {
            let (mut end, mut atoms) = (start, 0);
            while end < structures.len() && (end == start || atoms < WINDOW) {
                atoms += structures[end].sites.len();
                end += 1;
            }
            let mut open: (Vec<usize>, Vec<(Graph, Vec<u8>)>) = Default::default();
            let mut sizes = Sizes::default();
            for (number, graph) in (start..end).zip(self.graphs(&structures[start..end])) {
                let sent = match graph {
                    Err(error) => to.send(Ready::Refused(number, error)),
                    Ok((graph, numbers)) => {
                        let with = sizes.plus(Sizes::of(&graph));
                        let full = !gpu.holds(with.longest()) || with.words() > BATCH;
                        let ready = match full && !open.0.is_empty() {
                            true => Some(std::mem::take(&mut open)),
                            false => None,
                        };
                        sizes = match ready {
                            Some(_) => Sizes::of(&graph),
                            None => with,
                        };
                        open.0.push(number);
                        open.1.push((graph, numbers));
                        ready.map_or(Ok(()), |ready| to.send(joined(ready)))
                    }
                };
                if sent.is_err() {
                    return;
                }
            }
            if !open.0.is_empty() && to.send(joined(open)).is_err() {
                return;
            }
            start = end;
        }
    }

    /// Graphs and elements, on as many threads as rayon has, none of them its own.
    fn graphs(&self, structures: &[Structure]) -> Vec<Result<(Graph, Vec<u8>), PotentialError>> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut made = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(structure) = structures.get(number) else {
                    return made;
                };
                let graph = self
                    .atomic_numbers(structure)
                    .and_then(|numbers| Ok((Graph::new(structure)?, numbers)));
                made.push((number, graph));
            }
        };
        let threads = rayon::current_num_threads().min(structures.len());
        let mut made = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut made = work();
            for other in others {
                match other.join() {
                    Ok(more) => made.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            made
        });
        made.sort_unstable_by_key(|(number, _)| *number);
        made.into_iter().map(|(_, graph)| graph).collect()
    }
}

fn joined((numbers, graphs): (Vec<usize>, Vec<(Graph, Vec<u8>)>)) -> Ready {
    let parts: Vec<_> = graphs
        .iter()
        .map(|(graph, elements)| (graph, elements.as_slice()))
        .collect();
    Ready::Batch(numbers, Box::new(Batch::new(&parts)))
}
