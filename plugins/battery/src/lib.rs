//! Insertion cathodes from their formula: capacity, voltage, energy, cost.
//!
//! The way of a candidate: its elements are read ([`elements`]), the ion is chosen ([`ion`]), charges are balanced and give the electrons that may move
//! ([`redox`]), the voltage is looked up ([`pairs`]) or estimated (by the host's potential where the user asks it, [`regression`], or the model that the plugin carries,
//! [`carried`]), and energy and cost follow; by another carried model the volume, and so energy by volume.

pub mod carried;
pub mod coefficients;
pub mod elements;
mod filter;
pub mod ion;
pub mod pairs;
pub mod properties;
pub mod redox;
pub mod regression;

use carried::{Carried, Estimate, VOLTAGE_MODEL, VOLUME_MODEL};
use coefficients::{BY_ION, LOOKUP_BIAS, LOOKUP_DEVIATION};
use elements::Elements;
use ion::{IONS, Ion};
use matter::CompositionRef;
use plugin_sdk::{
    Batch, Description, DomainModel, ModelFile, Parameters, Predictions, export_plugin,
};
use properties::*;
use redox::{Host, Unsuited, lesser};
use regression::NoEstimate;
use std::borrow::Cow;

/// mAh in a mole of electrons: F / 3.6 C/mAh, CODATA 2018.
const MAH_PER_MOLE: f64 = 96_485.332_12 / 3.6;

/// A looked-up voltage stands for the whole capacity if the shares of the ion that leave differ by less than this.
pub const SAME_EXTENT: f64 = 0.25;

/// No estimate above is given, V: the training data end at 5.1 V.
pub const HIGHEST_VOLTAGE: f64 = 6.0;

/// The plugin.
pub struct Battery;

impl DomainModel for Battery {
    fn describe() -> Description {
        properties::describe()
    }

    fn models() -> Vec<ModelFile> {
        let model = |name: &str, bytes: &[u8]| ModelFile {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        };
        vec![
            model(
                VOLTAGE_MODEL,
                include_bytes!("../../../datasets/models/insertion_voltage.model"),
            ),
            model(
                VOLUME_MODEL,
                include_bytes!("../../../datasets/models/volume_per_atom.model"),
            ),
        ]
    }

    fn predict(batch: &Batch, parameters: &Parameters) -> Result<Predictions, String> {
        let named = match parameters.choice("ion") {
            "auto" => None,
            symbol => Some(Ion::from_symbol(symbol).ok_or_else(|| format!("no ion {symbol:?}"))?),
        };
        let charged = parameters.choice("state") == "charged";
        let mut out = Predictions::new(&properties::describe(), batch.len());
        let mut room = Room::new();
        let carried = Carried::of(batch);
        for row in 0..batch.len() {
            let given = batch.composition(row);
            let applies = if charged {
                room.charged(given, named, &mut out, row)
            } else {
                room.discharged(given, named, &carried, &mut out, row)
            };
            if let Err(reason) = applies {
                out.not_applicable(row, reason);
            }
        }
        Ok(out)
    }
}

export_plugin!(Battery);

/// Room for one candidate after another.
struct Room {
    elements: Elements,
    host: Host,
    /// Standard deviation of a voltage by regression, V, by ion.
    deviations: [f64; IONS.len()],
}

/// A discharged compound and what may leave it, amounts per formula as given.
struct Cell<'a> {
    ion: &'static Ion,
    composition: CompositionRef<'a>,
    elements: &'a Elements,
    host: &'a Host,
    /// Charge of all atoms of the ion.
    all: f64,
    /// Charge that the redox lets pass, or why none does.
    redox: Result<f64, Unsuited>,
    deviations: &'a [f64; IONS.len()],
    /// What the carried models say of this very compound.
    said: Said,
}

/// What the carried models say of a compound; `None` where nothing.
#[derive(Clone, Copy, Default)]
struct Said {
    /// V, as calculations would find it, for the ion that the model takes the compound's to be.
    voltage: Option<Estimate>,
    /// V, as the host's potential finds for all ions of the structure.
    potential: Option<Estimate>,
    /// Å3 an atom.
    volume: Option<Estimate>,
}

impl Room {
    fn new() -> Self {
        Self {
            elements: Elements::default(),
            host: Host::default(),
            deviations: BY_ION.map(|figures| figures.root_mean_square.hypot(LOOKUP_DEVIATION)),
        }
    }

