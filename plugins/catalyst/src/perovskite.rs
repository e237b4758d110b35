//! ABX3 perovskites: which ions sit where, tolerance factors, tabulated stability.
//!
//! Charges and sites follow C. J. Bartel et al., Sci. Adv. 5, eaav0693 (2019): of the charges that have a Shannon radius
//! and balance, the ones that electronegativities suggest; the larger cation on A. The engine's descriptors of ABX3
//! compounds go by the statistics of oxidation states instead, and need not agree on every compound.

use crate::tables;
use matter::CompositionRef;

/// Anions and their charges, as negative numbers.
const ANIONS: [(u8, i8); 8] = [
    (7, -3),
    (8, -2),
    (9, -1),
    (16, -2),
    (17, -1),
    (34, -2),
    (35, -1),
    (53, -1),
];
/// H, Li, Na, K, Rb, Cs, Fr, Ag; then Be, Mg, Ca, Sr, Ba, Ra.
const ALWAYS_ONE: [u8; 8] = [1, 3, 11, 19, 37, 55, 87, 47];
const ALWAYS_TWO: [u8; 6] = [4, 12, 20, 38, 56, 88];
/// Amounts in a cell of five atoms count as whole within this.
const WHOLE: f64 = 5e-3;

/// The composition of an ABX3 compound: two cations, and three anions that may be of several elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Abx3 {
    cations: [u8; 2],
    /// Atoms in the cell, in the order of [`ANIONS`].
    anions: [f64; 8],
}

/// The ions on their sites.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sites {
    /// Atomic number of the ion on A.
    pub a: u8,
    /// Atomic number of the ion on B.
    pub b: u8,
    /// Charge of A.
    pub charge_a: i8,
    /// Charge of B.
    pub charge_b: i8,
    /// Å, for the tabulated coordination number nearest to 12.
    pub radius_a: f64,
    /// Å, for the tabulated coordination number nearest to 6.
    pub radius_b: f64,
    /// Å, mean over the anions, coordination number nearest to 6.
    pub radius_x: f64,
}

impl Abx3 {
    /// Reads a composition as ABX3.
    ///
    /// # Errors
    ///
    /// Why it is none.
    pub fn of(composition: CompositionRef) -> Result<Self, &'static str> {
        let total = composition.total_atoms();
        let per_cell = |amount: f64| 5.0 * amount / total;
        let position = |z: u8| ANIONS.iter().position(|(anion, _)| *anion == z);
        let is_three = |x: f64| (x - 3.0).abs() < WHOLE;
        let capable = || {
            composition
                .iter()
                .filter(|(e, _)| position(e.atomic_number()).is_some())
        };
        let all: f64 = capable().map(|(_, amount)| per_cell(amount)).sum();
        // In AgBrO3 bromine is a cation: then one element alone makes up X.
        let only = if is_three(all) {
            None
        } else {
            capable()
                .find(|(_, n)| is_three(per_cell(*n)))
                .map(|(e, _)| e)
        };
        if !is_three(all) && only.is_none() {
            return Err("not ABX3");
        }
        let (mut cations, mut count, mut anions) = ([0; 2], 0.0, [0.0; 8]);
        for (element, amount) in composition.iter().filter(|(_, amount)| *amount > 0.0) {
            let (z, amount) = (element.atomic_number(), per_cell(amount));
            match position(z) {
                Some(k) if only.is_none_or(|anion| anion == element) => anions[k] = amount,
                _ if (amount - 1.0).abs() < WHOLE && count < 2.0 => {
                    cations[if count == 0.0 { 0 } else { 1 }] = z;
                    count += 1.0;
                }
                _ if (amount - 2.0).abs() < WHOLE && count == 0.0 => {
                    cations = [z; 2];
                    count = 2.0;
                }
                _ => return Err("not ABX3 with two cations: shared sites are not handled"),
            }
        }
        if count == 2.0 {
            Ok(Self { cations, anions })
        } else {
            Err("not ABX3")
        }
    }

    /// Whether the anions are among those of Castelli's table: N, O, F and S.
    pub fn anions_in_table(&self) -> bool {
        self.anions[4..].iter().all(|amount| *amount <= 0.0)
    }

    /// Castelli's energy over competing phases, eV/atom.
    pub fn energy(&self) -> Option<f64> {
        let amount = |k: usize| {
            let rounded = libm::round(self.anions[k]);
            ((self.anions[k] - rounded).abs() < WHOLE).then_some(rounded as u8)
        };
        if !self.anions_in_table() {
            return None;
        }
        tables::perovskite_energy(
            self.cations,
            [amount(1)?, amount(0)?, amount(3)?, amount(2)?],
        )
    }

    /// The single anion element, by atomic number.
    pub fn anion(&self) -> Option<u8> {
        let mut present = self
            .anions
            .iter()
            .zip(ANIONS)
            .filter(|(amount, _)| **amount > 0.0);
        match (present.next(), present.next()) {
            (Some((_, (z, _))), None) => Some(z),
            _ => None,
        }
    }

    /// Puts the ions on their sites.
    ///
    /// # Errors
    ///
    /// Why that cannot be done.
    pub fn sites(&self) -> Result<Sites, &'static str> {
        let [first, second] = self.cations;
        if first == second {
            return Err("one cation on both sites: a tolerance factor has no meaning");
        }
        let charge: f64 = self
            .anions
            .iter()
            .zip(ANIONS)
            .map(|(n, (_, q))| -n * f64::from(q))
            .sum();
        let whole = libm::round(charge);
        if (charge - whole).abs() > 0.05 {
            return Err("the charge of the anions is not a whole number");
        }
        let (p, q) = self.charges(whole as i8)?;
        let radius_x = self
            .anions
            .iter()
            .zip(ANIONS)
            .filter(|(n, _)| **n > 0.0)
            .try_fold(0.0, |sum, (n, (z, charge))| {
                Some(sum + n / 3.0 * nearest(z, charge, 6)?)
            });
        let radii = |z, charge| Some((nearest(z, charge, 12)?, nearest(z, charge, 6)?));
        let (Some(one), Some(two), Some(radius_x)) = (radii(first, p), radii(second, q), radius_x)
        else {
            return Err("no Shannon radius for an ion");
        };
        let (a, b, charge_a, charge_b, radius_a, radius_b) = if first_on_a(one, two, p < q) {
            (first, second, p, q, one.0, two.1)
        } else {
            (second, first, q, p, two.0, one.1)
        };
        Ok(Sites {
            a,
            b,
            charge_a,
            charge_b,
            radius_a,
            radius_b,
            radius_x,
        })
    }

    /// The charges of the two cations, which together balance `total`.
    fn charges(&self, total: i8) -> Result<(i8, i8), &'static str> {
        let [first, second] = self.cations;
        let balanced = || {
            states(first)
                .flat_map(|p| states(second).map(move |q| (p, q)))
                .filter(|(p, q)| p + q == total)
        };
        let count = balanced().count();
        let Some(only) = balanced().next() else {
            return Err("no charges with a Shannon radius balance");
        };
        if count == 1 {
            return Ok(only);
        }
        let oxide_like = self
            .anions
            .iter()
            .zip(ANIONS)
            .all(|(n, (_, q))| *n == 0.0 || q == -2);
        let three = |z: u8| matches!(z, 21 | 39 | 57 | 13 | 31 | 49 | 59..=71);
        if oxide_like && (three(first) || three(second)) && balanced().any(|pair| pair == (3, 3)) {
            return Ok((3, 3));
        }
        let (chi, psi) = (
            tables::constants(first).pauling,
            tables::constants(second).pauling,
        );
        if chi.is_nan() || psi.is_nan() {
            return Err("several charges balance, and an electronegativity is not known");
        }
        // Like electronegativities share the charge evenly, unlike ones as unevenly as can be; of a mirrored pair, the more
        // electropositive ion takes the higher charge.
        let alike = chi.min(psi) > 0.9 * chi.max(psi);
        let mirrored = count == 2
            && balanced().all(|(p, q)| p != q && balanced().any(|other| other == (q, p)));
        let difference = |(p, q): (i8, i8)| (p - q).abs();
        let best = if mirrored || !alike {
            balanced().map(difference).max()
        } else {
            balanced().map(difference).min()
        };
        let mut candidates = balanced().filter(|pair| Some(difference(*pair)) == best);
        match (candidates.next(), candidates.next()) {
            (Some(pair), None) => Ok(pair),
            (Some((p, q)), _) => Ok(if chi <= psi {
                (p.max(q), p.min(q))
            } else {
                (p.min(q), p.max(q))
            }),
            _ => Err("no charges with a Shannon radius balance"),
        }
    }
}

