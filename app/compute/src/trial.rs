//! Measuring how fast a kernel is.

use std::time::Instant;

use shaders::Kernel;

use crate::{ComputeError, Gpu};

/// A measurement takes at least this long, seconds, so that starting costs do not count.
const LONG_ENOUGH: f64 = 0.04;

/// Rows of the first attempt: few, because a software adapter may take a thousand times as long as the processor.
const FIRST: usize = 16;

/// What a kernel is measured by. Results are thrown away; only the time counts.
#[derive(Clone, Copy)]
pub struct Trial {
    /// The kernel that adapters run.
    pub kernel: &'static Kernel,
    /// What the kernel does, for people.
    pub title: &'static str,
    /// What one row of the trial is.
    pub row: &'static str,
    /// Additions, multiplications and the like that a row takes: the unit in which [`crate::Device::run`] weighs work.
    pub operations: f64,
    /// Rows of the largest attempt: memory is limited.
    pub most: usize,
    /// Makes so many rows, and what computes them on an adapter or on the processor.
    pub prepare: fn(usize) -> Attempt,
}

/// Computes what was prepared, on an adapter or (`None`) on the processor.
pub type Attempt = Box<dyn Fn(Option<&Gpu>) -> Result<(), ComputeError> + Send>;

impl std::fmt::Debug for Trial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trial")
            .field("kernel", &self.kernel.name)
            .finish_non_exhaustive()
    }
}

impl Trial {
    /// Rows a second.
    ///
    /// # Errors
    ///
    /// What the device reports.
    pub fn measure(&self, on: Option<&Gpu>) -> Result<f64, ComputeError> {
        let mut rows = FIRST.min(self.most);
        // Compiles pipelines, and wakes threads.
        (self.prepare)(rows)(on)?;
        loop {
            let attempt = (self.prepare)(rows);
            let start = Instant::now();
            attempt(on)?;
            let took = start.elapsed().as_secs_f64().max(1e-9);
            if took >= LONG_ENOUGH || rows >= self.most {
                return Ok(rows as f64 / took);
            }
            let factor = (1.5 * LONG_ENOUGH / took).clamp(2.0, 32.0);
            rows = ((rows as f64 * factor) as usize).min(self.most);
        }
    }

    /// [`Trial::measure`] on the processor, on threads of its own as many as there are in the caller's pool: whoever waits
    /// for it must not be given other work of that pool meanwhile.
    pub fn measure_on_cpu(self) -> Result<f64, ComputeError> {
        let threads = rayon::current_num_threads();
        let failed = |reason: String| ComputeError::Malformed {
            what: "the measurement on the processor",
            reason,
        };
        let worker = std::thread::spawn(move || {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .map_err(|error| error.to_string())
                .map(|pool| pool.install(|| self.measure(None)))
        });
        match worker.join() {
            Ok(Ok(measured)) => measured,
            Ok(Err(reason)) => Err(failed(reason)),
            Err(_) => Err(failed("it stopped".to_owned())),
        }
    }

    /// The kernel's name with a fingerprint of its source (FNV-1a), so that another version is measured anew.
    pub(crate) fn key(&self) -> String {
        let hash = self
            .kernel
            .source
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        format!("{} {hash:016x}", self.kernel.name)
    }
}
