//! Fresh instances under limits, and what a failed call into one means.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use job::Job;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, ResourceLimiter, Store, Trap, UpdateDeadline};

use crate::bindings::v0_1::{DomainModel, DomainModelPre};
use crate::error::{Fault, LoadError};
use crate::limits::Limits;
use crate::slots::{self, Slots};

/// How often running plugins look at the clock and at their job.
const TICK: Duration = Duration::from_millis(20);

/// The engine that all compiled plugins of one host share; `canonical_nans` makes every NaN the same bits, which `check`
/// compares with and nothing else pays for.
pub(crate) fn engine(limits: &Limits, canonical_nans: bool) -> Result<Engine, wasmtime::Error> {
    let plain = config(limits, canonical_nans);
    let mut pooled = plain.clone();
    slots::pooled(&mut pooled, limits);
    // Where the address space is limited (`ulimit -v`), the pool cannot be reserved; instances are made one by one then.
    Engine::new(&pooled).or_else(|_| Engine::new(&plain))
}

/// An engine to compile with, which instantiates nothing.
pub(crate) fn compiler(limits: &Limits, canonical_nans: bool) -> Result<Engine, wasmtime::Error> {
    Engine::new(&config(limits, canonical_nans))
}

fn config(limits: &Limits, canonical_nans: bool) -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(canonical_nans)
        .max_wasm_stack(limits.stack_bytes)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_component_model(true)
        .concurrency_support(false);
    config
}

/// Moves the engine's clock on, from a thread of its own that ends with the host.
pub(crate) struct Ticker {
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Ticker {
    pub(crate) fn start(engine: Engine) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = stop.clone();
        let thread = std::thread::Builder::new()
            .name("plugin clock".to_owned())
            .spawn(move || {
                while !seen.load(Ordering::Relaxed) {
                    std::thread::park_timeout(TICK);
                    engine.increment_epoch();
                }
            })?;
        Ok(Self {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // The thread cannot panic; were it to, there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

/// Memory accounting of one instance.
pub(crate) struct Meter {
    bytes: usize,
    max_bytes: usize,
    max_table: usize,
}

#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("memory cap")]
    Memory,
    #[error("table cap")]
    Table,
    #[error("deadline")]
    Deadline,
    #[error("cancelled")]
    Cancelled,
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let bytes = self.bytes.saturating_add(desired.saturating_sub(current));
        if bytes > self.max_bytes {
            return Err(wasmtime::Error::new(Stopped::Memory));
        }
        self.bytes = bytes;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > self.max_table {
            return Err(wasmtime::Error::new(Stopped::Table));
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        slots::MODULES as usize
    }

    fn tables(&self) -> usize {
        slots::TABLES as usize
    }

    fn memories(&self) -> usize {
        slots::MEMORIES as usize
    }
}

/// Why a call ended without a value.
pub(crate) enum Failure {
    Cancelled,
    Fault(Fault),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A compiled plugin, ready to be instantiated.
pub(crate) struct Compiled {
    engine: Engine,
    slots: Arc<Slots>,
    pre: DomainModelPre<Meter>,
}

/// What a call took.
pub(crate) struct Spent {
    pub(crate) fuel: u64,
}

impl Compiled {
    /// Nothing is linked: whatever the component wants to import is missing.
    pub(crate) fn new(
        engine: &Engine,
        slots: &Arc<Slots>,
        component: &Component,
    ) -> Result<Self, LoadError> {
        let types = |e: wasmtime::Error| LoadError::WrongTypes(chain(&e));
        let pre = Linker::new(engine)
            .instantiate_pre(component)
            .map_err(types)?;
        Ok(Self {
            engine: engine.clone(),
            slots: slots.clone(),
            pre: DomainModelPre::new(pre).map_err(types)?,
        })
    }

    /// Makes one call in a fresh instance, with `fuel` instructions and `data` bytes to copy out.
    pub(crate) fn call<T>(
        &self,
        limits: &Limits,
        fuel: u64,
        data: usize,
        job: &Job,
        call: impl FnOnce(&DomainModel, &mut Store<Meter>) -> wasmtime::Result<T>,
    ) -> (Result<T, Failure>, Spent) {
        let meter = Meter {
            bytes: 0,
            max_bytes: limits.memory_bytes,
            max_table: limits.table_elements,
        };
        // Declared before the store, so dropped after it.
        let _slot = self.slots.take();
        let mut store = Store::new(&self.engine, meter);
        store.limiter(|meter| meter);
        store.set_hostcall_fuel(data);
        let (started, wall, job) = (Instant::now(), limits.wall, job.clone());
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            if job.is_cancelled() {
                Err(wasmtime::Error::new(Stopped::Cancelled))
            } else if started.elapsed() > wall {
                Err(wasmtime::Error::new(Stopped::Deadline))
            } else {
                Ok(UpdateDeadline::Continue(1))
            }
        });
        let outcome = store
            .set_fuel(fuel)
            .and_then(|()| self.pre.instantiate(&mut store))
            .map_err(|e| (true, e))
            .and_then(|instance| call(&instance, &mut store).map_err(|e| (false, e)));
        let left = store.get_fuel().unwrap_or(0);
        let result = outcome.map_err(|(starting, e)| failure(&e, starting, limits, fuel, data));
        (
            result,
            Spent {
                fuel: fuel.saturating_sub(left),
            },
        )
    }
}

fn failure(
    e: &wasmtime::Error,
    starting: bool,
    limits: &Limits,
    fuel: u64,
    data: usize,
) -> Failure {
    if let Some(stopped) = e.downcast_ref::<Stopped>() {
        return match stopped {
            Stopped::Cancelled => Failure::Cancelled,
            Stopped::Deadline => Fault::Deadline(limits.wall).into(),
            Stopped::Memory => Fault::Memory(limits.memory_bytes).into(),
            Stopped::Table => {
                Fault::Trap(format!("a table above {} entries", limits.table_elements)).into()
            }
        };
    }
    let text = chain(e);
    match e.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Fault::Fuel(fuel).into(),
        Some(Trap::StackOverflow) => Fault::Stack(limits.stack_bytes).into(),
        Some(Trap::UnreachableCodeReached) if !starting => {
            Fault::Trap("a panic, or the instruction `unreachable`".to_owned()).into()
        }
        Some(trap) if starting => Fault::Start(bare(trap)).into(),
        Some(trap) => Fault::Trap(bare(trap)).into(),
        None if text.contains("fuel allocated for hostcalls") => Fault::ResultSize(data).into(),
        None if starting => Fault::Start(text).into(),
        None => Fault::Malformed(text).into(),
    }
}

/// The trap in wasmtime's words, without its prefix.
fn bare(trap: &Trap) -> String {
    let text = trap.to_string();
    text.strip_prefix("wasm trap: ").unwrap_or(&text).to_owned()
}

/// The last and most exact message of an error, on one line.
fn chain(e: &wasmtime::Error) -> String {
    crate::text::clean(&format!("{e:#}"), 300)
}
