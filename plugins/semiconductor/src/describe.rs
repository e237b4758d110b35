//! What the plugin says of itself.

use crate::judge::Judged;
use crate::uses::{
    AFFINITY_ERROR, COLOURS, FORMATION, GAP, LEAST_AFFINITY, PHOTON, Scores, TRANSPARENT, VISIBLE,
    gaps_of_efficiency,
};
use crate::validated::{CONDUCTORS, EMITTERS, HELD_OUT, METALS, PHOTOVOLTAICS};
use crate::{GIVEN_GAP, RADII};
use plugin_sdk::{Description, Need, Parameter, Property};

const GAPS: &str = "datasets/training/band_gap.csv: Y. Zhuo et al., J. Phys. Chem. Lett. 9, 1668 (2018), \
    doi:10.1021/acs.jpclett.8b00124, and metals of matbench_expt_gap; the model file says more";
const ENERGIES: &str = "OQMD (CC BY 4.0): S. Kirklin et al., npj Comput. Mater. 1, 15010 (2015), doi:10.1038/npjcompumats.2015.10, in \
    CrabNet 2.0.8; the model file says more";
const OF_A_PROBABILITY: &str =
    "a probability is itself a statement of uncertainty; the method says how well it held";

fn scores(s: &Scores, unit: &str) -> String {
    format!(
        "five folds of {} compositions: mean absolute error {:.2} {unit}, root mean square {:.2}, R2 {:.2}; {:.0} % within the interval of \
         95 %",
        s.rows,
        s.mae,
        s.rmse,
        s.r2,
        100.0 * s.coverage_95
    )
}

fn judged(j: &Judged) -> String {
    format!(
        "of {HELD_OUT} compositions held out in five folds {:.1} % are; those said to be by more than one half, to {:.0} %; Brier score {:.3}, {:.0} % \
         below that of the plain share",
        100.0 * j.share,
        100.0 * j.share_of_likely,
        j.brier,
        100.0 * j.skill
    )
}

