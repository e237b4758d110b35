//! `lodestone hull`: how structures stand among the phases that they compete with.

use super::batch::{Told, print_all, weights};
use super::entries::{self, Entry};
use super::{print_json, print_table};
use crate::args::HullArgs;
use crate::model::on_threads;
use crate::{Failure, progress};
use ::potential::assess::{Assessment, assess, settings};
use ::potential::hull::Phase;
use ::potential::phases::{Phases, Standing};
use ::potential::{Model, Potential, Precision, trust};
use anyhow::{anyhow, bail};
use job::Job;
use matter::Element;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;

pub fn run(args: &HullArgs) -> Result<(), Failure> {
    on_threads(args.threads, || hull(args))
}

fn hull(args: &HullArgs) -> Result<(), Failure> {
    let bundled = Phases::bundled(args.model).map_err(|e| Failure::Usage(e.into()))?;
    if let Some(system) = &args.system {
        let elements = elements(system).map_err(Failure::Usage)?;
        return list(args, bundled, &elements);
    }
    let potential = Potential::new(args.model, Precision::Single).map_err(anyhow::Error::from)?;
    let (job, shown) = progress::start();
    let (entries, rivals) = (entries::read(&args.files), entries::read(&args.compete));
    // Before anything is relaxed.
    if let Some((name, why)) = rivals
        .iter()
        .find_map(|rival| Some((&rival.name, rival.structure.as_ref().err()?)))
    {
        return Err(Failure::Failed(anyhow!("--compete {name}: {why}")));
    }
    let all: Vec<&Entry> = rivals.iter().chain(&entries).collect();
    job.stage("assessing", Some(all.len() as u64));
    let found = all.par_iter().with_max_len(1).map(|entry| {
        job.check().ok()?;
        let found = ask(&potential, entry, args, bundled, &job);
        if found.is_err() && job.is_cancelled() {
            return None;
        }
        job.advance(1);
        Some(found)
    });
    let mut found: Vec<Option<Result<Assessment, String>>> = found.collect();
    drop(shown);
    let own = found.split_off(rivals.len());
    let phases = match rivals.is_empty() {
        true => Cow::Borrowed(bundled),
        false => Cow::Owned(compete(bundled, &rivals, found)?),
    };
    let told = |name: &str, mut found: Assessment| {
        let composition = found.structure.composition();
        let energy = found.prediction.energy_per_atom();
        found.standing = phases.standing(&composition, energy);
        Told {
            rows: vec![row(name, &found, &phases)],
            value: value(name, &found, &phases),
            notes: match args.json {
                // They are in the JSON.
                true => Vec::new(),
                // Moments are not what was asked for.
                false => [found.notes_on_structure(), found.notes_on_standing()].concat(),
            },
        }
    };
    let outcomes = entries.iter().zip(own).map(|(entry, found)| {
        let name = entry.name.as_str();
        (
            name,
            found.map(|found| found.map(|found| told(name, found))),
        )
    });
    print_all(header(args.model), outcomes, args.json)
}

fn ask(
    potential: &Potential,
    entry: &Entry,
    args: &HullArgs,
    phases: &Phases,
    job: &Job,
) -> Result<Assessment, String> {
    let structure = entry.structure.as_ref().map_err(Clone::clone)?;
    let relaxed = (!args.as_given).then(settings);
    assess(potential, structure, relaxed.as_ref(), Ok(phases), job).map_err(|e| e.to_string())
}

/// The bundled phases and the user's.
fn compete(
    bundled: &Phases,
    rivals: &[Entry],
    found: Vec<Option<Result<Assessment, String>>>,
) -> anyhow::Result<Phases> {
    let mut more = Vec::new();
    for (entry, found) in rivals.iter().zip(found) {
        let found = found.ok_or_else(|| anyhow!("cancelled"))?;
        let found = found.map_err(|why| anyhow!("--compete {}: {why}", entry.name))?;
        let phase = Phase {
            name: found.structure.formula(),
            composition: found.structure.composition(),
            energy_per_atom: found.prediction.energy_per_atom(),
        };
        more.push((phase, entry.name.clone()));
    }
    Ok(bundled.with(more)?)
}

/// `Li-Fe-O` as elements.
fn elements(system: &str) -> anyhow::Result<BTreeSet<Element>> {
    let mut all = BTreeSet::new();
    for symbol in system
        .split(['-', ',', ' '])
        .filter(|part| !part.is_empty())
    {
        let Some(element) = Element::from_symbol(symbol) else {
            bail!("--system {system}: {symbol} is no element; write Li-Fe-O or the like");
        };
        all.insert(element);
    }
    match all.is_empty() {
        true => bail!("--system names no element; write Li-Fe-O or the like"),
        false => Ok(all),
    }
}

