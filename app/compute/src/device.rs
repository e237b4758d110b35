//! Where to compute: the processor, or the adapter that was measured to be faster.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::calibration::{Calibration, cache_folder};
use crate::{Adapter, Choice, ComputeError, Gpu, Trial};

/// Operations below which `auto` looks at no adapter: the processor takes less than a tenth of a second for them.
const SMALL: f64 = 1e9;

/// How many times faster than the processor an adapter must have been to be chosen.
const GAIN: f64 = 1.3;

/// Where to compute; cheap to clone, shared between threads.
///
/// ```
/// use compute::{Choice, Device};
/// let device = Device::open(Choice::Cpu)?;
/// assert!(device.describe().starts_with("the processor"));
/// # Ok::<(), compute::ComputeError>(())
/// ```
#[derive(Clone)]
pub struct Device(Arc<Inner>);

struct Inner {
    choice: Choice,
    folder: Option<PathBuf>,
    slots: OnceLock<Vec<Slot>>,
    calibration: OnceLock<Mutex<Calibration>>,
    messages: Mutex<Vec<String>>,
}

/// An adapter, and what became of it.
struct Slot {
    adapter: Adapter,
    state: Mutex<State>,
}

enum State {
    Closed,
    Open(Arc<Gpu>),
    Failed(ComputeError),
}

/// Where a kernel computes, as [`Device::place`] decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(Option<usize>);

impl Place {
    /// Whether that is an adapter.
    pub fn is_adapter(self) -> bool {
        self.0.is_some()
    }
}

/// Where `auto` computes a kernel, and the figures that decide.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The adapter; `None`: the processor.
    pub adapter: Option<String>,
    /// Rows a second on the processor; `None`: not measured.
    pub cpu: Option<f64>,
    /// Rows a second on each adapter; an error where it gave none.
    pub adapters: Vec<(String, Result<f64, ComputeError>)>,
    /// Why, in a sentence.
    pub reason: String,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    /// The adapter, opened. Drivers take their time for it, so this is done once.
    fn gpu(&self) -> Result<Arc<Gpu>, ComputeError> {
        let mut state = locked(&self.state);
        if let State::Closed = &*state {
            *state = match Gpu::open(&self.adapter) {
                Ok(gpu) => State::Open(Arc::new(gpu)),
                Err(error) => State::Failed(error),
            };
        }
        match &*state {
            State::Open(gpu) => Ok(gpu.clone()),
            State::Failed(error) => Err(error.clone()),
            State::Closed => unreachable!("it was opened above"),
        }
    }
}

impl Device {
    /// The processor.
    pub fn cpu() -> Self {
        Self::new(Choice::Cpu, None)
    }

    /// Opens what was chosen. `Auto` looks for adapters when the first large piece of work comes, and keeps what it measures
    /// in the user's cache folder (`LODESTONE_CACHE` names another).
    ///
    /// # Errors
    ///
    /// `Gpu` where no adapter is found or the best one cannot be opened.
    pub fn open(choice: Choice) -> Result<Self, ComputeError> {
        Self::open_in(choice, cache_folder().as_deref())
    }

    /// [`Device::open`] with this cache folder; `None`: measurements last as long as the device.
    ///
    /// # Errors
    ///
    /// Those of [`Device::open`].
    pub fn open_in(choice: Choice, folder: Option<&Path>) -> Result<Self, ComputeError> {
        let device = Self::new(choice, folder.map(Path::to_owned));
        if choice == Choice::Gpu {
            let best = device.slots().first().ok_or(ComputeError::NoAdapter)?;
            best.gpu()?;
        }
        Ok(device)
    }

    fn new(choice: Choice, folder: Option<PathBuf>) -> Self {
        Self(Arc::new(Inner {
            choice,
            folder,
            slots: OnceLock::new(),
            calibration: OnceLock::new(),
            messages: Mutex::default(),
        }))
    }

    /// What was asked for.
    pub fn choice(&self) -> Choice {
        self.0.choice
    }

    /// What computes, in a few words.
    pub fn describe(&self) -> String {
        let threads = rayon::current_num_threads();
        let processor = format!("the processor ({threads} threads)");
        match self.0.choice {
            Choice::Cpu => processor,
            Choice::Gpu => match self.slots().first() {
                Some(slot) => slot.adapter.name.clone(),
                None => processor,
            },
            Choice::Auto => "what is fastest for each kernel".to_owned(),
        }
    }

    /// The adapters it may choose from, best kind first; none with [`Choice::Cpu`].
    pub fn adapters(&self) -> impl Iterator<Item = &Adapter> {
        self.slots().iter().map(|slot| &slot.adapter)
    }

    /// The adapter in this place of [`Device::adapters`], opened.
    ///
    /// # Errors
    ///
    /// No such adapter, or it cannot be opened or was lost.
    pub fn gpu(&self, index: usize) -> Result<Arc<Gpu>, ComputeError> {
        self.slots()
            .get(index)
            .ok_or(ComputeError::NoAdapter)?
            .gpu()
    }

