//! `lodestone model evaluate`: how well a model of a table predicts rows that it has not seen.

use super::learn::{self, Learnt, scores_as_json};
use crate::args::EvaluateArgs;
use crate::{Failure, files, progress, show};
use anyhow::anyhow;
use desktop::FONTS;
use matter::Element;
use screening::label;
use serde_json::{Value, json};
use std::borrow::Cow;
use surrogate::model::{Evaluation, Prediction, Scores, elements_to_leave_out};
use table::{OutputTable, Source, Values};
use workbench::chart::{self, Parity};

/// An element in fewer rows is not worth a training of its own.
const LEFT_OUT_ROWS: usize = 5;

pub fn run(args: &EvaluateArgs) -> Result<(), Failure> {
    let source = Source::from_argument(&args.learn.table.data);
    learn::options(&args.learn)?;
    if args.learn.folds < 2 {
        return Err(Failure::Usage(anyhow!(
            "--folds {}: at least two are needed",
            args.learn.folds
        )));
    }
    if let Some(path) = &args.parity {
        chart::check_picture(path).map_err(|e| Failure::Usage(e.into()))?;
    }
    let output = args.output.as_deref();
    let target = match output {
        Some(_) => Some(files::target(output, false, None, &source)?),
        None => None,
    };
    let rejected = args.learn.table.rejected.as_deref();
    let rejected_to = files::rejected_path(rejected, output, &source)?;
    let (job, shown) = progress::start();
    let learnt = learn::read(&args.learn, &job)?;
    let failed = |error| learn::failure(&job, error);
    let data = learnt.rows.data();
    job.stage("cross-validating", None);
    let mut folds = Vec::new();
    let elements = elements_to_leave_out(data.rows, LEFT_OUT_ROWS);
    if args.leave_one_element_out {
        let all = learnt.rows.elements().len();
        show::tell(format!(
            "{} of {all} elements are left out in turn: those in {LEFT_OUT_ROWS} rows at least and half of the rows at most",
            elements.len()
        ));
    }
    let found = if args.leave_one_element_out {
        data.evaluate_without_elements(&elements, &learnt.options, &job)
    } else {
        folds = learnt
            .rows
            .folds(args.learn.folds as usize, args.learn.seed);
        data.evaluate(&folds, &learnt.options, &job)
    };
    let found = found.map_err(failed)?;
    if let Some(target) = &target {
        let written = target.write(&table(&learnt, &found, &folds), &job);
        written.map_err(|e| files::failed(&job, e.into()))?;
    }
    if let Some(path) = &args.parity {
        let drawn = chart::parity(&parity(&learnt, &found));
        let written = chart::write_picture(&drawn.drawing, &FONTS, path);
        written.map_err(|e| files::failed(&job, e.into()))?;
    }
    drop(shown);
    learnt.reject(rejected_to)?;
    let parts = parts(&found, args.leave_one_element_out.then_some(&elements));
    if args.json {
        return super::print_json(&as_json(args, &learnt, &found.scores, &parts));
    }
    super::print(&in_words(args, &learnt, &found.scores, &parts))
}

/// The scores of each fold or element, with its name.
fn parts<'a>(found: &'a Evaluation, elements: Option<&Vec<Element>>) -> Vec<(String, &'a Scores)> {
    let name = |index: usize| match elements {
        Some(elements) if elements.len() == found.folds.len() => {
            format!("without {}", elements[index].symbol())
        }
        Some(_) => format!("element {}", index + 1),
        None => format!("fold {}", index + 1),
    };
    let folds = found.folds.iter().enumerate();
    folds.map(|(index, scores)| (name(index), scores)).collect()
}

fn how(args: &EvaluateArgs, learnt: &Learnt) -> String {
    if args.leave_one_element_out {
        return "leaving out one element at a time".to_owned();
    }
    let by = &learnt.rows.group_by;
    let folds = args.learn.folds;
    format!("{folds} folds by {by}, seed {}", args.learn.seed)
}

