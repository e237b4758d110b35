//! The ways to write a composition: reduced, anonymous, in Hill's and in IUPAC's order.

use crate::{Composition, CompositionRef, Element};
use std::fmt::Write;

/// Largest whole number that amounts are multiplied by in search of a formula of whole numbers.
const LARGEST_MULTIPLE: u32 = 1000;

/// How far from a whole number, relative to it, an amount may be and still be taken for it.
const WHOLE: f64 = 1e-8;

/// Difference in Pauling electronegativity below which the last two elements of a formula are written as a polyanion,
/// as pymatgen does.
const POLYANION: f64 = 1.65;

impl CompositionRef<'_> {
    /// The smallest formula unit of whole numbers of atoms, the same for all multiples of a composition: Li0.5CoO2
    /// becomes LiCo2O4. Where no multiple up to 1000 atoms of the rarest element is whole, amounts are atomic fractions.
    pub fn reduced(self) -> Composition {
        let least = self.amounts.iter().copied().fold(f64::INFINITY, f64::min);
        let ratios = || self.amounts.iter().map(move |x| x / least);
        let whole = (1..=LARGEST_MULTIPLE).map(f64::from).find(|multiple| {
            ratios().all(|ratio| {
                (ratio * multiple - (ratio * multiple).round()).abs() <= WHOLE * ratio * multiple
            })
        });
        let total = self.total_atoms();
        let mut all = Composition::default();
        for (element, amount) in self.iter() {
            all.push(
                element,
                whole.map_or(amount / total, |multiple| {
                    (amount / least * multiple).round()
                }),
            );
        }
        all
    }

    /// The formula with amounts as they are, elements by rising Pauling electronegativity: `Li0.5CoO2`.
    pub fn formula(self) -> String {
        let mut text = String::new();
        for (element, amount) in by_electronegativity(self) {
            write_part(&mut text, element.symbol(), amount);
        }
        text
    }

    /// The [reduced](Self::reduced) formula, elements by rising Pauling electronegativity, a polyanion in brackets where
    /// its amounts have a common divisor: `LiFePO4`, `Ca3(PO4)2`.
    pub fn reduced_formula(self) -> String {
        let reduced = self.reduced();
        write_with_polyanion(&by_electronegativity(reduced.as_ref()))
    }

    /// The [reduced](Self::reduced) formula in the order of IUPAC's Red Book (2005), Table VI: down the groups from
    /// noble gases and alkali metals to halogens, hydrogen between nitrogen and the chalcogens. Polyanions as in
    /// [`reduced_formula`](Self::reduced_formula).
    pub fn iupac_formula(self) -> String {
        let reduced = self.reduced();
        let mut parts = by_electronegativity(reduced.as_ref());
        let anion = polyanion(&parts);
        let free = parts.len() - if anion > 1 { 2 } else { 0 };
        let order = |part: &(Element, f64)| IUPAC_RANK[part.0.index()];
        parts[..free].sort_by_key(order);
        parts[free..].sort_by_key(order);
        write_parts(&parts, free, anion)
    }

    /// The [reduced](Self::reduced) formula in Hill's order: carbon, hydrogen, then the alphabet; without carbon all by
    /// the alphabet (Hill 1900, doi:10.1021/ja02046a005).
    pub fn hill_formula(self) -> String {
        let reduced = self.reduced();
        let carbon = self.contains(Element::C);
        let mut parts: Vec<_> = reduced.as_ref().iter().collect();
        parts.sort_by_key(|(element, _)| match *element {
            Element::C => (0, ""),
            Element::H if carbon => (1, ""),
            other => (2, other.symbol()),
        });
        write_parts(&parts, parts.len(), 1)
    }

    /// The prototype of the [reduced](Self::reduced) formula: letters in the order of rising amounts, `ABC3` for every
    /// perovskite. After Z come AA, AB, ...
    pub fn anonymous_formula(self) -> String {
        let reduced = self.reduced();
        let mut amounts = reduced.as_ref().amounts.to_vec();
        amounts.sort_by(f64::total_cmp);
        let mut text = String::new();
        for (index, amount) in amounts.into_iter().enumerate() {
            let letter = |i: usize| char::from(b'A' + (i % 26) as u8);
            let mut name = String::new();
            if index >= 26 {
                name.push(letter(index / 26 - 1));
            }
            name.push(letter(index));
            write_part(&mut text, &name, amount);
        }
        text
    }
}

