//! Whether two structures are the same crystal, whatever cell, origin, orientation and size they are written in.
//!
//! The criteria are those of pymatgen's `StructureMatcher` (S. P. Ong et al., Comput. Mater. Sci. 68, 314 (2013),
//! doi:10.1016/j.commatsci.2012.10.028): primitive cells, scaled to one volume, whose edges agree within a part, whose angles agree
//! within degrees, and whose sites pair off, element by element, within a part of the mean spacing of atoms. Mirror images match.

use crystal::{CrystalError, Lattice, Structure, symmetry};
use matter::Element;
use nalgebra::{Matrix3, Vector3};

/// How far sites may lie from where symmetry wants them when the primitive cell is sought, Å.
const PRIMITIVE: f64 = 0.05;
/// What rounding may add to a limit.
const ROUNDING: f64 = 1e-8;

/// How much two structures may differ and still match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Edges of the cell, as a part of their length.
    pub length: f64,
    /// The farthest pair of sites, as a part of the cube root of the volume per atom.
    pub site: f64,
    /// Angles of the cell, degrees.
    pub angle: f64,
}

impl Default for Tolerance {
    /// Half of pymatgen's defaults: L1_0 and B2, or fcc and bcc, which a stretch by a fifth makes one, stay apart.
    fn default() -> Self {
        Self {
            length: 0.1,
            site: 0.15,
            angle: 3.0,
        }
    }
}

impl Tolerance {
    /// The defaults of pymatgen's `StructureMatcher`.
    pub const PYMATGEN: Self = Self {
        length: 0.2,
        site: 0.3,
        angle: 5.0,
    };
}

/// How well two structures match.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Root mean square distance of paired sites, as a part of the cube root of the volume per atom.
    pub rms: f64,
    /// The largest distance, likewise.
    pub largest: f64,
}

/// A structure ready to be compared: its primitive cell with short edges, at a volume of 1 per atom.
#[derive(Clone, Debug)]
pub struct Comparable {
    /// Edges of the cell, each a row.
    rows: Matrix3<f64>,
    /// Fractional coordinates by element, in the order of atomic numbers.
    kinds: Vec<(Element, Vec<Vector3<f64>>)>,
    count: usize,
}

impl Comparable {
    /// The structure's primitive cell, reduced and scaled.
    ///
    /// # Errors
    ///
    /// No sites, or a symmetry that cannot be found. A site counts as its main element.
    pub fn new(structure: &Structure) -> Result<Self, CrystalError> {
        let found = symmetry::analyse(structure, PRIMITIVE)?;
        Self::of_primitive(&found.primitive_cell)
    }

    /// Likewise of a cell that is known to be primitive, which saves the search.
    ///
    /// # Errors
    ///
    /// No sites, or a cell that no lattice has.
    pub fn of_primitive(structure: &Structure) -> Result<Self, CrystalError> {
        let count = structure.sites.len();
        if count == 0 {
            return Err(CrystalError::Empty);
        }
        let rows = reduced(*structure.lattice.rows());
        let to_reduced = Lattice::new(rows)?;
        let scale = (count as f64 / to_reduced.volume()).cbrt();
        let mut kinds: Vec<(Element, Vec<Vector3<f64>>)> = Vec::new();
        for (index, site) in structure.sites.iter().enumerate() {
            let Some(element) = site.main_element() else {
                continue;
            };
            let place = to_reduced.fractional_from_cartesian(structure.cartesian(index));
            match kinds.iter_mut().find(|kind| kind.0 == element) {
                Some(kind) => kind.1.push(place),
                None => kinds.push((element, vec![place])),
            }
        }
        kinds.sort_by_key(|kind| kind.0);
        Ok(Self {
            rows: rows * scale,
            kinds,
            count,
        })
    }

    /// Number of sites of the primitive cell.
    pub fn sites(&self) -> usize {
        self.count
    }

    /// How well the other one matches; none where no pairing stays within the tolerance, whichever of the two gives the cell
    /// that the other's is compared with.
    pub fn compare(&self, other: &Self, tolerance: &Tolerance) -> Option<Match> {
        let (there, back) = (self.onto(other, tolerance)?, other.onto(self, tolerance)?);
        Some(if there.largest <= back.largest {
            there
        } else {
            back
        })
    }

