//! What the models that the plugin carries say, and how errors travel from there.

use plugin_sdk::{Batch, InputColumn};

/// What the host's potential finds by taking all ions out of the structure, V.
pub const POTENTIAL_VOLTAGE: &str = "potential_voltage";
/// Names of the carried models, which are those of the columns that the host makes of them.
pub const VOLTAGE_MODEL: &str = "predicted_voltage";
/// See [`VOLTAGE_MODEL`].
pub const VOLUME_MODEL: &str = "predicted_volume_per_atom";
/// The host's descriptor of a candidate that has a structure, Å3.
pub const STRUCTURE_VOLUME: &str = "structure_volume_per_atom";

/// Relative error of calculated volumes (PBE), which are two to four percent too large; not corrected.
pub const CALCULATED_VOLUME: f64 = 0.03;

/// g/cm3 of one g/mol in each Å3: 10 over Avogadro's number in 1e24 (CODATA 2018).
const DENSITY: f64 = 1.660_539_066_60;

/// Cross-validated figures of a carried model, in the unit of its target.
#[derive(Clone, Copy, Debug)]
pub struct Scores {
    /// Rows that were predicted by a model without them.
    pub rows: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Root mean square error.
    pub rmse: f64,
    /// Share of the variance that is explained.
    pub r2: f64,
    /// Share of the rows within their interval of 95 %.
    pub coverage_95: f64,
}

include!(concat!(env!("OUT_DIR"), "/scores.rs"));

/// A value and its standard deviation: 0 exact, NaN unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value.
    pub mean: f64,
    /// One standard deviation.
    pub std: f64,
}

impl Estimate {
    /// A value with its standard deviation.
    pub fn new(mean: f64, std: f64) -> Self {
        Self { mean, std }
    }

    /// Times a number without error.
    pub fn scaled(self, by: f64) -> Self {
        Self::new(self.mean * by, self.std * by)
    }

    /// 1 over a positive quantity. Exact for a log-normal one, whose reciprocal has the same relative deviation r and the mean
    /// (1 + r2) / mean.
    pub fn reciprocal(self) -> Self {
        let relative = self.std / self.mean;
        let square = if relative.is_nan() {
            0.0
        } else {
            relative * relative
        };
        let mean = (1.0 + square) / self.mean;
        Self::new(mean, mean * relative)
    }

    /// The product of two independent quantities; exact for any distribution.
    pub fn times(self, other: Self) -> Self {
        let (a, b) = (self.std / self.mean, other.std / other.mean);
        let mean = self.mean * other.mean;
        Self::new(mean, mean * (a * a + b * b + a * a * b * b).sqrt())
    }
}

/// The columns of a batch that concern the compound as given.
#[derive(Clone, Copy, Debug)]
pub struct Carried<'a> {
    voltage: Option<InputColumn<'a>>,
    volume: Option<InputColumn<'a>>,
    structure_volume: Option<InputColumn<'a>>,
    potential_voltage: Option<InputColumn<'a>>,
}

impl<'a> Carried<'a> {
    /// What the host gives with the batch.
    pub fn of(batch: &'a Batch) -> Self {
        Self {
            voltage: batch.column(VOLTAGE_MODEL),
            volume: batch.column(VOLUME_MODEL),
            structure_volume: batch.column(STRUCTURE_VOLUME),
            potential_voltage: batch.column(POTENTIAL_VOLTAGE),
        }
    }

    /// Voltage of the compound against its ion's metal, as calculations would find it, V.
    pub fn voltage(&self, row: usize) -> Option<Estimate> {
        positive(self.voltage, row)
    }

    /// Voltage of all ions leaving the structure, by the host's potential, V.
    pub fn potential_voltage(&self, row: usize) -> Option<Estimate> {
        positive(self.potential_voltage, row)
    }

    /// Volume per atom, Å3: of the structure where there is one, else by the model.
    pub fn volume(&self, row: usize) -> Option<Estimate> {
        let known = positive(self.structure_volume, row).map(|v| Estimate::new(v.mean, 0.0));
        known.or_else(|| {
            let said = positive(self.volume, row)?;
            let std = said.std.hypot(CALCULATED_VOLUME * said.mean);
            Some(Estimate::new(said.mean, std))
        })
    }
}

fn positive(column: Option<InputColumn>, row: usize) -> Option<Estimate> {
    let column = column?;
    let mean = column.mean.get(row).copied().filter(|x| *x > 0.0)?;
    let std = column.std.and_then(|all| all.get(row).copied());
    Some(Estimate::new(mean, std.unwrap_or(f64::NAN)))
}

/// Density, g/cm3, of `mass` g/mol in `atoms` atoms of this volume each.
pub fn density(mass: f64, atoms: f64, volume: Estimate) -> Estimate {
    volume.reciprocal().scaled(DENSITY * mass / atoms)
}