/// Pauling's electronegativity for ordering only. Lanthanides and actinides without a value get the usual one of their
/// row, so that EuTiO3 is not written TiO3Eu; noble gases and elements beyond come last.
fn electronegativity(element: Element) -> f64 {
    element
        .data()
        .en_pauling
        .unwrap_or(match element.atomic_number() {
            57..=71 => 1.2,
            89..=103 => 1.3,
            _ => f64::INFINITY,
        })
}

fn by_electronegativity(composition: CompositionRef<'_>) -> Vec<(Element, f64)> {
    let mut parts: Vec<_> = composition.iter().collect();
    parts.sort_by(|(a, _), (b, _)| {
        electronegativity(*a)
            .total_cmp(&electronegativity(*b))
            .then_with(|| a.symbol().cmp(b.symbol()))
    });
    parts
}

/// How many polyanions the last two of three or more elements make; 1 where they make none.
fn polyanion(parts: &[(Element, f64)]) -> u64 {
    match parts {
        [_, .., (a, x), (b, y)] if electronegativity(*b) - electronegativity(*a) < POLYANION => {
            divisor(*x, *y)
        }
        _ => 1,
    }
}

/// The greatest common divisor of two whole amounts; 1 for others.
fn divisor(a: f64, b: f64) -> u64 {
    if a.fract() != 0.0 || b.fract() != 0.0 || a.max(b) > 1e15 {
        return 1;
    }
    let (mut a, mut b) = (a as u64, b as u64);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

fn write_with_polyanion(parts: &[(Element, f64)]) -> String {
    let anion = polyanion(parts);
    let free = parts.len() - if anion > 1 { 2 } else { 0 };
    write_parts(parts, free, anion)
}

/// Writes parts, those from `free` on in brackets as `anion` polyanions.
fn write_parts(parts: &[(Element, f64)], free: usize, anion: u64) -> String {
    let mut text = String::new();
    for (element, amount) in &parts[..free] {
        write_part(&mut text, element.symbol(), *amount);
    }
    if anion > 1 {
        let mut unit = String::from("(");
        for (element, amount) in &parts[free..] {
            write_part(&mut unit, element.symbol(), amount / anion as f64);
        }
        unit.push(')');
        write_part(&mut text, &unit, anion as f64);
    }
    text
}

/// Symbol and amount, 1 left out, others with up to eight decimals.
fn write_part(text: &mut String, symbol: &str, amount: f64) {
    text.push_str(symbol);
    let rounded = (amount * 1e8).round() / 1e8;
    if rounded != 1.0 {
        // Writing to a String cannot fail. Amounts below the eighth decimal are written in full.
        let _ = if rounded == 0.0 {
            write!(text, "{amount:e}")
        } else {
            write!(text, "{rounded}")
        };
    }
}

/// Atomic numbers in the order of Table VI of the Red Book (IUPAC Recommendations 2005, ISBN 0-85404-438-8), from the
/// last element of the sequence to the first; elements 113 to 118 join their groups.
const IUPAC_ORDER: [u8; 118] = iupac_order();

const IUPAC_RANK: [u8; 118] = {
    let mut rank = [0; 118];
    let mut place = 0;
    while place < 118 {
        rank[IUPAC_ORDER[place] as usize - 1] = place as u8;
        place += 1;
    }
    rank
};

const fn iupac_order() -> [u8; 118] {
    let columns: [&[u8]; 21] = [
        &[118, 86, 54, 36, 18, 10, 2],
        &[87, 55, 37, 19, 11, 3],
        &[88, 56, 38, 20, 12, 4],
        &[
            103, 102, 101, 100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 90, 89,
        ],
        &[71, 70, 69, 68, 67, 66, 65, 64, 63, 62, 61, 60, 59, 58, 57],
        &[39, 21],
        &[104, 72, 40, 22],
        &[105, 73, 41, 23],
        &[106, 74, 42, 24],
        &[107, 75, 43, 25],
        &[108, 76, 44, 26],
        &[109, 77, 45, 27],
        &[110, 78, 46, 28],
        &[111, 79, 47, 29],
        &[112, 80, 48, 30],
        &[113, 81, 49, 31, 13, 5],
        &[114, 82, 50, 32, 14, 6],
        &[115, 83, 51, 33, 15, 7],
        &[1],
        &[116, 84, 52, 34, 16, 8],
        &[117, 85, 53, 35, 17, 9],
    ];
    let mut order = [0; 118];
    let (mut column, mut place) = (0, 0);
    while column < columns.len() {
        let mut row = 0;
        while row < columns[column].len() {
            order[place] = columns[column][row];
            place += 1;
            row += 1;
        }
        column += 1;
    }
    order
}
