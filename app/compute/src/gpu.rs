//! An adapter, opened: pipelines, pooled buffers, submissions, and what goes wrong with them.
//!
//! Nothing here may run on rayon while a turn is held: a thread that waits for its tasks may take up another one, which
//! would wait for the same turn.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use shaders::{Binding, Kernel};

use crate::{Adapter, ComputeError};

/// A chunk is made for 50 ms; an adapter that takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes of free buffers that are kept for later.
const POOLED_BYTES: u64 = 512 << 20;

/// An opened adapter. It works for one caller at a time; others wait for their turn.
pub struct Gpu {
    adapter: Adapter,
    device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    faults: Arc<Faults>,
    pipelines: Mutex<HashMap<&'static str, wgpu::ComputePipeline>>,
    free: Mutex<Vec<wgpu::Buffer>>,
    turn: Mutex<()>,
    /// Rows that a kernel got through in 50 ms lately.
    chunks: Mutex<HashMap<&'static str, usize>>,
    /// Operations that a series of kernels got through in 50 ms lately.
    paces: Mutex<HashMap<&'static str, f64>>,
    /// Data that stays, by key.
    kept: Mutex<HashMap<String, (wgpu::Buffer, usize)>>,
}

/// What the driver reported since somebody looked.
#[derive(Default)]
struct Faults {
    lost: OnceLock<String>,
    error: Mutex<Option<Fault>>,
}

enum Fault {
    OutOfMemory,
    Other(String),
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Gpu {
    /// Opens an adapter with all it has.
    ///
    /// # Errors
    ///
    /// The driver refuses.
    pub fn open(adapter: &Adapter) -> Result<Self, ComputeError> {
        let wanted = wgpu::DeviceDescriptor {
            label: Some("lodestone compute"),
            required_limits: adapter.wgpu.limits(),
            ..Default::default()
        };
        let (device, queue) =
            pollster::block_on(adapter.wgpu.request_device(&wanted)).map_err(|error| {
                ComputeError::Open {
                    adapter: adapter.name.clone(),
                    reason: one_line(&error.to_string()),
                }
            })?;
        let faults = Arc::new(Faults::default());
        let told = faults.clone();
        device.on_uncaptured_error(Arc::new(move |error| {
            let fault = match error {
                wgpu::Error::OutOfMemory { .. } => Fault::OutOfMemory,
                other => Fault::Other(one_line(&other.to_string())),
            };
            // The first error is the cause of those that follow.
            locked(&told.error).get_or_insert(fault);
        }));
        let told = faults.clone();
        device.set_device_lost_callback(move |reason, message| {
            let text = if message.is_empty() {
                format!("{reason:?}").to_lowercase()
            } else {
                one_line(&message)
            };
            // A second report says nothing new.
            let _ = told.lost.set(text);
        });
        Ok(Self {
            adapter: adapter.clone(),
            device,
            queue,
            faults,
            pipelines: Mutex::default(),
            free: Mutex::default(),
            turn: Mutex::default(),
            chunks: Mutex::default(),
            paces: Mutex::default(),
            kept: Mutex::default(),
        })
    }

    /// The adapter that was opened.
    pub fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// Gives the adapter up, as a driver does that was restarted: whoever computes on it gets [`ComputeError::Lost`].
    pub fn lose(&self) {
        self.device.destroy();
        let _ = self.faults.lost.set("given up".to_owned());
    }

    pub(crate) fn take_turn(&self) -> MutexGuard<'_, ()> {
        let turn = locked(&self.turn);
        // What another one left behind is not this one's.
        locked(&self.faults.error).take();
        turn
    }

    pub(crate) fn remembered_chunk(&self, kernel: &Kernel) -> Option<usize> {
        locked(&self.chunks).get(kernel.name).copied()
    }

    pub(crate) fn remember_chunk(&self, kernel: &Kernel, rows: usize) {
        locked(&self.chunks).insert(kernel.name, rows);
    }

    pub(crate) fn remembered_pace(&self, name: &'static str) -> Option<f64> {
        locked(&self.paces).get(name).copied()
    }

    pub(crate) fn remember_pace(&self, name: &'static str, operations: f64) {
        locked(&self.paces).insert(name, operations);
    }

