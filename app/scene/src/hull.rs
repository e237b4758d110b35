//! The convex hull of a few points, for coordination polyhedra.

use nalgebra::Vector3;

/// Points closer to a plane than this lie in it, as a part of the extent of all points.
const FLAT: f64 = 1e-4;

/// A convex polyhedron.
#[derive(Clone, Debug, PartialEq)]
pub struct Hull {
    /// The faces, each a convex polygon of indices of the points, counterclockwise seen from outside.
    pub faces: Vec<Vec<usize>>,
    /// The volume, in the cube of the unit of length.
    pub volume: f64,
}

/// The convex hull of points, faces in one plane joined to polygons; `None` where fewer than four points do not lie in
/// one plane. Takes the fourth power of the number of points: meant for the neighbours of an atom.
pub fn convex_hull(points: &[Vector3<f64>]) -> Option<Hull> {
    let n = points.len();
    if n < 4 {
        return None;
    }
    let centre = points.iter().sum::<Vector3<f64>>() / n as f64;
    let extent = points
        .iter()
        .map(|p| (p - centre).norm())
        .fold(0.0, f64::max);
    let flat = FLAT * extent;
    let mut faces: Vec<Vec<usize>> = Vec::new();
    let mut volume = 0.0;
    for i in 0..n {
        for j in i + 1..n {
            for k in j + 1..n {
                let normal = (points[j] - points[i]).cross(&(points[k] - points[i]));
                if normal.norm() <= flat * extent {
                    continue; // on a line
                }
                let normal = normal.normalize();
                let mut members = Vec::with_capacity(4);
                let (mut above, mut below) = (false, false);
                for (index, point) in points.iter().enumerate() {
                    let height = normal.dot(&(point - points[i]));
                    if height > flat {
                        above = true;
                    } else if height < -flat {
                        below = true;
                    } else {
                        members.push(index);
                    }
                }
                if above == below {
                    if above {
                        continue; // cuts through
                    }
                    return None; // all points in one plane
                }
                // Each face is met once for every three of its points: taken at the first.
                if first_triple(points, &members, flat * extent) != [i, j, k] {
                    continue;
                }
                let outward = if above { -normal } else { normal };
                let polygon = ring(points, &members, outward, flat);
                let origin = points[polygon[0]];
                for pair in polygon[1..].windows(2) {
                    let (u, v) = (points[pair[0]] - origin, points[pair[1]] - origin);
                    volume += (origin - centre).dot(&u.cross(&v)) / 6.0;
                }
                faces.push(polygon);
            }
        }
    }
    (faces.len() >= 4).then_some(Hull { faces, volume })
}

/// The first three members, in order, that are not on a line.
fn first_triple(points: &[Vector3<f64>], members: &[usize], least: f64) -> [usize; 3] {
    let m = members;
    for a in 0..m.len() {
        for b in a + 1..m.len() {
            for c in b + 1..m.len() {
                let (u, v) = (points[m[b]] - points[m[a]], points[m[c]] - points[m[a]]);
                if u.cross(&v).norm() > least {
                    return [m[a], m[b], m[c]];
                }
            }
        }
    }
    [usize::MAX; 3]
}

/// The corners of the convex polygon that points of one plane span, counterclockwise about `normal`; points inside it or
/// on its edges are left out.
fn ring(points: &[Vector3<f64>], members: &[usize], normal: Vector3<f64>, flat: f64) -> Vec<usize> {
    let middle = members.iter().map(|&m| points[m]).sum::<Vector3<f64>>() / members.len() as f64;
    let far = |&a: &usize, &b: &usize| {
        let (p, q) = (points[a] - middle, points[b] - middle);
        p.norm_squared().total_cmp(&q.norm_squared())
    };
    let farthest = members.iter().copied().max_by(far).unwrap_or(members[0]);
    let first = (points[farthest] - middle).normalize();
    let second = normal.cross(&first);
    let mut polygon = members.to_vec();
    let angle = |m: usize| {
        let d = points[m] - middle;
        d.dot(&second).atan2(d.dot(&first))
    };
    polygon.sort_by(|&a, &b| angle(a).total_cmp(&angle(b)));
    let mut at = 0;
    while polygon.len() > 3 && at < polygon.len() {
        let n = polygon.len();
        let (p, q, r) = (
            points[polygon[(at + n - 1) % n]],
            points[polygon[at]],
            points[polygon[(at + 1) % n]],
        );
        let turn = (q - p).cross(&(r - q)).dot(&normal);
        if turn <= flat * (r - p).norm() {
            polygon.remove(at);
            at = at.saturating_sub(1);
        } else {
            at += 1;
        }
    }
    polygon
}