    /// Likewise with this one's cell.
    fn onto(&self, other: &Self, tolerance: &Tolerance) -> Option<Match> {
        let alike =
            |(a, b): (&(Element, Vec<_>), &(Element, Vec<_>))| a.0 == b.0 && a.1.len() == b.1.len();
        let same_content = self.count == other.count
            && self.kinds.len() == other.kinds.len()
            && self.kinds.iter().zip(&other.kinds).all(alike);
        if !same_content {
            return None;
        }
        let mappings = Mappings::new(&self.rows, &other.rows, tolerance);
        mappings.into_iter().find_map(|mapping| {
            let rows = mapping * other.rows;
            let average = average(&self.rows, &rows)?;
            let inverse = mapping.try_inverse()?;
            let moved = |kind: &(Element, Vec<Vector3<f64>>)| -> Vec<Vector3<f64>> {
                let places = kind.1.iter();
                places.map(|place| inverse.tr_mul(place)).collect()
            };
            let places: Vec<Vec<Vector3<f64>>> = other.kinds.iter().map(moved).collect();
            self.fit(&places, &average, tolerance.site)
        })
    }

    /// The first shift of the other's places that brings them within `limit` of these.
    fn fit(&self, places: &[Vec<Vector3<f64>>], lattice: &Lattice, limit: f64) -> Option<Match> {
        // The rarest element has the fewest shifts to try.
        let rarest = (0..places.len()).min_by_key(|&kind| places[kind].len())?;
        let origin = self.kinds[rarest].1.first()?;
        let pairs = Pairs { lattice, limit };
        places[rarest].iter().find_map(|start| {
            let shift = origin - start;
            let kinds = self.kinds.iter().zip(places);
            let mut gaps = Vec::with_capacity(self.count);
            for ((_, here), there) in kinds {
                pairs.pair(here, there, &shift, &mut gaps)?;
            }
            let mean: Vector3<f64> = gaps.iter().sum::<Vector3<f64>>() / gaps.len() as f64;
            let lengths = gaps
                .iter()
                .map(|gap| lattice.cartesian_from_fractional(gap - mean).norm());
            let (squares, largest) = lengths.fold((0.0, 0.0_f64), |(sum, most), length| {
                (sum + length * length, most.max(length))
            });
            let rms = (squares / gaps.len() as f64).sqrt();
            (largest <= limit + ROUNDING).then_some(Match { rms, largest })
        })
    }
}

/// Whether two structures are the same crystal, within the tolerance.
///
/// # Errors
///
/// No sites, or a symmetry that cannot be found.
pub fn matches(
    a: &Structure,
    b: &Structure,
    tolerance: &Tolerance,
) -> Result<Option<Match>, CrystalError> {
    Ok(Comparable::new(a)?.compare(&Comparable::new(b)?, tolerance))
}

/// A basis of the same lattice whose vectors cannot be shortened by adding another one or two of them.
fn reduced(mut rows: Matrix3<f64>) -> Matrix3<f64> {
    // Each step shortens a vector by a part, so that this ends; the limit is for cells that rounding spoils.
    for _ in 0..200 {
        let mut changed = false;
        for i in 0..3 {
            let mut shortest = rows.row(i).clone_owned();
            let (j, k) = ((i + 1) % 3, (i + 2) % 3);
            for m in -1..=1 {
                for n in -1..=1 {
                    let tried =
                        rows.row(i) + rows.row(j) * f64::from(m) + rows.row(k) * f64::from(n);
                    if tried.norm() < shortest.norm() * (1.0 - 1e-9) {
                        shortest = tried;
                        changed = true;
                    }
                }
            }
            rows.set_row(i, &shortest);
        }
        if !changed {
            break;
        }
    }
    rows
}

/// Lengths and cosines' angles in degrees of a cell's rows.
fn parameters(rows: &Matrix3<f64>) -> ([f64; 3], [f64; 3]) {
    let vectors = [0, 1, 2].map(|i| rows.row(i).transpose());
    let angle = |a: &Vector3<f64>, b: &Vector3<f64>| a.cross(b).norm().atan2(a.dot(b)).to_degrees();
    let [a, b, c] = &vectors;
    (
        [a.norm(), b.norm(), c.norm()],
        [angle(b, c), angle(a, c), angle(a, b)],
    )
}

