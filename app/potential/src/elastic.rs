//! How a crystal yields to strain: elastic constants from stresses, and the equation of state from energies.

use crate::relax::{Ending, Settings, relax};
use crate::{GPA, Potential, PotentialError, Prediction};
use crystal::{Lattice, Structure};
use job::Job;
use nalgebra::{Matrix3, Matrix4, Matrix6, Vector4};

/// Strains of both signs whose stresses are compared. The potential's energy ripples on the scale of a hundredth of a length, and
/// what spans a ripple tells more of the crystal than what lies on one. In copper, whose pressure was followed step by step, the
/// bulk modulus is 193 GPa between lengths ±0.25 %, 178 between ±0.5 %, 158 between ±1 %, and 155 GPa from the equation of state.
/// A strain of 1 % along one axis is one of 0.33 % along three.
const STRAIN: f64 = 0.01;
/// Where bulk moduli of stresses and of energies differ by more than this part, the ripples are told.
const RIPPLE: f64 = 0.15;
/// Volumes of the equation of state, of that at rest.
const VOLUMES: [f64; 9] = [0.94, 0.955, 0.97, 0.985, 1.0, 1.015, 1.03, 1.045, 1.06];
/// The components of Voigt's notation: 11, 22, 33, 23, 13, 12.
const VOIGT: [(usize, usize); 6] = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)];

/// Elastic constants of a crystal at rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Elastic {
    /// Stiffness in Voigt's notation, GPa, in the Cartesian axes of the structure; shear strains count twice.
    pub stiffness: Matrix6<f64>,
    /// Bulk modulus of a polycrystal, mean of Voigt's and Reuss' bounds (R. Hill, Proc. Phys. Soc. A 65, 349 (1952)), GPa.
    pub bulk: f64,
    /// Shear modulus likewise, GPa.
    pub shear: f64,
    /// Whether every small strain costs energy (M. Born).
    pub stable: bool,
}

impl Elastic {
    /// What follows from a stiffness, GPa; moduli are NaN where it is singular.
    pub fn new(stiffness: Matrix6<f64>) -> Self {
        let c = |i: usize, j: usize| stiffness[(i, j)];
        let (diagonal, off) = (c(0, 0) + c(1, 1) + c(2, 2), c(0, 1) + c(0, 2) + c(1, 2));
        let voigt = (
            (diagonal + 2.0 * off) / 9.0,
            (diagonal - off + 3.0 * (c(3, 3) + c(4, 4) + c(5, 5))) / 15.0,
        );
        let reuss = stiffness.try_inverse().map(|compliance| {
            let s = |i: usize, j: usize| compliance[(i, j)];
            let (diagonal, off) = (s(0, 0) + s(1, 1) + s(2, 2), s(0, 1) + s(0, 2) + s(1, 2));
            let shear = 4.0 * diagonal - 4.0 * off + 3.0 * (s(3, 3) + s(4, 4) + s(5, 5));
            (1.0 / (diagonal + 2.0 * off), 15.0 / shear)
        });
        let reuss = reuss.unwrap_or((f64::NAN, f64::NAN));
        Self {
            bulk: 0.5 * (voigt.0 + reuss.0),
            shear: 0.5 * (voigt.1 + reuss.1),
            stable: stiffness
                .symmetric_eigenvalues()
                .iter()
                .all(|value| *value > 0.0),
            stiffness,
        }
    }

    /// Young's modulus of a polycrystal, GPa.
    pub fn young(&self) -> f64 {
        9.0 * self.bulk * self.shear / (3.0 * self.bulk + self.shear)
    }

    /// Poisson's ratio of a polycrystal.
    pub fn poisson(&self) -> f64 {
        (3.0 * self.bulk - 2.0 * self.shear) / (6.0 * self.bulk + 2.0 * self.shear)
    }
}

