//! How far to trust what follows from the potential: errors measured with the bundled weights by `tests/peers/potential_trust.py`.

use std::fmt;

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
    /// Root mean square difference: what stands as standard deviation.
    pub deviation: f64,
    /// What to beware of.
    pub caveat: &'static str,
}

impl Trust {
    /// Where what was compared is a ratio to the truth: the standard deviation as a part of what the potential says. The truth is about
    /// `1 / (1 + bias)` of that, and deviations are parts of the truth.
    pub fn part_of_value(&self) -> f64 {
        self.deviation / (1.0 + self.bias)
    }
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} against {}, {} cases: bias {:+}, mean absolute {}, root mean square {}; {}",
            self.property,
            self.against,
            self.cases,
            self.bias,
            self.mean_absolute,
            self.deviation,
            self.caveat
        )
    }
}

/// Energy of formation.
pub const FORMATION_ENERGY: Trust = Trust {
    property: "formation energy [eV/atom]",
    against: "measured enthalpies of formation at 298 K, the lowest bundled phase of each composition",
    cases: 1380,
    bias: -0.039,
    mean_absolute: 0.117,
    deviation: 0.163,
    caveat: "a distance from the hull errs less where like is compared with like: energies of reaction of 39 ternaries from their binaries by 0.071 (root mean square); chlorides, bromides, nitrides and oxides most (0.21 to 0.24)",
};

/// Volume, as a part of itself.
pub const VOLUME: Trust = Trust {
    property: "volume [relative]",
    against: "PBE",
    cases: 755,
    bias: 0.009,
    mean_absolute: 0.018,
    deviation: 0.07,
    caveat: "half are within 0.5 %; layers without van der Waals forces drift apart; PBE's own volumes are 2 to 4 % too large for most",
};

/// Average insertion voltage, all ions leaving.
pub const VOLTAGE: Trust = Trust {
    property: "insertion voltage [V]",
    against: "measured cathodes whose ions all leave",
    cases: 7,
    bias: -0.211,
    mean_absolute: 0.291,
    deviation: 0.334,
    caveat: "too low for most of lithium's, too high for NaFePO4; partly emptied hosts are another matter",
};

/// Magnetisation, as `µ0 M`, of metals and alloys without 4f electrons.
pub const MAGNETIZATION: Trust = Trust {
    property: "magnetisation [T]",
    against: "measured saturation at 300 K of metals without 4f electrons",
    cases: 15,
    bias: -0.061,
    mean_absolute: 0.193,
    deviation: 0.241,
    caveat: "nickel has next to none here (0.07 for 0.61 T); ten with light rare earths, whose own moments are not in it, deviate by 0.194; antiferromagnets and ferrimagnets count as if parallel (magnetite 2.03 for 0.60 T; seven with heavy rare earths are 1.0 T too high)",
};

/// Bulk modulus over that of PBE.
pub const BULK_MODULUS: Trust = Trust {
    property: "bulk modulus [ratio]",
    against: "PBE",
    cases: 36,
    bias: -0.023,
    mean_absolute: 0.185,
    deviation: 0.311,
    caveat: "median ratio 0.90, half of them between 0.84 and 1.06; four of 40 crystals were found unstable",
};

/// Shear modulus over that of PBE.
pub const SHEAR_MODULUS: Trust = Trust {
    property: "shear modulus [ratio]",
    against: "PBE",
    cases: 36,
    bias: -0.585,
    mean_absolute: 0.606,
    deviation: 0.627,
    caveat: "far too soft: median ratio 0.35, half of them between 0.27 and 0.45; for order at most",
};

/// Energy of a vacancy in a metal.
pub const VACANCY: Trust = Trust {
    property: "formation energy of a vacancy [eV]",
    against: "measured energies of metals",
    cases: 12,
    bias: -0.941,
    mean_absolute: 0.941,
    deviation: 1.032,
    caveat: "about half of what is measured (0.22 to 0.69 of it), but nearly in its order (rank correlation 0.94); against PBE, of 14 metals, bias -0.669 eV; of compounds nothing was compared",
};

/// Surface energy of a metal.
pub const SURFACE_ENERGY: Trust = Trust {
    property: "surface energy [J/m2]",
    against: "PBE of 14 metals, two or three faces each",
    cases: 32,
    bias: -0.514,
    mean_absolute: 0.514,
    deviation: 0.590,
    caveat: "median ratio 0.72, half of them between 0.64 and 0.82; nearly in its order (rank correlation 0.94), and the lowest face is PBE's for 13 of 14; PBE's own are below what is measured, by which the closest-packed faces lack 0.90 J/m2",
};

/// Energy of adsorption of H, C, N and O on close-packed metals.
pub const ADSORPTION: Trust = Trust {
    property: "adsorption energy [eV]",
    against: "calculations (H: RPBE; C, N, O: BEEF-vdW) for a quarter of a layer on the (1 1 1) faces of eight metals",
    cases: 32,
    bias: 0.169,
    mean_absolute: 0.378,
    deviation: 0.513,
    caveat: "root mean square of H 0.34, N 0.32, O 0.37, C 0.84 (too weak for all eight); PBE, which the weights learned, binds some tenths of an eV more strongly than both; OH and CO were compared with nothing",
};

/// Energies of reactions of molecules alone in a box, which adsorbates count against.
pub const MOLECULES: Trust = Trust {
    property: "energies of reactions of molecules [eV]",
    against: "measured enthalpies of formation at 0 K of H2O, CO2, NH3 and CH4 from H2, O2, N2 and CO",
    cases: 4,
    bias: -1.253,
    mean_absolute: 1.253,
    deviation: 1.286,
    caveat: "about half of it are the corrections that the weights learned for solids, 0.687 eV an oxygen, which H2O and CO get too and O2 does not; never compare adsorbates that count against different molecules",
};
