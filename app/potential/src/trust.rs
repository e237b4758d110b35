//! How far to trust what follows from the potential: errors measured with the bundled weights, by `tests/peers/potential_trust.py`.

/// What was found when a property was compared with measurements or calculations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trust {
    /// What it is, with its unit.
    pub property: &'static str,
    /// What it was compared with.
    pub against: &'static str,
    /// How many cases.
    pub cases: usize,
    /// Mean of potential minus truth, in the property's unit.
    pub bias: f64,
    /// Mean absolute difference.
    pub mean_absolute: f64,
    /// Root mean square difference: what stands as standard deviation. NaN: not known.
    pub deviation: f64,
    /// What to beware of.
    pub caveat: &'static str,
}

/// Energy of formation.
pub const FORMATION_ENERGY: Trust = Trust {
    property: "formation energy [eV/atom]",
    against: "measured enthalpies of formation at 298 K",
    cases: 0,
    bias: f64::NAN,
    mean_absolute: f64::NAN,
    deviation: f64::NAN,
    caveat: "",
};

/// Volume, relative.
pub const VOLUME: Trust = Trust {
    property: "volume [relative]",
    against: "PBE",
    cases: 0,
    bias: f64::NAN,
    mean_absolute: f64::NAN,
    deviation: f64::NAN,
    caveat: "",
};

/// Average insertion voltage.
pub const VOLTAGE: Trust = Trust {
    property: "insertion voltage [V]",
    against: "measured",
    cases: 0,
    bias: f64::NAN,
    mean_absolute: f64::NAN,
    deviation: f64::NAN,
    caveat: "",
};