/// The lattice with the mean lengths and angles of two.
fn average(a: &Matrix3<f64>, b: &Matrix3<f64>) -> Option<Lattice> {
    let ((la, aa), (lb, ab)) = (parameters(a), parameters(b));
    let mean = |x: [f64; 3], y: [f64; 3]| [0, 1, 2].map(|i| 0.5 * (x[i] + y[i]));
    let ([x, y, z], [p, q, r]) = (mean(la, lb), mean(aa, ab));
    Lattice::from_parameters(x, y, z, p, q, r).ok()
}

/// The bases of one lattice, whole multiples of its vectors, that look like those of another.
struct Mappings;

impl Mappings {
    #[expect(clippy::new_ret_no_self, reason = "a list is all that is wanted")]
    fn new(wanted: &Matrix3<f64>, rows: &Matrix3<f64>, tolerance: &Tolerance) -> Vec<Matrix3<f64>> {
        let (lengths, angles) = parameters(wanted);
        let stretch = 1.0 + tolerance.length + ROUNDING;
        let farthest = lengths.iter().copied().fold(0.0, f64::max) * stretch;
        let points = points(rows, farthest);
        let near = lengths.map(|length| -> Vec<(Vector3<f64>, Vector3<f64>, f64)> {
            let fits = |p: &&(Vector3<f64>, Vector3<f64>, f64)| {
                p.2 <= length * stretch && p.2 * stretch >= length
            };
            points.iter().filter(fits).copied().collect()
        });
        let angle =
            |a: &Vector3<f64>, b: &Vector3<f64>| a.cross(b).norm().atan2(a.dot(b)).to_degrees();
        let within = |found: f64, wanted: f64| (found - wanted).abs() <= tolerance.angle + ROUNDING;
        let mut all = Vec::new();
        for a in &near[0] {
            for b in &near[1] {
                if !within(angle(&a.1, &b.1), angles[2]) {
                    continue;
                }
                for c in &near[2] {
                    if !within(angle(&a.1, &c.1), angles[1])
                        || !within(angle(&b.1, &c.1), angles[0])
                    {
                        continue;
                    }
                    let mapping =
                        Matrix3::from_rows(&[a.0.transpose(), b.0.transpose(), c.0.transpose()]);
                    if (mapping.determinant().abs() - 1.0).abs() < 0.5 {
                        let off: f64 = [(a.2, 0), (b.2, 1), (c.2, 2)]
                            .iter()
                            .map(|(length, i)| (length / lengths[*i]).ln().abs())
                            .sum();
                        all.push((off, mapping));
                    }
                }
            }
        }
        // The likeliest first: most pairs that match are found at once.
        all.sort_by(|x, y| x.0.total_cmp(&y.0));
        all.into_iter().map(|entry| entry.1).collect()
    }
}

/// Lattice points but the origin up to a distance: as multiples of the rows, as places, and their distance.
fn points(rows: &Matrix3<f64>, farthest: f64) -> Vec<(Vector3<f64>, Vector3<f64>, f64)> {
    let Some(inverse) = rows.try_inverse() else {
        return Vec::new();
    };
    let reach = [0, 1, 2].map(|i| (farthest * inverse.column(i).norm()).floor() as i32);
    let mut all = Vec::new();
    for i in -reach[0]..=reach[0] {
        for j in -reach[1]..=reach[1] {
            for k in -reach[2]..=reach[2] {
                let multiple = Vector3::new(f64::from(i), f64::from(j), f64::from(k));
                let place = rows.tr_mul(&multiple);
                let distance = place.norm();
                if distance > 0.0 && distance <= farthest {
                    all.push((multiple, place, distance));
                }
            }
        }
    }
    all
}

/// Pairs the places of one element.
struct Pairs<'a> {
    lattice: &'a Lattice,
    limit: f64,
}

