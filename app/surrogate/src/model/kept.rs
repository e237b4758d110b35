//! The training rows that a model keeps: a forest finds in them what its leaves hold, and people the materials nearest to
//! a candidate. A file with them shows the training data to whoever reads it.

use matter::{CompositionRef, Compositions};

use super::inputs::{Inputs, Rows};
use crate::safetensors::Numbers;

/// Larger tables are not kept, but for a forest.
pub(crate) const KEPT_ROWS: usize = 20_000;

/// Training rows and their targets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    pub rows: KeptRows,
    pub targets: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum KeptRows {
    Compositions(Compositions),
    /// Numbers of the model's columns, row after row, in the single precision that trees and networks see.
    Columns(Vec<f64>),
}

impl Kept {
    /// These rows of a table, whose inputs the model has; none where the table lacks a column.
    pub fn of(inputs: &Inputs, rows: Rows, wanted: &[usize], targets: Vec<f64>) -> Option<Self> {
        let places = inputs.places(rows).ok()?;
        let rows = match rows {
            Rows::Compositions(all) => {
                let mut kept = Compositions::new();
                wanted.iter().for_each(|row| kept.push(all.get(*row)));
                KeptRows::Compositions(kept)
            }
            Rows::Columns { names, values } => {
                let mut kept = Vec::with_capacity(wanted.len() * places.len());
                for row in wanted {
                    let number =
                        |place: &usize| f64::from(values[row * names.len() + place] as f32);
                    kept.extend(places.iter().map(number));
                }
                KeptRows::Columns(kept)
            }
        };
        Some(Self { rows, targets })
    }

    /// As a batch; `names` are those of the model's columns.
    pub fn rows<'a>(&'a self, names: &'a [String]) -> Rows<'a> {
        match &self.rows {
            KeptRows::Compositions(all) => Rows::Compositions(all),
            KeptRows::Columns(values) => Rows::Columns { names, values },
        }
    }

    /// The lists of a file. Amounts are places in the list of all distinct ones.
    pub fn tensors(&self) -> Vec<(&'static str, Numbers)> {
        let mut tensors = vec![("training.targets", Numbers::F64(self.targets.clone()))];
        match &self.rows {
            KeptRows::Columns(values) => {
                let short = values.iter().map(|x| *x as f32).collect();
                tensors.push(("training.values", Numbers::F32(short)));
            }
            KeptRows::Compositions(all) => {
                let mut distinct = all.amounts().to_vec();
                distinct.sort_by(f64::total_cmp);
                distinct.dedup();
                let place = |amount: &f64| distinct.partition_point(|other| other < amount) as u32;
                let places: Vec<u32> = all.amounts().iter().map(place).collect();
                let counts = all
                    .offsets()
                    .windows(2)
                    .map(|pair| (pair[1] - pair[0]) as u8);
                tensors.extend([
                    ("training.counts", Numbers::U8(counts.collect())),
                    (
                        "training.elements",
                        Numbers::U8(all.atomic_numbers().to_vec()),
                    ),
                    ("training.amount_of", super::tensors::short(&places)),
                    ("training.amounts", Numbers::F64(distinct)),
                ]);
            }
        }
        tensors
    }

    /// From the lists of a file, or what is wrong with them.
    pub fn compositions(
        counts: &[u8],
        elements: &[u8],
        places: &[u32],
        amounts: &[f64],
    ) -> Result<Compositions, &'static str> {
        let wrong = "its training rows do not have as many elements as they say";
        if elements.len() != places.len() {
            return Err(wrong);
        }
        let (mut elements, mut places) = (elements, places);
        let mut all = Compositions::new();
        for count in counts {
            let count = usize::from(*count);
            let (Some((z, other)), Some((at, rest))) = (
                elements.split_at_checked(count),
                places.split_at_checked(count),
            ) else {
                return Err(wrong);
            };
            (elements, places) = (other, rest);
            let amounts: Vec<f64> = at
                .iter()
                .map(|place| amounts.get(*place as usize).copied())
                .collect::<Option<_>>()
                .ok_or("a training row asks for an amount that there is not")?;
            let composition =
                CompositionRef::new(z, &amounts).map_err(|_| "a training row is no composition")?;
            all.push(composition);
        }
        if elements.is_empty() {
            Ok(all)
        } else {
            Err(wrong)
        }
    }
}
