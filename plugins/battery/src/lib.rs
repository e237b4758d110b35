//! Insertion cathodes from their formula: capacity, voltage, energy, cost.
//!
//! The way of a candidate: the ion is chosen ([`ion`]), charges are balanced and give the electrons that may move
//! ([`redox`]), the voltage is looked up ([`pairs`]) or estimated ([`regression`]), and energy and cost follow.

pub mod coefficients;
pub mod ion;
pub mod pairs;
pub mod properties;
pub mod redox;
pub mod regression;

use coefficients::{BY_ION, LOOKUP_BIAS, LOOKUP_DEVIATION};
use ion::{IONS, Ion};
use matter::CompositionRef;
use plugin_sdk::{Batch, Description, DomainModel, Parameters, Predictions, export_plugin};
use properties::*;
use redox::Host;
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

    fn predict(batch: &Batch, parameters: &Parameters) -> Result<Predictions, String> {
        let named = match parameters.choice("ion") {
            "auto" => None,
            symbol => Some(Ion::from_symbol(symbol).ok_or_else(|| format!("no ion {symbol:?}"))?),
        };
        let charged = parameters.choice("state") == "charged";
        let mut out = Predictions::new(&properties::describe(), batch.len());
        for row in 0..batch.len() {
            let given = batch.composition(row);
            let cell = if charged {
                Cell::from_charged(given, named)
            } else {
                Cell::from_discharged(given, named)
            };
            match cell {
                Ok(cell) => cell.write(&mut out, row),
                Err(reason) => out.not_applicable(row, reason),
            }
        }
        Ok(out)
    }
}

export_plugin!(Battery);

/// A discharged compound and what may leave it, amounts per formula as given.
struct Cell<'a> {
    ion: &'static Ion,
    numbers: Cow<'a, [u8]>,
    amounts: Cow<'a, [f64]>,
    /// Charge of all atoms of the ion.
    all: f64,
    /// Charge that the redox lets pass, or why none does.
    redox: Result<(Host, f64), Cow<'static, str>>,
}

