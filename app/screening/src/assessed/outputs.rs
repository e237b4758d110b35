//! The columns that the potential gives, and what is computed for them of one structure.

use super::Asked;
use super::cache::{Cache, Entry};
use crystal::Structure;
use job::Job;
use matter::Element;
use potential::assess::{assess, settings};
use potential::insertion::{Steps, charge_of, insertion, ion_of};
use potential::phases::{Phases, PhasesError};
use potential::{Model, Potential, PotentialError, trust};

/// What plugins put before an output's name: `potential_voltage`.
pub(crate) const PREFIX: &str = "potential_";

/// A column that the potential gives.
pub(crate) struct Output {
    pub name: &'static str,
    pub unit: &'static str,
    /// Whether it cannot be negative.
    pub non_negative: bool,
    /// Whether ions have to be taken out for it.
    pub insertion: bool,
}

impl Output {
    const fn new(name: &'static str, unit: &'static str, non_negative: bool) -> Self {
        Self {
            name,
            unit,
            non_negative,
            insertion: false,
        }
    }

    const fn of_insertion(name: &'static str, unit: &'static str) -> Self {
        Self {
            name,
            unit,
            non_negative: false,
            insertion: true,
        }
    }

    /// The place of an output in [`OUTPUTS`] by its name.
    pub fn named(name: &str) -> Option<usize> {
        OUTPUTS.iter().position(|output| output.name == name)
    }

    /// The place of an output by the name of the column that a plugin asks for.
    pub fn of_column(name: &str) -> Option<usize> {
        Self::named(name.strip_prefix(PREFIX)?)
    }
}

const ENERGY: usize = 0;
const FORMATION_ENERGY: usize = 1;
const ABOVE_HULL: usize = 2;
const VOLUME: usize = 3;
const MAGNETIZATION: usize = 4;
const MOMENT: usize = 5;
const VOLTAGE: usize = 6;
const VOLUME_CHANGE: usize = 7;

/// All of them.
pub(crate) const OUTPUTS: [Output; 8] = [
    // Of the relaxed structure, at 0 K.
    Output::new("energy", "eV/atom", false),
    Output::new("formation_energy", "eV/atom", false),
    // Relative to the bundled phases; negative below them.
    Output::new("energy_above_hull", "eV/atom", false),
    Output::new("volume_per_atom", "Å3", true),
    // µ0 M of all moments taken to point one way.
    Output::new("magnetization", "T", true),
    Output::new("moment_per_atom", "µB", true),
    // Average against the ion's metal, between the structure and its empty host; and the change of volume on discharge.
    Output::of_insertion("voltage", "V"),
    Output::of_insertion("volume_change", "%"),
];

/// What is said of one structure: NaN where nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Values {
    pub mean: [f64; OUTPUTS.len()],
    pub std: [f64; OUTPUTS.len()],
}

impl Values {
    /// Nothing.
    pub fn none() -> Self {
        Self {
            mean: [f64::NAN; OUTPUTS.len()],
            std: [f64::NAN; OUTPUTS.len()],
        }
    }
}

/// Asks the potential of one structure, or the cache.
pub(super) fn of_structure(
    (potential, phases): (&Potential, Result<&Phases, &PhasesError>),
    asked: Asked,
    structure: &Structure,
    cache: &Cache,
    job: &Job,
) -> Result<(Values, Vec<String>), PotentialError> {
    let mut values = Values::none();
    let standing = |energy: f64| -> Result<_, PhasesError> {
        let phases = phases.map_err(Clone::clone)?;
        phases.standing(&structure.composition(), energy)
    };
    let entry = cache.or_else("assessed", structure, || {
        let settings = (!asked.as_given).then(settings);
        let found = assess(potential, structure, settings.as_ref(), phases, job)?;
        Ok::<_, PotentialError>(Entry {
            numbers: vec![
                found.prediction.energy_per_atom(),
                found.volume_per_atom,
                found.magnetization.tesla,
                found.magnetization.per_atom,
            ],
            // What the comparison with phases says is found anew: there may be more of them.
            notes: [found.notes_on_structure(), found.notes_on_moments()].concat(),
        })
    })?;
    let [energy, volume, tesla, moment] = entry.numbers[..] else {
        return Err(PotentialError::NotFinite { what: "energy" });
    };
    for (output, value) in [
        (ENERGY, energy),
        (VOLUME, volume),
        (MAGNETIZATION, tesla),
        (MOMENT, moment),
    ] {
        values.mean[output] = value;
    }
    let mut notes = entry.notes;
    match standing(energy) {
        Ok(standing) => {
            values.mean[FORMATION_ENERGY] = standing.formation_energy;
            values.std[FORMATION_ENERGY] = trust::FORMATION_ENERGY.deviation;
            if let Some(above) = standing.above_hull {
                values.mean[ABOVE_HULL] = above;
            }
            notes.extend(standing.notes());
        }
        Err(error) => notes.push(error.to_string()),
    }
    notes.insert(0, format!("by {} ({})", potential.model(), Model::DOI));
    values.std[VOLUME] = trust::VOLUME.deviation * volume;
    if asked.insertion {
        match of_insertion(potential, phases, structure, cache, job)? {
            Ok(entry) => {
                if let [voltage, change] = entry.numbers[..] {
                    values.mean[VOLTAGE] = voltage;
                    values.mean[VOLUME_CHANGE] = change;
                    values.std[VOLTAGE] = trust::VOLTAGE.deviation;
                }
                notes.extend(entry.notes);
            }
            Err(why) => notes.push(why),
        }
    }
    Ok((values, notes))
}

/// Voltage and change of volume, or why there are none.
fn of_insertion(
    potential: &Potential,
    phases: Result<&Phases, &PhasesError>,
    structure: &Structure,
    cache: &Cache,
    job: &Job,
) -> Result<Result<Entry, String>, PotentialError> {
    let Some(ion) = ion_of(structure) else {
        return Ok(Err("no Li, Na, K, Mg, Ca, Zn or Al to take out".to_owned()));
    };
    let metal = phases.ok().and_then(|phases| metal(phases, ion));
    let Some(metal) = metal else {
        let symbol = ion.symbol();
        return Ok(Err(format!("no bundled phase of {symbol} for a voltage")));
    };
    let found = cache.or_else("insertion", structure, || {
        let found = insertion(
            potential,
            structure,
            ion,
            metal,
            Steps::Ends,
            &settings(),
            job,
        )?;
        let mut notes = found.notes();
        let change = match found.is_same_host() {
            true => found.volume_change,
            false => f64::NAN,
        };
        notes.insert(
            0,
            format!("voltage of all {} leaving at once", ion.symbol()),
        );
        Ok(Entry {
            // The metal's energy comes with the phases, which may change.
            numbers: vec![found.energy_per_ion, change],
            notes,
        })
    });
    match found {
        Ok(mut entry) => {
            if let [per_ion, _] = &mut entry.numbers[..] {
                *per_ion = (metal - *per_ion) / charge_of(ion);
            }
            Ok(Ok(entry))
        }
        Err(potential::insertion::InsertionError::Cancelled) => Err(PotentialError::Cancelled),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// Energy of an element's bundled phase of lowest energy, eV/atom.
fn metal(phases: &Phases, element: Element) -> Option<f64> {
    phases
        .hull()
        .reference(element)
        .map(|phase| phase.energy_per_atom)
}
