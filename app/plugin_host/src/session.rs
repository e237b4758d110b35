//! One run of one plugin with its parameters set: batches in, judged predictions out.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use job::{Cancelled, Job};

use crate::batch::{BatchInput, Part};
use crate::bindings::wire_from_parameter;
use crate::description::ParameterValue;
use crate::error::Fault;
use crate::host::Plugin;
use crate::instance::Failure;
use crate::outcome::{Assembly, BatchOutcome, Judged};
use crate::parameter::ParameterError;

/// Why a batch has no outcome at all.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PredictError {
    #[error("cancelled")]
    Cancelled,
    /// The caller's columns do not fit together.
    #[error("the batch is not well formed: {0}")]
    Input(String),
}

impl From<Cancelled> for PredictError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// A plugin with its parameters set, for one run; threads share it.
///
/// Every batch gets a fresh instance, so a prediction depends on its batch alone, whatever the order and the threads.
pub struct Session {
    plugin: Plugin,
    parameters: Vec<(String, ParameterValue)>,
    faults: Mutex<Faults>,
    /// Nanoseconds in calls.
    spent: AtomicU64,
    /// What all its calls took.
    fuel: AtomicU64,
}

#[derive(Default)]
struct Faults {
    batches: u32,
    example: Option<String>,
}

/// How a call over some rows ended.
enum Attempt {
    Done(Judged),
    Failed(Fault),
}

impl Session {
    /// Starts a run; parameters that are not given take their defaults.
    pub fn new(
        plugin: &Plugin,
        parameters: &[(String, ParameterValue)],
    ) -> Result<Self, ParameterError> {
        Ok(Self {
            plugin: plugin.clone(),
            parameters: plugin.description().complete(parameters)?,
            faults: Mutex::default(),
            spent: AtomicU64::new(0),
            fuel: AtomicU64::new(0),
        })
    }

    /// The plugin this runs.
    pub fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    /// Every parameter of the run, given or default.
    pub fn parameters(&self) -> &[(String, ParameterValue)] {
        &self.parameters
    }

    /// Predicts one batch.
    ///
    /// Where the plugin fails, the batch is halved again and again until the rows that make it fail stand alone: only
    /// they are lost, with the reason in a note. The search is bounded in calls and in fuel; what it cannot clear is
    /// lost too. Once [`Self::switched_off`], batches are lost without a call.
    pub fn predict(&self, batch: &BatchInput, job: &Job) -> Result<BatchOutcome, PredictError> {
        job.check()?;
        batch.check().map_err(PredictError::Input)?;
        let rows = batch.rows();
        let properties = self.plugin.description().properties.len();
        let mut assembly = Assembly::default();
        if let Some(why) = self.switched_off() {
            assembly.lost(0..rows, why);
            return Ok(assembly.finish(properties, rows));
        }
        match self.attempt(batch, 0..rows, job)? {
            (Attempt::Done(judged), _) => assembly.part(0..rows, judged),
            (Attempt::Failed(fault), _) => {
                self.count(&fault);
                self.bisect(batch, fault, job, &mut assembly)?;
            }
        }
        Ok(assembly.finish(properties, rows))
    }

    /// The message, once the plugin has failed in so many batches that its columns count as wholly missing in this run:
    /// also what it predicted before. The same for every thread count, as long as the run goes over all its batches or
    /// stops when it sees this.
    pub fn switched_off(&self) -> Option<String> {
        let limit = self.plugin.0.limits.faulty_batches;
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        (faults.batches >= limit).then(|| {
            let id = self.plugin.id();
            format!("plugin {id} was switched off: it failed in {limit} batches")
        })
    }

    /// How many batches it failed in so far.
    pub fn faulty_batches(&self) -> u32 {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.batches
    }

    /// How long the calls took so far, those of all threads together.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.spent.load(Relaxed))
    }

    /// One of the failures so far, for people; which one depends on the threads.
    pub fn example_fault(&self) -> Option<String> {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.example.clone()
    }

    /// Fuel that the run took so far.
    pub(crate) fn fuel_spent(&self) -> u64 {
        self.fuel.load(Relaxed)
    }

    fn count(&self, fault: &Fault) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.batches += 1;
        faults.example.get_or_insert_with(|| fault.to_string());
    }

    fn bisect(
        &self,
        batch: &BatchInput,
        fault: Fault,
        job: &Job,
        assembly: &mut Assembly,
    ) -> Result<(), PredictError> {
        let limits = &self.plugin.0.limits;
        let id = self.plugin.id();
        let mut calls = limits.bisect_calls;
        let mut fuel = limits.bisect_fuel(batch.rows());
        // Breadth first: a search that runs out has by then cleared the larger halves.
        let mut failed = VecDeque::from([(0..batch.rows(), fault)]);
        while let Some((rows, fault)) = failed.pop_front() {
            if rows.len() <= 1 {
                assembly.lost(
                    rows,
                    format!("plugin {id} failed on this candidate: {fault}"),
                );
                continue;
            }
            // After the backstop every further call might take as long again.
            let hopeless = matches!(fault, Fault::Deadline(_)) || self.switched_off().is_some();
            if hopeless || calls < 2 || fuel == 0 {
                let n = rows.len();
                assembly.lost(
                    rows,
                    format!("plugin {id} failed on {n} candidates with this one: {fault}"),
                );
                continue;
            }
            let middle = rows.start + rows.len() / 2;
            for half in [rows.start..middle, middle..rows.end] {
                calls -= 1;
                let (attempt, spent) = self.attempt(batch, half.clone(), job)?;
                fuel = fuel.saturating_sub(spent);
                match attempt {
                    Attempt::Done(judged) => assembly.part(half, judged),
                    Attempt::Failed(fault) => failed.push_back((half, fault)),
                }
            }
        }
        Ok(())
    }

    /// One call over `rows`, and the fuel it took.
    fn attempt(
        &self,
        batch: &BatchInput,
        rows: Range<usize>,
        job: &Job,
    ) -> Result<(Attempt, u64), PredictError> {
        let loaded = &self.plugin.0;
        let limits = &loaded.limits;
        let n = rows.len();
        let part = Part::new(batch, rows);
        let input = part.wire();
        let parameters: Vec<_> = self
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), wire_from_parameter(value)))
            .collect();
        let start = Instant::now();
        let (answer, spent) = loaded.compiled.call(
            limits,
            limits.fuel(n),
            limits.result_bytes,
            job,
            |instance, store| {
                instance
                    .lodestone_plugin_model()
                    .call_predict(store, input, &parameters)
            },
        );
        let time = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.spent.fetch_add(time, Relaxed);
        self.fuel.fetch_add(spent.fuel, Relaxed);
        let attempt = match answer {
            Ok(Ok(predictions)) => match Judged::new(predictions, &loaded.description, n, limits) {
                Ok(judged) => Attempt::Done(judged),
                Err(fault) => Attempt::Failed(fault),
            },
            Ok(Err(message)) => Attempt::Failed(Fault::Refused(crate::text::clean(
                &message,
                limits.note_chars,
            ))),
            Err(Failure::Cancelled) => return Err(PredictError::Cancelled),
            Err(Failure::Fault(fault)) => Attempt::Failed(fault),
        };
        Ok((attempt, spent.fuel))
    }
}
