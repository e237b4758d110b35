//! Reads chemical formulas as people write them.
//!
//! | what | examples |
//! |---|---|
//! | amounts: decimals, fractions, exponents | `Li0.5CoO2`, `LiNi.8Co.2O2`, `Li1/2CoO2`, `Fe1e-3Si` |
//! | groups in brackets, nested | `Ca3(PO4)2`, `K4[Fe(CN)6]`, `{[Co(NH3)6]Cl3}2` |
//! | adducts; a number before one is its own, as in IUPAC's Red Book (2005), IR-4.4.3.5 | `CuSO4·5H2O`, `3CaO*Al2O3`, `LiOH.H2O`, `CaSO4·1/2H2O`, `2H2O` |
//! | charges, at the end of the formula or of an adduct's part | `SO4^2-`, `SO4 2-`, `[Fe(CN)6]4-`, `NH4+`, `Fe3+`, `Fe+3`, `Ca++`, `Fe[3+]` |
//! | typeset text | `Fe₂O₃`, `SO₄²⁻`, `Fe_2O_3`, `$SO_4^{2-}$`, `Fe<sub>2</sub>O<sub>3</sub>`, full-width letters, `½`, blanks as in `LiFePO 4` |
//!
//! Repeated elements are added. D and T are read as hydrogen, and weigh as hydrogen with its natural isotopes.
//!
//! # The dot
//!
//! `·`, `•`, `⋅`, `∙`, `*` always divide an adduct. A plain `.` is a decimal point where digits follow, and divides
//! elsewhere (`LiOH.H2O`), but:
//! - `CuSO4.5H2O` is CuSO4·5H2O, as chemists mean it: the dot divides where a multiplier and H2O, D2O, H2O2, NH3, HCl,
//!   CH3OH or C2H5OH follow it and end the part, unless the digits before the dot are a lone 0 (`Li0.5H2O` is a decimal).
//!   pymatgen reads CuO4.5H2OS there.
//! - `MnO3.0.7LiMnO2` is MnO3·0.7LiMnO2.
//! - `Al2O3.2SiO2` could be either, and is refused: a dot after oxygen, then a number and a part that starts with another
//!   element and has oxygen too. Write `Al2O3·2SiO2` or `Al2O3.2 SiO2`.
//!
//! # Digit and sign
//!
//! `+` or `-` is a charge only where the formula (or an adduct's part) ends after it. A whole number before the sign is
//! - the charge after `^`, after a blank and after a closing bracket: `SO4 2-`, `[Fe(CN)6]4-`, `(SO4)2-`;
//! - the charge, if it is one digit and the part is one element: `Fe3+`, `O2-` (so I3 with one charge is `I3^-`);
//! - an amount, if it is one digit and there are more elements: `NH4+`, `MnO4-` have charge one;
//! - refused as ambiguous, if it has more digits: write `SO4^2-` or `SO4 2-` for `SO42-`, `C10H16^+` for `C10H16+`.
//!
//! A number after the sign is always the charge (`SO4-2`). A multiplier before the formula multiplies the charge.
//!
//! # What is refused
//!
//! Variables (`Li1-xCoO2`, `LaNiO3-δ`), placeholders (`M`, `Ln`), oxidation numbers in brackets (`Fe(III)`), phase labels
//! (`(aq)`), zero amounts and everything else that is not understood, each with its [position](FormulaError).

mod error;
mod grammar;
mod typeset;

pub use error::{FormulaError, FormulaErrorKind};

use crate::{Composition, Compositions};
use grammar::{Fault, Frame, Item, Reader};
use typeset::Plain;

/// Longest formula that is read, bytes.
pub const MAX_LENGTH: usize = 2048;

/// Deepest nesting of brackets that is read.
pub const MAX_DEPTH: usize = 32;

/// Amounts of an element beyond these bounds are refused, atoms a formula unit.
pub const AMOUNTS: std::ops::RangeInclusive<f64> = 1e-9..=1e9;

