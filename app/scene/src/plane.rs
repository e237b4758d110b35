//! Lattice planes, cut to the drawn cells.

use crate::error::SceneError;
use crate::style::MillerPlane;
use nalgebra::Vector3;

/// The corners, fractional and in order, of the part of a lattice plane that lies within the cells from 0 to `repeats`;
/// fewer than three where the plane misses them.
///
/// # Errors
///
/// The plane (0 0 0).
pub fn plane_polygon(
    plane: &MillerPlane,
    repeats: [u32; 3],
) -> Result<Vec<Vector3<f64>>, SceneError> {
    if plane.indices == [0, 0, 0] {
        return Err(SceneError::ZeroPlane);
    }
    // The plane is h x + k y + l z = offset in fractional coordinates, International Tables B, 1.1.
    let normal = Vector3::from(plane.indices.map(f64::from));
    let size = Vector3::from(repeats.map(f64::from));
    let height = |p: &Vector3<f64>| normal.dot(p) - plane.offset;
    let tolerance = 1e-9 * (1.0 + normal.abs().dot(&size) + plane.offset.abs());
    let mut corners: Vec<Vector3<f64>> = Vec::new();
    let mut add = |p: Vector3<f64>| {
        if !corners.iter().any(|c| (c - p).norm() < 1e-7 * size.norm()) {
            corners.push(p);
        }
    };
    for axis in 0..3 {
        for (i, j) in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)] {
            let mut from = Vector3::zeros();
            from[(axis + 1) % 3] = i * size[(axis + 1) % 3];
            from[(axis + 2) % 3] = j * size[(axis + 2) % 3];
            let mut to = from;
            to[axis] = size[axis];
            let (a, b) = (height(&from), height(&to));
            if a.abs() <= tolerance {
                add(from);
            }
            if b.abs() <= tolerance {
                add(to);
            }
            if a * b < 0.0 && a.abs() > tolerance && b.abs() > tolerance {
                add(from + (to - from) * (a / (a - b)));
            }
        }
    }
    if corners.len() < 3 {
        return Ok(Vec::new());
    }
    let middle = corners.iter().sum::<Vector3<f64>>() / corners.len() as f64;
    // Any affine image keeps the order round the polygon, so that fractional coordinates do.
    let first = corners[0] - middle;
    let second = normal.cross(&first);
    let angle = |p: &Vector3<f64>| {
        let d = p - middle;
        (d.dot(&second) / second.norm()).atan2(d.dot(&first) / first.norm())
    };
    corners.sort_by(|p, q| angle(p).total_cmp(&angle(q)));
    Ok(corners)
}
