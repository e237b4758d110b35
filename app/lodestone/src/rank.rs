//! `lodestone rank`: a list of candidates in, a ranking out.

use crate::args::{RankArgs, StdoutFormat};
use crate::{Failure, plugins, progress, show};
use anyhow::{Context, Result, anyhow};
use job::Job;
use optimize::{Constraint, Direction, Objective};
use screening::{Outcome, Request, ScreeningError, Setting, Structures, screen};
use std::borrow::Cow;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use table::{
    Destination, OutputFormat, ReadOptions, Source, Table, TableError, write_atomically,
    write_rejected,
};

/// Reasons shown on standard error when the rejected rows go to no file.
const SHOWN_REJECTED: usize = 5;

/// How many candidates a person sees where they named no number.
const TABLE_ROWS: usize = 10;

/// Where and how the result is written.
enum Target {
    File(Destination, OutputFormat),
    Stdout(StdoutFormat),
}

pub fn run(args: &RankArgs) -> Result<(), Failure> {
    let threads = args.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool
        .context("cannot start worker threads")
        .map_err(Failure::Failed)?;
    pool.install(|| rank(args))
}

fn rank(args: &RankArgs) -> Result<(), Failure> {
    let source = Source::from_argument(&args.candidates);
    let mut request = request(args).map_err(Failure::Usage)?;
    let target = target(args, &source)?;
    if matches!(target, Target::Stdout(StdoutFormat::Table)) && request.top.is_none() {
        request.top = Some(TABLE_ROWS);
    }
    let rejected_to = rejected_path(args, &source)?;
    let (job, shown) = progress::start();
    let read = candidates(args, &source, &job);
    let (table, structures) = read.map_err(|error| {
        if let Some(TableError::AllRejected { rejected, .. }) = error.downcast_ref() {
            let rows = rejected.iter().map(|r| {
                let reason = r.reason.to_string();
                (r.line, Cow::from(reason), Cow::from(&*r.text))
            });
            reject_all(&job, rows, rejected_to.as_ref());
        }
        failed(&job, error)
    })?;
    request.structures = structures.map(Arc::new);
    let outcome = load_plugins(args, &mut request)
        .and_then(|()| {
            let screened = screen(&table, &request, &job);
            screened.map_err(|error| {
                if let ScreeningError::NoFormula { rejected, .. } = &error {
                    let rows = rejected.iter();
                    let rows = rows.map(|r| (r.line, r.reason.clone(), r.text.clone()));
                    reject_all(&job, rows, rejected_to.as_ref());
                }
                screening_failure(&job, error)
            })
        })
        // How the table was read may be why it cannot be used.
        .inspect_err(|_| table.messages().iter().for_each(show::tell))?;
    let output = outcome.output();
    let renamed = output.renamed();
    let written = match &target {
        Target::File(destination, format) => {
            destination.write(|writer| output.write(writer, *format, &job))
        }
        Target::Stdout(StdoutFormat::Csv) => {
            Destination::Stdout.write(|writer| output.write(writer, OutputFormat::Csv, &job))
        }
        Target::Stdout(StdoutFormat::Json) => {
            Destination::Stdout.write(|writer| output.write(writer, OutputFormat::Json, &job))
        }
        Target::Stdout(StdoutFormat::Table) => {
            Destination::Stdout.write(|writer| show::ranking(writer, &outcome))
        }
    };
    written.map_err(|e| failed(&job, e.into()))?;
    let rejected = write_rejected_rows(&outcome, rejected_to.as_ref());
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

/// The table of candidates, and their structures where it names any or is a folder of them.
fn candidates(args: &RankArgs, source: &Source, job: &Job) -> Result<(Table, Option<Structures>)> {
    if let Some(folder) = source.path().filter(|path| path.is_dir()) {
        let (table, structures) = Structures::of_folder(folder, job)?;
        return Ok((table, Some(structures)));
    }
    let table = Table::read(source, &ReadOptions::default(), job)?;
    let column = match &args.structure_column {
        Some(name) => Some(table.find_column(name)?),
        None => Structures::find_column(&table),
    };
    let folder = source.path().and_then(Path::parent);
    let folder = folder.unwrap_or(Path::new(""));
    let structures = column.map(|column| Structures::read(&table, column, folder, job));
    Ok((table, structures.transpose()?))
}

fn failed(job: &Job, error: anyhow::Error) -> Failure {
    // Whatever went wrong after Ctrl-C went wrong because of it.
    Failure::Failed(if job.is_cancelled() {
        anyhow!("cancelled; no file was changed")
    } else {
        error
    })
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
        failed(job, error.into())
    }
}

