//! A lattice: three basis vectors.

use crate::CrystalError;
use nalgebra::{Matrix3, Vector3};

/// The longest and the shortest basis vector that a lattice may have, Å.
const LENGTHS: std::ops::RangeInclusive<f64> = 1e-2..=1e6;
/// The least volume, as a part of that of the right-angled cell of the same lengths. A cell with α = β = γ = 1° has 2e-4.
const MIN_FLATNESS: f64 = 1e-6;

/// The basis vectors of a crystal, of either handedness, never flat.
#[derive(Clone, Debug, PartialEq)]
pub struct Lattice {
    rows: Matrix3<f64>,
    inverse: Matrix3<f64>,
}

impl Lattice {
    /// From the basis vectors a, b and c in Å, each a row of the matrix.
    ///
    /// # Errors
    ///
    /// Vectors that are not finite, shorter than 0.01 Å, longer than 1e6 Å, or in one plane.
    pub fn new(rows: Matrix3<f64>) -> Result<Self, CrystalError> {
        let fail = |what| {
            let v = |i| format!("({}, {}, {})", rows[(i, 0)], rows[(i, 1)], rows[(i, 2)]);
            CrystalError::Cell(format!("{} {} {}", v(0), v(1), v(2)), what)
        };
        if rows.iter().any(|x| !x.is_finite()) {
            return Err(fail("basis vectors must be finite numbers, in Å"));
        }
        let lengths = [0, 1, 2].map(|i| rows.row(i).norm());
        if lengths.iter().any(|length| !LENGTHS.contains(length)) {
            return Err(fail(
                "every basis vector must be between 0.01 and 1e6 Å long",
            ));
        }
        let flatness = rows.determinant() / lengths.iter().product::<f64>();
        match rows.try_inverse() {
            Some(inverse) if flatness.abs() >= MIN_FLATNESS => Ok(Self { rows, inverse }),
            _ => Err(fail(
                "the three basis vectors lie in one plane; check lengths and angles",
            )),
        }
    }

    /// From lengths in Å and angles in degrees: α between b and c, β between a and c, γ between a and b.
    /// The vector a lies along x, b in the plane of x and y, c above it (International Tables B, 3.3.1).
    ///
    /// # Errors
    ///
    /// Lengths outside 0.01 to 1e6 Å, angles outside 0 to 180°, or angles that do not close to a cell.
    pub fn from_parameters(
        a: f64,
        b: f64,
        c: f64,
        alpha: f64,
        beta: f64,
        gamma: f64,
    ) -> Result<Self, CrystalError> {
        let fail = |what| {
            let text = format!("a {a}, b {b}, c {c} Å, α {alpha}, β {beta}, γ {gamma}°");
            CrystalError::Cell(text, what)
        };
        if [a, b, c].iter().any(|length| !LENGTHS.contains(length)) {
            return Err(fail("lengths must be between 0.01 and 1e6 Å"));
        }
        if [alpha, beta, gamma]
            .iter()
            .any(|&angle| !(angle > 0.0 && angle < 180.0))
        {
            return Err(fail("angles must be between 0 and 180 degrees"));
        }
        let [ca, cb, cg] = [alpha, beta, gamma].map(cosine_of_degrees);
        let sg = (1.0 - cg * cg).sqrt();
        let cy = (ca - cb * cg) / sg;
        let square = 1.0 - cb * cb - cy * cy;
        if !(sg > 0.0 && square > 0.0) {
            return Err(fail(
                "no cell has these angles: each must be less than the sum of the other two, and all less than 360 together",
            ));
        }
        let rows = Matrix3::new(
            a,
            0.0,
            0.0,
            b * cg,
            b * sg,
            0.0,
            c * cb,
            c * cy,
            c * square.sqrt(),
        );
        Self::new(rows).map_err(|_| fail("the cell is flat; check the angles"))
    }

    /// The basis vectors, Å, each a row.
    pub fn rows(&self) -> &Matrix3<f64> {
        &self.rows
    }

    /// Basis vector 0, 1 or 2: a, b or c, Å.
    ///
    /// # Panics
    ///
    /// For an axis above 2, as an array does.
    pub fn vector(&self, axis: usize) -> Vector3<f64> {
        self.rows.row(axis).transpose()
    }

    /// Lengths of a, b and c, Å.
    pub fn lengths(&self) -> [f64; 3] {
        [0, 1, 2].map(|i| self.rows.row(i).norm())
    }

    /// Angles α, β and γ in degrees.
    pub fn angles(&self) -> [f64; 3] {
        let [a, b, c] = [0, 1, 2].map(|axis| self.vector(axis));
        // The arc tangent keeps its digits near 0 and 180 degrees, where the arc cosine loses half of them.
        let angle =
            |u: &Vector3<f64>, v: &Vector3<f64>| u.cross(v).norm().atan2(u.dot(v)).to_degrees();
        [angle(&b, &c), angle(&a, &c), angle(&a, &b)]
    }

    /// Volume of the cell, Å3, positive for either handedness.
    pub fn volume(&self) -> f64 {
        self.rows.determinant().abs()
    }

    /// Whether a, b and c are a left-handed set.
    pub fn is_left_handed(&self) -> bool {
        self.rows.determinant() < 0.0
    }

    /// Cartesian coordinates, Å, of fractional ones.
    pub fn cartesian_from_fractional(&self, fractional: Vector3<f64>) -> Vector3<f64> {
        self.rows.tr_mul(&fractional)
    }

    /// Fractional coordinates of Cartesian ones in Å.
    pub fn fractional_from_cartesian(&self, cartesian: Vector3<f64>) -> Vector3<f64> {
        self.inverse.tr_mul(&cartesian)
    }

    /// The reciprocal lattice without the factor 2π: rows a*, b*, c* in 1/Å, a·a* = 1.
    pub fn reciprocal(&self) -> Matrix3<f64> {
        self.inverse.transpose()
    }

    /// Distances between the lattice planes (100), (010) and (001), Å.
    pub fn plane_spacings(&self) -> [f64; 3] {
        [0, 1, 2].map(|i| 1.0 / self.inverse.column(i).norm())
    }
}

/// The cosine of an angle in degrees, exact for multiples of 30 where it is rational.
fn cosine_of_degrees(degrees: f64) -> f64 {
    match degrees {
        90.0 => 0.0,
        60.0 => 0.5,
        120.0 => -0.5,
        _ => degrees.to_radians().cos(),
    }
}