    /// What happened that the user should know, each told once: an adapter was lost, a stage was redone on the processor.
    pub fn take_messages(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.0.messages))
    }

    /// Decides where a kernel does so many operations: once, before the work is divided among threads, because `auto` may
    /// measure for it.
    pub fn place(&self, trial: &Trial, operations: f64) -> Place {
        Place(self.choose(trial, operations))
    }

    /// Does a stage of so many operations on an adapter or on the processor. What an adapter fails at is redone wholly on the
    /// processor, and [`Device::take_messages`] tells.
    ///
    /// # Errors
    ///
    /// Those of the stage; those of the adapter that the processor would not mend, cancelled among them.
    pub fn run<T, E: From<ComputeError>>(
        &self,
        trial: &Trial,
        operations: f64,
        job: &job::Job,
        on_gpu: impl FnOnce(&Gpu) -> Result<T, ComputeError>,
        on_cpu: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let place = self.place(trial, operations);
        self.run_at(place, trial, job, on_gpu, on_cpu)
    }

    /// [`Device::run`] where it was decided to be done. An adapter that has failed before is not asked again.
    ///
    /// # Errors
    ///
    /// Those of [`Device::run`].
    pub fn run_at<T, E: From<ComputeError>>(
        &self,
        place: Place,
        trial: &Trial,
        job: &job::Job,
        on_gpu: impl FnOnce(&Gpu) -> Result<T, ComputeError>,
        on_cpu: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(slot) = place.0.and_then(|index| self.slots().get(index)) else {
            return on_cpu();
        };
        if matches!(&*locked(&slot.state), State::Failed(_)) {
            return on_cpu();
        }
        let before = job.snapshot();
        match slot.gpu().and_then(|gpu| on_gpu(&gpu)) {
            Ok(done) => Ok(done),
            Err(error) if error.redo_on_cpu() => {
                locked(&self.0.messages).push(format!(
                    "{error}; {} is computed on the processor instead",
                    trial.title
                ));
                if error.ends_device() {
                    *locked(&slot.state) = State::Failed(error);
                }
                // The stage starts again, so its progress does too.
                job.stage(&before.stage, before.total);
                job.advance(before.done);
                on_cpu()
            }
            Err(error) => Err(error.into()),
        }
    }

    fn slots(&self) -> &[Slot] {
        self.0.slots.get_or_init(|| {
            if self.0.choice == Choice::Cpu {
                return Vec::new();
            }
            Adapter::all()
                .into_iter()
                .map(|adapter| Slot {
                    adapter,
                    state: Mutex::new(State::Closed),
                })
                .collect()
        })
    }

    /// The adapter for so many operations; `None`: the processor.
    fn choose(&self, trial: &Trial, operations: f64) -> Option<usize> {
        match self.0.choice {
            Choice::Cpu => None,
            Choice::Gpu => {
                let failed = matches!(&*locked(&self.slots().first()?.state), State::Failed(_));
                (!failed).then_some(0)
            }
            Choice::Auto if operations < SMALL => None,
            Choice::Auto if self.slots().is_empty() => None,
            Choice::Auto => self.judge(trial, false).0,
        }
    }

    /// What `auto` does with a kernel, measured where it has not been, or always if `anew`.
    pub fn verdict(&self, trial: &Trial, anew: bool) -> Verdict {
        self.judge(trial, anew).1
    }

    fn judge(&self, trial: &Trial, anew: bool) -> (Option<usize>, Verdict) {
        let calibration = self
            .0
            .calibration
            .get_or_init(|| Mutex::new(Calibration::read(self.0.folder.as_deref())));
        // Held while measuring: two measurements at once would spoil each other.
        let mut calibration = locked(calibration);
        let kernel = trial.key();
        let mut rate = |adapter: &str, measure: &dyn Fn() -> Result<f64, ComputeError>| {
            let known = calibration.get(adapter, &kernel).filter(|_| !anew);
            match known {
                Some(rate) => Ok(rate),
                None => {
                    // Whole numbers come back from a file as they were.
                    let measured = measure().map(|rate| rate.round().max(1.0));
                    match &measured {
                        Ok(rate) => calibration.set(adapter, &kernel, *rate),
                        // Not tried again; a lost adapter may be back next time.
                        Err(error) if !error.ends_device() => {
                            calibration.set(adapter, &kernel, 0.0);
                        }
                        Err(_) => {}
                    }
                    measured
                }
            }
        };
        let processor = format!(
            "cpu | {} threads | {:?}",
            rayon::current_num_threads(),
            pulp::Arch::new()
        );
        let cpu = rate(&processor, &|| trial.measure_on_cpu()).ok();
        if self.slots().is_empty() {
            return (None, Verdict::without_adapters(cpu));
        }
        let mut adapters = Vec::new();
        for slot in self.slots() {
            let measured = slot
                .gpu()
                .and_then(|gpu| rate(&slot.adapter.key(), &|| trial.measure(Some(&gpu))));
            adapters.push((slot.adapter.name.clone(), measured));
        }
        let best = adapters
            .iter()
            .enumerate()
            .filter_map(|(at, (_, rate))| Some((at, *rate.as_ref().ok()?)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let (chosen, reason) = match (best, cpu) {
            (None, _) => (None, "no adapter gave a result".to_owned()),
            (Some((at, _)), None) => (Some(at), "the processor gave no result".to_owned()),
            (Some((at, gpu)), Some(cpu)) if gpu >= GAIN * cpu => (
                Some(at),
                format!("{:.1} times as fast as the processor", gpu / cpu),
            ),
            (Some((at, gpu)), Some(cpu)) => (
                None,
                format!(
                    "{} reaches {:.2} times the processor's speed; {GAIN} are needed",
                    adapters[at].0,
                    gpu / cpu
                ),
            ),
        };
        let verdict = Verdict {
            adapter: chosen.map(|at| adapters[at].0.clone()),
            cpu,
            adapters,
            reason,
        };
        (chosen, verdict)
    }
}

impl Verdict {
    fn without_adapters(cpu: Option<f64>) -> Self {
        Self {
            adapter: None,
            cpu,
            adapters: Vec::new(),
            reason: "there is no adapter".to_owned(),
        }
    }
}
