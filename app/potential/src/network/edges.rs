//! Messages along bonds to atoms, and the way back.

use super::rows::{add_product, for_each, kept_parts, set_product, split, times};
use crate::graph::Graph;
use crate::math::{Real, Work};
use crate::scratch::{Lent, Scratch};
use crate::tile::{InsideMut, Kept, TILE, Tile, add, dot};
use crate::weights::{AtomLayer, BRANCHES, FEATURES, Row, Wide};
use std::ops::Range;

/// A layer with its first products made, once an atom and once a bond.
pub(crate) struct Edges<'a, T> {
    graph: &'a Graph,
    layer: &'a AtomLayer<T>,
    /// The weights of messages by bond.
    weight: &'a [Row<T>],
    scratch: &'a Scratch<T>,
    centre: Lent<'a, Wide<T>>,
    neighbour: Lent<'a, Wide<T>>,
    bond: Lent<'a, Wide<T>>,
    /// What the way forth leaves to the way back.
    kept: Option<Kept<'a, T>>,
}

/// What the way back adds to.
pub(crate) struct EdgeSlopes<'a, T> {
    /// The derivative by the length of each directed bond, eV/Å.
    pub length: &'a mut [f64],
    /// That by the features of short bonds.
    pub short: &'a mut [Row<T>],
}

impl<'a, T: Real> Edges<'a, T> {
    /// `atoms`: features of atoms; `short`: of short bonds; `radial`: the basis of all bonds.
    pub(crate) fn new(
        scratch: &'a Scratch<T>,
        graph: &'a Graph,
        layer: &'a AtomLayer<T>,
        weight: &'a [Row<T>],
        atoms: &[Row<T>],
        short: &[Row<T>],
        radial: &[[T; 32]],
    ) -> Self {
        let zero = [T::ZERO; BRANCHES];
        let mut bond = scratch.wide.any(graph.bonds(), zero);
        let (of_short, of_long) = bond.split_at_mut(graph.short_bonds());
        set_product(short, &layer.bond.forth, zero, of_short);
        set_product(&radial[graph.short_bonds()..], &layer.radial, zero, of_long);
        Self {
            graph,
            layer,
            weight,
            scratch,
            centre: times(&scratch.wide, atoms, &layer.centre.forth, layer.bias),
            neighbour: times(&scratch.wide, atoms, &layer.neighbour.forth, zero),
            bond,
            kept: None,
        }
    }

    /// What it takes with what it keeps for the way back, bytes.
    pub(crate) fn bytes(&self) -> usize {
        let first = self.centre.len() + self.neighbour.len() + self.bond.len();
        first * size_of::<Wide<T>>() + Kept::<T>::bytes(self.graph.directed_bonds(), true)
    }

    /// Adds to the atoms what the messages change; whether the way back is to find again what was computed.
    pub(crate) fn forth(&mut self, atoms: &mut [Row<T>], keep: bool) {
        let rows = self.graph.directed_bonds();
        let mut kept = keep.then(|| Kept::new(self.scratch, rows, true));
        let mut sums = self.scratch.rows.filled(atoms.len(), [T::ZERO; FEATURES]);
        let blocks = &self.graph.blocks;
        let parts = split(&mut sums, blocks.iter().map(|b| b.end));
        let ends: Vec<_> = blocks.iter().map(|b| self.graph.bonds_of[b.end]).collect();
        let kept_parts = kept_parts(&mut kept, &ends);
        let work: Vec<_> = blocks.iter().zip(parts).zip(kept_parts).collect();
        for_each(work, |((block, sums), kept)| {
            T::run(Forth {
                edges: self,
                block: block.clone(),
                sums,
                kept,
            })
        });
        add_product(&sums, &self.layer.out.forth, atoms);
        self.kept = kept;
    }

