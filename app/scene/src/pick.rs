//! Which atom is under the pointer.

use crate::camera::Ray;
use crate::scene::Scene;
use nalgebra::Vector3;

/// Boxes at most; beyond, they are made larger.
const MAX_BOXES: f64 = 2e6;

/// A sphere that a ray meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pick {
    /// The atom, a place in [`Scene::atoms`].
    pub atom: u32,
    /// From the start of the ray to where it enters the sphere, Å.
    pub distance: f64,
}

/// The spheres of a scene in boxes, so that a ray looks only at those near it. Made once a scene.
#[derive(Clone, Debug)]
pub struct Picker {
    low: Vector3<f64>,
    side: f64,
    counts: [usize; 3],
    /// Where the atoms of a box start in `atoms`; one more than there are boxes.
    starts: Vec<u32>,
    atoms: Vec<u32>,
}

impl Picker {
    /// Sorts the spheres of a scene into boxes.
    pub fn new(scene: &Scene) -> Self {
        let (mut low, mut high) = (
            Vector3::repeat(f64::INFINITY),
            Vector3::repeat(f64::NEG_INFINITY),
        );
        let mut widest = 0.0_f64;
        for atom in &scene.atoms {
            low = low.inf(&atom.position.add_scalar(-atom.radius));
            high = high.sup(&atom.position.add_scalar(atom.radius));
            widest = widest.max(2.0 * atom.radius);
        }
        if scene.atoms.is_empty() {
            (low, high) = (Vector3::zeros(), Vector3::zeros());
        }
        let extent = high - low;
        let mut side = widest.max(1.5);
        while extent
            .iter()
            .map(|e| (e / side).ceil().max(1.0))
            .product::<f64>()
            > MAX_BOXES
        {
            side *= 1.5;
        }
        let counts = [0, 1, 2].map(|i| ((extent[i] / side).ceil() as usize).max(1));
        let mut picker = Self {
            low,
            side,
            counts,
            starts: vec![0; counts.iter().product::<usize>() + 1],
            atoms: Vec::new(),
        };
        picker.sort(scene);
        picker
    }

    /// A counting sort of the spheres by box; a sphere is in every box that its own box touches, eight at most.
    fn sort(&mut self, scene: &Scene) {
        let ranges: Vec<_> = scene
            .atoms
            .iter()
            .map(|a| {
                let first = self.box_of(a.position.add_scalar(-a.radius));
                (first, self.box_of(a.position.add_scalar(a.radius)))
            })
            .collect();
        let mut counts = vec![0_u32; self.starts.len()];
        for range in &ranges {
            self.each_box(*range, |b| counts[b + 1] += 1);
        }
        for b in 1..counts.len() {
            counts[b] += counts[b - 1];
        }
        let mut next = counts.clone();
        self.atoms = vec![0; counts.last().map_or(0, |&n| n as usize)];
        let mut atoms = std::mem::take(&mut self.atoms);
        for (index, range) in ranges.iter().enumerate() {
            self.each_box(*range, |b| {
                atoms[next[b] as usize] = index as u32;
                next[b] += 1;
            });
        }
        self.atoms = atoms;
        self.starts = counts;
    }

    fn box_of(&self, p: Vector3<f64>) -> [usize; 3] {
        [0, 1, 2].map(|i| {
            let step = ((p[i] - self.low[i]) / self.side).floor().max(0.0) as usize;
            step.min(self.counts[i] - 1)
        })
    }

    fn each_box(&self, (first, last): ([usize; 3], [usize; 3]), mut visit: impl FnMut(usize)) {
        for x in first[0]..=last[0] {
            for y in first[1]..=last[1] {
                for z in first[2]..=last[2] {
                    visit((x * self.counts[1] + y) * self.counts[2] + z);
                }
            }
        }
    }

    /// The first sphere that a ray enters; `scene` must be the one that this was made of.
    pub fn pick(&self, scene: &Scene, ray: &Ray) -> Option<Pick> {
        let size = Vector3::from(self.counts.map(|n| n as f64 * self.side));
        let (enter, leave) = through_box(ray, self.low, self.low + size)?;
        // From box to box along the ray: J. Amanatides, A. Woo, Eurographics 1987, 3.
        let start = ray.origin + ray.direction * enter.max(0.0);
        let mut at = self.box_of(start).map(|i| i as i64);
        let mut next = [f64::INFINITY; 3];
        for i in 0..3 {
            let d = ray.direction[i];
            if d != 0.0 {
                let border = self.low[i] + (at[i] + i64::from(d > 0.0)) as f64 * self.side;
                next[i] = (border - ray.origin[i]) / d;
            }
        }
        let mut best: Option<Pick> = None;
        loop {
            let b = (at[0] as usize * self.counts[1] + at[1] as usize) * self.counts[2]
                + at[2] as usize;
            for &atom in &self.atoms[self.starts[b] as usize..self.starts[b + 1] as usize] {
                let sphere = &scene.atoms[atom as usize];
                let Some(distance) = meet(ray, sphere.position, sphere.radius) else {
                    continue;
                };
                // Of spheres met at one distance the first in the scene: the same for every way through the boxes.
                let nearer = best.is_none_or(|b| {
                    distance < b.distance || distance == b.distance && atom < b.atom
                });
                if nearer {
                    best = Some(Pick { atom, distance });
                }
            }
            let axis = (0..3).fold(0, |a, i| if next[i] < next[a] { i } else { a });
            let border = next[axis];
            if best.is_some_and(|b| b.distance < border) || border > leave {
                return best;
            }
            at[axis] += ray.direction[axis].signum() as i64;
            if at[axis] < 0 || at[axis] >= self.counts[axis] as i64 {
                return best;
            }
            next[axis] += self.side / ray.direction[axis].abs();
        }
    }
}

/// Where a ray enters a sphere, from its start on; from inside, where it leaves it.
fn meet(ray: &Ray, centre: Vector3<f64>, radius: f64) -> Option<f64> {
    let to = centre - ray.origin;
    let nearest = to.dot(&ray.direction);
    let offset = to - ray.direction * nearest;
    let h = radius * radius - offset.norm_squared();
    if h < 0.0 {
        return None;
    }
    let half = h.sqrt();
    let (enter, leave) = (nearest - half, nearest + half);
    [enter, leave].into_iter().find(|&t| t >= 0.0)
}

/// Where a ray enters and leaves a box; `None` where it misses it or the box lies behind.
fn through_box(ray: &Ray, low: Vector3<f64>, high: Vector3<f64>) -> Option<(f64, f64)> {
    let (mut enter, mut leave) = (f64::NEG_INFINITY, f64::INFINITY);
    for i in 0..3 {
        let (o, d) = (ray.origin[i], ray.direction[i]);
        if d == 0.0 {
            if o < low[i] || o > high[i] {
                return None;
            }
            continue;
        }
        let (a, b) = ((low[i] - o) / d, (high[i] - o) / d);
        enter = enter.max(a.min(b));
        leave = leave.min(a.max(b));
    }
    (enter <= leave && leave >= 0.0).then_some((enter, leave))
}
