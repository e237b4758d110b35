//! Compositions: one of its own, a view of one, and a batch of them in compressed sparse rows.

use crate::Element;
use std::fmt;

/// Why amounts of elements are not a composition.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum CompositionError {
    /// Atomic numbers and amounts differ in number.
    Lengths,
    /// An atomic number outside 1 to 118, or not above the one before it.
    AtomicNumber(u8),
    /// An amount that is not a positive finite number.
    Amount(f64),
    /// Offsets that do not start at 0, descend, or do not end at the number of entries.
    Offsets,
}

impl fmt::Display for CompositionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lengths => f.write_str("as many amounts as atomic numbers are needed"),
            Self::AtomicNumber(z) => write!(
                f,
                "atomic number {z} is not an element, or out of ascending order"
            ),
            Self::Amount(x) => write!(f, "amount {x} is not a positive finite number"),
            Self::Offsets => f.write_str("offsets must ascend from 0 to the number of entries"),
        }
    }
}

impl std::error::Error for CompositionError {}

/// A composition of its own: elements in the order of their atomic numbers, amounts in atoms, positive.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Composition {
    atomic_numbers: Vec<u8>,
    amounts: Vec<f64>,
}

/// A view of a composition, cheap to copy. Atomic numbers ascend within 1 to 118, amounts are positive, in atoms.
///
/// Views from this crate keep that; [`CompositionRef::new`] checks slices from elsewhere. No method panics on a view
/// that breaks it, but its answers mean nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CompositionRef<'a> {
    /// Atomic numbers, ascending.
    pub atomic_numbers: &'a [u8],
    /// The amount of each, atoms a formula unit.
    pub amounts: &'a [f64],
}

/// Many compositions in compressed sparse rows: row `i` is entries `offsets[i]..offsets[i + 1]` of the other two.
#[derive(Clone, Debug, PartialEq)]
pub struct Compositions {
    pub(crate) offsets: Vec<u32>,
    pub(crate) atomic_numbers: Vec<u8>,
    pub(crate) amounts: Vec<f64>,
}

impl Composition {
    /// From elements and amounts in any order; amounts of a repeated element are added.
    ///
    /// # Errors
    ///
    /// An amount that is not a positive finite number.
    pub fn from_amounts(
        parts: impl IntoIterator<Item = (Element, f64)>,
    ) -> Result<Self, CompositionError> {
        let mut sums = [0.0; Element::COUNT];
        for (element, amount) in parts {
            sums[element.index()] += amount;
            if !(amount > 0.0 && sums[element.index()].is_finite()) {
                return Err(CompositionError::Amount(amount));
            }
        }
        let mut all = Self::default();
        for (element, amount) in Element::all().zip(sums).filter(|part| part.1 > 0.0) {
            all.push(element, amount);
        }
        Ok(all)
    }

    /// A view of it.
    pub fn as_ref(&self) -> CompositionRef<'_> {
        CompositionRef {
            atomic_numbers: &self.atomic_numbers,
            amounts: &self.amounts,
        }
    }

    pub(crate) fn push(&mut self, element: Element, amount: f64) {
        self.atomic_numbers.push(element.atomic_number());
        self.amounts.push(amount);
    }
}

impl From<CompositionRef<'_>> for Composition {
    fn from(view: CompositionRef<'_>) -> Self {
        Self {
            atomic_numbers: view.atomic_numbers.to_vec(),
            amounts: view.amounts.to_vec(),
        }
    }
}

impl<'a> CompositionRef<'a> {
    /// A view of slices from elsewhere.
    ///
    /// # Errors
    ///
    /// Lengths that differ, atomic numbers that do not ascend within 1 to 118, amounts not positive and finite.
    pub fn new(atomic_numbers: &'a [u8], amounts: &'a [f64]) -> Result<Self, CompositionError> {
        if atomic_numbers.len() != amounts.len() {
            return Err(CompositionError::Lengths);
        }
        let mut last = 0;
        for &z in atomic_numbers {
            if z <= last || Element::new(z).is_none() {
                return Err(CompositionError::AtomicNumber(z));
            }
            last = z;
        }
        match amounts.iter().find(|x| !(x.is_finite() && **x > 0.0)) {
            Some(&amount) => Err(CompositionError::Amount(amount)),
            None => Ok(Self {
                atomic_numbers,
                amounts,
            }),
        }
    }

