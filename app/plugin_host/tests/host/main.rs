//! The plugin host driven through its public interface, by good plugins and by hostile ones.

mod caching;
mod checking;
mod frozen;
mod good;
mod guest;
mod hostile;
mod loading;
mod models;

use job::Job;
use plugin_host::{BatchInput, CompositionsInput, Host, HostOptions, LoadError, Plugin};

/// A host without a cache that compiles in this process.
fn host() -> Host {
    Host::new(HostOptions::default()).expect("a host")
}

fn load(guest: &guest::Guest) -> Result<Plugin, LoadError> {
    host().load(&guest.wasm(), "test")
}

/// Compositions of one element each: row i has `amounts[i]` atoms of hydrogen.
struct Atoms {
    offsets: Vec<u32>,
    atomic_numbers: Vec<u8>,
    amounts: Vec<f64>,
}

fn atoms(amounts: impl IntoIterator<Item = f64>) -> Atoms {
    let amounts: Vec<f64> = amounts.into_iter().collect();
    Atoms {
        offsets: (0..=amounts.len() as u32).collect(),
        atomic_numbers: vec![1; amounts.len()],
        amounts,
    }
}

impl Atoms {
    fn batch(&self) -> BatchInput<'_> {
        BatchInput {
            compositions: CompositionsInput {
                offsets: &self.offsets,
                atomic_numbers: &self.atomic_numbers,
                amounts: &self.amounts,
            },
            ..BatchInput::default()
        }
    }
}

fn job() -> Job {
    Job::new()
}
