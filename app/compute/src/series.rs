//! Many kernels one after the other on data that stays on the adapter: one upload, one download, no trip to the host between.

use std::sync::MutexGuard;
use std::time::{Duration, Instant};

use shaders::{Binding, Kernel};
use wgpu::BufferUsages;

use crate::ComputeError;
use crate::gpu::{Gpu, Pooled};

/// How long a submission is to take: short enough that a window on the same card stays smooth.
const SUBMISSION: Duration = Duration::from_millis(50);

/// Operations of a submission before any was timed: 50 ms on the slowest adapters.
const FIRST_OPERATIONS: f64 = 1e9;

/// Workgroups in x; the rest of a dispatch goes in y. Kernels count `x + y * num_workgroups.x`.
const ACROSS: usize = 32_768;

/// Offsets of parameters in their common buffer, words: what every adapter allows.
const ALIGNED: usize = 64;

const STORAGE: BufferUsages = BufferUsages::STORAGE
    .union(BufferUsages::COPY_DST)
    .union(BufferUsages::COPY_SRC);

/// Data on the adapter, of one [`Series`].
#[derive(Clone, Copy, Debug)]
pub struct Slab(usize);

/// What a kernel sees of the data.
#[derive(Clone, Copy, Debug)]
struct Part {
    slab: usize,
    /// Words.
    from: usize,
    words: usize,
}

/// A dispatch to come.
struct Step {
    kernel: &'static Kernel,
    /// Where its parameters stand, words.
    parameters: usize,
    parts: Vec<Part>,
    groups: usize,
    operations: f64,
}

/// Kernels to be run one after the other. Nothing is computed before [`Series::finish`]; others wait for their turn until
/// then, and nothing may run on rayon meanwhile.
pub struct Series<'a> {
    gpu: &'a Gpu,
    _turn: MutexGuard<'a, ()>,
    name: &'static str,
    slabs: Vec<Pooled<'a>>,
    parameters: Vec<u32>,
    steps: Vec<Step>,
    /// What is to be zero before the first kernel.
    cleared: Vec<Slab>,
}

impl Gpu {
    /// Begins a series; what is learned of its speed is kept under this name.
    pub fn series(&self, name: &'static str) -> Series<'_> {
        Series {
            gpu: self,
            _turn: self.take_turn(),
            name,
            slabs: Vec::new(),
            parameters: Vec::new(),
            steps: Vec::new(),
            cleared: Vec::new(),
        }
    }

    /// How many operations of a series of this name take about 50 ms.
    pub fn pace(&self, name: &'static str) -> f64 {
        self.remembered_pace(name).unwrap_or(FIRST_OPERATIONS)
    }

    /// Whether so many words can be one [`Slab`].
    pub fn holds(&self, words: usize) -> bool {
        self.fits(words)
    }
}

impl<'a> Series<'a> {
    fn kept(&mut self, slab: Pooled<'a>) -> Slab {
        self.slabs.push(slab);
        Slab(self.slabs.len() - 1)
    }

    fn check_size(&self, what: &'static str, words: usize) -> Result<(), ComputeError> {
        match self.gpu.fits(words) {
            true => Ok(()),
            false => Err(self.gpu.too_large(what, words)),
        }
    }

    /// Words that go to the adapter once and stay there, whatever series asks for this key.
    ///
    /// # Errors
    ///
    /// More than the adapter takes.
    pub fn constant(
        &mut self,
        key: &str,
        make: impl FnOnce() -> Vec<u32>,
    ) -> Result<Slab, ComputeError> {
        let slab = self.gpu.kept(key, || {
            let words = make();
            self.check_size("the constant data of a kernel", words.len())?;
            Ok(words)
        })?;
        Ok(self.kept(slab))
    }

    /// Words for this series.
    ///
    /// # Errors
    ///
    /// More than the adapter takes.
    pub fn upload(&mut self, what: &'static str, words: &[u32]) -> Result<Slab, ComputeError> {
        self.check_size(what, words.len())?;
        let slab = self.gpu.uploaded(words, STORAGE);
        Ok(self.kept(slab))
    }

    /// Room for so many words, with whatever stood there.
    ///
    /// # Errors
    ///
    /// More than the adapter takes.
    pub fn room(&mut self, what: &'static str, words: usize) -> Result<Slab, ComputeError> {
        self.check_size(what, words)?;
        let slab = self.gpu.buffer(words, STORAGE);
        Ok(self.kept(slab))
    }

