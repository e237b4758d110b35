//! The structures that a command is asked about, and the folder that what is made of them goes to.

use super::batch::weights;
use crate::files::write_text;
use ::potential::Model;
use anyhow::{Context, anyhow};
use crystal::Structure;
use crystal::format::{self, Format};
use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What the file of a trajectory has between its stem and its extension.
pub const TRAJECTORY: &str = ".trajectory";

/// A structure of a file, or why there is none.
pub struct Entry {
    /// The file.
    pub path: PathBuf,
    /// The file, and the number of the structure where it holds several.
    pub name: String,
    /// What the names of files begin with that are made of it: no two entries share it.
    pub stem: String,
    /// What was read.
    pub structure: Result<Structure, String>,
}

/// All structures of the files, in order.
pub fn read(files: &[PathBuf]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut taken = HashSet::new();
    for path in files {
        let shown = path.display().to_string();
        match format::read_file(path) {
            Ok(structures) => {
                let several = structures.len() > 1;
                for (number, structure) in structures.into_iter().enumerate() {
                    entries.push(Entry {
                        path: path.clone(),
                        name: match several {
                            true => format!("{shown}#{}", number + 1),
                            false => shown.clone(),
                        },
                        stem: free_stem(path, &mut taken),
                        structure: Ok(structure),
                    });
                }
            }
            Err(error) => entries.push(Entry {
                path: path.clone(),
                stem: free_stem(path, &mut taken),
                // The name stands before every message already.
                structure: Err(bare(&error.to_string(), path)),
                name: shown,
            }),
        }
    }
    entries
}

/// The file's name without its extension, numbered from the second of a name on. Names that differ in case alone are one on some
/// disks; `x` and `x.trajectory` would meet where trajectories are written.
fn free_stem(path: &Path, taken: &mut HashSet<String>) -> String {
    let stem = stem(path);
    let numbered = |number: usize| match number {
        1 => stem.clone(),
        _ => format!("{stem}-{number}"),
    };
    let is_free = |stem: &String| {
        let low = stem.to_lowercase();
        let mut base = low.as_str();
        while let Some(shorter) = base.strip_suffix(TRAJECTORY) {
            base = shorter;
        }
        taken.insert(base.to_owned())
    };
    (1..).map(numbered).find(is_free).unwrap_or_default()
}

/// `some/LiFePO4.cif` is `LiFePO4`; of `POSCAR.LiFePO4` nothing is an extension.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default();
    let known = Format::from_path(&Path::new("x").with_extension(extension)).is_some();
    match known {
        true => stem.into_owned(),
        false => name.into_owned(),
    }
}

/// A message without the path that it begins with.
fn bare(message: &str, path: &Path) -> String {
    let start = format!("{}: ", path.display());
    message.strip_prefix(&start).unwrap_or(message).to_owned()
}

/// Makes a folder, and tries it: better now than after hours of work.
pub fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let shown = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {shown}"))?;
    let trial = folder.join(format!(".lodestone-{}.part", std::process::id()));
    File::create(&trial).with_context(|| format!("cannot write into the folder {shown}"))?;
    // What cannot be removed again is empty and hidden.
    let _ = fs::remove_file(trial);
    Ok(())
}

/// The structures that a question leaves, as CIF files of a folder that is there; names begin with `stem`. None
/// for a structure that is not worth keeping.
pub fn write_structures<'a>(
    folder: Option<&Path>,
    stem: &str,
    model: Model,
    made: impl Iterator<Item = (String, Option<&'a Structure>)>,
) -> anyhow::Result<Vec<Option<String>>> {
    let write = |(what, structure): (String, Option<&Structure>)| {
        let (Some(folder), Some(structure)) = (folder, structure) else {
            return Ok(None);
        };
        let path = folder.join(format!("{stem}.{what}.cif"));
        let structure = signed(structure.clone(), model);
        let text = format::write(&structure, Format::Cif).map_err(|e| anyhow!(e))?;
        write_text(&path, &text)?;
        Ok(Some(path.display().to_string()))
    };
    made.map(write).collect()
}

/// With the weights, and where they are published, in its title.
pub fn signed(mut structure: Structure, model: Model) -> Structure {
    let title = format!("{} relaxed with {}", structure.title, weights(model));
    structure.title = title.trim_start().to_owned();
    structure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_structures_share_a_stem() {
        let mut taken = HashSet::new();
        let mut stem = |path: &str| free_stem(Path::new(path), &mut taken);
        assert_eq!(stem("a/x.cif"), "x");
        assert_eq!(stem("b/x.cif"), "x-2");
        assert_eq!(stem("b/x-2.vasp"), "x-2-2");
        assert_eq!(stem("X.xyz"), "X-3");
        // Its file would be that of the trajectory of the first.
        assert_eq!(stem("x.trajectory.extxyz"), "x.trajectory-2");
        assert_eq!(stem("POSCAR.LiFePO4"), "POSCAR.LiFePO4");
        assert_eq!(stem("POSCAR.NaFePO4"), "POSCAR.NaFePO4");
        assert_eq!(stem("POSCAR"), "POSCAR");
        assert_eq!(stem("a.b.CIF"), "a.b");
    }
}
