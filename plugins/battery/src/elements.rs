//! What one pass over a composition finds out.

use matter::{CompositionRef, Element};
use supply::Sums;

/// The amounts of a composition by atomic number, and sums over it. Kept from one candidate to the next: only the
/// entries that were set are cleared, where a new array would cost more than all the chemistry that follows.
#[derive(Clone, Debug)]
pub struct Elements {
    /// As long as there are bytes, so that no look-up needs a check.
    amounts: [f64; 256],
    /// The elements, a bit for each atomic number: below 64, and above.
    set: [u64; 2],
    /// Molar mass of the formula, g/mol.
    pub mass: f64,
    /// What the cost and the supply are reckoned from.
    pub supply: Sums,
}

impl Default for Elements {
    fn default() -> Self {
        Self {
            amounts: [0.0; 256],
            set: [0; 2],
            mass: 0.0,
            supply: Sums::default(),
        }
    }
}

impl Elements {
    /// Forgets the composition before and reads this one.
    ///
    /// # Errors
    ///
    /// Why the amounts cannot be reckoned with.
    #[inline]
    pub fn read(&mut self, composition: CompositionRef<'_>) -> Result<(), &'static str> {
        self.clear();
        let (mut total, mut mass, mut supply) = (0.0, 0.0, Sums::default());
        let (mut low, mut high, mut plain) = (0, 0, true);
        // One way through the loop: in a sandbox every further one is counted and looked at by the clock.
        for (&z, &amount) in composition.atomic_numbers.iter().zip(composition.amounts) {
            let element = Element::new(z);
            plain &= element.is_some() & (amount > 0.0);
            let element = element.unwrap_or(Element::H);
            self.amounts[usize::from(element.atomic_number())] = amount;
            let bit = 1 << (z % 64);
            low |= if z < 64 { bit } else { 0 };
            high |= if z < 64 { 0 } else { bit };
            total += amount;
            mass += amount * element.atomic_weight();
            supply.add(element, amount);
        }
        (self.set, self.mass, self.supply) = ([low, high], mass, supply);
        if plain && 0.0 < total && total < f64::INFINITY {
            Ok(())
        } else {
            self.read_others(composition)
        }
    }

    /// As [`Elements::read`], of no elements, others than there are, or amounts that are not positive.
    #[cold]
    fn read_others(&mut self, composition: CompositionRef<'_>) -> Result<(), &'static str> {
        *self = Self::default();
        let total = composition.total_atoms();
        if !(total.is_finite() && total > 0.0) {
            return Err("no composition");
        }
        if composition.amounts.iter().any(|amount| *amount < 0.0) {
            return Err("amounts must be positive");
        }
        for (element, amount) in composition.iter() {
            let z = element.atomic_number();
            self.amounts[usize::from(z)] = amount;
            self.set[usize::from(z >= 64)] |= 1 << (z % 64);
            self.mass += amount * element.atomic_weight();
            if amount > 0.0 {
                self.supply.add(element, amount);
            }
        }
        Ok(())
    }

    fn clear(&mut self) {
        for (first, mut set) in [(0, self.set[0]), (64, self.set[1])] {
            while set != 0 {
                self.amounts[first + set.trailing_zeros() as usize] = 0.0;
                set &= set - 1;
            }
        }
    }

    /// The amount of an element, 0 where it is not there.
    pub fn amount(&self, atomic_number: u8) -> f64 {
        self.amounts[usize::from(atomic_number)]
    }

    /// The elements, a bit for each atomic number.
    pub fn set(&self) -> u128 {
        u128::from(self.set[0]) | u128::from(self.set[1]) << 64
    }
}
