//! `lodestone model predict`: what a model says of each row of a table.

use super::list::find;
use crate::args::{PredictArgs, StdoutFormat};
use crate::{Failure, files, progress, show};
use screening::{PredictedRows, label, predict_table};
use std::borrow::Cow;
use std::sync::Arc;
use surrogate::model::Prediction;
use table::{OutputTable, Source, Values};

pub fn run(args: &PredictArgs) -> Result<(), Failure> {
    let model = find(&args.model)?;
    let source = Source::from_argument(&args.table.data);
    let format = args.format.or(Some(StdoutFormat::Csv));
    let output_path = args.output.as_deref();
    let target = files::target(output_path, args.json, format, &source)?;
    let rejected = args.table.rejected.as_deref();
    let rejected_to = files::rejected_path(rejected, output_path, &source)?;
    let (job, shown) = progress::start();
    let failed = |error: anyhow::Error| files::failed(&job, error);
    let column = args.table.structure_column.as_deref();
    let (table, structures) = files::candidates(&source, column, &job).map_err(failed)?;
    let formulas = args.table.formula_column.as_deref();
    let predicted = predict_table(&table, &model, formulas, structures.map(Arc::new), &job);
    let predicted = predicted.map_err(|e| failed(e.into()))?;
    let target_name = &model.model().about().target;
    let output = output(
        &table,
        &predicted,
        target_name,
        model.unit(),
        args.intervals,
    );
    target.write(&output, &job).map_err(|e| failed(e.into()))?;
    drop(shown);
    for message in table.messages().iter().chain(&predicted.messages) {
        show::tell(message);
    }
    let known = predicted.predictions.iter();
    let known = known.filter(|p| p.mean.is_finite()).collect::<Vec<_>>();
    show::tell(format!(
        "{}: predicted {} of {} candidates with model {} ({} of them outside its training data, see notes)",
        label(target_name, model.unit()),
        known.len(),
        predicted.rows.len(),
        model.name(),
        known.iter().filter(|p| p.outside).count()
    ));
    let rejected = predicted.rejected(&table);
    let written = files::write_rejected_rows(&rejected, rejected_to.as_deref());
    files::tell_rejected(&rejected, rejected_to.as_deref());
    written.map_err(|e| Failure::Failed(e.into()))
}

/// The input's columns, then the property, its standard deviation, and notes.
fn output<'a>(
    table: &'a table::Table,
    predicted: &'a PredictedRows,
    target: &str,
    unit: &str,
    intervals: bool,
) -> OutputTable<'a> {
    let mut out = OutputTable::new(&predicted.rows);
    out.push_input(table);
    let mut push = |name: String, value: fn(&Prediction) -> f64, unit: &str| {
        let values: Vec<f64> = predicted.predictions.iter().map(value).collect();
        out.push(label(&name, unit), Values::F64(Cow::Owned(values)));
    };
    push(target.to_owned(), |p| p.mean, unit);
    push(format!("{target}_std"), |p| p.std, unit);
    if intervals {
        push(format!("{target}_median"), |p| p.median, unit);
        push(format!("{target}_low_68"), |p| p.interval_68.0, unit);
        push(format!("{target}_high_68"), |p| p.interval_68.1, unit);
        push(format!("{target}_low_95"), |p| p.interval_95.0, unit);
        push(format!("{target}_high_95"), |p| p.interval_95.1, unit);
        push(
            format!("{target}_probability_of_zero"),
            |p| p.probability_of_zero,
            "",
        );
    }
    let notes = |row: usize, text: &mut String| text.push_str(&predicted.predictions[row].notes);
    out.push("notes", Values::Written(Box::new(notes)));
    out
}
