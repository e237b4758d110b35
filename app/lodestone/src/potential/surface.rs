//! `lodestone surface`: what it costs to cut structures along a plane.

use super::batch::{Told, weights};
use super::each::each;
use super::entries::{Entry, write_structures};
use crate::Failure;
use crate::args::{CutArgs, SurfaceArgs};
use ::potential::surface::{Cut, Surface, Surfaces, surfaces};
use ::potential::{Model, trust};
use serde_json::{Value, json};

pub fn run(args: &SurfaceArgs) -> Result<(), Failure> {
    let given = &args.structures;
    let cut = cut(&args.cut, args.width);
    each(
        given,
        "cutting",
        header(given.model),
        args.output.as_deref(),
        |potential, structure, job| {
            surfaces(potential, structure, &cut, job).map_err(|e| e.to_string())
        },
        |entry, found| tell(args, entry, found),
    )
}

/// What the command line says of a slab.
pub(super) fn cut(args: &CutArgs, width: f64) -> Cut {
    Cut {
        miller: args.miller.0,
        as_given: args.as_given,
        // People count from 1.
        termination: args.termination.map(|number| usize::from(number) - 1),
        thickness: args.thickness,
        vacuum: args.vacuum,
        width,
    }
}

/// `(1 0 -1)`.
pub(super) fn plane(miller: [i32; 3]) -> String {
    let [h, k, l] = miller;
    format!("({h} {k} {l})")
}

fn tell(args: &SurfaceArgs, entry: &Entry, found: &Surfaces) -> anyhow::Result<Told> {
    let indices = args.cut.miller.0;
    let joined = indices.map(|index| index.to_string()).join("");
    let made = found.faces.iter().map(|face| {
        let what = format!("surface-{joined}-{}", face.number + 1);
        (what, Some(&face.structure))
    });
    let written = write_structures(
        args.output.as_deref(),
        &entry.stem,
        args.structures.model,
        made,
    )?;
    let faces = found.faces.iter().zip(&written);
    let faces: Vec<Value> = faces.map(|(face, file)| value(face, file)).collect();
    let rows = found.faces.iter().map(|face| {
        let ends = &face.termination;
        vec![
            entry.name.clone(),
            found.host.formula(),
            plane(indices),
            (face.number + 1).to_string(),
            match ends.faces_alike {
                true => ends.upper.clone(),
                false => format!("{}, {}", ends.upper, ends.lower),
            },
            format!("{:.3}", face.energy),
            format!("{:.3}", face.energy_unrelaxed),
            format!("{:.2}", face.slab.area),
            format!("{:.1}", face.slab.thickness),
            face.structure.sites.len().to_string(),
        ]
    });
    Ok(Told {
        rows: rows.collect(),
        value: json!({
            "file": entry.name,
            "formula": found.host.formula(),
            "model": args.structures.model.name(),
            "citation": Model::CITATION,
            "miller": indices,
            "indices_of": match args.cut.as_given {
                true => "the cell given",
                false => "the conventional cell",
            },
            "spacing": found.spacing,
            "vacuum": args.cut.vacuum,
            "surfaces": faces,
            "energy_std": trust::SURFACE_ENERGY.deviation,
            "trust": trust::SURFACE_ENERGY.to_string(),
            "notes": found.notes(),
            "units": {
                "spacing": "Å", "vacuum": "Å", "energy": "J/m2", "energy_std": "J/m2", "energy_unrelaxed": "J/m2", "area": "Å2, one face",
                "thickness": "Å", "gap": "Å",
            },
        }),
        notes: found.notes(),
    })
}

fn header(model: Model) -> Vec<String> {
    [
        &*weights(model),
        "formula",
        "plane",
        "termination",
        "ends in",
        &*format!(
            "surface energy ± {:.1} [J/m2]",
            trust::SURFACE_ENERGY.deviation
        ),
        "unrelaxed [J/m2]",
        "area [Å2]",
        "thickness [Å]",
        "atoms",
    ]
    .map(str::to_owned)
    .into()
}

fn value(face: &Surface, written: &Option<String>) -> Value {
    let ends = &face.termination;
    json!({
        "termination": face.number + 1,
        "upper": ends.upper,
        "lower": ends.lower,
        "faces_alike": ends.faces_alike,
        "gap": ends.gap,
        "energy": face.energy,
        "energy_unrelaxed": face.energy_unrelaxed,
        "area": face.slab.area,
        "thickness": face.slab.thickness,
        "periods": face.slab.periods,
        "atoms": face.structure.sites.len(),
        "ending": face.ending.name(),
        "written": written,
    })
}
