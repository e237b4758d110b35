//! The command line, as clap sees it. `lodestone help` is its reference.

mod authoring;
mod campaign;
mod campaign_run;
mod generate;
mod model;
mod plugin;
mod potential;
mod publishing;
mod surfaces;

pub use authoring::{DoctorArgs, NewArgs};
pub use campaign::{
    CampaignCommand, CampaignNewArgs, ExportArgs, ObserveArgs, ReadArgs, ReportArgs, RetractArgs,
    StatusArgs, SuggestArgs, WaitArgs,
};
pub use campaign_run::{CampaignRunArgs, OriginArg};
pub use generate::GenerateArgs;
pub use model::{EvaluateArgs, ExplainArgs, LearnArgs, ModelCommand, PredictArgs, TrainArgs};
pub use plugin::PluginCommand;
pub use potential::{
    AboutArgs, ElasticArgs, HullArgs, PredictStructureArgs, RelaxArgs, RelaxMethod, StructureArgs,
    StructureFormat, VoltageArgs,
};
pub use publishing::{
    InstallArgs, KeygenArgs, PublishArgs, RemoveArgs, SignArgs, TrustArgs, UpdateArgs,
};
pub use surfaces::{AdsorptionArgs, CutArgs, SurfaceArgs, VacancyArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use compute::Choice;
use optimize::Constraint;
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

/// Which materials should you make next, why, and how sure are we?
#[derive(Parser)]
#[command(
    name = "lodestone",
    version,
    max_term_width = 110,
    after_help = "Without a command, the workbench opens in a window."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Rank candidate materials by what plugins predict of them
    #[command(after_long_help = RANK_EXAMPLE)]
    Rank(RankArgs),
    /// Suggest what to try next, take in what came back, learn, go round again; all in one file
    #[command(subcommand)]
    Campaign(CampaignCommand),
    /// Train property models on tables, judge them, and predict with them
    #[command(subcommand)]
    Model(ModelCommand),
    /// See which plugins there are, what they predict, and whether one is sound
    #[command(subcommand, after_help = plugin::FOLDERS)]
    Plugin(PluginCommand),
    /// Energy, pressure, forces and magnetic moments of crystal structures, by a universal potential
    #[command(after_long_help = potential::PREDICT_EXAMPLE)]
    PredictStructure(PredictStructureArgs),
    /// Relax crystal structures, atoms and cell, to the nearest minimum of a universal potential's energy
    #[command(after_long_help = potential::RELAX_EXAMPLE)]
    Relax(RelaxArgs),
    /// Energy above the hull of the bundled phases, and formation energy, of crystal structures
    #[command(after_long_help = potential::hull_help())]
    Hull(HullArgs),
    /// Insertion voltage and change of volume of crystal structures whose ions leave
    #[command(after_long_help = potential::voltage_help())]
    Voltage(VoltageArgs),
    /// Elastic constants, moduli and the equation of state of crystal structures
    #[command(after_long_help = potential::elastic_help())]
    Elastic(ElasticArgs),
    /// What it costs to take an atom out of crystal structures, site by site
    #[command(after_long_help = surfaces::vacancy_help())]
    Vacancy(VacancyArgs),
    /// What it costs to cut crystal structures along a plane: surface energies of its terminations
    #[command(after_long_help = surfaces::surface_help())]
    Surface(SurfaceArgs),
    /// What atoms and small molecules gain on a face of crystal structures, place by place
    #[command(after_long_help = surfaces::adsorption_help())]
    Adsorption(AdsorptionArgs),
    /// Make candidates: structure types with other elements in them, which suit by charge, size and likeness
    #[command(after_long_help = generate::GENERATE_EXAMPLE)]
    Generate(GenerateArgs),
    /// List what there is to compute on, how fast it is, and what `--device auto` chooses
    #[command(
        after_help = "What was measured is kept in the user's cache folder (LODESTONE_CACHE names another), for each adapter, its \
                      driver and this version of the program."
    )]
    Device(DeviceArgs),
    /// What this program is, whose work it carries, and under which licences
    About(AboutArgs),
    /// Compiles one component in a process of its own, which can be stopped
    #[command(hide = true, name = PLUGIN_COMPILER)]
    CompileWorker,
}

/// The hidden subcommand's name, as the plugin host starts it.
pub const PLUGIN_COMPILER: &str = "plugin-compile-worker";

#[derive(Args)]
pub struct DeviceArgs {
    /// Measure again what was measured before
    #[arg(long)]
    pub again: bool,