    /// Elements and amounts, by ascending atomic number.
    pub fn iter(self) -> impl Iterator<Item = (Element, f64)> + 'a {
        self.atomic_numbers
            .iter()
            .zip(self.amounts)
            .filter_map(|(&z, &amount)| Some((Element::new(z)?, amount)))
    }

    /// The number of different elements.
    pub fn len(self) -> usize {
        self.atomic_numbers.len()
    }

    /// Whether there is no element.
    pub fn is_empty(self) -> bool {
        self.atomic_numbers.is_empty()
    }

    /// The amount of an element, atoms a formula unit; 0 where it is not there.
    pub fn amount(self, element: Element) -> f64 {
        self.iter()
            .find(|part| part.0 == element)
            .map_or(0.0, |part| part.1)
    }

    /// Whether the element is there.
    pub fn contains(self, element: Element) -> bool {
        self.atomic_numbers.contains(&element.atomic_number())
    }

    /// Atoms a formula unit.
    pub fn total_atoms(self) -> f64 {
        self.amounts.iter().sum()
    }

    /// Molar mass of the formula unit, g/mol, with natural isotopes.
    pub fn mass(self) -> f64 {
        self.iter()
            .map(|(element, amount)| amount * element.atomic_weight())
            .sum()
    }

    /// The element's share of the mass, 0 to 1; NaN for an empty composition.
    pub fn mass_fraction(self, element: Element) -> f64 {
        self.amount(element) * element.atomic_weight() / self.mass()
    }

    /// The element's share of the atoms, 0 to 1; NaN for an empty composition.
    pub fn atomic_fraction(self, element: Element) -> f64 {
        self.amount(element) / self.total_atoms()
    }

    /// Whether elements are the same and atomic fractions agree to 1e-6: `LiCoO2` and `Li2Co2O4` do.
    pub fn approx_eq(self, other: CompositionRef<'_>) -> bool {
        let (total, other_total) = (self.total_atoms(), other.total_atoms());
        self.atomic_numbers == other.atomic_numbers
            && self.amounts.len() == other.amounts.len()
            && self
                .amounts
                .iter()
                .zip(other.amounts)
                .all(|(a, b)| (a / total - b / other_total).abs() <= 1e-6)
    }

    /// A key for look-up, the same on every machine: equal for the same atomic fractions, whatever the formula unit.
    ///
    /// Fractions are cut into steps of 1e-6, so that rounding errors of arithmetic do not matter. Cuts lie at golden
    /// sections between multiples of 1e-6, which quotients of small whole numbers stay farthest from. Two compositions
    /// within 1e-6 of each other can still fall on two sides of a cut, and different ones can share a key: compare with
    /// [`approx_eq`](Self::approx_eq) after look-up.
    pub fn fingerprint(self) -> u64 {
        const GOLDEN_SECTION: f64 = 0.381_966_011_250_105;
        let total = self.total_atoms();
        let mut key = 0x9e37_79b9_7f4a_7c15_u64;
        for (&z, &amount) in self.atomic_numbers.iter().zip(self.amounts) {
            // At most 1e6 + 1: the cast is exact, and NaN becomes 0.
            let step = (amount / total * 1e6 + GOLDEN_SECTION) as u64;
            key = mixed(key ^ (u64::from(z) << 32 | step));
        }
        key
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2714064.2660195).
fn mixed(key: u64) -> u64 {
    let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ (key >> 31)
}

impl Default for Compositions {
    fn default() -> Self {
        Self::new()
    }
}

impl Compositions {
    /// None yet.
    pub fn new() -> Self {
        Self {
            offsets: vec![0],
            atomic_numbers: Vec::new(),
            amounts: Vec::new(),
        }
    }

    /// None yet, with room for `rows` compositions of four elements.
    pub fn with_capacity(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self {
            offsets,
            atomic_numbers: Vec::with_capacity(4 * rows),
            amounts: Vec::with_capacity(4 * rows),
        }
    }

    /// From compressed sparse rows made elsewhere; a row may be empty.
    ///
    /// # Errors
    ///
    /// Offsets that do not ascend from 0 to the number of entries, or a row that is no composition.
    pub fn from_parts(
        offsets: Vec<u32>,
        atomic_numbers: Vec<u8>,
        amounts: Vec<f64>,
    ) -> Result<Self, CompositionError> {
        let ends = (
            offsets.first().copied(),
            offsets.last().map(|&end| end as usize),
        );
        if ends != (Some(0), Some(atomic_numbers.len())) || !offsets.is_sorted() {
            return Err(CompositionError::Offsets);
        }
        if atomic_numbers.len() != amounts.len() {
            return Err(CompositionError::Lengths);
        }
        let all = Self {
            offsets,
            atomic_numbers,
            amounts,
        };
        for row in all.iter() {
            CompositionRef::new(row.atomic_numbers, row.amounts)?;
        }
        Ok(all)
    }

    /// The number of compositions.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets all, and keeps the memory.
    pub fn clear(&mut self) {
        self.offsets.truncate(1);
        self.atomic_numbers.clear();
        self.amounts.clear();
    }

    /// Composition `row`.
    ///
    /// # Panics
    ///
    /// If there are not that many, as a slice does.
    pub fn get(&self, row: usize) -> CompositionRef<'_> {
        let entries = self.offsets[row] as usize..self.offsets[row + 1] as usize;
        CompositionRef {
            atomic_numbers: &self.atomic_numbers[entries.clone()],
            amounts: &self.amounts[entries],
        }
    }

    /// All compositions in order.
    pub fn iter(&self) -> impl Iterator<Item = CompositionRef<'_>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Adds a composition.
    pub fn push(&mut self, composition: CompositionRef<'_>) {
        let entries = composition
            .atomic_numbers
            .len()
            .min(composition.amounts.len());
        self.atomic_numbers
            .extend_from_slice(&composition.atomic_numbers[..entries]);
        self.amounts
            .extend_from_slice(&composition.amounts[..entries]);
        self.end_row();
    }

    /// Ends the row that was pushed entry by entry.
    pub(crate) fn end_row(&mut self) {
        // 2^32 entries are 38 GB of amounts; a batch that size is split long before.
        self.offsets.push(self.atomic_numbers.len() as u32);
    }

    /// Where rows start: one more than there are compositions, from 0 to the number of entries.
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    /// The atomic number of every entry.
    pub fn atomic_numbers(&self) -> &[u8] {
        &self.atomic_numbers
    }

    /// The amount of every entry, atoms a formula unit.
    pub fn amounts(&self) -> &[f64] {
        &self.amounts
    }
}
