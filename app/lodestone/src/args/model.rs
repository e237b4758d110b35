//! The verbs of `lodestone model`.

use super::StdoutFormat;
use clap::{Args, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum ModelCommand {
    /// Trains a model of one column of a table, and judges it by cross-validation
    #[command(after_long_help = TRAIN_EXAMPLE)]
    Train(TrainArgs),
    /// Judges by folds how well a model of this table predicts what it has not seen
    #[command(after_long_help = EVALUATE_EXAMPLE)]
    Evaluate(EvaluateArgs),
    /// Predicts the candidates of a table: adds the property, its standard deviation and notes to the columns
    Predict(PredictArgs),
    /// Says which inputs make a prediction what it is, and which training materials are nearest
    #[command(after_long_help = EXPLAIN_EXAMPLE)]
    Explain(ExplainArgs),
    /// All that a model says of itself: property, inputs, training data, errors, where it holds
    Info {
        /// A shipped model's name, or a model file
        #[arg(value_name = "NAME-OR-FILE")]
        model: String,
        /// Machine-readable
        #[arg(long)]
        json: bool,
    },
    /// The models that come with this program, a line each
    List {
        /// Machine-readable
        #[arg(long)]
        json: bool,
    },
}

/// Which table, and how to read it.
#[derive(Args)]
pub struct TableArgs {
    /// A .csv, .tsv or .parquet file, or `-` for CSV on standard input
    pub data: OsString,

    /// The column that holds the formulas, if it is not called formula, composition or the like
    #[arg(long, value_name = "NAME")]
    pub formula_column: Option<String>,

    /// The column that holds paths of structure files, if it is not called structure, cif or the like
    #[arg(long, value_name = "NAME")]
    pub structure_column: Option<String>,

    /// Write rows that cannot be used here, with line and reason (with -o, by default <output>.rejected.csv)
    #[arg(long, value_name = "FILE")]
    pub rejected: Option<PathBuf>,

    /// Number of threads (default: one a core). The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// What to learn, and how.
#[derive(Args)]
pub struct LearnArgs {
    #[command(flatten)]
    pub table: TableArgs,

    /// The column of the property to learn; its header may state the unit, as in `band_gap [eV]`
    #[arg(long, value_name = "COLUMN")]
    pub target: String,

    /// The unit to learn in, if the header states none or another
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,

    /// What to learn from: `composition`, `structure`, or names of numeric columns or descriptors
    #[arg(long, value_name = "INPUT", num_args = 1.., default_value = "composition")]
    pub inputs: Vec<String>,

    /// Descriptors of compositions: `fractions` of the elements; `magpie`: these and Magpie's statistics; `states`: these and
    /// the oxidation states, which take longer to predict with. Default: fractions or states, whichever predicts better
    #[arg(long, value_name = "fractions|magpie|states")]
    pub descriptors: Option<String>,

    /// What learns: `auto` tries what the table allows and keeps what predicts best; or forest, boosted, mlp-ensemble or gp
    #[arg(long, value_name = "KIND", default_value = "auto")]
    pub kind: String,

    /// Trees of a forest
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub trees: u32,

    /// Folds of the cross-validation
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub folds: u32,

    /// Which rows are never divided between training and test: those of the same `formula`, of the same elements (`system`),
    /// or with the same text in a column; `row`: none, as matbench divides. Default: formula, without formulas row
    #[arg(long, value_name = "row|formula|system|COLUMN")]
    pub group_by: Option<String>,

    /// Seed of all that is drawn
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

#[derive(Args)]
pub struct TrainArgs {
    #[command(flatten)]
    pub learn: LearnArgs,

    /// The model file to write; the file's name is the model's
    #[arg(short, long, value_name = "NAME.model")]
    pub output: PathBuf,

    /// What the property is called, if not as its column
    #[arg(long, value_name = "NAME")]
    pub property: Option<String>,

    /// What the training data are called in the model file, if not as their file
    #[arg(long, value_name = "TEXT")]
    pub data_name: Option<String>,

    /// How confidential the training data are; everything derived from the model takes this label on
    #[arg(long, value_name = "LABEL", default_value = "open")]
    pub label: String,

    /// Licence of the training data (SPDX expression); it goes with the model
    #[arg(long, value_name = "LICENCE", default_value = "")]
    pub licence: String,

    /// What the model says of itself, as JSON on standard output
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct EvaluateArgs {
    #[command(flatten)]
    pub learn: LearnArgs,

    /// Instead of folds: leave out, in turn, all compositions that hold each of the elements
    #[arg(long, conflicts_with = "group_by")]
    pub leave_one_element_out: bool,

    /// Draw predicted over observed values with error bars, by the name's ending .png or .svg
    #[arg(long, value_name = "FILE")]
    pub parity: Option<PathBuf>,

    /// Write the rows with what was predicted of them, by the name's ending .csv, .tsv, .parquet or .json
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// The scores as JSON on standard output
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct PredictArgs {
    /// A shipped model's name, or a model file
    #[arg(value_name = "NAME-OR-FILE")]
    pub model: String,

    #[command(flatten)]
    pub table: TableArgs,

    /// Add the median, the intervals of 68 and 95 %, and the probability of exactly zero
    #[arg(long)]
    pub intervals: bool,

    /// Write the result here, by the name's ending .csv, .tsv, .parquet or .json, instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// JSON on standard output
    #[arg(long, conflicts_with = "output")]
    pub json: bool,

    /// How to write to standard output. Default: `csv`
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["json", "output"], hide = true)]
    pub format: Option<StdoutFormat>,
}

#[derive(Args)]
pub struct ExplainArgs {
    /// A shipped model's name, or a model file
    #[arg(value_name = "NAME-OR-FILE")]
    pub model: String,

    /// Formulas to explain, or one table
    #[arg(value_name = "FORMULA-OR-TABLE", required = true)]
    pub candidates: Vec<String>,

    /// The column that holds the formulas, if it is not called formula, composition or the like
    #[arg(long, value_name = "NAME")]
    pub formula_column: Option<String>,

    /// Inputs and training materials that are shown of each candidate
    #[arg(short = 'n', long, value_name = "N", default_value_t = 8)]
    pub top: usize,

    /// Everything, for machines
    #[arg(long)]
    pub json: bool,
}

const TRAIN_EXAMPLE: &str = "\
A worked example

    lodestone model train band_gaps.csv --target 'band_gap [eV]' --licence CC0-1.0 -o gap.model
    lodestone rank candidates.csv --model gap.model -O target:gap.band_gap=1.34

The model file says what it was trained on (name, rows, SHA-256, licence), its cross-validated errors, how often its
intervals held, and where it holds. The same table, options and seed give the same file, for any number of threads.
Rows without a formula or target that can be read are left out and written to <output>.rejected.csv with the reason.";

const EVALUATE_EXAMPLE: &str = "\
Examples

    lodestone model evaluate gaps.csv --target 'gap [eV]' --group-by system --parity parity.png
    lodestone model evaluate matbench_expt_gap.csv --target 'gap expt' --unit eV --group-by row --seed 18012019

The second divides the rows as matbench does. All choices (kind, descriptors, width of the intervals) are made anew
inside the training part of each fold. Exit status: 0 done, 1 failed, 2 wrong usage.";

const EXPLAIN_EXAMPLE: &str = "\
Examples

    lodestone model explain band_gap GaAs LiFePO4
    lodestone model explain gap.model candidates.csv --json

The contributions are Shapley values: with the mean of a candidate of which nothing is known they add up to the
prediction. They say what the model goes by, not what causes the property.";
