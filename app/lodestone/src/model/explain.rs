//! `lodestone model explain`: why a model predicts what it predicts.

use super::list::find;
use super::{print, print_json};
use crate::args::ExplainArgs;
use crate::{Failure, files, progress, show};
use job::Job;
use screening::{Model, explain_table, label};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;
use surrogate::model::Explanation;
use table::{ReadOptions, Source, Table};

/// Candidates of a table that are explained: each takes a page.
const MOST_ROWS: usize = 1000;

pub fn run(args: &ExplainArgs) -> Result<(), Failure> {
    let model = find(&args.model)?;
    let (job, shown) = progress::start();
    let failed = |error: anyhow::Error| files::failed(&job, error);
    let (table, structures) = candidates(args, &job).map_err(failed)?;
    let structures = structures.map(Arc::new);
    let column = args.formula_column.as_deref();
    let wanted = 0..table.len().min(MOST_ROWS);
    let told = explain_table(&table, &model, column, structures, wanted, args.top, &job);
    let told = told.map_err(|e| failed(e.into()))?;
    drop(shown);
    for message in table.messages().iter().chain(&told.messages) {
        show::tell(message);
    }
    if table.len() > MOST_ROWS {
        show::tell(format!(
            "the first {MOST_ROWS} of {} candidates are explained",
            table.len()
        ));
    }
    files::tell_rejected(&told.rejected(&table), None);
    let name = |row: u32| name(&table, column, row as usize);
    if args.json {
        let all = told.rows.iter().map(|(row, told)| match told {
            Ok(told) => as_json(&model, &name(*row), told),
            Err(why) => json!({ "candidate": name(*row), "error": why }),
        });
        return print_json(&all.collect());
    }
    let mut text = String::new();
    for (row, told) in &told.rows {
        match told {
            Ok(told) => text.push_str(&in_words(&model, &name(*row), told, args.top)),
            Err(why) => text.push_str(&format!("{}: {why}\n", show::visible(&name(*row)))),
        }
        text.push('\n');
    }
    print(text.trim_end_matches('\n'))?;
    print("\n")
}

/// The table that is named, or one of the formulas that are.
fn candidates(
    args: &ExplainArgs,
    job: &Job,
) -> anyhow::Result<(Table, Option<screening::Structures>)> {
    if let [only] = args.candidates.as_slice() {
        let source = Source::from_argument(OsStr::new(only));
        let is_table = only == "-" || source.format().is_ok() || Path::new(only).exists();
        if is_table {
            return files::candidates(&source, None, job);
        }
    }
    let mut text = String::from("formula\n");
    for formula in &args.candidates {
        text.push_str(&format!("\"{}\"\n", formula.replace('"', "\"\"")));
    }
    let options = ReadOptions {
        delimiter: Some(b','),
        ..ReadOptions::default()
    };
    let table = Table::read_text(text.as_bytes(), "the command line", &options, job)?;
    Ok((table, None))
}

/// What a candidate is called: its formula, or its line.
fn name(table: &Table, column: Option<&str>, row: usize) -> String {
    match table.formula_column(column) {
        Ok(column) => table.text(column, row).into_owned(),
        Err(_) => format!("line {}", table.line(row)),
    }
}

fn in_words(model: &Model, candidate: &str, told: &Explanation, top: usize) -> String {
    let unit = match model.unit() {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    let number = |x: f64| show::significant(x, 4);
    let p = &told.prediction;
    let mut text = format!(
        "{}: {} {}{unit} (95 % within {} to {}{unit})\n",
        show::visible(candidate),
        model.property(),
        show::value_with_error(p.mean, p.std),
        number(p.interval_95.0),
        number(p.interval_95.1)
    );
    if !p.notes.is_empty() {
        text.push_str(&format!("  {}\n", show::visible(&p.notes)));
    }
    text.push_str(&format!(
        "  {}{unit} where nothing is known; {}\n",
        number(told.base),
        told.method
    ));
    for c in told.contributions.iter().take(top) {
        let value = match c.value.is_nan() {
            true => String::new(),
            false => format!(" = {}", number(c.value)),
        };
        let error = match c.error > 0.0 {
            true => format!(" ± {}", show::significant(c.error, 2)),
            false => String::new(),
        };
        let sign = if c.amount < 0.0 { "-" } else { "+" };
        text.push_str(&format!(
            "  {sign}{}{error}{unit}  {}{value}\n",
            number(c.amount.abs()),
            show::visible(&c.name)
        ));
    }
    if let Some(rest) = told
        .contributions
        .get(top..)
        .filter(|rest| !rest.is_empty())
    {
        let sum: f64 = rest.iter().map(|c| c.amount).sum();
        let sign = if sum < 0.0 { "-" } else { "+" };
        text.push_str(&format!(
            "  {sign}{}{unit}  {} more together\n",
            number(sum.abs()),
            rest.len()
        ));
    }
    if !told.nearest.is_empty() {
        text.push_str("  nearest training data (distance in standard deviations)\n");
    }
    for nearest in &told.nearest {
        text.push_str(&format!(
            "  {}  {}{unit}, distance {}\n",
            show::visible(&nearest.name),
            number(nearest.target),
            show::significant(nearest.distance, 2)
        ));
    }
    text
}

fn as_json(model: &Model, candidate: &str, told: &Explanation) -> Value {
    let p = &told.prediction;
    let contributions = told
        .contributions
        .iter()
        .map(|c| json!({ "name": c.name, "value": c.value, "amount": c.amount, "error": c.error }));
    let nearest = told
        .nearest
        .iter()
        .map(|n| json!({ "name": n.name, "target": n.target, "distance": n.distance }));
    json!({
        "candidate": candidate,
        "property": label(&model.property(), model.unit()),
        "mean": p.mean,
        "std": p.std,
        "median": p.median,
        "interval_68": [p.interval_68.0, p.interval_68.1],
        "interval_95": [p.interval_95.0, p.interval_95.1],
        "notes": p.notes,
        "base": told.base,
        "method": told.method,
        "contributions": contributions.collect::<Vec<Value>>(),
        "nearest": nearest.collect::<Vec<Value>>(),
    })
}