    /// A buffer with words that stay on the adapter, made at the first use of the key.
    pub(crate) fn kept(
        &self,
        key: &str,
        make: impl FnOnce() -> Result<Vec<u32>, ComputeError>,
    ) -> Result<Pooled<'_>, ComputeError> {
        let mut kept = locked(&self.kept);
        let (buffer, words) = match kept.get(key) {
            Some(known) => known.clone(),
            None => {
                let words = make()?;
                let pooled = self.uploaded(&words, wgpu::BufferUsages::STORAGE);
                let made = (wgpu::Buffer::clone(&pooled), pooled.words);
                drop(pooled.lent());
                kept.insert(key.to_owned(), made.clone());
                made
            }
        };
        Ok(Pooled {
            gpu: self,
            buffer: Some(buffer),
            words,
            reusable: false,
        })
    }

    /// What went wrong since the turn began.
    pub(crate) fn check(&self, kernel: &Kernel) -> Result<(), ComputeError> {
        let adapter = || self.adapter.name.clone();
        if let Some(reason) = self.faults.lost.get() {
            return Err(ComputeError::Lost {
                adapter: adapter(),
                reason: reason.clone(),
            });
        }
        match locked(&self.faults.error).take() {
            None => Ok(()),
            Some(Fault::OutOfMemory) => Err(ComputeError::OutOfMemory { adapter: adapter() }),
            Some(Fault::Other(reason)) => Err(ComputeError::Refused {
                adapter: adapter(),
                kernel: kernel.name,
                reason,
            }),
        }
    }

    /// Whether `words` of 32 bits fit into a binding.
    pub(crate) fn fits(&self, words: usize) -> bool {
        let limits = &self.adapter.limits;
        4 * words as u64 <= limits.binding_bytes.min(limits.buffer_bytes)
    }

    pub(crate) fn too_large(&self, what: &'static str, words: usize) -> ComputeError {
        let limits = &self.adapter.limits;
        ComputeError::TooLarge {
            adapter: self.adapter.name.clone(),
            what,
            needed: 4 * words as u64,
            unit: "bytes",
            limit: limits.binding_bytes.min(limits.buffer_bytes),
        }
    }

    /// The pipeline of a kernel, made at its first use.
    pub(crate) fn pipeline(&self, kernel: &Kernel) -> Result<wgpu::ComputePipeline, ComputeError> {
        if let Some(pipeline) = locked(&self.pipelines).get(kernel.name) {
            return Ok(pipeline.clone());
        }
        let entries: Vec<_> = (0..)
            .zip(kernel.bindings)
            .map(|(binding, kind)| wgpu::BindGroupLayoutEntry {
                binding,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: wgpu::BindingType::Buffer {
                    ty: match kind {
                        Binding::Parameters => wgpu::BufferBindingType::Uniform,
                        Binding::Constant | Binding::Input => {
                            wgpu::BufferBindingType::Storage { read_only: true }
                        }
                        Binding::Output => wgpu::BufferBindingType::Storage { read_only: false },
                    },
                    has_dynamic_offset: false,
                    min_binding_size: None,
                },
                count: None,
            })
            .collect();
        let bindings = self
            .device
            .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(kernel.name),
                entries: &entries,
            });
        let layout = self
            .device
            .create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some(kernel.name),
                bind_group_layouts: &[Some(&bindings)],
                ..Default::default()
            });
        let module = self
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(kernel.name),
                source: wgpu::ShaderSource::Wgsl(kernel.source.into()),
            });
        let pipeline = self
            .device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(kernel.name),
                layout: Some(&layout),
                module: &module,
                entry_point: Some(kernel.entry),
                compilation_options: Default::default(),
                cache: None,
            });
        self.check(kernel)?;
        locked(&self.pipelines).insert(kernel.name, pipeline.clone());
        Ok(pipeline)
    }

    /// A buffer of at least so many words, out of the pool or new.
    pub(crate) fn buffer(&self, words: usize, usage: wgpu::BufferUsages) -> Pooled<'_> {
        // A binding of nothing is not allowed.
        let needed = 4 * words.max(4) as u64;
        let fitting = |buffer: &wgpu::Buffer| {
            buffer.usage() == usage && (needed..=4 * needed).contains(&buffer.size())
        };
        let mut free = locked(&self.free);
        let buffer = match free.iter().position(fitting) {
            Some(at) => free.swap_remove(at),
            None => self.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("pooled"),
                size: needed
                    .next_power_of_two()
                    .min(self.adapter.limits.buffer_bytes),
                usage,
                mapped_at_creation: false,
            }),
        };
        Pooled {
            gpu: self,
            buffer: Some(buffer),
            words: words.max(4),
            reusable: true,
        }
    }

    /// A buffer with these words.
    pub(crate) fn uploaded(&self, words: &[u32], usage: wgpu::BufferUsages) -> Pooled<'_> {
        let buffer = self.buffer(words.len(), usage | wgpu::BufferUsages::COPY_DST);
        if !words.is_empty() {
            self.queue
                .write_buffer(&buffer, 0, bytemuck::cast_slice(words));
        }
        buffer
    }

    /// Maps a buffer once this submission is done, reads it and unmaps it. There is patience for so many kernels that run for
    /// the first time: software adapters compile them only then, for seconds.
    pub(crate) fn read(
        &self,
        kernel: &Kernel,
        buffer: &wgpu::Buffer,
        words: usize,
        index: Option<wgpu::SubmissionIndex>,
        new_kernels: usize,
    ) -> Result<Vec<u32>, ComputeError> {
        let (Some(index), true) = (index, words > 0) else {
            return Ok(Vec::new());
        };
        let refused = |reason: String| ComputeError::Refused {
            adapter: self.adapter.name.clone(),
            kernel: kernel.name,
            reason,
        };
        let slice = buffer.slice(..4 * words as u64);
        let (send, mapped) = std::sync::mpsc::channel();
        slice.map_async(wgpu::MapMode::Read, move |done| {
            // Nobody listens any more after an error.
            let _ = send.send(done);
        });
        self.wait_for(kernel, index, PATIENCE * (1 + new_kernels as u32))?;
        match mapped.try_recv() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(refused(error.to_string())),
            Err(_) => return Err(refused("results were not mapped".to_owned())),
        }
        let view = slice
            .get_mapped_range()
            .map_err(|error| refused(error.to_string()))?;
        let read = bytemuck::cast_slice(&view).to_vec();
        drop(view);
        buffer.unmap();
        Ok(read)
    }

    pub(crate) fn wgpu(&self) -> &wgpu::Device {
        &self.device
    }

    /// How many kernels were made ready.
    pub(crate) fn pipelines_made(&self) -> usize {
        locked(&self.pipelines).len()
    }

    /// Blocks until a submission is done. Not for a window's thread.
    pub(crate) fn wait(
        &self,
        kernel: &Kernel,
        index: wgpu::SubmissionIndex,
    ) -> Result<(), ComputeError> {
        self.wait_for(kernel, index, PATIENCE)
    }

    fn wait_for(
        &self,
        kernel: &Kernel,
        index: wgpu::SubmissionIndex,
        patience: Duration,
    ) -> Result<(), ComputeError> {
        self.check(kernel)?;
        let wait = wgpu::PollType::Wait {
            submission_index: Some(index),
            timeout: Some(patience),
        };
        // A driver that loses the device while it is waited for makes wgpu panic.
        match catch_unwind(AssertUnwindSafe(|| self.device.poll(wait))) {
            Ok(Ok(_)) => self.check(kernel),
            Ok(Err(wgpu::PollError::Timeout)) => Err(ComputeError::Stalled {
                adapter: self.adapter.name.clone(),
                seconds: patience.as_secs(),
            }),
            Ok(Err(error)) => Err(ComputeError::Refused {
                adapter: self.adapter.name.clone(),
                kernel: kernel.name,
                reason: one_line(&error.to_string()),
            }),
            Err(_) => Err(ComputeError::Lost {
                adapter: self.adapter.name.clone(),
                reason: "its driver failed while it was waited for".to_owned(),
            }),
        }
    }
}

