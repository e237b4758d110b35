//! Semiconductors from their formula: the band gap by a trained model, what a gap like that is good for, whether the compound
//! forms, what it costs and how toxic its elements are.
//!
//! The host evaluates the models that the plugin carries; the plugin turns what they know of the gap into a distribution
//! ([`gap`]) and carries that through to every use ([`uses`]).

mod describe;
pub mod gap;
pub mod judge;
pub mod limit;
pub mod uses;
pub mod validated;

use gap::Gap;
use matter::CompositionRef;
use plugin_sdk::{
    Batch, Description, DomainModel, InputColumn, ModelFile, Parameters, Predictions, export_plugin,
};

/// The plugin.
pub struct Semiconductor;

/// Names of the carried models, which are those of the columns that the host makes of them.
pub const GAP_MODEL: &str = "predicted_band_gap";
/// See [`GAP_MODEL`].
pub const ENERGY_MODEL: &str = "predicted_formation_energy";
/// The host's column with the probability that the gap is exactly zero.
pub const METAL_COLUMN: &str = "predicted_band_gap_probability_of_zero";
/// The user's column of gaps.
pub const GIVEN_GAP: &str = "band_gap";
/// Radii of the ions of an ABX3 compound, from the host, Å.
pub const RADII: [&str; 3] = [
    "shannon_radius_a_site",
    "shannon_radius_b_site",
    "shannon_radius_anion",
];

/// Indices of the properties, in the order of `describe`.
mod property {
    pub const BAND_GAP: usize = 0;
    pub const METAL_PROBABILITY: usize = 1;
    pub const PHOTOVOLTAIC_EFFICIENCY: usize = 2;
    pub const PHOTOVOLTAIC_PROBABILITY: usize = 3;
    pub const EMISSION_WAVELENGTH: usize = 4;
    pub const EMISSION_PROBABILITY: usize = 5;
    pub const TRANSPARENT_CONDUCTOR_PROBABILITY: usize = 6;
    pub const FORMATION_ENERGY: usize = 7;
    pub const FORMATION_PROBABILITY: usize = 8;
    pub const GOLDSCHMIDT_FACTOR: usize = 9;
    pub const TOXIC_MASS_FRACTION: usize = 10;
    pub const CRITICAL_MASS_FRACTION: usize = 11;
    pub const MATERIAL_COST: usize = 12;
    pub const SUPPLY_RISK: usize = 13;
}

/// Error of calculated formation energies against measured ones, eV/atom: mean absolute deviation of the OQMD (Kirklin 2015).
pub const FUNCTIONAL_ERROR: f64 = 0.096;

/// A use is named in the notes where it is more likely than not.
const LIKELY: f64 = 0.5;

/// Value and standard deviation (NaN where unknown) of a row; `None` where there is no value.
fn value(column: Option<InputColumn>, row: usize) -> Option<(f64, f64)> {
    let column = column?;
    let mean = column.mean.get(row).copied().filter(|x| x.is_finite())?;
    let std = column.std.and_then(|all| all.get(row).copied());
    Some((mean, std.unwrap_or(f64::NAN)))
}

/// What concerns every row of a run.
struct Run<'a> {
    model: Option<InputColumn<'a>>,
    metal: Option<InputColumn<'a>>,
    given: Option<InputColumn<'a>>,
    energy: Option<InputColumn<'a>>,
    radii: [Option<InputColumn<'a>>; 3],
    /// Gaps of solar cells, eV.
    photovoltaic: Option<[f64; 2]>,
    /// Wavelengths of the wanted light, nm.
    colour: [f64; 2],
}

impl DomainModel for Semiconductor {
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
                GAP_MODEL,
                include_bytes!("../../../datasets/models/band_gap.model"),
            ),
            model(
                ENERGY_MODEL,
                include_bytes!("../../../datasets/models/formation_energy.model"),
            ),
        ]
    }

    fn predict(batch: &Batch, parameters: &Parameters) -> Result<Predictions, String> {
        let colour = parameters.choice("colour");
        let run = Run {
            model: batch.column(GAP_MODEL),
            metal: batch.column(METAL_COLUMN),
            given: batch.column(GIVEN_GAP),
            energy: batch.column(ENERGY_MODEL),
            radii: RADII.map(|name| batch.column(name)),
            photovoltaic: uses::gaps_of_efficiency(parameters.number("least_efficiency")),
            colour: uses::COLOURS
                .iter()
                .find(|(name, _)| *name == colour)
                .map(|(_, range)| *range)
                .ok_or_else(|| format!("no colour {colour:?}"))?,
        };
        let mut out = Predictions::new(&Self::describe(), batch.len());
        for row in 0..batch.len() {
            let composition = batch.composition(row);
            run.predict_gap(&mut out, row, composition);
            run.predict_energy(&mut out, row);
            run.predict_tolerance(&mut out, row);
            predict_supply(&mut out, row, composition);
        }
        Ok(out)
    }
}

export_plugin!(Semiconductor);

