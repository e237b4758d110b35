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
    let structures = structures.map(Arc::new);
    let predicted = predict_table(&table, &model, formulas, structures, args.intervals, &job);
    let predicted = predicted.map_err(|e| failed(e.into()))?;
    let target_name = &model.model().about().target;
    // Beside an observed column of that name, a prediction needs one of its own.
    let taken = table.columns().iter().any(|c| c.name == *target_name);
    let name = if taken {
        model.property()
    } else {
        target_name.clone()
    };
    let output = output(&table, &predicted, &name, model.unit());
    target.write(&output, &job).map_err(|e| failed(e.into()))?;
    drop(shown);
    for message in table.messages().iter().chain(&predicted.messages) {
        show::tell(message);
    }
    let columns = &predicted.columns;
    let known = columns.mean.iter().filter(|mean| mean.is_finite()).count();
    let outside = columns.mean.iter().zip(&columns.outside);
    let outside = outside.filter(|(mean, outside)| mean.is_finite() && **outside);
    show::tell(format!(
        "{}: predicted {} of {} candidates with model {} ({} of them outside its training data, see notes)",
        label(target_name, model.unit()),
        known,
        predicted.rows.len(),
        model.name(),
        outside.count()
    ));
    let rejected = predicted.rejected(&table);
    let written = files::write_rejected_rows(&rejected, rejected_to.as_deref());
    files::tell_rejected(&rejected, rejected_to.as_deref());
    written.map_err(|e| Failure::Failed(e.into()))
}

/// The input's columns, then the property, its standard deviation, what else was asked for, and notes.
fn output<'a>(
    table: &'a table::Table,
    predicted: &'a PredictedRows,
    name: &str,
    unit: &str,
) -> OutputTable<'a> {
    let mut out = OutputTable::new(&predicted.rows);
    out.push_input(table);
    let columns = &predicted.columns;
    let borrowed = |values: &'a [f64]| Values::F64(Cow::Borrowed(values));
    out.push(label(name, unit), borrowed(&columns.mean));
    out.push(label(&format!("{name}_std"), unit), borrowed(&columns.std));
    if let Some(whole) = &predicted.whole {
        let mut push = |what: &str, unit: &str, value: fn(&Prediction) -> f64| {
            let values: Vec<f64> = whole.iter().map(value).collect();
            let header = label(&format!("{name}_{what}"), unit);
            out.push(header, Values::F64(Cow::Owned(values)));
        };
        push("median", unit, |p| p.median);
        push("low_68", unit, |p| p.interval_68.0);
        push("high_68", unit, |p| p.interval_68.1);
        push("low_95", unit, |p| p.interval_95.0);
        push("high_95", unit, |p| p.interval_95.1);
        push("probability_of_zero", "", |p| p.probability_of_zero);
    }
    let notes = |row: usize, text: &mut String| {
        if let Ok(at) = columns.notes.binary_search_by_key(&row, |(row, _)| *row) {
            text.push_str(&columns.notes[at].1);
        }
    };
    out.push("notes", Values::Written(Box::new(notes)));
    out
}