fn in_words(
    args: &EvaluateArgs,
    learnt: &Learnt,
    all: &Scores,
    parts: &[(String, &Scores)],
) -> String {
    let head = ["", "rows", "MAE", "RMSE", "R2", "68 %", "95 %"];
    let line = |name: &str, s: &Scores| {
        vec![
            name.to_owned(),
            s.count.to_string(),
            show::significant(s.mae, 4),
            show::significant(s.rmse, 4),
            format!("{:.3}", s.r2),
            format!("{:.1} %", 100.0 * s.coverage_68),
            format!("{:.1} %", 100.0 * s.coverage_95),
        ]
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(parts.iter().map(|(name, scores)| line(name, scores)));
    rows.push(line("all", all));
    let unit = match learnt.rows.unit.as_str() {
        "" => String::new(),
        unit => format!(", errors in {unit}"),
    };
    format!(
        "{} of {} rows of {}: {}{unit}\n{}",
        learnt.label(),
        learnt.rows.rows.len(),
        learnt.table.source_name(),
        how(args, learnt),
        show::aligned(&rows, 0)
    )
}

fn as_json(
    args: &EvaluateArgs,
    learnt: &Learnt,
    all: &Scores,
    parts: &[(String, &Scores)],
) -> Value {
    let parts = parts.iter().map(|(name, scores)| {
        let mut part = scores_as_json(scores);
        part["name"] = json!(name);
        part
    });
    json!({
        "target": learnt.rows.target,
        "unit": learnt.rows.unit,
        "rows": learnt.rows.rows.len(),
        "groups": learnt.rows.group_count(),
        "split": how(args, learnt),
        "data_sha256": learnt.sha256,
        "scores": scores_as_json(all),
        "parts": parts.collect::<Vec<Value>>(),
    })
}

/// Which rows were predicted: place among the rows that were learnt from, and prediction.
fn predicted(found: &Evaluation) -> impl Iterator<Item = (usize, &Prediction)> {
    let all = found.predictions.iter().enumerate();
    all.filter_map(|(at, prediction)| Some((at, prediction.as_ref()?)))
}

fn parity(learnt: &Learnt, found: &Evaluation) -> Parity {
    let all = || predicted(found);
    Parity {
        name: learnt.rows.target.clone(),
        unit: learnt.rows.unit.clone(),
        observed: all().map(|(at, _)| learnt.rows.targets[at]).collect(),
        predicted: all().map(|(_, p)| p.mean).collect(),
        std: all().map(|(_, p)| p.std).collect(),
    }
}

/// The rows that were learnt from with what was predicted of them while they were left out.
fn table<'a>(learnt: &'a Learnt, found: &'a Evaluation, folds: &[usize]) -> OutputTable<'a> {
    let mut out = OutputTable::new(&learnt.order);
    out.push_input(&learnt.table);
    if !folds.is_empty() {
        let folds: Vec<u32> = folds.iter().map(|fold| *fold as u32 + 1).collect();
        out.push("fold", Values::U32(Cow::Owned(folds)));
    }
    let (name, unit) = (&learnt.rows.target, &learnt.rows.unit);
    let mut push = |what: &str, value: fn(&Prediction) -> f64| {
        let value = |p: &Option<Prediction>| p.as_ref().map_or(f64::NAN, value);
        let values: Vec<f64> = found.predictions.iter().map(value).collect();
        let header = label(&format!("{name}_{what}"), unit);
        out.push(header, Values::F64(Cow::Owned(values)));
    };
    push("predicted", |p| p.mean);
    push("std", |p| p.std);
    push("median", |p| p.median);
    push("low_68", |p| p.interval_68.0);
    push("high_68", |p| p.interval_68.1);
    push("low_95", |p| p.interval_95.0);
    push("high_95", |p| p.interval_95.1);
    let notes = |row: usize, text: &mut String| {
        if let Some(prediction) = &found.predictions[row] {
            text.push_str(&prediction.notes);
        }
    };
    out.push("notes", Values::Written(Box::new(notes)));
    out
}
