//! Slabs: a crystal cut along a lattice plane, whole periods of it, with vacuum above and below.
//!
//! ```
//! use crystal::{Lattice, Site, Structure, slab::Facet};
//! use matter::Element;
//!
//! let lattice = Lattice::from_parameters(4.05, 4.05, 4.05, 90.0, 90.0, 90.0)?;
//! let places = [[0.0; 3], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];
//! let aluminium = Structure::new(lattice, places.map(|p| Site::new(Element::AL, p.into())).into());
//! let facet = Facet::new(&aluminium, [1, 1, 1], 0.01)?;
//! assert!((facet.spacing() - 4.05 / 3.0_f64.sqrt()).abs() < 1e-9);
//! let slab = facet.slab(0, 9.0, 15.0, [2, 2])?;
//! assert_eq!(slab.structure.sites.len(), 4 * 4); // four layers of four atoms
//! # Ok::<(), crystal::CrystalError>(())
//! ```
//!
//! A slab consists of whole periods of the crystal along the normal of the plane, so that its composition is the crystal's. Where
//! one period can be cut at different heights, each way that symmetry does not make equal to another is a [`Termination`].

use crate::symmetry::{self, Operation};
use crate::{CrystalError, Lattice, Site, Structure};
use matter::Composition;
use nalgebra::{Matrix3, Vector3};

/// Atoms whose heights differ by less than this lie in one plane, Å.
const PLANE: f64 = 0.1;
/// The largest Miller index that is taken: planes of higher ones lie closer than anyone can tell apart.
const MAX_INDEX: i32 = 20;
/// The thickest slab and the widest vacuum, Å.
const MAX_LENGTH: f64 = 1000.0;

/// A lattice plane of a crystal, and the ways to cut along it.
#[derive(Clone, Debug)]
pub struct Facet {
    miller: [i32; 3],
    /// A primitive cell: two vectors in the plane, `x` along the first and `z` the normal, and one that leads a period up. The
    /// third coordinates lie within 0 and 1.
    cell: Structure,
    /// Å.
    spacing: f64,
    terminations: Vec<Termination>,
}

/// A height at which a crystal is cut along a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Termination {
    /// Where in the period, as a part of it.
    pub cut: f64,
    /// How far the planes of atoms are apart between which it passes, Å.
    pub gap: f64,
    /// What the outermost plane of the upper face holds, as a formula.
    pub upper: String,
    /// And of the lower one.
    pub lower: String,
    /// Whether an operation of the crystal turns one face into the other, so that both have one energy.
    pub faces_alike: bool,
    /// How many cuts of a period symmetry makes equal to it, itself included.
    pub ways: usize,
}

/// A slab in a cell of its own: first and second vector in the plane, third along the normal.
#[derive(Clone, Debug)]
pub struct Slab {
    /// Atoms, from the lowest to the highest, in the middle of the cell; repeats of one follow one another.
    pub structure: Structure,
    /// How many periods it is thick.
    pub periods: usize,
    /// The area of one of its two faces, Å2.
    pub area: f64,
    /// From the lowest to the highest atom, Å.
    pub thickness: f64,
}

impl Facet {
    /// The plane with these Miller indices in the cell of the structure. `tolerance` (Å) is that of the symmetry search, which
    /// finds the shortest period and what cuts are equal.
    ///
    /// # Errors
    ///
    /// Indices that are all zero or above 20; a structure whose symmetry is not found.
    pub fn new(
        structure: &Structure,
        miller: [i32; 3],
        tolerance: f64,
    ) -> Result<Self, CrystalError> {
        if miller == [0; 3] {
            return Err(CrystalError::Miller {
                indices: miller,
                remedy: "no plane has three zeros; give one index that is not zero",
            });
        }
        if miller.iter().any(|index| index.abs() > MAX_INDEX) {
            return Err(CrystalError::Miller {
                indices: miller,
                remedy: "indices are taken up to 20; planes of higher ones lie too close to tell them apart",
            });
        }
        let operations = symmetry::analyse(structure, tolerance)?.operations;
        let translations: Vec<&Operation> = operations
            .iter()
            .filter(|o| o.rotation == Matrix3::identity())
            .collect();
        // The primitive lattice in parts of the cell: whole numbers by how many translations there are.
        let parts = translations.len().max(1) as i64;
        let mut rows: Vec<[i64; 3]> = vec![[parts, 0, 0], [0, parts, 0], [0, 0, parts]];
        rows.extend(translations.iter().map(|o| {
            let place = o.translation * parts as f64;
            [0, 1, 2].map(|axis| place[axis].round() as i64)
        }));
        let basis = symmetry::basis_of(rows);
        let primitive = Matrix3::from_fn(|i, j| basis[i][j] as f64 / parts as f64);
        let indices = basis.map(|row| {
            let products = row.iter().zip(miller);
            products.map(|(a, b)| a * i64::from(b)).sum::<i64>()
        });
        let period = gcd(gcd(indices[0], indices[1]), indices[2]);
        let [u, v, w] = plane_basis(
            indices.map(|index| index / period),
            &(primitive * structure.lattice.rows()),
        );
        let turn = Matrix3::from_rows(&[u.transpose(), v.transpose(), w.transpose()]);
        let within = turn * primitive;
        let (lattice, spacing) = upright(&(within * structure.lattice.rows()))?;
        let inverse = within.try_inverse().unwrap_or_else(Matrix3::identity);
        let cell = Structure {
            sites: primitive_sites(structure, &lattice, &inverse, tolerance),
            lattice,
            title: structure.title.clone(),
            notes: structure.notes.clone(),
        };
        // Of the primitive cell, not of the one that was given: a supercell's lattice may lack operations of the crystal.
        let turns = turns(&symmetry::analyse(&cell, tolerance)?.operations);
        let terminations = terminations(&cell, spacing, &turns);
        Ok(Self {
            miller,
            cell,
            spacing,
            terminations,
        })
    }

