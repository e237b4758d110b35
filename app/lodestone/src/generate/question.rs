//! The command line as a question to the room of prototypes.

use crate::Failure;
use crate::args::GenerateArgs;
use anyhow::{Context, Result, anyhow, bail};
use crystal::format::{Format, read_file};
use matter::Element;
use prototype::{Prototype, Request};
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
    let mut request = Request {
        most: args.max,
        sites: args.max_sites,
        probability: args.min_probability,
        bond_mismatch: args.bond_mismatch,
        radius_mismatch: args.radius_mismatch,
        pettifor: args.pettifor,
        anions: elements(&args.anions, "--anions")?,
        ..Request::default()
    };
    if !args.elements.is_empty() {
        request.elements = elements(&args.elements, "--elements")?;
    }
    let excluded = elements(&args.exclude, "--exclude")?;
    request.elements.retain(|e| !excluded.contains(e));
    if request.elements.is_empty() {
        bail!("--elements and --exclude leave no element");
    }
    for rule in &args.substitute {
        let (from, to) = rule.split_once('=').ok_or_else(|| {
            anyhow!("--substitute {rule:?}: write the prototype's element, `=` and what may replace it, as Fe=Mn,Co")
        })?;
        let from = element(from, "--substitute")?;
        let to = match to.trim() {
            "any" => request.elements.clone(),
            list => {
                let words: Vec<String> = list.split(',').map(str::to_owned).collect();
                let mut list = elements(&words, "--substitute")?;
                list.retain(|e| !excluded.contains(e));
                list
            }
        };
        if to.is_empty() {
            bail!("--substitute {rule:?}: --exclude leaves nothing that may replace {from}");
        }
        request.replacements.push((from, to));
    }
    Ok(request)
}

/// Elements by symbol, name or group.
fn elements(words: &[String], option: &str) -> Result<Vec<Element>> {
    let mut all = Vec::new();
    for word in words {
        match group(word.trim()) {
            Some(members) => all.extend(members),
            None => all.push(element(word, option)?),
        }
    }
    all.sort();
    all.dedup();
    Ok(all)
}

fn element(word: &str, option: &str) -> Result<Element> {
    Element::from_word(word).ok_or_else(|| {
        anyhow!(
            "{option}: {word:?} is no element; give symbols or the groups {}",
            GROUPS.join(", ")
        )
    })
}

const GROUPS: [&str; 8] = [
    "3d",
    "4d",
    "5d",
    "rare-earths",
    "noble-metals",
    "critical",
    "alkali",
    "halogens",
];

/// The elements of a group's name.
fn group(name: &str) -> Option<Vec<Element>> {
    let of = |wanted: &dyn Fn(Element) -> bool| Element::all().filter(|e| wanted(*e)).collect();
    let within = |from: u8, to: u8| move |e: Element| (from..=to).contains(&e.atomic_number());
    Some(match name {
        "3d" => of(&within(21, 30)),
        "4d" => of(&within(39, 48)),
        "5d" => of(&within(72, 80)),
        "rare-earths" => of(&|e| e.data().rare_earth),
        "noble-metals" => of(&|e| e.data().noble_metal),
        "critical" => of(&|e| e.data().critical),
        "alkali" => of(&|e| e.data().group == Some(1.0) && e != Element::H),
        "halogens" => of(&|e| e.data().group == Some(17.0) && !e.data().radioactive),
        _ => return None,
    })
}
