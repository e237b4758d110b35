//! One question to every structure of the files: asked in parallel, told as a table or JSON, refusals last.

use super::{print_json, print_table, read, refusal, tell_refused};
use crate::args::StructureArgs;
use crate::model::on_threads;
use crate::{Failure, progress, show};
use ::potential::{Potential, Precision};
use crystal::Structure;
use job::Job;
use rayon::prelude::*;
use serde_json::Value;

/// What was found of a structure.
pub struct Told {
    /// Of the table.
    pub rows: Vec<Vec<String>>,
    /// Of the JSON.
    pub value: Value,
    /// What to beware of, a sentence each.
    pub notes: Vec<String>,
}

/// Asks `ask` of every structure, under the stage's name, and prints what `tell` makes of the answers.
pub fn each<T: Send>(
    given: &StructureArgs,
    stage: &str,
    header: Vec<String>,
    ask: impl Fn(&Potential, &Structure, &Job) -> Result<T, String> + Sync,
    tell: impl Fn(&str, &T) -> anyhow::Result<Told>,
) -> Result<(), Failure> {
    let (entries, found) = on_threads(given.threads, || asked(given, stage, &ask))?;
    let mut rows = vec![header];
    let (mut values, mut refused) = (Vec::new(), Vec::new());
    for (entry, found) in entries.iter().zip(found) {
        match found {
            Ok(found) => {
                let told = tell(&entry.name, &found)?;
                rows.extend(told.rows);
                values.push(told.value);
                for note in told.notes {
                    show::tell(format!("{}: {note}", entry.name));
                }
            }
            Err(why) => {
                values.push(refusal(&entry.name, &why));
                refused.push((entry.name.clone(), why));
            }
        }
    }
    if given.json {
        print_json(&Value::Array(values))?;
    } else if rows.len() > 1 {
        print_table(rows)?;
    }
    tell_refused(&refused, entries.len())
}

type Asked<T> = (Vec<super::Entry>, Vec<Result<T, String>>);

fn asked<T: Send>(
    given: &StructureArgs,
    stage: &str,
    ask: &(impl Fn(&Potential, &Structure, &Job) -> Result<T, String> + Sync),
) -> Result<Asked<T>, Failure> {
    let potential = Potential::new(given.model, Precision::Single).map_err(anyhow::Error::from)?;
    let (job, shown) = progress::start();
    let entries = read(&given.files);
    job.stage(stage, Some(entries.len() as u64));
    let alone = entries.len() == 1;
    let found = entries.par_iter().with_max_len(1).map(|entry| {
        // Of one structure its own stages are shown, of several how many are done.
        let part = match alone {
            true => job.clone(),
            false => job.part(),
        };
        let found = match &entry.structure {
            Ok(structure) => ask(&potential, structure, &part),
            Err(why) => Err(why.clone()),
        };
        job.check()?;
        if !alone {
            job.advance(1);
        }
        Ok(found)
    });
    let found: Result<Vec<_>, job::Cancelled> = found.collect();
    drop(shown);
    Ok((entries, found.map_err(anyhow::Error::from)?))
}
