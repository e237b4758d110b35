//! Where an adsorbate may sit on the upper face of a slab: on the points, edges and corners of the Voronoi diagram of the atoms
//! that stick out.
//!
//! On top of an atom; on a bridge, where the circle between two atoms holds no third; in a hollow, whose circle through three
//! atoms or more holds none. Where four atoms lie on one circle, as on a square, there is one hollow and no diagonal.

use crate::surface::SurfaceError;
use crystal::{Structure, symmetry};
use matter::{Composition, Element};
use nalgebra::{Vector2, Vector3};
use std::fmt;

/// What is put on a surface to see which atoms it touches, Å.
const PROBE: f64 = 0.7;
/// An atom this much higher may cover another, Å.
const HIGHER: f64 = 0.5;
/// It does where the probe on the lower one comes nearer than this many sums of radii.
const COVER: f64 = 1.4;
/// Deeper atoms are inside, Å.
const DEPTH: f64 = 3.5;
/// Places nearer than this are one, Å.
const SAME: f64 = 0.3;
/// Atoms farther apart have no bridge, Å.
const LONGEST_BRIDGE: f64 = 5.0;
/// An atom this near the vertical below a hollow lies beneath it, Å.
const BENEATH: f64 = 0.5;

/// The kinds of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// On one atom.
    Top,
    /// Between two.
    Bridge,
    /// Among three or more.
    Hollow,
}

/// A place for an adsorbate; those that symmetry makes equal are one.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its kind.
    pub kind: Kind,
    /// The atoms around it, as a formula of the cell: `Pt3`.
    pub among: String,
    /// The atom straight below a hollow: its element, and how far below the highest atom around it, Å.
    pub beneath: Option<(Element, f64)>,
    /// How far the lowest of the atoms around it lies below the highest atom of the slab, Å.
    pub depth: f64,
    /// All places of the cell that are equal to it, in fractions of the two vectors in the plane; the first is taken.
    pub positions: Vec<Vector2<f64>>,
}

impl Place {
    /// How many there are in the cell.
    pub fn multiplicity(&self) -> usize {
        self.positions.len()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Top => "top",
            Kind::Bridge => "bridge",
            Kind::Hollow => "hollow",
        };
        write!(f, "{kind} {}", self.among)?;
        match self.beneath {
            Some((element, depth)) => write!(f, " over {element} {depth:.1} Å below"),
            None => Ok(()),
        }
    }
}

/// Single-bond covalent radius, Å.
pub(super) fn radius(element: Element) -> f64 {
    element.data().covalent_radius_pm.unwrap_or(150.0) / 100.0
}

/// The slab seen from above.
struct View<'a> {
    slab: &'a Structure,
    /// Place of every atom, Å.
    atoms: Vec<Vector3<f64>>,
    /// The two vectors in the plane, Å.
    edges: [Vector2<f64>; 2],
}

/// An atom of some cell, seen from above.
#[derive(Clone, Copy)]
struct Point {
    atom: usize,
    place: Vector2<f64>,
}

/// The places on the upper face of a slab whose third vector stands upright on the others, by kind and height of the atoms around.
///
/// # Errors
///
/// A slab whose symmetry is not found.
pub fn places(slab: &Structure) -> Result<Vec<Place>, SurfaceError> {
    let atoms: Vec<Vector3<f64>> = (0..slab.sites.len())
        .map(|site| slab.cartesian(site))
        .collect();
    let edge = |axis: usize| slab.lattice.vector(axis).xy();
    let view = View {
        slab,
        atoms,
        edges: [edge(0), edge(1)],
    };
    let found = view.raw(&view.exposed());
    let operations = symmetry::analyse(slab, symmetry::DEFAULT_TOLERANCE)?.operations;
    let upward = operations.iter().filter(|o| {
        let height = o.translation.z - o.translation.z.round();
        o.rotation[(2, 2)] == 1 && height.abs() < 1e-3
    });
    let turns: Vec<_> = upward
        .map(|o| {
            let turn = o.rotation.map(f64::from);
            (
                turn.fixed_view::<2, 2>(0, 0).into_owned(),
                o.translation.xy(),
            )
        })
        .collect();
    let mut places: Vec<Place> = Vec::new();
    for (kind, place, around) in found {
        let position = view.fractional(place);
        let images = turns.iter().map(|(turn, shift)| turn * position + shift);
        let images: Vec<Vector2<f64>> = images.collect();
        let known = places.iter_mut().find(|other| {
            let first = other.positions[0];
            other.kind == kind && images.iter().any(|image| view.apart(*image, first) < SAME)
        });
        match known {
            Some(known) => known.positions.push(position),
            None => places.push(Place {
                kind,
                among: view.formula(&around),
                beneath: match kind {
                    Kind::Hollow => view.beneath(place, &around),
                    _ => None,
                },
                depth: view.depth(&around),
                positions: vec![position],
            }),
        }
    }
    match places.is_empty() {
        true => Err(SurfaceError::NoSites),
        false => Ok(places),
    }
}

