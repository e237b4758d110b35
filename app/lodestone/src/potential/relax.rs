//! `lodestone relax`: structures taken to the nearest minimum of the potential's energy, written to a folder.

use super::predict::{change, json_of};
use super::{Entry, opened, print_json, print_table, read, refusal, tell_device, tell_refused};
use crate::args::{RelaxArgs, RelaxMethod, StructureFormat};
use crate::model::on_threads;
use crate::{Failure, progress, show};
use ::potential::relax::{Ending, Method, Relaxed, Settings, relax_watched};
use ::potential::{Model, Potential, PotentialError, Precision, trajectory};
use anyhow::{Context, anyhow};
use crystal::Structure;
use crystal::format::{self, Format};
use job::Job;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use table::{TableError, write_atomically};

pub fn run(args: &RelaxArgs) -> Result<(), Failure> {
    on_threads(args.structures.threads, || relax_files(args))
}

/// A structure relaxed, and the frames it passed.
type Found = Result<(Relaxed, String), String>;

fn relax_files(args: &RelaxArgs) -> Result<(), Failure> {
    let given = &args.structures;
    let settings = settings(args);
    let potential = opened(given.model, Precision::Single, args.device)?;
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("cannot make the folder {}", args.output.display()))?;
    let (job, shown) = progress::start();
    let entries = read(&given.files);
    let found = relaxed(&potential, &entries, &settings, args.trajectory, &job);
    let found = found.map_err(anyhow::Error::from)?;
    tell_device(&potential);
    let names = names(&entries, args.format);
    let (mut rows, mut values, mut refused) = (vec![header()], Vec::new(), Vec::new());
    for ((entry, found), (name, format)) in entries.iter().zip(found).zip(names) {
        match found {
            Ok((relaxed, frames)) => {
                let written =
                    write(args, &relaxed, &frames, &name, format).map_err(Failure::Failed)?;
                rows.push(row(&entry.name, &relaxed));
                values.push(value(&entry.name, &relaxed, written.as_deref()));
                if relaxed.ending != Ending::Converged {
                    show::tell(format!("{}: {}", entry.name, relaxed.ending));
                }
            }
            Err(why) => {
                values.push(refusal(&entry.name, &why));
                refused.push((entry.name.clone(), why));
            }
        }
    }
    drop(shown);
    if given.json {
        print_json(&Value::Array(values))?;
    } else if rows.len() > 1 {
        print_table(rows)?;
    }
    tell_refused(&refused, entries.len())
}

fn settings(args: &RelaxArgs) -> Settings {
    Settings {
        method: match args.method {
            RelaxMethod::Lbfgs => Method::Lbfgs,
            RelaxMethod::Fire => Method::Fire,
        },
        cell: !args.fixed_cell,
        pressure: args.pressure,
        force_limit: args.fmax,
        stress_limit: args.smax,
        steps: args.steps,
        symmetry: args.keep_symmetry,
    }
}

