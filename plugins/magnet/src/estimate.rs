//! µ0Ms at 300 K from a formula alone: a generalised Slater-Pauling estimate.
//!
//! Magnetic valence (Williams, Moruzzi, Malozemoff and Terakura, IEEE Trans. Magn. 19, 1983, 1983) gives a strong
//! ferromagnet 2 N_d - Z + 0.6 µB an atom: 2.6 for Fe, 1.6 for Co, 0.6 for Ni, Pd and Pt (N_d = 5), and minus its
//! valence for every other atom (N_d = 0). Here the slope of each of these terms is fitted to µ0Ms measured at 300 K, so
//! that the mean thermal loss of the 3d moments and the weak ferromagnetism of iron are in the coefficients. 4f moments
//! are g_J J of the trivalent ions, thermally aligned at 300 K by a mean exchange field, parallel to the 3d moments for
//! light and antiparallel for heavy rare earths. Volumes are additive.

use crate::coefficients::{ALL, ALLOYS, MOMENTS, PLATINUM_METALS, RARE_EARTHS, VOLUMES};
use crate::hund::Multiplet;
use crate::quality::{Estimate, saturation_from_moment};
use matter::CompositionRef;

/// Temperature of the estimate, K.
pub const TEMPERATURE: f64 = 300.0;
/// Exchange energy between a 4f spin and the 3d moments, K: rounded; between 100 and 250 K the out-of-family error
/// changes by less than 0.01 T, and at this value the fitted 4f coefficient is 1 within its error.
pub const EXCHANGE: f64 = 150.0;
/// Least share of Fe, Co, Ni, Pd and Pt together: with less, compounds such as YCo2 or FeAl lose their moment.
pub const LEAST_SHARE: f64 = 0.7;
/// Least share of Fe, Co and Ni: FePt3 and CoPt3 order in other ways.
pub const LEAST_SHARE_3D: f64 = 0.5;
/// Least estimate, T, below every measured material of the fit: less than this may as well be no ferromagnet at 300 K.
pub const LEAST_SATURATION: f64 = 0.3;

const IRON: u8 = 26;
const COBALT: u8 = 27;
const NICKEL: u8 = 28;
const PALLADIUM: u8 = 46;
const PLATINUM: u8 = 78;

/// The kinds of material for which the validation is reported apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Fe, Co or Ni with Y or lanthanides.
    RareEarths,
    /// Fe, Co or Ni with Pd or Pt.
    PlatinumMetals,
    /// Other alloys and compounds of Fe, Co and Ni with metals and metalloids.
    Alloys,
    /// Mn or Cr compounds without oxygen: validated, not offered.
    Manganese,
    /// Oxides: validated, not offered.
    Oxides,
}

/// Out-of-family figures of a class, T.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Validation {
    /// Measured materials.
    pub materials: usize,
    /// Families, each left out in turn.
    pub families: usize,
    /// Mean absolute error of the estimate.
    pub error: f64,
    /// Mean absolute error of predicting the mean of the other families.
    pub error_of_mean: f64,
    /// Root mean square error of the estimate: its standard deviation.
    pub deviation: f64,
}

impl Validation {
    /// Error of the estimate in units of that of predicting the mean.
    pub fn ratio(&self) -> f64 {
        self.error / self.error_of_mean
    }

    /// Whether the class is offered: an error of at most 0.7 of that of predicting the mean, from at least three
    /// materials.
    pub fn holds(&self) -> bool {
        self.materials >= 3 && self.ratio() <= 0.7
    }
}

/// What the model sees of a formula; moments in µB for the whole formula, volume in Å3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    /// Atoms of Fe, of Co, of Ni with Pd and Pt; minus the valence electrons of the other atoms; the aligned 4f moment.
    pub moments: [f64; 5],
    /// Sum of the atomic volumes.
    pub volume: f64,
    /// The class of material.
    pub class: Class,
}

/// Valence electrons that an atom without d moment takes from the magnetic d band; `None` for an element that no
/// material of the fit holds. Nitrogen is interstitial: its bonding states are full in both spins and it counts as zero.
pub fn valence(atomic_number: u8) -> Option<f64> {
    Some(match atomic_number {
        7 => 0.0,
        29 => 1.0,
        5 | 13 | 39 | 57 | 59 | 60 | 62 | 64..=69 | 71 => 3.0,
        6 | 14 | 22 | 40 | 58 => 4.0,
        23 | 41 => 5.0,
        42 => 6.0,
        _ => return None,
    })
}

