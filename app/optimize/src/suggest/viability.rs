//! Where experiments fail: a Gaussian process classifier of what worked and what did not.
//!
//! Logistic likelihood, Matérn-5/2 kernel with one lengthscale, Laplace's approximation (C. E. Rasmussen, C. K. I. Williams,
//! Gaussian Processes for Machine Learning, MIT Press 2006, algorithms 3.1 and 3.2); lengthscale and amplitude by the
//! approximate evidence over a grid. Far from everything tried the probability is the rule of succession's
//! `(worked + 1) / (tried + 2)`, so that there is an answer where everything failed.

use super::study::Study;
use super::suggestion::ViabilityReport;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use surrogate::gp::Kernel;

/// The classifier; `None` of it where nothing failed.
pub(crate) struct Viability {
    /// Scaled by the lengthscale, `n x d`.
    points: Vec<f64>,
    dimensions: usize,
    lengthscale: f64,
    amplitude: f64,
    mean: f64,
    /// The likelihood's gradient at the mode: the posterior mean is `mean + k·gradient`.
    gradient: DVector<f64>,
    /// `√W`, and the factor of `I + √W K √W`.
    root: DVector<f64>,
    factor: Cholesky<f64, Dyn>,
    worked: usize,
    failed: usize,
}

/// Lengthscales in units of the unit cube's diagonal, and the latent function's standard deviations, that are compared.
const LENGTHSCALES: [f64; 5] = [0.08, 0.16, 0.32, 0.64, 1.28];
const AMPLITUDES: [f64; 3] = [1.0, 2.0, 4.0];
/// Rows beyond which the middle of the grid has to do.
const MANY: usize = 400;
const NEWTON_STEPS: usize = 30;

/// The mode of the posterior for one pair of hyperparameters.
struct Mode {
    evidence: f64,
    gradient: DVector<f64>,
    root: DVector<f64>,
    factor: Cholesky<f64, Dyn>,
}

impl Viability {
    pub fn fit(study: &Study, job: &job::Job) -> Result<Option<Self>, job::Cancelled> {
        let d = study.dimensions;
        let rows: Vec<(usize, bool)> = (0..study.viable.len())
            .filter_map(|row| Some((row, study.viable[row]?)))
            .filter(|(row, _)| study.row(*row).iter().all(|x| x.is_finite()))
            .collect();
        let failed = rows.iter().filter(|(_, worked)| !worked).count();
        if failed == 0 {
            return Ok(None);
        }
        let n = rows.len();
        let worked = n - failed;
        let mean = libm::log((worked as f64 + 1.0) / (failed as f64 + 1.0));
        let points: Vec<f64> = rows
            .iter()
            .flat_map(|(row, _)| study.row(*row).to_vec())
            .collect();
        let labels = DVector::from_iterator(
            n,
            rows.iter()
                .map(|(_, worked)| if *worked { 1.0 } else { -1.0 }),
        );
        let squares = DMatrix::from_fn(n, n, |i, j| {
            super::baseline::squared_distance(
                &points[i * d..(i + 1) * d],
                &points[j * d..(j + 1) * d],
            )
        });
        let many = n > MANY;
        let mut best: Option<(f64, f64, Mode)> = None;
        for share in LENGTHSCALES {
            for amplitude in AMPLITUDES {
                job.check()?;
                if many && amplitude != AMPLITUDES[1] {
                    continue;
                }
                let lengthscale = share * (d as f64).sqrt();
                let k = squares.map(|r2| {
                    amplitude * amplitude * Kernel::Matern52.value(r2 / (lengthscale * lengthscale))
                });
                let Some(mode) = mode(&k, &labels, mean) else {
                    continue;
                };
                if best
                    .as_ref()
                    .is_none_or(|(_, _, best)| mode.evidence > best.evidence)
                {
                    best = Some((lengthscale, amplitude, mode));
                }
            }
        }
        Ok(best.map(|(lengthscale, amplitude, mode)| Self {
            points: points.iter().map(|x| x / lengthscale).collect(),
            dimensions: d,
            lengthscale,
            amplitude,
            mean,
            gradient: mode.gradient,
            root: mode.root,
            factor: mode.factor,
            worked,
            failed,
        }))
    }