    /// From the derivative by the atoms after the layer to that by those before it, and what else the layer depends on.
    /// `weight_slope` and `radial_slope` are derivatives by the bond's length: of the weights, and of the basis. Without
    /// `atoms_matter` (the first layer, fed with constants) the derivative by atoms is left alone.
    pub(crate) fn back(
        &self,
        atoms: &mut [Row<T>],
        weight_slope: &[Row<T>],
        radial_slope: &[[T; 32]],
        atoms_matter: bool,
        slopes: EdgeSlopes<T>,
    ) {
        let (graph, layer) = (self.graph, self.layer);
        let short = graph.short_bonds();
        let pool = &self.scratch.wide;
        let zero = [T::ZERO; BRANCHES];
        let rows = &self.scratch.rows;
        let sum_slope = times(rows, atoms, &layer.out.back, [T::ZERO; FEATURES]);
        let bond_slope = times(pool, &radial_slope[short..], &layer.radial, zero);
        let mut short_slope = pool.any(graph.short_edge.len(), zero);
        let mut centre_slope = pool.filled(graph.atoms(), zero);
        let mut seats = pool.filled(graph.seats.len(), zero);
        let blocks = &graph.blocks;
        let work: Vec<_> = blocks
            .iter()
            .zip(split(
                slopes.length,
                blocks.iter().map(|b| graph.bonds_of[b.end]),
            ))
            .zip(split(
                &mut short_slope,
                blocks.iter().map(|b| graph.shorts_of[b.end]),
            ))
            .zip(split(&mut centre_slope, blocks.iter().map(|b| b.end)))
            .zip(split(&mut seats, graph.seats_of[1..].iter().copied()))
            .zip(&graph.seats_of)
            .collect();
        for_each(
            work,
            |(((((block, length), short), centre), seats), &first_seat)| {
                T::run(Back {
                    edges: self,
                    block: block.clone(),
                    sum_slope: &sum_slope,
                    weight_slope,
                    bond_slope: &bond_slope,
                    length,
                    short,
                    centre,
                    seats,
                    first_seat,
                });
            },
        );
        let of_short = pool.of(graph.short_ends.iter().map(|&[a, b]| {
            let mut row = short_slope[a as usize];
            add(&mut row, &short_slope[b as usize]);
            row
        }));
        add_product(&of_short, &layer.bond.back, slopes.short);
        if atoms_matter {
            let mut neighbour_slope = pool.any(graph.atoms(), zero);
            let parts = split(&mut neighbour_slope, blocks.iter().map(|b| b.end));
            let seats = &*seats;
            for_each(blocks.iter().zip(parts).collect(), |(block, slope)| {
                T::run(Gather {
                    graph,
                    block: block.clone(),
                    seats,
                    slope,
                });
            });
            add_product(&centre_slope, &layer.centre.back, atoms);
            add_product(&neighbour_slope, &layer.neighbour.back, atoms);
        }
    }

    /// Fills a tile with what the first linear layer gives for these bonds.
    #[inline(always)]
    fn fill(&self, z: &mut [Wide<T>], rows: Range<usize>) {
        for (z, edge) in z.iter_mut().zip(rows) {
            let centre = &self.centre[self.graph.centre[edge] as usize];
            let neighbour = &self.neighbour[self.graph.neighbour[edge] as usize];
            let bond = &self.bond[self.graph.bond[edge] as usize];
            for i in 0..BRANCHES {
                z[i] = centre[i] + bond[i] + neighbour[i];
            }
        }
    }
}

/// The messages of a block of atoms, summed.
struct Forth<'a, T> {
    edges: &'a Edges<'a, T>,
    block: Range<usize>,
    sums: &'a mut [Row<T>],
    kept: Option<InsideMut<'a, T>>,
}

