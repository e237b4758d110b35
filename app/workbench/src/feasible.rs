//! How many candidates would satisfy the constraints, counted from what is predicted already: quick beside a ranking, so that
//! a count follows every letter of a constraint.

use crate::project::Project;
use crate::results::{Column, Results};
use job::{Cancelled, Job};
use optimize::{Constraint, Verdict};
use rayon::prelude::*;

/// How many candidates satisfy the constraints of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feasible {
    /// All constraints and the rules of the elements.
    pub all: usize,
    /// Each of the project's constraints by itself; `None` where it cannot be read, or speaks of what is not known here.
    pub each: Vec<Option<usize>>,
    /// Rows with a formula that can be read.
    pub candidates: usize,
}

/// Counts them. `None` where nothing is predicted yet, or a constraint cannot be judged by what is.
pub(crate) fn feasible(
    results: &Results,
    project: &Project,
    job: &Job,
) -> Result<Option<Feasible>, Cancelled> {
    if !results.is_ranked() {
        return Ok(None);
    }
    let rows: Vec<u32> = (0..results.table().len() as u32)
        .filter(|&row| !results.composition(row).atomic_numbers.is_empty())
        .collect();
    let mut all = vec![true; rows.len()];
    let mut judged = true;
    let mut holds = |text: &str| -> Result<Option<usize>, Cancelled> {
        job.check()?;
        let Some(satisfied) = satisfied(results, text, &rows) else {
            judged = false;
            return Ok(None);
        };
        for (all, &one) in all.iter_mut().zip(&satisfied) {
            *all &= one;
        }
        Ok(Some(satisfied.into_iter().filter(|&one| one).count()))
    };
    let mut each = Vec::new();
    for text in &project.constraints {
        each.push(match text.trim() {
            "" => None,
            text => holds(text)?,
        });
    }
    if let Some(text) = project.element_constraint() {
        holds(&text)?;
    }
    Ok(judged.then(|| Feasible {
        all: all.into_iter().filter(|&one| one).count(),
        each,
        candidates: rows.len(),
    }))
}

/// Whether each of some rows satisfies a constraint.
fn satisfied(results: &Results, text: &str, rows: &[u32]) -> Option<Vec<bool>> {
    let constraint = Constraint::parse(text).ok()?;
    let names = constraint.properties().iter();
    let columns: Option<Vec<&Column>> = names.map(|name| column(results, name)).collect();
    let values = columns?.into_iter().map(|column| {
        let values = rows.par_iter().map(|&row| results.value(column, row).mean);
        values.collect::<Vec<f64>>()
    });
    let values: Vec<Vec<f64>> = values.collect();
    let values: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    let composition = |at: usize| Some(results.composition(rows[at]));
    let verdicts = constraint.evaluate(rows.len(), &values, composition);
    Some(
        verdicts
            .into_iter()
            .map(|verdict| verdict == Verdict::Satisfied)
            .collect(),
    )
}

/// A column as a screening finds it: by its name with or without its unit, or by its last part where only one has it.
fn column<'a>(results: &'a Results, name: &str) -> Option<&'a Column> {
    let name = name.trim();
    let numbers = || {
        let columns = results.columns().iter();
        columns.filter(|c| c.is_number && !c.name.starts_with("lodestone."))
    };
    let label = |name: &str, column: &Column| screening::label(name, &column.unit);
    let whole = numbers().find(|c| c.name == name || label(&c.name, c) == name);
    whole.or_else(|| {
        let is_last_part = |column: &&Column| {
            let last = column.name.rsplit_once('.').map(|(_, last)| last);
            last.is_some_and(|last| last == name || label(last, column) == name)
        };
        let mut found = numbers().filter(is_last_part);
        found.next().filter(|_| found.next().is_none())
    })
}
