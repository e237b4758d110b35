//! Messages along angles, to bonds or to the angles themselves, and the way back.
//!
//! The angles at an atom belong to it alone, and so do its short directed bonds: blocks of atoms never meet.

use super::rows::{add_product, for_each, kept_parts, split, times};
use crate::basis::BASIS;
use crate::graph::Graph;
use crate::math::{Real, Work};
use crate::scratch::{Lent, Pool, Scratch};
use crate::tile::{InsideMut, Kept, TILE, Tile, add, dot, product};
use crate::weights::{AngleLayer, BRANCHES, FEATURES, Row, Wide};
use std::ops::Range;

/// The angles as a layer sees them.
#[derive(Clone, Copy)]
pub(crate) struct AngleFeatures<'a, T> {
    /// Fourier's series of each pair of bonds: the first layers see nothing else.
    pub series: &'a [[T; BASIS]],
    /// The features of each angle before the layer.
    pub rows: &'a [Row<T>],
}

/// A layer with its first products made, once an atom, once a bond and, if it is a first one, once a pair of bonds.
pub(crate) struct Angles<'a, 's, T> {
    graph: &'a Graph,
    layer: &'a AngleLayer<T>,
    /// The weights of messages by short bond.
    weight: &'a [Row<T>],
    scratch: &'s Scratch<T>,
    /// By short directed bond: what it gives as an angle's first, with its centre.
    first: Lent<'s, Wide<T>>,
    /// By short bond.
    second: Lent<'s, Wide<T>>,
    /// By pair of bonds; empty in later layers.
    pair: Lent<'s, Wide<T>>,
    /// What the way forth leaves to the way back.
    kept: Option<Kept<'s, T>>,
}

