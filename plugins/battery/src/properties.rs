//! What the plugin says of itself.

use crate::HIGHEST_VOLTAGE;
use crate::carried::{
    POTENTIAL_VOLTAGE, STRUCTURE_VOLUME, VOLTAGE, VOLTAGE_MODEL, VOLUME, VOLUME_MODEL,
};
use crate::coefficients::{
    BY_ION, COUPLES_SEEN, FRAMEWORKS, LOOKUP_BIAS, LOOKUP_DEVIATION, LOOKUP_MEAN_ABSOLUTE,
    LOOKUP_PAIRS, LOOKUP_ROOT_MEAN_SQUARE, MEASURED_MEAN_ABSOLUTE, MEASURED_ROWS, OVERALL,
    WITHIN_ONE, WITHIN_TWO,
};
use crate::ion::{IONS, Ion};
use crate::pairs::FEWEST_TESTED;
use crate::redox::{LADDER, symbol};
use plugin_sdk::{Description, Need, Parameter, Property};

/// Indices of the properties, in the order of [`describe`].
pub const THEORETICAL_CAPACITY: usize = 0;
pub const REDOX_LIMITED_CAPACITY: usize = 1;
pub const VOLTAGE_COMPUTED: usize = 2;
pub const VOLTAGE_MEASURED: usize = 3;
pub const AVERAGE_VOLTAGE: usize = 4;
pub const SPECIFIC_ENERGY: usize = 5;
pub const MATERIAL_COST: usize = 6;
pub const ENERGY_COST: usize = 7;
pub const COBALT_MASS_FRACTION: usize = 8;
pub const CRITICAL_MASS_FRACTION: usize = 9;
pub const SUPPLY_RISK: usize = 10;
pub const VOLUME_CHANGE: usize = 11;
pub const DENSITY: usize = 12;
pub const ENERGY_DENSITY: usize = 13;

const COMPUTED_TABLE: &str = "cathodes_computed.csv, from OQMD formation energies (Kirklin et al., npj Comput. Mater. 1, \
    15010 (2015)) in CrabNet 2.0.8 (MIT): both ends at most 0.1 eV/atom above the hull, volume change -5 to 25 %";

fn needs(model: &str) -> String {
    format!("needs:{model}")
}

fn ions(wanted: impl Fn(&Ion) -> bool) -> String {
    let symbols = IONS.iter().filter(|ion| wanted(ion)).map(|ion| ion.symbol);
    symbols.collect::<Vec<_>>().join(" ")
}

/// The voltage by the carried model is that of couples of which the regression has no data.
fn voltage_needs() -> String {
    let unseen = LADDER.iter().zip(COUPLES_SEEN).filter(|(_, seen)| !seen);
    let mut symbols: Vec<&str> = unseen.map(|((element, _), _)| symbol(*element)).collect();
    symbols.dedup();
    format!(
        "{}; {}",
        ions(|ion| BY_ION[ion.index].offered),
        symbols.join(" ")
    )
}

/// See [`plugin_sdk::DomainModel::describe`].
pub fn describe() -> Description {
    let mut words = vec!["auto"];
    words.extend(IONS.iter().map(|ion| ion.symbol));
    Description::new("battery", "0.1.0")
        .summary("Insertion cathodes: capacity, voltage, energy and cost from the formula")
        .domain(
            "inorganic insertion hosts (oxides, polyanion compounds, fluorides, sulfides, cyanides) of Li, Na, K, Mg, Ca, \
             Zn or Al with Ti, V, Cr, Mn, Fe, Co, Ni, Cu, Nb, Mo, Ru, Rh, Pd, Ta, W, Re, Ir or Ce; no conversion or \
             alloying, no redox of oxygen or sulfur, no statement on stability, kinetics or cycle life",
        )
        .licence("Apache-2.0 OR MIT")
        .author("Lodestone")
        .citation(
            "Voltages: Aydinol et al., Phys. Rev. B 56, 1354 (1997), doi 10.1103/PhysRevB.56.1354; data: \
             datasets/SOURCES.md",
        )
        .composition(Need::Required)
        .structure(Need::Optional)
        .descriptor(STRUCTURE_VOLUME)
        .potential(POTENTIAL_VOLTAGE)
        .extension(&needs(VOLTAGE_MODEL), &voltage_needs())
        .extension(&needs(VOLUME_MODEL), &ions(|_| true))
        .parameter(Parameter::choice(
            "ion",
            &words,
            "auto",
            "the ion that moves; auto: the most abundant of Li, Na, K, else of Mg, Ca, Zn, else Al; Li for a charged host \
             without any",
        ))
        .parameter(Parameter::choice(
            "state",
            &["discharged", "charged"],
            "discharged",
            "whether the formula is the discharged compound (LiCoO2) or a charged host (V2O5), into which the ion is \
             inserted up to the redox limit",
        ))
        .property(theoretical_capacity())
        .property(redox_limited_capacity())
        .property(voltage_computed())
        .property(voltage_measured())
        .property(average_voltage())
        .property(specific_energy())
        .property(supply::cost_property())
        .property(energy_cost())
        .property(
            Property::new("cobalt_mass_fraction", "kg/kg", "mass of cobalt per mass of the discharged compound")
                .minimize()
                .exact()
                .method("standard atomic weights")
                .source("datasets/elements.csv")
                .uncertainty("none: arithmetic on the formula")
                .range(0.0, 1.0),
        )
        .property(supply::critical_fraction_property())
        .property(supply::supply_risk_property())
        .property(
            Property::new("volume_change", "%", "change of volume on discharge, of the looked-up pair")
                .computed()
                .method("difference of the DFT volumes per host unit, over all known steps")
                .source(COMPUTED_TABLE)
                .uncertainty("unknown: the ends may be different polymorphs")
                .range(-20.0, 80.0),
        )
        .property(density())
        .property(energy_density())
}

