//! Permanent and soft magnets: saturation, the bound on the energy product, hardness, cost and supply.
//!
//! About ninety measured materials are looked up; for others µ0Ms comes from a measured column of the user's table, from
//! a structure's site moments, or, where its validation holds, from a generalised Slater-Pauling estimate
//! ([`estimate`]), over the structure's volume where there is one.

mod coefficients;
mod describe;
pub mod estimate;
#[cfg(not(target_arch = "wasm32"))]
pub mod fit;
pub mod hund;
pub mod measured;
pub mod quality;

use estimate::saturation as estimated_saturation;
use measured::{ANISOTROPY_SPREAD, Anisotropy, CURIE_SPREAD, Measured, SATURATION_SPREAD};
use plugin_sdk::{
    Batch, Description, DomainModel, InputColumn, Parameters, Predictions, Structure, export_plugin,
};
use quality::Estimate;

/// The plugin.
pub struct Magnet;

/// Indices of the properties, in the order of `describe`.
mod property {
    pub const SATURATION_MEASURED: usize = 0;
    pub const ANISOTROPY_MEASURED: usize = 1;
    pub const CURIE_TEMPERATURE_MEASURED: usize = 2;
    pub const SATURATION: usize = 3;
    pub const ENERGY_PRODUCT_BOUND: usize = 4;
    pub const ENERGY_PRODUCT_REACHABLE: usize = 5;
    pub const HARDNESS: usize = 6;
    pub const RARE_EARTH_MASS_FRACTION: usize = 7;
    pub const HEAVY_RARE_EARTH_MASS_FRACTION: usize = 8;
    pub const CRITICAL_MASS_FRACTION: usize = 9;
    pub const MATERIAL_COST: usize = 10;
    pub const SUPPLY_RISK: usize = 11;
}

/// Below this Curie temperature, K, nothing was measured for the fit of the estimate: it knows of no thermal loss beyond
/// the usual.
const LEAST_CURIE_TEMPERATURE: f64 = 420.0;

/// Below this the potential's moments are noise, T.
const LEAST_OF_POTENTIAL: f64 = 0.02;

/// The number of a row in an optional column, and its standard deviation (NaN: unknown); `None` where it is missing.
fn cell(column: Option<&InputColumn<'_>>, row: usize) -> Option<Estimate> {
    let column = column?;
    let mean = column.mean.get(row).copied().filter(|x| !x.is_nan())?;
    let std = column
        .std
        .and_then(|all| all.get(row))
        .copied()
        .filter(|s| *s >= 0.0);
    Some(Estimate::new(mean, std.unwrap_or(f64::NAN)))
}

/// A looked-up value with the greater of its own spread between sources and the table's pooled relative one: two
/// handbooks that agree may quote the same measurement.
fn with_spread((value, own): (f64, f64), pooled: f64) -> Option<Estimate> {
    // of a NaN and a number, max takes the number
    let std = own.max(pooled * value.abs());
    (!value.is_nan()).then_some(Estimate::new(value, std))
}

/// µ0Ms in T from a structure's site moments; `None` where one is not known.
fn moments_saturation(structure: &Structure<'_>) -> Option<f64> {
    let known = structure.sites() > 0 && structure.site_moments.len() == structure.sites();
    let moment: f64 = structure.site_moments.iter().sum();
    let saturation = quality::saturation_from_moment(moment.abs(), structure.volume());
    (known && saturation.is_finite()).then_some(saturation)
}

/// Volume in Å3 of the formula as written, from a structure of the same composition; `None` where it has another.
fn volume_of_formula(
    structure: &Structure<'_>,
    composition: matter::CompositionRef<'_>,
) -> Option<f64> {
    let (atoms, total) = (structure.atoms(), composition.total_atoms());
    let same = |(element, amount): (matter::Element, f64)| {
        let share = structure.amount(element.atomic_number()) / atoms;
        (share - amount / total).abs() < 1e-3
    };
    let volume = structure.volume() / atoms * total;
    (volume.is_finite() && volume > 0.0 && composition.iter().all(same)).then_some(volume)
}

/// What the host's potential says of the structure, µ0M in T; the column that the plugin asks for.
pub const POTENTIAL: &str = "potential_magnetization";

