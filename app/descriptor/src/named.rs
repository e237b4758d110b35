//! Descriptors by name, as plugins ask for them.

use crate::magpie;
use crate::perovskite::{Abx3, Ion};
use crate::{Magpie, PROPERTIES};
use matter::Compositions;
use rayon::prelude::*;

/// What a descriptor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The unit of its values; empty for a pure number.
    pub unit: &'static str,
    /// One line for people.
    pub summary: String,
}

/// A number about an ABX3 compound.
struct Site {
    name: &'static str,
    unit: &'static str,
    summary: &'static str,
    value: fn(&Abx3) -> f64,
}

const fn site(
    name: &'static str,
    unit: &'static str,
    summary: &'static str,
    value: fn(&Abx3) -> f64,
) -> Site {
    Site {
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
const SITES: [Site; 9] = [
    site(
        "shannon_radius_a_site",
        "Å",
        "effective ionic radius of the larger cation of ABX3, 12-fold",
        |x| x.a.radius,
    ),
    site(
        "shannon_radius_b_site",
        "Å",
        "effective ionic radius of the smaller cation of ABX3, 6-fold",
        |x| x.b.radius,
    ),
    site(
        "shannon_radius_anion",
        "Å",
        "effective ionic radius of the anion of ABX3, 6-fold",
        |x| x.anion.radius,
    ),
    site(
        "oxidation_state_a_site",
        "",
        "likeliest oxidation state of the larger cation of ABX3",
        |x| f64::from(x.a.charge),
    ),
    site(
        "oxidation_state_b_site",
        "",
        "likeliest oxidation state of the smaller cation of ABX3",
        |x| f64::from(x.b.charge),
    ),
    site(
        "oxidation_state_anion",
        "",
        "oxidation state of the anion of ABX3",
        |x| f64::from(x.anion.charge),
    ),
    site(
        "atomic_number_a_site",
        "",
        "atomic number of the larger cation of ABX3",
        |x| atomic_number(x.a),
    ),
    site(
        "atomic_number_b_site",
        "",
        "atomic number of the smaller cation of ABX3",
        |x| atomic_number(x.b),
    ),
    site(
        "atomic_number_anion",
        "",
        "atomic number of the anion of ABX3",
        |x| atomic_number(x.anion),
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

/// The names of all descriptors that [`compute`] knows: those of ABX3 compounds, then Magpie's 132.
pub fn all_names() -> impl Iterator<Item = String> {
    let sites = SITES.iter().map(|site| site.name.to_owned());
    sites.chain(magpie::names())
}

/// What the descriptor called `name` is; `None` where there is no such descriptor.
pub fn named(name: &str) -> Option<Named> {
    if let Some(site) = SITES.iter().find(|site| site.name == name) {
        return Some(Named {
            unit: site.unit,
            summary: site.summary.to_owned(),
        });
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
    let site = |name: &S| SITES.iter().find(|site| site.name == name.as_ref());
    let sites: Option<Vec<Option<Abx3>>> =
        names.iter().any(|name| site(name).is_some()).then(|| {
            (0..compositions.len())
                .into_par_iter()
                .map(|row| Abx3::of(compositions.get(row)))
                .collect()
        });
    let place = |name: &S| magpie::names().position(|n| n == name.as_ref());
    let places: Vec<Option<usize>> = names.iter().map(place).collect();
    let magpie = places.iter().any(Option::is_some).then(|| {
        let mut magpie = Magpie::new();
        magpie.compute(compositions);
        magpie
    });
    let column = |(name, index): (&S, &Option<usize>)| match (site(name), &sites, index, &magpie) {
        (Some(site), Some(sites), ..) => sites
            .iter()
            .map(|ions| ions.as_ref().map_or(f64::NAN, site.value))
            .collect(),
        (_, _, Some(index), Some(magpie)) => magpie.column(*index).collect(),
        _ => vec![f64::NAN; compositions.len()],
    };
    names.iter().zip(&places).map(column).collect()
}