fn states(z: u8) -> impl Iterator<Item = i8> {
    let only = match z {
        z if ALWAYS_ONE.contains(&z) => Some(1),
        z if ALWAYS_TWO.contains(&z) => Some(2),
        _ => None,
    };
    tables::cation_states(z).filter(move |state| only.is_none_or(|only| only == *state))
}

/// The radius for the tabulated coordination number nearest to `wanted`, the lower one of two equally near, Å.
fn nearest(z: u8, charge: i8, wanted: u8) -> Option<f64> {
    tables::radii(z, charge)
        .min_by_key(|(n, _)| n.abs_diff(wanted))
        .map(|(_, radius)| radius)
}

/// Whether the first of two ions, each with its radii on A and on B, belongs on A.
fn first_on_a(one: (f64, f64), two: (f64, f64), lower_charge: bool) -> bool {
    if one.0 > two.1 && one.1 > two.0 {
        return true;
    }
    if one.0 < two.1 && one.1 < two.0 {
        return false;
    }
    match (one.0.total_cmp(&two.0), one.1.total_cmp(&two.1)) {
        (on_a, on_b) if on_a == on_b && on_a.is_ne() => on_a.is_gt(),
        (_, on_b) if on_b.is_ne() => on_b.is_gt(),
        (on_a, _) if on_a.is_ne() => on_a.is_gt(),
        _ => lower_charge,
    }
}

impl Sites {
    /// Goldschmidt's tolerance factor, t = (rA + rX) / (√2 (rB + rX)).
    pub fn goldschmidt(&self) -> f64 {
        (self.radius_a + self.radius_x)
            / (core::f64::consts::SQRT_2 * (self.radius_b + self.radius_x))
    }

    /// The octahedral factor, μ = rB / rX.
    pub fn octahedral(&self) -> f64 {
        self.radius_b / self.radius_x
    }

    /// Bartel's tolerance factor, τ = rX/rB − nA (nA − (rA/rB) / ln(rA/rB)); `None` unless A is the larger ion.
    pub fn bartel(&self) -> Option<f64> {
        let ratio = self.radius_a / self.radius_b;
        let charge = f64::from(self.charge_a);
        (ratio > 1.0)
            .then(|| self.radius_x / self.radius_b - charge * (charge - ratio / libm::log(ratio)))
    }
}
