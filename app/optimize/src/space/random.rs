//! Random numbers that follow from a seed and the number of what is drawn, so that nothing depends on the order of work.

use crate::draws::{STEP, mix};

/// A stream of random numbers (splitmix64).
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// The stream of `number` under `seed`; streams of different numbers are independent.
    pub fn new(seed: u64, number: u64) -> Random {
        Random {
            state: mix(mix(seed) ^ mix(number.wrapping_mul(STEP).wrapping_add(STEP))),
        }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// Uniform strictly between 0 and 1.
    pub fn unit(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// Uniform in 0..count; 0 where count is 0.
    pub fn below(&mut self, count: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(count)) >> 64) as u64
    }

    /// Uniform from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low) as u64 + 1) as i64
    }

    /// Standard normal (Box and Muller 1958, doi:10.1214/aoms/1177706645).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.unit()));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }
}
