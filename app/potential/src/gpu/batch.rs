//! Graphs of several structures joined to one, as kernels read it.

use crate::basis::angle_of;
use crate::graph::Graph;
use crate::weights::FEATURES;
use std::ops::Range;

/// Words of a row of both branches.
const WIDEST: usize = 128;

/// Joined graphs. Numbers of atoms, bonds and angles run through all structures; short bonds come before all others.
#[derive(Default)]
pub(crate) struct Batch {
    /// Atoms of each structure.
    pub atoms_of: Vec<Range<usize>>,
    /// Atomic numbers.
    pub numbers: Vec<u8>,
    pub sizes: Sizes,
    /// Of an atom: where its directed bonds start, and its short ones; one more than there are atoms.
    pub starts: Vec<[u32; 2]>,
    /// Of a directed bond: centre, neighbour, undirected bond, reverse.
    pub bonds: Vec<[u32; 4]>,
    /// Of a directed bond: centre minus neighbour, Å, and the length.
    pub vectors: Vec<[f32; 4]>,
    /// Of an undirected bond, Å.
    pub lengths: Vec<f32>,
    /// The directed bonds in which an atom is the neighbour, in order, atom after atom.
    pub incoming: Vec<u32>,
    /// The two directions of an undirected short bond, among all directed bonds.
    pub ends: Vec<[u32; 2]>,
    /// The same among short directed bonds.
    pub short_ends: Vec<[u32; 2]>,
    /// Where the angles with this short directed bond as the first start; one more than there are such.
    pub angles_of: Vec<u32>,
    /// Of an angle: its undirected short bonds, its atom.
    pub angles: Vec<[u32; 4]>,
    /// Of an angle: the one with its bonds exchanged.
    pub twins: Vec<u32>,
    /// Of an angle: its derivative by the vector of its first bond, 1/Å, and itself.
    pub geometry: Vec<[f32; 4]>,
}

/// How many of everything.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sizes {
    pub atoms: usize,
    /// Directed bonds, undirected ones, and the short ones of each.
    pub directed: usize,
    pub bonds: usize,
    pub short_directed: usize,
    pub short_bonds: usize,
    pub angles: usize,
}

impl Sizes {
    pub(crate) fn of(graph: &Graph) -> Self {
        Self {
            atoms: graph.atoms(),
            directed: graph.directed_bonds(),
            bonds: graph.bonds(),
            short_directed: graph.short_edge.len(),
            short_bonds: graph.short_bonds(),
            angles: graph.angles(),
        }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            atoms: self.atoms + other.atoms,
            directed: self.directed + other.directed,
            bonds: self.bonds + other.bonds,
            short_directed: self.short_directed + other.short_directed,
            short_bonds: self.short_bonds + other.short_bonds,
            angles: self.angles + other.angles,
        }
    }

    /// Words of the longest list.
    pub(crate) fn longest(self) -> usize {
        let atoms = (2 * WIDEST + FEATURES) * self.atoms.max(self.short_bonds);
        let shorts = (WIDEST + 4) * self.short_directed;
        let bonds = WIDEST * self.bonds;
        (FEATURES * self.angles)
            .max(4 * self.directed)
            .max(atoms)
            .max(shorts)
            .max(bonds)
    }

    /// Words of all lists together, about.
    pub(crate) fn words(self) -> usize {
        let atoms = 1_300 * self.atoms;
        let bonds = (2 * FEATURES + 3 * WIDEST) * self.bonds + 16 * self.directed;
        let shorts = 1_000 * self.short_bonds + 350 * self.short_directed;
        atoms + bonds + shorts + (4 * FEATURES + 12) * self.angles
    }
}

impl Batch {
    /// Joins graphs with the atomic numbers of their atoms.
    pub(crate) fn new(parts: &[(&Graph, &[u8])]) -> Self {
        let total = parts.iter().fold(Sizes::default(), |sum, (graph, _)| {
            sum.plus(Sizes::of(graph))
        });
        let mut batch = Self {
            sizes: total,
            lengths: vec![0.0; total.bonds],
            starts: vec![[0, 0]],
            angles_of: vec![0],
            ..Self::default()
        };
        let mut before = Sizes::default();
        for (graph, numbers) in parts {
            batch.numbers.extend_from_slice(numbers);
            batch.add(graph, before);
            before = before.plus(Sizes::of(graph));
        }
        batch
    }

