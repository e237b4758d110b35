//! The network of CHGNet (B. Deng et al., Nat. Mach. Intell. 5, 1031 (2023), doi:10.1038/s42256-023-00716-3), forth and back.
//!
//! The way back is the reverse pass written out: derivatives by lengths and angles are closed in each layer by products with
//! what the layer's inputs change by length, so nothing of the size of all messages outlives its layer.

mod angles;
mod edges;
mod inputs;
mod readout;
mod rows;

use crate::graph::Graph;
use crate::math::Real;
use crate::scratch::{Lent, Scratch};
use crate::tile::dot;
use crate::weights::{FEATURES, Row, Weights};
use angles::{AngleSlopes, Angles};
use edges::{EdgeSlopes, Edges};
use inputs::Lengths;
use nalgebra::{Matrix3, Vector3};

/// What the network says of a structure.
pub(crate) struct Evaluation {
    /// The energy of each atom, eV.
    pub site_energies: Vec<f64>,
    /// The size of each atom's magnetic moment, µB.
    pub moments: Vec<f64>,
    /// What the derivatives give, where asked for.
    pub derivatives: Option<Derivatives>,
}

/// Derivatives of the energy.
pub(crate) struct Derivatives {
    /// Minus that by the position of each atom, eV/Å.
    pub forces: Vec<Vector3<f64>>,
    /// That by the strain of the cell, eV.
    pub by_strain: Matrix3<f64>,
}

/// The features before each layer.
struct Features<'a, T> {
    atoms: Vec<Lent<'a, Row<T>>>,
    short: Vec<Lent<'a, Row<T>>>,
    angles: Vec<Lent<'a, Row<T>>>,
}

/// Runs the network; `numbers` are the atomic numbers, all from 1 to 94.
pub(crate) fn evaluate<T: Real>(
    scratch: &Scratch<T>,
    weights: &Weights<T>,
    graph: &Graph,
    numbers: &[u8],
    derivatives: bool,
) -> Evaluation {
    let lengths = Lengths::new(scratch, graph, weights, derivatives);
    let features = forth(scratch, weights, graph, &lengths, numbers);
    let (moment, bias) = &weights.moment;
    let moments = features.atoms[3]
        .iter()
        .map(|row| (dot(row, moment) + *bias).wide().abs())
        .collect();
    let mut slope = scratch.rows.of(features.atoms[4].iter().copied());
    let mut site_energies = readout::energies(weights, &mut slope);
    for (energy, &number) in site_energies.iter_mut().zip(numbers) {
        *energy += weights.reference[usize::from(number) - 1];
    }
    Evaluation {
        site_energies,
        moments,
        derivatives: derivatives.then(|| back(scratch, weights, graph, &lengths, &features, slope)),
    }
}

fn forth<'a, T: Real>(
    scratch: &'a Scratch<T>,
    weights: &Weights<T>,
    graph: &Graph,
    lengths: &Lengths<T>,
    numbers: &[u8],
) -> Features<'a, T> {
    let first = numbers
        .iter()
        .map(|&z| weights.embedding[usize::from(z) - 1]);
    let mut features = Features {
        atoms: vec![scratch.rows.of(first)],
        short: vec![scratch.rows.of(lengths.short.iter().copied())],
        angles: vec![inputs::angles(scratch, graph, weights)],
    };
    for step in 0..4 {
        let mut atoms = scratch.rows.of(features.atoms[step].iter().copied());
        edge_layer(scratch, weights, graph, lengths, &features, step).forth(&mut atoms);
        features.atoms.push(atoms);
        if step < 3 {
            let short = match graph.angles() {
                0 => scratch.rows.of(features.short[step].iter().copied()),
                _ => bond_layer(scratch, weights, graph, lengths, &features, step)
                    .to_bonds(&features.short[step]),
            };
            features.short.push(short);
        }
        if step < 2 {
            let angles = angle_layer(scratch, weights, graph, lengths, &features, step).to_angles();
            features.angles.push(angles);
        }
    }
    features
}

