//! A design space is not exhausted by the candidates that were drawn of it: near the best of what was measured there are
//! more.

use super::{Coding, Points, Pool, Store};
use crate::event::Candidate;
use crate::progress::{best, measured};
use crate::state::State;
use optimize::suggest::Rows;
use std::collections::HashSet;

/// Candidates around which is looked, neighbours of each at each scale, and the scales (of an input's range).
const CENTRES: usize = 4;
const NEIGHBOURS: usize = 250;
const SCALES: [f64; 2] = [0.2, 0.05];

/// The pool with the neighbours behind it.
pub struct Wider {
    points: Vec<f64>,
    extras: Vec<f64>,
    /// Texts of the neighbours.
    cells: Vec<Vec<String>>,
    /// How many stand before them.
    drawn: usize,
}

impl Wider {
    /// Neighbours of the best of what was measured, of a space that was not listed whole; by this seed. None where plugins and
    /// models have spoken of the candidates: of neighbours they have not.
    pub fn of(pool: &Pool, state: &State, seed: u64) -> Option<Self> {
        let (Coding::Space(space), false) = (&pool.coding, pool.whole || pool.extra_width > 1)
        else {
            return None;
        };
        let Store::Memory {
            points: Points::Double(points),
            extras,
            ..
        } = &pool.store
        else {
            return None;
        };
        let measured = measured(state);
        let centres = best(state, &measured);
        if centres.is_empty() {
            return None;
        }
        // What was tried or suggested already is no news, wherever it came from.
        let tried = state.experiments.iter().map(|e| &e.candidate);
        let suggested = state.suggestions.iter().map(|s| &s.pick.candidate);
        let mut seen: HashSet<Vec<String>> =
            tried.chain(suggested).map(|c| pool.cells(c)).collect();
        let mut wider = Self {
            points: points.clone(),
            extras: extras.clone(),
            cells: Vec::new(),
            drawn: pool.kept.len(),
        };
        for (number, &centre) in centres.iter().take(CENTRES).enumerate() {
            let one = &measured[centre];
            let cells = one
                .made
                .clone()
                .unwrap_or_else(|| pool.cells(&one.candidate));
            let Ok(candidate) = space.read(&cells) else {
                continue;
            };
            for (turn, scale) in SCALES.into_iter().enumerate() {
                let seed = seed.wrapping_add((number * SCALES.len() + turn) as u64);
                for near in space.neighbours(&candidate, NEIGHBOURS, scale, seed).rows() {
                    let texts = space.texts(near);
                    if pool.allows(&texts) && seen.insert(texts.clone()) {
                        let mut row = vec![0.0; space.width()];
                        space.encode(near, &mut row);
                        wider.points.extend(row);
                        wider.extras.extend(pool.extras_of(&texts));
                        wider.cells.push(texts);
                    }
                }
            }
        }
        Some(wider)
    }

    /// What is chosen from.
    pub fn rows<'a>(&'a self, pool: &Pool, excluded: &'a [usize]) -> Rows<'a> {
        let rows = Rows::new(&self.points, pool.width);
        rows.with_extras(&self.extras, pool.extra_width)
            .without(excluded)
    }

    /// The candidate of a place behind the pool's own.
    pub fn candidate(&self, place: usize) -> Option<Candidate> {
        let cells = self.cells.get(place.checked_sub(self.drawn)?)?;
        Some(Candidate::Cells(cells.clone()))
    }
}
