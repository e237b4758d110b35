//! The command line of campaigns.

use clap::{Args, Subcommand};
use compute::Choice;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum CampaignCommand {
    /// Begin a campaign: candidates, what is wanted of them, how much may be spent
    #[command(after_long_help = EXAMPLE)]
    New(Box<CampaignNewArgs>),
    /// Suggest what to make or measure next, as a worksheet to fill in
    Suggest(SuggestArgs),
    /// Take in results: a filled-in worksheet, or any table with the candidates' columns; the same file twice changes nothing
    Observe(ObserveArgs),
    /// Go round by itself: suggest, have a lab measure it, learn, until something ends it
    Run(Box<super::CampaignRunArgs>),
    /// Where the campaign stands, and how much faster than random search it has been
    #[command(after_long_help = ACCELERATION)]
    Status(StatusArgs),
    /// Everything that happened, in order
    History(ReadArgs),
    /// Write a report that stands by itself (.html or .md): convergence, front, calibration, each choice with its reason
    Report(ReportArgs),
    /// Check the file down to its bytes, and that every suggestion comes out again as it was
    Verify(ReadArgs),
    /// Write the observations as CSV, or all of it as an RO-Crate
    Export(ExportArgs),
    /// Take back an event; it stays on record, and what was built on it is listed
    Retract(RetractArgs),
}

#[derive(Args)]
pub struct CampaignNewArgs {
    /// The campaign's file to make
    #[arg(value_name = "NAME.lode")]
    pub campaign: PathBuf,

    /// The candidates: a .csv, .tsv or .parquet file
    #[arg(long, value_name = "FILE", required_unless_present = "space")]
    pub pool: Option<PathBuf>,

    /// The design space that candidates are drawn from instead: ranges, categories, levels and mixtures in TOML, an
    /// [[input]] each with `name` and `range`, `category`, `levels` or `mixture`
    #[arg(long, value_name = "FILE.toml", conflicts_with = "pool")]
    pub space: Option<PathBuf>,

    /// What is wanted: max:NAME, min:NAME or target:NAME=VALUE; repeatable. NAME is a column of the candidates (what it holds
    /// already counts as observed), a property of a plugin or model of this campaign (known beforehand), or something yet to
    /// be measured, with its unit: 'max:yield [%]'
    #[arg(
        short = 'O',
        long = "objective",
        value_name = "OBJECTIVE",
        allow_hyphen_values = true,
        required = true
    )]
    pub objectives: Vec<String>,

    /// Suggest only candidates that satisfy this, as in `rank`; bounds on an objective are learnt from what is measured
    #[arg(
        short = 'w',
        long = "where",
        value_name = "EXPR",
        allow_hyphen_values = true
    )]
    pub constraints: Vec<String>,

    /// Plugin that predicts properties of the candidates: a plugin's id, or a component file; repeatable
    #[arg(short, long = "plugin", value_name = "ID-OR-FILE")]
    pub plugins: Vec<String>,

    /// Model that predicts beside the plugins: a shipped model's name, or a model file; repeatable
    #[arg(short, long = "model", value_name = "NAME-OR-FILE")]
    pub models: Vec<String>,

    /// Sets a parameter of a plugin: battery.state=charged; repeatable
    #[arg(long = "set", value_name = "PLUGIN.PARAM=VALUE")]
    pub settings: Vec<String>,

    /// A predicted property that describes the candidates beside their columns; repeatable
    #[arg(long = "use", value_name = "PROPERTY")]
    pub used: Vec<String>,

    /// A predicted property that is the expectation before anything is measured: yield=mymodel.yield; repeatable
    #[arg(long = "prior", value_name = "OBJECTIVE=PROPERTY")]
    pub priors: Vec<String>,

    /// A column that describes the candidates; repeatable. Default: columns of numbers, categories and formulas
    #[arg(long = "input", value_name = "COLUMN")]
    pub inputs: Vec<String>,

    /// A column that does not describe the candidates; repeatable
    #[arg(long = "ignore", value_name = "COLUMN")]
    pub ignored: Vec<String>,

    /// The column that holds the formulas, if it is not called formula, composition or the like
    #[arg(long, value_name = "NAME")]
    pub formula_column: Option<String>,

    /// Do not look at what the table says of the objectives: for replays of a finished study
    #[arg(long)]
    pub blind: bool,

    /// Suggestions in a round
    #[arg(long, value_name = "Q", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub batch: u32,

    /// How many candidates are tried before a model chooses; observations that the table holds count
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub initial: u32,

    /// How many of the best candidates are wanted; suggestions for a single objective improve upon the last of that many leads
    /// rather than upon the best alone. Default: one of a hundred candidates; of a space too large to be listed, 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub leads: Option<u32>,

    /// How much may be spent: experiments, or what the --cost column adds up to
    #[arg(long, value_name = "AMOUNT")]
    pub budget: Option<f64>,

    /// The column with what trying each candidate costs; improvement is then weighed against it
    #[arg(long, value_name = "COLUMN")]
    pub cost: Option<String>,

    /// How candidates are chosen: auto, logei, lognei, lognehvi, lognparego, thompson, integrated-variance,
    /// level-set:OUTCOME=LEVEL, random or sobol
    #[arg(long, value_name = "NAME", default_value = "auto")]
    pub acquisition: String,

    /// For several objectives: the point that is just not good enough, a value for each objective; by default it is taken
    /// from the first observations
    #[arg(
        long,
        value_name = "VALUE",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub reference: Option<Vec<f64>>,

    /// Fixes everything random
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