    /// Predicts for a composition that is the discharged compound.
    fn discharged(
        &mut self,
        given: CompositionRef<'_>,
        named: Option<&'static Ion>,
        carried: &Carried<'_>,
        out: &mut Predictions,
        row: usize,
    ) -> Result<(), Cow<'static, str>> {
        self.elements.read(given)?;
        let own = Ion::of_elements(&self.elements);
        let ion = named.or(own).ok_or("no Li, Na, K, Mg, Ca, Zn or Al")?;
        let all = ion.charge * self.elements.amount(ion.atomic_number);
        if all <= 0.0 {
            return Err(format!("no {}", ion.name).into());
        }
        let balanced = self.host.balance(given, &self.elements, ion);
        let redox = balanced.and_then(|()| self.host.check()).and_then(|()| {
            match lesser(all, self.host.electrons_to_give()) {
                electrons if electrons > 1e-6 * all => Ok(electrons),
                _ => Err(Unsuited::NothingToGive),
            }
        });
        let said = Said {
            voltage: carried.voltage(row).filter(|_| own == Some(ion)),
            potential: carried.potential_voltage(row).filter(|_| own == Some(ion)),
            volume: carried.volume(row),
        };
        self.cell(ion, given, all, redox, said).write(out, row);
        Ok(())
    }

    /// Predicts for a composition that is a charged host: the ion is inserted up to the redox limit.
    fn charged(
        &mut self,
        given: CompositionRef<'_>,
        named: Option<&'static Ion>,
        out: &mut Predictions,
        row: usize,
    ) -> Result<(), Cow<'static, str>> {
        self.elements.read(given)?;
        let ion = named
            .or_else(|| Ion::of_elements(&self.elements).filter(|ion| ion.charge == 1.0))
            .unwrap_or(&IONS[0]);
        let balanced = self.host.balance(given, &self.elements, ion);
        balanced
            .and_then(|()| self.host.check())
            .map_err(Unsuited::reason)?;
        let electrons = self.host.electrons_to_take();
        if electrons <= 1e-6 * self.host.redox_atoms {
            return Err(Unsuited::NothingToTake.reason());
        }
        let (mut numbers, mut amounts) = (given.atomic_numbers.to_vec(), given.amounts.to_vec());
        let inserted = electrons / ion.charge;
        match numbers.binary_search(&ion.atomic_number) {
            Ok(at) => amounts[at] += inserted,
            Err(at) => {
                numbers.insert(at, ion.atomic_number);
                amounts.insert(at, inserted);
            }
        }
        let discharged = CompositionRef {
            atomic_numbers: &numbers,
            amounts: &amounts,
        };
        self.elements.read(discharged)?;
        let all = ion.charge * self.elements.amount(ion.atomic_number);
        let balanced = self.host.balance(discharged, &self.elements, ion);
        let redox = balanced.map(|()| electrons);
        // The models were asked of the host as given, not of the discharged compound.
        self.cell(ion, discharged, all, redox, Said::default())
            .write(out, row);
        Ok(())
    }

    fn cell<'a>(
        &'a self,
        ion: &'static Ion,
        composition: CompositionRef<'a>,
        all: f64,
        redox: Result<f64, Unsuited>,
        said: Said,
    ) -> Cell<'a> {
        Cell {
            ion,
            composition,
            elements: &self.elements,
            host: &self.host,
            all,
            redox,
            deviations: &self.deviations,
            said,
        }
    }
}