/// What the way back adds to.
pub(crate) struct AngleSlopes<'a, T> {
    /// The derivative by the features of atoms.
    pub atoms: &'a mut [Row<T>],
    /// That by the features of short bonds.
    pub short: &'a mut [Row<T>],
    /// That by the features of angles.
    pub angles: &'a mut [Row<T>],
    /// That by the series of pairs of bonds, as the first layers see it.
    pub series: &'a mut [[T; BASIS]],
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
        angles: AngleFeatures<T>,
    ) -> Self {
        let zero = [T::ZERO; BRANCHES];
        let centre = times(&scratch.wide, atoms, &layer.centre.forth, layer.bias);
        let first = times(&scratch.wide, short, &layer.first.forth, zero);
        let of_both = |&edge: &u32| {
            let mut row = first[graph.bond[edge as usize] as usize];
            add(&mut row, &centre[graph.centre[edge as usize] as usize]);
            row
        };
        Self {
            graph,
            layer,
            weight,
            scratch,
            first: scratch.wide.of(graph.short_edge.iter().map(of_both)),
            second: times(&scratch.wide, short, &layer.second.forth, zero),
            pair: match &layer.series {
                Some(series) => times(&scratch.wide, angles.series, &series.forth, zero),
                None => scratch.wide.any(0, zero),
            },
            kept: None,
        }
    }

    /// What it takes with what it keeps for the way back, bytes.
    pub(crate) fn bytes(&self) -> usize {
        let first = self.first.len() + self.second.len() + self.pair.len();
        let second = self.layer.gated.second.is_some();
        first * size_of::<Wide<T>>() + Kept::<T>::bytes(self.graph.angles(), second)
    }

    /// The features of short bonds after a layer that changes them; whether the way back is to find again what was computed.
    pub(crate) fn bonds_after(
        &mut self,
        short: &[Row<T>],
        angles: AngleFeatures<T>,
        keep: bool,
    ) -> Lent<'s, Row<T>> {
        let rows = &self.scratch.rows;
        let mut sums = rows.filled(self.graph.short_edge.len(), [T::ZERO; FEATURES]);
        let parts = split(&mut sums, self.ends(&self.graph.shorts_of));
        self.forth(angles, parts.into_iter().map(Messages::Bonds), keep);
        let both = self.both_ends(rows, &sums);
        let mut changed = rows.copy(short);
        if let Some(out) = &self.layer.out {
            add_product(&both, &out.forth, &mut changed);
        }
        changed
    }

    /// The features of angles after a layer that changes them; `keep` as before.
    pub(crate) fn angles_after(
        &mut self,
        angles: AngleFeatures<T>,
        keep: bool,
    ) -> Lent<'s, Row<T>> {
        let mut changed = self.scratch.rows.copy(angles.rows);
        let parts = split(&mut changed, self.ends(&self.graph.angles_of));
        self.forth(angles, parts.into_iter().map(Messages::Angles), keep);
        changed
    }

    fn forth<'b>(
        &mut self,
        angles: AngleFeatures<T>,
        out: impl Iterator<Item = Messages<'b, T>>,
        keep: bool,
    ) {
        let (scratch, rows) = (self.scratch, self.graph.angles());
        let mut kept = keep.then(|| Kept::new(scratch, rows, self.layer.gated.second.is_some()));
        let ends: Vec<_> = self.ends(&self.graph.angles_of).collect();
        let parts = kept_parts(&mut kept, &ends);
        let work: Vec<_> = self.graph.blocks.iter().zip(out).zip(parts).collect();
        for_each(work, |((block, out), kept)| {
            T::run(Forth {
                layer: self,
                angles: angles.rows,
                block: block.clone(),
                out,
                kept,
            });
        });
        self.kept = kept;
    }

    /// The way back, for a layer of either kind, with the angles that it was given. `slopes.short` and `slopes.angles` come as
    /// the derivatives by the features after the layer, and leave as those by the features before it; `weight_slope` is the
    /// derivative of the weights by length.
    pub(crate) fn back(
        &self,
        features: AngleFeatures<T>,
        weight_slope: &[Row<T>],
        slopes: AngleSlopes<T>,
    ) {
        let (graph, layer) = (self.graph, self.layer);
        let sum_slope = layer.out.as_ref().map(|out| {
            let rows = &self.scratch.rows;
            times(rows, slopes.short, &out.back, [T::ZERO; FEATURES])
        });
        let zero = [T::ZERO; BRANCHES];
        let pool = &self.scratch.wide;
        let mut first = pool.filled(graph.short_edge.len(), zero);
        let mut second = pool.filled(graph.short_edge.len(), zero);
        let mut pair = pool.filled(self.pair.len(), zero);
        let share = usize::from(!pair.is_empty());
        let pair_ends = self.ends(&graph.angles_of).map(|end| share * end / 2);
        let work: Vec<_> = graph
            .blocks
            .iter()
            .zip(split(&mut first, self.ends(&graph.shorts_of)))
            .zip(split(&mut second, self.ends(&graph.shorts_of)))
            .zip(split(slopes.angles, self.ends(&graph.angles_of)))
            .zip(split(slopes.length, self.ends(&graph.shorts_of)))
            .zip(split(&mut pair, pair_ends))
            .collect();
        for_each(
            work,
            |(((((block, first), second), angles), length), pair)| {
                T::run(Back {
                    layer: self,
                    features: features.rows,
                    block: block.clone(),
                    sum_slope: sum_slope.as_deref(),
                    weight_slope,
                    first,
                    second,
                    angles,
                    pair,
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
        let centre = pool.of((0..graph.atoms()).map(|atom| {
            let mut row = zero;
            for slope in &first[graph.shorts_of[atom]..graph.shorts_of[atom + 1]] {
                add(&mut row, slope);
            }
            row
        }));
        add_product(&centre, &layer.centre.back, slopes.atoms);
        if let Some(series) = &layer.series {
            add_product(&pair, &series.back, slopes.series);
        }
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

    /// Fills rows with what the first linear layer gives for these angles, whose features before the layer are given.
    #[inline(always)]
    fn fill<const STRIP: usize>(&self, z: &mut [Wide<T>], features: &[Row<T>], rows: Range<usize>) {
        let graph = self.graph;
        for (z, &[a, b]) in z.iter_mut().zip(&graph.angle[rows.clone()]) {
            let first = &self.first[a as usize];
            let second = &self.second[self.bond(b)];
            for i in 0..BRANCHES {
                z[i] = first[i] + second[i];
            }
        }
        if self.layer.series.is_some() {
            for (z, &pair) in z.iter_mut().zip(&graph.pair[rows]) {
                add(z, &self.pair[pair as usize]);
            }
        } else {
            product::<T, FEATURES, BRANCHES, FEATURES, BRANCHES, STRIP>(
                &features[rows],
                0,
                &self.layer.angle.forth,
                z,
                0,
            );
        }
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
    angles: &'a [Row<T>],
    block: Range<usize>,
    out: Messages<'a, T>,
    kept: Option<InsideMut<'a, T>>,
}

impl<T: Real> Work for Forth<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(mut self) {
        let graph = self.layer.graph;
        let gated = &self.layer.layer.gated;
        let mut tile = Tile::new();
        let Tile { z, own, desk } = &mut *tile;
        let all = graph.angles_of[self.block.start]..graph.angles_of[self.block.end];
        let shorts = graph.shorts_of[self.block.start];
        for start in all.clone().step_by(TILE) {
            let rows = start..all.end.min(start + TILE);
            let mut inside = own.place(&mut self.kept, rows.start - all.start, rows.len());
            let z = &mut z[..rows.len()];
            self.layer.fill::<STRIP>(z, self.angles, rows.clone());
            desk.settle::<STRIP>(gated, z, &mut inside);
            desk.speak(gated, inside.y);
            match &mut self.out {
                Messages::Bonds(sums) => {
                    for (message, &[a, b]) in desk.message.iter().zip(&graph.angle[rows]) {
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
                    for (angle, message) in angles.iter_mut().zip(&desk.message) {
                        add(angle, message);
                    }
                }
            }
        }
    }
}

struct Back<'a, T> {
    layer: &'a Angles<'a, 'a, T>,
    /// The features of all angles before the layer.
    features: &'a [Row<T>],
    block: Range<usize>,
    /// The derivative by the sums of messages, of all short bonds; none where messages go to angles.
    sum_slope: Option<&'a [Row<T>]>,
    /// The derivative of the weights by length, of all short bonds.
    weight_slope: &'a [Row<T>],
    /// What it gives: of the block's short directed bonds and angles.
    first: &'a mut [Wide<T>],
    second: &'a mut [Wide<T>],
    angles: &'a mut [Row<T>],
    /// By pair of bonds, in a first layer.
    pair: &'a mut [Wide<T>],
    length: &'a mut [f64],
}

impl<T: Real> Work for Back<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        let graph = self.layer.graph;
        let gated = &self.layer.layer.gated;
        let mut tile = Tile::new();
        let Tile { z, own, desk } = &mut *tile;
        let all = graph.angles_of[self.block.start]..graph.angles_of[self.block.end];
        let shorts = graph.shorts_of[self.block.start];
        for start in all.clone().step_by(TILE) {
            let rows = start..all.end.min(start + TILE);
            let here = rows.start - all.start..rows.end - all.start;
            let inside = match &self.layer.kept {
                Some(kept) => kept.rows(rows.clone()),
                None => {
                    let mut inside = own.first(rows.len());
                    let z = &mut z[..rows.len()];
                    self.layer.fill::<STRIP>(z, self.features, rows.clone());
                    desk.settle::<STRIP>(gated, z, &mut inside);
                    inside.read()
                }
            };
            desk.speak_and_turn(gated, inside.y);
            match self.sum_slope {
                None => desk.slope[..rows.len()].copy_from_slice(&self.angles[here.clone()]),
                Some(sum_slope) => {
                    for (r, &[a, b]) in graph.angle[rows.clone()].iter().enumerate() {
                        let (bond_a, bond_b) = (self.layer.bond(a), self.layer.bond(b));
                        let slope = &sum_slope[bond_a];
                        let first = &self.layer.weight[bond_a];
                        let second = &self.layer.weight[bond_b];
                        let (mut by_first, mut by_second) =
                            ([T::ZERO; FEATURES], [T::ZERO; FEATURES]);
                        for i in 0..FEATURES {
                            let by_weight = slope[i] * desk.message[r][i];
                            by_first[i] = by_weight * second[i];
                            by_second[i] = by_weight * first[i];
                            desk.slope[r][i] = slope[i] * first[i] * second[i];
                        }
                        self.length[a as usize - shorts] +=
                            dot(&by_first, &self.weight_slope[bond_a]).wide();
                        self.length[b as usize - shorts] +=
                            dot(&by_second, &self.weight_slope[bond_b]).wide();
                    }
                }
            }
            let out = &mut z[..rows.len()];
            desk.back::<STRIP>(gated, &inside, out);
            for (z, &[a, b]) in out.iter().zip(&graph.angle[rows.clone()]) {
                add(&mut self.first[a as usize - shorts], z);
                add(&mut self.second[b as usize - shorts], z);
            }
            if self.pair.is_empty() {
                product::<T, BRANCHES, FEATURES, BRANCHES, FEATURES, STRIP>(
                    out,
                    0,
                    &self.layer.layer.angle.back,
                    &mut self.angles[here],
                    0,
                );
            } else {
                for (z, &pair) in out.iter().zip(&graph.pair[rows]) {
                    add(&mut self.pair[pair as usize - all.start / 2], z);
                }
            }
        }
    }
}
