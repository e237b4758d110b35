//! Crystal structures of the candidates: read from files, given to plugins in columns.

use crate::ScreeningError;
use crystal::format::{self, Format};
use crystal::symmetry::{DEFAULT_TOLERANCE, analyse};
use crystal::{CrystalError, Lattice, Site, Species, Structure};
use job::Job;
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use plugin_host::StructuresInput;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use table::{ReadOptions, Table, is_missing};

/// Headers of columns that hold paths of structure files, without case, blanks, `_` and `-`.
const HEADERS: [&str; 7] = [
    "structure",
    "structurefile",
    "structurepath",
    "cif",
    "ciffile",
    "poscar",
    "structures",
];
/// Structures with more sites are hardly unit cells, and their symmetry takes long: seconds for 1000 sites, and growing
/// with the square.
const MAX_SYMMETRY_SITES: usize = 500;
/// Rows that are looked at to tell whether a column holds paths.
const SAMPLE: usize = 200;

/// The structures of a table's candidates, one row each.
#[derive(Clone, Debug, Default)]
pub struct Structures {
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
enum Row {
    /// No file is named.
    None,
    Known(Box<Candidate>),
    /// Why the file cannot be read.
    Unreadable(String),
}

/// A structure in as little memory as plugins and symmetry need.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The reduced formula.
    pub formula: String,
    /// Å3 an atom.
    volume_per_atom: f64,
    /// g/cm3.
    density: f64,
    /// Rows a, b and c of the cell, Å.
    lattice: [f64; 9],
    /// Three fractional coordinates a site.
    positions: Vec<f64>,
    /// The number of species of each site.
    shares: Vec<u32>,
    atomic_numbers: Vec<u8>,
    occupancies: Vec<f64>,
    /// µB a site, NaN where unknown; empty where none is known.
    moments: Vec<f64>,
}

impl Structures {
    /// Reads the files that a column names. Paths count from `folder`; `file.cif#2` means the second structure of a file.
    ///
    /// # Errors
    ///
    /// Cancelled. A file that cannot be read is told by [`Structures::get`].
    pub fn read(
        table: &Table,
        column: usize,
        folder: &Path,
        job: &Job,
    ) -> Result<Self, ScreeningError> {
        job.stage("reading structures", Some(table.len() as u64));
        let rows = (0..table.len()).into_par_iter().map(|row| {
            job.check()?;
            let text = table.text(column, row);
            let row = match is_missing(&text) {
                true => Row::None,
                false => read_named(text.trim(), folder),
            };
            job.advance(1);
            Ok(row)
        });
        let rows = rows.collect::<Result<Vec<Row>, ScreeningError>>()?;
        Ok(Self { rows })
    }

    /// Structures that were read already, or why one could not be, a row each.
    pub fn of<S: AsRef<Structure>>(rows: impl Iterator<Item = Result<S, String>>) -> Self {
        let rows = rows.map(|structure| match structure {
            Ok(structure) => candidate(structure.as_ref()),
            Err(why) => Row::Unreadable(format!("structure {why}")),
        });
        Self {
            rows: rows.collect(),
        }
    }

