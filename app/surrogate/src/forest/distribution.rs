//! The predicted distribution of a target: weights of the training targets.

/// Weights of the training targets, gathered from the leaves that a row falls into.
#[derive(Clone, Debug)]
pub struct Distribution<'a> {
    targets: &'a [f64],
    /// One for each target; all zero but for those in `touched`.
    weights: Vec<f64>,
    touched: Vec<u32>,
    total: f64,
}

impl<'a> Distribution<'a> {
    /// Nothing yet; `targets` ascend.
    pub(crate) fn over(targets: &'a [f64]) -> Self {
        Self {
            targets,
            weights: vec![0.0; targets.len()],
            touched: Vec::new(),
            total: 0.0,
        }
    }

    pub(crate) fn clear(&mut self) {
        for target in self.touched.drain(..) {
            self.weights[target as usize] = 0.0;
        }
        self.total = 0.0;
    }

    /// Adds a leaf: its members share a weight of one; none where it has none.
    pub(crate) fn add(&mut self, members: &[u32]) {
        if members.is_empty() {
            return;
        }
        let share = 1.0 / members.len() as f64;
        for member in members {
            let weight = &mut self.weights[*member as usize];
            if *weight == 0.0 {
                self.touched.push(*member);
            }
            *weight += share;
        }
        self.total += 1.0;
    }

    pub(crate) fn finish(&mut self) {
        self.touched.sort_unstable();
    }

    /// The targets that have a weight, ascending, with their shares, which sum to 1. Empty where nothing is known.
    pub fn shares(&self) -> impl DoubleEndedIterator<Item = (f64, f64)> {
        self.touched.iter().map(|target| {
            let target = *target as usize;
            (self.targets[target], self.weights[target] / self.total)
        })
    }

    /// The mean; NaN where nothing is known.
    pub fn mean(&self) -> f64 {
        if self.touched.is_empty() {
            return f64::NAN;
        }
        self.shares().map(|(y, share)| y * share).sum()
    }

    /// The standard deviation; NaN where nothing is known.
    pub fn std(&self) -> f64 {
        let mean = self.mean();
        let variance: f64 = self
            .shares()
            .map(|(y, share)| share * (y - mean) * (y - mean))
            .sum();
        if mean.is_nan() { mean } else { variance.sqrt() }
    }

    /// The smallest target that is exceeded with probability at most `1 - p`; NaN where nothing is known.
    pub fn quantile(&self, p: f64) -> f64 {
        // The sum of many shares may end a little below 1.
        let wanted = p * (1.0 - 1e-9);
        let mut sum = 0.0;
        let mut last = f64::NAN;
        for (y, share) in self.shares() {
            sum += share;
            last = y;
            if sum >= wanted {
                break;
            }
        }
        last
    }

    /// The best guess under absolute errors.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The probability that the target is exactly `value`.
    pub fn probability_of(&self, value: f64) -> f64 {
        if self.touched.is_empty() {
            return f64::NAN;
        }
        self.shares()
            .find(|(y, _)| *y == value)
            .map_or(0.0, |(_, share)| share)
    }
}
