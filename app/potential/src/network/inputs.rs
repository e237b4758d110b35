//! From lengths and angles to the first features, and from the last derivatives back to bond vectors.

use super::rows::{for_each, in_chunks, split, times};
use crate::basis::{BASIS, angle_of, fourier, radial};
use crate::graph::{ANGLE_REACH, Graph, REACH};
use crate::math::{Real, Work};
use crate::tile::{TILE, add, dot, product};
use crate::weights::{FEATURES, Row, Weights};
use nalgebra::Vector3;
use std::ops::Range;

/// What follows from the lengths of bonds; each with its derivative by length where `slopes` were asked for.
pub(crate) struct Lengths<T> {
    /// The basis of all bonds.
    pub radial: Vec<[T; BASIS]>,
    pub radial_slope: Vec<[T; BASIS]>,
    /// The weights of messages along bonds.
    pub weight: Vec<Row<T>>,
    pub weight_slope: Vec<Row<T>>,
    /// The first features of short bonds.
    pub short: Vec<Row<T>>,
    pub short_slope: Vec<Row<T>>,
    /// The weights of messages along angles, of short bonds.
    pub short_weight: Vec<Row<T>>,
    pub short_weight_slope: Vec<Row<T>>,
}

/// The basis of some bonds, values and slopes side by side.
struct Radial<'a, T> {
    lengths: &'a [f64],
    reach: f64,
    frequencies: &'a [f64; BASIS],
    out: &'a mut [([T; BASIS], [T; BASIS])],
}

impl<T: Real> Work for Radial<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        for (&length, out) in self.lengths.iter().zip(self.out) {
            let (values, slopes) = radial(length, self.reach, self.frequencies);
            for n in 0..BASIS {
                out.0[n] = T::of(values[n]);
                out.1[n] = T::of(slopes[n]);
            }
        }
    }
}

fn basis<T: Real>(
    lengths: &[f64],
    reach: f64,
    frequencies: &[f64; BASIS],
) -> (Vec<[T; BASIS]>, Vec<[T; BASIS]>) {
    let mut both = vec![([T::ZERO; BASIS], [T::ZERO; BASIS]); lengths.len()];
    in_chunks(lengths, &mut both, |_, lengths, out| {
        T::run(Radial {
            lengths,
            reach,
            frequencies,
            out,
        });
    });
    both.into_iter().unzip()
}

impl<T: Real> Lengths<T> {
    pub(crate) fn new(graph: &Graph, weights: &Weights<T>, slopes: bool) -> Self {
        let lengths: Vec<f64> = (0..graph.bonds()).map(|bond| graph.length(bond)).collect();
        let short = &lengths[..graph.short_bonds()];
        let (radial, mut radial_slope) = basis(&lengths, REACH, &weights.radial_frequencies);
        let (near, mut near_slope) = basis(short, ANGLE_REACH, &weights.short_frequencies);
        if !slopes {
            (radial_slope, near_slope) = (Vec::new(), Vec::new());
        }
        let zero = [T::ZERO; FEATURES];
        let first = |rows: &[[T; BASIS]]| {
            let count = short.len().min(rows.len());
            times(&rows[..count], &weights.bond_embedding, zero)
        };
        Self {
            weight: times(&radial, &weights.bond_weights, zero),
            weight_slope: times(&radial_slope, &weights.bond_weights, zero),
            short: first(&radial),
            short_slope: first(&radial_slope),
            short_weight: times(&near, &weights.short_weights, zero),
            short_weight_slope: times(&near_slope, &weights.short_weights, zero),
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

/// The first features of all angles.
pub(crate) fn angles<T: Real>(graph: &Graph, weights: &Weights<T>) -> Vec<Row<T>> {
    let mut rows = vec![[T::ZERO; FEATURES]; graph.angles()];
    let directions = directions(graph);
    let ends = graph.blocks.iter().map(|b| graph.angles_of[b.end]);
    let work: Vec<_> = graph.blocks.iter().zip(split(&mut rows, ends)).collect();
    for_each(work, |(block, rows)| {
        T::run(AnglesForth {
            graph,
            weights,
            directions: &directions,
            block: block.clone(),
            rows,
        });
    });
    rows
}

/// The derivative by the vector of each short directed bond through the angles, eV/Å, from that by the angles' first
/// features.
pub(crate) fn angles_back<T: Real>(
    graph: &Graph,
    weights: &Weights<T>,
    slopes: &[Row<T>],
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
    rows: &'a mut [Row<T>],
}

impl<T: Real> Work for AnglesForth<'_, T> {
    #[inline(always)]
    fn run<const STRIP: usize>(self) {
        let start = self.graph.angles_of[self.block.start];
        let mut series = [[T::ZERO; BASIS]; TILE];
        for pairs in pairs(self.graph, self.directions, &self.block).chunks(TILE) {
            for (row, pair) in series.iter_mut().zip(pairs) {
                let (angle, _) = angle_of(pair.cosine);
                let (values, _) = fourier(angle, &self.weights.angle_frequencies);
                for n in 0..BASIS {
                    row[n] = T::of(values[n]);
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
        for pairs in pairs(self.graph, self.directions, &self.block).chunks(TILE) {
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
            for ((row, by), pair) in out.iter().zip(by_cosine).zip(pairs) {
                let mut slope = self.slopes[pair.angles[0]];
                add(&mut slope, &self.slopes[pair.angles[1]]);
                let by_cosine = dot(&slope, row).wide() * by;
                let [a, b] = pair.bonds;
                let (u, v) = (self.directions[a], self.directions[b]);
                self.vectors[a - start] += (v - u * pair.cosine) * (by_cosine / length(a));
                self.vectors[b - start] += (u - v * pair.cosine) * (by_cosine / length(b));
            }
        }
    }
}
