//! The verbs of the universal potential that take atoms out of crystals, cut them, and put atoms on what was cut.

use super::potential::{StructureArgs, with_trust};
use ::potential::adsorption::{self, Adsorbate};
use ::potential::trust;
use ::potential::vacancy;
use clap::Args;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Args)]
pub struct VacancyArgs {
    #[command(flatten)]
    pub structures: StructureArgs,

    /// The element that leaves (default: each in turn)
    #[arg(long, value_name = "SYMBOL")]
    pub element: Option<String>,

    /// How far images of a vacancy are apart at least, Å: decides the supercell
    #[arg(long, value_name = "A", default_value_t = vacancy::WIDTH)]
    pub width: f64,

    /// Write the relaxed supercells into this folder, as FILE.vacancy-ELEMENT-N.cif
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// How slabs are cut.
#[derive(Args)]
pub struct CutArgs {
    /// The plane: h,k,l, or h,k,i,l of hexagonal and trigonal crystals, in the conventional cell
    #[arg(long, value_name = "H,K,L", allow_hyphen_values = true)]
    pub miller: Miller,

    /// The indices count in the cell as the file gives it
    #[arg(long)]
    pub as_given: bool,

    /// Only the termination of this number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub termination: Option<u16>,

    /// How thick the slab is at least, in whole periods of the crystal, Å
    #[arg(long, value_name = "A", default_value_t = 10.0)]
    pub thickness: f64,

    /// The vacuum between its faces, Å
    #[arg(long, value_name = "A", default_value_t = 15.0)]
    pub vacuum: f64,
}

#[derive(Args)]
pub struct SurfaceArgs {
    #[command(flatten)]
    pub structures: StructureArgs,

    #[command(flatten)]
    pub cut: CutArgs,

    /// Repeat the smallest cell in the plane until images of an atom are this far apart, Å: lets surfaces reconstruct
    #[arg(long, value_name = "A", default_value_t = 0.0)]
    pub width: f64,

    /// Write the relaxed slabs into this folder, as FILE.surface-HKL-N.cif
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct AdsorptionArgs {
    #[command(flatten)]
    pub structures: StructureArgs,

    #[command(flatten)]
    pub cut: CutArgs,

    /// What is put on the upper face: H, C, N, O, OH or CO; repeatable
    #[arg(long = "adsorbate", value_name = "NAME", required = true)]
    pub adsorbates: Vec<Adsorbate>,

    /// Repeat the smallest cell in the plane until images of an adsorbate are this far apart, Å
    #[arg(long, value_name = "A", default_value_t = adsorption::WIDTH)]
    pub width: f64,

    /// Write the relaxed slabs with their adsorbates into this folder, as FILE.NAME-on-HKL-N.cif
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// Miller indices.
#[derive(Clone, Copy, Debug)]
pub struct Miller(pub [i32; 3]);

impl FromStr for Miller {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let remedy = "write three whole numbers as in 1,1,0 (or four, as in 1,0,-1,0, of which the third is minus the sum of the first two)";
        let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        let numbers: Result<Vec<i32>, _> = parts.map(str::parse).collect();
        match numbers.as_deref() {
            Ok(&[h, k, l]) => Ok(Self([h, k, l])),
            Ok(&[h, k, i, l]) if h.checked_add(k) == i.checked_neg() => Ok(Self([h, k, l])),
            _ => Err(format!("`{text}` are no Miller indices; {remedy}")),
        }
    }
}

const VACANCY_EXAMPLE: &str = "\
What it gives

    lodestone vacancy Cu.cif
    lodestone vacancy --element O TiO2.cif -o defects

    formation energy   eV, E(with the vacancy) + µ - E(perfect), of each site that symmetry does not make equal to another
    site               how many such sites a primitive cell has, and their Wyckoff letter
    unrelaxed          the same with all other atoms where they were
    µ                  what the atom has outside: in its element's bundled phase of lowest energy; of an element, in the crystal itself

The crystal is relaxed, repeated until images of a vacancy are --width apart, and relaxed again without the atom, in a cell that
keeps its size and shape. The cell is neutral: charged vacancies are not foreseen, which in insulators are often the ones that
matter. From the lattice's places the nearest minimum is found; split vacancies are not looked for. Exit status: 0 done, 1 where
any structure was refused (the others are given all the same), 2 wrong usage.";

const SURFACE_EXAMPLE: &str = "\
What it gives

    lodestone surface --miller 1,1,1 Cu.cif
    lodestone surface --miller 1,1,0 TiO2_rutile.cif -o slabs

    surface energy   J/m2, (E(slab) - E(as much of the crystal)) / 2A, relaxed on both sides in a cell that stays
    termination      each way to cut that symmetry does not make equal to another, lowest energy first
    ends in          the outermost plane of atoms; of both faces where they differ, and then the energy is their mean

The crystal is relaxed first. Slabs are whole periods of it, so that nothing is lacking or left over; faces that need an uneven
amount are not foreseen. Exit status: 0 done, 1 where any structure was refused (the others are given all the same), 2 wrong
usage.";

const ADSORPTION_EXAMPLE: &str = "\
What it gives

    lodestone adsorption --miller 1,1,1 --adsorbate H --adsorbate O Pt.cif

    put on              tops, bridges and hollows of the upper face that symmetry does not make equal; a hollow with what lies below
    adsorption energy   eV, E(slab with it) - E(slab) - µ: negative where it binds, lowest first
    and                 what became of it: stayed, moved to another place, went below, left the surface, fell apart

    H against ½ H2, O ½ O2, N ½ N2, C graphite, OH H2O - ½ H2, CO against CO, molecules alone in a box, by the same weights

The crystal is relaxed and cut (of several terminations the one of lowest surface energy, unless --termination says otherwise; for
the other face change the signs of the indices), repeated to --width, and relaxed with its lower half held. At 0 K, without
vibrations. Exit status: 0 done, 1 where any structure was refused (the others are given all the same), 2 wrong usage.";

/// What it gives, and how far to trust it.
pub fn vacancy_help() -> String {
    with_trust(VACANCY_EXAMPLE, &[&trust::VACANCY])
}

/// What it gives, and how far to trust it.
pub fn surface_help() -> String {
    with_trust(SURFACE_EXAMPLE, &[&trust::SURFACE_ENERGY])
}

/// What it gives, and how far to trust it.
pub fn adsorption_help() -> String {
    with_trust(ADSORPTION_EXAMPLE, &[&trust::ADSORPTION, &trust::MOLECULES])
}
