//! `lodestone plugin new | doctor | build | test | watch`: from an empty folder to a component that passes its cases.

use super::{paragraph, pretty, print};
use crate::args::{DoctorArgs, NewArgs};
use crate::plugins::host;
use crate::show::tell;
use crate::{Failure, progress};
use anyhow::{Context, anyhow};
use authoring::{
    AuthoringError, Built, CaseFailure, CasesReport, Language, Project, Readiness, Watch,
};
use job::Job;
use plugin_host::{CheckReport, Host, Plugin, Severity};
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Failing cases shown to people; `--json` has them all.
const SHOWN_FAILURES: usize = 20;

fn failed(error: AuthoringError) -> Failure {
    match error {
        AuthoringError::Name { .. } | AuthoringError::Occupied { .. } => {
            Failure::Usage(error.into())
        }
        error => Failure::Failed(error.into()),
    }
}

/// Writes a project, or renews the SDK of one.
pub(super) fn new(args: &NewArgs) -> Result<(), Failure> {
    if let Some(folder) = &args.refresh_sdk {
        let project = Project::open(folder).map_err(failed)?;
        let renewed = authoring::refresh_sdk(&project).map_err(failed)?;
        return print(match renewed {
            true => format!(
                "{}: its SDK is now that of this program\n",
                folder.display()
            ),
            false => format!("{}: its SDK is that of this program\n", folder.display()),
        });
    }
    let Some(name) = &args.name else {
        return Err(Failure::Usage(anyhow!("give the new plugin's name")));
    };
    let language = args.language.into();
    let folder = args.into.clone().unwrap_or_else(|| PathBuf::from(name));
    let project = authoring::create(name, language, &folder).map_err(failed)?;
    let shown = folder.display();
    let mut text = format!(
        "{shown}: a plugin in {} that predicts something already; next\n\n  cd {shown}\n",
        project.language().title()
    );
    for (command, what) in [
        (
            "lodestone plugin doctor",
            "is everything there to build it?",
        ),
        ("lodestone plugin build", "makes the component"),
        (
            "lodestone plugin test",
            "runs the cases in tests/ through the sandbox",
        ),
        (
            "lodestone plugin watch",
            "both again whenever you save a file",
        ),
    ] {
        let command = match command.ends_with("doctor") {
            true => format!("{command} --lang {language}"),
            false => command.to_owned(),
        };
        text.push_str(&format!("  {command:<40} {what}\n"));
    }
    text.push_str("\nREADME.md explains the interface.\n");
    print(text)
}

/// Says what each language lacks on this machine.
pub(super) fn doctor(args: &DoctorArgs) -> Result<(), Failure> {
    let folder = Path::new(".");
    // Inside a project its own language is meant.
    let own = Project::open(folder).ok().map(|p| p.language());
    let named = args.language.map(Language::from).or(own);
    let languages = named.map_or(Language::ALL.to_vec(), |l| vec![l]);
    let (job, shown) = progress::start();
    let mut all = Vec::new();
    for language in languages {
        all.push(authoring::examine(language, folder, &job).map_err(failed)?);
    }
    drop(shown);
    print(if args.json {
        pretty(&json!(all))?
    } else {
        all.iter().map(readiness_text).collect()
    })?;
    match all.iter().find(|r| named.is_some() && !r.ready) {
        Some(lacking) => Err(Failure::Failed(anyhow!(
            "plugins in {} cannot be built here yet",
            lacking.language
        ))),
        None => Ok(()),
    }
}

fn readiness_text(readiness: &Readiness) -> String {
    let state = if readiness.ready {
        "ready"
    } else {
        "not ready"
    };
    let mut text = format!("{}: {state}\n", readiness.language);
    for finding in &readiness.findings {
        let mark = if finding.remedy.is_some() {
            "MISSING"
        } else {
            "ok"
        };
        text.push_str(&format!(
            "  {mark:<8} {}: {}\n",
            finding.what, finding.found
        ));
        if let Some(remedy) = &finding.remedy {
            text.push_str(&format!("           -> {remedy}\n"));
        }
    }
    text
}

/// Builds the project in `folder` and says what came out.
pub(super) fn build(folder: &Path) -> Result<(), Failure> {
    let project = Project::open(folder).map_err(failed)?;
    let host = host()?;
    let (job, shown) = progress::start();
    let built = build_project(&project, &host, &job).map_err(failed);
    drop(shown);
    let built = built?;
    pass_on(&built.said);
    print(summary(&built))
}

fn build_project(project: &Project, host: &Host, job: &Job) -> Result<Built, AuthoringError> {
    let color = std::io::stderr().is_terminal();
    authoring::build(project, host, color, job, &mut pass_on)
}

/// A compiler's own words, as it said them.
fn pass_on(said: &str) {
    // Where standard error is closed nobody listens.
    let _ = std::io::stderr().write_all(said.as_bytes());
}

fn summary(built: &Built) -> String {
    let plugin = &built.plugin;
    let d = plugin.description();
    let mut text = format!(
        "{}: {} kB, built in {:.1} s\n",
        built.path.display(),
        built.bytes.div_ceil(1000),
        built.took.as_secs_f64()
    );
    text.push_str(&paragraph(
        "  ",
        &format!("{} {}: {}", d.id, d.version, d.summary),
        2,
    ));
    let properties: Vec<String> = d
        .properties
        .iter()
        .map(|p| screening::label(&format!("{}.{}", d.id, p.name), &p.unit))
        .collect();
    text.push_str(&paragraph("  gives      ", &properties.join(", "), 13));
    text.push_str(&format!(
        "  interface  {}, imports nothing\n",
        plugin.interface()
    ));
    for message in &built.messages {
        text.push_str(&paragraph("  consider   ", message, 13));
    }
    text
}

