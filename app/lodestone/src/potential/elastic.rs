//! `lodestone elastic`: elastic constants and the equation of state of structures, relaxed first.

use super::each::{Told, each};
use crate::Failure;
use crate::args::ElasticArgs;
use ::potential::assess::settings;
use ::potential::elastic::{Elastic, EquationOfState, elastic, equation_of_state, ripple};
use ::potential::relax::{Ending, Settings, relax};
use ::potential::{Model, Potential, PotentialError};
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
        |potential, structure, job| ask(potential, structure, job).map_err(|e| e.to_string()),
        |name, found| {
            Ok(Told {
                rows: vec![row(name, found)],
                value: value(name, found, model),
                notes: notes(found),
            })
        },
    )
}

fn ask(potential: &Potential, structure: &Structure, job: &Job) -> Result<Found, PotentialError> {
    // At rest to well below the stresses that the strains make.
    let settings = Settings {
        force_limit: 0.01,
        stress_limit: 0.02,
        ..settings()
    };
    let relaxed = relax(potential, structure, &settings, job, |_| ())?;
    if matches!(relaxed.ending, Ending::Exploded(_) | Ending::Collapsed(_)) {
        return Err(PotentialError::Lost(relaxed.ending));
    }
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
        &*format!("{model}"),
        "formula",
        "bulk [GPa]",
        "shear [GPa]",
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
        "shear": elastic.shear,
        "young": elastic.young(),
        "poisson": elastic.poisson(),
        "stable": elastic.stable,
        "equation_of_state": state,
        "notes": notes(found),
        "units": {
            "stiffness": "GPa, Voigt's notation, Cartesian axes of the structure", "bulk": "GPa", "shear": "GPa", "young": "GPa",
            "volume_per_atom": "Å3", "energy_per_atom": "eV", "residual": "eV/atom",
        },
    })
}
