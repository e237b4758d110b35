//! The graph that the network runs on: bonds within 6 Å, angles between those shorter than 3 Å.

use crate::PotentialError;
use crystal::{Structure, neighbour};
use nalgebra::Vector3;

/// How far an atom sees, Å.
pub const REACH: f64 = 6.0;
/// Bonds shorter than this make angles, Å.
pub const ANGLE_REACH: f64 = 3.0;
/// What is added to the reach, as in the original's neighbour list, Å. The envelope vanishes there.
const TOLERANCE: f64 = 1e-8;
/// Nuclei are never nearer than this, Å; those of H2 are 0.74 Å apart.
pub const LEAST_DISTANCE: f64 = 0.3;
/// More neighbours than matter has: caesium under a megabar has about 200.
const MOST_NEIGHBOURS: usize = 2_000;
/// More short bonds of one atom than matter has; their pairs are angles.
const MOST_SHORT: usize = 300;
/// Rows (directed bonds and angles) of a block, about: the unit of work that threads share. A number of its own, so that
/// sums do not depend on the number of threads.
const BLOCK: usize = 2_048;

/// Bonds and angles of a structure.
///
/// Directed bonds lie by their centre, nearest first, so an atom's short ones come first. Undirected bonds are numbered with
/// the short ones before all others.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Where the directed bonds of an atom start; one more than there are atoms.
    pub(crate) bonds_of: Vec<usize>,
    /// Of a directed bond: its neighbour.
    pub(crate) neighbour: Vec<u32>,
    /// Of a directed bond: its centre.
    pub(crate) centre: Vec<u32>,
    /// Of a directed bond: the same from the other end.
    pub(crate) reverse: Vec<u32>,
    /// Of a directed bond: the number of the undirected one.
    pub(crate) bond: Vec<u32>,
    /// Of a directed bond: centre minus neighbour, Å.
    pub(crate) vector: Vec<Vector3<f64>>,
    /// Of an undirected bond: its directed one that comes first.
    pub(crate) first: Vec<u32>,
    /// How many undirected bonds are short.
    pub(crate) short_bonds: usize,
    /// Where the short directed bonds of an atom start, counted among such; one more than there are atoms.
    pub(crate) shorts_of: Vec<usize>,
    /// Of a short directed bond: its number among all.
    pub(crate) short_edge: Vec<u32>,
    /// Of an undirected short bond: both its short directed ones.
    pub(crate) short_ends: Vec<[u32; 2]>,
    /// Where the angles at an atom start; one more than there are atoms.
    pub(crate) angles_of: Vec<usize>,
    /// Of an angle: its two short directed bonds, in order.
    pub(crate) angle: Vec<[u32; 2]>,
    /// Of an angle: its pair of bonds, whatever their order; those of an atom lie together, and are half as many as its angles.
    pub(crate) pair: Vec<u32>,
    /// Atoms in blocks of about equal work.
    pub(crate) blocks: Vec<std::ops::Range<usize>>,
    /// Of a directed bond: the seat of its neighbour. Each block has a seat for each atom that its bonds reach: there it adds
    /// up what is meant for that atom while other blocks do the same elsewhere.
    pub(crate) seat: Vec<u32>,
    /// Where the seats of a block start; one more than there are blocks.
    pub(crate) seats_of: Vec<usize>,
    /// The seats of all atoms, by atom, then by block.
    pub(crate) seats: Vec<u32>,
    /// Where those of an atom start; one more than there are atoms.
    pub(crate) seats_at: Vec<usize>,
}

