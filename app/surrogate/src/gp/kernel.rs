//! Stationary kernels of unit variance with one lengthscale for each input (automatic relevance determination).
//!
//! With `r² = Σ (x_d - x'_d)² / l_d²`: C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, MIT
//! Press 2006, section 4.2.1.

/// How fast the covariance of two candidates falls with their scaled distance `r`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kernel {
    /// `exp(-r)`: rough, continuous only.
    Matern12,
    /// `(1 + √3 r) exp(-√3 r)`: once differentiable.
    Matern32,
    /// `(1 + √5 r + 5 r²/3) exp(-√5 r)`: twice differentiable.
    Matern52,
    /// `exp(-r²/2)`: infinitely smooth.
    Rbf,
}

const SQRT_3: f64 = 1.732_050_807_568_877_2;
const SQRT_5: f64 = 2.236_067_977_499_79;

impl Kernel {
    /// Every kernel, rough to smooth.
    pub const ALL: [Self; 4] = [Self::Matern12, Self::Matern32, Self::Matern52, Self::Rbf];

    /// Its name in model files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Matern12 => "matern-1/2",
            Self::Matern32 => "matern-3/2",
            Self::Matern52 => "matern-5/2",
            Self::Rbf => "rbf",
        }
    }

    /// The kernel of this [`Kernel::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kernel| kernel.name() == name)
    }

    /// The correlation at the squared scaled distance `r2`; 1 at 0.
    pub fn value(self, r2: f64) -> f64 {
        match self {
            Self::Matern12 => libm::exp(-r2.sqrt()),
            Self::Matern32 => {
                let s = SQRT_3 * r2.sqrt();
                (1.0 + s) * libm::exp(-s)
            }
            Self::Matern52 => {
                let s = SQRT_5 * r2.sqrt();
                (1.0 + s + s * s / 3.0) * libm::exp(-s)
            }
            Self::Rbf => libm::exp(-0.5 * r2),
        }
    }

    /// The correlation `k` and `h = -k'(r)/r`, so that `dk / d ln l_d = h Δ_d² / l_d²`.
    ///
    /// `h` of Matérn-1/2 grows without bound towards `r = 0`, but its product with `Δ_d²` vanishes there: 0 is returned.
    pub fn value_and_slope(self, r2: f64) -> (f64, f64) {
        match self {
            Self::Matern12 => {
                let r = r2.sqrt();
                let k = libm::exp(-r);
                (k, if r > 0.0 { k / r } else { 0.0 })
            }
            Self::Matern32 => {
                let s = SQRT_3 * r2.sqrt();
                let e = libm::exp(-s);
                ((1.0 + s) * e, 3.0 * e)
            }
            Self::Matern52 => {
                let s = SQRT_5 * r2.sqrt();
                let e = libm::exp(-s);
                ((1.0 + s + s * s / 3.0) * e, 5.0 / 3.0 * (1.0 + s) * e)
            }
            Self::Rbf => {
                let k = libm::exp(-0.5 * r2);
                (k, k)
            }
        }
    }
}
