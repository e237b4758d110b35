//! The ions that move.

use crate::elements::Elements;
use matter::CompositionRef;

/// An ion that may be inserted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ion {
    /// Symbol, as in the parameter `ion`.
    pub symbol: &'static str,
    /// Name, for messages.
    pub name: &'static str,
    /// Atomic number.
    pub atomic_number: u8,
    /// Charge of the ion.
    pub charge: f64,
    /// Standard potential of the metal against the standard hydrogen electrode, V (CRC Handbook of Chemistry and
    /// Physics, 97th ed., 2016, section 5). It turns voltages against different metals into one scale.
    pub standard_potential: f64,
    /// Position in [`IONS`].
    pub index: usize,
}

const fn ion(
    index: usize,
    symbol: &'static str,
    name: &'static str,
    atomic_number: u8,
    charge: f64,
    standard_potential: f64,
) -> Ion {
    Ion {
        symbol,
        name,
        atomic_number,
        charge,
        standard_potential,
        index,
    }
}

/// The ions, in the order in which `ion = auto` breaks ties.
pub static IONS: [Ion; 7] = [
    ion(0, "Li", "lithium", 3, 1.0, -3.040),
    ion(1, "Na", "sodium", 11, 1.0, -2.71),
    ion(2, "K", "potassium", 19, 1.0, -2.931),
    ion(3, "Mg", "magnesium", 12, 2.0, -2.372),
    ion(4, "Ca", "calcium", 20, 2.0, -2.868),
    ion(5, "Zn", "zinc", 30, 2.0, -0.762),
    ion(6, "Al", "aluminium", 13, 3.0, -1.662),
];

impl Ion {
    /// The ion of a symbol.
    pub fn from_symbol(symbol: &str) -> Option<&'static Ion> {
        IONS.iter().find(|ion| ion.symbol == symbol)
    }

    /// The ion that most likely moves in a composition: of the alkali metals the most abundant one, else of Mg, Ca and
    /// Zn, else Al.
    pub fn of(composition: CompositionRef<'_>) -> Option<&'static Ion> {
        Self::most_likely(|ion| ion.amount(composition))
    }

    /// As [`Ion::of`].
    pub fn of_elements(elements: &Elements) -> Option<&'static Ion> {
        Self::most_likely(|ion| elements.amount(ion.atomic_number))
    }

    fn most_likely(amount: impl Fn(&Ion) -> f64) -> Option<&'static Ion> {
        let most = |ions: &'static [Ion]| {
            let mut best: Option<(&Ion, f64)> = None;
            for ion in ions {
                let amount = amount(ion);
                if amount > best.map_or(0.0, |(_, n)| n) {
                    best = Some((ion, amount));
                }
            }
            best.map(|(ion, _)| ion)
        };
        most(&IONS[..3])
            .or_else(|| most(&IONS[3..6]))
            .or_else(|| most(&IONS[6..]))
    }

    /// Amount of the ion's element in a formula.
    pub fn amount(&self, composition: CompositionRef<'_>) -> f64 {
        let here = composition.atomic_numbers.iter().zip(composition.amounts);
        here.filter(|(z, _)| **z == self.atomic_number)
            .map(|(_, n)| *n)
            .sum()
    }
}
