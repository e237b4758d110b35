//! Which solid solution a high-entropy alloy forms, by its valence electron concentration.
//!
//! S. Guo, C. Ng, J. Lu, C. T. Liu, "Effect of valence electron concentration on stability of fcc or bcc phase in high
//! entropy alloys", J. Appl. Phys. 109, 103505 (2011): fcc from VEC 8.0 on, bcc below 6.87, both between.

use plugin_sdk::matter::CompositionRef;
use plugin_sdk::{
    Batch, Description, DomainModel, Need, Parameter, Parameters, Predictions, Property,
    export_plugin,
};

/// The plugin.
pub struct HighEntropyAlloy;

/// Indices of the properties, in the order of `describe`.
const CONCENTRATION: usize = 0;
const ENTROPY: usize = 1;

/// Molar gas constant, J/mol/K (exact in the SI).
const GAS_CONSTANT: f64 = 8.314_462_618_153_24;

/// Valence electrons by atomic number, d electrons included: the group in the periodic table, less ten from group 13 on.
const VALENCE: [(u8, u8); 38] = [
    (3, 1),   // Li
    (4, 2),   // Be
    (12, 2),  // Mg
    (13, 3),  // Al
    (14, 4),  // Si
    (20, 2),  // Ca
    (21, 3),  // Sc
    (22, 4),  // Ti
    (23, 5),  // V
    (24, 6),  // Cr
    (25, 7),  // Mn
    (26, 8),  // Fe
    (27, 9),  // Co
    (28, 10), // Ni
    (29, 11), // Cu
    (30, 12), // Zn
    (31, 3),  // Ga
    (32, 4),  // Ge
    (39, 3),  // Y
    (40, 4),  // Zr
    (41, 5),  // Nb
    (42, 6),  // Mo
    (43, 7),  // Tc
    (44, 8),  // Ru
    (45, 9),  // Rh
    (46, 10), // Pd
    (47, 11), // Ag
    (49, 3),  // In
    (50, 4),  // Sn
    (57, 3),  // La
    (72, 4),  // Hf
    (73, 5),  // Ta
    (74, 6),  // W
    (75, 7),  // Re
    (76, 8),  // Os
    (77, 9),  // Ir
    (78, 10), // Pt
    (79, 11), // Au
];

/// Amounts of a principal element, by atoms, as high-entropy alloys are defined.
const PRINCIPAL: std::ops::RangeInclusive<f64> = 0.05..=0.35;

/// What the composition says of an alloy.
struct Alloy {
    /// Valence electrons an atom.
    concentration: f64,
    /// Ideal entropy of mixing, J/mol/K.
    entropy: f64,
    /// Elements with a share in [`PRINCIPAL`].
    principal: usize,
}

