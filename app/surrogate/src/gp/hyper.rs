//! Hyperparameters of a Gaussian process, what is believed of them beforehand, and their unconstrained form.

/// Lengthscales, noise and mean, in the model's own units: inputs scaled to the unit cube, outcomes standardised.
#[derive(Clone, Debug, PartialEq)]
pub struct Hyperparameters {
    /// One for each input, in units of the input's range.
    pub lengthscales: Vec<f64>,
    /// Variance of the noise that is inferred, in units of the outcomes' variance; 0 where only given noise counts.
    pub noise: f64,
    /// The constant mean.
    pub mean: f64,
}

/// `ln x` is normal with this location and scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormal {
    pub location: f64,
    pub scale: f64,
}

impl LogNormal {
    /// The logarithm of the density at `x > 0`.
    pub fn log_density(self, x: f64) -> f64 {
        let ln = libm::log(x);
        let z = (ln - self.location) / self.scale;
        -ln - libm::log(self.scale) - 0.5 * (LN_2PI + z * z)
    }

    /// Its derivative with respect to `ln x`.
    pub fn slope(self, x: f64) -> f64 {
        -1.0 - (libm::log(x) - self.location) / (self.scale * self.scale)
    }

    /// The most probable value.
    pub fn mode(self) -> f64 {
        libm::exp(self.location - self.scale * self.scale)
    }

    /// The value at `z` standard deviations from the median.
    pub fn at(self, z: f64) -> f64 {
        libm::exp(self.location + self.scale * z)
    }
}

pub(crate) const LN_2PI: f64 = 1.837_877_066_409_345_3;

/// What is believed of the hyperparameters beforehand.
///
/// [`Priors::for_dimension`] is the default of BoTorch 0.12 and later: C. Hvarfner, E. O. Hellsten, L. Nardi, Vanilla
/// Bayesian Optimization Performs Great in High Dimensions, ICML 2024: lengthscales grow with the square root of the
/// number of inputs, and there is no output scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Priors {
    pub lengthscale: LogNormal,
    /// Lengthscales stay above it.
    pub lengthscale_floor: f64,
    pub noise: LogNormal,
    /// The inferred noise stays above it.
    pub noise_floor: f64,
}

impl Priors {
    /// BoTorch's defaults for `dimensions` inputs.
    pub fn for_dimension(dimensions: usize) -> Self {
        Self {
            lengthscale: LogNormal {
                location: std::f64::consts::SQRT_2 + 0.5 * libm::log(dimensions.max(1) as f64),
                scale: libm::sqrt(3.0),
            },
            lengthscale_floor: 0.025,
            noise: LogNormal {
                location: -4.0,
                scale: 1.0,
            },
            noise_floor: 1e-4,
        }
    }

    /// The logarithm of the prior density of these hyperparameters; the noise counts only where it is inferred.
    pub fn log_density(&self, hyper: &Hyperparameters, noise_inferred: bool) -> f64 {
        let lengthscales: f64 = hyper
            .lengthscales
            .iter()
            .map(|l| self.lengthscale.log_density(*l))
            .sum();
        if noise_inferred {
            lengthscales + self.noise.log_density(hyper.noise)
        } else {
            lengthscales
        }
    }
}

/// `floor + exp(u)`, and back; values at the floor are lifted a little, since `u` would be minus infinity.
pub(crate) fn above(floor: f64, u: f64) -> f64 {
    floor + libm::exp(u)
}

pub(crate) fn unconstrained(floor: f64, x: f64) -> f64 {
    libm::log((x - floor).max(1e-3 * floor).max(1e-300))
}
