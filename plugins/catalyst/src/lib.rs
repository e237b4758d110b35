//! Catalysts of two kinds: single-atom alloys (segregation of a dopant, [`alloy`]) and ABX3 perovskites (tolerance factors
//! and stability, tabulated or by a model, [`perovskite`]); band edges of semiconductors ([`band_edges`]); cost and supply.
//! The models that it carries are evaluated by the host; what they say is read in [`carried`].

pub mod alloy;
pub mod band_edges;
pub mod carried;
mod describe;
#[cfg(not(target_arch = "wasm32"))]
pub mod fit;
mod fitted;
pub mod perovskite;
pub mod tables;

use alloy::{Alloy, DILUTE};
use perovskite::Abx3;
use plugin_sdk::matter::CompositionRef;
use plugin_sdk::{
    Batch, Description, DomainModel, InputColumn, ModelFile, Parameters, Predictions, export_plugin,
};
use std::sync::LazyLock;

/// The plugin.
pub struct Catalyst;

/// Indices of the properties, in the order of `describe`.
mod property {
    pub const SEGREGATION_ENERGY: usize = 0;
    pub const SEGREGATION_ENERGY_COMPUTED: usize = 1;
    pub const STABILITY_CLASS: usize = 2;
    pub const DECOMPOSITION_ENERGY_COMPUTED: usize = 3;
    pub const GOLDSCHMIDT_FACTOR: usize = 4;
    pub const OCTAHEDRAL_FACTOR: usize = 5;
    pub const BARTEL_FACTOR: usize = 6;
    pub const PEROVSKITE_LIKELIHOOD: usize = 7;
    pub const CONDUCTION_BAND_EDGE: usize = 8;
    pub const VALENCE_BAND_EDGE: usize = 9;
    pub const NOBLE_METAL_MASS_FRACTION: usize = 10;
    pub const MATERIAL_COST: usize = 11;
    pub const SUPPLY_RISK: usize = 12;
    pub const BAND_GAP: usize = 13;
    pub const DECOMPOSITION_ENERGY: usize = 14;
}

/// Why an alloy has no likelihood.
static NO_LIKELIHOOD_OF_ALLOYS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "no perovskite; for alloys a likelihood from the segregation energy has {:.2} of the log loss of the plain share, more than \
         the 0.7 allowed: rank them by segregation_energy",
        fitted::HOST_LOSS / fitted::HOST_SHARE_LOSS
    )
});

/// The tolerance factor that the likelihood of a perovskite is a function of: above 10 it loses nothing more.
pub(crate) fn saturated_tau(tau: f64) -> f64 {
    tau.min(10.0)
}

/// A logistic curve over `x`.
pub(crate) fn likelihood(intercept: f64, slope: f64, x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-(intercept + slope * x)))
}

/// The settings of a run that concern every row.
struct Settings<'a> {
    iron_100: bool,
    ph: f64,
    band_gap: Option<InputColumn<'a>>,
    ph_zero_charge: Option<InputColumn<'a>>,
    predicted_gap: Option<InputColumn<'a>>,
    metal: Option<InputColumn<'a>>,
    stability: Option<InputColumn<'a>>,
    segregation: Option<InputColumn<'a>>,
}

impl DomainModel for Catalyst {
    fn describe() -> Description {
        describe::describe()
    }

    fn models() -> Vec<ModelFile> {
        let model = |name: &str, bytes: &[u8]| ModelFile {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        };
        vec![
            model(
                carried::GAP_MODEL,
                include_bytes!("../../../datasets/models/band_gap.model"),
            ),
            model(
                carried::STABILITY_MODEL,
                include_bytes!("../../../datasets/models/perovskite_stability.model"),
            ),
            model(
                carried::SEGREGATION_MODEL,
                include_bytes!("../../../datasets/models/segregation_energy.model"),
            ),
        ]
    }

    fn predict(batch: &Batch, parameters: &Parameters) -> Result<Predictions, String> {
        let settings = Settings {
            iron_100: parameters.choice("iron_facet") == "100",
            ph: parameters.number("ph"),
            band_gap: batch.column("band_gap"),
            ph_zero_charge: batch.column("ph_zero_charge"),
            predicted_gap: batch.column(carried::GAP_MODEL),
            metal: batch.column(carried::METAL_COLUMN),
            stability: batch.column(carried::STABILITY_MODEL),
            segregation: batch.column(carried::SEGREGATION_MODEL),
        };
        let mut out = Predictions::new(&Self::describe(), batch.len());
        for row in 0..batch.len() {
            let composition = batch.composition(row);
            match (Alloy::of(composition), Abx3::of(composition)) {
                (Ok(alloy), _) => predict_alloy(&mut out, row, &alloy, &settings),
                (_, Ok(perovskite)) => {
                    predict_perovskite(&mut out, row, &perovskite);
                    predict_stability(&mut out, row, &perovskite, settings.stability);
                }
                (Err(no_alloy), Err(no_perovskite)) => {
                    let metals_only = no_alloy != "not two metals";
                    out.note(row, if metals_only { no_alloy } else { no_perovskite });
                }
            }
            predict_band_edges(&mut out, row, composition, &settings);
            predict_supply(&mut out, row, composition);
        }
        Ok(out)
    }
}

