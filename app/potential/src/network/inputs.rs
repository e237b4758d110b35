//! From lengths and angles to the first features, and from the last derivatives back to bond vectors.

use super::rows::{CHUNK, for_each, split, times};
use crate::basis::{BASIS, angle_of, fourier, radial};
use crate::graph::{ANGLE_REACH, Graph, REACH};
use crate::math::{Real, Work};
use crate::scratch::{Lent, Scratch};
use crate::tile::{TILE, add, dot, product};
use crate::weights::{FEATURES, Row, Weights};
use nalgebra::Vector3;
use std::ops::Range;

/// What follows from the lengths of bonds; each with its derivative by length where `slopes` were asked for.
pub(crate) struct Lengths<'a, T> {
    /// The basis of all bonds.
    pub radial: Lent<'a, [T; BASIS]>,
    pub radial_slope: Lent<'a, [T; BASIS]>,
    /// The weights of messages along bonds.
    pub weight: Lent<'a, Row<T>>,
    pub weight_slope: Lent<'a, Row<T>>,
    /// The first features of short bonds.
    pub short: Lent<'a, Row<T>>,
    pub short_slope: Lent<'a, Row<T>>,
    /// The weights of messages along angles, of short bonds.
    pub short_weight: Lent<'a, Row<T>>,
    pub short_weight_slope: Lent<'a, Row<T>>,
}

/// The basis of some bonds; without slopes where that list is empty.
struct Radial<'a, T> {
    lengths: &'a [f64],
    reach: f64,
    frequencies: &'a [f64; BASIS],
    values: &'a mut [[T; BASIS]],
    slopes: &'a mut [[T; BASIS]],
}

impl<T: Real> Work for Radial<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        let mut slopes_out = self.slopes.iter_mut();
        for (&length, out) in self.lengths.iter().zip(self.values) {
            let (values, slopes) = radial(length, self.reach, self.frequencies);
            for n in 0..BASIS {
                out[n] = T::of(values[n]);
            }
            if let Some(out) = slopes_out.next() {
                for n in 0..BASIS {
                    out[n] = T::of(slopes[n]);
                }
            }
        }
    }
}

fn basis<'a, T: Real>(
    scratch: &'a Scratch<T>,
    lengths: &[f64],
    reach: f64,
    frequencies: &[f64; BASIS],
    with_slopes: bool,
) -> [Lent<'a, [T; BASIS]>; 2] {
    let zero = [T::ZERO; BASIS];
    let mut values = scratch.basis.any(lengths.len(), zero);
    let mut slopes = scratch
        .basis
        .any(if with_slopes { lengths.len() } else { 0 }, zero);
    let ends = |count: usize| {
        let chunks = lengths.len().div_ceil(CHUNK);
        (1..=chunks).map(move |chunk| count.min(chunk * CHUNK))
    };
    let work: Vec<_> = lengths
        .chunks(CHUNK)
        .zip(split(&mut values, ends(lengths.len())))
        .zip(split(
            &mut slopes,
            ends(if with_slopes { lengths.len() } else { 0 }),
        ))
        .collect();
    for_each(work, |((lengths, values), slopes)| {
        T::run(Radial {
            lengths,
            reach,
            frequencies,
            values,
            slopes,
        });
    });
    [values, slopes]
}