/// µ0Ms at 300 K by the best route there is, and the note that says which.
fn saturation(
    column: Option<Estimate>,
    measured: Option<&Measured>,
    structure: Option<Structure<'_>>,
    potential: Option<Estimate>,
    composition: matter::CompositionRef<'_>,
) -> Result<(Estimate, &'static str), &'static str> {
    if let Some(own) = column {
        if own.mean > 0.0 && own.mean.is_finite() {
            return Ok((own, "µ0Ms from the column saturation"));
        }
        return Err("the column saturation holds no positive number");
    }
    if let Some(value) = measured.and_then(|m| with_spread(m.saturation, SATURATION_SPREAD)) {
        return Ok((value, "µ0Ms as measured"));
    }
    if let Some(value) = structure.as_ref().and_then(moments_saturation) {
        if value > 0.0 {
            return Ok((
                Estimate::new(value, f64::NAN),
                "µ0Ms from the structure's site moments: no thermal loss, and moments without a sign add up as if parallel",
            ));
        }
        return Err("the structure's site moments add up to zero: no magnet");
    }
    if !composition
        .iter()
        .any(|(element, _)| matches!(element.atomic_number(), 24..=28 | 58..=70 | 90..=96))
    {
        return Err(
            "no magnetic element (Cr, Mn, Fe, Co, Ni, a lanthanide or an actinide) and no measured saturation known",
        );
    }
    if let Some(value) = potential {
        if value.mean > LEAST_OF_POTENTIAL {
            return Ok((
                value,
                "µ0Ms from the potential's moments of the relaxed structure: at 0 K, sizes without sign added up as if parallel (an antiferromagnet looks like a magnet), without 4f moments",
            ));
        }
        return Err("the potential finds no moments in the structure: no magnet");
    }
    if measured.is_some_and(|m| m.curie.0 < LEAST_CURIE_TEMPERATURE) {
        return Err(
            "no measured saturation known; the measured Curie temperature is near 300 K, which the estimate from the formula does not foresee",
        );
    }
    let volume = structure.and_then(|s| volume_of_formula(&s, composition));
    let value = estimated_saturation(composition, volume)?;
    let route = match volume {
        Some(_) => {
            "no measurement known: µ0Ms estimated from the formula (generalised Slater-Pauling) over the structure's volume, where that lies within 30 % of the volume expected of its atoms"
        }
        None => {
            "no measurement known: µ0Ms estimated from the formula (generalised Slater-Pauling)"
        }
    };
    Ok((value, route))
}

/// Why a negative K1 gives no hardness.
fn negative(kind: Anisotropy) -> &'static str {
    match kind {
        Anisotropy::Cubic => {
            "K1 is negative (cubic: easy axes <111>): not counted as a permanent magnet"
        }
        Anisotropy::Uniaxial | Anisotropy::Planar => {
            "K1 is negative: easy plane, no permanent magnet"
        }
        Anisotropy::Unknown => {
            "K1 is negative (uniaxial: easy plane; cubic: easy axes <111>): not counted as a permanent magnet"
        }
    }
}

/// K1 at 300 K in kJ/m3, positive; or why there is no hardness.
fn anisotropy(
    column: Option<Estimate>,
    measured: Option<&Measured>,
    looked_up: Option<Estimate>,
    uniaxial: Option<bool>,
) -> Result<Estimate, &'static str> {
    let kind = measured.map_or(Anisotropy::Unknown, |m| m.kind);
    match (column, looked_up) {
        (Some(own), _) if own.mean == 0.0 || own.mean.is_infinite() => {
            Err("the column anisotropy_k1 holds zero or no finite number")
        }
        (Some(own), _) if own.mean < 0.0 => Err(negative(kind)),
        (Some(own), _) => Ok(own),
        (None, Some(k1)) if k1.mean <= 0.0 => Err(negative(kind)),
        (None, _) if kind == Anisotropy::Planar => Err("easy plane: no permanent magnet"),
        (None, Some(k1)) => Ok(k1),
        (None, None) => Err(match uniaxial {
            Some(true) => {
                "no anisotropy known: give K1 in a column anisotropy_k1; the structure is uniaxial (tetragonal, trigonal or hexagonal), which a large K1 needs"
            }
            Some(false) => {
                "no anisotropy known: give K1 in a column anisotropy_k1; the structure is not uniaxial, so that a large K1 is unlikely"
            }
            None => "no anisotropy known: give K1 in a column anisotropy_k1",
        }),
    }
}

/// K1 in kJ/m3 as measured, or from the measured anisotropy field, which is the second of the pair.
fn looked_up_anisotropy(measured: &Measured) -> Option<(Estimate, bool)> {
    if let Some(k1) = with_spread(measured.anisotropy, ANISOTROPY_SPREAD) {
        return Some((k1, false));
    }
    let k1 = quality::anisotropy_from_field(measured.anisotropy_field, measured.saturation.0);
    with_spread((k1, f64::NAN), ANISOTROPY_SPREAD).map(|k1| (k1, true))
}