/// A buffer that goes back to the pool.
pub(crate) struct Pooled<'a> {
    gpu: &'a Gpu,
    buffer: Option<wgpu::Buffer>,
    words: usize,
    reusable: bool,
}

impl Pooled<'_> {
    /// The part in use.
    pub(crate) fn binding(&self) -> wgpu::BindingResource<'_> {
        self.part(0, self.words)
    }

    /// So many words from one on.
    pub(crate) fn part(&self, from: usize, words: usize) -> wgpu::BindingResource<'_> {
        wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer: self,
            offset: 4 * from as u64,
            size: std::num::NonZeroU64::new(4 * words as u64),
        })
    }

    pub(crate) fn words(&self) -> usize {
        self.words
    }

    /// Does not go back to the pool, unless [`Pooled::keep`] says so: it may still be mapped.
    pub(crate) fn lent(mut self) -> Self {
        self.reusable = false;
        self
    }

    /// Goes back to the pool now.
    pub(crate) fn keep(mut self) {
        self.reusable = true;
    }
}

impl std::ops::Deref for Pooled<'_> {
    type Target = wgpu::Buffer;

    fn deref(&self) -> &wgpu::Buffer {
        // Only `drop` takes it out.
        match &self.buffer {
            Some(buffer) => buffer,
            None => unreachable!("the buffer was given back"),
        }
    }
}

impl Drop for Pooled<'_> {
    fn drop(&mut self) {
        if let Some(buffer) = self.buffer.take().filter(|_| self.reusable) {
            let mut free = locked(&self.gpu.free);
            free.push(buffer);
            while free.iter().map(wgpu::Buffer::size).sum::<u64>() > POOLED_BYTES {
                free.remove(0);
            }
        }
    }
}

/// Drivers report over several lines; messages of this program have one.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(300) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