fn edge_layer<'a, T: Real>(
    scratch: &'a Scratch<T>,
    weights: &'a Weights<T>,
    graph: &'a Graph,
    lengths: &'a Lengths<'_, T>,
    features: &Features<T>,
    step: usize,
) -> Edges<'a, T> {
    Edges::new(
        scratch,
        graph,
        &weights.atom_layers[step],
        &lengths.weight,
        &features.atoms[step],
        &features.short[step],
        &lengths.radial,
    )
}

fn bond_layer<'a, 's, T: Real>(
    scratch: &'s Scratch<T>,
    weights: &'a Weights<T>,
    graph: &'a Graph,
    lengths: &'a Lengths<'_, T>,
    features: &'a Features<'_, T>,
    step: usize,
) -> Angles<'a, 's, T> {
    Angles::new(
        scratch,
        graph,
        &weights.bond_layers[step],
        &lengths.short_weight,
        &features.atoms[step + 1],
        &features.short[step],
        &features.angles[step],
    )
}

fn angle_layer<'a, 's, T: Real>(
    scratch: &'s Scratch<T>,
    weights: &'a Weights<T>,
    graph: &'a Graph,
    lengths: &'a Lengths<'_, T>,
    features: &'a Features<'_, T>,
    step: usize,
) -> Angles<'a, 's, T> {
    Angles::new(
        scratch,
        graph,
        &weights.angle_layers[step],
        &lengths.short_weight,
        &features.atoms[step + 1],
        &features.short[step + 1],
        &features.angles[step],
    )
}

/// The reverse pass; `atoms` is the derivative by the last features of atoms.
fn back<T: Real>(
    scratch: &Scratch<T>,
    weights: &Weights<T>,
    graph: &Graph,
    lengths: &Lengths<T>,
    features: &Features<T>,
    mut atoms: Lent<Row<T>>,
) -> Derivatives {
    let zero = [T::ZERO; FEATURES];
    let mut short = scratch.rows.filled(graph.short_bonds(), zero);
    let mut angles = scratch.rows.filled(graph.angles(), zero);
    let mut by_length = vec![0.0; graph.directed_bonds()];
    let mut by_short_length = vec![0.0; graph.short_edge.len()];
    for step in (0..4).rev() {
        if graph.angles() > 0 {
            let layers = [
                (step < 2).then(|| angle_layer(scratch, weights, graph, lengths, features, step)),
                (step < 3).then(|| bond_layer(scratch, weights, graph, lengths, features, step)),
            ];
            for layer in layers.into_iter().flatten() {
                layer.back(
                    &lengths.short_weight_slope,
                    AngleSlopes {
                        atoms: &mut atoms,
                        short: &mut short,
                        angles: &mut angles,
                        length: &mut by_short_length,
                    },
                );
            }
        }
        edge_layer(scratch, weights, graph, lengths, features, step).back(
            &mut atoms,
            &lengths.weight_slope,
            &lengths.radial_slope,
            step > 0,
            EdgeSlopes {
                length: &mut by_length,
                short: &mut short,
            },
        );
    }
    for (bond, slope) in short.iter().enumerate() {
        by_length[graph.first[bond] as usize] += dot(slope, &lengths.short_slope[bond]).wide();
    }
    let by_angles = inputs::angles_back(graph, weights, &angles);
    let mut by_vector: Vec<Vector3<f64>> = graph
        .vector
        .iter()
        .zip(&by_length)
        .map(|(vector, slope)| vector * (slope / vector.norm()))
        .collect();
    for (number, &edge) in graph.short_edge.iter().enumerate() {
        let vector = graph.vector[edge as usize];
        by_vector[edge as usize] +=
            by_angles[number] + vector * (by_short_length[number] / vector.norm());
    }
    gather(graph, &by_vector)
}

/// Forces and strain derivative from the derivative by the vector of each directed bond.
fn gather(graph: &Graph, by_vector: &[Vector3<f64>]) -> Derivatives {
    let mut by_strain = Matrix3::zeros();
    let forces = (0..graph.atoms())
        .map(|atom| {
            let mut force = Vector3::zeros();
            for edge in graph.bonds_of[atom]..graph.bonds_of[atom + 1] {
                force += by_vector[graph.reverse[edge] as usize] - by_vector[edge];
                by_strain += graph.vector[edge] * by_vector[edge].transpose();
            }
            force
        })
        .collect();
    Derivatives { forces, by_strain }
}
