//! What the plugin says of itself: the texts of `lodestone plugin info magnet`.

use crate::coefficients::{ALL, ALLOYS, MANGANESE, MOMENTS, OXIDES, PLATINUM_METALS, RARE_EARTHS};
use crate::estimate::Validation;
use crate::measured::{ANISOTROPY_SPREAD, CURIE_SPREAD, MEASURED, SATURATION_SPREAD};
use plugin_sdk::{Description, Need, Parameter, Property};

const TABLE: &str = "datasets/magnets_measured.csv, each value with its source in datasets/magnets_references.csv (DOI where known); \
    values as tabulated in the cited works to the best of our knowledge, not all re-read, see datasets/SOURCES.md";

/// The figures of a class, in words.
fn figures(name: &str, v: &Validation) -> String {
    format!(
        "{name}: {:.2} T against {:.2} T for the mean (ratio {:.2}, {} materials, {} families)",
        v.error,
        v.error_of_mean,
        v.ratio(),
        v.materials,
        v.families
    )
}

fn saturation_method() -> String {
    let [iron, cobalt, nickel, valence, rare_earth] = MOMENTS;
    let classes = [
        figures("all", &ALL),
        figures("with rare earths", &RARE_EARTHS),
        figures("with Pd or Pt", &PLATINUM_METALS),
        figures("other alloys", &ALLOYS),
    ];
    let outside = [
        figures("Mn and Cr compounds", &MANGANESE),
        figures("oxides", &OXIDES),
    ];
    format!(
        "Best estimate of what an experiment would find, by the first route that applies: the column saturation; the \
         measured table; the sum of a structure's site moments over its volume (no thermal loss); where the user asks the host's potential, \
         the sum of the sizes of its moments over the relaxed volume (0 K, without sign, without 4f moments: an upper \
         bound, no statement on antiferromagnets); the formula. From the \
         formula: a generalised Slater-Pauling estimate, µ0Ms = µ0 m / V, m = {iron:.2} Fe + {cobalt:.2} Co + {nickel:.2} \
         (Ni, Pd, Pt) - {valence:.2} (valence electrons of the other atoms; interstitial N counts as zero) + \
         {rare_earth:.2} (4f moments g_J J of trivalent ions, parallel for light and antiparallel for heavy rare earths, \
         thermally aligned at 300 K by the Brillouin function of an exchange of 150 K, twice that for light ones; Ce \
         without), in µB; V from the structure where it has one of the same composition, otherwise from additive volumes fitted \
         to measured densities. The 3d terms are fitted to values at 300 \
         K, so their mean thermal loss is included; a Curie temperature below about 400 K is not foreseen and gives too \
         high a value. Only for at least 70 at% Fe, Co, Ni, Pd and Pt, at least 50 at% Fe, Co and Ni, elements of the \
         fit, and estimates above 0.3 T; not for families that are known to lose their moment near 300 K or below: Fe and \
         rare earths without Ti, Co or interstitial B, C or N, or with Al or Si; more than 18 at% rare earths; Invar; Co \
         and Ni with Ti, V, Nb or Mo. Mean absolute error with each family left out in turn; {}. Tried and not \
         offered, because it fails there or rests on fewer than three materials; {}",
        classes.join("; "),
        outside.join("; "),
    )
}

fn measured_properties(description: Description) -> Description {
    let spread = |pooled: f64| {
        format!(
            "the greater of the spread between two sources, where there are two, and {:.1} % of the value, the spread \
             pooled over the table: sources that agree may quote one measurement",
            100.0 * pooled
        )
    };
    description
        .property(
            Property::new("saturation_measured", "T", "µ0Ms measured at 300 K")
                .maximize()
                .measured()
                .method("looked up by composition; of polymorphs the table holds the one named in the note")
                .source(TABLE)
                .uncertainty(&spread(SATURATION_SPREAD))
                .range(0.0, 4.0),
        )
        .property(
            Property::new("anisotropy_measured", "kJ/m3", "first anisotropy constant K1 measured at 300 K")
                .measured()
                .method(
                    "looked up by composition; where only the anisotropy field is known, K1 = µ0Ha µ0Ms / (2 µ0) with K2 \
                     neglected, as the note says; negative: easy plane in uniaxial crystals, easy axes <111> in cubic ones",
                )
                .source(TABLE)
                .uncertainty(&spread(ANISOTROPY_SPREAD))
                .range(-1e5, 1e5),
        )
        .property(
            Property::new("curie_temperature_measured", "K", "measured Curie temperature")
                .maximize()
                .measured()
                .method("looked up by composition")
                .source(TABLE)
                .uncertainty(&spread(CURIE_SPREAD))
                .range(0.0, 1500.0),
        )
}

