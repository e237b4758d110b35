//! `lodestone model`: one file a verb.

mod evaluate;
mod explain;
mod info;
mod learn;
mod list;
mod predict;
mod train;

use crate::Failure;
use crate::args::ModelCommand;
use anyhow::Context;
use std::io::Write;
use table::{Destination, TableError};

pub use info::as_json;
pub use list::{find, in_a_line};

pub fn run(command: &ModelCommand) -> Result<(), Failure> {
    match command {
        ModelCommand::Train(args) => on_threads(args.learn.table.threads, || train::run(args)),
        ModelCommand::Evaluate(args) => {
            on_threads(args.learn.table.threads, || evaluate::run(args))
        }
        ModelCommand::Predict(args) => on_threads(args.table.threads, || predict::run(args)),
        ModelCommand::Explain(args) => on_threads(None, || explain::run(args)),
        ModelCommand::Info { model, json } => info::info(model, *json),
        ModelCommand::List { json } => list::list(*json),
    }
}

/// Runs on so many threads; without a number, on one a core.
pub fn on_threads<T: Send>(
    threads: Option<u16>,
    work: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    let threads = threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool
        .context("cannot start worker threads")
        .map_err(Failure::Failed)?;
    pool.install(work)
}

/// Writes a text to standard output.
pub fn print(text: &str) -> Result<(), Failure> {
    let write = |w: &mut dyn Write| {
        w.write_all(text.as_bytes())
            .map_err(|error| TableError::io("write", "standard output", error))
    };
    Destination::Stdout
        .write(write)
        .map_err(|e| Failure::Failed(e.into()))
}

pub fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).context("cannot write JSON")?;
    print(&(text + "\n"))
}
