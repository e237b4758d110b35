//! The candidates a plugin is tried on: plausible ones, and ones that break a careless plugin.

use crate::batch::{BatchInput, ColumnInput, CompositionsInput, StructuresInput};
use crate::description::{Need, WantedInputs};

/// SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195): the same trial on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Uniform in (0, 1].
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64
    }
}

/// One candidate by itself.
#[derive(Clone)]
struct Candidate {
    entries: Vec<(u8, f64)>,
    /// One value and standard deviation for each input column.
    columns: Vec<(f64, f64)>,
}

/// Candidates in columns, owned.
pub(crate) struct Trial {
    candidates: Vec<Candidate>,
    inputs: WantedInputs,
    offsets: Vec<u32>,
    atomic_numbers: Vec<u8>,
    amounts: Vec<f64>,
    columns: Vec<(String, String, Vec<f64>, Vec<f64>)>,
    structures: Option<OwnedStructures>,
}

struct OwnedStructures {
    lattices: Vec<f64>,
    positions: Vec<f64>,
    species_offsets: Vec<u32>,
    occupancies: Vec<f64>,
}

impl Trial {
    /// About 500 candidates with the inputs that the plugin wants.
    pub(crate) fn new(inputs: &WantedInputs, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut compositions: Vec<Vec<(u8, f64)>> = (1..=118).map(|z| vec![(z, 1.0)]).collect();
        compositions.push((1..=118).map(|z| (z, 1.0)).collect());
        compositions.push((1..=118).map(|z| (z, f64::from(z) * 1e-3)).collect());
        compositions.push(Vec::new());
        for amount in [1e-12, 1e-6, 1e6, 1e12, f64::MIN_POSITIVE, 1e300] {
            compositions.push(vec![(3, amount), (8, 2.0 * amount), (27, amount)]);
            compositions.push(vec![(3, amount), (8, 2.0), (27, 1.0)]);
            compositions.push(vec![(26, amount)]);
        }
        for _ in 0..400 {
            let mut numbers = std::collections::BTreeSet::new();
            for _ in 0..=random.below(6) {
                // oxides and lithium compounds are what most plugins look at
                numbers.insert(match random.below(6) {
                    0 => 8,
                    1 => 3,
                    _ => 1 + random.below(118) as u8,
                });
            }
            let whole = random.below(2) == 0;
            let mut amount = || match whole {
                true => 1.0 + random.below(12) as f64,
                false => 10.0 * random.unit(),
            };
            compositions.push(numbers.into_iter().map(|z| (z, amount())).collect());
        }
        let width = inputs.columns.len() + inputs.descriptors.len() + inputs.potential.len();
        let mut value = || match random.below(12) {
            0 => (f64::NAN, f64::NAN),
            1 => (0.0, 0.0),
            2 => (-random.unit(), f64::NAN),
            3 => (1e300, 1e300),
            4 => (-1e6, 0.0),
            _ => (4.0 * random.unit(), 0.1 * random.unit()),
        };
        let candidates = compositions
            .into_iter()
            .map(|entries| Candidate {
                entries,
                columns: (0..width).map(|_| value()).collect(),
            })
            .collect();
        Self::from(candidates, inputs.clone())
    }

    pub(crate) fn rows(&self) -> usize {
        self.candidates.len()
    }

    /// The candidates `rows`, in that order.
    pub(crate) fn pick(&self, rows: &[usize]) -> Self {
        let candidates = rows
            .iter()
            .map(|&row| self.candidates[row].clone())
            .collect();
        Self::from(candidates, self.inputs.clone())
    }

    /// Every row once, in an order that has nothing to do with the first.
    pub(crate) fn shuffled(&self, seed: u64) -> Vec<usize> {
        let mut random = Random(seed);
        let mut rows: Vec<usize> = (0..self.rows()).collect();
        for last in (1..rows.len()).rev() {
            rows.swap(last, random.below(last + 1));
        }
        rows
    }

    /// The composition of a row, for messages.
    pub(crate) fn name(&self, row: usize) -> String {
        let entries = &self.candidates[row].entries;
        if entries.is_empty() {
            return "a candidate without elements".to_owned();
        }
        let part = |&(z, amount): &(u8, f64)| format!("{} of Z={z}", crate::text::number(amount));
        let shown: Vec<String> = entries.iter().take(4).map(part).collect();
        let more = if entries.len() > 4 { ", ..." } else { "" };
        format!("{}{more}", shown.join(" + "))
    }

    /// The batch, with or without the columns that the plugin can do without.
    pub(crate) fn batch(&self, optional: bool) -> BatchInput<'_> {
        let given = |name: &str| {
            let wanted = self.inputs.columns.iter().find(|c| c.name == name);
            wanted.is_none_or(|c| match c.need {
                Need::Required => true,
                Need::Optional => optional,
                Need::Unused => false,
            })
        };
        let structures = self
            .structures
            .as_ref()
            .filter(|_| optional || self.inputs.structure == Need::Required);
        BatchInput {
            compositions: CompositionsInput {
                offsets: &self.offsets,
                atomic_numbers: &self.atomic_numbers,
                amounts: &self.amounts,
            },
            structures: structures.map(|s| StructuresInput {
                lattices: &s.lattices,
                site_offsets: &self.offsets,
                positions: &s.positions,
                species_offsets: &s.species_offsets,
                atomic_numbers: &self.atomic_numbers,
                occupancies: &s.occupancies,
                site_moments: &[],
            }),
            columns: self
                .columns
                .iter()
                .filter(|(name, ..)| given(name))
                .map(|(name, unit, mean, std)| ColumnInput {
                    name,
                    unit,
                    mean,
                    std: Some(std),
                })
                .collect(),
        }
    }

    fn from(candidates: Vec<Candidate>, inputs: WantedInputs) -> Self {
        let mut offsets = vec![0];
        let (mut atomic_numbers, mut amounts) = (Vec::new(), Vec::new());
        for candidate in &candidates {
            for &(z, amount) in &candidate.entries {
                atomic_numbers.push(z);
                amounts.push(amount);
            }
            offsets.push(amounts.len() as u32);
        }
        let named = inputs
            .columns
            .iter()
            .map(|c| (c.name.clone(), c.unit.clone()));
        let bare = inputs.descriptors.iter().chain(&inputs.potential);
        let columns = named
            .chain(bare.map(|name| (name.clone(), String::new())))
            .enumerate()
            .map(|(at, (name, unit))| {
                let mean = candidates.iter().map(|c| c.columns[at].0).collect();
                let std = candidates.iter().map(|c| c.columns[at].1).collect();
                (name, unit, mean, std)
            })
            .collect();
        let structures =
            (inputs.structure != Need::Unused).then(|| OwnedStructures::cubic(&candidates));
        Self {
            candidates,
            inputs,
            offsets,
            atomic_numbers,
            amounts,
            columns,
            structures,
        }
    }
}

impl OwnedStructures {
    /// One site for each element along the diagonal of a cube of 4 Å: not nature, but well formed.
    fn cubic(candidates: &[Candidate]) -> Self {
        let mut s = Self {
            lattices: Vec::new(),
            positions: Vec::new(),
            species_offsets: vec![0],
            occupancies: Vec::new(),
        };
        for candidate in candidates {
            s.lattices
                .extend([4.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 4.0]);
            let n = candidate.entries.len();
            for site in 0..n {
                s.positions.extend([site as f64 / n as f64; 3]);
                s.occupancies.push(1.0);
                s.species_offsets.push(s.occupancies.len() as u32);
            }
        }
        s
    }
}