fn request(args: &RankArgs) -> Result<Request> {
    let objectives = args
        .objectives
        .iter()
        .map(|text| Ok(text.parse::<Objective>()?));
    let constraints = args
        .constraints
        .iter()
        .map(|text| Ok(Constraint::parse(text)?));
    let settings = args
        .settings
        .iter()
        .map(|text| Ok(text.parse::<Setting>()?));
    Ok(Request {
        plugins: Vec::new(),
        plugins_are_named: !args.plugins.is_empty(),
        models: Vec::new(),
        settings: settings.collect::<Result<_>>()?,
        objectives: objectives.collect::<Result<_>>()?,
        constraints: constraints.collect::<Result<_>>()?,
        formula_column: args.formula_column.clone(),
        structures: None,
        top: args.top,
        seed: args.seed,
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
            Err(error) => refused.push(error),
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

fn target(args: &RankArgs, source: &Source) -> Result<Target, Failure> {
    if let Some(path) = &args.output {
        let format = OutputFormat::of_path(path).map_err(|e| Failure::Usage(e.into()))?;
        let destination = Destination::file(path, source).map_err(|e| Failure::Failed(e.into()))?;
        return Ok(Target::File(destination, format));
    }
    let default = if std::io::stdout().is_terminal() {
        StdoutFormat::Table
    } else {
        StdoutFormat::Csv
    };
    Ok(Target::Stdout(if args.json {
        StdoutFormat::Json
    } else {
        args.format.unwrap_or(default)
    }))
}

/// The file for rows that cannot be used, after checking that it is neither the input nor the output.
fn rejected_path(args: &RankArgs, source: &Source) -> Result<Option<PathBuf>, Failure> {
    let beside_output = |output: &PathBuf| {
        let mut path = output.clone().into_os_string();
        path.push(".rejected.csv");
        PathBuf::from(path)
    };
    let Some(path) = args
        .rejected
        .clone()
        .or_else(|| args.output.as_ref().map(beside_output))
    else {
        return Ok(None);
    };
    Destination::file(&path, source)
        .context("--rejected")
        .map_err(Failure::Failed)?;
    if args
        .output
        .as_ref()
        .is_some_and(|output| same_file(output, &path))
    {
        let why = anyhow!(
            "--rejected and --output both name {}; give two files",
            path.display()
        );
        return Err(Failure::Usage(why));
    }
    Ok(Some(path))
}

/// Whether two paths, of which neither need exist, name the same file.
fn same_file(a: &Path, b: &Path) -> bool {
    let whole = |path: &Path| std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    match (whole(a), whole(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

/// Writes all rows of a table where none can be used, before that ends the work.
fn reject_all<'a>(
    job: &Job,
    rows: impl Iterator<Item = (u64, Cow<'a, str>, Cow<'a, str>)>,
    path: Option<&PathBuf>,
) {
    let Some(path) = path.filter(|_| !job.is_cancelled()) else {
        return;
    };
    let name = path.display().to_string();
    match write_atomically(path, |mut writer| write_rejected(&mut writer, &name, rows)) {
        Ok(()) => show::tell(format!("no row is usable; see {name}")),
        Err(error) => show::tell(format!("lodestone: {error}")),
    }
}

/// Writes the rows that could not be used; where there are none, a file with a header alone, so that an old one of that
/// name does not speak of another run.
fn write_rejected_rows(outcome: &Outcome, path: Option<&PathBuf>) -> Result<(), TableError> {
    let Some(path) = path else { return Ok(()) };
    let rows = outcome.rejected();
    write_atomically(path, |mut writer| {
        let rows = rows
            .iter()
            .map(|r| (r.line, Cow::Borrowed(&*r.reason), Cow::Borrowed(&*r.text)));
        write_rejected(&mut writer, &path.display().to_string(), rows)
    })
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
    let count = outcome.rejected_count();
    if count == 0 {
        return;
    }
    let rows = if count == 1 {
        "1 row was".to_owned()
    } else {
        format!("{count} rows were")
    };
    match rejected_to {
        Some(path) => show::tell(format!("{rows} not usable; see {}", path.display())),
        None => {
            show::tell(format!("{rows} not usable:"));
            for row in outcome.rejected().iter().take(SHOWN_REJECTED) {
                show::tell(format!("  line {}: {}", row.line, row.reason));
            }
            if count > SHOWN_REJECTED {
                show::tell("  ... (--rejected FILE writes all of them)");
            }
        }
    }
}

/// An objective in words, as the messages show it.
fn objective(direction: Direction, label: &str) -> String {
    match direction {
        Direction::Maximize => format!("max:{label}"),
        Direction::Minimize => format!("min:{label}"),
        Direction::Target(value) => format!("target:{label}={value}"),
    }
}