/// Builds where sources are newer, runs the cases, and gives the check's verdict.
pub(super) fn test(folder: &Path, as_json: bool) -> Result<(), Failure> {
    let project = Project::open(folder).map_err(failed)?;
    let host = host()?;
    let (job, shown) = progress::start();
    let tested = test_project(&project, &host, &job);
    drop(shown);
    let (plugin, report) = tested?;
    let bytes = host
        .read(&project.component())
        .map_err(|e| Failure::Failed(e.into()))?;
    let check = host
        .check_carrying(&bytes, plugin.origin(), &super::check::carried, &job)
        .map_err(|e| Failure::Failed(e.into()))?;
    if as_json {
        let (errors, warnings) = counts(&check);
        print(pretty(&json!({
            "plugin": plugin.id(),
            "version": plugin.description().version,
            "passed": report.passed() && check.is_ok(),
            "tests": report,
            "check": { "passed": check.is_ok(), "to_fix": errors, "to_consider": warnings, "findings": check.findings },
        }))?)?;
    } else {
        print(format!(
            "{}{}",
            report_text(&report),
            verdict(&project, &check)
        ))?;
    }
    match (report.failed_cases(), check.is_ok()) {
        (0, true) => Ok(()),
        (0, false) => Err(Failure::Failed(anyhow!(
            "{}: check finds something to fix",
            plugin.id()
        ))),
        (n, _) => Err(Failure::Failed(anyhow!(
            "{}: {n} of {} cases failed",
            plugin.id(),
            report.cases
        ))),
    }
}

fn test_project(
    project: &Project,
    host: &Host,
    job: &Job,
) -> Result<(Plugin, CasesReport), Failure> {
    let plugin = if project.is_stale().map_err(failed)? {
        let built = build_project(project, host, job).map_err(failed)?;
        pass_on(&built.said);
        tell(format!(
            "built {} in {:.1} s",
            built.path.display(),
            built.took.as_secs_f64()
        ));
        for message in &built.messages {
            tell(format!("consider: {message}"));
        }
        built.plugin
    } else {
        let path = project.component();
        host.load_file(&path).with_context(|| {
            format!(
                "{}: build it anew with `lodestone plugin build`",
                path.display()
            )
        })?
    };
    let report = authoring::run_cases(project, &plugin, job).map_err(failed)?;
    Ok((plugin, report))
}

fn report_text(report: &CasesReport) -> String {
    let mut text = String::new();
    for failure in report.failures.iter().take(SHOWN_FAILURES) {
        text.push_str(&failure_text(failure));
    }
    if let more @ 1.. = report.failures.len().saturating_sub(SHOWN_FAILURES) {
        text.push_str(&format!("and {more} more; --json has them all\n"));
    }
    let failed = report.failed_cases();
    text.push_str(&format!(
        "{} of {} cases passed ({} expectations, {})\n",
        report.cases - failed,
        report.cases,
        report.expectations,
        report.files.join(", ")
    ));
    text
}

fn failure_text(f: &CaseFailure) -> String {
    let unit = match f.unit.as_str() {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    let of = f
        .property
        .as_ref()
        .map_or(String::new(), |p| format!(" {p}:"));
    let formula = match f.formula.as_str() {
        "" => String::new(),
        formula => format!(" {formula}:"),
    };
    let mut text = format!(
        "FAIL {}, line {}:{formula}{of} expected {}, got {}",
        f.file, f.line, f.expected, f.got
    );
    if let (Some(difference), Some(tolerance)) = (f.difference, f.tolerance) {
        text.push_str(&format!(
            "{unit}; off by {difference:.4e}{unit}, allowed {tolerance:.2e}{unit}"
        ));
    }
    text.push('\n');
    if f.property.is_some() {
        for note in &f.notes {
            text.push_str(&paragraph("       note: ", note, 13));
        }
    }
    text
}

fn counts(check: &CheckReport) -> (usize, usize) {
    let errors = check
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Error);
    let errors = errors.count();
    (errors, check.findings.len() - errors)
}

fn verdict(project: &Project, check: &CheckReport) -> String {
    let (errors, warnings) = counts(check);
    let more = format!("`lodestone plugin check {}`", project.component().display());
    match (errors, warnings) {
        (0, 0) => format!("check  sound: {} trials passed\n", check.passed.len()),
        (0, n) => format!("check  sound, {n} to consider: {more}\n"),
        (n, _) => format!("check  {n} to FIX: {more}\n"),
    }
}

/// Builds and tests again whenever a source or a case changes, until Ctrl-C.
pub(super) fn watch(folder: &Path) -> Result<(), Failure> {
    let project = Project::open(folder).map_err(failed)?;
    let host = host()?;
    let (job, _shown) = progress::start();
    tell(format!(
        "watching {}; Ctrl-C ends it",
        project.folder().display()
    ));
    let mut watch = Watch::new(project.clone());
    while watch.wait(&job).is_ok() {
        let text = match test_project(&project, &host, &job) {
            Ok((plugin, report)) => {
                format!(
                    "{}{}: {}\n",
                    report_text(&report),
                    plugin.id(),
                    match report.passed() {
                        true => "passed",
                        false => "FAILED",
                    }
                )
            }
            Err(_) if job.is_cancelled() => break,
            Err(Failure::Failed(error) | Failure::Usage(error)) => {
                format!("{error:#}\n{}: FAILED\n", project.name())
            }
        };
        print(text)?;
        job.stage("waiting for a change", None);
    }
    Ok(())
}