/// The alloy, or the reason why the rule does not apply.
fn alloy(composition: CompositionRef<'_>) -> Result<Alloy, &'static str> {
    let atoms = composition.total_atoms();
    let mut alloy = Alloy {
        concentration: 0.0,
        entropy: 0.0,
        principal: 0,
    };
    for (element, amount) in composition.iter() {
        let number = element.atomic_number();
        let Some((_, electrons)) = VALENCE.iter().find(|(z, _)| *z == number) else {
            return Err(match number {
                8 => "it holds oxygen: the rule is for alloys",
                58..=71 | 89.. => {
                    "the rule counts no valence electrons of lanthanides and actinides"
                }
                _ => "it holds an element other than the metals (and Si, Ge) that the rule counts",
            });
        };
        let share = amount / atoms;
        alloy.concentration += share * f64::from(*electrons);
        // Adding to zero keeps the entropy of an element from being -0.
        alloy.entropy += 0.0 - GAS_CONSTANT * share * share.ln();
        alloy.principal += usize::from(PRINCIPAL.contains(&share));
    }
    Ok(alloy)
}

impl DomainModel for HighEntropyAlloy {
    fn describe() -> Description {
        Description::new("high_entropy_alloy", env!("CARGO_PKG_VERSION"))
            .summary("Solid solution of high-entropy alloys by valence electron concentration")
            .domain("alloys of metals, Si and Ge; validated for five or more elements of 5 to 35 atomic percent")
            .licence("Apache-2.0 OR MIT")
            .author("The Lodestone authors")
            .citation("S. Guo et al., J. Appl. Phys. 109, 103505 (2011), doi:10.1063/1.3587228")
            .composition(Need::Required)
            .parameter(Parameter::number(
                "fcc_from",
                "electrons/atom",
                6.0..=10.0,
                8.0,
                "valence electron concentration from which on fcc is expected",
            ))
            .parameter(Parameter::number(
                "bcc_below",
                "electrons/atom",
                4.0..=8.0,
                6.87,
                "valence electron concentration below which bcc is expected",
            ))
            .property(
                Property::new(
                    "valence_electron_concentration",
                    "electrons/atom",
                    "valence electrons an atom, d electrons included; the note says which phase is expected",
                )
                .exact()
                .method("mean over the atoms; which phase it stands for is the empirical rule of Guo et al.")
                .source("groups of the periodic table")
                .uncertainty("none: arithmetic on the formula; the rule's reliability is not stated")
                .range(1.0, 12.0),
            )
            .property(
                Property::new("mixing_entropy", "J/mol/K", "ideal entropy of mixing a mole of atoms")
                    .maximize()
                    .default_objective()
                    .exact()
                    .method("-R sum(c ln c)")
                    .source("arithmetic on the formula")
                    .uncertainty("none: arithmetic on the formula, for an ideal solution")
                    .range(0.0, 40.0),
            )
    }

    fn predict(batch: &Batch, parameters: &Parameters) -> Result<Predictions, String> {
        let mut out = Predictions::new(&Self::describe(), batch.len());
        let (fcc, bcc) = (
            parameters.number("fcc_from"),
            parameters.number("bcc_below"),
        );
        for row in 0..batch.len() {
            let composition = batch.composition(row);
            if composition.is_empty() {
                out.not_applicable(row, "no composition");
                continue;
            }
            let alloy = match alloy(composition) {
                Ok(alloy) => alloy,
                Err(reason) => {
                    out.not_applicable(row, reason);
                    continue;
                }
            };
            out.set(row, CONCENTRATION, alloy.concentration, 0.0);
            out.set(row, ENTROPY, alloy.entropy, 0.0);
            let phase = if alloy.concentration >= fcc {
                "expected solid solution: fcc"
            } else if alloy.concentration < bcc {
                "expected solid solution: bcc"
            } else {
                "expected solid solution: fcc and bcc"
            };
            out.note_on(row, CONCENTRATION, phase);
            if alloy.principal < 5 {
                out.note(
                    row,
                    "not validated: fewer than five elements of 5 to 35 atomic percent",
                );
            }
        }
        Ok(out)
    }
}

export_plugin!(HighEntropyAlloy);

#[cfg(test)]
mod tests {
    use super::*;
    use plugin_sdk::testing::predict;

    #[test]
    fn the_phases_are_those_that_guo_et_al_report() {
        let table = predict::<HighEntropyAlloy>(&["CoCrCuFeNi", "HfNbTaTiZr"], &[]).unwrap();
        assert_eq!(table.notes(0), ["expected solid solution: fcc"]);
        assert_eq!(table.notes(1), ["expected solid solution: bcc"]);
    }

    #[test]
    fn an_equimolar_alloy_of_n_elements_mixes_with_r_ln_n() {
        let table = predict::<HighEntropyAlloy>(&["CoCrFeMnNi"], &[]).unwrap();
        let entropy = table.value(0, "mixing_entropy").unwrap();
        assert!((entropy - GAS_CONSTANT * 5f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_alloy_gets_a_reason() {
        let table = predict::<HighEntropyAlloy>(&["CoCrFeNiO"], &[]).unwrap();
        assert_eq!(table.value(0, "valence_electron_concentration"), None);
        assert_eq!(table.notes(0), ["it holds oxygen: the rule is for alloys"]);
    }
}