/// Relaxes what could be read; an entry each.
fn relaxed(
    potential: &Potential,
    entries: &[Entry],
    settings: &Settings,
    wants_frames: bool,
    job: &Job,
) -> Result<Vec<Found>, PotentialError> {
    let structures: Vec<Structure> = entries
        .iter()
        .filter_map(|entry| entry.structure.as_ref().ok().cloned())
        .collect();
    let frames: Vec<Mutex<Result<String, PotentialError>>> = structures
        .iter()
        .map(|_| Mutex::new(Ok(String::new())))
        .collect();
    job.stage("relaxing", Some(structures.len() as u64));
    let found = relax_watched(potential, &structures, settings, job, |number, step| {
        if wants_frames {
            let mut text = locked(&frames[number]);
            let frame = trajectory::frame(step.structure, step.prediction);
            *text = std::mem::replace(&mut *text, Ok(String::new()))
                .and_then(|text| Ok(text + &frame?));
        }
    })?;
    let mut found = found.into_iter().zip(frames);
    let mut of = |entry: &Entry| {
        entry.structure.as_ref().map_err(Clone::clone)?;
        let Some((relaxed, frames)) = found.next() else {
            return Err("not relaxed".to_owned());
        };
        let frames = frames.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (mut relaxed, frames) = relaxed
            .and_then(|relaxed| Ok((relaxed, frames?)))
            .map_err(|error| error.to_string())?;
        let title = &mut relaxed.structure.title;
        let doi = Model::CITATION.rsplit(' ').next().unwrap_or_default();
        *title = format!("{title} relaxed with {} ({doi})", potential.model())
            .trim_start()
            .to_owned();
        Ok((relaxed, frames))
    };
    Ok(entries.iter().map(&mut of).collect())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The file that each structure is written to: no two the same.
fn names(entries: &[Entry], wanted: Option<StructureFormat>) -> Vec<(String, Format)> {
    let mut taken = HashSet::new();
    let name = |entry: &Entry| {
        let format = match wanted {
            Some(StructureFormat::Cif) => Format::Cif,
            Some(StructureFormat::Poscar) => Format::Poscar,
            Some(StructureFormat::Extxyz) => Format::ExtXyz,
            None => Format::from_path(&entry.path).unwrap_or(Format::Cif),
        };
        let ending = match format {
            Format::Poscar => "vasp",
            Format::ExtXyz => "extxyz",
            _ => "cif",
        };
        let stem = entry.path.file_stem().unwrap_or_default().to_string_lossy();
        let numbered = |number: usize| match number {
            1 => format!("{stem}.{ending}"),
            _ => format!("{stem}-{number}.{ending}"),
        };
        let free = (1..).map(numbered).find(|name| taken.insert(name.clone()));
        (free.unwrap_or_default(), format)
    };
    entries.iter().map(name).collect()
}

/// Writes structure and trajectory; gives the structure's path, none where it has no end worth keeping.
fn write(
    args: &RelaxArgs,
    relaxed: &Relaxed,
    frames: &str,
    name: &str,
    format: Format,
) -> anyhow::Result<Option<PathBuf>> {
    if args.trajectory {
        let stem = Path::new(name).file_stem().unwrap_or_default();
        let name = format!("{}.trajectory.extxyz", stem.to_string_lossy());
        write_text(&args.output.join(name), frames)?;
    }
    if matches!(relaxed.ending, Ending::Exploded(_) | Ending::Collapsed(_)) {
        return Ok(None);
    }
    let path = args.output.join(name);
    let text = format::write(&relaxed.structure, format).map_err(|e| anyhow!(e))?;
    write_text(&path, &text)?;
    Ok(Some(path))
}

pub(super) fn write_text(path: &Path, text: &str) -> anyhow::Result<()> {
    let name = path.display().to_string();
    Ok(write_atomically(path, |writer| {
        writer
            .write_all(text.as_bytes())
            .map_err(|error| TableError::io("write", &name, error))
    })?)
}

fn header() -> Vec<String> {
    [
        "file",
        "formula",
        "steps",
        "ending",
        "energy [eV/atom]",
        "change [eV/atom]",
        "volume [Å3]",
        "volume change [%]",
        "fmax [eV/Å]",
        "pressure [GPa]",
    ]
    .map(str::to_owned)
    .into()
}

fn row(name: &str, relaxed: &Relaxed) -> Vec<String> {
    let prediction = &relaxed.prediction;
    vec![
        name.to_owned(),
        relaxed.structure.formula(),
        relaxed.steps.to_string(),
        relaxed.ending.name().to_owned(),
        format!("{:.4}", prediction.energy_per_atom()),
        change(
            relaxed.start.energy_per_atom(),
            prediction.energy_per_atom(),
        ),
        format!("{:.2}", relaxed.structure.volume()),
        format!("{:.2}", 100.0 * (relaxed.volume_ratio - 1.0)),
        format!("{:.4}", prediction.largest_force()),
        format!("{:.3}", prediction.pressure()),
    ]
}

fn value(name: &str, relaxed: &Relaxed, written: Option<&Path>) -> Value {
    let mut value = json_of(name, &relaxed.structure, &relaxed.prediction);
    if let Value::Object(fields) = &mut value {
        let more = json!({
            "steps": relaxed.steps,
            "ending": relaxed.ending.name(),
            "energy_per_atom_before": relaxed.start.energy_per_atom(),
            "volume": relaxed.structure.volume(),
            "volume_ratio": relaxed.volume_ratio,
            "written": written.map(|path| path.display().to_string()),
        });
        if let Value::Object(more) = more {
            fields.extend(more);
        }
        if let Some(Value::Object(units)) = fields.get_mut("units") {
            units.insert("energy_per_atom_before".to_owned(), "eV".into());
            units.insert("volume".to_owned(), "Å3".into());
        }
    }
    value
}