fn predict_alloy(out: &mut Predictions, row: usize, alloy: &Alloy, settings: &Settings) {
    match tables::stability_class(alloy.host, alloy.dopant) {
        Some(class) => out.set(row, property::STABILITY_CLASS, class, f64::NAN),
        None => out.missing(
            row,
            property::STABILITY_CLASS,
            "the pair is not in Rao's table",
        ),
    }
    predict_segregation(out, row, alloy, settings);
    out.missing(
        row,
        property::PEROVSKITE_LIKELIHOOD,
        NO_LIKELIHOOD_OF_ALLOYS.as_str(),
    );
    if alloy.fraction > DILUTE {
        out.note(row, "more than 10 % of dopant: neighbouring dopants are likely, the energies hold for lone ones");
    }
}

/// The energy of the table, and where that has none the model's.
fn predict_segregation(out: &mut Predictions, row: usize, alloy: &Alloy, settings: &Settings) {
    let column = property::SEGREGATION_ENERGY;
    if let Some(energy) = alloy.computed(settings.iron_100) {
        out.set(row, property::SEGREGATION_ENERGY_COMPUTED, energy, f64::NAN);
        out.set(row, column, energy, f64::NAN);
        out.note_on(row, column, "segregation energy looked up");
        return;
    }
    if let Some(reason) = alloy.beyond_model() {
        out.missing(row, column, reason);
        return;
    }
    match carried::value(settings.segregation, row) {
        Some((mean, std)) => {
            out.set(row, column, mean, std);
            let note = if tables::is_host(alloy.host) {
                "segregation energy by the model"
            } else {
                "segregation energy by the model, for a host that it has not seen"
            };
            out.note_on(row, column, note);
        }
        None => out.missing(
            row,
            column,
            "the pair is not in Ruban's table, and the model says nothing of it",
        ),
    }
}

fn predict_perovskite(out: &mut Predictions, row: usize, perovskite: &Abx3) {
    match perovskite.energy() {
        Some(energy) => out.set(
            row,
            property::DECOMPOSITION_ENERGY_COMPUTED,
            energy,
            f64::NAN,
        ),
        None => out.missing(
            row,
            property::DECOMPOSITION_ENERGY_COMPUTED,
            "the compound is not in Castelli's table",
        ),
    }
    let sites = match perovskite.sites() {
        Ok(sites) => sites,
        Err(reason) => {
            out.missing(row, property::GOLDSCHMIDT_FACTOR, reason);
            out.missing(row, property::PEROVSKITE_LIKELIHOOD, "no tolerance factor");
            return;
        }
    };
    out.set(row, property::GOLDSCHMIDT_FACTOR, sites.goldschmidt(), 0.0);
    out.set(row, property::OCTAHEDRAL_FACTOR, sites.octahedral(), 0.0);
    let reason = match (perovskite.anion(), sites.bartel()) {
        (Some(8 | 9 | 17 | 35 | 53), Some(tau)) => {
            out.set(row, property::BARTEL_FACTOR, tau, 0.0);
            let p = likelihood(
                fitted::PEROVSKITE_INTERCEPT,
                fitted::PEROVSKITE_SLOPE,
                saturated_tau(tau),
            );
            out.set(row, property::PEROVSKITE_LIKELIHOOD, p, f64::NAN);
            return;
        }
        (Some(8 | 9 | 17 | 35 | 53), None) => {
            "Bartel's factor is not defined: no cation is the larger one"
        }
        _ => "Bartel's factor was found for one anion of O, F, Cl, Br, I",
    };
    out.missing(row, property::BARTEL_FACTOR, reason);
    out.missing(row, property::PEROVSKITE_LIKELIHOOD, "no Bartel factor");
}

