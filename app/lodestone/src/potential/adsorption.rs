//! `lodestone adsorption`: what atoms and small molecules gain on a face of structures.

use super::batch::{Told, weights};
use super::each::each;
use super::entries::{Entry, write_structures};
use super::surface::{cut, plane};
use crate::Failure;
use crate::args::AdsorptionArgs;
use ::potential::adsorption::{Adsorbate, Adsorbed, Adsorption, adsorption};
use ::potential::relax::Ending;
use ::potential::{Model, trust};
use serde_json::{Value, json};

pub fn run(args: &AdsorptionArgs) -> Result<(), Failure> {
    let given = &args.structures;
    let cut = cut(&args.cut, args.width);
    let mut adsorbates = args.adsorbates.clone();
    adsorbates.sort_unstable();
    adsorbates.dedup();
    each(
        given,
        "adsorbing",
        header(given.model),
        args.output.as_deref(),
        |potential, structure, job| {
            let found = adsorption(potential, structure, &adsorbates, &cut, job);
            found.map_err(|e| e.to_string())
        },
        |entry, found| tell(args, entry, found),
    )
}

fn tell(args: &AdsorptionArgs, entry: &Entry, found: &Adsorption) -> anyhow::Result<Told> {
    let mut all = Vec::new();
    for (adsorbate, places) in &found.found {
        let numbered = places.iter().enumerate();
        all.extend(numbered.map(|(number, place)| (*adsorbate, number, place)));
    }
    let joined = args.cut.miller.0.map(|index| index.to_string()).join("");
    let made = all.iter().map(|(adsorbate, number, place)| {
        let what = format!("{adsorbate}-on-{joined}-{}", number + 1);
        // What exploded or collapsed has no end.
        let found = matches!(place.ending, Ending::Converged | Ending::StepsSpent);
        (what, found.then_some(&place.structure))
    });
    let written = write_structures(
        args.output.as_deref(),
        &entry.stem,
        args.structures.model,
        made,
    )?;
    let places = all.iter().zip(&written);
    let places: Vec<Value> = places.map(|((a, _, p), file)| value(*a, p, file)).collect();
    let rows = all.iter().map(|(adsorbate, _, place)| {
        vec![
            entry.name.clone(),
            found.slab.formula(),
            plane(args.cut.miller.0),
            adsorbate.to_string(),
            place.place.to_string(),
            place
                .energy
                .map_or_else(|| "-".to_owned(), |e| format!("{e:.2}")),
            place.fate.to_string(),
            match place.height.is_finite() {
                true => format!("{:.2}", place.height),
                false => "-".to_owned(),
            },
        ]
    });
    Ok(Told {
        rows: rows.collect(),
        value: json!({
            "file": entry.name,
            "formula": found.slab.formula(),
            "model": args.structures.model.name(),
            "citation": Model::CITATION,
            "miller": args.cut.miller.0,
            "termination": found.termination.0 + 1,
            "upper": found.termination.1.upper,
            "atoms": found.slab.sites.len(),
            "held": found.held,
            "area": found.area,
            "coverage": 1.0 / found.atoms_on_top as f64,
            "images_apart": found.apart,
            "places": places,
            "energy_std": trust::ADSORPTION.deviation,
            "trust": trust::ADSORPTION.to_string(),
            "notes": found.notes(),
            "units": {
                "area": "Å2 an adsorbate", "coverage": "adsorbates an atom of the upper plane", "images_apart": "Å",
                "energy": "eV, negative where it binds", "slab_energy": "eV against the clean slab", "energy_std": "eV", "reference": "eV", "height": "Å above the highest atom", "depth": "Å",
                "multiplicity": "places the smallest cell",
            },
        }),
        notes: found.notes(),
    })
}

fn header(model: Model) -> Vec<String> {
    [
        &*weights(model),
        "slab",
        "plane",
        "adsorbate",
        "put on",
        &*format!(
            "adsorption energy ± {:.1} [eV]",
            trust::ADSORPTION.deviation
        ),
        "and",
        "height [Å]",
    ]
    .map(str::to_owned)
    .into()
}

fn value(adsorbate: Adsorbate, place: &Adsorbed, written: &Option<String>) -> Value {
    json!({
        "adsorbate": adsorbate.name(),
        "counts_against": adsorbate.reference_text(),
        "reference": place.reference,
        "place": place.place.to_string(),
        "depth": place.place.depth,
        "multiplicity": place.place.multiplicity(),
        "energy": place.energy,
        "slab_energy": place.slab_energy,
        "fate": place.fate.to_string(),
        "height": place.height.is_finite().then_some(place.height),
        "ending": place.ending.name(),
        "written": written,
    })
}
