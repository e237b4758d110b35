//! The verbs of the universal potential.

use ::potential::Model;
use clap::{Args, ValueEnum};
use compute::Choice;
use std::path::PathBuf;

/// Which structures, and how to ask about them.
#[derive(Args)]
pub struct StructureArgs {
    /// Structure files: CIF, POSCAR, extended XYZ; every structure in a file counts
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The weights: chgnet-0.3.0 (PBE and PBE+U) or chgnet-r2scan; never compare energies of the two
    #[arg(long, value_name = "NAME", default_value_t = Model::default())]
    pub model: Model,

    /// JSON on standard output
    #[arg(long)]
    pub json: bool,

    /// Where to compute: `auto` measures and takes what is fastest for so many atoms, `cpu` touches no adapter, `gpu` takes the
    /// best adapter (`lodestone device` lists them), all structures at once
    #[arg(long, value_name = "auto|cpu|gpu", default_value_t = Choice::Auto)]
    pub device: Choice,

    /// Number of threads (default: one a core). The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

#[derive(Args)]
pub struct PredictStructureArgs {
    #[command(flatten)]
    pub structures: StructureArgs,

    /// Compute in f64, on the processor: slower, for differences smaller than a thousandth of an eV
    #[arg(long)]
    pub double: bool,
}

#[derive(Args)]
pub struct RelaxArgs {
    #[command(flatten)]
    pub structures: StructureArgs,

    /// Write the relaxed structures into this folder, under the names of their files
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,

    /// Their format (default: that of the file they come from)
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<StructureFormat>,

    /// Write every step beside it, as NAME.trajectory.extxyz
    #[arg(long)]
    pub trajectory: bool,

    /// How steps are chosen
    #[arg(long, value_name = "METHOD", default_value = "lbfgs")]
    pub method: RelaxMethod,

    /// Done where no force is longer, eV/Å
    #[arg(long, value_name = "F", default_value_t = 0.05)]
    pub fmax: f64,

    /// And no component of stress larger, GPa
    #[arg(long, value_name = "S", default_value_t = 0.1)]
    pub smax: f64,

    /// Steps at most
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub steps: usize,

    /// Pressure from outside, GPa
    #[arg(
        long,
        value_name = "P",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    pub pressure: f64,

    /// Keep the cell, move the atoms alone
    #[arg(long)]
    pub fixed_cell: bool,

    /// Keep the symmetry that the start has within this many Å
    #[arg(long, value_name = "A", num_args = 0..=1, require_equals = true, default_missing_value = "0.01")]
    pub keep_symmetry: Option<f64>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum StructureFormat {
    Cif,
    Poscar,
    Extxyz,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum RelaxMethod {
    Lbfgs,
    Fire,
}

#[derive(Args)]
pub struct AboutArgs {
    /// The licences' full texts
    #[arg(long)]
    pub licences: bool,
}

pub const PREDICT_EXAMPLE: &str = "\
What it gives

    lodestone predict-structure LiFePO4.cif Fe.cif

    energy     eV/atom at 0 K, on the scale of the weights; only differences within one set of weights mean something
    pressure   GPa, positive where the cell wants to grow
    fmax       the longest force, eV/Å
    moment     mean size of the magnetic moments, µB/atom: without sign, so that antiferromagnets look like ferromagnets, and
               without what 4f electrons carry

The errors in the header are the mean absolute ones that the authors of the weights state against the calculations they learned
from, on structures held back: the least to reckon with. With --json, for each structure: energy_per_atom [eV], forces [eV/Å],
stress [GPa, 3x3, tensile positive], moments [µB], model. Exit status: 0 done, 1 where any structure was refused (the others are
given all the same), 2 wrong usage.";
