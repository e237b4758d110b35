//! How well stated probabilities hold for compositions that the model had not seen.

use crate::gap::Gap;
use crate::uses::{PHOTON, TRANSPARENT, VISIBLE, gaps_of_efficiency};

/// A composition that was held out: what is so, and what the model without it said.
#[derive(Clone, Copy, Debug)]
pub struct HeldOut {
    /// The measured gap, eV; 0: a metal.
    pub observed: f64,
    /// The predicted gap and its standard deviation, eV.
    pub mean: f64,
    pub std: f64,
    /// The predicted probability of a metal.
    pub metal: f64,
}

/// A stated probability against what is so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// How often it is so.
    pub share: f64,
    /// How often it is so where that was said to be more likely than not.
    pub share_of_likely: f64,
    /// Mean square of probability minus what is so (1 or 0).
    pub brier: f64,
    /// 1 minus the ratio of that to what the plain share would have.
    pub skill: f64,
}

impl Judged {
    /// Of pairs of a stated probability and what is so.
    pub fn of(pairs: &[(f64, bool)]) -> Self {
        let n = pairs.len() as f64;
        let so = |pairs: &mut dyn Iterator<Item = &(f64, bool)>| {
            let (mut all, mut so) = (0.0, 0.0);
            for (_, is) in pairs {
                all += 1.0;
                so += f64::from(u8::from(*is));
            }
            so / all
        };
        let share = so(&mut pairs.iter());
        let brier = pairs
            .iter()
            .map(|(p, is)| {
                let off = p - f64::from(u8::from(*is));
                off * off
            })
            .sum::<f64>()
            / n;
        Self {
            share,
            share_of_likely: so(&mut pairs.iter().filter(|(p, _)| *p > 0.5)),
            brier,
            skill: 1.0 - brier / (share * (1.0 - share)),
        }
    }
}

/// Metals, gaps for solar cells of 30 %, gaps of visible light, and transparent ones.
pub fn judge(rows: &[HeldOut]) -> [Judged; 4] {
    let over = |f: &dyn Fn(&HeldOut, &Gap) -> (f64, bool)| {
        let pairs: Vec<(f64, bool)> = rows
            .iter()
            .map(|row| f(row, &Gap::predicted(row.mean, row.std, row.metal)))
            .collect();
        Judged::of(&pairs)
    };
    let within = |[low, high]: [f64; 2]| {
        over(&move |row, gap| {
            let is = low < row.observed && row.observed < high;
            (gap.between(low, high), is)
        })
    };
    [
        over(&|row, gap| (gap.metal, row.observed == 0.0)),
        within(gaps_of_efficiency(30.0).unwrap_or([f64::NAN; 2])),
        within([PHOTON / VISIBLE[1], PHOTON / VISIBLE[0]]),
        within([TRANSPARENT, 1e3]),
    ]
}
