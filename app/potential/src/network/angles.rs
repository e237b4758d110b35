//! Messages along angles, to bonds or to the angles themselves, and the way back.
//!
//! The angles at an atom belong to it alone, and so do its short directed bonds: blocks of atoms never meet.

use super::rows::{add_product, for_each, split, times};
use crate::graph::Graph;
use crate::math::{Real, Work};
use crate::scratch::{Lent, Pool, Scratch};
use crate::tile::{TILE, Tile, add, dot, product};
use crate::weights::{AngleLayer, BRANCHES, FEATURES, Row, Wide};
use std::ops::Range;

/// A layer with its first products made, once an atom and once a bond.
pub(crate) struct Angles<'a, 's, T> {
    graph: &'a Graph,
    layer: &'a AngleLayer<T>,
    /// The weights of messages by short bond.
    weight: &'a [Row<T>],
    scratch: &'s Scratch<T>,
    first: Lent<'s, Wide<T>>,
    second: Lent<'s, Wide<T>>,
    centre: Lent<'s, Wide<T>>,
    angles: &'a [Row<T>],
}

/// What the way back adds to.
pub(crate) struct AngleSlopes<'a, T> {
    /// The derivative by the features of atoms.
    pub atoms: &'a mut [Row<T>],
    /// That by the features of short bonds.
    pub short: &'a mut [Row<T>],
    /// That by the features of angles.
    pub angles: &'a mut [Row<T>],
    /// That by the length of each short directed bond, eV/Å.
    pub length: &'a mut [f64],
}

impl<'a, 's, T: Real> Angles<'a, 's, T> {
    /// Features of atoms, short bonds and angles.
    pub(crate) fn new(
        scratch: &'s Scratch<T>,
        graph: &'a Graph,
        layer: &'a AngleLayer<T>,
        weight: &'a [Row<T>],
        atoms: &[Row<T>],
        short: &[Row<T>],
        angles: &'a [Row<T>],
    ) -> Self {
        let zero = [T::ZERO; BRANCHES];
        Self {
            graph,
            layer,
            weight,
            scratch,
            first: times(&scratch.wide, short, &layer.first.forth, zero),
            second: times(&scratch.wide, short, &layer.second.forth, zero),
            centre: times(&scratch.wide, atoms, &layer.centre.forth, layer.bias),
            angles,
        }
    }

