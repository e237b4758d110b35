//! `lodestone rank`: a list of candidates in, a ranking out.

use crate::args::{RankArgs, StdoutFormat, constraints, parsed};
use crate::files::{self, Target};
use crate::{Failure, model, plugins, progress, show};
use anyhow::{Result, anyhow};
use job::Job;
use optimize::Direction;
use screening::{Outcome, Request, ScreeningError, screen};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use table::{Destination, Source, Table, TableError};

/// How many candidates a person sees where they named no number.
const TABLE_ROWS: usize = 10;

pub fn run(args: &RankArgs) -> Result<(), Failure> {
    model::on_threads(args.threads, || rank(args))
}

fn rank(args: &RankArgs) -> Result<(), Failure> {
    let source = Source::from_argument(&args.candidates);
    let mut request = request(args).map_err(Failure::Usage)?;
    for name in &args.models {
        request.models.push(model::find(name)?);
    }
    let target = files::target(args.output.as_deref(), args.json, args.format, &source)?;
    if matches!(target, Target::Stdout(StdoutFormat::Table)) && request.top.is_none() {
        request.top = Some(TABLE_ROWS);
    }
    let output_path = args.output.as_deref();
    let rejected_to = files::rejected_path(args.rejected.as_deref(), output_path, &source)?;
    let (job, shown) = progress::start();
    let column = args.structure_column.as_deref();
    let read = files::candidates(&source, column, &job);
    let (table, structures) = read.map_err(|error| {
        if let Some(TableError::AllRejected { rejected, .. }) = error.downcast_ref() {
            let rows = rejected.iter().map(|r| {
                let reason = r.reason.to_string();
                (r.line, Cow::from(reason), Cow::from(&*r.text))
            });
            files::reject_all(&job, rows, rejected_to.as_deref());
        }
        files::failed(&job, error)
    })?;
    request.structures = structures.map(Arc::new);
    let outcome = load_plugins(args, &mut request)
        .and_then(|()| {
            let screened = screen(&table, &request, &job);
            screened.map_err(|error| {
                if let ScreeningError::NoFormula { rejected, .. } = &error {
                    let rows = rejected.iter();
                    let rows = rows.map(|r| (r.line, r.reason.clone(), r.text.clone()));
                    files::reject_all(&job, rows, rejected_to.as_deref());
                }
                screening_failure(&job, error)
            })
        })
        // How the table was read may be why it cannot be used.
        .inspect_err(|_| table.messages().iter().for_each(show::tell))?;
    let output = outcome.output();
    let renamed = output.renamed();
    let written = match &target {
        Target::Stdout(StdoutFormat::Table) => {
            Destination::Stdout.write(|writer| show::ranking(writer, &outcome))
        }
        target => target.write(&output, &job),
    };
    written.map_err(|e| files::failed(&job, e.into()))?;
    let rejected = files::write_rejected_rows(&outcome.rejected(), rejected_to.as_deref());
    drop(shown);
    for (header, written) in renamed {
        show::tell(format!(
            "column {header:?} of the table is called {written:?} in the output, which has a {header:?} of its own"
        ));
    }
    tell(&table, &outcome, rejected_to.as_ref());
    // By now the output is written: an error here is told as it is, whether or not somebody pressed Ctrl-C.
    rejected.map_err(|e| Failure::Failed(e.into()))
}

fn screening_failure(job: &Job, error: ScreeningError) -> Failure {
    use ScreeningError as E;
    let usage = matches!(
        error,
        E::Objective { .. }
            | E::Constraint(_)
            | E::Parameter(_)
            | E::SettingPlugin { .. }
            | E::NoObjective { .. }
    );
    if usage {
        Failure::Usage(error.into())
    } else {
        files::failed(job, error.into())
    }
}

fn request(args: &RankArgs) -> Result<Request> {
    Ok(Request {
        plugins: Vec::new(),
        plugins_are_named: !args.plugins.is_empty(),
        models: Vec::new(),
        settings: parsed(&args.settings)?,
        objectives: parsed(&args.objectives)?,
        constraints: constraints(&args.constraints)?,
        formula_column: args.formula_column.clone(),
        structures: None,
        top: args.top,
        seed: args.seed,
        device: args.device,
    })
}

