//! `lodestone campaign`: one file a verb, or a few that belong together.

mod new;
mod observe;
mod read;
mod run;
mod suggest;
mod write;

use crate::args::{CampaignCommand, WaitArgs};
use crate::{Failure, files, model};
use anyhow::{Context, anyhow};
use campaign::{Access, CampaignError};
use job::Job;
use std::time::Duration;

pub fn run(command: &CampaignCommand) -> Result<(), Failure> {
    match command {
        CampaignCommand::New(args) => model::on_threads(None, || new::run(args)),
        CampaignCommand::Suggest(args) => model::on_threads(args.threads, || suggest::run(args)),
        CampaignCommand::Observe(args) => observe::run(args),
        CampaignCommand::Run(args) => model::on_threads(args.threads, || run::run(args)),
        CampaignCommand::Status(args) => read::status(args),
        CampaignCommand::History(args) => read::history(args),
        CampaignCommand::Verify(args) => model::on_threads(None, || read::verify(args)),
        CampaignCommand::Report(args) => write::report(args),
        CampaignCommand::Export(args) => write::export(args),
        CampaignCommand::Retract(args) => write::retract(args),
    }
}

/// As the only writer, after so long a wait as the command line allows.
fn writing(args: &WaitArgs) -> Result<Access, Failure> {
    let wait = Duration::try_from_secs_f64(args.wait);
    let wait =
        wait.map_err(|_| anyhow!("--wait {}: write a number of seconds from 0 on", args.wait));
    Ok(Access::Write(wait.map_err(Failure::Usage)?))
}

/// What to tell of an error: a question that does not fit is a wrong usage, all else a failure.
fn failed(job: &Job, error: CampaignError) -> Failure {
    use optimize::suggest::SuggestError;
    match error {
        CampaignError::Question(_) | CampaignError::Constraint(_) => Failure::Usage(error.into()),
        CampaignError::Suggest(SuggestError::Option { .. }) => Failure::Usage(error.into()),
        error => files::failed(job, error.into()),
    }
}

/// A campaign without a person at it: nothing to cancel.
fn plainly(error: CampaignError) -> Failure {
    failed(&Job::new(), error)
}

/// Pretty JSON on standard output.
fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    model::print_json(value)
}

/// A text that every reader of an acknowledgement may rely on: it is flushed before the command goes on.
fn print(text: &str) -> Result<(), Failure> {
    model::print(text)?;
    std::io::Write::flush(&mut std::io::stdout())
        .context("cannot write to standard output")
        .map_err(Failure::Failed)
}
