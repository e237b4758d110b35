//! Written by `cargo run --release --example fit -- --write` from `datasets/magnets_measured.csv`; a test refits and compares.

use crate::estimate::Validation;

/// µB for an atom of Fe, of Co, of Ni, Pd or Pt, for an electron of valence; factor on the 4f moment.
pub const MOMENTS: [f64; 5] = [2.4180, 1.8273, 0.6340, 0.7197, 1.0229];

/// Atomic volumes, Å3, by atomic number; 0: not covered.
pub static VOLUMES: [f64; 119] = {
    let mut volumes = [0.0; 119];
    volumes[5] = 6.422;
    volumes[6] = 5.514;
    volumes[7] = 6.000;
    volumes[13] = 9.977;
    volumes[14] = 10.254;
    volumes[22] = 17.650;
    volumes[23] = 14.636;
    volumes[26] = 11.859;
    volumes[27] = 11.050;
    volumes[28] = 11.010;
    volumes[29] = 11.810;
    volumes[39] = 28.074;
    volumes[40] = 23.280;
    volumes[41] = 17.980;
    volumes[42] = 14.067;
    volumes[46] = 14.720;
    volumes[57] = 33.970;
    volumes[58] = 29.491;
    volumes[59] = 31.720;
    volumes[60] = 31.953;
    volumes[62] = 30.943;
    volumes[64] = 30.654;
    volumes[65] = 29.686;
    volumes[66] = 29.131;
    volumes[67] = 28.638;
    volumes[68] = 27.729;
    volumes[69] = 27.507;
    volumes[71] = 29.520;
    volumes[78] = 15.100;
    volumes
};

/// All materials that the estimate covers.
pub const ALL: Validation = Validation {
    materials: 65,
    families: 13,
    error: 0.1020,
    error_of_mean: 0.3892,
    deviation: 0.1381,
};

/// Compounds of Fe, Co and Ni with rare earths.
pub const RARE_EARTHS: Validation = Validation {
    materials: 35,
    families: 5,
    error: 0.0872,
    error_of_mean: 0.3266,
    deviation: 0.1138,
};

/// Compounds of Fe, Co and Ni with Pd and Pt.
pub const PLATINUM_METALS: Validation = Validation {
    materials: 4,
    families: 1,
    error: 0.0876,
    error_of_mean: 0.1512,
    deviation: 0.0916,
};

/// Other alloys of Fe, Co and Ni.
pub const ALLOYS: Validation = Validation {
    materials: 26,
    families: 7,
    error: 0.1241,
    error_of_mean: 0.5101,
    deviation: 0.1702,
};

/// Mn and Cr compounds without oxygen: not offered.
pub const MANGANESE: Validation = Validation {
    materials: 2,
    families: 1,
    error: 0.1922,
    error_of_mean: 0.5483,
    deviation: 0.2668,
};

/// Oxides: not offered.
pub const OXIDES: Validation = Validation {
    materials: 8,
    families: 2,
    error: 1.4382,
    error_of_mean: 0.8921,
    deviation: 1.4417,
};