impl<T: Real> Work for Forth<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(mut self) {
        let graph = self.edges.graph;
        let gated = &self.edges.layer.gated;
        let mut tile = Tile::new();
        let Tile { z, own, desk } = &mut *tile;
        let all = graph.bonds_of[self.block.start]..graph.bonds_of[self.block.end];
        for start in all.clone().step_by(TILE) {
            let rows = start..all.end.min(start + TILE);
            let mut inside = own.place(&mut self.kept, rows.start - all.start, rows.len());
            self.edges.fill(&mut z[..rows.len()], rows.clone());
            desk.settle::<STRIP>(gated, &z[..rows.len()], &mut inside);
            desk.speak(gated, inside.y);
            for (message, edge) in desk.message.iter().zip(rows) {
                let weight = &self.edges.weight[graph.bond[edge] as usize];
                let sum = &mut self.sums[graph.centre[edge] as usize - self.block.start];
                for i in 0..FEATURES {
                    sum[i] = message[i].fma(weight[i], sum[i]);
                }
            }
        }
    }
}

/// The way back through a block's messages.
struct Back<'a, T> {
    edges: &'a Edges<'a, T>,
    block: Range<usize>,
    /// The derivative by the sums of messages, of all atoms.
    sum_slope: &'a [Row<T>],
    /// The derivative of the weights by length, of all bonds.
    weight_slope: &'a [Row<T>],
    /// That of the bond's part of the first layer, of long bonds.
    bond_slope: &'a [Wide<T>],
    /// What it gives: by the length of the block's bonds, by what the first layer gives summed for its short directed bonds, its
    /// atoms and its seats.
    length: &'a mut [f64],
    short: &'a mut [Wide<T>],
    centre: &'a mut [Wide<T>],
    seats: &'a mut [Wide<T>],
    first_seat: usize,
}

impl<T: Real> Work for Back<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        let graph = self.edges.graph;
        let gated = &self.edges.layer.gated;
        let short = graph.short_bonds();
        let mut next_short = 0;
        let mut tile = Tile::new();
        let Tile { z, own, desk } = &mut *tile;
        let all = graph.bonds_of[self.block.start]..graph.bonds_of[self.block.end];
        for start in all.clone().step_by(TILE) {
            let rows = start..all.end.min(start + TILE);
            let inside = match &self.edges.kept {
                Some(kept) => kept.rows(rows.clone()),
                None => {
                    let mut inside = own.first(rows.len());
                    self.edges.fill(&mut z[..rows.len()], rows.clone());
                    desk.settle::<STRIP>(gated, &z[..rows.len()], &mut inside);
                    inside.read()
                }
            };
            desk.speak_and_turn(gated, inside.y);
            for (r, edge) in rows.clone().enumerate() {
                let slope = &self.sum_slope[graph.centre[edge] as usize];
                let bond = graph.bond[edge] as usize;
                let weight = &self.edges.weight[bond];
                let mut by_weight = [T::ZERO; FEATURES];
                for i in 0..FEATURES {
                    by_weight[i] = slope[i] * desk.message[r][i];
                    desk.slope[r][i] = slope[i] * weight[i];
                }
                self.length[edge - all.start] += dot(&by_weight, &self.weight_slope[bond]).wide();
            }
            let out = &mut z[..rows.len()];
            desk.back::<STRIP>(gated, &inside, out);
            for (z, edge) in out.iter().zip(rows) {
                let bond = graph.bond[edge] as usize;
                if bond >= short {
                    self.length[edge - all.start] += dot(z, &self.bond_slope[bond - short]).wide();
                } else {
                    self.short[next_short] = *z;
                    next_short += 1;
                }
                add(
                    &mut self.centre[graph.centre[edge] as usize - self.block.start],
                    z,
                );
                add(
                    &mut self.seats[graph.seat[edge] as usize - self.first_seat],
                    z,
                );
            }
        }
    }
}

/// For each atom of a block the sum over its seats in all blocks.
struct Gather<'a, T> {
    graph: &'a Graph,
    block: Range<usize>,
    seats: &'a [Wide<T>],
    slope: &'a mut [Wide<T>],
}

impl<T: Real> Work for Gather<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        for (atom, slope) in self.block.zip(self.slope) {
            let mut sum = [T::ZERO; BRANCHES];
            for &seat in &self.graph.seats[self.graph.seats_at[atom]..self.graph.seats_at[atom + 1]]
            {
                add(&mut sum, &self.seats[seat as usize]);
            }
            *slope = sum;
        }
    }
}
