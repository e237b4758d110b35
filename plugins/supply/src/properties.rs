//! The properties as `describe` lists them: formulas, weights and sources in words.

use crate::risk::WEIGHTS;
use crate::{LEAST_ASSESSED_MASS, PRICE_YEARS};
use plugin_sdk::Property;

const CRITICAL_LIST: &str = "Regulation (EU) 2024/1252, annex II (critical raw materials), read as elements: Al, As, B, Ba, Be, Bi, \
    Co, Cu, F, Ga, Ge, Hf, He, Li, Mg, Mn, Nb, Ni, P, Sb, Sc, Si, Sr, Ta, Ti, V, W, the platinum-group metals and the rare \
    earths; graphite, coking coal and feldspar name no element and are left out; the form (Si and Ti as metal, Ni in battery \
    grade) is not looked at";

const ARITHMETIC: &str = "none: arithmetic on the composition";

/// `material_cost`, USD/kg, to be minimized; from [`crate::cost_usd_per_kg`], its standard deviation unknown.
pub fn cost_property() -> Property {
    let (first, last) = PRICE_YEARS;
    Property::new("material_cost", "USD/kg", "value of the elements in a kilogram of the material, without synthesis")
        .minimize()
        .predicted()
        .method(
            "sum over the elements of mass fraction times price; gases at the price of the liquefied industrial gas, vanadium \
             as in V2O5, most others as the metal or the usual traded form; synthesis, yield and purity are not in it; an \
             element without a price (Cs, Rb, Tl, Tm, some gases, most radioactive ones) makes the cost unknown",
        )
        .source(&format!(
            "datasets/elements.csv, prices of {first} to {last}, each with its year and source; compiled by Wikipedia, \"Prices \
             of chemical elements\" (8 September 2020), vanadium from USGS Mineral Commodity Summaries 2020"
        ))
        .uncertainty("unknown: prices move by factors over the years, and a compound's precursor is seldom the element")
        .range(0.0, 1e6)
}

/// `supply_risk`, a pure number from 0 to 1, to be minimized; from [`crate::supply_risk`].
pub fn supply_risk_property() -> Property {
    let [
        production,
        reserve,
        share,
        recycling,
        substitution,
        abundance,
    ] = WEIGHTS;
    Property::new("supply_risk", "", "risk of supply, 0 (safe) to 1, mass-weighted over the elements")
        .minimize()
        .predicted()
        .method(&format!(
            "risk of an element = {production} HHI_production/10000 + {reserve} HHI_reserves/10000 + {share} top producer's share \
             + {recycling} R + {substitution} S + {abundance} A; R = 1, 0.5, 0 for a recycling rate under 10 %, of 10 to 30 %, above \
             30 %; S = 1, 0.5, 0 where substitution is hardly possible, possible at a price, easy; A = (3 - log10(abundance in \
             the crust in mg/kg))/6 within 0 and 1; half of the weight is on concentration and half on what cushions a \
             disruption, by our choice; over missing terms the weights are renormalised, and with less than half of the weight \
             known the risk is unknown; material = mass-weighted mean, known where elements of known risk are at least \
             {:.0} % of the mass",
            100.0 * LEAST_ASSESSED_MASS
        ))
        .source(
            "HHI: M. W. Gaultois et al., Chem. Mater. 25, 2911 (2013), doi:10.1021/cm400893e; top producer's share, recycling and \
             substitutability: Royal Society of Chemistry, Periodic Table, supply risk data, by mendeleev 1.3.0; abundance: CRC \
             Handbook of Chemistry and Physics, 95th edition (2014)",
        )
        .uncertainty("unknown: an index with chosen weights on statistics of about 2010 to 2012, for comparing materials only")
        .range(0.0, 1.0)
}

/// `critical_mass_fraction`, kg/kg; from [`crate::critical_mass_fraction`].
pub fn critical_fraction_property() -> Property {
    fraction(
        "critical_mass_fraction",
        "mass fraction of critical elements (EU 2023)",
        CRITICAL_LIST,
    )
}

/// `noble_metal_mass_fraction`, kg/kg; from [`crate::noble_metal_mass_fraction`].
pub fn noble_metal_fraction_property() -> Property {
    fraction(
        "noble_metal_mass_fraction",
        "mass fraction of noble metals",
        "Ru, Rh, Pd, Ag, Os, Ir, Pt, Au",
    )
}

/// `rare_earth_mass_fraction`, kg/kg; from [`crate::rare_earth_mass_fraction`].
pub fn rare_earth_fraction_property() -> Property {
    fraction(
        "rare_earth_mass_fraction",
        "mass fraction of rare earths",
        "IUPAC's rare earths: Sc, Y, La to Lu",
    )
}

/// `heavy_rare_earth_mass_fraction`, kg/kg; from [`crate::heavy_rare_earth_mass_fraction`].
pub fn heavy_rare_earth_fraction_property() -> Property {
    fraction(
        "heavy_rare_earth_mass_fraction",
        "mass fraction of heavy rare earths",
        "Y and Eu to Lu, as in the European Commission's Study on the Critical Raw Materials for the EU 2023, \
         doi:10.2873/725585",
    )
}

/// `toxic_mass_fraction`, kg/kg; from [`crate::toxic_mass_fraction`].
pub fn toxic_fraction_property() -> Property {
    fraction(
        "toxic_mass_fraction",
        "mass fraction of toxic, carcinogenic or radioactive elements",
        "elements that, or a usual class of whose compounds, are carcinogenic (IARC groups 1 and 2A: Be, As, Cd, Cr, Ni, Pb, Co, Sb), toxic \
         for reproduction (category 1A or 1B of Regulation (EC) 1272/2008: Pb, Hg, Co, B) or fatal if swallowed, inhaled or on skin \
         (Be, As, Cd, Os, Hg, Tl, U), or radioactive without a stable isotope; datasets/elements.csv. By element: the compound at hand may be harmless \
         (BN) or worse; an element without a class was not assessed",
    )
}

fn fraction(name: &str, summary: &str, elements: &str) -> Property {
    Property::new(name, "kg/kg", summary)
        .minimize()
        .exact()
        .method("mass of these elements over the mass of the composition")
        .source(elements)
        .uncertainty(ARITHMETIC)
        .range(0.0, 1.0)
}