/// The features of a formula, by atomic volumes in Å3 indexed by atomic number (0: no such element in the fit).
///
/// # Errors
///
/// Why the estimate does not apply.
pub fn features(
    composition: CompositionRef<'_>,
    volumes: &[f64; 119],
) -> Result<Features, &'static str> {
    let (mut moments, mut volume) = ([0.0; 5], 0.0);
    let (mut total, mut platinum, mut rare_earth) = (0.0, false, false);
    let mut outside = None;
    for (element, amount) in composition.iter() {
        let z = element.atomic_number();
        total += amount;
        match z {
            8 | 9 | 16 | 17 | 34 | 35 | 52 | 53 => {
                return Err(
                    "no measured saturation known; the estimate from the formula does not hold for oxides, \
                            chalcogenides and halides",
                );
            }
            24 | 25 => {
                return Err(
                    "no measured saturation known; the estimate from the formula does not hold for compounds of \
                            Mn or Cr",
                );
            }
            IRON => moments[0] += amount,
            COBALT => moments[1] += amount,
            NICKEL => moments[2] += amount,
            PALLADIUM | PLATINUM => {
                moments[2] += amount;
                platinum = true;
            }
            _ => match valence(z) {
                Some(electrons) => {
                    moments[3] -= electrons * amount;
                    rare_earth |= matches!(z, 39 | 57..=71);
                    if let Some(ion) = Multiplet::trivalent(z) {
                        moments[4] += amount * ion.aligned(EXCHANGE, TEMPERATURE);
                    }
                }
                None => {
                    outside = Some(
                        "no measured saturation known; the estimate from the formula does not cover an element of this \
                         one",
                    );
                }
            },
        }
        volume += amount * volumes[usize::from(z).min(118)];
    }
    if let Some(reason) = outside {
        return Err(reason);
    }
    let noble = if platinum {
        composition
            .iter()
            .filter(|(e, _)| matches!(e.atomic_number(), PALLADIUM | PLATINUM))
            .map(|(_, x)| x)
            .sum()
    } else {
        0.0
    };
    let magnetic = moments[0] + moments[1] + moments[2];
    // written so that an empty or non-finite composition fails too
    let rich = magnetic >= LEAST_SHARE * total && magnetic - noble >= LEAST_SHARE_3D * total;
    if !(rich && total > 0.0 && total.is_finite() && volume.is_finite() && volume > 0.0) {
        return Err(
            "no measured saturation known; the estimate from the formula needs at least 70 at% Fe, Co, Ni, Pd and \
                    Pt together and 50 at% Fe, Co and Ni",
        );
    }
    let class = if rare_earth {
        Class::RareEarths
    } else if platinum {
        Class::PlatinumMetals
    } else {
        Class::Alloys
    };
    Ok(Features {
        moments,
        volume,
        class,
    })
}

