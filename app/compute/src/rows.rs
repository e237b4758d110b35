//! Running a kernel over many rows, a chunk after the other.

use std::ops::Range;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use shaders::{Binding, Kernel};
use wgpu::BufferUsages;

use crate::ComputeError;
use crate::gpu::{Gpu, Pooled};

/// How long a chunk is to take: short enough that a window on the same card stays smooth.
const CHUNK: Duration = Duration::from_millis(50);

/// Workgroups of the first chunk of a kernel that nothing is known of.
const FIRST_WORKGROUPS: usize = 64;

/// A kernel with its data: what differs from one to the next. All buffers hold 32-bit words; f32 go as their bits.
pub trait RowKernel {
    /// The kernel itself.
    fn kernel(&self) -> &'static Kernel;
    /// Rows in all.
    fn rows(&self) -> usize;
    /// Workgroups that so many rows take.
    fn workgroups(&self, rows: usize) -> usize {
        rows.div_ceil(self.kernel().workgroup as usize)
    }
    /// The words of the uniform after the number of rows.
    fn parameters(&self) -> Vec<u32> {
        Vec::new()
    }
    /// The constant buffers.
    fn constants(&self) -> Vec<&[u32]> {
        Vec::new()
    }
    /// Writes these rows' inputs to the (empty) buffers. On the calling thread alone: rayon is not to be used.
    fn fill(&self, rows: Range<usize>, inputs: &mut [Vec<u32>]);
    /// Words of a row in each output.
    fn output_words(&self) -> Vec<usize>;
    /// Takes these rows' outputs over. On the calling thread alone, as [`RowKernel::fill`].
    fn take(&mut self, rows: Range<usize>, outputs: &[&[u32]]);
}

/// Rows that are being computed.
struct Flight<'a> {
    rows: Range<usize>,
    index: wgpu::SubmissionIndex,
    submitted: Instant,
    /// Where the results can be read, and how many words. Lost to the pool unless they are unmapped.
    results: Vec<(Pooled<'a>, usize)>,
    mapped: Receiver<Result<(), wgpu::BufferAsyncError>>,
    /// Kept until the adapter is done with them.
    _buffers: Vec<Pooled<'a>>,
}

impl Gpu {
    /// Runs the kernel over all its rows. The next chunk is prepared while one is computed; each is made to take about
    /// 50 ms and to keep to the adapter's limits. Blocks: not for a window's thread.
    ///
    /// # Errors
    ///
    /// A constant or a single row beyond the adapter's limits, what the driver reports, cancelled.
    pub fn run(&self, work: &mut dyn RowKernel, job: &job::Job) -> Result<(), ComputeError> {
        let (kernel, rows) = (work.kernel(), work.rows());
        job.check()?;
        if rows == 0 {
            return Ok(());
        }
        let _turn = self.take_turn();
        self.check(kernel)?;
        let pipeline = self.pipeline(kernel)?;
        let mut constants = Vec::new();
        for words in work.constants() {
            if !self.fits(words.len()) {
                return Err(self.too_large("the constant data of a kernel", words.len()));
            }
            constants.push(self.uploaded(words, BufferUsages::STORAGE));
        }
        self.check(kernel)?;
        let mut chunk = self
            .remembered_chunk(kernel)
            .unwrap_or_else(|| most(work, FIRST_WORKGROUPS, rows));
        let (mut start, mut flying, mut idle_since) = (0, None, Instant::now());
        while start < rows || flying.is_some() {
            job.check()?;
            let next = if start < rows {
                let end = rows.min(start + chunk);
                let flight = self.submit(work, &pipeline, &constants, start..end)?;
                if flight.rows.end < end {
                    chunk = flight.rows.len();
                }
                start = flight.rows.end;
                Some(flight)
            } else {
                None
            };
            if let Some(flight) = std::mem::replace(&mut flying, next) {
                let (count, began) = (flight.rows.len(), flight.submitted.max(idle_since));
                self.land(work, flight)?;
                idle_since = Instant::now();
                // Only full chunks tell how long a chunk takes.
                if count >= chunk {
                    let took = (idle_since - began).as_secs_f64().max(1e-6);
                    let factor = (CHUNK.as_secs_f64() / took).clamp(0.25, 4.0);
                    chunk = ((count as f64 * factor) as usize).max(1);
                }
                job.advance(count as u64);
            }
        }
        self.remember_chunk(kernel, chunk);
        Ok(())
    }

