//! `lodestone predict-structure`: energy, forces, stress and moments of structures as they are.

use super::batch::{Told, print_all, weights};
use super::entries::{self, Entry};
use super::{opened, tell_device};
use crate::args::PredictStructureArgs;
use crate::model::on_threads;
use crate::{Failure, progress, show};
use ::potential::{Model, Precision, Prediction};
use crystal::{Structure, symmetry};
use serde_json::{Value, json};

pub fn run(args: &PredictStructureArgs) -> Result<(), Failure> {
    on_threads(args.structures.threads, || predict(args))
}

fn predict(args: &PredictStructureArgs) -> Result<(), Failure> {
    let given = &args.structures;
    let precision = match args.double {
        true => Precision::Double,
        false => Precision::Single,
    };
    let potential = opened(given.model, precision, args.device)?;
    let (job, shown) = progress::start();
    let entries = entries::read(&given.files);
    let structures: Vec<Structure> = entries
        .iter()
        .filter_map(|entry| entry.structure.as_ref().ok().cloned())
        .collect();
    job.stage("predicting", Some(structures.len() as u64));
    let predictions = potential.predict_while_wanted(&structures, &job);
    drop(shown);
    tell_device(&potential);
    let mut predictions = predictions.map_err(anyhow::Error::from)?.into_iter();
    let mut outcome = |entry: &Entry| {
        let structure = match &entry.structure {
            Ok(structure) => structure,
            Err(why) => return Some(Err(why.clone())),
        };
        let told = predictions.next().flatten()?.map(|prediction| Told {
            rows: vec![row(&entry.name, structure, &prediction)],
            value: json_of(&entry.name, structure, &prediction),
            notes: Vec::new(),
        });
        Some(told.map_err(|error| error.to_string()))
    };
    let outcomes = entries
        .iter()
        .map(|entry| (entry.name.as_str(), outcome(entry)));
    print_all(header(given.model), outcomes, given.json)
}

fn header(model: Model) -> Vec<String> {
    let errors = model.typical_errors();
    vec![
        weights(model),
        "formula".to_owned(),
        "atoms".to_owned(),
        format!("energy ± {} [eV/atom]", errors.energy_per_atom),
        format!("pressure ± {} [GPa]", errors.stress),
        format!("fmax ± {} [eV/Å]", errors.force),
        format!("moment ± {} [µB/atom]", errors.moment),
    ]
}

fn row(name: &str, structure: &Structure, prediction: &Prediction) -> Vec<String> {
    let atoms = structure.sites.len();
    vec![
        name.to_owned(),
        structure.formula(),
        atoms.to_string(),
        format!("{:.4}", prediction.energy_per_atom()),
        format!("{:.3}", prediction.pressure()),
        format!("{:.4}", prediction.largest_force()),
        format!(
            "{:.3}",
            prediction.moments.iter().sum::<f64>() / atoms as f64
        ),
    ]
}

/// What `--json` gives of a prediction.
pub(super) fn json_of(name: &str, structure: &Structure, prediction: &Prediction) -> Value {
    let errors = prediction.model.typical_errors();
    let elements: Vec<&str> = structure
        .sites
        .iter()
        .filter_map(|site| site.element().map(|element| element.symbol()))
        .collect();
    let forces: Vec<[f64; 3]> = prediction.forces.iter().map(|f| (*f).into()).collect();
    let stress: Vec<[f64; 3]> = prediction
        .stress
        .row_iter()
        .map(|r| [r[0], r[1], r[2]])
        .collect();
    json!({
        "file": name,
        "formula": structure.formula(),
        "space_group": space_group(structure),
        "model": prediction.model.name(),
        "method": prediction.model.method(),
        "citation": Model::CITATION,
        "elements": elements,
        "energy": prediction.energy,
        "energy_per_atom": prediction.energy_per_atom(),
        "forces": forces,
        "fmax": prediction.largest_force(),
        "stress": stress,
        "pressure": prediction.pressure(),
        "moments": prediction.moments,
        "units": {
            "energy": "eV", "energy_per_atom": "eV", "forces": "eV/Å", "fmax": "eV/Å",
            "stress": "GPa, tensile positive", "pressure": "GPa", "moments": "µB, sizes without sign",
        },
        "typical_errors": {
            "energy_per_atom": errors.energy_per_atom,
            "forces": errors.force,
            "stress": errors.stress,
            "moments": errors.moment,
        },
    })
}

/// Number of the space group; none where none is found, or the cell is too large to look for it.
fn space_group(structure: &Structure) -> Option<u8> {
    let looked_for = structure.sites.len() <= 200;
    let found = looked_for.then(|| symmetry::analyse(structure, symmetry::DEFAULT_TOLERANCE));
    Some(found?.ok()?.number)
}

/// A number of steps, an energy: what people read of a change.
pub(super) fn change(before: f64, after: f64) -> String {
    show::significant(after - before, 3)
}