fn predicted_properties(description: Description) -> Description {
    let propagated = "propagated linearly from µ0Ms and K1; unknown where one of theirs is";
    description
        .property(
            Property::new("saturation", "T", "best estimate of µ0Ms at 300 K")
                .maximize()
                .predicted()
                .method(&saturation_method())
                .source(TABLE)
                .uncertainty(&format!(
                    "column: the column's; table: the greater of the spread between sources and {:.1} %, which is pooled \
                     over the table; structure and potential: unknown; formula: root mean square out-of-family error of the class, {:.2} T with \
                     rare earths, {:.2} T with Pd or Pt, {:.2} T otherwise, but at least that of all together, {:.2} T",
                    100.0 * SATURATION_SPREAD,
                    RARE_EARTHS.deviation,
                    PLATINUM_METALS.deviation,
                    ALLOYS.deviation,
                    ALL.deviation
                ))
                .range(0.0, 4.0),
        )
        .property(
            Property::new("energy_product_bound", "kJ/m3", "upper bound on the energy product from µ0Ms alone")
                .maximize()
                .predicted()
                .method("µ0Ms²/4, from saturation")
                .source("definition; Coey, IEEE Trans. Magn. 47, 4671 (2011), doi 10.1109/TMAG.2011.2166975")
                .uncertainty("propagated linearly from µ0Ms")
                .range(0.0, 3200.0),
        )
        .property(
            Property::new(
                "energy_product_reachable",
                "kJ/m3",
                "energy product that µ0Ms and the coercivity supported by K1 allow",
            )
            .maximize()
            .default_objective()
            .predicted()
            .method(
                "rectangular loop with Hc = coercivity_share x 2 K1/(µ0Ms): µ0 Hc (Ms - Hc) for Hc < Ms/2, otherwise \
                 µ0Ms²/4; with the default share of 1/4 the bound is reached at hardness 1. Hence soft magnets come last. \
                 Missing without K1",
            )
            .source(
                "coercivity of optimized magnets about a quarter of the anisotropy field, hardness above 1: Coey 2011, doi \
                 10.1109/TMAG.2011.2166975; Skomski and Coey 2016, doi 10.1016/j.scriptamat.2015.09.021",
            )
            .uncertainty(propagated)
            .range(0.0, 3200.0),
        )
        .property(
            Property::new("hardness", "", "κ = √(K1/(µ0Ms²)); a permanent magnet of any shape needs more than about 1")
                .maximize()
                .predicted()
                .method(
                    "from saturation and K1 at 300 K (column anisotropy_k1, otherwise the measured table); missing with the \
                     reason where K1 is unknown, or negative (easy plane, or cubic with easy axes <111>), which is not counted as a permanent magnet",
                )
                .source("Skomski and Coey, Scripta Mater. 112, 3 (2016), doi 10.1016/j.scriptamat.2015.09.021")
                .uncertainty(&format!(
                    "{propagated}; looked-up K1 is taken to be known to {:.1} % at best, the spread between sources pooled \
                     over the table",
                    100.0 * ANISOTROPY_SPREAD
                ))
                .range(0.0, 100.0),
        )
}

/// The plugin's description.
pub fn description() -> Description {
    let description = Description::new("magnet", "0.1.0")
        .summary("Permanent and soft magnets: saturation, energy product, hardness, cost and supply")
        .domain(&format!(
            "{} measured materials; other alloys and compounds with at least 70 at% Fe, Co, Ni, Pd and Pt by an estimate \
             from the formula; anything else where the user's table or a structure gives µ0Ms. Intrinsic properties of the \
             main phase at 300 K: not coercivity or remanence of a product, not shape anisotropy (Alnico)",
            MEASURED.len()
        ))
        .licence("Apache-2.0 OR MIT")
        .author("Lodestone contributors")
        .citation("the sources named for each property")
        .composition(Need::Required)
        .structure(Need::Optional)
        .descriptor("structure_uniaxial")
        .potential(crate::POTENTIAL)
        .column("saturation", "T", "measured µ0Ms at 300 K", Need::Optional)
        .column("anisotropy_k1", "kJ/m3", "measured first anisotropy constant K1 at 300 K", Need::Optional)
        .parameter(Parameter::number(
            "coercivity_share",
            "",
            0.01..=1.0,
            0.25,
            "share of the anisotropy field 2 K1/(µ0Ms) that the coercivity is expected to reach",
        ));
    predicted_properties(measured_properties(description))
        .property(supply::rare_earth_fraction_property())
        .property(supply::heavy_rare_earth_fraction_property())
        .property(supply::critical_fraction_property())
        .property(supply::cost_property().default_objective())
        .property(supply::supply_risk_property())
}
