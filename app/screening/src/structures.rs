//! Crystal structures of the candidates: read from files, given to plugins in columns.

use crate::ScreeningError;
use crystal::format::{self, Format};
use crystal::symmetry::{DEFAULT_TOLERANCE, analyse};
use crystal::{CrystalError, Lattice, Site, Species, Structure};
use job::{Cancelled, Job};
use matter::Element;
use nalgebra::{Matrix3, Vector3};
use plugin_host::StructuresInput;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
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
    /// Rows that name the same structure share it.
    Known(Arc<Candidate>),
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
    /// What its reader set aside or took for granted, in sentences.
    pub notes: Vec<String>,
    /// Found when it is first asked for, which is dear.
    symmetry: OnceLock<Option<Symmetry>>,
}

/// What descriptors tell of a symmetry.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Symmetry {
    space_group: u8,
    uniaxial: bool,
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
        // A file that many rows name is read once.
        let mut files: Vec<(PathBuf, Vec<Named>)> = Vec::new();
        let mut places: HashMap<PathBuf, usize> = HashMap::new();
        for row in 0..table.len() {
            let text = table.text(column, row);
            if is_missing(&text) {
                continue;
            }
            let (path, number) = locate(text.trim(), folder);
            let place = *places.entry(path).or_insert_with_key(|path| {
                files.push((path.clone(), Vec::new()));
                files.len() - 1
            });
            files[place].1.push(Named { row, number });
        }
        let read = files.par_iter().map(|(path, named)| {
            job.check()?;
            let read = read_named(path, named);
            job.advance(named.len() as u64);
            Ok(read)
        });
        let read = read.collect::<Result<Vec<_>, ScreeningError>>()?;
        let mut rows = vec![Row::None; table.len()];
        for (row, known) in read.into_iter().flatten() {
            rows[row] = known;
        }
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

    /// What the structure of a row says to its reader: notes, or why its file cannot be read.
    pub(crate) fn notes(&self, row: usize) -> &[String] {
        match self.rows.get(row) {
            Some(Row::Known(candidate)) => &candidate.notes,
            Some(Row::Unreadable(why)) => std::slice::from_ref(why),
            Some(Row::None) | None => &[],
        }
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

/// A row that names a file, and which of its structures.
struct Named {
    row: usize,
    number: Option<usize>,
}

/// The file that a cell names, and which of its structures.
fn locate(cell: &str, folder: &Path) -> (PathBuf, Option<usize>) {
    // A file whose own name holds a `#` comes first.
    let whole = folder.join(cell);
    match parts(cell) {
        (file, Some(number)) if !whole.is_file() => (folder.join(file), Some(number)),
        _ => (whole, None),
    }
}

/// The structures of one file for the rows that name it.
fn read_named(path: &Path, named: &[Named]) -> Vec<(usize, Row)> {
    let all = match format::read_file(path) {
        Ok(all) => all,
        Err(error) => {
            let why = reason(error);
            let unreadable = named.iter();
            return unreadable
                .map(|n| (n.row, Row::Unreadable(why.clone())))
                .collect();
        }
    };
    let shown = path.display();
    let mut known: HashMap<usize, Row> = HashMap::new();
    let mut of_row = |named: &Named| match (named.number, all.len()) {
        (None, several) if several != 1 => Row::Unreadable(format!(
            "structure {shown}: the file holds {several} structures; say which with {}#1 or the like",
            path.file_name().unwrap_or_default().to_string_lossy()
        )),
        (number, several) => match all.get(number.unwrap_or(1) - 1) {
            Some(structure) => known
                .entry(number.unwrap_or(1))
                .or_insert_with(|| candidate(structure))
                .clone(),
            None => Row::Unreadable(format!(
                "structure {shown}: the file holds {several} structures, and none is number {}",
                number.unwrap_or(1)
            )),
        },
    };
    named.iter().map(|n| (n.row, of_row(n))).collect()
}

fn reason(error: CrystalError) -> String {
    format!("structure {error}")
}

fn candidate(structure: &Structure) -> Row {
    let rows = structure.lattice.rows();
    let species = || structure.sites.iter().flat_map(|site| &site.species);
    let moments = structure.sites.iter().map(|site| site.magnetic_moment);
    let moments: Vec<f64> = moments.map(|m| m.unwrap_or(f64::NAN)).collect();
    Row::Known(Arc::new(Candidate {
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
        notes: structure.notes.clone(),
        symmetry: OnceLock::new(),
    }))
}

impl Candidate {
    /// None where no symmetry is found, or it would take too long to find.
    fn symmetry(&self) -> Option<Symmetry> {
        *self.symmetry.get_or_init(|| {
            if self.shares.len() > MAX_SYMMETRY_SITES {
                return None;
            }
            let found = analyse(&self.structure().ok()?, DEFAULT_TOLERANCE).ok()?;
            Some(Symmetry {
                space_group: found.number,
                uniaxial: found.crystal_system.is_uniaxial(),
            })
        })
    }

    /// The structure as the room `crystal` has it; sites are called after their first element.
    pub(crate) fn structure(&self) -> Result<Structure, CrystalError> {
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
                let species: Vec<Species> = species.collect();
                let label = species.first().map_or("", |s| s.element.symbol());
                Site {
                    position: Vector3::new(position[0], position[1], position[2]),
                    label: label.to_owned(),
                    species,
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
    ///
    /// # Errors
    ///
    /// Cancelled.
    pub fn values<'a>(
        self,
        candidates: impl Iterator<Item = Option<&'a Candidate>>,
        job: &Job,
    ) -> Result<Vec<f64>, Cancelled> {
        let value = |c: &Candidate| match self {
            Self::VolumePerAtom => Some(c.volume_per_atom),
            Self::Density => Some(c.density),
            Self::SpaceGroup => c.symmetry().map(|s| f64::from(s.space_group)),
            Self::Uniaxial => c.symmetry().map(|s| f64::from(u8::from(s.uniaxial))),
        };
        let candidates: Vec<Option<&Candidate>> = candidates.collect();
        let values = candidates.into_par_iter().map(|candidate| {
            job.check()?;
            Ok(candidate.and_then(value).unwrap_or(f64::NAN))
        });
        values.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of paths in a folder with `run.xyz`, which holds iron and nickel.
    fn read(cells: &[&str]) -> (Vec<String>, Structures) {
        let folder = tempfile::tempdir().unwrap();
        let frame = |symbol: &str| format!("1\nLattice=\"3 0 0 0 3 0 0 0 3\"\n{symbol} 0 0 0\n");
        std::fs::write(folder.path().join("run.xyz"), frame("Fe") + &frame("Ni")).unwrap();
        std::fs::write(folder.path().join("one#1.xyz"), frame("Co")).unwrap();
        let text = format!("structure\n{}\n", cells.join("\n"));
        let job = Job::new();
        let table =
            Table::read_text(text.as_bytes(), "in.csv", &ReadOptions::default(), &job).unwrap();
        let structures = Structures::read(&table, 0, folder.path(), &job).unwrap();
        let found = |row| match structures.get(row) {
            Ok(Some(candidate)) => candidate.formula.clone(),
            Ok(None) => "none".to_owned(),
            Err(why) => why.to_owned(),
        };
        ((0..table.len()).map(found).collect(), structures)
    }

    #[test]
    fn rows_that_name_one_file_read_it_once_and_keep_their_order() {
        let (found, structures) = read(&[
            "run.xyz#2",
            "one#1.xyz",
            "run.xyz#1",
            "run.xyz#2",
            "NA",
            "run.xyz#3",
            "run.xyz",
            "no.xyz#1",
        ]);
        assert_eq!(found[..5], ["Ni", "Co", "Fe", "Ni", "none"]);
        for (row, said) in [
            (5, "none is number 3"),
            (6, "say which with run.xyz#1"),
            (7, "no.xyz"),
        ] {
            assert!(found[row].contains(said), "{}", found[row]);
        }
        let known = |row| structures.get(row).unwrap().unwrap() as *const Candidate;
        assert_eq!(known(0), known(3));
        assert_ne!(known(0), known(2));
    }

    #[test]
    fn descriptors_of_structures_stop_when_they_are_cancelled() {
        let (_, structures) = read(&["run.xyz#1", "run.xyz#2", "NA"]);
        let candidates = || (0..3).map(|row| structures.get(row).ok().flatten());
        let job = Job::new();
        let of = |descriptor: StructureDescriptor| descriptor.values(candidates(), &job);
        // A primitive cubic cell of one atom: Pm-3m.
        assert_eq!(
            of(StructureDescriptor::SpaceGroup).unwrap()[..2],
            [221.0; 2]
        );
        assert_eq!(of(StructureDescriptor::Uniaxial).unwrap()[..2], [0.0; 2]);
        assert_eq!(of(StructureDescriptor::VolumePerAtom).unwrap()[0], 27.0);
        assert!(of(StructureDescriptor::Density).unwrap()[2].is_nan());
        job.cancel();
        assert_eq!(of(StructureDescriptor::SpaceGroup), Err(Cancelled));
    }
}