#[derive(Args)]
pub struct WaitArgs {
    /// The campaign's file
    #[arg(value_name = "NAME.lode")]
    pub campaign: PathBuf,

    /// How many seconds to wait while another process writes to the campaign
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    pub wait: f64,
}

#[derive(Args)]
pub struct SuggestArgs {
    #[command(flatten)]
    pub file: WaitArgs,

    /// How many suggestions (default: the campaign's batch)
    #[arg(short = 'q', long = "count", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub count: Option<u32>,

    /// Write the worksheet here (.csv, .tsv, .json or .parquet) instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Suggest nothing new: write the worksheet of the suggestions that are still open
    #[arg(long, conflicts_with = "count")]
    pub again: bool,

    /// JSON on standard output
    #[arg(long, conflicts_with = "output")]
    pub json: bool,

    /// Where models predict: auto, cpu or gpu. Decisions are made on the processor in any case
    #[arg(long, value_name = "auto|cpu|gpu", default_value_t = Choice::Auto)]
    pub device: Choice,

    /// Number of threads (default: one a core). The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

#[derive(Args)]
pub struct ObserveArgs {
    #[command(flatten)]
    pub file: WaitArgs,

    /// The results, `-` for CSV on standard input: a column `suggestion` or the candidates' own columns, a column for each
    /// outcome and `<outcome>_std` for its standard deviation, `status` (failed, abandoned, pending), `replicate`, `note`
    pub results: std::ffi::OsString,

    /// Only say what is new, changed and refused; keep nothing
    #[arg(long)]
    pub dry_run: bool,

    /// JSON on standard output
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct ReadArgs {
    /// The campaign's file
    #[arg(value_name = "NAME.lode")]
    pub campaign: PathBuf,

    /// JSON on standard output
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct StatusArgs {
    #[command(flatten)]
    pub file: ReadArgs,

    /// A table that knows the outcomes of the candidates, as of a finished study: how much faster than random search the
    /// campaign was is then counted, not believed
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
}

#[derive(Args)]
pub struct ReportArgs {
    #[command(flatten)]
    pub file: WaitArgs,

    /// The report to write: .html or .md
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Args)]
#[group(id = "what", required = true, args = ["csv", "folder"])]
pub struct ExportArgs {
    #[command(flatten)]
    pub file: WaitArgs,

    /// Write the observations here, in the order in which they were acknowledged
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,

    /// Write an RO-Crate into this new folder: the campaign, its candidates, observations and suggestions, with metadata
    #[arg(long = "crate", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

#[derive(Args)]
pub struct RetractArgs {
    #[command(flatten)]
    pub file: WaitArgs,

    /// The event's number, as `history` lists them; 7.2 is its second entry alone
    #[arg(value_name = "EVENT")]
    pub event: String,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,

    /// JSON on standard output
    #[arg(long)]
    pub json: bool,
}

const ACCELERATION: &str = "\
How much faster than random search

The campaign tried so many candidates, the initial ones among them. A random search draws from the same candidates, none twice,
until it has measured something as good: a value at least as good as the campaign's best or, of two and three objectives, a front
of at least the same volume. The number after which it has even odds to be there, over the campaign's own, is how many times as
fast the campaign was. A campaign that itself draws at random is as often above 1 as below.

How many candidates are good enough is believed, unless --truth names a table that knows: true values of all candidates, tried
ones included, are drawn together from the surrogate's posterior 128 times, and in each draw those are counted that are at least
as good as the best that was tried (of pools above 16,384 candidates on so many of them, the rest by their share). 95 % of the
draws lie within the interval. It tells what the surrogate does not know, not what it is wrong about. Candidates that cannot be
made count as if they could, which favours random search.";

const EXAMPLE: &str = "\
A worked example

Which of the mixtures in blends.csv degrades least? Four columns describe each; nothing was measured yet:

    lodestone campaign new blends.lode --pool blends.csv -O 'min:degradation [%]' --batch 4 --seed 1
    lodestone campaign suggest blends.lode -o round1.csv      four rows; fill in the column degradation
    lodestone campaign observe blends.lode round1.csv         says what is new, changed, refused
    lodestone campaign suggest blends.lode -o round2.csv      from now on a model chooses, and says why
    lodestone campaign report blends.lode -o blends.html
    lodestone campaign verify blends.lode

All of it lies in blends.lode, the candidates included (files above 64 MiB stay beside it, and more than 250,000 candidates in a
file of their own, which moves with it). Nothing in there is ever changed or deleted; what was acknowledged survives a kill and a
power cut.

What plugins and models predict

Of a table's candidates as of a space's, once, when the campaign begins. A property may be an objective or a constraint (known, not
measured), a coordinate beside the columns (--use), or what is expected before anything is measured (--prior: the surrogate then
learns the difference):

    lodestone campaign new absorbers.lode --pool absorbers.csv --model band_gap -O 'max:current [mA/cm2]' \\
        -w 'band_gap.band_gap < 2' --use band_gap.band_gap
    lodestone campaign new cathodes.lode --space cathodes.toml --plugin battery -O 'max:capacity [mAh/g]' \\
        -O min:battery.cost --prior capacity=battery.specific_capacity

Of a space too large to be listed, 20,000 candidates are drawn; where properties are predicted, those alone are suggested.";
