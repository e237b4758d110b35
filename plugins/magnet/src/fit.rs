//! The fit of the Slater-Pauling estimate to the measured magnets, and its leave-one-family-out validation. Native
//! only: the plugin carries the result, `coefficients.rs`.

use crate::estimate::{Class, Features, Validation, features, signed_saturation};
use crate::measured::{MEASURED, Measured};
use crate::quality::saturation_from_moment;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Elemental atomic volumes at room temperature, Å3 (molar mass over density; carbon: diamond; nitrogen: the swelling of
/// R2Fe17 on nitrogenation, about 6 Å3 an atom, Coey and Sun 1990): the prior of the fitted volumes, and the list of
/// elements that the estimate covers.
const PRIOR_VOLUMES: [(u8, f64); 29] = [
    (5, 7.28),
    (6, 5.67),
    (7, 6.0),
    (13, 16.60),
    (14, 20.02),
    (22, 17.65),
    (23, 13.83),
    (26, 11.78),
    (27, 11.07),
    (28, 10.94),
    (29, 11.81),
    (39, 33.01),
    (40, 23.28),
    (41, 17.98),
    (42, 15.58),
    (46, 14.72),
    (57, 37.42),
    (58, 34.37),
    (59, 34.54),
    (60, 34.17),
    (62, 33.17),
    (64, 33.06),
    (65, 32.06),
    (66, 31.55),
    (67, 31.13),
    (68, 30.67),
    (69, 30.14),
    (71, 29.52),
    (78, 15.10),
];
/// Standard deviation of an element's volume in a compound about its prior, relative.
const PRIOR_SPREAD: f64 = 0.2;
/// Standard deviation of a measured density about the additive rule, relative.
const DENSITY_SPREAD: f64 = 0.01;
/// g/mol over g/cm3 into Å3.
const CUBIC_ANGSTROM: f64 = 1.660_539_066_6;

/// Moments of strong ferromagnets by magnetic valence, µB: they tell which sublattice of a ferrimagnet wins, and serve
/// for Mn and Cr, which the fit does not hold.
const MAGNETIC_VALENCE: [f64; 5] = [2.6, 1.6, 0.6, 1.0, 1.0];
const MANGANESE_MOMENT: f64 = 3.6;
const CHROMIUM_MOMENT: f64 = 4.6;

/// Picks predictions of the validation.
type Choice<'a> = &'a dyn Fn(&OutOfFamily) -> bool;

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Coefficients of the features.
    pub moments: [f64; 5],
    /// Atomic volumes, Å3, by atomic number; 0 for elements that are not covered.
    pub volumes: [f64; 119],
}

/// One prediction of the validation, T.
#[derive(Clone, Copy, Debug)]
pub struct OutOfFamily {
    /// The material.
    pub measured: &'static Measured,
    /// The class of material.
    pub class: Class,
    /// By the model fitted without the material's family.
    pub estimate: f64,
    /// Mean of the other families.
    pub mean: f64,
}

/// Solves the symmetric positive definite system `a x = b` by Gaussian elimination; `a` is n x n.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for pivot in 0..n {
        for row in pivot + 1..n {
            let factor = a[row][pivot] / a[pivot][pivot];
            let (above, below) = a.split_at_mut(row);
            for (x, y) in below[0][pivot..].iter_mut().zip(&above[pivot][pivot..]) {
                *x -= factor * y;
            }
            b[row] -= factor * b[pivot];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|k| a[row][k] * b[k]).sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    b
}

/// Normal equations of weighted least squares; rows are (features, target, weight).
fn least_squares(rows: &[(Vec<f64>, f64, f64)], size: usize) -> Vec<f64> {
    let mut a = vec![vec![0.0; size]; size];
    let mut b = vec![0.0; size];
    for (x, y, weight) in rows {
        for i in 0..size {
            for j in 0..size {
                a[i][j] += weight * x[i] * x[j];
            }
            b[i] += weight * x[i] * y;
        }
    }
    solve(a, b)
}

