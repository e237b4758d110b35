//! Candidates near a candidate, to refine a search around the best.

use super::lattice::Lattice;
use super::random::Random;
use super::{Candidates, Input, Space};
use std::collections::HashSet;

impl Space {
    /// Up to `count` different candidates near `candidate`, all of the space and none the same as it.
    ///
    /// Each changes one input or a few: a range or levels by a normal step of standard deviation `scale` (of the range, at
    /// least one step), reflected at the bounds; a category to another value; a mixture by exchanges of about `scale` of the
    /// total between two parts, also one part in place of another. Fewer come where there are no more. A candidate from
    /// elsewhere is first brought to the space's nearest values.
    pub fn neighbours(&self, candidate: &[f64], count: usize, scale: f64, seed: u64) -> Candidates {
        let mut row = vec![0.0; self.width];
        self.encode(candidate, &mut row);
        let origin = self.decode(&row);
        let bits = |row: &[f64]| -> Vec<u64> { row.iter().map(|v| v.to_bits()).collect() };
        let mut seen: HashSet<Vec<u64>> = HashSet::from([bits(&origin), bits(candidate)]);
        let mut numbers = vec![];
        let inputs = self.inputs.len();
        for number in 0..(count as u64).saturating_mul(10).saturating_add(100) {
            if numbers.len() == count * self.columns.len() {
                break;
            }
            let mut random = Random::new(seed, number);
            let mut near = origin.clone();
            let surely = random.below(inputs as u64) as usize;
            for i in 0..inputs {
                if i == surely || random.below(inputs as u64) == 0 {
                    self.step(i, &mut near, scale, &mut random);
                }
            }
            if self.check(&near).is_ok() && seen.insert(bits(&near)) {
                numbers.extend_from_slice(&near);
            }
        }
        Candidates {
            columns: self.columns.len(),
            numbers,
        }
    }

    fn step(&self, input: usize, candidate: &mut [f64], scale: f64, random: &mut Random) {
        let place = &self.places[input];
        let values = &mut candidate[place.columns.clone()];
        match (&self.inputs[input], &place.lattice) {
            (Input::Range(range), _) => {
                let old = values[0];
                let to = reflected(range.encode(old) + scale * random.normal());
                values[0] = range.decode(to);
                if let (true, Some(step)) = (values[0] == old, range.step) {
                    let up = random.below(2) == 0;
                    values[0] = range.nearest(if up { old + step } else { old - step });
                }
            }
            (Input::Levels(levels), _) => {
                let last = levels.values.len() as f64 - 1.0;
                let moved = (scale * random.normal().abs() * last).round().max(1.0);
                let to = if random.below(2) == 0 {
                    values[0] + moved
                } else {
                    values[0] - moved
                };
                values[0] = to.clamp(0.0, last);
            }
            (Input::Category(category), _) => {
                let others = category.values.len() as u64 - 1;
                let chosen = random.below(others) as f64;
                if others > 0 {
                    values[0] = chosen + f64::from(u8::from(chosen >= values[0]));
                }
            }
            (Input::Mixture(_), Some(lattice)) => {
                let mut units: Vec<i64> = values.iter().map(|&v| lattice.units_of(v)).collect();
                for _ in 0..=random.below(3) {
                    lattice.exchanged(&mut units, scale, random);
                }
                for (value, units) in values.iter_mut().zip(units) {
                    *value = lattice.amount(units);
                }
            }
            (Input::Mixture(_), None) => {}
        }
    }
}

/// Into [0, 1], turned back at the ends.
fn reflected(place: f64) -> f64 {
    let folded = place.rem_euclid(2.0);
    if folded > 1.0 { 2.0 - folded } else { folded }
}

impl Lattice {
    /// Moves something from one part to another; what breaks a bound is for the caller to refuse.
    fn exchanged(&self, amounts: &mut [i64], scale: f64, random: &mut Random) {
        let count = amounts.len();
        let present: Vec<usize> = (0..count).filter(|&i| amounts[i] > 0).collect();
        if present.is_empty() {
            return;
        }
        let from = present[random.below(present.len() as u64) as usize];
        let to = (from + 1 + random.below(count as u64 - 1) as usize) % count;
        match random.below(8) {
            // One part in place of another.
            0 => amounts.swap(from, to),
            // All of it.
            1 => {
                amounts[to] += amounts[from];
                amounts[from] = 0;
            }
            _ => {
                let moved = scale * random.normal().abs() * self.units as f64;
                let moved = (moved.min(1e12) as i64).clamp(1, amounts[from]);
                amounts[to] += moved;
                amounts[from] -= moved;
            }
        }
    }
}