    /// The probability that an experiment works; NaN for inputs that are not finite.
    pub fn probability(&self, inputs: &[f64]) -> f64 {
        if inputs.iter().any(|x| !x.is_finite()) {
            return f64::NAN;
        }
        let square = self.amplitude * self.amplitude;
        let scaled: Vec<f64> = inputs.iter().map(|x| x / self.lengthscale).collect();
        let k = DVector::from_iterator(
            self.gradient.len(),
            self.points.chunks_exact(self.dimensions).map(|point| {
                square * Kernel::Matern52.value(super::baseline::squared_distance(&scaled, point))
            }),
        );
        let mean = self.mean + k.dot(&self.gradient);
        let mut half = self.root.component_mul(&k);
        self.factor.l_dirty().solve_lower_triangular_mut(&mut half);
        let variance = (square - half.norm_squared()).max(0.0);
        // The logistic function averaged over a normal variable (D. J. C. MacKay, Neural Computation 4, 720, 1992).
        logistic(mean / (1.0 + std::f64::consts::FRAC_PI_8 * variance).sqrt())
    }

    pub fn report(&self) -> ViabilityReport {
        ViabilityReport {
            worked: self.worked,
            failed: self.failed,
            lengthscale: self.lengthscale,
        }
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// Newton's method for the mode; `None` if the kernel matrix is not finite.
fn mode(k: &DMatrix<f64>, labels: &DVector<f64>, mean: f64) -> Option<Mode> {
    let n = labels.len();
    let mut latent = DVector::zeros(n);
    let mut last = f64::NEG_INFINITY;
    for step in 0.. {
        let chance = latent.map(|f: f64| logistic(f + mean));
        let gradient = DVector::from_fn(n, |i, _| 0.5 * (labels[i] + 1.0) - chance[i]);
        let w = chance.map(|p| (p * (1.0 - p)).max(1e-12));
        let root = w.map(f64::sqrt);
        let b = DMatrix::from_fn(n, n, |i, j| {
            root[i] * k[(i, j)] * root[j] + if i == j { 1.0 } else { 0.0 }
        });
        let factor = Cholesky::new(b)?;
        let target = w.component_mul(&latent) + &gradient;
        let inner = root.component_mul(&(k * &target));
        let a = &target - root.component_mul(&factor.solve(&inner));
        let log_likelihood: f64 = (0..n)
            .map(|i| -libm::log1p(libm::exp(-labels[i] * (latent[i] + mean))))
            .sum();
        let next = k * &a;
        let fit = -0.5 * a.dot(&next);
        let log_determinant: f64 = (0..n).map(|i| libm::log(factor.l_dirty()[(i, i)])).sum();
        // The likelihood is concave and Newton's steps are damped by the prior: a few of them settle it.
        let evidence = log_likelihood + fit - log_determinant;
        if step > 0 && ((evidence - last).abs() < 1e-9 * (1.0 + last.abs()) || step >= NEWTON_STEPS)
        {
            return evidence.is_finite().then_some(Mode {
                evidence,
                gradient,
                root,
                factor,
            });
        }
        last = evidence;
        latent = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study(inputs: &[f64], worked: &[bool]) -> Study {
        let mut study = Study::new(1, &[]);
        study.inputs = inputs.to_vec();
        study.viable = worked.iter().map(|w| Some(*w)).collect();
        study
    }

    #[test]
    fn failures_lower_the_chance_where_they_happened() {
        let inputs: Vec<f64> = (0..20).map(|i| f64::from(i) / 19.0).collect();
        let worked: Vec<bool> = inputs.iter().map(|x| *x < 0.6).collect();
        let fitted = Viability::fit(&study(&inputs, &worked), &job::Job::new())
            .expect("not cancelled")
            .expect("some failed");
        let inside = fitted.probability(&[0.1]);
        assert!(inside > 0.85, "{inside}");
        let outside = fitted.probability(&[0.9]);
        assert!(outside < 0.15, "{outside}");
        let edge = fitted.probability(&[0.605]);
        assert!((0.25..0.75).contains(&edge), "{edge}");
        assert!(fitted.probability(&[f64::NAN]).is_nan());
    }

    #[test]
    fn far_away_the_rule_of_succession_holds_even_if_everything_failed() {
        let job = job::Job::new();
        let failed = Viability::fit(&study(&[0.0, 0.02, 0.04], &[false; 3]), &job)
            .expect("not cancelled")
            .expect("some failed");
        // (0 + 1) / (3 + 2), pulled towards a half by what is not known.
        let far = failed.probability(&[1e6]);
        assert!((0.2..0.35).contains(&far), "{far}");
        assert!(failed.probability(&[0.02]) < far);
        let all_worked = Viability::fit(&study(&[0.0, 0.5], &[true; 2]), &job);
        assert!(all_worked.expect("not cancelled").is_none());
    }

    #[test]
    fn contradicting_repeats_give_a_chance_in_between() {
        let fitted = Viability::fit(
            &study(
                &[0.5; 8],
                &[true, false, true, false, true, false, true, false],
            ),
            &job::Job::new(),
        )
        .expect("not cancelled")
        .expect("some failed");
        let p = fitted.probability(&[0.5]);
        assert!((p - 0.5).abs() < 0.02, "{p}");
    }
}