    /// The structure files of a folder as a table with one column, `structure`, and their structures. A file with several
    /// has a row for each.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read or holds no structure file; cancelled.
    pub fn of_folder(folder: &Path, job: &Job) -> Result<(Table, Self), ScreeningError> {
        let shown = || folder.display().to_string();
        let failed = |error: std::io::Error| ScreeningError::Folder {
            folder: shown(),
            why: error.to_string(),
        };
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if Format::from_path(&path).is_some() && path.is_file() {
                files.push(path);
            }
        }
        if files.is_empty() {
            return Err(ScreeningError::Folder {
                folder: shown(),
                why: "it holds no structure file (*.cif, *.vasp, *.poscar, POSCAR*, CONTCAR*, *.xyz, *.extxyz)".to_owned(),
            });
        }
        files.sort();
        job.stage("reading structures", Some(files.len() as u64));
        let read = files.par_iter().map(|path| {
            job.check()?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let rows = match format::read_file(path) {
                Ok(all) => {
                    let several = all.len() > 1;
                    let numbered = all.iter().enumerate().map(|(index, structure)| {
                        let name = match several {
                            true => format!("{name}#{}", index + 1),
                            false => name.to_string(),
                        };
                        (name, candidate(structure))
                    });
                    numbered.collect()
                }
                Err(error) => vec![(name.to_string(), Row::Unreadable(reason(error)))],
            };
            job.advance(1);
            Ok(rows)
        });
        let read = read.collect::<Result<Vec<Vec<(String, Row)>>, ScreeningError>>()?;
        let (names, rows): (Vec<String>, Vec<Row>) = read.into_iter().flatten().unzip();
        let mut text = String::from("structure\n");
        for name in names {
            text.push_str(&format!("\"{}\"\n", name.replace('"', "\"\"")));
        }
        let options = ReadOptions {
            delimiter: Some(b','),
            ..ReadOptions::default()
        };
        let table = Table::read_text(text.as_bytes(), &shown(), &options, job)?;
        Ok((table, Self { rows }))
    }

    /// The column of a table that names structure files: by its header, where most of its cells are names of such files.
    pub fn find_column(table: &Table) -> Option<usize> {
        (0..table.columns().len()).find(|&column| {
            let name = table.columns()[column].name.chars();
            let plain: String = name.filter(|c| c.is_alphanumeric()).collect();
            let cells = table.texts(column, 0..table.len().min(SAMPLE));
            let known: Vec<bool> = cells
                .filter(|text| !is_missing(text))
                .map(|text| Format::from_path(Path::new(parts(text.trim()).0)).is_some())
                .collect();
            let files = known.iter().filter(|is_file| **is_file).count();
            HEADERS.contains(&plain.to_lowercase().as_str())
                && files > 0
                && 2 * files >= known.len()
        })
    }

    /// The structure of a row of the table; none where no file is named.
    ///
    /// # Errors
    ///
    /// Why the file of the row cannot be read.
    pub fn get(&self, row: usize) -> Result<Option<&Candidate>, &str> {
        match self.rows.get(row) {
            Some(Row::Known(candidate)) => Ok(Some(candidate)),
            Some(Row::Unreadable(why)) => Err(why),
            Some(Row::None) | None => Ok(None),
        }
    }
}

/// A cell's file, and which of its structures: `file.cif#2`.
fn parts(cell: &str) -> (&str, Option<usize>) {
    match cell.rsplit_once('#') {
        Some((file, number)) if number.parse().is_ok_and(|n: usize| n > 0) => {
            (file, number.parse().ok())
        }
        _ => (cell, None),
    }
}

fn read_named(cell: &str, folder: &Path) -> Row {
    // A file whose own name holds a `#` comes first.
    let whole = folder.join(cell);
    let (path, number) = match whole.is_file() {
        true => (whole, None),
        false => {
            let (file, number) = parts(cell);
            (folder.join(file), number)
        }
    };
    let all = match format::read_file(&path) {
        Ok(all) => all,
        Err(error) => return Row::Unreadable(reason(error)),
    };
    match (number, all.as_slice()) {
        (None, [only]) => candidate(only),
        (None, several) => Row::Unreadable(format!(
            "{}: the file holds {} structures; say which with {cell}#1 or the like",
            path.display(),
            several.len()
        )),
        (Some(number), several) => match several.get(number - 1) {
            Some(structure) => candidate(structure),
            None => Row::Unreadable(format!(
                "{}: the file holds {} structures, and none is number {number}",
                path.display(),
                several.len()
            )),
        },
    }
}

fn reason(error: CrystalError) -> String {
    format!("structure {error}")
}

fn candidate(structure: &Structure) -> Row {
    let rows = structure.lattice.rows();
    let species = || structure.sites.iter().flat_map(|site| &site.species);
    let moments = structure.sites.iter().map(|site| site.magnetic_moment);
    let moments: Vec<f64> = moments.map(|m| m.unwrap_or(f64::NAN)).collect();
    Row::Known(Box::new(Candidate {
        formula: structure.formula(),
        volume_per_atom: structure.volume_per_atom(),
        density: structure.density(),
        lattice: std::array::from_fn(|i| rows[(i / 3, i % 3)]),
        positions: structure
            .sites
            .iter()
            .flat_map(|s| s.position.iter().copied())
            .collect(),
        shares: structure
            .sites
            .iter()
            .map(|s| s.species.len() as u32)
            .collect(),
        atomic_numbers: species().map(|s| s.element.atomic_number()).collect(),
        occupancies: species().map(|s| s.occupancy).collect(),
        moments: if moments.iter().all(|m| m.is_nan()) {
            Vec::new()
        } else {
            moments
        },
    }))
}