/// Why a formula is unlike all materials of the validation, though its elements are theirs: of families that lose their
/// moment near or below 300 K, which the estimate does not foresee. `None`: it is like some.
///
/// - Fe and rare earths alone, or with Al or Si: the Curie temperatures of R2Fe17, RFe3 and La(Fe,Si)13 lie between 90 and
///   480 K (Buschow, Rep. Prog. Phys. 40, 1179, 1977, doi 10.1088/0034-4885/40/10/002; Fujita et al., Phys. Rev. B 67,
///   104416, 2003, doi 10.1103/PhysRevB.67.104416). Ti, Co, or interstitial B, C and N, as in the validation, raise them.
/// - More than 18 at% of rare earths: RCo3 and R2Co7.
/// - Invar: Fe-Ni about Fe0.65Ni0.35 and Fe-Pt about Fe3Pt (Wassermann, in: Ferromagnetic Materials, vol. 5, ed. K. H. J.
///   Buschow and E. P. Wohlfarth, North-Holland, 1990, ch. 3).
/// - Co and Ni with much Ti, V, Nb or Mo: Co3Ti is a weak ferromagnet, Co3V none.
fn unlike_validated(composition: CompositionRef<'_>) -> Option<&'static str> {
    let total = composition.total_atoms();
    let share = |wanted: &dyn Fn(u8) -> bool| {
        let parts = composition.iter();
        let sum: f64 = parts
            .filter(|(element, _)| wanted(element.atomic_number()))
            .map(|(_, amount)| amount)
            .sum();
        sum / total
    };
    let of = |atomic_number: u8| share(&|z| z == atomic_number);
    let (iron, cobalt, nickel, platinum) = (of(IRON), of(COBALT), of(NICKEL), of(PLATINUM));
    let magnetic = iron + cobalt + nickel;
    let rare_earths = share(&|z| matches!(z, 39 | 57..=71));
    if rare_earths > 0.0 {
        let boron = of(5);
        let interstitial = boron + of(6) + of(7) >= 0.03;
        let soft = of(13) + of(14) > 0.0 && boron < 0.03;
        let firm = interstitial || of(22) >= 0.03 || cobalt >= 0.15 * magnetic;
        if iron > cobalt + nickel && (soft || !firm) {
            return Some(
                "no measured saturation known; rare earths with Fe order up to 90 to 480 K, and the estimate from the formula \
                 was validated only with Ti, with Co or with interstitial B, C or N, and without Al and Si",
            );
        }
        if rare_earths > 0.18 || nickel > iron + cobalt {
            return Some(
                "no measured saturation known; the estimate from the formula was validated up to 18 at% rare earths (RCo5, \
                 R2Co17, R2Fe14B), and not with Ni: RCo3, R2Co7 and RNi5 lose their moment at lower temperatures",
            );
        }
        return None;
    }
    let valence = (8.0 * iron + 9.0 * cobalt + 10.0 * nickel) / magnetic;
    let glass = share(&|z| matches!(z, 5 | 6 | 14)) >= 0.1;
    let nickel_invar = !glass && nickel >= 0.28 * magnetic && valence <= 8.85;
    let platinum_invar = iron > cobalt + nickel && (0.2..=0.32).contains(&platinum);
    if nickel_invar || platinum_invar {
        return Some(
            "no measured saturation known; Invar alloys (near Fe0.65Ni0.35 and Fe3Pt) are weak ferromagnets, which the estimate \
             from the formula overrates",
        );
    }
    if cobalt + nickel > iron && share(&|z| matches!(z, 22 | 23 | 41 | 42)) >= 0.1 {
        return Some(
            "no measured saturation known; Co and Ni with 10 at% Ti, V, Nb or Mo or more are weak magnets or none (Co3Ti, Co3V), \
             which the estimate from the formula does not foresee",
        );
    }
    None
}

/// µ0Ms in T of `features`: positive where the 3d moments win, negative where the 4f moments do.
pub fn signed_saturation(features: &Features, coefficients: &[f64; 5]) -> f64 {
    let moment: f64 = features
        .moments
        .iter()
        .zip(coefficients)
        .map(|(x, c)| x * c)
        .sum();
    saturation_from_moment(moment, features.volume)
}

/// Whether a volume may be that of a crystal of these atoms: within 30 % of the additive volume.
pub fn is_plausible(volume: f64, additive: f64) -> bool {
    (0.7..=1.3).contains(&(volume / additive))
}

/// The figures of a class that may be offered.
pub fn validation(class: Class) -> Option<&'static Validation> {
    match class {
        Class::RareEarths => Some(&RARE_EARTHS),
        Class::PlatinumMetals => Some(&PLATINUM_METALS),
        Class::Alloys => Some(&ALLOYS),
        Class::Manganese | Class::Oxides => None,
    }
}

/// µ0Ms at 300 K in T from a formula, with the volume of the formula in Å3 where it is known, otherwise with additive
/// atomic volumes; the standard deviation is the out-of-family error of the class, at least that of
/// all classes together.
///
/// # Errors
///
/// Why the estimate does not apply.
pub fn saturation(
    composition: CompositionRef<'_>,
    volume: Option<f64>,
) -> Result<Estimate, &'static str> {
    let mut features = features(composition, &VOLUMES)?;
    if let Some(volume) = volume.filter(|v| is_plausible(*v, features.volume)) {
        features.volume = volume;
    }
    let Some(figures) = validation(features.class).filter(|v| v.holds()) else {
        return Err(
            "no measured saturation known; the estimate from the formula failed its validation for such materials",
        );
    };
    let mean = signed_saturation(&features, &MOMENTS).abs();
    if mean < LEAST_SATURATION {
        return Err(
            "no measured saturation known; the estimate from the formula is below 0.3 T, where it cannot tell a \
                    weak magnet from none",
        );
    }
    if let Some(reason) = unlike_validated(composition) {
        return Err(reason);
    }
    // a class of few materials may look better than it is
    Ok(Estimate::new(mean, figures.deviation.max(ALL.deviation)))
}
