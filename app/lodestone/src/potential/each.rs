//! One question to every structure of the files, asked in parallel.

use super::batch::{Outcome, Told, print_all};
use super::entries::{self, Entry};
use crate::args::StructureArgs;
use crate::model::on_threads;
use crate::{Failure, progress};
use ::potential::{Potential, Precision};
use crystal::Structure;
use job::Job;
use rayon::prelude::*;
use std::path::Path;

/// Asks `ask` of every structure, under the stage's name, and prints what `tell` makes of the answers. What `tell` writes into the
/// folder is there as soon as its structure is done.
pub fn each<T: Send>(
    given: &StructureArgs,
    stage: &str,
    header: Vec<String>,
    folder: Option<&Path>,
    ask: impl Fn(&Potential, &Structure, &Job) -> Result<T, String> + Sync,
    tell: impl Fn(&Entry, &T) -> anyhow::Result<Told> + Sync,
) -> Result<(), Failure> {
    if let Some(folder) = folder {
        entries::make_folder(folder)?;
    }
    let asked = |potential: &Potential, entry: &Entry, job: &Job| {
        let structure = entry.structure.as_ref().map_err(Clone::clone)?;
        let found = ask(potential, structure, job)?;
        tell(entry, &found).map_err(|error| format!("{error:#}"))
    };
    let (entries, outcomes) = on_threads(given.threads, || outcomes(given, stage, &asked))?;
    let names = entries.iter().map(|entry| entry.name.as_str());
    print_all(header, names.zip(outcomes), given.json)
}

fn outcomes(
    given: &StructureArgs,
    stage: &str,
    asked: &(impl Fn(&Potential, &Entry, &Job) -> Result<Told, String> + Sync),
) -> Result<(Vec<Entry>, Vec<Outcome>), Failure> {
    let potential = Potential::new(given.model, Precision::Single).map_err(anyhow::Error::from)?;
    let (job, shown) = progress::start();
    let entries = entries::read(&given.files);
    job.stage(stage, Some(entries.len() as u64));
    let alone = entries.len() == 1;
    let outcomes = entries.par_iter().with_max_len(1).map(|entry| {
        job.check().ok()?;
        // Of one structure its own stages are shown, of several how many are done.
        let part = match alone {
            true => job.clone(),
            false => job.part(),
        };
        let told = asked(&potential, entry, &part);
        if told.is_err() && job.is_cancelled() {
            return None;
        }
        if !alone {
            job.advance(1);
        }
        Some(told)
    });
    let outcomes = outcomes.collect();
    drop(shown);
    Ok((entries, outcomes))
}