/// Elastic constants of a relaxed structure, its atoms relaxed in every strained cell.
///
/// # Errors
///
/// A structure that the potential refuses, cancelled.
pub fn elastic(
    potential: &Potential,
    structure: &Structure,
    job: &Job,
) -> Result<Elastic, PotentialError> {
    let mut stiffness = Matrix6::zeros();
    for (column, (i, j)) in VOIGT.into_iter().enumerate() {
        let stress = |size: f64| {
            let mut strain = Matrix3::zeros();
            strain[(i, j)] += 0.5 * size;
            strain[(j, i)] += 0.5 * size;
            let found = at_strain(potential, structure, &strain, job)?;
            Ok::<_, PotentialError>(VOIGT.map(|place| found.stress[place]))
        };
        let (there, back) = (stress(STRAIN)?, stress(-STRAIN)?);
        for row in 0..6 {
            stiffness[(row, column)] = (there[row] - back[row]) / (2.0 * STRAIN);
        }
    }
    Ok(Elastic::new((stiffness + stiffness.transpose()) * 0.5))
}

/// A structure strained, its atoms relaxed.
fn at_strain(
    potential: &Potential,
    structure: &Structure,
    strain: &Matrix3<f64>,
    job: &Job,
) -> Result<Prediction, PotentialError> {
    let mut strained = structure.clone();
    let deformation = Matrix3::identity() + strain;
    strained.lattice = Lattice::new(structure.lattice.rows() * deformation)?;
    let settings = Settings {
        cell: false,
        force_limit: 0.005,
        steps: 200,
        symmetry: None,
        ..Settings::default()
    };
    let relaxed = relax(potential, &strained, &settings, job, |_| ())?;
    match relaxed.ending {
        Ending::Exploded(_) | Ending::Collapsed(_) => Err(PotentialError::Lost(relaxed.ending)),
        Ending::Converged | Ending::StepsSpent => Ok(relaxed.prediction),
    }
}

/// The third-order equation of state of F. Birch, Phys. Rev. 71, 809 (1947).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EquationOfState {
    /// Volume at rest, Å3/atom.
    pub volume: f64,
    /// Energy there, eV/atom.
    pub energy: f64,
    /// Bulk modulus there, GPa.
    pub bulk: f64,
    /// Its derivative by pressure.
    pub bulk_derivative: f64,
    /// Root mean square distance of the energies from the curve, eV/atom.
    pub residual: f64,
}

impl EquationOfState {
    /// Through energies (eV/atom) at volumes (Å3/atom): in `V^(-2/3)` they are a cubic, found by least squares. None where it has
    /// no minimum.
    pub fn fit(points: &[(f64, f64)]) -> Option<Self> {
        let scale = points.get(points.len() / 2)?.0;
        let (mut normal, mut right) = (Matrix4::zeros(), Vector4::zeros());
        let terms = |volume: f64| {
            // Counted from the middle, so that the powers differ.
            let x = (volume / scale).powf(-2.0 / 3.0) - 1.0;
            Vector4::new(1.0, x, x * x, x * x * x)
        };
        for &(volume, energy) in points {
            let terms = terms(volume);
            normal += terms * terms.transpose();
            right += terms * energy;
        }
        let a = normal.lu().solve(&right)?;
        let root = a[2] * a[2] - 3.0 * a[1] * a[3];
        if root.is_nan() || root < 0.0 {
            return None;
        }
        // The minimum of the two stationary places, in a form that does not cancel.
        let x = -a[1] / (a[2] + root.sqrt());
        let (second, third) = (2.0 * a[2] + 6.0 * a[3] * x, 6.0 * a[3]);
        let minimum = second > 0.0 && x > -1.0;
        if !minimum {
            return None;
        }
        let v = (x + 1.0).powf(-1.5);
        // Derivatives of x by the volume in units of `scale`.
        let (x1, x2) = (
            -2.0 / 3.0 * v.powf(-5.0 / 3.0),
            10.0 / 9.0 * v.powf(-8.0 / 3.0),
        );
        let e2 = second * x1 * x1;
        let e3 = third * x1.powi(3) + 3.0 * second * x1 * x2;
        let off = |&(volume, energy): &(f64, f64)| (terms(volume).dot(&a) - energy).powi(2);
        Some(Self {
            volume: v * scale,
            energy: terms(v * scale).dot(&a),
            bulk: v * e2 / scale * GPA,
            bulk_derivative: -1.0 - v * e3 / e2,
            residual: (points.iter().map(off).sum::<f64>() / points.len() as f64).sqrt(),
        })
    }
}

