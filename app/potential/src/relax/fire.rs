//! FIRE: molecular dynamics that stops wherever it goes uphill.

use super::{Optimizer, Rows, product};
use nalgebra::Vector3;

/// The constants of E. Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006), with unit masses and times in Å/sqrt(eV).
const FIRST_STEP: f64 = 0.1;
const LONGEST_STEP: f64 = 1.0;
const FASTER: f64 = 1.1;
const SLOWER: f64 = 0.5;
const MIXING: f64 = 0.1;
const LESS_MIXING: f64 = 0.99;
const PATIENCE: usize = 5;
/// The longest displacement of all rows together, Å.
const LONGEST: f64 = 0.2;

pub(super) struct Fire {
    velocity: Rows,
    time: f64,
    mixing: f64,
    downhill: usize,
}

impl Default for Fire {
    fn default() -> Self {
        Self {
            velocity: Vec::new(),
            time: FIRST_STEP,
            mixing: MIXING,
            downhill: 0,
        }
    }
}

impl Optimizer for Fire {
    fn step(&mut self, forces: &Rows) -> Rows {
        if self.velocity.is_empty() {
            self.velocity = vec![Vector3::zeros(); forces.len()];
        } else if product(forces, &self.velocity) > 0.0 {
            let speed = product(&self.velocity, &self.velocity).sqrt();
            let along = self.mixing * speed / product(forces, forces).sqrt();
            for (velocity, force) in self.velocity.iter_mut().zip(forces) {
                *velocity = *velocity * (1.0 - self.mixing) + force * along;
            }
            if self.downhill > PATIENCE {
                self.time = (self.time * FASTER).min(LONGEST_STEP);
                self.mixing *= LESS_MIXING;
            }
            self.downhill += 1;
        } else {
            self.velocity.fill(Vector3::zeros());
            self.mixing = MIXING;
            self.time *= SLOWER;
            self.downhill = 0;
        }
        for (velocity, force) in self.velocity.iter_mut().zip(forces) {
            *velocity += force * self.time;
        }
        let length = self.time * product(&self.velocity, &self.velocity).sqrt();
        let scale = self.time * (LONGEST / length).min(1.0);
        self.velocity
            .iter()
            .map(|velocity| velocity * scale)
            .collect()
    }
}