    /// The Miller indices, as given.
    pub fn miller(&self) -> [i32; 3] {
        self.miller
    }

    /// The period along the normal, Å: the distance of neighbouring lattice planes.
    pub fn spacing(&self) -> f64 {
        self.spacing
    }

    /// The smallest area that repeats in the plane, Å2.
    pub fn area(&self) -> f64 {
        let (u, v) = (self.cell.lattice.vector(0), self.cell.lattice.vector(1));
        u.cross(&v).norm()
    }

    /// The ways to cut, none equal to another; at least one.
    pub fn terminations(&self) -> &[Termination] {
        &self.terminations
    }

    /// How often to repeat the smallest cell in the plane, so that images of an atom are at least `width` (Å) apart.
    pub fn repeats(&self, width: f64) -> [u32; 2] {
        let (u, v) = (self.cell.lattice.vector(0), self.cell.lattice.vector(1));
        let shortest = |n: [u32; 2]| {
            let (u, v) = (u * f64::from(n[0]), v * f64::from(n[1]));
            let steps = [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0)];
            let lengths = steps.map(|(a, b)| (u * a + v * b).norm());
            lengths.into_iter().fold(f64::INFINITY, f64::min)
        };
        let mut repeats = [1, 1];
        while shortest(repeats) < width - 1e-6 && repeats[0].max(repeats[1]) < 1000 {
            let shorter = usize::from(
                u.norm() * f64::from(repeats[0]) > v.norm() * f64::from(repeats[1]) + 1e-6,
            );
            repeats[shorter] += 1;
        }
        repeats
    }

    /// A slab of the termination of this number: the least number of periods that are `thickness` (Å) together, repeated in the
    /// plane, with `vacuum` (Å) between its highest atom and the lowest of its next image.
    ///
    /// # Errors
    ///
    /// A thickness or vacuum that is no positive length or above 1000 Å; more than [`crate::MAX_SITES`] sites.
    ///
    /// # Panics
    ///
    /// If there are not that many terminations, as a slice does.
    pub fn slab(
        &self,
        termination: usize,
        thickness: f64,
        vacuum: f64,
        repeats: [u32; 2],
    ) -> Result<Slab, CrystalError> {
        for (name, value) in [("slab thickness", thickness), ("vacuum", vacuum)] {
            if !(value > 0.0 && value <= MAX_LENGTH) {
                return Err(CrystalError::Length {
                    name,
                    value,
                    remedy: "give a length above 0, at most 1000 Å; 10 Å and 15 Å are usual",
                });
            }
        }
        let cut = self.terminations[termination].cut;
        let periods = (thickness / self.spacing - 1e-9).ceil().max(1.0) as usize;
        let mut placed = Vec::with_capacity(periods * self.cell.sites.len());
        for period in 0..periods {
            for (number, site) in self.cell.sites.iter().enumerate() {
                let height = site.position[2];
                let lifted = cut + (height - cut).rem_euclid(1.0) + period as f64;
                let mut position = site.position;
                position[2] = lifted;
                let place = self.cell.lattice.cartesian_from_fractional(position);
                placed.push((place, number));
            }
        }
        // Equal heights, up to rounding, keep the order of the cell.
        let rank = |place: &Vector3<f64>| (place.z / 1e-6).round() as i64;
        placed.sort_by_key(|(place, number)| (rank(place), *number));
        let (lowest, highest) = (placed[0].0.z, placed[placed.len() - 1].0.z);
        let rows = self.cell.lattice.rows();
        let length = highest - lowest + vacuum;
        let lattice = Lattice::new(Matrix3::from_rows(&[
            rows.row(0).into(),
            rows.row(1).into(),
            Vector3::new(0.0, 0.0, length).transpose(),
        ]))?;
        let sites = placed.into_iter().map(|(mut place, number)| {
            place.z += 0.5 * vacuum - lowest;
            let mut site = self.cell.sites[number].clone();
            let found = lattice.fractional_from_cartesian(place);
            site.position = Vector3::new(wrapped(found.x), wrapped(found.y), found.z);
            site
        });
        let [h, k, l] = self.miller;
        let mut structure = Structure::new(lattice.clone(), sites.collect());
        structure.title = format!("{} ({h} {k} {l})", self.cell.title)
            .trim_start()
            .to_owned();
        structure.notes.clone_from(&self.cell.notes);
        let [a, b] = repeats.map(|n| i32::try_from(n.max(1)).unwrap_or(i32::MAX));
        let structure = structure.supercell([[a, 0, 0], [0, b, 0], [0, 0, 1]])?;
        Ok(Slab {
            structure,
            periods,
            area: self.area() * f64::from(a) * f64::from(b),
            thickness: highest - lowest,
        })
    }
}

