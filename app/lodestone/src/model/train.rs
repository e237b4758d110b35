//! `lodestone model train`: a table in, a model file out.

use super::{info, learn};
use crate::args::TrainArgs;
use crate::{Failure, files, progress, show};
use anyhow::anyhow;
use screening::Model;
use surrogate::model::About;
use table::{Destination, Source, TableError};

pub fn run(args: &TrainArgs) -> Result<(), Failure> {
    let source = Source::from_argument(&args.learn.table.data);
    if args.output.extension().is_none_or(|e| e != "model") {
        return Err(Failure::Usage(anyhow!(
            "-o {}: a model file's name ends in .model; what stands before is the model's name",
            args.output.display()
        )));
    }
    learn::options(&args.learn)?;
    let destination =
        Destination::file(&args.output, &source).map_err(|e| Failure::Failed(e.into()))?;
    let rejected = args.learn.table.rejected.as_deref();
    let rejected_to = files::rejected_path(rejected, Some(&args.output), &source)?;
    let (job, shown) = progress::start();
    let learnt = learn::read(&args.learn, &job)?;
    let rows = &learnt.rows;
    let about = About {
        target: args.property.clone().unwrap_or_else(|| rows.target.clone()),
        unit: rows.unit.clone(),
        data: args.data_name.clone().unwrap_or_else(|| name(&source)),
        sha256: learnt.sha256.clone(),
        licence: args.licence.clone(),
        label: args.label.clone(),
    };
    let failed = |error| learn::failure(&job, error);
    let scores = match args.learn.folds {
        0 => None,
        folds => {
            job.stage("cross-validating", None);
            let folds = rows.folds(folds as usize, args.learn.seed);
            let found = rows.data().evaluate(&folds, &learnt.options, &job);
            // Too few rows leave no fold to learn from.
            Some(found.map_err(failed)?.scores).filter(|scores| scores.count > 0)
        }
    };
    job.stage("training", None);
    let trained = rows.data().train(about, &learnt.options, &job);
    let mut model = trained.map_err(failed)?;
    if let Some(scores) = scores {
        model.set_scores(scores);
    }
    let bytes = model.to_bytes();
    let written = destination.write(|writer| {
        let written = writer.write_all(&bytes);
        written.map_err(|error| TableError::io("write", args.output.display(), error))
    });
    written.map_err(|e| files::failed(&job, e.into()))?;
    drop(shown);
    let unit = &rows.unit;
    show::tell(format!(
        "learnt {} from {} rows of {} with a model of kind {}",
        learnt.label(),
        rows.rows.len(),
        learnt.table.source_name(),
        model.kind().name()
    ));
    if unit.is_empty() {
        show::tell("the property has no unit: a header like `band_gap [eV]` or --unit states one");
    }
    match model.scores() {
        Some(scores) => show::tell(format!(
            "over {} folds by {}: {}",
            args.learn.folds,
            rows.group_by,
            learn::scores_in_words(scores, unit)
        )),
        None => show::tell("its errors are not known: --folds 5 would find them"),
    }
    learnt.reject(rejected_to)?;
    if args.json {
        let read = Model::from_file(&args.output).map_err(|e| Failure::Failed(e.into()))?;
        super::print_json(&info::as_json(&read))?;
    }
    Ok(())
}

/// The table's name without its folder, which is nobody else's.
fn name(source: &Source) -> String {
    let name = source.path().and_then(|path| path.file_name());
    name.map_or_else(|| source.to_string(), |n| n.to_string_lossy().into_owned())
}