/// The equation of state of a relaxed structure: its cell scaled evenly, its shape kept, its atoms relaxed.
///
/// # Errors
///
/// A structure that the potential refuses, cancelled. None where the energies have no minimum.
pub fn equation_of_state(
    potential: &Potential,
    structure: &Structure,
    job: &Job,
) -> Result<Option<EquationOfState>, PotentialError> {
    let mut points = Vec::new();
    for ratio in VOLUMES {
        let strain = Matrix3::identity() * (ratio.cbrt() - 1.0);
        let found = at_strain(potential, structure, &strain, job)?;
        points.push((structure.volume_per_atom() * ratio, found.energy_per_atom()));
    }
    Ok(EquationOfState::fit(&points))
}

/// What to beware of where the two bulk moduli differ, in a sentence; none where they agree.
pub fn ripple(elastic: &Elastic, state: &EquationOfState) -> Option<String> {
    let apart = (elastic.bulk / state.bulk - 1.0).abs();
    (apart > RIPPLE || apart.is_nan()).then(|| {
        format!(
            "its bulk modulus is {:.0} GPa by stresses at strains of {:.0} % and {:.0} GPa by energies over volumes of ±6 %: the potential's energy ripples as atoms come closer, and no modulus is surer than these differ",
            elastic.bulk,
            100.0 * STRAIN,
            state.bulk
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bulk_moduli_that_differ_are_told() {
        let elastic = |bulk: f64| Elastic {
            bulk,
            ..Elastic::new(Matrix6::identity())
        };
        let state = EquationOfState {
            volume: 12.0,
            energy: -4.0,
            bulk: 150.0,
            bulk_derivative: 5.0,
            residual: 0.0,
        };
        assert_eq!(ripple(&elastic(160.0), &state), None);
        let told = ripple(&elastic(190.0), &state).unwrap();
        assert!(
            told.contains("190 GPa") && told.contains("150 GPa"),
            "{told}"
        );
        assert!(ripple(&elastic(f64::NAN), &state).is_some());
    }

    #[test]
    fn moduli_of_copper_follow_from_its_constants() {
        // C11, C12, C44 of 168.4, 121.4, 75.4 GPa give Voigt's and Reuss' shear moduli of 54.6 and 40.0 GPa
        // (J. P. Hirth, J. Lothe, Theory of Dislocations, 1982, table 13.2).
        let mut stiffness = Matrix6::zeros();
        for i in 0..3 {
            for j in 0..3 {
                stiffness[(i, j)] = if i == j { 168.4 } else { 121.4 };
            }
            stiffness[(i + 3, i + 3)] = 75.4;
        }
        let copper = Elastic::new(stiffness);
        assert!((copper.bulk - 137.07).abs() < 0.01);
        assert!((copper.shear - 47.3).abs() < 0.1, "{}", copper.shear);
        assert!(copper.stable && (copper.poisson() - 0.345).abs() < 0.005);
        let young = 2.0 * copper.shear * (1.0 + copper.poisson());
        assert!((copper.young() - young).abs() < 1e-9);
        stiffness[(3, 3)] = -1.0;
        assert!(!Elastic::new(stiffness).stable);
    }

    #[test]
    fn a_curve_of_birch_and_murnaghan_is_found_again() {
        let (v0, e0, b0, b1) = (16.5, -3.7, 140.0 / GPA, 5.1);
        let energy = |v: f64| {
            let x = (v0 / v).powf(2.0 / 3.0);
            e0 + 9.0 * v0 * b0 / 16.0
                * ((x - 1.0).powi(3) * b1 + (x - 1.0).powi(2) * (6.0 - 4.0 * x))
        };
        let points = VOLUMES.map(|ratio| (16.2 * ratio, energy(16.2 * ratio)));
        let found = EquationOfState::fit(&points).unwrap();
        assert!((found.volume - v0).abs() < 1e-6, "{found:?}");
        assert!((found.energy - e0).abs() < 1e-9, "{found:?}");
        assert!((found.bulk - 140.0).abs() < 1e-4, "{found:?}");
        assert!((found.bulk_derivative - b1).abs() < 1e-4, "{found:?}");
        assert!(found.residual < 1e-9);
        assert_eq!(EquationOfState::fit(&VOLUMES.map(|v| (v, -v))), None);
        assert_eq!(EquationOfState::fit(&[]), None);
    }
}