    /// Room for so many words, all zero at the beginning.
    ///
    /// # Errors
    ///
    /// More than the adapter takes.
    pub fn zeros(&mut self, what: &'static str, words: usize) -> Result<Slab, ComputeError> {
        let slab = self.room(what, words)?;
        self.cleared.push(slab);
        Ok(slab)
    }

    /// Runs a kernel after those before it: its parameters (the first is the number of rows), its data in the order of its
    /// bindings, workgroups in all, and about how many operations that takes.
    pub fn run(
        &mut self,
        kernel: &'static Kernel,
        parameters: &[u32],
        slabs: &[Slab],
        groups: usize,
        operations: f64,
    ) {
        if groups == 0 {
            return;
        }
        let parts = slabs
            .iter()
            .map(|slab| Part {
                slab: slab.0,
                from: 0,
                words: self.slabs[slab.0].words(),
            })
            .collect();
        let at = self.parameters.len();
        self.parameters.extend_from_slice(parameters);
        self.parameters
            .resize((at + parameters.len()).next_multiple_of(ALIGNED), 0);
        self.steps.push(Step {
            kernel,
            parameters: at,
            parts,
            groups,
            operations,
        });
    }

    /// Computes everything and reads so many words of this data. Blocks: not for a window's thread.
    ///
    /// # Errors
    ///
    /// What the driver reports, cancelled.
    pub fn finish(
        self,
        result: Slab,
        words: usize,
        job: &job::Job,
    ) -> Result<Vec<u32>, ComputeError> {
        let gpu = self.gpu;
        let Some(last) = self.steps.last() else {
            return Ok(Vec::new());
        };
        let kernel = last.kernel;
        gpu.check(kernel)?;
        let parameters = gpu.uploaded(&self.parameters, BufferUsages::UNIFORM);
        let results = gpu
            .buffer(words, BufferUsages::MAP_READ | BufferUsages::COPY_DST)
            .lent();
        let (began, pace) = (Instant::now(), gpu.pace(self.name));
        let known = gpu.pipelines_made();
        let (mut steps, mut total) = (self.steps.iter().peekable(), 0.0);
        let mut index = None;
        while steps.peek().is_some() {
            job.check()?;
            let mut encoder = gpu.wgpu().create_command_encoder(&Default::default());
            let mut operations = 0.0;
            if index.is_none() {
                for slab in &self.cleared {
                    encoder.clear_buffer(&self.slabs[slab.0], 0, None);
                }
            }
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                while let Some(step) =
                    steps.next_if(|step| operations == 0.0 || operations + step.operations <= pace)
                {
                    operations += step.operations.max(1.0);
                    self.encode(&mut pass, step, &parameters)?;
                }
            }
            if steps.peek().is_none() {
                encoder.copy_buffer_to_buffer(
                    &self.slabs[result.0],
                    0,
                    &results,
                    0,
                    4 * words as u64,
                );
            }
            index = Some(gpu.queue.submit([encoder.finish()]));
            total += operations;
        }
        gpu.check(kernel)?;
        let made = gpu.pipelines_made() - known;
        let read = gpu.read(kernel, &results, words, index, made)?;
        let took = began.elapsed().as_secs_f64().max(1e-6);
        // Drivers compile at the first use: that says nothing about speed.
        if made == 0 {
            gpu.remember_pace(self.name, total * SUBMISSION.as_secs_f64() / took);
        }
        results.keep();
        Ok(read)
    }

    fn encode(
        &self,
        pass: &mut wgpu::ComputePass,
        step: &Step,
        parameters: &Pooled,
    ) -> Result<(), ComputeError> {
        let pipeline = self.gpu.pipeline(step.kernel)?;
        let mut parts = step.parts.iter();
        let entries: Vec<_> = (0..)
            .zip(step.kernel.bindings)
            .filter_map(|(binding, kind)| {
                let resource = match kind {
                    Binding::Parameters => parameters.part(step.parameters, ALIGNED),
                    _ => {
                        let part = parts.next()?;
                        self.slabs[part.slab].part(part.from, part.words)
                    }
                };
                Some(wgpu::BindGroupEntry { binding, resource })
            })
            .collect();
        let bindings = self
            .gpu
            .wgpu()
            .create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some(step.kernel.name),
                layout: &pipeline.get_bind_group_layout(0),
                entries: &entries,
            });
        let across = step.groups.min(ACROSS);
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bindings, &[]);
        pass.dispatch_workgroups(across as u32, step.groups.div_ceil(across) as u32, 1);
        Ok(())
    }
}