fn predict_band_edges(
    out: &mut Predictions,
    row: usize,
    composition: CompositionRef,
    settings: &Settings,
) {
    let Some((gap, gap_std)) = gap_for_edges(out, row, settings) else {
        return;
    };
    match band_edges::electronegativity(composition) {
        Ok(chi) => {
            let given = settings
                .ph_zero_charge
                .and_then(|c| c.mean.get(row).copied())
                .filter(|ph| ph.is_finite());
            let (conduction, valence) =
                band_edges::band_edges(chi, gap, settings.ph, given.unwrap_or(0.0));
            let std = libm::hypot(fitted::BAND_EDGE_RMSE, gap_std / 2.0);
            out.set(row, property::CONDUCTION_BAND_EDGE, conduction, std);
            out.set(row, property::VALENCE_BAND_EDGE, valence, std);
        }
        Err(element) => {
            let symbol = element.map_or("the elements", |e| e.symbol());
            let reason = format!("no Mulliken electronegativity of {symbol}");
            out.missing(row, property::CONDUCTION_BAND_EDGE, reason.clone());
            out.missing(row, property::VALENCE_BAND_EDGE, reason);
        }
    }
}

/// The band gap for the edges and its standard deviation (0 where unknown), eV: of the user's table where that has one, else by
/// the model, which the row gets as a property too.
fn gap_for_edges(out: &mut Predictions, row: usize, settings: &Settings) -> Option<(f64, f64)> {
    let predicted = carried::value(settings.predicted_gap, row);
    match predicted {
        Some((mean, std)) => out.set(row, property::BAND_GAP, mean, std),
        None if settings.predicted_gap.is_some() => {
            let reason = "the model of band gaps says nothing of this composition";
            out.missing(row, property::BAND_GAP, reason);
        }
        None => {}
    }
    let mut no_edges = |reason: &'static str| {
        out.missing(row, property::CONDUCTION_BAND_EDGE, reason);
        out.missing(row, property::VALENCE_BAND_EDGE, reason);
        None
    };
    let given = |column: InputColumn| column.mean.get(row).copied().filter(|gap| !gap.is_nan());
    if let Some(gap) = settings.band_gap.and_then(given) {
        if !(gap > 0.0 && gap.is_finite()) {
            return no_edges("no band edges: the band gap is not positive");
        }
        let std = carried::value(settings.band_gap, row).map_or(f64::NAN, |(_, std)| std);
        return Some((gap, if std.is_finite() { std } else { 0.0 }));
    }
    let Some((mean, std)) = predicted else {
        // A table without the column is told once, in `describe`.
        settings.band_gap?;
        return no_edges("no band gap in column band_gap");
    };
    let metal = carried::value(settings.metal, row).map_or(0.0, |(p, _)| p);
    let Some((gap, std)) = carried::gap_if_open(mean, std, metal) else {
        return no_edges("no band edges: probably a metal");
    };
    out.note_on(
        row,
        property::CONDUCTION_BAND_EDGE,
        "band edges by the predicted band gap",
    );
    Some((gap, if std.is_finite() { std } else { 0.0 }))
}

/// The model's energy over competing phases, for the anions of its data.
fn predict_stability(
    out: &mut Predictions,
    row: usize,
    perovskite: &Abx3,
    column: Option<InputColumn>,
) {
    if column.is_none() {
        return;
    }
    if !perovskite.anions_in_table() {
        let reason = "the model knows perovskites of O, N, F and S only";
        out.missing(row, property::DECOMPOSITION_ENERGY, reason);
        return;
    }
    match carried::value(column, row) {
        Some((mean, std)) => {
            let atoms = 5.0;
            // Of the table's own error nothing is known, so neither of what was learnt by heart.
            let learnt = perovskite.energy().is_some();
            let std = if learnt { f64::NAN } else { std / atoms };
            out.set(row, property::DECOMPOSITION_ENERGY, mean / atoms, std);
            if learnt {
                out.note_on(
                    row,
                    property::DECOMPOSITION_ENERGY,
                    "the model has learnt this compound: decomposition_energy_computed is its data",
                );
            }
        }
        None => out.missing(
            row,
            property::DECOMPOSITION_ENERGY,
            "the model of perovskites says nothing of this composition",
        ),
    }
}

fn predict_supply(out: &mut Predictions, row: usize, composition: CompositionRef) {
    let noble = supply::noble_metal_mass_fraction(composition);
    if noble.is_nan() {
        out.missing(row, property::NOBLE_METAL_MASS_FRACTION, "no composition");
    } else {
        out.set(row, property::NOBLE_METAL_MASS_FRACTION, noble, 0.0);
    }
    match supply::cost_usd_per_kg(composition) {
        Ok(cost) => out.set(row, property::MATERIAL_COST, cost, f64::NAN),
        Err(elements) => out.missing(row, property::MATERIAL_COST, supply::no_price(&elements)),
    }
    match supply::supply_risk(composition) {
        Ok(risk) => out.set(row, property::SUPPLY_RISK, risk, f64::NAN),
        Err(elements) => out.missing(row, property::SUPPLY_RISK, supply::no_risk(&elements)),
    }
}

export_plugin!(Catalyst);
