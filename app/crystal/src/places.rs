//! Finds what lies at a place of the cell, without looking at all sites.

use crate::Lattice;
use crate::supercell::within_cell;
use nalgebra::Vector3;
use std::collections::HashMap;

/// Places in the cell, numbered in the order in which they were added.
pub(crate) struct Places<'a> {
    lattice: &'a Lattice,
    /// Places closer than this are one, Å.
    tolerance: f64,
    /// How many boxes an axis is cut into; a box is wider than the tolerance.
    boxes: [i64; 3],
    filled: HashMap<[i64; 3], Vec<usize>>,
    positions: Vec<Vector3<f64>>,
}

impl<'a> Places<'a> {
    /// None yet.
    pub fn new(lattice: &'a Lattice, tolerance: f64) -> Self {
        let spacings = lattice.plane_spacings();
        let boxes = spacings.map(|d| ((d / (2.0 * tolerance)) as i64).clamp(1, 1 << 20));
        Self {
            lattice,
            tolerance,
            boxes,
            filled: HashMap::new(),
            positions: Vec::new(),
        }
    }

    /// The first place within the tolerance of these fractional coordinates that `fits`.
    pub fn find(&self, position: &Vector3<f64>, fits: impl Fn(usize) -> bool) -> Option<usize> {
        let home = self.box_of(&position.map(within_cell));
        for shift in 0..27_i64 {
            let steps = [shift / 9 - 1, shift / 3 % 3 - 1, shift % 3 - 1];
            // Along an axis of one or two boxes the neighbours coincide; looking twice does no harm.
            let key = [0, 1, 2].map(|i| (home[i] + steps[i]).rem_euclid(self.boxes[i]));
            let here = self.filled.get(&key).into_iter().flatten();
            for &index in here {
                if self.apart(position, &self.positions[index]) < self.tolerance && fits(index) {
                    return Some(index);
                }
            }
        }
        None
    }

    /// The distance of two places that are close, Å; at least as long as it for others.
    pub fn apart(&self, a: &Vector3<f64>, b: &Vector3<f64>) -> f64 {
        let difference = (a - b).map(|x| x - x.round());
        self.lattice.cartesian_from_fractional(difference).norm()
    }

    /// Adds a place, whose number is how many there were.
    pub fn add(&mut self, position: &Vector3<f64>) {
        let key = self.box_of(&position.map(within_cell));
        self.filled
            .entry(key)
            .or_default()
            .push(self.positions.len());
        self.positions.push(*position);
    }

    fn box_of(&self, position: &Vector3<f64>) -> [i64; 3] {
        // Positions lie within 0 and 1, so that the casts are exact.
        [0, 1, 2].map(|i| ((position[i] * self.boxes[i] as f64) as i64).min(self.boxes[i] - 1))
    }
}