impl<'a, T: Real> Lengths<'a, T> {
    pub(crate) fn new(
        scratch: &'a Scratch<T>,
        graph: &Graph,
        weights: &Weights<T>,
        slopes: bool,
    ) -> Self {
        let lengths: Vec<f64> = (0..graph.bonds()).map(|bond| graph.length(bond)).collect();
        let short = &lengths[..graph.short_bonds()];
        let frequencies = &weights.radial_frequencies;
        let [radial, radial_slope] = basis(scratch, &lengths, REACH, frequencies, slopes);
        let frequencies = &weights.short_frequencies;
        let [near, near_slope] = basis(scratch, short, ANGLE_REACH, frequencies, slopes);
        let zero = [T::ZERO; FEATURES];
        let rows = &scratch.rows;
        let first = |basis: &[[T; BASIS]]| {
            let count = short.len().min(basis.len());
            times(rows, &basis[..count], &weights.bond_embedding, zero)
        };
        Self {
            weight: times(rows, &radial, &weights.bond_weights, zero),
            weight_slope: times(rows, &radial_slope, &weights.bond_weights, zero),
            short: first(&radial),
            short_slope: first(&radial_slope),
            short_weight: times(rows, &near, &weights.short_weights, zero),
            short_weight_slope: times(rows, &near_slope, &weights.short_weights, zero),
            radial,
            radial_slope,
        }
    }
}

/// The two angles of a pair of short directed bonds that leave an atom; pair number `a, b` with `a < b` of `count`.
fn twins(count: usize, a: usize, b: usize) -> [usize; 2] {
    [a * (count - 1) + b - 1, b * (count - 1) + a]
}

/// The unit vectors of short directed bonds, towards the centre.
fn directions(graph: &Graph) -> Vec<Vector3<f64>> {
    let unit = |&edge: &u32| graph.vector[edge as usize].normalize();
    graph.short_edge.iter().map(unit).collect()
}

/// Fourier's series of all pairs of bonds, and the first features of all angles.
pub(crate) fn angles<'a, T: Real>(
    scratch: &'a Scratch<T>,
    graph: &Graph,
    weights: &Weights<T>,
) -> (Lent<'a, [T; BASIS]>, Lent<'a, Row<T>>) {
    let mut series = scratch.basis.any(graph.angles() / 2, [T::ZERO; BASIS]);
    let mut rows = scratch.rows.any(graph.angles(), [T::ZERO; FEATURES]);
    let directions = directions(graph);
    let ends = graph.blocks.iter().map(|b| graph.angles_of[b.end]);
    let pair_ends = graph.blocks.iter().map(|b| graph.angles_of[b.end] / 2);
    let work: Vec<_> = graph
        .blocks
        .iter()
        .zip(split(&mut rows, ends))
        .zip(split(&mut series, pair_ends))
        .collect();
    for_each(work, |((block, rows), series)| {
        T::run(AnglesForth {
            graph,
            weights,
            directions: &directions,
            block: block.clone(),
            series,
            rows,
        });
    });
    (series, rows)
}

/// The derivative by the vector of each short directed bond through the angles, eV/Å, from that by the angles' first
/// features and by the series of the pairs.
pub(crate) fn angles_back<T: Real>(
    graph: &Graph,
    weights: &Weights<T>,
    slopes: &[Row<T>],
    by_series: &[[T; BASIS]],
) -> Vec<Vector3<f64>> {
    let mut vectors = vec![Vector3::zeros(); graph.short_edge.len()];
    let directions = directions(graph);
    let ends = graph.blocks.iter().map(|b| graph.shorts_of[b.end]);
    let work: Vec<_> = graph.blocks.iter().zip(split(&mut vectors, ends)).collect();
    for_each(work, |(block, vectors)| {
        T::run(AnglesBack {
            graph,
            weights,
            directions: &directions,
            block: block.clone(),
            slopes,
            by_series,
            vectors,
        });
    });
    vectors
}

/// A pair of short directed bonds: their numbers, those of their two angles, and the product of their directions.
struct Pair {
    bonds: [usize; 2],
    angles: [usize; 2],
    cosine: f64,
}

/// The pairs of a block.
fn pairs(graph: &Graph, directions: &[Vector3<f64>], block: &Range<usize>) -> Vec<Pair> {
    let angles = graph.angles_of[block.end] - graph.angles_of[block.start];
    let mut pairs = Vec::with_capacity(angles / 2);
    for atom in block.clone() {
        let (from, to) = (graph.shorts_of[atom], graph.shorts_of[atom + 1]);
        for a in from..to {
            for b in a + 1..to {
                pairs.push(Pair {
                    bonds: [a, b],
                    angles: twins(to - from, a - from, b - from)
                        .map(|angle| graph.angles_of[atom] + angle),
                    cosine: directions[a].dot(&directions[b]),
                });
            }
        }
    }
    pairs
}