/// Additive volumes from the measured densities, drawn towards the elemental ones.
fn fit_volumes(materials: &[&Measured]) -> [f64; 119] {
    let size = PRIOR_VOLUMES.len();
    let slot = |z: u8| PRIOR_VOLUMES.iter().position(|(element, _)| *element == z);
    let mut rows: Vec<(Vec<f64>, f64, f64)> = Vec::new();
    for (index, (_, volume)) in PRIOR_VOLUMES.iter().enumerate() {
        let mut x = vec![0.0; size];
        x[index] = 1.0;
        rows.push((x, *volume, (PRIOR_SPREAD * volume).powi(-2)));
    }
    for material in materials {
        let composition = material.composition();
        let mut x = vec![0.0; size];
        let covered = composition.iter().all(|(element, amount)| {
            let found = slot(element.atomic_number());
            if let Some(index) = found {
                x[index] += amount;
            }
            found.is_some()
        });
        if covered && material.density > 0.0 {
            let volume = composition.mass() / material.density * CUBIC_ANGSTROM;
            rows.push((x, volume, (DENSITY_SPREAD * volume).powi(-2)));
        }
    }
    let fitted = least_squares(&rows, size);
    let mut volumes = [0.0; 119];
    for ((z, _), volume) in PRIOR_VOLUMES.iter().zip(fitted) {
        volumes[usize::from(*z)] = volume;
    }
    volumes
}

/// Fits volumes, then moments, to the materials that the estimate covers.
fn fit(materials: &[&Measured]) -> Model {
    let volumes = fit_volumes(materials);
    let mut rows = Vec::new();
    for material in materials.iter().filter(|m| m.saturation.0 > 0.0) {
        let Ok(seen) = features(material.composition(), &volumes) else {
            continue;
        };
        let sign = signed_saturation(&seen, &MAGNETIC_VALENCE).signum();
        let x = seen
            .moments
            .iter()
            .map(|m| saturation_from_moment(*m, seen.volume))
            .collect();
        rows.push((x, sign * material.saturation.0, 1.0));
    }
    let mut moments = [0.0; 5];
    moments.copy_from_slice(&least_squares(&rows, 5));
    Model { moments, volumes }
}

/// The model of all measured magnets.
pub fn fit_all() -> Model {
    fit(&MEASURED
        .iter()
        .map(|(_, measured)| measured)
        .collect::<Vec<_>>())
}

/// The features of a Mn, Cr or oxygen compound in the same scheme: an oxygen atom fills its p shell with two electrons
/// of the metal's minority band. The volume is the measured one, or additive with 12.2 (Mn), 12.0 (Cr), 35.4 (Bi).
fn features_outside(material: &Measured, model: &Model) -> Option<(Features, f64)> {
    let composition = material.composition();
    let (mut moments, mut extra, mut volume) = ([0.0; 5], 0.0, 0.0);
    let mut class = None;
    for (element, amount) in composition.iter() {
        let z = element.atomic_number();
        let own = match z {
            26..=28 => {
                moments[usize::from(z) - 26] += amount;
                None
            }
            25 => {
                class = class.or(Some(Class::Manganese));
                extra += MANGANESE_MOMENT * amount;
                Some(12.2)
            }
            24 => {
                class = class.or(Some(Class::Manganese));
                extra += CHROMIUM_MOMENT * amount;
                Some(12.0)
            }
            8 => {
                class = Some(Class::Oxides);
                moments[3] += 2.0 * amount;
                None
            }
            3 | 12 | 32 | 38 | 50 | 56 | 82 | 83 => {
                let electrons = match z {
                    3 => 1.0,
                    83 => 3.0,
                    32 | 50 => 4.0,
                    _ => 2.0,
                };
                moments[3] -= electrons * amount;
                (z == 83).then_some(35.4)
            }
            _ => {
                moments[3] -= crate::estimate::valence(z)? * amount;
                None
            }
        };
        volume += amount * own.unwrap_or(model.volumes[usize::from(z)]);
    }
    let class = class?;
    if material.density > 0.0 {
        volume = composition.mass() / material.density * CUBIC_ANGSTROM;
    } else if class == Class::Oxides {
        return None;
    }
    Some((
        Features {
            moments,
            volume,
            class,
        },
        extra,
    ))
}

/// Leaves out each family in turn: fits volumes and moments to the others and predicts it. Mn, Cr and oxygen compounds
/// are never fitted, only predicted.
pub fn validate() -> Vec<OutOfFamily> {
    let families: BTreeSet<&str> = MEASURED.iter().map(|(_, m)| m.family).collect();
    let mut all = Vec::new();
    for family in families {
        let (left_out, kept): (Vec<&Measured>, Vec<&Measured>) = MEASURED
            .iter()
            .map(|(_, m)| m)
            .partition(|m| m.family == family);
        let model = fit(&kept);
        let known: Vec<f64> = kept
            .iter()
            .filter(|m| m.saturation.0 > 0.0 && features(m.composition(), &model.volumes).is_ok())
            .map(|m| m.saturation.0)
            .collect();
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        for measured in left_out.into_iter().filter(|m| m.saturation.0 > 0.0) {
            let (seen, extra) = match features(measured.composition(), &model.volumes) {
                Ok(seen) => (seen, 0.0),
                Err(_) => match features_outside(measured, &model) {
                    Some(pair) => pair,
                    None => continue,
                },
            };
            let estimate = signed_saturation(&seen, &model.moments)
                + saturation_from_moment(extra, seen.volume);
            all.push(OutOfFamily {
                measured,
                class: seen.class,
                estimate: estimate.abs(),
                mean,
            });
        }
    }
    all
}