impl Slab {
    /// The sites plane by plane, the highest first: those whose heights differ by less than 0.1 Å from the next.
    pub fn planes(&self) -> Vec<Vec<usize>> {
        let height = |site: usize| self.structure.cartesian(site).z;
        let mut sites: Vec<usize> = (0..self.structure.sites.len()).collect();
        sites.sort_by(|&a, &b| height(b).total_cmp(&height(a)).then(a.cmp(&b)));
        let mut planes: Vec<Vec<usize>> = Vec::new();
        for site in sites {
            match planes.last_mut() {
                Some(plane) if height(plane[plane.len() - 1]) - height(site) < PLANE => {
                    plane.push(site);
                }
                _ => planes.push(vec![site]),
            }
        }
        planes
    }
}

/// Moved into 0 to 1; what rounding put just below 1 becomes 0.
fn wrapped(x: f64) -> f64 {
    let moved = x - x.floor();
    if moved > 1.0 - 1e-9 { 0.0 } else { moved }
}

fn gcd(a: i64, b: i64) -> i64 {
    match b {
        0 => a.abs(),
        _ => gcd(b, a % b),
    }
}

/// Two short lattice vectors in the plane of coprime indices and one that leads to the next plane, in parts of the basis.
/// Seen from above the second lies to the left of the first, at an angle of 90° to 120°.
fn plane_basis(indices: [i64; 3], basis: &Matrix3<f64>) -> [Vector3<f64>; 3] {
    let mut rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    let mut values = indices;
    // Euclid: rows are subtracted from each other until one alone leaves the plane, by one period.
    while let Some(least) = (0..3)
        .filter(|&r| values[r] != 0)
        .min_by_key(|&r| values[r].abs())
    {
        let Some(other) = (0..3).find(|&r| r != least && values[r] != 0) else {
            break;
        };
        let quotient = values[other] / values[least];
        values[other] -= quotient * values[least];
        let subtracted = rows[least];
        for (entry, x) in rows[other].iter_mut().zip(subtracted) {
            *entry -= quotient * x;
        }
    }
    let vector = |row: [i64; 3]| Vector3::from(row.map(|x| x as f64));
    let out = (0..3).find(|&r| values[r] != 0).unwrap_or(2);
    let up = vector(rows[out]) * values[out].signum() as f64;
    let place = |v: &Vector3<f64>| basis.tr_mul(v);
    let (mut u, mut v) = (vector(rows[(out + 1) % 3]), vector(rows[(out + 2) % 3]));
    // Gauss's reduction in two dimensions.
    loop {
        if place(&v).norm() < place(&u).norm() - 1e-9 {
            std::mem::swap(&mut u, &mut v);
        }
        let times = (place(&u).dot(&place(&v)) / place(&u).norm_squared() - 1e-9).round();
        if times == 0.0 {
            break;
        }
        v -= u * times;
    }
    if place(&u).cross(&place(&v)).dot(&place(&up)) < 0.0 {
        v = -v;
    }
    if place(&u).dot(&place(&v)) > 1e-9 {
        (u, v) = (v, -u);
    }
    [u, v, up]
}

