//! What `train` and `evaluate` share: the table as rows to learn from, and how to learn.

use crate::args::LearnArgs;
use crate::{Failure, files, show};
use anyhow::{Context, anyhow};
use job::Job;
use screening::{
    GroupBy, ScreeningError, Sha256Reader, TrainingInputs, TrainingRequest, TrainingRows, label,
};
use std::path::PathBuf;
use std::sync::Arc;
use surrogate::SurrogateError;
use surrogate::model::{DescriptorSet, Kind, Scores, TrainOptions};
use table::{ReadOptions, Source, Table, TableError};

/// A table and what can be learnt from it.
pub struct Learnt {
    pub table: Table,
    /// SHA-256 of the table's bytes, in hexadecimal.
    pub sha256: String,
    pub rows: TrainingRows,
    /// The rows of the table, as outputs take them.
    pub order: Vec<u32>,
    pub options: TrainOptions,
}

/// Options that mean something, checked before anything is read.
pub fn options(args: &LearnArgs) -> Result<TrainOptions, Failure> {
    Ok(TrainOptions {
        kind: kind(&args.kind)?,
        descriptors: args.descriptors.as_deref().map(descriptors).transpose()?,
        trees: args.trees as usize,
        seed: args.seed,
    })
}

fn descriptors(word: &str) -> Result<DescriptorSet, Failure> {
    let mut sets = DescriptorSet::ALL.into_iter();
    sets.find(|set| set.word() == word).ok_or_else(|| {
        let words = DescriptorSet::ALL.map(DescriptorSet::word).join(", ");
        Failure::Usage(anyhow!("--descriptors {word:?}: there are {words}"))
    })
}

fn kind(word: &str) -> Result<Option<Kind>, Failure> {
    if word == "auto" {
        return Ok(None);
    }
    word.parse().map(Some).map_err(|_| {
        let names = Kind::ALL.map(Kind::name);
        let nearest = optimize::suggest_nearest(word, names);
        let hint = nearest.map_or_else(String::new, |n| format!("; did you mean {n}?"));
        Failure::Usage(anyhow!(
            "--kind {word:?}: there are auto, {}{hint}",
            names.join(", ")
        ))
    })
}

/// Reads the table and judges its rows.
pub fn read(args: &LearnArgs, job: &Job) -> Result<Learnt, Failure> {
    let options = options(args)?;
    let source = Source::from_argument(&args.table.data);
    let failed = |error: anyhow::Error| files::failed(job, error);
    let (table, sha256) = match source.path() {
        Some(path) => {
            // A missing file or folder is told by the reader of tables.
            let table = Table::read(&source, &ReadOptions::default(), job);
            let table = table.map_err(|e| failed(e.into()))?;
            let sha256 = screening::sha256_of_file(path)
                .with_context(|| format!("{}: cannot read the file again", path.display()))
                .map_err(failed)?;
            (table, sha256)
        }
        None => {
            job.stage("reading", None);
            let mut input = Sha256Reader::new(std::io::stdin().lock());
            let options = ReadOptions::default();
            let table = Table::read_text(&mut input, &source.to_string(), &options, job);
            (table.map_err(|e| failed(e.into()))?, input.finish())
        }
    };
    let named = args.table.structure_column.as_deref();
    let wants_structures = args.inputs.iter().any(|i| i.starts_with("structure"));
    let structures = match named.is_some() || wants_structures {
        true => files::structures(&table, &source, named, job).map_err(failed)?,
        false => None,
    };
    let request = TrainingRequest {
        target: args.target.clone(),
        unit: args.unit.clone(),
        inputs: TrainingInputs::of_words(&args.inputs),
        formula_column: args.table.formula_column.clone(),
        structures: structures.map(Arc::new),
        group_by: args.group_by.as_deref().map(GroupBy::of_word),
    };
    let rows = TrainingRows::new(&table, &request, job).map_err(|error| usage(job, error))?;
    for message in table.messages().iter().chain(&rows.messages) {
        show::tell(message);
    }
    Ok(Learnt {
        table,
        sha256,
        order: rows.rows.iter().map(|row| *row as u32).collect(),
        rows,
        options,
    })
}

/// A name or unit on the command line that does not fit the table is wrong usage.
fn usage(job: &Job, error: ScreeningError) -> Failure {
    use ScreeningError as E;
    match error {
        E::Table(TableError::UnknownColumn { .. }) | E::Unit { .. } | E::TargetIsInput(_) => {
            Failure::Usage(error.into())
        }
        error => files::failed(job, error.into()),
    }
}

/// What to tell where training or evaluating failed.
pub fn failure(job: &Job, error: SurrogateError) -> Failure {
    files::failed(job, error.into())
}

impl Learnt {
    /// The property as headers show it: `band_gap [eV]`.
    pub fn label(&self) -> String {
        label(&self.rows.target, &self.rows.unit)
    }

    /// Writes the rows that nothing can be learnt from, and says how many.
    pub fn reject(&self, path: Option<PathBuf>) -> Result<(), Failure> {
        let rejected = self.rows.all_rejected(&self.table);
        let written = files::write_rejected_rows(&rejected, path.as_deref());
        files::tell_rejected(&rejected, path.as_deref());
        written.map_err(|error| Failure::Failed(error.into()))
    }
}

/// Errors and coverage in words, with their unit.
pub fn scores_in_words(scores: &Scores, unit: &str) -> String {
    let unit = if unit.is_empty() {
        String::new()
    } else {
        format!(" {unit}")
    };
    format!(
        "MAE {}{unit}, RMSE {}{unit}, R2 {:.3}; the 68 % intervals held {:.1} %, the 95 % intervals {:.1} %",
        show::significant(scores.mae, 3),
        show::significant(scores.rmse, 3),
        scores.r2,
        100.0 * scores.coverage_68,
        100.0 * scores.coverage_95
    )
}

/// Scores for machines.
pub fn scores_as_json(scores: &Scores) -> serde_json::Value {
    serde_json::json!({
        "rows": scores.count,
        "mae": scores.mae,
        "rmse": scores.rmse,
        "r2": scores.r2,
        "coverage_68": scores.coverage_68,
        "coverage_95": scores.coverage_95,
    })
}
