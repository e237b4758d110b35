//! The whole way: predict chunk by chunk, drop what violates the constraints, rank the rest.

use crate::chunk::{Chunk, Keep};
use crate::outcome::{Coverage, Outcome, Rejected, rejected};
use crate::plan::Plan;
use crate::quantity::Quantity;
use crate::{Request, ScreeningError};
use compute::Device;
use job::Job;
use optimize::{Direction, ObjectiveColumn, RankOptions, Verdict, rank};
use plugin_host::Session;
use rayon::prelude::*;
use std::collections::BTreeSet;
use table::{CHUNK, Table};

/// Screens the candidates of a table. Works on the threads of the rayon pool it is called in; the outcome does not depend
/// on their number.
///
/// # Errors
///
/// A request that does not fit the table or the plugins, an adapter that was asked for and is not there, or
/// [`ScreeningError::Cancelled`]. A bad row, a plugin that fails
/// and a value that is not known are no errors; the outcome tells of them.
pub fn screen<'t>(
    table: &'t Table,
    request: &Request,
    job: &Job,
) -> Result<Outcome<'t>, ScreeningError> {
    let device = Device::open(request.device)?;
    let outcome = screen_on(table, request, &device, job)?;
    let failures = device.take_messages();
    if failures.is_empty() {
        return Ok(outcome);
    }
    // An adapter and the processor differ in the last digits: no ranking is made of both.
    let mut outcome = screen_on(table, request, &Device::cpu(), job)?;
    outcome.messages.extend(failures);
    Ok(outcome)
}

fn screen_on<'t>(
    table: &'t Table,
    request: &Request,
    device: &Device,
    job: &Job,
) -> Result<Outcome<'t>, ScreeningError> {
    let mut plan = Plan::new(table, request, device)?;
    // For a short list out of many candidates, keep what decides and predict the winners' chunks once more.
    let short = request.top.is_some_and(|top| top < table.len() / 4);
    let keep = if short { Keep::Deciding } else { Keep::All };
    plan.assess(table.len(), job)?;
    job.stage("predicting", Some(table.len() as u64));
    let chunks = (0..table.chunk_count())
        .into_par_iter()
        .map(|k| Chunk::new(table, &plan, k, keep, job));
    let mut chunks = chunks.collect::<Result<Vec<Chunk>, _>>()?;
    some_formula(&plan, &chunks, table)?;
    let switched_off = blank_switched_off(&plan, &mut chunks);
    let coverage = coverage(&plan, &chunks);
    if plan.by_coverage {
        plan.objectives = objectives_by_coverage(&plan, &coverage, table)?;
    }
    let mut outcome = Outcome::new(table, coverage, switched_off);
    let (feasible, objectives) = feasible(&plan, &chunks, &mut outcome);
    let columns: Vec<ObjectiveColumn> = objectives
        .iter()
        .zip(&plan.objectives)
        .map(|((mean, std), (direction, quantity))| ObjectiveColumn {
            direction: *direction,
            mean,
            std,
            non_negative: plan.is_non_negative(quantity),
        })
        .collect();
    let ranking = rank(
        &columns,
        &RankOptions {
            seed: request.seed,
            ..RankOptions::default()
        },
        job,
    )?;
    drop(columns);
    drop(objectives);
    let top = request.top.unwrap_or(usize::MAX).min(feasible.len());
    outcome.candidates = chunks.iter().map(Chunk::len).sum();
    outcome.ranked = feasible.len();
    let best = ranking.order[..top].par_iter().map(|&place| place as usize);
    outcome.order = best.clone().map(|place| feasible[place]).collect();
    let front = |place: usize| Some(ranking.front[place]).filter(|&front| front > 0);
    outcome.front = best.clone().map(front).collect();
    outcome.front_probability = best.map(|place| ranking.front_probability[place]).collect();
    if keep == Keep::Deciding {
        let winners: BTreeSet<usize> = outcome
            .order
            .iter()
            .map(|&row| row as usize / CHUNK)
            .collect();
        job.stage(
            "predicting the best once more",
            Some((winners.len() * CHUNK) as u64),
        );
        let winners: Vec<usize> = winners.into_iter().collect();
        // What failed before fails again; counted twice, it would switch a plugin off that decided the ranking.
        plan.restart()?;
        let whole = winners
            .par_iter()
            .map(|&k| Chunk::new(table, &plan, k, Keep::All, job));
        let whole = whole.collect::<Result<Vec<Chunk>, _>>()?;
        for (k, chunk) in winners.into_iter().zip(whole) {
            chunks[k] = chunk;
        }
        blank_switched_off(&plan, &mut chunks);
    }
    outcome.finish(plan, chunks);
    Ok(outcome)
}

