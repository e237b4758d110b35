//! `lodestone`: the program. One file per subcommand; `args` is the command line.

mod args;
mod campaign;
mod desktop;
mod device;
mod files;
mod generate;
mod lists;
mod model;
mod plugin;
mod plugins;
mod potential;
mod progress;
mod rank;
mod show;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// What ended a command early.
pub enum Failure {
    /// The command line asks for something that does not exist or fit: exit status 2.
    Usage(anyhow::Error),
    /// Everything else: exit status 1.
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<workbench::shelf::ShelfError> for Failure {
    fn from(error: workbench::shelf::ShelfError) -> Self {
        Self::Failed(error.into())
    }
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        None => desktop::run(),
        Some(Command::Rank(args)) => rank::run(&args),
        Some(Command::Campaign(command)) => campaign::run(&command),
        Some(Command::Model(command)) => model::run(&command),
        Some(Command::PredictStructure(args)) => potential::predict(&args),
        Some(Command::Relax(args)) => potential::relax(&args),
        Some(Command::Hull(args)) => potential::hull(&args),
        Some(Command::Voltage(args)) => potential::voltage(&args),
        Some(Command::Elastic(args)) => potential::elastic(&args),
        Some(Command::Vacancy(args)) => potential::vacancy(&args),
        Some(Command::Surface(args)) => potential::surface(&args),
        Some(Command::Adsorption(args)) => potential::adsorption(&args),
        Some(Command::Generate(args)) => generate::run(&args),
        Some(Command::Device(args)) => device::run(&args),
        Some(Command::About(args)) => potential::about(&args),
        Some(Command::Plugin(command)) => plugin::run(&command),
        Some(Command::CompileWorker) => {
            plugin_host::compile_worker(std::io::stdin().lock(), std::io::stdout().lock())
                .map_err(|e| Failure::Failed(e.into()))
        }
    };
    let (error, status) = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Failed(error)) => (error, 1),
        Err(Failure::Usage(error)) => (error, 2),
    };
    show::tell(format!("lodestone: {error:#}"));
    ExitCode::from(status)
}
