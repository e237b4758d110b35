//! What a material is made of, seen from the market: cost of its elements, supply risk, and the mass fractions of critical,
//! noble and rare-earth elements. The battery, magnet and catalyst plugins share it.
//!
//! Everything is computed from the composition and constants compiled in from `datasets/elements.csv`. An element without
//! a price or a risk makes the answer unknown: it is named, never counted as zero.

use matter::CompositionRef;

mod properties;
/// The supply risk of one element.
pub mod risk;

pub use properties::{
    cost_property, critical_fraction_property, heavy_rare_earth_fraction_property,
    noble_metal_fraction_property, rare_earth_fraction_property, supply_risk_property,
    toxic_fraction_property,
};

/// Constants of one element.
struct Element {
    /// g/mol.
    mass: f64,
    /// USD/kg, NaN where unknown.
    price: f64,
    /// 0 to 1, NaN where unknown.
    risk: f64,
    critical: bool,
    noble: bool,
    rare_earth: bool,
    heavy_rare_earth: bool,
    toxic: bool,
}

include!(concat!(env!("OUT_DIR"), "/supply_elements.rs"));

/// The supply risk of a material is known when elements with a known risk make up at least this fraction of its mass.
pub const LEAST_ASSESSED_MASS: f64 = 0.95;

/// Sums over the elements of a material, from which its cost, supply risk and critical mass fraction follow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    /// g per formula.
    mass: f64,
    /// Mass times price.
    value: f64,
    /// Mass of critical elements.
    critical: f64,
    /// Mass of elements of known risk, and that mass times the risk.
    assessed: f64,
    risk: f64,
}

impl Sums {
    /// The sums over a composition.
    pub fn of(composition: CompositionRef) -> Self {
        let mut sums = Self::default();
        for (element, amount) in composition.iter().filter(|part| part.1 > 0.0) {
            sums.add(element, amount);
        }
        sums
    }

    /// Adds a positive amount of an element; call it in the order of the composition, for the sums to be the same to the
    /// last bit.
    #[inline]
    pub fn add(&mut self, element: matter::Element, amount: f64) {
        let constants = constants_of(element);
        let part = amount * constants.mass;
        self.mass += part;
        self.value += part * constants.price;
        self.critical += if constants.critical { part } else { 0.0 };
        let known = !constants.risk.is_nan();
        self.assessed += if known { part } else { 0.0 };
        self.risk += if known { part * constants.risk } else { 0.0 };
    }

    /// As [`cost_usd_per_kg`]; NaN where unknown.
    #[inline]
    pub fn cost_usd_per_kg(&self) -> f64 {
        self.value / self.mass
    }

    /// As [`supply_risk`]; `None` where unknown.
    #[inline]
    pub fn supply_risk(&self) -> Option<f64> {
        let known = self.mass > 0.0 && self.assessed >= LEAST_ASSESSED_MASS * self.mass;
        known.then(|| self.risk / self.assessed)
    }

    /// As [`critical_mass_fraction`].
    #[inline]
    pub fn critical_mass_fraction(&self) -> f64 {
        self.critical / self.mass
    }
}

/// Value of the elements in a kilogram of the material, USD/kg: prices weighted by mass fraction. The error holds the
/// elements that have no price.
pub fn cost_usd_per_kg(composition: CompositionRef) -> Result<f64, Vec<matter::Element>> {
    let cost = Sums::of(composition).cost_usd_per_kg();
    if cost.is_nan() {
        Err(lacking(composition, |constants| constants.price))
    } else {
        Ok(cost)
    }
}

/// Supply risk from 0 to 1: the elements' risks weighted by mass fraction, over the elements whose risk is known. The error
/// holds the others, where they are more than 5 % of the mass.
pub fn supply_risk(composition: CompositionRef) -> Result<f64, Vec<matter::Element>> {
    let risk = Sums::of(composition).supply_risk();
    risk.ok_or_else(|| lacking(composition, |constants| constants.risk))
}

/// Mass fraction of elements that the European Union's list of 2023 calls critical; NaN for an empty composition.
pub fn critical_mass_fraction(composition: CompositionRef) -> f64 {
    Sums::of(composition).critical_mass_fraction()
}

/// Mass fraction of Ru, Rh, Pd, Ag, Os, Ir, Pt and Au; NaN for an empty composition.
pub fn noble_metal_mass_fraction(composition: CompositionRef) -> f64 {
    mass_fraction(composition, |constants| constants.noble)
}

/// Mass fraction of Sc, Y and La to Lu; NaN for an empty composition.
pub fn rare_earth_mass_fraction(composition: CompositionRef) -> f64 {
    mass_fraction(composition, |constants| constants.rare_earth)
}

/// Mass fraction of Y and Eu to Lu, the heavy rare earths of the European Union's list; NaN for an empty composition.
pub fn heavy_rare_earth_mass_fraction(composition: CompositionRef) -> f64 {
    mass_fraction(composition, |constants| constants.heavy_rare_earth)
}

/// Mass fraction of radioactive elements and of those with a hazard class (see [`toxic_fraction_property`]); NaN for an empty
/// composition.
pub fn toxic_mass_fraction(composition: CompositionRef) -> f64 {
    mass_fraction(composition, |constants| constants.toxic)
}

/// The reason for a missing cost: `no price for Cs, Rb`.
pub fn no_price(elements: &[matter::Element]) -> String {
    format!("no price for {}", symbols(elements))
}

/// The reason for a missing supply risk: `too little known of the supply of H`.
pub fn no_risk(elements: &[matter::Element]) -> String {
    format!("too little known of the supply of {}", symbols(elements))
}

fn symbols(elements: &[matter::Element]) -> String {
    elements
        .iter()
        .map(|element| element.symbol())
        .collect::<Vec<_>>()
        .join(", ")
}

fn constants_of(element: matter::Element) -> &'static Element {
    &ELEMENTS[usize::from(element.atomic_number())]
}

fn parts(composition: CompositionRef) -> impl Iterator<Item = (&'static Element, f64)> {
    composition
        .iter()
        .filter(|(_, amount)| *amount > 0.0)
        .map(|(element, amount)| (constants_of(element), amount))
}

fn mass_fraction(composition: CompositionRef, counts: impl Fn(&Element) -> bool) -> f64 {
    let (mut counted, mut mass) = (0.0, 0.0);
    for (constants, amount) in parts(composition) {
        let part = amount * constants.mass;
        mass += part;
        if counts(constants) {
            counted += part;
        }
    }
    counted / mass
}

fn lacking(composition: CompositionRef, value: impl Fn(&Element) -> f64) -> Vec<matter::Element> {
    composition
        .iter()
        .filter(|(element, _)| value(constants_of(*element)).is_nan())
        .map(|(element, _)| element)
        .collect()
}