/// The named plugins, or all installed ones. One that is refused is told and left out, as one that fails later would be;
/// where the user named plugins and none is left, there is nothing to do.
fn load_plugins(args: &RankArgs, request: &mut Request) -> Result<(), Failure> {
    let host = plugins::host()?;
    for message in host.messages() {
        show::tell(format!("lodestone: {message}"));
    }
    let locations = if request.plugins_are_named {
        let named = args.plugins.iter().map(|name| plugins::locate(name));
        named.collect::<Result<Vec<_>>>().map_err(Failure::Usage)?
    } else {
        plugins::installed()?
            .into_iter()
            .map(|(_, location)| location)
            .collect()
    };
    let (mut refused, mut marks) = (Vec::new(), Vec::new());
    for location in &locations {
        match location.load(&host) {
            Ok((plugin, _))
                if !request.plugins_are_named
                    && request.plugins.iter().any(|p| p.id() == plugin.id()) =>
            {
                refused.push(anyhow!(
                    "plugin {} is refused: there already is a plugin {}",
                    plugin.origin(),
                    plugin.id()
                ));
            }
            Ok((plugin, standing)) => {
                let mark = standing.mark();
                marks.extend(
                    mark.map(|m| format!("plugin {} ({}) is {m}", plugin.id(), plugin.origin())),
                );
                request.plugins.push(plugin);
            }
            Err(error) => refused.push(error.into()),
        }
    }
    if request.plugins_are_named && request.plugins.is_empty() && refused.len() == 1 {
        return Err(Failure::Failed(refused.remove(0)));
    }
    for error in &refused {
        show::tell(format!("lodestone: {error:#}; it is left out"));
    }
    for mark in &marks {
        show::tell(format!("lodestone: {mark}"));
    }
    if request.plugins_are_named && request.plugins.is_empty() {
        return Err(Failure::Failed(anyhow!(
            "none of the named plugins can be used"
        )));
    }
    for message in request.plugins.iter().flat_map(|p| p.messages()) {
        show::tell(format!("lodestone: {message}"));
    }
    Ok(())
}

/// Says on standard error what was ranked by, what was left out and why.
fn tell(table: &Table, outcome: &Outcome, rejected_to: Option<&PathBuf>) {
    for message in table
        .messages()
        .iter()
        .chain(&outcome.messages)
        .chain(&outcome.switched_off)
    {
        show::tell(message);
    }
    for coverage in &outcome.coverage {
        let failed = if coverage.lost > 0 {
            format!(", failed on {}", coverage.lost)
        } else {
            String::new()
        };
        show::tell(format!(
            "{}: applies to {} of {} candidates{failed}",
            coverage.title, coverage.covered, outcome.candidates
        ));
    }
    let by: Vec<String> = outcome
        .objectives()
        .iter()
        .map(|(direction, q)| objective(*direction, &q.label()))
        .collect();
    let (ranked, given) = (outcome.ranked, outcome.order.len());
    let best = if given < ranked {
        format!("; the best {given} are given")
    } else {
        String::new()
    };
    show::tell(format!(
        "ranked {ranked} candidates by {}{best}",
        by.join(", ")
    ));
    if outcome.unknown_spread > 0 {
        show::tell(format!(
            "front_probability takes {} values of objectives as exact because their error is not known",
            outcome.unknown_spread
        ));
    }
    let left_out = [
        (outcome.violated, "left out by --where"),
        (
            outcome.undecided,
            "left out because a value that --where asks for is not known",
        ),
    ];
    for (count, why) in left_out.into_iter().filter(|(count, _)| *count > 0) {
        show::tell(format!("{why}: {count} of {}", outcome.candidates));
    }
    files::tell_rejected(&outcome.rejected(), rejected_to.map(PathBuf::as_path));
}

/// An objective in words, as the messages show it.
fn objective(direction: Direction, label: &str) -> String {
    match direction {
        Direction::Maximize => format!("max:{label}"),
        Direction::Minimize => format!("min:{label}"),
        Direction::Target(value) => format!("target:{label}={value}"),
    }
}