/// See [`plugin_sdk::DomainModel::describe`].
pub fn describe() -> Description {
    let colours: Vec<&str> = COLOURS.iter().map(|(name, _)| *name).collect();
    let ranges: Vec<String> = COLOURS
        .iter()
        .map(|(name, [a, b])| format!("{name} {a} to {b} nm"))
        .collect();
    Description::new("semiconductor", "0.1.0")
        .summary("Semiconductors: band gap, what it is good for, whether the compound forms, toxicity and supply")
        .domain(
            "inorganic crystals, by composition alone: polymorphs are one, and a model is less sure of elements and kinds of \
             compounds that its data lack, as its notes say. Whether a gap is direct, how mobile carriers are and what defects \
             do is not asked: a gap is what a use needs, never all it needs. Uses contradict each other, so there is no default objective: name \
             max:semiconductor.photovoltaic_efficiency, max:semiconductor.emission_probability or \
             max:semiconductor.transparent_conductor_probability, and min:semiconductor.supply_risk",
        )
        .licence("Apache-2.0 OR MIT")
        .author("The Lodestone authors")
        .citation("Zhuo 2018 (gaps), Kirklin 2015 (energies), Shockley and Queisser 1961, Butler and Ginley 1978: see the sources of the properties")
        .composition(Need::Required)
        .column(
            GIVEN_GAP,
            "eV",
            "a better band gap than the model's, a measured one, for all that follows from it; band_gap_std its deviation",
            Need::Optional,
        )
        .descriptor(RADII[0])
        .descriptor(RADII[1])
        .descriptor(RADII[2])
        .parameter(Parameter::number(
            "least_efficiency",
            "%",
            0.0..=33.7,
            30.0,
            "limiting efficiency from which a gap is one for a solar cell",
        ))
        .parameter(Parameter::choice(
            "colour",
            &colours,
            "visible",
            &format!("wavelengths of emission_probability: {}", ranges.join(", ")),
        ))
        .property(
            Property::new("band_gap", "eV", "band gap by the model; 0: a metal")
                .predicted()
                .method(&format!("the model predicted_band_gap that the plugin carries, mean over metals and semiconductors; {}", scores(&GAP, "eV")))
                .source(GAPS)
                .uncertainty("standard deviation of the model's distribution, calibrated on held-out compositions; at least 0.15 eV, that of one report of a measured gap; where a metal is as likely as not it is wide, and neither 0 nor the mean is likely")
                .range(0.0, 20.0),
        )
        .property(
            Property::new("metal_probability", "", "probability of no band gap at all")
                .predicted()
                .method(&format!("share of metals in the model's distribution; {}", judged(&METALS)))
                .source(GAPS)
                .uncertainty(&format!("{OF_A_PROBABILITY}; half of the training data are metals, which is a choice of its collectors"))
                .range(0.0, 1.0),
        )
        .property(photovoltaic_efficiency())
        .property(
            Property::new("photovoltaic_probability", "", "probability that the gap suits a solar cell of one junction")
                .maximize()
                .predicted()
                .method(&format!(
                    "probability of a gap whose limiting efficiency is at least least_efficiency; 30 %: {}; {}",
                    gaps_of_efficiency(30.0).map_or(String::new(), |[a, b]| format!("{a:.2} to {b:.2} eV")),
                    judged(&PHOTOVOLTAICS)
                ))
                .source(GAPS)
                .uncertainty(OF_A_PROBABILITY)
                .range(0.0, 1.0),
        )
        .property(
            Property::new("emission_wavelength", "nm", "wavelength of photons of the gap's energy")
                .predicted()
                .method(&format!("{PHOTON:.2} eV nm over the gap, given that there is one; for probable semiconductors only"))
                .source(GAPS)
                .uncertainty("that of the gap, in closed form for a log-normal distribution; whether it emits at all (direct gap, defects) is not in it")
                .range(50.0, 1e6),
        )
        .property(
            Property::new("emission_probability", "", "probability that photons of the gap's energy have the chosen colour")
                .maximize()
                .predicted()
                .method(&format!(
                    "probability of a gap of {PHOTON:.0} eV nm over the wavelengths of the parameter colour; for visible light ({} to {} nm) {}",
                    VISIBLE[0],
                    VISIBLE[1],
                    judged(&EMITTERS)
                ))
                .source(GAPS)
                .uncertainty(OF_A_PROBABILITY)
                .range(0.0, 1.0),
        )
        .property(
            Property::new("transparent_conductor_probability", "", "probability that visible light passes and electrons can be doped in")
                .maximize()
                .predicted()
                .method(&format!(
                    "probability of a gap above {TRANSPARENT} eV and an electron affinity chi - Eg/2 of at least {LEAST_AFFINITY} eV (our choice), whose \
                     error is {AFFINITY_ERROR} eV; chi: geometric mean of the atoms' Mulliken electronegativities; of the gap alone: {}. With \
                     measured gaps it is above one half for all of 11 compounds known as n-type with a gap above {TRANSPARENT} eV, and below \
                     for 17 of 23 insulators (not for ZrO2, HfO2, B2O3, Ta2O5, LiNbO3, LiTaO3)",
                    judged(&CONDUCTORS)
                ))
                .source(&format!("{GAPS}; M. A. Butler and D. S. Ginley, J. Electrochem. Soc. 125, 228 (1978), doi:10.1149/1.2131419; datasets/elements.csv"))
                .uncertainty(&format!("{OF_A_PROBABILITY}; p-type conductors, shallow dopants and self-compensation are not asked for"))
                .range(0.0, 1.0),
        )
        .property(
            Property::new("formation_energy", "eV/atom", "energy of formation from the elements at 0 K")
                .minimize()
                .predicted()
                .method(&format!("the model predicted_formation_energy that the plugin carries; {}", scores(&FORMATION, "eV/atom")))
                .source(ENERGIES)
                .uncertainty("standard deviation of the model, calibrated on held-out compositions, in quadrature with the deviation of the OQMD from experiment, 0.096 eV/atom")
                .range(-6.0, 6.0),
        )
        .property(
            Property::new("formation_probability", "", "probability that the compound is lower in energy than its elements")
                .maximize()
                .predicted()
                .method("normal distribution of formation_energy below 0; competing compounds are not asked, so it is needed for stability and never enough")
                .source(ENERGIES)
                .uncertainty(OF_A_PROBABILITY)
                .range(0.0, 1.0),
        )
        .property(
            Property::new("goldschmidt_factor", "", "Goldschmidt's tolerance factor of ABX3; about 0.8 to 1.05 in perovskites")
                .exact()
                .method("t = (rA + rX) / (sqrt(2) (rB + rX)) with the host's radii: Shannon's for 12 (A) and 6 (B, X) neighbours")
                .source("R. D. Shannon, Acta Crystallogr. A 32, 751 (1976), doi:10.1107/S0567739476001551; datasets/ionic_radii_shannon.csv")
                .uncertainty("none: arithmetic on tabulated radii")
                .range(0.0, 3.0),
        )
        .property(supply::toxic_fraction_property())
        .property(supply::critical_fraction_property())
        .property(supply::cost_property())
        .property(supply::supply_risk_property())
}

fn photovoltaic_efficiency() -> Property {
    Property::new("photovoltaic_efficiency", "%", "limiting efficiency of a solar cell of one junction, over what is known of the gap")
        .maximize()
        .predicted()
        .method(
            "Shockley and Queisser's limit by gap (AM1.5G, 298.15 K, mirror at the back; 33.8 % at 1.34 eV), mean over the distribution of \
             the gap: log-normal with the model's mean and deviation, 0 % for the share of metals",
        )
        .source(&format!(
            "W. Shockley, H. J. Queisser, J. Appl. Phys. 32, 510 (1961), doi:10.1063/1.1736034; ASTM G173-03, datasets/solar_spectrum_am15g.csv; {GAPS}"
        ))
        .uncertainty(
            "standard deviation of the limit over the distribution of the gap, by quadrature: a limit, so what absorption, \
             indirect gaps and defects take is not in it",
        )
        .range(0.0, 34.0)
}