const VOLUMES: &str = "OQMD (CC BY 4.0): S. Kirklin et al., npj Comput. Mater. 1, 15010 (2015), doi 10.1038/npjcompumats.2015.10, in \
    CrabNet 2.0.8; the model file says more";

fn density() -> Property {
    Property::new("density", "g/cm3", "density of the discharged crystal, without pores")
        .predicted()
        .method(&format!(
            "mass over volume: of the candidate's structure where it has one, else by the model predicted_volume_per_atom that the plugin \
             carries, five folds of {} compositions: mean absolute error {:.2} Å3/atom, R2 {:.3}; {:.0} % within the interval of \
             95 %; not for charged hosts, whose discharged volume nobody was asked of",
            VOLUME.rows,
            VOLUME.mae,
            VOLUME.r2,
            100.0 * VOLUME.coverage_95
        ))
        .source(VOLUMES)
        .uncertainty(
            "the model's standard deviation in quadrature with 3 % for calculated volumes (PBE, mostly two to four percent too large), \
             taken as of a log-normal volume; 0 for a structure",
        )
        .range(0.0, 30.0)
}

fn energy_density() -> Property {
    Property::new(
        "energy_density",
        "Wh/L",
        "energy by volume of the discharged crystal, against the ion's metal",
    )
    .maximize()
    .predicted()
    .method("specific_energy times density: the crystal alone, an electrode holds less by its pores, binder and carbon")
    .source("as the two")
    .uncertainty("from voltage and density, taken as independent; exact for the product")
    .range(0.0, 20_000.0)
}

fn theoretical_capacity() -> Property {
    Property::new(
        "theoretical_capacity",
        "mAh/g",
        "charge if every atom of the ion left, per mass discharged",
    )
    .maximize()
    .exact()
    .method("n z F / 3.6 M of the discharged compound; F = 96485.33212 C/mol; redox is not asked")
    .source("CODATA 2018; datasets/elements.csv")
    .uncertainty("none: arithmetic on the formula")
    .range(0.0, 4000.0)
}

fn redox_limited_capacity() -> Property {
    Property::new("redox_limited_capacity", "mAh/g", "charge that the redox-active elements allow, per mass discharged")
        .maximize()
        .exact()
        .method(
            "n F / 3.6 M, n the lesser of the charge of the ions and the electrons to the highest counted states: Ti 4, V 5 \
             (4 in polyanion compounds without V=O), Cr 4, Mn 4, Fe 4 in oxides from which Na or K leaves and 3 elsewhere, Co and Ni 4 (3 in \
             polyanion compounds), Cu 3 in oxides and halides and 2 elsewhere, Nb 5, Mo 6, Ru 5, Rh 4, Pd 4, Ta 5, W 6, \
             Re 7, Ir 5, Ce 4; in chalcogenides V, Mo, Ru and W 4, Fe 3, Re 5. Oxygen redox is not counted. A charged \
             host takes at most one electron for each redox-active atom. Practical capacity is usually lower",
        )
        .source("charge balance; highest states as reached in published insertion electrodes")
        .uncertainty("none: arithmetic on the formula and the listed states")
        .range(0.0, 2000.0)
}

fn voltage_computed() -> Property {
    Property::new("voltage_computed", "V", "average voltage against the ion's metal, looked up")
        .maximize()
        .computed()
        .method("DFT: formation energies of both ends, ground-state polymorphs, averaged over all known steps")
        .source(COMPUTED_TABLE)
        .uncertainty(&format!(
            "root mean square deviation from experiment, {LOOKUP_ROOT_MEAN_SQUARE} V for {}; ions with fewer than \
             {FEWEST_TESTED} of these: in quadrature with the root mean square error of the regression for the ion, as a note \
             says",
            tested_cathodes(),
        ))
        .range(0.0, 6.0)
}

