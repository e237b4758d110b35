//! What a user chooses about a relaxation; what it means is in `potential::relax`.

use potential::relax::{Method, Settings};
use serde::{Deserialize, Serialize};

/// The weights of the potential.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// CHGNet 0.3.0: PBE and PBE+U.
    #[default]
    Pbe,
    /// The same network trained on with r2SCAN. Its energies have another zero: the two are never compared.
    R2scan,
}

impl Weights {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Pbe, Self::R2scan];

    /// The weights as the potential knows them: name, method, typical errors.
    pub fn model(self) -> potential::Model {
        match self {
            Self::Pbe => potential::Model::Chgnet030,
            Self::R2scan => potential::Model::ChgnetR2scan,
        }
    }
}

/// How steps are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelaxationMethod {
    /// Limited-memory BFGS: fewer steps.
    #[default]
    Lbfgs,
    /// Fast inertial relaxation: never in doubt.
    Fire,
}

impl RelaxationMethod {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Lbfgs, Self::Fire];

    /// Its name, the same in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lbfgs => "L-BFGS",
            Self::Fire => "FIRE",
        }
    }
}

/// How a structure is relaxed, as `lodestone relax` takes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RelaxationSettings {
    pub weights: Weights,
    pub method: RelaxationMethod,
    /// Whether the cell changes too.
    pub cell: bool,
    /// Keep the symmetry that the start has within [`RelaxationSettings::TOLERANCE`].
    pub keep_symmetry: bool,
    /// Done where no force is longer, eV/Å.
    pub force_limit: f64,
    /// And no component of stress larger, GPa.
    pub stress_limit: f64,
    /// Pressure from outside, GPa.
    pub pressure: f64,
    /// Steps at most; with none the structure is predicted as it is.
    pub steps: usize,
}

impl Default for RelaxationSettings {
    fn default() -> Self {
        let usual = Settings::default();
        Self {
            weights: Weights::default(),
            method: RelaxationMethod::default(),
            cell: usual.cell,
            keep_symmetry: false,
            force_limit: usual.force_limit,
            stress_limit: usual.stress_limit,
            pressure: usual.pressure,
            steps: usual.steps,
        }
    }
}

impl RelaxationSettings {
    /// Within this many Å symmetry is found that is kept.
    pub const TOLERANCE: f64 = 0.01;

    pub(super) fn of_potential(&self) -> Settings {
        Settings {
            method: match self.method {
                RelaxationMethod::Lbfgs => Method::Lbfgs,
                RelaxationMethod::Fire => Method::Fire,
            },
            cell: self.cell,
            pressure: self.pressure,
            force_limit: self.force_limit,
            stress_limit: self.stress_limit,
            steps: self.steps,
            symmetry: self.keep_symmetry.then_some(Self::TOLERANCE),
        }
    }
}
