//! File formats: CIF, POSCAR and extended XYZ, read and written.
//!
//! No reader trusts what it reads: files above 64 MiB and structures above [`MAX_SITES`](crate::MAX_SITES) sites are
//! refused, and every other fault is told with its line, its column and a remedy. What a reader sets aside or takes for
//! granted is in [`Structure::notes`].

mod cif;
mod extxyz;
mod poscar;
mod text;

use crate::{CrystalError, Structure};
use nalgebra::{Matrix3, Vector3};
use std::io::Read;
use std::path::Path;
use thiserror::Error;

/// The largest file that is read, bytes.
const MAX_BYTES: u64 = 64 << 20;

/// A file format of crystal structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Crystallographic Information File, version 1.1, and what of version 2 is usual for structures.
    Cif,
    /// VASP's POSCAR and CONTCAR, versions 4 and 5.
    Poscar,
    /// Extended XYZ. Plain XYZ has no lattice, and is refused.
    ExtXyz,
}

/// Where a file is no structure, why, and what to do.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("line {line}, column {column}: {what}; {remedy}")]
pub struct FormatError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, with the text that is.
    pub what: String,
    /// What would be right.
    pub remedy: String,
}

impl Format {
    /// The format that a file's name tells: `*.cif`, `*.xyz`, `*.extxyz`, `*.vasp`, `*.poscar`, `*.contcar`, `POSCAR*`,
    /// `CONTCAR*`; the case of extensions does not matter.
    pub fn from_path(path: &Path) -> Option<Self> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        match extension.to_ascii_lowercase().as_str() {
            "cif" | "mcif" => return Some(Self::Cif),
            "xyz" | "extxyz" => return Some(Self::ExtXyz),
            "vasp" | "poscar" | "contcar" => return Some(Self::Poscar),
            _ => {}
        }
        let name = path.file_name()?.to_str()?;
        (name.starts_with("POSCAR") || name.starts_with("CONTCAR")).then_some(Self::Poscar)
    }
}

/// A frame of a trajectory: a structure, and what its file says of it. What it does not say, or not in numbers, is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The structure.
    pub structure: Structure,
    /// Of the whole cell, eV.
    pub energy: Option<f64>,
    /// On every site, eV/Å.
    pub forces: Option<Vec<Vector3<f64>>>,
    /// eV/Å3, tensile positive.
    pub stress: Option<Matrix3<f64>>,
    /// The model that said it: `model=` in the second line.
    pub model: Option<String>,
    /// Where that is published: `doi=`.
    pub doi: Option<String>,
}

impl Frame {
    /// A structure of which nothing is said.
    pub fn of(structure: Structure) -> Self {
        Self {
            structure,
            energy: None,
            forces: None,
            stress: None,
            model: None,
            doi: None,
        }
    }
}

/// All structures of a text: data blocks of a CIF, frames of an extended XYZ, one of a POSCAR; at least one.
///
/// # Errors
///
/// The first fault, with its place.
pub fn read(text: &str, format: Format) -> Result<Vec<Structure>, FormatError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        Format::Cif => cif::read(text),
        Format::Poscar => poscar::read(text).map(|structure| vec![structure]),
        Format::ExtXyz => extxyz::read(text),
    }
}

/// All structures of a file, whose format is told by its name. Bytes that are no UTF-8, as in authors' names of old CIF
/// files, are replaced.
///
/// # Errors
///
/// A name of no known format, a file that cannot be opened or is larger than 64 MiB, or a fault in it.
pub fn read_file(path: &Path) -> Result<Vec<Structure>, CrystalError> {
    let (text, format) = text_of(path)?;
    read(&text, format).map_err(|error| CrystalError::Format(path.display().to_string(), error))
}

/// All frames of an extended XYZ, with the energies, forces and stresses that it states under the names of ASE; at least one.
///
/// # Errors
///
/// As [`read_file`], and a file of another format.
pub fn read_trajectory(path: &Path) -> Result<Vec<Frame>, CrystalError> {
    let (text, format) = text_of(path)?;
    let shown = || path.display().to_string();
    if format != Format::ExtXyz {
        return Err(CrystalError::File(
            shown(),
            "a trajectory is an extended XYZ (.extxyz, .xyz)".to_string(),
        ));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    extxyz::read_frames(text).map_err(|error| CrystalError::Format(shown(), error))
}

/// The text of a structure file, and its format.
fn text_of(path: &Path) -> Result<(String, Format), CrystalError> {
    let shown = || path.display().to_string();
    if path.is_dir() {
        let what = "a folder; give the files in it, as in FOLDER/*.cif";
        return Err(CrystalError::File(shown(), what.to_string()));
    }
    let format = Format::from_path(path).ok_or_else(|| CrystalError::UnknownFormat(shown()))?;
    let unreadable = |error: std::io::Error| CrystalError::File(shown(), error.to_string());
    // A pipe or device would be waited for.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(CrystalError::File(shown(), "not a file".to_string()));
    }
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // One byte more than is allowed tells a file that is too large, also where it grows meanwhile.
    let mut limited = file.take(MAX_BYTES + 1);
    limited.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        let what = "larger than 64 MiB; split it into one file a structure";
        return Err(CrystalError::File(shown(), what.to_string()));
    }
    Ok((String::from_utf8_lossy(&bytes).into_owned(), format))
}

/// A structure as a text of this format, which [`read`] turns into an equal one, up to what the format cannot hold:
///
/// | | CIF | POSCAR | extended XYZ |
/// |---|---|---|---|
/// | orientation of the lattice | a along x | kept | kept |
/// | partial and mixed occupancies | kept | refused | refused |
/// | oxidation states | kept | lost | lost |
/// | labels | made unique | kept where they start with the symbol | kept |
/// | magnetic moments | lost | lost | kept |
///
/// # Errors
///
/// A structure without sites, or one that the format cannot hold.
pub fn write(structure: &Structure, format: Format) -> Result<String, CrystalError> {
    if structure.sites.is_empty() {
        return Err(CrystalError::Empty);
    }
    match format {
        Format::Cif => Ok(cif::write(structure)),
        Format::Poscar => poscar::write(structure),
        Format::ExtXyz => extxyz::write(structure),
    }
}

/// A frame as extended XYZ, under the names of ASE, which [`read_trajectory`] reads. Frames one after the other are a trajectory.
///
/// # Errors
///
/// A structure without sites, a disordered one, one with moments on some sites alone; forces that are not one a site.
pub fn write_frame(frame: &Frame) -> Result<String, CrystalError> {
    match frame.structure.sites.is_empty() {
        true => Err(CrystalError::Empty),
        false => extxyz::write_frame(frame),
    }
}