/// Fills the looked-up properties of a row.
fn set_measured(out: &mut Predictions, row: usize, measured: &Measured) {
    for (property, value) in [
        (
            property::SATURATION_MEASURED,
            with_spread(measured.saturation, SATURATION_SPREAD),
        ),
        (
            property::ANISOTROPY_MEASURED,
            looked_up_anisotropy(measured).map(|(k1, _)| k1),
        ),
        (
            property::CURIE_TEMPERATURE_MEASURED,
            with_spread(measured.curie, CURIE_SPREAD),
        ),
    ] {
        if let Some(value) = value {
            out.set(row, property, value.mean, value.std);
        }
    }
    out.note(row, measured.note);
    if !measured.remark.is_empty() {
        out.note(row, measured.remark);
    }
}

/// Fills what follows from µ0Ms and K1.
fn set_magnetic(
    out: &mut Predictions,
    row: usize,
    js: Estimate,
    k1: Result<Estimate, &'static str>,
    reached: f64,
) {
    out.set(row, property::SATURATION, js.mean, js.std);
    let bound = quality::energy_product_bound(js);
    out.set(row, property::ENERGY_PRODUCT_BOUND, bound.mean, bound.std);
    match k1 {
        Ok(k1) => {
            let hardness = quality::hardness(k1, js);
            out.set(row, property::HARDNESS, hardness.mean, hardness.std);
            let product = quality::energy_product_reachable(k1, js, reached);
            out.set(
                row,
                property::ENERGY_PRODUCT_REACHABLE,
                product.mean,
                product.std,
            );
        }
        Err(reason) => out.note_on(row, property::HARDNESS, reason),
    }
}

/// Fills mass fractions, cost and supply risk.
fn set_supply(out: &mut Predictions, row: usize, composition: matter::CompositionRef<'_>) {
    out.set(
        row,
        property::RARE_EARTH_MASS_FRACTION,
        supply::rare_earth_mass_fraction(composition),
        0.0,
    );
    out.set(
        row,
        property::HEAVY_RARE_EARTH_MASS_FRACTION,
        supply::heavy_rare_earth_mass_fraction(composition),
        0.0,
    );
    out.set(
        row,
        property::CRITICAL_MASS_FRACTION,
        supply::critical_mass_fraction(composition),
        0.0,
    );
    match supply::cost_usd_per_kg(composition) {
        Ok(cost) => out.set(row, property::MATERIAL_COST, cost, f64::NAN),
        Err(elements) => out.missing(row, property::MATERIAL_COST, supply::no_price(&elements)),
    }
    match supply::supply_risk(composition) {
        Ok(risk) => out.set(row, property::SUPPLY_RISK, risk, f64::NAN),
        Err(elements) => out.missing(row, property::SUPPLY_RISK, supply::no_risk(&elements)),
    }
}

impl DomainModel for Magnet {
    fn describe() -> Description {
        describe::description()
    }

    fn predict(batch: &Batch, parameters: &Parameters) -> Result<Predictions, String> {
        let mut out = Predictions::new(&Self::describe(), batch.len());
        let reached = parameters.number("coercivity_share");
        let (axes, potential) = (batch.column("structure_uniaxial"), batch.column(POTENTIAL));
        let (saturations, anisotropies) =
            (batch.column("saturation"), batch.column("anisotropy_k1"));
        for row in 0..batch.len() {
            let composition = batch.composition(row);
            if composition.atomic_numbers.is_empty() {
                out.not_applicable(row, "no composition");
                continue;
            }
            let measured = measured::lookup(composition);
            if let Some(measured) = measured {
                set_measured(&mut out, row, measured);
            }
            set_supply(&mut out, row, composition);
            let column = cell(saturations.as_ref(), row);
            let said = cell(potential.as_ref(), row);
            match saturation(column, measured, batch.structure(row), said, composition) {
                Ok((js, route)) => {
                    if measured.is_none_or(|m| m.saturation.0.is_nan()) || column.is_some() {
                        out.note_on(row, property::SATURATION, route);
                    }
                    let looked_up = measured.and_then(looked_up_anisotropy);
                    if looked_up.is_some_and(|(_, derived)| derived) {
                        out.note_on(
                            row,
                            property::ANISOTROPY_MEASURED,
                            "K1 from the measured anisotropy field and µ0Ms, K2 neglected",
                        );
                    }
                    let own = cell(anisotropies.as_ref(), row);
                    let uniaxial = cell(axes.as_ref(), row).map(|x| x.mean > 0.5);
                    let k1 = anisotropy(own, measured, looked_up.map(|(k1, _)| k1), uniaxial);
                    set_magnetic(&mut out, row, js, k1, reached);
                }
                Err(reason) => out.missing(row, property::SATURATION, reason),
            }
        }
        Ok(out)
    }
}

export_plugin!(Magnet);