    /// JSON on standard output
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct RankArgs {
    /// A .csv, .tsv or .parquet file with a column of formulas or of structure files, `-` for CSV on standard input, or a
    /// folder of structure files (CIF, POSCAR, extended XYZ)
    pub candidates: OsString,

    /// Plugin to predict with: an installed plugin's id, or a component file; repeatable.
    /// Without it: the plugins that the objectives name, else every installed plugin, and the ranking is by the objectives of
    /// the one that applies to most candidates
    #[arg(short, long = "plugin", value_name = "ID-OR-FILE")]
    pub plugins: Vec<String>,

    /// Model to predict with beside the plugins: a shipped model's name, or a model file; repeatable.
    /// Its property is called <model>.<target>
    #[arg(short, long = "model", value_name = "NAME-OR-FILE")]
    pub models: Vec<String>,

    /// What is wanted: max:PROP, min:PROP or target:PROP=VALUE; repeatable. PROP is a property of a
    /// plugin (battery.specific_energy), of a model (band_gap.gap) or of the potential (potential.energy_above_hull), or a
    /// numeric column of the file. Without it: the plugins'
    /// own objectives
    #[arg(
        short = 'O',
        long = "objective",
        value_name = "OBJECTIVE",
        allow_hyphen_values = true
    )]
    pub objectives: Vec<String>,

    /// Keep only candidates that satisfy this: comparisons (< <= = != >= >) joined by `and`; `has Co`, `not has Co`
    #[arg(
        short = 'w',
        long = "where",
        value_name = "EXPR",
        allow_hyphen_values = true
    )]
    pub constraints: Vec<String>,

    /// Sets a parameter of a plugin: battery.state=charged; repeatable. potential.compute=yes gives plugins what the potential
    /// says of the structures; potential.relax=no takes structures as they are
    #[arg(long = "set", value_name = "PLUGIN.PARAM=VALUE")]
    pub settings: Vec<String>,

    /// Give only the best N
    #[arg(short = 'n', long, value_name = "N", value_parser = at_least_one)]
    pub top: Option<usize>,

    /// Write the result here, by the name's ending .csv, .tsv, .parquet or .json, instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Write rows that cannot be read here, with line and reason (with -o, by default <output>.rejected.csv)
    #[arg(long, value_name = "FILE")]
    pub rejected: Option<PathBuf>,

    /// JSON on standard output
    #[arg(long, conflicts_with = "output")]
    pub json: bool,

    /// How to write to standard output: `table` for people, `csv` or `json` for programs.
    /// Default: `table` on a terminal, else `csv`
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["json", "output"])]
    pub format: Option<StdoutFormat>,

    /// The column that holds the formulas, if it is not called formula, composition or the like
    #[arg(long, value_name = "NAME")]
    pub formula_column: Option<String>,

    /// The column that holds paths of structure files, if it is not called structure, cif or the like. Paths count from the
    /// folder of the table; `file.cif#2` is the second structure of a file. Without formulas, structures tell them
    #[arg(long, value_name = "NAME")]
    pub structure_column: Option<String>,

    /// Seed of the draws behind front_probability
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,

    /// Where models predict: `auto` measures and takes what is fastest for so many rows, `cpu` touches no adapter, `gpu`
    /// takes the best adapter (`lodestone device` lists them). Plugins always run on the processor
    #[arg(long, value_name = "auto|cpu|gpu", default_value_t = Choice::Auto)]
    pub device: Choice,

    /// Number of threads (default: one a core). The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StdoutFormat {
    Table,
    Csv,
    Json,
}

const RANK_EXAMPLE: &str = "\
A worked example

Which cobalt-free cathodes store much energy for little money? The list candidates.csv holds

    formula,family
    LiCoO2,layered
    LiFePO4,olivine
    LiMn2O4,spinel
    Li1-xNiO2,layered

    lodestone rank candidates.csv -p battery -w 'not has Co' \\
        -O max:battery.specific_energy -O min:battery.energy_cost -o ranked.csv

ranked.csv then has a row for each of LiFePO4 and LiMn2O4, best first:

    rank              1, 2, ...: by value for one objective; for several by front, then by crowding distance
    front             1 = no candidate is at least as good in every objective and better in one
    front_probability share of 512 seeded draws from the predictions' uncertainty in which it is on front 1
                      (objectives drawn independently; what cannot be negative from a lognormal distribution;
                      an error that is not known counts as none)
    formula,family    your columns, unchanged and in order
    battery.specific_energy [Wh/kg]       each predicted property with its unit ...
    battery.specific_energy_std [Wh/kg]   ... and one standard deviation (0 exact, empty unknown)
    notes             why a value is missing, where it comes from, what to beware of

Li1-xNiO2 is no composition while x is unknown: ranked.csv.rejected.csv has it, with its line and what to write.
LiCoO2 does not satisfy -w and is left out; messages on standard error count such rows.

Candidates whose objective is unknown come last and are never dropped. Headers may carry units, as in
`band_gap [meV]`: they are converted to what a plugin asks for, or refused. Exit status: 0 done, 1 failed, 2 wrong
usage.

What the potential says of structures

With a folder or a column of structures, these can be named in -O and -w; each structure is then relaxed once, which takes
seconds, and kept in the cache:

    potential.energy_above_hull [eV/atom]   relative to the bundled phases; `lodestone hull --help` says more
    potential.formation_energy [eV/atom]    from the elements
    potential.energy [eV/atom]              at 0 K, on the scale of the weights
    potential.volume_per_atom [Å3]
    potential.magnetization [T]             moments taken to point one way: an upper bound, without 4f electrons
    potential.moment_per_atom [µB]
    potential.voltage [V]                   all Li, Na, K, Mg, Ca, Zn or Al leaving; `lodestone voltage --help` says more
    potential.volume_change [%]             of the empty host, on discharge";

/// How many are wanted: none would be no question.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("must be a whole number, at least 1".to_owned()),
    }
}

/// What texts of the command line mean.
pub fn parsed<T: FromStr>(texts: &[String]) -> anyhow::Result<Vec<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    texts.iter().map(|text| Ok(text.parse()?)).collect()
}

/// The same of constraints.
pub fn constraints(texts: &[String]) -> anyhow::Result<Vec<Constraint>> {
    let parse = |text: &String| Ok(Constraint::parse(text)?);
    texts.iter().map(parse).collect()
}
