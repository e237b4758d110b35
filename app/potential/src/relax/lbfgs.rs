//! L-BFGS: Newton's method with the curvature learned from the last steps.

use super::{Optimizer, Rows, product};
use std::collections::VecDeque;

/// Steps that are remembered.
const MEMORY: usize = 30;
/// The curvature before any is known, eV/Å2.
const CURVATURE: f64 = 70.0;
/// The longest displacement of a row, Å.
const LONGEST: f64 = 0.2;

#[derive(Default)]
pub(super) struct Lbfgs {
    /// Displacement, how the forces fell over it, and one over their product.
    past: VecDeque<(Rows, Rows, f64)>,
    last: Option<(Rows, Rows)>,
}

impl Optimizer for Lbfgs {
    fn step(&mut self, forces: &Rows) -> Rows {
        if let Some((step, before)) = self.last.take() {
            let fall: Rows = before.iter().zip(forces).map(|(a, b)| a - b).collect();
            let curvature = product(&step, &fall);
            // A ridge teaches nothing about a valley.
            if curvature > 1e-12 {
                self.past.push_back((step, fall, 1.0 / curvature));
            }
            if self.past.len() > MEMORY {
                self.past.pop_front();
            }
        }
        let mut direction = forces.clone();
        let mut parts = Vec::with_capacity(self.past.len());
        for (step, fall, inverse) in self.past.iter().rev() {
            let part = inverse * product(step, &direction);
            direction
                .iter_mut()
                .zip(fall)
                .for_each(|(d, y)| *d -= y * part);
            parts.push(part);
        }
        direction.iter_mut().for_each(|d| *d /= CURVATURE);
        for ((step, fall, inverse), part) in self.past.iter().zip(parts.into_iter().rev()) {
            let other = inverse * product(fall, &direction);
            direction
                .iter_mut()
                .zip(step)
                .for_each(|(d, s)| *d += s * (part - other));
        }
        if product(&direction, forces) <= 0.0 {
            // What was learned points uphill here: begin anew.
            self.past.clear();
            direction = forces.iter().map(|force| force / CURVATURE).collect();
        }
        let longest = direction.iter().map(|d| d.norm()).fold(0.0, f64::max);
        if longest > LONGEST {
            direction.iter_mut().for_each(|d| *d *= LONGEST / longest);
        }
        self.last = Some((direction.clone(), forces.clone()));
        direction
    }
}
