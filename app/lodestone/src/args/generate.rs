//! `lodestone generate`.

use super::StructureFormat;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub struct GenerateArgs {
    /// Structure types to start from: names (`--list` shows them), structure files, or `all`; separated by commas, repeatable
    #[arg(
        short,
        long,
        value_name = "NAME-OR-FILE",
        value_delimiter = ',',
        default_value = "all"
    )]
    pub prototypes: Vec<String>,

    /// What may replace an element of the prototype, as Fe=Mn,Co,Ni; repeatable. All elements without such a rule then stay. Say
    /// Fe=any for all allowed elements, and name Fe itself among them where it may stay
    #[arg(short, long, value_name = "ELEMENT=ELEMENTS")]
    pub substitute: Vec<String>,

    /// Elements that may stand anywhere in a prototype; also the groups 3d, 4d, 5d, rare-earths, noble-metals, critical, alkali,
    /// halogens. Default: all up to bismuth but noble gases and radioactive ones
    #[arg(short, long, value_name = "ELEMENTS", value_delimiter = ',')]
    pub elements: Vec<String>,

    /// Elements or groups that must not be in a candidate
    #[arg(short = 'x', long, value_name = "ELEMENTS", value_delimiter = ',')]
    pub exclude: Vec<String>,

    /// Elements that may stand where the prototype has its anion
    #[arg(long, value_name = "ELEMENTS", value_delimiter = ',')]
    pub anions: Vec<String>,

    /// Write the candidates into this folder, which must be empty or new: a structure file each, and candidates.csv
    #[arg(short, long, value_name = "DIR", required_unless_present = "list")]
    pub output: Option<PathBuf>,

    /// Format of the structure files
    #[arg(long, value_name = "FORMAT", default_value = "cif")]
    pub format: StructureFormat,

    /// Candidates at most, the likeliest
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1000)]
    pub max: usize,

    /// Sites of a primitive cell at most; larger prototypes are left out
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub max_sites: usize,

    /// Probability at least
    #[arg(long, value_name = "P", default_value_t = 1e-5)]
    pub min_probability: f64,

    /// Where there is an anion: how far bonds of one kind may grow or shrink against the mean of all; 0.1 is 10.5 %
    #[arg(long, value_name = "M", default_value_t = 0.1)]
    pub bond_mismatch: f64,

    /// Where there is none: how far a radius may grow or shrink against the mean of all; 0.15 is 16 %
    #[arg(long, value_name = "M", default_value_t = 0.15)]
    pub radius_mismatch: f64,

    /// Distance on Pettifor's scale at most, where there is no anion; the scale has 103 places
    #[arg(long, value_name = "D", default_value_t = 30.0)]
    pub pettifor: f64,

    /// Structure files, or folders of them, of what is known: candidates that are among them say so in the column `known`
    #[arg(long, value_name = "FILE-OR-DIR")]
    pub known: Vec<PathBuf>,

    /// Write every combination that was asked about and is no candidate here (CSV), with the reason
    #[arg(long, value_name = "FILE")]
    pub rejected: Option<PathBuf>,

    /// List the prototypes and write nothing
    #[arg(long)]
    pub list: bool,

    /// JSON on standard output
    #[arg(long)]
    pub json: bool,

    /// Number of threads (default: one a core). The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

pub const GENERATE_EXAMPLE: &str = "\
A worked example

Which magnets could there be of iron, cobalt, nickel and manganese without rare earths, in the structure of L1_0 and of Heusler's
alloys?

    lodestone generate -p L1_0,Heusler -e Fe,Co,Ni,Mn,Al,Ga,Si,Ge,Sn -o candidates
    lodestone relax candidates/*.cif -o relaxed && cp candidates/candidates.csv relaxed
    lodestone rank relaxed/candidates.csv -p magnet

Which sodium cathodes come of the olivine LiFePO4?

    lodestone generate -p olivine -s Li=Na -s Fe=Mn,Fe,Co,Ni -o olivines

How it works

    A candidate is a prototype's primitive cell with one element for each of the prototype's, scaled to fit their sizes.

    Where the prototype has an anion (N O F S Cl Se Br I), charges must balance with oxidation states that are not rare in the
    ICSD, every cation be less electronegative than every anion, and no bond grow or shrink by Shannon's radii more than
    --bond-mismatch against the others. The probability is that of the ionic substitutions (Hautier et al., Inorg. Chem. 50, 656, 2011).

    Where it has none, metallic radii must suit within --radius-mismatch and every element lie within --pettifor of the one it
    replaces. The probability is a measure of likeness of our own; its numbers and those of ions are not on one scale.

    Of candidates that are one crystal (cells within 10 % and 3 degrees, sites within 0.15 of their spacing) the likeliest is
    kept. What is left out is counted by reason; --rejected lists it.

candidates.csv has for each file: formula, structure (the file), prototype, parent (its formula), substitution (Au>Fe Cu>Ni),
probability, measure (ions, metals), charges, space group, sites, volume per atom, known, remarks. `rank` reads it.
Exit status: 0 done, 1 failed, 2 wrong usage.";
