//! Descriptors by name, as plugins ask for them.

use crate::alloy::DiluteAlloy;
use crate::magpie;
use crate::perovskite::{Abx3, Ion};
use crate::{Magpie, PROPERTIES};
use matter::{CompositionRef, Compositions, Element};
use rayon::prelude::*;

/// What a descriptor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The unit of its values; empty for a pure number.
    pub unit: &'static str,
    /// One line for people.
    pub summary: String,
}

/// A number about a compound of one kind.
struct About<T> {
    name: &'static str,
    unit: &'static str,
    summary: &'static str,
    value: fn(&T) -> f64,
}

const fn about<T>(
    name: &'static str,
    unit: &'static str,
    summary: &'static str,
    value: fn(&T) -> f64,
) -> About<T> {
    About {
        name,
        unit,
        summary,
        value,
    }
}

fn atomic_number(ion: Ion) -> f64 {
    f64::from(ion.element.atomic_number())
}

/// The descriptors of ABX3 compounds; missing for all others. What stands where, and which radius counts: see
/// [`crate::perovskite`].
const SITES: [About<Abx3>; 9] = [
    about(
        "shannon_radius_a_site",
        "Å",
        "effective ionic radius of the larger cation of ABX3, 12-fold",
        |x| x.a.radius,
    ),
    about(
        "shannon_radius_b_site",
        "Å",
        "effective ionic radius of the smaller cation of ABX3, 6-fold",
        |x| x.b.radius,
    ),
    about(
        "shannon_radius_anion",
        "Å",
        "effective ionic radius of the anion of ABX3, 6-fold",
        |x| x.anion.radius,
    ),
    about(
        "oxidation_state_a_site",
        "",
        "likeliest oxidation state of the larger cation of ABX3",
        |x| f64::from(x.a.charge),
    ),
    about(
        "oxidation_state_b_site",
        "",
        "likeliest oxidation state of the smaller cation of ABX3",
        |x| f64::from(x.b.charge),
    ),
    about(
        "oxidation_state_anion",
        "",
        "oxidation state of the anion of ABX3",
        |x| f64::from(x.anion.charge),
    ),
    about(
        "atomic_number_a_site",
        "",
        "atomic number of the larger cation of ABX3",
        |x| atomic_number(x.a),
    ),
    about(
        "atomic_number_b_site",
        "",
        "atomic number of the smaller cation of ABX3",
        |x| atomic_number(x.b),
    ),
    about(
        "atomic_number_anion",
        "",
        "atomic number of the anion of ABX3",
        |x| atomic_number(x.anion),
    ),
];

fn group(element: Element) -> f64 {
    element.data().group.unwrap_or(f64::NAN)
}

fn period(element: Element) -> f64 {
    element.data().period.unwrap_or(f64::NAN)
}

fn metallic_radius(element: Element) -> f64 {
    element.data().metallic_radius_pm.unwrap_or(f64::NAN) / 100.0
}

fn boiling_point(element: Element) -> f64 {
    element.data().boiling_point_k.unwrap_or(f64::NAN)
}

fn electronegativity(element: Element) -> f64 {
    element.data().en_pauling.unwrap_or(f64::NAN)
}

/// The descriptors of dilute alloys of two metals, missing for all others: see [`crate::alloy`].
const ALLOYS: [About<DiluteAlloy>; 10] = [
    about(
        "host_group",
        "",
        "group of the periodic table of the host of a dilute alloy",
        |x| group(x.host),
    ),
    about(
        "host_period",
        "",
        "period of the periodic table of the host of a dilute alloy",
        |x| period(x.host),
    ),
    about(
        "host_metallic_radius",
        "Å",
        "metallic radius of the host of a dilute alloy",
        |x| metallic_radius(x.host),
    ),
    about(
        "host_boiling_point",
        "K",
        "boiling point of the host of a dilute alloy",
        |x| boiling_point(x.host),
    ),
    about(
        "host_electronegativity",
        "",
        "Pauling's electronegativity of the host of a dilute alloy",
        |x| electronegativity(x.host),
    ),
    about(
        "dopant_group",
        "",
        "group of the periodic table of the dopant of a dilute alloy",
        |x| group(x.dopant),
    ),
    about(
        "dopant_period",
        "",
        "period of the periodic table of the dopant of a dilute alloy",
        |x| period(x.dopant),
    ),
    about(
        "dopant_metallic_radius",
        "Å",
        "metallic radius of the dopant of a dilute alloy",
        |x| metallic_radius(x.dopant),
    ),
    about(
        "dopant_boiling_point",
        "K",
        "boiling point of the dopant of a dilute alloy",
        |x| boiling_point(x.dopant),
    ),
    about(
        "dopant_electronegativity",
        "",
        "Pauling's electronegativity of the dopant of a dilute alloy",
        |x| electronegativity(x.dopant),
    ),
];

