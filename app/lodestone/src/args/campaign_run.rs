//! The command line of `campaign run`.

use super::campaign::WaitArgs;
use clap::{Args, ValueEnum};
use compute::Choice;

#[derive(Args)]
pub struct CampaignRunArgs {
    #[command(flatten)]
    pub file: WaitArgs,

    /// Who makes and measures: table:FILE (a table that knows the answers), 'command:PROGRAM ARGUMENTS' (a program that
    /// answers as JSON lines), rest:URL (an action of a MADSci lab node, as http://HOST:PORT/action/NAME)
    #[arg(long, value_name = "LAB")]
    pub lab: String,

    /// A name that this lab had in earlier runs, as `history` tells it: experiments that were submitted under it are taken up;
    /// repeatable
    #[arg(long, value_name = "LAB")]
    pub formerly: Vec<String>,

    /// When to stop before the budget or the candidates end: budget, stalled (10 candidates in a row were no improvement),
    /// stalled:N, 'target:NAME >= VALUE'; repeatable, the first that is reached counts
    #[arg(long, value_name = "END")]
    pub until: Vec<String>,

    /// Stop after so many rounds of this run
    #[arg(long, value_name = "N")]
    pub max_rounds: Option<u32>,

    /// How many suggestions in a round (default: the campaign's batch)
    #[arg(short = 'q', long = "count", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub count: Option<u32>,

    /// How many seconds an experiment may take; later it is given up, and still counts if its answer comes
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400.0)]
    pub timeout: f64,

    /// How many seconds a lab may not respond before the run stops; it can be taken up again
    #[arg(long, value_name = "SECONDS", default_value_t = 900.0)]
    pub away: f64,

    /// How many seconds lie between two questions whether experiments are done
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    pub poll: f64,

    /// Stop after so many experiments in a row that came to nothing
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub strikes: u32,

    /// Of a table: whether its numbers were measured or computed
    #[arg(long, value_name = "measured|computed")]
    pub origin: Option<OriginArg>,

    /// Of a table: how far a row may be from the candidate, as a share of each column's range
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub tolerance: f64,

    /// JSON on standard output
    #[arg(long)]
    pub json: bool,

    /// Where models predict: auto, cpu or gpu. Decisions are made on the processor in any case
    #[arg(long, value_name = "auto|cpu|gpu", default_value_t = Choice::Auto)]
    pub device: Choice,

    /// Number of threads (default: one a core). The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum OriginArg {
    Measured,
    Computed,
}