impl<'a> Cell<'a> {
    /// The composition is the discharged compound.
    fn from_discharged(
        given: CompositionRef<'a>,
        named: Option<&'static Ion>,
    ) -> Result<Self, Cow<'static, str>> {
        check(given)?;
        let ion = named
            .or_else(|| Ion::of(given))
            .ok_or("no Li, Na, K, Mg, Ca, Zn or Al")?;
        let all = ion.charge * ion.amount(given);
        if all <= 0.0 {
            return Err(format!("no {}", ion.name).into());
        }
        let redox = Host::new(given, ion)
            .and_then(|host| host.check().map(|()| host))
            .map_err(|e| e.reason());
        let redox = redox.and_then(|host| {
            let electrons = all.min(host.electrons_to_give());
            if electrons > 1e-6 * all {
                Ok((host, electrons))
            } else {
                Err("the redox-active elements are at their highest counted state: no electron to give".into())
            }
        });
        Ok(Self {
            ion,
            numbers: given.atomic_numbers.into(),
            amounts: given.amounts.into(),
            all,
            redox,
        })
    }

    /// The composition is a charged host: the ion is inserted up to the redox limit.
    fn from_charged(
        given: CompositionRef<'a>,
        named: Option<&'static Ion>,
    ) -> Result<Self, Cow<'static, str>> {
        check(given)?;
        let ion = named
            .or_else(|| Ion::of(given).filter(|ion| ion.charge == 1.0))
            .unwrap_or(&IONS[0]);
        let host = Host::new(given, ion)
            .and_then(|host| host.check().map(|()| host))
            .map_err(|e| e.reason())?;
        let electrons = host.electrons_to_take();
        if electrons <= 1e-6 * host.redox_atoms {
            return Err(
                "the redox-active elements are at the lowest state that insertion reaches".into(),
            );
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
        let all = ion.charge
            * ion.amount(CompositionRef {
                atomic_numbers: &numbers,
                amounts: &amounts,
            });
        let discharged = Host::new(
            CompositionRef {
                atomic_numbers: &numbers,
                amounts: &amounts,
            },
            ion,
        );
        let redox = discharged
            .map(|host| (host, electrons))
            .map_err(|e| e.reason());
        Ok(Self {
            ion,
            numbers: numbers.into(),
            amounts: amounts.into(),
            all,
            redox,
        })
    }

    fn composition(&self) -> CompositionRef<'_> {
        CompositionRef {
            atomic_numbers: &self.numbers,
            amounts: &self.amounts,
        }
    }

    fn write(&self, out: &mut Predictions, row: usize) {
        let c = self.composition();
        let mass = c.mass();
        if !(mass.is_finite() && mass > 0.0) {
            out.not_applicable(row, "no standard atomic weight for one of the elements");
            return;
        }
        let capacity_of = |electrons: f64| electrons * MAH_PER_MOLE / mass;
        out.set(row, THEORETICAL_CAPACITY, capacity_of(self.all), 0.0);
        out.set(
            row,
            COBALT_MASS_FRACTION,
            c.mass_fraction(matter::Element::CO),
            0.0,
        );
        out.set(
            row,
            CRITICAL_MASS_FRACTION,
            supply::critical_mass_fraction(c),
            0.0,
        );
        match supply::supply_risk(c) {
            Ok(risk) => out.set(row, SUPPLY_RISK, risk, f64::NAN),
            Err(elements) => out.missing(row, SUPPLY_RISK, supply::no_risk(&elements)),
        }
        let cost = supply::cost_usd_per_kg(c);
        match &cost {
            Ok(cost) => out.set(row, MATERIAL_COST, *cost, f64::NAN),
            Err(elements) => out.missing(row, MATERIAL_COST, supply::no_price(elements)),
        }

        let (host, electrons) = match &self.redox {
            Ok((host, electrons)) => (host, *electrons),
            Err(reason) => {
                out.note_on(row, REDOX_LIMITED_CAPACITY, reason.clone());
                return;
            }
        };
        let capacity = capacity_of(electrons);
        out.set(row, REDOX_LIMITED_CAPACITY, capacity, 0.0);
        let Some((voltage, std)) = self.write_voltage(out, row, host, electrons) else {
            return;
        };
        let energy = capacity * voltage;
        out.set(row, SPECIFIC_ENERGY, energy, capacity * std);
        if let Ok(cost) = cost {
            let per_kwh = 1000.0 * cost / energy;
            out.set(row, ENERGY_COST, per_kwh, per_kwh * std / voltage);
        }
    }

    /// Writes the looked-up voltages and the estimate; gives the estimate and its standard deviation.
    fn write_voltage(
        &self,
        out: &mut Predictions,
        row: usize,
        host: &Host,
        electrons: f64,
    ) -> Option<(f64, f64)> {
        let (c, ion) = (self.composition(), self.ion);
        let (pair, measured) = pairs::find(c, ion);
        if let Some(measured) = measured {
            out.set(row, VOLTAGE_MEASURED, measured.voltage, f64::NAN);
            out.note_on(row, VOLTAGE_MEASURED, measured.source);
        }
        let error = pairs::lookup_error(ion);
        if let Some(pair) = pair {
            out.set(row, VOLTAGE_COMPUTED, pair.voltage, error.computed);
            if let Some(note) = error.note {
                out.note_on(row, VOLTAGE_COMPUTED, note);
            }
            out.set(row, VOLUME_CHANGE, 100.0 * pair.volume_change, f64::NAN);
        }
        let covers =
            |pair: &&pairs::Pair| (pair.removed - electrons / self.all).abs() < SAME_EXTENT;
        let estimate = if let Some(pair) = pair.filter(covers) {
            out.note_on(row, AVERAGE_VOLTAGE, "voltage from the computed pair");
            (pair.voltage + LOOKUP_BIAS, error.corrected)
        } else {
            let figures = &BY_ION[ion.index];
            if !figures.offered {
                let (name, rows) = (ion.name, figures.rows);
                out.missing(
                    row,
                    AVERAGE_VOLTAGE,
                    format!("no computed pair, and the {rows} steps known of {name} do not carry a regression"),
                );
                return None;
            }
            let Some(x) = regression::features(c, host, ion, electrons) else {
                out.missing(
                    row,
                    AVERAGE_VOLTAGE,
                    "oxidation states do not balance on charging",
                );
                return None;
            };
            if let Some(couple) = regression::unseen_couple(&x) {
                let couple = redox::couple_name(couple);
                out.missing(
                    row,
                    AVERAGE_VOLTAGE,
                    format!("no computed pair, and no data on {couple} for a regression"),
                );
                return None;
            }
            let note = if pair.is_some() {
                "voltage by regression: the computed pair covers another part of the capacity"
            } else {
                "voltage by regression"
            };
            out.note_on(row, AVERAGE_VOLTAGE, note);
            (
                regression::voltage(&x, ion),
                figures.root_mean_square.hypot(LOOKUP_DEVIATION),
            )
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

/// Whether the amounts can be reckoned with.
fn check(given: CompositionRef<'_>) -> Result<(), Cow<'static, str>> {
    let total: f64 = given.amounts.iter().sum();
    if given.atomic_numbers.is_empty() || !(total.is_finite() && total > 0.0) {
        return Err("no composition".into());
    }
    if given.amounts.iter().any(|n| n.is_nan() || *n < 0.0) {
        return Err("amounts must be positive".into());
    }
    Ok(())
}
