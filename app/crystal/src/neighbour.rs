//! Which sites are near which, across the borders of the cell.

use crate::supercell::within_cell;
use crate::{CrystalError, Structure};
use nalgebra::Vector3;

/// More pairs than are kept: about 2.4 GB.
const MAX_PAIRS: usize = 100_000_000;
/// More looks into boxes than are worth waiting for.
const MAX_LOOKS: f64 = 1e10;

/// The neighbours of every site in compressed sparse rows: those of site `i` are entries `offsets[i]..offsets[i + 1]`,
/// nearest first.
///
/// Every pair is there twice, from either end. A site is its own neighbour in other cells, not in its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbours {
    /// Where the entries of a site start; one more than there are sites.
    pub offsets: Vec<usize>,
    /// The neighbour's site.
    pub index: Vec<u32>,
    /// The cell that the neighbour lies in, seen from the cell of the site: `position + image` is its place.
    pub image: Vec<[i32; 3]>,
    /// The distance, Å.
    pub distance: Vec<f64>,
}

/// A neighbour of a site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Its site.
    pub index: usize,
    /// The cell that it lies in, seen from the cell of the site.
    pub image: [i32; 3],
    /// Its distance, Å.
    pub distance: f64,
}

impl Neighbours {
    /// The neighbours of site `site`, nearest first; none for a site that is not there.
    pub fn of(&self, site: usize) -> impl Iterator<Item = Neighbour> + '_ {
        let start = self.offsets.get(site).copied().unwrap_or(0);
        let end = self.offsets.get(site + 1).copied().unwrap_or(start);
        (start..end).map(|entry| Neighbour {
            index: self.index[entry] as usize,
            image: self.image[entry],
            distance: self.distance[entry],
        })
    }
}

/// The sites in boxes of the cell, sorted by box.
struct Boxes {
    /// How many boxes along each axis.
    counts: [i64; 3],
    /// Where the sites of a box start in `sites`; one more than there are boxes.
    starts: Vec<usize>,
    sites: Vec<u32>,
    /// The box of each site along each axis.
    homes: Vec<[i64; 3]>,
}

/// All neighbours within `cutoff` (Å, itself included), for cells of any shape, size and handedness. Time grows with
/// the number of sites and that of neighbours.
///
/// # Errors
///
/// A cutoff that is not a positive number, coordinates that are no numbers, or more than 1e8 pairs.
pub fn neighbours(structure: &Structure, cutoff: f64) -> Result<Neighbours, CrystalError> {
    let fail = |remedy| CrystalError::Length {
        name: "cutoff",
        value: cutoff,
        remedy,
    };
    if !(cutoff.is_finite() && cutoff > 0.0) {
        return Err(fail("give a positive length"));
    }
    let count = structure.sites.len();
    if count > crate::MAX_SITES {
        return Err(CrystalError::TooManySites(count as u64));
    }
    structure.check_positions()?;
    let lattice = &structure.lattice;
    let wrapped: Vec<Vector3<f64>> = structure
        .sites
        .iter()
        .map(|s| s.position.map(within_cell))
        .collect();
    let cells: Vec<[i32; 3]> = structure
        .sites
        .iter()
        .zip(&wrapped)
        .map(|(s, w)| [0, 1, 2].map(|i| (s.position[i] - w[i]).round() as i32))
        .collect();
    let spacings = lattice.plane_spacings();
    let boxes = Boxes::new(&wrapped, spacings, cutoff);
    // Two places within the cutoff differ by at most cutoff / spacing in the fraction along an axis, so by this many
    // boxes; the little more allows for rounding.
    let reach = [0, 1, 2].map(|i| (boxes.counts[i] as f64 * cutoff / spacings[i] + 1e-9).ceil());
    let looks: f64 = reach.iter().map(|r| 2.0 * r + 1.0).product::<f64>() * count as f64;
    if looks > MAX_LOOKS {
        return Err(fail("it spans too many cells; give a shorter one"));
    }
    let reach = reach.map(|r| r as i64);
    let cartesian: Vec<Vector3<f64>> = wrapped
        .iter()
        .map(|w| lattice.cartesian_from_fractional(*w))
        .collect();
    let mut all = Neighbours {
        offsets: vec![0],
        ..Neighbours::default()
    };
    let mut found: Vec<Neighbour> = Vec::new();
    for site in 0..count {
        found.clear();
        let home = boxes.homes[site];
        for i in -reach[0]..=reach[0] {
            for j in -reach[1]..=reach[1] {
                for k in -reach[2]..=reach[2] {
                    let place = [home[0] + i, home[1] + j, home[2] + k];
                    let image = [0, 1, 2].map(|a| place[a].div_euclid(boxes.counts[a]));
                    let here = boxes.of([0, 1, 2].map(|a| place[a].rem_euclid(boxes.counts[a])));
                    if here.is_empty() {
                        continue;
                    }
                    let shift = Vector3::from_fn(|a, _| image[a] as f64);
                    let from = cartesian[site] - lattice.cartesian_from_fractional(shift);
                    for &other in here {
                        let other = other as usize;
                        let distance = (cartesian[other] - from).norm();
                        if distance > cutoff || (other == site && image == [0; 3]) {
                            continue;
                        }
                        found.push(Neighbour {
                            index: other,
                            image: [0, 1, 2]
                                .map(|a| image[a] as i32 + cells[site][a] - cells[other][a]),
                            distance,
                        });
                    }
                }
            }
        }
        if all.index.len() + found.len() > MAX_PAIRS {
            return Err(fail("it gives more than 1e8 pairs; give a shorter one"));
        }
        let key = |n: &Neighbour| (n.index, n.image);
        found.sort_unstable_by(|a, b| a.distance.total_cmp(&b.distance).then(key(a).cmp(&key(b))));
        for neighbour in &found {
            all.index.push(neighbour.index as u32);
            all.image.push(neighbour.image);
            all.distance.push(neighbour.distance);
        }
        all.offsets.push(all.index.len());
    }
    Ok(all)
}