/// An error where there are rows but not one formula: most likely the wrong column.
fn some_formula(plan: &Plan, chunks: &[Chunk], table: &Table) -> Result<(), ScreeningError> {
    let first = chunks.iter().flat_map(|c| &c.rejected).next();
    let Some((row, reason)) = first.filter(|_| chunks.iter().all(|c| c.len() == 0)) else {
        return Ok(());
    };
    let guess = table
        .guess_formula_column()
        .filter(|&column| Some(column) != plan.formulas.column);
    Err(ScreeningError::NoFormula {
        rows: table.len(),
        column: plan.formulas.column.map_or_else(
            || "structure".to_owned(),
            |column| table.columns()[column].header.clone(),
        ),
        line: table.line(*row),
        reason: reason.clone(),
        guess: guess.map(|column| table.columns()[column].header.clone()),
        rejected: rejected(table, chunks.iter().flat_map(|c| &c.rejected))
            .into_iter()
            .map(Rejected::into_owned)
            .collect(),
    })
}

/// Blanks the columns of plugins that failed too often; the messages that say so.
fn blank_switched_off(plan: &Plan, chunks: &mut [Chunk]) -> Vec<String> {
    let mut messages = Vec::new();
    for (index, predictor) in plan.predictors.iter().enumerate() {
        let Some(session) = predictor.session() else {
            continue;
        };
        let Some(why) = session.switched_off() else {
            continue;
        };
        chunks
            .par_iter_mut()
            .for_each(|chunk| chunk.blank(plan, index));
        let example = session
            .example_fault()
            .map_or_else(String::new, |fault| format!(" ({fault})"));
        messages.push(format!("{why}{example}; its columns are empty"));
    }
    messages
}

fn coverage(plan: &Plan, chunks: &[Chunk]) -> Vec<Coverage> {
    let predictors = plan.predictors.iter().enumerate();
    let coverage = predictors.map(|(index, predictor)| Coverage {
        plugin: predictor.predictor.name().to_owned(),
        title: predictor.predictor.title(),
        covered: chunks.iter().map(|c| c.predicted[index].covered).sum(),
        lost: chunks.iter().map(|c| c.predicted[index].lost).sum(),
        faulty_batches: predictor.session().map_or(0, Session::faulty_batches),
        fault: predictor.session().and_then(Session::example_fault),
        time: predictor.session().map(Session::time),
    });
    coverage.collect()
}

/// The declared objectives of the plugin that covers most candidates, the first of equals.
fn objectives_by_coverage(
    plan: &Plan,
    coverage: &[Coverage],
    table: &Table,
) -> Result<Vec<(Direction, Quantity)>, ScreeningError> {
    let ranked = (0..coverage.len())
        .filter(|&i| coverage[i].covered > 0 && !plan.declared_objectives(i).is_empty());
    let best = ranked.max_by_key(|&i| (coverage[i].covered, std::cmp::Reverse(i)));
    let best = best.ok_or_else(|| ScreeningError::NothingApplies {
        rows: table.len(),
        tried: coverage
            .iter()
            .map(|c| c.plugin.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    })?;
    Ok(plan.declared_objectives(best))
}

/// Means and standard deviations of one objective.
type Column = (Vec<f64>, Vec<f64>);

/// The rows that satisfy the constraints, and the objectives' columns over them; counts the others.
fn feasible(plan: &Plan, chunks: &[Chunk], outcome: &mut Outcome) -> (Vec<u32>, Vec<Column>) {
    let mut rows = Vec::new();
    let mut columns: Vec<Column> = plan
        .objectives
        .iter()
        .map(|_| (Vec::new(), Vec::new()))
        .collect();
    for chunk in chunks {
        let mut positions = Vec::with_capacity(chunk.len());
        for (position, (row, verdict)) in chunk.verdicts().enumerate() {
            match verdict {
                Verdict::Satisfied => {
                    rows.push(row as u32);
                    positions.push(position);
                }
                Verdict::Violated => outcome.violated += 1,
                Verdict::Unknown => outcome.undecided += 1,
            }
        }
        for ((means, stds), (_, quantity)) in columns.iter_mut().zip(&plan.objectives) {
            let values = chunk.values(plan, quantity);
            for &position in &positions {
                let (mean, std) = values(position);
                outcome.unknown_spread += usize::from(std.is_nan() && !mean.is_nan());
                means.push(mean);
                stds.push(std);
            }
        }
    }
    (rows, columns)
}
