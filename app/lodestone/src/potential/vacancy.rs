//! `lodestone vacancy`: what it costs to take an atom out of structures.

use super::batch::{Told, weights};
use super::each::each;
use super::entries::{Entry, write_structures};
use crate::Failure;
use crate::args::VacancyArgs;
use ::potential::phases::Phases;
use ::potential::vacancy::{Vacancies, Vacancy, vacancies};
use ::potential::{Model, trust};
use anyhow::anyhow;
use matter::Element;
use serde_json::{Value, json};

pub fn run(args: &VacancyArgs) -> Result<(), Failure> {
    let given = &args.structures;
    let wrong = |symbol: &String| {
        Failure::Usage(anyhow!(
            "--element {symbol}: no element; write O, Li or the like"
        ))
    };
    let element = match &args.element {
        None => None,
        Some(symbol) => Some(Element::from_symbol(symbol).ok_or_else(|| wrong(symbol))?),
    };
    // Elements count against themselves, so that weights without bundled phases can do something.
    let phases = Phases::bundled(given.model).ok();
    each(
        given,
        "making vacancies",
        header(given.model),
        args.output.as_deref(),
        |potential, structure, job| {
            let found = vacancies(potential, structure, element, args.width, phases, job);
            found.map_err(|e| e.to_string())
        },
        |entry, found| tell(args, entry, found),
    )
}

fn tell(args: &VacancyArgs, entry: &Entry, found: &Vacancies) -> anyhow::Result<Told> {
    let made = found.sites.iter().enumerate().map(|(number, site)| {
        let what = format!("vacancy-{}-{}", site.element, number + 1);
        (what, Some(&site.structure))
    });
    let written = write_structures(
        args.output.as_deref(),
        &entry.stem,
        args.structures.model,
        made,
    )?;
    let sites = found.sites.iter().zip(&written);
    let sites: Vec<Value> = sites.map(|(site, file)| value(site, file)).collect();
    Ok(Told {
        rows: found
            .sites
            .iter()
            .map(|s| row(&entry.name, found, s))
            .collect(),
        value: json!({
            "file": entry.name,
            "formula": found.host.formula(),
            "model": args.structures.model.name(),
            "citation": Model::CITATION,
            "atoms": found.atoms,
            "images_apart": found.apart,
            "vacancies": sites,
            "energy_std": trust::VACANCY.deviation,
            "trust": trust::VACANCY.to_string(),
            "notes": found.notes(),
            "units": {
                "images_apart": "Å", "energy": "eV", "energy_std": "eV", "energy_unrelaxed": "eV", "reference": "eV/atom", "moved": "Å",
                "pressure": "GPa", "multiplicity": "sites a primitive cell",
            },
        }),
        notes: found.notes(),
    })
}

fn header(model: Model) -> Vec<String> {
    [
        &*weights(model),
        "formula",
        "vacancy",
        "site",
        &*format!("formation energy ± {:.1} [eV]", trust::VACANCY.deviation),
        "unrelaxed [eV]",
        "µ [eV]",
        "images apart [Å]",
        "atoms moved by [Å]",
    ]
    .map(str::to_owned)
    .into()
}

fn row(name: &str, all: &Vacancies, site: &Vacancy) -> Vec<String> {
    vec![
        name.to_owned(),
        all.host.formula(),
        site.element.symbol().to_owned(),
        format!("{}{}", site.multiplicity, site.wyckoff),
        format!("{:.2}", site.energy),
        format!("{:.2}", site.energy_unrelaxed),
        format!("{:.3}", site.reference),
        format!("{:.1}", all.apart),
        format!("{:.2}", site.moved),
    ]
}

fn value(site: &Vacancy, written: &Option<String>) -> Value {
    let reference = match &site.phase {
        Some((formula, source)) => format!("{formula} ({source})"),
        None => "the crystal itself".to_owned(),
    };
    json!({
        "element": site.element.symbol(),
        "wyckoff": site.wyckoff.to_string(),
        "multiplicity": site.multiplicity,
        "energy": site.energy,
        "energy_unrelaxed": site.energy_unrelaxed,
        "reference": site.reference,
        "reference_phase": reference,
        "charge": 0,
        "moved": site.moved,
        "pressure": site.pressure,
        "ending": site.ending.name(),
        "written": written,
    })
}