    fn add(&mut self, graph: &Graph, before: Sizes) {
        let short_bonds = graph.short_bonds();
        // Long bonds of all structures follow the short ones of all.
        let bond_from = |bond: usize| match bond < short_bonds {
            true => before.short_bonds + bond,
            false => {
                self.sizes.short_bonds + (before.bonds - before.short_bonds) + bond - short_bonds
            }
        };
        self.atoms_of
            .push(before.atoms..before.atoms + graph.atoms());
        for atom in 1..=graph.atoms() {
            self.starts.push([
                (before.directed + graph.bonds_of[atom]) as u32,
                (before.short_directed + graph.shorts_of[atom]) as u32,
            ]);
        }
        for bond in 0..graph.bonds() {
            self.lengths[bond_from(bond)] = graph.length(bond) as f32;
        }
        for (edge, vector) in graph.vector.iter().enumerate() {
            self.bonds.push([
                before.atoms as u32 + graph.centre[edge],
                before.atoms as u32 + graph.neighbour[edge],
                bond_from(graph.bond[edge] as usize) as u32,
                before.directed as u32 + graph.reverse[edge],
            ]);
            let [x, y, z] = [vector.x, vector.y, vector.z].map(|x| x as f32);
            self.vectors.push([x, y, z, vector.norm() as f32]);
        }
        for atom in 0..graph.atoms() {
            let from = self.incoming.len();
            let reverse = &graph.reverse[graph.bonds_of[atom]..graph.bonds_of[atom + 1]];
            self.incoming
                .extend(reverse.iter().map(|edge| before.directed as u32 + edge));
            // In order, so that sums over them may be taken in portions.
            self.incoming[from..].sort_unstable();
        }
        let directed = before.directed as u32;
        for &edge in &graph.first[..short_bonds] {
            self.ends
                .push([directed + edge, directed + graph.reverse[edge as usize]]);
        }
        let shorts = before.short_directed as u32;
        self.short_ends
            .extend(graph.short_ends.iter().map(|ends| ends.map(|e| shorts + e)));
        self.add_angles(graph, before);
    }

    fn add_angles(&mut self, graph: &Graph, before: Sizes) {
        let bond = |short: u32| {
            let edge = graph.short_edge[short as usize] as usize;
            before.short_bonds as u32 + graph.bond[edge]
        };
        let from = self.geometry.len();
        self.geometry.resize(from + graph.angles(), [0.0; 4]);
        for atom in 0..graph.atoms() {
            let (start, end) = (graph.shorts_of[atom], graph.shorts_of[atom + 1]);
            let count = end - start;
            let vectors: Vec<_> = graph.short_edge[start..end]
                .iter()
                .map(|&edge| {
                    let vector = graph.vector[edge as usize];
                    (vector.normalize(), 1.0 / vector.norm())
                })
                .collect();
            let first = graph.angles_of[atom];
            // The angle of bonds a and b of the atom, among the structure's.
            let number = |a: usize, b: usize| first + a * (count - 1) + b - usize::from(b > a);
            for a in 0..count {
                for b in (0..count).filter(|&b| b != a) {
                    self.angles.push([
                        bond((start + a) as u32),
                        bond((start + b) as u32),
                        (before.atoms + atom) as u32,
                        0,
                    ]);
                    self.twins.push((before.angles + number(b, a)) as u32);
                }
                let end = before.angles + first + (a + 1) * (count - 1);
                self.angles_of.push(end as u32);
                // The geometry in f64: near straight angles f32 would lose the derivatives.
                for b in a + 1..count {
                    let ((u, by_u), (v, by_v)) = (vectors[a], vectors[b]);
                    let cosine = u.dot(&v);
                    let (angle, slope) = angle_of(cosine);
                    let by_first = (v - u * cosine) * (slope * by_u);
                    let by_second = (u - v * cosine) * (slope * by_v);
                    for (number, by) in [(number(a, b), by_first), (number(b, a), by_second)] {
                        self.geometry[from + number] = [by.x, by.y, by.z, angle].map(|x| x as f32);
                    }
                }
            }
        }
    }

    /// Atoms in portions of at most so many rows each, or a single atom; `starts` says where an atom's rows start.
    pub(crate) fn portions(&self, limit: usize, starts: impl Fn(usize) -> usize) -> Vec<Portion> {
        let mut portions = Vec::new();
        let mut first = 0;
        for atom in 1..=self.sizes.atoms {
            if atom == self.sizes.atoms || starts(atom + 1) - starts(first) > limit {
                portions.push(Portion {
                    atoms: first..atom,
                    rows: starts(first)..starts(atom),
                });
                first = atom;
            }
        }
        portions
    }

    /// Where the directed bonds of an atom start.
    pub(crate) fn bonds_at(&self, atom: usize) -> usize {
        self.starts[atom][0] as usize
    }

    /// Where its short ones start.
    pub(crate) fn shorts_at(&self, atom: usize) -> usize {
        self.starts[atom][1] as usize
    }

    /// Where its angles start.
    pub(crate) fn angles_at(&self, atom: usize) -> usize {
        self.angles_of[self.shorts_at(atom)] as usize
    }
}

/// Some atoms, and their rows of messages.
pub(crate) struct Portion {
    pub atoms: Range<usize>,
    pub rows: Range<usize>,
}