impl Boxes {
    /// Boxes about as wide as the cutoff, and not many more of them than sites.
    fn new(positions: &[Vector3<f64>], spacings: [f64; 3], cutoff: f64) -> Self {
        let mut counts = spacings.map(|d| (d / cutoff).floor().clamp(1.0, 1e6));
        let most = 2.0 * positions.len() as f64 + 64.0;
        while counts.iter().product::<f64>() > most {
            // Halve the axis that is cut most.
            let longest = if counts[0] >= counts[1] { 0 } else { 1 };
            let longest = if counts[longest] >= counts[2] {
                longest
            } else {
                2
            };
            counts[longest] = (counts[longest] / 2.0).floor().max(1.0);
        }
        let counts = counts.map(|n| n as i64);
        let homes: Vec<[i64; 3]> = positions
            .iter()
            .map(|p| [0, 1, 2].map(|i| ((p[i] * counts[i] as f64) as i64).min(counts[i] - 1)))
            .collect();
        let mut boxes = Self {
            counts,
            starts: vec![0; (counts.iter().product::<i64>() + 1) as usize],
            sites: vec![0; positions.len()],
            homes,
        };
        // Counting sort: how many sites each box has, where each starts, then the sites in their order.
        for home in &boxes.homes {
            boxes.starts[number(*home, counts) + 1] += 1;
        }
        for i in 1..boxes.starts.len() {
            boxes.starts[i] += boxes.starts[i - 1];
        }
        let mut next = boxes.starts.clone();
        for (site, home) in boxes.homes.iter().enumerate() {
            let slot = &mut next[number(*home, counts)];
            boxes.sites[*slot] = site as u32;
            *slot += 1;
        }
        boxes
    }

    /// The sites of a box.
    fn of(&self, place: [i64; 3]) -> &[u32] {
        let at = number(place, self.counts);
        &self.sites[self.starts[at]..self.starts[at + 1]]
    }
}

/// The number of a box.
fn number(place: [i64; 3], counts: [i64; 3]) -> usize {
    ((place[0] * counts[1] + place[1]) * counts[2] + place[2]) as usize
}
