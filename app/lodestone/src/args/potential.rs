//! The verbs of the universal potential.

use ::potential::Model;
use ::potential::trust::{self, Trust};
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

    /// Number of threads (default: one a core). The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

#[derive(Args)]
pub struct PredictStructureArgs {
    #[command(flatten)]
    pub structures: StructureArgs,

    /// Where to compute: `auto` measures and takes what is fastest for so many atoms, `cpu` touches no adapter, `gpu` takes the
    /// best adapter (`lodestone device` lists them), all structures at once
    #[arg(long, value_name = "auto|cpu|gpu", default_value_t = Choice::Auto)]
    pub device: Choice,

    /// Compute in f64, on the processor: slower, for differences smaller than a thousandth of an eV
    #[arg(long)]
    pub double: bool,
}

#[derive(Args)]
pub struct RelaxArgs {
    #[command(flatten)]
    pub structures: StructureArgs,

    /// Where to compute: `auto` measures and takes what is fastest for so many atoms, `cpu` touches no adapter, `gpu` takes the
    /// best adapter (`lodestone device` lists them), all structures at once
    #[arg(long, value_name = "auto|cpu|gpu", default_value_t = Choice::Auto)]
    pub device: Choice,

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
pub struct HullArgs {
    /// Structure files: CIF, POSCAR, extended XYZ; every structure in a file counts
    #[arg(required_unless_present = "system", value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The weights. Phases are bundled for chgnet-0.3.0 alone; never compare energies of two sets
    #[arg(long, value_name = "NAME", default_value_t = Model::default())]
    pub model: Model,

    /// JSON on standard output
    #[arg(long)]
    pub json: bool,

    /// Number of threads (default: one a core). The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,

    /// Take the structures as they are; by default they are relaxed as the bundled phases were, symmetry kept
    #[arg(long)]
    pub as_given: bool,

    /// More phases to compete with: structure files, treated as the others are; repeatable
    #[arg(long, value_name = "FILE")]
    pub compete: Vec<PathBuf>,

    /// List the bundled phases of a chemical system, as in Li-Fe-O, instead of assessing structures
    #[arg(long, value_name = "ELEMENTS", conflicts_with_all = ["files", "compete", "as_given"])]
    pub system: Option<String>,
}

#[derive(Args)]
pub struct VoltageArgs {
    #[command(flatten)]
    pub structures: StructureArgs,

    /// The ion that leaves (default: of Li, Na and K the most abundant, else of Mg, Ca and Zn, else Al)
    #[arg(long, value_name = "SYMBOL")]
    pub ion: Option<String>,

    /// Relax steps between full and empty too, and give the voltages between them
    #[arg(long)]
    pub steps: bool,
}

#[derive(Args)]
pub struct ElasticArgs {
    #[command(flatten)]
    pub structures: StructureArgs,
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

pub const RELAX_EXAMPLE: &str = "\
What it gives

    lodestone relax LiFePO4.cif Fe.cif -o relaxed
    lodestone relax --keep-symmetry --trajectory --format extxyz structures/*.cif -o relaxed

A file a structure, written as soon as it is done: what was finished before Ctrl-C stays. Structures of one name get numbers
(NAME.cif, NAME-2.cif), and what was read is never written over. Extended XYZ holds energy [eV], forces [eV/Å], stress [eV/Å3,
tensile positive] and moments [µB] too, under the names of ASE; CIF and POSCAR hold the structure alone. Whose weights these are
stands in every file. In the table, `ending` is converged, steps_spent, exploded or collapsed; the last two are not written. Exit
status: 0 done, 1 where any structure was refused (the others are given all the same), 2 wrong usage.";

const HULL_EXAMPLE: &str = "\
What it gives

    lodestone hull candidate.cif
    lodestone hull --system Li-Fe-O

    energy             eV/atom at 0 K after relaxation, on the scale of the weights
    formation energy   eV/atom, from the bundled phases of lowest energy of its elements
    above hull         eV/atom above the mixture of bundled phases of lowest energy at its composition; negative below it
    phases             how many bundled phases consist of its elements alone: it is compared with these and with no others

`not covered` means that an element has no bundled phase, or that no compound of the elements is among them; of two elements whose
compounds were tried the lowest is, stable or not. What is not bundled cannot compete: a distance is a lower bound, the less so the
more phases a system has. Exit status: 0 done, 1 where any structure was refused (the others are given all the same), 2 wrong usage.";

const VOLTAGE_EXAMPLE: &str = "\
What it gives

    lodestone voltage LiFePO4.cif
    lodestone voltage --steps LiCoO2.cif

The structure is relaxed with all its ions and without them, symmetry kept, and the difference of energies counts against the
bundled phase of the ion's metal. With --steps, ions leave step by step (eight steps at most); of the ways to choose them, those
that symmetry does not make equal are asked for their energies, and the two lowest are relaxed. At 0 K, without vibrations and
mixing; hosts that rearrange are not foreseen. Exit status: 0 done, 1 where any structure was refused (the others are given all
the same), 2 wrong usage.";

const ELASTIC_EXAMPLE: &str = "\
What it gives

    bulk, shear, Young, Poisson   of a polycrystal (Voigt, Reuss, Hill) from twelve strained cells, atoms relaxed in each
    volume, bulk of E(V)          of Birch and Murnaghan's equation of state through nine volumes, the cell's shape kept

The potential is soft: energies rise too slowly away from its minima. And they ripple: the strains are of 1 %, across which the
two bulk moduli mostly agree, and where they do not it is told. Exit status: 0 done, 1 where any structure was refused (the
others are given all the same), 2 wrong usage.";

/// What it gives, and how far to trust it.
pub fn hull_help() -> String {
    with_trust(HULL_EXAMPLE, &[&trust::FORMATION_ENERGY, &trust::VOLUME])
}

/// What it gives, and how far to trust it.
pub fn voltage_help() -> String {
    with_trust(VOLTAGE_EXAMPLE, &[&trust::VOLTAGE])
}

/// What it gives, and how far to trust it.
pub fn elastic_help() -> String {
    with_trust(
        ELASTIC_EXAMPLE,
        &[&trust::BULK_MODULUS, &trust::SHEAR_MODULUS],
    )
}

pub(super) fn with_trust(example: &str, found: &[&Trust]) -> String {
    let mut text = format!("{example}\n\nHow far to trust it\n");
    for found in found {
        text += &format!("\n    {found}");
    }
    text
}