impl Graph {
    /// The graph of a structure.
    ///
    /// # Errors
    ///
    /// Coordinates that are no numbers; atoms that overlap, have no neighbour, or more than matter allows.
    pub fn new(structure: &Structure) -> Result<Self, PotentialError> {
        if structure.sites.is_empty() {
            return Err(crystal::CrystalError::Empty.into());
        }
        refuse_collapsed(structure)?;
        let found = neighbour::neighbours(structure, REACH + TOLERANCE)?;
        let atoms = structure.sites.len();
        let label = |site: usize| structure.sites[site].label.clone();
        for atom in 0..atoms {
            let (from, to) = (found.offsets[atom], found.offsets[atom + 1]);
            if from == to {
                return Err(PotentialError::Isolated {
                    number: atom + 1,
                    site: label(atom),
                    reach: REACH,
                });
            }
            if to - from > MOST_NEIGHBOURS {
                return Err(dense(structure, atom, to - from, REACH, MOST_NEIGHBOURS));
            }
            // Nearest first.
            if found.distance[from] < LEAST_DISTANCE {
                let other = found.index[from] as usize;
                return Err(overlap(structure, atom, other, found.distance[from]));
            }
        }
        let partner = partners(&found);
        let mut graph = Self {
            bonds_of: vec![0],
            ..Self::default()
        };
        // A bond that rounding puts inside the reach from one end only is left out.
        let mut kept = vec![u32::MAX; found.index.len()];
        for atom in 0..atoms {
            for entry in found.offsets[atom]..found.offsets[atom + 1] {
                if partner[entry] == u32::MAX {
                    continue;
                }
                kept[entry] = graph.neighbour.len() as u32;
                graph.neighbour.push(found.index[entry]);
                graph.centre.push(atom as u32);
                graph.reverse.push(partner[entry]);
                let other = found.index[entry] as usize;
                let image = Vector3::from_fn(|axis, _| f64::from(found.image[entry][axis]));
                let apart =
                    structure.sites[atom].position - structure.sites[other].position - image;
                graph
                    .vector
                    .push(structure.lattice.cartesian_from_fractional(apart));
            }
            graph.bonds_of.push(graph.neighbour.len());
        }
        for edge in 0..graph.reverse.len() {
            let reverse = kept[graph.reverse[edge] as usize] as usize;
            graph.reverse[edge] = reverse as u32;
            // The length of a bond is one number, whatever end it is seen from.
            if reverse < edge {
                graph.vector[edge] = -graph.vector[reverse];
            }
        }
        graph.number_bonds();
        graph.find_angles(structure)?;
        graph.divide();
        Ok(graph)
    }

    /// How many atoms.
    pub fn atoms(&self) -> usize {
        self.bonds_of.len() - 1
    }

    /// How many bonds, each counted from both its ends.
    pub fn directed_bonds(&self) -> usize {
        self.neighbour.len()
    }

    /// How many bonds.
    pub fn bonds(&self) -> usize {
        self.first.len()
    }

    /// How many bonds are short enough to make angles.
    pub fn short_bonds(&self) -> usize {
        self.short_bonds
    }

    /// How many angles: ordered pairs of short bonds that leave an atom.
    pub fn angles(&self) -> usize {
        self.angle.len()
    }

    /// The length of an undirected bond, Å.
    pub(crate) fn length(&self, bond: usize) -> f64 {
        self.vector[self.first[bond] as usize].norm()
    }

    fn number_bonds(&mut self) {
        let edges = self.neighbour.len();
        let short: Vec<bool> = self.vector.iter().map(|v| v.norm() < ANGLE_REACH).collect();
        self.bond = vec![0; edges];
        for wanted in [true, false] {
            for (edge, &is_short) in short.iter().enumerate() {
                let reverse = self.reverse[edge] as usize;
                if is_short == wanted && edge < reverse {
                    self.bond[edge] = self.first.len() as u32;
                    self.bond[reverse] = self.first.len() as u32;
                    self.first.push(edge as u32);
                }
            }
            if wanted {
                self.short_bonds = self.first.len();
            }
        }
        self.shorts_of.push(0);
        let mut number = vec![u32::MAX; edges];
        for atom in 0..self.atoms() {
            for edge in self.bonds_of[atom]..self.bonds_of[atom + 1] {
                if short[edge] {
                    number[edge] = self.short_edge.len() as u32;
                    self.short_edge.push(edge as u32);
                }
            }
            self.shorts_of.push(self.short_edge.len());
        }
        self.short_ends = self.first[..self.short_bonds]
            .iter()
            .map(|&edge| {
                let reverse = self.reverse[edge as usize];
                [number[edge as usize], number[reverse as usize]]
            })
            .collect();
    }

    fn find_angles(&mut self, structure: &Structure) -> Result<(), PotentialError> {
        self.angles_of.push(0);
        for atom in 0..self.atoms() {
            let (from, to) = (self.shorts_of[atom], self.shorts_of[atom + 1]);
            if to - from > MOST_SHORT {
                return Err(dense(structure, atom, to - from, ANGLE_REACH, MOST_SHORT));
            }
            let start = self.angle.len() / 2;
            for a in from..to {
                for b in (from..to).filter(|&b| b != a) {
                    self.angle.push([a as u32, b as u32]);
                    let (low, high) = (a.min(b) - from, a.max(b) - from);
                    let before = low * (2 * (to - from) - low - 1) / 2;
                    self.pair.push((start + before + high - low - 1) as u32);
                }
            }
            self.angles_of.push(self.angle.len());
        }
        Ok(())
    }

