//! Candidates of a space, evenly spread.

use super::lattice::Lattice;
use super::random::Random;
use super::{Candidates, Input, Space, SpaceError};
use crate::sobol::Sobol;
use std::collections::HashSet;

/// A discrete space of up to so many candidates is listed when candidates are drawn from it.
const LISTED: usize = 50_000;

impl Space {
    /// `count` different candidates that satisfy the constraints, fewer where the space has no more or few satisfy them;
    /// refused where none was found. The same seed gives the same candidates, and more of them begin with the same ones
    /// unless a small discrete space is given out whole.
    ///
    /// Ranges, categories and levels follow Sobol's sequence, scrambled by the seed. Mixtures are uniform within their
    /// bounds: of a plain one three quarters within, by Sobol's sequence too, and a quarter with each part absent by even chance;
    /// where it matters which parts are there, every possible set of them is equally likely, and amounts follow by random
    /// exchanges of two parts (R. L. Smith 1984, doi:10.1287/opre.32.6.1296; A. Smith 2014, doi:10.1214/12-AAP909).
    pub fn sample(&self, count: usize, seed: u64) -> Result<Candidates, SpaceError> {
        let columns = self.columns.len();
        let mut kept: Vec<f64> = vec![];
        let mut seen: HashSet<Vec<u64>> = HashSet::new();
        if let Some(all) = self.enumerate(LISTED.min(count.saturating_mul(4)))
            && all.len() <= count
        {
            return self.some(all, "no candidate of the space".into());
        }
        let dimensions: usize = self.draws().sum();
        let sobol = Sobol::scrambled(dimensions, seed).ok();
        let mut tried = 0u64;
        let most = (count as u64).saturating_mul(20).saturating_add(20_000);
        while kept.len() < count * columns && tried < most {
            let block = count.clamp(64, 4096);
            let mut numbers = Vec::with_capacity(block * columns);
            let mut draws = vec![0.0; dimensions];
            for number in tried..tried + block as u64 {
                let mut random = Random::new(seed, number);
                match &sobol {
                    Some(sobol) => sobol.point(number, &mut draws),
                    None => draws.fill_with(|| random.unit()),
                }
                self.place(&draws, &mut random, &mut numbers);
            }
            tried += block as u64;
            self.retain_allowed(&mut numbers);
            for row in numbers.chunks_exact(columns) {
                let bits = row.iter().map(|value| value.to_bits()).collect();
                if kept.len() < count * columns && seen.insert(bits) {
                    kept.extend_from_slice(row);
                }
            }
        }
        let found = Candidates {
            columns,
            numbers: kept,
        };
        self.some(found, format!("none of {tried} candidates tried"))
    }

    fn some(&self, found: Candidates, none: String) -> Result<Candidates, SpaceError> {
        if found.is_empty() && !self.constraints.is_empty() {
            let all: Vec<String> = self.constraints.iter().map(ToString::to_string).collect();
            return Err(SpaceError::of_space(
                format!("{none} satisfies the constraints ({})", all.join("; ")),
                "loosen the constraints, or narrow the inputs to where they hold",
            ));
        }
        Ok(found)
    }

    /// How many coordinates of Sobol's sequence each input takes.
    fn draws(&self) -> impl Iterator<Item = usize> + '_ {
        self.places.iter().map(|place| match &place.lattice {
            Some(lattice) if lattice.is_simplex() => lattice.len(),
            Some(_) => 0,
            None => 1,
        })
    }

    /// The candidate at a point of the unit cube.
    fn place(&self, draws: &[f64], random: &mut Random, numbers: &mut Vec<f64>) {
        let mut left = draws;
        for ((input, place), taken) in self.inputs.iter().zip(&self.places).zip(self.draws()) {
            let (mine, rest) = left.split_at(taken);
            left = rest;
            let one_of = |count: usize| (mine[0] * count as f64).floor().min(count as f64 - 1.0);
            match (input, &place.lattice) {
                (Input::Range(range), _) => numbers.push(match range.last_step() {
                    // Steps are equally likely, those of a logarithmic scale by their room.
                    Some(last) if !range.log => range.at_step(one_of(last as usize + 1) as u64),
                    _ => range.decode(mine[0]),
                }),
                (Input::Category(category), _) => numbers.push(one_of(category.values.len())),
                (Input::Levels(levels), _) => numbers.push(one_of(levels.values.len())),
                (Input::Mixture(_), Some(lattice)) => {
                    let amounts = lattice.sample(mine, random);
                    numbers.extend(amounts.iter().map(|&units| lattice.amount(units)));
                }
                (Input::Mixture(_), None) => {}
            }
        }
    }
}

impl Lattice {
    /// One mixture; see [`Space::sample`]. `draws`: a coordinate a part where this is a plain simplex.
    fn sample(&self, draws: &[f64], random: &mut Random) -> Vec<i64> {
        if self.is_simplex() {
            let on_a_face = self.has_faces() && random.below(4) == 0;
            return self.within(draws, on_a_face, random);
        }
        let bounds = if self.by_support {
            let support = self.support(random);
            self.bounds(Some(&support))
        } else {
            self.bounds(None)
        };
        let mut amounts = self.fill(&bounds, random);
        let free = bounds.free.len();
        if free < 2 {
            return amounts;
        }
        // The chain mixes within n log n exchanges on a plain simplex (Smith 2014); bounds slow it down.
        let rounds = 8 * free * (2 + free.ilog2() as usize);
        for _ in 0..rounds {
            let first = random.below(free as u64) as usize;
            let second = (first + 1 + random.below(free as u64 - 1) as usize) % free;
            let (to, from) = (bounds.free[first], bounds.free[second]);
            let (least, most) = self.exchange(&amounts, &bounds, to, from);
            if least < most {
                let moved = random.between(least, most);
                amounts[to] += moved;
                amounts[from] -= moved;
            }
        }
        amounts
    }

    /// A point of a plain simplex from uniform numbers: uniform on it, or on a face of it, each part absent by even chance.
    pub(crate) fn within(&self, draws: &[f64], on_a_face: bool, random: &mut Random) -> Vec<i64> {
        let lows = self.lows();
        let slack = self.units - lows.iter().sum::<i64>();
        let mut weights: Vec<f64> = draws.iter().map(|&u| -libm::log(u)).collect();
        if on_a_face {
            let kept = weights.clone();
            for (weight, low) in weights.iter_mut().zip(lows) {
                if *low == 0 && random.below(2) == 0 {
                    *weight = 0.0;
                }
            }
            if weights.iter().all(|weight| *weight == 0.0) {
                let only = random.below(kept.len() as u64) as usize;
                weights[only] = kept[only];
            }
        }
        let sum: f64 = weights.iter().sum();
        let exact: Vec<f64> = weights.iter().map(|w| w / sum * slack as f64).collect();
        let mut amounts: Vec<i64> = exact.iter().map(|x| libm::floor(*x) as i64).collect();
        // Largest remainders; among parts that are there.
        let mut order: Vec<usize> = (0..exact.len()).filter(|&i| weights[i] > 0.0).collect();
        order.sort_by(|&a, &b| {
            exact[b]
                .fract()
                .total_cmp(&exact[a].fract())
                .then(a.cmp(&b))
        });
        let missing = (slack - amounts.iter().sum::<i64>()).max(0) as usize;
        for i in 0..missing {
            amounts[order[i % order.len()]] += 1;
        }
        amounts
            .iter()
            .zip(lows)
            .map(|(amount, low)| amount + low)
            .collect()
    }
}