impl Cell<'_> {
    fn write(&self, out: &mut Predictions, row: usize) {
        let (mass, supply) = (self.elements.mass, &self.elements.supply);
        if !(mass.is_finite() && mass > 0.0) {
            out.not_applicable(row, "no standard atomic weight for one of the elements");
            return;
        }
        let capacity_of = |electrons: f64| electrons * MAH_PER_MOLE / mass;
        out.set(row, THEORETICAL_CAPACITY, capacity_of(self.all), 0.0);
        let cobalt = matter::Element::CO;
        let cobalt = self.elements.amount(cobalt.atomic_number()) * cobalt.atomic_weight() / mass;
        out.set(row, COBALT_MASS_FRACTION, cobalt, 0.0);
        out.set(
            row,
            CRITICAL_MASS_FRACTION,
            supply.critical_mass_fraction(),
            0.0,
        );
        match supply.supply_risk() {
            Some(risk) => out.set(row, SUPPLY_RISK, risk, f64::NAN),
            None => self.no_risk(out, row),
        }
        let cost = supply.cost_usd_per_kg();
        if cost.is_nan() {
            self.no_price(out, row);
        } else {
            out.set(row, MATERIAL_COST, cost, f64::NAN);
        }

        let density = self
            .said
            .volume
            .map(|volume| carried::density(mass, self.composition.total_atoms(), volume));
        match density {
            Some(density) => out.set(row, DENSITY, density.mean, density.std),
            None => {
                out.missing(row, DENSITY, "no volume of the discharged compound");
                out.missing(row, ENERGY_DENSITY, "no density");
            }
        }

        let electrons = match self.redox {
            Ok(electrons) => electrons,
            Err(unsuited) => {
                out.note_on(row, REDOX_LIMITED_CAPACITY, unsuited.reason());
                return;
            }
        };
        let capacity = capacity_of(electrons);
        out.set(row, REDOX_LIMITED_CAPACITY, capacity, 0.0);
        let Some((voltage, std)) = self.write_voltage(out, row, electrons) else {
            return;
        };
        let energy = Estimate::new(voltage, std).scaled(capacity);
        out.set(row, SPECIFIC_ENERGY, energy.mean, energy.std);
        if let Some(density) = density {
            let energy = energy.times(density);
            out.set(row, ENERGY_DENSITY, energy.mean, energy.std);
        }
        if !cost.is_nan() {
            let per_kwh = energy.reciprocal().scaled(1000.0 * cost);
            out.set(row, ENERGY_COST, per_kwh.mean, per_kwh.std);
        }
    }

    #[cold]
    fn no_risk(&self, out: &mut Predictions, row: usize) {
        if let Err(elements) = supply::supply_risk(self.composition) {
            out.missing(row, SUPPLY_RISK, supply::no_risk(&elements));
        }
    }

    #[cold]
    fn no_price(&self, out: &mut Predictions, row: usize) {
        if let Err(elements) = supply::cost_usd_per_kg(self.composition) {
            out.missing(row, MATERIAL_COST, supply::no_price(&elements));
        }
    }

    /// Writes the looked-up voltages and the estimate; gives the estimate and its standard deviation.
    fn write_voltage(
        &self,
        out: &mut Predictions,
        row: usize,
        electrons: f64,
    ) -> Option<(f64, f64)> {
        let ion = self.ion;
        let (pair, measured) = if pairs::may_be_known(self.elements.set()) {
            pairs::find(self.composition, ion)
        } else {
            (None, None)
        };
        if let Some(measured) = measured {
            out.set(row, VOLTAGE_MEASURED, measured.voltage, f64::NAN);
            out.note_on(row, VOLTAGE_MEASURED, measured.source);
        }
        let known = pair.map(|pair| (pair, pairs::lookup_error(ion)));
        if let Some((pair, error)) = known {
            out.set(row, VOLTAGE_COMPUTED, pair.voltage, error.computed);
            if let Some(note) = error.note {
                out.note_on(row, VOLTAGE_COMPUTED, note);
            }
            out.set(row, VOLUME_CHANGE, 100.0 * pair.volume_change, f64::NAN);
        }
        let covers = |(pair, _): &(&pairs::Pair, _)| {
            (pair.removed - electrons / self.all).abs() < SAME_EXTENT
        };
        let estimate = if let Some((pair, error)) = known.filter(covers) {
            out.note_on(row, AVERAGE_VOLTAGE, "voltage from the computed pair");
            (pair.voltage + LOOKUP_BIAS, error.corrected)
        } else if let Some(said) = self
            .said
            .potential
            .filter(|_| electrons > self.all * (1.0 - SAME_EXTENT))
        {
            out.note_on(
                row,
                AVERAGE_VOLTAGE,
                "voltage by the potential, all ions leaving the structure at once",
            );
            (said.mean, said.std)
        } else {
            if !BY_ION[ion.index].offered {
                let (name, rows) = (ion.name, BY_ION[ion.index].rows);
                out.missing(
                    row,
                    AVERAGE_VOLTAGE,
                    format!("no computed pair, and the {rows} steps known of {name} do not carry a regression"),
                );
                return None;
            }
            let (voltage, std, note) = match regression::voltage(self.host, ion, electrons) {
                Ok(voltage) => {
                    let note = if pair.is_some() {
                        "voltage by regression: the computed pair covers another part of the capacity"
                    } else {
                        "voltage by regression"
                    };
                    (voltage, self.deviations[ion.index], note)
                }
                Err(NoEstimate::NoBalance) => {
                    let why = "oxidation states do not balance on charging";
                    out.missing(row, AVERAGE_VOLTAGE, why);
                    return None;
                }
                Err(NoEstimate::UnseenCouple(couple)) => {
                    let Some(said) = self.said.voltage else {
                        let couple = redox::couple_name(couple);
                        out.missing(
                            row,
                            AVERAGE_VOLTAGE,
                            format!("no computed pair, and no data on {couple} for a regression"),
                        );
                        return None;
                    };
                    (
                        said.mean + LOOKUP_BIAS,
                        said.std.hypot(LOOKUP_DEVIATION),
                        "voltage by the carried model: the regression has no data on the redox couple",
                    )
                }
            };
            out.note_on(row, AVERAGE_VOLTAGE, note);
            (voltage, std)
        };
        if estimate.0 <= 0.0 {
            out.missing(
                row,
                AVERAGE_VOLTAGE,
                "the estimated voltage is not positive: no cathode against the ion's metal",
            );
            return None;
        }
        if estimate.0 > HIGHEST_VOLTAGE {
            out.missing(
                row,
                AVERAGE_VOLTAGE,
                "the estimated voltage is above 6 V, outside of the range of the data",
            );
            return None;
        }
        out.set(row, AVERAGE_VOLTAGE, estimate.0, estimate.1);
        Some(estimate)
    }
}