struct AnglesForth<'a, T> {
    graph: &'a Graph,
    weights: &'a Weights<T>,
    directions: &'a [Vector3<f64>],
    block: Range<usize>,
    series: &'a mut [[T; BASIS]],
    rows: &'a mut [Row<T>],
}

impl<T: Real> Work for AnglesForth<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        let start = self.graph.angles_of[self.block.start];
        for (pairs, series) in pairs(self.graph, self.directions, &self.block)
            .chunks(TILE)
            .zip(self.series.chunks_mut(TILE))
        {
            for (row, pair) in series.iter_mut().zip(pairs) {
                let (angle, _) = angle_of(pair.cosine);
                let (values, _) = fourier(angle, &self.weights.angle_frequencies);
                for n in 0..BASIS {
                    row[n] = T::of(values[n]);
                }
            }
            let mut out = [[T::ZERO; FEATURES]; TILE];
            product::<T, BASIS, FEATURES, BASIS, FEATURES, STRIP>(
                series,
                0,
                &self.weights.angle_embedding,
                &mut out[..pairs.len()],
                0,
            );
            for (row, pair) in out.iter().zip(pairs) {
                for angle in pair.angles {
                    self.rows[angle - start] = *row;
                }
            }
        }
    }
}

struct AnglesBack<'a, T> {
    graph: &'a Graph,
    weights: &'a Weights<T>,
    directions: &'a [Vector3<f64>],
    block: Range<usize>,
    slopes: &'a [Row<T>],
    by_series: &'a [[T; BASIS]],
    vectors: &'a mut [Vector3<f64>],
}

impl<T: Real> Work for AnglesBack<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        let start = self.graph.shorts_of[self.block.start];
        let length = |short: usize| {
            let edge = self.graph.short_edge[short] as usize;
            self.graph.vector[edge].norm()
        };
        let mut series = [[T::ZERO; BASIS]; TILE];
        let by_series = &self.by_series[self.graph.angles_of[self.block.start] / 2..];
        for (pairs, by_series) in pairs(self.graph, self.directions, &self.block)
            .chunks(TILE)
            .zip(by_series.chunks(TILE))
        {
            let mut by_cosine = [0.0; TILE];
            for ((row, slope), pair) in series.iter_mut().zip(&mut by_cosine).zip(pairs) {
                let (angle, by) = angle_of(pair.cosine);
                *slope = by;
                let (_, slopes) = fourier(angle, &self.weights.angle_frequencies);
                for n in 0..BASIS {
                    row[n] = T::of(slopes[n]);
                }
            }
            let mut out = [[T::ZERO; FEATURES]; TILE];
            product::<T, BASIS, FEATURES, BASIS, FEATURES, STRIP>(
                &series[..pairs.len()],
                0,
                &self.weights.angle_embedding,
                &mut out[..pairs.len()],
                0,
            );
            let rows = out.iter().zip(&series).zip(by_series);
            for (((row, series), by_series), (by, pair)) in rows.zip(by_cosine.iter().zip(pairs)) {
                let mut slope = self.slopes[pair.angles[0]];
                add(&mut slope, &self.slopes[pair.angles[1]]);
                let by_angle = dot(&slope, row).wide() + dot(by_series, series).wide();
                let by_cosine = by_angle * by;
                let [a, b] = pair.bonds;
                let (u, v) = (self.directions[a], self.directions[b]);
                self.vectors[a - start] += (v - u * pair.cosine) * (by_cosine / length(a));
                self.vectors[b - start] += (u - v * pair.cosine) * (by_cosine / length(b));
            }
        }
    }
}
