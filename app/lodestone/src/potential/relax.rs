//! `lodestone relax`: structures taken to the nearest minimum of the potential's energy, written to a folder.

use super::batch::{Outcome, Told, print_all, weights};
use super::entries::{self, Entry, TRAJECTORY};
use super::predict::{change, json_of};
use super::{opened, tell_device};
use crate::args::{RelaxArgs, RelaxMethod, StructureFormat};
use crate::files::write_text;
use crate::model::on_threads;
use crate::{Failure, progress};
use ::potential::relax::{Ending, Found, Method, Relaxed, Settings, Step, relax_told};
use ::potential::{Model, Potential, PotentialError, Precision, trajectory};
use anyhow::anyhow;
use crystal::format::{self, Format};
use job::Job;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub fn run(args: &RelaxArgs) -> Result<(), Failure> {
    on_threads(args.structures.threads, || relax_files(args))
}

fn relax_files(args: &RelaxArgs) -> Result<(), Failure> {
    let given = &args.structures;
    let settings = settings(args);
    settings.check().map_err(|e| Failure::Usage(e.into()))?;
    let (job, shown) = progress::start();
    let entries = entries::read(&given.files);
    let targets: Vec<Target> = entries.iter().map(|entry| target(args, entry)).collect();
    keep_inputs(&targets, &given.files)?;
    entries::make_folder(&args.output)?;
    let potential = opened(given.model, Precision::Single, args.device)?;
    let outcomes = relaxed(
        &potential,
        &entries,
        &targets,
        &settings,
        args.trajectory,
        &job,
    );
    drop(shown);
    tell_device(&potential);
    let outcomes = outcomes.map_err(anyhow::Error::from)?;
    let names = entries.iter().map(|entry| entry.name.as_str());
    print_all(header(given.model), names.zip(outcomes), given.json)
}

/// Where a structure is written to, and how.
struct Target {
    structure: PathBuf,
    trajectory: PathBuf,
    format: Format,
}

fn target(args: &RelaxArgs, entry: &Entry) -> Target {
    let format = match args.format {
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
    let stem = &entry.stem;
    Target {
        structure: args.output.join(format!("{stem}.{ending}")),
        trajectory: args.output.join(format!("{stem}{TRAJECTORY}.extxyz")),
        format,
    }
}

/// Refuses a folder in which what is written would take the place of what was read.
fn keep_inputs(targets: &[Target], files: &[PathBuf]) -> Result<(), Failure> {
    let whole = |path: &Path| path.canonicalize().ok();
    let inputs: HashSet<PathBuf> = files.iter().filter_map(|path| whole(path)).collect();
    let written = targets.iter().flat_map(|t| [&t.structure, &t.trajectory]);
    let over = written
        .filter_map(|path| whole(path))
        .find(|path| inputs.contains(path));
    over.map_or(Ok(()), |path| {
        Err(Failure::Usage(anyhow!(
            "--output: {} is read, and would be written over; name another folder",
            path.display()
        )))
    })
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

/// Relaxes what could be read and writes each as soon as it is done; an entry each.
fn relaxed(
    potential: &Potential,
    entries: &[Entry],
    targets: &[Target],
    settings: &Settings,
    wants_frames: bool,
    job: &Job,
) -> Result<Vec<Outcome>, PotentialError> {
    let (mut structures, mut numbers) = (Vec::new(), Vec::new());
    let mut outcomes: Vec<Mutex<Outcome>> = Vec::with_capacity(entries.len());
    for (number, entry) in entries.iter().enumerate() {
        outcomes.push(Mutex::new(match &entry.structure {
            Ok(structure) => {
                structures.push(structure.clone());
                numbers.push(number);
                None
            }
            Err(why) => Some(Err(why.clone())),
        }));
    }
    let frames: Vec<Mutex<Result<String, PotentialError>>> = structures
        .iter()
        .map(|_| Mutex::new(Ok(String::new())))
        .collect();
    let watch = |number: usize, step: Step| {
        if wants_frames {
            let mut text = locked(&frames[number]);
            let frame = trajectory::frame(step.structure, step.prediction);
            *text = std::mem::replace(&mut *text, Ok(String::new()))
                .and_then(|text| Ok(text + &frame?));
        }
    };
    let ended = |number: usize, found: Found| {
        let frames = std::mem::replace(&mut *locked(&frames[number]), Ok(String::new()));
        let at = numbers[number];
        let told = found
            .and_then(|relaxed| Ok((relaxed, frames?)))
            .map_err(|error| error.to_string())
            .and_then(|(relaxed, frames)| {
                let frames = wants_frames.then_some(frames.as_str());
                tell(&entries[at], relaxed, frames, &targets[at]).map_err(|e| format!("{e:#}"))
            });
        *locked(&outcomes[at]) = Some(told);
    };
    job.stage("relaxing", Some(structures.len() as u64));
    match relax_told(potential, &structures, settings, job, watch, ended) {
        // Those that were done by then are kept.
        Ok(()) | Err(PotentialError::Cancelled) => {}
        Err(error) => return Err(error),
    }
    let outcome = |outcome: Mutex<Outcome>| {
        let outcome = outcome.into_inner();
        outcome.unwrap_or_else(PoisonError::into_inner)
    };
    Ok(outcomes.into_iter().map(outcome).collect())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a relaxed structure and its trajectory.
fn tell(
    entry: &Entry,
    mut relaxed: Relaxed,
    frames: Option<&str>,
    target: &Target,
) -> anyhow::Result<Told> {
    relaxed.structure = entries::signed(relaxed.structure, relaxed.prediction.model);
    if let Some(frames) = frames {
        write_text(&target.trajectory, frames)?;
    }
    // An explosion or a collapse has no end worth keeping.
    let lost = matches!(relaxed.ending, Ending::Exploded(_) | Ending::Collapsed(_));
    if !lost {
        let text = match target.format {
            Format::ExtXyz => trajectory::frame(&relaxed.structure, &relaxed.prediction)?,
            format => format::write(&relaxed.structure, format).map_err(|e| anyhow!(e))?,
        };
        write_text(&target.structure, &text)?;
    }
    let written = (!lost).then_some(target.structure.as_path());
    Ok(Told {
        rows: vec![row(&entry.name, &relaxed)],
        value: value(&entry.name, &relaxed, written),
        notes: match relaxed.ending {
            Ending::Converged => Vec::new(),
            ending => vec![ending.to_string()],
        },
    })
}

fn header(model: Model) -> Vec<String> {
    [
        &*weights(model),
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