impl Candidate {
    /// The structure as the room `crystal` has it, without labels.
    fn structure(&self) -> Result<Structure, CrystalError> {
        let lattice = Lattice::new(Matrix3::from_row_slice(&self.lattice))?;
        let mut parts = self.atomic_numbers.iter().zip(&self.occupancies);
        let sites = self
            .positions
            .chunks_exact(3)
            .zip(&self.shares)
            .map(|(position, &share)| {
                let species = parts
                    .by_ref()
                    .take(share as usize)
                    .filter_map(|(&z, &occupancy)| {
                        let element = Element::new(z)?;
                        Some(Species {
                            occupancy,
                            ..Species::new(element)
                        })
                    });
                Site {
                    position: Vector3::new(position[0], position[1], position[2]),
                    species: species.collect(),
                    label: String::new(),
                    magnetic_moment: None,
                }
            });
        Ok(Structure::new(lattice, sites.collect()))
    }
}

/// Structures of a batch in columns, as [`StructuresInput`] borrows them.
#[derive(Default)]
pub struct Columns {
    lattices: Vec<f64>,
    site_offsets: Vec<u32>,
    positions: Vec<f64>,
    species_offsets: Vec<u32>,
    atomic_numbers: Vec<u8>,
    occupancies: Vec<f64>,
    moments: Vec<f64>,
}

impl Columns {
    /// The columns of candidates in their order; one without a structure owns no site.
    pub fn new<'a>(candidates: impl Iterator<Item = Option<&'a Candidate>> + Clone) -> Self {
        let mut all = Self {
            site_offsets: vec![0],
            species_offsets: vec![0],
            ..Self::default()
        };
        let with_moments = candidates.clone().flatten().any(|c| !c.moments.is_empty());
        for candidate in candidates {
            match candidate {
                Some(c) => {
                    all.lattices.extend(c.lattice);
                    all.positions.extend(&c.positions);
                    for share in &c.shares {
                        let end = all.species_offsets.last().copied().unwrap_or(0);
                        all.species_offsets.push(end + share);
                    }
                    all.atomic_numbers.extend(&c.atomic_numbers);
                    all.occupancies.extend(&c.occupancies);
                    match with_moments && c.moments.is_empty() {
                        true => all.moments.extend(c.shares.iter().map(|_| f64::NAN)),
                        false => all.moments.extend(&c.moments),
                    }
                }
                None => all.lattices.extend([0.0; 9]),
            }
            // A batch of 4096 structures of a million sites each would not fit into memory long before 2^32.
            all.site_offsets.push((all.positions.len() / 3) as u32);
        }
        all
    }

    /// What a plugin is given.
    pub fn input(&self) -> StructuresInput<'_> {
        StructuresInput {
            lattices: &self.lattices,
            site_offsets: &self.site_offsets,
            positions: &self.positions,
            species_offsets: &self.species_offsets,
            atomic_numbers: &self.atomic_numbers,
            occupancies: &self.occupancies,
            site_moments: &self.moments,
        }
    }
}

/// A number about a structure that plugins ask for by name; missing for candidates without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructureDescriptor {
    VolumePerAtom,
    Density,
    SpaceGroup,
    Uniaxial,
}

impl StructureDescriptor {
    /// All, with their names and units.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::VolumePerAtom, "structure_volume_per_atom", "Å3"),
        (Self::Density, "structure_density", "g/cm3"),
        (Self::SpaceGroup, "structure_space_group", ""),
        // 1 for tetragonal, trigonal and hexagonal crystals, 0 for others.
        (Self::Uniaxial, "structure_uniaxial", ""),
    ];

    /// The descriptor of a name, with the name and unit that its column has.
    pub fn named(name: &str) -> Option<(Self, &'static str, &'static str)> {
        Self::ALL.into_iter().find(|d| d.1 == name)
    }

    /// Its values; NaN where there is no structure, or no symmetry is found, or it would take too long to find.
    pub fn values<'a>(self, candidates: impl Iterator<Item = Option<&'a Candidate>>) -> Vec<f64> {
        let symmetry = |c: &Candidate| {
            if c.shares.len() > MAX_SYMMETRY_SITES {
                return None;
            }
            let found = analyse(&c.structure().ok()?, DEFAULT_TOLERANCE).ok()?;
            Some(match self {
                Self::Uniaxial => f64::from(u8::from(found.crystal_system.is_uniaxial())),
                _ => f64::from(found.number),
            })
        };
        let value = |c: &Candidate| match self {
            Self::VolumePerAtom => Some(c.volume_per_atom),
            Self::Density => Some(c.density),
            Self::SpaceGroup | Self::Uniaxial => symmetry(c),
        };
        candidates
            .map(|c| c.and_then(value).unwrap_or(f64::NAN))
            .collect()
    }
}