    /// Sends rows from the start of `wanted` on, as many as fit.
    fn submit<'a>(
        &'a self,
        work: &dyn RowKernel,
        pipeline: &wgpu::ComputePipeline,
        constants: &[Pooled<'a>],
        mut wanted: Range<usize>,
    ) -> Result<Flight<'a>, ComputeError> {
        let kernel = work.kernel();
        let mut inputs = vec![
            Vec::new();
            kernel
                .bindings
                .iter()
                .filter(|b| **b == Binding::Input)
                .count()
        ];
        let a_row = work.output_words();
        let limit = self.adapter().limits.workgroups as usize;
        loop {
            let count = wanted.len();
            inputs.iter_mut().for_each(Vec::clear);
            let widest = a_row.iter().max().copied().unwrap_or(0);
            let outputs_fit = self.fits(widest.saturating_mul(count));
            if outputs_fit && work.workgroups(count) <= limit {
                work.fill(wanted.clone(), &mut inputs);
                if inputs.iter().all(|words| self.fits(words.len())) {
                    break;
                }
            }
            if count == 1 {
                let words = inputs.iter().map(Vec::len).max().unwrap_or(0);
                return Err(self.too_large("a single row", words.max(widest)));
            }
            wanted.end = wanted.start + count / 2;
        }
        let count = wanted.len();
        let mut words = vec![count as u32];
        words.extend(work.parameters());
        words.resize(words.len().next_multiple_of(4), 0);
        let parameters = self.uploaded(&words, BufferUsages::UNIFORM);
        let inputs: Vec<_> = inputs
            .iter()
            .map(|words| self.uploaded(words, BufferUsages::STORAGE))
            .collect();
        let outputs: Vec<_> = a_row
            .iter()
            .map(|words| {
                self.buffer(
                    words * count,
                    BufferUsages::STORAGE | BufferUsages::COPY_SRC,
                )
            })
            .collect();
        let results: Vec<_> = a_row
            .iter()
            .map(|words| {
                let usage = BufferUsages::MAP_READ | BufferUsages::COPY_DST;
                (self.buffer(words * count, usage).lent(), words * count)
            })
            .collect();
        self.check(kernel)?;

        let (mut constant, mut input, mut output) =
            (constants.iter(), inputs.iter(), outputs.iter());
        let entries: Vec<_> = (0..)
            .zip(kernel.bindings)
            .filter_map(|(binding, kind)| {
                let buffer = match kind {
                    Binding::Parameters => Some(&parameters),
                    Binding::Constant => constant.next(),
                    Binding::Input => input.next(),
                    Binding::Output => output.next(),
                };
                let resource = buffer?.binding();
                Some(wgpu::BindGroupEntry { binding, resource })
            })
            .collect();
        let bindings = self.wgpu().create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(kernel.name),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut encoder = self.wgpu().create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &bindings, &[]);
            pass.dispatch_workgroups(work.workgroups(count) as u32, 1, 1);
        }
        for (output, (result, words)) in outputs.iter().zip(&results) {
            encoder.copy_buffer_to_buffer(output, 0, result, 0, 4 * *words as u64);
        }
        let index = self.queue.submit([encoder.finish()]);
        self.check(kernel)?;
        let (send, mapped) = channel();
        for (result, words) in results.iter().filter(|(_, words)| *words > 0) {
            let send = send.clone();
            result
                .slice(..4 * *words as u64)
                .map_async(wgpu::MapMode::Read, move |mapped| {
                    // Nobody listens any more after a cancel.
                    let _ = send.send(mapped);
                });
        }
        let buffers = inputs
            .into_iter()
            .chain(outputs)
            .chain([parameters])
            .collect();
        Ok(Flight {
            rows: wanted,
            index,
            submitted: Instant::now(),
            results,
            mapped,
            _buffers: buffers,
        })
    }

    /// Waits for rows and hands them over.
    fn land(&self, work: &mut dyn RowKernel, flight: Flight) -> Result<(), ComputeError> {
        let kernel = work.kernel();
        let refused = |reason: String| ComputeError::Refused {
            adapter: self.adapter().name.clone(),
            kernel: kernel.name,
            reason,
        };
        let landed = self.wait(kernel, flight.index).and_then(|()| {
            let mut views = Vec::new();
            for (result, words) in &flight.results {
                if *words == 0 {
                    views.push(None);
                    continue;
                }
                match flight.mapped.try_recv() {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => return Err(refused(error.to_string())),
                    Err(_) => return Err(refused("results were not mapped".to_owned())),
                }
                let view = result.slice(..4 * *words as u64).get_mapped_range();
                views.push(Some(view.map_err(|error| refused(error.to_string()))?));
            }
            let outputs: Vec<&[u32]> = views
                .iter()
                .map(|view| view.as_ref().map_or(&[][..], |v| bytemuck::cast_slice(v)))
                .collect();
            work.take(flight.rows.clone(), &outputs);
            Ok(())
        });
        if landed.is_ok() {
            for (result, words) in flight.results {
                if words > 0 {
                    result.unmap();
                }
                result.keep();
            }
        }
        landed
    }
}

/// The largest number of rows, `rows` at most, that takes no more than so many workgroups.
fn most(work: &dyn RowKernel, workgroups: usize, rows: usize) -> usize {
    let mut count = 1;
    while count < rows && work.workgroups(2 * count) <= workgroups {
        count *= 2;
    }
    count
}
