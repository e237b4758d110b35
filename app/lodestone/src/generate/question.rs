//! The command line as a question to the room of prototypes.

use crate::Failure;
use crate::args::GenerateArgs;
use anyhow::{Context, Result, anyhow};
use crystal::format::{Format, read_file};
use prototype::{Field, Prototype, Request, Wish, WishError};
use std::path::{Path, PathBuf};

/// The prototypes that the words mean, each once, in the order of the words.
pub fn prototypes(words: &[String]) -> Result<Vec<Prototype>, Failure> {
    let shipped = Prototype::shipped();
    let mut all: Vec<Prototype> = Vec::new();
    for word in words.iter().map(|word| word.trim()) {
        let path = Path::new(word);
        let found: Vec<Prototype> = if word == "all" {
            let several = |p: &&Prototype| p.structure.composition().as_ref().len() > 1;
            shipped.iter().filter(several).cloned().collect()
        } else if Format::from_path(path).is_some() {
            of_file(path)?
        } else {
            let found = Prototype::find(shipped, word);
            if found.is_empty() {
                return Err(Failure::Usage(unknown(word, shipped)));
            }
            found.into_iter().cloned().collect()
        };
        for prototype in found {
            if !all.iter().any(|p| p.name == prototype.name) {
                all.push(prototype);
            }
        }
    }
    Ok(all)
}

fn unknown(word: &str, shipped: &[Prototype]) -> anyhow::Error {
    let names = shipped
        .iter()
        .flat_map(|p| std::iter::once(&p.name).chain(&p.called));
    let nearest = optimize::suggest_nearest(word, names.map(String::as_str));
    let hint = nearest.map_or_else(String::new, |name| format!("; did you mean {name:?}?"));
    anyhow!(
        "--prototypes: there is no structure type {word:?}{hint} (`lodestone generate --list` shows all; files end in .cif, .vasp, \
         .poscar or .xyz)"
    )
}

/// The structures of a file as prototypes, under the file's name.
fn of_file(path: &Path) -> Result<Vec<Prototype>, Failure> {
    let failed = |error: anyhow::Error| Failure::Failed(error.context("--prototypes"));
    let structures = read_file(path).map_err(|error| failed(error.into()))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stem: String = stem
        .chars()
        .map(|c| if c.is_whitespace() { '_' } else { c })
        .collect();
    let several = structures.len() > 1;
    let mut all = Vec::new();
    for (number, structure) in structures.iter().enumerate() {
        let name = match several {
            true => format!("{stem}-{}", number + 1),
            false => stem.clone(),
        };
        let source = path.display().to_string();
        let made = Prototype::new(&name, structure, &source);
        all.push(made.map_err(|error| failed(error.into()))?);
    }
    Ok(all)
}

/// The structure files of a folder, by name.
pub fn structure_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let shown = || format!("cannot read the folder {}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(shown)? {
        let path = entry.with_context(shown)?.path();
        if Format::from_path(&path).is_some() && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The request that the options make.
pub fn request(args: &GenerateArgs) -> Result<Request> {
    let base = Request {
        most: args.max,
        sites: args.max_sites,
        probability: args.min_probability,
        bond_mismatch: args.bond_mismatch,
        radius_mismatch: args.radius_mismatch,
        pettifor: args.pettifor,
        ..Request::default()
    };
    let wish = Wish {
        elements: args.elements.clone(),
        exclude: args.exclude.clone(),
        anions: args.anions.clone(),
        substitute: args.substitute.clone(),
    };
    wish.request(base).map_err(|error| match &error {
        WishError::Element { field, .. } => anyhow!("{}: {error}", option(*field)),
        WishError::Nothing => anyhow!("--elements and --exclude leave no element"),
        WishError::Empty { rule, element } => {
            anyhow!("--substitute {rule:?}: --exclude leaves nothing that may replace {element}")
        }
        _ => anyhow!("--substitute {error}"),
    })
}

/// The option of a field.
fn option(field: Field) -> &'static str {
    match field {
        Field::Elements => "--elements",
        Field::Exclude => "--exclude",
        Field::Anions => "--anions",
        Field::Substitute => "--substitute",
    }
}
