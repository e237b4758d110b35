//! Distances and angles between atoms, in any cells.

use crate::bonds::Bonding;
use crate::scene::AtomRef;
use crystal::Structure;
use nalgebra::Vector3;

/// What two, three or four atoms tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measurement {
    /// Between two atoms, Å.
    Distance(f64),
    /// At the second of three atoms, 0 to 180 degrees.
    Angle(f64),
    /// About the bond from the second to the third of four atoms, -180 to 180 degrees: positive where the far bond is
    /// clockwise of the near one (IUPAC, Pure Appl. Chem. 68, 2193 (1996), torsion angle).
    Dihedral(f64),
}

impl Measurement {
    /// Measures two, three or four points, Cartesian, Å. `None` for another number, and where points coincide or lie on a
    /// line, so that there is no angle.
    pub fn of(points: &[Vector3<f64>]) -> Option<Self> {
        match *points {
            [a, b] => Some(Self::Distance((b - a).norm())),
            [a, b, c] => {
                let (u, v) = (a - b, c - b);
                let (sine, cosine) = (u.cross(&v).norm(), u.dot(&v));
                let defined = u.norm() > 0.0 && v.norm() > 0.0;
                defined.then(|| Self::Angle(sine.atan2(cosine).to_degrees()))
            }
            [a, b, c, d] => {
                let (u, v, w) = (b - a, c - b, d - c);
                let (m, n) = (u.cross(&v), v.cross(&w));
                let least = 1e-9 * v.norm();
                if m.norm() <= least * u.norm() || n.norm() <= least * w.norm() {
                    return None;
                }
                let sine = v.norm() * u.dot(&n);
                Some(Self::Dihedral(sine.atan2(m.dot(&n)).to_degrees()))
            }
            _ => None,
        }
    }

    /// The value: Å or degrees.
    pub fn value(self) -> f64 {
        match self {
            Self::Distance(value) | Self::Angle(value) | Self::Dihedral(value) => value,
        }
    }
}

impl std::fmt::Display for Measurement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Distance(value) => write!(f, "{value:.4} Å"),
            Self::Angle(value) | Self::Dihedral(value) => write!(f, "{value:.2}°"),
        }
    }
}

/// Where atoms are, Cartesian, Å; `None` where a site is not in the structure.
pub fn positions(structure: &Structure, atoms: &[AtomRef]) -> Option<Vec<Vector3<f64>>> {
    let margin = crate::bonds::margins(structure);
    let place = |atom: &AtomRef| {
        let site = structure.sites.get(atom.site as usize)?;
        let (fractional, _) = Bonding::into_cell(site.position, margin);
        let image = Vector3::from(atom.image.map(f64::from));
        Some(
            structure
                .lattice
                .cartesian_from_fractional(fractional + image),
        )
    };
    atoms.iter().map(place).collect()
}

/// The shortest distance from site `from` to any image of site `to`, Å; to another cell where both are one site. `None`
/// where there is no such site.
pub fn shortest_distance(structure: &Structure, from: usize, to: usize) -> Option<f64> {
    let (a, b) = (structure.sites.get(from)?, structure.sites.get(to)?);
    let lattice = &structure.lattice;
    let difference = b.position - a.position;
    let nearest = difference - difference.map(f64::round);
    let bound = if from == to {
        lattice.lengths().into_iter().fold(f64::INFINITY, f64::min)
    } else {
        lattice.cartesian_from_fractional(nearest).norm()
    };
    // Every image nearer than the bound lies within this many cells: bound / spacing of the lattice planes.
    let reach = lattice.plane_spacings().map(|d| (bound / d + 1.0).ceil());
    let steps = reach.map(|r| -(r as i64)..=r as i64);
    let mut shortest = bound;
    for x in steps[0].clone() {
        for y in steps[1].clone() {
            for z in steps[2].clone() {
                if from == to && (x, y, z) == (0, 0, 0) {
                    continue;
                }
                let image = Vector3::new(x as f64, y as f64, z as f64);
                let d = lattice.cartesian_from_fractional(nearest + image).norm();
                shortest = shortest.min(d);
            }
        }
    }
    Some(shortest)
}