/// The same cell turned: first vector along `x`, the first two in the plane of `x` and `y`; and the height of the third, Å.
fn upright(rows: &Matrix3<f64>) -> Result<(Lattice, f64), CrystalError> {
    let [u, v, w] = [0, 1, 2].map(|i| rows.row(i).transpose());
    let x = u.normalize();
    let z = u.cross(&v).normalize();
    let y = z.cross(&x);
    let seen = |p: Vector3<f64>| Vector3::new(p.dot(&x), p.dot(&y), p.dot(&z));
    let (mut u, mut v, w) = (seen(u), seen(v), seen(w));
    // Rounding must not tilt the plane.
    (u.y, u.z, v.z) = (0.0, 0.0, 0.0);
    let lattice = Lattice::new(Matrix3::from_rows(&[
        u.transpose(),
        v.transpose(),
        w.transpose(),
    ]))?;
    Ok((lattice, w.z))
}

/// The sites of the primitive cell `lattice`, which is `inverse` of the structure's; of those that a translation makes equal the
/// first.
fn primitive_sites(
    structure: &Structure,
    lattice: &Lattice,
    inverse: &Matrix3<f64>,
    tolerance: f64,
) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for site in &structure.sites {
        let position = inverse.tr_mul(&site.position).map(wrapped);
        let same = |other: &Site| {
            let apart = position - other.position;
            let apart = apart - apart.map(f64::round);
            let near = lattice.cartesian_from_fractional(apart).norm() < 4.0 * tolerance;
            near && symmetry::are_alike(site, other)
        };
        if !sites.iter().any(same) {
            let mut new = site.clone();
            new.position = position;
            sites.push(new);
        }
    }
    sites
}

/// What the operations that keep the plane do to heights, counted in periods: `sign * h + shift`. The plane is that of the first
/// two vectors.
fn turns(operations: &[Operation]) -> Vec<(f64, f64)> {
    let covector = Vector3::new(0, 0, 1);
    let kept = operations.iter().filter_map(|operation| {
        let turned = operation.rotation.tr_mul(&covector);
        let shift = operation.translation.z;
        if turned == covector {
            Some((1.0, shift))
        } else if turned == -covector {
            Some((-1.0, shift))
        } else {
            None
        }
    });
    kept.collect()
}

/// The distinct heights to cut at.
fn terminations(cell: &Structure, spacing: f64, turns: &[(f64, f64)]) -> Vec<Termination> {
    let mut heights: Vec<(f64, usize)> = cell
        .sites
        .iter()
        .enumerate()
        .map(|(number, site)| (site.position[2], number))
        .collect();
    heights.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = heights.len();
    // The gap above each site, and the height in its middle.
    let gaps: Vec<(f64, f64)> = (0..count)
        .map(|at| {
            let next = match at + 1 < count {
                true => heights[at + 1].0,
                false => heights[0].0 + 1.0,
            };
            (
                (next - heights[at].0) * spacing,
                0.5 * (next + heights[at].0),
            )
        })
        .collect();
    let widest = gaps.iter().map(|gap| gap.0).fold(0.0, f64::max);
    let least = PLANE.min(widest - 1e-9);
    let mut found: Vec<Termination> = Vec::new();
    let near = |a: f64, b: f64| {
        let apart = a - b;
        (apart - apart.round()).abs() * spacing < 0.5 * least
    };
    let outer = |at: usize, step: isize| {
        // From the cut through the plane, up or down, until the next gap.
        let mut sites = Vec::new();
        let mut place = at as isize + isize::from(step > 0);
        for _ in 0..count {
            let here = place.rem_euclid(count as isize) as usize;
            sites.push(heights[here].1);
            let gap = match step > 0 {
                true => gaps[here].0,
                false => gaps[(here + count - 1) % count].0,
            };
            if gap > least {
                break;
            }
            place += step;
        }
        formula(cell, &sites)
    };
    for (at, &(gap, cut)) in gaps.iter().enumerate().filter(|(_, gap)| gap.0 > least) {
        let images = turns.iter().map(|(sign, shift)| sign * cut + shift);
        let images: Vec<f64> = images.collect();
        let known = found
            .iter_mut()
            .find(|other| images.iter().any(|&image| near(image, other.cut)));
        if let Some(known) = known {
            known.ways += 1;
            continue;
        }
        let mut back = turns.iter().filter(|(sign, _)| *sign < 0.0);
        found.push(Termination {
            cut,
            gap,
            // A slab begins above its cut and ends below the next one.
            lower: outer(at, 1),
            upper: outer(at, -1),
            faces_alike: back.any(|(_, shift)| near(shift - cut, cut)),
            ways: 1,
        });
    }
    found
}

/// The formula of some sites.
fn formula(cell: &Structure, sites: &[usize]) -> String {
    let species = sites.iter().flat_map(|&site| &cell.sites[site].species);
    let all = Composition::from_amounts(species.map(|s| (s.element, s.occupancy)));
    all.unwrap_or_default().as_ref().reduced_formula()
}
