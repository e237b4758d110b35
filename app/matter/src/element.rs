//! The elements and what is known of them.

use std::fmt;
use std::num::NonZeroU8;

/// A chemical element, by its atomic number 1 to 118; one byte, and so is `Option<Element>`.
///
/// There is a constant for each, its symbol in capitals: `Element::LI`, `Element::O`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Element(NonZeroU8);

/// What is known of an element: the row of `datasets/elements.csv`, compiled in. `None` is unknown, never zero.
///
/// Sources, methods and licences: `datasets/SOURCES.md`. Values are of the element at 298 K and 1 bar where it matters.
#[derive(Debug, PartialEq)]
pub struct ElementData {
    /// The symbol.
    pub symbol: &'static str,
    /// The English name, IUPAC spelling.
    pub name: &'static str,
    /// Standard atomic weight, g/mol; of radioactive elements the mass number of the longest-lived isotope. Known for all.
    pub atomic_weight: Option<f64>,
    /// Period of the table, 1 to 7.
    pub period: Option<f64>,
    /// Group of the table, 1 to 18; none for the f block.
    pub group: Option<f64>,
    /// Block of the table: `s`, `p`, `d` or `f`.
    pub block: &'static str,
    /// Empirical atomic radius, pm.
    pub atomic_radius_pm: Option<f64>,
    /// Single-bond covalent radius, pm.
    pub covalent_radius_pm: Option<f64>,
    /// Metallic radius, pm.
    pub metallic_radius_pm: Option<f64>,
    /// Van der Waals radius, pm.
    pub vdw_radius_pm: Option<f64>,
    /// Electronegativity on Pauling's scale.
    pub en_pauling: Option<f64>,
    /// Electronegativity after Allen, the configuration energy, eV.
    pub en_allen_ev: Option<f64>,
    /// Electronegativity after Mulliken, the mean of ionisation energy and electron affinity, eV.
    pub en_mulliken_ev: Option<f64>,
    /// First ionisation energy, eV.
    pub ionization_energy_ev: Option<f64>,
    /// Electron affinity, eV, positive where energy is released.
    pub electron_affinity_ev: Option<f64>,
    /// Density, g/cm3.
    pub density_g_cm3: Option<f64>,
    /// Melting point, K.
    pub melting_point_k: Option<f64>,
    /// Boiling point, K.
    pub boiling_point_k: Option<f64>,
    /// Static dipole polarizability of the atom, bohr3.
    pub dipole_polarizability_bohr3: Option<f64>,
    /// Abundance in the Earth's crust, mg/kg.
    pub abundance_crust_mg_kg: Option<f64>,
    /// Abundance in sea water, mg/l.
    pub abundance_sea_mg_l: Option<f64>,
    /// Price, USD/kg, of the year [`price_year`](Self::price_year).
    pub price_usd_per_kg: Option<f64>,
    /// The year that the price is of.
    pub price_year: Option<f64>,
    /// Who published the price.
    pub price_source: Option<&'static str>,
    /// Herfindahl-Hirschman index of production by country, 0 to 10000.
    pub hhi_production: Option<f64>,
    /// Herfindahl-Hirschman index of reserves by country, 0 to 10000.
    pub hhi_reserve: Option<f64>,
    /// The country that produces most.
    pub top_producer: Option<&'static str>,
    /// That country's share of production, %.
    pub top_producer_share_percent: Option<f64>,
    /// Recycling rate, %.
    pub recycling_rate_percent: Option<f64>,
    /// Substitutability, %.
    pub substitutability_percent: Option<f64>,
    /// Hazard codes, separated by `;`, as `datasets/SOURCES.md` lists them.
    pub hazard: Option<&'static str>,
    /// Without a stable isotope.
    pub radioactive: bool,
    /// Sc, Y or a lanthanide.
    pub rare_earth: bool,
    /// A noble (precious) metal.
    pub noble_metal: bool,
    /// On the European Union's list of critical raw materials of 2023.
    pub critical: bool,
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// Atomic number by first letter (26) and second letter (none or a to z, 27); 0 where there is no such symbol.
/// D and T, deuterium and tritium, are hydrogen.
static BY_SYMBOL: [u8; 26 * 27] = {
    let mut table = [0; 26 * 27];
    let mut z = 1;
    while z <= 118 {
        let symbol = ELEMENTS[z as usize - 1].symbol.as_bytes();
        let second = if symbol.len() > 1 {
            symbol[1] - b'a' + 1
        } else {
            0
        };
        table[(symbol[0] - b'A') as usize * 27 + second as usize] = z;
        z += 1;
    }
    table[(b'D' - b'A') as usize * 27] = 1;
    table[(b'T' - b'A') as usize * 27] = 1;
    table
};

/// The atomic number of the symbol of these two bytes, `second` 0 for none; 0 where there is no such symbol.
#[inline]
pub(crate) fn atomic_number_of(first: u8, second: u8) -> u8 {
    let column = if second == 0 {
        0
    } else {
        usize::from(second.wrapping_sub(b'a')) + 1
    };
    if !first.is_ascii_uppercase() || column > 26 {
        return 0;
    }
    BY_SYMBOL[usize::from(first - b'A') * 27 + column]
}

impl Element {
    /// How many elements there are: atomic numbers run from 1 to this.
    pub const COUNT: usize = 118;

    /// The element of this atomic number, 1 to 118.
    pub const fn new(atomic_number: u8) -> Option<Self> {
        match NonZeroU8::new(atomic_number) {
            Some(z) if atomic_number <= 118 => Some(Self(z)),
            _ => None,
        }
    }

    /// All elements in the order of their atomic numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=118).filter_map(Self::new)
    }

    /// The element of this symbol, written exactly: `Fe`, not `fe` nor `FE`. D and T are hydrogen.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        match *symbol.as_bytes() {
            [first] => Self::new(atomic_number_of(first, 0)),
            [first, second] if second != 0 => Self::new(atomic_number_of(first, second)),
            _ => None,
        }
    }

    /// The element that a person means by a whole word: a symbol or a name in any case, blanks around it ignored.
    /// Aluminum, cesium and sulphur are understood too. Only for a field that holds nothing but one element: inside a
    /// formula case decides (`Co` and `CO`).
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim();
        let other = [
            ("aluminum", Self::AL),
            ("cesium", Self::CS),
            ("sulphur", Self::S),
        ];
        let found = Self::all()
            .find(|e| e.symbol().eq_ignore_ascii_case(word) || e.name().eq_ignore_ascii_case(word));
        found.or_else(|| {
            other
                .iter()
                .find(|o| o.0.eq_ignore_ascii_case(word))
                .map(|o| o.1)
        })
    }

    /// The atomic number, 1 to 118.
    pub const fn atomic_number(self) -> u8 {
        self.0.get()
    }

    /// What is known of the element.
    pub fn data(self) -> &'static ElementData {
        &ELEMENTS[self.index()]
    }

    /// The symbol.
    pub fn symbol(self) -> &'static str {
        self.data().symbol
    }

    /// The English name.
    pub fn name(self) -> &'static str {
        self.data().name
    }

    /// Standard atomic weight, g/mol, known for every element: see [`ElementData::atomic_weight`].
    pub fn atomic_weight(self) -> f64 {
        ATOMIC_WEIGHTS[self.index()]
    }

    /// The place in tables of 118 elements.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0.get() - 1)
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.symbol())
    }
}