/// Lists the bundled phases of a chemical system.
fn list(args: &HullArgs, phases: &Phases, elements: &BTreeSet<Element>) -> Result<(), Failure> {
    let mut rows = vec![
        [
            "formula",
            "source",
            "space group",
            &*format!("energy by {} [eV/atom]", weights(args.model)),
            "formation energy [eV/atom]",
            "above hull [eV/atom]",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let mut values = Vec::new();
    let mut found: Vec<(usize, Result<Standing, _>)> = phases
        .of_system(elements)
        .map(|number| {
            let phase = &phases.hull().phases()[number];
            (
                number,
                phases.standing(&phase.composition, phase.energy_per_atom),
            )
        })
        .collect();
    found.sort_by_key(|(number, _)| {
        let phase = &phases.hull().phases()[*number];
        (phase.composition.as_ref().len(), phase.name.clone())
    });
    for (number, standing) in found {
        let phase = &phases.hull().phases()[number];
        let record = &phases.records()[number];
        let formation = standing.as_ref().ok().map(|s| s.formation_energy);
        let above = standing.as_ref().ok().and_then(|s| s.above_hull);
        rows.push(vec![
            phase.name.clone(),
            record.source.clone(),
            record
                .space_group
                .map_or_else(String::new, |n| n.to_string()),
            format!("{:.4}", phase.energy_per_atom),
            number_or_dash(formation),
            number_or_dash(above),
        ]);
        values.push(json!({
            "formula": phase.name,
            "source": record.source,
            "space_group": record.space_group,
            "energy_per_atom": phase.energy_per_atom,
            "formation_energy": formation,
            "energy_above_hull": above,
            "model": args.model.name(),
            "citation": Model::CITATION,
            "relative_to": "bundled phases",
            "units": {
                "energy_per_atom": "eV", "formation_energy": "eV/atom", "energy_above_hull": "eV/atom",
            },
        }));
    }
    if rows.len() == 1 {
        let names: Vec<&str> = elements.iter().map(|e| e.symbol()).collect();
        return Err(Failure::Failed(anyhow!(
            "no bundled phase consists of {} alone: not covered",
            names.join(", ")
        )));
    }
    match args.json {
        true => print_json(&Value::Array(values)),
        false => print_table(rows),
    }
}

fn number_or_dash(number: Option<f64>) -> String {
    // Rounding must not make a minus of nothing.
    number.map_or_else(
        || "-".to_owned(),
        |x| format!("{:.3}", (1e3 * x).round() / 1e3 + 0.0),
    )
}

fn header(model: Model) -> Vec<String> {
    let spread = trust::FORMATION_ENERGY.deviation;
    [
        &*weights(model),
        "formula",
        "energy [eV/atom]",
        &*format!("formation energy ± {spread:.2} [eV/atom]"),
        "above hull [eV/atom]",
        "phases",
        "competes with",
    ]
    .map(str::to_owned)
    .into()
}

fn row(name: &str, found: &Assessment, phases: &Phases) -> Vec<String> {
    let standing = found.standing.as_ref().ok();
    let above = standing.and_then(|s| s.above_hull);
    let rivals = standing.map(|s| s.parts.iter());
    let rivals = rivals.map(|parts| {
        let parts = parts.map(|&(phase, share)| {
            format!(
                "{} {:.0} %",
                phases.hull().phases()[phase].name,
                100.0 * share
            )
        });
        parts.collect::<Vec<_>>().join(", ")
    });
    vec![
        name.to_owned(),
        found.structure.formula(),
        format!("{:.4}", found.prediction.energy_per_atom()),
        number_or_dash(standing.map(|s| s.formation_energy)),
        match above {
            Some(_) => number_or_dash(above),
            None => "not covered".to_owned(),
        },
        standing.map_or(0, |s| s.compared).to_string(),
        rivals.unwrap_or_default(),
    ]
}

fn value(name: &str, found: &Assessment, phases: &Phases) -> Value {
    let standing = found.standing.as_ref().ok();
    let parts = standing.map(|s| s.parts.iter());
    let parts: Option<Vec<Value>> = parts.map(|parts| {
        let part = |&(phase, share): &(usize, f64)| {
            let record = &phases.records()[phase];
            json!({
                "formula": phases.hull().phases()[phase].name,
                "source": record.source,
                "space_group": record.space_group,
                "share": share,
            })
        };
        parts.map(part).collect()
    });
    json!({
        "file": name,
        "formula": found.structure.formula(),
        "model": found.prediction.model.name(),
        "citation": Model::CITATION,
        "relaxed": found.ending.is_some(),
        "volume_ratio": found.volume_ratio,
        "energy_per_atom": found.prediction.energy_per_atom(),
        "formation_energy": standing.map(|s| s.formation_energy),
        "formation_energy_std": trust::FORMATION_ENERGY.deviation,
        "energy_above_hull": standing.and_then(|s| s.above_hull),
        "relative_to": "bundled phases",
        "phases": standing.map(|s| s.compared),
        "compounds": standing.map(|s| s.compounds),
        "competes_with": parts,
        "notes": found.notes(),
        "units": {
            "energy_per_atom": "eV", "formation_energy": "eV/atom", "energy_above_hull": "eV/atom", "share": "part of all atoms",
        },
    })
}