impl Run<'_> {
    fn predict_gap(&self, out: &mut Predictions, row: usize, composition: CompositionRef) {
        let predicted = value(self.model, row).map(|(mean, std)| {
            let metal = value(self.metal, row).map_or(0.0, |(p, _)| p);
            let gap = Gap::predicted(mean, std, metal);
            out.set(row, property::BAND_GAP, mean, std.max(gap.overall().std));
            out.set(row, property::METAL_PROBABILITY, metal, f64::NAN);
            gap
        });
        if predicted.is_none() {
            let reason = "the model of band gaps says nothing of this composition";
            out.missing(row, property::BAND_GAP, reason);
        }
        let given = value(self.given, row).filter(|(gap, _)| *gap >= 0.0);
        let gap = match (given, predicted) {
            (Some((mean, std)), _) => {
                let known = std.is_finite();
                let (note, std) = if known {
                    ("uses by the table's band gap", std)
                } else {
                    ("uses by the table's band gap, taken as exact", 0.0)
                };
                out.note_on(row, property::PHOTOVOLTAIC_EFFICIENCY, note);
                Gap::given(mean, std)
            }
            (None, Some(gap)) => gap,
            (None, None) => {
                out.note(row, "no uses without a band gap");
                return;
            }
        };
        self.predict_uses(out, row, composition, &gap);
    }

    fn predict_uses(
        &self,
        out: &mut Predictions,
        row: usize,
        composition: CompositionRef,
        gap: &Gap,
    ) {
        let efficiency = uses::photovoltaic_efficiency(gap);
        out.set(
            row,
            property::PHOTOVOLTAIC_EFFICIENCY,
            efficiency.mean,
            efficiency.std,
        );
        let photovoltaic = self
            .photovoltaic
            .map_or(0.0, |[low, high]| gap.between(low, high));
        out.set(
            row,
            property::PHOTOVOLTAIC_PROBABILITY,
            photovoltaic,
            f64::NAN,
        );
        match gap.reciprocal(uses::PHOTON) {
            Some(wavelength) if gap.metal <= LIKELY => out.set(
                row,
                property::EMISSION_WAVELENGTH,
                wavelength.mean,
                wavelength.std,
            ),
            _ => out.missing(row, property::EMISSION_WAVELENGTH, "probably a metal"),
        }
        let emission = uses::emission_probability(gap, self.colour);
        out.set(row, property::EMISSION_PROBABILITY, emission, f64::NAN);
        let conductor = match uses::electronegativity(composition) {
            Ok(chi) => {
                let p = uses::transparent_conductor_probability(gap, chi);
                out.set(
                    row,
                    property::TRANSPARENT_CONDUCTOR_PROBABILITY,
                    p,
                    f64::NAN,
                );
                p
            }
            Err(element) => {
                let reason = format!("no Mulliken electronegativity of {}", element.symbol());
                out.missing(row, property::TRANSPARENT_CONDUCTOR_PROBABILITY, reason);
                0.0
            }
        };
        for (p, note) in [
            (photovoltaic, "likely use: absorber of a solar cell"),
            (emission, "likely use: emitter of the chosen light"),
            (conductor, "likely use: transparent conductor"),
        ] {
            if p > LIKELY {
                out.note(row, note);
            }
        }
    }

    fn predict_energy(&self, out: &mut Predictions, row: usize) {
        match value(self.energy, row) {
            Some((mean, std)) => {
                let std = libm::hypot(std, FUNCTIONAL_ERROR);
                out.set(row, property::FORMATION_ENERGY, mean, std);
                let p = if std > 0.0 {
                    gap::normal_cdf(-mean / std)
                } else {
                    f64::NAN
                };
                if p.is_finite() {
                    out.set(row, property::FORMATION_PROBABILITY, p, f64::NAN);
                } else {
                    let reason = "the error of the formation energy is not known";
                    out.missing(row, property::FORMATION_PROBABILITY, reason);
                }
            }
            None => {
                let reason = "the model of formation energies says nothing of this composition";
                out.missing(row, property::FORMATION_ENERGY, reason);
            }
        }
    }

    fn predict_tolerance(&self, out: &mut Predictions, row: usize) {
        let [a, b, x] = self.radii.map(|radius| value(radius, row).map(|v| v.0));
        match (a, b, x) {
            (Some(a), Some(b), Some(x)) => {
                let t = (a + x) / (std::f64::consts::SQRT_2 * (b + x));
                out.set(row, property::GOLDSCHMIDT_FACTOR, t, 0.0);
            }
            _ => out.missing(
                row,
                property::GOLDSCHMIDT_FACTOR,
                "not ABX3 with known radii",
            ),
        }
    }
}

fn predict_supply(out: &mut Predictions, row: usize, composition: CompositionRef) {
    for (property, fraction) in [
        (
            property::TOXIC_MASS_FRACTION,
            supply::toxic_mass_fraction(composition),
        ),
        (
            property::CRITICAL_MASS_FRACTION,
            supply::critical_mass_fraction(composition),
        ),
    ] {
        if fraction.is_nan() {
            out.missing(row, property, "no composition");
        } else {
            out.set(row, property, fraction, 0.0);
        }
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