/// The figures of the predictions that `chosen` picks.
pub fn summarize(all: &[OutOfFamily], chosen: impl Fn(&OutOfFamily) -> bool) -> Validation {
    let picked: Vec<&OutOfFamily> = all.iter().filter(|p| chosen(p)).collect();
    let count = picked.len() as f64;
    let mean = |f: &dyn Fn(&OutOfFamily) -> f64| picked.iter().map(|p| f(p)).sum::<f64>() / count;
    Validation {
        materials: picked.len(),
        families: picked
            .iter()
            .map(|p| p.measured.family)
            .collect::<BTreeSet<_>>()
            .len(),
        error: mean(&|p| (p.estimate - p.measured.saturation.0).abs()),
        error_of_mean: mean(&|p| (p.mean - p.measured.saturation.0).abs()),
        deviation: mean(&|p| (p.estimate - p.measured.saturation.0).powi(2)).sqrt(),
    }
}

/// `coefficients.rs`, as the plugin carries it.
pub fn coefficients() -> String {
    let model = fit_all();
    let all = validate();
    let mut text = String::from(
        "//! Written by `cargo run --release --example fit -- --write` from `datasets/magnets_measured.csv`; a test refits \
         and compares.\n\nuse crate::estimate::Validation;\n\n",
    );
    let mut line = |content: String| {
        text.push_str(&content);
        text.push('\n');
    };
    line("/// µB for an atom of Fe, of Co, of Ni, Pd or Pt, for an electron of valence; factor on the 4f moment.".into());
    let numbers: Vec<String> = model.moments.iter().map(|x| format!("{x:.4}")).collect();
    line(format!(
        "pub const MOMENTS: [f64; 5] = [{}];\n",
        numbers.join(", ")
    ));
    line("/// Atomic volumes, Å3, by atomic number; 0: not covered.".into());
    line("pub static VOLUMES: [f64; 119] = {".into());
    line("    let mut volumes = [0.0; 119];".into());
    for (z, volume) in model.volumes.iter().enumerate().filter(|(_, v)| **v > 0.0) {
        line(format!("    volumes[{z}] = {volume:.3};"));
    }
    line("    volumes\n};".into());
    let offered = |c: Class| matches!(c, Class::RareEarths | Class::PlatinumMetals | Class::Alloys);
    let groups: [(&str, &str, Choice); 6] = [
        ("ALL", "All materials that the estimate covers.", &|p| {
            offered(p.class)
        }),
        (
            "RARE_EARTHS",
            "Compounds of Fe, Co and Ni with rare earths.",
            &|p| p.class == Class::RareEarths,
        ),
        (
            "PLATINUM_METALS",
            "Compounds of Fe, Co and Ni with Pd and Pt.",
            &|p| p.class == Class::PlatinumMetals,
        ),
        ("ALLOYS", "Other alloys of Fe, Co and Ni.", &|p| {
            p.class == Class::Alloys
        }),
        (
            "MANGANESE",
            "Mn and Cr compounds without oxygen: not offered.",
            &|p| p.class == Class::Manganese,
        ),
        ("OXIDES", "Oxides: not offered.", &|p| {
            p.class == Class::Oxides
        }),
    ];
    for (name, summary, chosen) in groups {
        let v = summarize(&all, chosen);
        line(format!(
            "\n/// {summary}\npub const {name}: Validation = Validation {{"
        ));
        line(format!(
            "    materials: {},\n    families: {},",
            v.materials, v.families
        ));
        line(format!(
            "    error: {:.4},\n    error_of_mean: {:.4},",
            v.error, v.error_of_mean
        ));
        line(format!("    deviation: {:.4},\n}};", v.deviation));
    }
    text
}

/// A table of all out-of-family predictions, for people.
pub fn report() -> String {
    let mut text = String::new();
    let mut all = validate();
    all.sort_by(|a, b| (a.class, a.measured.family).cmp(&(b.class, b.measured.family)));
    for p in &all {
        let m = p.measured;
        let line = format!(
            "{:<14} {:<20} {:<26} measured {:.2} T, estimated {:.2} T",
            format!("{:?}", p.class),
            m.family,
            m.formula,
            m.saturation.0,
            p.estimate
        );
        // writing to a string cannot fail
        let _ = writeln!(text, "{line}");
    }
    text
}