/// What a formula says.
#[derive(Clone, Debug, PartialEq)]
pub struct ParsedFormula {
    /// The elements and their amounts.
    pub composition: Composition,
    /// Charge of the formula unit, elementary charges.
    pub charge: f64,
}

/// Reads many formulas and keeps its memory between them.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    items: Vec<Item>,
    frames: Vec<Frame>,
    plain: Plain,
    /// Amounts by atomic number while a formula is added up; what is left from the formula before has no meaning.
    sums: Vec<f64>,
}

/// Reads one formula. For many, use a [`Parser`].
///
/// # Errors
///
/// Text that is not a formula, with the position of what is wrong.
pub fn parse(text: &str) -> Result<ParsedFormula, FormulaError> {
    let mut all = Compositions::new();
    let charge = Parser::new().parse_into(text, &mut all)?;
    Ok(ParsedFormula {
        composition: all.get(0).into(),
        charge,
    })
}

/// Whether a text, from a table cell perhaps, is likely a formula: it can be read, and is not a word or a code that could
/// be read as one (`No`, `In`, `C3`). Made for guessing which column holds formulas; [`parse`] is what decides.
pub fn looks_like_formula(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "Am", "As", "At", "Be", "He", "I", "In", "No", "U", "V", "Y", "Yes",
    ];
    let text = text.trim();
    let Ok(parsed) = parse(text) else {
        return false;
    };
    let composition = parsed.composition.as_ref();
    let natural = composition.atomic_numbers.iter().all(|&z| z <= 94);
    let bare = !text.contains(|c: char| c.is_ascii_digit());
    natural
        && !WORDS.contains(&text)
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && (composition.len() > 1 || bare)
}

impl Parser {
    /// A parser without memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a formula, adds its composition to the batch, and gives its charge. Allocates nothing once its memory and
    /// the batch's have grown. After an error the batch is as before.
    ///
    /// # Errors
    ///
    /// Text that is not a formula, with the position of what is wrong.
    pub fn parse_into(
        &mut self,
        text: &str,
        batch: &mut Compositions,
    ) -> Result<f64, FormulaError> {
        if text.len() > MAX_LENGTH {
            return Err(FormulaError::too_long(text));
        }
        let typeset = text.bytes().any(typeset::needs_reading);
        let bytes = if typeset {
            self.plain.read(text)
        } else {
            text.as_bytes()
        };
        let read = Reader::new(bytes, &mut self.items, &mut self.frames)
            .formula()
            .and_then(|charge| self.sum(batch).map(|()| charge));
        read.map_err(|Fault { at, kind }| {
            let byte = if typeset {
                self.plain.offset(at, text.len())
            } else {
                at
            };
            FormulaError::new(text, byte, kind)
        })
    }

    /// Adds up what was read, by atomic number, as the batch's next row.
    fn sum(&mut self, batch: &mut Compositions) -> Result<(), Fault> {
        self.sums.resize(128, 0.0);
        let mut present = 0_u128;
        for item in &self.items {
            let bit = 1 << (item.atomic_number & 127);
            let sum = &mut self.sums[usize::from(item.atomic_number & 127)];
            *sum = if present & bit == 0 {
                item.amount
            } else {
                *sum + item.amount
            };
            present |= bit;
        }
        let start = batch.atomic_numbers.len();
        while present != 0 {
            let atomic_number = present.trailing_zeros() as u8;
            present &= present - 1;
            batch.atomic_numbers.push(atomic_number);
            batch.amounts.push(self.sums[usize::from(atomic_number)]);
        }
        if !batch.amounts[start..]
            .iter()
            .all(|amount| AMOUNTS.contains(amount))
        {
            batch.atomic_numbers.truncate(start);
            batch.amounts.truncate(start);
            return Err(Fault {
                at: 0,
                kind: FormulaErrorKind::AmountOutOfRange,
            });
        }
        batch.end_row();
        Ok(())
    }
}