/// Units of Magpie's element properties that are no pure numbers.
const MAGPIE_UNITS: [(&str, &str); 5] = [
    ("MeltingT", "K"),
    ("CovalentRadius", "pm"),
    ("GSvolume_pa", "Å3/atom"),
    ("GSbandgap", "eV"),
    ("GSmagmom", "µB/atom"),
];

/// The names of all descriptors that [`compute`] knows: those of ABX3 compounds and of dilute alloys, then Magpie's 132.
pub fn all_names() -> impl Iterator<Item = String> {
    let sites = SITES.iter().map(|about| about.name.to_owned());
    let alloys = ALLOYS.iter().map(|about| about.name.to_owned());
    sites.chain(alloys).chain(magpie::names())
}

/// What the descriptor called `name` is; `None` where there is no such descriptor.
pub fn named(name: &str) -> Option<Named> {
    if let Some(known) = stated(&SITES, name).or_else(|| stated(&ALLOYS, name)) {
        return Some(known);
    }
    let index = magpie::names().position(|n| n == name)?;
    let property = PROPERTIES[index / magpie::STATISTICS.len()];
    let statistic = magpie::STATISTICS[index % magpie::STATISTICS.len()];
    let unit = MAGPIE_UNITS.iter().find(|(p, _)| *p == property);
    Some(Named {
        unit: unit.map_or("", |(_, unit)| unit),
        summary: format!("Magpie's {property} of the elements: {statistic} over the composition"),
    })
}

/// The descriptors called `names` for every composition: one column a name, n numbers, NaN where it is not known or does
/// not apply. A name that there is not, which [`named`] tells, gives NaN throughout.
pub fn compute<S: AsRef<str>>(names: &[S], compositions: &Compositions) -> Vec<Vec<f64>> {
    let sites = Kind::new(&SITES, names, compositions, Abx3::of);
    let alloys = Kind::new(&ALLOYS, names, compositions, DiluteAlloy::of);
    let place = |name: &S| magpie::names().position(|n| n == name.as_ref());
    let places: Vec<Option<usize>> = names.iter().map(place).collect();
    let magpie = places.iter().any(Option::is_some).then(|| {
        let mut magpie = Magpie::new();
        magpie.compute(compositions);
        magpie
    });
    let column = |(name, index): (&S, &Option<usize>)| {
        let of_kind = || {
            let name = name.as_ref();
            sites.column(name).or_else(|| alloys.column(name))
        };
        match (index, &magpie) {
            (Some(index), Some(magpie)) => magpie.column(*index).collect(),
            _ => of_kind().unwrap_or_else(|| vec![f64::NAN; compositions.len()]),
        }
    };
    names.iter().zip(&places).map(column).collect()
}

fn stated<T>(known: &[About<T>], name: &str) -> Option<Named> {
    let about = known.iter().find(|about| about.name == name)?;
    Some(Named {
        unit: about.unit,
        summary: about.summary.to_owned(),
    })
}

/// Compounds of one kind among candidates, found where one of the kind's descriptors is asked for.
struct Kind<T: 'static> {
    known: &'static [About<T>],
    compounds: Vec<Option<T>>,
}

impl<T: Send> Kind<T> {
    fn new<S: AsRef<str>>(
        known: &'static [About<T>],
        names: &[S],
        compositions: &Compositions,
        of: fn(CompositionRef) -> Option<T>,
    ) -> Self {
        let asked = |name: &S| known.iter().any(|about| about.name == name.as_ref());
        let count = if names.iter().any(asked) {
            compositions.len()
        } else {
            0
        };
        let rows = (0..count).into_par_iter();
        let compounds = rows.map(|row| of(compositions.get(row))).collect();
        Self { known, compounds }
    }

    fn column(&self, name: &str) -> Option<Vec<f64>> {
        let about = self.known.iter().find(|about| about.name == name)?;
        let value = |compound: &Option<T>| compound.as_ref().map_or(f64::NAN, about.value);
        Some(self.compounds.iter().map(value).collect())
    }
}