impl View<'_> {
    fn element(&self, atom: usize) -> Option<Element> {
        self.slab.sites[atom].main_element()
    }

    fn radius(&self, atom: usize) -> f64 {
        self.element(atom).map_or(1.5, radius)
    }

    fn fractional(&self, place: Vector2<f64>) -> Vector2<f64> {
        let place = Vector3::new(place.x, place.y, 0.0);
        let found = self.slab.lattice.fractional_from_cartesian(place).xy();
        found.map(|x| {
            let moved = x - x.floor();
            if moved > 1.0 - 1e-6 { 0.0 } else { moved }
        })
    }

    /// The distance of two fractional places of the plane, Å, the nearest images taken.
    fn apart(&self, a: Vector2<f64>, b: Vector2<f64>) -> f64 {
        let apart = (a - b).map(|x| x - x.round());
        let steps = (0..9).map(|n| Vector2::new(f64::from(n / 3 - 1), f64::from(n % 3 - 1)));
        let lengths = steps.map(|step| {
            let way = apart + step;
            (self.edges[0] * way.x + self.edges[1] * way.y).norm()
        });
        lengths.fold(f64::INFINITY, f64::min)
    }

    /// An atom and its images within some distance (Å) of a place.
    fn images(&self, atom: usize, place: Vector2<f64>, within: f64) -> Vec<Vector2<f64>> {
        let from = self.atoms[atom].xy();
        let area = (self.edges[0].x * self.edges[1].y - self.edges[0].y * self.edges[1].x).abs();
        let reach = |other: usize| {
            // How many rows of cells lie within, and one for where the atom lies in its cell.
            let height = area / self.edges[1 - other].norm();
            (within / height).ceil() as i32 + 1
        };
        let here = self.fractional_difference(place - from);
        let (i0, j0) = (here.x.round() as i32, here.y.round() as i32);
        let mut found = Vec::new();
        for i in i0 - reach(0)..=i0 + reach(0) {
            for j in j0 - reach(1)..=j0 + reach(1) {
                let there = from + self.edges[0] * f64::from(i) + self.edges[1] * f64::from(j);
                if (there - place).norm() <= within {
                    found.push(there);
                }
            }
        }
        found
    }

    fn fractional_difference(&self, way: Vector2<f64>) -> Vector2<f64> {
        let way = Vector3::new(way.x, way.y, 0.0);
        self.slab.lattice.fractional_from_cartesian(way).xy()
    }

    /// The atoms that a probe from above touches.
    fn exposed(&self) -> Vec<usize> {
        let highest = self.atoms.iter().map(|p| p.z).fold(f64::MIN, f64::max);
        let sticks_out = |&atom: &usize| {
            let here = self.atoms[atom];
            if here.z < highest - DEPTH {
                return false;
            }
            let probe = here.z + self.radius(atom) + PROBE;
            let covers = |other: usize| {
                let there = self.atoms[other].z;
                let reach = COVER * (self.radius(other) + PROBE);
                let images = self.images(other, here.xy(), reach);
                there > here.z + HIGHER
                    && images
                        .iter()
                        .any(|place| (place - here.xy()).norm().hypot(there - probe) < reach)
            };
            !(0..self.atoms.len()).any(covers)
        };
        (0..self.atoms.len()).filter(sticks_out).collect()
    }

    /// Tops, bridges and hollows of the exposed atoms, with the atoms around each: not yet reduced by symmetry.
    fn raw(&self, exposed: &[usize]) -> Vec<(Kind, Vector2<f64>, Vec<usize>)> {
        // No empty circle of a lattice is wider than its two edges together.
        let reach = self.edges[0].norm() + self.edges[1].norm() + 0.1;
        let mut found = Vec::new();
        let mut hollows: Vec<(Vector2<f64>, f64)> = Vec::new();
        for &atom in exposed {
            let here = self.atoms[atom].xy();
            let all = exposed.iter().flat_map(|&other| {
                let images = self.images(other, here, reach).into_iter();
                images.map(move |place| Point { atom: other, place })
            });
            let around: Vec<Point> = all.filter(|p| (p.place - here).norm() > 1e-6).collect();
            found.push((Kind::Top, here, vec![atom]));
            for (number, point) in around.iter().enumerate() {
                let middle = 0.5 * (here + point.place);
                let half = (point.place - here).norm() / 2.0;
                let mut others = around.iter().enumerate().filter(|(n, _)| *n != number);
                // Each bridge is met from both its ends.
                let first = (atom, here.x, here.y) <= (point.atom, point.place.x, point.place.y);
                if first
                    && 2.0 * half < LONGEST_BRIDGE
                    && others.all(|(_, o)| (o.place - middle).norm() > half + 0.1)
                {
                    found.push((Kind::Bridge, middle, vec![atom, point.atom]));
                }
                for second in &around[number + 1..] {
                    let Some((centre, size)) = circle(here, point.place, second.place) else {
                        continue;
                    };
                    let empty = size < reach / 2.0
                        && around
                            .iter()
                            .all(|o| (o.place - centre).norm() > size - 1e-3);
                    if empty {
                        hollows.push((centre, size));
                    }
                }
            }
        }
        // The widest of those that are nearly one.
        hollows.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut kept: Vec<Vector2<f64>> = Vec::new();
        for (centre, size) in hollows {
            let position = self.fractional(centre);
            if kept.iter().any(|other| self.apart(*other, position) < SAME) {
                continue;
            }
            kept.push(position);
            let touching = exposed.iter().flat_map(|&atom| {
                let images = self.images(atom, centre, size + SAME);
                images.into_iter().map(move |_| atom)
            });
            found.push((Kind::Hollow, centre, touching.collect()));
        }
        found.sort_by_key(|one| one.0);
        found
    }

    fn depth(&self, atoms: &[usize]) -> f64 {
        let highest = self.atoms.iter().map(|p| p.z).fold(f64::MIN, f64::max);
        let lowest = atoms.iter().map(|&atom| self.atoms[atom].z);
        highest - lowest.fold(f64::MAX, f64::min)
    }

    fn formula(&self, atoms: &[usize]) -> String {
        let elements = atoms.iter().filter_map(|&atom| self.element(atom));
        let all = Composition::from_amounts(elements.map(|e| (e, 1.0))).unwrap_or_default();
        let parts = all.as_ref().iter().map(|(element, count)| match count {
            1.0 => element.symbol().to_owned(),
            _ => format!("{element}{count}"),
        });
        parts.collect()
    }

    /// The highest atom straight below a place, and how far it lies below the highest of these.
    fn beneath(&self, place: Vector2<f64>, around: &[usize]) -> Option<(Element, f64)> {
        let heights = around.iter().map(|&atom| self.atoms[atom].z);
        let level = heights.fold(f64::MIN, f64::max);
        let below = (0..self.atoms.len()).filter(|&atom| {
            self.atoms[atom].z < level - HIGHER && !self.images(atom, place, BENEATH).is_empty()
        });
        let highest = below.max_by(|&a, &b| self.atoms[a].z.total_cmp(&self.atoms[b].z))?;
        Some((self.element(highest)?, level - self.atoms[highest].z))
    }
}

/// The circle through three points; none where they lie on a line.
fn circle(a: Vector2<f64>, b: Vector2<f64>, c: Vector2<f64>) -> Option<(Vector2<f64>, f64)> {
    let (b, c) = (b - a, c - a);
    let twice = 2.0 * (b.x * c.y - b.y * c.x);
    if twice.abs() < 1e-6 {
        return None;
    }
    let (bb, cc) = (b.norm_squared(), c.norm_squared());
    let centre = Vector2::new(c.y * bb - b.y * cc, b.x * cc - c.x * bb) / twice;
    Some((a + centre, centre.norm()))
}