    /// The features of short bonds after a layer that changes them.
    pub(crate) fn to_bonds(&self, short: &[Row<T>]) -> Lent<'s, Row<T>> {
        let rows = &self.scratch.rows;
        let mut sums = rows.filled(self.graph.short_edge.len(), [T::ZERO; FEATURES]);
        let parts = split(&mut sums, self.ends(&self.graph.shorts_of));
        let work: Vec<_> = self.graph.blocks.iter().zip(parts).collect();
        for_each(work, |(block, sums)| {
            T::run(Forth {
                layer: self,
                block: block.clone(),
                out: Messages::Bonds(sums),
            });
        });
        let both = self.both_ends(rows, &sums);
        let mut changed = rows.of(short.iter().copied());
        if let Some(out) = &self.layer.out {
            add_product(&both, &out.forth, &mut changed);
        }
        changed
    }

    /// The features of angles after a layer that changes them.
    pub(crate) fn to_angles(&self) -> Lent<'s, Row<T>> {
        let mut changed = self.scratch.rows.of(self.angles.iter().copied());
        let parts = split(&mut changed, self.ends(&self.graph.angles_of));
        let work: Vec<_> = self.graph.blocks.iter().zip(parts).collect();
        for_each(work, |(block, angles)| {
            T::run(Forth {
                layer: self,
                block: block.clone(),
                out: Messages::Angles(angles),
            });
        });
        changed
    }

    /// The way back, for a layer of either kind. `slopes.short` and `slopes.angles` come as the derivatives by the features
    /// after the layer, and leave as those by the features before it; `weight_slope` is the derivative of the weights by
    /// length.
    pub(crate) fn back(&self, weight_slope: &[Row<T>], slopes: AngleSlopes<T>) {
        let (graph, layer) = (self.graph, self.layer);
        let sum_slope = layer.out.as_ref().map(|out| {
            let rows = &self.scratch.rows;
            times(rows, slopes.short, &out.back, [T::ZERO; FEATURES])
        });
        let zero = [T::ZERO; BRANCHES];
        let pool = &self.scratch.wide;
        let mut first = pool.filled(graph.short_edge.len(), zero);
        let mut second = pool.filled(graph.short_edge.len(), zero);
        let mut centre = pool.filled(graph.atoms(), zero);
        let work: Vec<_> = graph
            .blocks
            .iter()
            .zip(split(&mut first, self.ends(&graph.shorts_of)))
            .zip(split(&mut second, self.ends(&graph.shorts_of)))
            .zip(split(&mut centre, graph.blocks.iter().map(|b| b.end)))
            .zip(split(slopes.angles, self.ends(&graph.angles_of)))
            .zip(split(slopes.length, self.ends(&graph.shorts_of)))
            .collect();
        for_each(
            work,
            |(((((block, first), second), centre), angles), length)| {
                T::run(Back {
                    layer: self,
                    block: block.clone(),
                    sum_slope: sum_slope.as_deref(),
                    weight_slope,
                    first,
                    second,
                    centre,
                    angles,
                    length,
                });
            },
        );
        add_product(
            &self.both_ends(pool, &first),
            &layer.first.back,
            slopes.short,
        );
        add_product(
            &self.both_ends(pool, &second),
            &layer.second.back,
            slopes.short,
        );
        add_product(&centre, &layer.centre.back, slopes.atoms);
    }

    /// Where the blocks end in a list that `starts` divides among atoms.
    fn ends(&self, starts: &'a [usize]) -> impl Iterator<Item = usize> + use<'a, 's, T> {
        self.graph.blocks.iter().map(|block| starts[block.end])
    }

    /// For each short bond the sum over its two directions.
    fn both_ends<'p, const N: usize>(
        &self,
        pool: &'p Pool<[T; N]>,
        rows: &[[T; N]],
    ) -> Lent<'p, [T; N]> {
        let sum = |&[a, b]: &[u32; 2]| {
            let mut row = rows[a as usize];
            add(&mut row, &rows[b as usize]);
            row
        };
        pool.of(self.graph.short_ends.iter().map(sum))
    }

    /// The short bond of a short directed one.
    #[inline(always)]
    fn bond(&self, short: u32) -> usize {
        self.graph.bond[self.graph.short_edge[short as usize] as usize] as usize
    }

    /// Fills a tile with what the first linear layer gives for these angles.
    #[inline(always)]
    fn fill<const STRIP: usize>(&self, tile: &mut Tile<T>, rows: Range<usize>) {
        let count = rows.len();
        for (z, &[a, b]) in tile.z.iter_mut().zip(&self.graph.angle[rows.clone()]) {
            let edge = self.graph.short_edge[a as usize] as usize;
            let first = &self.first[self.graph.bond[edge] as usize];
            let second = &self.second[self.bond(b)];
            let centre = &self.centre[self.graph.centre[edge] as usize];
            for i in 0..BRANCHES {
                z[i] = first[i] + second[i] + centre[i];
            }
        }
        product::<T, FEATURES, BRANCHES, FEATURES, BRANCHES, STRIP>(
            &self.angles[rows],
            0,
            &self.layer.angle.forth,
            &mut tile.z[..count],
            0,
        );
    }
}

/// Where the messages of a block go.
enum Messages<'a, T> {
    /// Weighted and summed, to its short directed bonds.
    Bonds(&'a mut [Row<T>]),
    /// To its angles.
    Angles(&'a mut [Row<T>]),
}

struct Forth<'a, T> {
    layer: &'a Angles<'a, 'a, T>,
    block: Range<usize>,
    out: Messages<'a, T>,
}

