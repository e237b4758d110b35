//! `lodestone voltage`: what a structure gives when its ions leave.

use super::batch::{Told, weights};
use super::each::each;
use crate::Failure;
use crate::args::VoltageArgs;
use ::potential::assess::settings;
use ::potential::insertion::{Insertion, InsertionError, Steps, insertion, ion_of};
use ::potential::phases::Phases;
use ::potential::{Model, Potential, trust};
use anyhow::anyhow;
use crystal::Structure;
use job::Job;
use matter::Element;
use serde_json::{Value, json};

pub fn run(args: &VoltageArgs) -> Result<(), Failure> {
    let given = &args.structures;
    let phases = Phases::bundled(given.model).map_err(|e| Failure::Usage(e.into()))?;
    let ion = match &args.ion {
        None => None,
        Some(symbol) => Some(Element::from_symbol(symbol).ok_or_else(|| {
            Failure::Usage(anyhow!(
                "--ion {symbol}: no element; write Li, Na or the like"
            ))
        })?),
    };
    each(
        given,
        "letting ions leave",
        header(given.model),
        None,
        |potential, structure, job| ask(potential, structure, ion, args.steps, phases, job),
        |entry, found| {
            Ok(Told {
                rows: vec![row(&entry.name, found)],
                value: value(&entry.name, found, given.model),
                notes: found.notes(),
            })
        },
    )
}

fn ask(
    potential: &Potential,
    structure: &Structure,
    ion: Option<Element>,
    steps: bool,
    phases: &Phases,
    job: &Job,
) -> Result<Insertion, String> {
    // An ion on a site that is not whole is no ion to take out; that is what there is to say then.
    let none = || match potential.energy(structure) {
        Err(refused) => refused.to_string(),
        Ok(_) => InsertionError::NoIon("Li, Na, K, Mg, Ca, Zn or Al".to_owned()).to_string(),
    };
    let ion = ion.or_else(|| ion_of(structure)).ok_or_else(none)?;
    let metal = phases.hull().reference(ion);
    let metal = metal.ok_or_else(|| InsertionError::NoMetal(ion.symbol()).to_string())?;
    let steps = match steps {
        true => Steps::All,
        false => Steps::Ends,
    };
    let energy = metal.energy_per_atom;
    let found = insertion(potential, structure, ion, energy, steps, &settings(), job);
    found.map_err(|e| e.to_string())
}

fn header(model: Model) -> Vec<String> {
    vec![
        weights(model),
        "formula".to_owned(),
        "ion".to_owned(),
        format!("average voltage ± {:.2} [V]", trust::VOLTAGE.deviation),
        "volume change on discharge [%]".to_owned(),
        "steps [V, from empty to full]".to_owned(),
    ]
}

fn row(name: &str, found: &Insertion) -> Vec<String> {
    let steps = found.plateaus.iter();
    let steps: Vec<String> = steps
        .map(|p| format!("{:.2}-{:.2}: {:.2}", p.from, p.to, p.voltage))
        .collect();
    vec![
        name.to_owned(),
        found.steps[0].structure.formula(),
        found.ion.symbol().to_owned(),
        format!("{:.2}", found.average_voltage),
        format!("{:+.1}", found.volume_change),
        steps.join(", "),
    ]
}

fn value(name: &str, found: &Insertion, model: Model) -> Value {
    let steps = found.steps.iter().map(|step| {
        json!({
            "removed": step.removed,
            "ways": step.ways,
            "formula": step.structure.formula(),
            "energy": step.energy,
            "volume": step.structure.volume(),
            "ending": step.ending.name(),
        })
    });
    let plateaus = found.plateaus.iter();
    let plateaus = plateaus.map(|p| json!({ "from": p.from, "to": p.to, "voltage": p.voltage }));
    json!({
        "file": name,
        "formula": found.steps[0].structure.formula(),
        "model": model.name(),
        "citation": Model::CITATION,
        "ion": found.ion.symbol(),
        "charge": found.charge,
        "ions": found.ions,
        "average_voltage": found.average_voltage,
        "average_voltage_std": trust::VOLTAGE.deviation,
        "volume_change": found.volume_change,
        "steps": steps.collect::<Vec<_>>(),
        "plateaus": plateaus.collect::<Vec<_>>(),
        "trust": trust::VOLTAGE.to_string(),
        "notes": found.notes(),
        "units": {
            "average_voltage": "V", "average_voltage_std": "V", "volume_change": "% of the empty host, on discharge", "energy": "eV a cell",
            "volume": "Å3 a cell", "from": "part of the ions", "to": "part of the ions", "voltage": "V",
        },
    })
}
