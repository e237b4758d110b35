//! Colours and radii of the elements. Sources: `datasets/SOURCES.md`, section `element_styles.csv`.

use matter::Element;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A colour, sRGB, 8 bits a channel.
pub type Colour = [u8; 3];

/// Colours of the axes a, b, c: Okabe and Ito's vermillion, green and blue.
pub(crate) const AXIS_COLOURS: [Colour; 3] = [[213, 94, 0], [0, 158, 115], [0, 114, 178]];

/// One row of `datasets/element_styles.csv`.
struct ElementStyle {
    covalent_radius_pm: Option<f64>,
    jmol: Option<Colour>,
    vesta: Option<Colour>,
    colour_blind: Option<Colour>,
}

include!(concat!(env!("OUT_DIR"), "/element_styles.rs"));

/// Elements that a set names no colour for.
const UNNAMED: Colour = [235, 0, 38];
/// Vacant parts of sites.
pub const VACANCY: Colour = [255, 255, 255];

/// A set of colours for the elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Palette {
    /// Those of the program Jmol.
    #[default]
    Jmol,
    /// Those of the program VESTA.
    Vesta,
    /// Okabe and Ito's eight, told apart with every common colour vision deficiency. An element keeps its preferred
    /// colour unless another element of the same structure has it: then it takes the next one that is free.
    ColourBlindSafe,
}

/// Okabe and Ito's colours, in the order in which they are handed out, then light and dark shades for structures of more
/// than eight elements.
const SPARE: [Colour; 14] = [
    [213, 94, 0],
    [0, 114, 178],
    [240, 228, 66],
    [0, 158, 115],
    [204, 121, 167],
    [86, 180, 233],
    [230, 159, 0],
    [0, 0, 0],
    [221, 221, 221],
    [102, 102, 102],
    [240, 176, 128],
    [128, 184, 216],
    [0, 79, 58],
    [102, 60, 83],
];

impl Palette {
    /// All sets, in the order in which a menu offers them.
    pub const ALL: [Self; 3] = [Self::Jmol, Self::Vesta, Self::ColourBlindSafe];

    /// The name that a menu shows.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jmol => "Jmol",
            Self::Vesta => "VESTA",
            Self::ColourBlindSafe => "Colour-blind safe",
        }
    }

    /// The colour of an element when it stands alone.
    pub fn colour(self, element: Element) -> Colour {
        let style = style(element);
        let named = match self {
            Self::Jmol => style.jmol,
            Self::Vesta => style.vesta,
            Self::ColourBlindSafe => style.colour_blind,
        };
        named.unwrap_or(UNNAMED)
    }

    /// The colours of the elements of one structure. In the colour-blind-safe set no two of up to 14 elements share one.
    pub fn colours(self, elements: impl IntoIterator<Item = Element>) -> BTreeMap<Element, Colour> {
        let preferred: BTreeMap<Element, Colour> = elements
            .into_iter()
            .map(|element| (element, self.colour(element)))
            .collect();
        if self != Self::ColourBlindSafe {
            return preferred;
        }
        let mut taken: Vec<Colour> = Vec::with_capacity(preferred.len());
        let mut given = BTreeMap::new();
        let mut waiting = Vec::new();
        for (&element, &colour) in &preferred {
            if taken.contains(&colour) {
                waiting.push((element, colour));
            } else {
                taken.push(colour);
                given.insert(element, colour);
            }
        }
        for (element, colour) in waiting {
            let free = SPARE.iter().find(|spare| !taken.contains(spare));
            let colour = free.copied().unwrap_or(colour);
            taken.push(colour);
            given.insert(element, colour);
        }
        given
    }
}

fn style(element: Element) -> &'static ElementStyle {
    &ELEMENT_STYLES[usize::from(element.atomic_number()) - 1]
}

/// Covalent radius, Å: Cordero et al. 2008 up to curium, Pyykkö and Atsumi 2009 beyond, 1.5 Å where neither has one.
pub fn covalent_radius(element: Element) -> f64 {
    let known = style(element)
        .covalent_radius_pm
        .or(element.data().covalent_radius_pm);
    known.unwrap_or(150.0) / 100.0
}

/// Van der Waals radius, Å (Alvarez 2013); 2 Å where it has none.
pub fn van_der_waals_radius(element: Element) -> f64 {
    element.data().vdw_radius_pm.unwrap_or(200.0) / 100.0
}