    fn divide(&mut self) {
        let mut start = 0;
        let rows = |atom: usize| self.bonds_of[atom] + self.angles_of[atom];
        for atom in 1..=self.atoms() {
            if atom == self.atoms() || rows(atom) - rows(start) >= BLOCK {
                self.blocks.push(start..atom);
                start = atom;
            }
        }
        self.seat_neighbours();
    }

    fn seat_neighbours(&mut self) {
        let mut sitter = Vec::new();
        let mut seat_of = vec![u32::MAX; self.atoms()];
        self.seats_of.push(0);
        for block in &self.blocks {
            let start = sitter.len();
            for edge in self.bonds_of[block.start]..self.bonds_of[block.end] {
                let seat = &mut seat_of[self.neighbour[edge] as usize];
                if *seat == u32::MAX {
                    *seat = sitter.len() as u32;
                    sitter.push(self.neighbour[edge]);
                }
                self.seat.push(*seat);
            }
            for &atom in &sitter[start..] {
                seat_of[atom as usize] = u32::MAX;
            }
            self.seats_of.push(sitter.len());
        }
        let mut places: Vec<u32> = (0..sitter.len() as u32).collect();
        // Seats of later blocks are greater.
        places.sort_unstable_by_key(|&seat| (sitter[seat as usize], seat));
        let before =
            |atom: usize| places.partition_point(|&s| (sitter[s as usize] as usize) < atom);
        self.seats_at = (0..=self.atoms()).map(before).collect();
        self.seats = places;
    }
}

/// For each entry the entry of the same bond at the other end; `u32::MAX` where rounding lost it.
fn partners(found: &neighbour::Neighbours) -> Vec<u32> {
    let mut partner = vec![u32::MAX; found.index.len()];
    for atom in 0..found.offsets.len() - 1 {
        for entry in found.offsets[atom]..found.offsets[atom + 1] {
            if partner[entry] != u32::MAX {
                continue;
            }
            let other = found.index[entry] as usize;
            let back = found.image[entry].map(|x| -x);
            let (from, to) = (found.offsets[other], found.offsets[other + 1]);
            let near = found.distance[entry] - 1e-6;
            let start = from + found.distance[from..to].partition_point(|&d| d < near);
            let same = (start..to)
                .take_while(|&e| found.distance[e] < near + 2e-6)
                .find(|&e| found.index[e] as usize == atom && found.image[e] == back);
            if let Some(same) = same {
                partner[entry] = same as u32;
                partner[same] = entry as u32;
            }
        }
    }
    partner
}

/// Refuses a cell with lattice points nearer than any nuclei, before its neighbours are counted.
fn refuse_collapsed(structure: &Structure) -> Result<(), PotentialError> {
    let shortest = structure
        .lattice
        .lengths()
        .into_iter()
        .fold(f64::INFINITY, f64::min);
    if shortest < LEAST_DISTANCE {
        return Err(overlap(structure, 0, 0, shortest));
    }
    // A cell may be flat though its edges are long; its neighbours are those of its volume.
    let sphere = 4.0 / 3.0 * std::f64::consts::PI * REACH.powi(3);
    let count = sphere / structure.volume() * structure.sites.len() as f64;
    if count > 4.0 * MOST_NEIGHBOURS as f64 {
        return Err(dense(structure, 0, count as usize, REACH, MOST_NEIGHBOURS));
    }
    Ok(())
}

fn overlap(structure: &Structure, first: usize, second: usize, distance: f64) -> PotentialError {
    PotentialError::Overlap {
        first: first + 1,
        first_site: structure.sites[first].label.clone(),
        second: second + 1,
        second_site: structure.sites[second].label.clone(),
        distance,
        least: LEAST_DISTANCE,
    }
}

fn dense(
    structure: &Structure,
    atom: usize,
    count: usize,
    reach: f64,
    limit: usize,
) -> PotentialError {
    PotentialError::Dense {
        number: atom + 1,
        site: structure.sites[atom].label.clone(),
        count,
        reach,
        limit,
    }
}