impl<T: Real> Work for Forth<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(mut self) {
        let graph = self.layer.graph;
        let mut tile = Tile::new();
        let all = graph.angles_of[self.block.start]..graph.angles_of[self.block.end];
        let shorts = graph.shorts_of[self.block.start];
        for start in all.clone().step_by(TILE) {
            let rows = start..all.end.min(start + TILE);
            self.layer.fill::<STRIP>(&mut tile, rows.clone());
            tile.forth::<STRIP>(rows.len(), &self.layer.layer.gated);
            match &mut self.out {
                Messages::Bonds(sums) => {
                    for (message, &[a, b]) in tile.message.iter().zip(&graph.angle[rows]) {
                        let first = &self.layer.weight[self.layer.bond(a)];
                        let second = &self.layer.weight[self.layer.bond(b)];
                        let sum = &mut sums[a as usize - shorts];
                        for i in 0..FEATURES {
                            sum[i] = (message[i] * first[i]).fma(second[i], sum[i]);
                        }
                    }
                }
                Messages::Angles(angles) => {
                    let angles = &mut angles[rows.start - all.start..rows.end - all.start];
                    for (angle, message) in angles.iter_mut().zip(&tile.message) {
                        add(angle, message);
                    }
                }
            }
        }
    }
}

struct Back<'a, T> {
    layer: &'a Angles<'a, 'a, T>,
    block: Range<usize>,
    /// The derivative by the sums of messages, of all short bonds; none where messages go to angles.
    sum_slope: Option<&'a [Row<T>]>,
    /// The derivative of the weights by length, of all short bonds.
    weight_slope: &'a [Row<T>],
    /// What it gives: of the block's short directed bonds, atoms and angles.
    first: &'a mut [Wide<T>],
    second: &'a mut [Wide<T>],
    centre: &'a mut [Wide<T>],
    angles: &'a mut [Row<T>],
    length: &'a mut [f64],
}

impl<T: Real> Work for Back<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        let graph = self.layer.graph;
        let mut tile = Tile::new();
        let all = graph.angles_of[self.block.start]..graph.angles_of[self.block.end];
        let shorts = graph.shorts_of[self.block.start];
        for start in all.clone().step_by(TILE) {
            let rows = start..all.end.min(start + TILE);
            let here = rows.start - all.start..rows.end - all.start;
            self.layer.fill::<STRIP>(&mut tile, rows.clone());
            tile.forth::<STRIP>(rows.len(), &self.layer.layer.gated);
            match self.sum_slope {
                None => tile.slope[..rows.len()].copy_from_slice(&self.angles[here.clone()]),
                Some(sum_slope) => {
                    for (r, &[a, b]) in graph.angle[rows.clone()].iter().enumerate() {
                        let (bond_a, bond_b) = (self.layer.bond(a), self.layer.bond(b));
                        let slope = &sum_slope[bond_a];
                        let first = &self.layer.weight[bond_a];
                        let second = &self.layer.weight[bond_b];
                        let (mut by_first, mut by_second) =
                            ([T::ZERO; FEATURES], [T::ZERO; FEATURES]);
                        for i in 0..FEATURES {
                            let by_weight = slope[i] * tile.message[r][i];
                            by_first[i] = by_weight * second[i];
                            by_second[i] = by_weight * first[i];
                            tile.slope[r][i] = slope[i] * first[i] * second[i];
                        }
                        self.length[a as usize - shorts] +=
                            dot(&by_first, &self.weight_slope[bond_a]).wide();
                        self.length[b as usize - shorts] +=
                            dot(&by_second, &self.weight_slope[bond_b]).wide();
                    }
                }
            }
            tile.back::<STRIP>(rows.len(), &self.layer.layer.gated);
            for (z, &[a, b]) in tile.z.iter().zip(&graph.angle[rows.clone()]) {
                let centre = graph.centre[graph.short_edge[a as usize] as usize] as usize;
                add(&mut self.first[a as usize - shorts], z);
                add(&mut self.second[b as usize - shorts], z);
                add(&mut self.centre[centre - self.block.start], z);
            }
            product::<T, BRANCHES, FEATURES, BRANCHES, FEATURES, STRIP>(
                &tile.z[..rows.len()],
                0,
                &self.layer.layer.angle.back,
                &mut self.angles[here],
                0,
            );
        }
    }
}
