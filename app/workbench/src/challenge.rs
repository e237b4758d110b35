//! Worked challenges: questions of materials science with shipped data and the objectives already set.

use crate::project::{ObjectiveChoice, Wanted};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A worked challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Challenge {
    CobaltFreeCathode,
    RareEarthFreeMagnet,
    SingleAtomCatalyst,
    LeadFreePhotocatalyst,
    WideGapSemiconductor,
}

impl Challenge {
    /// All of them, in the order of the start page.
    pub const ALL: [Self; 5] = [
        Self::CobaltFreeCathode,
        Self::RareEarthFreeMagnet,
        Self::SingleAtomCatalyst,
        Self::LeadFreePhotocatalyst,
        Self::WideGapSemiconductor,
    ];

    /// The name of the data's file in `datasets/`, whose SOURCES.md says where it comes from and under which licence.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::CobaltFreeCathode => "cathode_candidates.csv",
            Self::RareEarthFreeMagnet => "magnet_candidates.csv",
            Self::SingleAtomCatalyst => "catalyst_candidates.csv",
            Self::LeadFreePhotocatalyst | Self::WideGapSemiconductor => "band_gaps_measured.csv",
        }
    }

    /// The candidates, as the text of a CSV file.
    pub fn data(self) -> Cow<'static, str> {
        match self {
            Self::CobaltFreeCathode => {
                include_str!("../../../datasets/cathode_candidates.csv").into()
            }
            Self::RareEarthFreeMagnet => {
                include_str!("../../../datasets/magnet_candidates.csv").into()
            }
            Self::SingleAtomCatalyst => {
                include_str!("../../../datasets/catalyst_candidates.csv").into()
            }
            Self::LeadFreePhotocatalyst | Self::WideGapSemiconductor => {
                // Units in brackets, as plugins look for them.
                let text = include_str!("../../../datasets/band_gaps_measured.csv");
                let (header, rows) = text.split_once('\n').unwrap_or((text, ""));
                format!("{}\n{rows}", header.replace("_eV", " [eV]")).into()
            }
        }
    }

    /// What is wanted.
    pub fn objectives(self) -> Vec<ObjectiveChoice> {
        let (first, second) = match self {
            Self::CobaltFreeCathode => (
                ("battery.specific_energy", Wanted::Maximize),
                ("battery.energy_cost", Wanted::Minimize),
            ),
            Self::RareEarthFreeMagnet => (
                ("magnet.energy_product_reachable", Wanted::Maximize),
                ("magnet.material_cost", Wanted::Minimize),
            ),
            Self::SingleAtomCatalyst => (
                ("catalyst.segregation_energy", Wanted::Minimize),
                ("catalyst.material_cost", Wanted::Minimize),
            ),
            Self::LeadFreePhotocatalyst => (
                ("catalyst.perovskite_likelihood", Wanted::Maximize),
                ("catalyst.supply_risk", Wanted::Minimize),
            ),
            Self::WideGapSemiconductor => (
                ("band_gap", Wanted::Maximize),
                ("magnet.supply_risk", Wanted::Minimize),
            ),
        };
        [first, second]
            .map(|(property, wanted)| ObjectiveChoice {
                property: property.to_owned(),
                wanted,
            })
            .into()
    }

    /// What must hold.
    pub fn constraints(self) -> Vec<String> {
        let constraints: &[&str] = match self {
            Self::CobaltFreeCathode => &[],
            Self::RareEarthFreeMagnet => &["magnet.rare_earth_mass_fraction = 0"],
            // A lone dopant atom is of use where it stays in the surface.
            Self::SingleAtomCatalyst => &["catalyst.segregation_energy < 0"],
            // Band edges on both sides of the potentials of hydrogen and oxygen, against the standard hydrogen electrode.
            Self::LeadFreePhotocatalyst => &[
                "catalyst.perovskite_likelihood > 0.5",
                "catalyst.conduction_band_edge < 0",
                "catalyst.valence_band_edge > 1.23",
            ],
            Self::WideGapSemiconductor => &["3 < band_gap < 7", "conflicting = 0"],
        };
        constraints.iter().map(|&c| c.to_owned()).collect()
    }

    /// Elements that must not occur.
    pub fn excluded(self) -> &'static [&'static str] {
        match self {
            Self::CobaltFreeCathode => &["Co"],
            Self::LeadFreePhotocatalyst => &["Pb"],
            Self::WideGapSemiconductor => &["Pb", "Cd", "Hg", "Tl", "As"],
            Self::RareEarthFreeMagnet | Self::SingleAtomCatalyst => &[],
        }
    }
}