fn voltage_measured() -> Property {
    Property::new(
        "voltage_measured",
        "V",
        "average voltage against the ion's metal, from the literature",
    )
    .maximize()
    .measured()
    .method("as reported; mean over polymorphs; the notes name author and year")
    .source(
        "cathodes_measured.csv: journal for each row, DOI where known; values as reported in the cited works to the best of \
         our knowledge, not all re-read, see datasets/SOURCES.md",
    )
    .uncertainty("unknown: the reports give none")
    .range(0.0, 6.0)
}

/// The cathodes that the error of computed voltages rests on: "11 measured cathodes (9 Li, 1 Na, 1 Zn)".
fn tested_cathodes() -> String {
    let by_ion: Vec<String> = IONS
        .iter()
        .zip(LOOKUP_PAIRS)
        .filter(|(_, pairs)| *pairs > 0)
        .map(|(ion, pairs)| format!("{pairs} {}", ion.symbol))
        .collect();
    let all: usize = LOOKUP_PAIRS.iter().sum();
    format!("{all} measured cathodes ({})", by_ion.join(", "))
}

fn average_voltage() -> Property {
    let by_ion: Vec<String> = IONS
        .iter()
        .zip(&BY_ION)
        .map(|(ion, f)| {
            let offer = if f.offered { "" } else { ", not offered" };
            format!(
                "{} {:.2}/{:.2} ({} steps{offer})",
                ion.symbol, f.mean_absolute, f.of_the_mean, f.rows
            )
        })
        .collect();
    Property::new("average_voltage", "V", "best estimate of the average voltage against the ion's metal")
        .maximize()
        .predicted()
        .method(&format!(
            "known pair over the same capacity: voltage_computed + {LOOKUP_BIAS} V, the mean deviation from {}; else, where the user asks the host's \
             potential and nearly all of the ion may leave, what it finds by taking all of it out of the structure; else ridge \
             regression on redox couple, anion class, ion and stoichiometry, tested by leaving out each of {FRAMEWORKS} \
             frameworks: mean absolute error {:.2} V, of predicting the mean {:.2} V, ratio {:.2}; by ion, error of the \
             regression/of the ion's mean in V: {}. Where the regression knows nothing of a couple, the model predicted_voltage that the plugin \
             carries + {LOOKUP_BIAS} V: with each framework in one of five folds it errs by {:.2} V on average over {} steps, so the regression, \
             {:.2} V, comes first. Notes name the route",
            tested_cathodes(),
            OVERALL.mean_absolute,
            OVERALL.of_the_mean,
            OVERALL.mean_absolute / OVERALL.of_the_mean,
            by_ion.join(", "),
            VOLTAGE.mae,
            VOLTAGE.rows,
            OVERALL.mean_absolute,
        ))
        .source(&format!("{COMPUTED_TABLE}; cathodes_measured.csv"))
        .uncertainty(&format!(
            "potential: as the host states; known pair: deviation of computed from measured, {LOOKUP_DEVIATION} V (mean absolute \
             {LOOKUP_MEAN_ABSOLUTE} V) for {}; ions with fewer than {FEWEST_TESTED} of these, and the regression: \
             {LOOKUP_DEVIATION} V and the regression's out-of-fold root mean square error in quadrature, that of the ion, or of \
             all ions ({:.2} V) where none is offered for it. Against {MEASURED_ROWS} measured cathodes the regression errs by {MEASURED_MEAN_ABSOLUTE} V on average, \
             {:.0} % within one and {:.0} % within two standard deviations",
            tested_cathodes(),
            OVERALL.root_mean_square,
            100.0 * WITHIN_ONE,
            100.0 * WITHIN_TWO,
        ))
        .range(0.0, HIGHEST_VOLTAGE)
}

fn specific_energy() -> Property {
    Property::new(
        "specific_energy",
        "Wh/kg",
        "energy per mass of the discharged compound, against the ion's metal",
    )
    .maximize()
    .default_objective()
    .predicted()
    .method("redox_limited_capacity times average_voltage")
    .source("as the two")
    .uncertainty("from average_voltage; that the practical capacity may be lower is not in it")
    .range(0.0, 5000.0)
}

fn energy_cost() -> Property {
    Property::new("energy_cost", "USD/kWh", "price of the elements per energy stored")
        .minimize()
        .default_objective()
        .predicted()
        .method(
            "mean of material cost / specific_energy over the error of the voltage, which is more than the ratio of the means by the square of \
             its relative deviation; the cathode's elements only: no processing, no other cell parts",
        )
        .source("as the two")
        .uncertainty("from specific_energy, whose reciprocal is taken as that of a log-normal quantity; the error of the prices is not in it")
        .range(0.0, 1e7)
}