impl Pairs<'_> {
    /// Adds the gap of each of `here` to its partner among `there`, shifted, so that the squares of the gaps are least in sum;
    /// none where a place has no partner within twice the limit (the shift may still be improved by as much as the limit).
    fn pair(
        &self,
        here: &[Vector3<f64>],
        there: &[Vector3<f64>],
        shift: &Vector3<f64>,
        gaps: &mut Vec<Vector3<f64>>,
    ) -> Option<()> {
        let count = here.len();
        let mut found = Vec::with_capacity(count * count);
        let mut costs = Vec::with_capacity(count * count);
        for a in here {
            let mut nearest = f64::INFINITY;
            for b in there {
                let (gap, square) = self.shortest(b + shift - a);
                nearest = nearest.min(square);
                found.push(gap);
                costs.push(square);
            }
            if nearest > (2.0 * self.limit).powi(2) {
                return None;
            }
        }
        let partners = assign(&costs, count);
        let pairs = partners.into_iter().enumerate();
        gaps.extend(pairs.map(|(a, b)| found[a * count + b]));
        Some(())
    }

    /// The shortest of a gap and its images, fractional, and its squared length.
    fn shortest(&self, gap: Vector3<f64>) -> (Vector3<f64>, f64) {
        let wrapped = gap.map(|x| x - x.round());
        let mut best = (wrapped, f64::INFINITY);
        for i in -1..=1 {
            for j in -1..=1 {
                for k in -1..=1 {
                    let image = wrapped + Vector3::new(f64::from(i), f64::from(j), f64::from(k));
                    let square = self.lattice.cartesian_from_fractional(image).norm_squared();
                    if square < best.1 {
                        best = (image, square);
                    }
                }
            }
        }
        best
    }
}

/// The partner of each row so that the sum of costs (`count` x `count`, row by row) is least: shortest augmenting paths with
/// potentials (R. Jonker, A. Volgenant, Computing 38, 325 (1987), doi:10.1007/BF02278710).
fn assign(costs: &[f64], count: usize) -> Vec<usize> {
    const FREE: usize = usize::MAX;
    let (mut of_rows, mut of_columns) = (vec![0.0; count], vec![0.0; count + 1]);
    // The row that a column belongs to; the last column is where a search starts.
    let mut owner = vec![FREE; count + 1];
    for row in 0..count {
        owner[count] = row;
        let mut column = count;
        let (mut least, mut came_from) = (vec![f64::INFINITY; count], vec![count; count]);
        let mut seen = vec![false; count + 1];
        loop {
            seen[column] = true;
            let current = owner[column];
            let (mut step, mut next) = (f64::INFINITY, count);
            for other in 0..count {
                if seen[other] {
                    continue;
                }
                let cost = costs[current * count + other] - of_rows[current] - of_columns[other];
                if cost < least[other] {
                    least[other] = cost;
                    came_from[other] = column;
                }
                if least[other] < step {
                    step = least[other];
                    next = other;
                }
            }
            for other in 0..=count {
                if seen[other] {
                    of_rows[owner[other]] += step;
                    of_columns[other] -= step;
                } else if other < count {
                    least[other] -= step;
                }
            }
            column = next;
            if owner[column] == FREE {
                break;
            }
        }
        while column != count {
            let before = came_from[column];
            owner[column] = owner[before];
            column = before;
        }
    }
    let mut partners = vec![0; count];
    for (column, row) in owner.iter().take(count).enumerate() {
        partners[*row] = column;
    }
    partners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_is_the_best_of_all() {
        // Every permutation of five, by Heap's algorithm, on costs of a linear congruential generator.
        let mut state = 1_u64;
        let mut random = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64
        };
        for _ in 0..50 {
            let costs: Vec<f64> = (0..25).map(|_| random()).collect();
            let total = |order: &[usize]| -> f64 {
                order
                    .iter()
                    .enumerate()
                    .map(|(i, j)| costs[5 * i + j])
                    .sum()
            };
            let mut best = f64::INFINITY;
            let mut order = [0, 1, 2, 3, 4];
            let mut counts = [0; 5];
            best = best.min(total(&order));
            let mut i = 0;
            while i < 5 {
                if counts[i] < i {
                    order.swap(if i % 2 == 1 { counts[i] } else { 0 }, i);
                    best = best.min(total(&order));
                    counts[i] += 1;
                    i = 0;
                } else {
                    counts[i] = 0;
                    i += 1;
                }
            }
            assert!((total(&assign(&costs, 5)) - best).abs() < 1e-6);
        }
    }
}
