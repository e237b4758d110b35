//! `lodestone elastic`: elastic constants and the equation of state of structures, relaxed first.

use super::batch::{Told, weights};
use super::each::each;
use crate::Failure;
use crate::args::ElasticArgs;
use ::potential::assess::at_rest;
use ::potential::elastic::{Elastic, EquationOfState, elastic, equation_of_state, ripple};
use ::potential::relax::Ending;
use ::potential::{Model, Potential, PotentialError, trust};
use crystal::Structure;
use job::Job;
use serde_json::{Value, json};

/// What strain says of a structure.
struct Found {
    formula: String,
    ending: Ending,
    elastic: Elastic,
    state: Option<EquationOfState>,
}

pub fn run(args: &ElasticArgs) -> Result<(), Failure> {
    let model = args.structures.model;
    each(
        &args.structures,
        "straining",
        header(model),
        None,
        |potential, structure, job| ask(potential, structure, job).map_err(|e| e.to_string()),
        |entry, found| {
            Ok(Told {
                rows: vec![row(&entry.name, found)],
                value: value(&entry.name, found, model),
                notes: notes(found),
            })
        },
    )
}

fn ask(potential: &Potential, structure: &Structure, job: &Job) -> Result<Found, PotentialError> {
    let relaxed = at_rest(potential, structure, job)?;
    Ok(Found {
        formula: relaxed.structure.formula(),
        elastic: elastic(potential, &relaxed.structure, job)?,
        state: equation_of_state(potential, &relaxed.structure, job)?,
        ending: relaxed.ending,
    })
}

/// What to beware of, in a sentence each.
fn notes(found: &Found) -> Vec<String> {
    let mut notes = Vec::new();
    if found.ending != Ending::Converged {
        notes.push(found.ending.to_string());
    }
    if !found.elastic.stable {
        notes.push("some strain lowers its energy: not stable at 0 K by this potential".to_owned());
    }
    notes.extend(found.state.and_then(|state| ripple(&found.elastic, &state)));
    notes
}

fn header(model: Model) -> Vec<String> {
    [
        &*weights(model),
        "formula",
        &*format!(
            "bulk ± {:.0} % [GPa]",
            100.0 * trust::BULK_MODULUS.part_of_value()
        ),
        &*format!(
            "shear ± {:.0} % [GPa]",
            100.0 * trust::SHEAR_MODULUS.part_of_value()
        ),
        "Young [GPa]",
        "Poisson",
        "volume [Å3/atom]",
        "bulk of E(V) [GPa]",
        "its derivative",
    ]
    .map(str::to_owned)
    .into()
}

fn row(name: &str, found: &Found) -> Vec<String> {
    let (elastic, state) = (&found.elastic, found.state);
    let of_state = |number: fn(EquationOfState) -> f64, places: usize| {
        state.map_or_else(|| "-".to_owned(), |s| format!("{:.*}", places, number(s)))
    };
    vec![
        name.to_owned(),
        found.formula.clone(),
        format!("{:.1}", elastic.bulk),
        format!("{:.1}", elastic.shear),
        format!("{:.1}", elastic.young()),
        format!("{:.3}", elastic.poisson()),
        of_state(|s| s.volume, 3),
        of_state(|s| s.bulk, 1),
        of_state(|s| s.bulk_derivative, 2),
    ]
}

fn value(name: &str, found: &Found, model: Model) -> Value {
    let elastic = &found.elastic;
    let rows = elastic.stiffness.row_iter();
    let stiffness: Vec<Vec<f64>> = rows.map(|row| row.iter().copied().collect()).collect();
    let state = found.state.map(|s| {
        json!({
            "volume_per_atom": s.volume, "energy_per_atom": s.energy, "bulk": s.bulk,
            "bulk_derivative": s.bulk_derivative, "residual": s.residual,
        })
    });
    json!({
        "file": name,
        "formula": found.formula,
        "model": model.name(),
        "citation": Model::CITATION,
        "stiffness": stiffness,
        "bulk": elastic.bulk,
        "bulk_std": trust::BULK_MODULUS.part_of_value() * elastic.bulk.abs(),
        "shear": elastic.shear,
        "shear_std": trust::SHEAR_MODULUS.part_of_value() * elastic.shear.abs(),
        "young": elastic.young(),
        "poisson": elastic.poisson(),
        "stable": elastic.stable,
        "equation_of_state": state,
        "trust": [trust::BULK_MODULUS.to_string(), trust::SHEAR_MODULUS.to_string()],
        "notes": notes(found),
        "units": {
            "stiffness": "GPa, Voigt's notation, Cartesian axes of the structure", "bulk": "GPa", "bulk_std": "GPa", "shear": "GPa", "shear_std": "GPa", "young": "GPa",
            "volume_per_atom": "Å3", "energy_per_atom": "eV", "residual": "eV/atom",
        },
    })
}
